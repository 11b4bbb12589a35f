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
		return &Fit{ResidualDF: 10, Model: &Model{}, Estimates: &estimate.Estimates{
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
			got := f.test([]int{0, 1}, 3)
			if math.Abs(f.Covariance[0][0]-c.variance) > 1e-12 || math.Abs(got.Statistic-c.f) > 1e-12 || got.Denominator != c.df {
				t.Errorf("variance %v, F %v of %v, want %v, %v of %v", f.Covariance[0][0], got.Statistic, got.Denominator, c.variance, c.f, c.df)
			}
		})
	}
}

// The table of physical health hazards by psychic strain of the Occupational Health Care
// Survey, as SAS printed it (Lehtonen and Pahkinen, training key 250): per cents with errors
// of four decimals, which leave three of the design correction 1.1781 and of F.
func TestCellEffects(t *testing.T) {
	a := &Association{Rows: []string{"0", "1"}, Columns: []string{"1", "2", "3"}, N: 7841, Base: 7841, DF: 245, Pearson: 16.5692}
	counts := []float64{1785, 1716, 1629, 910, 821, 980}
	errors := []float64{0.6850, 0.7019, 0.7435, 0.6078, 0.5323, 0.6330}
	ofRow, ofColumn := []float64{1.4385, 1.4385}, []float64{0.7140, 0.5863, 0.6751}
	e := &estimate.Estimates{Covariance: design.Square(6)}
	variance := func(percent float64) float64 { return percent * percent / 1e4 }
	for i, n := range counts {
		e.Values = append(e.Values, n/7841)
		e.Covariance[i][i] = variance(errors[i])
	}
	for i := range counts { // any covariances that give the margins their errors
		for j := range counts {
			switch {
			case i == j:
			case i/3 == j/3:
				r := i / 3 * 3
				e.Covariance[i][j] = (variance(ofRow[i/3]) - e.Covariance[r][r] - e.Covariance[r+1][r+1] - e.Covariance[r+2][r+2]) / 6
			case i%3 == j%3:
				e.Covariance[i][j] = (variance(ofColumn[i%3]) - e.Covariance[i][i] - e.Covariance[j][j]) / 2
			}
		}
	}
	a.byCells(e)
	f := a.ByCells
	if math.Abs(a.CellEffect-1.1781) > 0.001 || math.Abs(f.Statistic-7.0324) > 0.006 || f.DF != 2 || f.Denominator != 490 || math.Abs(f.P-0.0010) > 0.00005 {
		t.Errorf("effect %.4f, F %.4f of %v and %v, p %.4f; printed 1.1781, 7.0324 of 2 and 490, 0.0010", a.CellEffect, f.Statistic, f.DF, f.Denominator, f.P)
	}
}
