package weigh

import (
	"fmt"
	"math"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/refusal"
)

// Raking says when raking has come to its end. Where Epsilon is 0, all margins
// must hold to 1e-12. Otherwise it is as in R's survey: raking ends when in one
// sweep over the margins no category of one changes its sum of weights by
// Epsilon or more, which below 1 is a share of all weight before, and from 1 on
// a weight; the margins then hold only so far. (Up to version 4.1 it looked at
// the cells of the margins' crossing, and may sweep once more or less.)
type Raking struct {
	Epsilon float64
	Sweeps  int // at most; 0 is 1000
}

// Rake post-stratifies to each margin in turn, again and again, until all hold
// (iterative proportional fitting: Deming and Stephan 1940). Each replicate is
// raked, too. It refuses margins whose populations differ, and such as do not
// come to hold, of which it names the one that is furthest off.
//
// Residuals are those of R's survey: ten sweeps, each taking away the
// unweighted mean of the linearised values per weight within the categories of
// each margin in turn.
func Rake(d *design.Design, margins []Margin, control Raking) (*design.Design, refusal.Problems) {
	made, _, ps := rake(d, margins, control)
	return made, ps
}

// rake is Rake; sweeps are those that the weights took, and not the replicates.
func rake(d *design.Design, margins []Margin, control Raking) (made *design.Design, sweeps int, ps refusal.Problems) {
	r := &raking{sweeps: control.Sweeps, epsilon: control.Epsilon}
	if r.sweeps == 0 {
		r.sweeps = 1000
	}
	for _, m := range margins {
		c, found := cellsOf(d, m)
		ps = append(ps, found...)
		r.margins = append(r.margins, c)
		if first, here := design.Total(r.margins[0].wants), design.Total(c.wants); math.Abs(here-first) > samePopulation*first {
			ps.AddHint(scaleHint, c.where, "a population of %.10g, want %.10g as in %s", here, first, r.margins[0].where)
		}
	}
	if len(ps) > 0 {
		return nil, 0, ps
	}
	var after [][]float64
	made, ps = reweight(d, func(weight []float64, which string) ([]float64, refusal.Problems) {
		fitted, taken, ps := r.fit(weight, which)
		if ps != nil {
			return nil, ps
		}
		if after == nil {
			after, sweeps = fitted, taken
		}
		return fitted[len(fitted)-1], nil
	})
	if ps == nil && d.Replicates == nil {
		made.Calibrations = append(made.Calibrations, &rakedStrata{margins: r.margins, after: after})
	}
	return made, sweeps, ps
}

// Two margins are of one population where it differs by no more than samePopulation of
// itself.
const (
	samePopulation = 1e-9
	scaleHint      = "scale the margins to one population"
)

type raking struct {
	margins []*cells
	epsilon float64
	sweeps  int
}

// fit returns the weights after each margin of the last sweep, and how many there were.
func (r *raking) fit(weight []float64, which string) (after [][]float64, sweeps int, ps refusal.Problems) {
	const holds = 1e-12
	epsilon := r.epsilon
	if epsilon < 1 {
		epsilon *= design.Total(weight)
	}
	before := r.totals(weight)
	after = make([][]float64, len(r.margins))
	off := r.furthest(weight)
	if r.epsilon == 0 && off.share <= holds {
		for m := range after {
			after[m] = weight
		}
		return after, 0, nil
	}
	for sweeps < r.sweeps {
		sweeps++
		for m, c := range r.margins {
			factors, ps := c.factors(weight, which)
			if ps != nil {
				return nil, sweeps, ps
			}
			weight = c.scaled(weight, factors)
			after[m] = weight
		}
		off = r.furthest(weight)
		if r.epsilon == 0 {
			if off.share <= holds {
				return after, sweeps, nil
			}
			continue
		}
		now := r.totals(weight)
		change := 0.0
		for k := range now {
			change = max(change, math.Abs(now[k]-before[k]))
		}
		if change < epsilon {
			return after, sweeps, nil
		}
		before = now
	}
	ps.AddHint("merge small categories, or look whether the margins can hold together", off.where,
		"after %d sweeps of raking %s weigh %.10g, want %.10g: the furthest off", r.sweeps, which, off.got, off.want)
	return nil, sweeps, ps
}

// totals are the sums of weights of each margin's categories, one after the
// other.
func (r *raking) totals(weight []float64) []float64 {
	var totals []float64
	for _, c := range r.margins {
		totals = append(totals, design.Totals(c.of, len(c.wants), weight)...)
	}
	return totals
}

// A misfit is how far off a category of a margin is, as a share of its
// population.
type misfit struct {
	where            string
	got, want, share float64
}

// furthest is the largest misfit.
func (r *raking) furthest(weight []float64) misfit {
	var most misfit
	for _, c := range r.margins {
		for k, got := range design.Totals(c.of, len(c.wants), weight) {
			if want := c.wants[k]; want > 0 && math.Abs(got-want)/want > most.share {
				most = misfit{fmt.Sprintf("%s, category %q", c.where, c.labels[k]), got, want, math.Abs(got-want) / want}
			}
		}
	}
	return most
}

type rakedStrata struct {
	margins []*cells
	after   [][]float64 // weights after each margin of the last sweep
}

// Residuals implements Calibration.
func (r *rakedStrata) Residuals(u []float64) {
	const sweeps = 10
	for range sweeps {
		for m, c := range r.margins {
			e := perWeight(u, r.after[m])
			sums := design.Totals(c.of, len(c.wants), e)
			counts := make([]float64, len(c.wants))
			for i, w := range r.after[m] {
				if w != 0 {
					counts[c.of[i]]++
				}
			}
			for i, w := range r.after[m] {
				if w != 0 {
					u[i] -= float64(sums[c.of[i]] / counts[c.of[i]] * w)
				}
			}
		}
	}
}
