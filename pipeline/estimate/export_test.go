package estimate

import "togetherwecan/pipeline/design"

// What the tests beside the package, which ask through the same doors as others
// do, need of its inside.

// Replicated is the covariance of replicates' values.
var Replicated = replicated

// Rotation is Berger and Priam's correlation.
var Rotation = rotation

// The steps of a quantile's rule.
const (
	Interpolate = interpolate
	TakeValue   = takeValue
	TakeMiddle  = takeMiddle
	TakeEven    = takeEven
)

// StepOf is the step of a rule.
func StepOf(r QuantileRule) step { return r.step }

// Stand is the share at which a respondent stands, by a rule that interpolates.
func Stand(r QuantileRule, before, own, last float64) float64 {
	return (before + r.at*own) / (1 + r.whole*last)
}

// From0 is Variance, but that totals of lonely PSUs are measured from 0.
func From0(d *design.Design, u [][]float64, in []bool) [][]float64 {
	cov := design.Square(len(u))
	zero := make([]float64, len(u))
	parent, share := make([]int32, d.Strata), []float64{1}
	before := &d.Stage
	for n := -1; n < len(d.Later); n++ {
		if n >= 0 {
			here := &d.Later[n]
			drawn := make([]float64, len(before.Stratum))
			for c, h := range before.Stratum {
				drawn[c] = share[parent[h]] * (1 - before.Unsampled(h))
			}
			parent = make([]int32, len(here.Size))
			for i, c := range here.Cluster {
				parent[here.Stratum[c]] = before.Cluster[i]
			}
			before, share = here, drawn
		}
		l := newLevel(d, before, totalsOf(before, u), in, parent, len(share))
		for p, strata := range l.strata {
			for _, h := range strata {
				made, _ := l.part(h, zero)
				if made.by == 0 {
					continue
				}
				for a := range cov {
					for b := range cov {
						cov[a][b] += share[p] * made.product(l.totals[a], l.totals[b], a, b)
					}
				}
			}
		}
	}
	return cov
}

// Distribute returns the distribution of a variable's values, by respondent,
// among those within a domain (nil is all) with a value and a weight that is
// not 0.
func Distribute(values, weight []float64, in []bool) *Distribution {
	return group(values, Complete(in, values)).distribution(weight)
}

// A SpreadStatistic is a Spread as a Statistic, with the error that the
// reference has of it: that of the mean of the squares, since the distances add
// up to 0.
type SpreadStatistic struct{ Spread }

// Within implements Statistic.
func (s SpreadStatistic) Within() []bool { return s.In }

// Values implements Statistic.
func (s SpreadStatistic) Values(weight []float64) []float64 { return []float64{s.Value(weight)} }

// Influence implements Statistic.
func (s SpreadStatistic) Influence(weight, values []float64) [][]float64 {
	return s.squares(weight).Influence(weight, values)
}
