package design

import (
	"encoding/binary"
	"math"
)

// Replicates are weights under which an estimate is made again, so that its
// variance is
//
//	Scale * sum over r of Scales[r] * (estimate_r - centre)^2
//
// The centre is the estimate under the design's own weights where MSE is set,
// or else the mean of the estimates of the replicates whose Scales are not 0.
type Replicates struct {
	Method string      // as the design declares it: "JK1", "BRR", "bootstrap"
	Weight [][]float64 // of each replicate, whole weights of each of the design's Rows
	Scale  float64
	Scales []float64 // of each replicate; nil is 1 for all
	MSE    bool
}

// ScaleOf is the scale of one replicate.
func (r *Replicates) ScaleOf(replicate int) float64 {
	if r.Scales == nil {
		return 1
	}
	return r.Scales[replicate]
}

// rank is that of the matrix of the replicates' weights over a domain: the
// columns that, less their projection on those before, keep at least 1e-5 of
// their length.
func (r *Replicates) rank(d *Design, in []bool) int {
	const tolerance = 1e-5
	var basis [][]float64
	for _, column := range r.distinct(d.Weight, in) {
		if len(basis) == len(column) {
			break
		}
		before := norm(column)
		project(column, basis)
		after := norm(column)
		if after < 1e-3*before { // once more, for what rounding leaves
			project(column, basis)
			after = norm(column)
		}
		if before > 0 && after >= tolerance*before {
			for i := range column {
				column[i] /= after
			}
			basis = append(basis, column)
		}
	}
	return len(basis)
}

// project takes a column's projection on each of a basis from it.
func project(column []float64, basis [][]float64) {
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

// distinct are columns with the lengths and products of the replicates' weights
// over a domain. Respondents whose weights are multiplied alike, as those of a
// cluster are, are one row of them.
func (r *Replicates) distinct(weight []float64, in []bool) [][]float64 {
	const rounding = 1 << 16 // of the multipliers' 2^52
	columns := make([][]float64, len(r.Weight))
	rows := map[string]int{}
	var squares []float64
	var key []byte
	for i, w := range weight {
		if in != nil && !in[i] {
			continue
		}
		if w == 0 {
			w = 1
		}
		key = key[:0]
		for _, of := range r.Weight {
			key = binary.LittleEndian.AppendUint64(key, (math.Float64bits(of[i]/w)+rounding/2)/rounding)
		}
		row, met := rows[string(key)]
		if !met {
			row = len(squares)
			rows[string(key)] = row
			squares = append(squares, 0)
			for n, of := range r.Weight {
				columns[n] = append(columns[n], of[i]/w)
			}
		}
		squares[row] += float64(w * w)
	}
	for _, column := range columns {
		for row, square := range squares {
			column[row] *= math.Sqrt(square)
		}
	}
	return columns
}

func norm(xs []float64) float64 {
	largest := 0.0
	for _, x := range xs {
		largest = max(largest, math.Abs(x))
	}
	if largest == 0 {
		return 0
	}
	squares := 0.0
	for _, x := range xs {
		squares += float64((x / largest) * (x / largest))
	}
	return largest * math.Sqrt(squares)
}
