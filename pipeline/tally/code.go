package tally

import (
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/table"
)

// blockRows is how many rows are coded at a time, so that they stay in the
// processor's nearest memory from column to column.
const blockRows = 1024

// A check is a condition on one column, or that it has a value.
type check struct {
	codes     *table.Codes
	holds     []uint8 // by state
	values    []float64
	low, high float64
	outside   bool // holds for numbers that are not from low to high
}

func checkOf(c *table.Column, holds func(category int) bool, low, high float64) check {
	if c.Codes == nil {
		return check{values: c.Values, low: low, high: high}
	}
	made := check{codes: c.Codes, holds: make([]uint8, table.Kinds+len(c.Variable.Categories))}
	for i := range c.Variable.Categories {
		if holds(i) {
			made.holds[table.Kinds+i] = 1
		}
	}
	return made
}

// conditionOf is false where the value is missing, as table.Column.Holds.
func conditionOf(t *table.Table, w codebook.Condition) check {
	c := t.Column(w.Variable)
	in := make([]bool, len(c.Variable.Categories))
	for _, code := range w.Categories {
		if i := c.Variable.Index(code); i >= 0 {
			in[i] = true
		}
	}
	low, high := math.Inf(-1), math.Inf(1)
	if w.AtLeast != nil {
		low = *w.AtLeast
	}
	if w.AtMost != nil {
		high = *w.AtMost
	}
	return checkOf(c, func(i int) bool { return in[i] }, low, high)
}

func answered(t *table.Table, name string) check {
	return checkOf(t.Column(name), func(int) bool { return true }, math.Inf(-1), math.Inf(1))
}

// opposite is a check that is false for the same missing values, and otherwise
// where this one holds.
func (c check) opposite() check {
	c.outside = !c.outside
	c.holds = slices.Clone(c.holds)
	for i := table.Kinds; i < len(c.holds); i++ {
		c.holds[i] = 1 - c.holds[i]
	}
	return c
}

// and clears the marks of the rows for which the check does not hold.
func (c *check) and(rows []int32, marks []uint8) {
	marks = marks[:len(rows)]
	if c.codes != nil {
		for i, row := range rows {
			marks[i] &= c.holds[table.Kinds+c.codes.At(int(row))]
		}
		return
	}
	for i, row := range rows {
		if v := c.values[row]; (v >= c.low && v <= c.high) == c.outside || math.IsNaN(v) {
			marks[i] = 0
		}
	}
}

// A coder writes coded rows: the weight, the conditions that hold, the marks of
// each group, the place in each breakdown, and the amounts.
type coder struct {
	*layout
	flagChecks [][]check
	valid      [][]check // of each group
	counted    []*check
	by         [][]*table.Column
	values     [][][]float64 // of each amount, its factors
}

func newCoder(l *layout, t *table.Table) *coder {
	c := &coder{layout: l}
	checks := func(names []string, where []codebook.Condition) []check {
		var made []check
		for _, name := range names {
			made = append(made, answered(t, name))
		}
		for _, w := range where {
			made = append(made, conditionOf(t, w))
		}
		return made
	}
	for _, where := range l.flags {
		c.flagChecks = append(c.flagChecks, checks(nil, where))
	}
	for _, g := range l.groups {
		valid := checks(g.answered, g.where)
		if g.except != nil {
			valid = append(valid, conditionOf(t, *g.except).opposite())
		}
		c.valid = append(c.valid, valid)
		var counted *check
		if g.counted != nil {
			made := conditionOf(t, *g.counted)
			counted = &made
		}
		c.counted = append(c.counted, counted)
	}
	for _, b := range l.breakdowns {
		columns := make([]*table.Column, len(b.by))
		for i, name := range b.by {
			columns[i] = t.Column(name)
		}
		c.by = append(c.by, columns)
	}
	for _, a := range l.amounts {
		values := make([][]float64, len(a.values))
		for i, of := range a.values {
			values[i] = t.Column(of.Value).Values
		}
		c.values = append(c.values, values)
	}
	return c
}

// scratch is what a block is coded in.
type scratch struct {
	flags [][blockRows]uint8
	words [][blockRows]uint64
	place [blockRows]int32
}

func (c *coder) scratch() *scratch {
	return &scratch{flags: make([][blockRows]uint8, len(c.flags)), words: make([][blockRows]uint64, c.stride)}
}

// code writes the words of at most blockRows rows of the table.
func (c *coder) code(rows []int32, weight []float64, out []uint64, s *scratch) {
	n := len(rows)
	for word := range s.words {
		clear(s.words[word][:n])
	}
	for i, w := range weight {
		s.words[0][i] = math.Float64bits(w)
	}
	for f, checks := range c.flagChecks {
		marks := s.flags[f][:n]
		for i := range marks {
			marks[i] = 1
		}
		for k := range checks {
			checks[k].and(rows, marks)
		}
		word := s.words[1+f/64][:n]
		for i, m := range marks {
			word[i] |= uint64(m) << (f % 64)
		}
	}
	var valid, counted [blockRows]uint8
	for g := range c.groups {
		copy(valid[:n], s.flags[c.groups[g].flag][:n])
		for k := range c.valid[g] {
			c.valid[g][k].and(rows, valid[:n])
		}
		copy(counted[:n], valid[:n])
		if c.counted[g] != nil {
			c.counted[g].and(rows, counted[:n])
		}
		word := s.words[c.firstMark+g/wordItems][:n]
		shift := g % wordItems
		for i := range word {
			word[i] |= uint64(valid[i])<<shift | uint64(counted[i])<<(shift+wordItems)
		}
	}
	c.places(rows, s)
	for a := range c.amounts {
		c.amount(a, weight, rows, s)
	}
	for i := range n {
		row := out[i*c.stride : (i+1)*c.stride]
		for word := range row {
			row[word] = s.words[word][i]
		}
	}
}

// places writes the rows' places in the breakdowns.
func (c *coder) places(rows []int32, s *scratch) {
	place := s.place[:len(rows)]
	for b := range c.breakdowns {
		clear(place)
		for _, column := range c.by[b] {
			size := int32(len(column.Variable.Categories))
			for i, row := range rows {
				code := int32(column.Codes.At(int(row)))
				if code < 0 || place[i] < 0 {
					place[i] = -1
					continue
				}
				place[i] = place[i]*size + code
			}
		}
		word, shift := s.words[c.breakdowns[b].word][:len(rows)], c.breakdowns[b].shift
		for i, at := range place {
			word[i] |= uint64(at+1) << shift
		}
	}
}

// amount writes the products of the weight and the values of a group's rows,
// from left to right.
func (c *coder) amount(a int, weight []float64, rows []int32, s *scratch) {
	g := c.amounts[a].group
	marks, shift := &s.words[c.firstMark+g/wordItems], g%wordItems
	word := &s.words[c.firstValue+a]
	for i, row := range rows {
		if marks[i]>>shift&1 == 0 {
			continue
		}
		product := weight[i]
		for k, values := range c.values[a] {
			product = float64(product * (values[row] - c.amounts[a].values[k].Less))
		}
		word[i] = math.Float64bits(product)
	}
}
