// Package table holds microdata as columns, with what each of them means.
//
// A raw table is what a reader found in an extract; a harmonised table has the
// common variables. Rows are respondents and keep the extract's order.
package table

import (
	"fmt"
	"math"
	"strings"

	"togetherwecan/pipeline/codebook"
)

// A Table is columns of equal length. Names are unique without regard to case.
type Table struct {
	Rows    int
	Of      int // of a batch: how many rows the whole has, 0 where that is not known
	Columns []*Column
	index   map[string]int
}

// A Column is one variable's values, in one of four forms:
//
//   - numbers: Values, NaN where missing; Kinds says why, or is nil where
//     every missing value is system-missing;
//   - numbers of which few differ, in harmonised tables and where a reader was
//     asked for them so: Codes, each an index into Numbers;
//   - categories: Codes;
//   - text, in raw tables only: Text, "" where missing. A reader gives text
//     for a column with any cell that is neither a number nor blank.
//
// In a raw table the variable's categories are the file's value labels: each
// Code is the raw value as text. A value that the file declares missing stays
// a value; what it is, the crosswalk says.
type Column struct {
	Variable codebook.Variable
	Values   []float64
	Kinds    []codebook.Missing
	Codes    *Codes
	Numbers  []float64 // of codes, each once; nil of categories
	Text     []string
	Tags     []byte // raw numbers: the letter of an extended missing value, one of Letters, 0 for none; nil where there are none
}

// Letters are those of extended missing values, in order: Stata's .a to .z, and
// SAS's ._ and .A to .Z, which are ._ and .a to .z here.
const Letters = "_abcdefghijklmnopqrstuvwxyz"

// New returns a table of the columns. It panics if their lengths differ from
// rows or a name is there twice: a reader's own bug.
func New(rows int, columns ...*Column) *Table {
	t := &Table{Rows: rows, index: map[string]int{}}
	for _, c := range columns {
		t.Add(c)
	}
	return t
}

// Add appends a column.
func (t *Table) Add(c *Column) {
	if c.Len() != t.Rows {
		panic(fmt.Sprintf("table: column %q has %d rows, want %d", c.Variable.Name, c.Len(), t.Rows))
	}
	key := strings.ToLower(c.Variable.Name)
	if _, twice := t.index[key]; twice {
		panic(fmt.Sprintf("table: column %q is there twice", c.Variable.Name))
	}
	t.index[key] = len(t.Columns)
	t.Columns = append(t.Columns, c)
}

// Column returns the column with the name, without regard to case, or nil.
func (t *Table) Column(name string) *Column {
	if i, ok := t.index[strings.ToLower(name)]; ok {
		return t.Columns[i]
	}
	return nil
}

// Names lists the columns' names in order.
func (t *Table) Names() []string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Variable.Name
	}
	return names
}

// Len is the number of rows.
func (c *Column) Len() int { return max(len(c.Values), c.Codes.Len(), len(c.Text)) }

// Missing says why the value of a row is absent, or Present.
func (c *Column) Missing(row int) codebook.Missing {
	switch {
	case c.Codes != nil:
		return codebook.Missing(max(-c.Codes.At(row), 0))
	case c.Values != nil:
		if !math.IsNaN(c.Values[row]) {
			return codebook.Present
		}
		if c.Kinds != nil {
			return c.Kinds[row]
		}
		return codebook.System
	case c.Text[row] == "":
		return codebook.System
	}
	return codebook.Present
}

// Holds returns a test of a condition on this column's rows. It is false
// where the value is missing.
func (c *Column) Holds(w codebook.Condition) func(row int) bool {
	low, high := math.Inf(-1), math.Inf(1)
	if w.AtLeast != nil {
		low = *w.AtLeast
	}
	if w.AtMost != nil {
		high = *w.AtMost
	}
	if c.Codes == nil {
		return func(row int) bool { return c.Values[row] >= low && c.Values[row] <= high }
	}
	in := make([]bool, c.Distinct())
	for i, x := range c.Numbers {
		in[i] = x >= low && x <= high
	}
	for _, code := range w.Categories {
		if i := c.Variable.Index(code); i >= 0 {
			in[i] = true
		}
	}
	return func(row int) bool {
		code := c.Codes.At(row)
		return code >= 0 && in[code]
	}
}

// Decoded is the column with its numbers as Values, itself where it has them so.
func (c *Column) Decoded() *Column {
	if c.Codes == nil || c.Numbers == nil {
		return c
	}
	made := &Column{Variable: c.Variable, Values: make([]float64, c.Len())}
	for row := range made.Values {
		code := c.Codes.At(row)
		if code >= 0 {
			made.Values[row] = c.Numbers[code]
			continue
		}
		if made.Kinds == nil && code != -int(codebook.System) {
			made.Kinds = make([]codebook.Missing, c.Len())
			for before := range row {
				made.Kinds[before] = c.Missing(before)
			}
		}
		made.Values[row] = math.NaN()
		if made.Kinds != nil {
			made.Kinds[row] = codebook.Missing(-code)
		}
	}
	return made
}

