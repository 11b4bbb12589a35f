package por

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/ingest/spss"
	"togetherwecan/pipeline/table"
)

// integer reads a whole number within bounds.
func (r *reader) integer(low, high int, what string) (int, bool) {
	v, ok := r.number()
	if ok && (v != math.Trunc(v) || v < float64(low) || v > float64(high)) {
		return 0, r.fail("%s %v, want a whole number from %d to %d", what, v, low, high)
	}
	return int(v), ok
}

// text reads a length and as many characters, and returns them, until the next
// are read, without the blanks at their end.
func (r *reader) text() ([]byte, bool) {
	n, ok := r.integer(0, 1<<16, "length of text")
	if !ok {
		return nil, false
	}
	if !r.have(n) {
		return nil, r.cut()
	}
	b := r.chars[r.at : r.at+n]
	r.at += n
	return bytes.TrimRight(b, " \x00"), true
}

// label reads text of the dictionary, within the limit.
func (r *reader) label() (string, bool) {
	b, ok := r.text()
	if r.labels += len(b) + 16; ok && r.labels > r.limits.LabelBytes {
		return "", r.fail("more than %d bytes of labels and other text in the dictionary", r.limits.LabelBytes)
	}
	s, how := r.encoding.Text(b)
	if how == codepage.Replaced {
		r.warn("byte %d: %s: %q is not %s", r.start, r.place(), codepage.Excerpt(b), r.encoding.Named(codepage.UTF8.Name))
	}
	return strings.TrimRight(s, " \x00"), ok
}

