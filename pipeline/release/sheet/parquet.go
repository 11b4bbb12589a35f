package sheet

import (
	"bytes"
	"fmt"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// dictionaryBytes is how long a dictionary may grow: so long that a column is
// of one encoding. The library lists two in any order, and the bytes would not
// be the same twice.
const dictionaryBytes = 1 << 30

const zstdLevel = 3

// ParquetSettings are those of every Parquet file that the project writes,
// and others after them: what the library and the one that reads files back
// both get right, which is plain data pages of version 1, and no name of a
// library's version among the bytes.
func ParquetSettings(others ...parquet.WriterProperty) *parquet.WriterProperties {
	return parquet.NewWriterProperties(append([]parquet.WriterProperty{
		parquet.WithCompression(compress.Codecs.Zstd),
		parquet.WithCompressionLevel(zstdLevel),
		parquet.WithDictionaryDefault(true),
		parquet.WithDictionaryPageSizeLimit(dictionaryBytes),
		parquet.WithDataPageVersion(parquet.DataPageV1),
		parquet.WithVersion(parquet.V2_LATEST),
		parquet.WithCreatedBy("togetherwecan"),
	}, others...)...)
}

// Leaf is a column's place in the schema of a Parquet file. Every column is
// nullable there, also one that is never null: the library that reads files
// back gets no other right.
func Leaf(name string, t Type) schema.Node {
	switch t {
	case Text:
		return schema.MustPrimitive(schema.NewPrimitiveNodeLogical(name, parquet.Repetitions.Optional, schema.StringLogicalType{}, parquet.Types.ByteArray, -1, -1))
	case Number:
		return schema.NewFloat64Node(name, parquet.Repetitions.Optional, -1)
	}
	return schema.NewInt64Node(name, parquet.Repetitions.Optional, -1)
}

// A Pair is one entry of a Parquet file's metadata.
type Pair struct{ Key, Value string }

// Parquet returns a table as a Parquet file: one row group, text as
// dictionary-encoded UTF-8, numbers as plain float64, counts as int64, zstd, and the
// pairs as the file's own metadata. Equal rows and pairs give equal bytes
// under one build. It panics on the rows on which CSV does. Other settings are
// for tests of what reads the file back.
func Parquet[R any](rows []R, columns []Column[R], meta []Pair, other ...parquet.WriterProperty) ([]byte, error) {
	fields := make(schema.FieldList, len(columns))
	for i, c := range columns {
		fields[i] = Leaf(c.Name, c.Type())
	}
	root, err := schema.NewGroupNode("schema", parquet.Repetitions.Required, fields, -1)
	if err != nil {
		return nil, fmt.Errorf("parquet: %w", err)
	}
	for _, c := range columns {
		if c.Type() == Number { // mostly distinct: a dictionary makes the file larger
			other = append(other, parquet.WithDictionaryFor(c.Name, false))
		}
	}
	var out bytes.Buffer
	w := file.NewParquetWriter(&out, root, file.WithWriterProps(ParquetSettings(other...)))
	for _, p := range meta {
		if err := w.AppendKeyValueMetadata(p.Key, p.Value); err != nil {
			return nil, fmt.Errorf("parquet: metadata %s: %w", p.Key, err)
		}
	}
	group, err := w.AppendRowGroupChecked()
	if err != nil {
		return nil, fmt.Errorf("parquet: %w", err)
	}
	cells := cells{levels: make([]int16, len(rows))}
	for _, c := range columns {
		chunk, err := group.NextColumn()
		if err == nil {
			err = write(chunk, rows, c, &cells)
		}
		if err != nil {
			return nil, fmt.Errorf("parquet: column %s: %w", c.Name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("parquet: %w", err)
	}
	return out.Bytes(), nil
}

// cells are the cells of a column that are not null, and for each row whether
// it has one: level 1, or 0.
type cells struct {
	levels  []int16
	texts   []parquet.ByteArray
	numbers []float64
	counts  []int64
}

func write[R any](chunk file.ColumnChunkWriter, rows []R, c Column[R], to *cells) (err error) {
	clear(to.levels)
	switch chunk := chunk.(type) {
	case *file.ByteArrayColumnChunkWriter:
		to.texts = to.texts[:0]
		last, stored := "", parquet.ByteArray(nil)
		for r := range rows {
			text := *c.Text(&rows[r])
			if text == "" || text != last { // neighbours are mostly alike
				c.mustHold(rows, r)
				last, stored = text, parquet.ByteArray(text)
			}
			if text != "" {
				to.texts, to.levels[r] = append(to.texts, stored), 1
			}
		}
		_, err = chunk.WriteBatch(to.texts, to.levels, nil)
	case *file.Float64ColumnChunkWriter:
		to.numbers = to.numbers[:0]
		for r := range rows {
			c.mustHold(rows, r)
			if x := *c.Number(&rows[r]); x == x {
				to.numbers, to.levels[r] = append(to.numbers, x+0), 1 // one zero, as in the CSV
			}
		}
		_, err = chunk.WriteBatch(to.numbers, to.levels, nil)
	case *file.Int64ColumnChunkWriter:
		to.counts = to.counts[:0]
		for r := range rows {
			c.mustHold(rows, r)
			if n := *c.Count(&rows[r]); n != None {
				to.counts, to.levels[r] = append(to.counts, n), 1
			}
		}
		_, err = chunk.WriteBatch(to.counts, to.levels, nil)
	}
	if err != nil {
		return err
	}
	return chunk.Close()
}
