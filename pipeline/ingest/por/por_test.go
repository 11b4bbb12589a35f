package por

import (
	"bufio"
	"bytes"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/ingest/hostile"
)

func readBytes(data []byte) (*File, error) { return Read(bytes.NewReader(data), "f", nil, Limits{}) }

// TestEncoding writes the corpus's text in windows-1252, and then a part of it.
func TestEncoding(t *testing.T) {
	data := hostile.Load(t, filepath.Join("testdata", "corpus", "pspp-strings.por"))
	changed := data
	for _, letter := range []string{"\u00e9=\xe9 ", "\u00fc=\xfc ", "\u20ac=\x80  ", "\u00ef=\xef "} {
		was, is, _ := strings.Cut(letter, "=")
		changed = bytes.ReplaceAll(changed, []byte(was), []byte(is))
	}
	f, err := readBytes(changed)
	if err != nil || f.Encoding != "windows-1252" {
		t.Fatalf("%v, %v", f, err)
	}
	if got := f.Table.Column("a16").Text[2]; got != "\u00e9  \u00fc  \u20ac" {
		t.Errorf("got %q", got)
	}
}

// TestTexts: text in KOI8 or windows-1251, which no portable file declares, is
// read by name, and without as what it may be; names too.
func TestTexts(t *testing.T) {
	const advice = "; if letters are wrong, name the file's encoding with --encoding"
	of := func(name string, cells ...string) []byte {
		data := survey(len(cells), func(i int) string { return fmt.Sprintf("1/%d/%s", len(cells[i]), cells[i]) })
		return bytes.Replace(data, []byte("TOWN"), []byte(name), 1)
	}
	for _, c := range []struct {
		name, as string
		file     []byte
		want     string
		encoding string
		warnings []string
	}{
		{"KOI8, named", "KOI8-R", of("\xed\xcf\xd3\xd4", "\xed\xcf\xd3", "x", "m\x81"), "\u041c\u043e\u0441\u0442|\u041c\u043e\u0441|x|m\u2502", "KOI8-R", nil},
		{"windows-1251, named", "windows-1251", of("\xcc\xee\xf1\xf2", "\xcc\xee\xf1", "x", "\x81"), "\u041c\u043e\u0441\u0442|\u041c\u043e\u0441|x|\u0403", "windows-1251", nil},
		{
			"KOI8", "", of("\xed\xcf\xd3\xd4", "\xed\xcf\xd3", "x", "m\x81"), "\u00ed\u00cf\u00d3\u00d4|\u00ed\u00cf\u00d3|x|m\ufffd", "windows-1252",
			[]string{"variable \"\u00ed\u00cf\u00d3\u00d4\"" + `: 1 text is not windows-1252, the first "m\x81" in row 3: what has no meaning there is shown as ` + "\ufffd" + advice},
		},
		{
			"UTF-8 and windows-1252", "", of("TOWN", "\xc3\xa9", "\xe9"), "TOWN|\u00e9|\u00e9", "windows-1252",
			[]string{"some texts are UTF-8 and some are not, which are read as windows-1252: " + advice[2:]},
		},
		{"UTF-8, cut", "", of("TOWN", "\xc3\xa9\xc3"), "TOWN|\u00e9", "UTF-8", []string{`variable "TOWN": 1 text ends within a character, which is left away`}},
		{
			"Latin-1 in UTF-8, named", "UTF-8", of("TOWN", "caf\xe9s", "\xc3\xa9"), "TOWN|caf\ufffds|\u00e9", "UTF-8",
			[]string{`variable "TOWN": 1 text is not UTF-8, the first "caf\xe9s" in row 1: what has no meaning there is shown as ` + "\ufffd" + advice},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var as *codepage.Encoding
			if c.as != "" {
				e, ok := codepage.Named(c.as)
				if !ok {
					t.Fatal("not known")
				}
				as = &e
			}
			f, err := Scan(bytes.NewReader(c.file), "f", as, nil, Limits{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(append([]string{f.Names[1]}, f.Table.Columns[1].Text...), "|")
			if got != c.want || f.Encoding != c.encoding || !slices.Equal(f.Notes.Warnings, c.warnings) {
				t.Errorf("got %q in %s, warnings %q\nwant %q in %s, %q", got, f.Encoding, f.Notes.Warnings, c.want, c.encoding, c.warnings)
			}
		})
	}
}

// TestAlike: of names that differ in case alone each keeps what the file says of it.
func TestAlike(t *testing.T) {
	data := survey(1, func(int) string { return "1/1/x" })
	for _, change := range [][2]string{
		{"42/5C/70/1/A5/8/0/5/8/0/7G/4/TOWN1/G/0/1/G/0/F", "43/5C/70/1/A5/8/0/5/8/0/C5/first70/1/a5/8/0/5/8/0/C6/secondD1/1/a1/3/3/two" + "7G/4/TOWN1/G/0/1/G/0/F"},
		{"1/1/x", "1/2/1/x"},
	} {
		text := strings.ReplaceAll(string(data), "\r\n", "")
		if !strings.Contains(text, change[0]) {
			t.Fatalf("no %q to change", change[0])
		}
		var lines strings.Builder
		for text = strings.Replace(text, change[0], change[1], 1); text != ""; {
			n := min(len(text), lineChars)
			lines.WriteString(text[:n] + "\r\n")
			text = text[n:]
		}
		data = []byte(lines.String())
	}
	f, err := readBytes(data)
	if err != nil || !slices.Equal(f.Names, []string{"A_1", "a_2", "TOWN"}) || len(f.Notes.Warnings) != 1 {
		t.Fatalf("got %+v, %v", f, err)
	}
	first, second := f.Table.Columns[0], f.Table.Columns[1]
	if first.Variable.Label != "first" || second.Variable.Label != "second" || len(first.Variable.Categories) != 0 || len(second.Variable.Categories) != 1 || second.Values[0] != 2 {
		t.Errorf("got %+v and %+v", first, second)
	}
}

// TestWritings reads the corpus in another character set, and with the blanks
// at the ends of lines lost: both are the same file.
func TestWritings(t *testing.T) {
	swapped := func(data []byte) []byte {
		return bytes.Map(func(c rune) rune {
			if i := strings.IndexRune("F/5QZ#", c); i >= 0 {
				return rune("Q#9F!/"[i])
			}
			if i := strings.IndexRune("9!", c); i >= 0 {
				return rune("5Z"[i])
			}
			return c
		}, data)
	}
	cut := func(data []byte) []byte {
		lines := bytes.Split(data, []byte("\r\n"))
		for i := range lines {
			lines[i] = bytes.TrimRight(lines[i], " ")
		}
		return bytes.Join(lines, []byte("\n"))
	}
	for name, change := range map[string]func([]byte) []byte{"other characters": swapped, "blanks lost": cut} {
		for _, file := range corpus(t) {
			data := file.Data
			want, err := readBytes(data)
			if err != nil {
				t.Fatal(err)
			}
			got, err := readBytes(change(data))
			if err != nil || fmt.Sprint(columns(got)) != fmt.Sprint(columns(want)) {
				t.Errorf("%s: %s: %v", name, file.Name, err)
			}
		}
	}
}

func columns(f *File) (all []string) {
	for _, c := range f.Table.Columns {
		all = append(all, fmt.Sprint(c.Variable.Name, c.Variable.Label, c.Variable.Categories, *c.Variable.Recorded, c.Values, c.Text))
	}
	return all
}

// TestNumbers holds the grammar of numbers, by hand: 1A.F is 40.5.
func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		text string
		want float64
		ok   bool
	}{
		{"0/", 0, true},
		{"1A.F/", 40.5, true},
		{"-T/", -29, true},
		{"1+2/", 900, true},
		{"F-1/", 0.5, true},
		{" 1/", 1, true},
		{"*.", math.NaN(), true},
		{"/", 0, false},
		{"-/", 0, false},
		{"1.2.3/", 0, false},
		{"U/", 0, false},
		{"1+TTT/", 0, false},
		{"1", 0, false},
		{"*/", 0, false},
	} {
		r := &reader{source: source{in: bufio.NewReader(strings.NewReader(c.text))}}
		for i := range r.to {
			r.to[i] = byte(i)
		}
		got, ok := r.number()
		if ok != c.ok || ok && got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%q is %v, %v, want %v, %v", c.text, got, ok, c.want, c.ok)
		}
	}
}
