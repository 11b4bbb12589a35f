package weigh

import (
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/refusal"
)

// PostStratify multiplies the weights of each category of a margin, so that
// they add up to its population; those of each replicate, too. What a
// linearised value owes to the category's mean, by the weights before, adds no
// variance (Särndal, Swensson and Wretman 1992, section 7.6).
//
// It refuses respondents of a category without a population, and a population
// without respondents, in a replicate too.
func PostStratify(d *design.Design, m Margin) (*design.Design, refusal.Problems) {
	c, ps := cellsOf(d, m)
	if len(ps) > 0 {
		return nil, ps
	}
	made, ps := reweight(d, func(weight []float64, which string) ([]float64, refusal.Problems) {
		factors, ps := c.factors(weight, which)
		return c.scaled(weight, factors), ps
	})
	if ps == nil && d.Replicates == nil {
		made.Calibrations = append(made.Calibrations, &postStrata{cells: c, before: d.Weight, after: made.Weight})
	}
	return made, ps
}

// scaled are weights times their cells' factors.
func (c *cells) scaled(weight, factors []float64) []float64 {
	made := make([]float64, len(weight))
	for i, w := range weight {
		made[i] = float64(w * factors[c.of[i]])
	}
	return made
}

type postStrata struct {
	*cells
	before, after []float64 // weights
}

// Residuals implements Calibration.
func (p *postStrata) Residuals(u []float64, some []int32) {
	cell, e := perWeight(u, p.after, p.of, some)
	for k := range e {
		i := k
		if some != nil {
			i = int(some[k])
		}
		e[k] = float64(p.before[i] * e[k])
	}
	sums := design.Totals(cell, len(p.wants), e)
	bases := design.Totals(p.of, len(p.wants), p.before)
	for i, w := range p.after {
		if k := p.of[i]; bases[k] != 0 {
			u[i] -= float64(sums[k] / bases[k] * w)
		}
	}
}
