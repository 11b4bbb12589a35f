package seeds

import (
	"encoding/csv"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"togetherwecan/indicators"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/series"
)

// TestForms: every series of the catalogue has forms, whose columns add up to
// what is declared of them, each row marked as made up.
func TestForms(t *testing.T) {
	c, err := indicator.LoadCatalogue(indicators.Files)
	if err != nil {
		t.Fatal(err)
	}
	declared, err := LoadReturns()
	if err != nil {
		t.Fatal(err)
	}
	forms, err := Forms(c.Series)
	if err != nil {
		t.Fatal(err)
	}
	totals := 0
	for _, f := range forms {
		parts := strings.Split(strings.TrimSuffix(f.Path, ".csv"), "/")
		s := c.SeriesOf(c.Series[slices.IndexFunc(c.Series, func(s *series.Series) bool { return s.ID == parts[1] })].Source(parts[2]))
		rows, err := csv.NewReader(strings.NewReader(string(f.Data))).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", f.Path, err)
		}
		head := rows[0]
		rows = rows[1:]
		if s.Areas.Whole != nil && len(s.CategoryColumns()) == 0 {
			rows = rows[:len(rows)-1]
		}
		truth := declared.Series[s.ID]
		at := slices.Index(truth.Periods, parts[2])
		for name, column := range truth.Columns {
			place := slices.Index(head, s.Columns[name].Label)
			if place < 0 {
				t.Fatalf("%s has no column %s", f.Path, name)
			}
			for code, want := range column.By {
				k, ok := s.Columns[s.CategoryColumns()[0]].Category(code)
				if !ok || len(want) != len(truth.Periods) {
					t.Fatalf("%s: %s of %q: %d numbers and category %v, want %d of a category of the series", f.Path, name, code, len(want), ok, len(truth.Periods))
				}
				label := s.Columns[s.CategoryColumns()[0]].Categories[k].Label
				i := slices.IndexFunc(rows, func(r []string) bool { return slices.Contains(r, label) })
				if rows[i][place] != strconv.FormatFloat(want[at], 'f', -1, 64) {
					t.Errorf("%s: %s of %s is %s, declared are %g", f.Path, name, code, rows[i][place], want[at])
				}
			}
			if column.Total == nil {
				continue
			}
			sum := 0.0
			for _, r := range rows {
				x, err := strconv.ParseFloat(r[place], 64)
				if err != nil {
					t.Fatal(err)
				}
				sum += x
			}
			if sum != column.Total[at] {
				t.Errorf("%s: %s adds up to %g, declared are %g", f.Path, name, sum, column.Total[at])
			}
			totals++
		}
		for _, r := range rows {
			if r[len(r)-1] != "1" || head[len(head)-1] != Synthetic {
				t.Errorf("%s: a row is not marked as made up: %v", f.Path, r)
			}
		}
	}
	if len(forms) < 2*(len(c.Series)-len(declared.Real)) || totals < 100 {
		t.Errorf("%d forms of %d series, %d totals: want two a series or more", len(forms), len(c.Series), totals)
	}
	for _, id := range append(slices.Collect(maps.Keys(declared.Series)), declared.Real...) {
		if !slices.ContainsFunc(c.Series, func(s *series.Series) bool { return s.ID == id }) {
			t.Errorf("series %q is declared, and the catalogue has none", id)
		}
	}
}
