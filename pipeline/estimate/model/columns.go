package model

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/expression"
	"togetherwecan/pipeline/refusal"
)

// maxColumns is a limit on the coefficients of a model.
const maxColumns = 500

// A source says what the columns of a model are made of: its variables, or of some of
// them what they are taken to be.
type source struct {
	variables map[string]Variable
	instead   map[Explaining]*part // what a variable is taken to be
	rate      *Explaining          // terms without it have columns of 0, as the derivatives by it
}

// A part is the columns of one variable of a term: of a number one, of categories one each.
type part struct {
	labels     []string
	categories bool
	columns    [][]float64 // of the model's rows

	variable Variable // of categories
	codes    []string // theirs, the reference first
	order    []string // and in their order
}

// matrix is columns with what they are called and the terms that they belong to.
type matrix struct {
	names      []string
	terms      []int
	codes      [][]string
	x          [][]float64
	references []Part
}

func (m *matrix) add(name string, term int, codes []string, column []float64) {
	m.names, m.terms, m.codes, m.x = append(m.names, name), append(m.terms, term), append(m.codes, codes), append(m.x, column)
}

// code is what a column is of: a category, the power of a polynomial, or "" of a number.
func (p *part) code(k int) string {
	switch {
	case p.categories:
		return p.codes[k]
	case len(p.labels) > 1:
		return strconv.Itoa(k + 1)
	}
	return ""
}

// columns makes the columns of the formula's terms.
func (m *Model) columns(of *source) (*matrix, refusal.Problems) {
	var ps refusal.Problems
	made := &matrix{}
	constant := slices.Repeat([]float64{1}, len(m.rows))
	if m.Formula.Intercept && of.rate == nil {
		made.add("(Intercept)", -1, nil, constant)
	} else if m.Formula.Intercept {
		made.add("(Intercept)", -1, nil, make([]float64, len(m.rows)))
	}
	parts := map[Explaining]*part{}
	full := !m.Formula.Intercept // whether the first categories still have a column each
	for number, t := range m.Formula.Terms {
		names, codes, columns := []string{""}, [][]string{nil}, [][]float64{constant}
		if of.rate != nil && !slices.Contains(t, *of.rate) {
			columns[0] = make([]float64, len(m.rows))
		}
		for at, v := range t {
			p := parts[v]
			if p == nil {
				if p, ps = m.part(of, v); ps != nil {
					return nil, ps
				}
				parts[v] = p
			}
			first := 0
			if p.categories {
				if !full && m.margin(t, at) {
					first = 1
					if reference := (Part{v, codebook.Category{Code: p.codes[0]}}); !slices.Contains(made.references, reference) {
						made.references = append(made.references, reference)
					}
				}
				full = false
			}
			names, codes, columns = interact(names, codes, columns, p, first)
		}
		if len(made.x)+len(columns) > maxColumns {
			ps.Add(m.where(), "more than %d coefficients with term %s, want at most that", maxColumns, t)
			return nil, ps
		}
		for k, name := range names {
			made.add(name, number, codes[k], columns[k])
		}
	}
	return made, nil
}

// part makes the columns of a variable.
func (m *Model) part(of *source, v Explaining) (*part, refusal.Problems) {
	if p := of.instead[v]; p != nil {
		return p, nil
	}
	variable := of.variables[v.Name]
	if variable.Numbers == nil || v.Factor {
		return m.factor(variable, v)
	}
	x := make([]float64, len(m.rows))
	for r, i := range m.rows {
		x[r] = variable.Numbers[i]
	}
	var ps refusal.Problems
	if math.IsInf(length(x), 0) || math.IsNaN(length(x)) {
		ps.Add(m.where(), "variable %q is infinite, want finite numbers", v.Name)
		return nil, ps
	}
	if v.Degree == 0 {
		return &part{labels: []string{v.called()}, columns: [][]float64{x}}, nil
	}
	p := newPolynomial(x, m.count, v.Degree)
	if p == nil {
		ps.Add(m.where(), "variable %q has %d values, want more than the degree of %s", v.Name, distinct(x), v)
		return nil, ps
	}
	if m.polynomials == nil {
		m.polynomials = map[Explaining]*polynomial{}
	}
	m.polynomials[v] = p
	return &part{labels: v.powers(), columns: p.at(x)}, nil
}

// powers are what the columns of a polynomial are called.
func (v Explaining) powers() []string {
	var names []string
	for k := range v.Degree {
		names = append(names, v.called()+strconv.Itoa(k+1))
	}
	return names
}

// factor makes a column of each category that occurs, the reference first.
func (m *Model) factor(variable Variable, v Explaining) (*part, refusal.Problems) {
	var ps refusal.Problems
	labels, code := variable.of(m.rows).coded(nil)
	if len(labels) < 2 {
		ps.AddHint("leave it out of the formula", m.where(), "variable %q is %q for all %d respondents, want one that varies", v.Name, labels[0], m.respondents)
		return nil, ps
	}
	order := make([]int, len(labels))
	for k := range order {
		order[k] = k
	}
	if v.Reference != "" {
		at := variable.place(labels, v.Reference)
		if at < 0 {
			what := "nobody of the model is in category " + strconv.Quote(v.Reference) + " of " + quoted(v.Name) + ", want one of " + some(labels)
			return nil, refusal.Problems{expression.FaultAt(m.Formula.text, m.Formula.references[v.Name], what, "").Problem(refusal.Usage, "--model")}
		}
		order = append([]int{at}, slices.Delete(order, at, at+1)...)
	}
	p := &part{categories: true, variable: variable, order: labels}
	for _, k := range order {
		p.codes, p.labels = append(p.codes, labels[k]), append(p.labels, v.called()+labels[k])
		column := make([]float64, len(m.rows))
		for r := range m.rows {
			if code[r] == int32(k) {
				column[r] = 1
			}
		}
		p.columns = append(p.columns, column)
	}
	return p, nil
}

