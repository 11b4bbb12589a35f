package estimate_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/indicator"
)

// htest is a test as the reference writes it.
type htest struct {
	Stat float64
	Par  numbers
	P    float64
	Est  float64
	DF   float64
}

// numbers are one or more; what R left out is none.
type numbers []float64

func (n *numbers) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, (*[]float64)(n)) == nil {
		return nil
	}
	var one float64
	if json.Unmarshal(data, &one) == nil {
		*n = numbers{one}
	}
	return nil
}

type coefficients struct {
	Est, SE []float64
	Names   []string
	DF      float64
}

// TestReference45Models reproduces what R's survey 4.5 gave for tests, models
// and trends, of one wave of a survey and of the data sets that come with it.
func TestReference45Models(t *testing.T) {
	folder := newReference45(t).folder
	data, err := os.ReadFile(filepath.Join(folder, "r45", "r_survey_4_5_reference.json"))
	if err != nil {
		t.Fatal(err)
	}
	var reference struct {
		Synthetic struct {
			F       htest `json:"chisq_F"`
			Chisq   htest `json:"chisq_Chisq"`
			Wald    htest `json:"chisq_Wald"`
			AdjWald htest `json:"chisq_adjWald"`

			Sex      htest        `json:"t_sex"`
			LM       coefficients `json:"lm"`
			Logit    coefficients `json:"logit"`
			TermTest struct {
				F, DF, DDF, P float64
			} `json:"regTerm_age"`
			Trend [][]float64 `json:"trend"`
		}
		Classic struct {
			Cluster []htest `json:"c1_chisq"`
			FPC     []htest `json:"c1_chisq_fpc"`
		}
	}
	if err := json.Unmarshal(data, &reference); err != nil {
		t.Fatal(err)
	}
	want := reference.Synthetic

	uk := fileSample(t, filepath.Join(folder, "r45", "uk_two_wave.csv"), func(s *sample) design.Source {
		source := design.Source{Where: "uk_two_wave", Nested: true, Stratum: design.LabelsOf(s.labels("stratum")), PSU: design.LabelsOf(s.labels("psu")), Weight: s.numbers["w"]}
		for _, wave := range s.numbers["wave"] {
			source.In = append(source.In, wave == 1)
		}
		return source
	})
	table := func(s *sample, row, column string) *model.Association {
		t.Helper()
		a, ps := model.Associate(s.Design, s.column(row), s.column(column), [2]string{row, column}, nil)
		if err := ps.Err(); err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := table(uk, "belong", "age")
	sameTest(t, "F", a.RaoScott, want.F)
	agrees(t, "Pearson", a.Pearson, want.Chisq.Stat, 1e-12)
	agrees(t, "p of the first order", a.FirstOrder.P, want.Chisq.P, 1e-10)
	sameTest(t, "Wald", a.Wald, want.Wald)
	sameTest(t, "adjusted Wald", a.AdjustedWald, want.AdjWald)

	fitted := func(formula string, family model.Family) *model.Fit {
		t.Helper()
		f, err := model.ParseFormula(formula)
		if err != nil {
			t.Fatal(err)
		}
		m, ps := model.New(f, family, uk.columns(f), nil)
		if err := ps.Err(); err != nil {
			t.Fatal(err)
		}
		fit, ps := model.Regress(uk.Design, m)
		if err := ps.Err(); err != nil {
			t.Fatal(err)
		}
		return fit
	}
	gap := fitted("income ~ sex", model.Gaussian).Coefficients(0.95)[1]
	agrees(t, "t", gap.T, want.Sex.Stat, 1e-11)
	agrees(t, "p of t", gap.P, want.Sex.P, 1e-11)
	agrees(t, "gap", gap.Value, want.Sex.Est, 1e-11)
	agrees(t, "degrees of freedom of t", gap.DF, want.Sex.DF, 0)

	fits := func(name string, f *model.Fit, want coefficients, tolerance float64) {
		t.Helper()
		if !slices.Equal(f.Model.Names, want.Names) {
			t.Fatalf("%s: coefficients %q, want %q", name, f.Model.Names, want.Names)
		}
		agrees(t, name+": degrees of freedom", f.ResidualDF, want.DF, 0)
		for i, n := range want.Names {
			agrees(t, name+": "+n, f.Values[i], want.Est[i], tolerance)
			agrees(t, name+": error of "+n, f.SE(i), want.SE[i], tolerance)
		}
	}
	fits("linear", fitted("income ~ age + sex", model.Gaussian), want.LM, 1e-11)
	exact := fitted("belong ~ age + sex + eth", model.Quasibinomial)
	fits("logistic", exact, want.Logit, 1e-4)
	stopped, _ := uk.asR(exact, nil, float64(len(uk.Rows)))
	fits("logistic, stopped as R does", stopped, want.Logit, 1e-10)
	term, ps := stopped.TermTest("age")
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	sameTest(t, "age", term, htest{Stat: want.TermTest.F, Par: numbers{want.TermTest.DF, want.TermTest.DDF}, P: want.TermTest.P})

	age := uk.column("age")
	var means estimate.Joint
	for _, label := range slices.Sorted(maps.Keys(set(age.Categories))) {
		in := make([]bool, len(age.Categories))
		for i, of := range age.Categories {
			in[i] = of == label
		}
		y := uk.variable("belong")
		means = append(means, estimate.Mean{Of: [][]float64{y}, In: estimate.Complete(in, y)})
	}
	// Those of the tables of orthogonal polynomials, each brought to length 1.
	trends := [][]float64{{-2, -1, 0, 1, 2}, {2, -1, -2, -1, 2}, {-1, 2, 0, -2, 1}, {1, -4, 6, -4, 1}}
	e := estimate.Of(uk.Design, means)
	for k, figures := range want.Trend {
		squares := 0.0
		for _, x := range trends[k] {
			squares += x * x
		}
		for i := range trends[k] {
			trends[k][i] /= math.Sqrt(squares)
		}
		c := e.Contrast(trends[k], uk.DomainDF(nil))
		agrees(t, fmt.Sprintf("trend of degree %d", k+1), c.Value, figures[0], 1e-11)
		agrees(t, fmt.Sprintf("error of the trend of degree %d", k+1), c.SE, figures[1], 1e-11)
	}

	for _, c := range []struct {
		name       string
		population bool
		want       []htest
	}{{"with replacement", false, reference.Classic.Cluster}, {"without replacement", true, reference.Classic.FPC}} {
		schools := fileSample(t, filepath.Join(folder, "data", "apiclus1.csv"), func(s *sample) design.Source {
			source := design.Source{Where: "apiclus1", PSU: design.LabelsOf(s.labels("dnum")), Weight: s.numbers["pw"]}
			if c.population {
				source.Population = s.numbers["fpc"]
			}
			return source
		})
		a := table(schools, "sch_wide", "stype")
		sameTest(t, "schools "+c.name+": F", a.RaoScott, c.want[0])
		agrees(t, "schools "+c.name+": Pearson", a.Pearson, c.want[1].Stat, 1e-12)
		agrees(t, "schools "+c.name+": p of the first order", a.FirstOrder.P, c.want[1].P, 1e-10)
		sameTest(t, "schools "+c.name+": Wald", a.Wald, c.want[2])
		sameTest(t, "schools "+c.name+": adjusted Wald", a.AdjustedWald, c.want[3])
	}
}

// fileSample is the design and data of a file.
func fileSample(t *testing.T, file string, source func(*sample) design.Source) *sample {
	t.Helper()
	s := &sample{numbers: map[string][]float64{}, texts: map[string][]string{}}
	s.load(readCSV(t, file))
	from := source(s)
	from.Lonely = codebook.LonelyRefuse
	d, ps := design.New(from)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	s.Design = d
	return s
}

// sameTest compares a test with the reference's.
func sameTest(t *testing.T, name string, got indicator.Test, want htest) {
	t.Helper()
	agrees(t, name, got.Statistic, want.Stat, 1e-10)
	agrees(t, name+": numerator", got.DF, want.Par[0], 1e-11)
	agrees(t, name+": denominator", got.Denominator, want.Par[1], 1e-11)
	agrees(t, name+": p", got.P, want.P, 1e-9)
}

// TestAssociationPublished holds the figures that the survey package's manual
// prints for whether a school met its target by its type.
func TestAssociationPublished(t *testing.T) {
	s := fileSample(t, filepath.Join(oracleFolder(t), "data", "apiclus1.csv"), func(s *sample) design.Source {
		return design.Source{Where: "apiclus1", PSU: design.LabelsOf(s.labels("dnum")), Weight: s.numbers["pw"], Population: s.numbers["fpc"]}
	})
	a, ps := model.Associate(s.Design, s.column("sch_wide"), s.column("stype"), [2]string{"sch_wide", "stype"}, nil)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("F %.4f (%.3f, %.3f) p %.5f; X2 %.4f p %.6f; Wald %.4f (%g, %g) p %.4f",
		a.RaoScott.Statistic, a.RaoScott.DF, a.RaoScott.Denominator, a.RaoScott.P, a.Pearson, a.FirstOrder.P,
		a.AdjustedWald.Statistic, a.AdjustedWald.DF, a.AdjustedWald.Denominator, a.AdjustedWald.P)
	if want := "F 5.1934 (1.495, 20.925) p 0.02175; X2 11.9409 p 0.005553; Wald 2.2296 (2, 13) p 0.1471"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
