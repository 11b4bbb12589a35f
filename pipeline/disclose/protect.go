package disclose

import (
	"slices"

	"togetherwecan/pipeline/release"
)

// A need is a count that must not be had: what the population at k has more than
// the one at j, in a category of a family.
type need struct {
	j, k     int
	family   int
	category int
	sides    []side // that must not be had, each
}

// A protection is how rows of an item are withheld.
type protection struct {
	*item
	rules
	hierarchy   *hierarchy
	public      bool                     // nothing is known but what is published
	weights     map[sample]string        // of public figures, so far as any shows it
	projections map[*family][]projection // once they were asked for
	bounds      []release.Bound          // of the last audit, of what it looked at
}

// secure withholds rows of the item until the audit has nothing to say: beside what
// the policy's bounds make confidential, what swaps need; and where that is not
// enough, as where few categories are of anybody, whole breakdowns. It returns what
// the audit finds even then, and the narrowest interval.
func (p *protection) secure() ([]Known, int64) {
	p.protect()
	found, narrowest := p.audit()
	for to := ofOthers; to <= ofEvery && len(found) > 0; to++ {
		p.widen(found, to)
		p.restore()
		found, narrowest = p.audit()
	}
	return found, narrowest
}

// An extent is how much is withheld where swaps are not enough, each more than the one
// before it.
type extent int

const (
	ofOthers    extent = iota // the breakdowns of what was found and the finer ones, of the populations that are not kept
	ofAll                     // those, of all populations
	withMargins               // the coarser categories, too, that what was found is in
	withCoarser               // the coarser breakdowns whole
	ofEvery                   // every breakdown
)

// widen withholds more about what was found.
func (p *protection) widen(found []Known, to extent) {
	if to == withMargins {
		for _, k := range found {
			p.hideMargins(k)
		}
		return
	}
	bare := false
	for _, k := range found {
		bare = bare || k.Side == sideNames[base]
	}
	within := func(f *family, by string) bool {
		return slices.ContainsFunc(p.above(f), func(a projection) bool { return a.family.by == by })
	}
	for i := range p.families {
		f := &p.families[i]
		whole := to == ofEvery || slices.ContainsFunc(found, func(k Known) bool {
			return k.Key.Breakdown == f.by || within(f, k.Key.Breakdown) || to >= withCoarser && within(p.family(k.Key.Breakdown), f.by)
		})
		for k, rows := range f.rows {
			if !whole || to == ofOthers && p.keeps[k] && len(p.populations) > 1 {
				continue
			}
			for _, r := range rows {
				if !r.published {
					r.withhold(bare)
				}
			}
		}
	}
}

// family is the breakdown of the item by its name.
func (p *protection) family(by string) *family {
	return &p.families[slices.IndexFunc(p.families, func(f family) bool { return f.by == by })]
}

// hideMargins withholds the coarser categories that a count is of, and what protects
// them: where few are of all their parts, they tell of each that it is of few.
func (p *protection) hideMargins(of Known) {
	f := p.family(of.Key.Breakdown)
	at := slices.Index(f.codes, of.Key.Category)
	sides := []side{yes, no}
	if of.Side == sideNames[base] {
		sides = []side{base}
	}
	for _, a := range p.above(f) {
		g := slices.IndexFunc(p.families, func(g family) bool { return g.by == a.family.by })
		p.hide(need{-1, slices.Index(p.populations, of.Key.Population), g, a.of[at], sides})
	}
}

// protect withholds rows of the item.
func (p *protection) protect() {
	p.primary()
	p.parted()
	// Of respondents first, by nothing but respondents: items that share their base
	// then have the same bases withheld.
	for _, of := range [][]side{{base}, {yes, no}} {
		for _, n := range p.needs(of) {
			p.hide(n)
		}
	}
	p.restore()
}

// primary withholds the rows that are confidential themselves.
func (p *protection) primary() {
	for _, r := range p.whole {
		r.primary(p.rules)
	}
	for i := range p.families {
		for _, rows := range p.families[i].rows {
			for _, r := range rows {
				r.primary(p.rules)
			}
		}
	}
}

