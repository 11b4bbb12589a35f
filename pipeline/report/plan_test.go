package report

import (
	"math"
	"strings"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/release"
)

// progress is the plan's page of one measure with the indicator of the catalogue.
func progress(figures []release.Figure, changes []release.Change, periods map[codebook.SourceID]codebook.Period) Progress {
	c := release.Content{Figures: figures, Changes: changes}
	m := &release.Manifest{}
	built := catalogue()
	part := *built.Crosswalks[2]
	part.Wave = "2005-h2"
	built.Crosswalks = append(built.Crosswalks, &part)
	for id, period := range periods {
		m.Sources = append(m.Sources, release.Source{ID: id, Kind: release.Survey, Period: period})
	}
	return Progress{
		Register: &plan.Register{
			Strands:  []plan.Strand{{ID: "1", Title: "One"}},
			Measures: []plan.Measure{{ID: "B5", Strand: "1", Title: "Influence", Leads: []string{"HO"}, Evidence: plan.Survey, Indicators: []string{"influence", "other"}}},
			Surveys:  map[string]int{"hocs": 24},
		},
		Catalogue: built, Release: "2005-12-01.1", Manifest: m, Day: "2005-12-01",
		Labels:   release.Describe(built, m.Sources, map[string]release.Content{"influence": c}, nil, Meaning),
		Contents: map[string]release.Content{"influence": c},
	}
}

// TestPlanTakesTheLatest holds which source a page tells: the last to end, of
// those that end together the longest, and the changes since the last source that
// ended before it and since the first.
func TestPlanTakesTheLatest(t *testing.T) {
	periods := map[codebook.SourceID]codebook.Period{
		"hocs/2001": {Start: "2001-03-01", End: "2001-09-30"}, "hocs/2003": {Start: "2003-04-01", End: "2004-03-31"},
		"hocs/2005": {Start: "2004-04-01", End: "2005-03-31"}, "hocs/2005-h2": {Start: "2004-10-01", End: "2005-03-31"},
	}
	at := func(wave string, value float64) release.Figure {
		f := figure(wave, "whole", "all", "all", value, 1, 100, "core", "")
		f.PeriodStart, f.PeriodEnd = periods[f.Source].Start, periods[f.Source].End
		return f
	}
	figures := []release.Figure{at("2001", 43), at("2003", 38), at("2005", 40), at("2005-h2", 41)}
	england := figure("2005", "england", "all", "all", 99, 1, 100, "core", "")
	england.PeriodStart, england.PeriodEnd = periods["hocs/2005"].Start, periods["hocs/2005"].End
	men := figure("2005", "whole", "sex", "male", 98, 1, 100, "core", "")
	men.PeriodStart, men.PeriodEnd = periods["hocs/2005"].Start, periods["hocs/2005"].End
	var changes []release.Change
	for i, to := range figures {
		for _, from := range figures[:i] {
			changes = append(changes, between(from, to))
		}
	}
	p := progress(append(figures, england, men), changes, periods)
	p.Catalogue.Definition("influence").Direction = "higher"
	var out strings.Builder
	if err := Plan(&out, p, 200); err != nil {
		t.Fatal(err)
	}
	const want = `One
  B5   Influence (HO; survey)
       influence: 40.0% in hocs/2005; up 2.0 points since 2003: lower (worse); down 3.0 points since 2001: lower (worse)
       nothing of other: not declared in the catalogue
       next due: Citizenship Survey, 31 March 2007
`
	if !strings.HasSuffix(out.String(), want) {
		t.Errorf("got\n%s\nwant at its end\n%s", out.String(), want)
	}
	for day, overdue := range map[string]string{"2007-03-31": "", "2007-04-01": "overdue"} {
		p.Day = day
		if rows := p.Rows(); rows[1].Overdue != overdue {
			t.Errorf("on %s it is %q, want %q", day, rows[1].Overdue, overdue)
		}
	}
	p.Contents = nil
	if rows := p.Rows(); !strings.HasPrefix(rows[1].Missing, "the catalogue has no wave that it can be computed from") {
		t.Errorf("missing %q", rows[1].Missing)
	}
}

