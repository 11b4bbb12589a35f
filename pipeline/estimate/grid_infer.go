package estimate

import (
	"math"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
)

// infer makes the estimates of a tally of all rows.
func (g *Grid) infer(t *gridTally) []Cell {
	estimates := make([]Cell, 0, len(t.results))
	quantiles := map[int]float64{}
	for i := range g.cells {
		b := &g.cells[i]
		for cell := b.first; cell < b.first+b.size; cell++ {
			categories := b.categories(cell)
			for item := range t.items {
				c := t.infer(cell, item)
				c.Item, c.Breakdown, c.Categories = g.plan.Items[item].Name, i, categories
				if c.DF > 0 && !math.IsNaN(c.SE) {
					q, ok := quantiles[c.DF]
					if !ok {
						q = indicator.StudentPoint((1-indicator.Level)/2, float64(c.DF))
						quantiles[c.DF] = q
					}
					centre, half := math.Log(c.Value/(1-c.Value)), float64(q*c.SE)/float64(c.Value*(1-c.Value))
					c.Lower, c.Upper = 1/(1+math.Exp(half-centre)), 1/(1+math.Exp(-half-centre))
				}
				estimates = append(estimates, c)
			}
		}
	}
	return estimates
}

// infer makes one estimate, except for its interval. The variance of the ratio
// y/x of two totals is that of the total of (y - p x)/x, with p = y/x: all in
// whole numbers, x^2 yy - 2 x y xy + y^2 xx over x^4.
func (t *gridTally) infer(cell, item int) Cell {
	nan := math.NaN()
	e := Cell{Value: nan, SE: nan, Lower: nan, Upper: nan, DEFF: nan}
	entry := cell*t.items + item
	r := &t.results[entry]
	e.Base = int(t.marks[entry])
	if t.invalid[item/wordItems]>>(item%wordItems)&1 != 0 {
		e.Base = int(t.cells[cell].rows - t.marks[entry])
	}
	e.PSUs = int(r.psus)
	e.DF = int(t.cells[cell].psus - t.cells[cell].strata)
	if t.g.plan.AnswerDF {
		e.DF = int(r.psus - r.strata)
	}
	if e.Base == 0 || r.x == (wide{}) {
		return e
	}
	k := &t.numbers
	x, y := r.x.wider().into(&k.x, &k.work), r.y.wider().into(&k.y, &k.work)
	whole, _ := x.Float64()
	in, _ := y.Float64()
	not, _ := k.a.Sub(x, y).Float64()
	if t.uncount[item/wordItems]>>(item%wordItems)&1 != 0 {
		in, not = not, in
	}
	e.Value, e.Weights = in/whole, whole/t.unit

	k.v.Mul(k.a.Mul(x, x), r.yy.into(&k.b, &k.work))
	k.u.Mul(k.a.Mul(x, y), r.xy.into(&k.b, &k.work))
	k.v.Sub(&k.v, k.u.Lsh(&k.u, 1))
	k.u.Mul(k.a.Mul(y, y), r.xx.into(&k.b, &k.work))
	variance, _ := k.v.Add(&k.v, &k.u).Float64()
	variance = variance / whole / whole / whole / whole
	// A stratum's part is rounded to the unit of the weights squared: what that
	// may leave of 0, as of one PSU, is no variance.
	rounding := 8 * float64(r.strata) / whole / whole
	switch {
	case r.certain == r.strata:
		variance = 0 // every PSU there is was drawn
	case !(variance > max(rounding, negligible*e.Value*e.Value)):
		return e
	}
	if t.g.plan.Lonely == codebook.LonelyAverage {
		variance *= float64(r.strata) / float64(r.usable)
	}
	e.SE = math.Sqrt(variance)
	e.DEFF = variance / (float64(e.Value*(not/whole)) / float64(e.Base-1))
	return e
}
