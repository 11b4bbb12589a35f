package workbook_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/report/dataset"
	"togetherwecan/pipeline/report/workbook"
	"togetherwecan/testdata/readers"
)

// hard is a workbook of what programs that guess types mangle: years, dates and codes that
// are text, and numbers whose digits are lost on the way.
func hard() *workbook.Book {
	texts := []string{
		"2001", "2007-08", "2000-01", "2008-q3", "2001-03-01", "01/02/2003", "5-11", "none", "null", "NA", "nan", "inf", "TRUE", "false", "1e5", "0x1F", "007", "12%", "£1,234.50", "=1+1", "+44", "-", "@x",
		"1,234", "hocs/2001", "2.c", "[c]", "[low]", "[u]", "[x]", "[z]", "E92000001", "<b>&amp;", "a  b", "'quoted'", "#N/A", "#REF!", "Ynys Môn", "≥ 5",
	}
	numbers := []float64{0, 0.1, 43.3, -4825, 36018, 1234567.891, 65.2, 100, -0.09, 2.53e-8, 4.1e-16, 123456789012, 0.15, 99.95}
	t := &workbook.Table{Name: "table_Hard", Columns: []workbook.Column{{Head: "Text", Width: 20}, {Head: "Number", Numbers: true, Width: 20}, {Head: "P-value", Numbers: true, Width: 20}}}
	for i, text := range texts {
		n := numbers[i%len(numbers)]
		row := []workbook.Cell{{Text: text}, {Number: n, Format: &workbook.Format{Decimals: i % 4}}, {Text: "[z]"}}
		if n >= 0 && n <= 1 {
			row[2] = workbook.Cell{Number: n, Format: &workbook.Format{Decimals: 3, Probability: true}}
		}
		t.Rows = append(t.Rows, row)
	}
	return &workbook.Book{Title: "Hard", Subject: "Hard", Issued: "2005-06-30", Sheets: []workbook.Sheet{
		{Name: "Cover", Lines: []workbook.Line{{Role: workbook.Title, Text: "Hard"}, {Text: "To the contents", Link: "5.a figures"}}},
		{Name: "5.a figures", Lines: []workbook.Line{{Role: workbook.Title, Text: "Figures"}, {Text: "Back", Link: "Cover"}}, Table: t},
	}}
}

// program is the path of a program that reads workbooks, which CI has.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil && name == "node" && os.Getenv("TWC_READERS") == "" {
		err = os.ErrNotExist
	}
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("no %s", name)
		}
		t.Skipf("no %s; see TWC_READERS in the README", name)
	}
	return path
}

// TestReaders: programs that share no code with this one open both formats and have the same
// cells: no text becomes a number, a date or nothing, and no number another.
func TestReaders(t *testing.T) {
	books := map[string]*workbook.Book{"release": workbook.New(dataset.New(input(t))), "hard": hard()}
	folder := t.TempDir()
	var files []string
	of := map[string]*workbook.Book{}
	for name, b := range books {
		for format, data := range written(t, b) {
			file := filepath.Join(folder, name+"-"+format+"."+format)
			if err := os.WriteFile(file, data, 0o600); err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
			of[file] = b
			compare(t, b, read(t, data), true)
		}
	}
	// A spreadsheet's own copy as .ods tells the type that it took each cell for.
	out := t.TempDir()
	copied := func(file string) string {
		return filepath.Join(out, strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))+".ods")
	}
	for name, convert := range map[string]func(path string) [][]string{
		"soffice": func(path string) [][]string {
			return [][]string{append([]string{path, "-env:UserInstallation=file://" + filepath.ToSlash(t.TempDir()), "--headless", "--convert-to", "ods", "--outdir", out}, files...)}
		},
		"ssconvert": func(path string) (list [][]string) {
			for _, file := range files {
				list = append(list, []string{path, file, copied(file)})
			}
			return list
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, line := range convert(program(t, name)) {
				if text, err := exec.Command(line[0], line[1:]...).CombinedOutput(); err != nil {
					t.Fatalf("%v: %s", err, text)
				}
			}
			for _, file := range files {
				data, err := os.ReadFile(copied(file))
				if err != nil {
					t.Fatal(err)
				}
				compare(t, of[file], read(t, data), false)
				if err := os.Remove(copied(file)); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	t.Run("SheetJS", func(t *testing.T) {
		node := program(t, "node")
		text, err := os.ReadFile("../../../testdata/readers/workbook.mjs")
		if err != nil {
			t.Fatal(err)
		}
		script := filepath.Join(os.Getenv("TWC_READERS"), "workbook.mjs")
		if err := os.WriteFile(script, text, 0o600); err != nil {
			t.Fatal(err)
		}
		for i, found := range listed(t, exec.Command(node, append([]string{script}, files...)...), len(files)) {
			compare(t, of[files[i]], found, false)
		}
	})
	t.Run("R", func(t *testing.T) {
		r := program(t, "Rscript")
		books := slices.DeleteFunc(slices.Clone(files), func(file string) bool { return filepath.Ext(file) != ".xlsx" })
		args := append([]string{"--vanilla", "../../../testdata/readers/workbook.R"}, books...)
		for i, found := range listed(t, exec.Command(r, args...), len(books)) {
			compare(t, of[books[i]], found, false)
		}
	})
}

// listed are the cells that a script of testdata/readers prints, of each of a number of files.
func listed(t *testing.T, command *exec.Cmd, files int) []*seen {
	t.Helper()
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	found := make([]*seen, files)
	for i := range found {
		found[i] = &seen{}
	}
	cells, err := readers.Cells(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cells {
		s := found[c.File]
		if n := len(s.sheets); n == 0 || s.sheets[n-1].name != c.Sheet {
			s.sheets = append(s.sheets, seenSheet{name: c.Sheet, cells: map[[2]int]seenCell{}})
		}
		cell := seenCell{number: c.Number}
		switch x := c.Value.(type) {
		case string:
			cell.text = x
		default:
			raw, err := json.Marshal(x)
			if err != nil {
				t.Fatal(err)
			}
			cell.text = string(raw)
		}
		s.sheets[len(s.sheets)-1].cells[[2]int{c.Row, c.Column}] = cell
	}
	return found
}
