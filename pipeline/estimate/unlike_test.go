package estimate

import (
	"slices"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/table"
)

// TestUnlike: who are few among others that are alike, by hand, of each figure and of each
// group of one that compares two. Who has no weight or no answer is nobody.
func TestUnlike(t *testing.T) {
	ones := []float64{1, 1, 1, 1, 1, 1, 1, 1, 1}
	mean, total, ratio := indicator.Definition{Statistic: indicator.Mean}, indicator.Definition{Statistic: indicator.Total}, indicator.Definition{Statistic: indicator.Ratio, Over: &codebook.Condition{Variable: "x"}}
	quantile, within := indicator.Definition{Statistic: indicator.Quantile, Quantiles: []float64{0.5}}, indicator.Definition{Statistic: indicator.Quantile, Quantiles: []float64{0.5}, Rule: "grouped"}
	gap := indicator.Definition{Statistic: indicator.MeanGap, Between: &indicator.Between{Variable: "h", Category: []string{"yes"}, Reference: []string{"no"}}}
	for _, c := range []struct {
		claim  string
		d      indicator.Definition
		y, x   []float64
		unlike int
		alike  bool
		yes    []int
	}{
		{"a mean of two values has sides, those of the greater", mean, []float64{0, 0, 0, 0, 0, 0, 1, 1, 1}, ones, 2, false, []int{2}},
		{"a total too, whatever the two are", total, []float64{5, 5, 3, 3, 3, 5, 5, 5, 3}, ones, 3, false, []int{5}},
		{"a mean of three, of which the rarest counts", mean, []float64{0, 0, 0, 1, 1, 1, 1, 7, 7}, ones, 1, false, []int{-1}},
		{"a total of more, of which the most common does not", total, []float64{0, 0, 0, 1, 2, 4, 5, 6, 0}, ones, 5, false, []int{-1}},
		{"who did not answer", mean, []float64{0, 0, 0, 1, 1, nan, nan, nan, 1}, ones, 2, false, []int{2}},
		{"one value of everybody tells nothing of anybody", total, []float64{3, 3, 3, 3, 3, 3, 3, 3, 3}, ones, 0, false, []int{-1}},
		{"a ratio of amounts of which one respondent has none", ratio, []float64{0, 1, 1, 1, 1, 1, 1, 1, 1}, ones, 1, false, []int{-1}},
		{"a ratio whose parts are not rare, of which one respondent has one alone", ratio, []float64{1, 1, 1, 0, 0, 0, 0, 0, 0}, []float64{1, 1, 1, 1, 0, 0, 0, 0, 0}, 1, false, []int{-1}},
		{"a ratio that two respondents add to, the others having neither", ratio, []float64{2, 3, 0, 0, 0, 0, 0, 0, 0}, []float64{1, 1, 0, 0, 0, 0, 0, 0, 0}, 1, false, []int{-1}},
		{"a ratio that is the same of all, to which eight add", ratio, []float64{1, 2, 3, 4, 2, 2, 6, 5, 9}, []float64{2, 4, 6, 8, 4, 4, 12, 10, 1}, 8, false, []int{-1}},
		{"a quantile within classes of two values, as their mean", within, []float64{0, 0, 0, 0, 0, 0, 1, 1, 1}, ones, 2, false, []int{2}},
		{"a quantile within classes, of which the most common does not count", within, []float64{0, 0, 0, 1, 2, 4, 5, 6, 0}, ones, 5, false, []int{-1}},
		{"a quantile that is a value has those beyond it", quantile, []float64{0, 0, 0, 0, 0, 0, 1, 1, 1}, ones, 0, false, []int{-1}},
		{"a gap, by its groups", gap, []float64{0, 0, 0, 1, 1, 1, 1, 0, 1}, ones, 1, false, []int{1, 3}},
		{"a gap one of whose groups is alike", gap, []float64{0, 0, 0, 0, 1, 1, 1, 0, 1}, ones, 1, true, []int{0, 3}},
	} {
		tab := table.New(9, numeric("y", c.y...), numeric("x", c.x...), yesNo("h", 0, 0, 0, 0, 1, 1, 1, 1, 0))
		d, ps := design.New(design.Source{Weights: "core", Weight: []float64{1, 1, 1, 1, 1, 1, 1, 1, 0}})
		if ps != nil {
			t.Fatal(ps.Err())
		}
		c.d.Of, c.d.Breakdowns = &codebook.Condition{Variable: "y"}, []string{}
		w := &indicator.Wave{
			Crosswalk: &codebook.Crosswalk{Populations: []codebook.Population{{ID: "everyone"}}}, Table: tab, Designs: map[string]*design.Design{codebook.CoreWeight: d},
		}
		definitions := []*indicator.Definition{&c.d}
		r, ps := Wave(&codebook.Codebook{}, definitions, w, 1)
		if ps != nil {
			t.Fatal(ps.Err())
		}
		r.Unlike(&codebook.Codebook{}, definitions, w)
		e := r.Estimates[0][0]
		var yes []int
		for _, g := range e.Groups {
			yes = append(yes, g.Yes)
		}
		if e.Unlike != c.unlike || e.Alike != c.alike || !slices.Equal(yes, c.yes) {
			t.Errorf("%s: got %d unlike, alike %v, sides %v, want %d, %v, %v", c.claim, e.Unlike, e.Alike, yes, c.unlike, c.alike, c.yes)
		}
	}
}

