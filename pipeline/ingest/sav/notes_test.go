package sav

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/codebook"
)

// TestNotes reads what testdata/make-corpus.sh had PSPP write, in each way of
// writing it.
func TestNotes(t *testing.T) {
	want := Notes{
		Label: "A survey of places, £5", Created: "01 Jan 24 00:00:00", Cases: 2, Weight: "weight1",
		Documents: []string{"First line of the document", "Second line: café", "   (Entered 01 Jan 2024)"},
		Responses: []ResponseSet{
			{Name: "$md", Label: "Dichotomies", Counted: "1", Variables: []string{"Q1a", "Q1b"}},
			{Name: "$mc", Label: "Categories é", Variables: []string{"Q1b", "Q1c"}},
		},
		Attributes: []Attribute{{"Archive", []string{"UKDS"}}},
		Variables: []VariableAttribute{
			{"VeryLongVariableName", Attribute{"$@Role", []string{"0"}}},
			{"weight1", Attribute{"$@Role", []string{"0"}}},
			{"Q1a", Attribute{"$@Role", []string{"0"}}},
			{"Q1a", Attribute{"Order", []string{"first", "second"}}},
			{"Q1a", Attribute{"Question", []string{"What, 'exactly'?"}}},
			{"Q1b", Attribute{"$@Role", []string{"0"}}},
			{"Q1c", Attribute{"$@Role", []string{"0"}}},
			{"Größe", Attribute{"$@Role", []string{"0"}}},
			{"Größe", Attribute{"Order", []string{"first", "second"}}},
			{"Größe", Attribute{"Question", []string{"What, 'exactly'?"}}},
			{"s", Attribute{"$@Role", []string{"0"}}},
		},
	}
	for file, compression := range map[string]string{"none.sav": "none", "byte.sav": "bytecode", "zlib.zsav": "zlib"} {
		got := readSav(t, filepath.Join("testdata", "corpus", "pspp-notes-"+file)).Notes
		want.Compression = compression
		got.Product, got.Version = "", "" // PSPP's own
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
	}
}

// TestLabelsOfLongStrings are what the syntax in testdata/make-corpus.sh says,
// and PSPP shows of the file; haven does not read it.
func TestLabelsOfLongStrings(t *testing.T) {
	want := []codebook.Variable{
		{
			Name: "short", Categories: []codebook.Category{{Code: "no", Label: "No, none"}, {Code: "yes", Label: "Yes, all"}},
			Recorded: &codebook.Recorded{Format: "A8", Measure: "nominal", Width: 8, Texts: []string{"no", "x"}},
		},
		{
			Name: "s20", Label: "A label of a long string",
			Categories: []codebook.Category{{Code: "twenty letters here", Label: "A long one"}, {Code: "not asked", Label: "Not asked of this person"}},
			Recorded:   &codebook.Recorded{Format: "A20", Measure: "nominal", Width: 20, Texts: []string{"not aske", "dk"}},
		},
		{
			Name: "s300", Categories: []codebook.Category{{Code: "three hundred", Label: "Very long"}, {Code: "", Label: "blank"}},
			Recorded: &codebook.Recorded{Format: "A300", Measure: "nominal", Width: 300, Texts: []string{"ref"}},
		},
		{Name: "n", Recorded: &codebook.Recorded{Format: "F2.0", Measure: "scale"}},
	}
	for _, file := range []string{"none.sav", "byte.sav", "zlib.zsav"} {
		f := readSav(t, filepath.Join("testdata", "corpus", "pspp-longlabels-"+file))
		var got []codebook.Variable
		for _, c := range f.Table.Columns {
			got = append(got, c.Variable)
		}
		if diff := cmp.Diff(want, got); diff != "" || len(f.Notes.Warnings) > 0 {
			t.Errorf("%s: warnings %q; %s", file, f.Notes.Warnings, diff)
		}
	}
}

// TestResponseSets holds the record's three forms and what is damaged.
func TestResponseSets(t *testing.T) {
	for _, c := range []struct {
		name, record, rest string
		want               []ResponseSet
		warnings           int
	}{
		{"categories", "$a=C 10 my mcgroup x y\n", "", []ResponseSet{{"$a", "my mcgroup", "", []string{"X", "Y"}}}, 0},
		{"dichotomies", "$b=D2 55 0  y x\n", "", []ResponseSet{{"$b", "", "55", []string{"Y", "X"}}}, 0},
		{"labels of counted values", "$c=E 1 2 34 5 third x y\n", "", []ResponseSet{{"$c", "third", "34", []string{"X", "Y"}}}, 0},
		{"labels from the first variable", "$d=E 11 1 1 0  x\n", "", []ResponseSet{{"$d", "", "1", []string{"X"}}}, 0},
		{"two lines in two records", "$a=C 1 A x y\n$b=D1 1 1 B x y\n", "$c=E 1 1 1 0  x y\n", []ResponseSet{
			{"$a", "A", "", []string{"X", "Y"}}, {"$b", "B", "1", []string{"X", "Y"}}, {"$c", "", "1", []string{"X", "Y"}},
		}, 0},
		{"a label with a line end and a space", "$a=C 3 a\nb x\n", "", []ResponseSet{{"$a", "a\nb", "", []string{"X"}}}, 0},
		{"a count beyond the record", "$a=C 99 short x\n", "", nil, 1},
		{"a kind that is none", "$a=Z 1 a x\n", "", nil, 1},
		{"no equals", "rubbish", "", nil, 1},
		{"nothing after equals", "$a=", "", nil, 1},
		{"a negative count", "$a=D-1 1 1 a x", "", nil, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := file(little, uncompressed, 0, 1).number("X", "").number("Y", "").more(responseSets, 1, c.record)
			if c.rest != "" {
				w.more(responseSetsMore, 1, c.rest)
			}
			f, err := readBytes(w.end().put(1.0, 2.0).Bytes(), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, f.Notes.Responses); diff != "" || len(f.Notes.Warnings) != c.warnings {
				t.Errorf("warnings %q; %s", f.Notes.Warnings, diff)
			}
		})
	}
}

// TestExtra holds the record that says more about the product.
func TestExtra(t *testing.T) {
	f, err := readBytes(file(little, uncompressed, 0, 1).number("X", "").more(extraProduct, 1, "First line\r\nsecond \xe9  ").end().put(1.0).Bytes(), Limits{})
	if err != nil || f.Notes.Extra != "First line\nsecond \u00e9" {
		t.Errorf("got %q, %v", f.Notes.Extra, err)
	}
}
