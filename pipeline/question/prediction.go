package question

// What the errors of average predictions are of, beside the coefficients.
const (
	PredictSampled  = "sampled"  // those who are averaged over are a sample
	PredictFixed    = "fixed"    // they are taken as they are
	PredictSeparate = "separate" // a sample, as if another than the coefficients'
)

// PredictionErrors lists them.
var PredictionErrors = []string{PredictSampled, PredictFixed, PredictSeparate}

// The errors of the coefficients of a linear model.
const (
	ErrorsLinearised    = "linearised"
	ErrorsBellMcCaffrey = "bell-mccaffrey" // residuals of clusters without their bias, in the design's variance, as R's survey 4.5 has them
	ErrorsCR2           = "cr2"            // the same by the weights, and the sum over clusters alone: Pustejovsky and Tipton's CR2
)

// ErrorKinds lists them.
var ErrorKinds = []string{ErrorsLinearised, ErrorsBellMcCaffrey, ErrorsCR2}

// A Prediction asks for what models predict on average if all had the same value of a
// variable: each of At, codes or labels or numbers, or of nil each category.
type Prediction struct {
	Variable string
	At       []string
}
