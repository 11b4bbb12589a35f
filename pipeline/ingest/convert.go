package ingest

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/google/renameio/v2"

	"togetherwecan/pipeline/ingest/parquet"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// A writer writes a raw table in one format.
type writer struct {
	extension string
	write     func(out io.Writer, t *table.Table, where string) error
}

var writers = []writer{{".parquet", parquet.Write}, {".csv", writeCSV}}

// Convert writes an extract to a file as Parquet, with its labels and kinds of
// missing value, or as CSV, by the extension of out. The file appears whole or
// not at all; one that is there already is refused unless replace is set, and
// the extract itself always. The error is refusal.Problems.
func Convert(s Source, out string, replace bool, limits Limits, progress func(done, total int64)) (*Extract, error) {
	w, err := writerOf(out)
	if err != nil {
		return nil, err
	}
	if err := mayWrite(s.Path, out, replace); err != nil {
		return nil, err
	}
	e, err := Read(s, nil, limits, progress)
	if err != nil {
		return nil, err
	}
	file, err := renameio.NewPendingFile(out, renameio.WithPermissions(0o644))
	if err != nil {
		return nil, disk(out, err)
	}
	defer func() { _ = file.Cleanup() }()
	buffer := bufio.NewWriterSize(file, 1<<20)
	if err := w.write(buffer, e.Table, e.Name); err != nil {
		var ps refusal.Problems
		if errors.As(err, &ps) {
			return nil, ps
		}
		return nil, disk(out, err)
	}
	if err := buffer.Flush(); err != nil {
		return nil, disk(out, err)
	}
	if err := file.CloseAtomicallyReplace(); err != nil {
		return nil, disk(out, err)
	}
	return e, nil
}

func writerOf(out string) (writer, error) {
	extension := strings.ToLower(filepath.Ext(out))
	var known []string
	for _, w := range writers {
		if w.extension == extension {
			return w, nil
		}
		known = append(known, w.extension)
	}
	return writer{}, refusal.Problems{{Kind: refusal.Usage, Where: out, What: fmt.Sprintf("no writer for the extension %q, want %s", extension, strings.Join(known, " or "))}}
}

// mayWrite refuses to write over a file that is there, unless it may be
// replaced, and over the extract.
func mayWrite(path, out string, replace bool) error {
	there, err := os.Stat(out)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return disk(out, err)
	}
	if from, err := os.Stat(path); err == nil && os.SameFile(from, there) {
		return refusal.Problems{{Kind: refusal.Usage, Where: out, What: "is the extract itself, want another file"}}
	}
	switch {
	case there.IsDir():
		return refusal.Problems{{Kind: refusal.Usage, Where: out, What: "is a folder, want a file"}}
	case !replace:
		return refusal.Problems{{Kind: refusal.Usage, Where: out, What: "is there already, and is not overwritten", Hint: "name another file, or give --force"}}
	}
	return nil
}

func disk(out string, err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return refusal.Problems{{Kind: refusal.Disk, Where: out, What: fmt.Sprintf("cannot be written: %v", err)}}
}

// writeCSV writes a table as RFC 4180 with line feeds: numbers in the shortest
// decimal form, an extended missing value as .a, any other as an empty cell.
func writeCSV(out io.Writer, t *table.Table, _ string) error {
	w := csv.NewWriter(out)
	if err := w.Write(t.Names()); err != nil {
		return err
	}
	cells := make([]string, len(t.Columns))
	for row := range t.Rows {
		for i, c := range t.Columns {
			cells[i] = cell(c, row)
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

func cell(c *table.Column, row int) string {
	switch {
	case c.Text != nil:
		return c.Text[row]
	case !math.IsNaN(c.Values[row]):
		x := c.Values[row]
		if size := math.Abs(x); size >= 1e15 || size < 1e-5 && size > 0 {
			return strconv.FormatFloat(x, 'E', -1, 64)
		}
		return strconv.FormatFloat(x+0, 'f', -1, 64)
	}
	return c.Tag(row)
}
