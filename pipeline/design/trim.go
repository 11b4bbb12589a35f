package design

import (
	"slices"

	"togetherwecan/pipeline/refusal"
)

// Trim cuts weights to a lower and an upper limit, and adds what that takes or
// gives to the weights within the limits, equally, so that their sum stays;
// those of each replicate, too, but for weights of 0. Where it is strict, it
// does so again until no weight is beyond the limits. Earlier calibrations
// keep the residuals that they had.
//
// It refuses limits that the mean weight does not lie within.
func Trim(d *Design, lower, upper float64, strict bool) (*Design, refusal.Problems) {
	return d.reweight(func(weight []float64, which string) ([]float64, refusal.Problems) {
		var ps refusal.Problems
		counted := 0.0
		for _, w := range weight {
			if w != 0 {
				counted++
			}
		}
		if mean := Total(weight) / counted; !(mean >= lower && mean <= upper) {
			ps.Add("trimming", "limits %g and %g, want the mean weight of %s, %g, within them", lower, upper, which, mean)
			return nil, ps
		}
		const most = 10000 // times; what is shared out falls each time
		made := slices.Clone(weight)
		for range most {
			cut, within := trimOnce(made, lower, upper)
			switch {
			case cut > 0 && within == 0:
				ps.Add("trimming", "limits %g and %g, want a weight of %s within them", lower, upper, which)
				return nil, ps
			case cut == 0 || !strict:
				return made, nil
			}
		}
		ps.Add("trimming", "limits %g and %g, want some that the weights of %s come to lie within", lower, upper, which)
		return nil, ps
	})
}

// trimOnce cuts the weights and shares out. It counts the weights that it cut,
// and those within the limits.
func trimOnce(weight []float64, lower, upper float64) (outside, within int) {
	var cut []float64
	inside := make([]bool, len(weight))
	for i, w := range weight {
		switch {
		case w == 0:
		case w < lower || w > upper:
			weight[i] = min(max(w, lower), upper)
			cut = append(cut, w-weight[i])
		default:
			inside[i] = true
			within++
		}
	}
	share := Total(cut) / float64(within)
	for i := range weight {
		if inside[i] {
			weight[i] += share
		}
	}
	return len(cut), within
}
