package disclose

import (
	"slices"

	"togetherwecan/pipeline/indicator"
)

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

// in part is what the swap adds there to a category that it raises: 1, 0 or -1.
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
	coarser     func(by, category, coarse string) string
	projections map[*family][]projection // once they were asked for
}

// rules are the bounds of a policy, in respondents.
type rules struct {
	base, sides int64 // below which a count is confidential
	unreliable  int64
	caution     int64
	interval    int64 // the least width that a confidential count is known within
	zeros       bool  // a share of nobody or of all is confidential
	step        float64
	dominance   float64
	bases       int64 // that bases are shown to a multiple of
}

// confidential lists the sides on which counts are.
func (r rules) confidential(c counts, sided bool) []side {
	var list []side
	if c[base] == 0 {
		return nil
	}
	if c[base] < r.base {
		list = append(list, base)
	}
	for _, s := range []side{yes, no} {
		if sided && r.onSide(c[s]) {
			list = append(list, s)
		}
	}
	return list
}

// onSide says whether so few on a side of a share are confidential.
func (r rules) onSide(n int64) bool { return n < r.sides && (n > 0 || r.zeros) }

// class is how much is lost by withholding a row, by the policy's bounds.
func (r rules) class(c counts) int {
	switch {
	case c[base] < r.unreliable:
		return 1
	case c[base] < r.caution:
		return 2
	}
	return 3
}

// blurred says whether what one population has more than another within it is, on
// the sides of shares, known no better than the policy wants: shares are rounded,
// and of many respondents a rounded share leaves several counts possible. That is
// so whatever the shares are.
func (r rules) blurred(of []*row, j, k int) bool {
	if j < 0 {
		return false
	}
	return r.width(of[j])+r.width(of[k]) >= r.interval
}

// width is the least width that a rounded share leaves to the counts on its sides.
func (r rules) width(of *row) int64 { return max(0, int64(r.step*float64(of.counts[base]))-1) }

// secure withholds rows of the item until the audit has nothing to say: beside what
// the policy's bounds make confidential, what swaps need; and where that is not
// enough, as where few categories are of anybody, whole breakdowns. It returns what
// the audit finds even then, and the narrowest interval.
func (p *protection) secure() ([]Known, int64) {
	p.protect()
	found, narrowest := p.audit()
	for level := 1; level <= 3 && len(found) > 0; level++ {
		p.widen(found, level)
		p.restore()
		found, narrowest = p.audit()
	}
	return found, narrowest
}

