package publish

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/apache/thrift/lib/go/thrift"
	"github.com/xitongsys/parquet-go/parquet"

	"togetherwecan/pipeline/release/sheet"
)

// A Parquet file says of many things how large they are. The library makes room for
// whatever that is, so that none may be larger than the file can hold of it.
const (
	magic     = "PAR1"
	mostBytes = 1 << 20 // of a footer, or of a page's header; 20 kB are common
)

// readBack reads a Parquet file, given as its bytes, with a library that shares
// no code with the one that wrote it but for what undoes zstd, and returns an error
// unless it holds exactly the rows: the same columns in the same order, as many rows,
// and every cell equal. Floats are compared by their bits. meta, where it is not nil,
// must be the file's metadata.
//
// The library panics on what it cannot read, which is an error here. It is asked
// for structures, pages and what is in them, run by run: its readers of files and
// columns believe every size that they are told, make every cell of a page, and the
// levels that say which are null, a value on the heap several times over, and call a
// page that they cannot read the end of the column.
func readBack[R any](data []byte, rows []R, columns []sheet.Column[R], meta []sheet.Pair) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("the second library cannot read it: %v", fault)
		}
	}()
	footer, err := readFooter(data)
	if err != nil {
		return fmt.Errorf("the second library cannot read it: %w", err)
	}
	if err := holdSchema(footer, rows, columns); err != nil {
		return err
	}
	if meta != nil {
		found := map[string]string{}
		for _, kv := range footer.KeyValueMetadata {
			found[kv.Key] = kv.GetValue()
		}
		for _, p := range meta {
			if got, ok := found[p.Key]; !ok || got != p.Value {
				return fmt.Errorf("metadata %s is %q, want %q", p.Key, got, p.Value)
			}
		}
	}
	for _, c := range columns {
		if err := compareColumn(data, footer, rows, c); err != nil {
			return fmt.Errorf("column %s%w", c.Name, err)
		}
	}
	return nil
}

// readFooter reads what a file says of itself.
func readFooter(data []byte) (*parquet.FileMetaData, error) {
	const ends = 4 + len(magic) // the footer's length, and the mark
	body := len(data) - ends
	if body < len(magic) || string(data[:len(magic)]) != magic || string(data[len(data)-len(magic):]) != magic {
		return nil, errors.New("no Parquet file: it does not begin and end with " + magic)
	}
	size := int64(binary.LittleEndian.Uint32(data[body:]))
	if room := int64(min(body-len(magic), mostBytes)); size > room {
		return nil, fmt.Errorf("a footer of %d bytes, want %d at most", size, room)
	}
	footer := parquet.NewFileMetaData()
	_, err := decode(data[body-int(size):body], footer)
	return footer, err
}

// decode reads a structure from the beginning of data, and returns what is behind it.
func decode(data []byte, to interface {
	Read(context.Context, thrift.TProtocol) error
},
) ([]byte, error) {
	from := &thrift.TMemoryBuffer{Buffer: bytes.NewBuffer(data)}
	room := &thrift.TConfiguration{MaxMessageSize: int32(min(len(data), mostBytes))}
	err := to.Read(context.Background(), thrift.NewTCompactProtocolConf(from, room))
	return from.Bytes(), err
}

// holdSchema holds the columns that a footer tells of, and how many rows there are.
func holdSchema[R any](footer *parquet.FileMetaData, rows []R, columns []sheet.Column[R]) error {
	if got, want := len(footer.Schema)-1, len(columns); got != want {
		return fmt.Errorf("%d columns, want %d", got, want)
	}
	if got, want := footer.Schema[0].GetNumChildren(), int32(len(columns)); got != want {
		return fmt.Errorf("%d columns side by side, want %d", got, want)
	}
	if got, want := footer.NumRows, int64(len(rows)); got != want {
		return fmt.Errorf("%d rows, want %d", got, want)
	}
	for i, c := range columns {
		leaf := footer.Schema[i+1]
		if leaf.Name != c.Name {
			return fmt.Errorf("column %d is %q, want %q", i+1, leaf.Name, c.Name)
		}
		if want := types[c.Type()]; leaf.GetNumChildren() != 0 || leaf.GetType() != want {
			return fmt.Errorf("column %s is of type %v, want %v", c.Name, leaf.GetType(), want)
		}
		if leaf.GetRepetitionType() == parquet.FieldRepetitionType_REPEATED {
			return fmt.Errorf("column %s has lists of cells, want cells", c.Name)
		}
	}
	return nil
}

