package release

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/series"
)

// compared is a manifest of one indicator whose figures rest on the sources of 2001 and 2003.
func compared() *Manifest {
	m := manifest("", false, "2001", "2003")
	m.Disclosure = indicator.Policy{Name: "open", Precision: indicator.Precisions{Percent: "1", Total: "3 significant"}}
	x := &m.Indicators[0]
	x.Decimals, x.Definition = 6, "d"
	x.Lineage = map[codebook.SourceID]string{"hocs/2001": "l1", "hocs/2003": "l3"}
	for i := range m.Sources {
		m.Sources[i].Files = []SourceFile{{Name: "a.tab", Digest: "f"}}
	}
	return m
}

// valued is a figure with an error and an interval.
func valued(k indicator.Key, value float64) Figure {
	f := figure(k, value)
	f.SE, f.Lower, f.Upper = 0.5, value-1, value+1
	return f
}

func before() Content {
	c := Content{
		Figures: []Figure{valued(key("2001", "all", "all"), 42.9), valued(key("2001", "sex", "men"), 43.5), valued(key("2003", "all", "all"), 38.1)},
		Changes: []Change{change("2001", "2003", -4.8)},
		Trends:  []Trend{{Key: key("2003", "all", "all"), FromSource: "hocs/2001", Statistic: "proportion", Unit: "percentage points", Points: 3, Slope: -2.4, Verdict: Falling}},
		Targets: []Target{{Key: key("2003", "all", "all"), Target: "rise", Scope: ScopeFigure, Rule: "rise", Unit: "percent", Value: 38.1, Verdict: NotMet, Reason: "target-worse"}},
	}
	c.Sort()
	return c
}

func hide(f *Figure, status string) { f.Status = status; f.Empty() }

