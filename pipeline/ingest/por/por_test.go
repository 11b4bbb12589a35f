package por

import (
	"bufio"
	"bytes"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

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
	_, err = readBytes(bytes.Replace(data, []byte("\u00fc"), []byte("\xfc "), 1))
	if err == nil || !strings.Contains(err.Error(), "some is UTF-8 and some is not") {
		t.Errorf("UTF-8 and windows-1252: %v", err)
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
