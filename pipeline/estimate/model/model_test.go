package model

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
)

// simple is a simple random sample with replacement, each respondent of the
// given weight.
func simple(t *testing.T, weight ...float64) *design.Design {
	t.Helper()
	d, ps := design.New(design.Source{Where: "sample", Weight: weight})
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	return d
}

func ones(n int) []float64 { return slices.Repeat([]float64{1}, n) }

func regress(t *testing.T, d *design.Design, formula string, family Family, variables map[string]Variable, in []bool) *Fit {
	t.Helper()
	f, err := ParseFormula(formula)
	if err != nil {
		t.Fatal(err)
	}
	m, ps := New(f, family, variables, in)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	fit, ps := Regress(d, m)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	return fit
}

func TestRegressionByHand(t *testing.T) {
	nan := math.NaN()
	group := func(labels string) Variable { return Variable{Categories: strings.Split(labels, "")} }
	for _, c := range []struct {
		claim, formula string
		family         Family
		variables      map[string]Variable
		names          string
		values, se     []float64
		df, dispersion float64
	}{
		{
			"the slope of a group is the difference of means: 2 and 4, whose squares are 0.5 and 2, times 4/3",
			"y ~ g", Gaussian,
			map[string]Variable{"y": {Numbers: []float64{1, 3, 2, 6}}, "g": group("aabb")},
			"(Intercept) gb",
			[]float64{2, 2},
			[]float64{math.Sqrt(2.0 / 3), math.Sqrt(10.0 / 3)},
			2, 10.0 / 3,
		},
		{
			"a logistic slope is the logarithm of an odds ratio: 1 of 4 and 2 of 4",
			"y ~ g", Quasibinomial,
			map[string]Variable{"y": {Numbers: []float64{1, 0, 0, 0, 1, 1, 0, 0}}, "g": group("aaaabbbb")},
			"(Intercept) gb",
			[]float64{-math.Log(3), math.Log(3)},
			[]float64{math.Sqrt(32.0 / 21), math.Sqrt(8.0 / 3)},
			6, 8.0 / 7,
		},
		{
			"of a response with two categories the second counts",
			"y ~ g", Quasibinomial,
			map[string]Variable{"y": group("yxxxyyxx"), "g": group("aaaabbbb")},
			"(Intercept) gb",
			[]float64{-math.Log(3), math.Log(3)},
			[]float64{math.Sqrt(32.0 / 21), math.Sqrt(8.0 / 3)},
			6, 8.0 / 7,
		},
		{
			"a model of counts without variables is the logarithm of the mean",
			"y ~ 1", Quasipoisson,
			map[string]Variable{"y": {Numbers: []float64{1, 3}}},
			"(Intercept)",
			[]float64{math.Log(2)},
			[]float64{0.5},
			1, 1,
		},
		{
			"who lacks a variable is not in the model, but is a cluster of the design: 5/4 instead of 4/3",
			"y ~ g", Gaussian,
			map[string]Variable{"y": {Numbers: []float64{1, 3, 2, 6, nan}}, "g": group("aabbb")},
			"(Intercept) gb",
			[]float64{2, 2},
			[]float64{math.Sqrt(2.5 / 4), math.Sqrt(12.5 / 4)},
			2, 10.0 / 3,
		},
		{
			"a column that others add up to has no coefficient",
			"y ~ g + x + h", Gaussian,
			map[string]Variable{"y": {Numbers: []float64{1, 3, 2, 6}}, "g": group("aabb"), "h": group("ccdd"), "x": {Numbers: []float64{0, 0, 5, 5}}},
			"(Intercept) gb",
			[]float64{2, 2},
			[]float64{math.Sqrt(2.0 / 3), math.Sqrt(10.0 / 3)},
			2, 10.0 / 3,
		},
	} {
		t.Run(c.claim, func(t *testing.T) {
			f := regress(t, simple(t, ones(c.variables["y"].respondents())...), c.formula, c.family, c.variables, nil)
			if got := strings.Join(f.Model.Names, " "); got != c.names {
				t.Fatalf("coefficients %s, want %s", got, c.names)
			}
			for i := range c.values {
				agrees(t, f.Model.Names[i], f.Values[i], c.values[i], 1e-14)
				agrees(t, "error of "+f.Model.Names[i], f.SE(i), c.se[i], 1e-14)
			}
			agrees(t, "degrees of freedom", f.ResidualDF, c.df, 0)
			agrees(t, "dispersion", f.Dispersion, c.dispersion, 1e-14)
		})
	}
}

