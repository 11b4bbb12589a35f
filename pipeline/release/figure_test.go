package release

import (
	"math"
	"math/rand/v2"
	"testing"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
)

// estimated is a share of 0.42934121, as the engine gives it.
func estimated() indicator.Estimate {
	return indicator.Estimate{
		Key: key("2001", "all", "all"), Period: [2]string{"2001-03-01", "2001-11-30"}, Statistic: indicator.Proportion, Unit: "percent",
		Value: 0.42934121, SE: 0.0055, Lower: 0.41860449, Upper: 0.44014251, Level: 0.95, Method: "logit", DF: 480, DEFF: 1.87654321, Base: 10015,
		Weight: "core", Error: design.ByPSU, Notes: indicator.Notes{{Code: indicator.Caution, Args: []string{"50"}}},
	}
}

func TestNewFigure(t *testing.T) {
	nan := math.NaN()
	whole := Figure{
		Key: key("2001", "all", "all"), PeriodStart: "2001-03-01", PeriodEnd: "2001-11-30", Statistic: "proportion", Unit: "percent",
		Value: 42.934121, SE: .55, Lower: 41.860449, Upper: 44.014251, Level: .95, Method: "logit", DF: 480, DEFF: 1.87654321, Base: 10015, Numerator: nan, Denominator: nan,
		Weight: "core", ErrorSource: "psus", Notes: "caution(50)",
	}
	null := func(f *Figure) {
		f.Value, f.SE, f.Lower, f.Upper, f.Level, f.Method, f.DF, f.DEFF = nan, nan, nan, nan, nan, "", nan, nan
		f.Weight, f.ErrorSource = "", ""
	}
	for _, c := range []struct {
		claim string
		edit  func(*indicator.Estimate)
		want  func(*Figure)
	}{
		{"a share is in percent", func(*indicator.Estimate) {}, func(*Figure) {}},
		{"a gap is in percentage points", func(e *indicator.Estimate) { e.Statistic = indicator.Gap }, func(f *Figure) { f.Statistic = "gap" }},
		{"a mean is as it is", func(e *indicator.Estimate) { e.Statistic, e.Unit = indicator.Mean, "hours" }, func(f *Figure) {
			f.Statistic, f.Unit, f.Value, f.SE, f.Lower, f.Upper = "mean", "hours", .42934121, .0055, .41860449, .44014251
		}},
		{"a parity is as it is", func(e *indicator.Estimate) { e.Statistic, e.Unit = indicator.Parity, "ratio" }, func(f *Figure) {
			f.Statistic, f.Unit, f.Value, f.SE, f.Lower, f.Upper = "parity", "ratio", .42934121, .0055, .41860449, .44014251
		}},
		{"no error, no interval, no level and no method", func(e *indicator.Estimate) { e.SE, e.Lower, e.Upper = nan, nan, nan }, func(f *Figure) {
			f.SE, f.Lower, f.Upper, f.Level, f.Method = nan, nan, nan, nan, ""
		}},
		{"an error without degrees of freedom has no interval", func(e *indicator.Estimate) { e.Lower, e.Upper, e.DF = nan, nan, 0 }, func(f *Figure) {
			f.Lower, f.Upper, f.Level, f.Method, f.DF = nan, nan, nan, "", 0
		}},
		{"a value that is 0 is published", func(e *indicator.Estimate) { e.Value, e.SE, e.Lower, e.Upper = 0, nan, nan, nan }, func(f *Figure) {
			f.Value, f.SE, f.Lower, f.Upper, f.Level, f.Method = 0, nan, nan, nan, nan, ""
		}},
		{"an unreliable figure keeps its base", func(e *indicator.Estimate) { e.Status, e.Base = indicator.Unreliable, 49 }, func(f *Figure) {
			null(f)
			f.Status, f.Base = "u", 49
		}},
		{"what is not available is null", func(e *indicator.Estimate) { e.Status, e.Value, e.SE, e.Base = indicator.Unavailable, nan, nan, 0 }, func(f *Figure) {
			null(f)
			f.Status, f.Base = "x", 0
		}},
		{"what is not applicable too", func(e *indicator.Estimate) { e.Status, e.Value, e.SE, e.Base = indicator.Inapplicable, nan, nan, 0 }, func(f *Figure) {
			null(f)
			f.Status, f.Base = "z", 0
		}},
		{"no notes are no note", func(e *indicator.Estimate) { e.Notes = nil }, func(f *Figure) { f.Notes = "" }},
	} {
		t.Run(c.claim, func(t *testing.T) {
			e, want := estimated(), whole
			c.edit(&e)
			c.want(&want)
			if got := NewFigure(e); len(differing(&got, &want, FigureColumns)) > 0 {
				t.Errorf("got\n%+v\nwant\n%+v", got, want)
			}
		})
	}
}

// Of every estimate: a value is null exactly when a status says why, an error
// is never 0, and limits come together and with their level and method.
func TestFiguresHoldTogether(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	pick := func(xs ...float64) float64 { return xs[r.IntN(len(xs))] }
	for range 5000 {
		e := estimated()
		e.Status = []indicator.Status{"", "", "", "x", "z"}[r.IntN(5)]
		e.Statistic = indicator.Statistics()[r.IntN(len(indicator.Statistics()))]
		e.Value = pick(0, r.NormFloat64(), 1e-9, -1e-9, .5)
		e.SE = pick(math.NaN(), r.Float64(), 1e-9)
		e.Lower, e.Upper = e.Value-2*e.SE, e.Value+2*e.SE
		e.DF, e.Base = pick(0, 10), r.IntN(100)
		f := NewFigure(e)
		if math.IsNaN(f.Value) != (f.Status != "") {
			t.Fatalf("seed %d: %+v: value %v with status %q", seed, e, f.Value, f.Status)
		}
		if f.SE == 0 || math.IsNaN(f.SE) != math.IsNaN(f.Lower) || math.IsNaN(f.Lower) != math.IsNaN(f.Upper) || math.IsNaN(f.Lower) != math.IsNaN(f.Level) || math.IsNaN(f.Lower) != (f.Method == "") {
			t.Fatalf("seed %d: %+v: got %+v", seed, e, f)
		}
		if f.Base != int64(e.Base) {
			t.Fatalf("seed %d: %+v: base %d, which is not for NewFigure to withhold", seed, e, f.Base)
		}
		for _, x := range []float64{f.Value, f.SE, f.Lower, f.Upper} {
			if x == 0 && math.Signbit(x) {
				t.Fatalf("seed %d: %+v: a negative 0", seed, e)
			}
		}
	}
}
