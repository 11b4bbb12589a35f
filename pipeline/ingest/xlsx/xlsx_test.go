package xlsx

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// none are no headings.
func none(string) bool { return false }

// workbook is the bytes of a workbook.
func workbook(t *testing.T, fill func(book *excelize.File)) []byte {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	fill(book)
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestCells: what a cell is follows from its content and its format, and never from
// what is shown of it.
func TestCells(t *testing.T) {
	for _, c := range []struct {
		claim  string
		value  any
		format string // "" for none, a number for one that is built in
		want   string
	}{
		{"a number has every digit", 1234567.891, "", "1234567.891"},
		{"and no exponent", 1e6, "", "1000000"},
		{"nor has a small one", 0.00001, "", "0.00001"},
		{"a number that shows fewer digits", 43.25, "0", "43.25"},
		{"thousands are not read", 1234.0, "#,##0", "1234"},
		{"a share is its percentage", 0.12, "0%", "12%"},
		{"of which no digit is made", 0.605, "0.0%", "60.5%"},
		{"a large share", 12345678.0, "0%", "1234567800%"},
		{"a day", 38477.0, "yyyy-mm-dd", "2005-05-05"},
		{"a day in words", 38477.0, `[$-809]dddd" the "d mmmm yyyy`, "2005-05-05"},
		{"a month, as of a 2000-01 that somebody typed", 36526.0, "yyyy-mm", "2000-01"},
		{"as another program shows it", 36526.0, "mmm-yy", "2000-01"},
		{"by the number of that format", 36526.0, "17", "2000-01"},
		{"and of one with a day", 38477.0, "14", "2005-05-05"},
		{"and of a percentage", 0.605, "9", "60.5%"},
		{"a year", 38477.0, "yyyy", "2005"},
		{"a format with words of days is none of days", 7.0, `0 "days"`, "7"},
		{"nor is one with a colour", 7.0, "[Red]0", "7"},
		{"nor an escaped letter", 7.0, `0\d`, "7"},
		{"hours are a number", 0.5, "h:mm", "0.5"},
		{"digits that are text stay text", "0012", "", "0012"},
		{"a mark is text", "[c]", "", "[c]"},
		{"yes or no", true, "", "TRUE"},
	} {
		data := workbook(t, func(book *excelize.File) {
			if err := book.SetCellValue("Sheet1", "A1", c.value); err != nil {
				t.Fatal(err)
			}
			if c.format == "" {
				return
			}
			form := excelize.Style{CustomNumFmt: &c.format}
			if n, err := strconv.Atoi(c.format); err == nil && n > 0 { // one that every program knows
				form = excelize.Style{NumFmt: n}
			}
			style, err := book.NewStyle(&form)
			if err != nil {
				t.Fatal(err)
			}
			if err := book.SetCellStyle("Sheet1", "A1", "A1", style); err != nil {
				t.Fatal(err)
			}
		})
		g, err := Grid(data, "book.xlsx", "", none, Limits{10, 10})
		if err != nil || len(g.Rows) != 1 || g.Cell(0, 0) != c.want {
			t.Errorf("%s: got %v, %v, want %q", c.claim, g, err, c.want)
		}
	}
}

// TestSheets: without a name it is the sheet with the headings that is read.
func TestSheets(t *testing.T) {
	data := workbook(t, func(book *excelize.File) {
		for _, name := range []string{"Lists", "More", "Table"} {
			if _, err := book.NewSheet(name); err != nil {
				t.Fatal(err)
			}
			for cell, text := range map[string]string{"A1": name, "A3": "Place", "B3": "Entrants"} {
				if name == "More" && cell == "B3" {
					continue
				}
				if err := book.SetCellValue(name, cell, text); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := book.SetSheetVisible("Lists", false); err != nil {
			t.Fatal(err)
		}
	})
	heading := func(cell string) bool { return cell == "Place" || cell == "Entrants" }
	for _, c := range []struct {
		claim, sheet string
		heading      func(string) bool
		want, fault  string
	}{
		{"the one that is not hidden and has the most headings", "", heading, "Table", ""},
		{"of none with headings the first with cells", "", none, "More", ""},
		{"by its name", "More", heading, "More", ""},
		{"by the name of one that is hidden", "Lists", heading, "Lists", ""},
		{"by no name", "Tabel", heading, "", `book.xlsx: no sheet "Tabel"; did you mean "Table"?, found Sheet1, Lists, More, Table`},
	} {
		g, err := Grid(data, "book.xlsx", c.sheet, c.heading, Limits{10, 10})
		if c.fault != "" {
			if err == nil || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%s: got %v, want %s", c.claim, err, c.fault)
			}
			continue
		}
		if err != nil || g.Cell(0, 0) != c.want || g.Lines[len(g.Lines)-1] != 3 {
			t.Errorf("%s: got %v, %v, want the sheet %q", c.claim, g, err, c.want)
		}
	}
}

// TestDamage: a workbook of which some bits are flipped is read or refused.
func TestDamage(t *testing.T) {
	const seed, times = 2005, 150
	books, err := filepath.Glob("../../../testdata/workbooks/*.xlsx")
	if err != nil || len(books) == 0 {
		t.Fatalf("no workbooks: %v", err)
	}
	random := rand.New(rand.NewPCG(seed, 0))
	refused := 0
	for range times {
		name := books[random.IntN(len(books))]
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for range 1 + random.IntN(4) {
			data[random.IntN(len(data))] ^= byte(1 << random.IntN(8))
		}
		g, err := Grid(data, "book.xlsx", "", none, Limits{1000, 100})
		if (g == nil) == (err == nil) {
			t.Fatalf("seed %d: %s damaged: %v, %v: want it read or refused", seed, name, g, err)
		}
		if err != nil {
			refused++
		}
	}
	if refused == 0 || refused == times {
		t.Errorf("%d of %d refused", refused, times)
	}
}
