package tally

import (
	"math"
	"slices"
	"sync"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/table"
)

// blockRows is how many rows are coded at a time, so that they stay in the
// processor's nearest memory from column to column.
const blockRows = 1024

// A check is a condition on one column, or that it has a value.
type check struct {
	column    *table.Column
	in        []bool  // of categories; nil where each is
	low, high float64 // of numbers
	outside   bool    // holds for the categories and the numbers for which the rest of it does not
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
	return check{column: c, in: in, low: low, high: high}
}

func answered(t *table.Table, name string) check {
	return check{column: t.Column(name), low: math.Inf(-1), high: math.Inf(1)}
}

// holds is whether the check does of the value that a code is of.
func (c check) holds(code int) bool {
	if c.column.Numbers != nil {
		x := c.column.Numbers[code]
		return (x >= c.low && x <= c.high) != c.outside
	}
	return (c.in == nil || c.in[code]) != c.outside
}

// opposite is a check that is false for the same missing values, and otherwise
// where this one holds.
func (c check) opposite() check {
	c.outside = !c.outside
	return c
}

// A mask is what the values of one variable leave of a word of flags or marks:
// all conditions on it, of all groups, in one look.
type mask struct {
	column *table.Column
	word   int
	left   []uint64 // of codes: by state
	planar bool     // whole ranges of rows are looked up otherwise
	checks []bound  // of numbers
}

// A bound is of the bits that a number clears unless it is within it, or unless
// it is outside.
type bound struct {
	low, high float64
	outside   bool
	bits      uint64
}

// add clears bits of the word for the values for which a check does not hold.
func (m *mask) add(c check, bits uint64) {
	if m.column.Codes == nil {
		for i := range m.checks {
			if b := &m.checks[i]; b.low == c.low && b.high == c.high && b.outside == c.outside {
				b.bits |= bits
				return
			}
		}
		m.checks = append(m.checks, bound{c.low, c.high, c.outside, bits})
		return
	}
	for state := range m.left {
		if i := state - table.Kinds; i < 0 || i >= m.column.Distinct() || !c.holds(i) {
			m.left[state] &^= bits
		}
	}
}

// clear clears bits of the rows' words.
func (m *mask) clear(rows []int32, words []uint64) {
	words = words[:len(rows)]
	if m.column.Codes != nil {
		switch one, two, four := m.column.Codes.States(); {
		case one != nil:
			keepBytes(one, rows, (*[256]uint64)(m.left), words)
		case two != nil:
			keep(two, rows, m.left, words)
		default:
			keep(four, rows, m.left, words)
		}
		return
	}
	for _, b := range m.checks {
		for i, row := range rows {
			if v := m.column.Values[row]; (v >= b.low && v <= b.high) == b.outside || math.IsNaN(v) {
				words[i] &^= b.bits
			}
		}
	}
}

// keepBytes keeps what the states leave of words.
func keepBytes(states []uint8, rows []int32, left *[256]uint64, words []uint64) {
	words = words[:len(rows)]
	for i, row := range rows {
		words[i] &= left[states[row]]
	}
}

// keep does so for wider states.
func keep[S table.State](states []S, rows []int32, left, words []uint64) {
	for i, row := range rows {
		words[i] &= left[states[row]]
	}
}

// A coder writes coded rows: the conditions that hold, the marks of each group,
// the place in each breakdown, and the states of numbers that have codes.
type coder struct {
	*layout
	stride  int      // words of a row: those of the layout, and of states
	whole   []uint64 // of each word of flags and marks: that of a row for which everything holds
	masks   []mask
	by      [][]*table.Column
	planars []planar
	put     [][]uint64 // of breakdowns by one column of bytes: what each state puts into the word, else nil
	factors []factor
	place   map[Amount]int // of the factors
}

func newCoder(l *layout, t *table.Table) *coder {
	c := &coder{layout: l, whole: make([]uint64, l.firstBy)}
	c.factors, c.place = factors(l, t)
	c.stride = pack(c.factors, l.stride)
	flags := make([][]check, len(l.flags))
	for f, where := range l.flags {
		for _, w := range where {
			flags[f] = append(flags[f], conditionOf(t, w))
		}
		c.mark(f/64, 1<<(f%64), flags[f])
	}
	for i, g := range l.groups {
		word, in := l.firstMark+i/wordItems, uint64(1)<<(i%wordItems)
		counted := in << wordItems
		c.mark(word, in|counted, flags[g.flag])
		for _, name := range g.answered {
			c.mark(word, in|counted, []check{answered(t, name)})
		}
		for _, w := range g.where {
			c.mark(word, in|counted, []check{conditionOf(t, w)})
		}
		if g.except != nil {
			c.mark(word, in|counted, []check{conditionOf(t, *g.except).opposite()})
		}
		if g.counted != nil {
			c.mark(word, counted, []check{conditionOf(t, *g.counted)})
		}
	}
	for _, b := range l.breakdowns {
		columns := make([]*table.Column, len(b.by))
		for i, name := range b.by {
			columns[i] = t.Column(name)
		}
		c.by = append(c.by, columns)
		c.put = append(c.put, putOf(&b, columns))
	}
	c.planar()
	return c
}

