package dta

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/ingest/share"
	"togetherwecan/pipeline/table"
)

// A column is a wanted variable on its way to the table.
type column struct {
	variable *variable
	made     *table.Column
	set      string   // the label set that the variable names
	keys     []uint64 // of a strL: where each cell's text is, 0 for none
	faults   codepage.Faults
	unread   bool // some cell is no value, and that was said
	wrong    bool // some cell of the block is none
}

func newColumn(v *variable) *column {
	c := &column{variable: v, made: &table.Column{Variable: codebook.Variable{Name: v.name, Recorded: &codebook.Recorded{}}}}
	if v.kind < kindString {
		c.made.Values = []float64{}
		return c
	}
	c.made.Text = []string{}
	if v.kind == kindString {
		c.made.Variable.Recorded.Width = v.width
	}
	return c
}

// blockBytes is about how much of the data is decoded at a time, a column
// after the other: few enough to stay in a processor's cache.
const blockBytes = 128 << 10

// data reads the rows, in batches of at most this many. It gives each batch to
// each, or keeps it where that is nil, in which case there is one.
func (s *scan) data(rows int, each func(*table.Table) error) {
	s.begin(dataSection)
	s.dataAt = s.at
	var now *table.Table // of the columns that each batch fills again
	for s.before = 0; s.before < s.rows && !s.failed; {
		n := s.batch(min(rows, s.rows-s.before), each != nil)
		if each != nil && !s.failed {
			if s.faults == 0 {
				if now == nil {
					now = table.New(n)
					for _, c := range s.columns {
						now.Add(c.made)
					}
				}
				now.Rows = n
				s.stopped = each(now)
				s.failed = s.stopped != nil
			}
			s.written = 0
			for _, c := range s.columns {
				c.leave()
			}
		}
		s.before += n
	}
	if s.faults > shown {
		s.problems.AddVariable(s.faulty, "", s.where, "%d more cells that are no value of their type", s.faults-shown)
	}
	s.failed = s.failed || s.faults > 0
	s.finished(dataSection)
}

// batch decodes the next rows, fewer if it may end early, where there is much
// text, and returns how many.
func (s *scan) batch(rows int, early bool) (row int) {
	s.room = rows
	for row < rows && !s.failed && !(early && s.written > table.BatchText) {
		n := rows - row
		if s.rowBytes > 0 {
			n = min(n, max(1, blockBytes/s.rowBytes))
		}
		block := s.peek(n * s.rowBytes)
		if block == nil && s.rowBytes > 0 {
			s.cut(s.before + row)
			return row
		}
		s.block(block, row, n)
		s.advance(n * s.rowBytes)
		row += n
	}
	return row
}

// columnsAtATime are decoded by one processor before it looks for more.
const columnsAtATime = 8

// block decodes n rows, columns of numbers on all processors. What is wrong with those
// is told after, in the order of the variables.
func (s *scan) block(block []byte, row, n int) {
	columns := s.columns
	share.Work((len(columns)+columnsAtATime-1)/columnsAtATime, func(part int) {
		for _, c := range columns[part*columnsAtATime : min((part+1)*columnsAtATime, len(columns))] {
			if c.variable.kind < kindString {
				s.numbers(c.variable, block, row, n)
			}
		}
	}, func() {
		for _, c := range columns {
			switch {
			case c.variable.kind == kindString:
				s.strings(c.variable, block, row, n)
			case c.variable.kind > kindString:
				s.places(c.variable, block, n)
			}
		}
	})
	for _, c := range columns {
		if c.wrong {
			s.tell, c.wrong = true, false
			c.made.Values = c.made.Values[:row]
			s.numbers(c.variable, block, row, n)
			s.tell = false
		}
	}
}

// table returns the batch.
func (s *scan) table(rows int) *table.Table {
	t := table.New(rows)
	for _, c := range s.columns {
		made := *c.made
		t.Add(&made)
	}
	return t
}

