package weigh

import (
	"math"
	"strings"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
)

func amount(x float64) *float64 { return &x }

// By hand: weights 10, 10, 10, 30 of F, F, M, M with heights 1, 2, 1, 1.
func TestWeighting(t *testing.T) {
	of := Variables{
		Labels: func(name string) []string {
			return map[string][]string{"sex": {"F", "F", "M", "M"}, "age": {"old", "65+", "old", "65+"}}[name]
		},
		Numbers: func(string) []float64 { return []float64{1, 2, 1, 1} },
	}
	sexes := codebook.Margin{Variable: "sex", Totals: map[string]float64{"F": 30, "M": 30}}
	for _, c := range []struct {
		claim      string
		w          codebook.Weight
		method     string
		iterations int
		after      []float64
		distance   float64
		miss       float64
		totals     string
	}{
		{
			"post-stratification is by the linear distance: 20/2*0.25 + 40/2*0.0625",
			codebook.Weight{Calibrate: &codebook.Calibration{Margins: []codebook.Margin{sexes}}},
			PostStratified, 0,
			[]float64{15, 15, 7.5, 22.5},
			2.5 + 1.25, 0, "sex F 20>30, sex M 40>30",
		},
		{
			"the size of the population is in a margin that adds up to it",
			codebook.Weight{Calibrate: &codebook.Calibration{Margins: []codebook.Margin{sexes, {Variable: codebook.All, Total: amount(60)}}}},
			PostStratified, 0,
			[]float64{15, 15, 7.5, 22.5},
			3.75, 0, "sex F 20>30, sex M 40>30, all all 60>60",
		},
		{
			"the size alone multiplies all",
			codebook.Weight{Calibrate: &codebook.Calibration{Margins: []codebook.Margin{{Variable: codebook.All, Total: amount(120)}}}},
			PostStratified, 0,
			[]float64{20, 20, 20, 60},
			30, 0, "all all 60>120",
		},
		{
			"shares are of the size that is given",
			codebook.Weight{Calibrate: &codebook.Calibration{Margins: []codebook.Margin{{Variable: "sex", Shares: true, Totals: map[string]float64{"F": 25, "M": 75}}, {Variable: codebook.All, Total: amount(120)}}}},
			PostStratified, 0,
			[]float64{15, 15, 22.5, 67.5},
			2.5 + 31.25, 0, "sex F 20>30, sex M 40>90, all all 60>120",
		},
		{
			"or of the weights before",
			codebook.Weight{Calibrate: &codebook.Calibration{Margins: []codebook.Margin{{Variable: "sex", Shares: true, Totals: map[string]float64{"F": 0.5, "M": 0.5}}}}},
			PostStratified, 0,
			[]float64{15, 15, 7.5, 22.5},
			3.75, 0, "sex F 20>30, sex M 40>30",
		},
		{
			"crossed categories are joined, whatever their codes",
			codebook.Weight{Calibrate: &codebook.Calibration{Margins: []codebook.Margin{{Variable: "sex+age", Totals: map[string]float64{"F+old": 20, "F+65+": 10, "M+old": 10, "M+65+": 60}}}}},
			PostStratified, 0,
			[]float64{20, 10, 10, 60},
			20, 0, "sex+age F+65+ 10>10, sex+age F+old 10>20, sex+age M+65+ 30>60, sex+age M+old 10>10",
		},
		{
			"a total of numbers multiplies the weights by a line in them: 70 to 84 of squares 10+40+10+30",
			codebook.Weight{Calibrate: &codebook.Calibration{Distance: "linear", Margins: []codebook.Margin{{Variable: "height", Total: amount(79)}}}},
			"linear", 1,
			[]float64{11, 12, 11, 33},
			0.05 + 0.2 + 0.05 + 0.15, 0, "height  70>79",
		},
		{
			"factors of raking are exponentials: of one total of ones, the same",
			codebook.Weight{Calibrate: &codebook.Calibration{Distance: "raking", Margins: []codebook.Margin{{Variable: codebook.All, Total: amount(120)}}}},
			"raking", -1,
			[]float64{20, 20, 20, 60},
			60 * (2*math.Log(2) - 1), 0, "all all 60>120",
		},
		{
			"trimming leaves a margin that is missed: 22.5 to 21, 0.5 to each",
			codebook.Weight{Calibrate: &codebook.Calibration{Margins: []codebook.Margin{sexes}}, Trim: []float64{1, 21}},
			PostStratified, 0,
			[]float64{15.5, 15.5, 8, 21},
			(10*0.3025 + 10*0.3025 + 10*0.04 + 30*0.09) / 2, 1.0 / 30, "sex F 20>31, sex M 40>29",
		},
	} {
		d := simple(t, 10, 10, 10, 30)
		made, account, ps := Weigh(d, c.w, of)
		if ps != nil {
			t.Errorf("%s: %v", c.claim, ps)
			continue
		}
		near(t, c.claim, made.Weight, c.after, 1e-9)
		if a := account; a.Method != c.method || c.iterations >= 0 && a.Iterations != c.iterations || math.Abs(a.Distance-c.distance) > 1e-9 || math.Abs(a.Miss-c.miss) > 1e-9 {
			t.Errorf("%s: %s in %d, distance %g, miss %g; want %s in %d, %g, %g", c.claim, a.Method, a.Iterations, a.Distance, a.Miss, c.method, c.iterations, c.distance, c.miss)
		}
		var totals []string
		for _, total := range account.Totals {
			totals = append(totals, strings.Join([]string{total.Variable, total.Category, codebook.Spell(math.Round(total.Before*1e9)/1e9) + ">" + codebook.Spell(math.Round(total.After*1e9)/1e9)}, " "))
		}
		if got := strings.Join(totals, ", "); got != c.totals {
			t.Errorf("%s: totals %s, want %s", c.claim, got, c.totals)
		}
	}
	if _, account, _ := Weigh(simple(t, 1, 2), codebook.Weight{}, of); account != nil {
		t.Error("weights that nothing was done to have an account")
	}
}

