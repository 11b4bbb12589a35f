package model

import (
	"math"
	"testing"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/indicator"
)

// By hand: of 8 respondents and 2 coefficients SAS's factor is 7/6, and none where the
// covariance is of replicates; of 10 degrees of freedom Stata's F of 2 coefficients is 9/10
// of Wald's, and has 9.
func TestInference(t *testing.T) {
	fit := func(replicates int) *Fit {
		return &Fit{ResidualDF: 10, Estimates: &estimate.Estimates{
			Values: make([]float64, 2), Covariance: [][]float64{{6, 3}, {3, 12}}, N: 8, Replicates: make([][]float64, replicates),
		}}
	}
	d := &design.Design{Replicates: &design.Replicates{Weight: make([][]float64, 24)}}
	cases := []struct {
		name       string
		by         Inference
		replicates int
		variance   float64
		f, df      float64
	}{
		{"R's", Inference{}, 0, 6, 3, 10},
		{"SAS's factor", Inference{Adjusted: true}, 0, 7, 3, 10},
		{"which replicates do not have", Inference{Adjusted: true, Freedom: indicator.FreedomReplicates}, 24, 6, 3, 24},
		{"Stata's replicates", Inference{Freedom: indicator.FreedomLess}, 24, 6, 3, 23},
		{"Stata's test", Inference{AdjustedWald: true}, 0, 6, 2.7, 9},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := fit(c.replicates)
			if c.replicates == 0 {
				f.Replicates = nil
			}
			f.infer(c.by, d)
			got := f.test(3, 2)
			if math.Abs(f.Covariance[0][0]-c.variance) > 1e-12 || math.Abs(got.Statistic-c.f) > 1e-12 || got.Denominator != c.df {
				t.Errorf("variance %v, F %v of %v, want %v, %v of %v", f.Covariance[0][0], got.Statistic, got.Denominator, c.variance, c.f, c.df)
			}
		})
	}
}
