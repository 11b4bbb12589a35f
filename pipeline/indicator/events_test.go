package indicator

import (
	"fmt"
	"math"
	"testing"
)

// TestEventLimits has the exact limits of R's chi-squared (R 4.2.2) and Byar's, as
// PHEindicatormethods 2.1.0 computes both; each was computed again apart.
func TestEventLimits(t *testing.T) {
	for _, c := range []struct {
		o, lower, upper      float64
		byarLower, byarUpper float64
	}{
		{1, 0.025317808, 5.571643391, 0.013072133, 5.563755582},
		{5, 1.623486390, 11.668332079, 1.611347716, 11.668164123},
		{9, 4.115373097, 17.084803451, 4.106885024, 17.085780689},
		{10, 4.795388696, 18.390356042, 4.787449914, 18.391458606},
		{100, 81.363991251, 121.626793792, 81.362105491, 121.627937579},
	} {
		exact, byar := PoissonLimits(c.o, 0.95), ByarLimits(c.o, 0.95)
		for _, p := range [][2]float64{{exact.Lower, c.lower}, {exact.Upper, c.upper}, {byar.Lower, c.byarLower}, {byar.Upper, c.byarUpper}} {
			if math.Abs(p[0]-p[1]) > 6e-10 {
				t.Errorf("%g events: %.9f, want %.9f", c.o, p[0], p[1])
			}
		}
		i, method := EventLimits(c.o, 0.95)
		want, by := exact, Exact
		if c.o >= 10 {
			want, by = byar, Byar
		}
		if i != want || method != by {
			t.Errorf("%g events: %v by %s, want %v by %s", c.o, i, method, want, by)
		}
	}
	// The limits by their definition: o or more happen with half the tail where the
	// lower limit is expected, o or fewer where the upper one is.
	for o := range 40 {
		i := PoissonLimits(float64(o), 0.95)
		if below := 1 - atMost(o-1, i.Lower); o > 0 && math.Abs(below-0.025) > 1e-12 {
			t.Errorf("%d events: at %g as many happen with %g", o, i.Lower, below)
		}
		if above := atMost(o, i.Upper); math.Abs(above-0.025) > 1e-12 {
			t.Errorf("%d events: at %g as few happen with %g", o, i.Upper, above)
		}
	}
	none := PoissonLimits(0, 0.95)
	if none.Lower != 0 || math.Abs(none.Upper-3.688879454) > 6e-10 {
		t.Errorf("no events: %v, want 0 to 3.688879454, the logarithm of 40", none)
	}
	for _, c := range []struct{ o, level, lower, upper float64 }{
		{65, 0.95, 50.163187710, 82.849138546},
		{65, 0.998, 42.880261471, 94.000290844},
		{1045, 0.95, 982.593201807, 1110.331212986},
	} {
		i := ByarLimits(c.o, c.level)
		if math.Abs(i.Lower-c.lower) > 6e-10 || math.Abs(i.Upper-c.upper) > 6e-9 {
			t.Errorf("%g events at %g: %v, want %.9f to %.9f", c.o, c.level, i, c.lower, c.upper)
		}
	}
	if i := ByarLimits(1, 0.998); !math.IsNaN(i.Lower) {
		t.Errorf("one event at 99.8%%: lower limit %g, want none, which would be below 0", i.Lower)
	}
}

// atMost is the chance of n events or fewer where this many are expected.
func atMost(n int, expected float64) float64 {
	sum, term := 0.0, math.Exp(-expected)
	for k := range n + 1 {
		if k > 0 {
			term *= expected / float64(k)
		}
		sum += term
	}
	return sum
}

// TestWilsonLimits has those of PHEindicatormethods 2.1.0.
func TestWilsonLimits(t *testing.T) {
	for _, c := range []struct{ o, n, lower, upper float64 }{
		{9, 1000, 0.004742060667, 0.017015816165},
		{1, 100, 0.001767432064, 0.054486196179},
		{65, 100, 0.552544432969, 0.736357517569},
		{1045, 5000, 0.197955498800, 0.220491303732},
		{0, 20, 0, 0.161125158053},
	} {
		i := WilsonLimits(c.o, c.n, 0.95)
		if math.Abs(i.Lower-c.lower) > 6e-13 || math.Abs(i.Upper-c.upper) > 6e-13 {
			t.Errorf("%g of %g: %.12f to %.12f, want %.12f to %.12f", c.o, c.n, i.Lower, i.Upper, c.lower, c.upper)
		}
	}
	if i := WilsonLimits(20, 20, 0.95); i.Upper != 1 || math.Abs(i.Lower-(1-0.161125158053)) > 6e-13 {
		t.Errorf("all of 20: %v", i)
	}
}

