package parquet

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/calendar"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/table"
)

// A row group holds this many rows, or fewer where it has so many cells, but not fewer
// than a step for that alone; and fewer where these or their texts take as many bytes: they are held until it is whole, and then its columns written one after
// another, because what the library holds of a column that is being written is much
// more than the column's cells. What it keeps of each column of each group, until the
// file ends, is more than a thousand cells of most.
const (
	groupRows  = 1 << 18
	groupCells = 1 << 23
	groupBytes = 40 << 20
	groupText  = 24 << 20 // bytes
)

// stepRows is how many rows a column's pages grow by, and after how many of them a row
// group may end, or after as many as have so many cells. Where they end depends on these,
// and on nothing else that the caller chooses.
const (
	stepRows  = 1 << 10
	stepCells = 1 << 20
)

// A Field is what must be known of a column before its first row: its name,
// whether it is text, whether it has letters of extended missing values, and how
// its numbers count days or moments, nil for not.
type Field struct {
	Name    string
	Text    bool
	Letters bool
	Dates   *calendar.Count
}

// FieldsOf describes the columns of a table. Letters are those of which the
// table has Tags, even where they are empty. Dates are those of the formats that
// variables have, but for the named ones.
func FieldsOf(t *table.Table, undated map[string]bool) []Field {
	fields := make([]Field, len(t.Columns))
	for i, c := range t.Columns {
		fields[i] = Field{Name: c.Variable.Name, Text: c.Text != nil, Letters: c.Tags != nil}
		if r := c.Variable.Recorded; r != nil && c.Text == nil && !undated[c.Variable.Name] {
			if count, ok := calendar.Of(r.Format); ok {
				fields[i].Dates = &count
			}
		}
	}
	return fields
}

// NoDate is the error of a number in a column of dates that is none: the column is
// to be one of numbers.
type NoDate struct{ Variable string }

func (n NoDate) Error() string {
	return fmt.Sprintf("variable %q: a number that is no date", n.Variable)
}

// A Writer writes a raw table that comes in batches, in memory that does not
// grow with its rows. The bytes do not depend on how the rows are batched.
//
// Numbers are doubles, dates days or microseconds, and text UTF-8, null where
// missing, compressed with zstd. After a column with letters of extended missing values comes a column
// of those letters. The codebook and About are in the file's metadata.
type Writer struct {
	// About is what the file says of itself. Set it before Close.
	About About

	where   string
	fields  []Field
	letters []string // by field, the name of the column of its letters, or ""
	file    *file.Writer
	pending []chunk // by column of the file
	page    page
	step    int // rows after which a group may end
	whole   int // rows of a group that is full, and
	bytes   int // of cells
	text    int // bytes of text
	group   int // rows of the group that are pending
	held    int // bytes of their text
	rows    int // written, or pending
}

// NewWriter begins a file of columns. Where is how problems name the table.
func NewWriter(out io.Writer, where string, columns []Field) (*Writer, error) {
	w := &Writer{where: where, bytes: groupBytes, text: groupText, fields: columns, letters: make([]string, len(columns))}
	taken := make([]string, len(columns))
	for i, f := range columns {
		taken[i] = f.Name
	}
	var leaves schema.FieldList
	for i, f := range columns {
		leaves = append(leaves, f.leaf())
		made := chunk{dates: f.Dates}
		if f.Text {
			made.kind = ofTexts
		}
		w.pending = append(w.pending, made)
		if f.Letters {
			w.letters[i] = Free(f.Name+"_missing", taken)
			taken = append(taken, w.letters[i])
			leaves = append(leaves, sheet.Leaf(w.letters[i], sheet.Text))
			w.pending = append(w.pending, chunk{kind: ofLetters})
		}
	}
	n := max(len(leaves), 1)
	w.step, w.whole = max(1, min(stepRows, stepCells/n)), max(stepRows, min(groupRows, groupCells/n))
	root, err := schema.NewGroupNode("schema", parquet.Repetitions.Required, leaves, -1)
	if err != nil {
		return nil, fmt.Errorf("parquet: %w", err)
	}
	// A column of many distinct values is smaller without a dictionary, which
	// is found at its first page.
	fallback := make([]parquet.WriterProperty, len(leaves))
	for i, l := range leaves {
		fallback[i] = parquet.WithDictionaryCostFallbackPath(parquet.ColumnPath{l.Name()}, true)
	}
	w.file, err = file.NewParquetWriterWithError(out, root, file.WithWriterProps(sheet.ParquetSettings(fallback...)))
	if err != nil {
		return nil, fmt.Errorf("parquet: %w", err)
	}
	return w, nil
}

