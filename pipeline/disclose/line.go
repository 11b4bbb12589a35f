package disclose

import (
	"slices"
)

// restore shows again what is withheld in vain: a row that is not confidential, of
// the same respondents as a coarser one that is shown, or as all of a population within
// its own.
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
				if k > 0 && difference(f.column(c), k-1, k)[base] == 0 && !others(f.rows[k-1], p.margins(f, k-1, c)[0].categories, c) {
					r.bare = r.bare && p.whole[k-1].bare
					r.silent = r.silent && p.whole[k-1].silent
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
