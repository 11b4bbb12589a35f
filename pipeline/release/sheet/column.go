// Package sheet turns rows into tables for other programs and back: canonical
// CSV, JSON and Parquet by one list of columns, and the schema that describes
// them. What a column is called and what its cells hold is said once, in its
// Column; a release's files, their data package and an answer's output all
// come from there.
package sheet

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"
)

// A Column is one column of a table of rows R. Exactly one of the three
// accessors is set; it returns the cell's place in a row, so that one list of
// columns writes rows and reads them back.
type Column[R any] struct {
	Name     string
	About    string            // one sentence for readers
	Key      bool              // one of those that together name a row, and so Required
	Required bool              // never null
	Unit     string            // of its numbers, RowUnit where each row has its own; "" where they have none
	Words    string            // name of the column whose codes it gives the words for; "" for any other
	Text     func(*R) *string  // null is ""
	Number   func(*R) *float64 // null is NaN
	Count    func(*R) *int64   // null is None
}

// RowUnit is the Unit of a column whose numbers have the unit that their row's column unit
// has.
const RowUnit = "unit"

// None is the count that stands for null.
const None = -1

// A Type is what a column's cells are.
type Type string

// The types, as FORMAT.md names them.
const (
	Text   Type = "text"
	Number Type = "number" // 64-bit float, finite
	Count  Type = "count"  // whole, 0 or more
)

// Type is what the column's cells are.
func (c Column[R]) Type() Type {
	switch {
	case c.Text != nil:
		return Text
	case c.Number != nil:
		return Number
	}
	return Count
}

// Of turns columns of a part of a row into columns of the row.
func Of[R, P any](columns []Column[P], part func(*R) *P) []Column[R] {
	made := make([]Column[R], len(columns))
	for i, c := range columns {
		made[i] = Column[R]{Name: c.Name, About: c.About, Key: c.Key, Required: c.Required, Unit: c.Unit, Words: c.Words}
		switch {
		case c.Text != nil:
			made[i].Text = func(r *R) *string { return c.Text(part(r)) }
		case c.Number != nil:
			made[i].Number = func(r *R) *float64 { return c.Number(part(r)) }
		default:
			made[i].Count = func(r *R) *int64 { return c.Count(part(r)) }
		}
	}
	return made
}

// Cell returns a row's cell: a string, a float64, an int64, or nil for null.
// There is one zero, not two.
func (c Column[R]) Cell(row *R) any {
	switch {
	case c.Text != nil:
		if text := *c.Text(row); text != "" {
			return text
		}
	case c.Number != nil:
		if x := *c.Number(row); !math.IsNaN(x) {
			return x + 0
		}
	default:
		if n := *c.Count(row); n != None {
			return n
		}
	}
	return nil
}

// Holds says whether a row's cell is the one given, to the last bit.
func (c Column[R]) Holds(row *R, cell any) bool {
	switch {
	case c.Text != nil:
		if text := *c.Text(row); text != "" {
			got, ok := cell.(string)
			return ok && got == text
		}
	case c.Number != nil:
		if x := *c.Number(row); !math.IsNaN(x) {
			got, ok := cell.(float64)
			return ok && math.Float64bits(x+0) == math.Float64bits(got)
		}
	default:
		if n := *c.Count(row); n != None {
			got, ok := cell.(int64)
			return ok && got == n
		}
	}
	return cell == nil
}

// Same says whether the cells of two rows are published alike.
func (c Column[R]) Same(a, b *R) bool {
	switch {
	case c.Text != nil:
		return *c.Text(a) == *c.Text(b)
	case c.Number != nil:
		x, y := *c.Number(a), *c.Number(b)
		return x == y || x != x && y != y
	}
	return *c.Count(a) == *c.Count(b)
}

// Format returns the text of a row's cell as in the CSV, before quoting, and
// "" for null.
func (c Column[R]) Format(row *R) (string, error) {
	if err := c.check(row); err != nil {
		return "", err
	}
	if c.Text != nil {
		return *c.Text(row), nil
	}
	return string(c.append(nil, row, appendNumber)), nil
}

// check returns an error for a cell that no table may hold.
func (c Column[R]) check(row *R) error {
	null := false
	switch {
	case c.Text != nil:
		text := *c.Text(row)
		if !utf8.ValidString(text) {
			return fmt.Errorf("%q is not UTF-8", text)
		}
		null = text == ""
	case c.Number != nil:
		x := *c.Number(row)
		if math.IsInf(x, 0) {
			return fmt.Errorf("infinite number")
		}
		null = math.IsNaN(x)
	default:
		n := *c.Count(row)
		if n < None {
			return fmt.Errorf("count %d", n)
		}
		null = n == None
	}
	if null && (c.Key || c.Required) {
		return fmt.Errorf("null in a column that is never null")
	}
	return nil
}

// mustHold panics on a row with a cell that no table may hold: no step may hand
// it over.
func (c Column[R]) mustHold(rows []R, r int) {
	if err := c.check(&rows[r]); err != nil {
		panic(fmt.Sprintf("sheet: row %d, column %s: %v", r+1, c.Name, err))
	}
}

// append appends the text of a row's cell, without quotes, numbers by number.
func (c Column[R]) append(out []byte, row *R, number func([]byte, float64) []byte) []byte {
	switch {
	case c.Text != nil:
		return append(out, *c.Text(row)...)
	case c.Number != nil:
		if x := *c.Number(row); !math.IsNaN(x) {
			return number(out, x)
		}
	default:
		if n := *c.Count(row); n != None {
			return strconv.AppendInt(out, n, 10)
		}
	}
	return out
}

// appendNumber appends a number in its shortest decimal form without an
// exponent.
func appendNumber(out []byte, x float64) []byte {
	return strconv.AppendFloat(out, x+0, 'f', -1, 64) // + 0: one zero, not two
}

// appendShort appends a number likewise, or with an exponent where that form is long.
func appendShort(out []byte, x float64) []byte {
	const least, most = 1e-16, 1e21
	if size := math.Abs(x); x != 0 && (size < least || size >= most) {
		return strconv.AppendFloat(out, x, 'e', -1, 64)
	}
	return appendNumber(out, x)
}

// parse sets a row's cell. A text that append would have written in another
// way is an error.
func (c Column[R]) parse(row *R, cell []byte) error {
	if len(cell) == 0 && (c.Key || c.Required) {
		return fmt.Errorf("empty cell in a column that is never null")
	}
	var room [32]byte
	switch {
	case c.Text != nil:
		if !utf8.Valid(cell) {
			return fmt.Errorf("%q is not UTF-8", cell)
		}
		*c.Text(row) = string(cell)
	case c.Number != nil:
		x := math.NaN()
		if len(cell) > 0 {
			var err error
			if x, err = strconv.ParseFloat(string(cell), 64); err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
				return fmt.Errorf("%q, want a decimal number", cell)
			}
			if want := appendNumber(room[:0], x); !bytes.Equal(want, cell) {
				return fmt.Errorf("%q, want its shortest decimal form %s", cell, want)
			}
		}
		*c.Number(row) = x
	default:
		n := int64(None)
		if len(cell) > 0 {
			var err error
			if n, err = strconv.ParseInt(string(cell), 10, 64); err != nil || n < 0 || !bytes.Equal(strconv.AppendInt(room[:0], n, 10), cell) {
				return fmt.Errorf("%q, want a count of 0 or more", cell)
			}
		}
		*c.Count(row) = n
	}
	return nil
}
