package compare

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/release"
)

// Targets judges a definition's targets by the figures and changes that are
// published, with every digit of them. Each source from the
// baseline on has one, up to the first whose period ends on the target's date or
// after it, which settles it: the sources' periods decide, and no clock. The rows
// are in canonical order.
//
// A rise or a fall is significant where the change from the baseline is clear
// (Changes), with the errors of both figures; a complete count has none, and
// moves where it moves. A level is reached by the value before it is rounded; on the way
// it is held against the straight line from the baseline to the level.
func Targets(d *indicator.Definition, c release.Content) []release.Target {
	if len(d.Targets) == 0 {
		return nil
	}
	var rows []release.Target
	changes := make(map[pairKey]*release.Change, len(c.Changes))
	for i := range c.Changes {
		ch := &c.Changes[i]
		changes[pairKey{ch.Key, ch.FromSource}] = ch
	}
	for _, t := range d.Targets {
		j := judge{definition: d, target: t, changes: changes}
		rows = append(rows, j.rows(c.Figures)...)
	}
	slices.SortFunc(rows, release.Target.Compare)
	return rows
}

type pairKey struct {
	indicator.Key
	from codebook.SourceID
}

// A judge holds one target against figures.
type judge struct {
	definition *indicator.Definition
	target     plan.Target
	changes    map[pairKey]*release.Change
}

// A footing is what a target starts from.
type footing struct {
	figure *release.Figure // nil where it is a value as printed
	value  float64         // NaN for none
	within float64         // half the last digit of a printed value
	date   string          // last day
}

func (j *judge) rows(figures []release.Figure) []release.Target {
	var rows []release.Target
	bySource := map[codebook.SourceID][]release.Target{}
	var sources []codebook.SourceID
	for _, series := range j.series(figures) {
		for _, row := range j.figure(series) {
			if bySource[row.Source] == nil {
				sources = append(sources, row.Source)
			}
			bySource[row.Source] = append(bySource[row.Source], row)
			rows = append(rows, row)
		}
	}
	if j.target.Met != "" {
		for _, source := range sources {
			rows = append(rows, j.together(bySource[source]))
		}
	}
	return rows
}

// series lists the figures that the target is of, each with all of its sources
// by the end of their periods.
func (j *judge) series(figures []release.Figure) [][]release.Figure {
	selectors := j.target.Figures
	if len(selectors) == 0 {
		selectors = []plan.Selector{{}}
	}
	only := ""
	if len(j.definition.Populations) == 1 {
		only = j.definition.Populations[0]
	}
	var of [][]release.Figure
	for _, s := range selectors {
		want := plan.Selector{
			Population: cmp.Or(s.Population, only), Breakdown: cmp.Or(s.Breakdown, codebook.All),
			Category: s.Category, Item: cmp.Or(s.Item, codebook.All),
		}
		if s.Breakdown == "" {
			want.Category = codebook.All
		}
		parts := map[indicator.Key][]release.Figure{}
		for _, f := range figures {
			if f.Population != want.Population || f.Breakdown != want.Breakdown || f.Item != want.Item || want.Category != "" && f.Category != want.Category {
				continue
			}
			if b := j.target.Baseline; b != nil && b.Source.Survey() != f.Source.Survey() {
				continue
			}
			parts[f.Series()] = append(parts[f.Series()], f)
		}
		for _, part := range parts {
			slices.SortFunc(part, func(a, b release.Figure) int {
				return cmp.Or(cmp.Compare(a.PeriodEnd, b.PeriodEnd), cmp.Compare(a.PeriodStart, b.PeriodStart), cmp.Compare(a.Source, b.Source))
			})
			of = append(of, part)
		}
	}
	slices.SortFunc(of, func(a, b []release.Figure) int { return a[0].Key.Compare(b[0].Key) })
	return of
}

// figure judges one figure at each source.
func (j *judge) figure(series []release.Figure) []release.Target {
	from := j.start(series)
	due := j.target.Due()
	var rows []release.Target
	for i := range series {
		f := &series[i]
		switch {
		case j.target.Baseline != nil && f.Source == j.target.Baseline.Source:
			row := j.row(f, from)
			row.Verdict, row.Reason = release.TooEarly, indicator.Note{Code: indicator.TargetAtBaseline}.String()
			row.Expected, row.P = math.NaN(), math.NaN()
			rows = append(rows, row)
			continue
		case from.date != "" && f.PeriodEnd <= from.date:
			continue
		}
		rows = append(rows, j.row(f, from))
		if due != "" && f.PeriodEnd >= due {
			break
		}
	}
	return rows
}

