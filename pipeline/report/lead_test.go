package report

import (
	"strings"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
)

func TestLead(t *testing.T) {
	labels := &release.Labels{
		Indicators: []release.IndicatorLabels{{
			ID: "x", Title: "People who trust", Base: "Adults who gave an answer", Statistic: string(indicator.Proportion), Unit: indicator.Percent,
			Populations: []string{"england"}, Items: []string{"mp", "doctor", "press"},
			Breakdowns: []release.Division{{Breakdown: "sex", Categories: []string{"men", "women"}}},
		}},
		Codes: []release.Label{
			{Column: "breakdown", Code: "sex", Text: "Sex"},
			{Column: "category", Of: "sex", Code: "men", Text: "Men"},
			{Column: "category", Of: "sex", Code: "women", Text: "Women"},
			{Column: "item", Of: "x", Code: "doctor", Text: "The doctor"},
			{Column: "item", Of: "x", Code: "mp", Text: "The MP"},
			{Column: "item", Of: "x", Code: "press", Text: "The press"},
			{Column: "population", Code: "england", Text: "England"},
			{Column: "status", Code: "c", Text: "confidential"},
		},
	}
	figure := func(source codebook.SourceID, item, breakdown, category string, value float64) release.Figure {
		year := source.Wave()
		f := release.Figure{
			Key:         indicator.Key{Indicator: "x", Source: source, Population: "england", Breakdown: breakdown, Category: category, Item: item},
			PeriodStart: year + "-01-01", PeriodEnd: year + "-12-31", Statistic: string(indicator.Proportion), Unit: indicator.Percent,
			Value: value, Lower: value - 1, Upper: value + 1, SE: .5, Level: 0.95, Base: 1000,
		}
		if value != value {
			f.Status = "c"
		}
		return f
	}
	item := func(source codebook.SourceID, of string, value float64) release.Figure {
		return figure(source, of, codebook.All, codebook.All, value)
	}
	by := func(category string, value float64) release.Figure {
		return figure("s/2003", "mp", "sex", category, value)
	}
	change := func(of, verdict string) release.Change {
		return release.Change{Key: item("s/2003", of, 0).Key, FromSource: "s/2001", Statistic: string(indicator.Proportion), Change: 1, Lower: .5, Upper: 1.5, Level: .95, Verdict: verdict}
	}
	const of = " of adults who gave an answer, England, in 2003"
	const untested = " The release does not test whether the groups differ."
	for _, c := range []struct {
		name, by, item string
		figures        []release.Figure
		changes        []release.Change
		want           string
	}{
		{
			"items", codebook.All, "",
			[]release.Figure{item("s/2001", "mp", 30), item("s/2001", "doctor", 91), item("s/2001", "press", 20), item("s/2003", "mp", 31), item("s/2003", "doctor", 90), item("s/2003", "press", 20)},
			[]release.Change{change("mp", release.Higher), change("doctor", release.NoClearChange), change("press", release.NoClearChange)},
			`: of 3 items the highest is "The doctor", 90.0 per cent (95% interval 89.0 to 91.0), and the lowest is "The press", 20.0 per cent (95% interval 19.0 to 21.0),` + of +
				"; since 2001, 1 rose clearly and 2 show no clear change, which does not say that nothing changed.",
		},
		{
			"two that are alike as they are shown are both the highest", codebook.All, "",
			[]release.Figure{item("s/2003", "mp", 31.02), item("s/2003", "doctor", 30.98), item("s/2003", "press", 20)},
			nil,
			`: of 3 items the highest are "The MP" and "The doctor", 31.0 per cent each, and the lowest is "The press", 20.0 per cent (95% interval 19.0 to 21.0),` + of + ".",
		},
		{
			"all alike", codebook.All, "",
			[]release.Figure{item("s/2003", "mp", 31), item("s/2003", "doctor", 31)},
			nil,
			": all of 2 items 31.0 per cent each" + of + ". 1 other item has no figure of that source.",
		},
		{
			"an item that is withheld has no number", codebook.All, "",
			[]release.Figure{item("s/2003", "mp", 31), item("s/2003", "doctor", nan), item("s/2003", "press", 20)},
			nil,
			`: of the 2 of 3 items that have a figure the highest is "The MP", 31.0 per cent (95% interval 30.0 to 32.0), and the lowest is "The press", 20.0 per cent (95% interval 19.0 to 21.0),` + of + ". 1 item has no figure: confidential.",
		},
		{
			"of those that are shown alike a withheld one is none", codebook.All, "",
			[]release.Figure{item("s/2003", "mp", 31), item("s/2003", "doctor", 31), item("s/2003", "press", nan)},
			nil,
			`: of 3 items 2 have a figure, "The MP" and "The doctor", 31.0 per cent each` + of + ". 1 item has no figure: confidential.",
		},
		{
			"all items are withheld", codebook.All, "",
			[]release.Figure{item("s/2003", "mp", nan), item("s/2003", "doctor", nan), item("s/2003", "press", nan)},
			nil,
			": no figure for adults who gave an answer, England, in 2003: confidential.",
		},
		{
			"a breakdown", "sex", "mp",
			[]release.Figure{item("s/2003", "mp", 31), by("men", 35), by("women", 30)},
			nil,
			` (the MP), by sex: of 2 groups the highest is "Men", 35.0 per cent (95% interval 34.0 to 36.0), and the lowest is "Women", 30.0 per cent (95% interval 29.0 to 31.0),` + of + "." + untested,
		},
		{
			"a group alone says nothing of a difference", "sex", "mp",
			[]release.Figure{by("men", 35), by("women", nan)},
			nil,
			` (the MP), by sex: of 2 groups one has a figure, "Men": 35.0 per cent (95% interval 34.0 to 36.0)` + of + ". 1 group has no figure: confidential.",
		},
		{"a breakdown that has no figure", "sex", "press", []release.Figure{by("men", 35)}, nil, ", by sex: there is no figure."},
		{
			"figures of parts alone", codebook.All, "",
			[]release.Figure{by("men", 35), by("women", 30)},
			nil,
			` (the MP), by sex: of 2 groups the highest is "Men", 35.0 per cent (95% interval 34.0 to 36.0), and the lowest is "Women", 30.0 per cent (95% interval 29.0 to 31.0),` + of + "." + untested + " None of its 3 items has a figure of the whole.",
		},
		{"nothing at all", codebook.All, "", nil, nil, ": there is no figure."},
	} {
		v := Page{Entry: release.Indicator{ID: "x", Decimals: indicator.Decimals}, Labels: labels, Content: release.Content{Figures: c.figures, Changes: c.changes}}
		if got := v.Lead(c.by, c.item); got != "People who trust"+c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, "People who trust"+c.want)
		}
	}
}

