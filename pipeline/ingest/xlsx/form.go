package xlsx

import (
	"bytes"
	"fmt"

	"github.com/xuri/excelize/v2"
)

// A Form is a workbook to be filled in: a sheet of rows below a heading, some of
// whose columns take one of a list or whole numbers alone, and a sheet of notes.
type Form struct {
	Sheet   string // its name; "" is Return
	Rows    [][]string
	Columns []Column
	Notes   [][]string
}

// A Column says what a column of a form takes.
type Column struct {
	List  []string // one of these
	Whole bool     // a whole number from 0, or text: a mark
	Note  string   // beside its heading
}

// The sheets of a form beside its own.
const (
	notesSheet = "Notes"
	listsSheet = "Lists"
)

// Encode is the form as a workbook.
func (f Form) Encode() ([]byte, error) {
	book := excelize.NewFile()
	defer book.Close()
	w := writer{book: book}
	sheet := f.Sheet
	if sheet == "" {
		sheet = "Return"
	}
	w.do(book.SetSheetName("Sheet1", sheet))
	for _, name := range []string{notesSheet, listsSheet} {
		_, err := book.NewSheet(name)
		w.do(err)
	}
	w.rows(sheet, f.Rows)
	w.rows(notesSheet, f.Notes)
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	w.do(err)
	w.do(book.SetRowStyle(sheet, 1, 1, bold))
	w.do(book.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	last, _ := excelize.ColumnNumberToName(max(len(f.Columns), 1))
	w.do(book.SetColWidth(sheet, "A", last, 22))
	w.do(book.SetColWidth(notesSheet, "A", "D", 36))
	for i, c := range f.Columns {
		w.column(sheet, i+1, len(f.Rows), c)
	}
	w.do(book.SetSheetVisible(listsSheet, false))
	if w.err != nil {
		return nil, w.err
	}
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// A writer remembers the first error of the library.
type writer struct {
	book *excelize.File
	err  error
}

func (w *writer) do(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *writer) rows(sheet string, rows [][]string) {
	for i, row := range rows {
		for j, text := range row {
			if text == "" {
				continue
			}
			name, err := excelize.CoordinatesToCellName(j+1, i+1)
			w.do(err)
			w.do(w.book.SetCellStr(sheet, name, text))
		}
	}
}

// column limits what the cells of a column below its heading take. A list stands
// in a sheet of its own: one in the cell's rule may have 255 characters, and an
// item with a comma would be two.
func (w *writer) column(sheet string, at, rows int, c Column) {
	letter, err := excelize.ColumnNumberToName(at)
	w.do(err)
	if c.Note != "" {
		w.do(w.book.AddComment(sheet, excelize.Comment{Cell: letter + "1", Author: "form", Paragraph: []excelize.RichTextRun{{Text: c.Note}}}))
	}
	rule := excelize.NewDataValidation(true)
	rule.SetSqref(fmt.Sprintf("%s2:%s%d", letter, letter, max(rows, 2)))
	switch {
	case len(c.List) > 0:
		list := make([][]string, len(c.List))
		for i, item := range c.List {
			list[i] = make([]string, at)
			list[i][at-1] = item
		}
		w.rows(listsSheet, list)
		rule.SetSqrefDropList(fmt.Sprintf("%s!$%s$1:$%s$%d", listsSheet, letter, letter, len(c.List)))
		rule.SetError(excelize.DataValidationErrorStyleStop, "One of the list", "Choose one of the list.")
	case c.Whole:
		// A mark is text, which the rule for whole numbers would not let in.
		w.do(rule.SetRange(fmt.Sprintf("OR(ISTEXT(%s2),AND(ISNUMBER(%s2),%s2>=0,INT(%s2)=%s2))", letter, letter, letter, letter, letter), "", excelize.DataValidationTypeCustom, excelize.DataValidationOperatorEqual))
		rule.SetError(excelize.DataValidationErrorStyleStop, "A whole number", "A whole number from 0, or a mark: see the sheet Notes.")
	default:
		return
	}
	w.do(w.book.AddDataValidation(sheet, rule))
}
