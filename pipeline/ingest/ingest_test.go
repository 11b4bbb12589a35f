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
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
	"togetherwecan/testdata/shared"
)

// bcs is the path of the archive's TAB edition of the British Crime Survey
// 2007-08 teaching dataset (SN 6891). What the tests expect of it is from its
// codebook (user guide, pp. 13-21) and from R reading the same file.
func bcs(t testing.TB) string {
	t.Helper()
	return shared.File(t, "data/bcs0708/bcs_2007_8_teaching_data.tab")
}

// write makes a file with the text and returns its path.
func write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBritishCrimeSurvey(t *testing.T) {
	path := bcs(t)
	var done, total int64
	e, err := Read(Source{Path: path}, nil, Limits{}, func(d, n int64) { done, total = d, n })
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(data)
	if e.Name != "bcs_2007_8_teaching_data.tab" || e.Bytes != 1_699_937 || e.SHA256 != hex.EncodeToString(digest[:]) {
		t.Errorf("read %s, %d bytes, %s", e.Name, e.Bytes, e.SHA256)
	}
	if done != 1_699_937 || total != 1_699_937 {
		t.Errorf("progress ended at %d of %d, want 1699937", done, total)
	}
	if e.Table.Rows != 11_676 || len(e.Table.Columns) != 35 || len(e.Names) != 35 || len(e.Missing) != 0 {
		t.Errorf("%d rows, %d columns, %d names, %d missing; want 11676, 35, 35, 0", e.Table.Rows, len(e.Table.Columns), len(e.Names), len(e.Missing))
	}
	blanks := 0
	for _, c := range e.Table.Columns {
		if c.Values == nil {
			t.Fatalf("column %q is text, want numbers", c.Variable.Name)
		}
		for row := range e.Table.Rows {
			if math.IsNaN(c.Values[row]) {
				blanks++
			}
		}
	}
	if blanks != 39_659 {
		t.Errorf("%d cells are missing, want 39659", blanks)
	}
	noWeight, sum, squares := 0, 0.0, 0.0
	for _, w := range e.Table.Column("TCINDWT").Values {
		if math.IsNaN(w) {
			noWeight++
			continue
		}
		sum += w
		squares += float64(w * w)
	}
	if noWeight != 16 || math.Abs(sum-11671.89099) > 5e-6 || math.Abs(squares-17580.52863) > 5e-6 {
		t.Errorf("%d rows have no weight, the others %.5f, squared %.5f; want 16, 11671.89099, 17580.52863", noWeight, sum, squares)
	}
	if e.Line(0) != 2 || e.Line(11_675) != 11_677 {
		t.Errorf("rows on lines %d to %d, want 2 to 11677", e.Line(0), e.Line(11_675))
	}
}

// Ends of line, a byte-order mark and a missing last line end change nothing
// but the digest.
func TestSameExtractWritten(t *testing.T) {
	data, err := os.ReadFile(bcs(t))
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	want := values(t, write(t, "a.tab", text))
	for name, other := range map[string]string{
		"LF":                strings.ReplaceAll(text, "\r\n", "\n"),
		"byte-order mark":   "\xEF\xBB\xBF" + text,
		"no last line end":  strings.TrimSuffix(text, "\r\n"),
		"empty, not spaces": strings.ReplaceAll(text, "\t \t", "\t\t"),
	} {
		if got := values(t, write(t, "b.tab", other)); !maps.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: other values than in the archive's file", name)
		}
	}
	if got := values(t, write(t, "c.csv", strings.ReplaceAll(text, "\t", ","))); !maps.EqualFunc(got, want, slices.Equal) {
		t.Error("CSV: other values than in the archive's file")
	}
}

