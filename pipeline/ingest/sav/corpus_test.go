package sav

import (
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the corpus's files of this package's own writer")

// TestCorpusFilesAreTheSamples holds the files that haven and PSPP read to
// what the tests write.
func TestCorpusFilesAreTheSamples(t *testing.T) {
	for _, s := range readable {
		name := filepath.Join("testdata", "corpus", "go-"+s.name+".sav")
		if s.file.Bytes()[3] == '3' {
			name = strings.TrimSuffix(name, ".sav") + ".zsav"
		}
		if *update {
			if err := os.WriteFile(name, s.file.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(load(t, name), s.file.Bytes()) {
			t.Errorf("%s is not what the writer writes: -update, and then make-corpus.sh", name)
		}
	}
}

func TestSamples(t *testing.T) {
	for _, s := range readable {
		t.Run(s.name, func(t *testing.T) {
			for _, buffer := range []int{16, 17, 100, bufferBytes} {
				f, err := read(bytes.NewReader(s.file.Bytes()), buffer, "f", nil, Limits{})
				if diff := cmp.Diff(s.want, show(f, err)); diff != "" {
					t.Fatalf("with a buffer of %d: %s", buffer, diff)
				}
				if len(f.Notes.Warnings) > 0 {
					t.Errorf("warnings %q", f.Notes.Warnings)
				}
			}
		})
	}
}

func corpus(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "corpus", "*sav"))
	if err != nil || len(files) < 160 {
		t.Fatalf("%d files in the corpus, want at least 160: %v", len(files), err)
	}
	return files
}

// havenDiffers are files of which haven's library does not give what is there,
// and why; PSPP reads them, and TestTheCorpusIsWhatPSPPReads compares those.
var havenDiffers = map[string]string{
	"pspp-longlabels-byte.sav":     "refused: PSPP writes the missing values of long strings with a length before each",
	"pspp-longlabels-none.sav":     "refused",
	"pspp-longlabels-version2.sav": "refused",
	"pspp-longlabels-zlib.zsav":    "refused",
	"pspp-norows-zlib.zsav":        "refused: a .zsav without blocks",
	"pspp-many-none-nocount.sav":   "no rows where the count is -1 and the cases are not compressed",
	"go-nocount.sav":               "no rows where the count is -1 and the cases are not compressed",
	"go-windows-1252-by-name.sav":  "not decoded: record 7/20 without record 7/3",
}

// TestTheCorpusIsWhatHavenReads compares every value, label, missing value and
// format with testdata/read-corpus.R's.
func TestTheCorpusIsWhatHavenReads(t *testing.T) {
	for _, name := range corpus(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			f := readSav(t, name)
			lines := strings.Split(strings.TrimSuffix(string(load(t, name+".tsv")), "\n"), "\n")
			diff := cmp.Diff(lines[1:], havenLines(f))
			if why := havenDiffers[filepath.Base(name)]; why != "" {
				if diff == "" {
					t.Errorf("haven reads it alike: %s no more", why)
				}
				return
			}
			if diff != "" {
				t.Error(diff)
			}
		})
	}
}

