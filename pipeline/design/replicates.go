package design

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"togetherwecan/pipeline/refusal"
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
	Names  []string    // of the weights' variables, for problems; nil where they are made
	Weight [][]float64 // of each replicate, whole weights of each of the design's Rows; nil where Factor gives them
	Factor [][]float64 // of each replicate and cluster of the first stage, what the design's weights are multiplied by; nil where Weight gives them
	Scale  float64
	Scales []float64 // of each replicate; nil is 1 for all
	MSE    bool

	places []int32 // of a part of a design, where Weight has its respondents; nil is in their order
}

// Count is how many replicates there are.
func (r *Replicates) Count() int { return max(len(r.Weight), len(r.Factor)) }

// Replicate is the whole weights of each of Rows in one replicate: in room, where it is
// long enough, unless they are held.
func (d *Design) Replicate(replicate int, room []float64) []float64 {
	r := d.Replicates
	if r.Weight != nil && r.places == nil {
		return r.Weight[replicate]
	}
	if cap(room) < len(d.Weight) {
		room = make([]float64, len(d.Weight))
	}
	room = room[:len(d.Weight)]
	for i := range room {
		if r.Weight != nil {
			room[i] = r.Weight[replicate][r.places[i]]
		} else {
			room[i] = float64(d.Weight[i] * r.Factor[replicate][d.Cluster[i]])
		}
	}
	return room
}

// With is the replicates with other weights, of a design's Rows.
func (r *Replicates) With(weight [][]float64) *Replicates {
	made := *r
	made.Weight, made.Factor, made.places = weight, nil, nil
	return &made
}

// Replicated is the whole weights of each replicate.
func (d *Design) Replicated() [][]float64 {
	made := make([][]float64, d.Replicates.Count())
	for n := range made {
		made[n] = d.Replicate(n, nil)
	}
	return made
}

// ScaleOf is the scale of one replicate.
func (r *Replicates) ScaleOf(replicate int) float64 {
	if r.Scales == nil {
		return 1
	}
	return r.Scales[replicate]
}

// Jackknife says whether the replicates each leave out a part of the sample, and
// so are too near to it for the error of what is not smooth, such as a quantile.
func (r *Replicates) Jackknife() bool { return strings.HasPrefix(strings.ToLower(r.Method), "jk") }

// A replicate's weights are those of the design, each times a factor that is 0 or,
// for some respondents at least, not far from 1. A column of which all factors are
// beyond one of these is something else.
const (
	leastFactor = 0.05
	mostFactor  = 20
)

// check says what is wrong with the replicates of a source, of the rows that
// have a weight: fewer than two, a scale that is not above 0, scales that are
// not one a replicate, weights that are missing, infinite or over-large, and a
// variable that cannot be a replicate of the weight, as a flag that a file has
// beside them. A replicate weight may be negative, as some bootstraps make them.
func (r *Replicates) check(where string, rows []int32, own []float64) refusal.Problems {
	var ps refusal.Problems
	method := where + ": replicates"
	if r.Method != "" {
		method += " by " + r.Method
	}
	if len(r.Weight) < 2 {
		ps.Add(method, "%d, want at least 2", len(r.Weight))
	}
	if !(r.Scale > 0) || math.IsInf(r.Scale, 1) {
		ps.Add(method, "a scale of %g, want a number above 0", r.Scale)
	}
	if r.Scales != nil && len(r.Scales) != len(r.Weight) {
		ps.Add(method, "%d scales of %d replicates, want one of each", len(r.Scales), len(r.Weight))
	}
	for n, scale := range r.Scales {
		if !(scale >= 0) || math.IsInf(scale, 1) {
			ps.Add(method, "a scale of %g of replicate %d, want a number of at least 0", scale, n+1)
		}
	}
	for n, weight := range r.Weight {
		missing, large := 0, 0
		for _, row := range rows {
			switch w := weight[row]; {
			case math.IsNaN(w):
				missing++
			case math.Abs(w) > MaxWeight:
				large++
			}
		}
		of := fmt.Sprintf("%s: replicate weight %d", where, n+1)
		if r.Names != nil {
			of = fmt.Sprintf("%s: variable %q", where, r.Names[n])
		}
		if missing > 0 {
			ps.Add(of, "weighted respondents without this replicate weight: %d, want none", refusal.Many(missing))
		}
		if large > 0 {
			ps.Add(of, "replicate weights beyond %g: %d, want none", float64(MaxWeight), refusal.Many(large))
		}
		if what := unlike(weight, rows, own); what != "" && missing+large == 0 {
			ps.AddHint("leave it out of --replicates, as by a pattern of numbers: 'w[0-9]*'", of, "cannot be a replicate of the weight: it is %s", what)
		}
	}
	return ps
}

