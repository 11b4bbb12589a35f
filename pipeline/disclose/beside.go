package disclose

import (
	"cmp"
	"slices"
)

// A Part is one figure of several that add up: how many respondents it is of and, where it
// has sides, how many of them are counted. Bare is one whose base is withheld, and Silent one
// whose value is; Blank has no value to see, which is no secret.
type Part struct {
	Base, Yes           int
	Sided               bool
	Bare, Silent, Blank bool
}

// A Sum says that parts are what a whole is divided into, by their places; some respondents of
// the whole may be in none, who are a part that nobody publishes.
type Sum struct {
	Whole int
	Parts []int
	Of    Added
	Based bool // the parts are shown as shares of the whole, whose digits would tell its base
}

// Added is what adds up in a sum.
type Added int

// What adds up: respondents by category, on either side; those whom each part counts to the
// base of the whole; and to those whom the whole counts.
const (
	Respondents Added = iota
	CountedOfBase
	CountedOfWhole
)

// Beside withholds parts beside those that are withheld, until no sum that is shown tells one:
// the parts of each that are withheld, with those who are in none, are two or more, of as many
// respondents together as a policy wants of one and on either of its sides, and no sums
// together determine one of them. Of those that are shown it takes the part of fewest
// respondents, of equals of whom fewest are counted, and a whole only where none of its parts is left. Bases
// come first, by nothing but bases, so that figures of the same respondents hide the same.
func Beside(base, sides int, parts []Part, sums []Sum) {
	b := &beside{base: base, sides: sides, parts: parts, sums: sums, level: levels(len(parts), sums)}
	for _, b.values = range []bool{false, true} {
		b.secret = make([]bool, len(parts))
		for k := range parts {
			b.secret[k] = b.withheld(k)
		}
		for again := true; again; {
			again = false
			for _, s := range sums {
				for _, k := range s.Parts {
					if s.Based && parts[s.Whole].Bare && !parts[k].Bare && parts[k].Base > 0 {
						parts[k].Bare, parts[k].Silent, again = true, true, true
					}
				}
				for !b.keeps(s) {
					k := b.cheapest(b.members(s))
					if k < 0 {
						break // nothing of it is shown
					}
					again = b.hide(k)
				}
			}
			again = again || b.blur()
		}
	}
}

// levels are how far each part is from those that have none.
func levels(n int, sums []Sum) []int {
	level := make([]int, n)
	for again := true; again; {
		again = false
		for _, s := range sums {
			if s.Of == CountedOfBase {
				continue
			}
			for _, k := range s.Parts {
				if level[s.Whole] <= level[k] && level[k] < n {
					level[s.Whole], again = level[k]+1, true
				}
			}
		}
	}
	return level
}

type beside struct {
	base, sides int
	parts       []Part
	sums        []Sum
	level       []int
	values      bool   // values are withheld, and no more bases
	secret      []bool // withheld for its own sake
}

func (b *beside) withheld(k int) bool { return b.parts[k].Bare || b.values && b.parts[k].Silent }

func (b *beside) hidden(k int) bool { return b.withheld(k) || b.values && b.parts[k].Blank }

func (b *beside) hide(k int) bool {
	b.parts[k].Silent = true
	b.parts[k].Bare = b.parts[k].Bare || !b.values
	return true
}

// applies says that a sum adds up what is being withheld, to a whole that is shown.
func (b *beside) applies(s Sum) bool { return b.values || s.Of == Respondents }

func (b *beside) told(s Sum) bool {
	if s.Of == CountedOfBase {
		return !b.parts[s.Whole].Bare
	}
	return !b.hidden(s.Whole)
}

// nobody says that a part is of none, of which it makes no secret.
func (b *beside) nobody(k int) bool { return b.parts[k].Base == 0 && !b.parts[k].Bare }

// rest is what a sum's whole has more than those of its parts that are chosen.
func (b *beside) rest(s Sum, chosen func(k int) bool) Part {
	left := b.parts[s.Whole]
	switch s.Of {
	case CountedOfBase:
		left.Sided = false
	case CountedOfWhole:
		left.Base, left.Sided = left.Yes, false
	}
	for _, k := range s.Parts {
		switch p := b.parts[k]; {
		case !chosen(k):
		case s.Of == Respondents:
			left.Base, left.Yes = left.Base-p.Base, left.Yes-p.Yes
		default:
			left.Base -= p.Yes
		}
	}
	return left
}

// few says that what is left of a sum is of fewer than a policy's bounds.
func (b *beside) few(s Sum, left Part) bool {
	if s.Of != Respondents {
		return left.Base < b.sides
	}
	return left.Base < b.base || b.values && left.Sided && (left.Yes < b.sides || left.Base-left.Yes < b.sides)
}

// none are those of a sum's whole who are in no part of it.
func (b *beside) none(s Sum) Part { return b.rest(s, func(int) bool { return true }) }

// keeps says that a sum tells nothing of those of its parts that are withheld.
func (b *beside) keeps(s Sum) bool {
	if !b.applies(s) || !b.told(s) {
		return true
	}
	n, secret := 0, false
	for _, k := range s.Parts {
		if !b.nobody(k) && b.hidden(k) {
			n, secret = n+1, secret || b.withheld(k)
		}
	}
	if in := b.none(s); in.Base > 0 {
		n, secret = n+1, secret || b.few(s, in)
	}
	return !secret || n > 1 && !b.few(s, b.rest(s, func(k int) bool { return !b.hidden(k) }))
}

// members are a sum's parts and its whole.
func (b *beside) members(s Sum) []int {
	if s.Of == CountedOfBase {
		return s.Parts
	}
	return append(slices.Clip(s.Parts), s.Whole)
}

// cheapest is the place of the part whose withholding costs least, -1 where none is left.
func (b *beside) cheapest(of []int) int {
	best := -1
	for _, k := range of {
		if b.hidden(k) || b.parts[k].Base == 0 {
			continue
		}
		if best < 0 || cmp.Or(cmp.Compare(b.level[k], b.level[best]), cmp.Compare(b.parts[k].Base, b.parts[best].Base), cmp.Compare(b.parts[k].Yes, b.parts[best].Yes)) < 0 {
			best = k
		}
	}
	return best
}

// blur withholds what takes part in determining a secret, and says whether it did.
func (b *beside) blur() bool {
	did := false
	touched := map[int]bool{}
	for _, d := range b.determined() {
		if slices.ContainsFunc(d.by, func(s int) bool { return touched[s] }) {
			continue // which may be mended
		}
		var of []int
		for _, s := range d.by {
			touched[s] = true
			of = append(of, b.members(b.sums[s])...)
		}
		if k := b.cheapest(of); k >= 0 {
			did = b.hide(k)
		}
	}
	return did
}
