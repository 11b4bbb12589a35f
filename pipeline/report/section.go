package report

import (
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// A Section is a table of the figures of one survey or series and population, and that
// of how they changed. A head that begins with > is of numbers.
type Section struct {
	Heading string
	Header  []string
	Rows    [][]string
	Moved   []string // head of the changes; nil where none is told
	Moves   [][]string
	Remarks []string // below them
}

// Sections are the tables of an indicator's figures by a breakdown, codebook.All for
// those of everybody, of one item or "" for all of them together; and the notes below,
// each with the mark that figures carry.
func (v Page) Sections(breakdown, item string) (sections []Section, notes []string) {
	v.Content.Figures = keep(v.Content.Figures, func(f release.Figure) bool {
		return f.Breakdown == breakdown && (item == "" || f.Item == item)
	})
	w := &writer{v: v, marks: map[string]string{}, common: v.shared(v.Content.Figures)}
	words := v.entry()
	var items []string
	if item == "" && len(words.Items) > 1 {
		items = words.Items
	}
	figures := v.Content.Figures
	for _, id := range ordered(figures, survey, nil) {
		of := keep(figures, func(f release.Figure) bool { return survey(f) == id })
		for _, population := range ordered(of, func(f release.Figure) string { return f.Population }, words.Populations) {
			part := keep(of, func(f release.Figure) bool { return f.Population == population })
			t := w.tabled(part, items)
			s := Section{Heading: v.population(population), Header: t.header, Rows: t.rows}
			if surveyCount(figures) > 1 {
				s.Heading = id + ", " + s.Heading
			}
			if marks := w.mark(t.every, nil); marks != "" {
				s.Heading += " " + marks
			}
			all, between, links := w.movements(part[0], t)
			if len(all) > 0 {
				s.Moved, s.Moves = w.moved(all, between, t.byItem || breakdown == codebook.All)
			}
			s.Remarks = links
			sections = append(sections, s)
		}
	}
	return sections, w.notesBelow()
}

// notesBelow are the notes below tables, after their marks.
func (w *writer) notesBelow() []string {
	var all []string
	for _, status := range indicator.Statuses {
		if slices.ContainsFunc(w.v.Content.Figures, func(f release.Figure) bool { return f.Status == string(status) }) {
			all = append(all, "["+string(status)+"] "+w.v.Labels.Text("status", "", string(status)))
		}
	}
	for i, note := range w.notes {
		all = append(all, "("+letters(i)+") "+w.v.words(note))
	}
	if len(w.common) > 0 {
		var words []string
		for _, note := range w.common {
			words = append(words, w.v.words(note))
		}
		all = append(all, "Every figure: "+strings.Join(words, "; "))
	}
	for _, source := range w.used {
		all = append(all, "Published: "+source)
	}
	return all
}