// start finds what the target starts from: a figure of the release, or else the
// value as it was printed.
func (j *judge) start(series []release.Figure) footing {
	b := j.target.Baseline
	if b == nil {
		return footing{value: math.NaN()}
	}
	for i := range series {
		if f := &series[i]; f.Source == b.Source && (f.Status == "" || b.Value == "") {
			return footing{figure: f, value: f.Value, date: f.PeriodEnd}
		}
	}
	value, within := b.Printed()
	days, _ := codebook.Days(b.Date)
	return footing{value: value, within: within, date: days.End}
}

// row judges a figure.
func (j *judge) row(f *release.Figure, from footing) release.Target {
	t, nan := j.target, math.NaN()
	row := release.Target{
		Key: f.Key, Target: t.ID, Scope: release.ScopeFigure, Rule: t.Rule, Unit: f.Unit, Baseline: from.value, Level: nan, Date: t.Due(),
		Value: f.Value, Expected: nan, P: nan,
	}
	if t.Baseline != nil {
		row.BaselineSource = string(t.Baseline.Source)
	}
	switch {
	case t.Level != nil:
		row.Level = *t.Level
	case t.Percent != nil:
		row.Level = indicator.Settle(from.value + float64(from.value**t.Percent)/100)
	}
	notes := f.NoteList().Only(indicator.Synthetic)
	if from.within > 0 {
		notes.Add(indicator.Note{Code: indicator.TargetRounded})
		if t.Baseline.StdError == 0 && !math.IsNaN(f.SE) {
			notes.Add(indicator.Note{Code: indicator.TargetBaselineError})
		}
	}
	row.Notes = notes.String()
	say := func(verdict string, reason indicator.Note) release.Target {
		row.Verdict, row.Reason = verdict, reason.String()
		return row
	}
	code := func(c indicator.NoteCode) indicator.Note { return indicator.Note{Code: c} }
	switch {
	case f.Status != "":
		return say(release.NotMeasurable, indicator.Note{Code: indicator.NoFigureOf, Of: string(f.Source), Args: []string{f.Status}})
	case t.Baseline != nil && math.IsNaN(from.value):
		return say(release.NotMeasurable, code(indicator.TargetNoBaseline))
	}
	due := t.Date != "" && f.PeriodEnd >= t.Due()
	moved, p, why := 0, nan, indicator.Note{}
	if t.Baseline != nil {
		moved, p, why = j.moved(f, from)
	}
	row.P = p
	rise := t.Rule == plan.RuleRise || t.Rule == plan.RuleLevel && (row.Level > from.value || t.Baseline == nil && j.definition.Direction == "higher")
	if !rise {
		moved = -moved
	}
	by := func(now, before string) string {
		if due {
			return now
		}
		return before
	}
	if t.Rule != plan.RuleLevel {
		switch {
		case why.Code != "":
			return say(release.NotMeasurable, why)
		case moved > 0:
			return say(by(release.Met, release.OnCourse), code(indicator.TargetBetter))
		case moved < 0:
			return say(by(release.NotMet, release.OffCourse), code(indicator.TargetWorse))
		}
		return say(by(release.NotMet, release.NoClearChange), code(indicator.TargetUnclear))
	}
	past := func(level float64) bool { return f.Value == level || rise == (f.Value > level) }
	switch {
	case why.Is(indicator.Broken):
		return say(release.NotMeasurable, why)
	case due && past(row.Level):
		return say(release.Met, code(indicator.TargetReached))
	case due:
		return say(release.NotMet, code(indicator.TargetShort))
	case t.Date == "" && past(row.Level):
		return say(release.Met, code(indicator.TargetReached))
	case past(row.Level):
		return say(release.OnCourse, code(indicator.TargetReachedEarly))
	case t.Baseline == nil:
		return say(release.TooEarly, code(indicator.TargetNoLine))
	case why.Code == "" && moved < 0:
		return say(release.OffCourse, code(indicator.TargetWorse))
	case why.Code == "" && moved == 0:
		return say(release.NoClearChange, code(indicator.TargetUnclear))
	}
	if t.Date == "" { // no line to a day that nobody knows
		if why.Code != "" {
			return say(release.NotMeasurable, why)
		}
		return say(release.OnCourse, code(indicator.TargetBetter))
	}
	row.Expected = indicator.Settle(from.value + float64((row.Level-from.value)*share(from.date, f.PeriodEnd, t.Due())))
	if past(row.Expected) {
		return say(release.OnCourse, code(indicator.TargetAhead))
	}
	return say(release.OffCourse, code(indicator.TargetBehind))
}

