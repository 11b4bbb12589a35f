package workbook_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"togetherwecan/indicators"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report/dataset"
	"togetherwecan/pipeline/report/workbook"
	"togetherwecan/seeds"
)

// input is what a dataset is made of, of the sealed store that tests hold on to.
func input(t *testing.T) dataset.Input {
	t.Helper()
	store, err := publish.Open("../../../testdata/release/1/store")
	if err != nil {
		t.Fatal(err)
	}
	r, err := store.Current()
	if err != nil {
		t.Fatal(err)
	}
	in := dataset.Input{Who: dataset.Who{Kind: dataset.All, ID: "all", Name: "all measures and indicators"}, ID: r.ID, Digest: r.Digest, Manifest: r.Manifest, Labels: r.Labels}
	if in.Contents, err = r.Contents(); err != nil {
		t.Fatal(err)
	}
	if in.Notices, err = r.Bearings(); err != nil {
		t.Fatal(err)
	}
	if in.Register, err = plan.Load(seeds.Files); err != nil {
		t.Fatal(err)
	}
	if in.Geography, err = codebook.LoadGeography(indicators.Files); err != nil {
		t.Fatal(err)
	}
	if in.Catalogue, err = indicator.LoadFolder(os.DirFS("../../../cmd/twc/testdata/tiny/cat"), ""); err != nil {
		t.Fatal(err)
	}
	return in
}

var nan = math.NaN()

// written is a workbook in each format.
func written(t *testing.T, b *workbook.Book) map[string][]byte {
	t.Helper()
	made := map[string][]byte{}
	for format, encode := range map[string]func() ([]byte, error){"xlsx": b.XLSX, "ods": b.ODS} {
		data, err := encode()
		if err != nil {
			t.Fatal(err)
		}
		made[format] = data
	}
	return made
}

// TestSameBytes: the same figures give the same bytes, whatever digest their release has of
// what it withholds, and no time of the machine.
func TestSameBytes(t *testing.T) {
	in := input(t)
	for format, data := range written(t, workbook.New(dataset.New(in))) {
		in.Digest = strings.Repeat("0", 64)
		if again := written(t, workbook.New(dataset.New(in)))[format]; !bytes.Equal(data, again) {
			t.Errorf("%s: other bytes for the same dataset", format)
		}
		s := read(t, data)
		issued, _, _ := strings.Cut(in.ID, ".")
		for _, name := range []string{"created", "modified"} {
			if !strings.HasPrefix(s.props[name], issued+"T00:00:00") {
				t.Errorf("%s: %s %q, want the release's day, %s", format, name, s.props[name], issued)
			}
		}
	}
}

// TestFirstPart: an .ods begins with its type as it stands, where programs look for it.
func TestFirstPart(t *testing.T) {
	const kind = "application/vnd.oasis.opendocument.spreadsheet"
	data := written(t, hard())["ods"]
	header := binary.LittleEndian
	flags, method, size, extra := header.Uint16(data[6:]), header.Uint16(data[8:]), header.Uint32(data[18:]), header.Uint16(data[28:])
	if flags != 0 || method != 0 || size != uint32(len(kind)) || extra != 0 || string(data[30:38]) != "mimetype" || string(data[38:38+len(kind)]) != kind {
		t.Errorf("flags %d, method %d, size %d, extra %d: %q", flags, method, size, extra, data[30:100])
	}
}

// TestProperties: what the .xlsx says of itself has the prefixes that exceljs, which knows no
// namespaces, opens a workbook by: it refuses keywords without one.
func TestProperties(t *testing.T) {
	_, parts := archive(t, written(t, hard())["xlsx"])
	for _, want := range []string{"<cp:keywords>", "<cp:lastModifiedBy>", "<dc:title>Hard</dc:title>", "<dc:language>en-GB<", `<dcterms:created xsi:type="dcterms:W3CDTF">2005-06-30T00:00:00Z<`} {
		if !bytes.Contains(parts["docProps/core.xml"], []byte(want)) {
			t.Errorf("no %s in %s", want, parts["docProps/core.xml"])
		}
	}
}

// TestCells: what is read back from a file is what the book has, numbers as numbers with
// every digit, text as text.
func TestCells(t *testing.T) {
	b := workbook.New(dataset.New(input(t)))
	for format, data := range written(t, b) {
		t.Run(format, func(t *testing.T) { compare(t, b, read(t, data), true) })
	}
}

