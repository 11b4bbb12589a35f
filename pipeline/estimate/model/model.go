// Package model fits regressions to a sample by their formulas, with
// design-based errors, and tests whether two variables are independent.
package model

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/refusal"
)

// A Family says how the mean of the response follows from the linear
// predictor, and how its variance follows from the mean.
type Family string

// The families: each with the link that makes the weighted sums of the
// response sufficient. The variance of the estimates is that of the design,
// so that "quasi" is all that a family needs to be.
const (
	Gaussian      Family = "gaussian"      // linear regression
	Quasibinomial Family = "quasibinomial" // logistic regression: 0 to 1, by the logarithm of the odds
	Quasipoisson  Family = "quasipoisson"  // counts: 0 and more, by the logarithm
)

// A Model is a linear or generalised linear model of n respondents with its
// variables. A variable of categories has a column for each category but the
// first, which is the reference, or for each where its term has no margin in
// the model. As a Statistic it is the coefficients of Names.
type Model struct {
	Formula *Formula
	Family  Family
	Names   []string // of the coefficients: "(Intercept)", "age", "sexMale", "sexMale:age"
	Terms   []int    // of each of Names, which of the formula's terms it belongs to; -1 is the intercept
	Aliased []string // coefficients that there are not, since the columns before them say as much

	domain []bool      // as given
	in     []bool      // of the domain, those who have all variables
	rows   []int32     // of them, the numbers
	x      [][]float64 // of each of Names, the values of rows
	y      []float64   // of rows

	nonzero [][]int32 // of each of Names, which of rows have a value that is not 0
	start   []float64 // where to begin; nil at the response
}

// New makes the model of a formula within a domain, nil for all. A
// respondent without a value in one of its variables is left out. It refuses
// unknown variables, a response that the family does not take, and variables
// that do not vary.
func New(f *Formula, family Family, variables map[string]Variable, in []bool) (*Model, refusal.Problems) {
	m := &Model{Formula: f, Family: family, domain: in}
	ps := m.known(variables)
	if ps != nil {
		return nil, ps
	}
	used := []Variable{variables[f.Response]}
	for _, t := range f.Terms {
		for _, v := range t {
			used = append(used, variables[v.Name])
		}
	}
	m.in = make([]bool, used[0].respondents())
	for i := range m.in {
		m.in[i] = (in == nil || in[i]) && !slices.ContainsFunc(used, func(v Variable) bool { return v.missing(i) })
		if m.in[i] {
			m.rows = append(m.rows, int32(i))
		}
	}
	if len(m.rows) == 0 {
		ps.Add(m.where(), "0 respondents have a value in all of its variables, want some")
		return nil, ps
	}
	ps = m.response(used[0])
	ps = append(ps, m.columns(variables)...)
	if ps != nil {
		return nil, ps
	}
	m.drop(independent(m.x))
	if len(m.Names) == 0 {
		ps.Add(m.where(), "0 coefficients, want some")
		return nil, ps
	}
	m.nonzero = make([][]int32, len(m.x))
	for j, column := range m.x {
		for r, x := range column {
			if x != 0 {
				m.nonzero[j] = append(m.nonzero[j], int32(r))
			}
		}
	}
	return m, nil
}

func (m *Model) where() string { return fmt.Sprintf("model %q", m.Formula) }

// known reports the variables that there are not, and families.
func (m *Model) known(variables map[string]Variable) refusal.Problems {
	var ps refusal.Problems
	names := []string{m.Formula.Response}
	for _, t := range m.Formula.Terms {
		for _, v := range t {
			names = append(names, v.Name)
		}
	}
	for _, name := range names {
		if _, ok := variables[name]; !ok {
			ps.Add(m.where(), "no variable %q%s", name, refusal.Nearest(name, slices.Collect(maps.Keys(variables))))
		}
	}
	if _, ok := links[m.Family]; !ok {
		ps.Add(m.where(), "family %q, want %s, %s or %s", m.Family, Gaussian, Quasibinomial, Quasipoisson)
	}
	return ps
}

