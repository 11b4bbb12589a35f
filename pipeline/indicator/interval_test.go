package indicator

import (
	"math"
	"math/rand/v2"
	"testing"
)

// agree says whether a number is the wanted one, within the tolerance of its
// size or the floor. Only NaN is NaN.
func agree(got, want, tolerance, floor float64) bool {
	if math.IsNaN(want) || math.IsNaN(got) {
		return math.IsNaN(want) && math.IsNaN(got)
	}
	return math.Abs(got-want) <= max(tolerance*math.Abs(want), floor)
}

func isNear(t *testing.T, name string, got, want, tolerance float64) {
	t.Helper()
	if !agree(got, want, tolerance, 0) {
		t.Errorf("%s: got %.17g, want %.17g (%.1e)", name, got, want, (got-want)/want)
	}
}

// TestStudentPoint has the closed forms of 1, 2 and 4 degrees of freedom, and
// the normal distribution.
func TestStudentPoint(t *testing.T) {
	for _, tail := range []float64{0.4, 0.1, 0.05, 0.025, 0.005, 1e-6} {
		isNear(t, "1 df is Cauchy's", StudentPoint(tail, 1), 1/math.Tan(math.Pi*tail), 1e-13)
		isNear(t, "2 df", StudentPoint(tail, 2), (1-2*tail)/math.Sqrt(2*tail*(1-tail)), 1e-13)
		root := math.Sqrt(4 * tail * (1 - tail))
		isNear(t, "4 df (Shaw 2006)", StudentPoint(tail, 4), 2*math.Sqrt(math.Cos(math.Acos(root)/3)/root-1), 1e-10)
	}
	isNear(t, "1.96", StudentPoint(0.025, math.Inf(1)), 1.959963984540054, 1e-15)
	// To 30 digits by mpmath's incomplete beta function.
	isNear(t, "3 df", StudentPoint(0.025, 3), 3.18244630528370959, 1e-14)
	isNear(t, "1000 df", StudentPoint(0.025, 1000), 1.96233908082640848, 1e-14)
	isNear(t, "1e6 df", StudentPoint(0.025, 1e6), 1.95996635681410703, 1e-14)
	isNear(t, "1e9 df", StudentPoint(0.025, 1e9), 1.95996398691232546, 1e-14)
	isNear(t, "a fraction of df, R", StudentPoint(0.025, 3.5), 2.9400886379827291, 1e-13)
	isNear(t, "no df", StudentPoint(0.025, 0), math.NaN(), 0)
}

// TestBetaPoint has closed forms, and R's qbeta where there are none.
func TestBetaPoint(t *testing.T) {
	point := func(tail, a, b float64) float64 { return expit(betaPoint(tail, a, b)) }
	for _, tail := range []float64{0.4, 0.025, 0.005, 1e-6} {
		for _, n := range []float64{0.25, 1, 7, 12, 300, 1e5, 1e9} {
			isNear(t, "a power", point(tail, n, 1), math.Exp(math.Log(tail)/n), 1e-13)
			isNear(t, "a power, turned", point(tail, 1, n), -math.Expm1(math.Log1p(-tail)/n), 1e-13)
		}
		isNear(t, "arcsine", point(tail, 0.5, 0.5), math.Pow(math.Sin(math.Pi*tail/2), 2), 1e-13)
	}
	isNear(t, "near 1, R", expit(-betaPoint(0.025, 1e6, 11)), 1.8390094991060111e-05, 1e-12)
	isNear(t, "R", point(0.025, 3, 7), 0.0748546314196918, 1e-13)
	isNear(t, "R, skewed", point(0.025, 0.3, 900.5), 3.5390533544715075e-09, 1e-12)
	isNear(t, "R, large", point(0.025, 5000.5, 12345.25), 0.28156644344385956, 1e-12)
	isNear(t, "R, larger", point(0.025, 2e6, 3e6), 0.39957063135388876, 1e-12)
	a, b := 0.9999e8, 2.9997e8
	isNear(t, "the normal part is joined", point(0.025, a, b), expit(normalBetaPoint(0.025, a, b)), 1e-12)
}

