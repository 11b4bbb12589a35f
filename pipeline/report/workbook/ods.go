package workbook

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The type of an OpenDocument spreadsheet, which is its first part, stored.
const (
	odsType     = "application/vnd.oasis.opendocument.spreadsheet"
	odsTypeName = "mimetype"
)

// ODS is the workbook as OpenDocument 1.3.
func (b *Book) ODS() ([]byte, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	return pack([]part{
		inOne(odsTypeName, []byte(odsType)),
		inOne("META-INF/manifest.xml", []byte(odsManifest)),
		{"content.xml", b.odsContent()},
		inOne("meta.xml", b.odsMeta()),
		inOne("settings.xml", b.odsSettings()),
		inOne("styles.xml", []byte(b.odsStyles())),
	}, odsTypeName)
}

const odsHeader = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

const odsManifest = odsHeader + `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">` +
	`<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="` + odsType + `"/>` +
	`<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>` +
	`<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/>` +
	`<manifest:file-entry manifest:full-path="settings.xml" manifest:media-type="text/xml"/>` +
	`<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/></manifest:manifest>`

const odsNames = ` xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"` +
	` xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"` +
	` xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"` +
	` xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"` +
	` xmlns:config="urn:oasis:names:tc:opendocument:xmlns:config:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.3"`

// escaped is text for an element or an attribute.
func escaped(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // to memory
	return b.String()
}

func (b *Book) odsMeta() []byte {
	var o strings.Builder
	o.WriteString(odsHeader + "<office:document-meta" + odsNames + "><office:meta>")
	element := func(name, text string) { fmt.Fprintf(&o, "<%s>%s</%s>", name, escaped(text), name) }
	element("meta:generator", creator)
	element("dc:title", b.Title)
	element("dc:subject", b.Subject)
	element("dc:description", b.About)
	for _, k := range b.Keywords {
		element("meta:keyword", k)
	}
	element("meta:initial-creator", creator)
	element("dc:creator", creator)
	element("meta:creation-date", b.Issued+"T00:00:00")
	element("dc:date", b.Issued+"T00:00:00")
	element("dc:language", language)
	o.WriteString("</office:meta></office:document-meta>")
	return []byte(o.String())
}

// odsSettings freeze the heads, with the cursor in the first cell of each sheet.
func (b *Book) odsSettings() []byte {
	var o strings.Builder
	item := func(name, kind, value string) {
		fmt.Fprintf(&o, `<config:config-item config:name="%s" config:type="%s">%s</config:config-item>`, name, kind, escaped(value))
	}
	o.WriteString(odsHeader + "<office:document-settings" + odsNames + `><office:settings><config:config-item-set config:name="ooo:view-settings">` +
		`<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>`)
	item("ViewId", "string", "view1")
	item("ActiveTable", "string", b.Sheets[0].Name)
	o.WriteString(`<config:config-item-map-named config:name="Tables">`)
	for _, s := range b.Sheets {
		fmt.Fprintf(&o, `<config:config-item-map-entry config:name="%s">`, escaped(s.Name))
		item("CursorPositionX", "int", "0")
		item("CursorPositionY", "int", "0")
		if s.Table != nil {
			head := strconv.Itoa(len(s.Lines) + 1)
			item("HorizontalSplitMode", "short", "0")
			item("VerticalSplitMode", "short", "2")
			item("VerticalSplitPosition", "int", head)
			item("ActiveSplitRange", "short", "2")
			item("PositionBottom", "int", head)
		}
		o.WriteString("</config:config-item-map-entry>")
	}
	o.WriteString("</config:config-item-map-named></config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set></office:settings></office:document-settings>")
	return []byte(o.String())
}

// An odsWriter writes the content, and remembers the styles that it needs.
type odsWriter struct {
	body    bytes.Buffer // of the sheet
	styles  bytes.Buffer
	cells   map[cellStyle]string
	columns map[int]string
	rows    map[float64]string
	pages   map[int]string
	formats map[Format]string
}

