package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"togetherwecan/pipeline/evaluation"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
)

// evidenceOfMadeUp stands over evidence in a release of made-up figures.
const evidenceOfMadeUp = "The figures of this release are SYNTHETIC; what is said here of an evaluation is not"

// evaluation writes what an evaluation says.
func (w *writer) evaluation() {
	said := w.said()
	w.paragraph("By: ", said.By)
	w.paragraph("Design: ", said.Design)
	w.paragraph("Known: ", said.Known)
	w.line("\nMilestones")
	w.table([]string{"Date", "State", ""}, said.Milestones)
	if w.line("\nFindings"); len(said.Findings) == 0 {
		w.line("  none known")
	}
	w.table([]string{"Direction", "Strength", ""}, said.Findings)
	if len(said.Caveats) > 0 {
		w.line("\nCaveats")
		for _, text := range said.Caveats {
			w.paragraph("  ", text)
		}
	}
	w.line("\nFiles: %s", w.v.Folder)
}

// said is what an evaluation says.
func (w *writer) said() EvidenceSaid {
	rows := w.v.Content.Evidence
	rows = keep(rows, func(e release.Evidence) bool { return e.Measure == rows[0].Measure }) // they are the same for each
	source := w.v.Labels.Source(rows[0].Source)
	var kinds []string
	for kind := range strings.SplitSeq(rows[0].Design, " ") {
		kinds = append(kinds, fmt.Sprintf("%s (%s)", kind, w.v.Labels.Text("design", "", kind)))
	}
	said := EvidenceSaid{
		By:     source.CarriedOutBy + ", for " + source.CommissionedBy,
		Design: strings.Join(kinds, ", ") + "; " + w.v.Labels.Text("method", "", rows[0].Method),
		Known:  Meaning("known", source.Known),
	}
	of := func(kind string) []release.Evidence {
		return keep(rows, func(e release.Evidence) bool { return e.Kind == kind })
	}
	milestones := of(release.KindMilestone)
	slices.SortStableFunc(milestones, func(a, b release.Evidence) int { return cmp.Compare(a.Date, b.Date) })
	for _, e := range milestones {
		said.Milestones = append(said.Milestones, []string{e.Date, w.v.Labels.Text("state", "", e.State), w.statement(e)})
	}
	for _, e := range of(release.KindFinding) {
		strength := "-"
		if e.Strength != sheet.None {
			strength = fmt.Sprintf("%d of 5", e.Strength)
		}
		said.Findings = append(said.Findings, []string{w.v.Labels.Text("direction", "", e.Direction), strength, w.statement(e)})
	}
	for _, e := range of(release.KindCaveat) {
		said.Caveats = append(said.Caveats, e.Text)
	}
	return said
}

// statement is what a row of evidence says, and what that rests on.
func (w *writer) statement(e release.Evidence) string {
	on := "no document"
	if e.Document != "" {
		on = e.Document
	}
	if e.Page != "" {
		on += ", page " + e.Page
	}
	if e.Known != plan.KnownRead {
		on += "; " + w.v.Labels.Text("known", "", e.Known)
	}
	return fmt.Sprintf("%s (%s)", e.Text, on)
}

// Evaluations writes what to look after in evaluations on a day: which were not
// found, findings that no document is given for, milestones that are overdue.
// Nothing is written where there is nothing.
func Evaluations(out io.Writer, evaluations []*evaluation.Evaluation, day string, width int) error {
	w := &page{out: out, width: width}
	for _, e := range evaluations {
		if e.Known == plan.KnownNotFound {
			w.paragraph("  ", e.ID+": "+Meaning("known", e.Known))
		}
		for _, f := range e.Unsupported() {
			w.paragraph("  ", fmt.Sprintf("%s: finding %s has no document", e.ID, f.ID))
		}
		for _, m := range e.Overdue(day) {
			w.paragraph("  ", fmt.Sprintf("%s: overdue on %s, milestone %s was planned for %s", e.ID, day, m.ID, m.Date))
		}
	}
	return w.err
}
