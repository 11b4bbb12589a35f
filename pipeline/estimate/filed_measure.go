package estimate

import (
	"math"

	"togetherwecan/pipeline/indicator"
)

// measure computes the value of a domain and, as if the counts were of a random
// process, its error and limits. It returns the counts that a funnel is about.
func (f *filed) measure(e *indicator.Estimate, d *parcel) count {
	level := f.d.Confidence()
	c, against := d.sums[0][0], d.sums[0][1]
	e.Numerator = c.numerator
	if len(f.pairs[0].denominator) > 0 {
		e.Denominator = c.denominator
	}
	set := func(value, se float64, i indicator.Interval, method string) {
		e.Value, e.SE, e.Lower, e.Upper, e.Method = value, se, i.Lower, i.Upper, method
	}
	// events are limits of a count, each times scale.
	events := func(o, scale float64) {
		i, method := indicator.EventLimits(o, level)
		set(float64(o*scale), float64(math.Sqrt(o)*scale), indicator.Interval{Lower: float64(i.Lower * scale), Upper: float64(i.Upper * scale)}, method)
	}
	switch f.d.Statistic {
	case indicator.Count, indicator.Total:
		events(c.numerator, 1)
	case indicator.Rate:
		events(c.numerator, f.t.Per/c.denominator)
	case indicator.Ratio:
		events(c.numerator, 1/c.denominator)
	case indicator.Index:
		scale := 100 / f.t.Reference
		if len(f.pairs[0].denominator) > 0 {
			scale /= c.denominator
		}
		events(c.numerator, scale)
	case indicator.Proportion:
		p := c.numerator / c.denominator
		set(p, math.Sqrt(p*(1-p)/c.denominator), indicator.WilsonLimits(c.numerator, c.denominator, level), indicator.Wilson)
	case indicator.Mean:
		c = d.scores
		e.Numerator, e.Denominator = c.numerator, c.denominator
		mean := c.numerator / c.denominator
		spread := d.squares/c.denominator - float64(mean*mean)
		if spread <= unvarying*mean*mean {
			spread = 0
		}
		f.wald(e, mean, spread/(c.denominator-1))
	case indicator.Gap:
		f.wald(e, share(c)-share(against), binomial(c)+binomial(against))
	case indicator.Parity:
		f.logarithm(e, share(c)/share(against), relative(c)+relative(against))
	case indicator.PercentChange:
		ratio := c.numerator / against.numerator
		if len(f.pairs[0].denominator) > 0 {
			ratio = (c.numerator / c.denominator) / (against.numerator / against.denominator)
		}
		f.logarithm(e, ratio, 1/c.numerator+1/against.numerator)
		e.Value, e.Lower, e.Upper = e.Value-1, e.Lower-1, e.Upper-1
	case indicator.DoubleDifference:
		beside, before := d.sums[0][2], d.sums[0][3]
		f.wald(e, (share(c)-share(against))-(share(beside)-share(before)), binomial(c)+binomial(against)+binomial(beside)+binomial(before))
	case indicator.StandardisedRate:
		return f.standardised(e, d)
	case indicator.StandardisedRatio:
		return f.indirect(e, d)
	}
	return c
}

// share is the share that a count is.
func share(c count) float64 { return c.numerator / c.denominator }

// binomial is the variance of a share, and relative that of its logarithm.
func binomial(c count) float64 {
	p := share(c)
	return p * (1 - p) / c.denominator
}

func relative(c count) float64 { return (1 - share(c)) / c.numerator }

// wald is a value with its variance and symmetric limits.
func (f *filed) wald(e *indicator.Estimate, value, variance float64) {
	m, _ := indicator.IntervalBy(indicator.Wald)
	e.Value, e.SE, e.Method = value, math.Sqrt(variance), m.Name
	i := m.Interval(value, e.SE, math.Inf(1), 0, f.d.Confidence())
	e.Lower, e.Upper = i.Lower, i.Upper
}

// logarithm is a ratio with the variance of its logarithm, and limits that are
// symmetric for that.
func (f *filed) logarithm(e *indicator.Estimate, ratio, variance float64) {
	m, _ := indicator.IntervalBy(indicator.Logarithm)
	e.Value, e.SE, e.Method = ratio, float64(ratio*math.Sqrt(variance)), m.Name
	i := m.Interval(ratio, e.SE, math.Inf(1), 0, f.d.Confidence())
	e.Lower, e.Upper = i.Lower, i.Upper
}

// standardised is the directly standardised rate: that of a population which is
// distributed over the strata as the standard is. There is none under
// indicator.FewEvents events, nor where a stratum has nobody.
func (f *filed) standardised(e *indicator.Estimate, d *parcel) count {
	weights, rate, variance := 0.0, 0.0, 0.0
	all := count{}
	for i, sums := range d.sums {
		c, w := sums[0], f.standard[i]
		all.numerator += c.numerator
		all.denominator += c.denominator
		weights += w
		rate += float64(w * c.numerator / c.denominator)
		variance += float64(w*w) * c.numerator / float64(c.denominator*c.denominator)
	}
	e.Numerator, e.Denominator = all.numerator, all.denominator
	if all.numerator < indicator.FewEvents {
		e.Status = indicator.Unreliable
		e.Notes.Add(indicator.Note{Code: indicator.FewEventsNote})
		e.Value = 0
		return all
	}
	rate, variance = rate/weights, variance/float64(weights*weights)
	i := indicator.DobsonLimits(rate, variance, all.numerator, f.d.Confidence())
	per := f.t.Per
	e.Value, e.SE, e.Method = float64(rate*per), float64(math.Sqrt(variance)*per), indicator.Dobson
	e.Lower, e.Upper = float64(i.Lower*per), float64(i.Upper*per)
	return all
}

// indirect is the indirectly standardised ratio: what was observed over what was
// expected, which the return has or the standard's rates of the strata give.
func (f *filed) indirect(e *indicator.Estimate, d *parcel) count {
	observed, expected := 0.0, 0.0
	for i, sums := range d.sums {
		c := sums[0]
		observed += c.numerator
		if f.standard != nil {
			expected += float64(f.standard[i] * c.denominator)
		} else {
			expected += c.denominator
		}
	}
	e.Numerator, e.Denominator = observed, expected
	i, method := indicator.EventLimits(observed, f.d.Confidence())
	e.Value, e.SE, e.Method = observed/expected, math.Sqrt(observed)/expected, method
	e.Lower, e.Upper = i.Lower/expected, i.Upper/expected
	return count{observed, expected}
}
