package model

import (
	"math"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/weigh"
)

// mirrored is 1 less each response: a logistic model of it says the same.
func mirrored(y []float64) []float64 {
	made := make([]float64, len(y))
	for i, v := range y {
		made[i] = 1 - v
	}
	return made
}

// attempt fits a model, or says why it is refused.
func attempt(t *testing.T, d *design.Design, formula string, family Family, variables map[string]Variable) (*Fit, string) {
	t.Helper()
	f, err := ParseFormula(formula)
	if err != nil {
		t.Fatal(err)
	}
	m, ps := New(f, family, variables, nil)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	fit, ps := Regress(d, m)
	if ps != nil {
		return nil, ps.Error()
	}
	return fit, ""
}

// TestCertainOutcome: a model that tells some outcome with certainty is refused
// and names what runs away, whichever of the two outcomes is certain.
func TestCertainOutcome(t *testing.T) {
	group := func(labels string) Variable { return Variable{Categories: strings.Split(labels, "")} }
	number := func(xs ...float64) Variable { return Variable{Numbers: xs} }
	for _, c := range []struct {
		claim, formula, away string
		y                    []float64
		variables            map[string]Variable
	}{
		{"a category", "y ~ g", "gC", []float64{0, 1, 0, 1, 1, 1}, map[string]Variable{"g": group("AABBCC")}},
		{"the reference category", "y ~ g", "", []float64{1, 1, 0, 1, 0, 1}, map[string]Variable{"g": group("AABBCC")}},
		{"two categories alike", "y ~ g", "", []float64{0, 1, 1, 1, 1, 1}, map[string]Variable{"g": group("AABBCC")}},
		{"all categories", "y ~ 0 + g", "", []float64{0, 0, 1, 1, 1, 1}, map[string]Variable{"g": group("AABBCC")}},
		{"a number", "y ~ x", "x", []float64{0, 0, 0, 1, 1, 1}, map[string]Variable{"x": number(2001, 2002, 2003, 2004, 2005, 2006)}},
		{"a number except for a tie", "y ~ x", "x", []float64{0, 0, 0, 1, 1, 1}, map[string]Variable{"x": number(1, 2, 3, 3, 5, 6)}},
		{"two numbers together", "y ~ x + z", "", []float64{0, 0, 0, 1, 1, 1}, map[string]Variable{"x": number(1, 5, 3, 4, 2, 6), "z": number(-2, -6, -4, -3, -1, -5)}},
		{"a crossing", "y ~ g * h", "gB:hv", []float64{0, 1, 0, 1, 1, 0, 1, 1}, map[string]Variable{"g": group("AAAABBBB"), "h": group("uuvvuuvv")}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			for _, y := range [][]float64{c.y, mirrored(c.y)} {
				c.variables["y"] = number(y...)
				fit, refused := attempt(t, simple(t, ones(len(y))...), c.formula, Quasibinomial, c.variables)
				if want := "the coefficient of " + c.away; !strings.Contains(refused, want) || !strings.Contains(refused, "has no finite value") {
					t.Errorf("%v: fit %v, refused %q, want %q to have no finite value", y, fit, refused, want)
				}
			}
		})
	}
	counts := map[string]Variable{"y": number(3, 1, 4, 1, 0, 0), "g": group("AABBCC")}
	if _, refused := attempt(t, simple(t, ones(6)...), "y ~ g", Quasipoisson, counts); !strings.Contains(refused, "the coefficient of gC has no finite value") {
		t.Errorf("a category without counts: refused %q", refused)
	}
}

// TestCertainInReplicate: the same where a replicate leaves out the only
// respondent of a category with the other outcome; but a replicate without the
// category is left out, though elsewhere the model is as good as certain.
func TestCertainInReplicate(t *testing.T) {
	s := design.Source{Where: "sample", PSU: design.LabelsOf(strings.Split("111222333444", "")), Weight: ones(12)}
	d, ps := weigh.JK1(newDesign(t, s))
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	y := []float64{0, 1, 0, 0, 1, 1, 0, 1, 1, 1, 0, 1}
	g := Variable{Categories: strings.Split("AACAACAACAAC", "")}
	for _, y := range [][]float64{y, mirrored(y)} {
		fit, refused := attempt(t, d, "y ~ g", Quasibinomial, map[string]Variable{"y": {Numbers: y}, "g": g})
		if !strings.Contains(refused, "the coefficient of gC has no finite value in replicate 1 of 4") {
			t.Errorf("%v: fit %v, refused %q", y, fit, refused)
		}
	}

	y, x := steep()
	a := make([]string, len(y))
	lacking := ones(len(y))
	for i := range a {
		a[i] = "p"
		if i%10 == 0 {
			a[i], lacking[i] = "q", 0
		}
	}
	fit, refused := attempt(t, newDesign(t, design.Source{
		Where: "sample", Weight: ones(len(y)),
		Replicates: &design.Replicates{Scale: 1, Weight: [][]float64{ones(len(y)), lacking}},
	}), "y ~ x + a", Quasibinomial, map[string]Variable{"y": {Numbers: y}, "x": {Numbers: x}, "a": {Categories: a}})
	if refused != "" || fit.LeftOut != 1 {
		t.Errorf("fit %v, refused %q, want one replicate left out", fit, refused)
	}
}

