// Package xlsx reads a sheet of a workbook as spreadsheet programs write it, and
// writes a form to be filled in.
//
// What a cell is follows from its content and format: a number with a format of
// dates is that day, one with a format of percent is that percentage, and all
// else is as it stands, with every digit: what is shown of it is not read. Of a date
// whose format shows no day it is the month, and of one that shows the year alone the
// year, as programs make a month of a 2000-01 that somebody typed.
package xlsx

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"togetherwecan/pipeline/ingest/sheet"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// Limits are what a sheet may have at most.
type Limits struct{ Rows, Columns int }

// unzipped is how large a workbook may be.
const unzipped = 512 << 20

// Grid reads a sheet by its name or, for "", the sheet that is not hidden with the most
// headings, by which it is known; the first of several, and the first with cells where
// none has any. Rows and columns that are hidden are read, and named. Of cells that are merged the
// first has the value and the others are blank. Merged cells below the headings
// are the caller's to judge by that. An error is refusal.Problems.
func Grid(data []byte, where, sheet string, heading func(cell string) bool, limits Limits) (g *table.Grid, err error) {
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
	if sheet == "" {
		sheet = headed(book, heading)
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
	width := 0
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
		if rows.GetRowOpts().Hidden && len(cells) > 0 {
			g.Hidden = append(g.Hidden, fmt.Sprintf("row %d", line))
		}
		width = max(width, len(cells))
		g.Rows, g.Lines = append(g.Rows, cells), append(g.Lines, line)
	}
	for column := 1; column <= width; column++ {
		name, err := excelize.ColumnNumberToName(column)
		if err != nil {
			continue
		}
		if visible, err := book.GetColVisible(sheet, name); err == nil && !visible {
			g.Hidden = append(g.Hidden, "column "+name)
		}
	}
	r.unvalued(g, width)
	if len(r.ps) > 0 {
		return nil, r.ps
	}
	return g, nil
}

// headed is the sheet that is not hidden with the most headings in one of its first
// rows; "" of a workbook without sheets.
func headed(book *excelize.File, heading func(cell string) bool) string {
	const first = 20
	best, most := "", -1
	for _, name := range book.GetSheetList() {
		if best == "" {
			best = name
		}
		if visible, err := book.GetSheetVisible(name); err != nil || !visible {
			continue
		}
		rows, err := book.Rows(name)
		if err != nil {
			continue
		}
		found, filled := 0, false
		for line := 0; line < first && rows.Next(); line++ {
			cells, err := rows.Columns()
			if err != nil {
				break
			}
			filled = filled || len(cells) > 0
			row := 0
			for _, cell := range cells {
				if heading(cell) {
					row++
				}
			}
			found = max(found, row)
		}
		_ = rows.Close() // a temporary file of ours
		if filled && found > most {
			best, most = name, found
		}
	}
	return best
}

// A format is what a number format makes of a number.
type format int

const (
	plain format = iota
	percent
	day
	month // a date without its day
	year
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
	switch of := r.format(name); of {
	case percent:
		if x, err = strconv.ParseFloat(strconv.FormatFloat(x*100, 'g', 15, 64), 64); err == nil {
			return number(x) + "%"
		}
	case day, month, year:
		if at, err := excelize.ExcelDateToTime(x, r.from1904); err == nil {
			return at.Format(map[format]string{day: time.DateOnly, month: "2006-01", year: "2006"}[of])
		}
	}
	return number(x)
}

// number is a number in digits, however large or small it is within reason.
func number(x float64) string {
	if most := math.Abs(x); most != 0 && (most >= 1e15 || most < 1e-15) {
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
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
		case n == 17: // mmm-yy
			f = month
		case n >= 14 && n <= 16 || n == 22 || n >= 27 && n <= 36 || n >= 50 && n <= 58:
			f = day
		case code != "":
			f = dated(code)
		}
	}
	r.formats[style] = f
	return f
}

// dated says whether a number format shows a day, a month of a year, or a year; plain for none
// of them.
func dated(code string) format {
	days, months, years := sheet.Shown(code)
	switch {
	case days:
		return day
	case years && months:
		return month
	case years:
		return year
	}
	return plain
}

// unvalued reports formulas whose value the program that wrote them left out.
func (r *reader) unvalued(g *table.Grid, width int) {
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