// unlike says why numbers cannot be a replicate of the rows' own weights, "" where
// they may be one.
func unlike(weight []float64, rows []int32, own []float64) string {
	least, most := math.Inf(1), 0.0
	same, ownSame := true, true
	for i, row := range rows {
		same, ownSame = same && weight[row] == weight[rows[0]], ownSame && own[i] == own[0]
		if factor := math.Abs(weight[row] / own[i]); factor > 0 {
			least, most = min(least, factor), max(most, factor)
		}
	}
	switch {
	case most == 0:
		return ""
	case same && !ownSame:
		return fmt.Sprintf("%g in every row, where the weight varies", weight[rows[0]])
	case most < leastFactor:
		return fmt.Sprintf("at most %.3g times the weight", most)
	case least > mostFactor:
		return fmt.Sprintf("at least %.3g times the weight", least)
	}
	return ""
}

// rank is that of the matrix of the replicates' weights over a domain: the
// columns that, less their projection on those before, keep at least 1e-5 of
// their length.
func (r *Replicates) rank(d *Design, in []bool) int {
	columns := r.distinct(d, in)
	lengths := make([]float64, len(columns))
	for k, column := range columns {
		lengths[k] = norm(column)
	}
	if n := len(columns); n > 0 && len(columns[0]) > 4*n {
		// What is left of a column in some of the rows is less than in all: where they keep
		// all columns, so does the whole.
		some := make([][]float64, n)
		for k, column := range columns {
			for i := range 2 * n {
				some[k] = append(some[k], column[i*len(column)/(2*n)])
			}
		}
		if independent(some, lengths) == n {
			return n
		}
	}
	return independent(columns, lengths)
}

// independent counts the columns that keep enough of the length that each had.
func independent(columns [][]float64, lengths []float64) int {
	const tolerance = 1e-5
	var basis [][]float64
	for k, column := range columns {
		if len(basis) == len(column) {
			break
		}
		before := norm(column)
		Project(column, basis)
		after := norm(column)
		if after < 1e-3*before { // once more, for what rounding leaves
			Project(column, basis)
			after = norm(column)
		}
		if lengths[k] > 0 && after >= tolerance*lengths[k] {
			for i := range column {
				column[i] /= after
			}
			basis = append(basis, column)
		}
	}
	return len(basis)
}

// distinct are columns with the lengths and products of the replicates' weights
// over a domain. Respondents whose weights are multiplied alike, as those of a
// cluster are, are one row of them.
func (r *Replicates) distinct(d *Design, in []bool) [][]float64 {
	const rounding = 1 << 16 // of the multipliers' 2^52
	columns := make([][]float64, r.Count())
	rows, of := map[string]int{}, map[int32]int{}
	var squares []float64
	var first []int32 // of each row, one of its respondents
	var key []byte
	for i, w := range d.Weight {
		if in != nil && !in[i] {
			continue
		}
		if w == 0 {
			w = 1
		}
		row, met := 0, false
		if r.Factor != nil {
			row, met = of[d.Cluster[i]]
		} else {
			key = key[:0]
			for n := range columns {
				key = binary.LittleEndian.AppendUint64(key, (math.Float64bits(r.multiplier(d, n, i))+rounding/2)/rounding)
			}
			row, met = rows[string(key)]
		}
		if !met {
			row = len(squares)
			if squares = append(squares, 0); r.Factor != nil {
				of[d.Cluster[i]] = row
			} else {
				rows[string(key)] = row
			}
			first = append(first, int32(i))
		}
		squares[row] += float64(w * w)
	}
	for n := range columns {
		columns[n] = make([]float64, len(squares))
		for row, square := range squares {
			columns[n][row] = float64(r.multiplier(d, n, int(first[row])) * math.Sqrt(square))
		}
	}
	return columns
}

// multiplier is what a respondent's weight is multiplied by in a replicate; where it is 0,
// the weight itself.
func (r *Replicates) multiplier(d *Design, replicate, i int) float64 {
	if r.Factor != nil {
		return r.Factor[replicate][d.Cluster[i]]
	}
	at := i
	if r.places != nil {
		at = int(r.places[i])
	}
	w := d.Weight[i]
	if w == 0 {
		w = 1
	}
	return r.Weight[replicate][at] / w
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
