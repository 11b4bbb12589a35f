package indicator

import (
	"math"

	"gonum.org/v1/gonum/mathext"
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

// Outside says whether an area's figure lies outside the limits of a funnel about
// the whole's, and on which side: 1 above, -1 below, 0 within. The funnel is that
// of the areas whose own interval, by limits at the level, does not hold the
// whole's value (Spiegelhalter 2005): the score limits of a proportion, and of
// counts the exact ones or Byar's.
func Outside(i Interval, whole float64) int {
	switch {
	case i.Lower > whole:
		return 1
	case i.Upper < whole:
		return -1
	}
	return 0
}
