package estimate_test

import (
	"math"
	"testing"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
)

// By hand: strata A (y 1, 3 over x 1, 1) and B (y 2, 6 over x 1, 3), weights 1.
// Known totals of x are 10 and 20, 30 in all: 10*2 + 20*2 separately, 30*2
// combined. Separately, the linearised values are 10/2 (-1, 1) and 20/4 (0, 0);
// combined, 30/6 (-1, 1, 0, 0).
func TestSeparate(t *testing.T) {
	d, ps := design.New(design.Source{Where: "x", Stratum: design.LabelsOf([]string{"A", "A", "B", "B"}), Weight: []float64{1, 1, 1, 1}})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	y, x := []float64{1, 3, 2, 6}, []float64{1, 1, 1, 3}
	for _, c := range []struct {
		claim     string
		s         separate
		value, se float64
	}{
		{"separate", separate{Of: y, Over: x, Group: []int32{0, 0, 1, 1}, Known: []float64{10, 20}}, 60, 10},
		{"combined", separate{Of: y, Over: x, Group: make([]int32, 4), Known: []float64{30}}, 60, 10},
		{"of one stratum's respondents", separate{Of: y, Over: x, Group: make([]int32, 4), Known: []float64{10}, In: []bool{true, true, false, false}}, 20, 10},
		{"separate, of unlike ratios", separate{Of: []float64{1, 3, 2, 2}, Over: x, Group: []int32{0, 0, 1, 1}, Known: []float64{10, 20}}, 40, math.Sqrt(100 + 100)},
	} {
		e := estimate.Of(d, c.s)
		if math.Abs(e.Values[0]-c.value) > 1e-12 || math.Abs(e.SE(0)-c.se) > 1e-12 {
			t.Errorf("%s: got %v with an error of %v, want %v and %v", c.claim, e.Values[0], e.SE(0), c.value, c.se)
		}
	}
}
