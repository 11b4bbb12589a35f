package sav

import (
	"bytes"
	"fmt"
)

// A dictionary is what the records say, before the encoding of their text is
// known.
type dictionary struct {
	variables  []*rawVariable
	elements   []int32 // of a case, 8 bytes each: the variable that begins there, or -1 where one goes on
	labels     []labelRecord
	documents  [][]byte
	extensions []extension
}

// A rawVariable is a variable record, or a segment of a very long string.
type rawVariable struct {
	offset  int64
	element int
	width   int // bytes of text, 0 for a number
	name    []byte
	label   []byte
	format  uint32
	ranged  bool // the first two missing values are a range
	missing [][]byte
}

// A labelRecord is one set of value labels and the elements it applies to.
type labelRecord struct {
	offset   int64
	values   [][]byte // of 8 bytes
	labels   [][]byte
	elements []int32 // from 1
}

// An extension is a record of type 7, kept if its subtype is known.
type extension struct {
	offset  int64
	subtype int32
	size    int
	count   int
	data    []byte
}

// records reads the dictionary to its end.
func (r *reader) records() bool {
	for {
		at := r.pos()
		b := r.take(4)
		if b == nil {
			return r.short(at, "dictionary")
		}
		ok := false
		switch kind := r.order.int32(b); kind {
		case 2:
			ok = r.variable(at)
		case 3:
			ok = r.valueLabels(at)
		case 6:
			ok = r.documents(at)
		case 7:
			ok = r.extension(at)
		case 999:
			if r.take(4) == nil {
				return r.short(at, "end of dictionary")
			}
			if len(r.raw.variables) == 0 {
				return r.fail(at, "end of dictionary", "no variables")
			}
			return r.continued(at)
		default:
			return r.fail(at, "dictionary", "record of type %d, want 2, 3, 6, 7 or 999", kind)
		}
		if !ok {
			return false
		}
	}
}

// room says whether n more bytes of text are within the limit.
func (r *reader) room(at int64, record string, n int64) bool {
	if n > int64(r.limits.LabelBytes-r.labels) {
		return r.fail(at, record, "more than %d bytes of labels and other text in the dictionary", r.limits.LabelBytes)
	}
	r.labels += int(n)
	return true
}

func (r *reader) variable(at int64) bool {
	const record = "variable record"
	b := r.take(12)
	if b == nil {
		return r.short(at, record)
	}
	width, hasLabel, missing := r.order.int32(b), r.order.int32(b[4:]), r.order.int32(b[8:])
	if b = r.take(16); b == nil {
		return r.short(at, record)
	}
	print, name := r.order.Uint32(b), bytes.Clone(b[8:16])
	switch {
	case width < -1 || width > 255:
		return r.fail(at, record, "width %d, want -1 to 255", width)
	case hasLabel != 0 && hasLabel != 1:
		return r.fail(at, record, "label indicator %d, want 0 or 1", hasLabel)
	case missing < -3 || missing > 3 || missing == -1:
		return r.fail(at, record, "%d missing values, want 0 to 3, -2 for a range or -3 for a range and a value", missing)
	}
	v := &rawVariable{offset: at, element: len(r.raw.elements), width: int(width), name: bytes.TrimRight(name, " \x00"), format: print}
	if hasLabel == 1 {
		if b = r.take(4); b == nil {
			return r.short(at, record)
		}
		n := r.order.count(b)
		if n < 0 || n > 65535 {
			return r.fail(at, record, "a label of %d bytes, want 0 to 65535", n)
		}
		padded := int(n+3) &^ 3
		if !r.room(at, record, int64(padded)) {
			return false
		}
		label := r.long(padded)
		if label == nil && padded > 0 {
			return r.short(at, record)
		}
		v.label = label[:n]
	}
	count := missing
	if missing < 0 {
		v.ranged, count = true, -missing
	}
	for range count {
		if b = r.take(8); b == nil {
			return r.short(at, record)
		}
		v.missing = append(v.missing, bytes.Clone(b))
	}
	if width == -1 {
		if !r.goesOn() {
			return r.fail(at, record, "the continuation of a text variable, and the record before has none")
		}
		r.raw.elements = append(r.raw.elements, -1)
		return true
	}
	if !r.continued(at) {
		return false
	}
	if len(r.raw.variables) == r.limits.Columns {
		return r.fail(at, record, "more than %d variables", r.limits.Columns)
	}
	r.raw.elements = append(r.raw.elements, int32(len(r.raw.variables)))
	r.raw.variables = append(r.raw.variables, v)
	return true
}

// goesOn says whether the last variable has elements to come.
func (r *reader) goesOn() bool {
	if len(r.raw.variables) == 0 {
		return false
	}
	last := r.raw.variables[len(r.raw.variables)-1]
	return len(r.raw.elements)-last.element < (last.width+7)/8
}

