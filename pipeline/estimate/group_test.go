package estimate

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestGroup: few values and many are grouped alike, rising, each with its respondents in
// their order.
func TestGroup(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 0))
	for _, distinct := range []int{1, 7, 1000, 1001, 5000} {
		values, in := make([]float64, 6000), make([]bool, 6000)
		of := map[float64][]int32{}
		for i := range values {
			values[i] = float64(random.IntN(distinct)) - 2.5
			if i < distinct { // so that each is there
				values[i] = float64(distinct-1-i) - 2.5
			}
			if in[i] = i < distinct || random.IntN(5) > 0; in[i] {
				of[values[i]] = append(of[values[i]], int32(i))
			}
		}
		g := group(values, in)
		if len(g.values) != distinct || !slices.IsSorted(g.values) {
			t.Fatalf("%d values: %d groups, sorted %v", distinct, len(g.values), slices.IsSorted(g.values))
		}
		for k, v := range g.values {
			if !slices.Equal(g.respondents[k], of[v]) {
				t.Errorf("%d values: respondents of %g are %v, want %v", distinct, v, g.respondents[k], of[v])
			}
		}
	}
}