// widen withholds the breakdowns of what was found, and those that are finer or
// coarser: of the populations that are not kept, then of all; at last every
// breakdown.
func (p *protection) widen(found []Known, level int) {
	bare := false
	for _, k := range found {
		bare = bare || k.Side == sideNames[base]
	}
	for i := range p.families {
		f := &p.families[i]
		near := func(by string) bool {
			return by == f.by || slices.ContainsFunc(p.above(f), func(a projection) bool { return a.family.by == by })
		}
		if level < 3 && !slices.ContainsFunc(found, func(k Known) bool { return near(k.Key.Breakdown) }) {
			continue
		}
		for k, rows := range f.rows {
			if level == 1 && p.keeps[k] && len(p.populations) > 1 {
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

// restore shows again what is withheld in vain: a row that is not confidential, of
// the same respondents as a coarser one that is shown.
func (p *protection) restore() {
	for i := range p.families {
		f := &p.families[i]
		for k, rows := range f.rows {
			for c, r := range rows {
				if !r.silent || r.few || r.smallest < p.base {
					continue
				}
				for _, line := range p.margins(f, k, c) {
					if others(rows, line.categories, c) {
						continue
					}
					r.bare = r.bare && line.margin.bare
					r.silent = r.silent && line.margin.silent
				}
			}
		}
	}
}

// others says whether any other of the rows is of anybody.
func others(rows []*row, categories []int, but int) bool {
	return slices.ContainsFunc(categories, func(c int) bool { return c != but && !rows[c].nobody() })
}

// A line is categories that add up to a row.
type line struct {
	margin     *row
	categories []int
}

// margins are the lines that a category is on: of the whole, and of each coarser
// breakdown.
func (p *protection) margins(f *family, k, category int) []line {
	all := make([]int, len(f.codes))
	for c := range all {
		all[c] = c
	}
	list := []line{{p.whole[k], all}}
	for _, a := range p.above(f) {
		of := line{margin: a.family.rows[k][a.of[category]]}
		for c := range f.codes {
			if a.of[c] == a.of[category] {
				of.categories = append(of.categories, c)
			}
		}
		list = append(list, of)
	}
	return list
}

// primary withholds the rows that are confidential themselves.
func (p *protection) primary() {
	each := func(r *row) {
		if r.nobody() {
			return
		}
		r.bare = r.bare || r.counts[base] < p.base
		r.silent = r.silent || r.bare || r.few || r.smallest < p.base
	}
	for _, r := range p.whole {
		each(r)
	}
	for i := range p.families {
		for _, rows := range p.families[i].rows {
			for _, r := range rows {
				each(r)
			}
		}
	}
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

// least is the category, other than one, of a population whose row is the least
// loss, and is not confidential on the sides.
func (f *family) least(k, but int, r rules, of []side) []int {
	best := -1
	for c, row := range f.rows[k] {
		found := r.confidential(row.counts, row.sided)
		if c == but || row.nobody() || row.hides(of[0]) || slices.ContainsFunc(of, func(s side) bool { return slices.Contains(found, s) }) {
			continue
		}
		if best < 0 || r.class(row.counts) < r.class(f.rows[k][best].counts) {
			best = c
		}
	}
	if best < 0 {
		return nil
	}
	return []int{best}
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

// hazy says whether a category is all of a part of the population and what is on
// its sides is known no better than from the wholes, whose shares are rounded:
// others of its breakdown are withheld, or the rounding of all of them leaves enough.
func (p *protection) hazy(f *family, k, category int) bool {
	if c, alone := f.only(k); k == 0 || !alone || c != category || !p.blurred(p.whole, k-1, k) {
		return false
	}
	left := p.width(p.whole[k])
	for c, r := range f.rows[k] {
		switch {
		case c == category:
		case !r.nobody() && !p.told(r, yes):
			return true
		default:
			left += p.width(r)
		}
	}
	return left >= p.interval
}

// blur withholds two rows beside one that is all of a part of the population, where
// the rounding of shares does not hide it.
func (p *protection) blur(n need) {
	f := &p.families[n.family]
	if n.j >= 0 || slices.Contains(n.sides, base) || p.hazy(f, n.k, n.category) || p.whole[n.k].silent {
		return
	}
	for range 2 {
		for _, c := range f.least(n.k, n.category, p.rules, []side{yes, no}) {
			for _, r := range f.column(c) {
				if !r.published {
					r.withhold(false)
				}
			}
		}
	}
}

// same says whether a row is of the same respondents as one of a coarser breakdown,
// with which it is withheld and protected.
func (p *protection) same(f *family, n need) bool {
	return slices.ContainsFunc(p.margins(f, n.k, n.category)[1:], func(l line) bool { return !others(f.rows[n.k], l.categories, n.category) })
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
	if len(above) > 2 {
		return nil
	}
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
	// Both margins of a table of two: four cells, of which two are on each line.
	for c := range f.codes {
		if !same(c, category, 0) || same(c, category, 1) {
			continue
		}
		for d := range f.codes {
			if !same(d, category, 1) || same(d, category, 0) {
				continue
			}
			for e := range f.codes {
				if same(e, d, 0) && same(e, c, 1) {
					list = append(list, []move{{category, 1}, {c, -1}, {d, -1}, {e, 1}})
				}
			}
		}
	}
	return list
}

// A projection is a coarser breakdown of a family's item, and the category of it
// that each of the family's is within.
type projection struct {
	family *family
	of     []int
}

// above lists the coarser breakdowns of the item that a family's rows add up to.
func (p *protection) above(f *family) []projection {
	if list, met := p.projections[f]; met {
		return list
	}
	var list []projection
	for i := range p.families {
		g := &p.families[i]
		if g == f {
			continue
		}
		of := make([]int, len(f.codes))
		whole := true
		for c, code := range f.codes {
			at, met := slices.BinarySearch(g.codes, p.coarser(f.by, code, g.by))
			of[c], whole = at, whole && met
		}
		if whole {
			list = append(list, projection{g, of})
		}
	}
	// One that a third is between is told by the third.
	list = slices.DeleteFunc(list, func(a projection) bool {
		return slices.ContainsFunc(list, func(b projection) bool {
			return b.family != a.family && slices.ContainsFunc(p.above(b.family), func(c projection) bool { return c.family == a.family })
		})
	})
	if p.projections == nil {
		p.projections = map[*family][]projection{}
	}
	p.projections[f] = list
	return list
}

// within is the category of a coarser breakdown that a category is in; "" where the
// one breakdown is not within the other.
func within(by, category, coarse string, coarser func(breakdown, category, coarse string) string) string {
	factors := indicator.Crossed(by)
	if at := slices.Index(factors, coarse); at >= 0 && len(factors) > 1 {
		return indicator.Crossed(category)[at]
	}
	return coarser(by, category, coarse)
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
	choose := make([]move, len(o.moves))
	var each func(i int)
	each = func(i int) {
		if i == len(choose) {
			best = p.cheaper(best, p.option(fine, swap{o.in, o.against, slices.Clone(choose)}, of))
			return
		}
		for c := range fine.codes {
			if above[at].of[c] != o.moves[i].category {
				continue
			}
			alike := true
			for other, a := range above {
				alike = alike && (other == at || i == 0 || a.of[c] == a.of[choose[0].category])
			}
			if alike {
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

// only finds the category that is all of a part of the population, if one is.
func (f *family) only(part int) (category int, is bool) {
	category = -1
	for c := range f.codes {
		if difference(f.column(c), part-1, part)[base] == 0 {
			continue
		}
		if category >= 0 {
			return 0, false
		}
		category = c
	}
	return category, category >= 0
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
