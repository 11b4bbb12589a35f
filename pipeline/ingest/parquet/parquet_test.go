package parquet

import (
	"bytes"
	"flag"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/extensions"
	"github.com/apache/arrow-go/v18/arrow/float16"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

var (
	ample  = Limits{Columns: 100, Rows: 1000, Cells: 10_000, TextBytes: 1000}
	nan    = math.NaN()
	equate = cmp.Options{cmpopts.EquateNaNs(), cmpopts.IgnoreUnexported(table.Table{})}
)

// survey is a raw table with everything that a column can carry.
func survey() *table.Table {
	return table.New(4,
		&table.Column{
			Variable: codebook.Variable{
				Name: "crimerat", Label: "Crime in the area: “more”?",
				Categories: []codebook.Category{{Code: "1", Label: "a lot more"}, {Code: ".a", Label: "not asked"}},
				Recorded: &codebook.Recorded{
					Format: "F8.2", Measure: "ordinal",
					Missing: []codebook.Interval{{Low: 5, High: 5}, {Low: math.Inf(-1), High: -1}, {Low: 8.5, High: math.Inf(1)}},
				},
			},
			Values: []float64{1, nan, nan, 0.1},
			Tags:   []byte{0, 'a', 0, 0},
		},
		&table.Column{
			Variable: codebook.Variable{Name: "gor", Recorded: &codebook.Recorded{Width: 12, Texts: []string{"XX"}}},
			Text:     []string{"North East", "", " é ", "North East"},
		},
		&table.Column{Variable: codebook.Variable{Name: "crimerat_missing"}, Values: []float64{1, 2, 3, math.MaxFloat64}},
		&table.Column{Variable: codebook.Variable{Name: "blank"}, Values: []float64{nan, nan, nan, nan}},
	)
}

func written(t testing.TB, made *table.Table) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out, made, "f"); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// write writes a whole table as a Writer does.
func write(out io.Writer, t *table.Table, where string) error {
	fields := FieldsOf(t, nil)
	if err := (&Writer{where: where, fields: fields}).writable(t); err != nil {
		return err
	}
	w, err := NewWriter(out, where, fields)
	if err != nil {
		return err
	}
	if err := w.Write(t); err != nil {
		return err
	}
	variables := make([]codebook.Variable, len(t.Columns))
	for i, c := range t.Columns {
		variables[i] = c.Variable
	}
	return w.Close(variables)
}

func read(data []byte, limits Limits, want ...string) (*File, error) {
	return Read(bytes.NewReader(data), int64(len(data)), "f", want, limits)
}

func TestWhatIsWrittenReadsBack(t *testing.T) {
	data := written(t, survey())
	if !bytes.Equal(data, written(t, survey())) {
		t.Error("one table written twice differs")
	}
	f, err := read(data, ample)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(survey(), f.Table, equate); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	if diff := cmp.Diff(survey().Names(), f.Names); diff != "" {
		t.Errorf("names: want -, got +:\n%s", diff)
	}
	part, err := read(data, ample, "CRIMERAT", "absent")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(survey().Columns[:1], part.Table.Columns, equate); diff != "" || len(part.Names) != 4 {
		t.Errorf("one column of %q: want -, got +:\n%s", part.Names, diff)
	}
}

