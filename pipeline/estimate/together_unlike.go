package estimate

import (
	"math"
	"slices"

	"togetherwecan/pipeline/indicator"
)

// figureAmounts are what respondents add to a figure, of whom some are in it.
type figureAmounts struct {
	weight []float64
	of     []float64
	in     []bool
	sum    bool // whoever is not in it adds 0 to it
}

// amountsOf are those of a sum, a mean or a share. Of what else there is it is nil.
func (t *Together) amountsOf(f Figure) *figureAmounts {
	if made, met := t.amounts[f]; met {
		return made
	}
	t.amounts[f] = nil
	a, form, in := t.request(f)
	sum := slices.Contains([]indicator.Statistic{indicator.Total, indicator.Count}, f.Definition.Statistic)
	if !sum && !slices.Contains([]indicator.Statistic{indicator.Mean, indicator.Proportion}, f.Definition.Statistic) || form.standard != nil || len(form.groups) != 1 {
		return nil
	}
	made := &figureAmounts{weight: a.design.Weight, of: make([]float64, len(in)), in: in, sum: sum}
	for i, row := range a.design.Rows {
		if in[i] = in[i] && a.design.Weight[i] != 0 && form.groups[0].in(int(row)); in[i] {
			made.of[i] = form.groups[0].y(int(row))
		}
	}
	t.amounts[f] = made
	return made
}

// Unlike gives a contrast what a disclosure policy looks at of the sum of multiples of figures
// that it is or, where it is no sum, is near to: it is the sum, mean or share of what each
// respondent adds to all of them, as Result.Unlike and Heaviest have that of one. Sums may be of several
// cells; of means and shares those that are of the same respondents are one figure.
func (t *Together) Unlike(e *indicator.Estimate, figures []Figure, multiples []float64, upTo int) {
	var of []*figureAmounts
	for _, f := range figures {
		made := t.amountsOf(f)
		if made == nil || len(of) > 0 && (made.sum != of[0].sum || !made.sum && !slices.Equal(made.in, of[0].in)) {
			return
		}
		of = append(of, made)
	}
	amounts, in, scale := make([]float64, len(of[0].in)), make([]bool, len(of[0].in)), 0.0
	for k, made := range of {
		for i, y := range made.of {
			if made.in[i] {
				in[i] = true
				amounts[i] += float64(multiples[k] * y)
				scale = max(scale, math.Abs(float64(multiples[k]*y)))
			}
		}
	}
	var found sharedAmount
	var sizes []float64 // of amounts times weights
	for i, is := range in {
		if !is {
			continue
		}
		const digits = 1e9 // of the largest, so that the rounding of sums makes no amounts
		found.add(math.Round(amounts[i]/scale*digits) + 0)
		sizes = append(sizes, float64(amounts[i]*of[0].weight[i]))
	}
	sharedAmounts{found}.into(e, nil)
	shares := leading(sizes, max(upTo, 1))
	if of[0].sum && shares != nil {
		e.Largest = shares[0]
	}
	if found.many || len(found.of) > solvedValues {
		e.Heaviest = shares[:min(upTo, len(shares))]
	}
}
