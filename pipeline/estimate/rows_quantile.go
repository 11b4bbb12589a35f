package estimate

import (
	"math"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/table"
)

// A quantileForm is how a quantile is found of a variable.
type quantileForm struct {
	of    *table.Column
	share float64
	rule  QuantileRule
}

// quantile makes the estimate of a quantile of one category from its
// respondents: with Woodruff's interval or, where there are replicate weights,
// with the error of the replicates' quantiles.
func (f form) quantile(d *design.Design, of []int32) indicator.Estimate {
	nan := math.NaN()
	e := indicator.Estimate{Value: nan, SE: nan, Lower: nan, Upper: nan, Level: nan, DF: nan, DEFF: nan}
	p := newPart(d, of)
	y := make([]float64, len(p.in))
	for i, row := range p.design.Rows {
		y[i] = f.quantileOf.of.Values[row]
	}
	in := Complete(p.in, y)
	e.Weights = weightOf(p.design.Weight, in)
	for i, in := range in {
		if in && p.design.Weight[i] != 0 {
			e.Base++
		}
	}
	e.Smallest = e.Base
	switch {
	case len(of) == 0:
		e.Status = indicator.Inapplicable
		e.Notes.Add(indicator.Note{Code: indicator.NoCategory})
		return e
	case e.Base == 0:
		e.Status = indicator.Unavailable
		e.Notes.Add(indicator.Note{Code: indicator.NoBase})
		return e
	}
	level := f.definition.Confidence()
	method, _ := indicator.IntervalBy(f.definition.Method())
	shares, by := []float64{f.quantileOf.share}, "woodruff"
	var found QuantileEstimate
	if p.design.Replicates != nil {
		found, by = ReplicateQuantiles(p.design, y, p.in, shares, f.quantileOf.rule, level)[0], indicator.Wald
	} else {
		found = Woodruff(p.design, y, p.in, shares, f.quantileOf.rule, method, level)[0]
		if method.Name != indicator.Wald {
			by += "-" + method.Name
		}
	}
	e.Value, e.DF = found.Value, found.DF
	if found.SE > 0 {
		e.SE = found.SE
	} else if found.SE == 0 {
		e.Notes.Add(indicator.Note{Code: indicator.NoErrorLimits})
	}
	if found.Interval.Absent == indicator.NoIntervalError && p.design.Replicates == nil && math.IsNaN(found.ShareSE) {
		e.Notes.Add(indicator.Note{Code: indicator.Unknown(p.design.Lonely)})
	}
	e.Limit(found.Interval, by, level)
	return e
}