func TestRowGroups(t *testing.T) {
	values := make([]float64, groupRows+2)
	for i := range values {
		values[i] = float64(i % 7)
	}
	values[groupRows] = nan
	made := table.New(len(values), &table.Column{Variable: codebook.Variable{Name: "x"}, Values: values})
	limits := Limits{Columns: 1, Rows: len(values), Cells: int64(len(values)), TextBytes: 1}
	f, err := read(written(t, made), limits)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(made, f.Table, equate); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

// foreign returns a file that another writer made, of columns by name.
func foreign(t testing.TB, fields []arrow.Field, fill func(b *array.RecordBuilder), properties ...parquet.WriterProperty) []byte {
	t.Helper()
	sc := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, sc)
	defer b.Release()
	fill(b)
	batch := b.NewRecordBatch()
	defer batch.Release()
	var out bytes.Buffer
	w, err := pqarrow.NewFileWriter(sc, &out, parquet.NewWriterProperties(properties...), pqarrow.DefaultWriterProps())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(batch); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// kinds is one column of each type that other tools write: its first row a
// value, its second null.
var kinds = []struct {
	field  arrow.DataType
	append func(array.Builder)
	format string
	value  any // float64 or string
}{
	{arrow.PrimitiveTypes.Int8, func(b array.Builder) { b.(*array.Int8Builder).Append(-8) }, "int(bitwidth=8, issigned=true)", -8.0},
	{arrow.PrimitiveTypes.Int32, func(b array.Builder) { b.(*array.Int32Builder).Append(-9) }, "int(bitwidth=32, issigned=true)", -9.0},
	{arrow.PrimitiveTypes.Int64, func(b array.Builder) { b.(*array.Int64Builder).Append(1 << 53) }, "int(bitwidth=64, issigned=true)", 9007199254740992.0},
	{arrow.PrimitiveTypes.Int64, func(b array.Builder) { b.(*array.Int64Builder).Append(-1<<53 - 1) }, "int(bitwidth=64, issigned=true)", "-9007199254740993"},
	{arrow.PrimitiveTypes.Uint8, func(b array.Builder) { b.(*array.Uint8Builder).Append(255) }, "int(bitwidth=8, issigned=false)", 255.0},
	{arrow.PrimitiveTypes.Uint32, func(b array.Builder) { b.(*array.Uint32Builder).Append(1 << 31) }, "int(bitwidth=32, issigned=false)", 2147483648.0},
	{arrow.PrimitiveTypes.Uint64, func(b array.Builder) { b.(*array.Uint64Builder).Append(math.MaxUint64) }, "int(bitwidth=64, issigned=false)", "18446744073709551615"},
	{arrow.FixedWidthTypes.Float16, func(b array.Builder) { b.(*array.Float16Builder).Append(float16.New(-1.5)) }, "float16", -1.5},
	{arrow.PrimitiveTypes.Float32, func(b array.Builder) { b.(*array.Float32Builder).Append(0.5) }, "float", 0.5},
	{arrow.PrimitiveTypes.Float64, func(b array.Builder) { b.(*array.Float64Builder).Append(0.1) }, "double", 0.1},
	{arrow.FixedWidthTypes.Boolean, func(b array.Builder) { b.(*array.BooleanBuilder).Append(true) }, "boolean", 1.0},
	{&arrow.Decimal128Type{Precision: 9, Scale: 2}, func(b array.Builder) { b.(*array.Decimal128Builder).Append(decimal128.FromI64(-7)) }, "decimal(precision=9, scale=2)", -0.07},
	{&arrow.Decimal128Type{Precision: 38, Scale: 1}, func(b array.Builder) { b.(*array.Decimal128Builder).Append(decimal128.FromI64(12345)) }, "decimal(precision=38, scale=1)", 1234.5},
	{arrow.FixedWidthTypes.Date32, func(b array.Builder) { b.(*array.Date32Builder).Append(13_000) }, "days since 1970-01-01", 13000.0},
	{&arrow.TimestampType{Unit: arrow.Millisecond}, func(b array.Builder) { b.(*array.TimestampBuilder).Append(-1500) }, "seconds since 1970-01-01 00:00 local time", -1.5},
	{&arrow.TimestampType{Unit: arrow.Nanosecond, TimeZone: "UTC"}, func(b array.Builder) { b.(*array.TimestampBuilder).Append(1_200_000_000_250_000_000) }, "seconds since 1970-01-01 00:00 UTC", 1200000000.25},
	{arrow.FixedWidthTypes.Time32ms, func(b array.Builder) { b.(*array.Time32Builder).Append(3_600_500) }, "seconds since midnight", 3600.5},
	{arrow.FixedWidthTypes.Time64us, func(b array.Builder) { b.(*array.Time64Builder).Append(61_000_001) }, "seconds since midnight", 61.000001},
	{arrow.BinaryTypes.String, func(b array.Builder) { b.(*array.StringBuilder).Append("é 1 ") }, "string", "é 1 "},
	{arrow.BinaryTypes.LargeString, func(b array.Builder) { b.(*array.LargeStringBuilder).Append("x") }, "string", "x"},
	{arrow.BinaryTypes.String, func(b array.Builder) { b.(*array.StringBuilder).Append("   ") }, "string", ""},
	{arrow.BinaryTypes.Binary, func(b array.Builder) { b.(*array.BinaryBuilder).Append([]byte("y")) }, "byte_array", "y"},
	{&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}, func(b array.Builder) {
		if err := b.(*array.BinaryDictionaryBuilder).AppendString("Wales"); err != nil {
			panic(err)
		}
	}, "string", "Wales"},
}

