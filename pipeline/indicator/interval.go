package indicator

import (
	"math"
	"slices"
)

// An Interval is a confidence interval. A limit that there is not is NaN, and
// Absent says why.
type Interval struct {
	Lower, Upper float64
	Absent       NoteCode // "" for an interval that there is
}

// Level is the level of every interval that a release has.
const Level = 0.95

// The methods that a statistic has by itself.
const (
	Logit     = "logit"
	Logarithm = "log"
	Wald      = "wald"
)

// Replicated is the interval of a quantile by Wald's method, from the quantiles
// under each replicate's weights; the methods for proportions, and Wald's, are for
// the share behind it.
const Replicated = "replicates"

// Symmetric is the interval of a quantile by Wald's method, from Woodruff's error: as SAS
// has it unless NONSYMCL is asked for.
const Symmetric = "symmetric"

// NoInterval has no limits, for a reason.
func NoInterval(why NoteCode) Interval { return Interval{math.NaN(), math.NaN(), why} }

// An IntervalMethod is a way from a value and its error to an interval.
type IntervalMethod struct {
	Name   string // by which it is asked for
	Title  string
	Source string // of its formula
	For    Values

	NeedsRespondents bool // how many there are, beside the error and the degrees of freedom
	AtEnds           bool // whether a proportion of 0 or 1 has an interval

	limits func(b basis) (lower, upper float64)
}

// Values are what a method is for.
type Values string

// The kinds of values.
const (
	AnyValue    Values = "any value"
	Proportions Values = "proportions"
	Ratios      Values = "ratios above 0"
)

// A basis is what limits are made of.
type basis struct {
	value, se, df float64
	respondents   float64
	tail          float64 // beyond each limit: (1-level)/2
	t             float64 // the upper point of Student's t with df
}

// intervalMethods are in the order in which a reader is shown them.
var intervalMethods = []IntervalMethod{
	{Name: Logit, Title: "logit", Source: "Korn and Graubard 1999, section 2.4", For: Proportions, limits: logitLimits},
	{Name: Wald, Title: "Wald", Source: "Särndal, Swensson and Wretman 1992, section 5.2", For: AnyValue, limits: waldLimits},
	{Name: "asin", Title: "arcsine of the square root", Source: "Korn and Graubard 1999, section 2.4", For: Proportions, limits: arcsineLimits},
	{Name: "wilson", Title: "Wilson, with the effective sample size", Source: "Wilson 1927; Franco, Little, Louis and Slud 2019", For: Proportions, limits: wilsonLimits},
	{Name: "likelihood", Title: "scaled binomial likelihood", Source: "Rao and Scott 1984", For: Proportions, NeedsRespondents: true, limits: likelihoodLimits},
	{Name: "beta", Title: "Korn-Graubard, as R's survey", Source: "Korn and Graubard 1998", For: Proportions, NeedsRespondents: true, limits: kornGraubardLimits},
	{Name: "nchs", Title: "Korn-Graubard, as the NCHS", Source: "Parker et al. 2017; Ward 2019", For: Proportions, NeedsRespondents: true, AtEnds: true, limits: nchsLimits},
	{Name: Logarithm, Title: "logarithm", Source: "Särndal, Swensson and Wretman 1992, section 5.5", For: Ratios, limits: logLimits},
}

// IntervalMethods returns the methods in the order in which a reader is shown
// them.
func IntervalMethods() []IntervalMethod { return slices.Clone(intervalMethods) }

// IntervalBy returns the method of a name.
func IntervalBy(name string) (m IntervalMethod, ok bool) {
	for _, m := range intervalMethods {
		if m.Name == name {
			return m, true
		}
	}
	return m, false
}

// Interval returns the limits at a level, such as 0.95, from a value, its
// standard error, the degrees of freedom of the error (+Inf is the normal
// distribution) and the number of respondents behind the value, which counts
// where NeedsRespondents.
//
// There is no interval without an error or without degrees of freedom, nor for
// a proportion of 0 or 1, whose error the sample cannot tell (a method for any
// value knows it by its error of 0); only a method with AtEnds has one there,
// from the respondents alone. An error of 0 of any other value is one that the
// design fixes, as for the share of a stratum, and both limits are the value
// itself. A level outside 0 to 1 is a caller's bug.
func (m IntervalMethod) Interval(value, se, df float64, respondents int, level float64) Interval {
	if !(level > 0 && level < 1) {
		panic("indicator: a level is between 0 and 1")
	}
	end := (value == 0 || value == 1) && (m.For == Proportions || se == 0)
	switch {
	case math.IsNaN(value) || m.For == Proportions && !(value >= 0 && value <= 1) || m.For == Ratios && !(value > 0):
		return NoInterval(NoIntervalValue)
	case end && !m.AtEnds:
		return NoInterval(NoIntervalSame)
	case !end && !(se >= 0 && !math.IsInf(se, 1)):
		return NoInterval(NoIntervalError)
	case !(df > 0):
		return NoInterval(NoIntervalDF)
	case m.NeedsRespondents && respondents < 2:
		return NoInterval(NoIntervalRespondents)
	case se == 0 && !end:
		return Interval{Lower: value, Upper: value}
	}
	tail := (1 - level) / 2
	lower, upper := m.limits(basis{value, se, df, float64(respondents), tail, StudentPoint(tail, df)})
	return Interval{Lower: lower, Upper: upper}
}

