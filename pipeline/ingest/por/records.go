package por

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/table"
)

// scale is a whole number times a power of 30, rounded once.
func scale(mantissa uint64, exponent int) float64 {
	if exponent == 0 || mantissa == 0 {
		return float64(mantissa)
	}
	power := new(big.Int).Exp(big.NewInt(30), big.NewInt(int64(max(exponent, -exponent))), nil)
	whole := new(big.Int).SetUint64(mantissa)
	ratio := new(big.Rat)
	if exponent > 0 {
		ratio.SetInt(whole.Mul(whole, power))
	} else {
		ratio.SetFrac(whole, power)
	}
	v, _ := ratio.Float64()
	return v
}

// integer reads a whole number within bounds.
func (r *reader) integer(low, high int, what string) (int, bool) {
	v, ok := r.number()
	if ok && (v != math.Trunc(v) || v < float64(low) || v > float64(high)) {
		return 0, r.fail("%s %v, want a whole number from %d to %d", what, v, low, high)
	}
	return int(v), ok
}

// text reads a length and as many characters.
func (r *reader) text() (string, bool) {
	n, ok := r.integer(0, 1<<16, "length of text")
	if !ok {
		return "", false
	}
	b := make([]byte, 0, min(n, 256))
	for range n {
		c, ok := r.char()
		if !ok {
			return "", false
		}
		b = append(b, c)
	}
	return strings.TrimRight(string(b), " \x00"), true
}

