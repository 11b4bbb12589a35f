package compare

import (
	"math"
	"strings"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
)

// A Combination is a contrast of figures: what arithmetic makes of them, in the unit that
// they are shown in, proportions in percent.
type Combination struct {
	question.Reply        // its breakdown and category are those that it is within
	Contrast       string // as it was asked for
	Within         question.Cell
	Of             []question.Reply // its figures
	Kind           CombinationKind
	Named          bool // it names the statistics of its figures
	T, P           float64
	Adjusted       float64 // P for the number of contrasts of the same figures
	Adjustment     string
	Detectable     float64 // of a difference, the smallest that a test at 5% finds with a power of 80%
}

// Family is what the p-values of the contrasts that are adjusted together have in common:
// the statistic and item that they are made of, where they are of each, and else nothing.
func (c *Combination) Family() string {
	if c.Named {
		return ""
	}
	return strings.Join([]string{string(c.Of[0].Statistic), c.Of[0].Variable, c.Of[0].Item}, "\x00")
}

// A CombinationKind says what a contrast gives.
type CombinationKind int

// The kinds.
const (
	Difference CombinationKind = iota // a sum of figures whose multiples add up to 0, or less a number
	Sum                               // another sum of multiples of figures
	Quotient                          // a ratio, tested against 1
	Other                             // what else arithmetic makes
)

// Combined is the statistic of a contrast of figures of several, or of no sum of them: it
// has no unit.
const Combined indicator.Statistic = "contrast"

// Combine makes a contrast of figures that lie in a cell, from their covariances. The error
// is by the delta method; that of a ratio is symmetric for its logarithm.
func (how How) Combine(c question.Combination, of []question.Reply, j *indicator.Joint, base int, weights float64) Combination {
	nan := math.NaN()
	made := Combination{Contrast: c.String(), Within: c.Within, Of: of, Named: c.Named, T: nan, P: nan, Adjusted: nan, Adjustment: how.Adjust, Detectable: nan}
	var figures []*question.Reply
	scales, values := make([]float64, len(of)), make([]float64, len(of))
	statistic := of[0].Statistic
	for k := range of {
		figures = append(figures, &of[k])
		scales[k] = of[k].Statistic.Row().Scale
		values[k] = of[k].Value * scales[k]
		if of[k].Statistic != statistic {
			statistic = Combined
		}
	}
	value, gradient, size := c.At(values)
	total := 0.0
	for k, g := range gradient {
		total += g
		gradient[k] *= scales[k]
	}
	switch {
	case c.Ratio():
		made.Kind = Quotient
	case !c.Linear():
		made.Kind = Other
	case math.Abs(total) > 1e-12 && !c.Number():
		made.Kind = Sum
	}
	if made.Kind == Other {
		statistic = Combined
	}
	made.Reply = comparison(j, &of[0], figures...)
	r := &made.Reply
	r.Breakdown, r.Category, r.Label, r.Crossed = c.Within.Breakdown, c.Within.Category, c.Within.Label, c.Within.Crossed
	r.Statistic, r.Base, r.Weights = statistic, base, weights
	if c.Named {
		r.Variable, r.Item, r.ItemLabel = c.String(), "", ""
	}
	if r.Notes.Has(indicator.NoFigure) {
		return made
	}
	by := statistic.Row().Scale
	if made.Kind == Quotient {
		by = 1
	}
	for k := range gradient {
		gradient[k] /= by
	}
	value, size = value/by, size/by
	method := indicator.Wald
	if made.Kind == Quotient {
		if method = logarithmic; !(value > 0) {
			r.Notes.Add(indicator.Note{Code: indicator.NoRatio})
			return made
		}
	}
	se := how.error(figures, gradient, j.All)
	if !how.infer(r, j, j.AllLeft, value, se, size, method) {
		return made
	}
	switch made.Kind {
	case Quotient:
		made.T = math.Log(value) * value / se
	default:
		made.T = value / se
	}
	made.P = indicator.PValue(made.T, j.DF)
	if made.Kind == Difference {
		made.Detectable = Detectable(se, j.DF, Significance, power)
	}
	return made
}
