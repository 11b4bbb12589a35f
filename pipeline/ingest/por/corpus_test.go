package por

import (
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/hostile"
	"togetherwecan/pipeline/ingest/sav"
	"togetherwecan/pipeline/table"
)

func corpus(t testing.TB) []hostile.File {
	t.Helper()
	return hostile.Corpus(t, 25, "testdata", "corpus", "*.por")
}

// TestTheCorpusIsItsSystemFile compares each file with the system file that it
// was made of, as package sav reads it: what haven and PSPP read of that.
func TestTheCorpusIsItsSystemFile(t *testing.T) {
	for _, file := range corpus(t) {
		name := file.Name
		writer, rest, _ := strings.Cut(strings.TrimSuffix(filepath.Base(name), ".por"), "-")
		// Base 30 does not hold every number as base 2 does, and PSPP writes as
		// many digits as it is told.
		of, short := strings.CutSuffix(rest, "-digits6")
		close := 1e-13
		if short {
			close = 1e-5
		}
		from := "pspp-" + of + "-none.sav"
		if writer == "readstat" {
			from = "pspp-" + of + "-version2.sav"
		}
		t.Run(filepath.Base(name), func(t *testing.T) {
			f, err := readBytes(file.Data)
			if err != nil {
				t.Fatal(err)
			}
			want, err := sav.Read(bytes.NewReader(hostile.Load(t, filepath.Join("..", "sav", "testdata", "corpus", from))), "sav", nil, sav.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if dropped := of == "strings"; f.Table.Rows != want.Table.Rows || !dropped && len(f.Table.Columns) != len(want.Table.Columns) {
				t.Fatalf("%d rows of %d columns, want %d of %d", f.Table.Rows, len(f.Table.Columns), want.Table.Rows, len(want.Table.Columns))
			}
			equal := cmp.Options{cmpopts.EquateApprox(close, 0), cmp.Comparer(func(a, b codebook.Category) bool { return sameLabel(a, b, close) })}
			for i, g := range f.Table.Columns {
				w := want.Table.Column(f.Names[i])
				got, wanted := *g.Variable.Recorded, *w.Variable.Recorded
				switch {
				case writer == "readstat": // has no formats, and rounds widths up to 8 bytes
					wanted.Width, wanted.Format = got.Width, got.Format
				case wanted.Width > 255: // as much as PSPP writes
					wanted.Width, wanted.Format = 255, "A255"
				}
				// The format has no measurement levels. PSPP writes x THRU
				// HIGHEST as the highest number THRU HIGHEST, and LOWEST alike.
				wanted.Measure = ""
				if of == "missing" || of == "declared" {
					wanted.Missing, got.Missing = finite(wanted.Missing), finite(got.Missing)
				}
				if diff := cmp.Diff(wanted, got, equal, cmpopts.EquateEmpty()); diff != "" || g.Variable.Label != w.Variable.Label {
					t.Errorf("%s %q, want %q: %s", g.Variable.Name, g.Variable.Label, w.Variable.Label, diff)
				}
				if diff := cmp.Diff(w.Variable.Categories, g.Variable.Categories, equal, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("%s: labels %s", g.Variable.Name, diff)
				}
				for row := range f.Table.Rows {
					if w.Text != nil {
						if g.Text[row] != w.Text[row] {
							t.Errorf("%s: row %d is %q, want %q", g.Variable.Name, row+1, g.Text[row], w.Text[row])
						}
						continue
					}
					if a, b := g.Values[row], w.Values[row]; !(math.IsNaN(a) && math.IsNaN(b)) && !(math.Abs(a-b) <= close*math.Abs(b)) {
						t.Errorf("%s: row %d is %v, want %v", g.Variable.Name, row+1, a, b)
					}
				}
			}
			if weight := want.Notes.Weight; !strings.EqualFold(f.Notes.Weight, weight) {
				t.Errorf("weighted by %q, want %q", f.Notes.Weight, weight)
			}
		})
	}
}

// finite are the missing values that are no range without end.
func finite(missing []codebook.Interval) (of []codebook.Interval) {
	for _, m := range missing {
		if !math.IsInf(m.Low, 0) && !math.IsInf(m.High, 0) {
			of = append(of, m)
		}
	}
	return of
}

// sameLabel compares value labels, their numbers as close as said.
func sameLabel(a, b codebook.Category, close float64) bool {
	x, errX := strconv.ParseFloat(a.Code, 64)
	y, errY := strconv.ParseFloat(b.Code, 64)
	return a.Label == b.Label && (a.Code == b.Code || errX == nil && errY == nil && math.Abs(x-y) <= close*math.Abs(x))
}

// TestTheCorpusIsWhatPSPPReads compares the values with the CSV that PSPP makes
// of each file; it writes dates as such, which are passed over.
func TestTheCorpusIsWhatPSPPReads(t *testing.T) {
	compared := 0
	for _, file := range corpus(t) {
		name := file.Name
		data, err := os.ReadFile(name + ".csv")
		if os.IsNotExist(err) && (strings.Contains(name, "pspp-weighted") || strings.Contains(name, "readstat-blank")) {
			continue // PSPP refuses its own weight, and text of more than 255 bytes
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(name), func(t *testing.T) {
			rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			f, err := readBytes(file.Data)
			if err != nil || f.Table.Rows != len(rows)-1 || !strings.EqualFold(strings.Join(f.Names, " "), strings.Join(rows[0], " ")) {
				t.Fatalf("%v: %v, want %d rows of %q", err, f, len(rows)-1, rows[0])
			}
			for i, c := range f.Table.Columns {
				for _, cells := range rows[1:] {
					if strings.HasPrefix(c.Variable.Recorded.Format, "AHEX") {
						b, _ := hex.DecodeString(strings.TrimRight(cells[i], " "))
						cells[i] = string(b)
					}
				}
			}
			// PSPP adds up the digits in base 30 and rounds more than once.
			compared += hostile.Compare(t, f.Table, rows[1:], 1e-13, func(c *table.Column, row int, cell string) bool {
				if c.Text != nil { // PSPP takes the file for ASCII
					return strings.ContainsFunc(c.Text[row], func(r rune) bool { return r >= utf8.RuneSelf })
				}
				return c.Values[row] != 0 && math.Abs(c.Values[row]) < 1e-200 // its powers of 30 are not exact
			})
		})
	}
	if compared < 3_000 {
		t.Errorf("%d values compared, want at least 3000", compared)
	}
}
