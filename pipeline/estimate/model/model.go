// Package model fits regressions to a sample by their formulas, with
// design-based errors, and tests whether two variables are independent.
package model

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/estimate"
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
	Ordinal       Family = "ordinal"       // proportional odds: three and more categories in order, by the logarithms of the odds of being above each
)

// families are what a model may be of: a family, or another word for one, whose estimates
// are the same.
var families = []family{
	{string(Gaussian), Gaussian},
	{string(Quasibinomial), Quasibinomial},
	{string(Quasipoisson), Quasipoisson},
	{string(Ordinal), Ordinal},
	{"binomial", Quasibinomial},
	{"poisson", Quasipoisson},
}

type family struct {
	name string
	of   Family
}

// Families lists the names of the families.
func Families() []string {
	var names []string
	for _, f := range families {
		names = append(names, f.name)
	}
	return names
}

// FamilyOf is the family of a name, or the name as it is.
func FamilyOf(name string) Family {
	for _, f := range families {
		if f.name == name {
			return f.of
		}
	}
	return Family(name)
}

// A Model is a linear or generalised linear model of n respondents with its
// variables. A variable of categories has a column for each category but the
// first, which is the reference, or for each where its term has no margin in
// the model. An ordinal model has no intercept but a cutpoint between each two categories
// that follow each other, behind its coefficients. As a Statistic it is the coefficients
// of Names.
type Model struct {
	Formula *Formula
	Family  Family
	Names   []string // of the coefficients: "(Intercept)", "age", "sexMale", "sexMale:age"; and of cutpoints: "low|high"
	Terms   []int    // of each of Names, which of the formula's terms it belongs to; -1 is the intercept or a cutpoint
	Aliased []string // coefficients that there are not, since the columns before them say as much
	Levels  []string // of an ordinal model, the categories of the response in their order

	domain []bool      // as given
	in     []bool      // of the domain, those who have all variables
	cells              // of them
	x      [][]float64 // of each of Names but cutpoints, the values of cells
	y      []float64   // of each respondent; nil of an ordinal model
	level  []int32     // of cells, the number of an ordinal model's category
	offset []float64   // of cells; nil for none

	codes      [][]string // of each of Names but cutpoints, what Parts have of its term's variables
	references []Part     // the categories that others are told from, of each variable with one

	kept        []bool                     // of all columns, those that are not aliased
	polynomials map[Explaining]*polynomial // by which variables are powers

	sparse    estimate.Sparse // x by cell
	reduction *reduction      // of its errors; nil for none
	start     []float64       // where to begin; nil at the response
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
	m.in = slices.Clone(in)
	if in == nil {
		m.in = slices.Repeat([]bool{true}, variables[f.Response].respondents())
	}
	for _, name := range f.Variables() {
		v := variables[name]
		for i := range m.in {
			m.in[i] = m.in[i] && !v.missing(i)
		}
	}
	if !slices.Contains(m.in, true) {
		ps.Add(m.where(), "0 respondents have a value in all of its variables, want some")
		return nil, ps
	}
	m.cells = cellsOf(m.in, m.alike(variables))
	ps = m.response(variables[f.Response])
	ps = append(ps, m.addOffsets(variables)...)
	all, found := m.columns(&source{variables: variables})
	if ps = append(ps, found...); ps != nil {
		return nil, ps
	}
	m.keep(all)
	if len(m.Names) == 0 {
		ps.Add(m.where(), "0 coefficients, want some")
		return nil, ps
	}
	for k := 1; k < len(m.Levels); k++ {
		m.Names, m.Terms = append(m.Names, m.Levels[k-1]+"|"+m.Levels[k]), append(m.Terms, -1)
	}
	m.sparse = sparse(m.x, len(m.rows))
	return m, nil
}