// response takes the response: numbers, or for a logistic model two
// categories, of which the second counts.
func (m *Model) response(v Variable) refusal.Problems {
	var ps refusal.Problems
	m.y = make([]float64, len(m.rows))
	if v.Numbers == nil {
		labels, code := v.coded(m.in)
		if m.Family != Quasibinomial || len(labels) > 2 {
			ps.Add(m.where(), "response %q is %d categories, want numbers, or 2 categories in a %s model", m.Formula.Response, len(labels), Quasibinomial)
			return ps
		}
		for r, i := range m.rows {
			m.y[r] = float64(code[i])
		}
	} else {
		for r, i := range m.rows {
			m.y[r] = v.Numbers[i]
		}
	}
	lowest, highest := slices.Min(m.y), slices.Max(m.y)
	switch {
	case math.IsInf(lowest, 0) || math.IsInf(highest, 0):
		ps.Add(m.where(), "response %q is infinite, want finite numbers", m.Formula.Response)
	case m.Family == Quasibinomial && (lowest < 0 || highest > 1):
		ps.Add(m.where(), "response %q is from %g to %g, want 0 to 1", m.Formula.Response, lowest, highest)
	case m.Family == Quasipoisson && lowest < 0:
		ps.Add(m.where(), "response %q is from %g, want 0 or more", m.Formula.Response, lowest)
	case m.Family != Gaussian && lowest == highest && (lowest == 0 || lowest == 1 && m.Family == Quasibinomial):
		ps.Add(m.where(), "response %q is %g for all %d respondents, want one that varies", m.Formula.Response, lowest, len(m.y))
	}
	return ps
}

// columns makes the columns of the formula's terms.
func (m *Model) columns(variables map[string]Variable) refusal.Problems {
	var ps refusal.Problems
	if m.Formula.Intercept {
		m.add("(Intercept)", -1, slices.Repeat([]float64{1}, len(m.rows)))
	}
	type coding struct {
		labels []string
		code   []int32
	}
	codes := map[Explaining]coding{}
	full := !m.Formula.Intercept // whether the first categories still have a column each
	for number, t := range m.Formula.Terms {
		names, columns := []string{""}, [][]float64{slices.Repeat([]float64{1}, len(m.rows))}
		for at, v := range t {
			variable := variables[v.Name]
			var labels []string
			var parts [][]float64
			if variable.Numbers != nil && !v.Factor {
				labels, parts = []string{v.String()}, [][]float64{make([]float64, len(m.rows))}
				for r, i := range m.rows {
					parts[0][r] = variable.Numbers[i]
				}
				if math.IsInf(length(parts[0]), 0) || math.IsNaN(length(parts[0])) {
					ps.Add(m.where(), "variable %q is infinite, want finite numbers", v.Name)
					return ps
				}
			} else {
				c, ok := codes[v]
				if !ok {
					c.labels, c.code = variable.coded(m.in)
					codes[v] = c
				}
				if len(c.labels) < 2 {
					ps.AddHint("leave it out of the formula", m.where(), "variable %q is %q for all %d respondents, want one that varies", v.Name, c.labels[0], len(m.rows))
					return ps
				}
				first := 1
				if full || !m.margin(t, at) {
					first = 0
				}
				full = false
				for k := first; k < len(c.labels); k++ {
					labels = append(labels, v.String()+c.labels[k])
					part := make([]float64, len(m.rows))
					for r, i := range m.rows {
						if c.code[i] == int32(k) {
							part[r] = 1
						}
					}
					parts = append(parts, part)
				}
			}
			names, columns = interact(names, columns, labels, parts)
		}
		if len(m.x)+len(columns) > maxColumns {
			ps.Add(m.where(), "more than %d coefficients with term %s, want at most that", maxColumns, t)
			return ps
		}
		for k, name := range names {
			m.add(name, number, columns[k])
		}
	}
	return ps
}

// maxColumns is a limit on the coefficients of a model.
const maxColumns = 500

// margin says whether the model has a term without one of its variables, so
// that the categories of that variable are told from its first. The empty
// term counts as there.
func (m *Model) margin(t Term, at int) bool {
	rest := slices.Delete(slices.Clone(t), at, at+1)
	return len(rest) == 0 || slices.ContainsFunc(m.Formula.Terms, rest.same)
}

// interact multiplies the columns of a term by those of another variable; the
// first varies fastest.
func interact(names []string, columns [][]float64, labels []string, parts [][]float64) ([]string, [][]float64) {
	var crossed []string
	var products [][]float64
	for k, part := range parts {
		for j, column := range columns {
			product := make([]float64, len(part))
			for r := range part {
				product[r] = float64(part[r] * column[r])
			}
			products = append(products, product)
			crossed = append(crossed, strings.TrimPrefix(names[j]+":"+labels[k], ":"))
		}
	}
	return crossed, products
}

func (m *Model) add(name string, term int, column []float64) {
	m.Names, m.Terms, m.x = append(m.Names, name), append(m.Terms, term), append(m.x, column)
}

// drop leaves the columns out that are not kept.
func (m *Model) drop(kept []bool) {
	names, terms, x := m.Names, m.Terms, m.x
	m.Names, m.Terms, m.x = nil, nil, nil
	for j, keep := range kept {
		if keep {
			m.add(names[j], terms[j], x[j])
		} else {
			m.Aliased = append(m.Aliased, names[j])
		}
	}
}
