package compare

import (
	"slices"

	"togetherwecan/pipeline/design"
)

// Slope returns the coefficients of the values that make the slope over their
// scores of the straight line of least squares, all values counting alike: its
// test is that of a linear trend. It is false for fewer than two different
// scores.
func Slope(scores []float64) ([]float64, bool) {
	centre := design.Total(scores) / float64(len(scores))
	of := make([]float64, len(scores))
	squares := make([]float64, len(scores))
	for i, s := range scores {
		of[i] = s - centre
		squares[i] = float64(of[i] * of[i])
	}
	by := design.Total(squares)
	if !(by > 0) || slices.Min(scores) == slices.Max(scores) {
		return nil, false
	}
	for i := range of {
		of[i] /= by
	}
	return of, true
}
