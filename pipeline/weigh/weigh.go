// Package weigh turns a design into another: calibrated, raked or post-stratified
// to known totals, trimmed, or given replicates. Who was drawn with whom stays; a
// design that is given is never changed. What a single figure does to its weights,
// standardising, is estimate's.
package weigh

import (
	"fmt"
	"math"
	"slices"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/refusal"
)

// reweight returns a copy of the design whose weights, and replicate weights,
// are what change makes of them. Which names the weights, for problems.
func reweight(d *design.Design, change func(weight []float64, which string) ([]float64, refusal.Problems)) (*design.Design, refusal.Problems) {
	made := *d
	made.Calibrations = slices.Clone(d.Calibrations)
	weight, ps := change(d.Weight, "the respondents")
	made.Weight = weight
	if d.Replicates != nil && ps == nil {
		weights := make([][]float64, d.Replicates.Count())
		for n := range weights {
			after, found := change(d.Replicate(n, nil), fmt.Sprintf("those of replicate %d", n+1))
			weights[n] = after
			ps = append(ps, found...)
		}
		made.Replicates = d.Replicates.With(weights)
	}
	beyond := 0
	for _, w := range made.Weight {
		if !(math.Abs(w) <= design.MaxWeight) {
			beyond++
		}
	}
	if beyond > 0 && len(ps) == 0 {
		ps.Add("adjusted weights", "%d beyond %g, want none", refusal.Many(beyond), float64(design.MaxWeight))
	}
	if len(ps) > 0 {
		return nil, ps
	}
	return &made, nil
}

// Scale multiplies the weights of each respondent, and of its replicates, by a factor by
// its row: of waves that are pooled. The factors are known, and no calibration.
func Scale(d *design.Design, factors []float64) (*design.Design, refusal.Problems) {
	return reweight(d, func(weight []float64, _ string) ([]float64, refusal.Problems) {
		made := make([]float64, len(weight))
		for i, w := range weight {
			made[i] = float64(w * factors[d.Rows[i]])
		}
		return made, nil
	})
}

// perWeight divides the linearised values of some respondents, nil for all, by the weights
// that they hold; one whose weight is 0 has none. Cells are theirs.
func perWeight(u, weight []float64, cell, some []int32) (cells []int32, e []float64) {
	if some != nil {
		u, weight, cell = design.Pick(u, some), design.Pick(weight, some), design.Pick(cell, some)
	}
	e = make([]float64, len(u))
	for i, w := range weight {
		if w != 0 {
			e[i] = u[i] / w
		}
	}
	return cell, e
}
