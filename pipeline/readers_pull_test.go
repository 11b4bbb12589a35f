package pipeline_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report/metadata"
	"togetherwecan/seeds"
	"togetherwecan/testdata/readers"
)

// fieldsOf are the types of the columns of a pulled table, by its data package.
func fieldsOf(t *testing.T, files map[string][]byte, table string) map[string]string {
	t.Helper()
	var p struct {
		Resources []struct {
			Name   string
			Schema struct{ Fields []struct{ Name, Type string } }
		}
	}
	if err := json.Unmarshal(files["datapackage.json"], &p); err != nil {
		t.Fatal(err)
	}
	types := map[string]string{}
	for _, r := range p.Resources {
		if r.Name == table {
			for _, f := range r.Schema.Fields {
				types[f.Name] = f.Type
			}
		}
	}
	return types
}

// rowsOf reads a CSV.
func rowsOf(t *testing.T, data []byte) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// A pulledTable is a table that other programs read.
type pulledTable struct {
	name, file string
	types      map[string]string // of its columns
	data       []byte
	rows       [][]string
}

// same holds what another program has of a table against the CSV: texts letter by letter,
// numbers by value, null as nothing.
func (p pulledTable) same(t *testing.T, who string, got [][]string) {
	t.Helper()
	who, types, want := who+", "+p.name, p.types, p.rows
	if len(got) != len(want) {
		t.Errorf("%s: %d rows, want %d", who, len(got)-1, len(want)-1)
		return
	}
	faults := map[string]bool{}
	for r := range want[1:] {
		for i, name := range want[0] {
			a, b := want[r+1][i], got[r+1][i]
			same := a == b
			if types[name] != "string" && a != "" && b != "" {
				x, _ := strconv.ParseFloat(a, 64)
				y, err := strconv.ParseFloat(b, 64)
				same = err == nil && math.Abs(x-y) <= 1e-12*math.Abs(x)
			}
			if !same && !faults[name] {
				faults[name] = true
				t.Errorf("%s: row %d, %s: %q, the CSV has %q", who, r+1, name, b, a)
			}
		}
	}
}

// TestPulledTypes holds that a program which guesses types takes each column of what every
// department pulls for what it is: text for text, in every file that has it.
func TestPulledTypes(t *testing.T) {
	duckdbThere(t) // before the work
	store, _ := syntheticStore(t)
	register, err := plan.Load(seeds.Files)
	if err != nil {
		t.Fatal(err)
	}
	words := []string{"DCMS", "London", "1.d", "2.e", "5.e"}
	for word := range register.Departments {
		words = append(words, word)
	}
	slices.Sort(words)
	byTable := map[string][]string{}
	of := map[string]map[string][]byte{}
	for _, word := range words {
		files := pulled(t, store, word)
		folder := folderOf(t, files, nil)
		for path := range files {
			if table, ok := strings.CutSuffix(path, ".csv"); ok && !strings.Contains(table, "/") {
				name := filepath.Join(folder, path)
				byTable[table] = append(byTable[table], name)
				of[name] = files
			}
		}
	}
	tables := slices.Sorted(maps.Keys(byTable))
	var asked []string
	for i, table := range tables {
		if i > 0 {
			asked = append(asked, "--")
		}
		asked = append(asked, byTable[table]...)
	}
	lines := duckdb(t, "stack.mjs", asked...)
	for _, table := range tables {
		paths, rows := byTable[table], 0
		for i, path := range paths {
			var columns [][2]string
			if err := json.Unmarshal(lines[i], &columns); err != nil {
				t.Fatal(err)
			}
			types, cells := fieldsOf(t, of[path], table), rowsOf(t, of[path][table+".csv"])
			rows += len(cells) - 1
			for at, c := range columns {
				empty := !slices.ContainsFunc(cells[1:], func(row []string) bool { return row[at] != "" })
				number := c[1] == "DOUBLE" || c[1] == "BIGINT"
				if types[c[0]] == "" || (types[c[0]] != "string") != number && !empty {
					t.Errorf("%s: DuckDB takes %s, a %s, for %s", path, c[0], types[c[0]], c[1])
				}
			}
		}
		if got := string(lines[len(paths)]); got != "["+strconv.Itoa(rows)+"]" {
			t.Errorf("%s: %s rows together, want %d", table, got, rows)
		}
		lines = lines[len(paths)+1:]
	}
}

