package indicator

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/series"
)

// entrantsText is a sound series.
const entrantsText = `series: entrants
body: yjb
title: First-time entrants
measures: [5.f]
leads: [YJB]
population: {id: wales, label: Wales}
frequency: yearly
small: publish
licence: OGL
source: made up
known: memory
areas:
  groups: side
  whole: {label: Wales, aliases: [Total]}
  are:
    - {code: gwent, label: Gwent, aliases: [Monmouthshire], within: south-side}
    - {code: powys, label: Powys, within: north-side, to: "2004-12-31"}
    - {code: town-and-coast, label: "Town & Coast", within: north-side}
    - {code: north-side, label: North side}
    - {code: south-side, label: South side}
columns:
  place: {kind: area}
  sex: {kind: category, aliases: {men: [Male], women: [Female]}}
  entrants: {kind: count, label: Entrants, unit: children}
  children: {kind: count, label: Children aged 10 to 17, unit: children, from: Population}
  known: {kind: rate, label: Share known, unit: percent, at_most: 100, optional: true}
marks: {suppressed: ["-"]}
rules:
  - {part: entrants, whole: children}
  - {change: entrants-rate, percent: 25}
without: [{period: "2003", reason: nobody counted}]
indicators:
  - id: entrants-rate
    title: Entrants
    statistic: rate
    per: 100000
    numerator: entrants
    denominator: children
    base: Children
    by: [place, side, sex, place*sex]
    breaks: [{from: returns/entrants/2002, reason: another count}]
    random: true
    funnel: true
    direction: lower
  - id: entrants-known
    title: Known
    statistic: proportion
    value: known
    base: Children
    direction: none
`