// TestIntervals has the limits of the teaching file's Black respondents (R's
// survey 4.5) and of two figures of Ward (2019), who prints four decimals.
func TestIntervals(t *testing.T) {
	const p, se = 0.373287686981716, 0.0977799616584137
	for _, c := range []struct {
		name          string
		method        string
		p, se, df     float64
		n             int
		lower, upper  float64
		exact, digits float64
	}{
		{"logit", "logit", p, se, 19, 36, 0.198938007244992, 0.588233776143632, 1e-13, 0},
		{"beta", "beta", p, se, 19, 36, 0.183153999271306, 0.597286541847852, 1e-13, 0},
		{"Wald", "wald", p, se, 19, 36, 0.168631875191534, 0.577943498771898, 1e-13, 0},
		{"Wilson", "wilson", p, se, 19, 36, 0.203071068108789, 0.581986395096712, 1e-13, 0},
		{"the sample is larger than its effective size", "nchs", p, se, 19, 36, 0.183153999271306, 0.597286541847852, 1e-13, 0},
		{"Ward, rare", "nchs", 0.0157735, 0.0013157, 2129, 45710, 0.0133, 0.0186, 0, 5e-5},
		{"Ward, small", "nchs", 0.0388459, 0.0177429, 1958, 440, 0.0120, 0.0910, 0, 5e-5},
		{"Ward, as R", "beta", 0.0388459, 0.0177429, 1958, 440, 0.0120, 0.0910, 0, 5e-5},
		{"nobody of 10: the square root of Clopper and Pearson's tail", "nchs", 0, 0, 9, 10, 0, 1 - math.Pow(0.025, 1./10), 1e-13, 0},
		{"all of 10", "nchs", 1, 0, 9, 10, math.Pow(0.025, 1./10), 1, 1e-13, 0},
		{"nobody, fewer degrees of freedom: t is 12.7 for 1 and 4.3 for 2", "nchs", 0, 0, 1, 3, 0, 1 - math.Pow(0.025, 1/(3*math.Pow(4.3026527297494637/12.706204736174705, 2))), 1e-12, 0},
		{"an effective size above the sample's is cut to it", "nchs", 0.5, 0.001, 99, 100, 0.39832112950330101, 0.60167887049669899, 1e-12, 0},
		{"log", "log", 2, 0.5, math.Inf(1), 0, 2 * math.Exp(-1.959963984540054/4), 2 * math.Exp(1.959963984540054/4), 1e-13, 0},
		{"a normal Wald", "wald", 10, 2, math.Inf(1), 0, 10 - 2*1.959963984540054, 10 + 2*1.959963984540054, 1e-14, 0},
		{"fixed by the design", "logit", 0.25, 0, 30, 50, 0.25, 0.25, 0, 0},
		{"fixed by the design, by effective size", "beta", 0.25, 0, 30, 50, 0.25, 0.25, 0, 0},
		{"fixed by the design, by likelihood", "likelihood", 0.25, 0, 30, 50, 0.25, 0.25, 0, 0},
		{"an arcsine beyond 0 is cut there", "asin", 0.01, 0.02, 30, 100, 0, math.Pow(math.Sin(math.Asin(0.1)+2.0422724563012373*0.02/2/math.Sqrt(0.0099)), 2), 1e-12, 0},
	} {
		m, ok := IntervalBy(c.method)
		if !ok {
			t.Fatalf("no method %q", c.method)
		}
		i := m.Interval(c.p, c.se, c.df, c.n, 0.95)
		if i.Absent != "" || !agree(i.Lower, c.lower, c.exact, 0) && !(math.Abs(i.Lower-c.lower) <= c.digits) || !agree(i.Upper, c.upper, c.exact, 0) && !(math.Abs(i.Upper-c.upper) <= c.digits) {
			t.Errorf("%s: got %+v, want %.17g %.17g", c.name, i, c.lower, c.upper)
		}
	}
	ward := basis{value: 0.0157735, se: 0.0013157, df: 2129, respondents: 45710, tail: 0.025, t: StudentPoint(0.025, 2129)}
	isNear(t, "Ward's effective size", ward.effective()*ward.adjustment(), 8958.54, 1e-5) // from rounded figures
	ward = basis{value: 0.0388459, se: 0.0177429, df: 1958, respondents: 440, tail: 0.025, t: StudentPoint(0.025, 1958)}
	isNear(t, "Ward's smaller effective size", ward.effective()*ward.adjustment(), 119.11, 5e-5)
}

