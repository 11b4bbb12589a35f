package compare

import (
	"cmp"
	"math"
	"slices"

	"togetherwecan/pipeline/indicator"
)

// Detectable is the smallest change that a two-sided test at the level finds
// with the given power, for the standard error of a change: 0.05 and 0.8, say.
func Detectable(se, df, level, power float64) float64 {
	return float64((indicator.StudentPoint(level/2, df) + indicator.StudentPoint(1-power, df)) * se)
}

// Holm adjusts p-values for their number by Holm's step-down method (1979),
// which holds the chance of any false finding among them. NaN stays, and is not
// counted.
func Holm(ps []float64) []float64 {
	order, adjusted := ranked(ps)
	running := 0.0
	for i, at := range order {
		running = max(running, min(1, ps[at]*float64(len(order)-i)))
		adjusted[at] = running
	}
	return adjusted
}

// Bonferroni multiplies p-values by their number, which holds the same chance with less
// power. NaN stays, and is not counted.
func Bonferroni(ps []float64) []float64 {
	order, adjusted := ranked(ps)
	for _, at := range order {
		adjusted[at] = min(1, ps[at]*float64(len(order)))
	}
	return adjusted
}

// BenjaminiHochberg adjusts p-values by their step-up method (1995), which
// holds the share of false findings among the findings. NaN stays, and is not
// counted.
func BenjaminiHochberg(ps []float64) []float64 {
	order, adjusted := ranked(ps)
	running := 1.0
	for i := len(order) - 1; i >= 0; i-- {
		running = min(running, ps[order[i]]*float64(len(order))/float64(i+1))
		adjusted[order[i]] = running
	}
	return adjusted
}

// ranked returns the places of the p-values from the smallest on, without NaN,
// and room for what they become.
func ranked(ps []float64) (order []int, adjusted []float64) {
	adjusted = slices.Clone(ps)
	for i, p := range ps {
		if !math.IsNaN(p) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(ps[a], ps[b]) })
	return order, adjusted
}
