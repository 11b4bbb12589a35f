package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/evaluation"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
)

// A Progress is what the page of the plan is made of: the register, a release,
// and the catalogue and the day, which say what is missing and what is overdue.
type Progress struct {
	Register  *plan.Register
	Catalogue *indicator.Catalogue
	Release   string // id
	Manifest  *release.Manifest
	Labels    *release.Labels
	Contents  map[string]release.Content // whole, or Undivided
	Notices   []release.Bearing          // that bear on the release
	Day       string                     // YYYY-MM-DD
	Lead      string                     // only measures that this department leads; "" for all
}

// Beside is the strand of the indicators that have a target and serve no measure.
const Beside = "beside"

// A PlanRow is one line of the plan's page: where a measure stands by one
// indicator or item of it, why nothing is to be had, or a target that nothing
// can be held against. Of a strand Beside the title is the indicator's.
type PlanRow struct {
	Measure, Strand, Title, Leads, Rests string
	Indicator, Item, Label               string
	Source                               codebook.SourceID
	Kind                                 string
	Licence                              string
	PeriodStart, PeriodEnd               string
	Population                           string
	Statistic, Unit                      string
	Value, SE                            float64
	Status                               string
	Wanted                               string // higher, lower or none
	Previous, Baseline                   change
	Trend                                string
	Target, Verdict                      string
	Evidence                             string
	NextDue, Overdue                     string
	Missing                              string
	Notices                              string
	Notes                                string

	dueOf   string // what is due then, in words
	figure  release.Figure
	digits  digits
	parts   parts
	targets []standing
	found   []evaluation.Finding
}

// parts are the figures of parts where there is none of the whole: how many, by
// which breakdown, and from what to what.
type parts struct {
	n        int
	by, span string
}

// A standing is where a target stands.
type standing struct {
	ID, Title, Date, Verdict, Why, Known string
	synthetic                            bool
}

// A change is one from an earlier source.
type change struct {
	From    string
	Change  float64
	Verdict string
	row     release.Change
	period  codebook.Period // of From
}

// when is the period of the source that it is from, in words.
func (c change) when() string { return periodOf(codebook.SourceID(c.From), c.period) }

