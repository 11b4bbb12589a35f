package sav

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/table"
)

// A variable is what a wanted or unwanted column of the file is.
type variable struct {
	name     string
	short    string // its name in the variable record, in lower case
	width    int    // bytes of text, 0 for a number
	segments []*rawVariable
	label    string
	measure  string
	labelled []codebook.Category
	missing  []codebook.Interval
	texts    []string
}

// resolve makes variables of the records. What it cannot be sure of it
// reports; what only a reader's eye would miss is a warning.
func (r *reader) resolve() []*variable {
	x := &resolution{reader: r, byShort: map[string]*variable{}, byName: map[string]*variable{}}
	x.machine()
	if len(r.problems) > 0 {
		return nil
	}
	x.segments()
	if len(r.problems) > 0 {
		return nil
	}
	x.display()
	x.names()
	if len(r.problems) > 0 {
		return nil
	}
	for _, v := range x.variables {
		x.describe(v)
	}
	x.valueLabels()
	for _, e := range r.raw.extensions {
		x.more(e)
	}
	x.header()
	return x.variables
}

// A resolution is a dictionary half resolved.
type resolution struct {
	*reader
	variables []*variable
	byElement []*variable          // of the element it begins at, nil for others
	byShort   map[string]*variable // in lower case
	byName    map[string]*variable // as spelled, and in lower case
}

func (x *resolution) each(subtype int32, use func(extension)) {
	for _, e := range x.raw.extensions {
		if e.subtype == subtype {
			use(e)
		}
	}
}

// machine reads what the records say of numbers and text.
func (x *resolution) machine() {
	x.each(integerInfo, func(e extension) {
		if e.size != 4 || e.count < 8 {
			x.warnings.add("%s at byte %d: %d parts of %d bytes, want 8 of 4", e.record(), e.offset, e.count, e.size)
			return
		}
		part := func(i int) int32 { return x.order.int32(e.data[4*i:]) }
		if kind := part(4); kind != 1 {
			x.fail(e.offset, e.record(), "numbers of representation %d, want 1, IEEE 754", kind)
		}
		if big := part(6) == 1; big != x.notes.BigEndian {
			x.warnings.add("%s at byte %d: byte order %d, and the file is in the other", e.record(), e.offset, part(6))
		}
		if part(0) != 0 || part(1) != 0 || part(2) != 0 {
			x.notes.Version = strconv.Itoa(int(part(0))) + "." + strconv.Itoa(int(part(1))) + "." + strconv.Itoa(int(part(2)))
		}
		x.head.codePage = part(7)
	})
	x.each(floatInfo, func(e extension) {
		if e.size != 8 || e.count != 3 {
			x.warnings.add("%s at byte %d: %d parts of %d bytes, want 3 of 8", e.record(), e.offset, e.count, e.size)
			return
		}
		x.head.sysmis, x.head.highest, x.head.lowest = x.order.float(e.data), x.order.float(e.data[8:]), x.order.float(e.data[16:])
		if x.head.sysmis != systemMissing || x.head.highest != highest || x.head.lowest != lowest {
			x.warnings.add("%s at byte %d: system-missing %v, highest %v, lowest %v: not the usual ones",
				e.record(), e.offset, x.head.sysmis, x.head.highest, x.head.lowest)
		}
	})
	x.each(caseCount, func(e extension) {
		if e.size != 8 || e.count != 2 {
			x.warnings.add("%s at byte %d: %d parts of %d bytes, want 2 of 8", e.record(), e.offset, e.count, e.size)
			return
		}
		one, n := x.order.int64(e.data), x.order.int64(e.data[8:])
		switch {
		case one != 1 || n < -1: // some writers put the numbers 1 and 0 there, as doubles
			x.warnings.add("%s at byte %d: % x, want the whole numbers 1 and a count: passed over", e.record(), e.offset, e.data)
		case x.head.cases < 0 && n > 0:
			x.head.cases = n
		case n > 0 && n != x.head.cases:
			x.warnings.add("%s at byte %d: %d cases, and the file header has %d, which counts", e.record(), e.offset, n, x.head.cases)
		}
	})
	name := ""
	x.each(encodingName, func(e extension) { name = string(bytes.TrimRight(e.data, " \x00")) })
	if x.as != nil {
		x.encoding.Encoding = *x.as
		return
	}
	var err error
	if x.encoding.Encoding, err = encodingOf(name, x.head.codePage); err != nil {
		x.problems.AddHint("name the encoding with --encoding", x.where, "%s: byte 0: dictionary: %v", format, err)
	}
}

