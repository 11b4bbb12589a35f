package weigh

import (
	"slices"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/refusal"
)

// Trim cuts weights to a lower and an upper limit, and adds what that takes or
// gives to the weights within the limits, equally, so that their sum stays;
// those of each replicate, too, except for weights of 0. Where it is strict, it
// does so again until no weight is beyond the limits; a weight that was cut
// stays at its limit, as in R's survey from version 4.2 on. Earlier
// calibrations keep the residuals that they had.
//
// It refuses limits that the mean weight does not lie within.
func Trim(d *design.Design, lower, upper float64, strict bool) (*design.Design, refusal.Problems) {
	return reweight(d, func(weight []float64, which string) ([]float64, refusal.Problems) {
		var ps refusal.Problems
		counted := 0.0
		for _, w := range weight {
			if w != 0 {
				counted++
			}
		}
		if mean := design.Total(weight) / counted; !(mean >= lower && mean <= upper) {
			ps.Add("trimming", "limits %g and %g, want the mean weight of %s, %g, within them", lower, upper, which, refusal.Private{Of: mean, Instead: "whatever it is"})
			return nil, ps
		}
		made, cut := slices.Clone(weight), make([]bool, len(weight))
		for {
			outside, within := trimOnce(made, cut, lower, upper)
			switch {
			case outside > 0 && within == 0:
				ps.Add("trimming", "limits %g and %g, want a weight of %s within them", lower, upper, which)
				return nil, ps
			case outside == 0 || !strict: // as it comes to be: each time some are cut for good
				return made, nil
			}
		}
	})
}

// trimOnce cuts the weights beyond the limits, marks them, and shares out among
// those that were never cut. It counts both.
func trimOnce(weight []float64, cut []bool, lower, upper float64) (outside, within int) {
	var off []float64
	for i, w := range weight {
		switch {
		case w == 0 || cut[i]:
		case w < lower || w > upper:
			weight[i] = min(max(w, lower), upper)
			off = append(off, w-weight[i])
			cut[i] = true
		default:
			within++
		}
	}
	share := design.Total(off) / float64(within)
	for i, w := range weight {
		if w != 0 && !cut[i] {
			weight[i] += share
		}
	}
	return len(off), within
}
