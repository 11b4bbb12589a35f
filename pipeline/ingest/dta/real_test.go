package dta

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/delimited"
	"togetherwecan/testdata/shared"
)

// pair reads a data set and the delimited file of the same table.
func pair(t *testing.T, stata, tab string) (*File, *delimited.File) {
	t.Helper()
	open := func(name string) *os.File {
		in, err := os.Open(shared.File(t, name))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { in.Close() })
		return in
	}
	f, err := Read(open(stata), stata, nil, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := delimited.Read(open(tab), ".tab", tab, nil, nil, delimited.Limits{Columns: 100, LineBytes: 1 << 16, Rows: 100_000, Cells: 10_000_000})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(f.Names, d.Names) || f.Table.Rows != d.Table.Rows {
		t.Fatalf("%d rows of %q, want %d of %q", f.Table.Rows, f.Names, d.Table.Rows, d.Names)
	}
	return f, d
}

// The real teaching file (SN 6891), as haven saved it in formats 113 and 118:
// every value is that of the archive's own .tab, blank there where missing
// here, and labels are those of the archive's dictionary, up to the 81 bytes
// that format 113 has for a variable's. One variable differs: the dictionary
// declares code 5 of crimerat missing, the .tab keeps it, and haven, which went
// by the dictionary, wrote a plain missing value in all 171 rows.
func TestTeachingFile(t *testing.T) {
	text, err := os.ReadFile(shared.File(t, "data/bcs0708/dictionary.json"))
	if err != nil {
		t.Fatal(err)
	}
	var dictionary []struct {
		Name, Label string
		Vals        [][2]string
	}
	if err := json.Unmarshal(text, &dictionary); err != nil {
		t.Fatal(err)
	}
	for name, version := range map[string]int{"v8": 113, "v14": 118} {
		t.Run(name, func(t *testing.T) {
			f, d := pair(t, "data/bcs0708/bcs_2007_8_teaching_haven_"+name+".dta", "data/bcs0708/bcs_2007_8_teaching_data.tab")
			if f.Version != version || f.Table.Rows != 11_676 || len(f.Names) != 35 || len(dictionary) != 35 {
				t.Fatalf("format %d, %d rows of %d variables, %d in the dictionary", f.Version, f.Table.Rows, len(f.Names), len(dictionary))
			}
			fives := 0
			for i, c := range f.Table.Columns {
				for row, want := range d.Table.Columns[i].Values {
					if c.Variable.Name == "crimerat" && want == 5 {
						fives++
						want = math.NaN()
					}
					if got := c.Values[row]; math.Float64bits(got) != math.Float64bits(want) && (got == got || want == want) {
						t.Fatalf("%s row %d: %v, want %v", c.Variable.Name, row+1, got, want)
					}
				}
				if c.Tags != nil {
					t.Errorf("%s has extended missing values", c.Variable.Name)
				}
				var want []codebook.Category
				for _, v := range dictionary[i].Vals {
					want = append(want, codebook.Category{Code: v[0], Label: v[1]})
				}
				label := dictionary[i].Label
				if version < 118 {
					label = label[:min(len(label), 81)]
				}
				if v := c.Variable; v.Name != dictionary[i].Name || v.Label != label || !slices.Equal(v.Categories, want) {
					t.Errorf("%s is %q with %q, want %q with %q", v.Name, v.Label, v.Categories, label, want)
				}
			}
			if fives != 171 {
				t.Errorf("crimerat is 5 in %d rows of the .tab, want 171", fives)
			}
		})
	}
}

// The synthetic survey in formats 114, 118 and 119: every value is that of the
// .tab; in the tagged files -9, -8 and -1 of the labelled variables are .a, .b
// and .c, values and labels.
func TestSyntheticSurvey(t *testing.T) {
	text, err := os.ReadFile(shared.File(t, "oracle/synthetic/dictionary.json"))
	if err != nil {
		t.Fatal(err)
	}
	var dictionary struct {
		Variables map[string]string         `json:"variable_labels"`
		Values    map[string]map[string]int `json:"value_labels"`
	}
	if err := json.Unmarshal(text, &dictionary); err != nil {
		t.Fatal(err)
	}
	letters := map[int]byte{-9: 'a', -8: 'b', -1: 'c'}
	for _, c := range []struct {
		file    string
		version int
		tagged  bool
	}{
		{"synth2001.dta", 118, false},
		{"synth2001_v10.dta", 114, false},
		{"synth2001_tagged.dta", 119, true},
		{"synth2003.dta", 118, false},
		{"synth2003_v10.dta", 114, false},
		{"synth2003_tagged.dta", 119, true},
	} {
		t.Run(c.file, func(t *testing.T) {
			f, d := pair(t, "oracle/synthetic/"+c.file, "oracle/synthetic/"+c.file[:9]+".tab")
			if f.Version != c.version {
				t.Errorf("format %d, want %d", f.Version, c.version)
			}
			tags := 0
			for i, column := range f.Table.Columns {
				name := column.Variable.Name
				_, labelled := dictionary.Values[name]
				for row, want := range d.Table.Columns[i].Values {
					got, tag := column.Values[row], byte(0)
					if column.Tags != nil {
						tag = column.Tags[row]
					}
					letter := letters[int(want)]
					switch {
					case c.tagged && labelled && want < 0:
						tags++
						if got == got || tag != letter {
							t.Fatalf("%s row %d: %v and %q, want %q for %v", name, row+1, got, tag, letter, want)
						}
					case math.Float64bits(got) != math.Float64bits(want) && (got == got || want == want) || tag != 0:
						t.Fatalf("%s row %d: %v and %q, want %v", name, row+1, got, tag, want)
					}
				}
				label := dictionary.Variables[name]
				if column.Variable.Label != label {
					t.Errorf("%s is %q, want %q", name, column.Variable.Label, label)
				}
				want := map[string]string{}
				for text, code := range dictionary.Values[name] {
					spelled := strconv.Itoa(code)
					if letter := letters[code]; c.tagged && letter != 0 {
						spelled = "." + string(rune(letter))
					}
					want[spelled] = text
				}
				got := map[string]string{}
				for _, category := range column.Variable.Categories {
					got[category.Code] = category.Label
				}
				if fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("%s has the labels %v, want %v", name, got, want)
				}
			}
			if (tags > 0) != c.tagged {
				t.Errorf("%d extended missing values", tags)
			}
		})
	}
}