// label reads text of the dictionary, within the limit.
func (r *reader) label() (string, bool) {
	s, ok := r.text()
	if r.labels += len(s) + 16; ok && r.labels > r.limits.LabelBytes {
		return "", r.fail("more than %d bytes of labels and other text in the dictionary", r.limits.LabelBytes)
	}
	return s, ok
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
	if _, err := r.in.Peek(1); err != nil {
		if r.err = err; err.Error() == "EOF" {
			return r.fail("the file is empty")
		}
		r.failed()
		return false
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
	date, ok1 := r.text()
	time, ok2 := r.text()
	r.notes.Created = strings.TrimSpace(date + " " + time)
	return ok && ok1 && ok2
}

// dictionary reads the records up to the cases.
func (r *reader) dictionary() bool {
	count := -1
	for {
		r.begin, r.record = r.offset, "dictionary"
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
			_, ok = r.label()
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
			if v := r.byName[strings.ToLower(r.weight)]; r.weight != "" && (v == nil || v.width > 0) {
				return r.fail("weighted by %q, which is no number of the file", r.weight)
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

// names are the names of the display formats, by their numbers.
var names = map[int]string{
	1: "A", 2: "AHEX", 3: "COMMA", 4: "DOLLAR", 5: "F", 6: "IB", 7: "PIBHEX", 8: "P", 9: "PIB", 10: "PK", 11: "RB",
	12: "RBHEX", 15: "Z", 16: "N", 17: "E", 20: "DATE", 21: "TIME", 22: "DATETIME", 23: "ADATE", 24: "JDATE",
	25: "DTIME", 26: "WKDAY", 27: "MONTH", 28: "MOYR", 29: "QYR", 30: "WKYR", 31: "PCT", 32: "DOT", 33: "CCA",
	34: "CCB", 35: "CCC", 36: "CCD", 37: "CCE", 38: "EDATE", 39: "SDATE",
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
	case name == "" || strings.ContainsFunc(name, func(c rune) bool { return c < ' ' || c >= 0x7F }):
		return r.fail("variable %d has the name %q, want letters of ASCII", len(r.variables)+1, name)
	case r.byName[folded] != nil:
		return r.fail("two variables have the name %q, want names that differ by more than case", name)
	case len(r.variables) == r.limits.Columns:
		return r.fail("more than %d variables", r.limits.Columns)
	}
	v := &variable{name: name, width: width, wanted: r.want == nil}
	for _, want := range r.want {
		v.wanted = v.wanted || strings.EqualFold(want, name)
	}
	if kind := names[print[0]]; kind == "" {
		r.notes.Warnings = append(r.notes.Warnings, fmt.Sprintf("variable %q: display format %d is not known", name, print[0]))
	} else if v.format = fmt.Sprintf("%s%d", kind, print[1]); print[2] > 0 || kind == "F" {
		v.format += fmt.Sprintf(".%d", print[2])
	}
	r.variables = append(r.variables, v)
	r.byName[folded], r.current = v, v
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
		v := r.byName[strings.ToLower(name)]
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
			code = strconv.FormatFloat(n+0, 'f', -1, 64)
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

// cases reads the cases up to the Z at their end.
func (r *reader) cases() {
	wanted := int64(0)
	for _, v := range r.variables {
		if v.wanted {
			wanted++
		}
	}
	for {
		r.begin, r.record = r.offset, "cases"
		c, ok := r.char()
		if !ok || c == 'Z' {
			return
		}
		if r.rows == r.limits.Rows {
			r.fail("more than %d rows", r.limits.Rows)
			return
		}
		if int64(r.rows+1)*wanted > r.limits.Cells {
			r.fail("more than %d cells in the %d wanted columns", r.limits.Cells, wanted)
			return
		}
		r.back(c)
		for _, v := range r.variables {
			r.record = "cases" // named in full only where it fails
			if !r.cell(v) {
				for i := range r.problems {
					r.problems[i].What = strings.Replace(r.problems[i].What, ": cases: ", fmt.Sprintf(": cases: row %d: variable %q: ", r.rows+1, v.name), 1)
				}
				return
			}
		}
		r.rows++
	}
}

func (r *reader) cell(v *variable) bool {
	if v.width == 0 {
		n, ok := r.number()
		if ok && v.wanted {
			v.values = append(v.values, n)
		}
		return ok
	}
	s, ok := r.text()
	if ok && len(s) > v.width {
		return r.fail("text of %d bytes, want at most %d", len(s), v.width)
	}
	if ok && v.wanted {
		v.cells = append(v.cells, s)
	}
	return ok
}

// finish makes the table, with all text in one encoding.
func (r *reader) finish() *File {
	if len(r.problems) > 0 {
		return nil
	}
	some, all := false, true
	each := func(use func(*string)) {
		for _, s := range []*string{&r.notes.Product, &r.notes.Author} {
			use(s)
		}
		for i := range r.notes.Documents {
			use(&r.notes.Documents[i])
		}
		done := map[*codebook.Category]bool{}
		for _, v := range r.variables {
			use(&v.label)
			for i := range v.texts {
				use(&v.texts[i])
			}
			for i := range v.cells {
				use(&v.cells[i])
			}
			if len(v.labels) == 0 || done[&v.labels[0]] {
				continue
			}
			done[&v.labels[0]] = true
			for i := range v.labels {
				use(&v.labels[i].Code)
				use(&v.labels[i].Label)
			}
		}
	}
	each(func(s *string) {
		if !utf8.ValidString(*s) {
			all = false
		} else if len(*s) != utf8.RuneCountInString(*s) {
			some = true
		}
	})
	file := &File{Encoding: "UTF-8", Notes: r.notes}
	r.record = "text"
	if !all {
		if file.Encoding = "windows-1252"; some {
			r.fail("some is UTF-8 and some is not, want one encoding, UTF-8 or windows-1252")
			return nil
		}
		each(func(s *string) {
			decoded, _ := charmap.Windows1252.NewDecoder().String(*s)
			if *s = decoded; strings.ContainsRune(decoded, utf8.RuneError) {
				r.fail("%q is neither UTF-8 nor windows-1252", decoded)
			}
		})
		file.Notes = r.notes
	}
	file.Table = table.New(r.rows)
	for _, v := range r.variables {
		file.Names = append(file.Names, v.name)
		if strings.EqualFold(v.name, r.weight) {
			file.Notes.Weight = v.name
		}
		if !v.wanted {
			continue
		}
		c := &table.Column{Variable: codebook.Variable{Name: v.name, Label: v.label, Categories: v.labels, Recorded: &codebook.Recorded{
			Format: v.format, Width: v.width, Missing: v.missing, Texts: v.texts,
		}}}
		if v.width > 0 {
			c.Text = append([]string{}, v.cells...)
		} else {
			c.Values = append([]float64{}, v.values...)
		}
		file.Table.Add(c)
	}
	return file
}