// compare holds the cells of a file against those of a book.
func compare(t *testing.T, b *workbook.Book, s *seen, links bool) {
	t.Helper()
	if len(s.sheets) != len(b.Sheets) {
		t.Fatalf("%d sheets, want %d", len(s.sheets), len(b.Sheets))
	}
	for i := range b.Sheets {
		want, got := &b.Sheets[i], &s.sheets[i]
		if got.name != want.Name {
			t.Errorf("sheet %d is %q, want %q", i+1, got.name, want.Name)
		}
		cells := 0
		check := func(row, column int, w workbook.Cell) {
			cells++
			c := got.at(row, column)
			switch {
			case c.number != (w.Format != nil):
				t.Errorf("%s, row %d, column %d: a number: %v, want %v (%q, want %q)", want.Name, row, column, c.number, w.Format != nil, c.text, w.Shown())
			case c.number && number(c.text) != w.Number:
				t.Errorf("%s, row %d, column %d: %s, want %v", want.Name, row, column, c.text, w.Number)
			case !c.number && c.text != w.Text:
				t.Errorf("%s, row %d, column %d: %q, want %q", want.Name, row, column, c.text, w.Text)
			case links && w.Link != "" && c.link != "'"+w.Link+"'!A1":
				t.Errorf("%s, row %d, column %d: a link to %q, want %q", want.Name, row, column, c.link, w.Link)
			}
		}
		for k, l := range want.Lines {
			check(k+1, 1, workbook.Cell{Text: l.Text, Link: l.Link})
		}
		if want.Table != nil {
			head := len(want.Lines) + 1
			for j, c := range want.Table.Columns {
				check(head, j+1, workbook.Cell{Text: c.Head})
			}
			for k, row := range want.Table.Rows {
				for j, c := range row {
					check(head+1+k, j+1, c)
				}
			}
		}
		if len(got.cells) != cells {
			t.Errorf("%s: %d cells, want %d", want.Name, len(got.cells), cells)
		}
	}
}

// TestFields: every column of the dataset's tables is on a sheet, or is said not to be.
func TestFields(t *testing.T) {
	d := dataset.New(input(t))
	for _, table := range d.Tables {
		shown, words := workbook.Shown(table.Name()), map[string]bool{}
		for _, c := range table.Columns() {
			words[c.Words] = true
		}
		for _, c := range table.Columns() {
			if slices.ContainsFunc(d.Dimensions, func(x dataset.Dimension) bool { return x.Column == c.Name || x.Column == c.Words }) {
				continue // in Category
			}
			if !slices.Contains(shown, c.Name) && !(words[c.Name] && slices.Contains(shown, c.Name+"_label")) && !slices.Contains(workbook.Unshown, c.Name) {
				t.Errorf("%s: no sheet shows %s", table.Name(), c.Name)
			}
		}
	}
}

// TestRows: every row of a table is on a sheet, and one of evidence on that of the measure
// that it names, whatever else the evaluation serves.
func TestRows(t *testing.T) {
	in := input(t)
	labels := *in.Labels
	labels.Indicators = slices.Clone(labels.Indicators)
	labels.Indicator("influence").Measures = []string{"B5", "B6"}
	in.Labels = &labels
	content := in.Contents["influence"]
	for i, measure := range []string{"B5", "B6", "B6", "9.z"} {
		content.Evidence = append(content.Evidence, release.Evidence{
			Indicator: "influence", Measure: measure, Source: "evaluations/influence", Kind: "finding", Entry: string(rune('a' + i)), Text: "It helped", Method: "once", Known: "memory", Date: "2005-09",
		})
	}
	in.Contents["influence"] = content
	d := dataset.New(in)
	rows := map[string]int{}
	for _, s := range workbook.New(d).Sheets {
		if s.Table != nil {
			rows[s.Name] = len(s.Table.Rows)
		}
	}
	for name, want := range map[string]int{"B5 evidence": 2, "B6 evidence": 2, "B5 figures": 6, "B6 figures": 6, "Other figures": 6} {
		if rows[name] != want {
			t.Errorf("%s has %d rows, want %d", name, rows[name], want)
		}
	}
	if got := rows["B5 figures"] + rows["Other figures"]; got != d.Table("figures").Len() {
		t.Errorf("%d rows of figures, want %d", got, d.Table("figures").Len())
	}
}