func TestColumns(t *testing.T) {
	variables := map[string]Variable{
		"y": {Numbers: []float64{1, 2, 3, 5, 4, 7, 9, 8, 2, 4, 6, 1}},
		"x": {Numbers: []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 3, 2}},
		"w": {Numbers: []float64{10, 9, 10, 9, 10, 9, 10, 9, 10, 9, 10, 9}},
		"a": {Categories: strings.Split("ppqqrrppqqrr", "")},
		"b": {Categories: strings.Split("uvuvuvuvuvuv", ""), Order: []string{"v", "u"}},
	}
	for _, c := range []struct{ claim, formula, want string }{
		{"the first category is the reference", "y ~ a", "(Intercept) aq ar"},
		{"the given order says which is first", "y ~ b", "(Intercept) bu"},
		{"numbers as categories are in the order of size", "y ~ factor(w)", "(Intercept) factor(w)10"},
		{"without an intercept the first variable has all categories", "y ~ 0 + a + b", "ap aq ar bu"},
		{"an interaction with both margins has neither reference", "y ~ a * b", "(Intercept) aq ar bu aq:bu ar:bu"},
		{"an interaction without a margin tells all of it", "y ~ a + a:b", "(Intercept) aq ar ap:bu aq:bu ar:bu"},
		{"slopes by category", "y ~ a:x", "(Intercept) ap:x aq:x ar:x"},
		{"slopes by category beside a slope", "y ~ x + a:x", "(Intercept) x x:aq x:ar"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			f, err := ParseFormula(c.formula)
			if err != nil {
				t.Fatal(err)
			}
			m, ps := New(f, Gaussian, variables, nil)
			if err := ps.Err(); err != nil {
				t.Fatal(err)
			}
			want := c.want
			if got := strings.Join(m.Names, " "); got != want {
				t.Errorf("%s has %s, want %s", c.formula, got, want)
			}
		})
	}
}

