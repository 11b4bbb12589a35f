package report

import (
	"fmt"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/release"
)

// A Glance is a strand of the plan with its measures, each in a few words.
type Glance struct {
	Strand   plan.Strand
	Measures []GlanceMeasure
}

// A GlanceMeasure is where a measure stands: by its indicators, against its targets,
// what is missing, and when the next is due. One without an id is of targets beside the
// plan.
type GlanceMeasure struct {
	ID, Title, Rests string
	Leads            []string
	Lines            []GlanceLine
	Targets          []GlanceTarget // that nothing can be held against
	Missing          []string
	Due              []string
}

// A GlanceLine is how an indicator stands.
type GlanceLine struct {
	Indicator string
	Words     string
	Verdicts  []string // which way its figures moved: better, worse, unclear, with how many
	Targets   []GlanceTarget
}

// A GlanceTarget is where a target stands.
type GlanceTarget struct{ Verdict, Words string }

// Glances tell where the measures of rows stand, strand by strand.
func (p Progress) Glances(rows []PlanRow) []Glance {
	var all []Glance
	for _, strand := range append(slices.Clone(p.Register.Strands), plan.Strand{ID: Beside, Title: "Targets beside the plan"}) {
		of := keep(rows, func(r PlanRow) bool { return r.Strand == strand.ID })
		if len(of) == 0 {
			continue
		}
		g := Glance{Strand: strand}
		for measure := range together(of, func(a, b PlanRow) bool { return a.Measure == b.Measure && a.Title == b.Title }) {
			g.Measures = append(g.Measures, glance(measure))
		}
		all = append(all, g)
	}
	return all
}

func glance(rows []PlanRow) GlanceMeasure {
	r := rows[0]
	m := GlanceMeasure{ID: r.Measure, Title: r.Title, Rests: r.Rests}
	if r.Leads != "" {
		m.Leads = strings.Split(r.Leads, ", ")
	}
	missing := map[string][]string{}
	var reasons []string
	for of := range together(rows, func(a, b PlanRow) bool { return a.Indicator == b.Indicator }) {
		switch r := of[0]; {
		case r.Indicator == "":
			m.Targets = targetsOf(of)
		case r.Source == "" && r.Missing != "":
			if missing[r.Missing] == nil {
				reasons = append(reasons, r.Missing)
			}
			missing[r.Missing] = append(missing[r.Missing], r.Indicator)
		default:
			_, words, _ := strings.Cut(standings(of), ": ")
			line := GlanceLine{Indicator: r.Indicator, Words: words, Targets: targetsOf(of)}
			for _, way := range []string{better, worse, unclear} {
				n := len(keep(of, func(o PlanRow) bool { return o.way() == way }))
				switch {
				case n > 0 && len(of) == 1:
					line.Verdicts = append(line.Verdicts, way)
				case n > 0:
					line.Verdicts = append(line.Verdicts, fmt.Sprintf("%d %s", n, way))
				}
			}
			m.Lines = append(m.Lines, line)
		}
	}
	for _, why := range reasons {
		m.Missing = append(m.Missing, "Nothing of "+strings.Join(missing[why], ", ")+": "+why)
	}
	m.Due = due(rows)
	return m
}

func targetsOf(rows []PlanRow) []GlanceTarget {
	var all []GlanceTarget
	for _, r := range rows {
		for _, t := range r.targets {
			words := t.words()
			if !slices.ContainsFunc(all, func(o GlanceTarget) bool { return o.Words == words }) {
				all = append(all, GlanceTarget{t.Verdict, words})
			}
		}
	}
	return all
}

// Strands are the rows of the table of how the strands stand, the last of all of them,
// its head, a > before those of numbers, and what is counted, in words.
func (p Progress) Strands(all []PlanRow) (header []string, rows [][]string, words string) {
	for _, strand := range append(slices.Clone(p.Register.Strands), plan.Strand{ID: Beside, Title: "Targets beside the plan"}) {
		if of := keep(all, func(r PlanRow) bool { return r.Strand == strand.ID }); len(of) > 0 {
			rows = append(rows, append([]string{strand.Title}, countsOf(of).cells()...))
		}
	}
	n := countsOf(all)
	return strandsHeader, append(rows, append([]string{"All, each once"}, n.cells()...)), n.words()
}

// A TargetSaid is what is said of a target of an indicator.
type TargetSaid struct {
	Title, By, Note string
	Rows            [][]string // figure and source, verdict, why
}

// TargetsSaid tell where the figures stand against the targets, the newest source last.
func (v Page) TargetsSaid() []TargetSaid {
	var all []TargetSaid
	for _, words := range v.entry().Targets {
		rows := keep(v.Content.Targets, func(t release.Target) bool { return t.Target == words.ID })
		if len(rows) == 0 {
			continue
		}
		said := TargetSaid{Title: words.Title, By: statedBy(words, rows[0]), Note: words.Note}
		for _, t := range inTime(rows, v.entry().Sources, func(t release.Target) codebook.SourceID { return t.Source }) {
			said.Rows = append(said.Rows, []string{v.targetOf(t) + string(t.Source), Standing(t), v.because(t)})
		}
		all = append(all, said)
	}
	return all
}

// statedBy says by when a target is to be met, and where that is stated.
func statedBy(words release.TargetLabels, t release.Target) string {
	stated := words.From
	if words.Known != plan.KnownRead {
		stated += "; " + Meaning("known", words.Known)
	}
	by := "By " + t.Date
	if t.Date == "" {
		by = "By no date that is stated"
	}
	return by + " (" + stated + ")"
}

// An EvidenceSaid is what an evaluation says, as tables.
type EvidenceSaid struct {
	By, Design, Known    string
	Milestones, Findings [][]string // date, state, text; direction, strength, text
	Caveats              []string
}

// EvidenceSaid tells what an evaluation says; the page has its rows.
func (v Page) EvidenceSaid() EvidenceSaid {
	w := &writer{v: v}
	return w.said()
}

// Fitted are the trends up to the newest source of each series, a sentence each.
func (v Page) Fitted(breakdown, item string) []string {
	var all []string
	told := map[release.Trend]bool{} // of each series, by its key without a source
	for i := len(v.Content.Trends) - 1; i >= 0; i-- {
		t := &v.Content.Trends[i]
		if t.Breakdown != breakdown || item != "" && t.Item != item {
			continue
		}
		series := release.Trend{Key: t.Key}
		series.Source = codebook.SourceID(t.Source.Survey())
		if told[series] {
			continue
		}
		told[series] = true
		name := ""
		if breakdown != codebook.All {
			name = v.category(breakdown, t.Category)
		} else if t.Item != codebook.All && item == "" {
			name = v.item(t.Item)
		}
		if len(v.entry().Populations) > 1 {
			name = strings.TrimPrefix(name+", "+v.population(t.Population), ", ")
		}
		all = append(all, v.trend(release.Figure{Key: t.Key}, name))
	}
	slices.Reverse(all)
	return all
}