// alike are the variables that respondents of one cell have in common: all that columns are
// made of, and the response of an ordinal model. Of others its sums are enough.
func (m *Model) alike(variables map[string]Variable) []Variable {
	var made []Variable
	explains := m.Family == Ordinal || slices.ContainsFunc(m.Formula.explaining(), func(v Explaining) bool { return v.Name == m.Formula.Response }) || slices.Contains(m.Formula.Offsets, m.Formula.Response)
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		if name != m.Formula.Response || explains {
			made = append(made, variables[name])
		}
	}
	return made
}

func (m *Model) where() string { return fmt.Sprintf("model %q", m.Formula) }

// known reports the variables that there are not, and families.
func (m *Model) known(variables map[string]Variable) refusal.Problems {
	var ps refusal.Problems
	for _, name := range m.Formula.Variables() {
		if _, ok := variables[name]; !ok {
			ps.Add(m.where(), "no variable %q%s", name, refusal.Nearest(name, slices.Collect(maps.Keys(variables))))
		}
	}
	if !slices.ContainsFunc(families, func(f family) bool { return f.of == m.Family }) {
		ps.Add(m.where(), "family %q, want %s or %s", m.Family, strings.Join(Families()[:len(families)-1], ", "), families[len(families)-1].name)
	}
	if m.Family == Ordinal && !m.Formula.Intercept {
		ps.AddHint("leave out 0 and -1", m.where(), "no intercept, want one: the cutpoints of an ordinal model are its intercepts")
	}
	return ps
}

// response takes the response: numbers, or for a logistic model two
// categories, of which the second counts.
func (m *Model) response(v Variable) refusal.Problems {
	var ps refusal.Problems
	if m.Family == Ordinal {
		return m.ordered(v)
	}
	if m.y = v.Numbers; m.y == nil {
		labels, code := v.coded(m.in)
		if m.Family != Quasibinomial || len(labels) > 2 {
			ps.Add(m.where(), "response %q is %d categories, want numbers, or 2 categories in a %s model, or 3 and more in an %s one", m.Formula.Response, len(labels), Quasibinomial, Ordinal)
			return ps
		}
		m.y = make([]float64, len(m.in))
		for i, c := range code {
			m.y[i] = float64(c)
		}
	}
	lowest, highest := math.Inf(1), math.Inf(-1)
	for i, y := range m.y {
		if m.in[i] {
			lowest, highest = min(lowest, y), max(highest, y)
		}
	}
	switch {
	case math.IsInf(lowest, 0) || math.IsInf(highest, 0):
		ps.Add(m.where(), "response %q is infinite, want finite numbers", m.Formula.Response)
	case m.Family == Quasibinomial && (lowest < 0 || highest > 1):
		ps.Add(m.where(), "response %q is from %g to %g, want 0 to 1", m.Formula.Response, lowest, highest)
	case m.Family == Quasipoisson && lowest < 0:
		ps.Add(m.where(), "response %q is from %g, want 0 or more", m.Formula.Response, lowest)
	case m.Family != Gaussian && lowest == highest && (lowest == 0 || lowest == 1 && m.Family == Quasibinomial):
		ps.Add(m.where(), "response %q is %g for all %d respondents, want one that varies", m.Formula.Response, lowest, m.respondents)
	}
	return ps
}

// addOffsets adds up what the formula adds to the linear predictor.
func (m *Model) addOffsets(variables map[string]Variable) refusal.Problems {
	var ps refusal.Problems
	for _, name := range m.Formula.Offsets {
		v := variables[name]
		if v.Numbers == nil {
			ps.Add(m.where(), "offset %q is categories, want numbers", name)
			continue
		}
		if m.offset == nil {
			m.offset = make([]float64, len(m.rows))
		}
		for r, i := range m.rows {
			m.offset[r] += v.Numbers[i]
		}
		if math.IsInf(length(m.offset), 0) || math.IsNaN(length(m.offset)) {
			ps.Add(m.where(), "offset %q is infinite, want finite numbers", name)
		}
	}
	return ps
}
