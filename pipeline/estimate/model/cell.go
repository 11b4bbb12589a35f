package model

import (
	"math"
	"slices"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
)

// Cells are the respondents of a model by what they have in common, in the order in which
// they are met. Where there are nearly as many cells as respondents, each has its own.
type cells struct {
	cell        []int32   // of each respondent; -1 of those outside
	rows        []int32   // of each cell, one of its respondents
	count       []float64 // of each cell, how many they are
	respondents int
	single      bool // each cell has one respondent
}

// cellsOf are the cells of those within who have equal values in all variables.
func cellsOf(in []bool, alike []Variable) cells {
	c := cells{cell: make([]int32, len(in))}
	for i, within := range in {
		if c.cell[i] = -1; within {
			c.cell[i] = 0
			c.respondents++
		}
	}
	most, n := c.respondents/4, 1
	for _, v := range alike {
		codes, codesOf := v.distinct(in, most)
		if n = refine(c.cell, codes, n, codesOf, most); n > most {
			c.single = true
			break
		}
	}
	if c.single {
		c.rows, c.count = make([]int32, 0, c.respondents), slices.Repeat([]float64{1}, c.respondents)
		for i, within := range in {
			if within {
				c.cell[i] = int32(len(c.rows))
				c.rows = append(c.rows, int32(i))
			}
		}
		return c
	}
	c.rows, c.count = make([]int32, n), make([]float64, n)
	for i := len(in) - 1; i >= 0; i-- {
		if at := c.cell[i]; at >= 0 {
			c.rows[at] = int32(i)
			c.count[at]++
		}
	}
	return c
}

// refine divides cells by codes, those of each below a number, and returns how many there
// are then: more than most where they are not worth having.
func refine(cell, codes []int32, cells, below, most int) int {
	if codes == nil {
		return most + 1
	}
	const table = 1 << 21
	next := int32(0)
	var at []int32 // 1 more than the number
	var known map[int]int32
	if cells*below <= table {
		at = make([]int32, cells*below)
	} else {
		known = map[int]int32{}
	}
	for i, c := range cell {
		if c < 0 {
			continue
		}
		key := int(c)*below + int(codes[i])
		number := int32(0)
		if at != nil {
			number = at[key]
		} else {
			number = known[key]
		}
		if number == 0 {
			if next++; int(next) > most {
				return int(next)
			}
			if number = next; at != nil {
				at[key] = number
			} else {
				known[key] = number
			}
		}
		cell[i] = number - 1
	}
	return int(next)
}

// totals are the sums of what respondents have by cell, in no order.
func (c *cells) totals(of func(i int32) float64) []float64 {
	made := make([]float64, len(c.rows))
	if c.single {
		for r, i := range c.rows {
			made[r] = of(i)
		}
		return made
	}
	largest := 0.0
	for i, at := range c.cell {
		if at >= 0 {
			if x := math.Abs(of(int32(i))); x > largest || math.IsNaN(x) {
				largest = x
			}
		}
	}
	by := design.Unit(largest)
	if math.IsNaN(by) {
		return slices.Repeat([]float64{by}, len(made))
	}
	sums := make([]design.Adder, len(made))
	for i, at := range c.cell {
		if at >= 0 {
			sums[at].Add(of(int32(i)) * by)
		}
	}
	for r := range sums {
		made[r] = sums[r].Sum().Value() / by
	}
	return made
}

// weights are the weights of cells.
func (c *cells) weights(weight []float64) []float64 {
	return c.totals(func(i int32) float64 { return weight[i] })
}

// sparse is columns by row.
func sparse(columns [][]float64, rows int) estimate.Sparse {
	s := estimate.Sparse{Begin: make([]int32, rows+2)}
	for _, column := range columns {
		for r, x := range column {
			if x != 0 {
				s.Begin[r+2]++
			}
		}
	}
	for r := range rows {
		s.Begin[r+2] += s.Begin[r+1]
	}
	n := s.Begin[rows+1]
	s.Column, s.X = make([]int32, n), make([]float64, n)
	for j, column := range columns {
		for r, x := range column {
			if x != 0 {
				at := &s.Begin[r+1]
				s.Column[*at], s.X[*at] = int32(j), x
				*at++
			}
		}
	}
	s.Begin = s.Begin[:rows+1]
	return s
}
