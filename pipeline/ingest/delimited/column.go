package delimited

import (
	"iter"
	"math"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/table"
)

// A column holds a wanted column's cells end to end, as bytes of the file:
// whether they are numbers, and in which encoding, is known at the end only.
// Most cells are a digit or two, so a length is a byte; one of long or more
// has long there and its length in longs.
type column struct {
	name    string
	text    strings.Builder
	lengths []uint8
	longs   []uint32
}

const long = math.MaxUint8

// add appends a cell. One of spaces alone becomes empty.
func (c *column) add(cell []byte) {
	if len(cell) > 0 && cell[0] == ' ' && blank(cell) {
		cell = nil
	}
	switch {
	case len(cell) == 1:
		c.text.WriteByte(cell[0])
	case len(cell) > 0:
		c.text.Write(cell)
	}
	if len(cell) < long {
		c.lengths = append(c.lengths, uint8(len(cell)))
		return
	}
	c.lengths = append(c.lengths, long)
	c.longs = append(c.longs, uint32(len(cell)))
}

func blank(cell []byte) bool {
	for _, b := range cell {
		if b != ' ' {
			return false
		}
	}
	return true
}

// cells yields the column's cells in order.
func (c *column) cells() iter.Seq[string] {
	return func(yield func(string) bool) {
		text, longs := c.text.String(), c.longs
		for _, short := range c.lengths {
			n := int(short)
			if short == long {
				n, longs = int(longs[0]), longs[1:]
			}
			if !yield(text[:n]) {
				return
			}
			text = text[n:]
		}
	}
}

// finish returns the column as numbers if all of its cells are, or as text.
func (c *column) finish(windows1252 bool) *table.Column {
	made := &table.Column{Variable: codebook.Variable{Name: c.name}}
	if values, ok := c.numbers(); ok {
		made.Values = values
		return made
	}
	made.Text = make([]string, 0, len(c.lengths))
	for cell := range c.cells() {
		if windows1252 {
			cell = fromWindows1252(cell)
		}
		made.Text = append(made.Text, cell)
	}
	return made
}

func (c *column) numbers() (values []float64, ok bool) {
	values = make([]float64, 0, len(c.lengths))
	for cell := range c.cells() {
		v := math.NaN()
		if cell != "" {
			if v, ok = Number(cell); !ok {
				return nil, false
			}
		}
		values = append(values, v)
	}
	return values, true
}
