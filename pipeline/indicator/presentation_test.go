package indicator

import (
	"math"
	"testing"
)

// TestPresent has the standards' bounds from both sides, each by hand: the effective base is
// p(1-p) over the square of the error, and no more than the base.
func TestPresent(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		claim                string
		statistic            Statistic
		value, se, low, high float64
		base, yes            int
		df                   float64
		want                 string
	}{
		{"presented", Proportion, 0.5, 0.02, 0.46, 0.54, 1000, 500, 8, ""},
		{"29 respondents", Proportion, 0.5, 0.09, 0.35, 0.62, 29, 15, 8, "nchs-base"},
		{"an effective base of 0.25/0.01 = 25", Proportion, 0.5, 0.1, 0.45, 0.55, 400, 200, 8, "nchs-base"},
		{"one of 0.25/0.0081 = 30.9", Proportion, 0.5, 0.09, 0.45, 0.55, 400, 200, 8, ""},
		{"30 points wide", Proportion, 0.5, 0.08, 0.35, 0.65, 400, 200, 8, "nchs-width(30)"},
		{"5 points wide, which is narrow whatever the share", Proportion, 0.01, 0.005, 0.002, 0.052, 400, 4, 8, ""},
		{"0.066 of 0.05: 132%", Proportion, 0.05, 0.015, 0.024, 0.09, 400, 20, 8, "nchs-relative(132)"},
		{"0.064 of 0.05: 128%", Proportion, 0.05, 0.015, 0.025, 0.089, 400, 20, 8, ""},
		{"0.066 of the other 0.05", Proportion, 0.95, 0.015, 0.91, 0.976, 400, 380, 8, "nchs-complement(132)"},
		{"few degrees of freedom", Proportion, 0.5, 0.02, 0.46, 0.54, 1000, 500, 7, "nchs-df(7)"},
		{"nobody, whose effective base is the base", Proportion, 0, nan, 0, 0.03, 120, 0, 20, "nchs-ends"},
		{"of nobody, and few", Proportion, 0, nan, 0, 0.2, 12, 0, 20, "nchs-base nchs-ends"},
		{"of nobody, with a wide interval: of 0 there is no relative width", Proportion, 0, nan, 0, 0.09, 40, 0, 20, "nchs-ends"},
		{"of everybody", Proportion, 1, nan, 0.91, 1, 40, 40, 20, "nchs-ends"},
		{"a count of all, outside of which is nobody", Count, 100, 20, 60, 200, 5000, -1, 20, ""},
		{"a count of all nine", Count, 100, 20, 60, 200, 9, -1, 20, "nchs-count-base"},
		{"a count", Count, 100, 20, 60, 200, 5000, 10, 20, ""},
		{"a count of nine", Count, 100, 20, 60, 200, 5000, 9, 20, "nchs-count-base"},
		{"a wide one", Count, 100, 40, 45, 210, 5000, 50, 20, "nchs-count-width(165)"},
		{"a mean has no standards", Mean, 100, 40, 45, 210, 5, -1, 2, ""},
		{"what has no value", Proportion, nan, nan, nan, nan, 5, 2, 2, ""},
	} {
		e := Estimate{Statistic: c.statistic, Value: c.value, SE: c.se, Lower: c.low, Upper: c.high, Base: c.base, DF: c.df, Groups: Groups{{Answered: c.base, Yes: c.yes}}}
		e.Present()
		if got := e.Notes.String(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.claim, got, c.want)
		}
	}
}