func TestTypesOfOtherTools(t *testing.T) {
	var fields []arrow.Field
	for i, k := range kinds {
		fields = append(fields, arrow.Field{Name: string(rune('A' + i)), Type: k.field, Nullable: true})
	}
	fill := func(b *array.RecordBuilder) {
		for i, k := range kinds {
			k.append(b.Field(i))
			b.Field(i).AppendNull()
		}
	}
	for _, version := range []parquet.DataPageVersion{parquet.DataPageV1, parquet.DataPageV2} {
		f, err := read(foreign(t, fields, fill, parquet.WithDataPageVersion(version)), ample)
		if err != nil {
			t.Fatal(err)
		}
		for i, k := range kinds {
			c := f.Table.Columns[i]
			if got := c.Variable.Recorded.Format; got != k.format {
				t.Errorf("%s: format %q, want %q", k.field, got, k.format)
			}
			if x, number := k.value.(float64); number {
				if c.Text != nil || c.Values[0] != x || !math.IsNaN(c.Values[1]) {
					t.Errorf("%s: got %v %q, want %v and missing", k.field, c.Values, c.Text, x)
				}
			} else if c.Values != nil || c.Text[0] != k.value || c.Text[1] != "" {
				t.Errorf("%s: got %v %q, want %q and missing", k.field, c.Values, c.Text, k.value)
			}
		}
	}
}

// An identifier that a float64 would merge with its neighbour makes text of
// the whole column.
func TestIdentifiersStayApart(t *testing.T) {
	data := foreign(t, []arrow.Field{{Name: "id", Type: arrow.PrimitiveTypes.Int64}}, func(b *array.RecordBuilder) {
		b.Field(0).(*array.Int64Builder).AppendValues([]int64{7, 1<<53 + 1, 8}, nil)
	})
	f, err := read(data, ample)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"7", "9007199254740993", "8"}, f.Table.Columns[0].Text); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

func numbers(name string) arrow.Field {
	return arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Float64, Nullable: true}
}

