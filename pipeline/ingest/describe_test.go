package ingest

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/description"
)

// coded is a code with its label, its rows and whether it is declared missing.
func coded(code, label string, count int, declared bool) description.Code {
	return description.Code{Code: code, Label: label, Count: count, Declared: declared}
}

func TestDescribe(t *testing.T) {
	path := write(t, "a.tab", "sex\tregion\tage\tnone\n2\tWales\t.5\t \n1\t \t-2\t \n2\tEngland\t1e1\t \n \tWales\t\t \n")
	d, err := Describe(Source{Path: path}, nil, Limits{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	want := []description.Variable{
		{Name: "sex", Numeric: true, Codes: []description.Code{coded("1", "", 1, false), coded("2", "", 2, false)}, Every: true, Min: 1, Max: 2, Mean: 5. / 3, Present: 3, Missing: 1},
		{Name: "region", Codes: []description.Code{coded("England", "", 1, false), coded("Wales", "", 2, false)}, Every: true, Min: nan, Max: nan, Mean: nan, Present: 3, Missing: 1},
		{Name: "age", Numeric: true, Codes: []description.Code{coded("-2", "", 1, false), coded("0.5", "", 1, false), coded("10", "", 1, false)}, Every: true, Min: -2, Max: 10, Mean: 8.5 / 3, Present: 3, Missing: 1},
		{Name: "none", Numeric: true, Codes: []description.Code{}, Every: true, Min: nan, Max: nan, Mean: nan, Missing: 4},
	}
	if diff := cmp.Diff(want, d.Variables, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	if d.Name != "a.tab" || d.Rows != 4 || d.Bytes != 69 {
		t.Errorf("%s: %d rows, %d bytes; want a.tab, 4, 69", d.Name, d.Rows, d.Bytes)
	}
}

func TestMostCodes(t *testing.T) {
	for _, test := range []struct {
		name     string
		distinct int
		listed   int
	}{{"as many as are listed", description.MostCodes, description.MostCodes}, {"one more", description.MostCodes + 1, 0}} {
		var text strings.Builder
		text.WriteString("number\ttext\n")
		for i := range test.distinct {
			text.WriteString(strconv.Itoa(i) + "\tx" + strconv.Itoa(i) + "\n")
		}
		d, err := Describe(Source{Path: write(t, "a.tab", text.String())}, nil, Limits{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range d.Variables {
			if len(v.Codes) != test.listed || v.Every != (test.listed > 0) || v.Present != test.distinct {
				t.Errorf("%s, %s: %d codes of %d, want %d of %d", test.name, v.Name, len(v.Codes), v.Present, test.listed, test.distinct)
			}
		}
		if v := d.Variables[0]; v.Min != 0 || v.Max != float64(test.distinct-1) || v.Mean != float64(test.distinct-1)/2 {
			t.Errorf("%s: from %v to %v, mean %v", test.name, v.Min, v.Max, v.Mean)
		}
	}
}

// The counts are those of the archive's codebook, unweighted.
func TestDescribeBritishCrimeSurvey(t *testing.T) {
	d, err := Describe(Source{Path: bcs(t)}, nil, Limits{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	variables := map[string]description.Variable{}
	for _, v := range d.Variables {
		variables[v.Name] = v
	}
	if d.Rows != 11_676 || len(variables) != 35 {
		t.Errorf("%d rows of %d variables, want 11676 of 35", d.Rows, len(variables))
	}
	for _, test := range []struct {
		name    string
		codes   []description.Code
		missing int
	}{
		{"walkdark", []description.Code{coded("1", "very safe", 3002, false), coded("2", "fairly safe", 4718, false), coded("3", "a bit unsafe", 2604, false), coded("4", "very unsafe", 1301, false), coded("8", "refused", 0, true), coded("9", "don't know", 0, true)}, 51},
		{"bcsvictim", []description.Code{coded("0", "not a victim of crime", 9318, false), coded("1", "victim of crime", 2358, false)}, 0},
	} {
		v := variables[test.name]
		if diff := cmp.Diff(test.codes, v.Codes); diff != "" || v.Missing != test.missing {
			t.Errorf("%s: %d missing, want %d; want -, got +:\n%s", test.name, v.Missing, test.missing, diff)
		}
	}
	// The archive's dictionary, beside the file, declares code 5 missing, and
	// the file has 171 answers of it.
	crimerat := variables["crimerat"]
	if c := crimerat.Codes[4]; c != coded("5", "a lot less crime", 171, true) || crimerat.Present != 9379 || crimerat.Declared != 171 || crimerat.Max != 4 {
		t.Errorf("crimerat: %v, %d present and %d declared missing, to %v; want 171 of code 5 beside 9379, to 4", crimerat.Codes, crimerat.Present, crimerat.Declared, crimerat.Max)
	}
	for _, v := range d.Variables {
		var want []string
		if v.Name == "crimerat" {
			want = []string{`code 5 ("a lot less crime") is declared missing, and 171 rows have it`}
		}
		if diff := cmp.Diff(want, v.Notes); diff != "" {
			t.Errorf("%s: notes: want -, got +:\n%s", v.Name, diff)
		}
		if (v.Weight != "") != (v.Name == "tcindwt") {
			t.Errorf("%s: may be a weight: %q; want tcindwt alone", v.Name, v.Weight)
		}
	}
	weight := variables["tcindwt"]
	if len(weight.Codes) != 0 || weight.Missing != 16 || math.Abs(weight.Min-.1714421) > 5e-8 || math.Abs(weight.Max-6.1711383) > 5e-8 || math.Abs(weight.Mean-1.0010198) > 5e-8 {
		t.Errorf("tcindwt: %d codes, %d missing, %v to %v, mean %v; want none, 16, 0.1714421 to 6.1711383, 1.0010198", len(weight.Codes), weight.Missing, weight.Min, weight.Max, weight.Mean)
	}
}

// Only the wanted variables are read, whatever the others are.
func TestDescribeWanted(t *testing.T) {
	s := Source{Path: write(t, "a.tab", "sex\tage\tx\n1\t16\ta\n2\t20\tb\n")}
	d, err := Describe(s, []string{"AGE", "wt"}, Limits{Cells: 2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Variables) != 1 || d.Variables[0].Name != "age" || d.Variables[0].Max != 20 || !slices.Equal(d.Names, []string{"sex", "age", "x"}) {
		t.Errorf("%v of %q, want age of all three names", d.Variables, d.Names)
	}
}

// What a file says of itself and of single variables is shown, except for what is
// SPSS's own; dates are shown as such.
func TestDescribeNotes(t *testing.T) {
	for _, test := range []struct {
		file      string
		notes     []string
		variables map[string][]string
	}{
		{
			"sav/testdata/corpus/pspp-notes-byte.sav",
			[]string{
				"First line of the document", "Second line: café", "   (Entered 01 Jan 2024)",
				`multiple response set $md ("Dichotomies") of Q1a, Q1b, counting 1`, `multiple response set $mc ("Categories é") of Q1b, Q1c`,
			},
			map[string][]string{"Q1a": {"Order: first; second", "Question: What, 'exactly'?"}, "s": nil},
		},
		{
			"dta/testdata/made/v118_lsf.dta",
			[]string{"first café €", "second"},
			map[string][]string{"Vint": {"of int"}, "Vlong": {`code -1 ("refused") counts as an answer, and 1 row has it`}},
		},
	} {
		d, err := Describe(Source{Path: test.file}, nil, Limits{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.notes, d.About.Notes); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", test.file, diff)
		}
		for _, v := range d.Variables {
			if want, ok := test.variables[v.Name]; ok && !slices.Equal(v.Notes, want) {
				t.Errorf("%s: %s: notes %q, want %q", test.file, v.Name, v.Notes, want)
			}
		}
	}
	d, err := Describe(Source{Path: "sav/testdata/corpus/haven-dates-byte.sav"}, nil, Limits{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	dated := 0
	for _, v := range d.Variables {
		if want := Date(v.Recorded.Format, v.Min); v.Present > 0 && v.Earliest != want {
			t.Errorf("%s: earliest %q, want %q", v.Name, v.Earliest, want)
		} else if want != "" {
			dated++
		}
	}
	if dated == 0 {
		t.Error("no dates in a file of dates")
	}
}

// The kinds of missing that labels say, in the words of UK surveys.
func TestKindOf(t *testing.T) {
	for label, want := range map[string]codebook.Missing{
		"refused": codebook.Refused, "Refusal": codebook.Refused,
		"don't know": codebook.DontKnow, "DON’T KNOW": codebook.DontKnow, "dk": codebook.DontKnow, "Can't say": codebook.DontKnow,
		"not applicable": codebook.NotApplicable, "Item not applicable": codebook.NotApplicable, "N/A": codebook.NotApplicable, "not asked": codebook.NotApplicable,
		"not coded": codebook.System, "No answer": codebook.System,
		"a lot less crime": codebook.Present, "not very worried": codebook.Present, "National": codebook.Present, "refuse collection": codebook.Present,
	} {
		if got := codebook.KindOf(label); got != want {
			t.Errorf("%q: %s, want %s", label, got, want)
		}
	}
}

// TestWidest describes a file of as many columns as one may have, in batches of a few
// rows, and refuses one of more.
func TestWidest(t *testing.T) {
	most := DefaultLimits.Columns
	wide := func(columns int) Source {
		var b []byte
		for i := range columns {
			b = append(strconv.AppendInt(append(b, 'v'), int64(i), 10), ',')
		}
		b[len(b)-1] = '\n'
		for _, cell := range []string{"1", " ", "12"} {
			b = append(append(b, strings.Repeat(cell+",", columns-1)...), "7\n"...)
		}
		return Source{Path: write(t, fmt.Sprintf("%d.csv", columns), string(b))}
	}
	d, err := Describe(wide(most), nil, Limits{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Variables) != most || d.Rows != 3 {
		t.Fatalf("%d variables and %d rows, want %d and 3", len(d.Variables), d.Rows, most)
	}
	want := []description.Code{{Code: "1", Count: 1}, {Code: "12", Count: 1}}
	for _, v := range d.Variables[:most-1] {
		if v.Present != 2 || v.Missing != 1 || v.Mean != 6.5 || !slices.Equal(v.Codes, want) {
			t.Fatalf("%s: %d present, %d missing, mean %v, codes %v; want 2, 1, 6.5, %v", v.Name, v.Present, v.Missing, v.Mean, v.Codes, want)
		}
	}
	if _, err := Describe(wide(most+1), nil, Limits{}, nil); err == nil || err.Error() != "200001.csv:1: 200001 columns, want at most 200000" {
		t.Errorf("got %v", err)
	}
}
