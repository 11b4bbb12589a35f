package estimate_test

import (
	"math"
	"testing"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
)

// Standardising gives each group the standard and keeps its weight, those of each
// replicate too; a category that a replicate has nobody of leaves its share to the
// others. By hand.
func TestStandardise(t *testing.T) {
	young, old := int32(0), int32(1)
	for _, c := range []struct {
		claim           string
		weight          []float64
		replicate       []float64
		standard        estimate.Standard
		want, wantOfRep []float64
	}{
		{
			"two groups, one respondent left out",
			[]float64{1, 1, 2, 4, 6, 9},
			nil,
			estimate.Standard{Share: []float64{30, 10}, Of: []int32{young, old, young, old, old, -1}, Group: []int32{0, 0, 1, 1, 1, 0}, Groups: 2},
			[]float64{1.5, 0.5, 9, 1.2, 1.8, 0},
			nil,
		},
		{"one group", []float64{1, 1, 2}, nil, estimate.Standard{Share: []float64{1, 1}, Of: []int32{young, old, old}}, []float64{2, 2.0 / 3, 4.0 / 3}, nil},
		{"a category that nobody has", []float64{1, 3}, nil, estimate.Standard{Share: []float64{1, 1}, Of: []int32{old, old}}, []float64{0.5, 1.5}, nil},
		{
			"a replicate without a category",
			[]float64{1, 1, 2},
			[]float64{0, 2, 3},
			estimate.Standard{Share: []float64{1, 1}, Of: []int32{young, old, old}},
			[]float64{2, 2.0 / 3, 4.0 / 3},
			[]float64{0, 1.6, 2.4},
		},
	} {
		d := &design.Design{Rows: make([]int32, len(c.weight)), Weight: c.weight}
		if c.replicate != nil {
			d.Replicates = &design.Replicates{Weight: [][]float64{c.replicate}}
		}
		made := estimate.Standardise(d, c.standard)
		same := func(got, want []float64) {
			t.Helper()
			for i := range want {
				if !(math.Abs(got[i]-want[i]) < 1e-15) {
					t.Errorf("%s: weights %v, want %v", c.claim, got, want)
					return
				}
			}
		}
		same(made.Weight, c.want)
		if c.replicate != nil {
			same(made.Replicated()[0], c.wantOfRep)
		}
	}
}
