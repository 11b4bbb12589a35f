package delimited

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/ingest/hostile"
)

// TestMutations reads mutations of the samples, of data dictionaries, and of
// the parts of both that have a grammar of their own.
func TestMutations(t *testing.T) {
	hostile.Mutations(t, fileTarget(), dictionaryTarget(), richTextTarget(), numberTarget(), layoutTarget(), encodingTarget())
}

// sound returns what is not true of an answer and should be of any.
func sound(f *File, err error, lines int) error {
	if err != nil {
		return hostile.Refused(f != nil, err, "", "f:")
	}
	rows := f.Table.Rows
	if rows == 0 || len(f.Table.Columns) != len(f.Names) {
		return fmt.Errorf("%d rows of %d columns and %d names", rows, len(f.Table.Columns), len(f.Names))
	}
	for i, c := range f.Table.Columns {
		if len(c.Values)+len(c.Text) != rows || c.Variable.Name != f.Names[i] || !utf8.ValidString(f.Names[i]) {
			return fmt.Errorf("column %q of %q: %d numbers and %d texts in %d rows", c.Variable.Name, f.Names[i], len(c.Values), len(c.Text), rows)
		}
		for row, text := range c.Text {
			if !utf8.ValidString(text) || text != "" && strings.Trim(text, " ") == "" {
				return fmt.Errorf("%q row %d is %q", f.Names[i], row+1, text)
			}
		}
	}
	if f.Line(0) < 2 || f.Line(rows-1) > lines {
		return fmt.Errorf("rows on lines %d to %d of %d", f.Line(0), f.Line(rows-1), lines)
	}
	return hostile.Numbers(f.Table)
}

var extensions = []string{".tab", ".csv", ".txt", ".tsv"}

// most are limits beyond any of the mutations.
var most = Limits{Columns: 20_000, LineBytes: 1 << 20, Rows: 1 << 20, Cells: 1 << 30}

// fileTarget is files, with a byte before each for its extension.
func fileTarget() hostile.Target {
	target := hostile.Target{Name: "file", Tokens: []string{
		"\t", ",", ";", "|", "\"", "\"\"", "\r\n", "\n", "\r", " ", "\x00", "\xef\xbb\xbf", "\xe9", "\xc3\xa9", "\x81", "1e308", "1e309", "-.5", "9007199254740993", "-0", "PK\x03\x04", "PAR1",
	}}
	for _, s := range samples {
		if len(s.text) < 4<<10 {
			target.Seeds = append(target.Seeds, append([]byte{byte(max(0, slices.Index(extensions, s.extension)))}, s.text...))
		}
	}
	target.Check = func(data []byte, n uint64) error {
		if len(data) == 0 {
			return nil
		}
		extension := extensions[int(data[0])%len(extensions)]
		data = data[1:]
		f, err := read(bytes.NewReader(data), 1<<10, extension, "f", nil, nil, most)
		if broken := sound(f, err, bytes.Count(data, []byte("\n"))+1); broken != nil || n%16 > 0 {
			return broken
		}
		var rows hostile.Rows
		scanned, errScan := Scan(bytes.NewReader(data), int64(len(data)), extension, "f", nil, nil, most, rows.Add)
		switch {
		case fmt.Sprint(err) != fmt.Sprint(errScan):
			return fmt.Errorf("Scan says %v, and Read %v", errScan, err)
		case err != nil:
			return nil
		case !slices.Equal(scanned.Names, f.Names):
			return fmt.Errorf("Scan finds %q, and Read %q", scanned.Names, f.Names)
		}
		return rows.Differ(f.Table)
	}
	return target
}

var richTokens = []string{
	"{", "}", "\\", "\\'e9", "\\u8364?", "\\uc0", "\\uc1 ", "\\bin3 ", "\\par ", "\\line ", "\\tab ", "{\\*\\x ", "{\\info ", "\\~", "\\u-1 ", "\\u99999999999 ", "\\bin-1 ",
	"Pos. = ", "Variable = ", "Variable label = ", "Value label information for a", "Value = ", "Label = ", "SPSS user missing values = ", " thru ", " and ", "LOWEST", "HIGHEST",
	"This variable is numeric, ", "This variable is string, ", "the SPSS measurement level is NOMINAL", "Number of cases = ", "Number of variables = ", "File Name = ", "\xe9", "\xc3\xa9", "\x81",
}