// TestOrder: rows are in the order in which the release shows them, not in that of codes:
// what is not divided first, men before women, the sources of a series together.
func TestOrder(t *testing.T) {
	b := workbook.New(dataset.New(input(t)))
	for _, s := range b.Sheets {
		if s.Name != "B5 figures" {
			continue
		}
		var got []string
		for _, row := range s.Table.Rows {
			words := ""
			for j, c := range s.Table.Columns {
				if c.Head == "Category" || c.Head == "Source code" {
					words += " " + row[j].Text
				}
			}
			got = append(got, words[1:])
		}
		want := []string{"Total hocs/2001", "Total hocs/2003", "Men hocs/2001", "Men hocs/2003", "Women hocs/2001", "Women hocs/2003"}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestShorthand: what stands where a number is not says why.
func TestShorthand(t *testing.T) {
	in := input(t)
	content := in.Contents["influence"]
	f := content.Figures[0]
	withheld := func(status indicator.Status, base int64) release.Figure {
		g := f
		g.Status, g.Base = string(status), base
		g.Value, g.SE, g.Lower, g.Upper, g.Level, g.Method, g.DF, g.DEFF, g.Weight, g.ErrorSource = nan, nan, nan, nan, nan, "", nan, nan, "", ""
		return g
	}
	low, without := withheld(indicator.Low, 40), f
	low.SE, low.Lower, low.Upper, low.Level = .2, .1, .9, .95
	without.SE, without.Lower, without.Upper = nan, nan, nan
	count := f
	count.Source, count.Base = "returns/clerks/2005", release.Withheld
	count.SE, count.Lower, count.Upper, count.Level, count.Method, count.DF, count.DEFF, count.Weight, count.ErrorSource = nan, nan, nan, nan, "", nan, nan, "", ""
	count.Numerator, count.Denominator = 30, 90
	rows := []release.Figure{f, withheld(indicator.Confidential, release.Withheld), withheld(indicator.Unreliable, 12), withheld(indicator.Inapplicable, 0), low, without, count}
	for i := range rows {
		rows[i].Item = string(rune('a' + i)) // to tell them apart
	}
	content.Figures = rows
	content.Changes, content.Trends, content.Funnels, content.Targets = nil, nil, nil, nil
	in.Contents = map[string]release.Content{"influence": content}
	b := workbook.New(dataset.New(in))
	at := slices.IndexFunc(b.Sheets, func(s workbook.Sheet) bool { return strings.HasSuffix(s.Name, " figures") })
	table := b.Sheets[at].Table
	cell := func(item, head string) string {
		t.Helper()
		column := slices.IndexFunc(table.Columns, func(c workbook.Column) bool { return strings.HasPrefix(c.Head, head) })
		items := slices.IndexFunc(table.Columns, func(c workbook.Column) bool { return c.Head == "Item" })
		for _, row := range table.Rows {
			if row[items].Text == item {
				return row[column].Shown()
			}
		}
		t.Fatalf("no row %s", item)
		return ""
	}
	for _, c := range []struct{ claim, item, value, se, lower, base, numerator, effect string }{
		{"a figure", "a", "65.2", "7.3", "32.0", "15", "[z]", "0.33"},
		{"confidential", "b", "[c]", "[c]", "[c]", "[c]", "[z]", "[c]"},
		{"unreliable", "c", "[u]", "[u]", "[u]", "12", "[z]", "[u]"},
		{"not applicable", "d", "[z]", "[z]", "[z]", "0", "[z]", "[z]"},
		{"low has its limits", "e", "[low]", "0.2", "0.1", "40", "[z]", "[x]"},
		{"without an error", "f", "65.2", "[x]", "[x]", "15", "[z]", "0.33"},
		{"a complete count", "g", "65.2", "[z]", "[z]", "[z]", "30", "[z]"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			for head, want := range map[string]string{"Value": c.value, "Standard error": c.se, "Lower limit": c.lower, "Unweighted base": c.base, "Numerator": c.numerator, "Design effect": c.effect} {
				if got := cell(c.item, head); got != want {
					t.Errorf("%s is %s, want %s", head, got, want)
				}
			}
		})
	}
}

// TestBanners: what a reader must not miss stands on every sheet, and notices in force on
// the cover, in the notes, and on the sheets and beside the rows that they affect.
func TestBanners(t *testing.T) {
	in := input(t)
	said := func(in dataset.Input) map[string]string {
		lines := map[string]string{}
		for _, s := range workbook.New(dataset.New(in)).Sheets {
			for _, l := range s.Lines {
				if l.Role == workbook.Title || l.Role == workbook.Warning {
					lines[s.Name] += l.Text + "\n"
				}
			}
		}
		return lines
	}
	words := map[string]string{"made up": "Made-up data", "without control": "Without disclosure control"}
	plain := *in.Manifest
	for claim, change := range map[string]func(*release.Manifest){
		"made up":         func(m *release.Manifest) { m.Synthetic = true },
		"without control": func(m *release.Manifest) { m.Disclosure = indicator.Policy{Name: indicator.NoControl} },
		"neither":         func(*release.Manifest) {},
	} {
		m := plain
		m.Synthetic = false
		change(&m)
		in.Manifest = &m
		for sheet, lines := range said(in) {
			for of, text := range words {
				if strings.Contains(lines, text) != (of == claim) {
					t.Errorf("%s: the lines of %s are %q", claim, sheet, lines)
				}
			}
		}
	}
	in.Manifest = &plain
	withdrawn := release.Standing{Number: 1, Notice: release.Notice{
		Issued: "2003-12-05", Kind: release.Withdrawal, Affects: &release.Scope{Indicators: []string{"influence"}, Sources: []codebook.SourceID{"hocs/2003"}}, Since: &release.Named{ID: in.ID}, Reason: "the weights were wrong",
	}}
	in.Notices = []release.Bearing{{Standing: withdrawn, Effect: release.Affected}}
	for sheet, lines := range said(in) {
		if want := slices.Contains([]string{"Cover", "Contents", "Measures"}, sheet) || strings.HasPrefix(sheet, "B5 "); strings.Contains(lines, "WITHDRAWN (notice 1 of 2003-12-05)") != want {
			t.Errorf("%s tells of the notice: %v, want %v", sheet, !want, want)
		}
	}
	b := workbook.New(dataset.New(in))
	at := slices.IndexFunc(b.Sheets, func(s workbook.Sheet) bool { return s.Name == "B5 figures" })
	table := b.Sheets[at].Table
	column := slices.IndexFunc(table.Columns, func(c workbook.Column) bool { return c.Head == "Correction or withdrawal" })
	source := slices.IndexFunc(table.Columns, func(c workbook.Column) bool { return c.Head == "Source code" })
	for i, row := range table.Rows {
		if affected := row[source].Text == "hocs/2003"; strings.HasPrefix(row[column].Text, "WITHDRAWN") != affected || !affected && row[column].Text != "[z]" {
			t.Errorf("row %d, of %s: %q", i+1, row[source].Text, row[column].Text)
		}
	}
}

// TestLongTexts: a citation of many sources is on the cover, whole, in rows that can be
// read; no row is taller than a spreadsheet can have it.
func TestLongTexts(t *testing.T) {
	d := dataset.New(input(t))
	d.Citation = "Made from: " + strings.Repeat("Tiny survey 2001 (SN 1); ", 300) + "and no other."
	b := workbook.New(d)
	b.Sheets[2].Table.Rows[0][2].Text = strings.Repeat("A note. ", 1000)
	if _, err := b.XLSX(); err != nil {
		t.Error(err)
	}
	var cited []string
	for _, l := range b.Sheets[0].Lines {
		if strings.Contains(l.Text, "SN 1") {
			cited = append(cited, l.Text)
		}
	}
	if len(cited) < 6 || strings.Join(cited, " ") != d.Citation {
		t.Errorf("the citation is in %d rows: %.300q", len(cited), cited)
	}
}

// TestRefuses: what a spreadsheet would change, cut or not take is an error, and no file.
func TestRefuses(t *testing.T) {
	for claim, change := range map[string]func(*workbook.Book){
		"two sheets of one name":  func(b *workbook.Book) { b.Sheets[1].Name = "COVER" },
		"a name of 32 characters": func(b *workbook.Book) { b.Sheets[1].Name = strings.Repeat("a", 32) },
		"a slash in a name":       func(b *workbook.Book) { b.Sheets[1].Name = "2007/08" },
		"two heads alike":         func(b *workbook.Book) { b.Sheets[1].Table.Columns[1].Head = "text" },
		"an empty head":           func(b *workbook.Book) { b.Sheets[1].Table.Columns[1].Head = "" },
		"an empty cell":           func(b *workbook.Book) { b.Sheets[1].Table.Rows[3][0].Text = "" },
		"a long text":             func(b *workbook.Book) { b.Sheets[1].Table.Rows[3][0].Text = strings.Repeat("a", 32768) },
		"a table without rows":    func(b *workbook.Book) { b.Sheets[1].Table.Rows = nil },
	} {
		b := hard()
		change(b)
		for _, encode := range []func() ([]byte, error){b.XLSX, b.ODS} {
			if data, err := encode(); err == nil || data != nil {
				t.Errorf("%s: no error", claim)
			}
		}
	}
}