// primary withholds the row if it is confidential itself.
func (r *row) primary(by rules) {
	if r.nobody() {
		return
	}
	r.bare = r.bare || r.counts[base] < by.base
	r.silent = r.silent || r.bare || r.few || r.smallest < by.base
}

// parted withholds every row of all populations but the one to keep where what one
// has more than another is confidential as a whole, and the rows of the other that
// tell it: of a category that is all there is more.
func (p *protection) parted() {
	for k := 1; k < len(p.populations); k++ {
		whole := p.part(p.whole, k-1, k)
		if len(whole) == 0 {
			continue
		}
		bare := slices.Contains(whole, base)
		if bare {
			whole = []side{base}
		}
		for q := range p.populations {
			if !p.keeps[q] {
				p.empty(q, bare)
			}
		}
		for i := range p.families {
			f := &p.families[i]
			if c, alone := f.only(k); alone {
				beside := f.least(k, c, p.rules, whole)
				for _, at := range append(beside, c) {
					f.rows[k][at].withhold(bare)
				}
			}
		}
	}
}

// part lists the sides on which what the population at k has more than the one at j
// is confidential, and could be had from what they publish.
func (p *protection) part(of []*row, j, k int) []side {
	found := p.confidential(difference(of, j, k), of[k].sided && (j < 0 || of[j].sided))
	if p.blurred(of, j, k) {
		found = slices.DeleteFunc(found, func(s side) bool { return s != base })
	}
	return found
}

// withhold withholds a row's value, and its base if it is said. A row of nobody has
// neither to hide.
func (r *row) withhold(bare bool) {
	if !r.nobody() {
		r.silent, r.bare = true, r.bare || bare
	}
}

// empty withholds all rows of a population.
func (p *protection) empty(k int, bare bool) {
	p.whole[k].withhold(bare)
	for i := range p.families {
		for _, r := range p.families[i].rows[k] {
			r.withhold(bare)
		}
	}
}

// needs lists what is confidential on the sides: rows, and what can be had by
// subtracting one population from another.
func (p *protection) needs(of []side) []need {
	var list []need
	for i := range p.families {
		f := &p.families[i]
		for c := range f.codes {
			column := f.column(c)
			for k := range column {
				for j := -1; j < k; j++ {
					found := slices.DeleteFunc(p.part(column, j, k), func(s side) bool { return !slices.Contains(of, s) })
					if len(found) > 0 {
						list = append(list, need{j, k, i, c, found})
					}
				}
			}
		}
	}
	return list
}

// hide withholds what the cheapest swap needs, or the whole family where there is
// none.
func (p *protection) hide(n need) {
	f := &p.families[n.family]
	var best *option
	alone := true
	for in := n.j + 1; in <= n.k; in++ {
		if c, only := f.only(in); only && c == n.category {
			continue // it is the whole of its part, and told where that is
		}
		if difference(f.column(n.category), in-1, in)[base] == 0 {
			continue
		}
		alone = false
		for against := -1; against < len(p.populations); against++ {
			if against > n.j && against <= n.k {
				continue
			}
			s := swap{in, against, []move{{n.category, 1}}}
			if p.free(s, n.sides) {
				best = p.cheaper(best, p.lifted(f, s, n.sides))
			}
			for _, moves := range p.cycles(f, n.category) {
				s.moves = moves
				best = p.cheaper(best, p.lifted(f, s, n.sides))
			}
		}
	}
	if best == nil {
		switch {
		case alone:
			p.blur(n)
		case !p.same(f, n):
			p.hideFamily(n)
		}
		return
	}
	for _, r := range best.rows {
		r.withhold(slices.Contains(n.sides, base))
	}
}

// hideFamily withholds all rows of a family and of those that are finer: of every
// population for a row, and of those but the one to keep for a difference.
func (p *protection) hideFamily(n need) {
	f := &p.families[n.family]
	for k := range f.rows {
		if n.j >= 0 && p.keeps[k] {
			continue
		}
		for i := range p.families {
			g := &p.families[i]
			finer := slices.ContainsFunc(p.above(g), func(a projection) bool { return a.family == f })
			for _, r := range g.rows[k] {
				if (g == f || finer) && !r.published {
					r.withhold(slices.Contains(n.sides, base))
				}
			}
		}
	}
}
