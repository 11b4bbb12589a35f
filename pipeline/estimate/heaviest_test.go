package estimate

import (
	"math"
	"slices"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/table"
)

// TestHeaviest: the shares of the one, two and three respondents who have most, by hand: of
// weights, of a denominator, of amounts and of their distances from the median, and under a
// standard that gives one respondent half of the weight.
func TestHeaviest(t *testing.T) {
	even := []float64{1, 1, 1, 1, 1, 1, 1, 1}
	proportion := indicator.Definition{Statistic: indicator.Proportion, Of: &codebook.Condition{Variable: "h", Categories: []string{"yes"}}}
	of := func(s indicator.Statistic) indicator.Definition {
		return indicator.Definition{Statistic: s, Of: &codebook.Condition{Variable: "y"}}
	}
	ratio, quantile, standard := of(indicator.Ratio), of(indicator.Quantile), proportion
	ratio.Over, quantile.Quantiles = &codebook.Condition{Variable: "x"}, []float64{0.5}
	standard.Standardise = &indicator.Standard{Variable: "g", Shares: map[string]float64{"yes": 0.5, "no": 0.5}}
	gap := indicator.Definition{Statistic: indicator.MeanGap, Of: &codebook.Condition{Variable: "y"}, Between: &indicator.Between{Variable: "h", Category: []string{"yes"}, Reference: []string{"no"}}}
	for _, c := range []struct {
		claim        string
		d            indicator.Definition
		weight, y, x []float64
		want         []float64
	}{
		{"a share, of equal weights", proportion, even, even, even, []float64{1. / 8, 2. / 8, 3. / 8}},
		{"a share, of weights of 12", proportion, []float64{1, 1, 4, 1, 2, 1, 1, 1}, even, even, []float64{4. / 12, 6. / 12, 7. / 12}},
		{"without those who have none", proportion, []float64{0, 0, 4, 0, 0, 1, 0, 0}, even, even, []float64{4. / 5, 1}},
		{"a quantile, by weights alone", quantile, []float64{1, 1, 4, 1, 2, 1, 1, 1}, []float64{1, 2, 3, 4, 5, 6, 7, 800}, even, []float64{4. / 12, 6. / 12, 7. / 12}},
		{"a mean of few values, by weights alone", of(indicator.Mean), even, []float64{0, 0, 0, 0, 0, 0, 1, 9}, even, []float64{1. / 8, 2. / 8, 3. / 8}},
		{"a mean, by its sum", of(indicator.Mean), even, []float64{0, 0, 0, 0, 1, 1, 2, 4}, even, []float64{4. / 8, 6. / 8, 7. / 8}},
		{"and by how far values are from the median, less the others", of(indicator.Mean), even, []float64{100, 100, 100, 100, 101, 101, 102, 104}, even, []float64{104. / 808, 6./8 - 2./8, 7./8 - 1./8}},
		{"a total, in sizes", of(indicator.Total), even, []float64{0, 0, 0, 0, 1, -1, 2, -4}, even, []float64{4. / 8, 6. / 8, 7. / 8}},
		{"a ratio, by what it is over", ratio, even, []float64{1, 1, 1, 1, 1, 1, 1, 1}, []float64{1, 1, 1, 1, 1, 1, 1, 9}, []float64{9. / 16, 10. / 16, 11. / 16}},
		{"under a standard, half of one", standard, even, even, even, []float64{1. / 2, 1./2 + 1./14, 1./2 + 2./14}},
		{"a gap, by the weights of either group", gap, []float64{1, 3, 1, 1, 1, 1, 1, 1}, even, even, []float64{3. / 4, 1, 3. / 6}},
	} {
		tab := table.New(8, numeric("y", c.y...), numeric("x", c.x...), yesNo("h", 0, 0, 1, 1, 1, 1, 1, 1), yesNo("g", 0, 1, 1, 1, 1, 1, 1, 1))
		d, ps := design.New(design.Source{Weights: "core", Weight: c.weight})
		if ps != nil {
			t.Fatal(ps.Err())
		}
		c.d.Breakdowns = []string{}
		w := &indicator.Wave{
			Crosswalk: &codebook.Crosswalk{Populations: []codebook.Population{{ID: "everyone"}}}, Table: tab, Designs: map[string]*design.Design{codebook.CoreWeight: d},
		}
		definitions := []*indicator.Definition{&c.d}
		r, ps := Wave(&codebook.Codebook{}, definitions, w, 1)
		if ps != nil {
			t.Fatal(ps.Err())
		}
		r.Heaviest(&codebook.Codebook{}, definitions, w, 3, true)
		if got := r.Estimates[0][0].Heaviest; !slices.EqualFunc(got, c.want, func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }) {
			t.Errorf("%s: got %v, want %v", c.claim, got, c.want)
		}
		r.Estimates[0][0].Heaviest = nil
		r.Heaviest(&codebook.Codebook{}, definitions, w, 3, false)
		if got, want := r.Estimates[0][0].Heaviest != nil, c.d.Statistic.Row().Number || c.d.Standardise != nil; got != want {
			t.Errorf("%s: of weights that nobody chose: got shares %v, want %v", c.claim, got, want)
		}
	}
}
