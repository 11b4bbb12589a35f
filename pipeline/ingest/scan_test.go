package ingest

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/description"
	"togetherwecan/pipeline/table"
)

// everyFile is the committed files of each format, those of the teaching
// survey if it is there, and one of several batches.
func everyFile(t *testing.T) []string {
	t.Helper()
	var paths []string
	for _, pattern := range []string{"sav/testdata/*/*.sav", "sav/testdata/*/*.zsav", "por/testdata/*/*.por", "dta/testdata/*/*.dta"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	if len(paths) < 100 {
		t.Fatalf("%d files of the corpus, want at least 100", len(paths))
	}
	return append(paths, severalBatches(t), severalBatchesAsParquet(t))
}

// severalBatches is a file of so many rows of 3 columns that they come in more
// than one batch.
func severalBatches(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	text.WriteString("code\tamount\tname\n")
	for row := range 2*table.BatchRows(3) + 1 {
		fmt.Fprintf(&text, "%d\t%v\t%s\n", row%7, float64(row)/8, []string{"Wales", " ", "London \u00e9"}[row%3])
	}
	return write(t, "long.tab", text.String())
}

func severalBatchesAsParquet(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "long.parquet")
	if _, err := Convert(Source{Path: severalBatches(t)}, path, Conversion{}, Limits{}, nil); err != nil {
		t.Fatal(err)
	}
	return path
}

// gather puts the batches of a scan together. What a scan gives is overwritten,
// as it may be once the call is over.
func gather(path string) (*Extract, error) {
	var columns []*table.Column
	rows := 0
	e, err := Scan(Source{Path: path}, nil, Limits{}, nil, func(batch *table.Table) error {
		for i, c := range batch.Columns {
			if len(columns) == i {
				columns = append(columns, &table.Column{})
			}
			g := columns[i]
			if c.Tags != nil && g.Tags == nil {
				g.Tags = make([]byte, rows)
			}
			g.Values, g.Text = append(g.Values, c.Values...), append(g.Text, c.Text...)
			if c.Tags != nil {
				g.Tags = append(g.Tags, c.Tags...)
			} else if g.Tags != nil {
				g.Tags = append(g.Tags, make([]byte, batch.Rows)...)
			}
			for j := range c.Values {
				c.Values[j] = -1
			}
			for j := range c.Text {
				c.Text[j] = "used again"
			}
			for j := range c.Tags {
				c.Tags[j] = 'q'
			}
		}
		rows += batch.Rows
		return nil
	})
	if err != nil {
		return nil, err
	}
	if e.Table.Rows != 0 || rows != e.Rows {
		return nil, fmt.Errorf("a table of %d rows, want 0; %d rows in all, and %d in batches", e.Table.Rows, e.Rows, rows)
	}
	made := table.New(rows)
	for i, c := range e.Table.Columns {
		g := &table.Column{Values: c.Values, Text: c.Text}
		if i < len(columns) {
			g = columns[i]
		}
		if !bytes.ContainsFunc(g.Tags, func(tag rune) bool { return tag != 0 }) {
			g.Tags = nil
		}
		g.Variable = c.Variable
		made.Add(g)
	}
	e.Table = made
	return e, nil
}

func TestScanGivesWhatReadGives(t *testing.T) {
	for _, path := range everyFile(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			want, errRead := Read(Source{Path: path}, nil, Limits{}, nil)
			got, err := gather(path)
			if fmt.Sprint(err) != fmt.Sprint(errRead) {
				t.Fatalf("got %v, want %v", err, errRead)
			}
			if err != nil {
				return
			}
			for _, c := range want.Table.Columns {
				if !bytes.ContainsFunc(c.Tags, func(tag rune) bool { return tag != 0 }) {
					c.Tags = nil
				}
			}
			sameTable(t, want.Table, got.Table)
			want.Table, got.Table, want.line, got.line = nil, nil, nil, nil
			if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Extract{})); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}

