package estimate_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
)

func init() {
	checks["glm_coef"] = checkCoefficient
	checks["ttest"] = checkTTest
}

// column is a column of the data as a model's variable: categories that are
// all numbers are in the order of size, others in that of their bytes.
func (s *sample) column(name string) model.Variable {
	if values := s.variable(name); values != nil {
		return model.Variable{Numbers: values}
	}
	v := model.Variable{Categories: s.aligned(name)}
	number := func(label string) float64 {
		x, err := strconv.ParseFloat(label, 64)
		if err != nil {
			return math.NaN()
		}
		return x
	}
	labels := slices.Sorted(maps.Keys(set(v.Categories)))
	if !slices.ContainsFunc(labels, func(label string) bool { return math.IsNaN(number(label)) }) {
		slices.SortFunc(labels, func(a, b string) int { return int(number(a) - number(b)) })
		v.Order = labels
	}
	return v
}

// columns are all columns of the data that a formula names.
func (s *sample) columns(f *model.Formula) map[string]model.Variable {
	made := map[string]model.Variable{f.Response: s.column(f.Response)}
	for _, t := range f.Terms {
		for _, v := range t {
			made[v.Name] = s.column(v.Name)
		}
	}
	return made
}

// subset is the domain of a row of a test or a model, whose own domain column
// says something else.
func (s *sample) subset(r *row) []bool {
	return s.domain(&row{extra: r.extra})
}

// fileRows counts the rows of the file in a row's subset that have all of the
// named variables, those with a weight of 0 too. R's subset of a calibrated
// design keeps every row of the file.
func (s *sample) fileRows(r *row, names ...string) float64 {
	if s.Calibrations != nil {
		return float64(s.rows())
	}
	return cached(s, append([]string{"rows of the file", r.text("subset")}, names...), func() float64 {
		name, value, within := strings.Cut(r.text("subset"), "=")
		n, same := 0.0, map[string]bool{}
		for i := range s.rows() {
			if within {
				label := s.texts[name][i]
				is, met := same[label]
				if !met {
					is = sameLabel(label, value)
					same[label] = is
				}
				if !is {
					continue
				}
			}
			if !slices.ContainsFunc(names, func(name string) bool { return s.texts[name][i] == "" }) {
				n++
			}
		}
		return n
	})
}

type fittedModel struct {
	*model.Fit
	asR      *model.Fit // stopped as R stops it; nil for a linear model
	problems refusal.Problems
}

// fit fits the model of a row, which each of its coefficients has.
func (s *sample) fit(r *row) fittedModel {
	return cached(s, []string{"fit", r.text("family"), r.variable, r.text("subset")}, func() fittedModel { return s.fitOf(r) })
}

func (s *sample) fitOf(r *row) (f fittedModel) {
	formula, err := model.ParseFormula(r.variable)
	if err != nil {
		panic(err)
	}
	m, ps := model.New(formula, model.Family(r.text("family")), s.columns(formula), s.subset(r))
	if f.problems = ps; ps == nil {
		f.Fit, f.problems = model.Regress(s.Design, m)
		s.olderErrorsOf(f.Fit, m)
	}
	if f.problems == nil && m.Family != model.Gaussian {
		var e *early
		f.asR, e = s.asR(f.Fit, s.subset(r), s.fileRows(r))
		s.olderErrorsOf(f.asR, e)
	}
	return f
}

// checkCoefficient reproduces a coefficient of a model.
func checkCoefficient(s *sample, r *row) result {
	for _, warning := range warnings(r) {
		if strings.Contains(warning, "did not converge") {
			return result{excluded: "the reference did not converge"}
		}
	}
	f := s.fit(r)
	if f.problems != nil {
		switch problem := f.problems.Error(); {
		case strings.Contains(problem, "has no finite value") && strings.Contains(problem, "in replicate") &&
			slices.ContainsFunc(s.Replicated(), func(weight []float64) bool { return s.separated(r, weight) }):
			return result{excluded: "the model tells the outcome with certainty in a replicate: the reference's coefficients there are where its iterations stopped"}
		case strings.Contains(problem, "has no finite value") && s.separated(r, s.Weight):
			return result{excluded: "the model tells the outcome with certainty: the reference's coefficients are where its iterations stopped"}
		}
		if strings.Contains(f.problems.Error(), "want one that varies") {
			return result{excluded: "the outcome does not vary: the reference's coefficients are where its iterations stopped"}
		}
		return result{refused: f.problems.Error()}
	}
	at := slices.Index(f.Model.Names, r.domain)
	if at < 0 {
		return result{got: map[string]float64{}}
	}
	r.sizes = map[string]float64{}
	for j := range f.Covariance {
		r.sizes[fmt.Sprintf("vcov_row[%d]", j)] = f.SE(at) * f.SE(j)
	}
	got := coefficient(f.Fit, at)
	if r.differences(got) == "" {
		return result{got: got}
	}
	var reasons []string
	if f.asR != nil && !r.agreesBut(got, "dispersion") {
		// Where the iterations stop is nowhere near what the data could tell.
		if math.Abs(f.Values[at]-f.asR.Values[at]) > 1e-4*f.SE(at) || !agree(f.SE(at), f.asR.SE(at), 1e-3, 0) {
			return result{got: got}
		}
		f.Fit = f.asR
		got = coefficient(f.Fit, at)
		reasons = append(reasons, "the reference's iterations stop where the deviance changes by less than 1e-8, and its errors are of the step before")
	}
	if r.differences(got) != "" {
		got["dispersion"] = s.dispersion(r, f.Fit)
		reasons = append(reasons, "the reference's dispersion is of weights with a mean of 1 over more than the model's rows, and with replicates a mean square times their sum")
	}
	return result{got: got, defined: strings.Join(reasons, "; ")}
}