// leave empties a column, whose slices are used again. Tags that are empty,
// and not nil, say that there were some.
func (c *column) leave() {
	c.made.Values, c.made.Text = c.made.Values[:0], c.made.Text[:0]
	clear(c.made.Tags)
	c.made.Tags = c.made.Tags[:0]
}

// cut reports a file that ends in the data, and in which cell.
func (s *scan) cut(row int) {
	have := s.have()
	row, have = row+have/s.rowBytes, have%s.rowBytes
	i, _ := slices.BinarySearchFunc(s.variables, have, func(v variable, at int) int { return v.offset + v.width - 1 - at })
	s.ended(fmt.Sprintf("row %d of %d, variable %q", row+1, s.rows, s.variables[i].name))
}

// shown is how many cells that are no value are reported one by one, and one of
// each variable.
const shown = 5

// fault reports a cell of the batch that is no value of its type, and reads on.
func (s *scan) fault(v *variable, row int, hint, what string, args ...any) {
	row += s.before
	first := !v.column.unread
	if s.faults++; s.faults <= shown || first && s.unread < mostUnread {
		s.problems.AddVariable(v.name, hint, s.where, "%srow %d, variable %q: %s", s.place(s.cellAt(v, row)), row+1, v.name, fmt.Sprintf(what, args...))
	}
	if first {
		v.column.unread, s.faulty = true, v.name
		s.unread++
	}
}

// mostUnread is of how many variables it is said that they have a cell that is no
// value: beyond, those that were said are to be left out first.
const mostUnread = 100

// cellAt is the offset in the file of a cell.
func (s *scan) cellAt(v *variable, row int) int64 {
	return s.dataAt + int64(row)*int64(s.rowBytes) + int64(v.offset)
}

// grow returns a slice that has room for n more cells, of rows in all. It has
// room for at most 4 times as many as have arrived.
func grow[T any](cells []T, n, rows int) []T {
	need := len(cells) + n
	if need <= cap(cells) {
		return cells
	}
	room := rows
	if need < rows/4 {
		room = 2 * need
	}
	return append(make([]T, 0, room), cells...)
}

// tagCell gives a cell the letter of an extended missing value, of which step
// is the number, 1 for .a, and returns the missing number.
func (s *scan) tagCell(c *table.Column, row int, step uint64) float64 {
	if step > 0 {
		if row >= len(c.Tags) {
			c.Tags = padded(c.Tags, row+1, s.room)
		}
		c.Tags[row] = 'a' + byte(step) - 1
	}
	return math.NaN()
}

// padded returns tags of n cells of rows, with 0 for those that it adds.
func padded(tags []byte, n, rows int) []byte {
	return grow(tags, n-len(tags), rows)[:n] // what is made, or left, is 0
}

// The first missing values from format 113 on. Those that follow, .a to .z,
// are 1 apart for whole numbers and floatStep or doubleStep in their bits.
const (
	missingByte   = 101
	missingInt    = 32741
	missingLong   = 2147483621
	missingFloat  = 0x7f000000
	missingDouble = 0x7fe0000000000000
	floatStep     = 1 << 11
	doubleStep    = 1 << 40
	mostSteps     = 26
)

