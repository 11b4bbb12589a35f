package weigh

import "math"

// Distance is the measure in which calibration keeps the new weights near the
// old: it gives the factor g of a weight as a function of a linear one
// (Deville and Särndal 1992).
type Distance string

// The distances. Linear's factors can be negative where it has no bounds;
// those of Multiplicative (raking) cannot; those of Logit are always between
// its bounds, which must be given.
const (
	Linear         Distance = "linear"
	Multiplicative Distance = "raking"
	Logit          Distance = "logit"
)

// factor is the factor at u and its derivative.
func (c *calibrator) factor(u float64) (g, slope float64) {
	low, high := c.Lower, c.Upper
	switch c.Distance {
	case Logit:
		a := (high - low) / ((1 - low) * (high - 1))
		// as a share of the way from low to high, by the exponential that is at most 1
		odds := (1 - low) / (high - 1)
		var share float64
		if u <= 0 {
			x := float64(odds * math.Exp(float64(a*u)))
			share = x / (1 + x)
		} else {
			share = 1 / (1 + math.Exp(float64(-a*u))/odds)
		}
		g = low + float64((high-low)*share)
		return g, float64(float64((high-low)*a) * float64(share*(1-share)))
	case Multiplicative:
		g, slope = math.Exp(u), math.Exp(u)
	default:
		g, slope = 1+u, 1
	}
	switch {
	case g < low:
		return low, 0
	case g > high:
		return high, 0
	}
	return g, slope
}