// An evaluation's page says what was found and how far that was read, or that nothing is
// known.
func TestLeadOfEvidence(t *testing.T) {
	finding := func(direction, text, known string, strength int64) release.Evidence {
		return release.Evidence{Measure: "1.a", Kind: release.KindFinding, Direction: direction, Text: text, Known: known, Strength: strength}
	}
	for _, c := range []struct {
		name string
		rows []release.Evidence
		want string
	}{
		{"two findings", []release.Evidence{finding("positive", "Crime fell", "read", 3), finding("negative", "Data were weak", "excerpt", 2)}, "2 findings, 1 positive and 1 negative: crime fell; data were weak. Their strength is graded 2 to 3 of 5, and 1 of 2 were read in a whole document."},
		{"one", []release.Evidence{finding("no-effect", "Nothing differed", "memory", sheet.None)}, "1 finding of no effect: nothing differed. Its strength is not graded, and it was not read in a whole document."},
		{
			"none, of what was published", []release.Evidence{
				{Measure: "1.a", Kind: release.KindMilestone, State: "published", Date: "2007-10"}, {Measure: "1.a", Kind: release.KindCaveat, Text: "Only the title was read"},
			}, "no finding is known. Its last publication that is known is of October 2007. Only the title was read.",
		},
		{"none, of nothing", []release.Evidence{{Measure: "1.a", Kind: release.KindMilestone, State: "planned", Date: "2005"}}, "no finding is known. Nothing of it is known to be published."},
	} {
		labels := &release.Labels{Indicators: []release.IndicatorLabels{{ID: "x", Title: "The study"}}}
		v := Page{Entry: release.Indicator{ID: "x"}, Labels: labels, Content: release.Content{Evidence: c.rows}}
		if got := v.Lead(codebook.All, ""); got != "The study: "+c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, "The study: "+c.want)
		}
	}
}

// TestExtent holds that a drawing's words name a figure once, and say how many are alike as
// they are shown.
func TestExtent(t *testing.T) {
	v := Page{Entry: release.Indicator{ID: "x", Decimals: indicator.Decimals}}
	figures := func(values ...float64) []release.Figure {
		var of []release.Figure
		for i, x := range values {
			of = append(of, release.Figure{Key: indicator.Key{Category: string(rune('a' + i))}, Statistic: string(indicator.Proportion), Value: x, Unit: indicator.Percent})
		}
		return of
	}
	for _, c := range []struct {
		name string
		of   []release.Figure
		want string
	}{
		{"one", figures(2), "2.0% (a)"},
		{"two", figures(2, 3), "lowest 2.0% (a), highest 3.0% (b)"},
		{"all alike as shown", figures(2, 2.01), "all 2.0%"},
		{"several the lowest", figures(2, 2, 3), "lowest 2.0% (a and 1 more), highest 3.0% (c)"},
	} {
		if got := v.extent(c.of, func(f release.Figure) string { return f.Category }); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// No number of schemes is called one of people.
func TestMeaningOfCounts(t *testing.T) {
	if got := Meaning("statistic", string(indicator.Count)); strings.Contains(got, "people") {
		t.Errorf("a count, of whatever is counted, is a %q", got)
	}
}
