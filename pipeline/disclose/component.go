package disclose

import (
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// RoundComponents rounds the parts of a change, once, as a policy shows them: halves
// away from 0. Rounded parts may not add up to the change by one of the last digit.
func RoundComponents(policy indicator.Policy, d *indicator.Definition, rows []release.Component) {
	r := roundingBy(policy, d)
	for i := range rows {
		c := &rows[i]
		value := func(x float64) float64 { return r.value(c.Statistic, x) }
		c.Value, c.Lower, c.Upper, c.SE = value(c.Value), value(c.Lower), value(c.Upper), r.error(c.Statistic, c.SE)
		c.DF, c.P = r.DF.Round(c.DF), r.Probability(c.P)
		for k := range c.Shares {
			c.Shares[k], c.Figures[k] = r.Percent.Round(c.Shares[k]), value(c.Figures[k])
		}
	}
}

// Rounded is a value of a statistic of a definition as a policy shows it.
func Rounded(policy indicator.Policy, d *indicator.Definition, statistic string, x float64) float64 {
	r := roundingBy(policy, d)
	return r.value(statistic, x)
}
