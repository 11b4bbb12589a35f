package publish

import (
	"bytes"
	"fmt"
	"math"
	"sync"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"

	"togetherwecan/pipeline/release/sheet"
)

// readFirst reads a Parquet file with the library that wrote it, and returns an error
// unless it holds exactly the rows. The file is one that readBack has read, so that
// what it says of sizes is true.
func readFirst[R any](data []byte, rows []R, columns []sheet.Column[R]) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("the first library cannot read it: %v", fault)
		}
	}()
	room := rooms.Get().(*room)
	defer rooms.Put(room)
	r, err := file.NewParquetReader(bytes.NewReader(data), file.WithReadProps(parquet.NewReaderProperties(room)))
	if err != nil {
		return fmt.Errorf("the first library cannot read it: %w", err)
	}
	defer r.Close()
	if got, want := r.MetaData().Schema.NumColumns(), len(columns); got != want {
		return fmt.Errorf("the first library reads %d columns, want %d", got, want)
	}
	for i, c := range columns {
		room.reset()
		done := 0
		for g := range r.NumRowGroups() {
			chunk, err := r.RowGroup(g).Column(i)
			if err != nil {
				return fmt.Errorf("column %s: %w", c.Name, err)
			}
			n, err := compareChunk(chunk, rows[done:], c)
			if err != nil {
				return fmt.Errorf("column %s: %w", c.Name, err)
			}
			done += n
		}
		if done != len(rows) {
			return fmt.Errorf("column %s: the first library reads %d rows, want %d", c.Name, done, len(rows))
		}
	}
	return nil
}

// rooms are those of the files that are read at a time.
var rooms = sync.Pool{New: func() any { return &room{all: make([]byte, 1<<18)} }}

// batch is how many cells are read at a time, at most.
const batch = 1024

// compareChunk holds a column's part of a row group against the rows that it begins
// with, and says how many there are.
func compareChunk[R any](chunk file.ColumnChunkReader, rows []R, c sheet.Column[R]) (done int, err error) {
	switch chunk := chunk.(type) {
	case *file.ByteArrayColumnChunkReader:
		return compareBatches(chunk.ReadBatch, rows, func(row *R, cell *parquet.ByteArray) bool {
			if cell == nil {
				return *c.Text(row) == ""
			}
			return len(*cell) > 0 && string(*cell) == *c.Text(row)
		})
	case *file.Float64ColumnChunkReader:
		return compareBatches(chunk.ReadBatch, rows, func(row *R, cell *float64) bool {
			x := *c.Number(row)
			if cell == nil {
				return x != x
			}
			return math.Float64bits(x+0) == math.Float64bits(*cell)
		})
	case *file.Int64ColumnChunkReader:
		return compareBatches(chunk.ReadBatch, rows, func(row *R, cell *int64) bool {
			if cell == nil {
				return *c.Count(row) == sheet.None
			}
			return *c.Count(row) == *cell
		})
	}
	return 0, fmt.Errorf("the first library reads it as %T", chunk)
}

// compareBatches holds the cells of a column, nil for null, against rows.
func compareBatches[R, C any](read func(n int64, cells []C, levels, repeated []int16) (int64, int, error), rows []R, same func(*R, *C) bool) (done int, err error) {
	room := min(batch, len(rows)+1) // one more than there should be
	cells, levels := make([]C, room), make([]int16, room)
	for {
		n, _, err := read(int64(room), cells, levels, nil)
		if err != nil || n == 0 {
			return done, err
		}
		if int(n) > len(rows)-done {
			return done, fmt.Errorf("the first library reads more than %d rows", len(rows))
		}
		next := 0
		for k := range int(n) {
			var cell *C
			if levels[k] > 0 {
				cell, next = &cells[next], next+1
			}
			if !same(&rows[done+k], cell) {
				return done, fmt.Errorf("row %d: the first library reads another cell", done+k+1)
			}
		}
		done += int(n)
	}
}