// A description in batches is that of the whole table.
func TestDescribeIsOfWhatIsRead(t *testing.T) {
	for _, path := range everyFile(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			e, errRead := Read(Source{Path: path}, nil, Limits{}, nil)
			d, err := Describe(Source{Path: path}, nil, Limits{}, nil)
			if fmt.Sprint(err) != fmt.Sprint(errRead) {
				t.Fatalf("got %v, want %v", err, errRead)
			}
			if err != nil {
				return
			}
			if d.Rows != e.Rows || d.SHA256 != e.SHA256 || len(d.Variables) != len(e.Table.Columns) {
				t.Fatalf("%d rows of %d variables, %s", d.Rows, len(d.Variables), d.SHA256)
			}
			for i, c := range e.Table.Columns {
				want := plainly(c)
				want.Notes = append(slices.Clone(e.About.Variables[want.Name]), want.Notes...)
				want.Earliest, want.Latest = Date(want.Recorded.Format, want.Min), Date(want.Recorded.Format, want.Max)
				if strings.EqualFold(want.Name, e.About.Weight) {
					want.Weight = "the file is weighted by it"
				}
				if diff := cmp.Diff(want, d.Variables[i], cmpopts.EquateNaNs(), cmpopts.EquateApprox(1e-12, 0), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("%s: counted -, described +:\n%s", c.Variable.Name, diff)
				}
			}
		})
	}
}

// What is written is what is read: CSV as the standard library writes it, and
// Parquet as it was.
func TestConvertInBatches(t *testing.T) {
	folder := t.TempDir()
	for i, path := range everyFile(t) {
		if i%3 != 0 && strings.Contains(path, "testdata") {
			continue // the readers' own tests see every file
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			e, errRead := Read(Source{Path: path}, nil, Limits{}, nil)
			out := filepath.Join(folder, fmt.Sprint(i))
			if errRead != nil {
				if _, err := Convert(Source{Path: path}, out+".csv", Conversion{}, Limits{}, nil); fmt.Sprint(err) != fmt.Sprint(errRead) {
					t.Fatalf("got %v, want %v", err, errRead)
				}
				return
			}
			if _, err := Convert(Source{Path: path}, out+".csv", Conversion{}, Limits{}, nil); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(out + ".csv")
			if err != nil {
				t.Fatal(err)
			}
			if want := plainCSV(t, e.Table); !bytes.Equal(got, want) {
				t.Errorf("CSV: %s", cmp.Diff(string(want), string(got)))
			}
			if e.Rows == 0 {
				return // which the reader of Parquet refuses
			}
			if _, err := Convert(Source{Path: path}, out+".parquet", Conversion{}, Limits{}, nil); err != nil {
				t.Fatal(err)
			}
			back := readFile(t, out+".parquet")
			for i, c := range e.Table.Columns {
				if c.Variable.Recorded == nil {
					e.Table.Columns[i].Variable.Recorded = back.Table.Columns[i].Variable.Recorded
				}
			}
			sameTable(t, e.Table, back.Table)
			if a := back.About; a.Origin != origin(e) || a.Label != e.About.Label || a.Weight != e.About.Weight || a.Encoding != e.About.Encoding || !cmp.Equal(a.Notes, e.About.Notes, cmpopts.EquateEmpty()) {
				t.Errorf("got %+v, want the facts %+v", a, e.About)
			}
		})
	}
}

func origin(e *Extract) string {
	if e.About.Origin != "" {
		return e.About.Origin
	}
	return e.About.Format
}

