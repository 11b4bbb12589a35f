package sav

import (
	"io"

	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/table"
)

// Scan reads as Read does, in batches: each is called with the next rows in
// the file's order, at most table.BatchRows(wanted columns) of them, fewer
// where they hold much text. A batch and its slices are valid until each
// returns, and are used again; strings may be kept. The File's Table has the
// variables and no rows. What is wrong with the file after a batch ends the
// scan as it ends Read. An error of each ends it too and is returned as it is.
//
// Memory does not grow with the rows: Limits.Cells does not apply.
//
// Text is read as the encoding, or for nil as the one that the file says.
//
// With a nil each and encoding it is Read.
func Scan(in io.Reader, where string, as *codepage.Encoding, want []string, limits Limits, each func(*table.Table) error) (*File, error) {
	return scan(in, bufferBytes, where, as, want, limits, 0, each)
}

// A column is a wanted variable half read.
type column struct {
	variable *variable
	values   []float64 // as many as there is room for
	texts    []string
	seen     map[string]string // of the file's bytes, the text
	last     []byte            // the cell before, as the file's bytes
	lastText string            // and as text
	faults   codepage.Faults   // of its text
}

// give gives the table's column the rows that were read.
func (c *column) give(to *table.Column, rows int) {
	switch {
	case rows == 0 && c.variable.width > 0:
		to.Text = []string{}
	case rows == 0:
		to.Values = []float64{}
	case c.variable.width > 0:
		to.Text = c.texts[:rows:rows]
	default:
		to.Values = c.values[:rows:rows]
	}
}

// finish makes a table of the columns.
func finish(columns []*column, rows int) *table.Table {
	made := table.New(rows)
	for _, c := range columns {
		of := &table.Column{Variable: c.variable.recorded()}
		c.give(of, rows)
		made.Add(of)
	}
	return made
}

// flush calls each with the rows that were read, unless they are not all
// right, and makes their room free; it returns false where the scan ends.
func (d *decoder) flush() bool {
	if len(d.problems) == 0 {
		if d.now == nil {
			d.now = finish(d.columns, 0)
		}
		d.now.Rows = d.row
		for i, c := range d.columns {
			c.give(d.now.Columns[i], d.row)
		}
		d.refused = d.each(d.now)
	}
	d.before += d.row
	d.row, d.held = 0, 0
	d.room = min(d.room, d.limits.Rows-d.before)
	return d.refused == nil
}

// Columns begin with room for firstRows rows, or fewer where that would be more
// than firstCells cells; it grows by growth.
const firstRows, firstCells, growth = 4096, 1 << 20, 4

// grow gives the columns room for more rows, up to eight times what has
// arrived, or empties them, and checks the limits.
func (d *decoder) grow() bool {
	most, cells := int64(d.limits.Rows-d.before), d.limits.Cells
	if n := int64(len(d.columns)); n > 0 && d.each == nil {
		most = min(most, cells/n)
	}
	switch {
	case d.before+d.row >= d.limits.Rows:
		if d.anotherRow() {
			return d.fail(d.pos(), "cases", "more than %d rows", d.limits.Rows)
		}
	case d.row == d.batch && d.each != nil:
		return d.flush()
	case int64(d.row) >= most:
		if d.anotherRow() {
			d.problems.AddHint("name fewer columns", d.where, "%s: byte %d: cases: more than %d cells in the %d wanted columns", format, d.pos(), cells, len(d.columns))
			return false
		}
	}
	if d.each != nil {
		most = min(most, int64(d.batch))
	}
	first := min(firstRows, max(firstCells/max(len(d.columns), 1), 1))
	room := int64(max(first, growth*d.row))
	if d.head.cases >= 0 && d.head.cases <= 2*room {
		room = d.head.cases // which spares a step
	}
	d.room = int(max(min(room, most), int64(d.row)+1))
	for i, c := range d.columns {
		if c.variable.width > 0 {
			c.texts = append(make([]string, 0, d.room), c.texts[:d.row]...)[:d.room]
			continue
		}
		c.values = append(make([]float64, 0, d.room), c.values[:d.row]...)[:d.room]
		d.values[i] = c.values
	}
	return true
}