// TestPlanTellsItemsTogether holds that an indicator of several items is one line:
// of up to three items each figure, of more the lowest and the highest.
func TestPlanTellsItemsTogether(t *testing.T) {
	row := func(item string, value float64, verdict string) PlanRow {
		r := PlanRow{Indicator: "trust", Item: item, Source: "hocs/2003", Kind: "survey", Value: value, Notes: "synthetic", Wanted: "higher", Previous: change{From: "hocs/2001", Verdict: verdict}}
		r.figure = release.Figure{Value: value, Statistic: string(indicator.Proportion), Unit: "percent"}
		r.digits = indicator.Decimals
		return r
	}
	rows := []PlanRow{row("police", 40, "lower"), row("courts", 60.4, "higher"), row("council", 20, "lower"), row("parliament", 30, "no clear change")}
	for n, want := range map[int]string{
		3: "trust (3 items): 40.0% (police), 60.4% (courts), 20.0% (council) in hocs/2003 (synthetic); since 2001: 2 lower (worse), 1 higher (better)",
		4: "trust (4 items): 20.0% (council) to 60.4% (courts) in hocs/2003 (synthetic); since 2001: 2 lower (worse), 1 higher (better), 1 no clear change",
	} {
		if got := standings(rows[:n]); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// TestPlanCountsOnce holds that the table of strands counts a figure and a target
// of two measures once, and the way that figures moved by what is wanted.
func TestPlanCountsOnce(t *testing.T) {
	moved := func(measure, item, wanted, verdict string) PlanRow {
		return PlanRow{
			Measure: measure, Indicator: "fair", Item: item, Source: "hocs/2003", Wanted: wanted, Previous: change{Verdict: verdict}, NextDue: "2005-09-30", Overdue: "overdue",
			targets: []standing{{ID: "psa-7", Verdict: release.OnCourse}, {ID: "psa-2", Verdict: release.NotMet}, {ID: "ni-1", Verdict: release.NotMeasurable}},
		}
	}
	rows := []PlanRow{
		moved("4.a", "police", "higher", release.Higher), moved("6.a", "police", "higher", release.Higher), moved("4.a", "courts", "lower", release.Higher),
		moved("4.a", "prisons", "", release.Higher), moved("4.a", "council", "higher", release.NoClearChange), moved("4.a", "school", "higher", release.NotComparable),
		{Measure: "1.a", Indicator: "study", Missing: "not declared in the catalogue"},
	}
	want := counts{measures: 3, served: 2, better: 1, worse: 1, unclear: 1, targets: 3, met: 1, notMet: 1, overdue: 1}
	if got := countsOf(rows); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got, want := strings.Join(countsOf(rows).cells(), " "), "2 of 3 1 1 1 1 1 1"; got != want {
		t.Errorf("cells %q, want %q", got, want)
	}
}

// TestPlanTellsParts holds that an indicator without a figure of the whole is told
// by those of its parts, and one without any as such: it is never left out.
func TestPlanTellsParts(t *testing.T) {
	periods := map[codebook.SourceID]codebook.Period{"hocs/2003": {Start: "2003-04-01", End: "2004-03-31"}}
	of := func(category string, value float64, status string) release.Figure {
		f := figure("2003", "whole", "sex", category, value, 1, 100, "core", "")
		f.Status = status
		f.PeriodStart, f.PeriodEnd = periods["hocs/2003"].Start, periods["hocs/2003"].End
		return f
	}
	for _, c := range []struct {
		claim   string
		figures []release.Figure
		want    string
	}{
		{"two parts", []release.Figure{of("male", 41, ""), of("female", 38.5, "")}, "influence: no figure of the whole in hocs/2003; by sex (2): 38.5% to 41.0%"},
		{"parts without a value", []release.Figure{of("male", math.NaN(), "u")}, "influence: no figure of the whole in hocs/2003"},
	} {
		rows := progress(c.figures, nil, periods).Rows()
		if got := standings(rows[1:]); got != c.want {
			t.Errorf("%s: got  %s\nwant %s", c.claim, got, c.want)
		}
		if rows[1].Missing != "no figure of the whole" || !math.IsNaN(rows[1].Value) || rows[1].PeriodEnd != "2004-03-31" {
			t.Errorf("%s: missing %q, value %g, period to %s", c.claim, rows[1].Missing, rows[1].Value, rows[1].PeriodEnd)
		}
	}
}

// TestPlanTellsWhatIsNotThere holds that a figure, a change and a verdict that are
// not there are told in words.
func TestPlanTellsWhatIsNotThere(t *testing.T) {
	r := PlanRow{Indicator: "trust", Item: "all", Source: "hocs/2003", Kind: "survey", Value: math.NaN(), Status: "u", Previous: change{From: "hocs/2001", Change: math.NaN(), Verdict: release.NotComparable}}
	r.figure = release.Figure{Value: math.NaN(), Status: "u", Statistic: string(indicator.Proportion)}
	if got, want := standings([]PlanRow{r}), "trust: no figure (too few respondents to be reliable) in hocs/2003; not comparable with 2001"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	p := progress([]release.Figure{figure("2003", "whole", "all", "all", 38, 1, 100, "core", "")}, nil, map[codebook.SourceID]codebook.Period{"hocs/2003": {Start: "2003-04-01", End: "2004-03-31"}})
	c := p.Contents["influence"]
	key := c.Figures[0].Key
	c.Targets = []release.Target{{Key: key, Target: "more", Scope: release.ScopeFigure, Date: "2007-12-31", Verdict: release.NotMeasurable, Reason: string(indicator.TargetNoBaseline)}}
	p.Contents["influence"] = c
	p.Labels.Indicator("influence").Targets = []release.TargetLabels{{ID: "more", Title: "More influence"}}
	var out strings.Builder
	if err := Plan(&out, p, 200); err != nil {
		t.Fatal(err)
	}
	if want := "target for 2007-12-31 not measurable: More influence; no figure for the baseline\n"; !strings.Contains(out.String(), want) {
		t.Errorf("no %q in\n%s", want, out.String())
	}
}

// TestPlanTellsTargetsThatCannotBeMeasured holds that a target which no indicator
// is held against stands under its measures, or at the end, with the reason.
func TestPlanTellsTargetsThatCannotBeMeasured(t *testing.T) {
	p := progress(nil, nil, nil)
	p.Register.Targets = []plan.Unmeasured{
		{ID: "ni-4", Title: "More influence", Measures: []string{"B5"}, Why: "no wave was made", Known: plan.KnownMemory},
		{ID: "ni-20", Title: "Fewer assaults", Why: "nothing counts them"},
	}
	var out strings.Builder
	if err := Plan(&out, p, 200); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\n         target not measurable: More influence (from memory: check it); no wave was made\n",
		"\nTargets beside the plan\n  target not measurable: Fewer assaults; nothing counts them\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	p.Lead = "DfT"
	if rows := p.Rows(); len(rows) != 0 {
		t.Errorf("%d rows for a department that leads nothing", len(rows))
	}
}
