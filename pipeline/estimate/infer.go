package estimate

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
)

// variance is the design-based variance of a statistic from the totals of its
// linearised variable, by stratum, over the clusters that a domain meets.
// Clusters are drawn with replacement within strata:
//
//	sum over strata h of n/(n-1) * sum over clusters i of (z_hi - mean z_h)^2
//
// n counts all of a stratum's clusters, and those that the domain misses have
// z = 0 (Särndal, Swensson and Wretman 1992, section 5.5; Wolter 2007, chapter
// 6). A stratum with one cluster adds nothing under the policy certainty, and
// its squared distance from the mean of all clusters under adjust.
func variance(d *design.Design, z [][]float64) float64 {
	grand := 0.0
	if d.Lonely == codebook.LonelyAdjust {
		grand = total(slices.Concat(z...)) / float64(d.Clusters)
	}
	parts := make([]float64, 0, d.Strata)
	for h, zs := range z {
		n := float64(d.Size[h])
		switch {
		case n > 1:
			mean := total(zs) / n
			squares := make([]float64, len(zs), len(zs)+1)
			for i, x := range zs {
				squares[i] = float64((x - mean) * (x - mean))
			}
			squares = append(squares, float64(mean*mean)*(n-float64(len(zs))))
			parts = append(parts, total(squares)*n/(n-1))
		case d.Lonely == codebook.LonelyAdjust:
			distance := total(zs) - grand
			parts = append(parts, float64(distance*distance))
		}
	}
	return total(parts)
}

// quantile is the upper 97.5 per cent point of Student's t.
func quantile(df float64) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(1 - (1-Level)/2)
}

// Level is the level of every interval.
const Level = 0.95

// interval returns a method's limits at Level, or NaN without degrees of
// freedom. Logit: the Wald interval of log(p/(1-p)) transformed back (Korn and
// Graubard 1999, section 2.4). Log: that of the logarithm of a ratio.
func interval(method string, value, se, df float64) (lower, upper float64) {
	if math.IsNaN(se) || !(df > 0) {
		return math.NaN(), math.NaN()
	}
	t := quantile(df)
	switch method {
	case logit:
		centre, half := math.Log(value/(1-value)), float64(t*se)/float64(value*(1-value))
		return 1 / (1 + math.Exp(half-centre)), 1 / (1 + math.Exp(-half-centre))
	case logarithm:
		half := float64(t*se) / value
		return value * math.Exp(-half), value * math.Exp(half)
	}
	half := float64(t * se)
	return value - half, value + half
}

// The methods of an interval.
const (
	logit     = "logit"
	logarithm = "log"
	wald      = "wald"
)