func TestRegressionRefused(t *testing.T) {
	variables := map[string]Variable{
		"y":       {Numbers: []float64{1, 0, 0, 1, 0, 1}},
		"big":     {Numbers: []float64{1, 0, 0, 1, 0, 7}},
		"minus":   {Numbers: []float64{1, 0, 0, 1, 0, -7}},
		"same":    {Numbers: []float64{0, 0, 0, 0, 0, 0}},
		"inf":     {Numbers: []float64{0, 1, 2, 3, 4, math.Inf(1)}},
		"nobody":  {Numbers: slices.Repeat([]float64{math.NaN()}, 6)},
		"certain": {Categories: strings.Split("pqqprr", "")},
		"reveals": {Numbers: []float64{3, 1, 1, 4, 2, 3}},
		"one":     {Categories: strings.Split("pppppp", "")},
		"three":   {Categories: strings.Split("pqrpqr", "")},
		"left":    {Numbers: []float64{0, 0, 0, 0, 0, 0}},
		"few":     {Numbers: []float64{1, 2, 1, 1, 2, 2}},
		"view":    {Numbers: []float64{1, 2, 1, 3, 2, 3}},
		"rising":  {Numbers: []float64{1, 3, 2, 6, 4, 5}},
	}
	for _, c := range []struct {
		claim, formula string
		family         Family
		want           string
	}{
		{"a misspelt variable", "y ~ thre", Gaussian, `no variable "thre"; did you mean "three"?`},
		{"every unknown variable at once", "z ~ three + q", Gaussian, `no variable "z"`},
		{"an ordinal model without its cutpoints", "three ~ 0 + y", Ordinal, `no intercept, want one: the cutpoints of an ordinal model are its intercepts`},
		{"an ordinal response of two categories", "few ~ three", Ordinal, `response "few" has 2 categories, want 3 or more in an ordinal model`},
		{"a number that tells an ordinal response", "view ~ rising", Ordinal, `the coefficient of rising has no finite value`},
		{"an offset of categories", "y ~ offset(three)", Gaussian, `offset "three" is categories, want numbers`},
		{"powers of too few values", "y ~ poly(few, 2)", Gaussian, `variable "few" has 2 values, want more than the degree of poly(few, 2)`},
		{"a reference that nobody has", "y ~ factor(three, ref=9)", Gaussian, "character 23: nobody of the model is in category \"9\" of three, want one of p, q, r"},
		{"an unknown family", "y ~ three", "gamma", `family "gamma", want gaussian, quasibinomial, quasipoisson, ordinal, binomial or poisson`},
		{"a logistic response above 1", "big ~ three", Quasibinomial, `response "big" is from 0 to 7, want 0 to 1`},
		{"negative counts", "minus ~ three", Quasipoisson, `response "minus" is from -7, want 0 or more`},
		{"a response that does not vary", "same ~ three", Quasibinomial, `response "same" is 0 for all 6 respondents, want one that varies`},
		{"a category that tells the outcome", "y ~ certain", Quasibinomial, "has no finite value, want a response that no variable tells with certainty"},
		{"a number that tells the outcome", "y ~ reveals", Quasibinomial, "the coefficient of reveals has no finite value"},
		{"one category", "y ~ one", Gaussian, `variable "one" is "p" for all 6 respondents, want one that varies`},
		{"a text to add up", "three ~ y", Gaussian, `response "three" is 3 categories, want numbers`},
		{"infinite numbers", "y ~ inf", Gaussian, `variable "inf" is infinite, want finite numbers`},
		{"nobody", "y ~ nobody", Gaussian, "0 respondents have a value in all of its variables, want some"},
		{"nothing to estimate", "y ~ 0 + left", Gaussian, "0 coefficients, want some"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			f, err := ParseFormula(c.formula)
			if err != nil {
				t.Fatal(err)
			}
			m, ps := New(f, c.family, variables, nil)
			if ps == nil {
				var fit *Fit
				if fit, ps = Regress(simple(t, ones(6)...), m); ps == nil {
					t.Fatalf("coefficients %v", fit.Values)
				}
			}
			if !strings.Contains(ps.Error(), c.want) {
				t.Errorf("%v, want %s", ps, c.want)
			}
		})
	}
}

// clustered is a stratified sample of clusters with unequal weights, and
// variables on it, in the given order of rows.
func clustered(t *testing.T, order []int, unit float64) (*design.Design, map[string]Variable) {
	t.Helper()
	var s design.Source
	s.Where = "sample"
	y, x, a := make([]float64, len(order)), make([]float64, len(order)), make([]string, len(order))
	for at, i := range order {
		s.Stratum = design.LabelsOf(append(s.Stratum.Spelled(), string(rune('A'+i/20))))
		s.PSU = design.LabelsOf(append(s.PSU.Spelled(), string(rune('a'+i/4))))
		s.Weight = append(s.Weight, unit*(1+float64(i*7%11)/3))
		y[at] = float64(i * 13 % 17 % 2)
		x[at] = float64(i*5%19) + 0.1
		a[at] = string(rune('p' + i*3%7%3))
	}
	d, ps := design.New(s)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	return d, map[string]Variable{"y": {Numbers: y}, "x": {Numbers: x}, "a": {Categories: a}}
}

