package harmonise

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

const (
	bookText = `scales:
  agree: [{code: definitely, label: Definitely agree}, {code: tend, label: Tend to agree}, {code: disagree, label: Disagree}]
variables:
  influence: {label: Can influence decisions, scale: agree}
  trust: {label: Trusts the council, scale: agree}
  sex: {label: Sex, categories: [{code: men, label: Men}, {code: women, label: Women}]}
  age: {label: Age, unit: years}
  hours: {label: Hours, unit: hours}
  age-band:
    label: Age band
    categories: [{code: 16-24, label: 16 to 24}, {code: 25-over, label: 25 and over}]
    derive: {band: {of: age, into: {16-24: [16, 24], 25-over: [25, 120]}}}
  agrees:
    label: Agrees
    categories: [{code: yes, label: Yes}, {code: no, label: No}]
    derive: {recode: {of: influence, into: {yes: [definitely, tend], no: [disagree]}}}
`
	crosswalkText = `survey: hocs
wave: 2001
title: Home Office Citizenship Survey 2001
study: SN 4754
population: Adults in England and Wales
fieldwork: {start: 2001-03-01, end: 2001-11-30}
licence: UK Data Archive End User Licence
source: the codebook of SN 4754
file: {reader: delimited, pattern: "*.tab"}
identify: {variable: year, equals: 2001}
design: {stratum: gor, psu: area, known: memory}
weights:
  core: {variable: wtcore, sample: {variable: samptype, codes: [1]}, known: memory}
  combined: {variable: wtcomb, known: read}
populations:
  - {id: all-adults, label: All adults}
missing: {-9: refused, -8: dont-know}
variables:
  influence: {from: paffloc, codes: {1: definitely, 2: tend, 3: disagree}, known: memory}
  trust: {first: [trloc, trloc2], codes: {1: definitely, 2: tend, 3: disagree}, known: read}
  sex: {from: sex, codes: {1: men, 2: women}, known: read}
  age: {from: dvage, range: [16, 120], missing: {998: refused, .b: dont-know}, known: read}
`
)

// extract is six respondents: two strata of two PSUs, the last two rows the
// boost, which is in the combined sample alone.
func extract() map[string]*table.Column {
	columns := map[string]*table.Column{}
	for name, values := range map[string][]float64{
		"YEAR": {2001, 2001, 2001, 2001, 2001, 2001}, "gor": {1, 1, 2, 2, 1, 2}, "area": {11, 12, 21, 22, 11, 21},
		"wtcore": {1, 1.5, 2, .5, nan, 0}, "wtcomb": {1, 1.2, 1.8, .5, .1, .2}, "samptype": {1, 1, 1, 1, 2, 2},
		"PAffLoc": {1, 2, 3, -9, -8, nan}, "trloc": {1, -8, nan, -9, 2, nan}, "trloc2": {2, 3, 1, -8, nan, nan},
		"sex": {1, 2, 1, 2, 1, 2}, "dvage": {16, 24, 25, 120, 998, nan},
	} {
		columns[name] = numbers(name, values...)
	}
	return columns
}

func numbers(name string, values ...float64) *table.Column {
	return &table.Column{Variable: codebook.Variable{Name: name}, Values: values}
}

func text(name string, values ...string) *table.Column {
	return &table.Column{Variable: codebook.Variable{Name: name}, Text: values}
}

// wave harmonises the extract by the crosswalk, each after its edit.
func wave(t *testing.T, columns map[string]*table.Column, edits ...string) (*Result, refusal.Problems) {
	t.Helper()
	book, ps := codebook.Parse(codebook.NewPage("codebook.yaml", []byte(bookText)))
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	page := crosswalkText
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(page, edits[i]) {
			t.Fatalf("the crosswalk does not say %q", edits[i])
		}
		page = strings.Replace(page, edits[i], edits[i+1], 1)
	}
	x, ps := codebook.ParseCrosswalk(codebook.NewPage("crosswalks/hocs/2001.yaml", []byte(page)), book)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	raw := Raw{Where: "hocs/2001/a.tab", Line: func(row int) int { return row + 2 }}
	for _, name := range slices.Sorted(maps.Keys(columns)) {
		if raw.Table == nil {
			raw.Table = table.New(columns[name].Len())
		}
		raw.Add(columns[name])
	}
	raw.Names = raw.Table.Names()
	return Wave(raw, x, book)
}

func lines(ps refusal.Problems) string {
	if err := ps.Err(); err != nil {
		return err.Error()
	}
	return ""
}

