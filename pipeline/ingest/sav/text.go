package sav

import (
	"bytes"
	"strings"
)

// mostSeen is how many different texts of a column are kept to be used again,
// and mostKept how many bytes of them for all columns.
const mostSeen, mostKept = 4096, 4 << 20

// cell puts a text, without the blanks and NULs that fill it up, into its row.
func (d *decoder) cell(c *column, b []byte) {
	trimmed := bytes.TrimRight(b, " \x00")
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
		var whole bool
		text, whole = d.decode(c, trimmed, len(trimmed) == len(b))
		if !whole {
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

// decode returns a cell beyond ASCII in UTF-8, and reports one that has no
// meaning in the file's encoding. A character that the field's width cut is
// left away.
func (d *decoder) decode(c *column, b []byte, full bool) (string, bool) {
	text, ok := d.encoding.text(b)
	if ok {
		return text, true
	}
	if whole := d.encoding.whole(b); full && len(whole) < len(b) {
		if text, ok = d.encoding.text(whole); ok {
			c.cut++
			return strings.TrimRight(text, " \x00"), false
		}
	}
	if c.bad++; c.bad <= shown {
		d.fault(d.data.pos(), c.variable, "%q is not text in %s", excerpt(b), d.encoding.name)
	}
	return text, false
}

// report adds what the whole column has of cells that did not decode.
func (d *decoder) report(c *column) {
	if c.bad > shown {
		d.problems.Add(d.where, "%s: cases: variable %q: %d more rows that are not text in %s", format, c.variable.name, c.bad-shown, d.encoding.name)
	}
	if c.cut > 0 {
		d.warnings.add("variable %q: %d rows end within a character of %s, which is left away", c.variable.name, c.cut, d.encoding.name)
	}
}
