package model

import (
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
)

// Inference is how tests and limits are made of a model's coefficients, where it is not as
// R's svyglm makes them.
type Inference struct {
	// Freedom is the rule of the degrees of freedom, whatever coefficients there are:
	// indicator.FreedomDesign, FreedomReplicates or FreedomLess; "" is ResidualDF.
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
	switch by.Freedom {
	case indicator.FreedomDesign:
		f.ResidualDF = float64(d.DF())
	case indicator.FreedomReplicates:
		f.ResidualDF = float64(d.Replicates.Count())
	case indicator.FreedomLess:
		f.ResidualDF = float64(d.Replicates.Count() - 1)
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

// test is Wald's F of k coefficients whose statistic over k is x.
func (f *Fit) test(x, k float64) indicator.Test {
	if left := f.ResidualDF - k + 1; f.By.AdjustedWald && left > 0 {
		return indicator.FTest(x*left/f.ResidualDF, k, left)
	}
	return indicator.FTest(x, k, f.ResidualDF)
}
