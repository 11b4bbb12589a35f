package codebook

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"togetherwecan/pipeline/refusal"
)

// UnmarshalYAML lets the library read what Page.Decode reads: one name without
// a list.
func (n *Names) UnmarshalYAML(decode func(any) error) error {
	var one string
	if decode(&one) == nil {
		*n = Names{one}
		return nil
	}
	return decode((*[]string)(n))
}

func lines(ps refusal.Problems) string {
	if err := ps.Err(); err != nil {
		return err.Error()
	}
	return ""
}

func TestDecodeRefuses(t *testing.T) {
	for _, c := range []struct{ claim, text, want string }{
		{"an unknown key, with the nearest", "survey: hocs\nwavee: 2001", `p.yaml:2: unknown key "wavee"; did you mean "wave"?`},
		{"one with nothing near", "zzz: 1", `p.yaml:1: unknown key "zzz"`},
		{"one a level down", "design:\n  stratum: gor\n  strata: 2", `p.yaml:3: unknown key "strata"; did you mean "stratum"?`},
		{"one under a name of the analyst's own", "weights:\n  core:\n    varible: w", `p.yaml:3: unknown key "varible"; did you mean "variable"?`},
		{"one behind a pointer", "identify: {variable: a, equal: 1}", `p.yaml:1: unknown key "equal"; did you mean "equals"?`},
		{"one three levels down, in a list", "populations:\n  - id: a\n    where:\n      - variable: b\n        catgories: [c]", `p.yaml:5: unknown key "catgories"; did you mean "categories"?`},
		{
			"all of them at once", "wavee: 1\nweights: {core: {varible: w}, second: {sampel: s}}\ndesign:\n  strata: 2",
			`p.yaml:1: unknown key "wavee"; did you mean "wave"?` + "\n" + `p.yaml:2: unknown key "sampel"; did you mean "sample"?` + "\n" +
				`p.yaml:2: unknown key "varible"; did you mean "variable"?` + "\n" + `p.yaml:4: unknown key "strata"; did you mean "stratum"?`,
		},
		{"a key's case counts", "Survey: hocs", `p.yaml:1: unknown key "Survey"; did you mean "survey"?`},
		{"a key that is there twice", "survey: a\nwave: b\nsurvey: c", `p.yaml:3: not YAML: mapping key "survey" already defined at [1:1]`},
		{"a key that is there twice further down", "weights:\n  core: {variable: a}\n  core: {variable: b}", `p.yaml:3: not YAML: mapping key "core" already defined at [2:3]`},
		{"a code that is there twice", "missing: {-9: refused,\n  -9: dont-know}", `p.yaml:2: not YAML: mapping key "-9" already defined at [1:11]`},
		{"text that is not YAML", "survey: a\nwave: [1\n", "p.yaml:2: not YAML: sequence end token ']' not found"},
		{"an empty file", "", "p.yaml: the file is empty"},
		{"a file of remarks", "# survey: a\n", "p.yaml: the file is empty"},
		{"a file of nothing", "~\n", "p.yaml: the file is empty"},
		{"a second document, which nothing would read", "survey: a\n---\nwave: b\n", "p.yaml: 2 documents in one file, want one: nothing after --- would be read"},
		{"a list for a page", "- survey: a", "p.yaml:1: a list, want keys and values"},
		{"a word for a page", "survey", `p.yaml:1: "survey", want keys and values`},
		{"a list for one value", "survey: hocs\nwave: [2001]", "p.yaml:2: a list, want one value"},
		{"keys for one value", "wave: {year: 2001}", "p.yaml:1: keys and values, want one value"},
		{"one value for keys", "design: gor", `p.yaml:1: "gor", want keys and values`},
		{"one value for a list", "decisions: none", `p.yaml:1: "none", want a list`},
		{"a word for a number", "design: {factor: big}", `p.yaml:1: "big", want a number`},
		{"a word for yes or no", "design: {nested: maybe}", `p.yaml:1: "maybe", want true or false`},
		{"infinity, which no figure can rest on", "design: {factor: .inf}", `p.yaml:1: ".inf", want a number`},
		{"and what is not a number", "variables:\n  age: {range: [.nan, 1]}", `p.yaml:2: ".nan", want a number`},
		{"an anchor, behind which keys would not be seen", "weights: &w\n  core: {varible: a}", "p.yaml:1: an anchor, alias or tag, want the value written out"},
		{"a tag", "design: !!str 1", "p.yaml:1: an anchor, alias or tag, want the value written out"},
		{"two wrong types at once", "wave: [2001]\ndesign: {factor: big}", "p.yaml:1: a list, want one value\n" + `p.yaml:2: "big", want a number`},
		{"nothing where nothing is wrong", "survey: hocs\nwave: 2001\ndesign:\n  factor: 1\nidentify:\nweights: {core: {variable: a}}", ""},
	} {
		t.Run(c.claim, func(t *testing.T) {
			if got := lines(NewPage("p.yaml", []byte(c.text)).Decode(&Crosswalk{})); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestWholeNumbers(t *testing.T) {
	var v struct {
		N int `yaml:"n"`
	}
	for text, want := range map[string]string{
		"n: 6":   "",
		"n: 6.5": `p.yaml:1: "6.5", want a whole number`,
		"n: six": `p.yaml:1: "six", want a whole number`,
	} {
		if got := lines(NewPage("p.yaml", []byte(text)).Decode(&v)); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
	if text := "n: 99999999999999999999"; len(NewPage("p.yaml", []byte(text)).Decode(&v)) != 1 {
		t.Errorf("%s is not refused", text)
	}
}

func TestAt(t *testing.T) {
	page := NewPage("crosswalks/hocs/2001.yaml", []byte(strings.Join([]string{
		"# remark", "survey: hocs", "populations:", "  - id: a", "  - id: b", "    where:", "      - variable: c", "variables:", "  age:", "    codes:", "      1: x", "      2: y",
	}, "\n")))
	for _, c := range []struct {
		claim string
		keys  []string
		line  int
	}{
		{"the page itself", nil, 1},
		{"a key", []string{"survey"}, 2},
		{"an item by its number", []string{"populations", "1"}, 5},
		{"a key of an item", []string{"populations", "1", "where"}, 6},
		{"an item of an item", []string{"populations", "1", "where", "0", "variable"}, 7},
		{"a key that is a number", []string{"variables", "age", "codes", "2"}, 12},
		{"of what is not there, what is above it", []string{"variables", "age", "range"}, 9},
		{"of an item too many, the list", []string{"populations", "7"}, 3},
		{"of what is in one value, the value", []string{"survey", "wave"}, 2},
		{"of nothing above it, the first line", []string{"weights"}, 1},
	} {
		t.Run(c.claim, func(t *testing.T) {
			if got, want := page.At(c.keys...), "crosswalks/hocs/2001.yaml:"+strconv.Itoa(c.line); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
	if got := NewPage("p.yaml", []byte("a: [")).At("a"); got != "p.yaml:1" {
		t.Errorf("a page that is not YAML: got %s", got)
	}
}

// Whatever a page says, reading it ends, without a panic; each problem has a
// place in the page and says something; and a page without problems is one
// that reads the same again.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		bookText, crosswalkText, "", "- a", "a: &b [*b]", "variables: {a: {derive: {first: [a]}}}", "x: {<<: {y: 1}}", "a: !!binary x",
		"weights:\n  core: {variable: a}\n  core: {variable: b}", "missing: {1: refused, 1.0: dont-know, 01: system}", "? [a]\n: b", "a:\n\t- b",
	} {
		f.Add([]byte(text))
	}
	book, ps := Parse(NewPage("codebook.yaml", []byte(bookText)))
	if len(ps) > 0 {
		f.Fatal(ps)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		const name = "crosswalks/hocs/2001.yaml"
		own, bookProblems := Parse(NewPage(name, text))
		x, crosswalkProblems := ParseCrosswalk(NewPage(name, text), book)
		for _, p := range append(bookProblems, crosswalkProblems...) {
			file, line, _ := strings.Cut(p.Where, ":")
			if n, err := strconv.Atoi(line); file != name || p.What == "" || line != "" && (err != nil || n < 1 || n > 1+strings.Count(string(text), "\n")+strings.Count(string(text), "\r")) {
				t.Errorf("a problem at %q of %d lines: %q", p.Where, 1+strings.Count(string(text), "\n"), p.What)
			}
		}
		if again, twice := Parse(NewPage(name, text)); lines(twice) != lines(bookProblems) || len(again.Names()) != len(own.Names()) {
			t.Errorf("read twice: %v, then %v", bookProblems, twice)
		}
		if _, twice := ParseCrosswalk(NewPage(name, text), book); lines(twice) != lines(crosswalkProblems) {
			t.Errorf("read twice: %v, then %v", crosswalkProblems, twice)
		}
		x.RawNames()
		if len(bookProblems) == 0 {
			own.Lacks(x, own.Names()...)
		}
	})
}

// The pages of the catalogue decode as the library decodes them, which is
// looser and gives no places.
func TestDecodeAgreesWithTheLibrary(t *testing.T) {
	compared := 0
	err := filepath.WalkDir("../../indicators", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(name) != ".yaml" {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		var ours, theirs any = &Crosswalk{}, &Crosswalk{}
		switch {
		case entry.Name() == "codebook.yaml":
			ours, theirs = &Codebook{}, &Codebook{}
		case !strings.Contains(filepath.ToSlash(name), "/crosswalks/"):
			return nil // its nouns are further to the right
		}
		if ps := NewPage(name, text).Decode(ours); len(ps) > 0 {
			t.Errorf("%v", ps)
		}
		if err := yaml.Unmarshal(text, theirs); err != nil {
			return err
		}
		if !reflect.DeepEqual(ours, theirs) {
			t.Errorf("%s: got\n%+v\nthe library has\n%+v", name, ours, theirs)
		}
		compared++
		return nil
	})
	if err != nil || compared < 2 {
		t.Fatalf("compared %d pages: %v", compared, err)
	}
}

func TestValues(t *testing.T) {
	var v struct {
		Text    string             `yaml:"text"`
		Number  float64            `yaml:"number"`
		Count   *int               `yaml:"count"`
		Flag    bool               `yaml:"flag"`
		Lists   [][]string         `yaml:"lists"`
		Numbers map[string]float64 `yaml:"numbers"`
		Absent  map[string]string  `yaml:"absent"`
		Nothing *float64           `yaml:"nothing"`
	}
	text := "text: >-\n  two\n  lines\nnumber: -1.5e3\ncount: 0\nflag: true\nlists: [[a, \"b: c\"], [], [2001, yes, true]]\nnumbers: {1: 2, 1.0: 3, 'x': .5}\nabsent: {}\nnothing:\n"
	if ps := NewPage("p.yaml", []byte(text)).Decode(&v); len(ps) > 0 {
		t.Fatal(ps)
	}
	if v.Text != "two lines" || v.Number != -1500 || v.Count == nil || *v.Count != 0 || !v.Flag || v.Absent == nil || v.Nothing != nil {
		t.Errorf("got %+v", v)
	}
	if want := [][]string{{"a", "b: c"}, {}, {"2001", "yes", "true"}}; !reflect.DeepEqual(v.Lists, want) {
		t.Errorf("lists: got %q, want %q", v.Lists, want)
	}
	if want := map[string]float64{"1": 2, "1.0": 3, "x": .5}; !reflect.DeepEqual(v.Numbers, want) {
		t.Errorf("numbers: got %v, want %v", v.Numbers, want)
	}
}
