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

	"togetherwecan/pipeline/ingest/hostile"
	"togetherwecan/pipeline/table"
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
		if !bytes.Equal(hostile.Load(t, name), s.file.Bytes()) {
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
				if diff := cmp.Diff(told[s.name], f.Notes.Warnings); diff != "" {
					t.Errorf("warnings: %s", diff)
				}
			}
		})
	}
}

func corpus(t testing.TB) []hostile.File {
	t.Helper()
	return hostile.Corpus(t, 160, "testdata", "corpus", "*sav")
}

const nocount = "no rows where the count is -1 and the cases are not compressed"

// havenDiffers are files of which haven's library does not give what is there,
// and why; PSPP reads them, and TestTheCorpusIsWhatPSPPReads compares those.
var havenDiffers = map[string]string{
	"go-alike.sav":                      "other names, SEX...1, for variables of one name",
	"pspp-longlabels-byte.sav":          "refused: PSPP writes the missing values of long strings with a length before each",
	"pspp-longlabels-none.sav":          "refused",
	"pspp-longlabels-version2.sav":      "refused",
	"pspp-longlabels-zlib.zsav":         "refused",
	"pspp-norows-zlib.zsav":             "refused: a .zsav without blocks",
	"pspp-many-none-nocount.sav":        nocount,
	"go-big-count-of-doubles-alone.sav": nocount,
	"go-count-in-record.sav":            nocount,
	"go-count-nowhere.sav":              nocount,
	"go-count-unknown.sav":              nocount,
	"go-cut-and-padded.sav":             "refused: text that is cut within a character",
	"go-latin-1-in-utf-8.sav":           "refused: text that is not UTF-8",
	"go-nocount.sav":                    nocount,
	"go-windows-1252-by-name.sav":       "not decoded: record 7/20 without record 7/3",
}

// TestTheCorpusIsWhatHavenReads compares every value, label, missing value and
// format with testdata/read-corpus.R's.
func TestTheCorpusIsWhatHavenReads(t *testing.T) {
	for _, file := range corpus(t) {
		name := file.Name
		t.Run(filepath.Base(name), func(t *testing.T) {
			f := readSav(t, name)
			lines := strings.Split(strings.TrimSuffix(string(hostile.Load(t, name+".tsv")), "\n"), "\n")
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
	"go-alike.sav":       "other names, VAR001, for variables of one name",
	"readstat-names.sav": "no long name for a short one that ReadStat cuts within a letter",
}

// TestTheCorpusIsWhatPSPPReads compares the values with the CSV that PSPP
// makes of each file; it writes dates as such, which are passed over.
func TestTheCorpusIsWhatPSPPReads(t *testing.T) {
	compared := 0
	for _, file := range corpus(t) {
		name := file.Name
		t.Run(filepath.Base(name), func(t *testing.T) {
			f := readSav(t, name)
			rows, err := csv.NewReader(bytes.NewReader(hostile.Load(t, name+".csv"))).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			diff := cmp.Diff(strings.ToLower(strings.Join(f.Names, ",")), strings.ToLower(strings.Join(rows[0], ",")))
			if why := psppDiffers[filepath.Base(name)]; (diff == "") != (why == "") || len(rows)-1 != f.Table.Rows {
				t.Fatalf("%d rows, want %d; %s; names %s", f.Table.Rows, len(rows)-1, why, diff)
			}
			// PSPP writes 16 digits, and shows a ? for a byte without a meaning, as
			// of the \u00e9 of an A1 that it cuts in two.
			compared += hostile.Compare(t, f.Table, unhexed(t, f.Table, rows[1:]), 1e-15, func(c *table.Column, row int, cell string) bool {
				return c.Text != nil && strings.Contains(cell, "?") && strings.ReplaceAll(cell, "?", "") == strings.ReplaceAll(c.Text[row], "\ufffd", "")
			})
		})
	}
	if compared < 13_000 {
		t.Errorf("%d values compared, want at least 13000", compared)
	}
}

// unhexed are cells with text that PSPP shows as its bytes, in hexadecimal, as
// the text.
func unhexed(t *testing.T, of *table.Table, cells [][]string) [][]string {
	t.Helper()
	for i, c := range of.Columns {
		for row := range cells {
			if strings.HasPrefix(c.Variable.Recorded.Format, "AHEX") {
				b, err := hex.DecodeString(strings.TrimRight(cells[row][i], " "))
				if err != nil {
					t.Fatal(err)
				}
				cells[row][i] = string(b)
			}
		}
	}
	return cells
}