// PlanColumns are the columns of the plan's page for programs.
var PlanColumns = []sheet.Column[PlanRow]{
	{Name: "measure", About: "Measure of the action plan; null beside it", Text: func(r *PlanRow) *string { return &r.Measure }},
	{Name: "strand", Required: true, About: "Strand of the plan; beside for indicators that have a target and serve no measure", Text: func(r *PlanRow) *string { return &r.Strand }},
	{Name: "title", Required: true, About: "What the measure is", Text: func(r *PlanRow) *string { return &r.Title }},
	{Name: "leads", About: "Departments that lead it; null for a target that stands alone", Text: func(r *PlanRow) *string { return &r.Leads }},
	{Name: "rests_on", About: "Kind of evidence that the plan names: survey, returns or evaluation; null likewise", Text: func(r *PlanRow) *string { return &r.Rests }},
	{Name: "indicator", About: "Indicator or evaluation that serves it; null where there is none", Text: func(r *PlanRow) *string { return &r.Indicator }},
	{Name: "item", About: "Which of its items", Text: func(r *PlanRow) *string { return &r.Item }},
	{Name: "source", About: "Latest source", Text: func(r *PlanRow) *string { return (*string)(&r.Source) }},
	{Name: "source_kind", About: "survey, return or evaluation", Text: func(r *PlanRow) *string { return &r.Kind }},
	{Name: "licence", About: "Licence of the source", Text: func(r *PlanRow) *string { return &r.Licence }},
	{Name: "period_start", About: "First day of the source's period", Text: func(r *PlanRow) *string { return &r.PeriodStart }},
	{Name: "period_end", About: "Last day of it", Text: func(r *PlanRow) *string { return &r.PeriodEnd }},
	{Name: "population", About: "Population that the figure is about", Text: func(r *PlanRow) *string { return &r.Population }},
	{Name: "statistic", About: "Kind of figure", Text: func(r *PlanRow) *string { return &r.Statistic }},
	{Name: "unit", About: "Unit of the value", Text: func(r *PlanRow) *string { return &r.Unit }},
	{Name: "value", About: "The latest figure", Number: func(r *PlanRow) *float64 { return &r.Value }},
	{Name: "std_error", About: "Its standard error", Number: func(r *PlanRow) *float64 { return &r.SE }},
	{Name: "status", About: "Why there is no value", Text: func(r *PlanRow) *string { return &r.Status }},
	{Name: "wanted", About: "Whether the figure is wanted higher, lower or none of both", Text: func(r *PlanRow) *string { return &r.Wanted }},
	{Name: "previous_source", About: "Source before it", Text: func(r *PlanRow) *string { return &r.Previous.From }},
	{Name: "change", About: "Change since that", Number: func(r *PlanRow) *float64 { return &r.Previous.Change }},
	{Name: "verdict", About: "higher, lower, no clear change or not comparable", Text: func(r *PlanRow) *string { return &r.Previous.Verdict }},
	{Name: "baseline_source", About: "Baseline: that of the target, or else the first source", Text: func(r *PlanRow) *string { return &r.Baseline.From }},
	{Name: "change_since_baseline", About: "Change since the baseline", Number: func(r *PlanRow) *float64 { return &r.Baseline.Change }},
	{Name: "verdict_since_baseline", About: "higher, lower, no clear change or not comparable", Text: func(r *PlanRow) *string { return &r.Baseline.Verdict }},
	{Name: "trend", About: "rising, falling or no clear trend over all sources", Text: func(r *PlanRow) *string { return &r.Trend }},
	{Name: "target", About: "Targets of it, with semicolons between them", Text: func(r *PlanRow) *string { return &r.Target }},
	{Name: "target_verdict", About: "Where each stands", Text: func(r *PlanRow) *string { return &r.Verdict }},
	{Name: "evidence", About: "Of an evaluation: how far it is, and what it found", Text: func(r *PlanRow) *string { return &r.Evidence }},
	{Name: "next_due", About: "When the next figure or document is due", Text: func(r *PlanRow) *string { return &r.NextDue }},
	{Name: "overdue", About: "overdue where that is before the day that was asked for", Text: func(r *PlanRow) *string { return &r.Overdue }},
	{Name: "missing", About: "What is missing, and why: of a target, why it cannot be measured", Text: func(r *PlanRow) *string { return &r.Missing }},
	{Name: "notes", About: "synthetic where the figure is of made-up data", Text: func(r *PlanRow) *string { return &r.Notes }},
	{Name: "notices", About: "Numbers of the notices by which its figures are wrong or withdrawn in this release, and ids of the later releases that corrected them without one", Text: func(r *PlanRow) *string { return &r.Notices }},
}

