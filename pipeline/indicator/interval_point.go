package indicator

import (
	"math"
	"sync/atomic"
)

// StudentPoint is the upper point of Student's t with df degrees of freedom
// that leaves the tail, below 1/2, beyond it; df of +Inf is the normal
// distribution, and without degrees of freedom it is NaN.
func StudentPoint(tail, df float64) float64 {
	switch {
	case !(df > 0):
		return math.NaN()
	case df > 1e15:
		return math.Sqrt2 * math.Erfinv(1-2*tail)
	}
	const spread = 0x9e3779b97f4a7c15 // 2^64 over the golden ratio
	last := &points[math.Float64bits(df)*spread>>(64-pointBits)]
	if p := last.Load(); p != nil && p.tail == tail && p.df == df {
		return p.t
	}
	// df/(df+t^2) has the beta distribution of df/2 and 1/2.
	t := math.Sqrt(df * math.Exp(-betaPoint(2*tail, df/2, 0.5)))
	last.Store(&point{tail, df, t})
	return t
}

// points are the last that were asked for: most figures of a table share their
// degrees of freedom with others, and changes with those of the same two waves.
var points [1 << pointBits]atomic.Pointer[point]

const pointBits = 12

type point struct{ tail, df, t float64 }

// betaPoint is the logit of the x below which the beta distribution of a and b
// has the share tail: with it both x and 1-x are known to their last digits.
//
// The logit of a beta variable has a log-concave distribution, so that Newton's
// steps for the logarithm of the share approach the point from below without
// overshooting, wherever they start.
func betaPoint(tail, a, b float64) float64 {
	const large = 1e8
	if min(a, b) > large {
		return normalBetaPoint(tail, a, b)
	}
	u := math.Log(a / b)
	want := math.Log(tail)
	for n := range 200 {
		share, slope := logBetaShare(u, a, b)
		step := (want - share) / slope
		if n > 0 && !(step > 1e-15*max(1, math.Abs(u))) {
			break
		}
		u += step
	}
	return u
}

// normalBetaPoint is the point of a beta variable so concentrated that the
// second term of the expansion of Cornish and Fisher (1937) is the last that a
// double can tell.
func normalBetaPoint(tail, a, b float64) float64 {
	n := a + b
	z := float64(-math.Sqrt2 * math.Erfinv(1-2*tail))
	deviation := math.Sqrt(a / n * (b / n) / (n + 1))
	skewness := 2 * ((b - a) / n) * math.Sqrt(n+1) / (n + 2) * math.Sqrt(n/a*(n/b))
	x := a/n + float64(deviation*(z+float64(skewness*(float64(z*z)-1))/6))
	return math.Log(x / (1 - x))
}

// logBetaShare is the logarithm of the share of the beta distribution of a and
// b below the x of logit u, and its slope in u.
func logBetaShare(u, a, b float64) (log, slope float64) {
	density := logBetaDensity(u, a, b)
	above := math.NaN()
	switch {
	case a > b && u > -2:
		// Of an x that may be near 1 the fraction would lose digits.
		above = math.Exp(density) * betaSeries(expit(-u), b, a) / b
	case u > math.Log((a+1)/(b+1)):
		above = math.Exp(density) * betaFraction(expit(-u), b, a) / b
	}
	const rare = 1e-4 // below which the share is better known itself
	if 1-above > rare {
		return math.Log1p(-above), math.Exp(density) / (1 - above)
	}
	f := betaFraction(expit(u), a, b)
	return density + math.Log(f/a), a / f
}

// logBetaDensity is the logarithm of x^a (1-x)^b / B(a,b), the density of the
// logit u of x.
func logBetaDensity(u, a, b float64) float64 {
	logX, logRest := logExpit(u), logExpit(-u)
	const stirling = 10 // from where on stirlingRest is exact
	if a < stirling && b < stirling {
		la, _ := math.Lgamma(a)
		lb, _ := math.Lgamma(b)
		lab, _ := math.Lgamma(a + b)
		return float64(a*logX) + float64(b*logRest) + lab - la - lb
	}
	if a > b {
		a, b, logX, logRest = b, a, logRest, logX
	}
	// Of the larger, b, and of a+b by Stirling's series, with the terms that
	// would cancel taken together.
	rest := float64(b*(logRest+math.Log1p(a/b))) - math.Log1p(a/b)/2 + stirlingRest(a+b) - stirlingRest(b)
	if a < stirling {
		la, _ := math.Lgamma(a)
		return rest + float64(a*(logX+math.Log(a+b)-1)) - la
	}
	return rest + float64(a*(logX+math.Log1p(b/a))) + math.Log(a/(2*math.Pi))/2 - stirlingRest(a)
}

// stirlingRest is what Stirling's formula for the logarithm of the gamma
// function lacks, from 10 on (Abramowitz and Stegun 1964, 6.1.41).
func stirlingRest(x float64) float64 {
	y := 1 / (x * x)
	return (1./12 - float64(y*(1./360-float64(y*(1./1260-float64(y*(1./1680-float64(y*(1./1188-y*691./360360))))))))) / x
}

// most is how many terms a series has: many times the root of what a and b can
// be where it is used.
const most = 1e6

// betaFraction is 1/(1 + d1/(1 + d2/(1 + ...))), the continued fraction of the
// incomplete beta function for x below its mean (Abramowitz and Stegun 1964,
// 26.5.8), by the method of Lentz.
func betaFraction(x, a, b float64) float64 {
	f, c, d := 1.0, 1.0, 0.0
	for j := 1.0; j < most; j++ {
		m := math.Floor(j / 2)
		term := m / (a + j - 1) * ((b - m) / (a + j)) * x
		if j != 2*m {
			term = -(a + m) / (a + j - 1) * ((a + b + m) / (a + j)) * x
		}
		d = 1 / (1 + float64(term*d))
		c = 1 + term/c
		by := float64(c * d)
		f *= by
		if math.Abs(by-1) < 3e-16 {
			break
		}
	}
	return 1 / f
}

// betaSeries is the hypergeometric series of the incomplete beta function, all
// of whose terms are positive (Abramowitz and Stegun 1964, 26.5.4).
func betaSeries(x, a, b float64) float64 {
	total, term := 1.0, 1.0
	for n := 0.0; n < most; n++ {
		term = float64(term * (x * ((a + b + n) / (a + 1 + n))))
		total += term
		if term < 1e-17*total {
			break
		}
	}
	return total
}

// logExpit is the logarithm of the x of logit u.
func logExpit(u float64) float64 { return min(u, 0) - math.Log1p(math.Exp(-math.Abs(u))) }
