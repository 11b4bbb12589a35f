package workbook

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// The letters of a workbook: without serifs, and large enough.
const (
	font     = "Arial"
	fontSize = 12
)

// spacing is the height of a line over its letters'.
const spacing = 1.35

// rowHeight is that of a row of so many lines, in points.
func rowHeight(lines int) float64 { return points(float64(lines) * fontSize * spacing) }

// tallest is the most points that a row of a spreadsheet can have.
const tallest = 409

// points are those that a row has, to a tenth.
func points(x float64) float64 { return min(math.Round(float64(x*10))/10, tallest) }

// sizes are those of the letters, in points.
var sizes = map[Role]float64{Body: fontSize, Title: 18, Heading: 14, Warning: fontSize}

// XLSX is the workbook as Office Open XML.
func (b *Book) XLSX() ([]byte, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	book := excelize.NewFile()
	defer book.Close()
	parts := &collector{parts: map[string]*bytes.Buffer{}}
	book.SetZipWriter(func(io.Writer) excelize.ZipWriter { return parts })
	w := xlsxWriter{book: book, styles: map[cellStyle]int{}}
	w.do(book.SetDefaultFont(font))
	size := float64(fontSize)
	book.Styles.Fonts.Font[0].Sz.Val = &size
	w.do(book.SetAppProps(&excelize.AppProperties{Application: creator, AppVersion: "1.0"}))
	for i, s := range b.Sheets {
		if i == 0 {
			w.do(book.SetSheetName("Sheet1", s.Name))
			continue
		}
		_, err := book.NewSheet(s.Name)
		w.do(err)
	}
	for i := range b.Sheets {
		w.sheet(&b.Sheets[i])
	}
	if w.err != nil {
		return nil, w.err
	}
	if _, err := book.WriteToBuffer(); err != nil {
		return nil, err
	}
	slices.Sort(parts.names)
	var list []part
	for _, name := range parts.names {
		data := parts.parts[name].Bytes()
		if name == "docProps/core.xml" {
			data = b.xlsxProperties()
		}
		if strings.HasPrefix(name, "xl/tables/") {
			data = filter.ReplaceAll(data, nil) // heads without buttons, which hide them
		}
		list = append(list, inOne(name, data))
	}
	return pack(list, "")
}

// xlsxProperties are what the document says of itself, with the prefixes that programs
// look for which know no namespaces, as exceljs; excelize writes keywords without one.
func (b *Book) xlsxProperties() []byte {
	var o strings.Builder
	o.WriteString(xml.Header + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"` +
		` xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`)
	for _, p := range [][2]string{
		{"dc:title", b.Title},
		{"dc:subject", b.Subject},
		{"dc:creator", creator},
		{"cp:keywords", strings.Join(b.Keywords, ", ")},
		{"dc:description", b.About},
		{"dc:language", language},
		{"cp:lastModifiedBy", creator},
	} {
		fmt.Fprintf(&o, "<%s>%s</%s>", p[0], escaped(p[1]), p[0])
	}
	for _, name := range []string{"created", "modified"} {
		fmt.Fprintf(&o, `<dcterms:%s xsi:type="dcterms:W3CDTF">%sT00:00:00Z</dcterms:%s>`, name, b.Issued, name)
	}
	o.WriteString("</cp:coreProperties>")
	return []byte(o.String())
}

var filter = regexp.MustCompile(`<autoFilter[^>]*></autoFilter>|<autoFilter[^>]*/>`)

// What the document says of itself.
const (
	language = "en-GB"
	creator  = "Together We Can indicators"
)

// A cellStyle is what differs between cells.
type cellStyle struct {
	role   Role
	format Format
	number bool // shown by format
	right  bool
	head   bool
	link   bool
	wrap   bool
}

// An xlsxWriter remembers the first error of the library.
type xlsxWriter struct {
	book   *excelize.File
	styles map[cellStyle]int
	err    error
}

func (w *xlsxWriter) do(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *xlsxWriter) sheet(s *Sheet) {
	width, rows := 1, len(s.Lines)
	head := rows + 1
	if s.Table != nil {
		width, rows = len(s.Table.Columns), head+len(s.Table.Rows)
	}
	last, err := excelize.CoordinatesToCellName(width, rows)
	w.do(err)
	landscape, fit, pages, yes := "landscape", 1, 0, true
	if s.Table != nil {
		fit = s.Table.pages()
	}
	w.do(w.book.SetSheetProps(s.Name, &excelize.SheetPropsOptions{FitToPage: &yes}))
	paper := 9 // A4
	w.do(w.book.SetPageLayout(s.Name, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &paper, FitToWidth: &fit, FitToHeight: &pages}))
	if s.Table != nil {
		w.do(w.book.AddIgnoredErrors(s.Name, fmt.Sprintf("A%d:%s", head, last), excelize.IgnoredErrorsNumberStoredAsText))
		w.do(w.book.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$%d:$%d", s.Name, head, head), Scope: s.Name}))
	}
	for i, l := range s.Lines {
		w.link(s.Name, 1, i+1, l.Link, l.Text)
	}
	if s.Table != nil {
		for i, row := range s.Table.Rows {
			for j, c := range row {
				w.link(s.Name, j+1, head+1+i, c.Link, c.Text)
			}
		}
	}
	out, err := w.book.NewStreamWriter(s.Name)
	w.do(err)
	if w.err != nil {
		return
	}
	if s.Table == nil {
		w.do(out.SetColWidth(1, 1, lineWidth))
	} else {
		for j, c := range slices.Backward(s.Table.Columns) { // it writes the last one first
			w.do(out.SetColWidth(j+1, j+1, float64(c.Width)))
		}
		below := fmt.Sprintf("A%d", head+1)
		w.do(out.SetPanes(&excelize.Panes{
			Freeze: true, YSplit: head, TopLeftCell: below, ActivePane: "bottomLeft", Selection: []excelize.Selection{{Pane: "bottomLeft", ActiveCell: "A1", SQRef: "A1"}},
		}))
	}
	for i, l := range s.Lines {
		style := w.style(cellStyle{role: l.Role, link: l.Link != "", wrap: s.Table == nil})
		w.do(out.SetRow(fmt.Sprintf("A%d", i+1), []any{excelize.Cell{StyleID: style, Value: l.Text}}, excelize.RowOpts{Height: l.height(s.Table == nil)}))
	}
	if s.Table != nil {
		w.table(out, s.Table, head, last)
	}
	w.do(out.Flush())
}