// types are those of the format, by ours.
var types = map[sheet.Type]parquet.Type{sheet.Text: parquet.Type_BYTE_ARRAY, sheet.Number: parquet.Type_DOUBLE, sheet.Count: parquet.Type_INT64}

// compareColumn holds a column of the file against the rows. Its errors go on from
// the column's name.
func compareColumn[R any](data []byte, footer *parquet.FileMetaData, rows []R, c sheet.Column[R]) error {
	done, room := 0, roomOf(rows, c)
	for _, group := range footer.RowGroups {
		chunk := chunkOf(group, c.Name)
		if chunk == nil {
			return errors.New(": a row group is without it")
		}
		offset := chunk.DataPageOffset
		if chunk.DictionaryPageOffset != nil {
			offset = *chunk.DictionaryPageOffset
		}
		switch size := chunk.TotalCompressedSize; {
		case chunk.Type != types[c.Type()] || chunk.Codec != parquet.CompressionCodec_ZSTD:
			return fmt.Errorf(": %v, compressed by %v, want %v by %v", chunk.Type, chunk.Codec, types[c.Type()], parquet.CompressionCodec_ZSTD)
		case offset < 0 || size < 0 || offset > int64(len(data)) || size > int64(len(data))-offset:
			return fmt.Errorf(": %d bytes from byte %d on, and the file has %d", size, offset, len(data))
		case chunk.NumValues < 0 || chunk.NumValues > int64(len(rows)-done):
			return fmt.Errorf(": %d values, want %d", chunk.NumValues, len(rows)-done)
		}
		levels := int32(1)
		for _, leaf := range footer.Schema {
			if leaf.Name == c.Name && leaf.GetRepetitionType() == parquet.FieldRepetitionType_REQUIRED {
				levels = 0
			}
		}
		pages := &pages{rest: data[offset : offset+chunk.TotalCompressedSize], of: chunk.Type, levels: levels, room: room}
		for end := done + int(chunk.NumValues); done < end; {
			page, err := pages.next()
			if err != nil {
				return fmt.Errorf(": short read: %d values, want %d: %w", done, len(rows), err)
			}
			if page.cells > len(rows)-done {
				return fmt.Errorf(": %d values, want %d", done+page.cells, len(rows))
			}
			for k := range page.cells {
				row := &rows[done+k]
				got, err := page.cell()
				if err != nil {
					return fmt.Errorf(": short read: %d values, want %d: %w", done+k, len(rows), err)
				}
				if !c.Holds(row, got) {
					return fmt.Errorf(", row %d: %s, want %s", done+k+1, show(got), show(c.Cell(row)))
				}
			}
			done += page.cells
		}
	}
	if done != len(rows) {
		return fmt.Errorf(": short read: %d values, want %d", done, len(rows))
	}
	return nil
}

// roomOf is how many bytes a page of a column of these rows has at most, whatever
// its encoding.
func roomOf[R any](rows []R, c sheet.Column[R]) int {
	const beside, cell = 1 << 10, 12 // levels and lengths of runs; a number, or a length and an index, with a level
	room := beside + cell*len(rows)
	if c.Type() == sheet.Text {
		for i := range rows {
			room += len(*c.Text(&rows[i]))
		}
	}
	return room
}

// chunkOf finds a column's part of a row group.
func chunkOf(group *parquet.RowGroup, name string) *parquet.ColumnMetaData {
	for _, chunk := range group.Columns {
		if of := chunk.MetaData; of != nil && len(of.PathInSchema) == 1 && of.PathInSchema[0] == name {
			return of
		}
	}
	return nil
}

func show(cell any) string {
	if cell == nil {
		return "null"
	}
	return fmt.Sprintf("%#v", cell)
}
