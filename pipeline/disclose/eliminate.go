package disclose

import (
	"math/bits"

	"togetherwecan/pipeline/release"
)

// solved lists the counts on a side of a family that the linear relations of the
// whole item give exactly: that categories add up to the whole, and those of finer
// breakdowns to those of coarser.
func (p *protection) solved(e *elimination, f *family, s side) []known {
	var list []known
	for k := range f.rows {
		for c, r := range f.rows[k] {
			if s != base && p.hazy(f, k, c) {
				continue
			}
			of := known{Known: Known{Key: r.figure.Key, Side: sideNames[s], Least: r.counts[s], Most: r.counts[s]}, count: r.counts[s], withheld: r.bare || r.silent}
			at, hidden := e.place[r]
			if p.public { // that it is known is; what it is takes the numbers
				of.Least, of.Most = release.Exactly, release.Exactly
			}
			if hidden && e.gives(map[int]uint64{at: 1}) {
				list = append(list, of)
			}
			if k == 0 || s != base && p.blurred(f.column(c), k-1, k) {
				continue
			}
			before := f.rows[k-1][c]
			from, hides := e.place[before]
			if !hidden && !hides {
				continue // the bounds have it
			}
			wanted := map[int]uint64{}
			if hidden {
				wanted[at] = 1
			}
			if hides {
				wanted[from] = prime - 1
			}
			if e.gives(wanted) {
				of.Less, of.withheld = p.populations[k-1], false
				of.Least = r.counts[s] - before.counts[s]
				of.Most, of.count = of.Least, of.Least
				if p.public {
					of.Least, of.Most = release.Exactly, release.Exactly
				}
				list = append(list, of)
			}
		}
	}
	return list
}

// relations are those of an item between the counts that are withheld on a side.
func (p *protection) relations(s side) *elimination {
	e := &elimination{place: map[*row]int{}}
	place := func(r *row) (int, bool) {
		if p.told(r, s) {
			return 0, false
		}
		at, met := e.place[r]
		if !met {
			at = len(e.place)
			e.place[r] = at
		}
		return at, true
	}
	add := func(whole *row, rows []*row) {
		relation := map[int]uint64{}
		for _, r := range rows {
			if at, hidden := place(r); hidden {
				relation[at] = 1
			}
		}
		if at, hidden := place(whole); hidden {
			relation[at] = prime - 1
		}
		e.add(relation)
	}
	for i := range p.families {
		f := &p.families[i]
		for k, rows := range f.rows {
			add(p.whole[k], rows)
			for _, above := range p.above(f) {
				for a, margin := range above.family.rows[k] {
					var line []*row
					for c, r := range rows {
						if above.of[c] == a {
							line = append(line, r)
						}
					}
					add(margin, line)
				}
			}
		}
	}
	return e
}

// An elimination is a set of linear relations in reduced form, over the numbers
// modulo a prime: as whether a count follows from the relations does not depend on
// what it is, no rounding is wanted.
type elimination struct {
	place map[*row]int
	rows  []map[int]uint64 // each with a pivot, whose factor is 1 and which no other has
	pivot map[int]int      // the row of each pivot
}

const prime = 1<<61 - 1

func times(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	_, rest := bits.Div64(high, low, prime)
	return rest
}

func inverse(a uint64) uint64 {
	result := uint64(1)
	for power := uint64(prime - 2); power > 0; power >>= 1 {
		if power&1 == 1 {
			result = times(result, a)
		}
		a = times(a, a)
	}
	return result
}

// less takes a multiple of one relation from another.
func less(from, relation map[int]uint64, factor uint64) {
	for at, value := range relation {
		left := (from[at] + prime - times(value, factor)) % prime
		if left == 0 {
			delete(from, at)
		} else {
			from[at] = left
		}
	}
}

// reduce takes the pivots out of a relation.
func (e *elimination) reduce(relation map[int]uint64) {
	for pivot, row := range e.pivot {
		if factor := relation[pivot]; factor != 0 {
			less(relation, e.rows[row], factor)
		}
	}
}

func (e *elimination) add(relation map[int]uint64) {
	e.reduce(relation)
	if len(relation) == 0 {
		return
	}
	pivot := -1
	for at := range relation {
		if pivot < 0 || at < pivot {
			pivot = at
		}
	}
	factor := inverse(relation[pivot])
	for at := range relation {
		relation[at] = times(relation[at], factor)
	}
	for _, row := range e.rows {
		if factor := row[pivot]; factor != 0 {
			less(row, relation, factor)
		}
	}
	if e.pivot == nil {
		e.pivot = map[int]int{}
	}
	e.pivot[pivot] = len(e.rows)
	e.rows = append(e.rows, relation)
}

// gives says whether the relations give a sum of withheld counts.
func (e *elimination) gives(wanted map[int]uint64) bool {
	e.reduce(wanted)
	return len(wanted) == 0
}