// segments makes one variable of each variable record, or of the several that
// are the segments of a very long string.
func (x *resolution) segments() {
	widths := x.longWidths()
	raw := x.raw.variables
	x.byElement = make([]*variable, len(x.raw.elements))
	for i := 0; i < len(raw); i++ {
		first := raw[i]
		v := &variable{width: first.width, segments: raw[i : i+1], short: strings.ToLower(string(first.name))}
		if width, long := widths[v.short]; long {
			delete(widths, v.short)
			n := (width + segmentStep - 1) / segmentStep
			if n > len(raw)-i {
				x.fail(first.offset, "variable record", "variable %q of %d bytes needs %d segments, and %d variables are left", first.name, width, n, len(raw)-i)
				return
			}
			for j, segment := range raw[i : i+n] {
				want := 255
				if j == n-1 {
					want = width - segmentStep*(n-1)
				}
				if (segment.width+7)/8 != (want+7)/8 || segment.width == 0 {
					x.fail(segment.offset, "variable record", "variable %q of %d bytes: segment %d has %d bytes, want %d", first.name, width, j+1, segment.width, want)
					return
				}
			}
			v.width, v.segments = width, raw[i:i+n]
			i += n - 1
		}
		if v.width > x.limits.StringBytes {
			x.fail(first.offset, "variable record", "variable %q of %d bytes, want at most %d", first.name, v.width, x.limits.StringBytes)
		}
		x.byElement[first.element] = v
		if x.byShort[v.short] == nil {
			x.byShort[v.short] = v
		}
		x.variables = append(x.variables, v)
	}
	for _, e := range x.raw.extensions {
		if e.subtype == veryLongStrings && len(widths) > 0 {
			x.fail(e.offset, e.record(), "%d names that no variable has", len(widths))
			return
		}
	}
}

// A very long string is declared in steps of 252 bytes, and stored 255 to a
// segment.
const (
	segmentStep  = 252
	segmentBytes = 255
)

// longWidths returns the widths of the very long strings by their short names.
func (x *resolution) longWidths() map[string]int {
	widths := map[string]int{}
	x.each(veryLongStrings, func(e extension) {
		for _, pair := range bytes.FieldsFunc(e.data, func(r rune) bool { return r == 0 || r == '\t' }) {
			name, digits, ok := bytes.Cut(pair, []byte("="))
			width, err := strconv.Atoi(strings.TrimSpace(string(digits)))
			if !ok || err != nil || width < 1 || width > math.MaxInt32 {
				x.fail(e.offset, e.record(), "%q, want a name, = and a width", pair)
				return
			}
			if width > segmentBytes {
				widths[strings.ToLower(string(name))] = width
			}
		}
	})
	return widths
}

// display reads the measurement levels, one for each variable record.
func (x *resolution) display() {
	x.each(display, func(e extension) {
		n := len(x.raw.variables)
		if e.size != 4 || e.count != 3*n && e.count != 2*n {
			x.warnings.add("%s at byte %d: %d parts of %d bytes, want 3 or 2 of 4 for each of %d variables", e.record(), e.offset, e.count, e.size, n)
			return
		}
		parts := e.count / n
		i := 0
		for _, v := range x.variables {
			level := x.order.int32(e.data[4*parts*i:])
			if level >= 1 && level <= 3 {
				v.measure = [...]string{"nominal", "ordinal", "scale"}[level-1]
			}
			i += len(v.segments)
		}
	})
}

