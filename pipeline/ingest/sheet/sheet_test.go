package sheet

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/ingest/hostile"
	"togetherwecan/pipeline/table"
)

// zipped is an archive of parts, each a name and its content.
func zipped(parts ...[2]string) []byte {
	var made bytes.Buffer
	w := zip.NewWriter(&made)
	for _, part := range parts {
		f, err := w.CreateHeader(&zip.FileHeader{Name: part[0], Method: zip.Store})
		if err == nil {
			_, err = f.Write([]byte(part[1]))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return made.Bytes()
}

// workbookOf is a workbook of a sheet's markup, with a hidden sheet before it.
func workbookOf(markup string) []byte {
	const of = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	return zipped(
		[2]string{"_rels/.rels", `<Relationships><Relationship Id="a" Type="` + of + `officeDocument" Target="xl/book.xml"/></Relationships>`},
		[2]string{"xl/book.xml", `<?xml version="1.0"?><x:workbook><x:sheets><x:sheet name="Old" state="hidden" r:id="r1"/><x:sheet name="A &amp; B" r:id="r2"/></x:sheets></x:workbook>`},
		[2]string{"xl/_rels/book.xml.rels", `<Relationships><Relationship Id="r1" Type="` + of + `worksheet" Target="old.xml"/><Relationship Id="r2" Type="` + of + `worksheet" Target="/xl/s.xml"/>` +
			`<Relationship Id="r3" Type="` + of + `styles" Target="styles.xml"/><Relationship Id="r4" Type="` + of + `sharedStrings" Target="t.xml"/></Relationships>`},
		[2]string{"xl/styles.xml", `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="yyyy\-mm;[Red]&quot;d&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="10"/></cellXfs></styleSheet>`},
		[2]string{"xl/t.xml", `<sst><si><t>name</t></si><si><r><t xml:space="preserve">two </t></r><r><t>runs_x000D_</t></r><rPh><t>spoken</t></rPh></si></sst>`},
		[2]string{"xl/old.xml", `<worksheet><sheetData><row><c t="inlineStr"><is><t>old</t></is></c></row><row><c><v>7</v></c></row></sheetData></worksheet>`},
		[2]string{"xl/s.xml", `<x:worksheet><x:sheetData>` + markup + `</x:worksheet>`},
	)
}

// spreadsheetOf is a spreadsheet of a table's markup, behind a hidden one.
func spreadsheetOf(markup string) []byte {
	return zipped([2]string{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, [2]string{"content.xml", `<office:document-content><style:style style:name="h"><style:table-properties table:display="false"/></style:style>` +
		`<table:table table:name="Old" table:style-name="h"/><table:table table:name="A">` + markup + `</table:table></office:document-content>`})
}

const xName = `<row r="2"><c r="B2" t="s"><v>0</v></c></row>`

// read is the columns of a sheet, each in a line.
func read(data []byte, limits Limits) (string, *File, error) {
	f, err := Scan(bytes.NewReader(data), int64(len(data)), "f", "", nil, limits, nil)
	if err != nil {
		return "", nil, err
	}
	var lines []string
	for _, c := range f.Table.Columns {
		line := c.Variable.Name + ":"
		for row := range c.Len() {
			switch {
			case c.Text != nil:
				line += fmt.Sprintf(" %q", c.Text[row])
			case math.IsNaN(c.Values[row]):
				line += " ."
			default:
				line += fmt.Sprintf(" %v", c.Values[row])
			}
		}
		if format := c.Variable.Recorded.Format; format != "" {
			line += " " + format
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"), f, nil
}

// A table is the same whichever program wrote it, as readxl has it too.
func TestPrograms(t *testing.T) {
	want := `id: 1 2 3 4 5 6
name: "Ann & Bo" "<Cé>" "007" "" "" "x"
w: 1.5 2 0.3 1e-07 1.23456789012e+11 .
day: 11445 10956 . -25508 19782 0 days since 1970
at: 9.88893015e+08 9.465984e+08 . 1.104623999e+09 1.7091864e+09 1 seconds since 1970
ok: 1 0 . 1 1 0
code: 1 2 3 1 2 .`
	for _, file := range hostile.Corpus(t, 5, "testdata", "*.*s*") {
		if filepath.Ext(file.Name) == ".sh" {
			continue
		}
		got, f, err := read(file.Data, Limits{})
		if err != nil || got != want {
			t.Errorf("%s: got\n%s\n%v, want\n%s", file.Name, got, err, want)
			continue
		}
		if !slices.Equal(f.Sheets, []string{"Data", "Notes"}) || !slices.Equal(f.Notes, []string{"numbers that the sheet has as texts: code"}) || f.Line(0) != 2 {
			t.Errorf("%s: sheets %q, notes %q, first row %d", file.Name, f.Sheets, f.Notes, f.Line(0))
		}
		f, err = Scan(bytes.NewReader(file.Data), int64(len(file.Data)), "f", "Notes", []string{"B"}, Limits{}, nil)
		if err != nil || len(f.Table.Columns) != 1 || f.Table.Columns[0].Values[0] != 1 {
			t.Errorf("%s: of another sheet %+v, %v", file.Name, f, err)
		}
	}
}

// What cells are, by hand from the standards.
func TestCells(t *testing.T) {
	for _, c := range []struct {
		data []byte
		want string
	}{
		{workbookOf(xName + `<row r="3" hidden="1"><c r="B3" t="s"><v>1</v></c></row></sheetData>`), `name: "two runs"`},
		{workbookOf(`<row><c t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c><c t="str"><v>c</v></c></row><row><c s="1"><v>59</v></c><c s="2"><v>61</v></c></row></sheetData>`), "ab: -25509 days since 1970\nc: -25508 days since 1970"},
		{workbookOf(`<row><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row><row><c s="3"><v>0.125</v></c><c t="e"><v>#N/A</v></c></row><row><c t="b"><v>1</v></c><c s="1"><v>36526</v></c></row></sheetData>`), "a: 0.125 1\nb: \"#N/A\" \"2000-01-01\""},
		{workbookOf(`<row><c t="str"><v>a</v></c></row><row><c t="d"><v>2000-01-01T06:00:00</v></c></row></sheetData>`), "a: 9.467064e+08 seconds since 1970"},
		{workbookOf(`<row><c t="str"><v>a</v></c></row><row><c><f>1+1</f><v>2</v></c></row><row><c t="inlineStr"><is><t><![CDATA[3]]><!-- > --></t></is></c></row></sheetData>`), "a: 2 3"},
		{spreadsheetOf(`<table:table-row table:number-rows-repeated="3"/><table:table-row><table:table-cell office:value-type="string"><text:p>a<text:s text:c="2"/>b</text:p><text:p>c</text:p><office:annotation><text:p>note</text:p></office:annotation></table:table-cell><table:table-cell table:number-columns-repeated="16383"/></table:table-row>` +
			`<table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="percentage" office:value="0.5"/></table:table-row><table:table-row table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>`), "a  b\nc: 0.5 0.5"},
		{spreadsheetOf(`<table:table-row><table:table-cell office:value-type="string" table:number-columns-repeated="2"><text:p>a</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell office:value-type="boolean" office:boolean-value="true"/><table:table-cell office:value-type="time" office:time-value="PT1H"><text:p>01:00</text:p></table:table-cell></table:table-row>`), "a_1: 1\na_2: \"01:00\""},
	} {
		if got, _, err := read(c.data, Limits{}); err != nil || got != c.want {
			t.Errorf("got %s, %v, want %s", got, err, c.want)
		}
	}
}

// refused are sheets with a fault each.
var refused = []struct {
	data []byte
	want string
}{
	{workbookOf(`</sheetData>`), `sheet "A & B" has no cells, want the names of columns and rows below them`},
	{workbookOf(xName + `</sheetData>`), `sheet "A & B" has no rows`},
	{workbookOf(xName + `<row r="5"><c r="B5"><v>1</v></c></row></sheetData>`), `row 3: blank, and row 5 is not, want one table without a gap`},
	{workbookOf(xName + `<row r="3"><c r="C3"><v>1</v></c></row></sheetData>`), `cells with no name above them: C3`},
	{workbookOf(`<row><c><v>1</v></c></row></sheetData>`), `row 1: numbers alone, want the names of the columns`},
	{workbookOf(xName + `<row r="3"><c r="B3"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="B3:B4"/></mergeCells>`), `cells B3:B4 are merged`},
	{workbookOf(xName + `<row r="3"><c r="B3"><f>A1</f></c></row></sheetData>`), `row 3: a formula without its value`},
	{workbookOf(xName + `<row r="2"><c r="B2"><v>1</v></c></row></sheetData>`), `row "2" after row 2`},
	{workbookOf(xName + `<row r="3"><c r="B3"><v>1</v></c><c r="A3"><v>1</v></c></row></sheetData>`), `cell "A3" in row 3, out of order`},
	{workbookOf(xName + `<row r="3"><c r="B3" t="s"><v>2</v></c></row></sheetData>`), `row 3: text "2" of 2`},
	{workbookOf(xName + `<row r="3"><c r="B3"><v>NaN</v></c></row></sheetData>`), `row 3: "NaN", want a number`},
	{workbookOf(xName + `<row r="3"><c r="B3"><v>&big;</v></c></row></sheetData>`), `no entity "big"`},
	{workbookOf(xName + `<row r="3"><c r="B3"><v>1`), `the end of "worksheet", which has not begun last`},
	{workbookOf(xName + "<row r=\"3\"><c r=\"B3\" t=\"str\"><v>\xff</v></c></row></sheetData>"), `text that is not UTF-8`},
	{workbookOf(`<!DOCTYPE a [<!ENTITY b "c">]>`), `a declaration of types, want none`},
	{spreadsheetOf(`<table:table-row><table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell office:value-type="float" office:value="1" table:number-rows-spanned="2"/></table:table-row>`), `row 2: cells are merged`},
	{spreadsheetOf(`<table:table-row><table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell></table:table-row><table:table-row table:number-rows-repeated="2000000000"><table:table-cell office:value-type="float" office:value="1"/></table:table-row>`), `more cells than are taken`},
	{spreadsheetOf(`<table:table-row><table:table-cell office:value-type="string" table:number-columns-repeated="2000000000"><text:p>a</text:p></table:table-cell></table:table-row>`), `more cells than are taken`},
	{zipped([2]string{"content.xml", "<a/>"}, [2]string{"META-INF/manifest.xml", "<m:encryption-data/>"}), `it is encrypted`},
	{zipped([2]string{"a.txt", "a"}), `no part xl/_rels/workbook.xml.rels`},
	{[]byte("PK\x03\x04"), `not a valid zip file`},
}

func TestRefused(t *testing.T) {
	for _, c := range refused {
		if got, _, err := read(c.data, Limits{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %s, %v, want %s", got, err, c.want)
		}
	}
	for limit, want := range map[Limits]string{
		{Rows: 5}: "more than 5 rows", {Columns: 6}: "7 columns, want at most 6", {Cells: 41}: "42 cells in the wanted columns, want at most 41",
		{TextBytes: 20}: "a piece of more than 20 bytes", {SharedBytes: 60}: "more than 60 bytes of texts",
	} {
		if got, _, err := read(hostile.Load(t, "testdata/openxlsx.xlsx"), limit); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %s, %v, want %s", limit, got, err, want)
		}
	}
}

// tested is this package to the tests of any reader, of what makes a file of what is damaged.
func tested(made func(data []byte) []byte) hostile.Reader[File] {
	limits := Limits{Columns: 200, Rows: 2000, Cells: 20_000, TextBytes: 1 << 16, SharedBytes: 1 << 20}
	of := func(data []byte, want []string, batch int, each func(*table.Table) error) (*File, error) {
		data = made(data)
		return scan(bytes.NewReader(data), int64(len(data)), "f", "", want, limits, batch, each)
	}
	return hostile.Reader[File]{
		Read:  func(data []byte, want []string) (*File, error) { return of(data, want, 0, nil) },
		Scan:  of,
		Parts: func(f *File) (*table.Table, []string) { return f.Table, f.Names },
		Sound: func(f *File, err error) error {
			if err != nil {
				return hostile.Refused(f != nil, err, "", "f: row ")
			}
			return cmp.Or(hostile.Numbers(f.Table), hostile.Sound(f.Table, f.Names))
		},
	}
}

// within is a part of an archive.
func within(t testing.TB, file, name string) []byte {
	t.Helper()
	data := hostile.Load(t, file)
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := archive.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var made bytes.Buffer
	if _, err := made.ReadFrom(f); err != nil {
		t.Fatal(err)
	}
	return made.Bytes()
}

func TestMutations(t *testing.T) {
	itself := func(data []byte) []byte { return data }
	file := hostile.Target{Name: "file", Check: tested(itself).Check(8)}
	for _, c := range refused {
		file.Seeds = append(file.Seeds, c.data)
	}
	sheet := func(data []byte) []byte { return workbookOf(string(data)) }
	rows := hostile.Target{Name: "rows of a workbook", Check: tested(sheet).Check(8), Tokens: []string{`<c r="B3" t="s">`, `<v>`, `</v>`, `</c>`, `<row r="4">`, "</row>", "</sheetData>", `t="inlineStr"`, "<is><t>", "<![CDATA[", "]]>", "<!--", "-->", "&#x41;", "&amp;", `s="1"`}}
	rows.Seeds = [][]byte{[]byte(xName + `<row r="3"><c r="B3" t="s"><v>1</v></c><c><v>2</v></c></row></sheetData>`), within(t, "testdata/openxlsx.xlsx", "xl/worksheets/sheet1.xml")}
	content := func(data []byte) []byte { return zipped([2]string{"content.xml", string(data)}) }
	tables := hostile.Target{Name: "tables of a spreadsheet", Check: tested(content).Check(8), Tokens: []string{"<table:table-row>", "</table:table-row>", `<table:table-cell office:value-type="float" office:value="1"/>`, `table:number-columns-repeated="9"`, `table:number-rows-repeated="9"`, "<text:p>", "</text:p>", "<table:covered-table-cell/>", `office:value-type="date" office:date-value="2000-01-01"`}}
	tables.Seeds = [][]byte{within(t, "testdata/gnumeric.ods", "content.xml"), []byte(`<office:document-content><table:table table:name="A"><table:table-row><table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell office:value-type="float" office:value="1"/></table:table-row></table:table></office:document-content>`)}
	hostile.Mutations(t, file, rows, tables)
}

// A scan has the cells that a read has, whatever the size of its batches.
func TestScanIsRead(t *testing.T) {
	var files []hostile.File
	for _, file := range hostile.Corpus(t, 5, "testdata", "*.*s*") {
		if filepath.Ext(file.Name) != ".sh" {
			files = append(files, file)
		}
	}
	tested(func(data []byte) []byte { return data }).ScanIsRead(t, files)
}
