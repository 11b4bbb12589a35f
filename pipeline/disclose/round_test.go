package disclose

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/release"
)

// toTens is a policy that shows what the default one does, and bases to a multiple
// of 10.
var toTens = indicator.Policy{Bases: "10", Precision: indicator.Precisions{
	Percent: "1", Ratio: "2", Mean: "2", Rate: "1", Total: "3 significant", Error: "2", Effect: "2", DF: "2 significant", P: "3 significant",
}}

func definition(statistic indicator.Statistic) *indicator.Definition {
	return &indicator.Definition{ID: "x", Statistic: statistic}
}

// of is a row of figures with every digit, of a statistic.
func of(statistic indicator.Statistic, value float64) release.Figure {
	return release.Figure{
		Key: whole, Statistic: string(statistic), Value: value, SE: 0.0549999, Lower: value - 0.1234, Upper: value + 0.1234,
		Level: 0.95, DF: 1071, DEFF: 1.876, Base: 1234, Numerator: math.NaN(), Denominator: math.NaN(),
	}
}

func TestRoundFigures(t *testing.T) {
	none := math.NaN()
	places := 0
	coarse := definition(indicator.Proportion)
	coarse.Precision = &places
	given := &indicator.Tabled{Parts: []indicator.Part{{Value: "printed"}}}
	counted := &indicator.Tabled{Parts: []indicator.Part{{}}}
	for _, c := range []struct {
		claim string
		d     *indicator.Definition
		row   release.Figure
		want  [4]float64 // value, error, limits
	}{
		{"a share, in percent", definition(indicator.Proportion), of(indicator.Proportion, 42.951), [4]float64{43, 0.05, 42.8, 43.1}},
		{"a gap", definition(indicator.Gap), of(indicator.Gap, -0.04), [4]float64{0, 0.05, -0.2, 0.1}},
		{"to the decimals of its definition, if these are fewer", coarse, of(indicator.Proportion, 42.951), [4]float64{43, 0.05, 43, 43}},
		{"a parity", definition(indicator.Parity), of(indicator.Parity, 1.2349), [4]float64{1.23, 0.05, 1.11, 1.36}},
		{"a mean", definition(indicator.Mean), of(indicator.Mean, 1.2349), [4]float64{1.23, 0.05, 1.11, 1.36}},
		{"a total, to digits", definition(indicator.Total), of(indicator.Total, 1234.5), [4]float64{1230, 0.055, 1230, 1230}},
		{"a rate of a return", &indicator.Definition{Statistic: indicator.Rate, Tabled: counted}, of(indicator.Rate, 12.349), [4]float64{12.3, 0.05, 12.2, 12.5}},
		{"a count of a return is none to round", &indicator.Definition{Statistic: indicator.Total, Tabled: counted}, of(indicator.Total, 1234567), [4]float64{1234567, 0.05, 1234566.8766, 1234567.1234}},
		{"nor is what a body printed", &indicator.Definition{Statistic: indicator.Index, Tabled: given}, of(indicator.Index, 103.275), [4]float64{103.275, 0.055, 103.1516, 103.3984}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			content := release.Content{Figures: []release.Figure{c.row}}
			Round(toTens, c.d, &content)
			f := content.Figures[0]
			if got := [4]float64{f.Value, f.SE, f.Lower, f.Upper}; got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
			if f.DF != 1100 || f.DEFF != 1.88 || f.Base != 1230 || f.Level != 0.95 {
				t.Errorf("got df %v, design effect %v, base %d, level %v; want 1100, 1.88, 1230, 0.95", f.DF, f.DEFF, f.Base, f.Level)
			}
		})
	}
	f := of(indicator.Proportion, none)
	f.SE, f.Lower, f.Upper, f.DF, f.DEFF, f.Base, f.Status = none, none, none, none, none, release.Withheld, "c"
	content := release.Content{Figures: []release.Figure{f}}
	Round(toTens, definition(indicator.Proportion), &content)
	if diff := cmp.Diff(f, content.Figures[0], cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("what is withheld: %s", diff)
	}
	for base, want := range map[int64]int64{14: 10, 15: 20, 24: 20, 25: 30, 0: 0, 4: 0, 5: 10} {
		content := release.Content{Figures: []release.Figure{{Statistic: "proportion", Base: base}}}
		if Round(toTens, definition(indicator.Proportion), &content); content.Figures[0].Base != want {
			t.Errorf("a base of %d: got %d, want %d", base, content.Figures[0].Base, want)
		}
	}
}

