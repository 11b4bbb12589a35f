package dataset

import (
	"togetherwecan/pipeline/release/sheet"
)

// A Table is one of a dataset's, whatever its rows are.
type Table interface {
	Name() string  // of its files
	Title() string // for a heading
	About() string // what a row is, in one sentence
	Columns() []Column
	Len() int                 // rows
	Cell(row, column int) any // a string, a float64, an int64, or nil for null
	CSV() []byte
	Parquet(meta []sheet.Pair) ([]byte, error)
}

// A Column is what is said of a column of a table.
type Column struct {
	Name     string
	About    string
	Type     sheet.Type
	Key      bool   // one of those that together name a row
	Required bool   // never null
	Unit     string // of its numbers, sheet.RowUnit where each row has its own; "" where they have none
	Words    string // name of the column whose codes it gives the words for; "" for any other
}

type table[R any] struct {
	name, title, about string
	columns            []sheet.Column[R]
	rows               []R
}

func (t *table[R]) Name() string  { return t.name }
func (t *table[R]) Title() string { return t.title }
func (t *table[R]) About() string { return t.about }
func (t *table[R]) Len() int      { return len(t.rows) }

func (t *table[R]) Columns() []Column {
	made := make([]Column, len(t.columns))
	for i, c := range t.columns {
		made[i] = Column{c.Name, c.About, c.Type(), c.Key, c.Key || c.Required, c.Unit, c.Words}
	}
	return made
}

func (t *table[R]) Cell(row, column int) any { return t.columns[column].Cell(&t.rows[row]) }
func (t *table[R]) CSV() []byte              { return sheet.CSV(t.rows, t.columns) }

func (t *table[R]) Parquet(meta []sheet.Pair) ([]byte, error) {
	return sheet.Parquet(t.rows, t.columns, meta)
}

// label is the name of the column with the words for another one's codes.
func label(column string) string { return column + "_label" }
