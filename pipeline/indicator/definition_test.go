package indicator

import (
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/table"
)

func book(t *testing.T) *codebook.Codebook {
	t.Helper()
	b, ps := codebook.Parse(codebook.NewPage("codebook.yaml", []byte(bookText)))
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	return b
}

func parse(t *testing.T, text string) (*Definition, string) {
	t.Helper()
	d, ps := Parse(codebook.NewPage(definitionFile, []byte(text)), book(t))
	return d, lines(ps)
}

func TestDefinitionRefuses(t *testing.T) {
	const of = "of: {variable: agrees, categories: [yes]}"
	const groups = "between: {variable: sex, category: [women], reference: [men]}"
	for _, c := range []struct {
		claim, old, becomes string
		want                []string
	}{
		{"a sound definition is not refused", of, of, nil},
		{"an unknown key, with the nearest", "direction: higher", "directon: higher", []string{`:1: direction "", want higher, lower or none`, `:8: unknown key "directon"; did you mean "direction"?`}},
		{"an unknown key deep in an item", of, "items:\n  - id: a\n    label: A\n    of: {variable: agrees, categories: [yes]}\n    base: {where: [{variable: sex, categoris: [men]}]}", []string{`:10: unknown key "categoris"; did you mean "categories"?`, `:10: variable "sex" has categories: want which of them`}},
		{"another file's id", "id: influence-local", "id: influence", []string{`:1: id "influence" in the file of "influence-local"`}},
		{"an id that is not a code", "id: influence-local", "id: Influence_Local", []string{`:1: id "Influence_Local" in the file of "influence-local"`, `:1: id "Influence_Local": want lower-case letters, digits and single hyphens`}},
		{"no title", "title: People who feel they can influence decisions\n", "", []string{":1: no title"}},
		{"no words for the base", "base: {label: Adults who gave an answer}", "base: {}", []string{":7: no base label: say in words who is counted"}},
		{"a direction that is none", "direction: higher", "direction: up", []string{`:8: direction "up", want higher, lower or none`}},
		{"too many decimals", "direction: higher", "direction: higher\nprecision: 7", []string{":9: precision 7, want 0 to 6 decimals"}},
		{"fewer than none", "direction: higher", "direction: higher\nprecision: -1", []string{":9: precision -1, want 0 to 6 decimals"}},
		{"no decimals are sound", "direction: higher", "direction: higher\nprecision: 0", nil},
		{"a break without reason", "direction: higher", "direction: higher\nbreaks: [{from: hocs/2001}]", []string{":9: a break needs from and reason"}},
		{"a break at a wave without its survey", "direction: higher", "direction: higher\nbreaks: [{from: 2001, reason: r}]", []string{`:9: from "2001" is not the id of a source, want one such as hocs/2001: a survey that begins with a letter and is no month, and its wave`}},
		{"a statistic that is none, with the nearest", "statistic: proportion", "statistic: proportoin", []string{`:5: no statistic "proportoin"; did you mean "proportion"?; want one of proportion, mean, ratio, gap, parity, association, mean-gap, mean-parity, total, count, quantile`}},
		{"nothing counted", of + "\n", "", []string{":1: want of or items, and only one of them"}},
		{"two things counted", of, of + "\nitems: [{id: a, label: A, of: {variable: agrees, categories: [yes]}}]", []string{":6: want of or items, and only one of them"}},
		{"an unknown variable, with the nearest", "variable: agrees", "variable: agres", []string{`:6: no variable "agres"; did you mean "agrees"?`}},
		{"an unknown category", "categories: [yes]", "categories: [yess]", []string{`:6: variable "agrees" has no category "yess"; did you mean "yes"?`}},
		{"a mean of categories", "statistic: proportion", "statistic: mean", []string{`:6: a mean is of a number, "agrees" is not one or has conditions`}},
		{"a mean of no variable", "statistic: proportion\n" + of, "statistic: mean\nof: {variable: ag}", []string{`:6: no variable "ag"; did you mean "age"?`}},
		{"a mean with a bound", "statistic: proportion\n" + of, "statistic: mean\nof: {variable: age, at_least: 1}", []string{`:6: a mean is of a number, "age" is not one or has conditions`}},
		{"a mean of a number is sound", "statistic: proportion\n" + of, "statistic: mean\nof: {variable: age}", nil},
		{"a proportion by a bound is sound", of, "of: {variable: age, at_least: 65}", nil},
		{"a ratio over nothing", "statistic: proportion\n" + of, "statistic: ratio\nof: {variable: age}", []string{":1: over belongs to a ratio, and a ratio needs it"}},
		{"a ratio over categories", "statistic: proportion\n" + of, "statistic: ratio\nof: {variable: age}\nover: {variable: sex}", []string{`:7: a ratio is of a number, "sex" is not one or has conditions`}},
		{"over without a ratio", of, of + "\nover: {variable: age}", []string{":7: over belongs to a ratio, and a ratio needs it"}},
		{"an association with nothing", "statistic: proportion", "statistic: association", []string{":1: with belongs to an association, and an association needs it"}},
		{"an association with an unknown category", "statistic: proportion\n" + of, "statistic: association\n" + of + "\nwith: {variable: sex, categories: [mens]}", []string{`:7: variable "sex" has no category "mens"; did you mean "men"?`}},
		{"with without an association", of, of + "\nwith: {variable: sex, categories: [men]}", []string{":7: with belongs to an association, and an association needs it"}},
		{"a gap between nothing", "statistic: proportion", "statistic: gap", []string{":1: between belongs to a gap, a parity, a mean-gap or a mean-parity, and they need it"}},
		{"a parity between nothing", "statistic: proportion", "statistic: parity", []string{":1: between belongs to a gap, a parity, a mean-gap or a mean-parity, and they need it"}},
		{"quantiles are sound", "statistic: proportion\n" + of, "statistic: quantile\nof: {variable: age}\nat: [0.025, 0.5]\nrule: hf7\ninterval: beta\nlevel: 90", nil},
		{"a quantile of no share", "statistic: proportion\n" + of, "statistic: quantile\nof: {variable: age}", []string{":1: at belongs to a quantile, and a quantile needs it"}},
		{"a quantile at a percentage, by a rule that is none", "statistic: proportion\n" + of, "statistic: quantile\nof: {variable: age}\nat: [50]\nrule: hf10", []string{":7: quantile at 50, want shares between 0 and 1, each once", `:8: rule "hf10", want hf1, hf2, hf3, hf4, hf5, hf6, hf7, hf8, hf9, sas, grouped; did you mean "hf1"?`}},
		{"a rule without a quantile", of, of + "\nrule: hf7", []string{":7: rule belongs to a quantile"}},
		{"an interval of a mean that is for proportions", "statistic: proportion\n" + of, "statistic: mean\nof: {variable: age}\ninterval: wilson", []string{`:7: interval "wilson" of a mean, want wald`}},
		{"a level above 100", of, of + "\nlevel: 195", []string{":7: level 195, want a percentage between 0 and 100"}},
		{"a total of categories", "statistic: proportion\n" + of, "statistic: total\nof: {variable: sex}", []string{`:6: a total is of a number, "sex" is not one or has conditions`}},
		{"means against a reference are sound", "statistic: proportion\n" + of, "statistic: mean-gap\nof: {variable: age}\nbetween: {variable: sex, reference: [men]}", nil},
		{"a standard is sound", of, of + "\nstandardise: {variable: sex, shares: {men: 1, women: 1}}", nil},
		{"a standard without a category, of one that is not known", of, of + "\nstandardise: {variable: sex, shares: {men: 1, womin: 1}}", []string{`:7: no share of category "women", want one above 0`, `:7: variable "sex" has no category "womin"; did you mean "women"?`}},
		{"a standard of a number", of, of + "\nstandardise: {variable: age, shares: {16: 1}}", []string{`:7: variable "age" is a number, want one with categories`}},
		{"a standardised total is sound", "statistic: proportion\n" + of, "statistic: total\nof: {variable: age}\nstandardise: {variable: sex, shares: {men: 1, women: 1}}", nil},
		{"a standardised association", "statistic: proportion\n" + of, "statistic: association\n" + of + "\nwith: {variable: sex, categories: [men]}\nstandardise: {variable: sex, shares: {men: 1, women: 1}}", []string{":8: an association is not standardised, want one of proportion, mean, ratio, gap, parity, mean-gap, mean-parity, total, count, quantile"}},
		{"whose degrees of freedom", of, of + "\nfreedom: desing", []string{`:7: freedom "desing", want a number above 0 or domain, design, strata, replicates, replicates-1, normal; did you mean "design"?`}},
		{"between without a gap", of, of + "\n" + groups, []string{":7: between belongs to a gap, a parity, a mean-gap or a mean-parity, and they need it"}},
		{"a gap between two groups is sound", "statistic: proportion\n" + of, "statistic: gap\n" + of + "\n" + groups, nil},
		{"a difference in differences is sound", "statistic: proportion\n" + of, "statistic: gap\ncontrast: difference-in-differences\n" + of + "\n" + groups, nil},
		{"a difference in differences of a proportion", of, of + "\ncontrast: difference-in-differences", []string{":7: a difference in differences of a proportion, want a gap or a mean-gap between the two groups"}},
		{"a contrast that is none", of, of + "\ncontrast: difference", []string{`:7: contrast "difference", want difference-in-differences`}},
		{"households are sound", of, of + "\nunit_of_analysis: household", nil},
		{"a unit of analysis that is none", of, of + "\nunit_of_analysis: family", []string{`:7: unit_of_analysis "family", want person or household`}},
		{"a group of nobody", "statistic: proportion\n" + of, "statistic: gap\n" + of + "\nbetween: {variable: sex, category: [women]}", []string{`:7: variable "sex" has categories: want which of them`}},
		{"a category in both groups", "statistic: proportion\n" + of, "statistic: gap\n" + of + "\nbetween: {variable: sex, category: [men, women], reference: [women]}", []string{`:7: category "women" is in both groups, want none there, or a part of the reference against all of it`}},
		{"an item that counts nothing", of, "items: [{id: a, label: A}]", []string{":6: nothing is counted: want of"}},
		{"an item without label", of, "items:\n  - {id: a, of: {variable: agrees, categories: [yes]}}", []string{`:7: item "a": want an id used once, of lower-case letters, digits and single hyphens, not "all", and a label`}},
		{"an item called all", of, "items:\n  - {id: all, label: A, of: {variable: agrees, categories: [yes]}}", []string{`:7: item "all": want an id used once, of lower-case letters, digits and single hyphens, not "all", and a label`}},
		{"an item twice", of, "items:\n  - {id: a, label: A, of: {variable: agrees, categories: [yes]}}\n  - {id: a, label: B, of: {variable: agrees, categories: [no]}}", []string{`:8: item "a": want an id used once, of lower-case letters, digits and single hyphens, not "all", and a label`}},
		{"an item's own base is checked", of, "items:\n  - {id: a, label: A, of: {variable: agrees, categories: [yes]}, base: {where: [{variable: sexx, categories: [men]}]}}", []string{`:7: no variable "sexx"; did you mean "sex"?`}},
		{"the base is checked", "base: {label: Adults who gave an answer}", "base:\n  label: Adults\n  where:\n    - {variable: region, categories: [noth]}", []string{`:10: variable "region" has no category "noth"; did you mean "north"?`}},
		{"an unknown breakdown, with the nearest", "direction: higher", "direction: higher\nbreakdowns: [sex, regoin*sex]", []string{`:9: no breakdown "regoin"; did you mean "region"?`}},
		{"a breakdown by a number", "direction: higher", "direction: higher\nbreakdowns: [age]", []string{`:9: breakdown "age" is a number, want a variable with categories`}},
		{"a breakdown crossed with itself", "direction: higher", "direction: higher\nbreakdowns: [sex*region*sex]", []string{`:9: breakdown "sex*region*sex" crosses a variable with itself`}},
		{"a breakdown twice", "direction: higher", "direction: higher\nbreakdowns: [sex, region*sex, sex]", []string{`:9: breakdown "sex" is listed twice`}},
		{
			"all of a page's problems at once", definitionText, "id: x\nsttistic: mean\nstatistic: proportion\nof: {variable: agres, categories: [yes]}\nbreakdowns: [sexx]\n",
			[]string{
				`:1: direction "", want higher, lower or none`, `:1: id "x" in the file of "influence-local"`, ":1: no base label: say in words who is counted", ":1: no title",
				`:2: unknown key "sttistic"; did you mean "statistic"?`, `:4: no variable "agres"; did you mean "agrees"?`, `:5: no breakdown "sexx"; did you mean "sex"?`,
			},
		},
	} {
		t.Run(c.claim, func(t *testing.T) {
			if strings.Count(definitionText, c.old) != 1 {
				t.Fatalf("%q is not in the page once", c.old)
			}
			want := make([]string, len(c.want))
			for i, w := range c.want {
				want[i] = definitionFile + w
			}
			if _, got := parse(t, strings.Replace(definitionText, c.old, c.becomes, 1)); got != strings.Join(want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
			}
		})
	}
}

