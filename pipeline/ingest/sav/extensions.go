package sav

import (
	"bytes"
	"strconv"
	"strings"

	"togetherwecan/pipeline/ingest/codepage"
)

// more reads the extension records that need the variables' names.
func (x *resolution) more(e extension) {
	switch e.subtype {
	case extraProduct:
		x.notes.Extra = strings.ReplaceAll(x.label(e.data, "product"), "\r", "")
	case longLabels:
		x.longLabels(e)
	case longMissing:
		x.longMissing(e)
	case responseSets, responseSetsMore:
		x.responseSets(e)
	case variableSets:
		x.variableSets(e)
	case fileAttributes:
		attributes, rest := x.attributes(e.data)
		if len(bytes.Trim(rest, " \x00\n")) > 0 {
			x.warnings.add("%s at byte %d: %q, want name('value')", e.record(), e.offset, codepage.Excerpt(rest))
		}
		x.notes.Attributes = append(x.notes.Attributes, attributes...)
	case attributes:
		x.variableAttributes(e)
	}
}

// A cursor takes parts of a record's data; short turns true where there are
// too few.
type cursor struct {
	data  []byte
	order order
	short bool
}

func (c *cursor) bytes(n int64) []byte {
	if c.short || n < 0 || n > int64(len(c.data)) {
		c.short = true
		return nil
	}
	b := c.data[:n]
	c.data = c.data[n:]
	return b
}

func (c *cursor) count() int64 {
	if b := c.bytes(4); b != nil {
		return c.order.count(b)
	}
	return 0
}

// named finds a variable by a name in the file's encoding.
func (x *resolution) named(name []byte) *variable {
	s, _ := x.encoding.Text(bytes.TrimRight(name, " \x00"))
	return x.find(s)
}

func (x *resolution) find(name string) *variable {
	if v := x.byName[name]; v != nil {
		return v
	}
	folded := strings.ToLower(name)
	if v := x.byName[folded]; v != nil {
		return v
	}
	return x.byShort[folded]
}

// longLabels reads the value labels of text of more than 8 bytes.
func (x *resolution) longLabels(e extension) {
	c := &cursor{data: e.data, order: x.order}
	for len(c.data) > 0 && !c.short {
		name := c.bytes(c.count())
		width, count := c.count(), c.count()
		v := x.named(name)
		var values [][]byte
		var labels []string
		for i := int64(0); i < count && !c.short; i++ {
			value := c.bytes(c.count())
			label := c.bytes(c.count())
			if c.short || v == nil {
				continue
			}
			values = append(values, value)
			labels = append(labels, x.label(label, "variable %q: label %d", v.name, i+1))
		}
		switch {
		case c.short:
		case v == nil || v.width == 0:
			x.warnings.add("%s at byte %d: labels for %q, which is no text variable", e.record(), e.offset, name)
		case width != int64(v.width):
			x.warnings.add("%s at byte %d: labels for %q of %d bytes, which has %d", e.record(), e.offset, name, width, v.width)
			fallthrough
		default:
			if !x.giveLabels(e.offset, e.record(), v, x.categories(v, values, labels)) {
				return
			}
		}
	}
	x.cut(c, e)
}

// cut warns of a record whose parts go beyond its end.
func (x *resolution) cut(c *cursor, e extension) {
	if c.short {
		x.warnings.add("%s at byte %d: a part goes beyond the record's %d bytes", e.record(), e.offset, len(e.data))
	}
}

// longMissing reads the missing values of text of more than 8 bytes. Each is
// its first 8 bytes; old PSPP gives the length before each, not once.
func (x *resolution) longMissing(e extension) {
	c := &cursor{data: e.data, order: x.order}
	for len(c.data) > 0 && !c.short {
		name := c.bytes(c.count())
		number := c.bytes(1)
		size := c.count()
		if c.short {
			break
		}
		v := x.named(name)
		if v == nil || v.width == 0 {
			x.warnings.add("%s at byte %d: missing values for %q, which is no text variable", e.record(), e.offset, name)
		}
		for i := range int(number[0]) {
			if i > 0 && len(c.data) >= 4 && c.order.count(c.data) == size {
				c.bytes(4)
			}
			value := c.bytes(size)
			if !c.short && v != nil && v.width > 0 {
				v.texts = append(v.texts, x.label(value, "variable %q: missing value", v.name))
			}
		}
	}
	x.cut(c, e)
}

// responseSets reads lines of one multiple response set each:
//
//	$name=C 5 label variables
//	$name=D1 2 5 label variables, where the 1 bytes "2" is what counts
//	$name=E 1 1 2 5 label variables, whose labels are the categories'
func (x *resolution) responseSets(e extension) {
	rest := bytes.TrimRight(e.data, " \x00\n")
	for len(bytes.TrimLeft(rest, "\n")) > 0 {
		set, after, ok := x.responseSet(bytes.TrimLeft(rest, "\n"))
		if !ok {
			x.warnings.add("%s at byte %d: %q, want a multiple response set", e.record(), e.offset, codepage.Excerpt(rest))
			return
		}
		rest = after
		x.notes.Responses = append(x.notes.Responses, set)
	}
}