// havenLines is a file as read-corpus.R writes it.
func havenLines(f *File) []string {
	escape := strings.NewReplacer("\\", "\\\\", "\t", "\\t", "\n", "\\n").Replace
	number := func(v float64) string {
		switch {
		case math.IsNaN(v):
			return "."
		case math.IsInf(v, 0):
			return strings.TrimPrefix(fmt.Sprint(v), "+")
		}
		return cNumber(v)
	}
	lines := []string{fmt.Sprintf("rows\t%d", f.Table.Rows)}
	for _, c := range f.Table.Columns {
		v := c.Variable
		kind := "number"
		if c.Text != nil {
			kind = "text"
		}
		name := escape(v.Name)
		lines = append(lines, strings.Join([]string{"var", name, escape(v.Label), v.Recorded.Format, kind}, "\t"))
		for _, category := range v.Categories {
			code := escape(category.Code)
			if c.Text == nil {
				n, _ := strconv.ParseFloat(category.Code, 64)
				code = number(n)
			}
			lines = append(lines, strings.Join([]string{"label", name, code, escape(category.Label)}, "\t"))
		}
		var ranges []string
		for _, m := range v.Recorded.Missing {
			if m.Low == m.High {
				lines = append(lines, strings.Join([]string{"na", name, number(m.Low)}, "\t"))
			} else {
				ranges = append(ranges, strings.Join([]string{"range", name, number(m.Low), number(m.High)}, "\t"))
			}
		}
		for _, m := range v.Recorded.Texts {
			lines = append(lines, strings.Join([]string{"na", name, escape(m)}, "\t"))
		}
		lines = append(lines, ranges...)
		values := []string{"value", name}
		for row := range f.Table.Rows {
			if c.Text != nil {
				values = append(values, escape(c.Text[row]))
			} else {
				values = append(values, number(c.Values[row]))
			}
		}
		lines = append(lines, strings.Join(values, "\t"))
	}
	return lines
}

// cNumber writes a number as C's %.17g does.
func cNumber(v float64) string {
	s := strconv.FormatFloat(v, 'e', 16, 64)
	mantissa, exponent, _ := strings.Cut(s, "e")
	e, _ := strconv.Atoi(exponent)
	if e < -4 || e >= 17 {
		if strings.Contains(mantissa, ".") {
			mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
		}
		return mantissa + "e" + exponent
	}
	s = strconv.FormatFloat(v, 'f', 16-e, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// psppDiffers are files of which PSPP does not give what is there, and why;
// haven reads them.
var psppDiffers = map[string]string{
	"readstat-names.sav": "no long name for a short one that ReadStat cuts within a letter",
}

// TestTheCorpusIsWhatPSPPReads compares the values with the CSV that PSPP
// makes of each file; it writes dates as such, which are passed over.
func TestTheCorpusIsWhatPSPPReads(t *testing.T) {
	compared := 0
	for _, name := range corpus(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			f := readSav(t, name)
			rows, err := csv.NewReader(bytes.NewReader(load(t, name+".csv"))).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			diff := cmp.Diff(strings.ToLower(strings.Join(f.Names, ",")), strings.ToLower(strings.Join(rows[0], ",")))
			if why := psppDiffers[filepath.Base(name)]; (diff == "") != (why == "") || len(rows)-1 != f.Table.Rows {
				t.Fatalf("%d rows, want %d; %s; names %s", f.Table.Rows, len(rows)-1, why, diff)
			}
			for i, c := range f.Table.Columns {
				for row, cells := range rows[1:] {
					cell := strings.TrimRight(cells[i], " ")
					if c.Text != nil {
						compared++
						if strings.HasPrefix(c.Variable.Recorded.Format, "AHEX") {
							cell = strings.TrimRight(unhex(t, cell), " ")
						}
						// PSPP cuts the \u00e9 of an A1 in two and shows a ?.
						if c.Text[row] != cell && !(cell == "?" && c.Text[row] == "") {
							t.Errorf("%s: row %d is %q, want %q", f.Names[i], row+1, c.Text[row], cell)
						}
						continue
					}
					v, want := c.Values[row], math.NaN()
					if cell != "" {
						if want, err = strconv.ParseFloat(cell, 64); err != nil {
							continue
						}
					}
					compared++
					// PSPP writes 16 digits.
					if !(math.IsNaN(v) && math.IsNaN(want)) && v != want && math.Abs(v-want) > 1e-15*math.Abs(want) {
						t.Errorf("%s: row %d is %v, want %v", f.Names[i], row+1, v, want)
					}
				}
			}
		})
	}
	if compared < 13_000 {
		t.Errorf("%d values compared, want at least 13000", compared)
	}
}

// unhex is text that PSPP shows as its bytes.
func unhex(t *testing.T, cell string) string {
	t.Helper()
	b, err := hex.DecodeString(cell)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
