package parquet

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// createdBy is what the footer says of the file's writer. It is fixed, so that
// the name of a library's version is not part of the bytes.
const createdBy = "togetherwecan"

// groupRows is how many rows a row group holds.
const groupRows = 1 << 18

// Write writes a raw table, which Read then returns as it is: numbers as
// doubles and text as UTF-8, null where missing, compressed with zstd; the
// codebook in the file's metadata; and, after a column with letters of
// extended missing values, a column of those letters. Where is how problems
// name the table. The error is refusal.Problems where the table holds what
// Read would refuse, otherwise that of out.
func Write(out io.Writer, t *table.Table, where string) error {
	if err := writable(t, where); err != nil {
		return err
	}
	letters := map[*table.Column]string{}
	taken := t.Names()
	var fields schema.FieldList
	for _, c := range t.Columns {
		fields = append(fields, field(c.Variable.Name, c.Text != nil))
		if c.Tags != nil {
			letters[c] = free(c.Variable.Name+"_missing", taken)
			taken = append(taken, letters[c])
			fields = append(fields, field(letters[c], true))
		}
	}
	book, err := save(t, letters)
	if err != nil {
		return fmt.Errorf("parquet: codebook: %w", err)
	}
	root, err := schema.NewGroupNode("schema", parquet.Repetitions.Required, fields, -1)
	if err != nil {
		return fmt.Errorf("parquet: %w", err)
	}
	w, err := file.NewParquetWriterWithError(out, root, file.WithWriterProps(parquet.NewWriterProperties(
		parquet.WithCompression(compress.Codecs.Zstd),
		parquet.WithCompressionLevel(3),
		parquet.WithDictionaryDefault(true),
		parquet.WithDataPageVersion(parquet.DataPageV1),
		parquet.WithVersion(parquet.V2_LATEST),
		parquet.WithCreatedBy(createdBy),
	)))
	if err != nil {
		return fmt.Errorf("parquet: %w", err)
	}
	if err := w.AppendKeyValueMetadata(codebookKey, book); err != nil {
		return fmt.Errorf("parquet: %w", err)
	}
	for from := 0; from < t.Rows; from += groupRows {
		if err := writeGroup(w, t, from, min(from+groupRows, t.Rows)); err != nil {
			return fmt.Errorf("parquet: %w", err)
		}
	}
	return w.Close()
}

// writable reports what a column holds that Parquet cannot give back.
func writable(t *table.Table, where string) error {
	var ps refusal.Problems
	for _, c := range t.Columns {
		at := fmt.Sprintf("%s: variable %q", where, c.Variable.Name)
		if c.Codes != nil || c.Kinds != nil {
			panic("parquet: a harmonised table")
		}
		if row := slices.IndexFunc(c.Values, func(x float64) bool { return math.IsInf(x, 0) }); row >= 0 {
			ps.Add(at, "row %d is infinite, want a finite number", row+1)
		}
		if row := slices.IndexFunc(c.Text, func(text string) bool { return !utf8.ValidString(text) }); row >= 0 {
			ps.Add(at, "row %d is not UTF-8", row+1)
		}
	}
	return ps.Err()
}

func field(name string, text bool) schema.Node {
	if text {
		return schema.MustPrimitive(schema.NewPrimitiveNodeLogical(name, parquet.Repetitions.Optional, schema.StringLogicalType{}, parquet.Types.ByteArray, -1, -1))
	}
	return schema.NewFloat64Node(name, parquet.Repetitions.Optional, -1)
}

// free returns the name, with as many underscores as keep it from being one
// that is taken.
func free(name string, taken []string) string {
	for slices.ContainsFunc(taken, func(t string) bool { return strings.EqualFold(t, name) }) {
		name += "_"
	}
	return name
}

func writeGroup(w *file.Writer, t *table.Table, from, to int) error {
	group, err := w.AppendRowGroupChecked()
	if err != nil {
		return err
	}
	for _, c := range t.Columns {
		if c.Text != nil {
			err = writeTexts(group, from, to, func(row int) string { return c.Text[row] })
		} else {
			err = writeNumbers(group, c.Values[from:to])
		}
		if err == nil && c.Tags != nil {
			err = writeTexts(group, from, to, func(row int) string { return letter(c.Tags[row]) })
		}
		if err != nil {
			return fmt.Errorf("variable %q: %w", c.Variable.Name, err)
		}
	}
	return group.Close()
}

func letter(tag byte) string {
	if tag == 0 {
		return ""
	}
	return string(rune(tag))
}

func writeNumbers(group file.SerialRowGroupWriter, cells []float64) error {
	values := make([]float64, 0, len(cells))
	levels := make([]int16, len(cells))
	for i, x := range cells {
		if !math.IsNaN(x) {
			values = append(values, x)
			levels[i] = 1
		}
	}
	return writeChunk(group, values, levels)
}

func writeTexts(group file.SerialRowGroupWriter, from, to int, text func(row int) string) error {
	var values []parquet.ByteArray
	levels := make([]int16, to-from)
	for i := range levels {
		if s := text(from + i); s != "" {
			values = append(values, parquet.ByteArray(s))
			levels[i] = 1
		}
	}
	return writeChunk(group, values, levels)
}

func writeChunk[T any](group file.SerialRowGroupWriter, values []T, levels []int16) error {
	chunk, err := group.NextColumn()
	if err != nil {
		return err
	}
	typed := chunk.(interface {
		WriteBatch(values []T, defLevels, repLevels []int16) (int64, error)
	})
	if _, err := typed.WriteBatch(values, levels, nil); err != nil {
		return err
	}
	return chunk.Close()
}
