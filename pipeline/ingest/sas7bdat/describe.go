package sas7bdat

import (
	"bytes"
	"fmt"
	"strings"

	"togetherwecan/pipeline/ingest/sas"
)

// metadata is what the descriptions among the pages' parts say.
type metadata struct {
	rowBytes  int
	rows      int // deleted ones too
	mixed     int // rows on a page of parts and rows
	deleted   int
	columns   int // as the file says, -1 before
	texts     [][]byte
	names     []reference
	places    []place
	displays  []display
	label     reference
	method    reference
	rdc       bool
	variables []*sas.Variable
	found     int // rows, deleted ones too
	bytes     int // of texts, names and so on so far
}

// A reference is to a part of a text.
type reference struct{ text, offset, length int }

type place struct {
	offset, width uint64
	kind          byte
}

type display struct {
	width, decimals int
	format, label   reference
}

// The signatures of descriptions.
const (
	rowSize    = 0xf7f7f7f7
	columnSize = 0xf6f6f6f6
	counts     = 0xfffffc00
	formats    = 0xfffffbfe
	attributes = 0xfffffffc
	texts      = 0xfffffffd
	names      = 0xffffffff
	others     = 0xfffffff8 // in all but the last 3 bits
)

// signature is what a description is of.
func (l *layout) signature(b []byte) (s uint32, ok bool) {
	if len(b) < l.whole {
		return 0, false
	}
	s = uint32(l.uint32(b))
	if l.big && l.wide && (s == 0xffffffff || s == 0) {
		s = uint32(l.uint32(b[4:]))
	}
	switch s {
	case rowSize, columnSize, counts, formats:
		return s, true
	}
	return s, s&others == others
}

// describe reads the descriptions, which may be on any page but those of rows alone:
// SAS puts what is changed later behind the rows.
func (r *reader) describe(catalogue *Catalogue) bool {
	r.meta.columns = -1
	head, whole := make([]byte, r.firstBytes), []byte(nil)
	for i := range r.pages {
		at := r.headBytes + i*int64(r.pageBytes)
		if !r.at(head, at) {
			return false
		}
		p := r.page(head)
		if p.kind&pageKinds == pageData || p.kind&pageOther != 0 || p.parts == 0 {
			continue
		}
		if whole == nil {
			whole = make([]byte, r.pageBytes)
		}
		if !r.at(whole, at) || !r.parts(whole, p) {
			return false
		}
	}
	r.from = r.headBytes
	return r.settle(catalogue)
}

// parts takes the descriptions of a page.
func (r *reader) parts(b []byte, of page) bool {
	for i := range of.parts {
		p, ok := r.partOf(b, of, i)
		if !ok {
			return false
		}
		if p.bytes == nil || p.compression != plain {
			continue
		}
		if s, ok := r.signature(p.bytes); ok && !r.description(s, p.bytes) {
			return false
		}
	}
	return true
}

// description takes one.
func (r *reader) description(signature uint32, b []byte) bool {
	m := &r.meta
	list := func(each int) [][]byte { // entries of a list, behind 8 bytes and before 8, or 12 of a wide file
		from, to := r.whole+8, len(b)-r.whole-4
		var entries [][]byte
		for ; from+each <= to; from += each {
			entries = append(entries, b[from:from+each])
		}
		return entries
	}
	least := map[uint32]int{rowSize: 368, columnSize: 8, texts: 4 + 2, formats: 46}
	if r.wide {
		least = map[uint32]int{rowSize: 696, columnSize: 16, texts: 8 + 2, formats: 58}
	}
	if len(b) < least[signature] {
		return r.fail("a description %x of %d bytes, want %d or more", signature, len(b), least[signature])
	}
	if m.bytes += len(b); m.bytes > r.limits.LabelBytes {
		return r.fail("more than %d bytes of names, labels and formats", r.limits.LabelBytes)
	}
	switch signature {
	case rowSize:
		size, rows, deleted, mixed := r.number(b[5*r.whole:]), r.number(b[6*r.whole:]), r.number(b[7*r.whole:]), r.number(b[15*r.whole:])
		switch {
		case size > uint64(r.limits.RowBytes):
			return r.fail("rows of %d bytes, want at most %d", size, r.limits.RowBytes)
		case rows > uint64(r.limits.Rows):
			return r.fail("%d rows, want at most %d", rows, r.limits.Rows)
		}
		m.rowBytes, m.rows, m.mixed, m.deleted = int(size), int(rows), int(min(mixed, rows)), int(min(deleted, rows))
		m.label, m.method = r.reference(b[82*r.whole+22:]), r.reference(b[82*r.whole+34:])
	case columnSize:
		n := r.number(b[r.whole:])
		if n > uint64(r.limits.Columns) {
			return r.fail("%d variables, want at most %d", n, r.limits.Columns)
		}
		m.columns = int(n)
	case texts:
		m.texts = append(m.texts, bytes.Clone(b[r.whole:]))
	case names:
		for _, entry := range list(8) {
			m.names = append(m.names, r.reference(entry))
		}
	case attributes:
		for _, entry := range list(r.whole + 8) {
			m.places = append(m.places, place{r.number(entry), r.uint32(entry[r.whole:]), entry[r.whole+6]})
		}
	case formats:
		at := b[3*r.whole:]
		m.displays = append(m.displays, display{r.uint16(at), r.uint16(at[2:]), r.reference(at[22:]), r.reference(at[28:])})
	}
	return true
}