func (x *resolution) responseSet(b []byte) (set ResponseSet, after []byte, ok bool) {
	name, rest, found := bytes.Cut(b, []byte("="))
	if !found || len(rest) == 0 {
		return set, nil, false
	}
	set.Name = x.label(name, "multiple response set")
	kind := rest[0]
	rest = rest[1:]
	if kind == 'E' { // a flag, whose meaning only display needs
		_, rest, found = bytes.Cut(bytes.TrimPrefix(rest, []byte(" ")), []byte(" "))
		if !found {
			return set, nil, false
		}
	}
	var part []byte
	if kind == 'D' || kind == 'E' {
		if part, rest, ok = counted(rest); !ok {
			return set, nil, false
		}
		set.Counted = x.label(part, "multiple response set %q: counted value", set.Name)
		rest = bytes.TrimPrefix(rest, []byte(" "))
	} else if kind == 'C' {
		rest = bytes.TrimPrefix(rest, []byte(" "))
	} else {
		return set, nil, false
	}
	if part, rest, ok = counted(rest); !ok {
		return set, nil, false
	}
	set.Label = x.label(part, "multiple response set %q: label", set.Name)
	line, after, _ := bytes.Cut(rest, []byte("\n"))
	set.Variables = x.spelled(line, " ")
	return set, after, true
}

// counted takes "5 label": as many bytes as the number says.
func counted(b []byte) (part, rest []byte, ok bool) {
	digits, rest, found := bytes.Cut(b, []byte(" "))
	n, err := strconv.Atoi(string(digits))
	if !found || err != nil || n < 0 || n > len(rest) {
		return nil, nil, false
	}
	return rest[:n], rest[n:], true
}

// spelled lists the variables of a line as they are spelled; a name that no
// variable has stays.
func (x *resolution) spelled(line []byte, separators string) []string {
	var names []string
	for _, name := range bytes.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		if v := x.named(name); v != nil {
			names = append(names, v.name)
			continue
		}
		names = append(names, x.label(name, "name of a variable"))
	}
	return names
}

// variableSets reads lines of name= variables.
func (x *resolution) variableSets(e extension) {
	for _, line := range bytes.Split(bytes.TrimRight(e.data, " \x00\n"), []byte("\n")) {
		if name, variables, ok := bytes.Cut(line, []byte("=")); ok {
			x.notes.Sets = append(x.notes.Sets, VariableSet{x.label(name, "variable set"), x.spelled(variables, " \r")})
		} else if len(bytes.TrimSpace(line)) > 0 {
			x.warnings.add("%s at byte %d: %q, want a name, = and variables", e.record(), e.offset, codepage.Excerpt(line))
		}
	}
}

// variableAttributes reads name:attributes, with / between variables.
func (x *resolution) variableAttributes(e extension) {
	rest := e.data
	for len(bytes.Trim(rest, " \x00\n")) > 0 {
		name, after, ok := bytes.Cut(rest, []byte(":"))
		if !ok || len(bytes.Trim(name, "\n")) == 0 {
			x.warnings.add("%s at byte %d: %q, want a variable, : and attributes", e.record(), e.offset, codepage.Excerpt(rest))
			return
		}
		found, after := x.attributes(after)
		for _, a := range found {
			x.notes.Variables = append(x.notes.Variables, VariableAttribute{x.spelled(name, "\n")[0], a})
		}
		if len(after) > 0 && after[0] != '/' || len(found) == 0 {
			x.warnings.add("%s at byte %d: %q, want name('value')", e.record(), e.offset, codepage.Excerpt(after))
			return
		}
		rest = bytes.TrimPrefix(after, []byte("/"))
	}
}

// attributes reads name('value'\n'value'\n) any number of times, and returns
// what is after them. A quote in a value is as it is: a value ends at a quote
// before a line end.
func (x *resolution) attributes(b []byte) (found []Attribute, rest []byte) {
	for len(b) > 0 && b[0] != '/' {
		name, values, ok := bytes.Cut(b, []byte("("))
		if !ok {
			return found, b
		}
		a := Attribute{Name: x.label(name, "attribute")}
		for len(values) > 0 && values[0] == '\'' {
			value, after, ok := bytes.Cut(values[1:], []byte("'\n"))
			if !ok {
				return found, b
			}
			a.Values = append(a.Values, x.label(value, "attribute %q", a.Name))
			values = after
		}
		if len(values) == 0 || values[0] != ')' {
			return found, b
		}
		found = append(found, a)
		b = values[1:]
	}
	return found, b
}
