package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/table"
)

// sameTable reports where two raw tables differ, in anything that they hold.
func sameTable(t *testing.T, want, got *table.Table) {
	t.Helper()
	if got.Rows != want.Rows || !slices.Equal(got.Names(), want.Names()) {
		t.Fatalf("%d rows of %q, want %d of %q", got.Rows, got.Names(), want.Rows, want.Names())
	}
	for i, w := range want.Columns {
		g := got.Columns[i]
		sameValues(t, w, g)
		if diff := cmp.Diff(w.Variable, g.Variable); diff != "" || !slices.Equal(w.Text, g.Text) || !slices.Equal(w.Tags, g.Tags) || (w.Tags == nil) != (g.Tags == nil) {
			t.Errorf("%s: texts, tags or meaning: want -, got +:\n%s", w.Variable.Name, diff)
		}
	}
}

func sameValues(t *testing.T, want, got *table.Column) {
	t.Helper()
	if !slices.EqualFunc(want.Values, got.Values, func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }) {
		t.Errorf("%s: other values", want.Variable.Name)
	}
}

func readFile(t testing.TB, path string) *Extract {
	t.Helper()
	e, err := Read(Source{Path: path, Reader: Any}, nil, Limits{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// The archive's TAB, with its dictionary, and the same survey in the other
// formats have the same values and value labels, except for what the files
// themselves hold otherwise: the Stata editions have no value where the
// dictionary declares one missing, 171 rows of crimerat.
func TestTheSameSurveyInEveryFormat(t *testing.T) {
	folder := filepath.Dir(bcs(t))
	want := readFile(t, bcs(t))
	if want.About.Dictionary != "bcs_2007_8_teaching_data_unrestricted_ukda_data_dictionary.rtf" || len(want.About.Notes) > 0 {
		t.Errorf("labels from %q, notes %q", want.About.Dictionary, want.About.Notes)
	}
	for _, test := range []struct {
		file, format string
		blank        int // values of crimerat that the format does not have
		declared     bool
	}{
		{"bcs_2007_8_teaching_pspp.sav", "SPSS system file, compressed (bytecode)", 0, true},
		{"bcs_2007_8_teaching_pspp_uncompressed.sav", "SPSS system file", 0, true},
		{"bcs_2007_8_teaching_pspp.zsav", "SPSS system file, compressed (zlib)", 0, true},
		{"bcs_2007_8_teaching_haven_v14.dta", "Stata, format 118", 171, false},
		{"bcs_2007_8_teaching_haven_v8.dta", "Stata, format 113", 171, false},
	} {
		t.Run(test.file, func(t *testing.T) {
			path := filepath.Join(folder, test.file)
			got := readFile(t, path)
			if got.About.Format != test.format || got.Table.Rows != want.Table.Rows || len(got.Table.Columns) != len(want.Table.Columns) {
				t.Fatalf("%s: %d rows of %d columns", got.About.Format, got.Table.Rows, len(got.Table.Columns))
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if digest := sha256.Sum256(data); got.SHA256 != hex.EncodeToString(digest[:]) || got.Bytes != int64(len(data)) {
				t.Errorf("SHA-256 %s of %d bytes, want that of the file", got.SHA256, got.Bytes)
			}
			for i, w := range want.Table.Columns {
				g := got.Table.Columns[i]
				if g.Variable.Name != w.Variable.Name {
					t.Fatalf("column %d is %q, want %q", i+1, g.Variable.Name, w.Variable.Name)
				}
				blank := 0
				for row, x := range w.Values {
					y := g.Values[row]
					switch {
					case math.IsNaN(x) && math.IsNaN(y) || math.Abs(x-y) <= 1e-15*math.Abs(x):
					case x == 5 && math.IsNaN(y):
						blank++
					default:
						t.Fatalf("%s, row %d: %v, want %v", w.Variable.Name, row+1, y, x)
					}
				}
				if expect := map[bool]int{true: test.blank}[w.Variable.Name == "crimerat"]; blank != expect {
					t.Errorf("%s: %d values of 5 are not there, want %d", w.Variable.Name, blank, expect)
				}
				if len(g.Variable.Categories) != len(w.Variable.Categories) {
					t.Errorf("%s: %d labels, want %d", w.Variable.Name, len(g.Variable.Categories), len(w.Variable.Categories))
				}
				for j, c := range g.Variable.Categories {
					if c.Code != w.Variable.Categories[j].Code {
						t.Errorf("%s: label of %s, want of %s", w.Variable.Name, c.Code, w.Variable.Categories[j].Code)
					}
				}
				if test.declared {
					if diff := cmp.Diff(w.Variable.Recorded.Missing, g.Variable.Recorded.Missing); diff != "" {
						t.Errorf("%s: declared missing: dictionary -, file +:\n%s", w.Variable.Name, diff)
					}
				}
			}
		})
	}
}

// A Parquet extract is digested whole although it is read from its end, and
// one that changes meanwhile is refused.
func TestRandomAccess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.parquet")
	tab := write(t, "a.tab", "sex\tgor\n1\tWales\n \t \n")
	if _, err := Convert(Source{Path: tab}, path, Conversion{}, Limits{}, nil); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	e := readFile(t, path)
	if digest := sha256.Sum256(data); e.SHA256 != hex.EncodeToString(digest[:]) || e.Bytes != int64(len(data)) {
		t.Errorf("SHA-256 %s of %d bytes, want that of the file", e.SHA256, e.Bytes)
	}
	for name, change := range map[string]func(){
		"longer": func() {
			if err := os.WriteFile(path, append(data, 0), 0o600); err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, info.ModTime(), time.Unix(1e9, 0)); err != nil {
				t.Fatal(err)
			}
		},
		"written at another time": func() {
			if err := os.Chtimes(path, time.Unix(2e9, 0), time.Unix(2e9, 0)); err != nil {
				t.Fatal(err)
			}
		},
	} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Unix(1e9, 0), time.Unix(1e9, 0)); err != nil {
			t.Fatal(err)
		}
		in, err := open(path, "a.parquet", 1<<20, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer in.file.Close()
		if _, err := readParquet(input{stream: in, extension: ".parquet", where: "a.parquet"}, nil, DefaultLimits, nil); err != nil {
			t.Fatal(err)
		}
		change()
		if _, err := in.finish(); err == nil || err.Error() != "a.parquet: changed while it was read" {
			t.Errorf("%s: got %v, want the change refused", name, err)
		}
	}
}

const rtf = `{\rtf1 Number of cases = 1
\par Pos. = 1	Variable = SEX	Variable label = Sex
\par Value = 1	Label = male
\par Pos. = 2	Variable = age	Variable label = Age}`

// Of the dictionaries in a file's folder the one that is clearly the file's is
// read; what else is the matter is a note and no refusal.
func TestDictionaryBeside(t *testing.T) {
	for _, test := range []struct {
		name  string
		files map[string]string
		label string
		notes []string
	}{
		{"none", nil, "", nil},
		{"the archive's", map[string]string{"x_ukda_data_dictionary.rtf": rtf, "readme.rtf": "no"}, "Sex", nil},
		{"the only one", map[string]string{"Notes.RTF": rtf}, "Sex", nil},
		{"of several, that of the file's name", map[string]string{"a_ukda_data_dictionary.rtf": rtf, "b_ukda_data_dictionary.rtf": "no"}, "Sex", nil},
		{"of several, none", map[string]string{"b_ukda_data_dictionary.rtf": rtf, "c_ukda_data_dictionary.rtf": rtf}, "", []string{"no dictionary read: b_ukda_data_dictionary.rtf, c_ukda_data_dictionary.rtf could be this file's"}},
		{"damaged", map[string]string{"a.rtf": rtf[:len(rtf)-1]}, "", []string{"no labels: the dictionary a.rtf: is cut short: a group is not closed"}},
		{"of another file", map[string]string{"a.rtf": strings.Replace(rtf, "cases = 1", "cases = 7", 1)}, "Sex", []string{"the dictionary says 7 cases, and the file has 1 row"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			files := map[string]string{"a.tab": "sex\tage\n1\t30\n"}
			maps.Copy(files, test.files)
			for name, text := range files {
				if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			e := readFile(t, filepath.Join(folder, "a.tab"))
			if diff := cmp.Diff(test.notes, e.About.Notes); diff != "" || e.Table.Column("sex").Variable.Label != test.label {
				t.Errorf("label %q, want %q; notes: want -, got +:\n%s", e.Table.Column("sex").Variable.Label, test.label, diff)
			}
		})
	}
}

// Every format goes to Parquet and back without a change, and to CSV with the
// same values.
func TestConvert(t *testing.T) {
	folder := filepath.Dir(bcs(t))
	out := t.TempDir()
	for i, file := range []string{"bcs_2007_8_teaching_data.tab", "bcs_2007_8_teaching_pspp.zsav", "bcs_2007_8_teaching_haven_v14.dta"} {
		path := filepath.Join(folder, file)
		want := readFile(t, path)
		for _, extension := range []string{".parquet", ".csv"} {
			to := filepath.Join(out, fmt.Sprint(i)+extension)
			if _, err := Convert(Source{Path: path}, to, Conversion{}, Limits{}, nil); err != nil {
				t.Fatal(err)
			}
			got := readFile(t, to)
			if extension == ".csv" {
				for _, c := range want.Table.Columns {
					kept := &table.Column{Variable: c.Variable, Values: slices.Clone(c.Values), Text: c.Text, Tags: c.Tags}
					for row, x := range kept.Values {
						if c.Variable.Recorded.DeclaresNumber(x) { // which would count in CSV
							kept.Values[row] = math.NaN()
						}
					}
					sameValues(t, kept, got.Table.Column(c.Variable.Name))
				}
				continue
			}
			sameTable(t, want.Table, got.Table)
		}
	}
}

func TestConvertRefuses(t *testing.T) {
	folder := t.TempDir()
	tab := write(t, "a.tab", "sex\tx\n1\t.5\n")
	there := filepath.Join(folder, "there.csv")
	if err := os.WriteFile(there, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(folder, "d.csv"), 0o700); err != nil {
		t.Fatal(err)
	}
	self := write(t, "b.csv", "sex\n1\n")
	for _, test := range []struct {
		name, from, out string
		replace         bool
		want            string
	}{
		{"an unknown extension", tab, filepath.Join(folder, "a.sav"), false, `a.sav: no writer for the extension ".sav", want .parquet or .csv`},
		{"a file that is there", tab, there, false, "there.csv: is there already, and is not overwritten"},
		{"a folder", tab, filepath.Join(folder, "d.csv"), true, "d.csv: is a folder, want a file"},
		{"the extract itself", self, self, true, "b.csv: is the extract itself, want another file"},
		{"no such folder", tab, filepath.Join(folder, "no", "a.csv"), false, "a.csv: cannot be written: no such file or directory"},
		{"no such extract", filepath.Join(folder, "no.tab"), filepath.Join(folder, "a.csv"), false, "no.tab: cannot be read: no such file or directory"},
	} {
		_, err := Convert(Source{Path: test.from}, test.out, Conversion{Replace: test.replace}, Limits{}, nil)
		if err == nil || !strings.HasSuffix(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
	}
	if data, err := os.ReadFile(there); err != nil || string(data) != "old" {
		t.Errorf("the file that was there is %q, %v", data, err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 2 {
		t.Errorf("%v, %v: refusals left something behind", entries, err)
	}
	if _, err := Convert(Source{Path: tab}, there, Conversion{Replace: true}, Limits{}, nil); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(there); err != nil || string(data) != "sex,x\n1,0.5\n" {
		t.Errorf("%q, %v: want the new file in its place", data, err)
	}
}

// A number is written so that it reads back the same; one too long to be a
// number for the reader of delimited files has an exponent.
func TestCell(t *testing.T) {
	c := &table.Column{
		Values: []float64{1, -0.93, 1e15, 9.19590747798793e-05, 5e-324, math.MaxFloat64, math.Copysign(0, -1), math.NaN(), math.NaN()},
		Tags:   []byte{0, 0, 0, 0, 0, 0, 0, 'z', 0},
	}
	for row, want := range []string{"1", "-0.93", "1E+15", "0.0000919590747798793", "5E-324", "1.7976931348623157E+308", "0", ".z", ""} {
		if got := string(appendCell(nil, c, row)); got != want {
			t.Errorf("row %d: %q, want %q", row+1, got, want)
		}
	}
}
