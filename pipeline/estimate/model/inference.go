package model

import (
	"math"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/indicator"
)

// Inference is how errors, tests and limits are made of a model's coefficients, where it is
// not as R's svyglm makes them.
type Inference struct {
	Errors string // question.ErrorsBellMcCaffrey or ErrorsCR2, of a linear model; "" is linearised, or by replicates
	// Freedom is the rule of the degrees of freedom, whatever coefficients there are,
	// indicator.Freedoms or a number; "" is ResidualDF, or of reduced errors Satterthwaite's.
	Freedom string
	// Adjusted says that a covariance by linearisation is multiplied by (n-1)/(n-p), of n
	// respondents and p coefficients: SAS's VADJUST=DF (Fuller et al. 1989).
	Adjusted bool
	// AdjustedWald says that Wald's F of k coefficients is multiplied by (d-k+1)/d, and has
	// d-k+1 degrees of freedom of d: Stata's test (Korn and Graubard 1990).
	AdjustedWald bool
	// ByCells says that tables are tested by Association.ByCells too.
	ByCells bool
}

// infer makes a fit's tests and limits by rules.
func (f *Fit) infer(by Inference, d *design.Design) {
	f.By = by
	if by.Freedom != "" {
		in := f.Model.in
		if d.Replicates != nil || by.Freedom == indicator.FreedomStrata {
			in = f.Model.domain
		}
		f.ResidualDF = estimate.FreedomBy(d, by.Freedom, in)
	}
	if by.Errors != "" {
		if by.Freedom == "" {
			f.ResidualDF = math.NaN() // each coefficient has its own
		}
		f.reduce(d)
		return
	}
	n, p := float64(f.N), float64(len(f.Values))
	if !by.Adjusted || f.Replicates != nil || n <= p {
		return
	}
	for _, row := range f.Covariance {
		for j := range row {
			row[j] *= (n - 1) / (n - p)
		}
	}
}

// test is Wald's F of coefficients whose statistic over their number is x: of reduced errors
// Hotelling's, which is multiplied as the adjusted one is.
func (f *Fit) test(of []int, x float64) indicator.Test {
	k, df := float64(len(of)), f.ResidualDF
	hotelling := f.Freedoms != nil
	if hotelling {
		var combinations [][]float64
		for _, j := range of {
			one := make([]float64, len(f.Values))
			one[j] = 1
			combinations = append(combinations, one)
		}
		df = f.Model.reduction.freedom(combinations)
	}
	left := df - k + 1
	if hotelling && !(left > 0) {
		return indicator.FTest(math.NaN(), k, math.NaN())
	}
	if (hotelling || f.By.AdjustedWald) && left > 0 && !math.IsInf(df, 1) {
		return indicator.FTest(x*left/df, k, left)
	}
	return indicator.FTest(x, k, df)
}