func TestRefused(t *testing.T) {
	one := func(b *array.RecordBuilder) {
		for _, f := range b.Fields() {
			if f, ok := f.(*array.Float64Builder); ok {
				f.Append(1)
				continue
			}
			f.AppendEmptyValue()
		}
	}
	nested := []arrow.Field{
		numbers("age"),
		{Name: "Children", Type: arrow.ListOf(arrow.PrimitiveTypes.Float64), Nullable: true},
		{Name: "home", Type: arrow.StructOf(numbers("rooms"), numbers("floors")), Nullable: true},
	}
	for _, c := range []struct {
		name   string
		data   []byte
		limits Limits
		wanted []string
		want   string
	}{
		{"nested columns, each once", foreign(t, nested, one), ample, nil, "f: variable \"Children\": nested, want one value a row\nf: variable \"home\": nested, want one value a row"},
		{"a nested column that is wanted", foreign(t, nested, one), ample, []string{"children", "age"}, `f: variable "Children": nested, want one value a row`},
		{"a blank name", foreign(t, []arrow.Field{numbers("sex"), numbers(" ")}, one), ample, nil, `f: column 2 has the name " ", want one of letters`},
		{"no rows", foreign(t, []arrow.Field{numbers("sex")}, func(*array.RecordBuilder) {}), ample, nil, "f: no rows"},
		{"infinity", foreign(t, []arrow.Field{numbers("x")}, func(b *array.RecordBuilder) {
			b.Field(0).(*array.Float64Builder).AppendValues([]float64{1, math.Inf(-1)}, nil)
		}), ample, nil, `f: variable "x": row group 1, after row 1: row 2 is infinite, want a finite number`},
		{"text that is not UTF-8", foreign(t, []arrow.Field{{Name: "x", Type: arrow.BinaryTypes.Binary}}, func(b *array.RecordBuilder) {
			b.Field(0).(*array.BinaryBuilder).Append([]byte("caf\xe9"))
		}), ample, nil, `f: variable "x": row group 1, after row 0: row 1 is not UTF-8`},
		{"bytes that are nothing", foreign(t, []arrow.Field{{Name: "x", Type: &arrow.FixedSizeBinaryType{ByteWidth: 3}}}, one), ample, nil, `f: variable "x": holds fixed_len_byte_array, want text or numbers`},
		{"too many columns", written(t, survey()), Limits{Columns: 4, Rows: 4, Cells: 100, TextBytes: 100}, nil, "f: 5 columns, want at most 4"},
		{"too many rows", written(t, survey()), Limits{Columns: 5, Rows: 3, Cells: 100, TextBytes: 100}, nil, "f: more than 3 rows"},
		{"too many cells", written(t, survey()), Limits{Columns: 5, Rows: 4, Cells: 19, TextBytes: 100}, nil, "f: more than 19 cells in the 5 wanted columns"},
		{"too long a text", written(t, survey()), Limits{Columns: 5, Rows: 4, Cells: 20, TextBytes: 9}, nil, `f: variable "gor": row group 1, after row 0: row 1 has a text of 10 bytes, want at most 9`},
		{"an empty file", nil, ample, nil, "f: does not begin as Parquet does (PAR1)"},
		{"another format", []byte("sex\tage\n1\t2\n"), ample, nil, "f: does not begin as Parquet does (PAR1)"},
	} {
		f, err := read(c.data, c.limits, c.wanted...)
		if err == nil || err.Error() != c.want || f != nil {
			t.Errorf("%s: got %v\nwant %s", c.name, err, c.want)
		}
	}
}

// TestTexts: what is not UTF-8 of a column of text is replaced and told; bytes that
// the file does not say are text are text only if they are UTF-8.
func TestTexts(t *testing.T) {
	latin1, _ := codepage.Named("ISO-8859-1")
	text := foreign(t, []arrow.Field{{Name: "x", Type: arrow.BinaryTypes.String}}, func(b *array.RecordBuilder) {
		b.Field(0).(*array.StringBuilder).AppendValues([]string{"caf\xe9s", "plain", "caf\xe9s", "caf\u00e9", "cut\xc3"}, nil)
	})
	for _, c := range []struct {
		name     string
		as       *codepage.Encoding
		want     []string
		warnings []string
	}{
		{"UTF-8", nil, []string{"caf\ufffds", "plain", "caf\ufffds", "caf\u00e9", "cut"}, []string{
			`variable "x": 2 texts are not UTF-8, the first "caf\xe9s" in row 1: what has no meaning there is shown as ` + "\ufffd; if letters are wrong, name the file's encoding with --encoding",
			`variable "x": 1 text ends within a character, which is left away`,
		}},
		{"named", &latin1, []string{"caf\u00e9s", "plain", "caf\u00e9s", "caf\u00c3\u00a9", "cut\u00c3"}, nil},
	} {
		for _, each := range []func(*table.Table) error{nil, func(*table.Table) error { return nil }} {
			f, err := Scan(bytes.NewReader(text), int64(len(text)), "f", c.as, nil, ample, each)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.warnings, f.Warnings); diff != "" || each == nil && !cmp.Equal(c.want, f.Table.Columns[0].Text) {
				t.Errorf("%s: %q, warnings %s", c.name, f.Table.Columns[0].Text, diff)
			}
		}
	}
}