// names gives the variables their names, and those that are alike others that
// differ by more than case.
func (x *resolution) names() {
	long := map[string][]byte{}
	x.each(longNames, func(e extension) {
		for _, pair := range bytes.Split(e.data, []byte("\t")) {
			short, name, ok := bytes.Cut(pair, []byte("="))
			if ok {
				long[strings.ToLower(string(short))] = name
			} else if len(bytes.Trim(pair, " \x00")) > 0 {
				x.warnings.add("%s at byte %d: %q, want a short name, = and a long one", e.record(), e.offset, pair)
			}
		}
	})
	undecoded := 0
	names := make([]string, len(x.variables))
	for i, v := range x.variables {
		bytesOf := v.segments[0].name
		if name, ok := long[v.short]; ok {
			bytesOf = bytes.TrimRight(name, " \x00")
		}
		name := x.label(bytesOf, "variable %d: name", i+1)
		names[i] = name
		if name == "" || strings.ContainsFunc(name, control) {
			if undecoded++; undecoded <= shown {
				x.fail(v.segments[0].offset, "variable record", "variable %d has the name %q, want one letter or more", i+1, codepage.Excerpt(bytesOf))
			}
		}
	}
	if undecoded > shown {
		x.problems.Add(x.where, "%s: %d more variables without a good name", format, undecoded-shown)
	}
	distinct, alike, notes := table.Distinct(names)
	x.alike = alike
	for _, note := range notes {
		x.warnings.add("%s", note)
	}
	for i, v := range x.variables {
		v.name = distinct[i]
		if x.byName[names[i]] == nil {
			x.byName[names[i]] = v
		}
	}
	for i, v := range x.variables {
		if folded := strings.ToLower(names[i]); x.byName[folded] == nil {
			x.byName[folded] = v
		}
	}
}

func control(r rune) bool { return r < ' ' || r == 0x7F }

// describe gives a variable what its own record says.
func (x *resolution) describe(v *variable) {
	first := v.segments[0]
	v.label = x.label(first.label, "variable %q: label", v.name)
	if formatName(first.format, v.width) == "" {
		x.warnings.add("variable %q: display format %#x is not known", v.name, first.format)
	}
	values := first.missing
	if v.width > 0 {
		if first.ranged {
			x.warnings.add("variable %q: a range of missing values, and it is text", v.name)
			return
		}
		for _, value := range values {
			v.texts = append(v.texts, x.label(value[:min(8, v.width)], "variable %q: missing value", v.name))
		}
		return
	}
	if first.ranged {
		low, high := x.order.float(values[0]), x.order.float(values[1])
		if low == x.head.lowest || low == x.head.sysmis || low == lowest || low == systemMissing {
			low = math.Inf(-1)
		}
		if high == x.head.highest || high == highest {
			high = math.Inf(1)
		}
		if low <= high {
			v.missing = append(v.missing, codebook.Interval{Low: low, High: high})
		} else {
			x.warnings.add("variable %q: missing values from %v to %v", v.name, low, high)
		}
		values = values[2:]
	}
	for _, value := range values {
		n := x.order.float(value)
		if math.IsNaN(n) {
			x.warnings.add("variable %q: a missing value that is no number", v.name)
			continue
		}
		v.missing = append(v.missing, codebook.Interval{Low: n, High: n})
	}
}

// label decodes text that is for reading, without the blanks at its end.
// Bytes that have no meaning become U+FFFD, with a warning.
func (x *resolution) label(b []byte, what string, args ...any) string {
	trimmed := bytes.TrimRight(b, " \x00")
	s, how := x.encoding.Text(trimmed)
	if how == codepage.Replaced {
		x.warnings.add(what+": %q is not "+x.encoding.Named("windows-1252"), append(args, codepage.Excerpt(trimmed))...)
	}
	return strings.TrimRight(s, " \x00")
}

