package parquet

import (
	"errors"
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

// A row group holds this many rows, or fewer where the file has many columns: it
// is held, compressed, until it is whole.
const (
	groupRows  = 1 << 18
	groupCells = 1 << 23
)

// stepRows is how many rows a column's pages grow by. Where a page ends
// depends on it, and on nothing else that the caller chooses.
const stepRows = 1 << 10

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
	group   file.BufferedRowGroupWriter
	pending []chunk // by column of the file
	steps   int     // rows that are pending
	whole   int     // rows of a group that is full
	room    int     // rows that the group may still take
	rows    int     // written, or pending
}

// A chunk is cells of one column that are not yet written.
type chunk struct {
	numbers []float64
	days    []int32
	moments []int64
	texts   []parquet.ByteArray
	long    map[string]parquet.ByteArray // those of the texts that are not short, each once
	levels  []int16                      // by row, 0 where missing
}

// NewWriter begins a file of columns. Where is how problems name the table.
func NewWriter(out io.Writer, where string, columns []Field) (*Writer, error) {
	w := &Writer{where: where, fields: columns, letters: make([]string, len(columns))}
	taken := make([]string, len(columns))
	for i, f := range columns {
		taken[i] = f.Name
	}
	var leaves schema.FieldList
	for i, f := range columns {
		leaves = append(leaves, f.leaf())
		if f.Letters {
			w.letters[i] = Free(f.Name+"_missing", taken)
			taken = append(taken, w.letters[i])
			leaves = append(leaves, sheet.Leaf(w.letters[i], sheet.Text))
		}
	}
	w.pending = make([]chunk, len(leaves))
	w.whole = max(1, min(groupRows, groupCells/max(len(leaves), 1)))
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
		if w.group == nil {
			group, err := w.file.AppendBufferedRowGroupChecked()
			if err != nil {
				return fmt.Errorf("parquet: %w", err)
			}
			w.group, w.room = group, w.whole
		}
		n := min(stepRows-w.steps, w.room, batch.Rows-from)
		at := 0
		for i, c := range batch.Columns {
			if !w.pending[at].add(c, from, n, w.fields[i].Dates) {
				return NoDate{c.Variable.Name}
			}
			at++
			if w.fields[i].Letters {
				w.pending[at].addLetters(c.Tags, from, n)
				at++
			}
		}
		from, w.steps, w.room, w.rows = from+n, w.steps+n, w.room-n, w.rows+n
		if w.steps == stepRows || w.room == 0 {
			if err := w.flush(); err != nil {
				return fmt.Errorf("parquet: %w", err)
			}
		}
	}
	return nil
}

// flush writes what is pending, and ends a group that is full.
func (w *Writer) flush() error {
	for i := range w.pending {
		column, err := w.group.Column(i)
		if err == nil {
			err = w.pending[i].write(column)
		}
		if err != nil {
			return err
		}
	}
	w.steps = 0
	if w.room > 0 {
		return nil
	}
	err := w.group.Close()
	w.group = nil
	return err
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
	if w.group != nil {
		w.room = 0
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

// add takes n cells of a column, and says whether those of one of dates are dates.
func (p *chunk) add(c *table.Column, from, n int, dates *calendar.Count) bool {
	if c.Text != nil {
		for _, text := range c.Text[from : from+n] {
			p.text(text)
		}
		return true
	}
	for _, x := range c.Values[from : from+n] {
		if math.IsNaN(x) {
			p.levels = append(p.levels, 0)
			continue
		}
		p.levels = append(p.levels, 1)
		if dates == nil {
			p.numbers = append(p.numbers, x)
			continue
		}
		whole, ok := dates.Whole(x)
		switch {
		case !ok:
			return false
		case dates.Date:
			p.days = append(p.days, int32(whole))
		default:
			p.moments = append(p.moments, whole)
		}
	}
	return true
}

// addLetters takes n letters of extended missing values; a batch without any
// has no tags.
func (p *chunk) addLetters(tags []byte, from, n int) {
	for i := range n {
		if tags == nil || tags[from+i] == 0 {
			p.text("")
			continue
		}
		letter := strings.IndexByte(table.Letters, tags[from+i])
		p.text(table.Letters[letter : letter+1])
	}
}

func (p *chunk) text(text string) {
	if text == "" {
		p.levels = append(p.levels, 0)
		return
	}
	p.levels = append(p.levels, 1)
	const short = 256
	if len(text) <= short {
		p.texts = append(p.texts, parquet.ByteArray(text))
		return
	}
	one, ok := p.long[text]
	if !ok {
		if p.long == nil {
			p.long = map[string]parquet.ByteArray{}
		}
		one = parquet.ByteArray(text)
		p.long[text] = one
	}
	p.texts = append(p.texts, one)
}

// write writes the cells, and has none.
func (p *chunk) write(column file.ColumnChunkWriter) (err error) {
	switch column := column.(type) {
	case *file.Float64ColumnChunkWriter:
		_, err = column.WriteBatch(p.numbers, p.levels, nil)
	case *file.Int32ColumnChunkWriter:
		_, err = column.WriteBatch(p.days, p.levels, nil)
	case *file.Int64ColumnChunkWriter:
		_, err = column.WriteBatch(p.moments, p.levels, nil)
	case *file.ByteArrayColumnChunkWriter:
		_, err = column.WriteBatch(p.texts, p.levels, nil)
	default:
		err = errors.New("a column of another type")
	}
	clear(p.texts)
	clear(p.long)
	p.numbers, p.days, p.moments, p.texts, p.levels = p.numbers[:0], p.days[:0], p.moments[:0], p.texts[:0], p.levels[:0]
	return err
}
