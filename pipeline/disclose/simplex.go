package disclose

import "math"

// A program is the linear programs of one system of equations over numbers that are not
// negative: a·x = b, x >= 0. It keeps a point that satisfies them and goes on from it
// from one objective to the next, as many are asked of each system.
type program struct {
	rows  [][]float64 // of the basis: the equations solved for basis[i]; the last column is its value
	basis []int
}

const tolerance = 1e-9

// newProgram finds a point that satisfies the equations, which must not follow from
// each other; nil where there is none. No b is negative.
func newProgram(a [][]float64, b []float64) *program {
	p := &program{}
	n := len(a[0])
	for i, row := range a {
		// Each equation has a number of its own besides, at n+i, that is to be 0.
		full := make([]float64, n+len(a)+1)
		copy(full, row)
		full[n+i], full[n+len(a)] = 1, b[i]
		p.rows, p.basis = append(p.rows, full), append(p.basis, n+i)
	}
	own := make([]float64, n+len(a))
	for i := range a {
		own[n+i] = 1
	}
	least, bounded := p.least(own)
	if !bounded || least > 1e-6 {
		return nil
	}
	for i := range p.rows { // what is left of them is 0, and gives way to another
		if p.basis[i] < n {
			continue
		}
		at := -1
		for c := range n {
			if v := math.Abs(p.rows[i][c]); v > tolerance && (at < 0 || v > math.Abs(p.rows[i][at])) {
				at = c
			}
		}
		if at < 0 {
			return nil
		}
		p.pivot(i, at)
	}
	for i, row := range p.rows {
		p.rows[i] = append(row[:n:n], row[len(row)-1])
	}
	return p
}

// least is the least of an objective over all points that satisfy the equations, if
// there is a least. It goes the way of the steepest descent and, where that stands
// still, of Bland's rule, which ends (Dantzig, Linear Programming and Extensions, 1963,
// chapter 5; Bland, Mathematics of Operations Research 2, 1977).
func (p *program) least(objective []float64) (value float64, bounded bool) {
	left := append([]float64{}, objective...) // reduced costs
	for i, row := range p.rows {
		if cost := objective[p.basis[i]]; cost != 0 {
			value += float64(cost * row[len(row)-1])
			for c := range left {
				left[c] -= float64(cost * row[c])
			}
		}
	}
	for stands := 0; ; {
		in := -1
		for c, v := range left {
			if v < -tolerance && (in < 0 || stands < len(left) && v < left[in]) {
				in = c
			}
		}
		if in < 0 {
			return value, true
		}
		out, step := -1, math.Inf(1)
		for i, row := range p.rows {
			if row[in] <= tolerance {
				continue
			}
			ratio := row[len(row)-1] / row[in]
			if ratio < step-tolerance || ratio < step+tolerance && p.basis[i] < p.basis[out] {
				out, step = i, ratio
			}
		}
		if out < 0 {
			return math.Inf(-1), false
		}
		if step > tolerance {
			stands = 0
		} else {
			stands++
		}
		p.pivot(out, in)
		value += float64(left[in] * p.rows[out][len(p.rows[out])-1])
		factor := left[in]
		for c := range left {
			left[c] -= float64(factor * p.rows[out][c])
		}
		left[in] = 0
	}
}

// pivot solves an equation for a number and takes it out of the others.
func (p *program) pivot(at, in int) {
	row := p.rows[at]
	scale := row[in]
	for c := range row {
		row[c] /= scale
	}
	row[in] = 1
	for i, other := range p.rows {
		factor := other[in]
		if i == at || factor == 0 {
			continue
		}
		for c := range other {
			other[c] -= float64(factor * row[c])
		}
		other[in] = 0
	}
	p.basis[at] = in
}
