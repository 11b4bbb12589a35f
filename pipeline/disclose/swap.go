package disclose

import "slices"

// What is withheld is protected by swaps. A swap takes respondents out of some
// categories and into others, in one part of the population and perhaps the other
// way round in another, and leaves every published number of the item as it is:
// whoever knows all that is published cannot tell whether it happened. A count
// that some swap can raise by the policy's bound, without taking more than there is
// from any other, is not known within fewer than that.
//
// Which rows a swap adds to those that are withheld depends on the classes that the
// policy puts rows in (under which of its bounds they are, on which side), on the
// order of their codes, and on nothing else of a withheld count.

// A move is a category whose count a swap raises or, with a sign of -1, lowers.
type move struct{ category, sign int }

// A swap makes its moves in one part of the population, and the opposite ones in
// another, if against is not -1.
type swap struct {
	in, against int
	moves       []move
}

// direction is what the swap adds in a part to a category that it raises: 1, 0 or -1.
func (s swap) direction(part int) int {
	switch part {
	case s.in:
		return 1
	case s.against:
		return -1
	}
	return 0
}

// shows lists the populations, out of so many, whose counts the swap changes.
func (s swap) shows(populations int) []int {
	var list []int
	sum := 0
	for k := range populations {
		if sum += s.direction(k); sum != 0 {
			list = append(list, k)
		}
	}
	return list
}

// lifted is an option with what it needs in the finer breakdowns, too.
func (p *protection) lifted(f *family, s swap, of []side) *option {
	o := p.option(f, s, of)
	if o == nil {
		return nil
	}
	for i := range p.families {
		p.lift(o, &p.families[i], f, of)
	}
	return o
}

// An option is a swap that would protect a need, the rows that it would add to
// those that are withheld, and what that costs.
type option struct {
	swap
	rows []*row
	cost int
}

// cheaper is the option that costs less; the first of equals.
func (p *protection) cheaper(a, b *option) *option {
	if a == nil || b != nil && b.cost < a.cost {
		return b
	}
	return a
}

// option is what a swap within a family costs; nil where it protects nothing: a
// count that it lowers may be below the bound, one that it raises is of nobody, who
// may be known not to be, or a row that it changes was published before.
func (p *protection) option(f *family, s swap, of []side) *option {
	o := &option{swap: s}
	for i, m := range s.moves {
		column := f.column(m.category)
		var both counts // of the parts that change
		short := false
		for part := range column {
			d := s.direction(part) * m.sign
			if d == 0 {
				continue
			}
			c := difference(column, part-1, part)
			if c[base] == 0 {
				return nil
			}
			both = both.add(c)
			if (d < 0 || i > 0 && s.against >= 0) && !p.enough(c, of) {
				short = true
			}
		}
		// Of the category itself, two parts may make up for each other.
		if short && (i > 0 || !p.enough(both, of)) {
			return nil
		}
		for _, k := range s.shows(len(column)) {
			r := column[k]
			hidden := r.bare
			if !slices.Contains(of, base) {
				hidden = hidden || r.silent || r.counts[base] < p.unreliable
			}
			if hidden {
				continue
			}
			if r.published {
				return nil
			}
			cost := p.class(r.counts)
			if p.keeps[k] {
				cost *= 2
			}
			o.rows, o.cost = append(o.rows, r), o.cost+cost
		}
	}
	return o
}

// enough says whether a count can be lowered by the bound: of respondents, or on
// both sides of a share, since one rises as the other falls.
func (p *protection) enough(c counts, of []side) bool {
	if slices.Contains(of, base) {
		return c[base] >= max(p.base, p.interval)
	}
	return min(c[yes], c[no]) >= max(p.sides, p.interval)
}

// free says whether a swap needs no other category: the wholes that it changes are
// withheld.
func (p *protection) free(s swap, of []side) bool {
	for _, k := range s.shows(len(p.whole)) {
		if !p.whole[k].hides(of[0]) {
			return false
		}
	}
	return true
}

// cycles lists the moves that raise a category and leave every coarser breakdown of
// the item as it is.
func (p *protection) cycles(f *family, category int) [][]move {
	var list [][]move
	above := p.above(f)
	same := func(a, b, which int) bool { return above[which].of[a] == above[which].of[b] }
	for c := range f.codes {
		if c == category {
			continue
		}
		alike := true
		for i := range above {
			alike = alike && same(c, category, i)
		}
		if alike {
			list = append(list, []move{{category, 1}, {c, -1}})
		}
	}
	if len(above) < 2 {
		return list
	}
	// Both margins of a table of two: four cells, of which two are on each line. More
	// coarser breakdowns than two may allow some of them.
	for c := range f.codes {
		if !same(c, category, 0) || same(c, category, 1) {
			continue
		}
		for d := range f.codes {
			if !same(d, category, 1) || same(d, category, 0) {
				continue
			}
			for e := range f.codes {
				if !same(e, d, 0) || !same(e, c, 1) {
					continue
				}
				if moves := []move{{category, 1}, {c, -1}, {d, -1}, {e, 1}}; p.keep(above[2:], moves) {
					list = append(list, moves)
				}
			}
		}
	}
	return list
}

// keep says whether moves leave coarser breakdowns as they are.
func (p *protection) keep(above []projection, moves []move) bool {
	for _, a := range above {
		for _, m := range moves {
			left := 0
			for _, other := range moves {
				if a.of[other.category] == a.of[m.category] {
					left += other.sign
				}
			}
			if left != 0 {
				return false
			}
		}
	}
	return true
}

// lift adds to an option the cheapest rows of a finer family by which its moves are
// made there, or all rows that could be where none will do.
func (p *protection) lift(o *option, fine, f *family, of []side) {
	above := p.above(fine)
	at := slices.IndexFunc(above, func(a projection) bool { return a.family == f })
	if at < 0 {
		return
	}
	var best *option
	others := slices.Delete(slices.Clone(above), at, at+1)
	choose := make([]move, len(o.moves))
	var each func(i int)
	each = func(i int) {
		if i == len(choose) {
			if p.keep(others, choose) {
				best = p.cheaper(best, p.option(fine, swap{o.in, o.against, slices.Clone(choose)}, of))
			}
			return
		}
		for c := range fine.codes {
			if above[at].of[c] == o.moves[i].category {
				choose[i] = move{c, o.moves[i].sign}
				each(i + 1)
			}
		}
	}
	each(0)
	if best != nil {
		o.rows, o.cost = append(o.rows, best.rows...), o.cost+best.cost
		return
	}
	o.cost += unlikely
	for _, k := range o.shows(len(fine.rows)) {
		for _, r := range fine.rows[k] {
			if !r.published {
				o.rows = append(o.rows, r)
			}
		}
	}
}

// unlikely is the cost of an option that is taken where there is no other.
const unlikely = 1 << 20
