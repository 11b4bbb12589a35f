package workbook_test

import (
	"bytes"
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

// TestSameBytes: the same dataset gives the same bytes, and no time of the machine.
func TestSameBytes(t *testing.T) {
	in := input(t)
	for format, data := range written(t, workbook.New(dataset.New(in))) {
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
	for _, c := range []struct{ claim, item, value, se, lower, base, numerator string }{
		{"a figure", "a", "65.2", "7.3", "32.0", "15", "[z]"},
		{"confidential", "b", "[c]", "[c]", "[c]", "[c]", "[z]"},
		{"unreliable", "c", "[u]", "[u]", "[u]", "12", "[z]"},
		{"not applicable", "d", "[z]", "[z]", "[z]", "0", "[z]"},
		{"low has its limits", "e", "[low]", "0.2", "0.1", "40", "[z]"},
		{"without an error", "f", "65.2", "[x]", "[x]", "15", "[z]"},
		{"a complete count", "g", "65.2", "[z]", "[z]", "[z]", "30"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			for head, want := range map[string]string{"Value": c.value, "Standard error": c.se, "Lower limit": c.lower, "Unweighted base": c.base, "Numerator": c.numerator} {
				if got := cell(c.item, head); got != want {
					t.Errorf("%s is %s, want %s", head, got, want)
				}
			}
		})
	}
}