// What moves says of one edit, and what type of revision it is. The figures of before
// have an error of 0.5 and an interval of one to either side.
func TestMoves(t *testing.T) {
	nan := math.NaN()
	type row struct {
		Table, Event, Column, Was, Now, Columns string
		Change, Digits, Errors                  float64
		Revision                                RevisionType
	}
	moved := func(was, now string, change, digits, errors float64, revision RevisionType) row {
		return row{"figures", "moved", "value", was, now, "value", change, digits, errors, revision}
	}
	plain := func(table, event, column, was, now, columns string, revision RevisionType) row {
		return row{table, event, column, was, now, columns, nan, nan, nan, revision}
	}
	first := func(f func(*Figure)) func(*Content) { return func(c *Content) { f(&c.Figures[0]) } }
	to := func(x float64) func(*Content) { return first(func(f *Figure) { f.Value = x }) }
	for _, c := range []struct {
		name  string
		edit  func(*Content)
		about func(was, now *Manifest)
		want  []row
		of    RevisionType
	}{
		{name: "nothing", of: NotRevised},
		{
			name: "a value in its interval", edit: to(43.4),
			want: []row{moved("42.9", "43.4", 0.5, 5, 1, CorrectionMinor)}, of: CorrectionMinor,
		},
		{
			name: "a value on its limit", edit: to(43.9),
			want: []row{moved("42.9", "43.9", 1, 10, 2, CorrectionMinor)}, of: CorrectionMinor,
		},
		{
			name: "a value out of its interval", edit: to(44),
			want: []row{moved("42.9", "44", 1.1, 11, 2.2, CorrectionSubstantial)}, of: CorrectionSubstantial,
		},
		{
			name: "out of its interval by another definition of its source", edit: to(30),
			about: func(_, now *Manifest) { now.Indicators[0].Lineage["hocs/2001"] = "l2" },
			want:  []row{moved("42.9", "30", -12.9, -129, -25.8, ScheduledMethod)}, of: ScheduledMethod,
		},
		{
			name: "another definition of the other source alone", edit: to(43),
			about: func(_, now *Manifest) { now.Indicators[0].Lineage["hocs/2003"] = "l4" },
			want:  []row{moved("42.9", "43", 0.1, 1, 0.2, CorrectionMinor)}, of: CorrectionMinor,
		},
		{
			name: "another quantity", edit: to(30),
			about: func(_, now *Manifest) { now.Indicators[0].Quantity = "other" },
			want:  []row{moved("42.9", "30", -12.9, -129, -25.8, ScheduledMethod)}, of: ScheduledMethod,
		},
		{
			name: "rounded to fewer digits", edit: to(43),
			about: func(_, now *Manifest) { now.Disclosure.Precision.Percent = "0" },
			want:  []row{{"figures", "rounded", "value", "42.9", "43", "value", 0.1, 0.1, 0.2, DisclosureRevision}}, of: DisclosureRevision,
		},
		{
			name: "moved by more than the digits of both", edit: to(44),
			about: func(_, now *Manifest) { now.Disclosure.Precision.Percent = "0" },
			want:  []row{moved("42.9", "44", 1.1, 1.1, 2.2, CorrectionSubstantial)}, of: CorrectionSubstantial,
		},
		{
			name: "fewer decimals by the definition", edit: to(43),
			about: func(was, now *Manifest) { was.Indicators[0].Decimals, now.Indicators[0].Decimals = 0, 0 },
			want:  []row{moved("42.9", "43", 0.1, 0.1, 0.2, CorrectionMinor)}, of: CorrectionMinor,
		},
		{
			name: "withheld for few", edit: first(func(f *Figure) { hide(f, "c") }),
			want: []row{plain("figures", "hidden", "value", "42.9", "", "value std_error ci_lower ci_upper ci_level ci_method df design_effect status", DisclosureRevision)}, of: DisclosureRevision,
		},
		{
			name: "not available any more", edit: first(func(f *Figure) { hide(f, "x") }),
			want: []row{plain("figures", "hidden", "value", "42.9", "", "value std_error ci_lower ci_upper ci_level ci_method df design_effect status", CorrectionMinor)}, of: CorrectionMinor,
		},
		{
			name: "another error alone", edit: first(func(f *Figure) { f.SE = 0.6 }),
			want: []row{plain("figures", "restated", "std_error", "0.5", "0.6", "std_error", CorrectionMinor)}, of: CorrectionMinor,
		},
		{
			name: "a base withheld", edit: first(func(f *Figure) { f.Base = Withheld }),
			want: []row{plain("figures", "restated", "base_unweighted", "10015", "", "base_unweighted", DisclosureRevision)}, of: DisclosureRevision,
		},
		{
			name: "another note", edit: first(func(f *Figure) { f.Notes = "caution(50)" }),
			want: []row{plain("figures", "restated", "notes", "", "caution(50)", "notes", WordsRevised)}, of: WordsRevised,
		},
		{
			name: "another unit", edit: first(func(f *Figure) { f.Unit = "ratio" }),
			want: []row{plain("figures", "redefined", "unit", "percent", "ratio", "unit", ScheduledMethod)}, of: ScheduledMethod,
		},
		{
			name: "a change moved and its verdict flipped", edit: func(c *Content) { c.Changes[0].Change, c.Changes[0].Verdict = -0.3, NoClearChange },
			want: []row{
				{"changes", "moved", "change", "-4.8", "-0.3", "change verdict", 4.5, 45, 5.63, CorrectionMinor},
				plain("changes", "flipped", "verdict", "lower", "no clear change", "change verdict", CorrectionSubstantial),
			},
			of: CorrectionSubstantial,
		},
		{
			name: "a break declared", edit: func(c *Content) {
				c.Changes[0].Empty(indicator.Note{Code: indicator.Broken, Of: "hocs/2003"})
			},
			about: func(_, now *Manifest) { now.Indicators[0].Definition = "e" },
			want:  []row{plain("changes", "hidden", "change", "-4.8", "", "change std_error ci_lower ci_upper ci_level ci_method df p_value p_adjusted verdict reason", ScheduledMethod)}, of: ScheduledMethod,
		},
		{
			name: "a change of a figure that is withheld now", edit: func(c *Content) {
				c.Changes[0].Empty(indicator.Note{Code: indicator.NoFigureOf, Of: "hocs/2003", Args: []string{"c"}})
			},
			want: []row{plain("changes", "hidden", "change", "-4.8", "", "change std_error ci_lower ci_upper ci_level ci_method df p_value p_adjusted verdict reason", DisclosureRevision)}, of: DisclosureRevision,
		},
		{
			name: "a trend whose figures stand", edit: func(c *Content) { c.Trends[0].Verdict = NoClearTrend },
			want: []row{plain("trends", "flipped", "verdict", "falling", "no clear trend", "verdict", CorrectionSubstantial)}, of: CorrectionSubstantial,
		},
		{
			name: "a trend without a figure that is withheld now", edit: func(c *Content) {
				hide(&c.Figures[0], "c")
				c.Trends[0].Verdict = NoClearTrend
			},
			want: []row{
				plain("figures", "hidden", "value", "42.9", "", "value std_error ci_lower ci_upper ci_level ci_method df design_effect status", DisclosureRevision),
				plain("trends", "flipped", "verdict", "falling", "no clear trend", "verdict", DisclosureRevision),
			},
			of: DisclosureRevision,
		},
		{
			name: "a trend flipped by a figure that was corrected", edit: func(c *Content) { c.Figures[0].Value, c.Trends[0].Verdict = 43, NoClearTrend },
			want: []row{
				moved("42.9", "43", 0.1, 1, 0.2, CorrectionMinor),
				plain("trends", "flipped", "verdict", "falling", "no clear trend", "verdict", CorrectionSubstantial),
			},
			of: CorrectionSubstantial,
		},
		{
			name: "a target that the definition sets otherwise", edit: func(c *Content) { c.Targets[0].Rule, c.Targets[0].Verdict = "fall", Met },
			about: func(_, now *Manifest) { now.Indicators[0].Definition = "e" },
			want:  []row{plain("targets", "flipped", "verdict", "not met", "met", "rule verdict", ScheduledMethod)}, of: ScheduledMethod,
		},
		{
			name: "a new source", edit: func(c *Content) { c.Figures = append(c.Figures, valued(key("2005", "all", "all"), 39)) },
			want: []row{plain("figures", "came", "value", "", "39", "", ScheduledData)}, of: ScheduledData,
		},
		{
			name: "a new category of a source that was there", edit: func(c *Content) { c.Figures = append(c.Figures, valued(key("2001", "sex", "women"), 39)) },
			want: []row{plain("figures", "came", "value", "", "39", "", CorrectionMinor)}, of: CorrectionMinor,
		},
		{
			name: "a new breakdown", edit: func(c *Content) { c.Figures = append(c.Figures, valued(key("2001", "tenure", "owner"), 39)) },
			about: func(_, now *Manifest) { now.Indicators[0].Lineage["hocs/2001"] = "l2" },
			want:  []row{plain("figures", "came", "value", "", "39", "", ScheduledMethod)}, of: ScheduledMethod,
		},
		{
			name: "an adjusted p-value beside a category that is withheld now", edit: func(c *Content) { hide(&c.Figures[1], "u"); c.Changes[0].PAdjusted = 0.5 },
			want: []row{
				plain("figures", "hidden", "value", "38.1", "", "value std_error ci_lower ci_upper ci_level ci_method df design_effect status", DisclosureRevision),
				plain("changes", "restated", "p_adjusted", "0.000000001", "0.5", "p_adjusted", DisclosureRevision),
			},
			of: DisclosureRevision,
		},
		{
			name: "a word", edit: func(c *Content) { c.Words.Indicator.Title = "Now" },
			want: []row{plain("words", "reworded", "", "", "Now", "", WordsRevised)}, of: WordsRevised,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			previous, next := compared(), compared()
			if c.about != nil {
				c.about(previous, next)
			}
			was, now := before(), before()
			if c.edit != nil {
				c.edit(&now)
			}
			now.Sort()
			list, of := moves(previous, next, "influence-local", was, now)
			var got []row
			for _, m := range list {
				got = append(got, row{m.Table, string(m.Event), m.Column, m.Was, m.Now, m.Columns, m.Change, m.Digits, m.Errors, m.Revision})
			}
			if diff := cmp.Diff(c.want, got, cmp.Comparer(func(a, b float64) bool { return a == b || a != a && b != b })); diff != "" {
				t.Errorf("moves (-want +got):\n%s", diff)
			}
			if of != c.of {
				t.Errorf("revision %s, want %s", of, c.of)
			}
		})
	}
}