// values are an extract's numbers column by column, with a missing one as
// infinity so that they compare.
func values(t *testing.T, path string) map[string][]float64 {
	t.Helper()
	e, err := Read(Source{Path: path}, nil, Limits{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]float64{}
	for _, c := range e.Table.Columns {
		for row, v := range c.Values {
			if math.IsNaN(v) {
				c.Values[row] = math.Inf(1)
			}
		}
		all[c.Variable.Name] = c.Values
	}
	return all
}

func TestMissing(t *testing.T) {
	path := write(t, "a.tab", "Sex\tage\n1\t2\n")
	e, err := Read(Source{Path: path}, []string{"psu", "SEX", "stratum", "PSU"}, Limits{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !cmp.Equal(e.Missing, []string{"psu", "stratum"}) || !cmp.Equal(e.Table.Names(), []string{"Sex"}) || !cmp.Equal(e.Names, []string{"Sex", "age"}) {
		t.Errorf("missing %q, read %q of %q; want psu and stratum, Sex of Sex and age", e.Missing, e.Table.Names(), e.Names)
	}
}

func TestNotNumbers(t *testing.T) {
	path := write(t, "a.csv", "w,note,x\n1.5,\"two\nlines\",1\nn/a,,2\n \t,,3\n,,4\n.,,5\n")
	e, err := Read(Source{Path: path}, nil, Limits{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	first, count := e.NotNumbers("W", 2)
	if diff := cmp.Diff([]Cell{{1, 4, "n/a"}, {2, 5, " \t"}}, first); diff != "" || count != 3 {
		t.Errorf("%d cells are not numbers, want 3; want -, got +:\n%s", count, diff)
	}
	for _, name := range []string{"x", "absent"} {
		if first, count := e.NotNumbers(name, 2); first != nil || count != 0 {
			t.Errorf("column %q: %v, want none", name, first)
		}
	}
}

func TestRefused(t *testing.T) {
	small := write(t, "a.tab", "a\tb\n1\t2\n3\t4\n5\t6\n")
	folder := t.TempDir()
	shut := write(t, "shut.tab", "a\tb\n1\t2\n")
	if err := os.Chmod(shut, 0); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		source Source
		limits Limits
		want   string
	}{
		{"no such file", Source{Path: filepath.Join(folder, "b.tab")}, Limits{}, "b.tab: cannot be read: no such file or directory"},
		{"a place is named as the caller says", Source{Path: filepath.Join(folder, "b.tab"), Where: "hocs/2001/b.tab"}, Limits{}, "hocs/2001/b.tab: cannot be read: no such file or directory"},
		{"a line too", Source{Path: write(t, "c.tab", "a\tb\n1\n"), Where: "hocs/2001/c.tab"}, Limits{}, "hocs/2001/c.tab:2: 1 field, want 2 fields as in the header"},
		{"no such file, of whatever extension", Source{Path: filepath.Join(folder, "b.abc")}, Limits{}, "b.abc: cannot be read: no such file or directory"},
		{"a folder, of whatever extension", Source{Path: folder, Where: "hocs"}, Limits{}, "hocs: is a folder, want a file"},
		{"a folder", Source{Path: folder, Where: "hocs", Reader: "delimited"}, Limits{}, "hocs: is a folder, want a file"},
		{"a device", Source{Path: os.DevNull, Reader: "delimited"}, Limits{}, "null: is a device, want a file"},
		{"no reader for the extension", Source{Path: write(t, "x.abc", "a")}, Limits{}, `x.abc: no reader for the extension ".abc", want .tab, .csv, .txt, .tsv, .sav, .zsav, .por, .dta, .parquet, .xpt, .xport, .sas7bdat, .xlsx, .xlsm, .ods`},
		{"no reader of the name", Source{Path: small, Reader: "delimted"}, Limits{}, `a.tab: no reader "delimted", want delimited, sav, por, dta, parquet, xpt, sas7bdat, sheet; did you mean "delimited"?`},
		{"too many bytes", Source{Path: small}, Limits{Bytes: 15}, "a.tab: 16 bytes, want at most 15"},
		{"too many columns", Source{Path: small}, Limits{Columns: 1}, "a.tab:1: 2 columns, want at most 1"},
		{"too long a line", Source{Path: small}, Limits{LineBytes: 2}, "a.tab:1: longer than 2 bytes"},
		{"too many rows", Source{Path: small}, Limits{Rows: 2}, "a.tab:4: more than 2 rows"},
		{"too many cells", Source{Path: small}, Limits{Cells: 5}, "a.tab:4: more than 5 cells in the 2 wanted columns"},
		{"no permission", Source{Path: shut}, Limits{}, "shut.tab: cannot be read: permission denied"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.name == "no permission" && os.Geteuid() == 0 {
				t.Skip("root may read everything")
			}
			e, err := Read(test.source, nil, test.limits, nil)
			if err == nil || err.Error() != test.want || e != nil {
				t.Fatalf("got  %v\nwant %s", err, test.want)
			}
			if ps, ok := err.(refusal.Problems); !ok || ps[0].Kind != refusal.Data {
				t.Errorf("got a %T, want refusal.Problems of kind data", err)
			}
		})
	}
}

// A file that grows while it is read is held to the limit too.
func TestGrowingFile(t *testing.T) {
	path := write(t, "a.tab", "a\tb\n1\t2\n")
	in, err := open(path, "a.tab", 8, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer in.file.Close()
	if err := os.WriteFile(path, []byte("a\tb\n1\t2\n3\t4\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readDelimited(input{stream: in, extension: ".tab", where: "a.tab"}, nil, DefaultLimits, nil); err == nil || err.Error() != "a.tab: more than 8 bytes" {
		t.Errorf("got %v, want more than 8 bytes refused", err)
	}
}

// The digest is of the whole file, also where a reader leaves some of it.
func TestDigestOfTheRest(t *testing.T) {
	in, err := open(write(t, "a.tab", "abc"), "a.tab", 3, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer in.file.Close()
	// SHA-256 of "abc": FIPS 180-2, appendix B.1.
	const want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if got, err := in.finish(); err != nil || got != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}

// A crosswalk may name each reader that there is, and no other.
func TestReadersAreThoseOfCrosswalks(t *testing.T) {
	names := []string{Any}
	for _, r := range readers {
		names = append(names, r.name)
	}
	if !slices.Equal(names, codebook.Readers) {
		t.Errorf("readers %q, and crosswalks may name %q", names, codebook.Readers)
	}
}

// BenchmarkRead keeps the time of reading one wave's extract, which a run over
// all waves of a survey takes as many times.
func BenchmarkRead(b *testing.B) {
	path := bcs(b)
	for _, columns := range []struct {
		name string
		want []string
	}{{"all", nil}, {"3", []string{"sex", "walkdark", "tcindwt"}}} {
		b.Run("columns="+columns.name, func(b *testing.B) {
			b.SetBytes(1_699_937)
			for b.Loop() {
				if _, err := Read(Source{Path: path}, columns.want, Limits{}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A file of half a megabyte that gives each of 5,000 variables one set of 5,000
// labels is refused, by whatever reads it, before anything is made of them.
func TestSharedLabels(t *testing.T) {
	categories := make([]codebook.Category, 5_000)
	for i := range categories {
		categories[i] = codebook.Category{Code: strconv.Itoa(i), Label: "a label"}
	}
	var columns []*table.Column
	for i := range 5_000 {
		columns = append(columns, &table.Column{Variable: codebook.Variable{Name: fmt.Sprint("v", i), Categories: categories}, Values: []float64{1}})
	}
	kept := readers
	t.Cleanup(func() { readers = kept })
	readers = []reader{{name: "many", extensions: []string{".many"}, read: func(_ input, want []string, _ Limits, each batches) (*contents, error) {
		made := table.New(1, columns...)
		if want != nil {
			made = table.New(1, columns[:len(want)]...)
		}
		if each != nil {
			if err := each(made); err != nil {
				return nil, err
			}
		}
		return &contents{table: made}, nil
	}}}
	s := Source{Path: write(t, "a.many", "x")}
	const want = `a.many: 25000000 value labels of 5000 variables, want at most 2000000 in all`
	_, read := Read(s, nil, Limits{}, nil)
	_, described := Describe(s, nil, Limits{}, nil)
	_, converted := Convert(s, filepath.Join(t.TempDir(), "a.parquet"), Conversion{}, Limits{}, nil)
	for _, err := range []error{read, described, converted} {
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := Read(s, make([]string, 50), Limits{}, nil); err != nil {
		t.Errorf("50 variables of them: %v", err)
	}
}

// Infinity, which some writers leave in an SPSS file, would come back from CSV
// as text: its variable is left out, or refused where it is named.
func TestConvertInfinite(t *testing.T) {
	kept := readers
	t.Cleanup(func() { readers = kept })
	readers = []reader{{name: "odd", extensions: []string{".odd"}, read: func(_ input, want []string, _ Limits, each batches) (*contents, error) {
		is := table.Wanted(want)
		var columns []*table.Column
		for _, name := range []string{"x", "y"} {
			if is(name) {
				columns = append(columns, &table.Column{Variable: codebook.Variable{Name: name}, Values: []float64{1}})
			}
		}
		for range 2 {
			if err := each(table.New(1, columns...)); err != nil {
				return nil, err
			}
			if len(columns) > 0 && columns[0].Variable.Name == "x" {
				columns[0].Values[0] = math.Inf(-1)
			}
		}
		for _, c := range columns {
			c.Values = []float64{}
		}
		return &contents{table: table.New(0, columns...), names: []string{"x", "y"}}, nil
	}}}
	for _, name := range []string{"a.csv", "a.parquet"} {
		path, out := write(t, "a.odd", "x"), filepath.Join(t.TempDir(), name)
		_, err := Convert(Source{Path: path}, out, Conversion{Choice: Choice{Names: []string{"x"}}}, Limits{}, nil)
		if want := `a.odd: variable "x": row 2 is infinite, want a finite number`; err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%s is there after the refusal", name)
		}
		e, err := Convert(Source{Path: path}, out, Conversion{}, Limits{}, nil)
		if want := `variable "x" is left out, because it cannot be read: row 2 is infinite, want a finite number`; err != nil || !slices.Equal(e.About.Notes, []string{want}) {
			t.Errorf("%s: %v, %v, want a note %s", name, e, err, want)
		}
	}
}