// A change of a gap that is declared as a difference in differences says whose
// changes it compares; one that is not says nothing.
func TestContrasted(t *testing.T) {
	d := &Definition{Statistic: Gap, Contrast: ContrastOfChanges, Between: &Between{Variable: "area", Category: []string{"north", "east"}, Reference: []string{"south"}}}
	if got := d.Contrasted("all").String(); got != "difference-in-differences(north+east,south)" {
		t.Errorf("got %s", got)
	}
	d.Between.Category, d.each = nil, []Item{{ID: "east", Category: []string{"east"}}, {ID: "north", Category: []string{"north"}}}
	if got := d.Contrasted("north").String(); got != "difference-in-differences(north,south)" {
		t.Errorf("of each category: got %s", got)
	}
	d.Contrast = ""
	if got := d.Contrasted("north"); got.Code != "" {
		t.Errorf("not declared: got %s", got)
	}
}

func TestUnits(t *testing.T) {
	for _, c := range []struct{ statistic, of, more, want string }{
		{"proportion", "{variable: agrees, categories: [yes]}", "", "percent"},
		{"gap", "{variable: agrees, categories: [yes]}", "between: {variable: sex, category: [women], reference: [men]}", "percentage points"},
		{"parity", "{variable: agrees, categories: [yes]}", "between: {variable: sex, category: [women], reference: [men]}", "ratio"},
		{"association", "{variable: agrees, categories: [yes]}", "with: {variable: sex, categories: [women]}", "ratio"},
		{"mean", "{variable: hours}", "", "hours"},
		{"ratio", "{variable: hours}", "over: {variable: age}", "hours per year"},
	} {
		d, problems := parse(t, strings.NewReplacer("statistic: proportion", "statistic: "+c.statistic, "of: {variable: agrees, categories: [yes]}", "of: "+c.of+"\n"+c.more).Replace(definitionText))
		if problems != "" {
			t.Fatal(problems)
		}
		if got := d.Unit(book(t)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.statistic, got, c.want)
		}
	}
}