// Rows lists the lines of the plan's page in the register's order: every measure
// and every indicator that serves it has at least one. Behind them are those of
// the indicators that have a target and serve none.
func (p Progress) Rows() []PlanRow {
	var rows []PlanRow
	leads := func(names []string) bool { return p.Lead == "" || slices.Contains(names, p.Lead) }
	blank := PlanRow{Value: math.NaN(), SE: math.NaN(), Previous: change{Change: math.NaN()}, Baseline: change{Change: math.NaN()}}
	serving := map[string]bool{}
	for _, m := range p.Register.Measures {
		like := blank
		like.Measure, like.Strand, like.Title, like.Leads, like.Rests = m.ID, m.Strand, m.Title, strings.Join(m.Leads, ", "), m.Evidence
		var of []PlanRow
		ids := p.Catalogue.Serving(m)
		for _, id := range m.Indicators {
			if !slices.Contains(ids, id) {
				row := like
				row.Indicator, row.Missing = id, "not declared in the catalogue"
				of = append(of, row)
			}
		}
		for _, id := range ids {
			serving[id] = true
			row := like
			row.Indicator = id
			of = append(of, p.of(row)...)
		}
		of = append(of, p.unmeasured(like, func(t plan.Unmeasured) bool { return slices.Contains(t.Measures, m.ID) })...)
		if leads(m.Leads) {
			rows = append(rows, of...)
		}
	}
	for _, d := range p.Catalogue.Definitions {
		if len(d.Targets) == 0 || serving[d.ID] || !leads(d.Leads) {
			continue
		}
		row := blank
		row.Strand, row.Title, row.Leads, row.Rests, row.Indicator = Beside, d.Title, strings.Join(d.Leads, ", "), plan.Survey, d.ID
		if d.Tabled != nil {
			row.Rests = plan.Returns
		}
		rows = append(rows, p.of(row)...)
	}
	if p.Lead == "" {
		blank.Strand = Beside
		rows = append(rows, p.unmeasured(blank, func(t plan.Unmeasured) bool { return len(t.Measures) == 0 })...)
	}
	return rows
}

// on lists the notices by which what a line tells of its indicator is affected: the item's
// undivided figures, or all of it where there is none.
func (p Progress) on(row PlanRow) []release.Bearing {
	if len(p.Notices) == 0 {
		return nil
	}
	c := p.Contents[row.Indicator]
	shown := release.Content{Words: c.Words, Evidence: c.Evidence}
	for _, f := range c.Figures {
		if f.Item == row.Item && f.Population == cmp.Or(row.Population, f.Population) && (f.Breakdown == codebook.All || row.parts.n > 0) {
			shown.Figures = append(shown.Figures, f)
		}
	}
	return release.Affecting(release.On(p.Notices, row.Indicator, shown))
}

// named lists notices by their names.
func named(list []release.Bearing) string {
	var all []string
	for _, b := range list {
		all = append(all, b.Name())
	}
	return strings.Join(all, ", ")
}

// Told are the notices that bear on a line of the page.
func (p Progress) Told(rows []PlanRow) []release.Bearing {
	return keep(p.Notices, func(b release.Bearing) bool {
		return slices.ContainsFunc(rows, func(r PlanRow) bool {
			return slices.Contains(strings.Split(r.Notices, ", "), b.Name()) && (b.Announced() || slices.Contains(b.Affects.Indicators, r.Indicator))
		})
	})
}

// unmeasured lists lines of the targets that nothing can be held against.
func (p Progress) unmeasured(like PlanRow, of func(plan.Unmeasured) bool) []PlanRow {
	var rows []PlanRow
	for _, t := range p.Register.Targets {
		if !of(t) {
			continue
		}
		row := like
		row.Target, row.Verdict, row.Missing = t.ID, release.NotMeasurable, t.Why
		if row.Title == "" {
			row.Title = t.Title
		}
		row.targets = []standing{{ID: t.ID, Title: t.Title, Verdict: release.NotMeasurable, Why: t.Why, Known: t.Known}}
		rows = append(rows, row)
	}
	return rows
}

// Undivided is what the page takes of an indicator's content: no figures and changes of
// breakdowns, but those of items that have no others.
func Undivided(c release.Content) release.Content {
	whole := map[string]bool{}
	for _, f := range c.Figures {
		whole[f.Item] = whole[f.Item] || f.Breakdown == codebook.All
	}
	wanted := func(k indicator.Key) bool { return k.Breakdown == codebook.All || !whole[k.Item] }
	c.Figures = keep(c.Figures, func(f release.Figure) bool { return wanted(f.Key) })
	c.Changes = keep(c.Changes, func(ch release.Change) bool { return wanted(ch.Key) })
	return c
}

