package estimate

import (
	"math"
	"slices"
	"testing"
)

// agree says whether a number is the wanted one: within the tolerance of its
// size or within the floor, whichever is more. Only NaN is NaN.
func agree(got, want, tolerance, floor float64) bool {
	if math.IsNaN(want) || math.IsNaN(got) {
		return math.IsNaN(want) && math.IsNaN(got)
	}
	return got == want || math.Abs(got-want) <= max(tolerance*math.Abs(want), floor)
}

// agrees reports a number that is not the wanted one to a relative tolerance.
func agrees(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !agree(got, want, tolerance, 0) {
		t.Errorf("%s: %.15g, want %.15g", what, got, want)
	}
}

func isNear(t *testing.T, name string, got, want, tolerance float64) {
	t.Helper()
	if !agree(got, want, tolerance, 0) {
		t.Errorf("%s: got %.17g, want %.17g (%.1e)", name, got, want, (got-want)/want)
	}
}

func ones(n int) []float64 { return slices.Repeat([]float64{1}, n) }