func TestWave(t *testing.T) {
	r, ps := wave(t, extract())
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	for name, want := range map[string][]string{
		"influence": {"definitely", "tend", "disagree", "[refused]", "[dont-know]", "[system]"},
		"trust":     {"definitely", "disagree", "definitely", "[refused]", "tend", "[system]"},
		"sex":       {"men", "women", "men", "women", "men", "women"},
		"age":       {"16", "24", "25", "120", "[refused]", "[system]"},
		"age-band":  {"16-24", "16-24", "25-over", "25-over", "[refused]", "[system]"},
		"agrees":    {"yes", "yes", "no", "[refused]", "[dont-know]", "[system]"},
	} {
		c := r.Wave.Table.Column(name)
		if c == nil {
			t.Errorf("%s is not there", name)
		} else if got := shown(c); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	if r.Wave.Table.Column("hours") != nil || len(r.Wave.Table.Columns) != 6 {
		t.Errorf("got the variables %v", r.Wave.Table.Names())
	}
	if want := map[string]string{"paffloc": "PAffLoc", "year": "YEAR"}; !maps.Equal(r.Matched, want) {
		t.Errorf("matched except for case: got %v, want %v", r.Matched, want)
	}
	if len(r.Absent) > 0 || r.Wave.Synthetic {
		t.Errorf("absent %v, synthetic %v", r.Absent, r.Wave.Synthetic)
	}
	core, combined := r.Wave.Designs["core"], r.Wave.Designs["combined"]
	if f := core.Facts; f.Sample != 4 || f.WithoutWeight != 0 || f.ZeroWeight != 0 || f.Respondents != 4 || f.Strata != 2 || f.PSUs != 4 {
		t.Errorf("core: got %+v; the boost is not left out of a sample that it is not in", f)
	}
	if f := combined.Facts; f.Sample != 6 || f.Respondents != 6 || f.PSUs != 4 {
		t.Errorf("combined: got %+v", f)
	}
	if !slices.Equal(core.Weight, []float64{1, 1.5, 2, .5}) || !slices.Equal(core.Rows, []int32{0, 1, 2, 3}) {
		t.Errorf("core: got weights %v of rows %v", core.Weight, core.Rows)
	}
}

func TestRefusals(t *testing.T) {
	const where = "hocs/2001/a.tab"
	set := func(columns ...*table.Column) func(map[string]*table.Column) {
		return func(e map[string]*table.Column) {
			for _, c := range columns {
				e[c.Variable.Name] = c
			}
		}
	}
	drop := func(names ...string) func(map[string]*table.Column) {
		return func(e map[string]*table.Column) {
			for _, n := range names {
				delete(e, n)
			}
		}
	}
	rename := func(from, to string) func(map[string]*table.Column) {
		return func(e map[string]*table.Column) {
			e[to] = e[from]
			e[to].Variable.Name = to
			delete(e, from)
		}
	}
	many := numbers("sex", 10, 11, 12, 13, 14, 15)
	for _, c := range []struct {
		claim     string
		extract   func(map[string]*table.Column)
		crosswalk []string
		want      []string
		hint      string
	}{
		{"another wave's extract, and nothing else of it", set(numbers("YEAR", 2001, 2001, 2003, 2003, 2001, 2001), numbers("sex", 7, 7, 7, 7, 7, 7)), nil, []string{`: variable "YEAR": 2003 on line 4, want 2001 in every row of wave hocs/2001`}, "is the extract in the right folder?"},
		{"a row that does not say which wave", set(numbers("YEAR", 2001, nan, 2001, 2001, 2001, 2001)), nil, []string{`: variable "YEAR": missing on line 3, want 2001 in every row of wave hocs/2001`}, "is the extract in the right folder?"},
		{"an extract without its identity", drop("YEAR"), nil, []string{`: no variable "year"`}, "check crosswalks/hocs/2001.yaml:10"},
		{"an identity that is text", set(text("YEAR", "2001", "2001", "x", "", "", "")), nil, []string{`: variable "YEAR": values that are not numbers: 1, the first "x" on line 4`}, ""},
		{
			"an undeclared code, with its count and what is taken", set(numbers("sex", 1, 2, 7, 7, 7, 1)), nil,
			[]string{`: variable "sex": code 7 (3 respondents) is not declared: the crosswalk takes 1, 2; missing -9, -8`},
			"give code 7 a category or a kind of missing in crosswalks/hocs/2001.yaml:21",
		},
		{
			"undeclared codes in the order of numbers", set(numbers("sex", 10, 9, -1, 1.5, 2, 10)), nil,
			[]string{
				`: variable "sex": code -1 (1 respondent) is not declared: the crosswalk takes 1, 2; missing -9, -8`,
				`: variable "sex": code 1.5 (1 respondent) is not declared: the crosswalk takes 1, 2; missing -9, -8`,
				`: variable "sex": code 10 (2 respondents) is not declared: the crosswalk takes 1, 2; missing -9, -8`,
				`: variable "sex": code 9 (1 respondent) is not declared: the crosswalk takes 1, 2; missing -9, -8`,
			},
			"",
		},
		{"a number out of range", set(numbers("dvage", 15, 121, 998, 16, 120, nan)), nil, []string{
			`: variable "dvage": code 121 (1 respondent) is not declared: the crosswalk takes 16 to 120; missing .b, 998`,
			`: variable "dvage": code 15 (1 respondent) is not declared: the crosswalk takes 16 to 120; missing .b, 998`,
		}, ""},
		{
			"a variable's missing codes stand in place of the wave's", set(numbers("dvage", -9, 998, 16, 16, 16, 16)), nil,
			[]string{`: variable "dvage": code -9 (1 respondent) is not declared: the crosswalk takes 16 to 120; missing .b, 998`},
			"",
		},
		{
			"even where it has none", set(numbers("sex", -9, 1, 2, 1, 2, 1)),
			[]string{"codes: {1: men, 2: women}", "codes: {1: men, 2: women}, missing: {}"},
			[]string{`: variable "sex": code -9 (1 respondent) is not declared: the crosswalk takes 1, 2`},
			"",
		},
		{
			"a number in no band", set(numbers("dvage", 1, 2, 4, 3, 9, 0)),
			[]string{"  age: {from: dvage, range: [16, 120]", "  age-band: {from: dvage, bands: {16-24: [1, 2], 25-over: [4, 9]}"},
			[]string{
				`: variable "dvage": code 0 (1 respondent) is not declared: the crosswalk takes 1 to 9 in bands; missing .b, 998`,
				`: variable "dvage": code 3 (1 respondent) is not declared: the crosswalk takes 1 to 9 in bands; missing .b, 998`,
			},
			"",
		},
		{
			"undeclared text, quoted", set(text("sex", "M", "F", "X", "F", "M", "X")),
			[]string{"codes: {1: men, 2: women}", "codes: {M: men, F: women}, missing: {R: refused}"},
			[]string{`: variable "sex": code "X" (2 respondents) is not declared: the crosswalk takes F, M; missing R`},
			`give code "X" a category or a kind of missing in crosswalks/hocs/2001.yaml:21`,
		},
		{"text where numbers are wanted", set(text("dvage", "16", "seventeen", "18", "19", "20", "21")), nil, []string{`: variable "dvage": text, want numbers for "age"`}, ""},
		{"an undeclared code in the second version of a question", set(numbers("trloc2", 2, 3, 8, -8, nan, nan)), nil, []string{`: variable "trloc2": code 8 (1 respondent) is not declared: the crosswalk takes 1, 2, 3; missing -9, -8`}, ""},
		{"a variable that is not there, with the nearest", rename("sex", "sexx"), nil, []string{`: no variable "sex"; did you mean "sexx"?`}, "check crosswalks/hocs/2001.yaml:21"},
		{"one whose name is from memory", drop("PAffLoc"), nil, []string{`: no variable "paffloc"`}, "the name is from memory: check it in the archive's documentation of SN 4754 and correct crosswalks/hocs/2001.yaml:19; twc check --propose says which of the extract's variables it may be"},
		{"a second version that is not there", drop("trloc2"), nil, []string{`: no variable "trloc2"; did you mean "trloc"?`}, ""},
		{"no weight", drop("wtcomb"), nil, []string{`: no variable "wtcomb"; did you mean "wtcore"?`}, ""},
		{"a weight that is text", set(text("wtcomb", "1", "0x1p3", "1_0", "nan", "inf", "1e3")), nil, []string{`: variable "wtcomb": values that are not numbers: 4, the first "0x1p3" on line 3`}, ""},
		{"no stratum and no PSU", drop("gor", "area"), nil, []string{`: no variable "area"`, `: no variable "gor"`}, ""},
		{"no sample variable", drop("samptype"), nil, []string{`: no variable "samptype"`}, ""},
		{"a negative weight", set(numbers("wtcomb", 1, 1, 1, -1, 1, 1)), nil, []string{`: variable "wtcomb": negative weights: 1, want none`}, ""},
		{"a PSU in two strata, and what may be the matter", set(numbers("area", 11, 12, 11, 12, 11, 12)), nil, []string{`: PSU "11": in strata "1" and "2", want one`, `: PSU "12": in strata "1" and "2", want one`}, "if PSUs are numbered anew in each stratum, say design: nested: true in the crosswalk"},
		{"nothing, where they are nested", set(numbers("area", 11, 12, 11, 12, 11, 12)), []string{"psu: area", "psu: area, nested: true"}, nil, ""},
		{
			"a stratum with one PSU, in each sample", set(numbers("gor", 1, 1, 1, 2, 1, 1), numbers("area", 1, 2, 3, 4, 1, 2)), nil,
			[]string{`: stratum "2": 1 PSU (combined weight), want at least 2`, `: stratum "2": 1 PSU (core weight), want at least 2`},
			"",
		},
		{
			"all of an extract's problems at once", func(e map[string]*table.Column) {
				set(numbers("sex", 1, 2, 7, 7, 7, 1), numbers("wtcore", 1, 1, 1, -1, 1, 1))(e)
				drop("dvage", "PAffLoc")(e)
			}, nil,
			[]string{
				`: no variable "dvage"`, `: no variable "paffloc"`,
				`: variable "sex": code 7 (3 respondents) is not declared: the crosswalk takes 1, 2; missing -9, -8`,
				`: variable "wtcore": negative weights: 1, want none`,
			},
			"",
		},
		{"a population by a variable that may be absent, and is", drop("sex"), []string{"known: read}\n  age", "known: read, optional: true}\n  age", "label: All adults}", "label: All adults}\n  - {id: women, label: Women, where: [{variable: sex, categories: [women]}]}"}, []string{`: population "women" needs variable "sex", which this extract does not give`}, ""},
		{"six undeclared codes are six problems", set(many), nil, func() []string {
			var want []string
			for i := 10; i <= 15; i++ {
				want = append(want, fmt.Sprintf(`: variable "sex": code %d (1 respondent) is not declared: the crosswalk takes 1, 2; missing -9, -8`, i))
			}
			return want
		}(), ""},
	} {
		t.Run(c.claim, func(t *testing.T) {
			e := extract()
			c.extract(e)
			_, ps := wave(t, e, c.crosswalk...)
			want := make([]string, len(c.want))
			for i, w := range c.want {
				want[i] = where + w
			}
			if got := lines(ps); got != strings.Join(want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
			}
			if c.hint != "" && (len(ps) == 0 || ps[0].Hint != c.hint) {
				t.Errorf("got %+v, want the hint %q", ps, c.hint)
			}
		})
	}
}

// Of a variable whose codes are all unknown, the ten lowest are listed and the
// rest are counted.
func TestManyUndeclaredCodes(t *testing.T) {
	columns := map[string]*table.Column{}
	for name, c := range extract() {
		long := make([]float64, 24)
		for row := range long {
			long[row] = c.Values[row%4]
		}
		columns[name] = numbers(name, long...)
	}
	for row := range 24 {
		columns["sex"].Values[row] = float64(3 + row/2)
	}
	_, ps := wave(t, columns)
	if got := lines(ps); len(ps) != 11 || !strings.Contains(got, "code 12 (2 respondents)") || strings.Contains(got, "code 13 ") || !strings.Contains(got, `variable "sex": 2 more codes are not declared`) {
		t.Errorf("got\n%s", got)
	}
}

func TestOptional(t *testing.T) {
	may := []string{"trust: {first: [trloc, trloc2]", "trust: {optional: true, first: [trloc, trloc2]", "influence: {from", "influence: {optional: true, from"}
	e := extract()
	delete(e, "trloc")
	delete(e, "PAffLoc")
	r, ps := wave(t, e, may...)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	if !slices.Equal(r.Absent, []string{"influence"}) {
		t.Errorf("absent: got %v, want influence", r.Absent)
	}
	if r.Wave.Table.Column("influence") != nil || r.Wave.Table.Column("agrees") != nil {
		t.Error("what is absent is there, or is derived from")
	}
	if got, want := shown(r.Wave.Table.Column("trust")), []string{"tend", "disagree", "definitely", "[dont-know]", "[system]", "[system]"}; !slices.Equal(got, want) {
		t.Errorf("trust from its second version alone: got %v, want %v", got, want)
	}
}

func TestSynthetic(t *testing.T) {
	for _, c := range []struct {
		claim  string
		column *table.Column
		want   bool
	}{
		{"no mark", nil, false},
		{"marked", numbers("synthetic", 1, 1, 1, 1, 1, 1), true},
		{"marked in capitals", numbers("SYNTHETIC", 1, 1, 1, 1, 1, 1), true},
		{"one row marked is enough", numbers("synthetic", nan, 0, 1, 0, nan, 0), true},
		{"marked in a portable file, which cuts names", numbers("SYNTHETI", 1, 1, 1, 1, 1, 1), true},
		{"0 says no", numbers("synthetic", 0, 0, 0, 0, 0, 0), false},
	} {
		t.Run(c.claim, func(t *testing.T) {
			e := extract()
			if c.column != nil {
				e[c.column.Variable.Name] = c.column
			}
			r, ps := wave(t, e)
			if len(ps) > 0 || r.Wave.Synthetic != c.want {
				t.Errorf("got %v (%v), want %v", r.Wave.Synthetic, ps, c.want)
			}
		})
	}
}

func TestTextCodes(t *testing.T) {
	e := extract()
	e["sex"] = text("sex", "M", " F ", "R", "", "  ", "N/A")
	r, ps := wave(t, e, "codes: {1: men, 2: women}", "codes: {M: men, F: women}, missing: {R: refused, N/A: not-applicable}")
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	if got, want := shown(r.Wave.Table.Column("sex")), []string{"men", "women", "[refused]", "[system]", "[system]", "[not-applicable]"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestBands(t *testing.T) {
	e := extract()
	e["dvage"] = numbers("dvage", 1, 2, 3, 9, 998, nan)
	r, ps := wave(t, e, "  age: {from: dvage, range: [16, 120]", "  age-band: {from: dvage, bands: {16-24: [1, 2], 25-over: [3, 9]}")
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	if got, want := shown(r.Wave.Table.Column("age-band")), []string{"16-24", "16-24", "25-over", "25-over", "[refused]", "[system]"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v: bounds are inclusive", got, want)
	}
	if r.Wave.Table.Column("age") != nil {
		t.Error("the age is known from its band")
	}
}

// A reader may know why a number is missing; what it knows is kept.
func TestKindsOfTheReader(t *testing.T) {
	e := extract()
	e["dvage"].Kinds = []codebook.Missing{0, 0, 0, 0, 0, codebook.NotApplicable}
	r, ps := wave(t, e)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	if got := r.Wave.Table.Column("age").Missing(5); got != codebook.NotApplicable {
		t.Errorf("got %v, want not-applicable", got)
	}
}

// A Stata file keeps kinds of missing apart by letters; each is declared, or
// refused with its count.
func TestTaggedMissing(t *testing.T) {
	e := extract()
	e["dvage"].Values[4], e["dvage"].Values[5] = nan, nan
	e["dvage"].Tags = []byte{0, 0, 0, 0, 'b', 0}
	r, ps := wave(t, e)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	age := r.Wave.Table.Column("age")
	if age.Missing(4) != codebook.DontKnow || age.Missing(5) != codebook.System {
		t.Errorf("got .b %v and . %v, want dont-know and system", age.Missing(4), age.Missing(5))
	}
	e["dvage"].Tags[5] = 'c'
	if _, ps = wave(t, e); len(ps) != 1 || !strings.Contains(ps.Error(), `variable "dvage": code .c (1 respondent) is not declared: the crosswalk takes 16 to 120; missing .b, 998`) {
		t.Errorf("got %v, want a refusal of .c", ps)
	}
}

// Row by row: the same rows in another order are the same answers in that
// order, and the same refusals.
func TestOrderOfRows(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for range 50 {
		e := extract()
		if r.IntN(2) == 0 {
			e["sex"].Values[r.IntN(6)] = 7
		}
		order := r.Perm(6)
		shuffled := map[string]*table.Column{}
		for name, c := range e {
			values := make([]float64, 6)
			for i, row := range order {
				values[i] = c.Values[row]
			}
			shuffled[name] = numbers(name, values...)
		}
		a, ps := wave(t, e)
		b, again := wave(t, shuffled)
		if lines(ps) != lines(again) {
			t.Fatalf("seed %d: got\n%s\nwant\n%s", seed, lines(again), lines(ps))
		}
		if len(ps) > 0 {
			continue
		}
		for _, name := range a.Wave.Table.Names() {
			x, y := shown(a.Wave.Table.Column(name)), shown(b.Wave.Table.Column(name))
			for i, row := range order {
				if x[row] != y[i] {
					t.Fatalf("seed %d: %s of row %d: got %s, want %s", seed, name, row, y[i], x[row])
				}
			}
		}
	}
}
