package publish

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/xitongsys/parquet-go/common"
	"github.com/xitongsys/parquet-go/layout"
	"github.com/xitongsys/parquet-go/parquet"
	"github.com/xitongsys/parquet-go/reader"
	"github.com/xitongsys/parquet-go/source"

	"togetherwecan/pipeline/release/sheet"
)

// headerBytes holds the header of a page. What the library buffers beyond it, it
// would hold twice, and once more to write.
const headerBytes = 512

// readBack reads a Parquet file, given as its bytes, with a library that shares
// no code with the one that wrote it, and returns an error unless it holds
// exactly the rows: the same columns in the same order, as many rows, and every
// cell equal. Floats are compared by their bits. meta, where it is not nil, must
// be the file's metadata.
//
// The library panics on what it cannot read, which is an error here. It is asked
// for pages and for what is in them, run by run: its reader of columns makes every
// cell of a page, and the levels that say which are null, a value on the heap
// several times over, and calls a page that it cannot read the end of the column.
func readBack[R any](data []byte, rows []R, columns []sheet.Column[R], meta []sheet.Pair) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("the second library cannot read it: %v", fault)
		}
	}()
	file := &memory{bytes.NewReader(data), data}
	r, err := reader.NewParquetColumnReader(file, 1)
	if err != nil {
		return fmt.Errorf("the second library cannot read it: %w", err)
	}
	if got, want := len(r.SchemaHandler.ValueColumns), len(columns); got != want {
		return fmt.Errorf("%d columns, want %d", got, want)
	}
	if got, want := r.GetNumRows(), int64(len(rows)); got != want {
		return fmt.Errorf("%d rows, want %d", got, want)
	}
	for i, c := range columns {
		path := r.SchemaHandler.ValueColumns[i]
		if name := r.SchemaHandler.GetExName(int(r.SchemaHandler.MapIndex[path])); name != c.Name {
			return fmt.Errorf("column %d is %q, want %q", i+1, name, c.Name)
		}
	}
	if meta != nil {
		found := map[string]string{}
		for _, kv := range r.Footer.KeyValueMetadata {
			found[kv.Key] = kv.GetValue()
		}
		for _, p := range meta {
			if got, ok := found[p.Key]; !ok || got != p.Value {
				return fmt.Errorf("metadata %s is %q, want %q", p.Key, got, p.Value)
			}
		}
	}
	for i, c := range columns {
		if err := compareColumn(file, r, r.SchemaHandler.ValueColumns[i], rows, c); err != nil {
			return err
		}
	}
	return nil
}

// compareColumn holds a column of the file against the rows.
func compareColumn[R any](file source.ParquetFile, r *reader.ParquetReader, path string, rows []R, c sheet.Column[R]) error {
	done := 0
	for _, group := range r.Footer.RowGroups {
		chunk := chunkOf(group, r.SchemaHandler.GetRootInName(), path)
		if chunk == nil {
			return fmt.Errorf("column %s: a row group is without it", c.Name)
		}
		levels, err := r.SchemaHandler.MaxDefinitionLevel(common.StrToPath(path))
		if err != nil {
			return fmt.Errorf("column %s: %w", c.Name, err)
		}
		offset := chunk.DataPageOffset
		if chunk.DictionaryPageOffset != nil {
			offset = *chunk.DictionaryPageOffset
		}
		from := source.ConvertToThriftReader(file, offset, headerBytes)
		pages := &pages{header: func() (*parquet.PageHeader, error) { return layout.ReadPageHeader(from) }, data: from, chunk: chunk, levels: levels}
		for end := done + int(chunk.NumValues); done < end; {
			page, err := pages.next()
			if err != nil {
				return fmt.Errorf("column %s: short read: %d values, want %d: %w", c.Name, done, len(rows), err)
			}
			if page.cells > len(rows)-done {
				return fmt.Errorf("column %s: %d values, want %d", c.Name, done+page.cells, len(rows))
			}
			for k := range page.cells {
				row := &rows[done+k]
				got, err := page.cell()
				if err != nil {
					return fmt.Errorf("column %s: short read: %d values, want %d: %w", c.Name, done+k, len(rows), err)
				}
				if !c.Holds(row, got) {
					return fmt.Errorf("column %s, row %d: %s, want %s", c.Name, done+k+1, show(got), show(c.Cell(row)))
				}
			}
			done += page.cells
		}
	}
	if done != len(rows) {
		return fmt.Errorf("column %s: short read: %d values, want %d", c.Name, done, len(rows))
	}
	return nil
}

// chunkOf finds a column's part of a row group.
func chunkOf(group *parquet.RowGroup, root, path string) *parquet.ColumnMetaData {
	for _, chunk := range group.Columns {
		if common.PathToStr(append([]string{root}, chunk.MetaData.GetPathInSchema()...)) == path {
			return chunk.MetaData
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

// A memory is a file that was read, for the second library.
type memory struct {
	*bytes.Reader
	data []byte
}

func (m *memory) Open(string) (source.ParquetFile, error) {
	return &memory{bytes.NewReader(m.data), m.data}, nil
}

func (m *memory) Create(string) (source.ParquetFile, error) { return nil, errors.ErrUnsupported }
func (m *memory) Write([]byte) (int, error)                 { return 0, errors.ErrUnsupported }
func (m *memory) Close() error                              { return nil }