// numbers decodes n cells of a column.
func (s *scan) numbers(v *variable, block []byte, row, n int) {
	c := v.column.made
	c.Values = grow(c.Values, n, s.room)[:row+n]
	values := c.Values[row:]
	big, step := s.format.big, s.rowBytes
	at := v.offset
	switch v.kind {
	case kindByte:
		first := s.format.firstByte
		for i := range values {
			x := int8(block[at])
			values[i] = float64(x)
			if x >= first {
				values[i] = s.tagCell(c, row+i, uint64(x-first))
			}
			at += step
		}
	case kindInt:
		first := s.format.firstInt
		for i := range values {
			u := binary.LittleEndian.Uint16(block[at:])
			if big {
				u = bits.ReverseBytes16(u)
			}
			x := int16(u)
			values[i] = float64(x)
			if x >= first {
				values[i] = s.tagCell(c, row+i, uint64(x-first))
			}
			at += step
		}
	case kindLong:
		first := s.format.firstLong
		for i := range values {
			u := binary.LittleEndian.Uint32(block[at:])
			if big {
				u = bits.ReverseBytes32(u)
			}
			x := int32(u)
			values[i] = float64(x)
			if x >= first {
				values[i] = s.tagCell(c, row+i, uint64(x-first))
			}
			at += step
		}
	case kindFloat:
		for i := range values {
			u := binary.LittleEndian.Uint32(block[at:])
			if big {
				u = bits.ReverseBytes32(u)
			}
			values[i] = float64(math.Float32frombits(u))
			if u&^(1<<31) >= missingFloat {
				values[i] = s.beyond(v, row+i, values[i], uint64(u)-missingFloat, floatStep)
			}
			at += step
		}
	case kindDouble:
		for i := range values {
			u := binary.LittleEndian.Uint64(block[at:])
			if big {
				u = bits.ReverseBytes64(u)
			}
			values[i] = math.Float64frombits(u)
			if u&^(1<<63) >= missingDouble {
				values[i] = s.beyond(v, row+i, values[i], u-missingDouble, doubleStep)
			} else if u == s.format.oldDouble && u != 0 {
				values[i] = math.NaN()
			}
			at += step
		}
	}
	if c.Tags != nil {
		c.Tags = padded(c.Tags, row+n, s.room)
	}
}

// beyond returns what a float or double as large as the missing values, or
// larger, or as far below zero, stands for: bits above the first missing
// value. A number below zero is itself.
func (s *scan) beyond(v *variable, row int, x float64, above, step uint64) float64 {
	most := uint64(0)
	if s.format.extended {
		most = mostSteps
	}
	switch {
	case above%step == 0 && above/step <= most:
		return s.tagCell(v.column.made, row, above/step)
	case x < 0 && !math.IsInf(x, -1):
		return x
	}
	if !s.tell {
		v.column.wrong = true
		return x
	}
	s.fault(v, row, "", "%v, want a finite number below those that Stata keeps for missing values", x)
	return x
}

// strings decodes n cells of a str column. The cells of a block share one
// string.
func (s *scan) strings(v *variable, block []byte, row, n int) {
	c := v.column.made
	scratch := s.scratch[:0]
	c.Text = grow(c.Text, n, s.room)
	cells := c.Text[row : row+n]
	plain := true
	for i, at := 0, v.offset; i < n; i, at = i+1, at+s.rowBytes {
		cell := trim(block[at : at+v.width])
		scratch = append(scratch, cell...)
		plain = plain && codepage.ASCII(cell)
	}
	s.scratch = scratch
	if s.written += len(scratch); s.written > s.limits.StringBytes {
		s.tooMuchText()
		return
	}
	whole, from := string(scratch), 0
	for i, at := 0, v.offset; i < n; i, at = i+1, at+s.rowBytes {
		cell := trim(block[at : at+v.width])
		if plain {
			cells[i] = whole[from : from+len(cell)]
			from += len(cell)
			continue
		}
		cells[i] = s.cell(v.column, s.before+row+i+1, cell)
	}
	c.Text = c.Text[:row+n]
}

// cell decodes a text of a column, in a row from 1.
func (s *scan) cell(c *column, row int, b []byte) string {
	text, how := s.decoder.Text(b)
	if how != codepage.Whole {
		c.faults.Add(how, row, b)
		text = strings.TrimRight(text, " ")
	}
	return text
}

func (s *scan) tooMuchText() {
	s.failHint("name fewer columns", "more than %d bytes of text in the wanted columns", s.limits.StringBytes)
}

// trim returns text up to the first NUL, without trailing blanks.
func trim(b []byte) []byte {
	b = untilNUL(b)
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}