// separated says whether a term of a row's logistic model tells the outcome of
// some with certainty: the response is the same for all of a category, or of a
// cell of several; or a number that is the model's only term is larger for all
// who have it than for those who have not.
func (s *sample) separated(r *row, weight []float64) bool {
	formula, err := model.ParseFormula(r.variable)
	if err != nil {
		panic(err)
	}
	y, in := s.variable(formula.Response), s.subset(r)
	for _, t := range formula.Terms {
		met := map[string][2]bool{} // by cell, whether anyone has not and has it
		low, high := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
		numbers := s.variable(t[0].Name)
		for i, w := range weight {
			if w == 0 || in != nil && !in[i] || math.IsNaN(y[i]) {
				continue
			}
			if numbers != nil {
				low[int(y[i])], high[int(y[i])] = min(low[int(y[i])], numbers[i]), max(high[int(y[i])], numbers[i])
				continue
			}
			var cell []string
			for _, v := range t {
				cell = append(cell, s.aligned(v.Name)[i])
			}
			if !slices.Contains(cell, "") {
				of := met[strings.Join(cell, "|")]
				of[int(y[i])] = true
				met[strings.Join(cell, "|")] = of
			}
		}
		if numbers != nil && len(formula.Terms) == 1 && (high[0] <= low[1] || high[1] <= low[0]) {
			return true
		}
		for _, of := range met {
			if of[0] != of[1] {
				return true
			}
		}
	}
	return false
}

// coefficient are the numbers of one coefficient of a model.
func coefficient(f *model.Fit, at int) map[string]float64 {
	c := f.Coefficients(indicator.Level)[at]
	got := map[string]float64{
		"estimate": c.Value, "se": c.SE, "df": c.DF, "ci_low": c.Lower, "ci_high": c.Upper, "n_unweighted": float64(f.N),
		"dispersion": f.Dispersion, "t": c.T, "p_value": c.P,
	}
	for j, v := range f.Covariance[at] {
		got[fmt.Sprintf("vcov_row[%d]", j)] = v
	}
	return got
}

// dispersion is that of R's summary: it scales weights to a mean of 1 over the
// rows of the domain, and again over those in the model; with replicate
// weights it takes the mean square, in its older version times the sum of the
// weights so scaled.
func (s *sample) dispersion(r *row, f *model.Fit) float64 {
	names := []string{f.Model.Formula.Response}
	for _, t := range f.Model.Formula.Terms {
		for _, v := range t {
			names = append(names, v.Name)
		}
	}
	in := s.subset(r)
	inModel, domain := weightOf(s.Weight, f.Model.Within()), weightOf(s.Weight, in)
	mean := domain / s.fileRows(r)
	if s.Replicates == nil {
		return f.Dispersion * inModel / s.fileRows(r, names...) / mean
	}
	e := cached(s, []string{"unfitted", r.text("family"), r.variable, r.text("subset")}, func() *early { return s.unfitted(f.Model) })
	square := 0.0
	w := e.weights(s.Weight)
	for i, residual := range e.pearson(f.Values) {
		square += w[i] * residual * residual
	}
	return square / mean
}

func warnings(r *row) []string {
	var texts []string
	switch given := r.extra["r_warnings"].(type) {
	case []any:
		for _, w := range given {
			texts = append(texts, fmt.Sprint(w))
		}
	case string:
		texts = append(texts, given)
	}
	return texts
}

// checkTTest reproduces t-tests: "y~0" of a mean, "y~group" of two.
func checkTTest(s *sample, r *row) result {
	y, group, _ := strings.Cut(r.variable, "~")
	var c indicator.Comparison
	if group == "0" || group == "1" {
		in := s.subset(r)
		e := estimate.Of(s.Design, estimate.Mean{Of: [][]float64{s.variable(y)}, In: estimate.Complete(in, s.variable(y))})
		c = e.Contrast([]float64{1}, s.DomainDF(in)-1) // one less, by R's convention
	} else {
		formula, err := model.ParseFormula(y + " ~ factor(" + group + ")")
		if err != nil {
			panic(err)
		}
		m, ps := model.New(formula, model.Gaussian, s.columns(formula), s.subset(r))
		if ps == nil {
			var f *model.Fit
			if f, ps = model.Regress(s.Design, m); ps == nil && len(m.Names) == 2 {
				of := f.Coefficients(indicator.Level)[1]
				c = indicator.Comparison{Value: of.Value, SE: of.SE, Lower: of.Lower, Upper: of.Upper, N: f.N, Test: indicator.Test{Statistic: of.T, DF: of.DF, P: of.P}}
			}
		}
		if ps != nil {
			if _, given := r.want["estimate"]; !given {
				return result{excluded: "the group has one category in the domain: the reference, too, gives no value"}
			}
			return result{refused: ps.Error()}
		}
	}
	return result{got: map[string]float64{
		"estimate": c.Value, "se": c.SE, "df": c.DF, "ci_low": c.Lower, "ci_high": c.Upper, "n_unweighted": float64(c.N), "t": c.Statistic, "p_value": c.P,
	}}
}
