package sav

import (
	"bytes"
	"strings"

	"togetherwecan/pipeline/ingest/codepage"
)

// mostSeen is how many different texts of a column are kept to be used again,
// and mostKept how many bytes of them for all columns.
const mostSeen, mostKept = 4096, 4 << 20

// cell puts a text, without the blanks and NULs that fill it up, into its row.
func (d *decoder) cell(c *column, b []byte) {
	trimmed := b
	for n := len(b); n > 0 && (b[n-1] == ' ' || b[n-1] == 0); n-- {
		trimmed = b[:n-1]
	}
	switch {
	case len(trimmed) == 0:
		c.texts[d.row] = ""
		return
	case bytes.Equal(c.last, trimmed):
		c.texts[d.row] = c.lastText
		return
	}
	text, known := c.seen[string(trimmed)]
	if !known {
		var how codepage.Reading
		if text, how = d.encoding.Text(trimmed); how != codepage.Whole {
			c.faults.Add(how, d.before+d.row+1, trimmed)
			text = strings.TrimRight(text, " \x00")
			d.held += len(text)
			c.texts[d.row] = text
			return
		}
		if c.seen == nil {
			c.seen = map[string]string{}
		}
		if n := len(trimmed) + len(text); len(c.seen) < mostSeen && d.kept+n <= mostKept {
			d.kept += n
			c.seen[string(trimmed)] = text
		} else {
			d.held += len(text)
		}
	}
	c.texts[d.row] = text
	c.last, c.lastText = append(c.last[:0], trimmed...), text
}

// report notes what the whole column has of cells that were not read whole.
func (d *decoder) report(c *column) {
	if c.faults.Any() {
		d.replaced = append(d.replaced, c.variable.name)
	}
	for _, note := range c.faults.Notes(c.variable.name, d.encoding.Named("windows-1252")) {
		d.warnings.add("%s", note)
	}
}
