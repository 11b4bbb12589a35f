package estimate

import (
	"testing"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
)

// TestReplicateLogit by hand: the logits of the replicates are log(3) either
// way, and the one that all answered alike has none.
func TestReplicateLogit(t *testing.T) {
	r := &design.Replicates{Scale: 0.5, MSE: true}
	e := &Estimates{Values: []float64{0.5}, Covariance: [][]float64{{0.01}}, Replicates: [][]float64{{0.75}, {0.25}, {1}}, N: 20}
	i := ReplicateLogit(r, e, 0, 1, 0.5) // whose point of Student's t is 1
	isNear(t, "lower", i.Lower, 0.25, 1e-13)
	isNear(t, "upper", i.Upper, 0.75, 1e-13)
	if i := ReplicateLogit(r, e, 0, 0, 0.5); i.Absent != indicator.NoIntervalDF {
		t.Errorf("no degrees of freedom: got %+v", i)
	}
}
