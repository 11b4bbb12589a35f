// Package xlsx reads a sheet of a workbook as spreadsheet programs write it, and
// writes a form to be filled in.
//
// What a cell is follows from its content and format: a number with a format of
// dates is that day, one with a format of percent is that percentage, and all
// else is as it stands, with every digit. What is shown is never read.
package xlsx

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// Limits are what a sheet may have at most.
type Limits struct{ Rows, Columns int }

// unzipped is how large a workbook may be.
const unzipped = 512 << 20

// Grid reads a sheet by its name, "" for the first. Of cells that are merged the
// first has the value and the others are blank. Merged cells below the headings
// are the caller's to judge by that. An error is refusal.Problems.
func Grid(data []byte, where, sheet string, limits Limits) (g *table.Grid, err error) {
	refuse := func(format string, args ...any) error {
		var ps refusal.Problems
		ps.Add(where, format, args...)
		return ps.Err()
	}
	defer func() {
		if fault := recover(); fault != nil { // the library panics on some damage
			g, err = nil, refuse("not a workbook that can be read: %v", fault)
		}
	}()
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: unzipped})
	if err != nil {
		return nil, refuse("not a workbook that can be read: %v", err)
	}
	defer book.Close()
	sheets := book.GetSheetList()
	if sheet == "" && len(sheets) > 0 {
		sheet = sheets[0]
	}
	if !slices.Contains(sheets, sheet) {
		return nil, refuse("no sheet %q%s, found %s", sheet, refusal.Nearest(sheet, sheets), strings.Join(sheets, ", "))
	}
	rows, err := book.Rows(sheet)
	if err != nil {
		return nil, refuse("sheet %q cannot be read: %v", sheet, err)
	}
	defer rows.Close()
	r := reader{book: book, sheet: sheet, where: where, formats: map[int]format{}}
	r.from1904 = uses1904(book)
	g = &table.Grid{}
	for line := 1; rows.Next(); line++ {
		cells, err := rows.Columns()
		if err != nil {
			return nil, refuse("row %d of sheet %q cannot be read: %v", line, sheet, err)
		}
		if len(g.Rows) >= limits.Rows || len(cells) > limits.Columns {
			return nil, refuse("more than %d rows or %d columns in sheet %q", limits.Rows, limits.Columns, sheet)
		}
		for i, text := range cells {
			cells[i] = r.cell(line, i+1, text)
		}
		g.Rows, g.Lines = append(g.Rows, cells), append(g.Lines, line)
	}
	r.unvalued(g)
	return g, r.ps.Err()
}

// A format is what a number format makes of a number.
type format int

const (
	plain format = iota
	percent
	day
)

type reader struct {
	book         *excelize.File
	sheet, where string
	formats      map[int]format // by style
	from1904     bool
	ps           refusal.Problems
}

func uses1904(book *excelize.File) bool {
	p, err := book.GetWorkbookProps()
	return err == nil && p.Date1904 != nil && *p.Date1904
}

// cell is the text of a cell, by its format where it is a number.
func (r *reader) cell(line, column int, text string) string {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	name, err := excelize.CoordinatesToCellName(column, line)
	if err != nil {
		return text
	}
	kind, err := r.book.GetCellType(r.sheet, name)
	switch {
	case err != nil || kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString:
		return text // digits that are text
	case kind == excelize.CellTypeBool:
		return map[bool]string{true: "TRUE", false: "FALSE"}[x != 0]
	}
	switch r.format(name) {
	case percent:
		return strconv.FormatFloat(x*100, 'g', 15, 64) + "%"
	case day:
		if at, err := excelize.ExcelDateToTime(x, r.from1904); err == nil {
			return at.Format(time.DateOnly)
		}
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// format is that of a cell.
func (r *reader) format(cell string) format {
	style, err := r.book.GetCellStyle(r.sheet, cell)
	if err != nil {
		return plain
	}
	if f, ok := r.formats[style]; ok {
		return f
	}
	f := plain
	if s, err := r.book.GetStyle(style); err == nil {
		code := ""
		if s.CustomNumFmt != nil {
			code = *s.CustomNumFmt
		}
		switch n := s.NumFmt; {
		case n == 9 || n == 10 || code != "" && strings.Contains(code, "%"):
			f = percent
		case n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 36 || n >= 50 && n <= 58 || code != "" && dated(code):
			f = day
		}
	}
	r.formats[style] = f
	return f
}

// dated says whether a number format shows a day or a year, outside of its
// quoted words and bracketed conditions.
func dated(code string) bool {
	quoted, bracket := false, false
	for i, c := range strings.ToLower(code) {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			bracket = true
		case c == ']':
			bracket = false
		case !bracket && (c == 'y' || c == 'd') && (i == 0 || code[i-1] != '\\'):
			return true
		}
	}
	return false
}

// unvalued reports formulas whose value the program that wrote them left out.
func (r *reader) unvalued(g *table.Grid) {
	width := 0
	for _, row := range g.Rows {
		width = max(width, len(row))
	}
	for i := range g.Rows {
		for column := range width {
			if g.Cell(i, column) != "" {
				continue
			}
			name, err := excelize.CoordinatesToCellName(column+1, g.Lines[i])
			if err != nil {
				continue
			}
			if formula, err := r.book.GetCellFormula(r.sheet, name); err == nil && formula != "" {
				r.ps.AddHint("open the workbook in a spreadsheet program and save it", fmt.Sprintf("%s:%d", r.where, g.Lines[i]),
					"cell %s has the formula =%s without its value", name, formula)
			}
		}
	}
}
