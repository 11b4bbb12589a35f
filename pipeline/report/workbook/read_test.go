package workbook_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A seen is what a reader of a workbook's archive finds in it, whichever format it is.
type seen struct {
	parts  []string // names, in the order of the archive
	props  map[string]string
	macros bool
	sheets []seenSheet
}

type seenSheet struct {
	name    string
	cells   map[[2]int]seenCell // by row and column, from 1
	rows    int                 // that have a cell
	columns int
	tables  []seenTable
	merged  int
	hidden  int // rows and columns
	frozen  int // rows
	widths  []float64
	margins bool // a header or a footer of the page
	objects int  // drawings, notes and controls
	cursor  string
	filters int
}

type seenTable struct {
	name                     string
	left, top, right, bottom int
	heads                    []string // as the format keeps them apart from the cells; nil where it does not
}

type seenCell struct {
	text   string // of a number, as the file has it
	number bool
	link   string // 'sheet'!A1
	style  seenStyle
}

type seenStyle struct {
	name   string // the style's own, for headings
	font   string
	size   float64
	bold   bool
	wrap   bool
	fill   bool
	raised bool // superscript or subscript
	colour string
	format string // of numbers
}

func (s *seenSheet) at(row, column int) seenCell { return s.cells[[2]int{row, column}] }

func (s *seen) sheet(name string) *seenSheet {
	for i := range s.sheets {
		if s.sheets[i].name == name {
			return &s.sheets[i]
		}
	}
	return &seenSheet{}
}

// A node is an XML element.
type node struct {
	name     string
	attrs    map[string]string
	children []*node
	text     string // its own
}

func (n *node) attr(name string) string {
	if n == nil {
		return ""
	}
	return n.attrs[name]
}

// all lists the elements of a name below a node, in the document's order.
func (n *node) all(name string) []*node {
	var list []*node
	if n == nil {
		return nil
	}
	for _, c := range n.children {
		if c.name == name {
			list = append(list, c)
		}
		list = append(list, c.all(name)...)
	}
	return list
}

// one is the first of them; nil for none.
func (n *node) one(name string) *node {
	if list := n.all(name); len(list) > 0 {
		return list[0]
	}
	return nil
}

// parse reads XML without its namespaces, but that of an attribute's id is kept as r:id.
func parse(t *testing.T, data []byte) *node {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(data))
	root := &node{}
	stack := []*node{root}
	for {
		token, err := d.Token()
		if err == io.EOF {
			return root
		}
		if err != nil {
			t.Fatal(err)
		}
		top := stack[len(stack)-1]
		switch x := token.(type) {
		case xml.StartElement:
			n := &node{name: x.Name.Local, attrs: map[string]string{}}
			for _, a := range x.Attr {
				n.attrs[a.Name.Local] = a.Value
			}
			top.children = append(top.children, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(x)
			if len(stack) > 1 && (top.name == "p" || top.name == "a") { // in its place among elements
				top.children = append(top.children, &node{name: "#text", text: string(x)})
			}
		}
	}
}

// archive reads the parts of a workbook.
func archive(t *testing.T, data []byte) (names []string, parts map[string][]byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	parts = map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, f.Name)
		if parts[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return names, parts
}

func number(text string) float64 {
	x, _ := strconv.ParseFloat(text, 64)
	return x
}

// place reads a cell's name, such as 'a sheet'.B3, $B$3 or B3.
func place(name string) (column, row int) {
	name = strings.ReplaceAll(name[strings.LastIndexAny(name, ".!")+1:], "$", "")
	for name != "" && name[0] >= 'A' && name[0] <= 'Z' {
		column = column*26 + int(name[0]-'A') + 1
		name = name[1:]
	}
	row, _ = strconv.Atoi(name)
	return column, row
}

// read reads a workbook of either format.
func read(t *testing.T, data []byte) *seen {
	t.Helper()
	names, parts := archive(t, data)
	s := &seen{parts: names, props: map[string]string{}}
	for _, name := range names {
		s.macros = s.macros || strings.Contains(strings.ToLower(name), "vba") || strings.HasPrefix(name, "Basic/")
	}
	if parts["content.xml"] != nil {
		readODS(t, s, parts)
	} else {
		readXLSX(t, s, parts)
	}
	for i := range s.sheets {
		for at := range s.sheets[i].cells {
			s.sheets[i].rows = max(s.sheets[i].rows, at[0])
			s.sheets[i].columns = max(s.sheets[i].columns, at[1])
		}
	}
	return s
}