func (r *reader) continued(at int64) bool {
	if !r.goesOn() {
		return true
	}
	last := r.raw.variables[len(r.raw.variables)-1]
	return r.fail(at, "variable record", "variable %q of %d bytes has %d continuation records before this, want %d",
		last.name, last.width, len(r.raw.elements)-last.element-1, (last.width+7)/8-1)
}

func (r *reader) valueLabels(at int64) bool {
	const record = "value labels record"
	b := r.take(4)
	if b == nil {
		return r.short(at, record)
	}
	count := r.order.count(b)
	if count < 0 {
		return r.fail(at, record, "%d labels", count)
	}
	l := labelRecord{offset: at}
	for range count {
		if b = r.take(9); b == nil {
			return r.short(at, record)
		}
		value, n := bytes.Clone(b[:8]), int(b[8])
		padded := (n+8)&^7 - 1
		if !r.room(at, record, int64(9+padded)) {
			return false
		}
		label := r.long(padded)
		if label == nil {
			return r.short(at, record)
		}
		l.values = append(l.values, value)
		l.labels = append(l.labels, label[:n])
	}
	if b = r.take(8); b == nil {
		return r.short(at, record)
	}
	if kind := r.order.int32(b); kind != 4 {
		return r.fail(r.pos()-8, record, "record of type %d after the labels, want 4, the variables", kind)
	}
	count = r.order.count(b[4:])
	if count < 0 || count > int64(len(r.raw.elements)) {
		return r.fail(r.pos()-4, record, "labels for %d variables, and there are %d elements", count, len(r.raw.elements))
	}
	for range count {
		if b = r.take(4); b == nil {
			return r.short(at, record)
		}
		i := r.order.int32(b)
		if i < 1 || int(i) > len(r.raw.elements) || r.raw.elements[i-1] < 0 {
			return r.fail(r.pos()-4, record, "labels for element %d, where no variable begins", i)
		}
		l.elements = append(l.elements, i)
	}
	r.raw.labels = append(r.raw.labels, l)
	return true
}

func (r *reader) documents(at int64) bool {
	const record, line = "document record", 80
	b := r.take(4)
	if b == nil {
		return r.short(at, record)
	}
	count := r.order.count(b)
	if count < 0 {
		return r.fail(at, record, "%d lines", count)
	}
	if !r.room(at, record, count*line) {
		return false
	}
	for range count {
		text := r.long(line)
		if text == nil {
			return r.short(at, record)
		}
		r.raw.documents = append(r.raw.documents, text)
	}
	return true
}

// The subtypes of record 7 that are read; all others are passed over.
const (
	integerInfo      = 3
	floatInfo        = 4
	variableSets     = 5
	responseSets     = 7
	extraProduct     = 10
	display          = 11
	longNames        = 13
	veryLongStrings  = 14
	caseCount        = 16
	fileAttributes   = 17
	attributes       = 18
	responseSetsMore = 19
	encodingName     = 20
	longLabels       = 21
	longMissing      = 22
)

var subtypes = map[int32]string{
	integerInfo: "machine integers", floatInfo: "machine floats", variableSets: "variable sets",
	responseSets: "multiple response sets", extraProduct: "product", display: "display", longNames: "long names",
	veryLongStrings: "very long strings", caseCount: "number of cases", fileAttributes: "file attributes",
	attributes: "variable attributes", responseSetsMore: "multiple response sets", encodingName: "encoding",
	longLabels: "labels of long strings", longMissing: "missing values of long strings",
}

func (e extension) record() string {
	if name := subtypes[e.subtype]; name != "" {
		return fmt.Sprintf("record 7/%d (%s)", e.subtype, name)
	}
	return fmt.Sprintf("record 7/%d", e.subtype)
}

func (r *reader) extension(at int64) bool {
	b := r.take(12)
	if b == nil {
		return r.short(at, "record 7")
	}
	e := extension{offset: at, subtype: r.order.int32(b)}
	size, count := r.order.count(b[4:]), r.order.count(b[8:])
	if size < 0 || count < 0 {
		return r.fail(at, e.record(), "%d parts of %d bytes", count, size)
	}
	if subtypes[e.subtype] == "" {
		if !r.skip(size * count) {
			return r.short(at, e.record())
		}
		return true
	}
	if !r.room(at, e.record(), size*count) {
		return false
	}
	e.size, e.count = int(size), int(count)
	e.data = r.long(int(size * count))
	if e.data == nil {
		return r.short(at, e.record())
	}
	r.raw.extensions = append(r.raw.extensions, e)
	return true
}
