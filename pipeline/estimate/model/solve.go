package model

import (
	"math"

	"togetherwecan/pipeline/design"
)

// A cholesky is the lower triangle L of a symmetric positive definite matrix
// L L' (Golub and Van Loan 2013, section 4.2).
type cholesky [][]float64

// decompose returns the triangle of a matrix, or false where rounding leaves
// nothing of a column that those before it explain.
func decompose(a [][]float64) (cholesky, bool) {
	const rounding = 1e-14
	l := design.Square(len(a))
	for j := range a {
		for i := j; i < len(a); i++ {
			x := a[i][j]
			for k := range j {
				x -= float64(l[i][k] * l[j][k])
			}
			if i == j {
				if !(x > rounding*a[j][j]) || math.IsInf(x, 1) {
					return nil, false
				}
				l[j][j] = math.Sqrt(x)
				continue
			}
			l[i][j] = x / l[j][j]
		}
	}
	return l, true
}

// solve returns the x for which the matrix times x is b.
func (l cholesky) solve(b []float64) []float64 {
	x := l.forward(b)
	for i := len(b) - 1; i >= 0; i-- {
		for k := i + 1; k < len(b); k++ {
			x[i] -= float64(l[k][i] * x[k])
		}
		x[i] /= l[i][i]
	}
	return x
}

// forward is L^-1 b.
func (l cholesky) forward(b []float64) []float64 {
	x := make([]float64, len(b))
	for i := range b {
		x[i] = b[i]
		for k := range i {
			x[i] -= float64(l[i][k] * x[k])
		}
		x[i] /= l[i][i]
	}
	return x
}

// form is x' A^-1 x, of the matrix A that was decomposed.
func (l cholesky) form(x []float64) float64 {
	solved := l.solve(x)
	terms := make([]float64, len(x))
	for i := range x {
		terms[i] = float64(x[i] * solved[i])
	}
	return design.Total(terms)
}

// independent returns which columns are no linear combination of those before
// them: less their projection on those, at least 1e-7 of their length is left.
func independent(columns [][]float64) []bool {
	const tolerance = 1e-7
	var basis [][]float64
	kept := make([]bool, len(columns))
	for j, column := range columns {
		rest := append([]float64(nil), column...)
		before := length(rest)
		for range 2 { // once more, for what rounding leaves
			design.Project(rest, basis)
		}
		after := length(rest)
		if kept[j] = before > 0 && after >= tolerance*before; kept[j] {
			for i := range rest {
				rest[i] /= after
			}
			basis = append(basis, rest)
		}
	}
	return kept
}

func length(xs []float64) float64 {
	by := design.Unit(design.Largest(xs))
	squares := 0.0
	for _, x := range xs {
		squares += float64(float64(x*by) * float64(x*by))
	}
	return math.Sqrt(squares) / by
}

// whitened is L^-1 B L'^-1 of a symmetric B: it has the eigenvalues of A^-1 B, of the
// matrix A that was decomposed.
func (l cholesky) whitened(b [][]float64) [][]float64 {
	forward := func(rows [][]float64) [][]float64 { // L^-1 of each row, as a column of the result
		made := design.Square(len(rows))
		for j, row := range rows {
			for i, x := range l.forward(row) {
				made[i][j] = x
			}
		}
		return made
	}
	return forward(forward(b))
}
