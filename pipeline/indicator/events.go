package indicator

import (
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mathext"

	"togetherwecan/pipeline/codebook"
)

// The methods of the limits of counts that are taken for a random process, as
// public-health practice has them (APHO technical briefing 3, 2008).
const (
	Exact  = "exact"  // Poisson
	Byar   = "byar"   // Breslow and Day 1987, section 2.3
	Wilson = "wilson" // Wilson 1927, without a correction
	Dobson = "dobson" // Dobson, Kuulasmaa, Eberle and Scherer 1991, with Byar's limits
	Given  = "given"  // as the return has them
)

// FewEvents is the number of events from which on Byar's limits are near enough
// to exact ones; below it no standardised rate is given.
const FewEvents = 10

// normalPoint is the point of the standard normal distribution that leaves half
// of what the level leaves beyond it.
func normalPoint(level float64) float64 { return StudentPoint((1-level)/2, math.Inf(1)) }

// EventLimits are the limits at a level of the expected number of events where o
// happened: exact ones under FewEvents, Byar's from there on.
func EventLimits(o, level float64) (i Interval, method string) {
	if !(o >= 0) || math.IsInf(o, 0) {
		return NoInterval(NoIntervalValue), ""
	}
	if o < FewEvents {
		return PoissonLimits(o, level), Exact
	}
	return ByarLimits(o, level), Byar
}

// PoissonLimits are the exact limits of the expected number of events where o
// happened: half the points of chi-squared with 2o and 2o+2 degrees of freedom
// (Garwood 1936).
func PoissonLimits(o, level float64) Interval {
	tail := (1 - level) / 2
	i := Interval{Upper: mathext.GammaIncRegCompInv(o+1, tail)}
	if o > 0 {
		i.Lower = mathext.GammaIncRegInv(o, tail)
	}
	return i
}

// ByarLimits approximate PoissonLimits, the upper one with o+1 events. A lower
// limit that comes out below 0 is none.
func ByarLimits(o, level float64) Interval {
	z := normalPoint(level)
	limit := func(o, z float64) float64 {
		root := 1 - 1/(9*o) + z/(3*math.Sqrt(o))
		return float64(o * root * root * root)
	}
	i := Interval{Upper: limit(o+1, z), Lower: math.NaN()}
	if o > 0 {
		if lower := limit(o, -z); lower >= 0 {
			i.Lower = lower
		}
	}
	return i
}

// WilsonLimits are the limits of the chance of an event that happened to o of n.
func WilsonLimits(o, n, level float64) Interval {
	if !(o >= 0 && o <= n && n > 0) {
		return NoInterval(NoIntervalValue)
	}
	var i Interval
	i.Lower, i.Upper = scoreLimits(o/n, n, normalPoint(level))
	if o == 0 {
		i.Lower = 0
	}
	if o == n {
		i.Upper = 1
	}
	return i
}

// DobsonLimits are those of a weighted sum of counts, such as a directly
// standardised rate, of o events in all, with the variance of the sum where each
// count's is itself. There are none under FewEvents.
func DobsonLimits(value, variance, o, level float64) Interval {
	if !(o >= FewEvents) || !(variance > 0) {
		return NoInterval(NoIntervalValue)
	}
	byar := ByarLimits(o, level)
	scale := math.Sqrt(variance / o)
	return Interval{Lower: value + float64(scale*(byar.Lower-o)), Upper: value + float64(scale*(byar.Upper-o))}
}

// FunnelLevels are the levels of a funnel's limits, the outer ones first.
var FunnelLevels = []float64{0.998, 0.95}

// FunnelLimits are the limits at a level of the value of an area, where nothing but
// chance makes it differ from the whole's (Spiegelhalter 2005). The area's value is
// its numerator over so much of a denominator; so is the whole's. Of a share they
// are those of the score test, whole ± z √(whole (1 - whole) / denominator), within
// 0 and 1. Of a count they are the points of the Poisson distribution about what is
// expected, whole times denominator, that are reached or passed with half of the
// chance that the level leaves, read between whole numbers as the regularised gamma
// function has them: the lower one is 0 where even none is not so rare.
func FunnelLimits(whole, denominator, level float64, share bool) Interval {
	tail := (1 - level) / 2
	switch {
	case !(denominator > 0) || !(whole >= 0) || share && whole > 1:
		return NoInterval(NoIntervalValue)
	case share:
		half := float64(normalPoint(level) * math.Sqrt(float64(whole*(1-whole))/denominator))
		return Interval{Lower: max(whole-half, 0), Upper: min(whole+half, 1)}
	}
	expected := float64(whole * denominator)
	if expected == 0 {
		return Interval{}
	}
	// The chances of at most and of at least so many, each of which rises or falls
	// all the way.
	lower := 0.0
	if math.Exp(-expected) < tail {
		lower = rising(expected, func(n float64) float64 { return mathext.GammaIncRegComp(n+1, expected) - tail })
	}
	upper := rising(expected, func(n float64) float64 { return tail - mathext.GammaIncReg(n, expected) })
	return Interval{Lower: lower / denominator, Upper: upper / denominator}
}

// rising finds where a function that rises from below 0 is 0, from 0 on; about is
// of the size of what is sought.
func rising(about float64, f func(float64) float64) float64 {
	low, high := 0.0, about+1
	for f(high) < 0 {
		low, high = high, 2*high
	}
	for range 200 {
		middle := low + (high-low)/2
		if middle <= low || middle >= high {
			break
		}
		if f(middle) < 0 {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}

// Outside says whether a value lies outside limits, and on which side: 1 above, -1
// below, 0 within.
func Outside(value float64, limits Interval) int {
	switch {
	case value > limits.Upper:
		return 1
	case value < limits.Lower:
		return -1
	}
	return 0
}

// FunnelWhole names what an area is held against: the whole of the same categories
// where the breakdown crosses areas with some, and the whole otherwise. ok is false
// for a breakdown that is not by the area.
func FunnelWhole(breakdown, category, area string) (wholeBreakdown, wholeCategory string, ok bool) {
	by, codes := strings.Split(breakdown, "*"), strings.Split(category, "*")
	at := slices.Index(by, area)
	if at < 0 || len(codes) != len(by) {
		return "", "", false
	}
	if len(by) == 1 {
		return codebook.All, codebook.All, true
	}
	return strings.Join(slices.Delete(by, at, at+1), "*"), strings.Join(slices.Delete(codes, at, at+1), "*"), true
}