// some lists labels, of many the first.
func some(labels []string) string {
	const most = 12
	if more := len(labels) - most; more > 0 {
		return strings.Join(labels[:most], ", ") + " and " + strconv.Itoa(more) + " more"
	}
	return strings.Join(labels, ", ")
}

// margin says whether the model has a term without one of its variables, so
// that the categories of that variable are told from its first. The empty
// term counts as there.
func (m *Model) margin(t Term, at int) bool {
	rest := slices.Delete(slices.Clone(t), at, at+1)
	return len(rest) == 0 || slices.ContainsFunc(m.Formula.Terms, rest.same)
}

// interact multiplies the columns of a term by those of another variable, from its first
// that counts on; the first varies fastest.
func interact(names []string, codes [][]string, columns [][]float64, by *part, first int) (crossed []string, crossedCodes [][]string, products [][]float64) {
	for k := first; k < len(by.columns); k++ {
		for j, column := range columns {
			product := make([]float64, len(by.columns[k]))
			for r, x := range by.columns[k] {
				product[r] = float64(x * column[r])
			}
			products = append(products, product)
			crossed = append(crossed, strings.TrimPrefix(names[j]+":"+by.labels[k], ":"))
			crossedCodes = append(crossedCodes, append(slices.Clone(codes[j]), by.code(k)))
		}
	}
	return crossed, crossedCodes, products
}

// keep takes the columns that those before them do not tell; of an ordinal model the
// intercept is the cutpoints'.
func (m *Model) keep(all *matrix) {
	m.kept, m.references = independent(m.repeated(all.x)), all.references
	if m.Family == Ordinal {
		m.kept[0] = false
	}
	for j, keep := range m.kept {
		switch {
		case keep:
			m.Names, m.Terms, m.codes, m.x = append(m.Names, all.names[j]), append(m.Terms, all.terms[j]), append(m.codes, all.codes[j]), append(m.x, all.x[j])
		case m.Family != Ordinal || j > 0:
			m.Aliased = append(m.Aliased, all.names[j])
		}
	}
}

// repeated are columns of cells as long as those of their respondents would be, and with the
// same angles.
func (m *Model) repeated(x [][]float64) [][]float64 {
	if m.single {
		return x
	}
	made := make([][]float64, len(x))
	for j, column := range x {
		made[j] = make([]float64, len(column))
		for r, v := range column {
			made[j][r] = float64(v * math.Sqrt(m.count[r]))
		}
	}
	return made
}

// A polynomial is powers of a variable, each orthogonal to those below it over the rows
// that it was made of, and of length 1 (Kennedy and Gentle 1980, section 8.3.2; R's poly).
type polynomial struct {
	centre []float64 // of each power below the highest
	norm   []float64 // the squared length of each power before scaling, that of 1 first
}

// newPolynomial is that of some values, each so many times, or nil where they are no more than the degree.
func newPolynomial(x, count []float64, degree int) *polynomial {
	if distinct(x) <= degree {
		return nil
	}
	p := &polynomial{}
	before, now := make([]float64, len(x)), slices.Repeat([]float64{1}, len(x))
	last := 1.0
	for k := 0; ; k++ {
		norm, moment := 0.0, 0.0
		for r, z := range now {
			square := float64(float64(z*z) * count[r])
			norm += square
			moment += float64(x[r] * square)
		}
		p.norm = append(p.norm, norm)
		if k == degree {
			return p
		}
		p.centre = append(p.centre, moment/norm)
		next := make([]float64, len(x))
		for r := range next {
			next[r] = float64((x[r]-p.centre[k])*now[r]) - float64(norm/last*before[r])
		}
		before, now, last = now, next, norm
	}
}

// at is the powers at some values, but for the lowest, 1.
func (p *polynomial) at(x []float64) [][]float64 {
	columns, _ := p.evaluate(x)
	return columns
}

// evaluate is the powers at some values and their derivatives.
func (p *polynomial) evaluate(x []float64) (values, rates [][]float64) {
	for k := range p.centre {
		value, rate := make([]float64, len(x)), make([]float64, len(x))
		values, rates = append(values, value), append(rates, rate)
		for r := range x {
			one, oneRate, two, twoRate := 1.0, 0.0, 0.0, 0.0 // the power below, and that below it
			if k > 0 {
				one, oneRate = values[k-1][r], rates[k-1][r]
			}
			if k == 1 {
				two = 1
			} else if k > 1 {
				two, twoRate = values[k-2][r], rates[k-2][r]
			}
			less := 0.0
			if k > 0 {
				less = p.norm[k] / p.norm[k-1]
			}
			value[r] = float64((x[r]-p.centre[k])*one) - float64(less*two)
			rate[r] = one + float64((x[r]-p.centre[k])*oneRate) - float64(less*twoRate)
		}
	}
	for k := range values {
		by := math.Sqrt(p.norm[k+1])
		for r := range x {
			values[k][r] /= by
			rates[k][r] /= by
		}
	}
	return values, rates
}

// distinct is how many values there are.
func distinct(x []float64) int {
	sorted := slices.Clone(x)
	slices.Sort(sorted)
	return len(slices.Compact(sorted))
}
