package ingest

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/parquet"
	"togetherwecan/pipeline/table"
)

// written writes a column with what its file says of it.
func written(t *testing.T, folder, name string, c *table.Column) Source {
	t.Helper()
	file, err := os.Create(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	of := table.New(c.Len(), c)
	w, err := parquet.NewWriter(file, name, parquet.FieldsOf(of, nil))
	if err == nil {
		err = w.Write(of)
	}
	if err == nil {
		err = w.Close([]codebook.Variable{c.Variable})
	}
	if err != nil {
		t.Fatal(err)
	}
	return Source{Path: file.Name()}
}

// What two files say of one variable: labels of another wording are told and those of another
// code are refused, and a value that one declares missing is missing in it alone.
func TestStack(t *testing.T) {
	labels := func(pairs ...string) (made []codebook.Category) {
		for i := 0; i < len(pairs); i += 2 {
			made = append(made, codebook.Category{Code: pairs[i], Label: pairs[i+1]})
		}
		return made
	}
	nine := &codebook.Recorded{Missing: []codebook.Interval{{Low: 9, High: 9}}}
	column := func(of []codebook.Category, r *codebook.Recorded, values ...float64) *table.Column {
		return &table.Column{Variable: codebook.Variable{Name: "V", Categories: of, Recorded: r}, Values: values}
	}
	for _, c := range []struct {
		claim         string
		first, second *table.Column
		rows          []float64
		codes, notes  string
		err           string
	}{
		{"the same", column(labels("1", "Yes", "2", "No"), nine, 1, 9), column(labels("1", "Yes", "2", "No"), nine, 2, 9), []float64{1, 9, 2, 9}, "1 Yes,2 No", "", ""},
		{"case and punctuation", column(labels("1", "Don't know"), nil, 1), column(labels("1", "DON’T KNOW."), nil, 1), []float64{1, 1}, "1 Don't know", "", ""},
		{"another wording", column(labels("3", "East"), nil, 3), column(labels("3", "East of England"), nil, 3), []float64{3, 3}, "3 East", "stacked-labels(V,b.parquet,3,East,East%20of%20England)", ""},
		{"a code of one alone", column(labels("1", "Yes"), nil, 1), column(labels("1", "Yes", "3", "Perhaps"), nil, 3), []float64{1, 3}, "1 Yes,3 Perhaps", "", ""},
		{"no labels", column(labels("1", "Yes"), nil, 1), column(nil, nil, 1), []float64{1, 1}, "1 Yes", "", ""},
		{
			"the labels of each other's codes", column(labels("1", "Yes", "2", "No"), nil, 1), column(labels("1", "No", "2", "Yes"), nil, 1), nil, "", "",
			`b.parquet: variable "V": code 1 is "No", which is code 2 in a.parquet, whose code 1 is "Yes": want one coding` + "\n" + `b.parquet: variable "V": code 2 is "Yes", which is code 1 in a.parquet, whose code 2 is "No": want one coding`,
		},
		{"missing in the second alone", column(nil, nil, 1, 9), column(nil, nine, 2, 9), []float64{1, 9, 2, math.NaN()}, "", "stacked-missing(V,b.parquet,a.parquet)", ""},
		{
			"missing in the first alone, and met in the second", column(nil, nine, 1, 9), column(nil, nil, 9, 9), nil, "", "",
			`b.parquet: variable "V": 2 rows with 9, which counts here and is declared missing in a.parquet`,
		},
		{"missing in the first alone, and not met", column(nil, nine, 1), column(nil, nil, 2), []float64{1, 2}, "", "stacked-missing(V,b.parquet,a.parquet)", ""},
	} {
		folder := t.TempDir()
		s := Stack{Variable: "wave", Files: []StackFile{{Source: written(t, folder, "a.parquet", c.first), Wave: "2001"}, {Source: written(t, folder, "b.parquet", c.second), Wave: "2003"}}}
		var rows, waves []float64
		got, err := s.Batches([]string{"v", "wave"}, Limits{}, nil, func(batch *table.Table) error {
			rows = append(rows, batch.Column("v").Values...)
			waves = append(waves, batch.Column("wave").Values...)
			return nil
		})
		if err != nil || c.err != "" {
			if err == nil || err.Error() != c.err {
				t.Errorf("%s: got %v, want %s", c.claim, err, c.err)
			}
			continue
		}
		same := func(x, y float64) bool { return x == y || x != x && y != y }
		if !slices.EqualFunc(rows, c.rows, same) {
			t.Errorf("%s: rows %v, want %v", c.claim, rows, c.rows)
		}
		var codes []string
		for _, category := range got.Table.Column("v").Variable.Categories {
			codes = append(codes, category.Code+" "+category.Label)
		}
		if of := strings.Join(codes, ","); of != c.codes || got.Notes.String() != c.notes {
			t.Errorf("%s: codes %s and notes %s, want %s and %s", c.claim, of, got.Notes, c.codes, c.notes)
		}
		if first := c.first.Len(); waves[first-1] != 2001 || waves[first] != 2003 || got.Rows != len(rows) {
			t.Errorf("%s: waves %v of %d rows", c.claim, waves, got.Rows)
		}
		if file, line, own := got.Place(c.first.Len()); file != "b.parquet" || line != 0 || own != 0 {
			t.Errorf("%s: the first row of the second is %d on line %d of %s", c.claim, own, line, file)
		}
	}
}
