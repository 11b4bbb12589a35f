package estimate

import (
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/table"
	"togetherwecan/pipeline/tally"
)

// countedOf is what a tally counts for an item of a definition: of one group its
// size and what is counted in it, of two the same of each.
func countedOf(d *indicator.Definition, item indicator.Item, t *table.Table) tally.Item {
	made := tally.Item{Base: slices.Concat(d.Base.Where, item.Base.Where)}
	group := func(y tally.Amount, where ...codebook.Condition) {
		made.Groups = append(made.Groups, tally.Group{Answered: []string{item.Of.Variable}, Where: where, Y: y, Largest: d.Statistic.Row().Adds})
	}
	switch d.Statistic {
	case indicator.Total, indicator.Quantile:
		group(tally.Amount{Value: item.Of.Variable})
	case indicator.Mean:
		low, high := t.Column(item.Of.Variable).Extent()
		group(tally.Amount{Value: item.Of.Variable, Less: low + (high-low)/2})
	case indicator.Ratio:
		group(tally.Amount{Value: item.Of.Variable})
		made.Groups[0].Answered = append(made.Groups[0].Answered, d.Over.Variable)
		made.Groups[0].X = tally.Amount{Value: d.Over.Variable}
	case indicator.Gap, indicator.Parity, indicator.MeanGap, indicator.MeanParity:
		category, reference := d.Against(item)
		y := tally.Amount{Holds: item.Of}
		if d.Statistic.Row().Number {
			y = tally.Amount{Value: item.Of.Variable}
		}
		if d.Statistic == indicator.MeanGap { // in which what is taken off cancels
			low, high := t.Column(item.Of.Variable).Extent()
			y.Less = low + (high-low)/2
		}
		made.Base = append(made.Base, codebook.Condition{Variable: d.Between.Variable, Categories: slices.Concat(category, reference)})
		if d.Nested(item) { // whose rest is the other group
			reference = slices.DeleteFunc(slices.Clone(reference), func(c string) bool { return slices.Contains(category, c) })
		}
		for _, categories := range [][]string{category, reference} {
			group(y, codebook.Condition{Variable: d.Between.Variable, Categories: categories})
		}
	case indicator.Association:
		group(tally.Amount{Holds: item.Of}, *d.With)
		group(tally.Amount{Holds: item.Of})
		made.Groups[1].Except = d.With
		for i := range made.Groups {
			made.Groups[i].Answered = append(made.Groups[i].Answered, d.With.Variable)
		}
	default:
		group(tally.Amount{Holds: item.Of})
	}
	return made
}

// A function gives the value of a statistic, and its gradient, from the totals of
// an item, X and Y of each group, and what Y leaves of each X.
type function func(t, rest []float64) (value float64, gradient []float64)

func functionOf(d *indicator.Definition, item indicator.Item) function {
	nested := d.Nested(item)
	switch d.Statistic {
	case indicator.Gap, indicator.MeanGap:
		if nested {
			return gapOfPart
		}
		return gap
	case indicator.Parity, indicator.MeanParity:
		if nested {
			return parityOfPart
		}
		return parity
	case indicator.Association:
		return association
	case indicator.Total, indicator.Count:
		return sum
	}
	return quotient
}

// of is the function of what a tally counted: what Y leaves is exact, whatever its
// size.
func (f function) of(c *tally.Count) (float64, []float64) {
	t, rest := make([]float64, len(c.Sums)), make([]float64, len(c.Sums)/2)
	for a, sum := range c.Sums {
		t[a] = sum.Value(c.K[a])
	}
	for k := range rest {
		rest[k] = c.Sums[2*k].Less(c.Sums[2*k+1]).Value(c.K[2*k])
	}
	return f(t, rest)
}

// quotient is t1/t0: a proportion or mean when t0 is the weight of the base.
func quotient(t, _ []float64) (float64, []float64) {
	r := t[1] / t[0]
	return r, []float64{-r / t[0], 1 / t[0]}
}

// sum is t1.
func sum(t, _ []float64) (float64, []float64) { return t[1], []float64{0, 1} }

// gap is t1/t0 - t3/t2.
func gap(t, _ []float64) (float64, []float64) {
	p, q := t[1]/t[0], t[3]/t[2]
	return p - q, []float64{-p / t[0], 1 / t[0], q / t[2], -1 / t[2]}
}

// parity is (t1/t0) / (t3/t2). Where t1 is 0, so is its logarithm's slope:
// the gradient is not finite, and there is no error.
func parity(t, _ []float64) (float64, []float64) {
	r := (t[1] / t[0]) / (t[3] / t[2])
	return r, []float64{-r / t[0], r / t[1], r / t[2], -r / t[3]}
}

// gapOfPart is t1/t0 less that of the part and the rest together, (t1+t3)/(t0+t2).
func gapOfPart(t, _ []float64) (float64, []float64) {
	whole := t[0] + t[2]
	p, q := t[1]/t[0], (t[1]+t[3])/whole
	return p - q, []float64{q/whole - p/t[0], 1/t[0] - 1/whole, q / whole, -1 / whole}
}

// parityOfPart is t1/t0 over that of the part and the rest together.
func parityOfPart(t, _ []float64) (float64, []float64) {
	whole, counted := t[0]+t[2], t[1]+t[3]
	r := (t[1] / t[0]) / (counted / whole)
	return r, []float64{r/whole - r/t[0], r/t[1] - r/counted, r / whole, -r / counted}
}

// association is the odds ratio of those with and without what the definition
// names: (t1/rest0) / (t3/rest1).
func association(t, rest []float64) (float64, []float64) {
	r := (t[1] / rest[0]) / (t[3] / rest[1])
	gradient := make([]float64, 4)
	for k, sign := range []float64{1, -1} {
		y, other := sign*r/t[2*k+1], -sign*r/rest[k]
		gradient[2*k], gradient[2*k+1] = other, y-other
	}
	return r, gradient
}

// finite says whether all of a gradient is.
func finite(gradient []float64) bool {
	return !slices.ContainsFunc(gradient, func(g float64) bool { return math.IsNaN(g) || math.IsInf(g, 0) })
}