// TestIntervalAbsent: no interval says why, and none has no width for lack of
// data.
func TestIntervalAbsent(t *testing.T) {
	nan := math.NaN()
	for _, m := range IntervalMethods() {
		end := NoIntervalSame
		switch {
		case m.AtEnds:
			end = ""
		case m.For == Ratios:
			end = NoIntervalValue
		}
		few := NoteCode("")
		if m.NeedsRespondents {
			few = NoIntervalRespondents
		}
		beyond := NoteCode("")
		if m.For == Proportions {
			beyond = NoIntervalValue
		}
		for _, c := range []struct {
			name      string
			p, se, df float64
			n         int
			want      NoteCode
		}{
			{"no value", nan, 0.1, 10, 20, NoIntervalValue},
			{"no error", 0.5, nan, 10, 20, NoIntervalError},
			{"an infinite error", 0.5, math.Inf(1), 10, 20, NoIntervalError},
			{"no degrees of freedom", 0.5, 0.1, 0, 20, NoIntervalDF},
			{"fewer clusters than strata", 0.5, 0.1, -2, 20, NoIntervalDF},
			{"nobody", 0, 0, 10, 20, end},
			{"one respondent", 0.5, 0.1, 10, 1, few},
			{"above 1", 1.5, 0.1, 10, 20, beyond},
		} {
			i := m.Interval(c.p, c.se, c.df, c.n, 0.95)
			if i.Absent != c.want || (c.want != "") != math.IsNaN(i.Lower) || (c.want != "") != math.IsNaN(i.Upper) || i.Lower == i.Upper {
				t.Errorf("%s, %s: got %+v, want it absent for %q", m.Name, c.name, i, c.want)
			}
		}
	}
}

// TestIntervalLikelihood: at each limit the deviance is the cut.
func TestIntervalLikelihood(t *testing.T) {
	m, _ := IntervalBy("likelihood")
	for _, p := range []float64{1e-6, 0.01, 0.3, 0.5, 0.97, 1 - 1e-6} {
		for _, effective := range []float64{0.5, 30, 1e4, 1e8} {
			se := math.Sqrt(p * (1 - p) / effective)
			i := m.Interval(p, se, 25, 200, 0.95)
			cut := math.Pow(2.0595385527532946, 2) / effective * 200 / 199
			for _, q := range []float64{i.Lower, i.Upper} {
				if q == 0 || q == 1 {
					continue // nearer than a double can tell
				}
				deviance := 2 * (p*math.Log(p/q) + (1-p)*math.Log1p((q-p)/(1-q)))
				if !agree(deviance, cut, 1e-9, 1e-15) {
					t.Errorf("p %g, effective size %g: deviance at %g is %g, want %g", p, effective, q, deviance, cut)
				}
			}
			if i.Lower >= p || i.Upper <= p {
				t.Errorf("p %g, effective size %g: %+v", p, effective, i)
			}
		}
	}
}

// TestIntervalProperties: limits surround the value, a higher level has wider
// ones, and those of 1-p mirror those of p.
func TestIntervalProperties(t *testing.T) {
	const seed = 20040319
	r := rand.New(rand.NewPCG(seed, 1))
	for n := range 2000 {
		p := r.Float64()
		if n%4 == 0 {
			p = math.Pow(10, -5*r.Float64())
		}
		if n%8 == 0 {
			p = 1 - p
		}
		respondents := 2 + r.IntN(5000)
		se := math.Sqrt(p * (1 - p) / float64(respondents) * (0.2 + 5*r.Float64()))
		df := float64(1 + r.IntN(min(200, respondents-1)))
		for _, m := range IntervalMethods() {
			if p == 0 || p == 1 {
				continue
			}
			i, wider := m.Interval(p, se, df, respondents, 0.9), m.Interval(p, se, df, respondents, 0.99)
			if !(i.Lower <= p*(1+1e-14) && p <= i.Upper*(1+1e-14)) {
				t.Errorf("seed %d: %s of %g, error %g, df %g: %+v does not surround it", seed, m.Name, p, se, df, i)
			}
			if !(wider.Lower <= i.Lower && i.Upper <= wider.Upper) {
				t.Errorf("seed %d: %s of %g, error %g, df %g: %+v at 99%% is not wider than %+v", seed, m.Name, p, se, df, wider, i)
			}
			mirror := m.Interval(1-p, se, df, respondents, 0.9)
			if m.For != Ratios && !(math.Abs(1-mirror.Upper-i.Lower) < 1e-10 && math.Abs(1-mirror.Lower-i.Upper) < 1e-10) {
				t.Errorf("seed %d: %s of %g, error %g, df %g: %+v, mirrored %+v", seed, m.Name, p, se, df, i, mirror)
			}
		}
	}
}