// TestFunnelLimits has the worked examples of public-health practice: the test
// files of PHEindicatormethods (UK Health Security Agency, Open Government Licence),
// testdata_funnel_prop_outputs.csv and testdata_funnel_ratio_outputs.csv.
func TestFunnelLimits(t *testing.T) {
	// The share is 80.642448 per cent, as printed, of whom the limits are printed to
	// six decimals; the share's own rounding moves them by no more than half of the last.
	const share = 0.80642448
	for _, c := range []struct{ n, lower95, upper95, lower998, upper998 float64 }{
		{1, 3.204264, 100, 0, 100},
		{3, 35.933491, 100, 10.150815, 100},
		{18, 62.390093, 98.894803, 51.864359, 100},
		{41, 68.548635, 92.73626, 61.574398, 99.710497},
		{102, 72.974925, 88.309971, 68.553233, 92.731663},
		{1008, 78.203374, 83.081521, 76.796814, 84.488082},
		{9998, 79.867989, 81.416907, 79.421375, 81.863521},
		{110000, 80.408963, 80.875933, 80.274317, 81.010578},
	} {
		for level, want := range map[float64]Interval{0.95: {Lower: c.lower95, Upper: c.upper95}, 0.998: {Lower: c.lower998, Upper: c.upper998}} {
			i := FunnelLimits(share, c.n, level, true)
			if math.Abs(100*i.Lower-want.Lower) > 1.5e-6 || math.Abs(100*i.Upper-want.Upper) > 1.5e-6 {
				t.Errorf("share of %g at %g: %.6f to %.6f, want %.6f to %.6f", c.n, level, 100*i.Lower, 100*i.Upper, want.Lower, want.Upper)
			}
		}
	}
	// Of counts the example gives, for each number of events, how many must be expected
	// for it to be a limit. It was found there by a search that stops within 5e-8 of the
	// chance, which is up to 7e-6 of the events.
	for _, c := range []struct{ events, lower95, upper95, lower998, upper998 float64 }{
		{1, 5.571644585, 0.025317898, 9.233410143, 0.001000547},
		{2, 7.224687515, 0.242209467, 11.22886836, 0.04540199},
		{5, 11.6683331, 1.623486324, 16.45474478, 0.739371928},
		{10, 18.39035799, 4.795387629, 24.13397235, 2.960519925},
		{25, 36.90492768, 16.17868501, 44.63607076, 12.33695202},
		{100, 121.6268111, 81.36400699, 134.9243187, 71.92139974},
		{299, 334.8845596, 266.0659681, 356.3855169, 248.400663},
		{716, 770.4222128, 664.5083011, 802.60414, 636.1521174},
	} {
		for _, of := range []struct {
			what            string
			level, expected float64
			limit           func(Interval) float64
		}{
			{"lower", 0.95, c.lower95, func(i Interval) float64 { return i.Lower }},
			{"upper", 0.95, c.upper95, func(i Interval) float64 { return i.Upper }},
			{"lower", 0.998, c.lower998, func(i Interval) float64 { return i.Lower }},
			{"upper", 0.998, c.upper998, func(i Interval) float64 { return i.Upper }},
		} {
			got := of.limit(FunnelLimits(1, of.expected, of.level, false)) * of.expected
			if math.Abs(got/c.events-1) > 7e-6 {
				t.Errorf("%s limit at %g where %g are expected: %.9g events, want %g", of.what, of.level, of.expected, got, c.events)
			}
		}
	}
	// Three quarters of the chance of none is more than what the level leaves.
	if i := FunnelLimits(0.01, 30, 0.95, false); i.Lower != 0 || !(i.Upper > 0.01) {
		t.Errorf("0.3 expected: %v, want 0 to more than what is expected", i)
	}
	if i := FunnelLimits(0, 30, 0.95, false); i != (Interval{}) {
		t.Errorf("none of the whole: %v, want 0 to 0", i)
	}
	for _, of := range [][2]float64{{0.5, 0}, {-1, 10}, {1.5, 10}, {math.NaN(), 10}, {0.5, math.NaN()}} {
		if i := FunnelLimits(of[0], of[1], 0.95, true); !math.IsNaN(i.Lower) || !math.IsNaN(i.Upper) {
			t.Errorf("%v: %v, want no limits", of, i)
		}
	}
}

// TestFunnelIsThatOfTheIntervals: an area lies outside the limits about the whole
// where its own interval does not hold the whole's value.
func TestFunnelIsThatOfTheIntervals(t *testing.T) {
	outside := func(i Interval, whole float64) int {
		switch {
		case i.Lower > whole:
			return 1
		case i.Upper < whole:
			return -1
		}
		return 0
	}
	const whole = 0.3
	for _, level := range FunnelLevels {
		for n := 5.0; n < 300; n += 7 {
			limits := FunnelLimits(whole, n, level, true)
			for o := 0.0; o <= n; o++ {
				if got, want := Outside(o/n, limits), outside(WilsonLimits(o, n, level), whole); got != want {
					t.Fatalf("%g of %g at %g: %d of %v, want %d", o, n, level, got, limits, want)
				}
			}
			counts := FunnelLimits(whole, n, level, false)
			for o := 0.0; o <= n; o++ {
				own := PoissonLimits(o, level)
				if got, want := Outside(o/n, counts), outside(own, whole*n); got != want {
					t.Fatalf("%g events where %g are expected at %g: %d of %v, want %d of %v", o, whole*n, level, got, counts, want, own)
				}
			}
		}
	}
}

func TestFunnelWhole(t *testing.T) {
	for _, c := range []struct{ breakdown, category, want string }{
		{"county", "devon", "all all true"},
		{"county*sex", "devon*men", "sex men true"},
		{"sex*county", "men*devon", "sex men true"},
		{"sex*county*age", "men*devon*old", "sex*age men*old true"},
		{"sex", "men", "  false"},
		{"all", "all", "  false"},
	} {
		b, k, ok := FunnelWhole(c.breakdown, c.category, "county")
		if got := fmt.Sprint(b, " ", k, " ", ok); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.breakdown, c.category, got, c.want)
		}
	}
}
