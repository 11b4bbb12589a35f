package disclose

import (
	"cmp"
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// A Known is a count that is withheld, or that only subtraction gives, and what can
// be known of it from what is published: that it is from Least to Most.
type Known struct {
	Key         indicator.Key
	Less        string // the population that is subtracted; "" of a figure's own count
	Side        string
	Least, Most int64
}

// Exact says whether it is known to the last respondent.
func (k Known) Exact() bool { return k.Least == k.Most }

var sideNames = [...]string{"respondents", "yes", "no"}

// beyond stands for no bound.
const beyond = math.MaxInt64 / 4

// audit plays the attacker on an item. It knows of each published share the count
// on either side, as it would if all weights were the same, and of each breakdown
// that its categories add up to the whole. It finds what each count that it was not
// told must lie between, in whole numbers, and lists those that are known within
// fewer respondents than the policy wants, and that are either withheld or may be
// below its bounds.
func (p *protection) audit() (found []Known, narrowest int64) {
	narrowest = beyond
	p.bounds = p.bounds[:0]
	for _, s := range []side{base, yes, no} {
		if s != base && !p.sided {
			continue
		}
		e := p.relations(s)
		for i := range p.families {
			f := &p.families[i]
			for _, k := range slices.Concat(p.attack(f, s), p.solved(e, f, s), p.solve(f, s)) {
				bound := p.base
				if s != base {
					bound = p.sides
				}
				if k.Least > k.Most {
					continue // the rows are not all there is of the whole
				}
				few := k.count < bound
				if p.public {
					few = k.Most < bound
				}
				if k.withheld || few && k.Most > 0 {
					why := release.Beside
					if k.count < bound {
						why = release.Few
					}
					p.bounds = append(p.bounds, release.Bound{Key: k.Key, Less: k.Less, Side: k.Side, Why: why, Count: k.count, Least: k.Least, Most: k.Most})
				}
			}
		}
	}
	p.bounds = release.Together(p.bounds)
	for _, b := range p.bounds {
		narrowest = min(narrowest, b.Most-b.Least)
		if b.Most-b.Least < p.interval {
			found = append(found, Known{b.Key, b.Less, b.Side, b.Least, b.Most})
		}
	}
	return found, narrowest
}

// A sample is what rows of one weight are of: a breakdown of an indicator in a source, or
// of any indicator, "".
type sample struct {
	indicator string
	source    codebook.SourceID
	breakdown string
}

// unlike stands for a weight that is not the same in all indicators.
const unlike = "*"

type known struct {
	Known
	count    int64 // what it is
	withheld bool
}

// attack bounds the counts on a side of a family.
func (p *protection) attack(f *family, s side) []known {
	var list []known
	n := len(f.codes)
	add := func(c, k int, least, most int64, withheld bool) {
		r := f.rows[k][c]
		list = append(list, known{Known{Key: r.figure.Key, Side: sideNames[s], Least: max(least, 0), Most: most}, r.counts[s], withheld})
	}
	for k := range f.rows {
		rows := f.rows[k]
		least, most := make([]int64, n), make([]int64, n)
		for c := range n {
			if most[c] = beyond; s != base && !rows[c].bare {
				most[c] = rows[c].counts[base]
			}
		}
		box := slices.Clone(most)
		for _, l := range p.lines(f, k, s) {
			rest, up := p.rest(rows, l, s), int64(0)
			for _, c := range l.categories {
				if !p.told(rows[c], s) {
					up = min(beyond, up+box[c])
				}
			}
			for _, c := range l.categories {
				if up < beyond {
					least[c] = max(least[c], rest-(up-box[c]))
				} else if !p.told(rows[c], s) && p.lone(rows, l.categories, s) {
					least[c] = rest
				}
				most[c] = min(most[c], rest)
			}
		}
		for c := range n {
			if p.told(rows[c], s) || s != base && p.hazy(f, k, c) {
				continue
			}
			// What is within it, and what it is within, bound it too.
			if k > 0 && p.told(f.rows[k-1][c], s) {
				least[c] = max(least[c], f.rows[k-1][c].counts[s])
			}
			if k+1 < len(f.rows) && p.told(f.rows[k+1][c], s) {
				most[c] = min(most[c], f.rows[k+1][c].counts[s])
			}
			add(c, k, least[c], most[c], rows[c].bare || rows[c].silent)
		}
		if k == 0 {
			continue
		}
		list = append(list, p.between(f, k, s)...)
	}
	return list
}

// lines lists the categories that add up to a published number: the whole, or a
// category of a coarser breakdown.
func (p *protection) lines(f *family, k int, s side) []line {
	var list []line
	if p.adds(f, k, s) {
		all := make([]int, len(f.codes))
		for c := range all {
			all[c] = c
		}
		list = append(list, line{p.whole[k], all})
	}
	for _, above := range p.above(f) {
		for a := range above.family.codes {
			margin := above.family.rows[k][a]
			if !p.told(margin, s) {
				continue
			}
			of := line{margin: margin}
			for c := range f.codes {
				if above.of[c] == a {
					of.categories = append(of.categories, c)
				}
			}
			list = append(list, of)
		}
	}
	return list
}

// adds says whether a family's rows add up to a whole that is published. Those of
// another weight are of another sample, as with a boost: an attacker who has the
// published numbers alone cannot take them from it.
func (p *protection) adds(f *family, k int, s side) bool {
	if p.whole[k].hides(s) {
		return false
	}
	if !p.public {
		return true
	}
	of := f.rows[k][0].figure.Key
	weight := func(by string) string {
		return cmp.Or(p.weights[sample{of.Indicator, of.Source, by}], p.weights[sample{"", of.Source, by}])
	}
	one, whole := weight(f.by), weight(codebook.All)
	return one == "" || whole == "" || one == whole && one != unlike
}

// rest is how many the withheld rows of a line have together: what they have, or
// what the published ones leave.
func (p *protection) rest(rows []*row, l line, s side) int64 {
	withheld, told := int64(0), int64(0)
	for _, c := range l.categories {
		if p.told(rows[c], s) {
			told += rows[c].counts[s]
		} else {
			withheld += rows[c].counts[s]
		}
	}
	if p.public {
		return max(0, l.margin.counts[s]-told)
	}
	return withheld
}

// lone says whether one row alone of a line is withheld.
func (p *protection) lone(rows []*row, line []int, s side) bool {
	hidden := 0
	for _, c := range line {
		if !p.told(rows[c], s) {
			hidden++
		}
	}
	return hidden == 1
}

// told says whether a count is published.
func (p *protection) told(r *row, s side) bool {
	return r.nobody() || !r.hides(s) && (s == base || r.counts[base] >= p.unreliable)
}

// between bounds what a population has more than the one before it.
func (p *protection) between(f *family, k int, s side) []known {
	var list []known
	e, w := f.rows[k-1], f.rows[k]
	margins := p.adds(f, k-1, s) && p.adds(f, k, s) && (s == base || !p.blurred(p.whole, k-1, k))
	var u, r1, r2 int64 // of columns with a known sum; what is left of either part
	freeX, freeZ := false, false
	for c := range f.codes {
		d := w[c].counts[s] - e[c].counts[s]
		switch te, tw := p.told(e[c], s), p.told(w[c], s); {
		case te && tw:
		case tw:
			u += w[c].counts[s]
			r1 += e[c].counts[s]
			r2 += d
		case te:
			freeZ = true
			r2 += d
		default:
			freeX, freeZ = true, true
			r1 += e[c].counts[s]
			r2 += d
		}
	}
	if p.public && margins {
		first, both := p.whole[k-1].counts[s], p.whole[k].counts[s]
		r1, r2 = first, both-first
		for c := range f.codes {
			if te, tw := p.told(e[c], s), p.told(w[c], s); te {
				r1 -= e[c].counts[s]
				if tw {
					r2 -= w[c].counts[s] - e[c].counts[s]
				}
			}
		}
		r1, r2 = max(0, r1), max(0, r2)
	}
	a, b := int64(0), u // what the first part has of those columns
	if margins {
		if a = max(0, u-r2); !freeZ {
			b = min(b, u-r2)
		}
		if b = min(b, r1); !freeX {
			a = max(a, r1)
		}
	}
	for c := range f.codes {
		te, tw := p.told(e[c], s), p.told(w[c], s)
		d := w[c].counts[s] - e[c].counts[s]
		of := known{Known: Known{Key: w[c].figure.Key, Less: p.populations[k-1], Side: sideNames[s]}, count: d}
		if s != base && p.hazy(f, k, c) {
			continue
		}
		switch {
		case te && tw && s != base && !e[c].nobody():
			blur := int64(p.step*float64(e[c].counts[base])) + int64(p.step*float64(w[c].counts[base])) - 2
			of.Least, of.Most = max(0, d-max(0, blur)/2), d+max(0, blur+1)/2
			if of.Least == 0 {
				of.Most = max(of.Most, blur)
			}
		case te && tw:
			of.Least, of.Most = d, d
		case tw:
			x := [2]int64{max(0, a-(u-w[c].counts[s])), min(w[c].counts[s], b)}
			of.Least, of.Most = w[c].counts[s]-x[1], w[c].counts[s]-x[0]
			first := known{Known: Known{Key: e[c].figure.Key, Side: sideNames[s], Least: x[0], Most: x[1]}, count: e[c].counts[s], withheld: true}
			if s != base && !e[c].bare {
				first.Most = min(first.Most, e[c].counts[base])
			}
			list = append(list, first)
		default:
			of.Least, of.Most = 0, beyond
			if margins {
				of.Most = r2 - max(0, u-b)
			}
		}
		if s != base && !e[c].bare && !w[c].bare {
			of.Most = min(of.Most, w[c].counts[base]-e[c].counts[base])
		}
		list = append(list, of)
	}
	return list
}
