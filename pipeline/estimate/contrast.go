package estimate

import (
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
)

// Contrast is a linear combination of the values, tested with the given
// degrees of freedom: DF of the estimates, or of the whole design.
func (e *Estimates) Contrast(of []float64, df float64) indicator.Comparison {
	terms := make([]float64, len(of))
	for i, c := range of {
		terms[i] = float64(c * e.Values[i])
	}
	return indicator.Compare(total(terms), e.Delta(of), df, e.N, indicator.Level)
}

// A Linear is a linear combination of statistics of one value each, each of
// which numbers only its own respondents: Rows are their places among all.
type Linear struct {
	Of   []Statistic
	Rows [][]int32
	By   []float64
}

// Within implements Statistic: all respondents.
func (Linear) Within() []bool { return nil }

// Values implements Statistic.
func (l Linear) Values(weight []float64) []float64 {
	terms := make([]float64, len(l.Of))
	for k, s := range l.Of {
		terms[k] = float64(l.By[k] * s.Values(design.Pick(weight, l.Rows[k]))[0])
	}
	return []float64{total(terms)}
}

// Influence implements Statistic.
func (l Linear) Influence(weight, _ []float64) [][]float64 {
	u := make([]float64, len(weight))
	for k, s := range l.Of {
		own := design.Pick(weight, l.Rows[k])
		for n, v := range s.Influence(own, s.Values(own))[0] {
			u[l.Rows[k][n]] += float64(l.By[k] * v)
		}
	}
	return [][]float64{u}
}
