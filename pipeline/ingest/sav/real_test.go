package sav

import (
	"bytes"
	"encoding/json"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/delimited"
	"togetherwecan/pipeline/ingest/hostile"
	"togetherwecan/pipeline/table"
	"togetherwecan/testdata/shared"
)

func readTab(t *testing.T, name string) *table.Table {
	t.Helper()
	f, err := delimited.Read(bytes.NewReader(hostile.Load(t, name)), ".tab", "tab", nil, nil,
		delimited.Limits{Columns: 1000, LineBytes: 1 << 20, Rows: 1 << 20, Cells: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	return f.Table
}

func readSav(t testing.TB, name string, want ...string) *File {
	t.Helper()
	f, err := Read(bytes.NewReader(hostile.Load(t, name)), filepath.Base(name), want, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// sameValues reports the columns of a system file that are not those of the
// archive's .tab.
func sameValues(t *testing.T, got, want *table.Table) {
	t.Helper()
	if got.Rows != want.Rows || len(got.Columns) != len(want.Columns) {
		t.Fatalf("%d rows of %d columns, want %d of %d", got.Rows, len(got.Columns), want.Rows, len(want.Columns))
	}
	for i, w := range want.Columns {
		g := got.Columns[i]
		if !strings.EqualFold(g.Variable.Name, w.Variable.Name) {
			t.Errorf("column %d is %q, want %q", i+1, g.Variable.Name, w.Variable.Name)
		}
		different, first := 0, -1
		for row := range got.Rows {
			same := false
			switch {
			case w.Values != nil && g.Values != nil:
				a, b := g.Values[row], w.Values[row]
				same = a == b || math.IsNaN(a) && math.IsNaN(b)
			case w.Text != nil && g.Text != nil:
				same = g.Text[row] == strings.TrimRight(w.Text[row], " ")
			}
			if !same {
				if different++; first < 0 {
					first = row
				}
			}
		}
		if different > 0 {
			t.Errorf("%s: %d rows differ, the first is %d", w.Variable.Name, different, first+1)
		}
	}
}

// declared is a variable of the archive's dictionary, as dictionary.json has
// it.
type declared struct {
	Name, Label, Level string
	Miss               *string
	Vals               [][2]string
}

func TestTheTeachingFileIsTheArchivesTab(t *testing.T) {
	folder := shared.File(t, "data/bcs0708")
	tab := readTab(t, filepath.Join(folder, "bcs_2007_8_teaching_data.tab"))
	var dictionary []declared
	if err := json.Unmarshal(hostile.Load(t, filepath.Join(folder, "dictionary.json")), &dictionary); err != nil {
		t.Fatal(err)
	}
	for file, compression := range map[string]string{
		"bcs_2007_8_teaching_pspp.sav": "bytecode", "bcs_2007_8_teaching_pspp.zsav": "zlib", "bcs_2007_8_teaching_pspp_uncompressed.sav": "none",
	} {
		t.Run(file, func(t *testing.T) {
			f := readSav(t, filepath.Join(folder, file))
			if f.Notes.Compression != compression || f.Notes.BigEndian || f.Encoding != "UTF-8" || len(f.Notes.Warnings) > 0 {
				t.Errorf("%s in %s, big-endian %v, warnings %q", f.Notes.Compression, f.Encoding, f.Notes.BigEndian, f.Notes.Warnings)
			}
			sameValues(t, f.Table, tab)
			if len(dictionary) != len(f.Table.Columns) {
				t.Fatalf("%d columns, want the dictionary's %d", len(f.Table.Columns), len(dictionary))
			}
			for i, want := range dictionary {
				v := f.Table.Columns[i].Variable
				var labels [][2]string
				for _, c := range v.Categories {
					labels = append(labels, [2]string{c.Code, c.Label})
				}
				if len(labels) == 0 {
					labels = [][2]string{}
				}
				if diff := cmp.Diff(want.Vals, labels); diff != "" || v.Label != want.Label || v.Recorded.Measure != want.Level {
					t.Errorf("%s: %q %s, want %q %s; labels %s", v.Name, v.Label, v.Recorded.Measure, want.Label, want.Level, diff)
				}
				if diff := cmp.Diff(missingOf(t, want.Miss), v.Recorded.Missing); diff != "" {
					t.Errorf("%s: missing values: %s", v.Name, diff)
				}
			}
		})
	}
}

// missingOf reads the dictionary's words for missing values, "8 and 9".
func missingOf(t *testing.T, words *string) (missing []codebook.Interval) {
	t.Helper()
	if words == nil {
		return nil
	}
	for _, word := range strings.FieldsFunc(*words, func(r rune) bool { return strings.ContainsRune("and, ", r) }) {
		n, err := strconv.ParseFloat(word, 64)
		if err != nil {
			t.Fatalf("missing values %q", *words)
		}
		missing = append(missing, codebook.Interval{Low: n, High: n})
	}
	return missing
}

// TestTheSampleExtractsAreTheirTab reads extracts that are grown from known
// population values.
func TestTheSampleExtractsAreTheirTab(t *testing.T) {
	folder := shared.File(t, "oracle/synthetic")
	for _, wave := range []string{"synth2001", "synth2003"} {
		tab := readTab(t, filepath.Join(folder, wave+".tab"))
		for _, end := range []string{".sav", "_uncompressed.sav", ".zsav"} {
			t.Run(wave+end, func(t *testing.T) { sameValues(t, readSav(t, filepath.Join(folder, wave+end)).Table, tab) })
		}
	}
}

func TestWantedColumnsAreThoseOfTheWholeFile(t *testing.T) {
	folder := shared.File(t, "data/bcs0708")
	name := filepath.Join(folder, "bcs_2007_8_teaching_pspp.zsav")
	whole, part := readSav(t, name), readSav(t, name, "TCINDWT", "sex", "absent")
	if diff := cmp.Diff([]string{"sex", "tcindwt"}, part.Table.Names()); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff(whole.Names, part.Names); diff != "" {
		t.Fatal(diff)
	}
	for _, c := range part.Table.Columns {
		same := whole.Table.Column(c.Variable.Name)
		for row, v := range c.Values {
			if w := same.Values[row]; v != w && !(math.IsNaN(v) && math.IsNaN(w)) {
				t.Fatalf("%s: row %d is %v, want %v", c.Variable.Name, row+1, v, w)
			}
		}
	}
}