func (r *reader) reference(b []byte) reference {
	return reference{r.uint16(b), r.uint16(b[2:]), r.uint16(b[4:])}
}

// refer returns the text that a reference is to.
func (r *reader) refer(to reference, what string) (text string, ok bool) {
	if to.length == 0 {
		return "", true
	}
	if to.text >= len(r.meta.texts) {
		return "", r.fail("%s is in text %d of %d", what, to.text+1, len(r.meta.texts))
	}
	b := r.meta.texts[to.text]
	if to.offset+to.length > len(b) {
		return "", r.fail("%s is %d bytes at byte %d of a text of %d", what, to.length, to.offset, len(b))
	}
	if r.meta.bytes += to.length; r.meta.bytes > r.limits.LabelBytes {
		return "", r.fail("more than %d bytes of names, labels and formats", r.limits.LabelBytes)
	}
	return r.text(bytes.TrimRight(b[to.offset:to.offset+to.length], " \x00"), what), true
}

// settle makes variables of the descriptions.
func (r *reader) settle(catalogue *Catalogue) bool {
	m := &r.meta
	n := m.columns
	switch {
	case m.rowBytes == 0 && n > 0, n < 0:
		return r.fail("no description of rows and columns")
	case n == 0:
		return r.fail("the data set has no variables")
	case len(m.names) < n || len(m.places) < n:
		return r.fail("names of %d and places of %d variables, want %d", len(m.names), len(m.places), n)
	}
	var ok bool
	if r.file.Label, ok = r.refer(m.label, "the label of the data set"); !ok {
		return false
	}
	method, ok := r.refer(m.method, "the method of compression")
	if !ok {
		return false
	}
	const rle, rdc = "SASYZCRL", "SASYZCR2"
	if method == "" && len(m.texts) > 0 {
		for _, name := range []string{rle, rdc} {
			if bytes.Contains(m.texts[0], []byte(name)) {
				method = name
			}
		}
	}
	switch method {
	case rle:
		r.file.Compression = "RLE"
	case rdc:
		r.file.Compression, m.rdc = "RDC", true
	}
	labelled := map[string]bool{}
	for i := range n {
		v := &sas.Variable{Width: int(m.places[i].width), Text: m.places[i].kind == 2}
		if v.Name, ok = r.refer(m.names[i], fmt.Sprintf("the name of variable %d", i+1)); !ok {
			return false
		}
		switch kind := m.places[i].kind; {
		case v.Name == "":
			return r.fail("variable %d has no name", i+1)
		case kind != 1 && kind != 2:
			return r.fail("variable %d, %q: type %d, want 1 or 2", i+1, v.Name, kind)
		case kind == 1 && !sas.Little.Fits(v.Width):
			return r.fail("variable %d, %q: numbers of %d bytes, want 3 to 8", i+1, v.Name, m.places[i].width)
		case v.Width < 1 || v.Width > 32767:
			return r.fail("variable %d, %q: text of %d bytes, want 1 to 32767", i+1, v.Name, m.places[i].width)
		case m.places[i].offset > uint64(m.rowBytes) || int(m.places[i].offset)+v.Width > m.rowBytes:
			return r.fail("variable %d, %q, at byte %d of a row of %d", i+1, v.Name, m.places[i].offset, m.rowBytes)
		}
		v.Offset = int(m.places[i].offset)
		if i < len(m.displays) {
			d := m.displays[i]
			name, ok := r.refer(d.format, fmt.Sprintf("the format of variable %d", i+1))
			if !ok {
				return false
			}
			if v.Label, ok = r.refer(d.label, fmt.Sprintf("the label of variable %d", i+1)); !ok {
				return false
			}
			v.Format = sas.Format(name, d.width, d.decimals)
			if set := catalogue.labels(name, v.Text); set != nil {
				v.Categories = set
				labelled[trimmedName(name)] = true
			}
		}
		m.variables = append(m.variables, v)
	}
	r.alike()
	if catalogue != nil && len(labelled) == 0 && len(catalogue.sets) > 0 {
		r.warn("no variable has a format of the catalogue's: %s", strings.Join(catalogue.named(), ", "))
	}
	return true
}