func richSeeds() (seeds [][]byte) {
	for _, d := range dictionaries {
		if len(d.text) < 4<<10 {
			seeds = append(seeds, []byte(d.text))
		}
	}
	return seeds
}

// dictionaryTarget is data dictionaries: refused, or variables whose labelled
// values are there once and whose missing values are in order; and the same if
// what was read is written out plainly.
func dictionaryTarget() hostile.Target {
	return hostile.Target{Name: "dictionary", Tokens: richTokens, Seeds: richSeeds(), Check: func(data []byte, _ uint64) error {
		d, err := ReadDictionary(data, "d")
		if err != nil {
			if d != nil {
				return fmt.Errorf("refused with a dictionary: %v", err)
			}
			return hostile.Refused(false, err, "", "d")
		}
		for i, v := range d.Variables {
			seen := map[string]bool{}
			for _, c := range v.Categories {
				if seen[c.Code] || !utf8.ValidString(c.Code+c.Label) {
					return fmt.Errorf("variable %d %q: value %q %q", i+1, v.Name, c.Code, c.Label)
				}
				seen[c.Code] = true
			}
			for _, m := range v.Recorded.Missing {
				if !(m.Low <= m.High) || math.IsInf(m.Low, 1) || math.IsInf(m.High, -1) {
					return fmt.Errorf("variable %d %q: missing values from %v to %v", i+1, v.Name, m.Low, m.High)
				}
			}
		}
		text, again := plainly(d)
		if !again {
			return nil
		}
		other, err := ReadDictionary([]byte(text), "d")
		if err != nil {
			return fmt.Errorf("%q is not read again: %w", text, err)
		}
		if a, b := fmt.Sprint(d.Variables, d.Cases), fmt.Sprint(other.Variables, other.Cases); bare(d) != bare(other) {
			return fmt.Errorf("%s, and again %s", a, b)
		}
		return nil
	}}
}

// bare is what a dictionary says of its variables.
func bare(d *Dictionary) string {
	var b strings.Builder
	for _, v := range d.Variables {
		fmt.Fprintf(&b, "%q %q %v %+v\n", v.Name, v.Label, v.Categories, *v.Recorded)
	}
	return b.String()
}