func plainCSV(t *testing.T, from *table.Table) []byte {
	t.Helper()
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	if err := w.Write(from.Names()); err != nil {
		t.Fatal(err)
	}
	cells := make([]string, len(from.Columns))
	for row := range from.Rows {
		for i, c := range from.Columns {
			switch r := c.Variable.Recorded; {
			case c.Text != nil && r.DeclaresText(c.Text[row]), c.Text == nil && r.DeclaresNumber(c.Values[row]):
				cells[i] = ""
			case c.Text != nil:
				cells[i] = c.Text[row]
			case r != nil && !math.IsNaN(c.Values[row]) && isoDate(r.Format, c.Values[row]) != "":
				cells[i] = isoDate(r.Format, c.Values[row])
			case math.IsNaN(c.Values[row]):
				cells[i] = c.Tag(row)
			case math.Abs(c.Values[row]) >= 1e15 || c.Values[row] != 0 && math.Abs(c.Values[row]) < 1e-5:
				cells[i] = strconv.FormatFloat(c.Values[row], 'E', -1, 64)
			default:
				cells[i] = strconv.FormatFloat(c.Values[row]+0, 'f', -1, 64)
			}
		}
		if err := w.Write(cells); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	return out.Bytes()
}

// An error of the caller ends the scan and is returned as it is.
func TestScanStops(t *testing.T) {
	stop := errors.New("enough")
	for _, path := range []string{severalBatches(t), severalBatchesAsParquet(t), "dta/testdata/haven/many_v14.dta"} {
		calls := 0
		e, err := Scan(Source{Path: path}, nil, Limits{}, nil, func(*table.Table) error { calls++; return stop })
		if e != nil || err != stop || calls != 1 {
			t.Errorf("%s: %v, %v after %d calls; want the error of the first as it is", path, e, err, calls)
		}
	}
}

// A file that is written while it is read is refused, whatever of it was given
// and whatever its time says.
func TestScanOfAChangedFile(t *testing.T) {
	for name, change := range map[string]func(text []byte) []byte{
		"a cell already given": func(text []byte) []byte { return bytes.Replace(text, []byte("\n0\t0\t"), []byte("\n5\t0\t"), 1) },
		"a row more":           func(text []byte) []byte { return append(text, "1\t1\tWales\n"...) },
	} {
		path := severalBatches(t)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		in, err := open(path, "long.tab", 1<<30, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer in.file.Close()
		in.passes = 2
		passes := twice{in}
		read := func() error {
			buffer := make([]byte, 1000)
			for at := int64(0); at < int64(len(text)); {
				n, err := passes.ReadAt(buffer[:min(len(buffer), len(text)-int(at))], at)
				if err != nil {
					return err
				}
				at += int64(n)
			}
			return nil
		}
		if err := read(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, change(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, in.opened.ModTime(), in.opened.ModTime()); err != nil {
			t.Fatal(err)
		}
		err = read()
		if err == nil {
			_, err = in.finish()
		}
		if err == nil || err.Error() != "long.tab: changed while it was read" {
			t.Errorf("%s: got %v, want the change refused", name, err)
		}
	}
}

// Progress goes up to its total, over all passes, and never back.
func TestProgressOfPasses(t *testing.T) {
	path := severalBatches(t)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		work   func(progress func(done, total int64)) error
		passes int64
	}{
		{"a scan of lines, two passes", func(progress func(done, total int64)) error {
			_, err := Scan(Source{Path: path}, nil, Limits{}, progress, func(*table.Table) error { return nil })
			return err
		}, 2},
		{"a description", func(progress func(done, total int64)) error {
			_, err := Describe(Source{Path: path}, nil, Limits{}, progress)
			return err
		}, 2},
		{"a conversion", func(progress func(done, total int64)) error {
			_, err := Convert(Source{Path: path}, filepath.Join(t.TempDir(), "a.csv"), Conversion{}, Limits{}, progress)
			return err
		}, 2},
	} {
		var last, total int64
		err := test.work(func(done, of int64) {
			if done < last {
				t.Errorf("%s: from %d to %d bytes", test.name, last, done)
			}
			last, total = done, of
		})
		if err != nil || last != test.passes*info.Size() || total != last {
			t.Errorf("%s: %v, ended at %d of %d, want %d", test.name, err, last, total, test.passes*info.Size())
		}
	}
}

// Every number that CSV has in short form reads back, and is as short as can be.
func TestAppendNumber(t *testing.T) {
	numbers := []float64{0.1, 0.3, 1.0001, -1.5, 99.99, 123456.7891, -0.0001, 0.00005, 1e14 + .5, 99999999999.9999, 0.1 + 0.2, 1. / 3, 1e-5, 1e15 - 1, -1e15, 9, 10, -1}
	for i := range 20_000 {
		numbers = append(numbers, float64(i)/1e4, -float64(i*7919)/1e4, float64(i)/1e3+1e9, float64(i)*math.Pi)
	}
	for _, x := range numbers {
		want := strconv.FormatFloat(x+0, 'f', -1, 64)
		if size := math.Abs(x); size >= 1e15 || size < 1e-5 && size > 0 {
			want = strconv.FormatFloat(x, 'E', -1, 64)
		}
		if got := string(appendNumber(nil, x)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// Texts are quoted as the standard library quotes them.
func TestAppendText(t *testing.T) {
	for _, text := range []string{"", "plain", "a,b", `say "hi"`, `"`, `""`, "two\nlines", "two\r\nlines", "\r", " led", "\u00a0led", "\tled", `\.`, `\.x`, "caf\u00e9", "trailed "} {
		var want bytes.Buffer
		w := csv.NewWriter(&want)
		if err := w.Write([]string{text, ""}); err != nil {
			t.Fatal(err)
		}
		w.Flush()
		if got := string(appendText(nil, text)) + ",\n"; got != want.String() {
			t.Errorf("%q: got %q, want %q", text, got, want.String())
		}
	}
}

// The archive's dictionary is known before the first batch.
func TestDictionaryInBatches(t *testing.T) {
	path := write(t, "a.tab", "sex\tage\n1\t30\n")
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "a.rtf"), []byte(rtf), 0o600); err != nil {
		t.Fatal(err)
	}
	label := ""
	e, err := Scan(Source{Path: path}, nil, Limits{}, nil, func(batch *table.Table) error {
		label = batch.Column("sex").Variable.Label
		return nil
	})
	if err != nil || label != "Sex" || e.Table.Column("sex").Variable.Label != "Sex" || e.About.Dictionary != "a.rtf" {
		t.Errorf("%v: label %q in the batch, %+v", err, label, e)
	}
}

// Where a code of many has its label after the rows, and is none that is always
// counted, the file is read again for it; where it cannot occur, it is not.
func TestDescribeReadsAgain(t *testing.T) {
	kept := readers
	t.Cleanup(func() { readers = kept })
	for _, test := range []struct {
		name   string
		code   string
		count  int
		passes int
	}{
		{"a large code", "5007", 3, 2},
		{"a small code", "7", 0, 1},
		{"a code beyond all", "9000", 0, 1},
	} {
		passes := 0
		labels := codebook.Variable{Name: "income", Categories: []codebook.Category{{Code: test.code, Label: "refused"}}}
		readers = append(slices.Clone(kept), reader{name: "late", extensions: []string{".late"}, read: func(in input, _ []string, _ Limits, each batches) (*contents, error) {
			passes++
			for range 3 {
				values := make([]float64, 2*description.MostCodes)
				for i := range values {
					values[i] = 5000 + float64(i)
				}
				if err := each(table.New(len(values), &table.Column{Variable: codebook.Variable{Name: "income"}, Values: values})); err != nil {
					return nil, err
				}
			}
			return &contents{table: table.New(0, &table.Column{Variable: labels, Values: []float64{}}), names: []string{"income"}}, nil
		}})
		d, err := Describe(Source{Path: write(t, "a.late", "x")}, nil, Limits{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]description.Code{coded(test.code, "refused", test.count, false)}, d.Variables[0].Codes); diff != "" || passes != test.passes || d.Variables[0].Present != 6*description.MostCodes {
			t.Errorf("%s: %d passes, want %d; %d present; want -, got +:\n%s", test.name, passes, test.passes, d.Variables[0].Present, diff)
		}
	}
}
