package disclose

import (
	"math"
	"slices"
)

// A Part is one figure of several that add up: how many respondents it is of and, where it
// has sides, how many of them are counted. Bare is one whose base is withheld, and Silent one
// whose value is.
type Part struct {
	Base, Yes    int
	Sided        bool
	Bare, Silent bool
}

// A Sum says that parts are what a whole is divided into, by their places; some respondents of
// the whole may be in none.
type Sum struct {
	Whole int
	Parts []int
}

// Beside withholds parts beside those that are withheld, until no sum that is shown tells one:
// the parts of each that are withheld are two or more, of as many respondents together as a
// policy wants of one and on either of its sides, and no sums together determine one of them.
// Of those that are shown it takes the part of fewest respondents, of equals the first; where
// there is none, the whole. Bases come first, by nothing but bases, so that figures of the same
// respondents hide the same.
func Beside(base, sides int, parts []Part, sums []Sum) {
	for _, values := range []bool{false, true} {
		hidden := func(p *Part) bool { return p.Bare || values && p.Silent }
		hide := func(p *Part) {
			p.Silent = true
			p.Bare = p.Bare || !values
		}
		for again := true; again; {
			again = false
			for _, s := range sums {
				for !keeps(base, sides, parts, s, values, hidden) {
					hide(&parts[cheapest(parts, s, hidden)])
					again = true
				}
			}
			if again {
				continue
			}
			for _, k := range determined(parts, sums, hidden) {
				at := slices.IndexFunc(sums, func(s Sum) bool {
					return (s.Whole == k || slices.Contains(s.Parts, k)) && !hidden(&parts[cheapest(parts, s, hidden)])
				})
				if again = at >= 0; again {
					hide(&parts[cheapest(parts, sums[at], hidden)])
					break
				}
			}
		}
	}
}

// keeps says that a sum tells nothing of those of its parts that are withheld.
func keeps(base, sides int, parts []Part, s Sum, values bool, hidden func(*Part) bool) bool {
	whole := &parts[s.Whole]
	left, sided := *whole, whole.Sided // what is not shown of it
	n := 0
	for _, k := range s.Parts {
		switch p := &parts[k]; {
		case p.Base == 0:
		case hidden(p):
			n++
		default:
			left.Base, left.Yes = left.Base-p.Base, left.Yes-p.Yes
		}
	}
	if n == 0 || hidden(whole) {
		return true
	}
	known := 0
	for _, k := range s.Parts {
		known += parts[k].Base
	}
	if known < whole.Base {
		n++ // those who are in none
	}
	enough := n > 1 && left.Base >= base
	if values && sided {
		enough = enough && left.Yes >= sides && left.Base-left.Yes >= sides
	}
	return enough
}

// cheapest is the place of the part of a sum whose withholding costs least, or of its whole.
func cheapest(parts []Part, s Sum, hidden func(*Part) bool) int {
	best := s.Whole
	for _, k := range s.Parts {
		if p := &parts[k]; p.Base > 0 && !hidden(p) && (best == s.Whole || p.Base < parts[best].Base) {
			best = k
		}
	}
	return best
}

// determined are the places of withheld parts that the sums which are shown determine, by
// elimination.
func determined(parts []Part, sums []Sum, hidden func(*Part) bool) []int {
	column := map[int]int{}
	var places []int
	of := func(k int) int {
		at, met := column[k]
		if !met {
			at = len(places)
			column[k], places = at, append(places, k)
		}
		return at
	}
	var unknown [][]int // of each equation, the columns, 1 each but for a withheld whole, -1
	var wholes []int
	for _, s := range sums {
		known, columns := 0, []int(nil)
		for _, k := range s.Parts {
			known += parts[k].Base
			if parts[k].Base > 0 && hidden(&parts[k]) {
				columns = append(columns, of(k))
			}
		}
		if known < parts[s.Whole].Base {
			continue // some are in none, and an unknown of their own
		}
		whole := -1
		if hidden(&parts[s.Whole]) {
			whole = of(s.Whole)
		}
		if len(columns) > 0 || whole >= 0 {
			unknown, wholes = append(unknown, columns), append(wholes, whole)
		}
	}
	rows := make([][]float64, len(unknown))
	for i, columns := range unknown {
		rows[i] = make([]float64, len(places))
		for _, c := range columns {
			rows[i][c] = 1
		}
		if wholes[i] >= 0 {
			rows[i][wholes[i]] = -1
		}
	}
	const none = 1e-9
	rank := 0
	for c := 0; c < len(places) && rank < len(rows); c++ {
		pivot := rank
		for i := rank; i < len(rows); i++ {
			if math.Abs(rows[i][c]) > math.Abs(rows[pivot][c]) {
				pivot = i
			}
		}
		if math.Abs(rows[pivot][c]) < none {
			continue
		}
		rows[rank], rows[pivot] = rows[pivot], rows[rank]
		for i := range rows {
			if by := rows[i][c] / rows[rank][c]; i != rank && math.Abs(by) > none {
				for j := c; j < len(places); j++ {
					rows[i][j] -= float64(by * rows[rank][j])
				}
			}
		}
		rank++
	}
	var found []int
	for _, row := range rows[:rank] {
		at, n := 0, 0
		for c, x := range row {
			if math.Abs(x) > none {
				at, n = c, n+1
			}
		}
		if n == 1 {
			found = append(found, places[at])
		}
	}
	slices.Sort(found)
	return found
}