// characters are those of the format from position 64: what stands at each of
// them in the file is what the file writes for it.
const characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz .<(+|&[]!$*);^-/|,%_>?`:#@'=\""

// header reads the 200 characters for people, the 256 of the character set and
// the signature.
func (r *reader) header() bool {
	r.record = "file header"
	for c := range r.to {
		r.to[c] = byte(c)
	}
	if !r.have(1) && r.err == io.EOF {
		return r.fail("the file is empty")
	}
	var set [256]byte
	for i := range 200 + len(set) {
		c, ok := r.char()
		if !ok {
			return false
		}
		if i >= 200 {
			set[i-200] = c
		}
	}
	for i, c := range []byte(characters) {
		if b := set[64+i]; b != '0' && b != ' ' && b != c {
			r.to[b] = c
		}
	}
	r.begin()
	signature := ""
	for range 8 {
		c, ok := r.char()
		if !ok {
			return false
		}
		signature += string(rune(c))
	}
	if signature != "SPSSPORT" {
		return r.fail("%q at character 457, want SPSSPORT", signature)
	}
	version, ok := r.char()
	if ok && version != 'A' {
		return r.fail("version %q, want A", version)
	}
	if !ok {
		return false
	}
	date, ok := r.label()
	if !ok {
		return false
	}
	time, ok := r.label()
	r.notes.Created = strings.TrimSpace(date + " " + time)
	return ok
}

// dictionary reads the records up to the cases.
func (r *reader) dictionary() bool {
	count := -1
	for {
		r.start, r.record = r.pos(), "dictionary"
		tag, ok := r.char()
		if !ok {
			return false
		}
		r.record = fmt.Sprintf("record %c", tag)
		switch tag {
		case '1':
			r.notes.Product, ok = r.label()
		case '2':
			r.notes.Author, ok = r.label()
		case '3':
			r.notes.Subproduct, ok = r.label()
		case '4':
			count, ok = r.integer(1, r.limits.Columns, "number of variables")
		case '5':
			_, ok = r.integer(0, 1000, "precision")
		case '6':
			r.weight, ok = r.label()
		case '7':
			ok = r.variable()
		case '8', '9', 'A', 'B':
			ok = r.missing(tag)
		case 'C':
			if r.current == nil {
				return r.fail("a label before the first variable")
			}
			r.current.label, ok = r.label()
		case 'D':
			ok = r.valueLabels()
		case 'E':
			ok = r.documents()
		case 'F':
			if len(r.variables) == 0 || len(r.variables) != count {
				return r.fail("%d variables, and the file announces %d", len(r.variables), count)
			}
			r.distinct()
			v := r.named(r.weight)
			switch {
			case r.weight == "":
			case v == nil || v.width > 0:
				return r.fail("weighted by %q, which is no number of the file", r.weight)
			default:
				r.notes.Weight = v.name
			}
			return true
		default:
			return r.fail("want a record of 1 to 9 or A to F")
		}
		if !ok {
			return false
		}
	}
}

// named is the variable of a name as spelled, or without regard to case.
func (r *reader) named(name string) *variable {
	if v := r.byName[name]; v != nil {
		return v
	}
	return r.byFolded[strings.ToLower(name)]
}

// distinct gives variables that are alike names that differ by more than case.
func (r *reader) distinct() {
	names := make([]string, len(r.variables))
	for i, v := range r.variables {
		names[i] = v.name
	}
	distinct, alike, notes := table.Distinct(names)
	r.alike = alike
	for i, v := range r.variables {
		v.name = distinct[i]
	}
	for _, note := range notes {
		r.warn("%s", note)
	}
}

func (r *reader) variable() bool {
	width, ok := r.integer(0, r.limits.StringBytes, "width")
	if !ok {
		return false
	}
	name, ok := r.label()
	if !ok {
		return false
	}
	var print [3]int
	for i := range 6 {
		part, ok := r.integer(0, 1<<16, "display format")
		if !ok {
			return false
		}
		if i < 3 {
			print[i] = part
		}
	}
	folded := strings.ToLower(name)
	switch {
	case name == "" || strings.ContainsFunc(name, func(c rune) bool { return c < ' ' || c == 0x7F }):
		return r.fail("variable %d has the name %q, want one letter or more", len(r.variables)+1, name)
	case len(r.variables) == r.limits.Columns:
		return r.fail("more than %d variables", r.limits.Columns)
	}
	v := &variable{name: name, width: width}
	if kind := spss.Formats[print[0]]; kind == "" {
		r.warn("variable %q: display format %d is not known", name, print[0])
	} else {
		v.format = spss.Format(kind, print[1], print[2])
	}
	r.variables, r.current = append(r.variables, v), v
	if r.byName[name] == nil {
		r.byName[name] = v
	}
	if r.byFolded[folded] == nil {
		r.byFolded[folded] = v
	}
	return true
}

// missing reads missing values of the variable before: one, or a range.
func (r *reader) missing(tag byte) bool {
	v := r.current
	if v == nil {
		return r.fail("missing values before the first variable")
	}
	if len(v.missing)+len(v.texts) == 3 {
		return r.fail("variable %q: more than 3 missing values", v.name)
	}
	if v.width > 0 {
		s, ok := r.label()
		if ok && tag != '8' {
			return r.fail("variable %q: a range of missing values, and it is text", v.name)
		}
		v.texts = append(v.texts, s)
		return ok
	}
	n, ok := r.number()
	if !ok {
		return false
	}
	i := codebook.Interval{Low: n, High: n}
	switch tag {
	case '9':
		i.Low = math.Inf(-1)
	case 'A':
		i.High = math.Inf(1)
	case 'B':
		if i.High, ok = r.number(); !ok {
			return false
		}
	}
	if !(i.Low <= i.High) {
		return r.fail("variable %q: missing values from %v to %v", v.name, i.Low, i.High)
	}
	v.missing = append(v.missing, i)
	return true
}

// valueLabels reads labels and the variables, all numbers or all text, that
// they are of.
func (r *reader) valueLabels() bool {
	count, ok := r.integer(0, r.limits.Columns, "number of variables")
	if !ok {
		return false
	}
	var of []*variable
	for range count {
		name, ok := r.label()
		if !ok {
			return false
		}
		v := r.named(name)
		if v == nil || len(of) > 0 && (v.width == 0) != (of[0].width == 0) {
			return r.fail("labels for %q, want a variable of the file, of one kind with the others", name)
		}
		of = append(of, v)
	}
	if count, ok = r.integer(0, math.MaxInt32, "number of labels"); !ok {
		return false
	}
	var labels []codebook.Category
	seen := map[string]bool{}
	for range count {
		var code string
		if len(of) > 0 && of[0].width > 0 {
			code, ok = r.label()
		} else {
			var n float64
			n, ok = r.number()
			code = codebook.Spell(n)
		}
		if !ok {
			return false
		}
		label, ok := r.label()
		if !ok {
			return false
		}
		if !seen[code] && code != "NaN" {
			seen[code] = true
			labels = append(labels, codebook.Category{Code: code, Label: label})
		}
	}
	for _, v := range of {
		v.labels = labels
	}
	return true
}

func (r *reader) documents() bool {
	count, ok := r.integer(0, math.MaxInt32, "number of lines")
	for range count {
		var line string
		if line, ok = r.label(); !ok {
			return false
		}
		r.notes.Documents = append(r.notes.Documents, line)
	}
	return ok
}