func (w *xlsxWriter) table(out *excelize.StreamWriter, t *Table, head int, last string) {
	row := make([]any, len(t.Columns))
	for j, c := range t.Columns {
		row[j] = excelize.Cell{StyleID: w.style(cellStyle{head: true, right: c.Numbers, wrap: true}), Value: c.Head}
	}
	w.do(out.SetRow(fmt.Sprintf("A%d", head), row, excelize.RowOpts{Height: rowHeight(t.headTall())}))
	for i, cells := range t.Rows {
		for j, c := range cells {
			style := cellStyle{right: t.Columns[j].Numbers, link: c.Link != "", wrap: !t.Columns[j].Numbers}
			var value any = c.Text
			if c.Format != nil {
				style.number, style.format, value = true, *c.Format, c.Number
			}
			row[j] = excelize.Cell{StyleID: w.style(style), Value: value}
		}
		w.do(out.SetRow(fmt.Sprintf("A%d", head+1+i), row, excelize.RowOpts{Height: rowHeight(t.tall(cells))}))
	}
	no := false
	w.do(out.AddTable(&excelize.Table{Range: fmt.Sprintf("A%d:%s", head, last), Name: t.Name, StyleName: "TableStyleLight1", ShowRowStripes: &no}))
}

func (w *xlsxWriter) link(sheet string, column, row int, to, text string) {
	if to == "" {
		return
	}
	cell, err := excelize.CoordinatesToCellName(column, row)
	w.do(err)
	w.do(w.book.SetCellHyperLink(sheet, cell, fmt.Sprintf("'%s'!A1", to), "Location", excelize.HyperlinkOpts{Display: &text}))
}

// style is the number of a style, made when it is first wanted.
func (w *xlsxWriter) style(of cellStyle) int {
	if id, ok := w.styles[of]; ok {
		return id
	}
	s := &excelize.Style{Font: &excelize.Font{Family: font, Size: sizes[of.role]}, Alignment: &excelize.Alignment{Vertical: "top", WrapText: of.wrap}}
	s.Font.Bold = of.head || of.role != Body
	if of.role == Heading || of.role == Title {
		s.Alignment.Vertical = "bottom"
	}
	if of.right {
		s.Alignment.Horizontal, s.Alignment.Indent = "right", 1 // from the text at their right
	}
	if of.head {
		s.Border = []excelize.Border{{Type: "bottom", Color: "000000", Style: 1}}
	}
	if of.link {
		s.Font.Underline, s.Font.Color = "single", linkColour
	}
	if of.number {
		code := of.format.code()
		s.CustomNumFmt = &code
	}
	id, err := w.book.NewStyle(s)
	w.do(err)
	w.styles[of] = id
	if of.role == Title || of.role == Heading {
		w.tag(id, of.role)
	}
	return id
}

// linkColour is a blue that stands out from white as the guidance on contrast asks.
const linkColour = "0B4FA0"

// tag gives a style the name that programs know headings by.
func (w *xlsxWriter) tag(id int, role Role) {
	of := w.book.Styles
	level := map[Role]int{Title: 1, Heading: 2}[role]
	made := &of.CellXfs.Xf[id]
	place := len(of.CellStyleXfs.Xf)
	named := *of.CellStyles.CellStyle[0]
	builtin := 15 + level
	named.Name, named.XfID, named.BuiltInID = fmt.Sprintf("Heading %d", level), place, &builtin
	for i := range of.CellStyles.CellStyle {
		if of.CellStyles.CellStyle[i].Name == named.Name { // of lines that wrap, or do not
			made.XfID = &of.CellStyles.CellStyle[i].XfID
			return
		}
	}
	xf := of.CellStyleXfs.Xf[0]
	xf.FontID, xf.ApplyFont = made.FontID, made.ApplyFont
	of.CellStyleXfs.Xf = append(of.CellStyleXfs.Xf, xf)
	of.CellStyleXfs.Count = len(of.CellStyleXfs.Xf)
	of.CellStyles.CellStyle = append(of.CellStyles.CellStyle, &named)
	of.CellStyles.Count = len(of.CellStyles.CellStyle)
	made.XfID = &place
}

// code is the format as a spreadsheet writes it.
func (f Format) code() string {
	if f.Probability {
		return `[<0.001]"` + small + `";0.000`
	}
	if f.Decimals == 0 {
		return "#,##0"
	}
	return "#,##0." + strings.Repeat("0", f.Decimals)
}
