package disclose

import "math"

// solvable is how many unknown numbers a system may have that is solved; larger ones
// have the bounds of their lines alone.
const solvable = 40

// solve bounds the counts on a side of a crossed family and of its margins by all that is published of them together: the least and the most that the
// linear program of its parts allows. Counts are whole, so that an attacker may know
// them still a little better; bounds are rounded towards each other.
func (p *protection) solve(f *family, s side) []known {
	if len(p.above(f)) < 2 {
		return nil // its lines say as much
	}
	// Populations whose difference the rounding of shares hides tell nothing of each
	// other.
	var list []known
	first := 0
	for k := 1; k <= len(f.rows); k++ {
		if k == len(f.rows) || s != base && p.blurred(p.whole, k-1, k) {
			list = append(list, p.solveOf(f, s, first, k-1)...)
			first = k
		}
	}
	return list
}

// solveOf solves for the populations from first to last.
func (p *protection) solveOf(f *family, s side, first, last int) []known {
	n := len(f.codes)
	unknown := (last - first + 1) * n // parts: [(population-first)*n+category]
	if unknown > solvable {
		return nil
	}
	var a [][]float64
	var b []float64
	relation := func(k int, categories []int) []float64 {
		row := make([]float64, unknown)
		for i := first; i <= k; i++ {
			for _, c := range categories {
				row[(i-first)*n+c] = 1
			}
		}
		return row
	}
	told := func(k int, categories []int, r *row) {
		if p.told(r, s) {
			a, b = append(a, relation(k, categories)), append(b, float64(r.counts[s]))
		}
	}
	type target struct {
		row []float64
		of  known
	}
	var targets []target
	ask := func(k int, categories []int, g *family, c int) {
		rows := func(k int) *row { return g.rows[k][c] }
		r := rows(k)
		if s != base && p.hazy(g, k, c) {
			return
		}
		if !p.told(r, s) && (s == base || r.counts[base] >= p.unreliable) {
			targets = append(targets, target{relation(k, categories), known{Known{Key: r.figure.Key, Side: sideNames[s]}, r.counts[s], true}})
		}
		if k == first || p.told(r, s) && p.told(rows(k-1), s) || s != base && p.blurred([]*row{rows(k - 1), r}, 0, 1) {
			return
		}
		wanted := relation(k, categories)
		for i, v := range relation(k-1, categories) {
			wanted[i] -= v
		}
		of := known{Known{Key: r.figure.Key, Less: p.populations[k-1], Side: sideNames[s]}, r.counts[s] - rows(k - 1).counts[s], false}
		targets = append(targets, target{wanted, of})
	}
	for k := first; k <= last; k++ {
		for c := range n {
			told(k, []int{c}, f.rows[k][c])
			ask(k, []int{c}, f, c)
		}
		for _, above := range p.above(f) {
			for m := range above.family.codes {
				var line []int
				for c := range n {
					if above.of[c] == m {
						line = append(line, c)
					}
				}
				told(k, line, above.family.rows[k][m])
				ask(k, line, above.family, m)
			}
		}
		all := make([]int, n)
		for c := range all {
			all[c] = c
		}
		told(k, all, p.whole[k])
	}
	if len(targets) == 0 {
		return nil
	}
	a, b = independent(a, b)
	if len(a) == 0 || len(a) >= unknown {
		return nil // nothing is told, or everything: elimination says so
	}
	program := newProgram(a, b)
	if program == nil {
		return nil // no numbers are so: the rows are not all there is
	}
	var list []known
	for _, t := range targets {
		of := t.of
		of.Least, of.Most = 0, beyond
		if least, bounded := program.least(t.row); bounded {
			of.Least = int64(math.Ceil(least - 1e-6))
		}
		for i, v := range t.row {
			t.row[i] = -v
		}
		if most, bounded := program.least(t.row); bounded {
			of.Most = int64(math.Floor(-most + 1e-6))
		}
		list = append(list, of)
	}
	return list
}

// independent leaves out the relations that follow from others: the simplex method
// takes none of them.
func independent(a [][]float64, b []float64) ([][]float64, []float64) {
	var reduced [][]float64
	var pivots []int
	var keep [][]float64
	var right []float64
	for i, row := range a {
		left := append([]float64{}, row...)
		for r, pivot := range pivots {
			if factor := left[pivot]; factor != 0 {
				for c, v := range reduced[r] {
					left[c] -= float64(factor * v)
				}
			}
		}
		pivot := -1
		for c, v := range left {
			if math.Abs(v) > 1e-9 && (pivot < 0 || math.Abs(v) > math.Abs(left[pivot])) {
				pivot = c
			}
		}
		if pivot < 0 {
			continue
		}
		scale := left[pivot]
		for c := range left {
			left[c] /= scale
		}
		reduced, pivots = append(reduced, left), append(pivots, pivot)
		keep, right = append(keep, row), append(right, b[i])
	}
	return keep, right
}
