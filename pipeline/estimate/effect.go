package estimate

import (
	"math"

	"togetherwecan/pipeline/design"
)

// Delta is the standard error of a smooth function of the values, from its
// gradient at them: the root of gradient' Covariance gradient.
func (e *Estimates) Delta(gradient []float64) float64 {
	var terms []float64
	for a, g := range gradient {
		for b, h := range gradient {
			terms = append(terms, float64(float64(g*h)*e.Covariance[a][b]))
		}
	}
	return math.Sqrt(max(total(terms), 0))
}

// DesignEffect is the variance of a value of a smooth function of totals over that
// of a simple random sample of as many respondents: without replacement from
// a population of as many as their weights add up to, and with replacement. It
// is NaN where the values or the estimates do not vary, and for other
// statistics.
func DesignEffect(d *design.Design, s Statistic, e *Estimates, value int) (without, with float64) {
	var residual []float64
	by := 1.0
	in := s.Within()
	whole := weightOf(d.Weight, in)
	switch s := s.(type) {
	case Total:
		residual, by = s.Of[value], whole
	case Mean:
		residual = s.Of[value]
	case Ratio:
		residual = make([]float64, len(s.Of))
		for i := range residual {
			residual[i] = s.Of[i] - float64(e.Values[0]*s.Over[i])
		}
		by = whole / weightedSum(d.Weight, s.Over, in)
	case smooth, half:
		residual, by = s.Influence(d.Weight, e.Values)[value], whole
	default:
		return math.NaN(), math.NaN()
	}
	spread := Spread{Of: residual, In: in}.Value(d.Weight)
	n := float64(e.N)
	simple := float64(spread*float64(by*by)) / n
	variance := e.Covariance[value][value]
	if size := float64(e.Values[value] * e.Values[value]); !(spread > 0) || simple <= negligible*size || variance <= negligible*size {
		return math.NaN(), math.NaN() // a constant, except for what rounding leaves
	}
	return variance / (simple * (1 - n/whole)), variance / simple
}
