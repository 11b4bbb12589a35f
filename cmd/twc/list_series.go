package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
	"togetherwecan/pipeline/series"
)

// listSeries lists the catalogue's series of returns, with the periods of each
// that a release has.
func (a *app) listSeries(c *indicator.Catalogue, department string, r *release.Manifest, format string) error {
	type listed struct {
		Series    string              `json:"series"`
		Title     string              `json:"title"`
		Body      string              `json:"body"`
		Frequency string              `json:"frequency"`
		Measures  []string            `json:"measures"`
		Leads     []string            `json:"leads"`
		Known     string              `json:"known"`
		Licence   string              `json:"licence"`
		Returns   []codebook.SourceID `json:"returns"` // in the release; null where none was asked
	}
	list := []listed{}
	var rows [][]string
	for _, s := range c.Series {
		measures, leads := serves(c, s)
		if department != "" && !slices.Contains(leads, department) {
			continue
		}
		row := []string{s.ID, s.Body, string(s.Frequency), cmp.Or(strings.Join(measures, ", "), "-"), s.Known}
		made := listed{s.ID, s.Title, s.Body, string(s.Frequency), filled(measures), filled(leads), s.Known, s.Licence, nil}
		if r != nil {
			row = append(row, atHand(s, r))
			made.Returns = []codebook.SourceID{}
			for _, source := range atHandOf(s, r) {
				made.Returns = append(made.Returns, source.ID)
			}
		}
		list = append(list, made)
		rows = append(rows, row)
	}
	header := []string{"Series", "Body", "Made", "Measures", "Columns are"}
	if r != nil {
		header = append(header, "Periods in the release")
	}
	words := "Columns are confirmed by the body's form, read in a secondary source, or from memory: show the body its form (twc template SERIES FORM.xlsx) before it is asked for a return."
	if r == nil {
		words += " The periods that a release has: --store DIR."
	}
	return a.listed(format, "series", list, header, rows, "no series of returns is led by "+department, words)
}

// serves lists the measures that a series' indicators serve, and who leads them.
func serves(c *indicator.Catalogue, s *series.Series) (measures, leads []string) {
	for _, d := range c.Definitions {
		if d.Tabled != nil && d.Tabled.Series == s {
			measures, leads = append(measures, d.Measures...), append(leads, d.Leads...)
		}
	}
	slices.Sort(measures)
	slices.Sort(leads)
	return slices.Compact(measures), slices.Compact(leads)
}

// atHand says which periods of a series a release has: how many, from which to
// which.
func atHand(s *series.Series, r *release.Manifest) string {
	periods := atHandOf(s, r)
	if len(periods) == 0 {
		return "none"
	}
	first, last := periods[0].ID.Wave(), periods[len(periods)-1].ID.Wave()
	if first == last {
		return first
	}
	return fmt.Sprintf("%s: %s to %s", report.Count(int64(len(periods))), first, last)
}

// atHandOf lists the returns of a series that a release has, by their periods.
func atHandOf(s *series.Series, r *release.Manifest) []release.Source {
	var periods []release.Source
	for _, source := range r.Sources {
		if source.Kind == release.Return && source.ID.Survey() == string(s.Stem()) {
			periods = append(periods, source)
		}
	}
	slices.SortFunc(periods, func(a, b release.Source) int { return cmp.Compare(a.Period.Start, b.Period.Start) })
	return periods
}

// listTargets lists the targets of the catalogue's indicators, and behind them
// those that nothing can be held against.
func (a *app) listTargets(c *indicator.Catalogue, register *plan.Register, department, format string) error {
	type listed struct {
		Indicator maybe    `json:"indicator"` // null where none is held against it
		Target    string   `json:"target"`
		Title     string   `json:"title"`
		Date      maybe    `json:"date"` // null where none is stated
		Rule      maybe    `json:"rule"`
		Level     *float64 `json:"level"`
		Percent   *float64 `json:"percent"` // of the baseline
		From      string   `json:"from"`
		Known     string   `json:"known"`
		Why       maybe    `json:"why"` // it cannot be measured
	}
	list := []listed{}
	var rows [][]string
	for _, d := range c.Definitions {
		if department != "" && !slices.Contains(d.Leads, department) {
			continue
		}
		for _, t := range d.Targets {
			list = append(list, listed{maybe(d.ID), t.ID, t.Title, maybe(t.Date), maybe(t.Rule), t.Level, t.Percent, t.From, t.Known, ""})
			rows = append(rows, []string{d.ID, cmp.Or(t.Date, "-"), rule(t), t.Title + " (" + t.Known + ")"})
		}
	}
	measured := len(rows)
	for _, t := range register.Targets {
		if department != "" && !slices.ContainsFunc(t.Measures, func(id string) bool {
			m, _ := register.Measure(id)
			return slices.Contains(m.Leads, department)
		}) {
			continue
		}
		list = append(list, listed{"", t.ID, t.Title, maybe(t.Date), "", nil, nil, t.From, t.Known, maybe(t.Why)})
		rows = append(rows, []string{"-", cmp.Or(t.Date, "-"), "none", t.Title + ": " + t.Why + " (" + t.Known + ")"})
	}
	return a.listed(format, "targets", list, []string{"Indicator", "By", "Rule", "Target, and how it is known"}, rows, "no target is led by "+department,
		fmt.Sprintf("%s, %d of them with an indicator that is held against them; of the others the reason is said.", report.Plural(len(rows), "target"), measured))
}

// rule is the rule of a target in a few words.
func rule(t plan.Target) string {
	number := func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
	switch {
	case t.Level != nil:
		return "level " + number(*t.Level)
	case t.Percent != nil:
		return "level " + number(*t.Percent) + "%"
	}
	return t.Rule
}
