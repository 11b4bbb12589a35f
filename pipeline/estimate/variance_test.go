package estimate

import (
	"math"
	"strings"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
)

// TestLonelyLater: in the second PSU one of five clusters was drawn. Under
// adjust it is centred on the clusters of its own PSU, itself, and adds
// nothing, as R 4.5 has it (4.1 gives 85.697 and 0.52977); under average its
// PSU has no other stratum, so that there is no error, except for a domain that
// misses it. The figures are those of R 4.5's functions.
func TestLonelyLater(t *testing.T) {
	y := []float64{1, 4, 2, 2, 5, 3, 1, 7, 2}
	of := func(lonely string) *design.Design {
		return newDesign(t, design.Source{
			Where: "sample", Lonely: lonely,
			PSU:        design.LabelsOf(strings.Split("111122333", "")),
			Population: []float64{9, 9, 9, 9, 9, 9, 9, 9, 9},
			Later: []design.StageSource{{
				Name: "household", Cluster: design.LabelsOf(strings.Split("112233455", "")), Population: []float64{4, 4, 4, 4, 5, 5, 3, 3, 3},
			}},
			Weight: []float64{6, 6, 6, 6, 15, 15, 4.5, 4.5, 4.5},
		})
	}
	nan := math.NaN()
	missed := []bool{true, true, true, true, false, false, true, true, true}
	for _, c := range []struct {
		lonely                 string
		total, mean, elsewhere float64
	}{
		{codebook.LonelyRemove, 59.194594347795, 0.500582924944737, 42.7083130081252},
		{codebook.LonelyAdjust, 59.194594347795, 0.500582924944737, 42.7083130081252},
		{codebook.LonelyAverage, nan, nan, 42.7083130081252},
	} {
		t.Run(c.lonely, func(t *testing.T) {
			d := of(c.lonely)
			agrees(t, "error of the total", Of(d, Total{Of: [][]float64{y}}).SE(0), c.total, 1e-13)
			agrees(t, "error of the mean", Of(d, Mean{Of: [][]float64{y}}).SE(0), c.mean, 1e-13)
			agrees(t, "error of a total that misses it", Of(d, Total{Of: [][]float64{y}, In: missed}).SE(0), c.elsewhere, 1e-13)
		})
	}
}
