package report

import (
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
	var out strings.Builder
	if err := Plan(&out, p, 200); err != nil {
		t.Fatal(err)
	}
	const want = `The plan on a page: release 2005-12-01.1, on 2005-12-01

One
  B5   Influence (HO; survey)
       other: missing: not declared in the catalogue
       influence: 40.0% in hocs/2005; up 2.0 points since hocs/2003: lower; down 3.0 points since hocs/2001: lower; next due 2007-03-31

1 of 1 measure have a figure or evidence in this release
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	for day, overdue := range map[string]string{"2007-03-31": "", "2007-04-01": "overdue"} {
		p.Day = day
		if rows := p.Rows(); rows[1].Overdue != overdue {
			t.Errorf("on %s it is %q, want %q", day, rows[1].Overdue, overdue)
		}
	}
	p.Contents = nil
	if rows := p.Rows(); !strings.HasPrefix(rows[1].Missing, "no extract that it can be computed from was supplied") {
		t.Errorf("missing %q", rows[1].Missing)
	}
}

// TestPlanTellsItemsTogether holds that an indicator of several items is one line.
func TestPlanTellsItemsTogether(t *testing.T) {
	row := func(value float64, verdict, target string) PlanRow {
		r := PlanRow{Indicator: "trust", Source: "hocs/2003", Kind: "survey", Value: value, Notes: "synthetic", Previous: change{From: "hocs/2001", Verdict: verdict}}
		r.figure = release.Figure{Value: value, Statistic: string(indicator.Proportion), Unit: "percent"}
		if target != "" {
			r.Target, r.Verdict = "psa", target
		}
		return r
	}
	got := told([]PlanRow{row(40, "lower", "met (synthetic)"), row(60.4, "higher", "met (synthetic)"), row(20, "lower", "")})
	const want = "trust (3 items): 20.0% to 60.4% in hocs/2003 (synthetic); since hocs/2001: 2 lower, 1 higher; target psa: met (synthetic)"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
