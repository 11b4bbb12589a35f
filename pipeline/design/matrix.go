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
	by := Unit(Largest(xs))
	if math.IsNaN(by) {
		return by
	}
	var a Adder
	for _, x := range xs {
		a.Add(math.Abs(x) * by)
	}
	return a.Sum().Value() / by
}

// Project takes a column's projection on each of an orthonormal basis from it.
func Project(column []float64, basis [][]float64) {
	for _, b := range basis {
		b = b[:len(column)]
		projection := dot(column, b)
		for i := range column {
			column[i] -= float64(projection * b[i])
		}
	}
}

// dot is the sum of products, in four sums that do not wait for one another.
func dot(a, b []float64) float64 {
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= len(a); i += 4 {
		x, y := a[i:i+4:i+4], b[i:i+4:i+4]
		s0 += float64(x[0] * y[0])
		s1 += float64(x[1] * y[1])
		s2 += float64(x[2] * y[2])
		s3 += float64(x[3] * y[3])
	}
	for ; i < len(a); i++ {
		s0 += float64(a[i] * b[i])
	}
	return s0 + s1 + (s2 + s3)
}
