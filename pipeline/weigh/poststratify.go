package weigh

import (
	"fmt"

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
	return postStratify(d, "margin", m)
}

// postStratify post-stratifies to a margin, which is called what in problems.
func postStratify(d *design.Design, what string, m Margin) (*design.Design, refusal.Problems) {
	c, ps := cellsOf(d, what, m)
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
func (p *postStrata) Residuals(u []float64) {
	e := perWeight(u, p.after)
	weighted := make([]float64, len(e))
	for i, w := range p.before {
		weighted[i] = float64(w * e[i])
	}
	sums := design.Totals(p.of, len(p.wants), weighted)
	bases := design.Totals(p.of, len(p.wants), p.before)
	for i, w := range p.after {
		if k := p.of[i]; bases[k] != 0 {
			u[i] -= float64(sums[k] / bases[k] * w)
		}
	}
}

// A Standard is a distribution over the categories of a variable that domains
// are to have, so that they can be compared as if they did not differ in it.
type Standard struct {
	Name  string             // of the variable, for problems
	By    []string           // its category, of each of the design's Rows
	Share map[string]float64 // of each category; they need not add up to 1
	Over  []string           // the domain of each of Rows; nil is one domain
	Not   []bool             // respondents who are left out, their weight 0: those without a value of what is estimated; nil is none
}

// Standardise post-stratifies each domain to a standard distribution, and
// keeps its sum of weights: direct standardisation with the error that belongs
// to it. A category that a domain has nobody of is left out of its standard.
func Standardise(d *design.Design, s Standard) (*design.Design, refusal.Problems) {
	kept, ps := reweight(d, func(weight []float64, _ string) ([]float64, refusal.Problems) {
		made := append([]float64(nil), weight...)
		for i := range made {
			if s.Not != nil && s.Not[i] {
				made[i] = 0
			}
		}
		return made, nil
	})
	if ps != nil {
		return nil, ps
	}
	by, ps := cellsOf(kept, "standard", Margin{Name: s.Name, Label: s.By, Total: s.Share})
	if len(ps) > 0 {
		return nil, ps
	}
	over := s.Over
	if over == nil {
		over = make([]string, len(d.Rows))
	}
	weightOf := map[string]float64{}
	names := number(over)
	domain := make([]int32, len(over))
	for i, name := range over {
		domain[i] = names[name]
	}
	sums := design.Totals(domain, len(names), kept.Weight)
	for name, k := range names {
		weightOf[name] = sums[k]
	}
	whole := design.Total(by.wants)
	m := Margin{Name: fmt.Sprintf("%s in its domain", s.Name), Label: make([]string, len(over)), Total: map[string]float64{}}
	for i, name := range over {
		if kept.Weight[i] != 0 {
			m.Label[i] = by.labels[by.of[i]] + " | " + name
			m.Total[m.Label[i]] = float64(by.wants[by.of[i]] / whole * weightOf[name])
		}
	}
	return postStratify(kept, "standard", m)
}

// number numbers labels in the order that they are met.
func number(labels []string) map[string]int32 {
	numbers := map[string]int32{}
	for _, label := range labels {
		if _, known := numbers[label]; !known {
			numbers[label] = int32(len(numbers))
		}
	}
	return numbers
}
