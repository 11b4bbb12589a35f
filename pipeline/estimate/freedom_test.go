package estimate

import (
	"testing"

	"togetherwecan/pipeline/design"
)

// TestFreedomsOfNobody: a part of a design that nobody is in has none of the degrees of
// freedom of the whole, whichever is asked for first.
func TestFreedomsOfNobody(t *testing.T) {
	d := &design.Design{Rows: []int32{0, 1, 2}, Weight: []float64{1, 1, 1}, Stage: design.Stage{Cluster: []int32{0, 1, 2}}, Replicates: &design.Replicates{Factor: [][]float64{{0, 1.5, 1.5}, {1.5, 0, 1.5}, {1.5, 1.5, 0}}, Scale: 1}}
	nobody := &design.Design{Replicates: d.Replicates}
	for _, first := range []bool{true, false} {
		known := freedoms{}
		if first {
			known.of(d, nil, nil)
		}
		if df := known.of(d, []int32{}, nobody); df != -1 {
			t.Errorf("nobody: %g degrees of freedom, want -1", df)
		}
		if df := known.of(d, nil, nil); df != 2 {
			t.Errorf("the whole: %g degrees of freedom, want 2", df)
		}
	}
}
