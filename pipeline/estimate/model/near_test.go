package model

import (
	"math"
	"testing"

	"togetherwecan/pipeline/design"
)

// agrees reports a number that is not the wanted one, within the tolerance of
// its size. Only NaN is NaN.
func agrees(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.IsNaN(got) != math.IsNaN(want) || !(math.Abs(got-want) <= tolerance*math.Abs(want)) && !math.IsNaN(want) {
		t.Errorf("%s: %.15g, want %.15g", what, got, want)
	}
}

func newDesign(t *testing.T, s design.Source) *design.Design {
	t.Helper()
	d, ps := design.New(s)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	return d
}