// plainly writes a dictionary as rich text; again is false for one that lines
// cannot spell.
func plainly(d *Dictionary) (text string, again bool) {
	var b strings.Builder
	b.WriteString(`{\rtf1`)
	escape := func(s string) string {
		var e strings.Builder
		for _, r := range s {
			switch {
			case strings.ContainsRune(`\{}`, r):
				e.WriteString(`\` + string(r))
			case r < utf8.RuneSelf:
				e.WriteRune(r)
			default:
				fmt.Fprintf(&e, `\u%d?`, r)
			}
		}
		return e.String()
	}
	for i, v := range d.Variables {
		r := v.Recorded
		for _, s := range append([]string{v.Name, v.Label}, r.Texts...) {
			if strings.ContainsFunc(s, func(r rune) bool { return r > 0xffff || r < ' ' || r == utf8.RuneError }) || s == "" && len(r.Texts) > 0 {
				return "", false
			}
		}
		fmt.Fprintf(&b, "\\par Pos. = %d Variable = %s Variable label = %s\n", i+1, escape(v.Name), escape(v.Label))
		kind := "numeric"
		if len(r.Texts) > 0 {
			kind = "string"
		}
		for _, c := range v.Categories {
			if _, ok := codebook.Number(c.Code); !ok || strconv.Quote(c.Code) != `"`+c.Code+`"` || c.Code == "" || strings.ContainsFunc(c.Label, func(r rune) bool { return r > 0xffff || r < ' ' || r == utf8.RuneError }) {
				return "", false
			}
			if x, _ := codebook.Number(c.Code); strconv.FormatFloat(x, 'f', -1, 64) != c.Code {
				kind = "string"
			}
		}
		fmt.Fprintf(&b, "\\par This variable is %s, the SPSS measurement level is %s.\n", kind, r.Measure)
		var missing []string
		for _, m := range r.Missing {
			low, high := strconv.FormatFloat(m.Low, 'g', -1, 64), strconv.FormatFloat(m.High, 'g', -1, 64)
			if math.IsInf(m.Low, -1) {
				low = "LOWEST"
			}
			if math.IsInf(m.High, 1) {
				high = "HIGHEST"
			}
			missing = append(missing, low+" thru "+high)
		}
		for _, s := range r.Texts {
			if strings.Trim(s, `'"`) != s || strings.Contains(s, " and ") || strings.TrimSpace(s) != s {
				return "", false
			}
			missing = append(missing, escape(s))
		}
		if len(r.Missing) > 0 && len(r.Texts) > 0 || len(r.Missing) > 0 && kind == "string" {
			return "", false
		}
		if len(missing) > 0 {
			fmt.Fprintf(&b, "\\par SPSS user missing values = %s\n", strings.Join(missing, " and "))
		}
		for _, c := range v.Categories {
			fmt.Fprintf(&b, "\\par Value = %s Label = %s\n", c.Code, escape(c.Label))
		}
	}
	b.WriteString("}")
	return b.String(), true
}

// richTextTarget is documents of rich text: UTF-8 comes of them, no longer than
// they are times what one character can stand for; and what follows the
// document changes nothing, but that it may tell the encoding.
func richTextTarget() hostile.Target {
	return hostile.Target{Name: "rich text", Tokens: richTokens, Seeds: richSeeds(), Check: func(data []byte, _ uint64) error {
		text, err := plainText(data)
		if err != nil {
			if text != "" {
				return fmt.Errorf("refused with text: %v", err)
			}
			return nil
		}
		if !utf8.ValidString(text) || len(text) > 3*len(data) {
			return fmt.Errorf("%d bytes are %d of text %q", len(data), len(text), text)
		}
		end := bytes.LastIndexByte(data, '}')
		if again, err := plainText(data[:end+1]); utf8.Valid(data[:end+1]) == utf8.Valid(data) && (err != nil || again != text) {
			return fmt.Errorf("without what follows the document: %q, want %q: %w", again, text, err)
		}
		return nil
	}}
}

// numberTarget holds numbers to strconv's, which reads more: not what a cell
// says with a letter, an underscore, a 0x or a blank within, or beyond what a
// double holds.
func numberTarget() hostile.Target {
	target := hostile.Target{Name: "numbers", Tokens: []string{" ", ".", "-", "+", "e", "E", "e-", "000000000000000000", "9007199254740993", "inf", "nan", "0x", "_", "e308", "e-324", "5"}}
	for _, text := range []string{"1", "-9", "0.5", ".5", "-.93", "9.19590747798793E-005", "1e3", " 1 ", "9007199254740992", "9007199254740993.0", "1.7976931348623157e308", "5e-324", "000123", "123456789012345678"} {
		target.Seeds = append(target.Seeds, []byte(text))
	}
	target.Check = func(data []byte, _ uint64) error {
		got, ok := codebook.Number(string(data))
		trimmed := strings.Trim(string(data), " ")
		want, err := strconv.ParseFloat(trimmed, 64)
		plain := trimmed != "" && strings.Trim(trimmed, "0123456789.eE+-") == "" && strings.ContainsAny(trimmed, "0123456789")
		// An integer beyond 2^53 is an identifier: others share its double.
		exact, integer := new(big.Int).SetString(strings.TrimPrefix(trimmed, "+"), 10)
		beyond := integer && exact.CmpAbs(big.NewInt(1<<53)) > 0
		switch {
		case ok && (err != nil || got != want || math.IsInf(got, 0) || math.IsNaN(got) || math.Signbit(got) && got == 0):
			return fmt.Errorf("%q is %v, want %v, %v", data, got, want, err)
		case ok && beyond:
			return fmt.Errorf("%q is %v, an integer that others share", data, got)
		case !ok && err == nil && plain && !beyond:
			return fmt.Errorf("%q is no number, and %v", data, want)
		}
		if !ok {
			return nil
		}
		for _, printed := range []string{strconv.FormatFloat(got, 'g', -1, 64), strconv.FormatFloat(got, 'e', -1, 64)} {
			if again, ok := codebook.Number(printed); strings.Contains(printed, "e") && (!ok || again != got) {
				return fmt.Errorf("%q is %v, printed %q, and that is %v, %v", data, got, printed, again, ok)
			}
		}
		return nil
	}
	return target
}

// layoutTarget is first lines: the delimiter is one that the extension allows,
// and none is chosen only where another is in the line.
func layoutTarget() hostile.Target {
	target := hostile.Target{Name: "layouts", Tokens: []string{"\t", ",", ";", "|", "\"", " ", "\t\"", ",\""}}
	for i := range extensions {
		for _, line := range []string{"a\tb", "a,b", "\"a\",\"b\"", "a;b", "a|b", "a", "", "\"a\"\tb", "a\t\"b\""} {
			target.Seeds = append(target.Seeds, append([]byte{byte(i)}, line...))
		}
	}
	target.Check = func(data []byte, _ uint64) error {
		if len(data) == 0 {
			return nil
		}
		extension, line := extensions[int(data[0])%len(extensions)], data[1:]
		got, problem := choose(extension, line)
		allowed := map[string]string{".tab": "\t", ".tsv": "\t", ".csv": ","}[extension]
		if allowed == "" {
			allowed = "\t,"
		}
		if problem != nil {
			if bytes.ContainsAny(line, allowed) || !bytes.ContainsAny(line, ";|,\t") || problem.Hint == "" {
				return fmt.Errorf("%s %q: %v", extension, line, problem)
			}
			return nil
		}
		if !strings.Contains(allowed, string(rune(got.delimiter))) || bytes.ContainsAny(line, allowed) && bytes.IndexByte(line, got.delimiter) < 0 {
			return fmt.Errorf("%s %q: delimiter %q", extension, line, got.delimiter)
		}
		if quoted := bytes.HasPrefix(line, []byte{'"'}) || bytes.Contains(line, []byte{got.delimiter, '"'}); got.delimiter == '\t' && got.quoted != quoted || got.delimiter == ',' && !got.quoted {
			return fmt.Errorf("%s %q: quoted: %v", extension, line, got.quoted)
		}
		return nil
	}
	return target
}

// encodingTarget is lines: what is noted of them is what they are, and text of
// windows-1252 is its bytes again.
func encodingTarget() hostile.Target {
	return hostile.Target{
		Name:   "encodings",
		Seeds:  [][]byte{[]byte("plain\nplain"), []byte("caf\xe9\nplain"), []byte("caf\xc3\xa9\ncaf\xc3\xa9"), []byte("\x81\n"), []byte("caf\xc3\xa9\ncaf\xe9")},
		Tokens: []string{"\n", "\xe9", "\xc3\xa9", "\x81", "\x8d", "\x9d", "\xe2\x82\xac", "\x80", "plain text of some length"},
		Check: func(data []byte, _ uint64) error {
			var l lines
			bad, good := 0, 0
			for i, line := range bytes.Split(data, []byte("\n")) {
				l.note(line, i+1)
				switch {
				case !utf8.Valid(line):
					bad++
				case utf8.RuneCount(line) < len(line):
					good++
				}
			}
			if (l.other > 0) != (bad > 0) || (l.utf8 > 0) != (good > 0) {
				return fmt.Errorf("%q: %+v, want %d of UTF-8 and %d that are not", data, l, good, bad)
			}
			text := codepage.Windows1252(string(data))
			if !utf8.ValidString(text) {
				return fmt.Errorf("%q is %q", data, text)
			}
			if codepage.Undefined(data) {
				return nil
			}
			if back, err := charmap.Windows1252.NewEncoder().String(text); err != nil || back != string(data) {
				return fmt.Errorf("%q is %q, which is %q: %w", data, text, back, err)
			}
			return nil
		},
	}
}
