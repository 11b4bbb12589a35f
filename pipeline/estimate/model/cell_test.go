package model

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/question"
)

// alikes is a sample of which many respondents are alike, and a variable in which none
// of them are.
func alikes(t *testing.T, n int) (*design.Design, map[string]Variable) {
	random := rand.New(rand.NewPCG(7, 0))
	variables := map[string]Variable{}
	number := func(name string, of func() float64) {
		v := Variable{Numbers: make([]float64, n)}
		for i := range v.Numbers {
			v.Numbers[i] = of()
		}
		variables[name] = v
	}
	number("share", func() float64 { return random.Float64() })
	number("grade", func() float64 { return float64(random.IntN(4)) })
	number("months", func() float64 { return float64(random.IntN(3)) })
	number("x", func() float64 { return float64(random.IntN(5)) - 1 })
	unlike, a, psu := Variable{}, Variable{}, []string(nil)
	weight := make([]float64, n)
	for i := range n {
		unlike.Numbers = append(unlike.Numbers, float64(i))
		a.Categories = append(a.Categories, []string{"p", "q", "r"}[random.IntN(3)])
		psu = append(psu, strconv.Itoa(random.IntN(20)))
		weight[i] = float64(random.IntN(4)) + random.Float64()
	}
	variables["unlike"], variables["a"] = unlike, a
	return newDesign(t, design.Source{Where: "sample", PSU: design.LabelsOf(psu), Weight: weight}), variables
}

// TestCells: respondents who are alike may be taken together, whatever the family: the
// coefficients, their covariance, dispersion and predictions are those of each by itself.
func TestCells(t *testing.T) {
	const n = 2000
	d, all := alikes(t, n)
	in := make([]bool, n)
	for i := range in {
		in[i] = i%7 > 0
	}
	for family, response := range map[Family]string{Gaussian: "share", Quasibinomial: "share", Quasipoisson: "share", Ordinal: "grade"} {
		formula := response + " ~ a + poly(x, 2) + x:a + offset(months)"
		variables := map[string]Variable{response: all[response], "a": all["a"], "x": all["x"], "months": all["months"]}
		together := regress(t, d, formula, family, variables, in)
		variables["unlike"] = all["unlike"]
		each := regress(t, d, formula, family, variables, in)
		if !each.Model.single || together.Model.single {
			t.Fatalf("%s: cells of one respondent: %v and %v, want true and false", family, each.Model.single, together.Model.single)
		}
		agrees(t, string(family)+": dispersion", together.Dispersion, each.Dispersion, 1e-12)
		for i, name := range each.Model.Names {
			agrees(t, string(family)+": "+name, together.Values[i], each.Values[i], 1e-10)
			agrees(t, string(family)+": error of "+name, together.SE(i), each.SE(i), 1e-10)
		}
		for _, errors := range question.PredictionErrors {
			ask := func(f *Fit) []float64 {
				t.Helper()
				of, ps := f.Average(d, variables, []question.Prediction{{Variable: "a"}}, []string{"x"}, errors, 0.95)
				if err := ps.Err(); err != nil {
					t.Fatal(err)
				}
				var made []float64
				for _, c := range of {
					made = append(made, c.Value, c.SE)
				}
				return made
			}
			got := ask(together)
			for i, want := range ask(each) {
				agrees(t, string(family)+": predicted, "+errors, got[i], want, 1e-9)
			}
		}
	}
}

// TestScores: what scores add up to by cluster is what the linearised values of the
// respondents do.
func TestScores(t *testing.T) {
	d, variables := alikes(t, 200)
	for family, response := range map[Family]string{Gaussian: "share", Quasibinomial: "share", Quasipoisson: "share", Ordinal: "grade"} {
		fit := regress(t, d, response+" ~ a + x", family, variables, nil)
		u := fit.Model.Influence(d.Weight, fit.Values)
		for j := range u {
			for i, w := range d.Weight {
				u[j][i] *= w
			}
		}
		for j, row := range estimate.Variance(d, u, nil) {
			for k, want := range row {
				agrees(t, string(family)+": covariance", fit.Covariance[j][k], want, 1e-10)
			}
		}
	}
}