// waldLimits are value -/+ t se. Those of a proportion may leave 0 to 1.
func waldLimits(b basis) (lower, upper float64) {
	half := float64(b.t * b.se)
	return b.value - half, b.value + half
}

// logitLimits are Wald's of log(p/(1-p)), transformed back.
func logitLimits(b basis) (lower, upper float64) {
	centre, half := math.Log(b.value/(1-b.value)), float64(b.t*b.se)/float64(b.value*(1-b.value))
	return expit(centre - half), expit(centre + half)
}

func expit(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// logLimits are Wald's of the logarithm, transformed back.
func logLimits(b basis) (lower, upper float64) {
	half := float64(b.t*b.se) / b.value
	return b.value * math.Exp(-half), b.value * math.Exp(half)
}

// arcsineLimits are Wald's of asin(sqrt(p)), transformed back. What leaves 0 to
// a right angle is cut off there: the sine beyond it turns back.
func arcsineLimits(b basis) (lower, upper float64) {
	centre := math.Asin(math.Sqrt(b.value))
	half := float64(b.t*b.se) / (2 * math.Sqrt(b.value*(1-b.value)))
	share := func(angle float64) float64 {
		sine := math.Sin(max(0, min(math.Pi/2, angle)))
		return sine * sine
	}
	return share(centre - half), share(centre + half)
}

// effective is the size of a simple random sample with the same error.
func (b basis) effective() float64 { return b.value * (1 - b.value) / b.se / b.se }

// wilsonLimits have the effective sample size; the degrees of freedom are in t
// alone.
func wilsonLimits(b basis) (lower, upper float64) { return scoreLimits(b.value, b.effective(), b.t) }

// scoreLimits solve (p - x)^2 = t^2 x (1-x) / n for x (Wilson 1927).
func scoreLimits(p, n, t float64) (lower, upper float64) {
	by := t * t / n
	centre := p + by/2
	half := math.Sqrt(float64(by*p*(1-p)) + by*by/4)
	return (centre - half) / (1 + by), (centre + half) / (1 + by)
}

// kornGraubardLimits are Clopper and Pearson's with the effective sample size,
// adjusted by the ratio of Student's t with n-1 and with the design's degrees
// of freedom. The size may exceed that of the sample.
func kornGraubardLimits(b basis) (lower, upper float64) {
	return clopperPearson(b.value, b.effective()*b.adjustment(), b.tail)
}

// nchsLimits are Korn and Graubard's with a size of at most the sample's. For
// a proportion of 0 or 1 the effective size is the sample's, and one limit is
// the proportion itself.
func nchsLimits(b basis) (lower, upper float64) {
	size := b.respondents
	if b.value > 0 && b.value < 1 {
		size = b.effective()
	}
	return clopperPearson(b.value, min(size*b.adjustment(), b.respondents), b.tail)
}

func (b basis) adjustment() float64 {
	ratio := StudentPoint(b.tail, b.respondents-1) / b.t
	return ratio * ratio
}

// clopperPearson are the limits that leave each tail beyond them for a share p
// of n independent respondents.
func clopperPearson(p, n, tail float64) (lower, upper float64) {
	yes, no := float64(n*p), float64(n*(1-p))
	upper = 1
	if yes > 0 {
		lower = expit(betaPoint(tail, yes, no+1))
	}
	if no > 0 {
		upper = expit(-betaPoint(tail, no, yes+1))
	}
	return lower, upper
}

// likelihoodLimits are the shares q of which the deviance of the answers, a
// binomial's scaled to the design, exceeds that of p by t^2:
//
//	2 (p log(p/q) + (1-p) log((1-p)/(1-q))) = t^2 se^2 / (p (1-p)) * n / (n-1)
//
// The last factor is the dispersion of the Pearson residuals.
func likelihoodLimits(b basis) (lower, upper float64) {
	cut := b.t * b.t / b.effective() * b.respondents / (b.respondents - 1)
	return devianceLimit(b.value, cut), 1 - devianceLimit(1-b.value, cut)
}

// devianceLimit is the share below p whose deviance exceeds p's by cut. In the
// logit of the share, the deviance falls towards p and is convex, so that from
// below the limit Newton's steps approach it without overshooting.
func devianceLimit(p, cut float64) float64 {
	centre := math.Log(p / (1 - p))
	// Of the two terms of the deviance one is at least -2px and the other at
	// least 0: at this x it has passed the cut.
	x := -(cut/2 - float64(p*math.Log(p)) - float64((1-p)*math.Log1p(-p))) / p
	excess := func(x float64) float64 {
		return 2*(float64(p*(math.Log(p)-logExpit(x)))+float64((1-p)*(math.Log1p(-p)-logExpit(-x)))) - cut
	}
	for range 200 {
		slope := 2 * (expit(x) - p)
		next := x - excess(x)/slope
		if !(next > x) || next >= centre {
			break
		}
		x = next
	}
	return expit(x)
}