// of lists the lines of one indicator.
func (p Progress) of(like PlanRow) []PlanRow {
	if e := p.Catalogue.Evaluation(like.Indicator); e != nil {
		row := p.evaluation(like, e)
		row.Notices = named(p.on(row))
		return []PlanRow{row}
	}
	content, published := p.Contents[like.Indicator]
	d := p.Catalogue.Definition(like.Indicator)
	if !published {
		like.Missing = p.why(d)
		return []PlanRow{like}
	}
	if d != nil && d.Direction != "none" {
		like.Wanted = d.Direction
	}
	words := p.Labels.Indicator(like.Indicator)
	var rows []PlanRow
	for _, item := range words.Items {
		row := like
		row.Item = item
		if row.Label = ""; item != codebook.All {
			row.Label = p.Labels.Text("item", like.Indicator, item)
		}
		if p.latest(&row, content, words) {
			p.moved(&row, content)
		} else {
			p.divided(&row, content)
		}
		p.targets(&row, content, words)
		p.due(&row)
		row.Notices = named(p.on(row))
		rows = append(rows, row)
	}
	return rows
}

// divided says what there is of an item that has no figure of the whole: those of
// its parts, by the first breakdown of the latest source.
func (p Progress) divided(row *PlanRow, c release.Content) {
	of := keep(c.Figures, func(f release.Figure) bool { return f.Item == row.Item })
	if len(of) == 0 {
		row.Missing = "no figure"
		return
	}
	last := slices.MaxFunc(of, func(a, b release.Figure) int { return cmp.Compare(a.PeriodEnd, b.PeriodEnd) })
	of = keep(of, func(f release.Figure) bool {
		return f.Source == last.Source && f.Breakdown == last.Breakdown && f.Status == ""
	})
	row.Source, row.PeriodStart, row.PeriodEnd, row.Population = last.Source, last.PeriodStart, last.PeriodEnd, last.Population
	row.Kind, row.Licence = string(p.Manifest.Source(last.Source).Kind), p.Labels.Source(last.Source).Licence
	row.Statistic, row.Unit = last.Statistic, last.Unit
	row.Notes = last.NoteList().Only(bannered...).String()
	row.figure, row.digits = last, digitsOf(p.Manifest.Indicator(row.Indicator))
	row.Missing = "no figure of the whole"
	if len(of) > 0 {
		byValue := func(a, b release.Figure) int { return cmp.Compare(a.Value, b.Value) }
		row.parts = parts{len(of), release.MidPhrase(p.Labels.Text("breakdown", "", last.Breakdown)), row.digits.figure(slices.MinFunc(of, byValue)) + " to " + row.digits.figure(slices.MaxFunc(of, byValue))}
	}
}

// evaluation says how far an evaluation is and what it found.
func (p Progress) evaluation(row PlanRow, e *evaluation.Evaluation) PlanRow {
	period := e.Period()
	row.Source, row.Kind, row.Licence, row.PeriodStart, row.PeriodEnd = e.Source(), string(release.Evaluation), e.Licence, period.Start, period.End
	last := evaluation.Milestone{}
	for _, m := range e.Milestones {
		switch {
		case m.State != evaluation.Planned && m.Date >= last.Date:
			last = m
		case m.State == evaluation.Planned && (row.NextDue == "" || m.Date < row.NextDue):
			row.NextDue = m.Date
		}
	}
	row.dueOf = row.Indicator
	if words := p.Labels.Indicator(row.Indicator); words != nil {
		row.dueOf = words.Title
	}
	if len(e.Overdue(p.Day)) > 0 {
		row.Overdue = "overdue"
	}
	var parts []string
	if last.State != "" {
		parts = append(parts, fmt.Sprintf("%s %s", Meaning("state", last.State), last.Date))
	}
	directions := map[string]int{}
	for _, f := range e.Findings {
		directions[f.Direction]++
	}
	var found []string
	for _, d := range evaluation.Directions {
		if n := directions[d]; n > 0 {
			found = append(found, fmt.Sprintf("%d %s", n, Meaning("direction", d)))
		}
	}
	if len(found) > 0 {
		parts = append(parts, Plural(len(e.Findings), "finding")+" ("+strings.Join(found, ", ")+")")
	}
	row.Evidence, row.found = strings.Join(parts, "; "), e.Findings
	switch {
	case p.Manifest.Source(e.Source()) == nil:
		row.Missing = "not in this release"
	case e.Known == plan.KnownNotFound:
		row.Missing = "no document was found"
	case len(e.Findings) == 0:
		row.Missing = "no finding is known"
	}
	return row
}