func TestDefaults(t *testing.T) {
	d, _ := parse(t, definitionText)
	if d.Places() != 6 {
		t.Errorf("precision: got %d, want 6", d.Places())
	}
	if got, want := d.By(book(t)), []string{"sex", "age-band", "ethnic-group"}; !slices.Equal(got, want) {
		t.Errorf("breakdowns: got %v, want the standard ones, %v", got, want)
	}
	if got := d.Figures(); len(got) != 1 || got[0].ID != "all" || got[0].Label != d.Title || got[0].Of != d.Of {
		t.Errorf("figures: got %+v, want itself as the item all", got)
	}
	own, _ := parse(t, definitionText+"precision: 1\nbreakdowns: [region*sex]\n")
	if own.Places() != 1 || !slices.Equal(own.By(book(t)), []string{"region*sex"}) {
		t.Errorf("its own: got %d decimals, breakdowns %v", own.Places(), own.By(book(t)))
	}
	none, _ := parse(t, definitionText+"breakdowns: []\n")
	if by := none.By(book(t)); len(by) != 0 {
		t.Errorf("an empty list of breakdowns: got %v, want none", by)
	}
	for joined, want := range map[string][]string{
		"region*sex": {"region", "sex"}, "sex": {"sex"}, `"a*b"*sex`: {"a*b", "sex"}, `sex*"""a"""`: {"sex", `"a"`}, `a"b*c`: {`a"b`, "c"}, `"*"*"*"`: {"*", "*"},
	} {
		if got := Crossed(joined); !slices.Equal(got, want) || Cross(want...) != joined {
			t.Errorf("crossed %s: got %q, want %q, which is joined as %s", joined, got, want, Cross(want...))
		}
	}
}

