package publish

import (
	"bytes"
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"togetherwecan/pipeline/release"
)

// createdBy is what a Parquet file's footer says of its writer. It is fixed,
// so that the name of a library's version is not part of the bytes.
const createdBy = "togetherwecan"

// dictionaryBytes is how long a dictionary may grow: so long that a column is
// of one encoding. The library lists two in any order, and the bytes would not
// be the same twice.
const dictionaryBytes = 1 << 30

// A pair is one entry of a Parquet file's metadata.
type pair struct{ key, value string }

// encodeParquet returns a table as a Parquet file: one row group, text as
// dictionary-encoded UTF-8 with "" as null, numbers as float64 with NaN as
// null, counts as int64 with release.Withheld as null, zstd, and the pairs as
// the file's own metadata. Equal rows and pairs give equal bytes under one
// build.
//
// The settings are those that the library and the one that reads the file
// back both get right: plain data pages of version 1, no encoding by column,
// and every column nullable in the schema. Other settings are for tests of
// what reads the file back.
func encodeParquet[R any](rows []R, columns []release.Column[R], meta []pair, other ...parquet.WriterProperty) ([]byte, error) {
	fields := make(schema.FieldList, len(columns))
	for i, c := range columns {
		fields[i] = leaf(c)
	}
	root, err := schema.NewGroupNode("schema", parquet.Repetitions.Required, fields, -1)
	if err != nil {
		return nil, fmt.Errorf("parquet: %w", err)
	}
	settings := append([]parquet.WriterProperty{
		parquet.WithCompression(compress.Codecs.Zstd),
		parquet.WithCompressionLevel(3),
		parquet.WithDictionaryDefault(true),
		parquet.WithDictionaryPageSizeLimit(dictionaryBytes),
		parquet.WithDataPageVersion(parquet.DataPageV1),
		parquet.WithVersion(parquet.V2_LATEST),
		parquet.WithStats(true),
		parquet.WithCreatedBy(createdBy),
	}, other...)
	var out bytes.Buffer
	w := file.NewParquetWriter(&out, root, file.WithWriterProps(parquet.NewWriterProperties(settings...)))
	for _, p := range meta {
		if err := w.AppendKeyValueMetadata(p.key, p.value); err != nil {
			return nil, fmt.Errorf("parquet: metadata %s: %w", p.key, err)
		}
	}
	group, err := w.AppendRowGroupChecked()
	if err != nil {
		return nil, fmt.Errorf("parquet: %w", err)
	}
	for _, c := range columns {
		chunk, err := group.NextColumn()
		if err == nil {
			err = writeColumn(chunk, rows, c)
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

// leaf is a column's place in the schema.
func leaf[R any](c release.Column[R]) schema.Node {
	switch {
	case c.Text != nil:
		return schema.MustPrimitive(schema.NewPrimitiveNodeLogical(c.Name, parquet.Repetitions.Optional, schema.StringLogicalType{}, parquet.Types.ByteArray, -1, -1))
	case c.Number != nil:
		return schema.NewFloat64Node(c.Name, parquet.Repetitions.Optional, -1)
	}
	return schema.NewInt64Node(c.Name, parquet.Repetitions.Optional, -1)
}

// writeColumn writes the cells of a column that are not null, and for each row
// whether it has one: level 1, or 0.
func writeColumn[R any](chunk file.ColumnChunkWriter, rows []R, c release.Column[R]) (err error) {
	levels := make([]int16, len(rows))
	switch chunk := chunk.(type) {
	case *file.ByteArrayColumnChunkWriter:
		var texts []parquet.ByteArray
		for r := range rows {
			text := *c.Text(&rows[r])
			switch {
			case text == "" && c.Key:
				panic(fmt.Sprintf("publish: row %d: null in key column %s", r+1, c.Name))
			case !utf8.ValidString(text):
				panic(fmt.Sprintf("publish: row %d, column %s: %q is not UTF-8", r+1, c.Name, text))
			case text != "":
				texts, levels[r] = append(texts, parquet.ByteArray(text)), 1
			}
		}
		_, err = chunk.WriteBatch(texts, levels, nil)
	case *file.Float64ColumnChunkWriter:
		var numbers []float64
		for r := range rows {
			if x := *c.Number(&rows[r]); !math.IsNaN(x) {
				numbers, levels[r] = append(numbers, x+0), 1 // one zero, as in the CSV
			}
		}
		_, err = chunk.WriteBatch(numbers, levels, nil)
	case *file.Int64ColumnChunkWriter:
		var counts []int64
		for r := range rows {
			if n := *c.Count(&rows[r]); n != release.Withheld {
				counts, levels[r] = append(counts, n), 1
			}
		}
		_, err = chunk.WriteBatch(counts, levels, nil)
	}
	if err != nil {
		return err
	}
	return chunk.Close()
}
