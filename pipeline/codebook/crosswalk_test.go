package codebook

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// crosswalkText is a sound crosswalk of the common variables of bookText.
const crosswalkText = `survey: hocs
wave: 2001
title: Home Office Citizenship Survey 2001
study: SN 4754
population: Adults in England and Wales
fieldwork: {start: 2001-03-01, end: 2001-11-30}
licence: UK Data Archive End User Licence
source: the codebook of SN 4754
file: {reader: delimited, pattern: "*.tab"}
identify: {variable: year, equals: 2001}
design: {stratum: gor, psu: area, lonely: refuse, known: memory}
weights:
  core: {variable: wtcore, sample: {variable: samptype, codes: [1]}, known: memory}
  combined: {variable: wtcomb, known: read}
populations:
  - {id: all-adults, label: All adults}
  - {id: women, label: Women, where: [{variable: sex, categories: [women]}]}
missing: {-9: refused, -8: dont-know}
variables:
  influence: {from: paffloc, codes: {1: definitely, 2: tend, 3: disagree}, known: memory}
  trust: {first: [TrLocal, trloc2], codes: {1: definitely, 2: tend, 3: disagree}, known: read}
  sex: {from: Sex, codes: {1: men, 2: women}, known: confirmed}
  age: {from: dvage, range: [16, 120], missing: {998: refused}, known: read}
  age-band: {from: agegrp, bands: {16-24: [1, 2], 25-over: [3, 9]}, known: memory, optional: true}
decisions:
  - {variable: trust, text: two versions of the question}
`

const crosswalkFile = "crosswalks/hocs/2001.yaml"

func TestCrosswalk(t *testing.T) {
	x, ps := ParseCrosswalk(NewPage(crosswalkFile, []byte(crosswalkText)), sound(t))
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	if x.ID() != "hocs/2001" || x.At("weights") != crosswalkFile+":12" || string(x.Text()) != crosswalkText {
		t.Errorf("got id %s, weights at %s", x.ID(), x.At("weights"))
	}
	want := []string{"Sex", "TrLocal", "agegrp", "area", "dvage", "gor", "paffloc", "samptype", "trloc2", "wtcomb", "wtcore", "year"}
	if got := x.RawNames(); !slices.Equal(got, want) {
		t.Errorf("raw names: got %v, want %v", got, want)
	}
}

