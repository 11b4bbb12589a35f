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
		made.Groups = append(made.Groups, tally.Group{Answered: []string{item.Of.Variable}, Where: where, Y: y})
	}
	switch d.Statistic {
	case indicator.Total:
		group(tally.Amount{Value: item.Of.Variable})
	case indicator.Mean:
		low, high := extent(t.Column(item.Of.Variable))
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
			low, high := extent(t.Column(item.Of.Variable))
			y.Less = low + (high-low)/2
		}
		made.Base = append(made.Base, codebook.Condition{Variable: d.Between.Variable, Categories: slices.Concat(category, reference)})
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

// A function gives the value of a statistic from the sums of an item, and
// its gradient by them.
type function func(c *tally.Count) (value float64, gradient []float64)

func functionOf(s indicator.Statistic) function {
	switch s {
	case indicator.Gap, indicator.MeanGap:
		return ofSums(gap)
	case indicator.Parity, indicator.MeanParity:
		return ofSums(parity)
	case indicator.Association:
		return association
	case indicator.Total, indicator.Count:
		return func(c *tally.Count) (float64, []float64) { return c.Sums[1].Value(c.K[1]), []float64{0, 1} }
	}
	return ofSums(quotient)
}

func ofSums(f func(t []float64) (float64, []float64)) function {
	return func(c *tally.Count) (float64, []float64) {
		t := make([]float64, len(c.Sums))
		for a, sum := range c.Sums {
			t[a] = sum.Value(c.K[a])
		}
		return f(t)
	}
}

// association is the odds ratio of those with and without what the definition
// names: both parts of each group are exact, whatever their sizes.
func association(c *tally.Count) (float64, []float64) {
	t := make([]float64, 4)
	for k := range 2 {
		x, y := c.Sums[2*k], c.Sums[2*k+1]
		t[2*k], t[2*k+1] = y.Value(c.K[2*k]), x.Less(y).Value(c.K[2*k])
	}
	value, by := oddsRatio(t)
	gradient := make([]float64, 4)
	for k := range 2 {
		gradient[2*k], gradient[2*k+1] = by[2*k+1], by[2*k]-by[2*k+1]
	}
	return value, gradient
}

// finite says whether all of a gradient is.
func finite(gradient []float64) bool {
	return !slices.ContainsFunc(gradient, func(g float64) bool { return math.IsNaN(g) || math.IsInf(g, 0) })
}