// Write adds the rows of a batch, whose columns are those of the writer; it
// keeps nothing of them. The error is refusal.Problems where the batch holds
// what Read would refuse, otherwise that of the output.
func (w *Writer) Write(batch *table.Table) error {
	if err := w.writable(batch); err != nil {
		return err
	}
	for from := 0; from < batch.Rows; {
		n := min(w.step-w.group%w.step, w.whole-w.group, batch.Rows-from)
		at := 0
		for i, c := range batch.Columns {
			held, ok := w.pending[at].add(c, from, n)
			if !ok {
				return NoDate{c.Variable.Name}
			}
			w.held += held
			at++
			if w.fields[i].Letters {
				w.pending[at].addLetters(c.Tags, from, n)
				at++
			}
		}
		from, w.group, w.rows = from+n, w.group+n, w.rows+n
		if w.full() {
			if err := w.flush(); err != nil {
				return fmt.Errorf("parquet: %w", err)
			}
		}
	}
	return nil
}

// full says whether the group that is pending is whole.
func (w *Writer) full() bool {
	if w.group == w.whole || w.group%w.step != 0 {
		return w.group == w.whole
	}
	size := 0
	for i := range w.pending {
		size += w.pending[i].size()
	}
	return size > w.bytes || w.held > w.text
}

// flush writes the group that is pending.
func (w *Writer) flush() error {
	group, err := w.file.AppendRowGroupChecked()
	if err != nil {
		return err
	}
	for i := range w.pending {
		column, err := group.NextColumn()
		if err == nil {
			err = w.pending[i].write(column, &w.page)
		}
		if err == nil {
			err = column.Close()
		}
		if err != nil {
			return err
		}
	}
	w.group, w.held = 0, 0
	return group.Close()
}

// Close ends the file with what its variables mean, in the columns' order.
func (w *Writer) Close(final []codebook.Variable) error {
	if len(final) != len(w.fields) {
		panic("parquet: the variables are not those of the columns")
	}
	book, err := save(final, w.letters)
	if err != nil {
		return fmt.Errorf("parquet: codebook: %w", err)
	}
	about, err := w.About.save()
	if err != nil {
		return fmt.Errorf("parquet: %w", err)
	}
	if w.group > 0 {
		if err := w.flush(); err != nil {
			return fmt.Errorf("parquet: %w", err)
		}
	}
	err = w.file.AppendKeyValueMetadata(codebookKey, book)
	if err == nil && about != "" {
		err = w.file.AppendKeyValueMetadata(aboutKey, about)
	}
	if err != nil {
		return fmt.Errorf("parquet: %w", err)
	}
	return w.file.Close()
}

// writable reports what a batch holds that Parquet cannot give back.
func (w *Writer) writable(batch *table.Table) error {
	if len(batch.Columns) != len(w.fields) {
		panic("parquet: a batch of other columns")
	}
	var ps refusal.Problems
	for i, c := range batch.Columns {
		f := w.fields[i]
		if c.Codes != nil || c.Kinds != nil || c.Variable.Name != f.Name || (c.Text != nil) != f.Text {
			panic("parquet: a harmonised table, or a batch of other columns")
		}
		at := fmt.Sprintf("%s: variable %q", w.where, f.Name)
		if row := slices.IndexFunc(c.Values, func(x float64) bool { return math.IsInf(x, 0) }); row >= 0 {
			ps.AddVariable(f.Name, "", at, "row %d is infinite, want a finite number", w.rows+row+1)
		}
		if row := slices.IndexFunc(c.Text, func(text string) bool { return !utf8.ValidString(text) }); row >= 0 {
			ps.Add(at, "row %d is not UTF-8", w.rows+row+1)
		}
		if row := slices.IndexFunc(c.Tags, func(tag byte) bool { return tag != 0 }); row >= 0 && !f.Letters {
			ps.Add(at, "row %d has a kind of missing value, in a column said to have none", w.rows+row+1)
		}
	}
	return ps.Err()
}

func (f Field) leaf() schema.Node {
	switch {
	case f.Text:
		return sheet.Leaf(f.Name, sheet.Text)
	case f.Dates == nil:
		return sheet.Leaf(f.Name, sheet.Number)
	case f.Dates.Date:
		return schema.MustPrimitive(schema.NewPrimitiveNodeLogical(f.Name, parquet.Repetitions.Optional, schema.DateLogicalType{}, parquet.Types.Int32, -1, -1))
	}
	return schema.MustPrimitive(schema.NewPrimitiveNodeLogical(f.Name, parquet.Repetitions.Optional, schema.NewTimestampLogicalType(false, schema.TimeUnitMicros), parquet.Types.Int64, -1, -1))
}

// Free returns the name, with as many underscores as keep it from being one
// that is taken.
func Free(name string, taken []string) string {
	for slices.ContainsFunc(taken, func(t string) bool { return strings.EqualFold(t, name) }) {
		name += "_"
	}
	return name
}