func readXLSX(t *testing.T, s *seen, parts map[string][]byte) {
	t.Helper()
	core := parse(t, parts["docProps/core.xml"])
	for _, name := range []string{"title", "subject", "description", "creator", "language", "created", "modified"} {
		if n := core.one(name); n != nil {
			s.props[name] = n.text
		}
	}
	styles := xlsxStyles(parse(t, parts["xl/styles.xml"]))
	var shared []string
	for _, n := range parse(t, parts["xl/sharedStrings.xml"]).all("si") {
		text := ""
		for _, x := range n.all("t") {
			text += x.text
		}
		shared = append(shared, text)
	}
	targets := map[string]string{}
	for _, n := range parse(t, parts["xl/_rels/workbook.xml.rels"]).all("Relationship") {
		targets[n.attr("Id")] = "xl/" + strings.TrimPrefix(n.attr("Target"), "/xl/")
	}
	for _, n := range parse(t, parts["xl/workbook.xml"]).all("sheet") {
		path := targets[n.attr("id")]
		own := seenSheet{name: n.attr("name"), cells: map[[2]int]seenCell{}}
		if n.attr("state") != "" {
			own.hidden++
		}
		x := parse(t, parts[path])
		for _, c := range x.all("c") {
			column, row := place(c.attr("r"))
			cell := seenCell{style: styles[int(number(c.attr("s")))]}
			value := c.one("v")
			switch c.attr("t") {
			case "inlineStr":
				for _, part := range c.all("t") {
					cell.text += part.text
				}
			case "s":
				cell.text = shared[int(number(value.text))]
			case "", "n":
				if value == nil {
					continue
				}
				cell.text, cell.number = value.text, true
			default:
				cell.text = value.text
			}
			own.cells[[2]int{row, column}] = cell
		}
		for _, h := range x.all("hyperlink") {
			column, row := place(h.attr("ref"))
			if cell, ok := own.cells[[2]int{row, column}]; ok {
				cell.link = h.attr("location")
				own.cells[[2]int{row, column}] = cell
			}
		}
		own.merged = len(x.all("mergeCell"))
		for _, kind := range []string{"row", "col"} {
			for _, r := range x.all(kind) {
				if r.attr("hidden") == "1" || r.attr("hidden") == "true" {
					own.hidden++
				}
			}
		}
		for _, c := range x.all("col") {
			for range int(number(c.attr("max"))-number(c.attr("min"))) + 1 {
				own.widths = append(own.widths, number(c.attr("width")))
			}
		}
		if pane := x.one("pane"); pane.attr("state") == "frozen" {
			own.frozen = int(number(pane.attr("ySplit")))
		}
		own.cursor = "A1"
		for _, n := range x.all("selection") {
			own.cursor = n.attr("activeCell")
		}
		own.margins = x.one("headerFooter") != nil
		own.objects = len(x.all("drawing")) + len(x.all("legacyDrawing")) + len(x.all("controls"))
		own.filters = len(x.all("autoFilter"))
		rels := strings.Replace(path, "worksheets/", "worksheets/_rels/", 1) + ".rels"
		if parts[rels] != nil {
			for _, r := range parse(t, parts[rels]).all("Relationship") {
				if !strings.HasSuffix(r.attr("Type"), "/table") {
					continue
				}
				table := parse(t, parts["xl/"+strings.TrimPrefix(r.attr("Target"), "../")]).one("table")
				from, to, _ := strings.Cut(table.attr("ref"), ":")
				made := seenTable{name: table.attr("displayName")}
				made.left, made.top = place(from)
				made.right, made.bottom = place(to)
				for _, c := range table.all("tableColumn") {
					made.heads = append(made.heads, c.attr("name"))
				}
				own.filters += len(table.all("autoFilter"))
				own.tables = append(own.tables, made)
			}
		}
		s.sheets = append(s.sheets, own)
	}
}

// xlsxStyles are the styles of cells, by their number.
func xlsxStyles(x *node) []seenStyle {
	var list []seenStyle
	formats := map[string]string{}
	for _, n := range x.all("numFmt") {
		formats[n.attr("numFmtId")] = n.attr("formatCode")
	}
	names := map[string]string{}
	for _, n := range x.all("cellStyle") {
		names[n.attr("xfId")] = n.attr("name")
	}
	fonts, fills := x.one("fonts").all("font"), x.one("fills").all("fill")
	for _, n := range x.one("cellXfs").all("xf") {
		f := fonts[int(number(n.attr("fontId")))]
		fill := fills[int(number(n.attr("fillId")))].one("patternFill")
		bold := f.one("b")
		list = append(list, seenStyle{
			name: names[n.attr("xfId")], font: f.one("name").attr("val"), size: number(f.one("sz").attr("val")), bold: bold != nil && bold.attr("val") != "0" && bold.attr("val") != "false",
			wrap: n.one("alignment").attr("wrapText") == "1" || n.one("alignment").attr("wrapText") == "true",
			fill: fill.attr("patternType") == "solid", raised: f.one("vertAlign") != nil, colour: f.one("color").attr("rgb"), format: formats[n.attr("numFmtId")],
		})
	}
	return list
}

// broken is a workbook's archive with edits; a part named behind a plus is added.
func broken(t *testing.T, names []string, parts map[string][]byte, edits []edit) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	put := func(name string, data []byte) {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	done := map[int]bool{}
	for _, name := range names {
		data := parts[name]
		for i, e := range edits {
			if strings.HasPrefix(e.part, "+") || !regexp.MustCompile("^"+e.part+"$").MatchString(name) {
				continue
			}
			match := regexp.MustCompile(e.match)
			at := match.FindSubmatchIndex(data)
			if at == nil {
				continue
			}
			done[i] = true
			data = slices.Concat(data[:at[0]], match.Expand(nil, []byte(e.with), data, at), data[at[1]:])
		}
		put(name, data)
	}
	for i, e := range edits {
		if added, ok := strings.CutPrefix(e.part, "+"); ok {
			put(added, []byte(e.with))
			done[i] = true
		}
		if !done[i] {
			t.Fatalf("nothing to edit: %s in %s", e.match, e.part)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
