package delimited

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/table"
	"togetherwecan/testdata/shared"
)

// teaching reads a file of the teaching dataset (SN 6891).
func teaching(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(shared.File(t, "data/bcs0708/"+name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

const archive = "bcs_2007_8_teaching_data_unrestricted_ukda_data_dictionary.rtf"

// dictionary.json is the same dictionary, taken from the document by a program
// that shares nothing with this one.
func TestDictionaryOfTheArchive(t *testing.T) {
	var want []struct {
		Pos   int
		Name  string
		Label string
		Miss  string
		Vals  [][2]string
		Level string
	}
	if err := json.Unmarshal(teaching(t, "dictionary.json"), &want); err != nil {
		t.Fatal(err)
	}
	d, err := ReadDictionary(teaching(t, archive), archive)
	if err != nil {
		t.Fatal(err)
	}
	if d.File != "bcs_2007_8_teaching_data_unrestricted" || d.Cases != 11_676 || len(d.Variables) != 35 || len(want) != 35 {
		t.Fatalf("%s: %d cases, %d variables, want bcs_2007_8_teaching_data_unrestricted, 11676, 35", d.File, d.Cases, len(d.Variables))
	}
	// The document holds two backslashes that are not escaped, which the
	// other program took as commands.
	unescaped := map[string]string{
		"rubbcomm": `in the immediate area how common is litter\rubbish`,
		"poorhou":  `how common are homes in poor condition\run down`,
	}
	missing := map[string][]codebook.Interval{
		"":              nil,
		"8 and 9":       {{Low: 8, High: 8}, {Low: 9, High: 9}},
		"998 and 999":   {{Low: 998, High: 998}, {Low: 999, High: 999}},
		"5 and 8 and 9": {{Low: 5, High: 5}, {Low: 8, High: 8}, {Low: 9, High: 9}},
	}
	for i, w := range want {
		v := codebook.Variable{Name: w.Name, Label: w.Label, Recorded: &codebook.Recorded{Measure: w.Level, Missing: missing[w.Miss]}}
		if label, ok := unescaped[w.Name]; ok {
			v.Label = label
		}
		for _, pair := range w.Vals {
			v.Categories = append(v.Categories, codebook.Category{Code: pair[0], Label: pair[1]})
		}
		if diff := cmp.Diff(v, d.Variables[i]); diff != "" {
			t.Errorf("variable %d: want -, got +:\n%s", i+1, diff)
		}
	}
}

// Cut anywhere, the dictionary is refused: half of the labels are worse than
// none.
func TestDictionaryCutShort(t *testing.T) {
	data := teaching(t, archive)
	for n := 0; n < len(data)-1; n += 1 + n/200 {
		if d, err := ReadDictionary(data[:n], "d"); err == nil || d != nil {
			t.Fatalf("the first %d bytes of %d: no error", n, len(data))
		}
	}
}

// rich wraps lines as a document.
func rich(lines ...string) string {
	return `{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\colortbl;\red0;}\pard ` + strings.Join(lines, "\n\\par ") + "}"
}

var dictionaries = []struct{ name, text, want string }{
	{"a range, and one value more", rich(`Pos. = 1	Variable = age	Variable label = Age`, `SPSS user missing values = 8.0 thru 9.0 and -1.0`), `age "Age" [8 9] [-1 -1]`},
	{"ranges without end", rich(`Pos. = 1 Variable = age Variable label = Age`, `SPSS user missing values = LOWEST thru -1`), `age "Age" [-Inf -1]`},
	{"values as SPSS shows them are codes as the file has them", rich(`Pos. = 1 Variable = a Variable label = A`, `Value = 1.0 Label = yes`, `Value = -9.50 Label = no`), `a "A" 1="yes" -9.5="no"`},
	{"levels in capitals", rich(`Pos. = 1 Variable = a Variable label = A`, `This variable is numeric, the SPSS measurement level is NOMINAL`), `a "A" nominal`},
	{"text, with codes of text", rich(`Pos. = 1 Variable = gor Variable label =`, `This variable is string, the SPSS measurement level is nominal.`, `SPSS user missing values = XX and 9`, `Value label information for gor`, `Value = 09 Label = London`), `gor "" nominal "XX" "9" 09="London"`},
	{"no label", rich(`Pos. = 1 Variable = a`), `a ""`},
	{"characters by code, by Unicode, and as they are", rich(`Pos. = 1 Variable = a Variable label = caf\'e9 \u8364? \uc0\u8212- {\b bold}\~x\{\} ` + "\xe9"), `a "café € —- bold x{} é"`},
	{"UTF-8 where all of it is", rich(`Pos. = 1 Variable = a Variable label = café`), `a "café"`},
	{"what is hidden is no text", rich(`{\*\generator x;}{\info{\title y}}Pos. = 1 Variable = a Variable label = b{\pict\bin3 }}}}`), `a "b"`},
	{"a backslash that is not escaped", rich(`Pos. = 1 Variable = a Variable label = litter\rubbish and\or`), `a "litter\\rubbish and\\or"`},
	{"text after the document is passed over", rich(`Pos. = 1 Variable = a`) + "\x00}", `a ""`},

	{"not rich text", "Pos. = 1", `d: is not rich text: does not begin with {\rtf`},
	{"no variables", rich(`UK Data Archive Data Dictionary`), `d: names no variables`},
	{"a group that is not closed", `{\rtf1 {Pos. = 1 Variable = a}`, `d: is cut short: a group is not closed`},
	{"fewer variables than it says", rich(`Number of variables = 2`, `Pos. = 1 Variable = a Variable label = A`), `d: variable "a": 1 variables, but says that they are 2`},
	{"a variable left out", rich(`Pos. = 1 Variable = a`, `Pos. = 3 Variable = c`), `d: variable "a": is followed by position 3, want 2`},
	{"a first line that is damaged", rich(`Pos. = x Variable = a`), `d: "Pos. = x Variable = a" is no line of a data dictionary`},
	{"a line that says nothing known", rich(`Pos. = 1 Variable = a`, `Valu = 1`), `d: variable "a": "Valu = 1" is no line of a data dictionary`},
	{"a missing value that is no number", rich(`Pos. = 1 Variable = a`, `SPSS user missing values = 8 and x`), `d: variable "a": missing value "x", want a number or a range`},
	{"a range upside down", rich(`Pos. = 1 Variable = a`, `SPSS user missing values = 9 thru 8`), `d: variable "a": missing value "9 thru 8", want a number or a range`},
	{"a label of a number that is none", rich(`Pos. = 1 Variable = a`, `Value = x Label = y`), `d: variable "a": value "x" has a label, want a number`},
	{"two labels of a value", rich(`Pos. = 1 Variable = a`, `Value = 1 Label = y`, `Value = 1.0 Label = z`), `d: variable "a": value "1" has two labels`},
	{"groups too deep", `{\rtf1` + strings.Repeat("{", 300), `d: has groups more than 200 deep`},
}

// summary is a dictionary in one line a variable.
func summary(d *Dictionary, err error) string {
	if err != nil {
		return err.Error()
	}
	var lines []string
	for _, v := range d.Variables {
		var words []string
		words = append(words, v.Name, quoted(v.Label))
		if v.Recorded.Measure != "" {
			words = append(words, v.Recorded.Measure)
		}
		for _, m := range v.Recorded.Missing {
			words = append(words, "["+format(m.Low)+" "+format(m.High)+"]")
		}
		for _, text := range v.Recorded.Texts {
			words = append(words, quoted(text))
		}
		for _, c := range v.Categories {
			words = append(words, c.Code+"="+quoted(c.Label))
		}
		lines = append(lines, strings.Join(words, " "))
	}
	return strings.Join(lines, "\n")
}

func quoted(s string) string { text, _ := json.Marshal(s); return string(text) }

func format(x float64) string {
	if math.IsInf(x, 0) {
		return map[bool]string{true: "Inf", false: "-Inf"}[x > 0]
	}
	text, _ := json.Marshal(x)
	return string(text)
}

func TestDictionary(t *testing.T) {
	for _, test := range dictionaries {
		if got := summary(ReadDictionary([]byte(test.text), "d")); got != test.want {
			t.Errorf("%s: got  %s\nwant %s", test.name, got, test.want)
		}
	}
}

func TestApply(t *testing.T) {
	d := &Dictionary{Cases: 3, Variables: []codebook.Variable{
		{Name: "sex", Label: "Sex", Categories: []codebook.Category{{Code: "1", Label: "male"}}},
		{Name: "psu", Label: "PSU"},
		{Name: "gone", Label: "Gone"},
	}}
	made := table.New(2, &table.Column{Variable: codebook.Variable{Name: "SEX"}, Values: []float64{1, 2}})
	d.Apply(made)
	notes := d.Compare([]string{"SEX", "psu", "w1", "w2"}, made.Rows)
	want := []string{"says nothing of w1, w2", "describes what the file does not have: gone", "says 3 cases, and the file has 2 rows"}
	if diff := cmp.Diff(want, notes); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	if v := made.Columns[0].Variable; v.Name != "SEX" || v.Label != "Sex" || v.Categories[0].Label != "male" {
		t.Errorf("got %+v, want the labels of sex under the name SEX", v)
	}
}

// FuzzDictionary holds what is true of any document: no panic, text in UTF-8
// and no longer than its limit, names and codes that stand for something.
func FuzzDictionary(f *testing.F) {
	if len(dictionaries) == 0 {
		f.Fatal("no seeds")
	}
	for _, d := range dictionaries {
		f.Add([]byte(d.text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if text, err := plainText(data); err == nil && !utf8.ValidString(text) {
			t.Fatalf("text %q is not UTF-8", text)
		}
		d, err := ReadDictionary(data, "d")
		if err != nil {
			if d != nil || err.Error() == "" {
				t.Fatalf("refused with a dictionary, or without a reason: %v", err)
			}
			return
		}
		if len(d.Variables) == 0 {
			t.Fatal("no variables and no reason")
		}
		for _, v := range d.Variables {
			if v.Name == "" || v.Recorded == nil {
				t.Fatalf("variable %+v has no name, or nothing recorded", v)
			}
			for _, m := range v.Recorded.Missing {
				if !(m.Low <= m.High) {
					t.Fatalf("%s: missing from %v to %v", v.Name, m.Low, m.High)
				}
			}
		}
	})
}
