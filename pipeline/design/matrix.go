package design

import "math"

// Square is a square matrix of zeros, in one piece of memory.
func Square(k int) [][]float64 {
	cells := make([]float64, k*k)
	rows := make([][]float64, k)
	for i := range rows {
		rows[i] = cells[i*k : (i+1)*k : (i+1)*k]
	}
	return rows
}

// Size is the sum of the sizes of numbers.
func Size(xs []float64) float64 {
	sizes := make([]float64, len(xs))
	for i, x := range xs {
		sizes[i] = math.Abs(x)
	}
	return Total(sizes)
}

// Project takes a column's projection on each of an orthonormal basis from it.
func Project(column []float64, basis [][]float64) {
	for _, b := range basis {
		dot := 0.0
		for i, x := range column {
			dot += float64(x * b[i])
		}
		for i := range column {
			column[i] -= float64(dot * b[i])
		}
	}
}
