package model

import (
	"fmt"
	"math"
	"slices"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// A Fit is a model with its coefficients: Values and their errors are of the
// model's Names.
type Fit struct {
	*estimate.Estimates
	Model *Model
	// ResidualDF is what the coefficients leave of the design's degrees of
	// freedom: those of the respondents in the model, or with replicate
	// weights of the domain, plus 1, less the coefficients.
	ResidualDF float64
	Freedoms   []float64 // of each coefficient its own; nil where all have ResidualDF
	By         Inference
	// Dispersion is the variance of the Pearson residuals: the response less
	// its mean, over the root of the family's variance. An ordinal model has none.
	Dispersion float64
	// LeftOut counts the replicates under whose weights the columns are
	// dependent: a category that only the respondents had who are missing from
	// them. They add nothing to the errors, which are smaller for it.
	LeftOut int
	// Lost are the categories of an ordinal model that replicates do not have: those have one
	// cutpoint in place of the two beside it, and none beyond the last.
	Lost []Lost
}

// leaves is what the coefficients leave of degrees of freedom: none where they are as many
// or more.
func (m *Model) leaves(df float64) float64 { return max(0, df+1-float64(len(m.Names))) }

// Regress fits a model to a sample, with errors of the design: by
// linearisation (Binder 1983), or by fitting it again under each replicate's
// weights. It refuses a model that has no coefficients, in the sample or in a
// replicate: where a logistic model tells an outcome with certainty, its
// coefficients are infinite.
func Regress(d *design.Design, m *Model) (*Fit, refusal.Problems) {
	var ps refusal.Problems
	start, away := m.solve(d.Weight)
	if start == nil {
		m.refuse(&ps, away, "")
		return nil, ps
	}
	from := *m
	from.start = start
	f := &Fit{Estimates: estimate.Of(d, &from), Model: m}
	f.ResidualDF = m.leaves(f.DF)
	if d.Replicates != nil {
		f.ResidualDF = m.leaves(d.DomainDF(m.domain))
		f.Lost = m.lost(d)
	}
	for r, values := range f.Replicates {
		if !slices.ContainsFunc(values, math.IsNaN) {
			continue
		}
		f.LeftOut++
		if _, away := from.solve(d.Replicate(r, nil)); away >= 0 {
			m.refuse(&ps, away, fmt.Sprintf(" in replicate %d of %d", r+1, len(f.Replicates)))
			return nil, ps
		}
	}
	f.Dispersion = math.NaN()
	if m.Family == Ordinal { // whose variance is not one of a mean
		return f, nil
	}
	pearson, eta := m.residuals(f.Values), m.predictor(f.Values)
	root := make([]float64, len(eta))
	for r, x := range eta {
		root[r] = math.Sqrt(links[m.Family].variance(x))
	}
	for i, r := range m.cell {
		if pearson[i] != 0 {
			pearson[i] /= root[r]
		}
	}
	f.Dispersion = estimate.Spread{Of: pearson, In: m.in}.Value(d.Weight)
	return f, nil
}

// refuse says why there are no coefficients; away as of solve.
func (m *Model) refuse(ps *refusal.Problems, away int, in string) {
	if away < 0 {
		ps.AddHint("leave out a variable that others nearly add up to", m.where(), "its columns are too nearly dependent%s, want coefficients that the data can tell apart", in)
		return
	}
	ps.AddHint("look at the response by that variable: a category may have 0 or 100 per cent", m.where(),
		"the coefficient of %s has no finite value%s, want a response that no variable tells with certainty", m.Names[away], in)
}

// SE is the standard error of a coefficient, NaN where the coefficient does not
// vary.
func (f *Fit) SE(i int) float64 {
	if se := f.Estimates.SE(i); se > 0 {
		return se
	}
	return math.NaN()
}

// Coefficients are the model's, each with limits at a level and the test that it
// is 0 and, where the family's link is a logarithm, with its exponential: the
// ratio of odds or of rates.
func (f *Fit) Coefficients(level float64) []release.Coefficient {
	nan := math.NaN()
	made := make([]release.Coefficient, len(f.Model.Names))
	for i, name := range f.Model.Names {
		df := f.ResidualDF
		if f.Freedoms != nil {
			df = f.Freedoms[i]
		}
		c := indicator.Compare(f.Values[i], f.SE(i), df, f.N, level)
		r := release.Coefficient{
			Formula: f.Model.Formula.String(), Family: string(f.Model.Family), Term: name, Name: name, Quantity: release.CoefficientOf,
			Value: c.Value, SE: c.SE, Lower: c.Lower, Upper: c.Upper, Level: level, T: c.Statistic, DF: release.Finite(c.DF), P: c.P, Base: int64(c.N),
			Ratio: nan, RatioLower: nan, RatioUpper: nan,
		}
		if k := f.Model.Terms[i]; k >= 0 {
			r.Term = f.Model.Formula.Terms[k].String()
		}
		if f.Model.Family != Gaussian && i < len(f.Model.x) { // a cutpoint's is no ratio
			r.Ratio, r.RatioLower, r.RatioUpper = math.Exp(c.Value), math.Exp(c.Lower), math.Exp(c.Upper)
		}
		made[i] = r
	}
	return made
}

// TermTest tests whether all coefficients of terms are 0, by Wald's statistic
// over their number, as F. Terms are as in the formula: "age", "age:sex".
func (f *Fit) TermTest(terms ...string) (indicator.Test, refusal.Problems) {
	var ps refusal.Problems
	var tested []int
	for _, text := range terms {
		read, err := ParseFormula(f.Model.Formula.spelled(f.Model.Formula.Response) + " ~ " + text)
		if err != nil || len(read.Terms) != 1 {
			ps.Add(f.Model.where(), "%q, want one of its terms", text)
			continue
		}
		number := slices.IndexFunc(f.Model.Formula.Terms, read.Terms[0].same)
		var of []int
		for j, term := range f.Model.Terms {
			if term == number && number >= 0 {
				of = append(of, j)
			}
		}
		if of == nil {
			ps.Add(f.Model.where(), "no coefficients of %q, want one of its terms", text)
		}
		tested = append(tested, of...)
	}
	if len(ps) > 0 {
		return indicator.Test{}, ps
	}
	slices.Sort(tested)
	tested = slices.Compact(tested)
	t, ok := f.wald(tested)
	if !ok {
		ps.Add(f.Model.where(), "the covariance of %d coefficients is singular with %g degrees of freedom, want more clusters or fewer coefficients", len(tested), f.ResidualDF)
		return indicator.Test{}, ps
	}
	return t, nil
}

// wald is the test of values by their covariance, as F; false where that is
// singular.
func (f *Fit) wald(of []int) (indicator.Test, bool) {
	values, cov := make([]float64, len(of)), design.Square(len(of))
	for a, i := range of {
		values[a] = f.Values[i]
		for b, j := range of {
			cov[a][b] = f.Covariance[i][j]
		}
	}
	l, ok := decompose(cov)
	if !ok {
		return indicator.Test{}, false
	}
	return f.test(of, l.form(values)/float64(len(of))), true
}