// why says why an indicator that is declared has no figures.
func (p Progress) why(d *indicator.Definition) string {
	if d.Tabled != nil {
		return "no return of " + d.Tabled.Series.ID + " was supplied"
	}
	var waves []string
	for _, x := range p.Catalogue.Crosswalks {
		if d.Covers(x) && slices.ContainsFunc(d.Figures(), func(item indicator.Item) bool {
			return len(p.Catalogue.Codebook.Lacks(x, d.Needs(item)...)) == 0
		}) && !slices.Contains(waves, x.Survey) {
			waves = append(waves, x.Survey)
		}
	}
	if len(waves) == 0 {
		return "the catalogue has no wave that it can be computed from"
	}
	return "no extract of " + strings.Join(waves, " or ") + " that it can be computed from was supplied"
}

// latest takes the figure of everybody at the latest source.
func (p Progress) latest(row *PlanRow, c release.Content, words *release.IndicatorLabels) bool {
	best := Latest(&c, words, row.Item, OfEverybody)
	if best == nil {
		return false
	}
	row.figure, row.digits = *best, digitsOf(p.Manifest.Indicator(row.Indicator))
	row.Source, row.PeriodStart, row.PeriodEnd, row.Population = best.Source, best.PeriodStart, best.PeriodEnd, best.Population
	row.Kind, row.Licence = string(p.Manifest.Source(best.Source).Kind), p.Labels.Source(best.Source).Licence
	row.Statistic, row.Unit, row.Value, row.SE, row.Status = best.Statistic, best.Unit, best.Value, best.SE, best.Status
	row.Notes = best.NoteList().Only(bannered...).String()
	return true
}

// moved finds the changes since the source before and since the baseline, and the
// trend.
func (p Progress) moved(row *PlanRow, c release.Content) {
	start := func(id codebook.SourceID) codebook.Period { return p.Manifest.Source(id).Period }
	baseline := codebook.SourceID("")
	if d := p.Catalogue.Definition(row.Indicator); d != nil {
		for _, t := range d.Targets {
			if t.Baseline != nil && baseline == "" {
				baseline = t.Baseline.Source
			}
		}
	}
	var previous, first, declared *release.Change
	for i := range c.Changes {
		ch := &c.Changes[i]
		if ch.Key != row.figure.Key || start(ch.FromSource).End >= row.PeriodStart {
			continue
		}
		from := start(ch.FromSource)
		if previous == nil || from.End > start(previous.FromSource).End || from.End == start(previous.FromSource).End && from.Start < start(previous.FromSource).Start {
			previous = ch
		}
		if first == nil || from.Start < start(first.FromSource).Start || from.Start == start(first.FromSource).Start && from.End > start(first.FromSource).End {
			first = ch
		}
		if ch.FromSource == baseline {
			declared = ch
		}
	}
	since := func(ch *release.Change) change {
		if ch == nil {
			return change{Change: math.NaN()}
		}
		return change{string(ch.FromSource), ch.Change, ch.Verdict, *ch, start(ch.FromSource)}
	}
	row.Previous, row.Baseline = since(previous), since(cmp.Or(declared, first))
	for _, t := range c.Trends {
		if t.Key == row.figure.Key {
			row.Trend = t.Verdict
		}
	}
}