// steep is an outcome by a number that all but tells it.
func steep() (y, x []float64) {
	for i := range 101 {
		at := float64(i-50) / 2
		x = append(x, at)
		switch {
		case at == -0.5 || at > 0 && at != 1:
			y = append(y, 1)
		default:
			y = append(y, 0)
		}
	}
	return y, x
}

// TestSteepModels: a model is not refused for what is all but certain. The
// figures are those of R's svyglm with an epsilon of 1e-15; its errors are of
// the step before the last.
func TestSteepModels(t *testing.T) {
	y, x := steep()
	fitted := func(y, x []float64, weight ...float64) *Fit {
		t.Helper()
		fit, refused := attempt(t, simple(t, weight...), "y ~ x", Quasibinomial, map[string]Variable{"y": {Numbers: y}, "x": {Numbers: x}})
		if refused != "" {
			t.Fatal(refused)
		}
		return fit
	}
	fit := fitted(y, x, ones(101)...)
	for i, want := range [][2]float64{{-0.37283845386468, 0.929676458026400}, {1.49135381545872, 0.442332237614057}} {
		agrees(t, fit.Model.Names[i], fit.Values[i], want[0], 1e-11)
		agrees(t, "error of "+fit.Model.Names[i], fit.SE(i), want[1], 1e-9)
	}
	other := fitted(mirrored(y), x, ones(101)...)
	for i := range fit.Values {
		agrees(t, "mirrored, "+fit.Model.Names[i], other.Values[i], -fit.Values[i], 1e-13)
		agrees(t, "mirrored, error of "+fit.Model.Names[i], other.SE(i), fit.SE(i), 1e-12)
	}
	beyond := fitted(append(slices.Clone(y), 1, 0), append(slices.Clone(x), 1000, -2000), ones(103)...)
	for i := range fit.Values {
		agrees(t, "with predictors beyond 700, "+fit.Model.Names[i], beyond.Values[i], fit.Values[i], 1e-13)
	}
	if !(beyond.Dispersion > 0) {
		t.Errorf("with predictors beyond 700, the dispersion is %g", beyond.Dispersion)
	}
	// odds of 1 to 1e9 in a category, and counts of one to as many
	weight := []float64{1, 1, 1e-4, 1e5, 1}
	rare := []float64{0, 1, 0, 1, 1}
	categories := map[string]Variable{"y": {Numbers: rare}, "g": {Categories: strings.Split("AABBB", "")}}
	for _, family := range []Family{Quasibinomial, Quasipoisson} {
		for _, y := range [][]float64{rare, mirrored(rare)} {
			categories["y"] = Variable{Numbers: y}
			fit, refused := attempt(t, simple(t, weight...), "y ~ g", family, categories)
			if refused != "" {
				t.Fatalf("%s: %s", family, refused)
			}
			got, want := fit.Values[0]+fit.Values[1], math.Log(1e-4/100001)
			if y[3] == 1 {
				want = -want
			}
			if family == Quasipoisson {
				got, want = math.Exp(got), (float64(y[2]*1e-4)+float64(y[3]*100001))/100001.0001
			}
			agrees(t, string(family), got, want, 1e-12)
		}
	}
}

// TestExactModel: coefficients that the responses fit exactly have no error,
// nor a test of what rounding leaves.
func TestExactModel(t *testing.T) {
	var x, y, z, weight []float64
	for i := range 30 {
		year := float64(2000 + i)
		x, z = append(x, year), append(z, float64(i*7%11))
		y = append(y, 2*year-4020)
		weight = append(weight, 1+float64(i%3)/7)
	}
	variables := map[string]Variable{"y": {Numbers: y}, "x": {Numbers: x}, "z": {Numbers: z}}
	for _, d := range []*design.Design{simple(t, weight...), func() *design.Design {
		d, ps := weigh.JK1(simple(t, weight...))
		if err := ps.Err(); err != nil {
			t.Fatal(err)
		}
		return d
	}()} {
		fit := regress(t, d, "y ~ x + z", Gaussian, variables, nil)
		for i, name := range fit.Model.Names {
			if c := fit.Coefficients(0.95)[i]; !math.IsNaN(fit.SE(i)) || !math.IsNaN(c.T) || !math.IsNaN(c.P) {
				t.Errorf("%s: %s has an error of %g, t %g and p %g", d.Error, name, fit.SE(i), c.T, c.P)
			}
		}
		if test, ps := fit.TermTest("z"); ps == nil {
			t.Errorf("%s: z is tested: %+v", d.Error, test)
		}
	}
	y[7] += 1e-6 // and one that is off by little has them
	fit := regress(t, simple(t, weight...), "y ~ x + z", Gaussian, variables, nil)
	for i, name := range fit.Model.Names {
		if !(fit.SE(i) > 0) {
			t.Errorf("%s has an error of %g", name, fit.SE(i))
		}
	}
}