// moved says which way a figure clearly moved since the baseline: 1, -1 or 0,
// with the p-value, or why that cannot be told.
func (j *judge) moved(f *release.Figure, from footing) (way int, p float64, why indicator.Note) {
	if from.figure != nil {
		ch := j.changes[pairKey{f.Key, from.figure.Source}]
		switch {
		case ch == nil:
			return 0, math.NaN(), indicator.Note{Code: indicator.TargetNoBaseline}
		case ch.Verdict == release.Higher:
			return 1, ch.P, why
		case ch.Verdict == release.Lower:
			return -1, ch.P, why
		case ch.Verdict == release.NotComparable:
			return 0, math.NaN(), ch.ReasonNote()
		}
		return 0, ch.P, why
	}
	change := f.Value - from.value
	size := max(math.Abs(change)-from.within, 0) // at least, whatever was rounded off
	p = math.NaN()
	if !math.IsNaN(f.SE) {
		if !(f.DF > 0) {
			return 0, p, indicator.Note{Code: indicator.NoErrorOfBoth}
		}
		p = indicator.Settle(indicator.PValue(size/changeSE(f.SE, j.target.Baseline.StdError, 0), f.DF))
		if p >= Significance {
			return 0, p, why
		}
	}
	switch {
	case size == 0:
		return 0, p, why
	case change > 0:
		return 1, p, why
	}
	return -1, p, why
}

// share is how much of the time between two days is over on a third.
func share(from, at, to string) float64 {
	return days(from, at) / days(from, to)
}

// days counts the days from one to another.
func days(from, to string) float64 { return day(to) - day(from) }

// day numbers a date, NaN for what is none.
func day(date string) float64 {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return math.NaN()
	}
	return float64(t.Unix() / (24 * 60 * 60))
}

// together judges the figures of a target as one, at a source.
func (j *judge) together(rows []release.Target) release.Target {
	n, nan := map[string]int{}, math.NaN()
	var notes indicator.Notes
	for _, row := range rows {
		n[row.Verdict]++
		notes.Add(row.NoteList()...)
	}
	first := rows[0]
	all := release.Target{
		Key:    indicator.Key{Indicator: first.Indicator, Source: first.Source, Population: first.Population, Breakdown: codebook.All, Category: codebook.All, Item: codebook.All},
		Target: j.target.ID, Scope: release.ScopeAll, Rule: j.target.Met, Unit: first.Unit, BaselineSource: first.BaselineSource, Date: first.Date,
		Baseline: nan, Level: nan, Value: nan, Expected: nan, P: nan, Notes: notes.String(),
	}
	if j.target.Met == plan.MetMajority {
		all.Verdict = majority(n, len(rows))
	} else {
		all.Verdict = every(n)
	}
	good := n[release.Met] + n[release.OnCourse]
	all.Reason = indicator.Note{Code: indicator.TargetOf, Args: []string{strconv.Itoa(good), strconv.Itoa(len(rows))}}.String()
	return all
}

// every is the verdict of figures that must all meet a target: the worst.
func every(n map[string]int) string {
	for _, v := range []string{release.NotMet, release.NotMeasurable, release.OffCourse, release.NoClearChange, release.TooEarly, release.OnCourse} {
		if n[v] > 0 {
			return v
		}
	}
	return release.Met
}

// majority is the verdict of figures of which more than half must meet a target.
func majority(n map[string]int, of int) string {
	more := func(verdicts ...string) bool {
		sum := 0
		for _, v := range verdicts {
			sum += n[v]
		}
		return 2*sum > of
	}
	unsettled := []string{release.NotMeasurable, release.TooEarly, release.NoClearChange}
	switch {
	case more(release.Met):
		return release.Met
	case more(release.Met, release.OnCourse):
		return release.OnCourse
	case 2*(of-n[release.NotMet]) <= of: // no majority is left
		return release.NotMet
	case 2*(of-n[release.NotMet]-n[release.OffCourse]) <= of:
		return release.OffCourse
	}
	for _, v := range unsettled {
		if more(v) {
			return v
		}
	}
	if more(release.Met, release.OnCourse, release.NotMeasurable) {
		return release.NotMeasurable // those that are not measured would decide
	}
	return release.NoClearChange
}