func TestNeeds(t *testing.T) {
	text := strings.NewReplacer(
		"statistic: proportion", "statistic: gap",
		"of: {variable: agrees, categories: [yes]}", "items: [{id: a, label: A, of: {variable: trust, categories: [tend]}, base: {where: [{variable: region, categories: [north]}]}}]\nbetween: {variable: sex, category: [women], reference: [men]}",
		"base: {label: Adults who gave an answer}", "base: {label: A, where: [{variable: age, at_least: 16}, {variable: region, categories: [north]}]}").Replace(definitionText)
	d, problems := parse(t, text)
	if problems != "" {
		t.Fatal(problems)
	}
	if got, want := d.Needs(d.Figures()[0]), []string{"age", "region", "sex", "trust"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v: each once, sorted", got, want)
	}
	if got, want := d.Groups([]string{"region"}), []string{"sex", "region"}; !slices.Equal(got, want) {
		t.Errorf("groups: got %v, want %v", got, want)
	}
	plain, _ := parse(t, definitionText)
	if got, want := plain.Groups([]string{"region"}), []string{"region"}; !slices.Equal(got, want) {
		t.Errorf("groups of a proportion: got %v, want %v", got, want)
	}
	for statistic, more := range map[string]string{"ratio": "over: {variable: hours}", "association": "with: {variable: sex, categories: [men]}"} {
		of := map[string]string{"ratio": "{variable: age}", "association": "{variable: agrees, categories: [yes]}"}[statistic]
		d, problems := parse(t, strings.NewReplacer("statistic: proportion", "statistic: "+statistic, "of: {variable: agrees, categories: [yes]}", "of: "+of+"\n"+more).Replace(definitionText))
		if problems != "" {
			t.Fatal(problems)
		}
		if got := d.Needs(d.Figures()[0]); len(got) != 2 {
			t.Errorf("%s: got %v, want both of its variables", statistic, got)
		}
	}
}

