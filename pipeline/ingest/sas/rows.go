package sas

import (
	"bytes"
	"fmt"
	"math"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// Rows are those of a file, of fixed width, on their way to a table, whole or in
// batches. They are decoded a block at a time, a column after the other.
type Rows struct {
	Numbers  Numbers
	Decoder  *codepage.Decoder
	Width    int   // of a row, in bytes
	Most     int   // rows of the file
	Cells    int64 // in the wanted columns, where all are held
	Bytes    int   // of text that is held at a time
	Batch    int   // rows that Each is called with at most, 0 for the usual number
	Each     func(*table.Table) error
	Stopped  error            // by Each, to be returned as it is
	Problems refusal.Problems // of cells
	Where    string           // the file, and
	Format   string           // its kind in words, for problems

	variables []*Variable // that are wanted
	before    int         // rows that Each was called with
	row       int         // after those
	written   int         // bytes of text that are held
	faults    int
	unread    int    // variables with some
	faulty    string // one of them
	scratch   []byte
	now       *table.Table // of the columns, for Each
}

// A column is the cells of a wanted variable.
type column struct {
	made   *table.Column
	faults codepage.Faults
	odd    int // numbers of IBM's without a fraction, and with an exponent
	unread bool
}

// Begin begins to take rows of the variables, of which those are kept that a
// test of their names wants.
func (r *Rows) Begin(variables []*Variable, wanted func(name string) bool) {
	for _, v := range variables {
		if !wanted(v.Name) {
			continue
		}
		c := &table.Column{Variable: codebook.Variable{Name: v.Name, Label: v.Label, Categories: v.Categories, Recorded: &codebook.Recorded{Format: v.Format}}}
		if v.Text {
			c.Text = []string{}
			c.Variable.Recorded.Width = v.Width
		} else {
			c.Values = []float64{}
		}
		v.column = &column{made: c}
		r.variables = append(r.variables, v)
	}
	switch {
	case r.Each == nil:
		r.Batch = math.MaxInt
	case r.Batch == 0:
		r.Batch = table.BatchRows(len(r.variables))
	}
}

// Count is how many rows were taken.
func (r *Rows) Count() int { return r.before + r.row }

// blockBytes is about how much is decoded at a time, few enough to stay in a
// processor's cache.
const blockBytes = 128 << 10

// Take takes the next rows, one behind the other. The error is of a limit, in
// words without a place, or Stopped.
func (r *Rows) Take(rows []byte) error {
	for n := len(rows) / r.Width; n > 0; {
		block := min(n, r.Batch-r.row, max(1, blockBytes/r.Width))
		switch {
		case r.before+r.row+block > r.Most:
			return fmt.Errorf("more than %d rows", r.Most)
		case r.Each == nil && int64(r.row+block)*int64(len(r.variables)) > r.Cells:
			return fmt.Errorf("more than %d cells in the %d wanted columns", r.Cells, len(r.variables))
		}
		for _, v := range r.variables {
			if v.Text {
				r.texts(v, rows, block)
			} else {
				r.numbers(v, rows, block)
			}
		}
		if r.written > r.Bytes {
			return fmt.Errorf("more than %d bytes of text in the wanted columns", r.Bytes)
		}
		r.row += block
		rows, n = rows[block*r.Width:], n-block
		if r.Each != nil && (r.row == r.Batch || r.written > table.BatchText) {
			if err := r.Flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// Flush gives Each the rows that it was not given yet.
func (r *Rows) Flush() error {
	if r.row == 0 {
		return nil
	}
	if r.faults == 0 {
		if r.now == nil {
			r.now = table.New(r.row)
			for _, v := range r.variables {
				r.now.Add(v.column.made)
			}
		}
		r.now.Rows = r.row
		if r.Stopped = r.Each(r.now); r.Stopped != nil {
			return r.Stopped
		}
	}
	r.before += r.row
	r.row, r.written = 0, 0
	for _, v := range r.variables {
		c := v.column.made
		c.Values, c.Text = c.Values[:0], c.Text[:0]
		clear(c.Tags)
		c.Tags = c.Tags[:0] // and not nil, to say that there were some
	}
	return nil
}

// Table is the rows that are held.
func (r *Rows) Table() *table.Table {
	t := table.New(r.row)
	for _, v := range r.variables {
		made := *v.column.made
		t.Add(&made)
	}
	return t
}

// Finish says how many cells are wrong beyond those that Problems have, and gives the
// wanted variables of which some text is not in the encoding, with notes of each.
func (r *Rows) Finish() (replaced, notes []string) {
	if r.faults > shown {
		r.Problems.AddVariable(r.faulty, "", r.Where, "%s: %d more cells that are no finite number", r.Format, r.faults-shown)
	}
	for _, v := range r.variables {
		if v.column.faults.Any() {
			replaced = append(replaced, v.Name)
		}
		if n := v.column.odd; n > 0 {
			notes = append(notes, fmt.Sprintf("variable %q: cells that are no number as SAS writes them, and no missing value, are read as 0: %d", v.Name, n))
		}
		notes = append(notes, v.column.faults.Notes(v.Name, r.Decoder.Named(codepage.UTF8.Name))...)
	}
	return replaced, notes
}

// grown returns cells of all rows held and n more. It has room for no more than
// twice as many as have arrived.
func grown[T any](cells []T, n int) []T {
	need := len(cells) + n
	if need > cap(cells) {
		cells = append(make([]T, 0, max(need, 2*len(cells))), cells...)
	}
	return cells[:need]
}

func (r *Rows) numbers(v *Variable, block []byte, n int) {
	c := v.column.made
	c.Values = grown(c.Values, n)
	values := c.Values[r.row:]
	at, width := v.Offset, v.Width
	if r.Numbers == IBM {
		for i := range values {
			var tag byte
			u := IBM.bits(block[at : at+width])
			if values[i], tag = ofIBM(u); tag != 0 {
				r.tag(c, i, tag)
			} else if values[i] == 0 && u<<1 != 0 {
				v.column.odd++
			}
			at += r.Width
		}
	} else {
		for i := range values {
			x, tag, ok := ieee(r.Numbers.bits(block[at : at+width]))
			values[i] = x
			if tag != 0 {
				r.tag(c, i, tag)
			} else if !ok {
				r.fault(v, r.row+i, x)
			}
			at += r.Width
		}
	}
	if c.Tags != nil {
		c.Tags = padded(c.Tags, r.row+n)
	}
}

func (r *Rows) tag(c *table.Column, row int, letter byte) {
	c.Tags = padded(c.Tags, max(len(c.Tags), r.row+row+1))
	c.Tags[r.row+row] = letter
}

// padded returns tags of n cells, with 0 for those that it adds.
func padded(tags []byte, n int) []byte {
	return grown(tags, n-len(tags)) // what is made, or left, is 0
}

// texts decodes n cells. The cells of a block share one string.
func (r *Rows) texts(v *Variable, block []byte, n int) {
	c := v.column.made
	c.Text = grown(c.Text, n)
	cells := c.Text[r.row:]
	scratch, plain := r.scratch[:0], true
	for i, at := 0, v.Offset; i < n; i, at = i+1, at+r.Width {
		cell := trimmed(block[at : at+v.Width])
		scratch = append(scratch, cell...)
		plain = plain && codepage.ASCII(cell)
	}
	r.scratch = scratch
	if r.written += len(scratch); r.written > r.Bytes {
		return
	}
	whole, from := string(scratch), 0
	for i, at := 0, v.Offset; i < n; i, at = i+1, at+r.Width {
		cell := trimmed(block[at : at+v.Width])
		if plain {
			cells[i] = whole[from : from+len(cell)]
			from += len(cell)
			continue
		}
		text, how := r.Decoder.Text(cell)
		if how != codepage.Whole {
			v.column.faults.Add(how, r.before+r.row+i+1, cell)
		}
		cells[i] = strings.TrimRight(text, " ")
	}
}

// trimmed is a text up to the first NUL, without the blanks behind it.
func trimmed(b []byte) []byte {
	if end := bytes.IndexByte(b, 0); end >= 0 {
		b = b[:end]
	}
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// shown is how many cells that are no number are reported one by one, and one of
// each variable, of mostUnread variables.
const shown, mostUnread = 5, 100

// fault reports a cell that is no finite number.
func (r *Rows) fault(v *Variable, row int, x float64) {
	first := !v.column.unread
	if r.faults++; r.faults <= shown || first && r.unread < mostUnread {
		r.Problems.AddVariable(v.Name, "", r.Where, "%s: row %d, variable %q: %v, want a finite number", r.Format, r.before+row+1, v.Name, x)
	}
	if first {
		v.column.unread, r.faulty = true, v.Name
		r.unread++
	}
}
