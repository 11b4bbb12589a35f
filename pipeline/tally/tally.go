// Package tally counts respondents into exact sums: of every item of a question
// within every category of its breakdowns, by cluster. They are all that values
// and their errors depend on, for every statistic that is a smooth function of
// totals.
//
// A Plan says what is counted, as data. Sample.Count is the fast counter, for
// all of a wave at once: it goes through the rows cluster by cluster and keeps
// of each stratum the sums of its clusters' totals and of their products, which
// a variance takes. Sample.Tally keeps the clusters themselves: a Tally can be
// stored, read back and added to those of other parts of the same sample, in any
// order, and Count makes of it what the fast counter makes of the whole.
//
// Weights are made whole: floor(weight * 2^k + 0.5). No sum is of floating-point
// numbers, so that any order of rows, any split and any number of threads give
// the same answer to the last bit. Parts of unlike k, or of another question, are
// not added: see Units.
//
// Replicate weights, weights that were calibrated, quantiles and regressions
// need rows, and are not counted here.
package tally

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// A Tally holds the totals of each cluster of a part of a sample, or of each
// stratum where respondents were drawn themselves.
type Tally struct {
	Units Units

	layout *layout
	mode   int
	digest string // of the question
	units  []unit // sorted
}

// A unit is a cluster, or a stratum where each of its rows is one.
type unit struct {
	stratum, own, psu string // own is the stratum's label before it was collapsed into another
	drawn             int64  // clusters that it stands for, those without a respondent who has a weight too
	cells             map[int32]*sums
}

func compare(a, b unit) int {
	return cmp.Or(cmp.Compare(a.stratum, b.stratum), cmp.Compare(a.own, b.own), cmp.Compare(a.psu, b.psu))
}

// Tally counts the sample by cluster. Question is the digest of what else
// decides what is counted: the definitions and the crosswalk.
func (s *Sample) Tally(p *Plan, u Units, question string) *Tally {
	d := s.design
	l := newLayout(p, s.categories(p))
	t := &Tally{Units: u, layout: l, mode: s.mode, digest: p.digest(question, l.categories, u)}
	place := make([]int, d.Clusters) // of each cluster or stratum, its unit
	if s.mode == byCluster {
		for c, label := range d.Labels {
			place[c] = len(t.units)
			t.units = append(t.units, unit{label.Stratum, label.Own, label.PSU, 1, map[int32]*sums{}})
		}
	} else {
		for h, label := range d.Names {
			place[h] = len(t.units)
			t.units = append(t.units, unit{label, label, "", int64(d.Size[h]), map[int32]*sums{}})
		}
	}
	held := map[int32]*sums{}
	c := newCounter(s, newCoder(l, s.table), nil, u, l.domains, l.cells)
	c.run(func(cell int32, from *totals) {
		to := held[cell]
		if to == nil {
			to = newSums(l, s.mode)
			held[cell] = to
		}
		to.addTotals(from)
	}, func(e end, _ bool) {
		t.units[place[e.cluster]].cells = held
		held = map[int32]*sums{}
	})
	slices.SortFunc(t.units, compare)
	return t
}

// Merge adds the tally of other rows of the same sample. It refuses one of
// another question or of other units.
func (t *Tally) Merge(other *Tally) error {
	switch {
	case !t.Units.Equal(other.Units):
		return fmt.Errorf("tallies of units 2^-%d and 2^-%d are not added; give all parts one k", t.Units.K, other.Units.K)
	case t.digest != other.digest || t.mode != other.mode:
		return fmt.Errorf("tallies of two questions are not added: %.12s and %.12s", t.digest, other.digest)
	}
	for _, u := range other.units {
		at, found := slices.BinarySearchFunc(t.units, u, compare)
		if !found {
			t.units = slices.Insert(t.units, at, unit{u.stratum, u.own, u.psu, 0, map[int32]*sums{}})
		}
		to := &t.units[at]
		to.drawn += u.drawn
		if t.mode == byCluster {
			to.drawn = 1
		}
		for cell, from := range u.cells {
			if to.cells[cell] == nil {
				to.cells[cell] = newSums(t.layout, t.mode)
			}
			to.cells[cell].add(from)
		}
	}
	return nil
}

// Strata lists the strata in their order, and the clusters drawn in each.
func (t *Tally) Strata() (labels []string, drawn []int) {
	for _, u := range t.units {
		if n := len(labels); n == 0 || labels[n-1] != u.stratum {
			labels, drawn = append(labels, u.stratum), append(drawn, 0)
		}
		drawn[len(drawn)-1] += int(u.drawn)
	}
	return labels, drawn
}

// Count makes of the clusters' totals what Sample.Count makes of the rows.
// Strata are numbered in the order of Strata.
func (t *Tally) Count(each func(*Stratum)) *Counts {
	counts := newCounts(t.layout, t.Units)
	r := newReduction(counts, t.mode, 0, t.layout.cells, each)
	h := int32(0)
	for i, u := range t.units {
		for _, cell := range slices.Sorted(maps.Keys(u.cells)) {
			if t.mode == byCluster {
				r.add(cell, u.cells[cell].cluster())
			} else {
				r.addRows(cell, u.cells[cell])
			}
		}
		last := i == len(t.units)-1 || t.units[i+1].stratum != u.stratum
		r.endStratum(end{stratum: h}, last)
		if last {
			h++
		}
	}
	return counts
}

// Clusters visits the clusters of which a cell has somebody in the base of an
// item, in the order of the design of the sample, with their sums.
func (t *Tally) Clusters(cell int32, item int, visit func(cluster int, sums []Wide)) {
	of := &t.layout.items[item]
	sums := make([]Wide, 0, 2*of.groups)
	for i := range t.units {
		found := t.units[i].cells[cell]
		if found == nil || found.bases[of.base] == 0 {
			continue
		}
		sums = sums[:0]
		for k := range of.groups {
			x, y := found.of(t.layout, of.group+k)
			sums = append(sums, x, y)
		}
		visit(i, sums)
	}
}