// A return's digits are those that it prints, and one that was provisional is revised
// when it is read again.
func TestMovesOfReturns(t *testing.T) {
	k := indicator.Key{Indicator: "influence-local", Source: "returns/turnout/2001", Population: "returns", Breakdown: "all", Category: "all", Item: "all"}
	of := func(x float64) Content {
		return Content{Figures: []Figure{{Key: k, Statistic: "rate", Unit: "per 1,000", Value: x, SE: math.NaN(), Lower: math.NaN(), Upper: math.NaN()}}}
	}
	source := func(standing, digest string) *Manifest {
		m := compared()
		m.Sources = append(m.Sources, Source{ID: k.Source, Kind: Return, Files: []SourceFile{{Name: "a.csv", Digest: digest}}, Filed: &Filed{Standing: standing}})
		return m
	}
	for _, c := range []struct {
		name     string
		was, now *Manifest
		want     RevisionType
	}{
		{"provisional, and then final", source(series.Provisional, "a"), source(series.Final, "b"), ScheduledData},
		{"final, and then revised", source(series.Final, "a"), source(series.Revised, "b"), CorrectionMinor},
		{"provisional, of the same file", source(series.Provisional, "a"), source(series.Provisional, "a"), CorrectionMinor},
	} {
		list, got := moves(c.was, c.now, "influence-local", of(61.25), of(61.2))
		if got != c.want || len(list) != 1 || list[0].Digits != -5 {
			t.Errorf("%s: got %s, %v; want %s and 5 units of the second decimal down", c.name, got, list, c.want)
		}
	}
}

