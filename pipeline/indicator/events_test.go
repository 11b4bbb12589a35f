package indicator

import (
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

// TestFunnel: the areas outside a funnel are those outside its limits.
func TestFunnel(t *testing.T) {
	const whole = 0.3
	// The limits about the whole's proportion (Spiegelhalter 2005, formula A.1).
	about := func(n, level float64) Interval {
		half := normalPoint(level) * math.Sqrt(whole*(1-whole)/n)
		return Interval{Lower: max(whole-half, 0), Upper: min(whole+half, 1)}
	}
	for _, level := range []float64{0.95, 0.998} {
		for n := 5.0; n < 300; n += 7 {
			limits := about(n, level)
			for o := 0.0; o <= n; o++ {
				want := 0
				switch p := o / n; {
				case p > limits.Upper:
					want = 1
				case p < limits.Lower:
					want = -1
				}
				if got := Outside(WilsonLimits(o, n, level), whole); got != want {
					t.Fatalf("%g of %g at %g: %d, want %d of %v", o, n, level, got, want, limits)
				}
			}
		}
	}
}
