package parquet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/hostile"
	"togetherwecan/pipeline/table"
)

// gather puts together the batches of a scan of data in batches of this many
// rows.
func gather(data []byte, size int, limits Limits, want ...string) (whole *table.Table, f *File, err error) {
	var columns []*table.Column
	rows := 0
	f, err = scanned(bytes.NewReader(data), int64(len(data)), "f", nil, want, limits, func(int) int { return size }, false, func(t *table.Table) error {
		if t.Rows > size {
			return fmt.Errorf("a batch of %d rows, want at most %d", t.Rows, size)
		}
		for i, c := range t.Columns {
			if rows == 0 {
				columns = append(columns, &table.Column{Variable: c.Variable})
			}
			into := columns[i]
			into.Values = append(into.Values, c.Values...)
			into.Text = append(into.Text, c.Text...)
			into.Tags = append(into.Tags, c.Tags...)
			// What the reader uses again, a caller may change until it returns.
			clear(c.Values)
			clear(c.Text)
		}
		rows += t.Rows
		return nil
	})
	if err != nil {
		return nil, f, err
	}
	return table.New(rows, columns...), f, nil
}

// everything is files of several types, row groups and pages.
func everything(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{"of our own": written(t, survey())}
	var fields []arrow.Field
	for i, k := range kinds {
		fields = append(fields, arrow.Field{Name: fmt.Sprint("x", i), Type: k.field, Nullable: true})
	}
	fill := func(b *array.RecordBuilder) {
		for row := range 50 {
			for i, k := range kinds {
				if (row+i)%3 == 0 {
					b.Field(i).AppendNull()
				} else {
					k.append(b.Field(i))
				}
			}
		}
	}
	files["of one group"] = foreign(t, fields, fill)
	files["of many groups"] = foreign(t, fields, fill, parquet.WithMaxRowGroupLength(7))
	files["of small pages"] = foreign(t, fields, fill, parquet.WithDataPageSize(16), parquet.WithBatchSize(2), parquet.WithDataPageVersion(parquet.DataPageV2))
	files["without bounds"] = foreign(t, fields, fill, parquet.WithStats(false), parquet.WithDictionaryDefault(false))
	files["of deltas"] = foreign(t, fields[:2], func(b *array.RecordBuilder) {
		for range 50 {
			for i, k := range kinds[:2] {
				k.append(b.Field(i))
			}
		}
	}, parquet.WithDictionaryDefault(false), parquet.WithEncoding(parquet.Encodings.DeltaBinaryPacked))
	for name, encoding := range map[string]parquet.Encoding{"of texts' lengths": parquet.Encodings.DeltaLengthByteArray, "of texts' beginnings": parquet.Encodings.DeltaByteArray} {
		files[name] = foreign(t, []arrow.Field{{Name: "x", Type: arrow.BinaryTypes.String, Nullable: true}}, func(b *array.RecordBuilder) {
			for row := range 5000 {
				if row%7 == 0 {
					b.Field(0).AppendNull()
				} else {
					b.Field(0).(*array.StringBuilder).Append(strings.Repeat("ab", row%40) + fmt.Sprint(row))
				}
			}
		}, parquet.WithDictionaryDefault(false), parquet.WithEncoding(encoding))
	}
	paths, err := filepath.Glob(filepath.Join("..", "..", "..", "testdata", "*", "*.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if files[path], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func TestScanIsRead(t *testing.T) {
	var files []hostile.File
	for name, data := range everything(t) {
		files = append(files, hostile.File{Name: name, Data: data})
	}
	tested(Limits{Columns: 1000, Rows: 1 << 20, Cells: 1 << 24, TextBytes: 1 << 16}).ScanIsRead(t, files)
}

// A column is identifiers from its first batch on, whichever row has the one
// that makes it so, and whether the footer gives bounds or not.
func TestIdentifiersAreKnownBefore(t *testing.T) {
	const rows = 10_000
	for _, c := range []struct {
		name   string
		field  arrow.DataType
		append func(b array.Builder, row int)
		last   string
	}{
		{"signed", arrow.PrimitiveTypes.Int64, func(b array.Builder, row int) {
			b.(*array.Int64Builder).Append(map[bool]int64{true: -(1<<53 + 1), false: int64(row)}[row == rows-1])
		}, "-9007199254740993"},
		{"unsigned", arrow.PrimitiveTypes.Uint64, func(b array.Builder, row int) {
			b.(*array.Uint64Builder).Append(map[bool]uint64{true: 1<<64 - 1, false: uint64(row)}[row == rows-1])
		}, "18446744073709551615"},
		{"decimal", &arrow.Decimal128Type{Precision: 30}, func(b array.Builder, row int) {
			b.(*array.Decimal128Builder).Append(map[bool]decimal128.Num{true: decimal128.FromI64(1<<53 + 1), false: decimal128.FromI64(int64(row))}[row == rows-1])
		}, "9007199254740993"},
	} {
		for _, bounds := range []bool{true, false} {
			data := foreign(t, []arrow.Field{{Name: "id", Type: c.field}}, func(b *array.RecordBuilder) {
				for row := range rows {
					c.append(b.Field(0), row)
				}
			}, parquet.WithStats(bounds), parquet.WithMaxRowGroupLength(999))
			got, _, err := gather(data, 64, Limits{Columns: 1, Rows: rows, TextBytes: 10, Cells: rows})
			if err != nil || got.Columns[0].Text == nil || got.Columns[0].Text[0] != "0" || got.Columns[0].Text[rows-1] != c.last {
				t.Errorf("%s, bounds %v: got %v, want text up to %s", c.name, bounds, err, c.last)
			}
		}
	}
}

// Bounds that do not hold are refused, not believed.
func TestBoundsThatLie(t *testing.T) {
	data := foreign(t, []arrow.Field{{Name: "id", Type: arrow.PrimitiveTypes.Int64}}, func(b *array.RecordBuilder) {
		b.Field(0).(*array.Int64Builder).AppendValues([]int64{7, 1<<53 + 1}, nil)
	}, parquet.WithDictionaryDefault(false))
	cell, most := []byte("\x07\x00\x00\x00\x00\x00\x00\x00"), []byte("\x01\x00\x00\x00\x00\x00\x20\x00")
	cells := append(slices.Clone(cell), most...)
	at := bytes.Index(data, cells)
	data = slices.Concat(data[:at], cells, bytes.ReplaceAll(data[at+len(cells):], most, cell))
	_, err := read(data, ample)
	if want := `f: variable "id": row group 1, after row 1: an integer beyond 2^53, which the file's own bounds rule out`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestScanRefuses(t *testing.T) {
	data := foreign(t, []arrow.Field{numbers("x")}, func(b *array.RecordBuilder) {
		b.Field(0).(*array.Float64Builder).AppendValues([]float64{1, 2, 3, nan, math.Inf(1)}, nil)
	})
	_, want := read(data, ample)
	rows := 0
	_, err := scanned(bytes.NewReader(data), int64(len(data)), "f", nil, nil, ample, func(int) int { return 2 }, false, func(t *table.Table) error {
		rows += t.Rows
		return nil
	})
	if err == nil || err.Error() != want.Error() || rows != 4 {
		t.Errorf("got %v after %d rows, want %v after 4", err, rows, want)
	}
	enough := errors.New("enough")
	if f, err := Scan(bytes.NewReader(written(t, survey())), int64(len(written(t, survey()))), "f", nil, nil, ample, func(*table.Table) error { return enough }); err != enough || f != nil {
		t.Errorf("got %v, want the function's own error", err)
	}
}

// Two columns that share their bytes would be read twice from one.
func TestSharedBytes(t *testing.T) {
	data := written(t, survey())
	s := &scan{where: "f", limits: ample}
	if !s.open(bytes.NewReader(data), int64(len(data))) {
		t.Fatal(s.problems)
	}
	if s.choose(nil); s.apart(int64(len(data))) != nil {
		t.Error("columns that are apart are refused")
	}
	s.columns[1].leaf = s.columns[0].leaf
	if err := s.apart(int64(len(data))); err == nil || !strings.HasPrefix(err.Error(), "two columns have the bytes from byte 4 on") {
		t.Errorf("got %v, want that two columns share bytes", err)
	}
	if s.apart(100) == nil {
		t.Error("a chunk beyond the end of the file is not refused")
	}
}

// wave gives batches of a survey's shape, that many rows in all, to f.
func wave(rows, size int, f func(*table.Table)) {
	for from := 0; from < rows; from += size {
		n := min(size, rows-from)
		t := table.New(n)
		for i := range 60 {
			c := &table.Column{Variable: codebook.Variable{Name: fmt.Sprint("v", i)}}
			for row := from; row < from+n; row++ {
				switch {
				case i == 59:
					c.Text = append(c.Text, fmt.Sprintf("E%07d", row%500))
				case i > 56:
					c.Values = append(c.Values, 0.5+float64(row)/7)
				case row%20 == 0:
					c.Values = append(c.Values, nan)
				default:
					c.Values = append(c.Values, float64(row*(i+1)%7))
				}
				if i == 0 {
					c.Tags = append(c.Tags, map[bool]byte{true: 'a'}[row%40 == 0])
				}
			}
			t.Add(c)
		}
		f(t)
	}
}

// waveFile writes a wave in batches of a size, and in groups of this many rows
// or, for 0, of as many as it has.
func waveFile(tb testing.TB, out io.Writer, rows, size, group int) {
	var w *Writer
	var variables []codebook.Variable
	wave(rows, size, func(t *table.Table) {
		if w == nil {
			var err error
			if w, err = NewWriter(out, "f", FieldsOf(t, nil)); err != nil {
				tb.Fatal(err)
			}
			if group > 0 {
				w.whole = group
			}
			for _, c := range t.Columns {
				variables = append(variables, c.Variable)
			}
		}
		if err := w.Write(t); err != nil {
			tb.Fatal(err)
		}
	})
	if err := w.Close(variables); err != nil {
		tb.Fatal(err)
	}
}

// Pages end where they do, and groups, however the rows come.
func TestBytesDoNotDependOnBatches(t *testing.T) {
	const rows, group = 12_000, 5_000
	groups := 0
	write := func(size, cells, most int) []byte {
		var out bytes.Buffer
		w, err := NewWriter(&out, "f", []Field{{Name: "text", Text: true}, {Name: "x", Letters: true}})
		if err != nil {
			t.Fatal(err)
		}
		w.whole, w.bytes, w.text = group, cells, most
		text, x := codebook.Variable{Name: "text"}, codebook.Variable{Name: "x"}
		for from := 0; from < rows; from += size {
			texts, numbers := &table.Column{Variable: text}, &table.Column{Variable: x}
			for row := from; row < min(from+size, rows); row++ {
				texts.Text = append(texts.Text, fmt.Sprintf("%0400d", row)) // a page is 1 MiB
				numbers.Values = append(numbers.Values, []float64{1, nan, float64(row)}[row%3])
				numbers.Tags = append(numbers.Tags, []byte{0, 'b', 0}[row%3])
			}
			if err := w.Write(table.New(len(texts.Text), texts, numbers)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close([]codebook.Variable{text, x}); err != nil {
			t.Fatal(err)
		}
		groups = w.file.NumRowGroups()
		return out.Bytes()
	}
	for _, c := range []struct{ cells, text, groups int }{
		{groupBytes, groupText, 3},
		{groupBytes, 1 << 20, 6},     // of 2,048 rows: texts that are known are held twice
		{13*3072 - 1, groupText, 4},  // of 3,072
		{13*1024 - 1, groupText, 12}, // of 1,024, of which the last has 736
	} {
		want := write(rows, c.cells, c.text)
		if groups != c.groups {
			t.Errorf("groups of %d bytes, and %d of text: %d of them, want %d", c.cells, c.text, groups, c.groups)
		}
		for _, size := range []int{1, 700, stepRows, group, 7_000} {
			if !bytes.Equal(want, write(size, c.cells, c.text)) {
				t.Errorf("groups of %d bytes, and %d of text: batches of %d rows give other bytes", c.cells, c.text, size)
			}
		}
	}
}

// Memory is for a batch, pages and a row group, however many there are. The first file is not
// measured: arrow-go's decoders hold what the tests before had them take until they have another.
func TestFlat(t *testing.T) {
	written, scanned := [3]uint64{}, [3]uint64{}
	for i, rows := range []int{30_000, 30_000, 120_000} {
		path := filepath.Join(t.TempDir(), "wave.parquet")
		out, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		waveFile(t, measured{out, &written[i]}, rows, 3_000, 10_000)
		info, err := out.Stat()
		if err != nil {
			t.Fatal(err)
		}
		scanned[i] = hostile.Peak(t, 2, func(each func(*table.Table) error) error {
			_, err := Scan(out, info.Size(), "f", nil, nil, Limits{Columns: 61, Rows: rows, TextBytes: 10}, each)
			return err
		})
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
	}
	const slack = 6 << 20 // of the 44 MiB that the further rows are
	if written[2] > written[1]+slack || scanned[2] > scanned[1]+slack {
		t.Errorf("four times the rows take %d bytes to write and %d to scan, want %d and %d", written[2], scanned[2], written[1], scanned[1])
	}
}

// measured notes the most bytes in use when it is written to: as a row group
// ends, when they are the most.
type measured struct {
	io.Writer
	most *uint64
}

func (m measured) Write(p []byte) (int, error) {
	if len(p) > 1<<12 {
		*m.most = max(*m.most, hostile.Heap())
	}
	return m.Writer.Write(p)
}

func TestAbout(t *testing.T) {
	want := About{Format: "Stata, format 118", Encoding: "UTF-8", Label: "A café", Weight: "wt", Notes: []string{"one", "“two”\n"}}
	made := survey()
	var out bytes.Buffer
	w, err := NewWriter(&out, "f", FieldsOf(made, nil))
	if err != nil {
		t.Fatal(err)
	}
	w.About = want
	var variables []codebook.Variable
	for _, c := range made.Columns {
		variables = append(variables, c.Variable)
	}
	if err := errors.Join(w.Write(made), w.Close(variables)); err != nil {
		t.Fatal(err)
	}
	f, err := read(out.Bytes(), ample)
	if err != nil {
		t.Fatal(err)
	}
	_, scanned, err := gather(out.Bytes(), 3, ample)
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range []About{f.About, scanned.About} {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("want -, got +:\n%s", diff)
		}
	}
	if bytes.Contains(written(t, made), []byte(aboutKey)) {
		t.Error("a file that says nothing of itself has a key for it")
	}
	bad := bytes.ReplaceAll(out.Bytes(), []byte(`{"format":"Stata`), []byte(`["format":"Stata`))
	if _, err := read(bad, ample); err == nil || !strings.HasPrefix(err.Error(), `f: its metadata "togetherwecan.about": `) {
		t.Errorf("got %v, want that the metadata is damaged", err)
	}
}

// A letter in a column that was said to have none would be lost.
func TestLettersUnannounced(t *testing.T) {
	made := survey()
	fields := FieldsOf(made, nil)
	fields[0].Letters = false
	w, err := NewWriter(io.Discard, "f", fields)
	if err != nil {
		t.Fatal(err)
	}
	want := `f: variable "crimerat": row 2 has a kind of missing value, in a column said to have none`
	if err := w.Write(made); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// A column of which some pages have a dictionary and some have none has bytes
// that differ from run to run; see dictionaryBytes.
func TestOneEncoding(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(&out, "f", []Field{{Name: "text", Text: true}})
	if err != nil {
		t.Fatal(err)
	}
	const rows = 50_000
	c := &table.Column{Variable: codebook.Variable{Name: "text"}}
	for row := range rows {
		c.Text = append(c.Text, fmt.Sprintf("%0100d", max(0, row-rows/2)))
	}
	if err := errors.Join(w.Write(table.New(rows, c)), w.Close([]codebook.Variable{c.Variable})); err != nil {
		t.Fatal(err)
	}
	f, err := file.NewParquetReader(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := f.RowGroup(0).MetaData().ColumnChunk(0)
	if err != nil {
		t.Fatal(err)
	}
	pages := slices.DeleteFunc(chunk.EncodingStats(), func(s metadata.PageEncodingStats) bool { return s.PageType == file.PageTypeDictionaryPage })
	if len(pages) != 1 {
		t.Errorf("data pages of encodings %v, want one", pages)
	}
}