func TestCrosswalkRefuses(t *testing.T) {
	const (
		influence = "codes: {1: definitely, 2: tend, 3: disagree}, known: memory}"
		age       = "{from: dvage, range: [16, 120], missing: {998: refused}, known: read}"
		design    = "{stratum: gor, psu: area, lonely: refuse, known: memory}"
	)
	for _, c := range []struct {
		claim string
		edit  []string
		want  []string
	}{
		{"a sound crosswalk is not refused", nil, nil},
		{"another survey's folder", []string{"survey: hocs", "survey: bcs"}, []string{`:1: survey "bcs" in the folder of "hocs"`}},
		{"another wave's file", []string{"wave: 2001", "wave: 2003"}, []string{`:2: wave "2003" in the file of wave "2001"`}},
		{
			"no title, study, population, licence and source",
			[]string{
				"title: Home Office Citizenship Survey 2001\n", "", "study: SN 4754\n", "", "population: Adults in England and Wales\n", "",
				"licence: UK Data Archive End User Licence\n", "", "source: the codebook of SN 4754\n", "",
			},
			[]string{":1: no licence", ":1: no population", ":1: no source", ":1: no study", ":1: no title"},
		},
		{"dates the wrong way round", []string{"end: 2001-11-30", "end: 2001-02-28"}, []string{`:6: fieldwork "2001-03-01" to "2001-02-28", want two dates YYYY-MM-DD in order`}},
		{"a day that is not in the calendar", []string{"end: 2001-11-30", "end: 2001-11-31"}, []string{`:6: fieldwork "2001-03-01" to "2001-11-31", want two dates YYYY-MM-DD in order`}},
		{"one day is a fieldwork", []string{"end: 2001-11-30", "end: 2001-03-01"}, nil},
		{"a reader that is not there", []string{"reader: delimited", "reader: xlsx"}, []string{`:9: no reader "xlsx", want one of ` + strings.Join(Readers, ", ")}},
		{"no pattern", []string{`, pattern: "*.tab"`, ""}, []string{":9: no file"}},
		{"a pattern that is none", []string{`"*.tab"`, `"[a"`}, []string{`:9: pattern "[a": syntax error in pattern`}},
		{"a lonely policy that is none", []string{"lonely: refuse", "lonely: ignore"}, []string{`:11: lonely "ignore", want refuse, remove, certainty, adjust or average`}},
		{"a stratum collapsed into one that is collapsed itself", []string{"lonely: refuse", "collapse: {A: B, B: C}"}, []string{`:11: stratum "A" into "B", want a design with strata, and one that is not collapsed itself`}},
		{"overlaps that are sound", []string{"lonely: refuse", "overlap: {hocs/1999: rotating, hocs/2000: pooled, hocs/1998: independent}"}, nil},
		{"an overlap that is none", []string{"lonely: refuse", "overlap: {hocs/2000: panel}"}, []string{`:11: overlap "panel" with hocs/2000, want independent, pooled or rotating`}},
		{"an overlap of PSUs without PSUs", []string{design, "{stratum: gor, overlap: {hocs/2000: pooled}, known: memory}"}, []string{`:11: overlap "pooled" with hocs/2000, want a design with a psu: its labels tell which are in both`}},
		{"an expectation below nothing", []string{"lonely: refuse", "expect: {psus: -1}"}, []string{":11: want numbers of respondents, strata and psus"}},
		{
			"a sample with all that there is to say of one", []string{
				design, "{stratum: [gor, band], psu: [area, house], population: [areas, houses], lonely: refuse, domain_lonely: true, unit: 20, known: memory}",
				"combined: {variable: wtcomb,", "combined: {variable: wtcomb, replicates: {variables: [\"rw*\", last], method: fay, fay: 0.3}, trim: [0.3, 3], calibrate: {margins: [{variable: sex, totals: {men: 20, women: 21}}], distance: logit, bounds: [0.5, 2]},",
			}, nil,
		},
		{"populations of more stages than there are", []string{design, "{psu: area, population: [a, b, c], known: memory}"}, []string{":11: 3 variables for 1 stages, want one for each"}},
		{"a PSU without a name", []string{"psu: area", "psu: [area, \"\"]"}, []string{":11: a variable without a name, want one"}},
		{"a key of replicates that is not known", []string{"{variable: wtcomb,", "{variable: wtcomb, replicates: {methud: jk1},"}, []string{`:14: method "", want bootstrap, brr, fay, jk1, jk2, jkn, rescaling-bootstrap, successive-difference`, `:14: unknown key "methud"; did you mean "method"?`}},
		{"a method that makes replicates and is not that of given ones", []string{"{variable: wtcomb,", "{variable: wtcomb, replicates: {variables: \"r*\", method: rescaling-bootstrap},"}, []string{`:14: method "rescaling-bootstrap", want bootstrap, brr, fay, jk1, jk2, jkn, successive-difference`}},
		{"a scale below 0 of a replicate", []string{"{variable: wtcomb,", "{variable: wtcomb, replicates: {variables: \"r*\", method: jkn, scales: [0.5, -1]},"}, []string{`:14: scales [0.5 -1], want numbers of at least 0`}},
		{"scales of replicates that are made", []string{"{variable: wtcomb,", "{variable: wtcomb, replicates: {method: jkn, scales: [0.5]},"}, []string{`:14: no variables, want those that scales are of`}},
		{"Fay's method without its factor", []string{"{variable: wtcomb,", "{variable: wtcomb, replicates: {method: fay},"}, []string{":14: fay 0, want the factor of the method, between 0 and 1"}},
		{"a scale of replicates that are made", []string{"{variable: wtcomb,", "{variable: wtcomb, replicates: {method: jk1, scale: 2},"}, []string{":14: no variables, want those that scale is of"}},
		{"a calibration to nothing", []string{"{variable: wtcomb,", "{variable: wtcomb, calibrate: {distance: linear},"}, []string{":14: nothing to calibrate to, want margins"}},
		{"a margin of a variable and of categories that are not known", []string{"{variable: wtcomb,", "{variable: wtcomb, calibrate: {margins: [{variable: sxe, totals: {men: 1}}, {variable: sex, totals: {boys: 1, men: -1}}]},"}, []string{`:14: no variable "sxe"; did you mean "sex"?`, `:14: total of "men" is -1, want a population`, `:14: variable "sex" has no category "boys"`}},
		{"a crossed margin with a code of neither and one of both", []string{"{variable: wtcomb,", "{variable: wtcomb, calibrate: {margins: [{variable: sex+influence, totals: {men: 1, men+nowhere: 2}}]},"}, []string{`:14: "men" is 0 combinations of categories of sex and influence, want one`, `:14: "men+nowhere" is 0 combinations of categories of sex and influence, want one`}},
		{"a total of a number without a distance", []string{"{variable: wtcomb,", "{variable: wtcomb, calibrate: {margins: [{variable: age, total: 5.0e8}]},"}, []string{`:14: the total of a number, to which only a distance calibrates: want distance: linear, raking or logit`}},
		{"a total of categories", []string{"{variable: wtcomb,", "{variable: wtcomb, calibrate: {distance: linear, margins: [{variable: sex, total: 5.0e8}]},"}, []string{`:14: variable "sex" has categories, want the totals of each`}},
		{"a total and totals", []string{"{variable: wtcomb,", "{variable: wtcomb, calibrate: {margins: [{variable: sex, total: 5, totals: {men: 1}}]},"}, []string{`:14: total and totals, want one of them`}},
		{"no size of the population", []string{"{variable: wtcomb,", "{variable: wtcomb, calibrate: {margins: [{variable: all, totals: {male: 1}}]},"}, []string{`:14: no total of "all", want the size of the population`}},
		{"shares of more than all", []string{"{variable: wtcomb,", "{variable: wtcomb, calibrate: {margins: [{variable: sex, shares: true, totals: {men: 51, women: 52}}]},"}, []string{`:14: shares that add up to 103, want 1 or 100`}},
		{"units without a distance", []string{"{variable: wtcomb,", "{variable: wtcomb, calibrate: {within: serial, margins: [{variable: sex, totals: {men: 1, women: 2}}]},"}, []string{`:14: within without a distance, want distance: linear, raking or logit`}},
		{"a margin of a number", []string{"{variable: wtcomb,", "{variable: wtcomb, calibrate: {margins: [{variable: age, totals: {16: 1}}]},"}, []string{`:14: variable "age" is a number, want one with categories, or its total`}},
		{"logit without bounds", []string{"{variable: wtcomb,", "{variable: wtcomb, calibrate: {margins: [{variable: sex, totals: {men: 1, women: 1}}], distance: logit},"}, []string{":14: no bounds, want those that logit keeps the factors within, as [0.3, 3]"}},
		{"limits the wrong way round", []string{"{variable: wtcomb,", "{variable: wtcomb, trim: [3, 0.3],"}, []string{":14: trim [3 0.3], want a lower and an upper limit, as [0.3, 3]"}},
		{"an overlap of calibrated weights", []string{"lonely: refuse", "overlap: {hocs/2000: pooled}", "{variable: wtcomb,", "{variable: wtcomb, calibrate: {margins: [{variable: sex, totals: {men: 1, women: 1}}]},"}, []string{`:11: overlap "pooled" with hocs/2000, want no calibrate: the error of a change is that of PSUs drawn with replacement`}},
		{"a design factor beside replicates", []string{design, "{factor: 1.2, known: memory}", "{variable: wtcomb,", "{variable: wtcomb, replicates: {method: jk1},"}, []string{`:14: weight "combined": a design factor stands for the whole design, want no replicates, calibrate or trim beside it`}},
		{"a design factor beside PSUs", []string{"lonely: refuse", "factor: 1.2"}, []string{":11: a design factor is a positive number for an extract without a psu"}},
		{"a quota sample is sound", []string{design, "{sampling: quota, known: memory}"}, nil},
		{"a quota sample with a factor too", []string{design, "{sampling: quota, factor: 1.5, known: memory}"}, nil},
		{"a kind of sampling that is none", []string{design, "{sampling: convenience, known: memory}"}, []string{`:11: sampling "convenience", want random or quota`}},
		{"a quota sample of PSUs", []string{"lonely: refuse", "sampling: quota"}, []string{":11: a quota sample by gor, area, want no stratum, psu or population: nobody was drawn"}},
		{"replicates of a quota sample", []string{design, "{sampling: quota, known: memory}", "{variable: wtcomb,", "{variable: wtcomb, replicates: {method: jk1},"}, []string{`:14: weight "combined": replicates of a quota sample, want none: nobody was drawn`}},
		{"a weight of households is sound", []string{"{variable: wtcomb,", "{variable: wtcomb, unit_of_analysis: household,"}, nil},
		{"a unit of analysis that is none", []string{"{variable: wtcomb,", "{variable: wtcomb, unit_of_analysis: dwelling,"}, []string{`:14: weight "combined": unit_of_analysis "dwelling", want person or household`}},
		{"a core weight of households", []string{"{variable: wtcore,", "{variable: wtcore, unit_of_analysis: household,"}, []string{`:13: weight "core": of households, want one such weight, and weight "core" of persons`}},
		{"a negative design factor", []string{design, "{factor: -1, known: memory}"}, []string{":11: a design factor is a positive number for an extract without a psu"}},
		{"a design factor alone is sound", []string{design, "{factor: 1.2, known: memory}"}, nil},
		{"a design that does not say how far it is known", []string{design, "{stratum: gor}"}, []string{`:11: known "", want confirmed, read or memory`}},
		{"no core weight", []string{"  core: {", "  main: {"}, []string{`:12: no weight "core"`}},
		{"a weight without variable, a sample without codes", []string{"variable: wtcore, sample: {variable: samptype, codes: [1]}, known: memory", "sample: {variable: samptype}, known: read"}, []string{`:13: weight "core" has no variable, want one, or known: memory where nobody has seen its name`, `:13: weight "core": a sample needs a variable and codes`}},
		{"a weight known by hearsay", []string{"known: read}\npop", "known: hearsay}\npop"}, []string{`:14: known "hearsay", want confirmed, read or memory`}},
		{"a study without a number is sound", []string{"study: SN 4754", `study: ""`}, nil},
		{"no populations", []string{"  - {id: all-adults, label: All adults}\n  - {id: women, label: Women, where: [{variable: sex, categories: [women]}]}\n", ""}, []string{":15: no populations"}},
		{"a population twice", []string{"{id: women,", "{id: all-adults,"}, []string{`:17: population "all-adults": want an id used once, of lower-case letters, digits and single hyphens, and a label`}},
		{"a population without label", []string{"label: All adults", `label: ""`}, []string{`:16: population "all-adults": want an id used once, of lower-case letters, digits and single hyphens, and a label`}},
		{"a population of an unknown category", []string{"categories: [women]", "categories: [womn]"}, []string{`:17: variable "sex" has no category "womn"; did you mean "women"?`}},
		{"a population by what the crosswalk does not have", []string{"{variable: sex, categories: [women]}", "{variable: hours, at_least: 1}"}, []string{`:17: population "women" needs variable "hours", which this crosswalk does not have`}},
		{"a kind of missing that is none", []string{"-8: dont-know", "-8: don't know"}, []string{`:18: code -8: no kind of missing "don't know", want one of system, not-applicable, refused, dont-know`}},
		{"present is no kind of missing", []string{"998: refused", "998: present"}, []string{`:23: code 998: no kind of missing "present", want one of system, not-applicable, refused, dont-know`}},
		{"a variable that the codebook does not have", []string{"  sex: {from", "  sexx: {from"}, []string{`:17: population "women" needs variable "sex", which this crosswalk does not have`, `:22: no variable "sexx" in the codebook; did you mean "sex"?`}},
		{"neither from nor first", []string{"{from: paffloc, codes: {1: definitely, 2: tend, 3: disagree}, known: memory", "{codes: {1: definitely, 2: tend, 3: disagree}, known: read"}, []string{`:20: variable "influence": want from or first, or known: memory where nobody has seen the name`}},
		{"a name that nobody has seen", []string{"{from: paffloc, ", "{"}, nil},
		{"nor its codes", []string{"{from: paffloc, " + influence, "{known: memory}"}, nil},
		{"both", []string{"{from: paffloc, ", "{from: paffloc, first: [a], "}, []string{`:20: variable "influence": want from or first, or known: memory where nobody has seen the name`}},
		{"confirmed on a file", []string{"known: confirmed", "known: confirmed, sha256: " + strings.Repeat("0f", 32)}, nil},
		{"confirmed on a file without its digest", []string{"known: confirmed", "known: confirmed, sha256: 0f"}, []string{`:22: sha256 "0f", known "confirmed": want the 64 digits of the file that it was confirmed on, and known: confirmed`}},
		{"read on a file", []string{"known: confirmed", "known: read, sha256: " + strings.Repeat("0f", 32)}, []string{`:22: sha256 "` + strings.Repeat("0f", 32) + `", known "read": want the 64 digits of the file that it was confirmed on, and known: confirmed`}},
		{"no codes", []string{influence, "known: memory}"}, []string{`:20: variable "influence": want codes, range or bands, and only one of them`}},
		{"codes and a range", []string{age, "{from: dvage, range: [16, 120], codes: {1: a}, known: read}"}, []string{`:23: code 1: variable "age" has no category "a"`, `:23: variable "age": want codes, range or bands, and only one of them`}},
		{"a range for categories", []string{influence, "range: [1, 3], known: memory}"}, []string{`:20: variable "influence": a number has a range; categories come from codes or bands`}},
		{"bands for a number", []string{"range: [16, 120]", "bands: {a: [1, 2]}"}, []string{`:23: variable "age" has no category "a"`, `:23: variable "age": a number has a range; categories come from codes or bands`}},
		{"a range of one bound", []string{"range: [16, 120]", "range: [16]"}, []string{`:23: variable "age": range: want [low, high]`}},
		{"a range the wrong way round", []string{"range: [16, 120]", "range: [120, 16]"}, []string{`:23: variable "age": range: want [low, high]`}},
		{"a range of one number is one", []string{"range: [16, 120]", "range: [16, 16]"}, nil},
		{"a code into an unknown category, with the nearest", []string{influence, "codes: {1: definitly}, known: memory}"}, []string{`:20: code 1: variable "influence" has no category "definitly"; did you mean "definitely"?`}},
		{"a code that is also missing", []string{influence, "codes: {1: tend}, missing: {1: refused}, known: memory}"}, []string{`:20: variable "influence": code 1 is both "tend" and missing (refused)`}},
		{"a code that the wave calls missing", []string{influence, "codes: {1: tend, -9: disagree}, known: memory}"}, []string{`:20: variable "influence": code -9 is both "disagree" and missing (refused)`}},
		{"unless the variable says its own", []string{influence, "codes: {1: tend, -9: disagree}, missing: {}, known: memory}"}, nil},
		{"one number in two spellings", []string{influence, "codes: {1: tend, 1.0: disagree}, known: memory}"}, []string{`:20: variable "influence": codes 1 and 1.0 are one number`}},
		{"and one of them missing", []string{influence, "codes: {1: tend}, missing: {1.0: refused}, known: memory}"}, []string{`:20: variable "influence": code 1 is both "tend" and missing (refused)`}},
		{"text codes are their own spelling", []string{influence, "codes: {Yes: tend, yes: disagree}, known: memory}"}, nil},
		{"bands that overlap", []string{"25-over: [3, 9]", "25-over: [2, 9]"}, []string{`:24: bands "16-24" and "25-over" overlap`}},
		{"a variable known by hearsay", []string{"known: confirmed", "known: hearsay"}, []string{`:22: known "hearsay", want confirmed, read or memory`}},
		{"a decision on no variable", []string{"{variable: trust, text", "{variable: trusts, text"}, []string{`:26: no variable "trusts" in this crosswalk; did you mean "trust"?`}},
		{"a weight whose name nobody has seen", []string{"variable: wtcore, sample", "sample"}, nil},
		{"an unknown key deep in the page", []string{"sample: {variable: samptype", "sample: {varible: samptype"}, []string{`:13: unknown key "varible"; did you mean "variable"?`, `:13: weight "core": a sample needs a variable and codes`}},
		{
			"all of a page's problems at once, in the order of its lines",
			[]string{"survey: hocs", "survey: bcs", "lonely: refuse", "lonely: ignore", "-8: dont-know", "-8: unsure", "known: confirmed", "known: hearsay"},
			[]string{
				`:1: survey "bcs" in the folder of "hocs"`, `:11: lonely "ignore", want refuse, remove, certainty, adjust or average`,
				`:18: code -8: no kind of missing "unsure", want one of system, not-applicable, refused, dont-know`, `:22: known "hearsay", want confirmed, read or memory`,
			},
		},
	} {
		t.Run(c.claim, func(t *testing.T) {
			text := crosswalkText
			for i := 0; i < len(c.edit); i += 2 {
				if !strings.Contains(text, c.edit[i]) {
					t.Fatalf("%q is not in the page", c.edit[i])
				}
				text = strings.Replace(text, c.edit[i], c.edit[i+1], 1)
			}
			_, ps := ParseCrosswalk(NewPage(crosswalkFile, []byte(text)), sound(t))
			if got, want := lines(ps), at(crosswalkFile, c.want); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// A crosswalk against a codebook with a circle: the circle is the codebook's
// problem, and reading the crosswalk ends.
func TestCrosswalkOfACircle(t *testing.T) {
	book, _ := Parse(NewPage("codebook.yaml", []byte(edited(t, bookText, "first: [influence, trust]", "first: [either]"))))
	text := edited(t, crosswalkText, "{variable: sex, categories: [women]}", "{variable: either, categories: [tend]}")
	if _, ps := ParseCrosswalk(NewPage(crosswalkFile, []byte(text)), book); len(ps) > 0 {
		t.Errorf("got %v", ps)
	}
}

// Of a raw variable that is spelt in two ways, the names list one, and in
// every run the same.
func TestRawNamesAgree(t *testing.T) {
	x := &Crosswalk{
		Design:   DesignSource{Stratum: Names{"gor"}},
		Identify: &Identity{Variable: "GOR"},
		Weights:  map[string]Weight{"core": {Variable: "WT"}, "combined": {Variable: "wt", Sample: &Sample{Variable: "Wt"}}},
		Variables: map[string]Source{
			"a": {From: "Age"}, "b": {From: "AGE"}, "c": {First: []string{"age", "sex"}},
		},
	}
	for range 50 {
		if got, want := x.RawNames(), []string{"AGE", "GOR", "WT", "sex"}; !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}

func TestConditionRefuses(t *testing.T) {
	book := sound(t)
	p := func(x float64) *float64 { return &x }
	for _, c := range []struct {
		claim string
		where Condition
		want  string
	}{
		{"a category", Condition{Variable: "sex", Categories: []string{"men"}}, ""},
		{"a bound", Condition{Variable: "age", AtLeast: p(16)}, ""},
		{"one number", Condition{Variable: "age", AtLeast: p(16), AtMost: p(16)}, ""},
		{"no such variable", Condition{Variable: "agee", AtLeast: p(16)}, `x:1: no variable "agee"; did you mean "age"?`},
		{"categories of a number", Condition{Variable: "age", Categories: []string{"men"}}, `x:1: variable "age" is a number: want at_least or at_most`},
		{"categories and a bound of a number", Condition{Variable: "age", AtMost: p(1), Categories: []string{"men"}}, `x:1: variable "age" is a number: want at_least or at_most`},
		{"a number without bounds", Condition{Variable: "age"}, `x:1: variable "age" is a number: want at_least or at_most`},
		{"a bound of categories", Condition{Variable: "sex", Categories: []string{"men"}, AtLeast: p(1)}, `x:1: variable "sex" has categories: want which of them`},
		{"no categories", Condition{Variable: "sex"}, `x:1: variable "sex" has categories: want which of them`},
		{"bounds the wrong way round", Condition{Variable: "age", AtLeast: p(17), AtMost: p(16)}, `x:1: variable "age": at_least 17 is above at_most 16`},
		{"an unknown category", Condition{Variable: "sex", Categories: []string{"man", "women"}}, `x:1: variable "sex" has no category "man"; did you mean "men"?`},
	} {
		t.Run(c.claim, func(t *testing.T) {
			if got := lines(c.where.Check(book, "x:1")); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestSpell(t *testing.T) {
	for _, c := range []struct {
		x    float64
		want string
	}{
		{1, "1"}, {-9, "-9"}, {0.1, "0.1"}, {1e20, "100000000000000000000"}, {math.Copysign(0, -1), "0"},
	} {
		if got := Spell(c.x); got != c.want {
			t.Errorf("%v is %q, want %q", c.x, got, c.want)
		}
	}
}