func TestBreak(t *testing.T) {
	d := &Definition{Breaks: []Break{{From: "hocs/c", Reason: "r"}}}
	start := func(wave codebook.SourceID) string {
		return map[string]string{"a": "2001", "b": "2003", "c": "2005", "d": "2007"}[wave.Wave()]
	}
	for _, c := range []struct {
		survey, from, to string
		want             bool
	}{
		{"hocs", "a", "b", false},
		{"hocs", "a", "c", true},
		{"hocs", "b", "c", true},
		{"hocs", "b", "d", true},
		{"hocs", "c", "d", false},
		{"bcs", "b", "c", false},
	} {
		if got, found := d.Break(codebook.WaveID(c.survey, c.from), codebook.WaveID(c.survey, c.to), start); found != c.want || found && got.Reason != "r" {
			t.Errorf("%s from %s to %s: got %v, want %v", c.survey, c.from, c.to, found, c.want)
		}
	}
}

func TestKeyCompare(t *testing.T) {
	full := Key{"b", "b/b", "b", "b", "b", "b"}
	// In order of weight: each of these differs in one part that weighs more than the next.
	parts := []func(k *Key, s string){
		func(k *Key, s string) { k.Indicator = s },
		func(k *Key, s string) { k.Source = codebook.WaveID(s, k.Source.Wave()) },
		func(k *Key, s string) { k.Item = s },
		func(k *Key, s string) { k.Population = s },
		func(k *Key, s string) { k.Breakdown = s },
		func(k *Key, s string) { k.Category = s },
		func(k *Key, s string) { k.Source = codebook.WaveID(k.Source.Survey(), s) },
	}
	for i, part := range parts {
		less := full
		part(&less, "a")
		for _, lighter := range parts[i+1:] {
			lighter(&less, "c")
		}
		if less.Compare(full) >= 0 || full.Compare(less) <= 0 {
			t.Errorf("part %d does not weigh more than those after it", i)
		}
	}
	if full.Compare(full) != 0 {
		t.Error("a key differs from itself")
	}
}

func TestWave(t *testing.T) {
	core, combined := &design.Design{}, &design.Design{}
	w := &Wave{
		Table:   table.New(0, &table.Column{Variable: codebook.Variable{Name: "sex"}}),
		Designs: map[string]*design.Design{"core": core, "combined": combined},
	}
	if w.Design("core") != core || w.Design("combined") != combined || w.Design("third") != core {
		t.Error("a wave without a weight of that name takes the core weight")
	}
	if got := w.Absent([]string{"sex", "region", "age"}); !slices.Equal(got, []string{"region", "age"}) {
		t.Errorf("absent: got %v", got)
	}
}
