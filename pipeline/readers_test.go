package pipeline_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/evaluation"
	"togetherwecan/pipeline/release"
)

// other says how to run another program that reads releases, or skips the
// test where it is not installed. CI installs all of them.
func other(t *testing.T, what string, there bool) {
	t.Helper()
	if !there {
		if os.Getenv("CI") != "" {
			t.Fatalf("no %s", what)
		}
		t.Skipf("no %s", what)
	}
}

// TestOtherReaders holds that programs which share no code with this one read
// the same values from a release: DuckDB the Parquet, a spreadsheet the CSV.
func TestOtherReaders(t *testing.T) {
	store := filepath.Join(t.TempDir(), "store")
	out := run(t, pipeline.Options{Catalogue: embedded(t), Extracts: teaching(t), Store: store})
	base := filepath.Join(store, "releases", out.Release, "indicators", "worry-burglary", "worry-burglary")
	want := content(t, store, out, "worry-burglary").Figures

	t.Run("DuckDB reads the Parquet", func(t *testing.T) {
		lines := duckdb(t, "duckdb.mjs", base+".parquet")
		if len(lines) != len(want)+1 {
			t.Fatalf("%d rows, want %d", len(lines)-1, len(want))
		}
		for i := range want {
			var cells []any
			if err := json.Unmarshal(lines[i+1], &cells); err != nil {
				t.Fatal(err)
			}
			for j, c := range release.FigureColumns {
				cell := c.Cell(&want[i])
				if n, whole := cell.(int64); whole {
					cell = float64(n) // as JSON has it
				}
				if cells[j] != cell {
					t.Errorf("row %d, %s: DuckDB has %v, the CSV %v", i+1, c.Name, cells[j], cell)
				}
			}
		}
	})

	t.Run("a spreadsheet reads the CSV", func(t *testing.T) {
		program, err := exec.LookPath("ssconvert")
		other(t, "spreadsheet (ssconvert of gnumeric)", err == nil)
		folder := t.TempDir()
		sheet, back := filepath.Join(folder, "sheet.xlsx"), filepath.Join(folder, "back.csv")
		for _, pair := range [][2]string{{base + ".csv", sheet}, {sheet, back}} {
			if text, err := exec.Command(program, pair[0], pair[1]).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, text)
			}
		}
		text, err := os.ReadFile(back)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != len(want)+1 {
			t.Fatalf("%d rows, want %d", len(rows)-1, len(want))
		}
		for i := range want {
			for j, c := range release.FigureColumns {
				switch cell := rows[i+1][j]; {
				case c.Number != nil:
					x, err := strconv.ParseFloat(cell, 64)
					if err != nil {
						x = math.NaN()
					}
					if w := *c.Number(&want[i]); !(x == w || math.IsNaN(x) && math.IsNaN(w)) {
						t.Errorf("row %d, %s: the spreadsheet has %q, the CSV %v", i+1, c.Name, cell, w)
					}
				case c.Count != nil:
					n, err := strconv.ParseInt(cell, 10, 64)
					if err != nil {
						n = release.Withheld
					}
					if w := *c.Count(&want[i]); n != w {
						t.Errorf("row %d, %s: the spreadsheet has %q, the CSV %d", i+1, c.Name, cell, w)
					}
				case strings.HasPrefix(c.Name, "period_"): // a day, which it writes in its own form
					if w := *c.Text(&want[i]); strings.ReplaceAll(cell, "/", "-") != w {
						t.Errorf("row %d, %s: the spreadsheet has %q, the CSV %q", i+1, c.Name, cell, w)
					}
				default:
					if w := *c.Text(&want[i]); cell != w {
						t.Errorf("row %d, %s: the spreadsheet has %q, the CSV %q", i+1, c.Name, cell, w)
					}
				}
			}
		}
	})
}

// TestReadersKeepCodes holds that a program which guesses types takes every
// code of a key for text, never for a number or a date, so that the files of
// all indicators are one table.
func TestReadersKeepCodes(t *testing.T) {
	c := embedded(t)
	modules := os.Getenv("TWC_READERS")
	other(t, "DuckDB; see TWC_READERS in the README", modules != "")
	store, out := syntheticStore(t)
	for suffix, codes := range map[string][]string{
		".csv":         {"source", "population", "breakdown", "category", "item"},
		".changes.csv": {"from_source", "to_source", "population", "breakdown", "category", "item"},
	} {
		var files []string
		rows := 0
		for _, x := range out.Manifest.Indicators {
			if slices.ContainsFunc(c.Evaluations, func(e *evaluation.Evaluation) bool { return e.ID == x.ID }) {
				continue // which has no figures
			}
			name := filepath.Join(store, "releases", out.Release, "indicators", x.ID, x.ID+suffix)
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files, rows = append(files, name), rows+bytes.Count(text, []byte("\n"))-1
		}
		lines := duckdb(t, "stack.mjs", files...)
		if got := string(lines[len(files)]); got != fmt.Sprintf("[%d]", rows) {
			t.Errorf("%s: %s rows together, want %d", suffix, got, rows)
		}
		for i, file := range files {
			var columns [][2]string
			if err := json.Unmarshal(lines[i], &columns); err != nil {
				t.Fatal(err)
			}
			for _, c := range columns {
				if slices.Contains(codes, c[0]) && c[1] != "VARCHAR" {
					t.Errorf("%s: %s is %s, want text", filepath.Base(file), c[0], c[1])
				}
			}
		}
	}
}

// duckdb runs a script of testdata/readers and returns the lines that it prints.
func duckdb(t *testing.T, script string, files ...string) [][]byte {
	t.Helper()
	modules := duckdbThere(t)
	text, err := os.ReadFile("../testdata/readers/" + script)
	if err != nil {
		t.Fatal(err)
	}
	installed := filepath.Join(modules, script)
	write(t, installed, text)
	out, err := exec.Command("node", append([]string{installed}, files...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Split(bytes.TrimSpace(out), []byte("\n"))
}

// duckdbThere is the folder in which testdata/readers was installed; without one the test is
// skipped.
func duckdbThere(t *testing.T) string {
	t.Helper()
	modules := os.Getenv("TWC_READERS")
	_, err := exec.LookPath("node")
	other(t, "DuckDB; see TWC_READERS in the README", modules != "" && err == nil)
	return modules
}
