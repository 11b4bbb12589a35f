package workbook

import (
	"fmt"
	"strings"
)

// odsStyles are the named styles, and the pages that sheets are printed on.
func (b *Book) odsStyles() string {
	most := 1
	for _, s := range b.Sheets {
		if s.Table != nil {
			most = max(most, s.Table.pages())
		}
	}
	var layouts, masters strings.Builder
	for n := 1; n <= most; n++ {
		fmt.Fprintf(&layouts, `<style:page-layout style:name="page%d"><style:page-layout-properties fo:page-width="297mm" fo:page-height="210mm" style:print-orientation="landscape" style:scale-to-X="%d" style:scale-to-Y="0" fo:margin="15mm"/>`+
			`<style:header-style/><style:footer-style/></style:page-layout>`, n, n)
		fmt.Fprintf(&masters, `<style:master-page style:name="Page_20_%d" style:display-name="Page %d" style:page-layout-name="page%d"><style:header style:display="false"/><style:footer style:display="false"/></style:master-page>`, n, n, n)
	}
	heading := func(level int, role Role) string {
		return fmt.Sprintf(`<style:style style:name="Heading_20_%d" style:display-name="Heading %d" style:family="table-cell" style:parent-style-name="Default">`+
			`<style:table-cell-properties style:vertical-align="bottom"/><style:text-properties fo:font-size="%gpt" fo:font-weight="bold"/></style:style>`, level, level, sizes[role])
	}
	return odsHeader + "<office:document-styles" + odsNames + ">" +
		`<office:styles><style:default-style style:family="table-cell"><style:text-properties fo:font-family="` + font + `" fo:font-size="` + fmt.Sprint(fontSize) + `pt" fo:language="en" fo:country="GB"/></style:default-style>` +
		`<style:style style:name="Default" style:family="table-cell"><style:table-cell-properties style:vertical-align="top"/></style:style>` +
		heading(1, Title) + heading(2, Heading) + `</office:styles>` +
		`<office:automatic-styles>` + layouts.String() + `</office:automatic-styles><office:master-styles>` + masters.String() + `</office:master-styles>` +
		`</office:document-styles>`
}

// column is the name of the style of a column of so many characters.
func (w *odsWriter) column(width int) string {
	const millimetres = 2.4 // a figure of 12 points, with its share of the space beside
	name, ok := w.columns[width]
	if !ok {
		name = fmt.Sprintf("co%d", width)
		w.columns[width] = name
		fmt.Fprintf(&w.styles, `<style:style style:name="%s" style:family="table-column"><style:table-column-properties style:column-width="%.1fmm"/></style:style>`, name, float64(float64(width)*millimetres))
	}
	return name
}

// row is the name of the style of a row of some height, in points.
func (w *odsWriter) row(height float64) string {
	name, ok := w.rows[height]
	if !ok {
		name = fmt.Sprintf("ro%d", len(w.rows))
		w.rows[height] = name
		fmt.Fprintf(&w.styles, `<style:style style:name="%s" style:family="table-row"><style:table-row-properties style:row-height="%.1fpt" style:use-optimal-row-height="false"/></style:style>`, name, height)
	}
	return name
}

// page is the name of the style of a sheet that takes so many pages side by side.
func (w *odsWriter) page(pages int) string {
	name, ok := w.pages[pages]
	if !ok {
		name = fmt.Sprintf("ta%d", pages)
		w.pages[pages] = name
		fmt.Fprintf(&w.styles, `<style:style style:name="%s" style:family="table" style:master-page-name="Page_20_%d"><style:table-properties table:display="true" style:writing-mode="lr-tb"/></style:style>`, name, pages)
	}
	return name
}

// format is the name of the style of a number.
func (w *odsWriter) format(f Format) string {
	name, ok := w.formats[f]
	if ok {
		return name
	}
	name = fmt.Sprintf("nu%d", len(w.formats))
	w.formats[f] = name
	number := func(name string, decimals int, inside string) string {
		return fmt.Sprintf(`<number:number-style style:name="%s"><number:number number:decimal-places="%d" number:min-decimal-places="%d" number:min-integer-digits="1" number:grouping="true"/>%s</number:number-style>`, name, decimals, decimals, inside)
	}
	if !f.Probability {
		w.styles.WriteString(number(name, f.Decimals, ""))
		return name
	}
	fmt.Fprintf(&w.styles, `<number:number-style style:name="%ssmall" style:volatile="true"><number:text>%s</number:text></number:number-style>`, name, escaped(small))
	w.styles.WriteString(number(name, f.Decimals, fmt.Sprintf(`<style:map style:condition="value()&lt;0.001" style:apply-style-name="%ssmall"/>`, name)))
	return name
}

// style is the name of a cell's style, made when it is first wanted.
func (w *odsWriter) style(of cellStyle) string {
	name, ok := w.cells[of]
	if ok {
		return name
	}
	name = fmt.Sprintf("ce%d", len(w.cells))
	w.cells[of] = name
	parent, data := "Default", ""
	switch of.role {
	case Title:
		parent = "Heading_20_1"
	case Heading:
		parent = "Heading_20_2"
	}
	if of.number {
		data = ` style:data-style-name="` + w.format(of.format) + `"`
	}
	var cell, text strings.Builder
	wrap := "no-wrap"
	if of.wrap {
		wrap = "wrap"
	}
	fmt.Fprintf(&cell, ` fo:wrap-option="%s"`, wrap)
	if of.head {
		cell.WriteString(` fo:border-bottom="0.75pt solid #000000"`)
	}
	if of.right {
		cell.WriteString(` style:text-align-source="fix" fo:padding-right="2mm"`)
	}
	if of.head || of.role == Warning {
		text.WriteString(` fo:font-weight="bold"`)
	}
	if of.link {
		text.WriteString(` fo:color="#` + linkColour + `" style:text-underline-style="solid" style:text-underline-width="auto" style:text-underline-color="font-color"`)
	}
	align := "start"
	if of.right {
		align = "end"
	}
	fmt.Fprintf(&w.styles, `<style:style style:name="%s" style:family="table-cell" style:parent-style-name="%s"%s><style:table-cell-properties%s/><style:paragraph-properties fo:text-align="%s"/>`, name, parent, data, cell.String(), align)
	if text.Len() > 0 {
		fmt.Fprintf(&w.styles, `<style:text-properties%s/>`, text.String())
	}
	w.styles.WriteString("</style:style>")
	return name
}
