package sheet

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// JSON returns each row as an object of its cells by the names of their
// columns, in that order, null where they are. Numbers are as in ShortCSV. It
// panics on the rows on which CSV does.
func JSON[R any](rows []R, columns []Column[R]) []json.RawMessage {
	w := newObjects(rows, columns)
	var text []byte
	ends := make([]int, len(rows))
	for r := range rows {
		text = w.append(text, r)
		ends[r] = len(text)
	}
	list := make([]json.RawMessage, len(rows))
	from := 0
	for r, end := range ends {
		list[r], from = text[from:end:end], end
	}
	return list
}

// AppendJSON appends the objects of JSON, a line each, with commas between them.
func AppendJSON[R any](out []byte, rows []R, columns []Column[R]) []byte {
	w := newObjects(rows, columns)
	for r := range rows {
		if r > 0 {
			out = append(out, ',')
		}
		out = w.append(append(out, '\n'), r)
	}
	return out
}

// objects are rows that are being appended to one text.
type objects[R any] struct {
	rows    []R
	columns []Column[R]
	names   [][]byte // of columns, with what is before and behind them
	cells   [][2]int // where those of the row before are in the text
}

func newObjects[R any](rows []R, columns []Column[R]) *objects[R] {
	w := &objects[R]{rows, columns, make([][]byte, len(columns)), make([][2]int, len(columns))}
	for i, c := range columns {
		if i > 0 {
			w.names[i] = []byte{','}
		}
		w.names[i] = append(appendString(w.names[i], c.Name), ':')
	}
	return w
}

// append appends a row, which is the first or the one after that which was appended
// before.
func (w *objects[R]) append(out []byte, r int) []byte {
	out = append(out, '{')
	row := &w.rows[r]
	for i, c := range w.columns {
		out = append(out, w.names[i]...)
		from := len(out)
		switch {
		case r > 0 && c.Same(&w.rows[r-1], row): // as most are
			out = append(out, out[w.cells[i][0]:w.cells[i][1]]...)
		default:
			c.mustHold(w.rows, r)
			if c.Text == nil {
				out = c.append(out, row, appendShort)
			} else if text := *c.Text(row); text != "" {
				out = appendString(out, text)
			}
			if len(out) == from {
				out = append(out, "null"...)
			}
		}
		w.cells[i] = [2]int{from, len(out)}
	}
	return append(out, '}')
}

// appendString appends a text as JSON has it, escaped no further than it must be.
func appendString(out []byte, text string) []byte {
	for i := range len(text) {
		if b := text[i]; b < ' ' || b == '"' || b == '\\' || b >= utf8.RuneSelf {
			var b bytes.Buffer
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			_ = e.Encode(text) // a string can be written
			return append(out, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
		}
	}
	return append(append(append(out, '"'), text...), '"')
}
