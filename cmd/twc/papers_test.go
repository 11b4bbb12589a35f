package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/goccy/go-yaml"

	"togetherwecan/testdata/shared"
)

// TestPapers holds the tables of testdata/papers against R's survey: each number that the
// script of a table made is the one of the answer, row by row.
func TestPapers(t *testing.T) {
	folder := filepath.Join("..", "..", "testdata", "papers")
	text, err := os.ReadFile(filepath.Join(folder, "list.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var papers []struct{ Name, Title, Form, File, Command string }
	if err := yaml.Unmarshal(text, &papers); err != nil {
		t.Fatal(err)
	}
	const want, real = 10, 7
	data := 0
	columns := map[string]string{"se": "std_error", "lower": "ci_lower", "upper": "ci_upper", "p": "p_value", "adjusted": "p_adjusted"}
	for _, p := range papers {
		if filepath.Dir(filepath.Dir(p.File)) == "data" {
			data++
		}
		t.Run(p.Name, func(t *testing.T) {
			file := shared.File(t, p.File)
			args := examples(p.Command)[0]
			args[slices.Index(args, filepath.Base(file))] = file
			var out, errs bytes.Buffer
			if status := run(append(args, "--format", "json"), &out, &errs); status != 0 {
				t.Fatalf("exit status %d\n%s", status, errs.String())
			}
			ours := paperParts(t, out.Bytes())
			in, err := os.Open(filepath.Join(folder, p.Name+".csv"))
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			numbers, err := csv.NewReader(in).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			rows := map[string]int{}
			for _, n := range numbers[1:] {
				part, column := n[0], n[2]
				row, e1 := strconv.Atoi(n[1])
				theirs, e2 := strconv.ParseFloat(n[3], 64)
				if e1 != nil || e2 != nil || row > len(ours[part]) {
					t.Fatalf("%v: not a number of one of our %d rows", n, len(ours[part]))
				}
				rows[part] = row
				if name, ok := columns[column]; ok {
					column = name
				}
				x, ok := ours[part][row-1][column].(float64)
				if !ok || !(math.Abs(x-theirs) <= 1e-9*math.Abs(theirs)) {
					t.Errorf("%s, row %d, %s: %v, R has %v", part, row, column, ours[part][row-1][column], theirs)
				}
			}
			for part, n := range rows {
				if n != len(ours[part]) {
					t.Errorf("%s: %d rows of ours, %d of R's", part, len(ours[part]), n)
				}
			}
		})
	}
	if len(papers) != want || data < real {
		t.Errorf("%d tables, %d of real surveys: want %d and %d", len(papers), data, want, real)
	}
}

// paperParts are the rows of an answer that a paper's table has: of contrasts the
// differences, of a table's cells the column shares, of tests the one of the second order.
func paperParts(t *testing.T, text []byte) map[string][]map[string]any {
	t.Helper()
	var answer struct {
		Figures, Contrasts, Cells, Tests []map[string]any
		Models                           []struct{ Coefficients []map[string]any }
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatal(err)
	}
	made := map[string][]map[string]any{"figures": answer.Figures}
	only := func(part string, rows []map[string]any, column, value string) {
		for _, row := range rows {
			if row[column] == value {
				made[part] = append(made[part], row)
			}
		}
	}
	only("contrasts", answer.Contrasts, "comparison", "difference")
	only("cells", answer.Cells, "measure", "column")
	only("tests", answer.Tests, "test", "Rao-Scott, second order (F)")
	for _, m := range answer.Models {
		made["coefficients"] = append(made["coefficients"], m.Coefficients...)
	}
	return made
}
