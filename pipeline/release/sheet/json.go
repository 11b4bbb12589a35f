package sheet

import (
	"bytes"
	"encoding/json"
)

// JSON returns each row as an object of its cells by the names of their
// columns, in that order, null where they are. Numbers are as in the CSV. It
// panics on the rows on which CSV does.
func JSON[R any](rows []R, columns []Column[R]) []json.RawMessage {
	objects := make([]json.RawMessage, len(rows))
	for r := range rows {
		out := []byte{'{'}
		for i, c := range columns {
			if i > 0 {
				out = append(out, ',')
			}
			c.mustHold(rows, r)
			out = append(appendString(out, c.Name), ':')
			switch {
			case c.Cell(&rows[r]) == nil:
				out = append(out, "null"...)
			case c.Text != nil:
				out = appendString(out, *c.Text(&rows[r]))
			default:
				out = c.append(out, &rows[r])
			}
		}
		objects[r] = append(out, '}')
	}
	return objects
}

func appendString(out []byte, text string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a string can be written
	return append(out, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}
