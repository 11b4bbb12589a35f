package estimate

import (
	"math"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
)

// ReplicateLogit returns the logit limits of a proportion, one of the values of
// estimates from replicate weights, with the error that the logits of the
// replicates' proportions have: that of the model that R's survey fits. The
// logit method has the error of the proportion instead, and differs where that
// is large. A replicate whose proportion is 0 or 1 has no logit and is left out.
func ReplicateLogit(r *design.Replicates, e *Estimates, i int, df, level float64) indicator.Interval {
	method, _ := indicator.IntervalBy(indicator.Logit)
	p := e.Values[i]
	known := method.Interval(p, e.SE(i), df, e.N, level)
	if known.Absent != "" {
		return known
	}
	logits := make([][]float64, len(e.Replicates))
	for n, values := range e.Replicates {
		logits[n] = []float64{math.NaN()}
		if q := values[i]; q > 0 && q < 1 {
			logits[n][0] = math.Log(q / (1 - q))
		}
	}
	centre := math.Log(p / (1 - p))
	half := float64(indicator.StudentPoint((1-level)/2, df) * math.Sqrt(replicated(r, []float64{centre}, logits)[0][0]))
	return indicator.Interval{Lower: expit(centre - half), Upper: expit(centre + half)}
}

func expit(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