// TestFurther: of ten respondents, eight of whom have 0, a quantile says that at most so many
// have more.
func TestFurther(t *testing.T) {
	y := []float64{0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 9}
	in := []bool{true, true, true, true, true, true, true, true, true, true, false}
	for _, c := range []struct {
		value, share float64
		want         int
	}{{0, 0.5, 5}, {0, 0.75, 2}, {0, 0.8, 2}, {1, 0.9, 1}, {2, 0.95, 9}} {
		if got := further(y, in, slices.Repeat([]float64{1}, len(y)), c.value, c.share); got != c.want {
			t.Errorf("quantile %v at %v: got %d, want %d", c.value, c.share, got, c.want)
		}
	}
}

// TestTold: quantiles within classes 2 wide of ten respondents, by hand, tell of those in their
// class and on its sides.
func TestTold(t *testing.T) {
	y := []float64{0, 0, 0, 0, 0, 4, 4, 4, 8, 12, 12}
	in := []bool{true, true, true, true, true, true, true, true, true, true, false}
	weight := slices.Repeat([]float64{1}, len(y))
	for _, c := range []struct {
		name         string
		rule         string
		lower, upper float64
		share, value float64
		want         int
	}{
		{"in the first class, whose share is told", "grouped=2", nan, nan, 0.1, -0.6, 5},
		{"in the second class, beyond which are two", "grouped=2", nan, nan, 0.6, 3.7, 2},
		{"in a class of one, beyond its value", "grouped=2", nan, nan, 0.85, 8.2, 1},
		{"in the last class, beyond its value", "grouped=2", nan, nan, 0.95, 12, 1},
		{"the end of the last class, which nobody reaches", "grouped=2", nan, nan, 1, 13, 1},
		{"a limit that is no quantile, beyond all", "grouped=2", -40, nan, 0.1, -0.6, 5},
		{"a limit in the last class", "grouped=2", nan, 12.5, 0.1, -0.6, 1},
		{"a limit beyond all hides nobody at the value", "hf1", -40, nan, 0.6, 4, 4},
	} {
		rule, ok := QuantileRuleBy(c.rule)
		if !ok {
			t.Fatal(c.rule)
		}
		if got := rule.told(y, in, weight, c.share, c.value, c.lower, c.upper); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}

// TestTogetherUnlike: how few add to a contrast of figures another amount than the rest, by hand.
func TestTogetherUnlike(t *testing.T) {
	const n = 9
	tab := table.New(n, numeric("y", 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9), numeric("z", 1.1, 0.2, 1.3, 0.4, 0.5, 0.6, 0.7, 0.8, 9), numeric("gone", 1, 1, 1, 1, 1, 1, nan, nan, 1))
	d, ps := design.New(design.Source{Weights: "core", Weight: []float64{1, 1, 1, 1, 1, 1, 1, 1, 0}})
	if ps != nil {
		t.Fatal(ps.Err())
	}
	w := &indicator.Wave{
		Crosswalk: &codebook.Crosswalk{Populations: []codebook.Population{{ID: "everyone"}}}, Table: tab, Designs: map[string]*design.Design{codebook.CoreWeight: d},
	}
	of := func(s indicator.Statistic, name string) Figure {
		return Figure{&indicator.Definition{Statistic: s, Of: &codebook.Condition{Variable: name}, Breakdowns: []string{}}, codebook.All, codebook.All, codebook.All}
	}
	total, mean := indicator.Total, indicator.Mean
	for _, c := range []struct {
		claim     string
		figures   []Figure
		multiples []float64
		unlike    int
		largest   float64
	}{
		{"two of eight have more in the one total, whatever its decimals are", []Figure{of(total, "z"), of(total, "y")}, []float64{1, -1}, 2, 0.5},
		{"and by means, of which no one adds most", []Figure{of(mean, "z"), of(mean, "y")}, []float64{1, -1}, 2, 0},
		{"of the sum of both no more than two have the same", []Figure{of(total, "z"), of(total, "y")}, []float64{1, 1}, 6, 1.6 / 9.2},
		{"a total of fewer respondents, who add nothing elsewhere", []Figure{of(total, "gone"), of(total, "gone")}, []float64{2, -1}, 0, 1. / 6},
		{"means of other respondents are not one", []Figure{of(mean, "y"), of(mean, "gone")}, []float64{1, -1}, 0, 0},
		{"a mean and a total are not one", []Figure{of(mean, "y"), of(total, "y")}, []float64{1, -1}, 0, 0},
	} {
		e := indicator.Estimate{Statistic: c.figures[0].Definition.Statistic}
		NewTogether(&codebook.Codebook{}, w).Unlike(&e, c.figures, c.multiples, 9)
		if e.Unlike != c.unlike {
			t.Errorf("%s: got %d unlike, want %d", c.claim, e.Unlike, c.unlike)
		}
		isNear(t, c.claim, e.Largest, c.largest, 1e-12)
	}
}