func TestAlike(t *testing.T) {
	data := foreign(t, []arrow.Field{numbers("sex"), numbers("age"), numbers("SEX")}, func(b *array.RecordBuilder) {
		for i := range 3 {
			b.Field(i).(*array.Float64Builder).Append(float64(i))
		}
	})
	f, err := read(data, ample, "sex_3", "age")
	if err != nil || !cmp.Equal(f.Names, []string{"sex_1", "age", "SEX_3"}) || f.Table.Column("SEX_3").Values[0] != 2 || len(f.Table.Columns) != 2 || len(f.Warnings) != 1 {
		t.Errorf("got %+v, %v", f, err)
	}
}

var update = flag.Bool("update", false, "write the files of testdata/made")

// odd is a file of which some columns cannot be read, as DuckDB, pandas and R
// write them: nested ones, a picture, infinity, an interval. A UUID is text.
func odd(t *testing.T) []byte {
	return foreign(t, []arrow.Field{
		numbers("age"),
		{Name: "children", Type: arrow.ListOf(arrow.PrimitiveTypes.Float64), Nullable: true},
		{Name: "home", Type: arrow.StructOf(numbers("rooms"), numbers("floors")), Nullable: true},
		{Name: "id", Type: extensions.NewUUIDType(), Nullable: true},
		{Name: "photo", Type: arrow.BinaryTypes.Binary, Nullable: true},
		numbers("rate"),
		{Name: "gap", Type: &arrow.FixedSizeBinaryType{ByteWidth: 12}, Nullable: true},
		{Name: "town", Type: arrow.BinaryTypes.String, Nullable: true},
	}, func(b *array.RecordBuilder) {
		for i := range 3 {
			b.Field(0).(*array.Float64Builder).Append(float64(30 + i))
			b.Field(1).AppendNull()
			b.Field(2).AppendNull()
			b.Field(3).(*extensions.UUIDBuilder).AppendBytes([16]byte{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, byte(i)})
			b.Field(4).(*array.BinaryBuilder).Append([]byte("\x89PNG\x00\xff"))
			b.Field(5).(*array.Float64Builder).Append([]float64{1, 2, math.Inf(1)}[i])
			b.Field(6).(*array.FixedSizeBinaryBuilder).Append([]byte("abcdefghijkl"))
			b.Field(7).(*array.StringBuilder).Append([]string{"Leeds", "York", "Hull"}[i])
		}
	})
}

// TestUnread: a column that cannot be read is named, so that the others can be.
func TestUnread(t *testing.T) {
	data := odd(t)
	name := filepath.Join("testdata", "made", "odd.parquet")
	if *update {
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if committed, err := os.ReadFile(name); err != nil || !bytes.Equal(committed, data) {
		t.Errorf("%s is not what the test writes: run with -update", name)
	}
	of := func(want ...string) (unread []string) {
		_, err := read(data, ample, want...)
		for _, p := range refusal.Of(err, 0) {
			unread = append(unread, p.Variable)
		}
		return unread
	}
	for _, c := range []struct{ want, unread []string }{
		{nil, []string{"children", "home"}}, // as far as the schema tells
		{[]string{"age", "gap"}, []string{"gap"}},
		{[]string{"age", "rate", "photo"}, []string{"photo", "rate"}},
		{[]string{"age", "id", "town"}, nil},
	} {
		if got := of(c.want...); !cmp.Equal(got, c.unread) {
			t.Errorf("of %q %q cannot be read, want %q", c.want, got, c.unread)
		}
	}
	f, err := read(data, ample, "id")
	if err != nil || f.Table.Columns[0].Text[2] != "01234567-89ab-cdef-fedc-ba9876543202" {
		t.Errorf("got %v, %v", f, err)
	}
	if _, err := read(data[:len(data)/2], ample); err == nil || refusal.Of(err, 0)[0].Variable != "" {
		t.Errorf("a file that is cut: %v, want no fault of a variable", err)
	}
}

// A column that is not wanted does not stand in the way of the others.
func TestNestedColumnsAside(t *testing.T) {
	data := foreign(t, []arrow.Field{numbers("age"), {Name: "Children", Type: arrow.ListOf(arrow.PrimitiveTypes.Float64), Nullable: true}, numbers("sex")}, func(b *array.RecordBuilder) {
		for i := range 3 {
			b.Field(i).AppendEmptyValue()
		}
		b.Field(0).(*array.Float64Builder).Append(30)
		b.Field(1).AppendNull()
		b.Field(2).(*array.Float64Builder).Append(2)
	})
	f, err := read(data, ample, "sex", "age")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"age", "Children", "sex"}, f.Names); diff != "" || f.Table.Column("sex").Values[1] != 2 || f.Table.Column("age").Values[1] != 30 {
		t.Errorf("names: want -, got +:\n%s", diff)
	}
}

