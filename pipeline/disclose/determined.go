package disclose

import (
	"cmp"
	"math"
	"slices"
)

// A solved secret is one that sums determine together.
type solved struct {
	part int   // its place; behind all parts, of those whom a sum has in none
	by   []int // the places of the sums
}

// determined are the secrets that the sums which are shown determine, by elimination, in the
// order of their places.
func (b *beside) determined() []solved {
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
	type equation struct {
		sum, whole int // the whole's column; -1 of one that is known
		columns    []int
	}
	var equations []equation
	secret := slices.Clone(b.secret)
	for i, s := range b.sums {
		secret = append(secret, false)
		if !b.applies(s) || s.Of == CountedOfBase && !b.told(s) {
			continue
		}
		e := equation{sum: i, whole: -1}
		for _, k := range s.Parts {
			if !b.nobody(k) && b.hidden(k) {
				e.columns = append(e.columns, of(k))
			}
		}
		if in := b.none(s); in.Base > 0 {
			e.columns = append(e.columns, of(len(b.parts)+i))
			secret[len(b.parts)+i] = b.few(s, in)
		}
		if !b.told(s) {
			e.whole = of(s.Whole)
		}
		if len(e.columns) > 0 || e.whole >= 0 {
			equations = append(equations, e)
		}
	}
	n := len(places)
	rows := make([][]float64, len(equations))
	for i, e := range equations {
		rows[i] = make([]float64, n+len(equations)) // behind the unknowns, the equations that it is made of
		for _, c := range e.columns {
			rows[i][c] = 1
		}
		if e.whole >= 0 {
			rows[i][e.whole] = -1
		}
		rows[i][n+i] = 1
	}
	var found []solved
	for _, row := range eliminated(rows, n) {
		at, met := 0, 0
		for c, x := range row[:n] {
			if math.Abs(x) > nought {
				at, met = c, met+1
			}
		}
		if met != 1 || !secret[places[at]] {
			continue
		}
		d := solved{part: places[at]}
		for i, x := range row[n:] {
			if math.Abs(x) > nought {
				d.by = append(d.by, equations[i].sum)
			}
		}
		found = append(found, d)
	}
	slices.SortFunc(found, func(x, y solved) int { return cmp.Compare(x.part, y.part) })
	return found
}

const nought = 1e-9 // what rounding leaves of 0

// eliminated are rows reduced by each other in their first n columns, those alone that are left.
func eliminated(rows [][]float64, n int) [][]float64 {
	rank := 0
	for c := 0; c < n && rank < len(rows); c++ {
		pivot := rank
		for i := rank; i < len(rows); i++ {
			if math.Abs(rows[i][c]) > math.Abs(rows[pivot][c]) {
				pivot = i
			}
		}
		if math.Abs(rows[pivot][c]) < nought {
			continue
		}
		rows[rank], rows[pivot] = rows[pivot], rows[rank]
		var filled []int
		for j, x := range rows[rank] {
			if x != 0 {
				filled = append(filled, j)
			}
		}
		for i := range rows {
			if by := rows[i][c] / rows[rank][c]; i != rank && math.Abs(by) > nought {
				for _, j := range filled {
					rows[i][j] -= float64(by * rows[rank][j])
				}
			}
		}
		rank++
	}
	return rows[:rank]
}
