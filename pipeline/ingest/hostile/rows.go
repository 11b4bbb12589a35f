package hostile

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"togetherwecan/pipeline/table"
)

// Rows are those of a table that a reader gives in batches.
type Rows struct {
	table *table.Table
}

// Add keeps the rows of a batch.
func (r *Rows) Add(batch *table.Table) error {
	if r.table == nil {
		r.table = table.New(0)
		for _, c := range batch.Columns {
			r.table.Add(&table.Column{Variable: c.Variable})
		}
	}
	if most := table.BatchRows(len(batch.Columns)); batch.Rows > most {
		return fmt.Errorf("a batch of %d rows, want at most %d", batch.Rows, most)
	}
	if got, want := batch.Names(), r.table.Names(); !slices.Equal(got, want) {
		return fmt.Errorf("a batch of the columns %q, want %q", got, want)
	}
	for i, c := range batch.Columns {
		to := r.table.Columns[i]
		if c.Len() != batch.Rows || c.Tags != nil && len(c.Tags) != batch.Rows {
			return fmt.Errorf("%q has %d rows of %d in a batch", c.Variable.Name, c.Len(), batch.Rows)
		}
		to.Values, to.Text = append(to.Values, c.Values...), append(to.Text, c.Text...)
		tags := make([]byte, batch.Rows)
		copy(tags, c.Tags)
		to.Tags = append(to.Tags, tags...)
	}
	r.table.Rows += batch.Rows
	return nil
}

// Differ returns how the rows are not those of a table that was read whole, or
// nil.
func (r *Rows) Differ(whole *table.Table) error {
	if r.table == nil {
		r.table = table.New(0)
		if whole.Rows == 0 {
			return nil
		}
	}
	if r.table.Rows != whole.Rows || !slices.Equal(r.table.Names(), whole.Names()) {
		return fmt.Errorf("%d rows of %q in batches, want %d of %q", r.table.Rows, r.table.Names(), whole.Rows, whole.Names())
	}
	return Differ(r.table, whole)
}

// Differ returns where the first rows of two tables of the same columns have
// other cells, or nil: as many rows as the first has.
func Differ(part, whole *table.Table) error {
	for i, c := range part.Columns {
		w := whole.Columns[i]
		if c.Variable.Name != w.Variable.Name || w.Len() < part.Rows || part.Rows > 0 && (len(c.Text) > 0) != (len(w.Text) > 0) {
			return fmt.Errorf("column %d is %q of %d rows, want %q of %d and alike", i+1, c.Variable.Name, c.Len(), w.Variable.Name, w.Len())
		}
		for row := range part.Rows {
			switch {
			case len(c.Text) > 0:
				if c.Text[row] != w.Text[row] {
					return fmt.Errorf("%q row %d is %q, want %q", c.Variable.Name, row+1, c.Text[row], w.Text[row])
				}
			case c.Values[row] != w.Values[row] && !(math.IsNaN(c.Values[row]) && math.IsNaN(w.Values[row])) || c.Tag(row) != w.Tag(row):
				return fmt.Errorf("%q row %d is %v%s, want %v%s", c.Variable.Name, row+1, c.Values[row], c.Tag(row), w.Values[row], w.Tag(row))
			}
		}
	}
	return nil
}

// Numbers returns what is not true of a table's numbers and should be of any: none is
// infinite, and what has the letter of an extended missing value is missing.
func Numbers(t *table.Table) error {
	for _, c := range t.Columns {
		for row, x := range c.Values {
			if tag := c.Tag(row); math.IsInf(x, 0) || tag != "" && (!math.IsNaN(x) || !strings.Contains(table.Letters, tag[1:])) {
				return fmt.Errorf("%q row %d is %v, %q", c.Variable.Name, row+1, x, tag)
			}
		}
	}
	return nil
}

// Sound returns what is not true of a table that a reader gave and should be of
// any: columns of the file's names, each numbers or text of all rows, and text,
// labels and missing values that are what they are said to be.
func Sound(t *table.Table, names []string) error {
	if len(t.Columns) > len(names) {
		return fmt.Errorf("%d columns of %d names", len(t.Columns), len(names))
	}
	for i, c := range t.Columns {
		v := c.Variable
		if v.Name != names[i] || len(c.Values)+len(c.Text) != t.Rows || (c.Values == nil) == (c.Text == nil) || v.Recorded == nil {
			return fmt.Errorf("column %d %q has %d numbers and %d texts in %d rows", i, v.Name, len(c.Values), len(c.Text), t.Rows)
		}
		if !utf8.ValidString(v.Name) || !utf8.ValidString(v.Label) {
			return fmt.Errorf("column %d %q %q is not UTF-8", i, v.Name, v.Label)
		}
		for row, text := range c.Text {
			if !utf8.ValidString(text) || len(text) > 0 && text[len(text)-1] == ' ' {
				return fmt.Errorf("%q row %d is %q", v.Name, row+1, text)
			}
		}
		for _, category := range v.Categories {
			if !utf8.ValidString(category.Code) || !utf8.ValidString(category.Label) {
				return fmt.Errorf("%q has the label %q %q", v.Name, category.Code, category.Label)
			}
		}
		for _, m := range v.Recorded.Missing {
			if !(m.Low <= m.High) {
				return fmt.Errorf("%q has missing values from %v to %v", v.Name, m.Low, m.High)
			}
		}
	}
	return nil
}