// targets finds where the targets stand that the figure is of: at the newest
// source, the figures together where there are several.
func (p Progress) targets(row *PlanRow, c release.Content, words *release.IndicatorLabels) {
	var ids, verdicts []string
	for _, t := range words.Targets {
		var newest *release.Target
		of := inTime(keep(c.Targets, func(r release.Target) bool { return r.Target == t.ID }), words.Sources, func(r release.Target) codebook.SourceID { return r.Source })
		if !slices.ContainsFunc(of, func(r release.Target) bool { return r.Item == row.Item || row.Item == codebook.All }) {
			continue
		}
		for i := range of {
			r := &of[i]
			if r.Scope == release.ScopeAll || r.Item == row.Item && (newest == nil || newest.Scope == release.ScopeFigure) {
				newest = r
			}
		}
		if newest != nil {
			ids, verdicts = append(ids, t.ID), append(verdicts, Standing(*newest))
			why := ""
			if newest.Verdict == release.NotMeasurable {
				why = Words(newest.ReasonNote())
			}
			row.targets = append(row.targets, standing{ID: t.ID, Why: why, Title: t.Title, Date: newest.Date, Verdict: newest.Verdict, Known: t.Known, synthetic: newest.NoteList().Has(indicator.Synthetic)})
		}
	}
	row.Target, row.Verdict = strings.Join(ids, "; "), strings.Join(verdicts, "; ")
}

// due says when the next figure is to be had.
func (p Progress) due(row *PlanRow) {
	if s := p.Catalogue.SeriesOf(row.Source); s != nil {
		if next := s.Frequency.Next(row.Source.Wave()); next != "" {
			if period, err := s.Frequency.Period(next); err == nil {
				row.NextDue = period.End
			}
		}
	} else if months := p.Register.Surveys[row.Source.Survey()]; months > 0 {
		row.NextDue = plan.Later(row.PeriodEnd, months)
	}
	if row.NextDue != "" && row.NextDue < p.Day {
		row.Overdue = "overdue"
	}
	row.dueOf = p.seriesTitle(row.Source)
}

// seriesTitle is what a survey or a series of returns is called: the title of one of its
// sources without its wave or period.
func (p Progress) seriesTitle(source codebook.SourceID) string {
	title := ""
	if words := p.Labels.Source(source); words != nil {
		title = strings.TrimRight(strings.TrimSuffix(words.Title, source.Wave()), ", ")
	}
	return cmp.Or(title, strings.TrimPrefix(source.Survey(), codebook.Returns+"/"))
}

// NothingLed says of a department that leads no measure where the plan names it.
func NothingLed(n plan.Named) string {
	var actions, strands, places []string
	for _, a := range n.Actions {
		actions = append(actions, a.ID)
	}
	for _, s := range slices.Concat(n.Leads, n.Helps) {
		strands = append(strands, s.ID)
	}
	slices.Sort(strands)
	if len(actions) > 0 {
		places = append(places, "in "+refusal.Noun(len(actions), "action")+" "+and(actions)+" of the appendix")
	}
	if len(strands) > 0 {
		places = append(places, "among those who lead or help at the end of "+refusal.Noun(len(strands), "strand")+" "+and(strands))
	}
	return Capital(The(n.Title)) + " leads no measure of the plan. The plan names it " + strings.Join(places, ", and ") + "."
}

// The is the name of a department, region or place with its article, where it has one.
func The(name string) string {
	for _, begins := range []string{"Cabinet", "Crown", "Department", "Home", "Office", "Youth Justice"} {
		if strings.HasPrefix(name, begins) {
			return "the " + name
		}
	}
	if strings.HasPrefix(name, "North ") || strings.HasPrefix(name, "South ") || strings.HasSuffix(name, "Midlands") || strings.HasPrefix(name, "East of") {
		return "the " + name
	}
	return name
}

// Capital begins a sentence.
func Capital(s string) string { return strings.ToUpper(s[:min(1, len(s))]) + s[min(1, len(s)):] }