func TestWriteRefuses(t *testing.T) {
	bad := table.New(2,
		&table.Column{Variable: codebook.Variable{Name: "x"}, Values: []float64{1, math.Inf(1)}},
		&table.Column{Variable: codebook.Variable{Name: "y"}, Text: []string{"\xff", ""}})
	var out bytes.Buffer
	err := write(&out, bad, "f")
	if want := "f: variable \"x\": row 2 is infinite, want a finite number\nf: variable \"y\": row 1 is not UTF-8"; err == nil || err.Error() != want || out.Len() > 0 {
		t.Errorf("got %v and %d bytes, want %s", err, out.Len(), want)
	}
}

// A file cut anywhere is refused, and one with a flipped bit never ends the
// program or takes long.
func TestDamaged(t *testing.T) {
	data := written(t, survey())
	for n := range data {
		if f, err := read(data[:n], ample); err == nil || f != nil {
			t.Fatalf("read of the first %d bytes of %d: no error", n, len(data))
		}
	}
	const seed = 20260301
	random := rand.New(rand.NewPCG(seed, 0))
	began := time.Now()
	refused := 0
	for range 4000 {
		bit := random.IntN(len(data) * 8)
		bad := bytes.Clone(data)
		bad[bit/8] ^= 1 << (bit % 8)
		f, err := read(bad, ample)
		if (err == nil) != (f != nil) {
			t.Fatalf("seed %d, bit %d: %v with a file %v", seed, bit, err, f != nil)
		}
		if err != nil {
			refused++
			if !strings.HasPrefix(err.Error(), "f:") {
				t.Fatalf("seed %d, bit %d: %q does not name the file", seed, bit, err)
			}
		}
	}
	if took := time.Since(began); refused < 1000 || took > time.Minute {
		t.Errorf("%d of 4000 refused in %v", refused, took)
	}
}

// FuzzParquet holds what is true of any file: no panic, limits kept, and what
// reads writes and reads back.
func FuzzParquet(f *testing.F) {
	f.Add(written(f, survey()))
	f.Add(foreign(f, []arrow.Field{numbers("age"), {Name: "c", Type: arrow.ListOf(arrow.PrimitiveTypes.Float64), Nullable: true}}, func(b *array.RecordBuilder) {
		b.Field(0).AppendNull()
		b.Field(1).AppendNull()
	}))
	for _, k := range kinds {
		f.Add(foreign(f, []arrow.Field{{Name: "x", Type: k.field, Nullable: true}}, func(b *array.RecordBuilder) {
			k.append(b.Field(0))
			b.Field(0).AppendNull()
		}))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := read(data, ample)
		if err != nil {
			if file != nil || err.Error() == "" {
				t.Fatalf("refused with a file, or without a reason: %v", err)
			}
			return
		}
		if n := len(file.Table.Columns); n > ample.Columns || file.Table.Rows > ample.Rows || int64(n*file.Table.Rows) > ample.Cells {
			t.Fatalf("%d rows of %d columns are beyond %+v", file.Table.Rows, n, ample)
		}
		again, err := read(written(t, file.Table), Limits{Columns: 2 * ample.Columns, Rows: ample.Rows, Cells: 2 * ample.Cells, TextBytes: ample.TextBytes})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(file.Table, again.Table, equate); diff != "" {
			t.Fatalf("written and read back: want -, got +:\n%s", diff)
		}
	})
}