func seriesFiles(page string) fstest.MapFS {
	files := fstest.MapFS{}
	for name, text := range map[string]string{
		"codebook.yaml":             bookText,
		"disclosure.yaml":           "default: open\npolicies: {open: {confidential_below: 10, sides_below: 10, unreliable_below: 50, caution_below: 100, zeros: publish, dominance: 1, interval: 9}}\n",
		"returns/yjb/entrants.yaml": page,
	} {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

func entrants(t *testing.T) (*series.Series, *Catalogue) {
	t.Helper()
	c, err := LoadCatalogue(seriesFiles(entrantsText))
	if err != nil {
		t.Fatal(err)
	}
	return c.SeriesOf("returns/entrants/2004"), c
}

func TestSeries(t *testing.T) {
	s, c := entrants(t)
	if s == nil || len(c.Definitions) != 2 {
		t.Fatalf("series %v, %d definitions", s, len(c.Definitions))
	}
	d := c.Definition("entrants-rate")
	if d.Unit(c.Codebook) != "per 100,000" || d.Measures[0] != "5.f" || d.Leads[0] != "YJB" || d.Figures()[0].ID != codebook.All {
		t.Errorf("unit %q, measures %v, leads %v, figures %v", d.Unit(c.Codebook), d.Measures, d.Leads, d.Figures())
	}
	if got := strings.Join(s.ColumnNames(), " "); got != "place sex entrants children known" {
		t.Errorf("columns %s", got)
	}
	expected := func(period string) string {
		p, err := s.Frequency.Period(period)
		if err != nil {
			t.Fatal(err)
		}
		var codes []string
		for _, i := range slices.Concat(s.Expected(p), s.GroupsOf(p)) {
			codes = append(codes, s.Areas.Are[i].Code)
		}
		return strings.Join(codes, " ")
	}
	if got := expected("2004"); got != "gwent powys town-and-coast north-side south-side" {
		t.Errorf("areas of 2004: %s", got)
	}
	if got := expected("2005"); got != "gwent town-and-coast north-side south-side" {
		t.Errorf("areas of 2005: %s", got)
	}
	for text, want := range map[string]struct {
		place      int
		byRule, ok bool
	}{
		"Gwent": {0, false, true}, "gwent": {0, false, true}, "Monmouthshire": {0, false, true}, "GWENT": {0, true, true},
		"Coast and Town": {2, true, true}, "Total": {series.WholeArea, false, true}, "WALES": {series.WholeArea, true, true}, "Gwynedd": {0, false, false},
	} {
		if place, byRule, ok := s.FindArea(text, codebook.Period{Start: "2004-01-01", End: "2004-12-31"}); ok != want.ok || ok && (place != want.place || byRule != want.byRule) {
			t.Errorf("%q is area %d, by rule %v, found %v; want %+v", text, place, byRule, ok, want)
		}
	}
	for text, want := range map[string]string{"-": series.SuppressedMark, "Nil": series.NilMark, "..": series.NotCollectedMark, "*": "", "?": "", "12": ""} {
		if got := s.Mark(text); got != want {
			t.Errorf("%q is the mark %q, want %q", text, got, want)
		}
	}
	if a, b := c.Lineage(d, "returns/entrants/2004"), c.Lineage(d, "returns/entrants/2005"); a == b || a == "" || c.Lineage(d, "returns/entrants/2004-05") != "" {
		t.Errorf("lineage %s and %s: want those of periods with other areas to differ", a, b)
	}
	if v := c.Variable("side"); len(v.Categories) != 2 || v.Label != "Side" {
		t.Errorf("breakdown by side is %+v", v)
	}
}

// TestSeriesRefused: each edit of the sound series is refused at its line, and
// says what was wanted.
func TestSeriesRefused(t *testing.T) {
	for _, c := range []struct{ claim, old, new, want string }{
		{"an unknown key", "licence:", "license:", `:9: unknown key "license"; did you mean "licence"?`},
		{"an unknown key of a column", "kind: rate, label", "knd: rate, label", `:26: unknown key "knd"; did you mean "kind"?`},
		{"another body", "body: yjb", "body: ho", `:2: body "ho" in the folder of "yjb"`},
		{"another file", "series: entrants", "series: entrant", `:1: series "entrant" in the file of "entrants"`},
		{"no such frequency", "frequency: yearly", "frequency: yeerly", `:7: no frequency "yeerly"; did you mean "yearly"?, want one of yearly,`},
		{"small numbers", "small: publish", "small: publsh", `:8: small "publsh"; did you mean "publish"?, want withhold or publish`},
		{"no such kind of column", "children: {kind: count", "children: {kind: cuont", `:25: column "children": no kind "cuont"; did you mean "count"?, want one of area,`},
		{"a number without a unit", "unit: children}", "note: none}", `:24: column "entrants" is of numbers: want a label and a unit`},
		{"one heading for two", "from: Population", "from: Entrants", `columns "children" and "entrants" are both headed "entrants"`},
		{"no such category", "aliases: {men:", "aliases: {man:", `:23: column "sex": no category "man"; did you mean "men"?`},
		{"an area within none", "within: south-side}", "within: south}", `area "gwent" is within "south", which is no area`},
		{"one name for two areas", "aliases: [Monmouthshire]", "aliases: [Powys]", `:17: "Powys" is the name of two areas`},
		{"no day", `"2004-12-31"`, `"2004"`, `:17: area "powys": "2004" is not a day, want YYYY-MM-DD`},
		{"groups without a name", "  groups: side\n", "", `:12: groups names the breakdown by what areas are within: want both or neither`},
		{"a mark that is a number", `["-"]`, `["0"]`, `:27: mark "0": want text that is no number and not blank`},
		{"no such mark", "marks: {suppressed", "marks: {supressed", `:27: no kind of mark "supressed"; did you mean "suppressed"?, want one of nil, not-collected, suppressed, unclear`},
		{"a rule of no column", "part: entrants,", "part: entrant,", `:29: no column "entrant" of numbers; did you mean "entrants"?`},
		{"two rules in one", "percent: 25}", "percent: 25, part: entrants, whole: children}", `:30: want part and whole, parts and make, or change and percent, and only one of them`},
		{"a change of no indicator", "change: entrants-rate", "change: entrants-rat", `:30: no indicator "entrants-rat" of the series; did you mean "entrants-rate"?`},
		{"a gap that is no period", `period: "2003"`, `period: "2003-04"`, `:31: "2003-04" is not the name of a period, want one such as 2005: the return is yearly`},
		{"no such statistic", "statistic: rate", "statistic: raet", `:35: no statistic "raet" of a return; did you mean "rate"?; want one of count,`},
		{"a statistic of surveys alone", "statistic: rate", "statistic: quantile", `:35: no statistic "quantile" of a return; want one of count,`},
		{"a rate of nothing", "    denominator: children\n", "", `a rate needs denominator`},
		{"a rate for each none", "    per: 100000\n", "", `per 0 of a rate: want one such as 1000 or 100000`},
		{"a sum of rates", "numerator: entrants", "numerator: known", `:37: column "known" is a rate, which does not add up over rows: want value`},
		{"a value that adds up", "value: known", "value: children", `:48: column "children" adds up: want a column of the kind rate, or a numerator`},
		{"no such breakdown", "by: [place, side", "by: [place, sid", `:40: no breakdown "sid" of the series; did you mean "side"?`},
		{"areas by what they are within", "place*sex", "place*side", `:40: breakdown "place*side" crosses areas with what they are within`},
		{"a break at no return", "from: returns/entrants/2002", "from: returns/entrant/2002", `:41: no return "returns/entrant/2002", want one of the series such as returns/entrants/2005`},
		{"a funnel without chance", "    random: true\n", "", `a funnel is of the areas of a rate, proportion or standardised-ratio whose counts are random`},
		{"two of one id", "id: entrants-known", "id: entrants-rate", `id "entrants-rate" is there twice`},
		{"no direction", "direction: none", "direction: sideways", `:50: direction "sideways", want higher, lower or none`},
		{"a long table of one column", "marks:", "sheet: {long: {names: Measure}}\nmarks:", `:27: long: want the headings of two columns, names and values`},
		{"periods that no column tells", "marks:", "sheet: {several: true}\nmarks:", `:27: no column of the kind period, which tells the periods of a file`},
		{"another name of a period that is none", "  place: {kind: area}", "  place: {kind: area}\n  year: {kind: period, aliases: {2005-06: [now]}}", `:23: column "year": "2005-06" is not the name of a period, want one such as 2005`},
		{"a total of a number", "unit: children}", "unit: children, total: {label: All}}", `:24: column "entrants": categories belong to the kind category`},
		{"a total without a name", "aliases: {men:", "total: {within: 1}, aliases: {men:", `:23: column "sex": the rows of all categories: want a label, and within from 0`},
		{"a column of groups under another name", "  place: {kind: area}", "  place: {kind: area}\n  region: {kind: group}", `:23: column "region" is of what areas are within: want it called as groups is, "side"`},
		{"groups of no areas", "place: {kind: area}", "side: {kind: group}", `:12: no column of the kind area`},
		{"another name of no group", "  place: {kind: area}", "  place: {kind: area}\n  side: {kind: group, aliases: {gwent: [G]}}", `:23: column "side": no area "gwent" that others are within`},
		{"a selection of no whole", "  whole: {label: Wales, aliases: [Total]}\n", "  selection: true\n", `:14: areas are a selection of no whole: want whole, the row of all`},
		{"a whole that is left out and alone", "aliases: [Total]}", "aliases: [Total], ignore: it adds up, alone: true}", `:14: the row of all areas is left out, and so it is neither alone nor`},
		{"a row that is left out for no reason", "  groups: side\n", "  groups: side\n  ignore: {Abroad: \"\"}\n", `:14: no reason why the row of "Abroad" is left out`},
		{"areas of a series that there is not", "  groups: side\n", "  like: entrant\n  groups: side\n", `:13: no series "entrant"; did you mean "entrants"?`},
		{"areas of itself", "  groups: side\n", "  like: entrants\n  groups: side\n", `:13: series "entrants" has the areas of "entrants" itself: want that one`},
		{"respondents of a count", "    denominator: children\n", "    denominator: children\n    respondents: children\n", `:39: a rate has no respondents`},
		{"respondents that are a rate", "value: known", "value: known\n    respondents: known", `:49: column "known": want a column of the kind count`},
		{"categories with other labels", "sex: {kind: category, ", "sex: {kind: category, categories: [{code: men, label: Males}], ", `:23: column "sex" is a variable of the codebook, whose categories it has: want none here`},
	} {
		if !strings.Contains(entrantsText, c.old) {
			t.Fatalf("%s: the series does not hold %q", c.claim, c.old)
		}
		_, err := LoadCatalogue(seriesFiles(strings.Replace(entrantsText, c.old, c.new, 1)))
		found := slices.ContainsFunc(refusal.Of(err, refusal.Data), func(p refusal.Problem) bool {
			return strings.Contains(p.Error(), "returns/yjb/entrants.yaml") && strings.Contains(p.Error(), c.want)
		})
		if !found {
			t.Errorf("%s: got %v, want %s", c.claim, err, c.want)
		}
	}
}

func TestGaps(t *testing.T) {
	s, _ := entrants(t)
	if ps := s.Gaps([]string{"2001", "2002", "2004"}); ps != nil {
		t.Errorf("a gap that is declared: %v", ps)
	}
	ps := s.Gaps([]string{"2000", "2004", "2006"})
	var got []string
	for _, p := range ps {
		got = append(got, p.Where)
	}
	slices.Sort(got)
	if want := "returns/entrants/2001 returns/entrants/2002 returns/entrants/2005"; strings.Join(got, " ") != want {
		t.Errorf("gaps %v, want %s", got, want)
	}
}

func TestRatioUnit(t *testing.T) {
	for _, c := range []struct{ upper, lower, want string }{
		{"pounds", "journeys", "pounds per journey"},
		{"pounds", "pounds", Times},
		{"thousand pounds", "people", "thousand pounds per person"},
		{"hours", "", Times}, // what has no unit, as codes have none
		{"", "pounds", Times},
	} {
		if got := ratioUnit(c.upper, c.lower); got != c.want {
			t.Errorf("%q over %q: got %q, want %q", c.upper, c.lower, got, c.want)
		}
	}
}