func TestNewDiff(t *testing.T) {
	was, now := compared(), compared()
	now.Sources = append(now.Sources[:1:1], Source{ID: "hocs/2005", Kind: Survey, Wave: &Wave{}})
	now.Sources[0].Files = []SourceFile{{Name: "a.tab", Digest: "g"}}
	now.Indicators = append(now.Indicators, Indicator{ID: "new-one", Version: "1.0.0"})
	now.Disclosure.Name, now.Disclosure.Precision.Percent = "open-too", "0"
	contents := map[string]Content{"influence-local": before()}
	d := NewDiff(Side{"a", was, contents}, Side{"b", now, contents}, nil)
	if diff := cmp.Diff([]SourceDiff{{"hocs/2001", Restated}, {"hocs/2003", Went}, {"hocs/2005", Came}}, d.Sources); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]PolicyDiff{{"name", "open", "open-too"}, {"precision.percent", "1", "0"}}, d.Policy); diff != "" {
		t.Errorf("policy (-want +got):\n%s", diff)
	}
	if len(d.Indicators) != 2 || d.Indicators[0].Class != Unchanged || d.Indicators[1].Class != New || d.Indicators[1].Revision != NotRevised {
		t.Errorf("indicators %+v, want the first unchanged and the second new", d.Indicators)
	}
	if d := NewDiff(Side{"a", was, contents}, Side{"b", now, contents}, []string{"new-one"}); len(d.Indicators) != 1 {
		t.Errorf("%d indicators, want the one that was asked for", len(d.Indicators))
	}
}