// odsContent is the content in pieces, one of them a sheet.
func (b *Book) odsContent() [][]byte {
	w := &odsWriter{cells: map[cellStyle]string{}, columns: map[int]string{}, rows: map[float64]string{}, pages: map[int]string{}, formats: map[Format]string{}}
	var ranges bytes.Buffer
	var sheets [][]byte
	for i := range b.Sheets {
		s := &b.Sheets[i]
		w.body = bytes.Buffer{}
		w.sheet(s)
		sheets = append(sheets, w.body.Bytes())
		if t := s.Table; t != nil {
			head := len(s.Lines) + 1
			fmt.Fprintf(&ranges, `<table:database-range table:name="%s" table:target-range-address="'%s'.A%d:'%s'.%s%d" table:contains-header="true" table:display-filter-buttons="false"/>`,
				t.Name, escaped(s.Name), head, escaped(s.Name), letters(len(t.Columns)), head+len(t.Rows))
		}
	}
	before := odsHeader + "<office:document-content" + odsNames + "><office:automatic-styles>"
	return slices.Concat(
		[][]byte{[]byte(before), w.styles.Bytes(), []byte("</office:automatic-styles><office:body><office:spreadsheet>")}, sheets,
		[][]byte{[]byte("<table:database-ranges>"), ranges.Bytes(), []byte("</table:database-ranges></office:spreadsheet></office:body></office:document-content>")},
	)
}

func (w *odsWriter) sheet(s *Sheet) {
	o := &w.body
	pages := 1
	if s.Table != nil {
		pages = s.Table.pages()
	}
	fmt.Fprintf(o, `<table:table table:name="%s" table:style-name="%s">`, escaped(s.Name), w.page(pages))
	if s.Table == nil {
		fmt.Fprintf(o, `<table:table-column table:style-name="%s"/>`, w.column(lineWidth))
	} else {
		for _, c := range s.Table.Columns {
			fmt.Fprintf(o, `<table:table-column table:style-name="%s"/>`, w.column(c.Width))
		}
	}
	for _, l := range s.Lines {
		fmt.Fprintf(o, `<table:table-row table:style-name="%s">`, w.row(l.height(s.Table == nil)))
		w.cell(Cell{Text: l.Text, Link: l.Link}, cellStyle{role: l.Role, link: l.Link != "", wrap: s.Table == nil})
		o.WriteString("</table:table-row>")
	}
	if t := s.Table; t != nil {
		fmt.Fprintf(o, `<table:table-header-rows><table:table-row table:style-name="%s">`, w.row(rowHeight(t.headTall())))
		for _, c := range t.Columns {
			w.cell(Cell{Text: c.Head}, cellStyle{head: true, right: c.Numbers, wrap: true})
		}
		o.WriteString("</table:table-row></table:table-header-rows>")
		for _, row := range t.Rows {
			fmt.Fprintf(o, `<table:table-row table:style-name="%s">`, w.row(rowHeight(t.tall(row))))
			for j, c := range row {
				style := cellStyle{right: t.Columns[j].Numbers, link: c.Link != "", wrap: !t.Columns[j].Numbers}
				if c.Format != nil {
					style.number, style.format = true, *c.Format
				}
				w.cell(c, style)
			}
			o.WriteString("</table:table-row>")
		}
	}
	o.WriteString("</table:table>")
}

func (w *odsWriter) cell(c Cell, style cellStyle) {
	o := &w.body
	o.WriteString(`<table:table-cell table:style-name="`)
	o.WriteString(w.style(style))
	if c.Format != nil {
		o.WriteString(`" office:value-type="float" office:value="`)
		o.WriteString(strconv.FormatFloat(c.Number, 'g', -1, 64))
		o.WriteString(`"><text:p>`)
		o.WriteString(escaped(c.Shown()))
		o.WriteString("</text:p></table:table-cell>")
		return
	}
	o.WriteString(`" office:value-type="string">`)
	for line := range strings.SplitSeq(c.Text, "\n") {
		o.WriteString("<text:p>")
		if c.Link != "" {
			fmt.Fprintf(o, `<text:a xlink:href="#%s" xlink:type="simple">`, escaped("'"+c.Link+"'.A1"))
		}
		o.WriteString(spaced(escaped(line)))
		if c.Link != "" {
			o.WriteString("</text:a>")
		}
		o.WriteString("</text:p>")
	}
	o.WriteString("</table:table-cell>")
}

// spaced keeps blanks, of which a paragraph has one at a time, and none at its ends.
func spaced(text string) string {
	if !strings.Contains(text, "  ") && !strings.HasPrefix(text, " ") && !strings.HasSuffix(text, " ") {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		if r == ' ' && (i == 0 || i == len(text)-1 || text[i-1] == ' ') {
			b.WriteString("<text:s/>")
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// letters are those of a column, from 1.
func letters(column int) string {
	text := ""
	for ; column > 0; column = (column - 1) / 26 {
		text = string(rune('A'+(column-1)%26)) + text
	}
	return text
}