// TestPulledValues holds that R, two spreadsheets and csvkit read the values of what is pulled,
// every column of them.
func TestPulledValues(t *testing.T) {
	store, _ := syntheticStore(t)
	var all []pulledTable
	of := func(who string, tables ...string) {
		files := pulled(t, store, who)
		for _, table := range tables {
			all = append(all, pulledTable{who + ", " + table, fmt.Sprintf("%d-%s", len(all), table), fieldsOf(t, files, table), files[table+".csv"], rowsOf(t, files[table+".csv"])})
		}
	}
	of("South East", "figures", "changes", "codes", "measures")
	of("2.e", "measures")             // which base R would take for numbers
	of("1.d", "measures", "evidence") // and csvkit for days
	folder := t.TempDir()
	var paths []string
	for _, table := range all {
		paths = append(paths, filepath.Join(folder, table.file+".csv"))
		write(t, paths[len(paths)-1], table.data)
	}

	t.Run("R", func(t *testing.T) {
		program, err := exec.LookPath("Rscript")
		other(t, "R", err == nil)
		out, err := exec.Command(program, append([]string{"--vanilla", "../testdata/readers/read.R"}, paths...)...).Output()
		if err != nil {
			t.Fatal(err)
		}
		told := strings.Split(string(out), "\n==\n")
		if len(told) != len(all)+1 {
			t.Fatalf("%d tables of %d", len(told)-1, len(all))
		}
		for i, table := range all {
			base, second, ok := strings.Cut(told[i], "\n--\n")
			if !ok {
				t.Fatalf("%s: %s", table.name, told[i])
			}
			for who, text := range map[string]string{"base R": base, "data.table": second} {
				var got [][]string
				for line := range strings.Lines(text + "\n") {
					got = append(got, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
				}
				for i, c := range got[0] {
					name, kind, _ := strings.Cut(c, ":")
					if name != table.rows[0][i] || kind != "nul" && (kind == "num") != (table.types[name] != "string") {
						t.Errorf("%s: %s takes %s, a %s, for %s", table.name, who, name, table.types[name], kind)
					}
				}
				table.same(t, who, got)
			}
		}
	})

	t.Run("a spreadsheet", func(t *testing.T) {
		program, err := exec.LookPath("ssconvert")
		other(t, "spreadsheet (ssconvert of gnumeric)", err == nil)
		for i, table := range all {
			sheet, back := filepath.Join(folder, table.file+".xlsx"), filepath.Join(folder, table.file+".back.csv")
			for _, pair := range [][2]string{{paths[i], sheet}, {sheet, back}} {
				if text, err := exec.Command(program, pair[0], pair[1]).CombinedOutput(); err != nil {
					t.Fatalf("%v: %s", err, text)
				}
			}
			text, err := os.ReadFile(back)
			if err != nil {
				t.Fatal(err)
			}
			table.same(t, "the spreadsheet", rowsOf(t, text))
		}
	})

	t.Run("LibreOffice", func(t *testing.T) {
		program, err := exec.LookPath("soffice")
		other(t, "spreadsheet (soffice of LibreOffice)", err == nil)
		// Comma, quotes and UTF-8, as its dialogue offers; what is written back are the values,
		// not what cells show. Its profile is in the folder of the whole test: it does not take
		// the name of every subtest's.
		args := append([]string{
			"-env:UserInstallation=file://" + filepath.ToSlash(filepath.Join(folder, "profile")), "--headless", "--infilter=CSV:44,34,76,1,,2057,false,false",
			"--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,2057,false,true,false", "--outdir", filepath.Join(folder, "back"),
		}, paths...)
		if text, err := exec.Command(program, args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		for _, table := range all {
			text, err := os.ReadFile(filepath.Join(folder, "back", table.file+".csv"))
			if err != nil {
				t.Fatal(err)
			}
			table.same(t, "LibreOffice", rowsOf(t, text))
		}
	})

	t.Run("csvkit", func(t *testing.T) {
		program, err := exec.LookPath("csvjson")
		other(t, "csvkit", err == nil)
		for i, table := range all {
			out, err := exec.Command(program, "--stream", "--blanks", "--no-inference", paths[i]).Output()
			if err != nil {
				t.Fatal(err)
			}
			got := [][]string{table.rows[0]}
			for line := range bytes.Lines(out) {
				var object map[string]*string
				if err := json.Unmarshal(line, &object); err != nil {
					t.Fatal(err)
				}
				row := make([]string, len(table.rows[0]))
				for i, name := range table.rows[0] {
					if cell := object[name]; cell != nil {
						row[i] = *cell
					}
				}
				got = append(got, row)
			}
			table.same(t, "csvkit", got)
		}
	})
}

// TestPulledWorkbook holds that what R reads of the workbook that is pulled are the values of
// figures.csv: of every figure its value, error, limits, base, numerator and denominator, and
// in brackets why there is none.
func TestPulledWorkbook(t *testing.T) {
	program, err := exec.LookPath("Rscript")
	other(t, "R", err == nil)
	store, _ := syntheticStore(t)
	files := pulled(t, store, "South East", metadata.XLSX)
	out, err := exec.Command(program, "--vanilla", "../testdata/readers/workbook.R", filepath.Join(folderOf(t, files, nil), "workbook.xlsx")).Output()
	if err != nil {
		t.Fatal(err)
	}
	sheets := map[string]map[[2]int]any{}
	rows := map[string]int{}
	cells, err := readers.Cells(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cells {
		if sheets[c.Sheet] == nil {
			sheets[c.Sheet] = map[[2]int]any{}
		}
		sheets[c.Sheet][[2]int{c.Row, c.Column}] = c.Value
		rows[c.Sheet] = max(rows[c.Sheet], c.Row)
	}
	// Of each figure of the workbook its key in codes and words, and what it says; a figure that
	// several measures have is on the sheet of each.
	heads := []struct{ column, begins string }{
		{"value", "Value ("},
		{"std_error", "Standard error"},
		{"ci_lower", "Lower limit"},
		{"ci_upper", "Upper limit"},
		{"base_unweighted", "Unweighted base"},
		{"numerator", "Numerator"},
		{"denominator", "Denominator"},
	}
	keys := []struct{ column, head string }{{"indicator", "Indicator code"}, {"source", "Source code"}, {"population_label", "Population"}, {"breakdown_label", "Breakdown"}, {"item_label", "Item"}, {"unit", "Unit"}}
	read := map[string][]string{} // by key, the figures in their order
	for name, cells := range sheets {
		if !strings.HasSuffix(name, " figures") {
			continue
		}
		head, at := 0, map[string]int{}
		for row := 1; head == 0; row++ {
			for column := 1; cells[[2]int{row, column}] != nil; column++ {
				if text, _ := cells[[2]int{row, column}].(string); column > 1 || text == "Indicator" {
					head, at[text] = row, column
				}
			}
		}
		of := map[string][]string{}
		for row := head + 1; row <= rows[name]; row++ {
			var key, says []string
			for _, k := range keys {
				text, there := cells[[2]int{row, at[k.head]}].(string)
				if !there {
					text = "Total" // of a sheet whose figures are all of it there is no such column
				}
				key = append(key, text)
			}
			for _, h := range heads {
				says = append(says, "")
				for text, column := range at {
					if !strings.HasPrefix(text, h.begins) {
						continue
					}
					switch cell := cells[[2]int{row, column}].(type) {
					case float64:
						says[len(says)-1] = strconv.FormatFloat(cell, 'f', -1, 64)
					case string:
						if h.column == "value" {
							says[len(says)-1] = cell
						}
					}
				}
			}
			of[strings.Join(key, "|")] = append(of[strings.Join(key, "|")], strings.Join(says, "|"))
		}
		for key, figures := range of {
			if before, there := read[key]; there && !slices.Equal(before, figures) {
				t.Errorf("%s has other figures of %s than a sheet before", name, key)
			}
			read[key] = figures
		}
	}
	table := rowsOf(t, files["figures.csv"])
	column := func(row []string, name string) string { return row[slices.Index(table[0], name)] }
	want := map[string][]string{}
	for _, row := range table[1:] {
		var key, says []string
		for _, k := range keys {
			key = append(key, column(row, k.column))
		}
		for _, h := range heads {
			says = append(says, column(row, h.column))
		}
		if says[0] == "" {
			says[0] = "[" + column(row, "status") + "]"
		}
		want[strings.Join(key, "|")] = append(want[strings.Join(key, "|")], strings.Join(says, "|"))
	}
	if len(want) < 500 || len(read) != len(want) {
		t.Errorf("%d keys of figures in the workbook, %d in the CSV: want 500 or more", len(read), len(want))
	}
	for key, figures := range want {
		if !slices.Equal(figures, read[key]) {
			t.Errorf("%s: the workbook has %.300q, the CSV %.300q", key, read[key], figures)
		}
	}
}

// TestCodesAreNoNulls holds that no code of a release is a word which a program takes for null
// (csvkit: na, n/a, none, null and a point), or which one takes for a truth.
func TestCodesAreNoNulls(t *testing.T) {
	store, out := syntheticStore(t)
	words := []string{"na", "n/a", "none", "null", ".", "nan", "true", "false", "t", "f", "yes", "no"}
	for _, x := range out.Manifest.Indicators {
		if x.Figures == 0 {
			continue // an evaluation
		}
		for _, f := range content(t, store, out, x.ID).Figures {
			for _, c := range release.FigureColumns {
				if c.Text != nil && slices.Contains(words, strings.ToLower(*c.Text(&f))) {
					t.Fatalf("%s: %s has the code %q", x.ID, c.Name, *c.Text(&f))
				}
			}
		}
	}
}

// TestPulledLabels holds that each code of what is pulled has words beside it, which are not
// the code again, but for the codes that are their own words.
func TestPulledLabels(t *testing.T) {
	store, _ := syntheticStore(t)
	own := map[string]bool{ // plain English
		"state planned": true, "state reported": true, "state published": true, "direction mixed": true, "notes provisional": true, "notes revised": true,
	}
	labels, met := 0, map[string]bool{}
	for path, data := range pulled(t, store, "all") {
		if strings.Contains(path, "/") || filepath.Ext(path) != ".csv" {
			continue
		}
		rows := rowsOf(t, data)
		for i, name := range rows[0] {
			of, is := strings.CutSuffix(name, "_label")
			if !is {
				continue
			}
			labels++
			at := slices.Index(rows[0], of)
			if at < 0 {
				t.Errorf("%s: %s has no column of codes", path, name)
				continue
			}
			for _, row := range rows[1:] {
				code, words, column := row[at], row[i], of
				if of == "code" { // of the column that the row says
					column = row[slices.Index(rows[0], "column")]
				}
				fault := ""
				switch {
				case code == "" && words != "":
					fault = "words for no code"
				case code != "" && words == "":
					fault = "no words"
				case code != "" && code == words && !own[column+" "+code]:
					fault = "the code again"
				case strings.Contains(words, "returns/") || strings.Contains(words, "hocs/") || strings.Contains(words, "north-liverpool"):
					fault = "a code in " + words
				}
				if key := path + column + code; fault != "" && !met[key] {
					met[key] = true
					t.Errorf("%s: %s of %q: %s", path, name, code, fault)
				}
			}
		}
	}
	if labels < 50 {
		t.Errorf("%d columns of words", labels)
	}
}
