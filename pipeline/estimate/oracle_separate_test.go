package estimate_test

import (
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
)

// A separate is the ratio estimator of the total of one variable, from the
// known totals of another: the sum over the groups of the known total times
// the group's ratio (Särndal, Swensson and Wretman 1992, section 7.3). Where
// the groups are strata it is the separate estimator; with one group, the
// combined.
type separate struct {
	Of, Over []float64
	Group    []int32   // of each respondent
	Known    []float64 // of each group, the total of Over
	In       []bool
}

// Within implements Statistic.
func (s separate) Within() []bool { return s.In }

// ratios are those of the groups.
func (s separate) ratios() []estimate.Ratio {
	made := make([]estimate.Ratio, len(s.Known))
	for g := range made {
		in := make([]bool, len(s.Group))
		for i, group := range s.Group {
			in[i] = int(group) == g && (s.In == nil || s.In[i])
		}
		made[g] = estimate.Ratio{Of: s.Of, Over: s.Over, In: in}
	}
	return made
}

// Values implements Statistic.
func (s separate) Values(weight []float64) []float64 {
	parts := make([]float64, len(s.Known))
	for g, r := range s.ratios() {
		parts[g] = float64(s.Known[g] * r.Values(weight)[0])
	}
	return []float64{design.Total(parts)}
}

// Influence implements Statistic: X (y - R x) / estimated X, in each group.
func (s separate) Influence(weight, _ []float64) [][]float64 {
	u := make([]float64, len(s.Of))
	for g, r := range s.ratios() {
		for i, v := range r.Influence(weight, r.Values(weight))[0] {
			u[i] += float64(s.Known[g] * v)
		}
	}
	return [][]float64{u}
}
