// Command arrow17 reads Parquet files with arrow/go/v17, which many still read with, and prints a
// line for each: its rows, and the SHA-256 of its cells as the CSV beside it has them, a unit separator
// behind each and a line feed behind each row, the names of the columns first.
package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"strconv"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/pqarrow"
)

func main() {
	for _, path := range os.Args[1:] {
		if err := tell(path); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", path, err)
			os.Exit(1)
		}
	}
}

func tell(path string) error {
	f, err := file.OpenParquetFile(path, false)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{BatchSize: 1 << 16}, memory.DefaultAllocator)
	if err != nil {
		return err
	}
	table, err := r.ReadTable(context.Background())
	if err != nil {
		return err
	}
	defer table.Release()
	h := sha256.New()
	for _, field := range table.Schema().Fields() {
		fmt.Fprintf(h, "%s\x1f", field.Name)
	}
	fmt.Fprintln(h)
	records := array.NewTableReader(table, 1<<16)
	defer records.Release()
	for records.Next() {
		rec := records.Record()
		for row := range int(rec.NumRows()) {
			for _, column := range rec.Columns() {
				text, err := cell(column, row)
				if err != nil {
					return err
				}
				fmt.Fprintf(h, "%s\x1f", text)
			}
			fmt.Fprintln(h)
		}
	}
	fmt.Printf("%d %x\n", table.NumRows(), h.Sum(nil))
	return records.Err()
}

// cell is the text of a cell, "" for null.
func cell(column arrow.Array, row int) (string, error) {
	if column.IsNull(row) {
		return "", nil
	}
	switch c := column.(type) {
	case *array.String:
		return c.Value(row), nil
	case *array.Float64:
		return strconv.FormatFloat(c.Value(row), 'f', -1, 64), nil
	case *array.Int64:
		return strconv.FormatInt(c.Value(row), 10), nil
	}
	return "", fmt.Errorf("a column of %s", column.DataType())
}
