package main

import (
	"bytes"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// The numbers of a table of groups are those of R's survey, by the script beside them, and
// those of the question without the table to the last bit.
func TestTableOne(t *testing.T) {
	folder := filepath.Join("testdata", "tableone")
	read := func(data []byte, err error) (head map[string]int, rows [][]string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		all, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		head = map[string]int{}
		for i, name := range all[0] {
			head[name] = i
		}
		return head, all[1:]
	}
	head, theirs := read(os.ReadFile(filepath.Join(folder, "numbers.csv")))
	for _, group := range []string{"sex", "area"} {
		ask := func(more ...string) (map[string]int, [][]string) {
			var out, errs bytes.Buffer
			args := append([]string{
				"estimate", filepath.Join(folder, "sample.csv"), "--stratum", "stratum", "--psu", "psu", "--weight", "weight",
				"--mean", "age", "--proportion", "view", "--proportion", "smokes=1", "--quantile", "age", "--by", group, "--format", "csv",
			}, more...)
			if status := run(args, &out, &errs); status != 0 {
				t.Fatalf("exit status %d\n%s", status, errs.String())
			}
			return read(out.Bytes(), nil)
		}
		key := func(head map[string]int, row []string) string {
			return row[head["variable"]] + " " + row[head["statistic"]] + " " + row[head["category"]] + " " + row[head["item"]]
		}
		has, ours := ask("--table-one", "--show", "deviations")
		found := map[string][]string{}
		for _, row := range ours {
			found[key(has, row)] = row
		}
		asked, plain := ask()
		for _, row := range plain {
			of := found[key(asked, row)]
			for name, at := range asked {
				if of == nil || of[has[name]] != row[at] {
					t.Errorf("by %s, %s: %s is not %q as without the table", group, key(asked, row), name, row[at])
				}
			}
		}
		if len(plain) != len(ours) {
			t.Errorf("by %s: %d rows, want %d", group, len(ours), len(plain))
		}
		compared := 0
		for _, row := range theirs {
			if row[head["group"]] != group {
				continue
			}
			of := found[key(head, row)]
			if of == nil {
				t.Fatalf("by %s: no row %s", group, key(head, row))
			}
			for name, column := range map[string]string{"value": "value", "se": "std_error", "sd": "std_dev", "n": "item_unweighted", "p": "p_value"} {
				want, err := strconv.ParseFloat(row[head[name]], 64)
				if err != nil {
					continue
				}
				compared++
				if x, err := strconv.ParseFloat(of[has[column]], 64); err != nil || !(math.Abs(x-want) <= 1e-9*math.Abs(want)) {
					t.Errorf("by %s, %s: %s %s, R has %g", group, key(head, row), column, of[has[column]], want)
				}
			}
		}
		if want := map[string]int{"sex": 73, "area": 97}[group]; compared != want {
			t.Errorf("by %s: %d numbers were compared, want %d", group, compared, want)
		}
	}
}
