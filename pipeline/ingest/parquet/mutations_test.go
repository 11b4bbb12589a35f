package parquet

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/hostile"
	"togetherwecan/pipeline/table"
)

// TestMutations reads mutations of files, of their footers, and of the codebook
// in their metadata.
func TestMutations(t *testing.T) {
	hostile.Mutations(t, fileTarget(t), footerTarget(t), codebookTarget(t))
}

// tested is this package to the tests of any reader, within limits.
func tested(limits Limits) hostile.Reader[File] {
	return hostile.Reader[File]{
		Read: func(data []byte, want []string) (*File, error) { return read(data, limits, want...) },
		Scan: func(data []byte, want []string, batch int, each func(*table.Table) error) (*File, error) {
			rows := func(columns int) int { return cmp.Or(batch, table.BatchRows(columns)) }
			return scanned(bytes.NewReader(data), int64(len(data)), "f", nil, want, limits, rows, false, each)
		},
		Parts: func(f *File) (*table.Table, []string) { return f.Table, f.Names },
		Sound: sound,
	}
}

// sound returns what is not true of an answer and should be of any.
func sound(f *File, err error) error {
	if err != nil {
		return hostile.Refused(f != nil, err, "", "f: variable ")
	}
	if f.Table.Rows == 0 || len(f.Table.Columns) > len(f.Names) {
		return fmt.Errorf("%d rows of %d columns and %d names", f.Table.Rows, len(f.Table.Columns), len(f.Names))
	}
	for _, c := range f.Table.Columns {
		if len(c.Values)+len(c.Text) != f.Table.Rows || c.Tags != nil && len(c.Tags) != f.Table.Rows || !utf8.ValidString(c.Variable.Name) {
			return fmt.Errorf("column %q has %d numbers, %d texts and %d tags in %d rows", c.Variable.Name, len(c.Values), len(c.Text), len(c.Tags), f.Table.Rows)
		}
		for row, text := range c.Text {
			if !utf8.ValidString(text) {
				return fmt.Errorf("%q row %d is %q", c.Variable.Name, row+1, text)
			}
		}
	}
	return hostile.Numbers(f.Table)
}

// most are limits beyond any of the mutations.
var most = Limits{Columns: 20_000, Rows: 1 << 20, Cells: 1 << 22, TextBytes: 1 << 20}

// seedFiles are files of this writer and of another.
func seedFiles(t testing.TB) (seeds [][]byte) {
	one := table.New(2, &table.Column{Variable: codebook.Variable{Name: "a"}, Values: []float64{1, nan}})
	text := table.New(3, &table.Column{Variable: codebook.Variable{Name: "t"}, Text: []string{"x", "", "yy"}})
	for _, made := range []*table.Table{survey(), one, text} {
		seeds = append(seeds, written(t, made))
	}
	for _, k := range kinds {
		seeds = append(seeds, foreign(t, []arrow.Field{{Name: "x", Type: k.field, Nullable: true}}, func(b *array.RecordBuilder) {
			k.append(b.Field(0))
			b.Field(0).AppendNull()
		}))
	}
	return seeds
}

var tokens = []string{"PAR1", "\x15\x00", "\x15\x02", "\x15\x0c", "\x18", "\x19\x1c", "\x2c", "\xff\xff\xff\xff\x0f", "\x80\x80\x80\x80\x08", codebookKey, "schema", "\x28\xb5\x2f\xfd"}

func fileTarget(t testing.TB) hostile.Target {
	return hostile.Target{Name: "file", Few: 500, Seeds: seedFiles(t), Tokens: tokens, Check: tested(most).Check(8)}
}

const tail = 8 // bytes at the end: the footer's length and the magic

// footerTarget is the footers of files, whose length the file has right.
func footerTarget(t testing.TB) hostile.Target {
	target := hostile.Target{Name: "footer", Few: 500, Tokens: tokens}
	var before []byte
	for _, data := range seedFiles(t) {
		n := len(data) - tail - int(binary.LittleEndian.Uint32(data[len(data)-tail:]))
		if len(before) == 0 {
			before = data[:n:n]
		}
		target.Seeds = append(target.Seeds, data[n:len(data)-tail])
	}
	check := tested(most).Check(8)
	target.Check = func(footer []byte, n uint64) error {
		return check(slices.Concat(before, footer, binary.LittleEndian.AppendUint32(nil, uint32(len(footer))), []byte(magic)), n)
	}
	return target
}

// codebookTarget is the codebook in the metadata of a file, which is refused
// or read as JSON says, and never changes a number.
func codebookTarget(t testing.TB) hostile.Target {
	data := written(t, survey())
	end := len(data) - tail
	begin := end - int(binary.LittleEndian.Uint32(data[end:]))
	at := begin + bytes.Index(data[begin:], []byte(`{"variables"`))
	size, width := binary.Uvarint(data[at-2:])
	if size > uint64(end-at) || width != 2 || data[at+int(size)-1] != '}' {
		t.Fatalf("the codebook is not where a Parquet footer has it: %d bytes", size)
	}
	text := data[at : at+int(size)]
	target := hostile.Target{
		Name: "codebook", Few: 500,
		Seeds: [][]byte{
			text, []byte(`{"variables":[]}`), []byte(`{"variables":[{"name":"gor","recorded":{"missing":[{"low":null,"high":1e308}]}}]}`),
			[]byte(`{"variables":[{"name":"crimerat","tags":"crimerat_missing_"},{"name":"gor","tags":"blank"}]}`), []byte(`null`), []byte(`{}`),
		},
		Tokens: []string{`"name":`, `"tags":`, `"label":`, `"categories":[`, `"recorded":{`, `"missing":[{"low":`, `null`, `1e999`, `-1`, `"crimerat"`, `"crimerat_missing"`, `"crimerat_missing_"`, `"gor"`, `{`, `}`, `[`, `]`, `,`, `\u0000`, `\ud800`},
	}
	target.Check = func(book []byte, n uint64) error {
		made := slices.Concat(data[:at-2], binary.AppendUvarint(nil, uint64(len(book))), book, data[at+int(size):end])
		made = append(binary.LittleEndian.AppendUint32(made, uint32(len(made)-begin)), magic...)
		f, err := read(made, most)
		if broken := sound(f, err); broken != nil {
			return broken
		}
		if err != nil {
			if !json.Valid(book) || strings.Contains(err.Error(), codebookKey) || strings.Contains(err.Error(), "kind") {
				return nil
			}
			return fmt.Errorf("%s: %w", book, err)
		}
		if !json.Valid(book) {
			return fmt.Errorf("%s is read", book)
		}
		if c := f.Table.Column("crimerat"); c != nil && (c.Values[0] != 1 || c.Values[3] != 0.1 || !math.IsNaN(c.Values[1])) {
			return fmt.Errorf("%s: crimerat is %v", book, c.Values)
		}
		for _, c := range f.Table.Columns {
			for _, m := range recorded(c).Missing {
				if !(m.Low <= m.High) {
					return fmt.Errorf("%s: %q has missing values from %v to %v", book, c.Variable.Name, m.Low, m.High)
				}
			}
		}
		return nil
	}
	return target
}

func recorded(c *table.Column) codebook.Recorded {
	if r := c.Variable.Recorded; r != nil {
		return *r
	}
	return codebook.Recorded{}
}