// By hand: of 1, 2, 3 and 6 the mean is 3 and the mean square off it 3.5.
func TestSpread(t *testing.T) {
	got := spreadOf([]float64{6, 1, 3, 2})
	want := Spread{Sum: 12, Least: 1, Median: 2.5, Most: 6, Mean: 3, CV: math.Sqrt(3.5) / 3, Effect: 1 + 3.5/9, Effective: 4 / (1 + 3.5/9)}
	near(t, "spread", []float64{got.Sum, got.Least, got.Median, got.Most, got.Mean, got.CV, got.Effect, got.Effective},
		[]float64{want.Sum, want.Least, want.Median, want.Most, want.Mean, want.CV, want.Effect, want.Effective}, 1e-12)
}

// Respondents of one household have one factor; who has none is refused.
func TestWithin(t *testing.T) {
	of := Variables{Numbers: func(string) []float64 { return []float64{0, 2, 1} }}
	to := codebook.Weight{Calibrate: &codebook.Calibration{Distance: "linear", Within: "home", Margins: []codebook.Margin{{Variable: codebook.All, Total: amount(5)}, {Variable: "x", Total: amount(6)}}}}
	for _, c := range []struct {
		homes []string
		want  string
	}{
		{[]string{"a", "a", "b"}, "1 of 2 unequal"},
		{[]string{"a", "", "b"}, `within "home": 1 weighted respondents without a unit, want none`},
	} {
		d, ps := design.New(design.Source{Where: "x", Weight: []float64{1, 2, 1}, Units: design.LabelsOf(c.homes)})
		if ps != nil {
			t.Fatal(ps)
		}
		made, account, ps := Weigh(d, to, of)
		if ps != nil {
			if ps.Err().Error() != c.want {
				t.Errorf("%v: got %v, want %s", c.homes, ps, c.want)
			}
			continue
		}
		// the household's mean of x is 4/3: of factors g and h, 3g + h = 5 and 4g + h = 6
		near(t, "weights", made.Weight, []float64{1, 2, 2}, 1e-12)
		if account.Units != 2 || account.Unequal != 1 {
			t.Errorf("%d of %d unequal, want %s", account.Unequal, account.Units, c.want)
		}
	}
}
