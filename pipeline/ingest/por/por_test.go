package por

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/sav"
	"togetherwecan/pipeline/refusal"
)

func load(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func readBytes(data []byte) (*File, error) { return Read(bytes.NewReader(data), "f", nil, Limits{}) }

func corpus(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "corpus", "*.por"))
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files in the corpus, want at least 5: %v", len(files), err)
	}
	return files
}

// TestTheCorpusIsItsSystemFile compares each file with the system file that it
// was exported from, as package sav reads it: what haven reads of that.
func TestTheCorpusIsItsSystemFile(t *testing.T) {
	for _, name := range corpus(t) {
		from := strings.TrimSuffix(filepath.Base(name), ".por") + "-none.sav"
		t.Run(filepath.Base(name), func(t *testing.T) {
			f, err := readBytes(load(t, name))
			if err != nil {
				t.Fatal(err)
			}
			want, err := sav.Read(bytes.NewReader(load(t, filepath.Join("..", "sav", "testdata", "corpus", from))), "sav", nil, sav.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if dropped := strings.Contains(name, "strings"); f.Table.Rows != want.Table.Rows || !dropped && len(f.Table.Columns) != len(want.Table.Columns) {
				t.Fatalf("%d rows of %d columns, want %d of %d", f.Table.Rows, len(f.Table.Columns), want.Table.Rows, len(want.Table.Columns))
			}
			for i, g := range f.Table.Columns {
				w := want.Table.Column(f.Names[i])
				if g.Variable.Label != w.Variable.Label {
					t.Errorf("%s %q, want %s %q", g.Variable.Name, g.Variable.Label, w.Variable.Name, w.Variable.Label)
				}
				if g.Variable.Recorded.Format != w.Variable.Recorded.Format {
					t.Errorf("%s: format %s, want %s", g.Variable.Name, g.Variable.Recorded.Format, w.Variable.Recorded.Format)
				}
				if diff := cmp.Diff(w.Variable.Categories, g.Variable.Categories, cmp.Comparer(sameLabel)); diff != "" {
					t.Errorf("%s: labels %s", g.Variable.Name, diff)
				}
				// PSPP writes 98 THRU HIGHEST as the highest number THRU HIGHEST.
				if g.Variable.Name != "HI" {
					if diff := cmp.Diff(w.Variable.Recorded.Missing, g.Variable.Recorded.Missing); diff != "" {
						t.Errorf("%s: missing values %s", g.Variable.Name, diff)
					}
					if diff := cmp.Diff(w.Variable.Recorded.Texts, g.Variable.Recorded.Texts); diff != "" {
						t.Errorf("%s: missing values %s", g.Variable.Name, diff)
					}
				}
				for row := range f.Table.Rows {
					if w.Text != nil {
						if g.Text[row] != w.Text[row] {
							t.Errorf("%s: row %d is %q, want %q", g.Variable.Name, row+1, g.Text[row], w.Text[row])
						}
						continue
					}
					// Base 30 does not hold every number as base 2 does.
					if a, b := g.Values[row], w.Values[row]; !(math.IsNaN(a) && math.IsNaN(b)) && !(math.Abs(a-b) <= 1e-13*math.Abs(b)) {
						t.Errorf("%s: row %d is %v, want %v", g.Variable.Name, row+1, a, b)
					}
				}
			}
		})
	}
}

// sameLabel compares value labels, their numbers to 15 digits.
func sameLabel(a, b codebook.Category) bool {
	x, errX := strconv.ParseFloat(a.Code, 64)
	y, errY := strconv.ParseFloat(b.Code, 64)
	return a.Label == b.Label && (a.Code == b.Code || errX == nil && errY == nil && math.Abs(x-y) <= 1e-14*math.Abs(x))
}

// TestEncoding writes the corpus's text in windows-1252, and then a part of it.
func TestEncoding(t *testing.T) {
	data := load(t, filepath.Join("testdata", "corpus", "pspp-strings.por"))
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
			data := load(t, file)
			want, err := readBytes(data)
			if err != nil {
				t.Fatal(err)
			}
			got, err := readBytes(change(data))
			if err != nil || fmt.Sprint(columns(got)) != fmt.Sprint(columns(want)) {
				t.Errorf("%s: %s: %v", name, file, err)
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

// tidy fails for a file that is neither refused with a reason nor a table.
func tidy(t *testing.T, what string, f *File, err error) {
	t.Helper()
	var ps refusal.Problems
	if err != nil {
		if f != nil || !errors.As(err, &ps) || !strings.HasPrefix(err.Error(), "f: SPSS portable file: byte ") {
			t.Fatalf("%s: refused with %v and %v", what, f, err)
		}
		return
	}
	for _, c := range f.Table.Columns {
		if len(c.Values)+len(c.Text) != f.Table.Rows || (c.Values == nil) == (c.Text == nil) {
			t.Fatalf("%s: %q has %d numbers and %d texts in %d rows", what, c.Variable.Name, len(c.Values), len(c.Text), f.Table.Rows)
		}
	}
}

// TestTruncation cuts every file before its last line at every byte: refused.
func TestTruncation(t *testing.T) {
	for _, name := range corpus(t) {
		data := load(t, name)
		z := bytes.LastIndexByte(bytes.TrimRight(data, "Z\r\n"), '\n')
		for n := range z {
			if n > 4000 && n%7 > 0 {
				continue
			}
			f, err := readBytes(data[:n])
			if tidy(t, fmt.Sprintf("%s cut at %d", name, n), f, err); err == nil {
				t.Fatalf("%s cut at %d is read", name, n)
			}
		}
	}
}

func FuzzPor(f *testing.F) {
	for _, name := range corpus(f) {
		f.Add(load(f, name))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := Limits{Columns: 30, Rows: 400, Cells: 4000, LabelBytes: 4000, StringBytes: 1000}
		file, err := Read(bytes.NewReader(data), "f", nil, limits)
		tidy(t, "the file", file, err)
	})
}