func inOrder(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

// TestRegressionIdentities: what a model says of groups is what the means of
// their domains say, with the same covariance.
func TestRegressionIdentities(t *testing.T) {
	d, variables := clustered(t, inOrder(60), 1)
	y, a := variables["y"].Numbers, variables["a"].Categories
	in := func(labels ...string) []bool {
		made := make([]bool, len(a))
		for i := range a {
			made[i] = slices.Contains(labels, a[i])
		}
		return made
	}
	means := estimate.Of(d, estimate.Joint{estimate.Mean{Of: [][]float64{y}, In: in("p")}, estimate.Mean{Of: [][]float64{y}, In: in("q")}, estimate.Mean{Of: [][]float64{y}, In: in("r")}})
	linear := regress(t, d, "y ~ 0 + a", Gaussian, variables, nil)
	logistic := regress(t, d, "y ~ 0 + a", Quasibinomial, variables, nil)
	slope := func(i int) float64 { p := means.Values[i]; return 1 / (p * (1 - p)) }
	for i := range means.Values {
		agrees(t, "mean", linear.Values[i], means.Values[i], 1e-14)
		agrees(t, "log odds", logistic.Values[i], math.Log(means.Values[i]/(1-means.Values[i])), 1e-13)
		for j := range means.Values {
			agrees(t, "covariance of means", linear.Covariance[i][j], means.Covariance[i][j], 1e-12)
			agrees(t, "covariance of log odds", logistic.Covariance[i][j], means.Covariance[i][j]*slope(i)*slope(j), 1e-11)
		}
	}
	pair := in("p", "q")
	gap := regress(t, d, "y ~ a", Gaussian, variables, pair).Coefficients(0.95)[1]
	contrast := means.Contrast([]float64{-1, 1, 0}, gap.DF)
	agrees(t, "a gap is a contrast", gap.Value, contrast.Value, 1e-13)
	agrees(t, "error of the gap", gap.SE, contrast.SE, 1e-13)
	agrees(t, "p of the gap", gap.P, contrast.P, 1e-12)
	agrees(t, "degrees of freedom of the gap", gap.DF, d.DomainDF(pair)-1, 0)
}

// TestOrder: neither the order of rows nor the unit of weight changes a bit.
func TestOrder(t *testing.T) {
	d, variables := clustered(t, inOrder(60), 1)
	associated := func() *Association {
		a, ps := Associate(d, variables["a"], variables["y"], [2]string{"a", "y"}, nil)
		if err := ps.Err(); err != nil {
			t.Fatal(err)
		}
		return a
	}
	want, independence := regress(t, d, "y ~ a * x", Quasibinomial, variables, nil), associated()
	order := inOrder(60)
	slices.Reverse(order)
	order[3], order[40] = order[40], order[3]
	d, variables = clustered(t, order, 1024)
	got := regress(t, d, "y ~ a * x", Quasibinomial, variables, nil)
	if again := associated(); !reflect.DeepEqual(again, independence) {
		t.Errorf("independence: got %+v, want %+v", again, independence)
	}
	for i := range want.Values {
		agrees(t, want.Model.Names[i], got.Values[i], want.Values[i], 0)
		for j := range want.Values {
			agrees(t, "covariance", got.Covariance[i][j], want.Covariance[i][j], 0)
		}
	}
}

// TestRegressionReplicates: a model of groups under replicate weights is the
// groups' means under them; a replicate that lacks a group is counted, and one
// that tells the outcome is refused.
func TestRegressionReplicates(t *testing.T) {
	y := []float64{1, 0, 1, 1, 0, 0, 1, 0}
	a := Variable{Categories: strings.Split("ppppqqqq", "")}
	made := func(replicates ...[]float64) *design.Design {
		d, ps := design.New(design.Source{
			Where: "sample", Weight: ones(8),
			Replicates: &design.Replicates{Method: "other", Weight: replicates, Scale: 0.5},
		})
		if err := ps.Err(); err != nil {
			t.Fatal(err)
		}
		return d
	}
	replicates := [][]float64{{2, 1, 0, 1, 1, 1, 1, 2}, {1, 2, 1, 0, 1, 0, 2, 1}, {1, 1, 1, 2, 2, 1, 1, 0}}
	variables := map[string]Variable{"y": {Numbers: y}, "a": a}
	d := made(replicates...)
	var sides estimate.Joint
	for _, side := range []string{"p", "q"} {
		in := make([]bool, 8)
		for i := range in {
			in[i] = a.Categories[i] == side
		}
		sides = append(sides, estimate.Mean{Of: [][]float64{y}, In: in})
	}
	gap := estimate.Of(d, sides).Contrast([]float64{-1, 1}, 1)
	f := regress(t, d, "y ~ a", Gaussian, variables, nil)
	agrees(t, "gap", f.Values[1], gap.Value, 1e-14)
	agrees(t, "its error", f.SE(1), gap.SE, 1e-13)
	agrees(t, "rank of the replicates, less 1, and of the coefficients", f.ResidualDF, 1, 0)
	agrees(t, "none is left, not less than none", regress(t, made(replicates[0], replicates[0]), "y ~ a", Gaussian, variables, nil).ResidualDF, 0, 0)
	lacking := regress(t, made(append(replicates, []float64{1, 1, 1, 1, 0, 0, 0, 0})...), "y ~ a", Gaussian, variables, nil)
	if lacking.LeftOut != 1 {
		t.Errorf("%d replicates are left out, want 1", lacking.LeftOut)
	}
	formula, _ := ParseFormula("y ~ a")
	m, ps := New(formula, Quasibinomial, variables, nil)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	_, ps = Regress(made(append(replicates, []float64{1, 1, 1, 1, 1, 1, 0, 1})...), m)
	if want := "has no finite value in replicate 4 of 4"; ps == nil || !strings.Contains(ps.Error(), want) {
		t.Errorf("%v, want %s", ps, want)
	}
}

func TestTermTest(t *testing.T) {
	d, variables := clustered(t, inOrder(60), 1)
	f := regress(t, d, "y ~ a * x", Gaussian, variables, nil)
	one, ps := f.TermTest("x")
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	x := f.Coefficients(0.95)[slices.Index(f.Model.Names, "x")]
	agrees(t, "F of one coefficient is the square of t", one.Statistic, x.T*x.T, 1e-12)
	agrees(t, "with the same p", one.P, x.P, 1e-12)
	if two, ps := f.TermTest("x:a"); ps != nil || two.DF != 2 || two.Denominator != f.ResidualDF {
		t.Errorf("a:x has %g and %g degrees of freedom (%v), want 2 and %g", two.DF, two.Denominator, ps, f.ResidualDF)
	}
	for _, term := range []string{"z", "x +", "a + x"} {
		if _, ps := f.TermTest(term); ps == nil {
			t.Errorf("%q was tested", term)
		}
	}
}

// TestCoefficients: the odds of 3 of 4 over those of 1 of 4 are 9, and a linear
// model has no ratio.
func TestCoefficients(t *testing.T) {
	d := simple(t, ones(8)...)
	variables := map[string]Variable{
		"y": {Numbers: []float64{1, 0, 0, 0, 1, 1, 1, 0}}, "a": {Categories: strings.Split("ppppqqqq", "")},
	}
	logistic := regress(t, d, "y ~ a", Quasibinomial, variables, nil).Coefficients(0.95)[1]
	agrees(t, "odds ratio", logistic.Ratio, 9, 1e-12)
	agrees(t, "its lower limit", logistic.RatioLower, math.Exp(logistic.Lower), 1e-15)
	agrees(t, "t", logistic.T, logistic.Value/logistic.SE, 1e-15)
	if logistic.Term != "a" || logistic.Name != "aq" || logistic.Base != 8 {
		t.Errorf("term %q, name %q, base %d", logistic.Term, logistic.Name, logistic.Base)
	}
	linear := regress(t, d, "y ~ a", Gaussian, variables, nil).Coefficients(0.95)
	agrees(t, "difference", linear[1].Value, 0.5, 1e-13)
	if !math.IsNaN(linear[1].Ratio) || linear[0].Term != "(Intercept)" {
		t.Errorf("ratio %g, term %q", linear[1].Ratio, linear[0].Term)
	}
}