// Every other table of a release is rounded too: what is told of every number.
func TestRoundTables(t *testing.T) {
	d := definition(indicator.Proportion)
	level := 43.25
	d.Targets = []plan.Target{{ID: "declared", Level: &level}, {ID: "reckoned"}}
	const x = 1.23456789
	c := release.Content{
		Changes: []release.Change{{Statistic: "proportion", Change: x, SE: x, Lower: x, Upper: x, Level: 0.95, DF: 123.4, P: x / 100, PAdjusted: x / 100}},
		Trends:  []release.Trend{{Statistic: "proportion", Slope: x, SE: x, Lower: x, Upper: x, Level: 0.95, DF: 123.4, P: x / 100, FitP: x / 100, Points: 3}},
		Funnels: []release.Funnel{{Value: x, Whole: x, Lower95: x, Upper95: x, Lower998: x, Upper998: x, Level: 0.998}},
		Targets: []release.Target{
			{Target: "declared", Baseline: 43.25, Level: level, Value: x, Expected: x, P: x / 100, Notes: "target-rounded"},
			{Target: "reckoned", Baseline: x, Level: x, Value: x, Expected: x, P: x / 100},
		},
	}
	want := release.Content{
		Changes: []release.Change{{Statistic: "proportion", Change: 1.2, SE: 1.23, Lower: 1.2, Upper: 1.2, Level: 0.95, DF: 120, P: 0.0123, PAdjusted: 0.0123}},
		Trends:  []release.Trend{{Statistic: "proportion", Slope: 1.2, SE: 1.23, Lower: 1.2, Upper: 1.2, Level: 0.95, DF: 120, P: 0.0123, FitP: 0.0123, Points: 3}},
		Funnels: []release.Funnel{{Value: 1.2, Whole: 1.2, Lower95: 1.2, Upper95: 1.2, Lower998: 1.2, Upper998: 1.2, Level: 0.998}},
		Targets: []release.Target{
			{Target: "declared", Baseline: 43.25, Level: level, Value: 1.2, Expected: 1.2, P: 0.0123, Notes: "target-rounded"},
			{Target: "reckoned", Baseline: 1.2, Level: 1.2, Value: 1.2, Expected: 1.2, P: 0.0123},
		},
	}
	Round(toTens, d, &c)
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
}

// A p-value has as many characters as a reader can take in, and is never told as 0.
func TestLeastPIsPublished(t *testing.T) {
	const bound = 1e-12
	for x, want := range map[float64]float64{0: bound, 4.71e-150: bound, 9.996e-13: bound, 1.2345e-12: 1.23e-12, 0.04996: 0.05, 1: 1} {
		c := release.Content{
			Changes: []release.Change{{Statistic: "proportion", P: x, PAdjusted: x}},
			Trends:  []release.Trend{{Statistic: "proportion", P: x, FitP: x}},
			Targets: []release.Target{{P: x}},
		}
		Round(toTens, definition(indicator.Proportion), &c)
		parts := []release.Component{{Statistic: "proportion", P: x}}
		RoundComponents(toTens, definition(indicator.Proportion), parts)
		for i, got := range []float64{c.Changes[0].P, c.Changes[0].PAdjusted, c.Trends[0].P, c.Trends[0].FitP, c.Targets[0].P, parts[0].P} {
			if got != want {
				t.Errorf("p-value %d of %v: got %v, want %v", i, x, got, want)
			}
		}
	}
	decimals := indicator.Precisions{P: "3"}
	if got := decimals.Probability(0.0004321); got != 0.0004 {
		t.Errorf("0.0004321 to three decimals is %v, want 0.0004", got)
	}
	if got := decimals.Probability(math.NaN()); !math.IsNaN(got) {
		t.Errorf("no p-value is %v", got)
	}
}

// A value that would be shown as 0 and is not is low, and nothing describes it but
// its base; one of a statistic that lies about 0 says all that it should.
func TestLow(t *testing.T) {
	for _, c := range []struct {
		statistic indicator.Statistic
		value     float64
		low       bool
	}{
		{indicator.Proportion, 0.0499, true},
		{indicator.Proportion, 0.05, false},
		{indicator.Proportion, 0, false},
		{indicator.Mean, -0.0049, true},
		{indicator.Parity, 0.004, true},
		{indicator.Gap, 0.0499, false},
		{indicator.MeanGap, -0.001, false},
		{indicator.Total, 1e-9, false},
	} {
		figures := []release.Figure{of(c.statistic, c.value)}
		Low(toTens, definition(c.statistic), figures)
		f := figures[0]
		if (f.Status == "low") != c.low || math.IsNaN(f.Value) != c.low || math.IsNaN(f.Lower) != c.low || f.Base != 1234 {
			t.Errorf("a %s of %v: got %+v", c.statistic, c.value, f)
		}
	}
}
