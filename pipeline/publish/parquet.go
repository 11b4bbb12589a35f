package publish

import (
	"bytes"
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

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
	fields := make([]arrow.Field, len(columns))
	cells := make([]arrow.Array, len(columns))
	for i, c := range columns {
		cells[i] = encodeColumn(rows, c)
		defer cells[i].Release()
		fields[i] = arrow.Field{Name: c.Name, Type: cells[i].DataType(), Nullable: true}
	}
	schema := arrow.NewSchema(fields, nil)
	batch := array.NewRecordBatch(schema, cells, int64(len(rows)))
	defer batch.Release()

	var out bytes.Buffer
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
	w, err := pqarrow.NewFileWriter(schema, &out, parquet.NewWriterProperties(settings...),
		pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	if err != nil {
		return nil, fmt.Errorf("parquet: %w", err)
	}
	for _, p := range meta {
		if err := w.AppendKeyValueMetadata(p.key, p.value); err != nil {
			return nil, fmt.Errorf("parquet: metadata %s: %w", p.key, err)
		}
	}
	if err := w.Write(batch); err != nil {
		return nil, fmt.Errorf("parquet: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("parquet: %w", err)
	}
	return out.Bytes(), nil
}

var textType = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}

func encodeColumn[R any](rows []R, c release.Column[R]) arrow.Array {
	switch {
	case c.Text != nil:
		b := array.NewDictionaryBuilder(memory.DefaultAllocator, textType).(*array.BinaryDictionaryBuilder)
		defer b.Release()
		for r := range rows {
			text := *c.Text(&rows[r])
			switch {
			case text == "" && c.Key:
				panic(fmt.Sprintf("publish: row %d: null in key column %s", r+1, c.Name))
			case text == "":
				b.AppendNull()
			case !utf8.ValidString(text):
				panic(fmt.Sprintf("publish: row %d, column %s: %q is not UTF-8", r+1, c.Name, text))
			default:
				if err := b.AppendString(text); err != nil {
					panic("publish: " + err.Error()) // a string goes into a dictionary of strings
				}
			}
		}
		return b.NewArray()
	case c.Number != nil:
		b := array.NewFloat64Builder(memory.DefaultAllocator)
		defer b.Release()
		for r := range rows {
			if x := *c.Number(&rows[r]); math.IsNaN(x) {
				b.AppendNull()
			} else {
				b.Append(x + 0) // one zero, as in the CSV
			}
		}
		return b.NewArray()
	}
	b := array.NewInt64Builder(memory.DefaultAllocator)
	defer b.Release()
	for r := range rows {
		if n := *c.Count(&rows[r]); n == release.Withheld {
			b.AppendNull()
		} else {
			b.Append(n)
		}
	}
	return b.NewArray()
}