// mark has bits of a word where all checks hold.
func (c *coder) mark(word int, bits uint64, checks []check) {
	c.whole[word] |= bits
	for _, of := range checks {
		c.mask(of.column, word).add(of, bits)
	}
}

// mask is that of a column and a word.
func (c *coder) mask(column *table.Column, word int) *mask {
	for i := range c.masks {
		if m := &c.masks[i]; m.column == column && m.word == word {
			return m
		}
	}
	made := mask{column: column, word: word}
	if column.Codes != nil {
		made.left = make([]uint64, max(256, table.Kinds+column.Distinct()))
		for i := range made.left {
			made.left[i] = math.MaxUint64
		}
	}
	c.masks = append(c.masks, made)
	return &c.masks[len(c.masks)-1]
}

// scratch is what a block is coded in.
type scratch struct {
	words  [][blockRows]uint64
	place  [blockRows]int32
	planes [8][blockRows]uint8
	looked [blockRows]uint8
}

func (c *coder) scratch() *scratch { return &scratch{words: make([][blockRows]uint64, c.stride)} }

// code writes the words of at most blockRows rows of the table.
func (c *coder) code(rows []int32, out []uint64, s *scratch) {
	n := len(rows)
	for word, whole := range c.whole {
		of := s.words[word][:n]
		for i := range of {
			of[i] = whole
		}
	}
	ranged := n > 0 && int(rows[n-1]-rows[0]) == n-1 && slices.IsSorted(rows)
	for i := range c.masks {
		if m := &c.masks[i]; !ranged || !m.planar {
			m.clear(rows, s.words[m.word][:n])
		}
	}
	for word := c.firstBy; word < c.stride; word++ {
		clear(s.words[word][:n])
	}
	for b := range c.breakdowns {
		if !ranged || c.put[b] == nil {
			c.category(b, rows, s)
		}
	}
	if ranged {
		c.ranged(int(rows[0]), n, s)
	}
	for i := range c.factors {
		if f := &c.factors[i]; f.codes != nil {
			f.pack(rows, s.words[f.word][:n])
		}
	}
	for word := range s.words {
		at := word
		for _, x := range s.words[word][:n] {
			out[at] = x
			at += c.stride
		}
	}
}

// all writes the words of rows of a table, each to its place among these: whoever then
// takes them in that order finds them one after the other. A processor waits less for far
// memory that it writes than for what it reads.
func (c *coder) all(rows []int32, of, threads int) []uint64 {
	place := slices.Repeat([]int32{-1}, of)
	for at, row := range rows {
		place[row] = int32(at)
	}
	out := make([]uint64, len(rows)*c.stride)
	var wait sync.WaitGroup
	for n := range threads {
		wait.Go(func() {
			work, block, coded := c.scratch(), make([]int32, 0, blockRows), make([]uint64, blockRows*c.stride)
			for first := n * blockRows; first < of; first += threads * blockRows {
				block = block[:0]
				for row := first; row < min(first+blockRows, of); row++ {
					block = append(block, int32(row))
				}
				c.code(block, coded, work)
				for i, row := range block {
					if at := place[row]; at >= 0 {
						copy(out[int(at)*c.stride:], coded[i*c.stride:(i+1)*c.stride])
					}
				}
			}
		})
	}
	wait.Wait()
	return out
}

// putOf is what states put into a breakdown's word: the place of a category is 1 more.
func putOf(b *breakdown, columns []*table.Column) []uint64 {
	if len(columns) != 1 {
		return nil
	}
	if one, _, _ := columns[0].Codes.States(); one == nil {
		return nil
	}
	put := make([]uint64, 256)
	for category := range columns[0].Variable.Categories {
		put[category+table.Kinds] = uint64(category+1) << b.shift
	}
	return put
}

// category writes the rows' places in a breakdown.
func (c *coder) category(b int, rows []int32, s *scratch) {
	if put := c.put[b]; put != nil {
		states, _, _ := c.by[b][0].Codes.States()
		putBytes(states, rows, (*[256]uint64)(put), s.words[c.breakdowns[b].word][:len(rows)])
		return
	}
	place := s.place[:len(rows)]
	for i := range place {
		place[i] = 1
	}
	for _, column := range c.by[b] {
		size := int32(len(column.Variable.Categories))
		switch one, two, four := column.Codes.States(); {
		case one != nil:
			within(one, rows, size, place)
		case two != nil:
			within(two, rows, size, place)
		default:
			within(four, rows, size, place)
		}
	}
	word, shift := s.words[c.breakdowns[b].word][:len(rows)], c.breakdowns[b].shift
	for i, at := range place {
		word[i] |= uint64(at) << shift
	}
}

// putBytes puts into words what their states do.
func putBytes(states []uint8, rows []int32, put *[256]uint64, words []uint64) {
	words = words[:len(rows)]
	for i, row := range rows {
		words[i] |= put[states[row]]
	}
}

// within divides the places by categories: a place is 1 more than the category
// of those before, and 0 for none.
func within[S table.State](states []S, rows []int32, size int32, place []int32) {
	place = place[:len(rows)]
	for i, row := range rows {
		at := int32(states[row]) - int32(table.Kinds) // the category, or less than 0
		if at < 0 || place[i] == 0 {
			place[i] = 0
			continue
		}
		place[i] = (place[i]-1)*size + at + 1
	}
}
