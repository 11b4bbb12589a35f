package ingest

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/ingest/kind"
	"togetherwecan/pipeline/ingest/xlsx"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/series"
	"togetherwecan/pipeline/table"
)

// GridLimits are what a return may have at most: many times the largest.
var GridLimits = Limits{Bytes: 64 << 20, Columns: 1000, Rows: 200_000, Cells: 5_000_000}

// A Filed is a return as it was read.
type Filed struct {
	Name   string // of the file, without folders
	SHA256 string // of its bytes, in hexadecimal
	Bytes  int64
	Grid   *table.Grid
}

// Grid reads a return cell by cell, with no column a number and none text: a mark
// may stand among numbers. Of a workbook it is the sheet that the series names or, where
// it names none, the one that has its headings. The error is refusal.Problems.
func Grid(s Source, of *series.Series) (*Filed, error) {
	where := s.Where
	if where == "" {
		where = filepath.Base(s.Path)
	}
	limits := GridLimits
	extension := strings.ToLower(filepath.Ext(s.Path))
	in, err := open(s.Path, where, limits.Bytes, nil)
	if err != nil {
		return nil, err
	}
	defer in.file.Close()
	is, sure := in.kind(extension)
	want := readers[0].takes
	switch {
	case extension == ".xlsx":
		want = kind.Workbook
	case is != nil && is.Sheet:
	case !slices.Contains(readers[0].extensions, extension):
		e, err := Read(s, nil, limits, nil)
		if err != nil {
			return nil, err
		}
		return &Filed{e.Name, e.SHA256, e.Bytes, gridOf(e.Table)}, nil
	}
	if is != nil && is.Name != want && (sure || is.Sheet) {
		if is.Sheet {
			as := *is
			is, as.Hint, as.Reader = &as, "save the sheet as .xlsx or as CSV (UTF-8)", ""
		}
		return nil, seems(where, is, want)
	}
	data, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	digest, err := in.finish()
	if err != nil {
		return nil, err
	}
	var g *table.Grid
	if extension == ".xlsx" {
		g, err = xlsx.Grid(data, where, of.Sheet.Name, headings(of), xlsx.Limits{Rows: limits.Rows, Columns: limits.Columns})
	} else {
		g, err = gridOfText(data, where, extension)
	}
	if err != nil {
		return nil, err
	}
	var ps refusal.Problems
	if len(g.Rows) > limits.Rows {
		ps.Add(where, "%d rows, want at most %d", len(g.Rows), limits.Rows)
	}
	for i, row := range g.Rows {
		if len(row) > limits.Columns {
			ps.Add(where, "%d cells in row %d, want at most %d", len(row), g.Lines[i], limits.Columns)
			break
		}
	}
	return &Filed{filepath.Base(s.Path), digest, in.done, g}, ps.Err()
}

// headings says of a cell whether it is a heading of a series' table.
func headings(s *series.Series) func(cell string) bool {
	heads := s.Heads()
	if long := s.Sheet.Long; long != nil {
		heads[series.HeadKey(long.Names)], heads[series.HeadKey(long.Values)] = "", ""
	}
	return func(cell string) bool {
		_, is := heads[series.HeadKey(cell)]
		return is
	}
}

// gridOfText reads CSV, by commas or where there are more of them semicolons, or
// text separated by tabs. It is UTF-8 or, where it cannot be, windows-1252.
func gridOfText(data []byte, where, extension string) (*table.Grid, error) {
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	if !utf8.Valid(data) {
		if codepage.Undefined(data) {
			return nil, problem(where, "neither UTF-8 nor windows-1252, want text")
		}
		data = []byte(codepage.Windows1252(string(data)))
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return nil, problem(where, "a zero byte, want text")
	}
	head, _, _ := bytes.Cut(data, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	switch {
	case extension != ".csv":
		r.Comma = '\t'
	case bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")):
		r.Comma = ';'
	}
	g := &table.Grid{}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return g, nil
		}
		var fault *csv.ParseError
		if errors.As(err, &fault) {
			var ps refusal.Problems
			ps.Add(where+":"+strconv.Itoa(fault.Line), "%v", fault.Err)
			return nil, ps.Err()
		}
		if err != nil {
			return nil, problem(where, "cannot be read: %v", err)
		}
		line, _ := r.FieldPos(0)
		g.Rows, g.Lines = append(g.Rows, row), append(g.Lines, line)
	}
}

// gridOf is a table as a grid: its names above its values as text.
func gridOf(t *table.Table) *table.Grid {
	g := &table.Grid{Rows: [][]string{t.Names()}, Lines: []int{1}}
	for row := range t.Rows {
		g.Rows, g.Lines = append(g.Rows, make([]string, len(t.Columns))), append(g.Lines, row+2)
	}
	for i, c := range t.Columns {
		for row, text := range c.Labels() {
			g.Rows[row+1][i] = text
		}
	}
	return g
}
