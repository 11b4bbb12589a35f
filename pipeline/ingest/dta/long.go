package dta

import (
	"bytes"
	"math/bits"
	"slices"
	"unicode/utf8"
)

// places decodes n cells of a strL column: the variable and row, from 1, where
// a text first was, which names it among the long strings after the data. Both
// are 0 for an empty text.
func (s *scan) places(v *variable, block []byte, n int) {
	c := v.column
	c.keys = grow(c.keys, n, s.rows)
	for i, at := 0, v.offset; i < n; i, at = i+1, at+s.rowBytes {
		c.keys = append(c.keys, s.format.order.Uint64(block[at:]))
	}
}

// key brings a cell of a strL to the form of a key: the variable in the upper
// bits, of which it has as many as given.
func (s *scan) key(cell uint64, variableBits int) uint64 {
	if s.format.big {
		return cell
	}
	return bits.RotateLeft64(cell, 64-variableBits) // least first, the variable is in the lower bits
}

// keyed brings the cells of the wanted strLs to keys.
//
// Of the 64 bits the variable has 32, 16 or 24 in formats 117, 118 and 119.
// ReadStat, and so haven, writes 119 as if it were 118: 16 are taken instead
// where 24 make no sense in some cell and 16 do in all of them.
func (s *scan) keyed() {
	bits := s.format.longVariable
	if s.file.Version == 119 {
		stray, _ := s.stray(24)
		if other, _ := s.stray(16); stray != nil && other == nil {
			bits = 16
		}
	}
	s.format.longVariable = bits
	if c, row := s.stray(bits); c != nil {
		key, low := s.key(c.keys[row], bits), 64-bits
		s.section, s.from = sections[dataSection].name, s.cellAt(c.variable, row)
		s.fail("row %d, variable %q: a strL of variable %d, row %d, want one of %d variables and %d rows",
			row+1, c.variable.name, key>>low, key&(1<<low-1), len(s.variables), s.rows)
		return
	}
	for _, c := range s.columns {
		for row, cell := range c.keys {
			c.keys[row] = s.key(cell, bits)
		}
	}
}

// stray returns a cell that names a text of a variable or row that the file
// does not have, or nil.
func (s *scan) stray(variableBits int) (c *column, row int) {
	low := 64 - variableBits
	for _, c := range s.columns {
		for row, cell := range c.keys {
			key := s.key(cell, variableBits)
			if key != 0 && !s.exists(key>>low, key&(1<<low-1)) {
				return c, row
			}
		}
	}
	return nil, 0
}

func (s *scan) exists(variable, row uint64) bool {
	return variable >= 1 && variable <= uint64(len(s.variables)) && row >= 1 && row <= uint64(s.rows)
}

// The types of a long string.
const (
	longBinary = 129
	longText   = 130 // ends in a NUL
)

// longStrings reads the texts of strLs and puts them into the wanted columns.
func (s *scan) longStrings() {
	if s.failed || !s.format.tagged {
		return
	}
	s.begin(longSection)
	if s.keyed(); s.failed {
		return
	}
	var keys []uint64
	for _, c := range s.columns {
		keys = append(keys, c.keys...)
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	texts := make([]string, len(keys))
	found := make([]bool, len(keys))
	for s.tag("GSO") {
		start := s.at
		variable, row := uint64(s.uint32("a long string")), uint64(0)
		if s.format.rows == 8 {
			row = s.uint64("a long string")
		} else {
			row = uint64(s.uint32("a long string"))
		}
		kind, length := s.uint8("a long string"), int64(s.uint32("a long string"))
		if s.failed {
			return
		}
		s.from = start
		switch {
		case !s.exists(variable, row):
			s.fail("a long string of variable %d, row %d, want one of %d variables and %d rows", variable, row, len(s.variables), s.rows)
		case kind != longBinary && kind != longText:
			s.fail("a long string of type %d, want %d or %d", kind, longBinary, longText)
		}
		if s.failed {
			return
		}
		if s.failed {
			return
		}
		i, wanted := slices.BinarySearch(keys, variable<<(64-s.format.longVariable)|row)
		switch {
		case !wanted:
			s.skip(length, "a long string")
		case found[i]:
			s.fail("the long string of variable %d, row %d, is there twice", variable, row)
		default:
			found[i] = true
			texts[i] = s.longString(&s.variables[variable-1], row, kind, length)
		}
	}
	for _, c := range s.columns {
		if s.failed {
			return
		}
		s.resolve(c, keys, texts, found)
	}
	s.finished(longSection)
}

// longString reads one text of length bytes.
func (s *scan) longString(v *variable, row uint64, kind uint8, length int64) string {
	if s.failed {
		return ""
	}
	if length > int64(s.limits.StringBytes-s.written) {
		s.tooMuchText()
		return ""
	}
	b := s.bytes(int(length), "a long string")
	if s.failed {
		return ""
	}
	s.written += len(b)
	if kind == longBinary && (bytes.IndexByte(b, 0) >= 0 || s.format.utf8 && !utf8.Valid(b)) {
		if c := v.column; !c.unread {
			c.unread = true
			if s.unread++; s.unread <= mostUnread {
				s.problems.AddVariable(v.name, "name the other columns", s.where, "%srow %d, variable %q: a strL of %d bytes that are no text", s.place(s.from), row, v.name, length)
			}
		}
		return ""
	}
	return s.cell(v.column, int(row), trim(b))
}

// resolve gives a strL column its texts.
func (s *scan) resolve(c *column, keys []uint64, texts []string, found []bool) {
	if c.keys == nil {
		return
	}
	c.made.Text = make([]string, len(c.keys))
	for row, key := range c.keys {
		if key == 0 {
			continue
		}
		i, _ := slices.BinarySearch(keys, key)
		if !found[i] {
			s.section, s.from = sections[dataSection].name, s.cellAt(c.variable, row)
			s.fail("no long string for row %d, variable %q", row+1, c.variable.name)
			return
		}
		c.made.Text[row] = texts[i]
	}
	c.keys = nil
}
