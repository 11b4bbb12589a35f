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
		made.Calibrations = append(made.Calibrations, newRakedStrata(r.margins, after))
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

// rakedStrata are a raking's margins with the weights after each of the last sweep.
type rakedStrata struct {
	margins []*cells
	after   [][]float64
	first   []int       // of each margin, its first category among all
	counts  []float64   // of each category, those who have a weight
	shares  [][]float64 // of each category and another, of those who are in both: the sum of the weights after the other's margin over those after its own
}

func newRakedStrata(margins []*cells, after [][]float64) *rakedStrata {
	r := &rakedStrata{margins: margins, after: after}
	all := 0
	for _, c := range margins {
		r.first = append(r.first, all)
		all += len(c.wants)
	}
	r.counts, r.shares = make([]float64, all), design.Square(all)
	ratio, both := make([]float64, len(after[0])), make([]int32, len(after[0]))
	for m, c := range margins {
		for i, w := range after[m] {
			if w != 0 {
				r.counts[r.first[m]+int(c.of[i])]++
			}
		}
		for n, other := range margins {
			for i, w := range after[m] {
				if ratio[i] = 0; w != 0 {
					ratio[i] = after[n][i] / w
				}
				both[i] = c.of[i]*int32(len(other.wants)) + other.of[i]
			}
			for k, sum := range design.Totals(both, len(c.wants)*len(other.wants), ratio) {
				r.shares[r.first[m]+k/len(other.wants)][r.first[n]+k%len(other.wants)] = sum
			}
		}
	}
	return r
}

// Residuals implements Calibration. What a sweep takes from the sums over a margin's
// categories follows from what those before took of the others.
func (r *rakedStrata) Residuals(u []float64, some []int32) {
	const sweeps = 10
	sums, by := make([]float64, 0, len(r.counts)), make([]float64, len(r.counts))
	for m, c := range r.margins {
		cell, e := perWeight(u, r.after[m], c.of, some)
		sums = append(sums, design.Totals(cell, len(c.wants), e)...)
	}
	for range sweeps {
		for m, c := range r.margins {
			for k := r.first[m]; k < r.first[m]+len(c.wants); k++ {
				left := sums[k]
				for other, taken := range by {
					left -= float64(r.shares[k][other] * taken)
				}
				if r.counts[k] != 0 {
					by[k] += left / r.counts[k]
				}
			}
		}
	}
	for m, c := range r.margins {
		own := by[r.first[m]:]
		for i, w := range r.after[m] {
			if w != 0 {
				u[i] -= float64(own[c.of[i]] * w)
			}
		}
	}
}