// Distinct is how many values the codes of a column are of.
func (c *Column) Distinct() int { return max(len(c.Numbers), len(c.Variable.Categories)) }

// Number is a row's number, of a column of numbers: NaN where missing.
func (c *Column) Number(row int) float64 {
	if c.Codes == nil {
		return c.Values[row]
	}
	if code := c.Codes.At(row); code >= 0 {
		return c.Numbers[code]
	}
	return math.NaN()
}

// Floats are the numbers of a column row by row, NaN where there is none.
func (c *Column) Floats() []float64 {
	made := make([]float64, c.Len())
	for row := range made {
		made[row] = c.Number(row)
	}
	return made
}

// Extent returns the least and the greatest number of a column of numbers; 0 and
// 0 where there is none.
func (c *Column) Extent() (low, high float64) {
	values := c.Values
	if c.Numbers != nil {
		values = c.Numbers
	}
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	if low > high {
		return 0, 0
	}
	return low, high
}

// Sizes are those of the least and the largest number that is not 0, both 0 where
// there is none.
func (c *Column) Sizes() (least, most float64) {
	values := c.Values
	if c.Numbers != nil {
		values = c.Numbers
	}
	least = math.Inf(1)
	for _, v := range values {
		if size := math.Abs(v); size > 0 {
			least, most = min(least, size), max(most, size)
		}
	}
	if most == 0 {
		return 0, 0
	}
	return least, most
}

// Tag returns the extended missing value of a row of raw numbers as "._" or ".a" to
// ".z", or "" for any other value.
func (c *Column) Tag(row int) string {
	if c.Tags == nil || c.Tags[row] == 0 {
		return ""
	}
	return "." + string(c.Tags[row])
}

// SetMissing makes the value of a row absent, of the given kind. It is for
// columns of categories, and of numbers that have Kinds.
func (c *Column) SetMissing(row int, kind codebook.Missing) {
	if c.Codes != nil {
		c.Codes.Set(row, -int(kind))
		return
	}
	c.Values[row], c.Kinds[row] = math.NaN(), kind
}

// Fill takes from another column of the same variable the values of the rows
// that this one lacks. It is for columns of categories, and of numbers that have
// Kinds.
func (c *Column) Fill(other *Column) {
	for row := range c.Len() {
		if c.Missing(row) == codebook.Present || other.Missing(row) != codebook.Present {
			continue
		}
		if c.Codes != nil {
			c.Codes.Set(row, other.Codes.At(row))
			continue
		}
		c.Values[row], c.Kinds[row] = other.Values[row], codebook.Present
	}
}

// All returns a test that every condition holds for a row.
func (t *Table) All(where []codebook.Condition) func(row int) bool {
	tests := make([]func(int) bool, len(where))
	for i, w := range where {
		tests[i] = t.Column(w.Variable).Holds(w)
	}
	return func(row int) bool {
		for _, holds := range tests {
			if !holds(row) {
				return false
			}
		}
		return true
	}
}

// Labels returns the values of a column as text, "" where missing: its
// categories or, of a raw one, whole numbers without a point.
func (c *Column) Labels() []string {
	if c.Text != nil {
		return c.Text
	}
	if c.Codes != nil {
		labels := make([]string, c.Len())
		for row := range labels {
			switch code := c.Codes.At(row); {
			case code < 0:
			case c.Numbers != nil:
				labels[row] = codebook.Spell(c.Numbers[code])
			default:
				labels[row] = c.Variable.Categories[code].Code
			}
		}
		return labels
	}
	labels := make([]string, len(c.Values))
	for row, v := range c.Values {
		if !math.IsNaN(v) {
			labels[row] = codebook.Spell(v)
		}
	}
	return labels
}

// batchCells is how many cells a batch holds at most: 8 MiB of numbers.
const batchCells = 1 << 20

// BatchRows is how many rows of this many columns a reader gives at a time: so
// few that memory does not depend on the length of the file.
func BatchRows(columns int) int {
	const most = 1 << 16
	return max(1, min(most, batchCells/max(columns, 1)))
}

// BatchText is how many bytes of text end a batch, wherever its rows are fewer than they
// may be. A few batches are held while the garbage of the earlier ones is.
const BatchText = 2 << 20

// Wanted says of a name whether it is one of those, without regard to case; for
// nil every name is.
func Wanted(names []string) func(name string) bool {
	folded := map[string]bool{}
	for _, name := range names {
		folded[strings.ToLower(name)] = true
	}
	return func(name string) bool { return names == nil || folded[strings.ToLower(name)] }
}
