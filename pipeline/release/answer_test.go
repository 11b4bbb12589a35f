package release

import (
	"math"
	"slices"
	"testing"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release/sheet"
)

func TestNewAnswerRow(t *testing.T) {
	nan := math.NaN()
	estimate := func(s indicator.Statistic) indicator.Estimate {
		return indicator.Estimate{Statistic: s, Value: 0.5, SE: 0.125, Lower: 0.25, Upper: 0.75, Level: 0.95, Method: "logit", DF: 7, DEFF: 2, Base: 100}
	}
	bare := estimate(indicator.Mean)
	bare.Lower, bare.Upper, bare.DEFF = nan, nan, 0
	for _, c := range []struct {
		name              string
		of                indicator.Estimate
		comparison        string
		unit              string
		value, se, lo, hi float64
		level, effective  float64
	}{
		{"a proportion is in percent", estimate(indicator.Proportion), "", "percent", 50, 12.5, 25, 75, 0.95, 50},
		{"a difference of proportions is in points", estimate(indicator.Proportion), DifferenceOf, "percentage points", 50, 12.5, 25, 75, 0.95, 50},
		{"so is a trend", estimate(indicator.Proportion), TrendOf, "percentage points", 50, 12.5, 25, 75, 0.95, 50},
		{"a ratio of proportions is a ratio", estimate(indicator.Proportion), RatioOf, "ratio", 0.5, 0.125, 0.25, 0.75, 0.95, 50},
		{"a mean has its variable's unit, which is not known", estimate(indicator.Mean), "", "", 0.5, 0.125, 0.25, 0.75, 0.95, 50},
		{"no interval, no level; no design effect, no effective base", bare, "", "", 0.5, 0.125, nan, nan, nan, nan},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := NewAnswerRow(c.of, c.comparison)
			got := []float64{r.Value, r.SE, r.Lower, r.Upper, r.Level, r.EffectiveBase}
			want := []float64{c.value, c.se, c.lo, c.hi, c.level, c.effective}
			if r.Unit != c.unit || !slices.EqualFunc(got, want, func(a, b float64) bool { return a == b || a != a && b != b }) {
				t.Errorf("got %v %s, want %v %s", got, r.Unit, want, c.unit)
			}
		})
	}
}

// An answer and a release have the same names for the same things.
func TestAnswerColumns(t *testing.T) {
	checkColumns(t, slices.Concat(AnswerColumns, ComparisonColumns))
	checkColumns(t, CoefficientColumns)
	checkColumns(t, TestColumns)
	checkColumns(t, TermColumns)
	checkColumns(t, slices.Concat(CoefficientColumns, CoefficientCells))
	checkColumns(t, slices.Concat(TestColumns, TestCells))
	named := func(name string) func(sheet.Column[AnswerRow]) bool {
		return func(c sheet.Column[AnswerRow]) bool { return c.Name == name }
	}
	for _, c := range FigureColumns {
		at := slices.IndexFunc(AnswerColumns, named(c.Name))
		switch {
		case slices.Contains(notAsked, c.Name):
			if at >= 0 {
				t.Errorf("column %s is of releases alone", c.Name)
			}
		case at < 0:
			t.Errorf("no column %s", c.Name)
		case AnswerColumns[at].About != c.About || AnswerColumns[at].Type() != c.Type():
			t.Errorf("column %s is another thing than in a release", c.Name)
		}
	}
}