// valueLabels gives the variables their value labels, those of long strings
// apart. Variables of one width share what one record gives them.
func (x *resolution) valueLabels() {
	const record = "value labels record"
	for _, l := range x.raw.labels {
		var labels []string
		for i, label := range l.labels {
			labels = append(labels, x.label(label, "%s at byte %d: label %d", record, l.offset, i+1))
		}
		shared := map[int][]codebook.Category{}
		given := map[*variable]bool{}
		for _, element := range l.elements {
			v := x.byElement[element-1]
			switch {
			case v == nil:
				x.fail(l.offset, record, "labels for element %d, a segment of a very long string", element)
				return
			case v.width > 8:
				x.warnings.add("%s at byte %d: labels for variable %q, text of %d bytes, want at most 8", record, l.offset, v.name, v.width)
				continue
			case (v.width == 0) != (x.byElement[l.elements[0]-1].width == 0):
				x.fail(l.offset, record, "the same labels for numbers and for text %q", v.name)
				return
			case given[v]:
				continue
			}
			given[v] = true
			set, made := shared[v.width]
			if !made {
				set = x.categories(v, l.values, labels)
				shared[v.width] = set
			}
			if !x.giveLabels(l.offset, record, v, set) {
				return
			}
		}
	}
}

// categories makes value labels of the values of numbers, or of text of the
// variable's width: each value once.
func (x *resolution) categories(v *variable, values [][]byte, labels []string) []codebook.Category {
	made := make([]codebook.Category, 0, len(values))
	seen := make(map[string]string, len(values))
	for i, value := range values {
		code := ""
		if v.width > 0 {
			code = x.label(value[:min(v.width, len(value))], "variable %q: labelled value", v.name)
		} else {
			n := x.order.float(value)
			if math.IsNaN(n) || n == x.head.sysmis {
				x.warnings.add("variable %q: label %q of a value that is no number", v.name, labels[i])
				continue
			}
			code = codebook.Spell(n)
		}
		if first, again := seen[code]; again {
			if first != labels[i] {
				x.warnings.add("variable %q: value %s has the labels %q and %q", v.name, code, first, labels[i])
			}
			continue
		}
		seen[code] = labels[i]
		made = append(made, codebook.Category{Code: code, Label: labels[i]})
	}
	return slices.Clip(made)
}

// giveLabels gives a variable its labels, or more of them.
func (x *resolution) giveLabels(at int64, record string, v *variable, set []codebook.Category) bool {
	if v.labelled == nil {
		v.labelled = set
		return true
	}
	x.warnings.add("%s at byte %d: variable %q has labels in another record too", record, at, v.name)
	if !x.room(at, record, int64(len(v.labelled)+len(set))*32) {
		return false
	}
	seen := map[string]bool{}
	both := slices.Concat(v.labelled, set)
	v.labelled = slices.DeleteFunc(both, func(c codebook.Category) bool {
		again := seen[c.Code]
		seen[c.Code] = true
		return again
	})
	return true
}

// header reads what the file header says in words.
func (x *resolution) header() {
	x.notes.Label = x.label(x.head.label, "file label")
	x.notes.Created = x.label(x.head.created, "creation date")
	product := x.label(x.head.product, "product")
	x.notes.Product = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(product, "@(#)"), "$(#)"))
	x.notes.Cases = x.head.cases
	for _, line := range x.raw.documents {
		x.notes.Documents = append(x.notes.Documents, x.label(line, "document"))
	}
	if w := x.head.weight; w != 0 {
		if w < 0 || w > len(x.byElement) || x.byElement[w-1] == nil || x.byElement[w-1].width > 0 {
			x.fail(76, "file header", "weighted by element %d, where no number begins", w)
			return
		}
		x.notes.Weight = x.byElement[w-1].name
	}
}

// recorded is the variable as the table has it.
func (v *variable) recorded() codebook.Variable {
	return codebook.Variable{Name: v.name, Label: v.label, Categories: v.labelled, Recorded: &codebook.Recorded{
		Format: formatName(v.segments[0].format, v.width), Measure: v.measure, Width: v.width, Missing: v.missing, Texts: v.texts,
	}}
}
