package publish

import (
	"fmt"

	"github.com/xitongsys/parquet-go-source/local"
	"github.com/xitongsys/parquet-go/reader"
	"github.com/xitongsys/parquet-go/source"

	"togetherwecan/pipeline/release/sheet"
)

// chunk is how many values of a column are read at once.
const chunk = 100_000

// readBack reads a Parquet file with a library that shares no code with the
// one that wrote it, and returns an error unless it holds exactly the rows:
// the same columns in the same order, as many rows, and every cell equal.
// Floats are compared by their bits. meta, where it is not nil, must be the
// file's metadata.
//
// The library panics on what it cannot read, and gives fewer values than it
// was asked for where it gives up quietly: both are errors here.
func readBack[R any](path string, rows []R, columns []sheet.Column[R], meta []sheet.Pair) (err error) {
	file, err := local.NewLocalFileReader(path)
	if err != nil {
		return err
	}
	defer file.Close()
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("the second library cannot read it: %v", fault)
		}
	}()
	return compareParquet(file, rows, columns, meta)
}

func compareParquet[R any](file source.ParquetFile, rows []R, columns []sheet.Column[R], meta []sheet.Pair) error {
	r, err := reader.NewParquetColumnReader(file, 1)
	if err != nil {
		return fmt.Errorf("the second library cannot read it: %w", err)
	}
	defer r.ReadStop()
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
		for done := 0; done < len(rows); {
			n := min(chunk, len(rows)-done)
			values, _, _, err := r.ReadColumnByIndex(int64(i), int64(n))
			if err != nil {
				return fmt.Errorf("column %s: %w", c.Name, err)
			}
			if len(values) != n {
				return fmt.Errorf("column %s: short read: %d values after row %d, want %d", c.Name, len(values), done, n)
			}
			for k, got := range values {
				if row := &rows[done+k]; !c.Holds(row, got) {
					return fmt.Errorf("column %s, row %d: %s, want %s", c.Name, done+k+1, show(got), show(c.Cell(row)))
				}
			}
			done += n
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
