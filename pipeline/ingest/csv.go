package ingest

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/parquet"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// A csvWriter writes a table as RFC 4180 with line feeds: numbers in the
// shortest decimal form that reads back the same, dates in ISO 8601, an extended
// missing value as .a, any other as an empty cell, also one that the file declares
// missing: as a number it would count afterwards. A release's CSV is another text
// (package sheet): it has no missing values of a kind, and no exponents.
type csvWriter struct {
	out     io.Writer
	where   string
	kinds   bool // the code of a value that is declared missing stands in a column of its own
	rows    int  // written before this batch
	columns []csvColumn
	buffer  []byte
}

// A csvColumn is what a column's cells depend on, and what became of them.
type csvColumn struct {
	recorded *codebook.Recorded
	kinds    string // the name of the column of its codes that are declared missing, "" for none
	dates    bool
	emptied  int // cells that were declared missing
	undated  int // cells of dates that are none, and written as numbers
}

// csvBytes is how much is made before it is written.
const csvBytes = 64 << 10

func newCSVWriter(out io.Writer, where string, how Conversion) writer {
	return &csvWriter{out: out, where: where, kinds: how.Kinds}
}

func (w *csvWriter) begin(columns *table.Table) error {
	taken := columns.Names()
	for i, c := range columns.Columns {
		made := csvColumn{recorded: c.Variable.Recorded}
		if r := made.recorded; r != nil {
			made.dates = c.Text == nil && isDated(r.Format)
			if w.kinds && len(r.Missing)+len(r.Texts) > 0 {
				made.kinds = parquet.Free(c.Variable.Name+"_missing", taken)
				taken = append(taken, made.kinds)
			}
		}
		w.columns = append(w.columns, made)
		if i > 0 {
			w.buffer = append(w.buffer, ',')
		}
		w.buffer = appendText(w.buffer, c.Variable.Name)
		if made.kinds != "" {
			w.buffer = appendText(append(w.buffer, ','), made.kinds)
		}
	}
	w.buffer = append(w.buffer, '\n')
	return nil
}

func (w *csvWriter) write(batch *table.Table) error {
	for row := range batch.Rows {
		for i, c := range batch.Columns {
			if i > 0 {
				w.buffer = append(w.buffer, ',')
			}
			if c.Text == nil && math.IsInf(c.Values[row], 0) { // no reader takes it for a number
				var ps refusal.Problems
				ps.AddVariable(c.Variable.Name, "", fmt.Sprintf("%s: variable %q", w.where, c.Variable.Name), "row %d is infinite, want a finite number", w.rows+row+1)
				return ps
			}
			w.cell(&w.columns[i], c, row)
		}
		w.buffer = append(w.buffer, '\n')
		if len(w.buffer) >= csvBytes {
			if err := w.flush(); err != nil {
				return err
			}
		}
	}
	w.rows += batch.Rows
	return nil
}

func (w *csvWriter) flush() error {
	_, err := w.out.Write(w.buffer)
	w.buffer = w.buffer[:0]
	return err
}

// end notes what is not as it was.
func (w *csvWriter) end(e *Extract) error {
	var emptied, undated []string
	for i, c := range w.columns {
		name := e.Table.Columns[i].Variable.Name
		if c.emptied > 0 {
			emptied = append(emptied, fmt.Sprintf("%s (%d)", name, c.emptied))
		}
		if c.undated > 0 {
			undated = append(undated, fmt.Sprintf("%s (%d)", name, c.undated))
		}
	}
	if emptied != nil {
		e.About.Notes = append(e.About.Notes, "declared missing, and empty here, with their rows: "+strings.Join(emptied, ", "))
	}
	if undated != nil {
		e.About.Notes = append(e.About.Notes, "no dates, and numbers here, with their rows: "+strings.Join(undated, ", "))
	}
	return w.flush()
}

// cell writes a cell, and after it its code in the column of those that are
// declared missing.
func (w *csvWriter) cell(of *csvColumn, c *table.Column, row int) {
	missing := false
	if c.Text != nil {
		missing = of.recorded.DeclaresText(c.Text[row])
	} else {
		missing = of.recorded.DeclaresNumber(c.Values[row])
	}
	switch {
	case missing:
		of.emptied++
	case of.dates && !math.IsNaN(c.Values[row]):
		text := isoDate(of.recorded.Format, c.Values[row])
		if text == "" {
			of.undated++
			w.buffer = appendCell(w.buffer, c, row)
		}
		w.buffer = append(w.buffer, text...)
	default:
		w.buffer = appendCell(w.buffer, c, row)
	}
	if of.kinds != "" {
		w.buffer = append(w.buffer, ',')
		if missing {
			w.buffer = appendCell(w.buffer, c, row)
		}
	}
}

// isDated says whether a format is of dates that have a form in ISO 8601.
func isDated(format string) bool { return isoDate(format, 0) != "" }

func appendCell(b []byte, c *table.Column, row int) []byte {
	if c.Text != nil {
		return appendText(b, c.Text[row])
	}
	x := c.Values[row]
	if whole := int64(x); float64(whole) == x && uint64(whole) < 10 {
		return append(b, byte('0'+whole)) // nearly all cells of a survey
	}
	if math.IsNaN(x) {
		return append(b, c.Tag(row)...)
	}
	return appendNumber(b, x)
}

// appendNumber writes a finite number. Below 1e15 it has no exponent, so that
// a whole number looks like one; from there on it has, for written out it
// would be taken for an identifier.
func appendNumber(b []byte, x float64) []byte {
	size := math.Abs(x)
	if size >= 1e15 || size < 1e-5 && size > 0 {
		return strconv.AppendFloat(b, x, 'E', -1, 64)
	}
	if whole := int64(x); float64(whole) == x {
		return strconv.AppendInt(b, whole, 10)
	}
	if digits := math.Round(x * 1e4); math.Abs(digits) < 1e15 && digits/1e4 == x {
		return appendDecimal(b, int64(digits))
	}
	return strconv.AppendFloat(b, x, 'f', -1, 64)
}

// appendDecimal writes this many ten-thousandths, which are not a whole number.
// The quotient of two integers that a double holds exactly is the double
// nearest to it; no other decimal of up to 15 digits has the same, so this is
// the shortest form.
func appendDecimal(b []byte, digits int64) []byte {
	if digits < 0 {
		b, digits = append(b, '-'), -digits
	}
	b = strconv.AppendInt(b, digits/1e4, 10)
	rest := digits % 1e4
	b = append(b, '.', byte('0'+rest/1000), byte('0'+rest/100%10), byte('0'+rest/10%10), byte('0'+rest%10))
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	return b
}

// appendText writes a text, in quotes where a reader of CSV would take it for
// something else without.
func appendText(b []byte, text string) []byte {
	if !needsQuotes(text) {
		return append(b, text...)
	}
	b = append(b, '"')
	for {
		i := strings.IndexByte(text, '"')
		if i < 0 {
			return append(append(b, text...), '"')
		}
		b = append(append(b, text[:i+1]...), '"')
		text = text[i+1:]
	}
}

func needsQuotes(text string) bool {
	for i := range len(text) {
		switch text[i] {
		case ',', '"', '\r', '\n':
			return true
		}
	}
	first, _ := utf8.DecodeRuneInString(text)
	return unicode.IsSpace(first) || text == `\.`
}
