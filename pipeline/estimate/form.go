package estimate

import (
	"cmp"
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/table"
)

// A form is how a statistic is made of totals: what it measures of each row,
// and its value and gradient as a smooth function of the components' totals.
type form struct {
	measurement
	definition *indicator.Definition
	scale      float64            // of the value, over that of the components
	centre     float64            // added to the value after scaling
	within     func(row int) bool // the rows that the base is of, whether they answered or not
	value      func(t []float64) (value float64, gradient []float64)
	standard   *standardForm // nil is none
	quantileOf *quantileForm // nil for a function of totals
	df         *float64      // of the whole design, where the figure has those
	// smallest is the size of the smallest of the groups that are compared,
	// from the numbers of rows with each component; nil where none are.
	smallest func(counts []int) int
}

// newForm makes the form of one item of a definition on a table that has all
// its variables.
func newForm(d *indicator.Definition, item indicator.Item, t *table.Table) form {
	f := newMeasure(d, item, t)
	if d.Standardise != nil {
		f.standard = newStandard(d.Standardise, t.Column(d.Standardise.Variable))
	}
	f.definition = d
	if d.Statistic == indicator.Quantile {
		rule, _ := QuantileRuleBy(cmp.Or(d.Rule, "hf1"))
		f.quantileOf = &quantileForm{t.Column(item.Of.Variable), item.Share, rule}
	}
	f.within = all(t, slices.Concat(d.Base.Where, item.Base.Where))
	if d.Between != nil {
		category, reference := d.Against(item)
		base, groups := f.within, t.Column(d.Between.Variable).Holds(codebook.Condition{Categories: slices.Concat(category, reference)})
		f.within = func(row int) bool { return groups(row) && base(row) }
	}
	return f
}

// newMeasure makes all of a form but the rows that it is of.
func newMeasure(d *indicator.Definition, item indicator.Item, t *table.Table) form {
	of := t.Column(item.Of.Variable)
	switch d.Statistic {
	case indicator.Ratio:
		over := t.Column(d.Over.Variable)
		byOf, byOver := design.Unit(largest(of)), design.Unit(largest(over))
		return form{
			measurement: measurement{2, func(row int, x []float64) bool {
				x[0], x[1] = float64(over.Values[row]*byOver), float64(of.Values[row]*byOf)
				return of.Missing(row) == codebook.Present && over.Missing(row) == codebook.Present
			}},
			scale: byOver / byOf, value: quotient,
		}
	case indicator.Gap, indicator.Parity, indicator.MeanGap, indicator.MeanParity:
		between := t.Column(d.Between.Variable)
		one, two := d.Against(item)
		category := between.Holds(codebook.Condition{Categories: one})
		reference := between.Holds(codebook.Condition{Categories: two})
		y, scale, _ := amount(d.Statistic, of, item)
		f := form{
			measurement: measurement{4, func(row int, x []float64) bool {
				clear(x)
				at := 0
				switch {
				case category(row):
				case reference(row):
					at = 2
				default:
					return false
				}
				x[at], x[at+1] = 1, y(row)
				return of.Missing(row) == codebook.Present
			}},
			scale: scale, value: gap,
			smallest: func(counts []int) int { return min(counts[0], counts[2]) },
		}
		if d.Statistic == indicator.Parity || d.Statistic == indicator.MeanParity {
			f.value, f.scale = parity, 1 // units cancel
		}
		return f
	case indicator.Association:
		with := t.Column(d.With.Variable)
		holds, exposed := of.Holds(*item.Of), with.Holds(*d.With)
		return form{
			measurement: measurement{4, func(row int, x []float64) bool {
				clear(x)
				at := 0
				if !exposed(row) {
					at = 2
				}
				if !holds(row) {
					at++
				}
				x[at] = 1
				return of.Missing(row) == codebook.Present && with.Missing(row) == codebook.Present
			}},
			scale: 1, value: oddsRatio,
			smallest: func(counts []int) int { return min(counts[0]+counts[1], counts[2]+counts[3]) },
		}
	}
	y, scale, centre := amount(d.Statistic, of, item)
	f := form{
		measurement: measurement{2, func(row int, x []float64) bool {
			x[0], x[1] = 1, y(row)
			return of.Missing(row) == codebook.Present
		}},
		scale: scale, centre: centre, value: quotient,
	}
	if d.Statistic == indicator.Total || d.Statistic == indicator.Count {
		f.value = sum
	}
	return f
}

// amount is what is added up of each row: a number, in a unit in which it is at
// most 1 in size and about the middle of all where they do not add up to a
// total or a ratio, so that the variance of large numbers that differ little
// keeps its digits; or 1 where a condition holds and 0 where not. Scale and
// centre give the number back.
func amount(s indicator.Statistic, of *table.Column, item indicator.Item) (y func(row int) float64, scale, centre float64) {
	if !s.Row().Number {
		holds := of.Holds(*item.Of)
		return func(row int) float64 {
			if holds(row) {
				return 1
			}
			return 0
		}, 1, 0
	}
	low, high := extent(of)
	centre = low + (high-low)/2
	size := (high - low) / 2
	if s != indicator.Mean && s != indicator.MeanGap {
		centre, size = 0, largest(of)
	}
	by := design.Unit(size)
	return func(row int) float64 { return float64((of.Values[row] - centre) * by) }, 1 / by, centre
}

// all returns a test that every condition holds for a row.
func all(t *table.Table, where []codebook.Condition) func(row int) bool {
	tests := make([]func(int) bool, len(where))
	for i, w := range where {
		tests[i] = t.Column(w.Variable).Holds(w)
	}
	return func(row int) bool {
		for _, holds := range tests {
			if !holds(row) {
				return false
			}
		}
		return true
	}
}

// extent returns the least and the greatest number of a column; 0 and 0 where
// there is none.
func extent(c *table.Column) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range c.Values {
		if !math.IsNaN(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	if low > high {
		return 0, 0
	}
	return low, high
}

func largest(c *table.Column) float64 {
	low, high := extent(c)
	return max(math.Abs(low), math.Abs(high))
}

// quotient is t1/t0: a proportion or mean when t0 is the weight of the base.
func quotient(t []float64) (float64, []float64) {
	r := t[1] / t[0]
	return r, []float64{-r / t[0], 1 / t[0]}
}

// sum is t1.
func sum(t []float64) (float64, []float64) { return t[1], []float64{0, 1} }

// gap is t1/t0 - t3/t2.
func gap(t []float64) (float64, []float64) {
	p, q := t[1]/t[0], t[3]/t[2]
	return p - q, []float64{-p / t[0], 1 / t[0], q / t[2], -1 / t[2]}
}

// parity is (t1/t0) / (t3/t2). Where t1 is 0, so is its logarithm's slope:
// the gradient is not finite, and there is no error.
func parity(t []float64) (float64, []float64) {
	r := (t[1] / t[0]) / (t[3] / t[2])
	return r, []float64{-r / t[0], r / t[1], r / t[2], -r / t[3]}
}

// oddsRatio is (t0*t3) / (t1*t2).
func oddsRatio(t []float64) (float64, []float64) {
	r := (t[0] / t[1]) / (t[2] / t[3])
	return r, []float64{r / t[0], -r / t[1], -r / t[2], r / t[3]}
}
