package estimate

import (
	"math"
	"slices"

	"togetherwecan/pipeline/design"
)

// A Scorer is a Statistic of which many respondents are alike: what it takes to add
// their linearised values up by cluster, without a linearised value of each.
type Scorer interface {
	Statistic
	Scores(weight, values []float64) *Scores
}

// Scores are linearised values by cells of respondents: value k of a respondent is the
// sum over the columns of its cell of By[k] times the cell's number, and of the first
// Scaled columns times the respondent's own Residual.
type Scores struct {
	Cell     []int32 // of each respondent; -1 for those outside
	Cells    Sparse
	Residual []float64
	Scaled   int
	By       [][]float64 // of each value, by column
}

// A Sparse is a matrix by its numbers that are not 0: those of row r are X[k] in
// Column[k], for k from Begin[r] to before Begin[r+1], columns rising.
type Sparse struct {
	Begin, Column []int32
	X             []float64
}

// Row is the columns and numbers of a row.
func (s *Sparse) Row(r int32) (columns []int32, xs []float64) {
	from, to := s.Begin[r], s.Begin[r+1]
	return s.Column[from:to], s.X[from:to]
}

// Each is every value of each respondent.
func (s *Scores) Each() [][]float64 {
	made := make([][]float64, len(s.By))
	for k := range made {
		made[k] = s.Of(k)
	}
	return made
}

// Of is one of the values, of each respondent; 0 of those outside.
func (s *Scores) Of(k int) []float64 {
	made := make([]float64, len(s.Cell))
	scaled, others := make([]float64, len(s.Cells.Begin)-1), make([]float64, len(s.Cells.Begin)-1)
	for c := range scaled {
		scaled[c], others[c] = s.parts(k, int32(c))
	}
	for i, c := range s.Cell {
		if c >= 0 {
			made[i] = float64(scaled[c]*s.Residual[i]) + others[c]
		}
	}
	return made
}

// parts are what a value is of a cell: that which is scaled, and the other.
func (s *Scores) parts(k int, cell int32) (scaled, other float64) {
	columns, xs := s.Cells.Row(cell)
	for n, j := range columns {
		if x := float64(s.By[k][j] * xs[n]); int(j) < s.Scaled {
			scaled += x
		} else {
			other += x
		}
	}
	return scaled, other
}

// Sizes are of each value the sum of the respondents' sizes in it, weighted: of its scaled
// part and of the other.
func (s *Scores) Sizes(weight []float64) []float64 {
	scaled, others := make([]float64, len(s.Cells.Begin)-1), make([]float64, len(s.Cells.Begin)-1)
	for i, c := range s.Cell {
		if c >= 0 {
			scaled[c] += math.Abs(float64(weight[i] * s.Residual[i]))
			others[c] += math.Abs(weight[i])
		}
	}
	sizes := make([]float64, len(s.By))
	for c := range scaled {
		for k := range sizes {
			own, other := s.parts(k, int32(c))
			sizes[k] += float64(math.Abs(own)*scaled[c]) + float64(math.Abs(other)*others[c])
		}
	}
	return sizes
}

// totals are the weighted sums of each value by group of respondents, in no order.
func (s *Scores) totals(weight []float64, group []int32, groups int) [][]float64 {
	columns := 0
	if len(s.By) > 0 {
		columns = len(s.By[0])
	}
	units := s.units(weight, columns)
	begin, of := within(group, groups, s.Cell)
	totals := make([][]float64, len(s.By))
	for k := range totals {
		totals[k] = make([]float64, groups)
	}
	sums, touched := make([]design.Adder, columns), make([]int32, 0, columns)
	is := make([]bool, columns)
	for g := range groups {
		touched = touched[:0]
		for _, i := range of[begin[g]:begin[g+1]] {
			w := weight[i]
			own := float64(w * s.Residual[i])
			in, xs := s.Cells.Row(s.Cell[i])
			for n, j := range in {
				by := w
				if int(j) < s.Scaled {
					by = own
				}
				if !is[j] {
					is[j], touched = true, append(touched, j)
				}
				sums[j].Add(float64(by*xs[n]) * units[j])
			}
		}
		slices.Sort(touched)
		for _, j := range touched {
			sum := sums[j].Sum().Value() / units[j]
			sums[j], is[j] = design.Adder{}, false
			for k := range totals {
				totals[k][g] += float64(s.By[k][j] * sum)
			}
		}
	}
	return totals
}

// units bring the terms of each column to at most 1 in size; NaN where one is not finite.
func (s *Scores) units(weight []float64, columns int) []float64 {
	scaled, others := 0.0, 0.0
	for i, c := range s.Cell {
		if c >= 0 {
			scaled, others = larger(scaled, weight[i]*s.Residual[i]), larger(others, weight[i])
		}
	}
	units := make([]float64, columns)
	for n, j := range s.Cells.Column {
		units[j] = larger(units[j], s.Cells.X[n])
	}
	for j := range units {
		by := others
		if j < s.Scaled {
			by = scaled
		}
		units[j] = design.Unit(float64(units[j] * by))
	}
	return units
}

// within lists those of each group who are of a cell: from begin of the group to before
// that of the next.
func within(group []int32, groups int, cell []int32) (begin, of []int32) {
	begin = make([]int32, groups+2)
	n := 0
	for i, c := range cell {
		if c >= 0 {
			begin[group[i]+2]++
			n++
		}
	}
	for g := range groups {
		begin[g+2] += begin[g+1]
	}
	of = make([]int32, n)
	for i, c := range cell {
		if c >= 0 {
			at := &begin[group[i]+1]
			of[*at] = int32(i)
			*at++
		}
	}
	return begin, of
}
