package report

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// A Page says what to show of one indicator of a release. Content holds the
// figures and changes to show and no others.
type Page struct {
	Release   string // id
	Folder    string // of the indicator's files, as the reader can open it
	Entry     release.Indicator
	Synthetic bool
	Without   bool // disclosure control
	Content   release.Content
	Notices   []release.Bearing // that bear on the content
	Labels    *release.Labels   // of the release
	Published []Published
	More      []string // breakdowns that the release has and the page does not
	Width     int      // in characters; 0 means Width
}

// Banner is what stands over everything that was computed from made-up
// extracts.
const Banner = "SYNTHETIC: computed from made-up extracts, not statistics of anything"

// WithoutControl stands over everything of a release from which nothing was
// withheld.
const WithoutControl = "WITHOUT DISCLOSURE CONTROL: figures of single respondents are among these, not to be handed on"

// Banners are what stands over everything that is shown of a release.
func Banners(m *release.Manifest) []string {
	var all []string
	if m.Disclosure.Without() {
		all = append(all, WithoutControl)
	}
	if m.Synthetic {
		all = append(all, Banner)
	}
	return all
}

// BannersOf is what stands over everything that is shown of an indicator of a release.
func BannersOf(m *release.Manifest, id string) []string {
	all := Banners(m)
	if m.Synthetic && !m.MadeUp(id) {
		all[len(all)-1] = evidenceOfMadeUp
	}
	return all
}

// Indicator writes the figures of an indicator as tables, one for each
// survey, population, breakdown and, where it is broken down, item; under
// each the changes between sources; and at the end the notes that the figures
// carry, marked a, b and so on. The error is the writer's.
func Indicator(out io.Writer, v Page) error {
	w := &writer{page: page{out: out, width: cmp.Or(v.Width, Width)}, v: v, marks: map[string]string{}}
	evidence := len(v.Content.Evidence) > 0
	if v.Without {
		w.line("%s\n", WithoutControl)
	}
	switch {
	case v.Synthetic && evidence:
		w.line("%s\n", evidenceOfMadeUp)
	case v.Synthetic:
		w.line("%s\n", Banner)
	}
	if w.err == nil {
		w.err = Notices(out, v.Notices, w.width)
	}
	words := v.entry()
	w.paragraph("", words.Title)
	about := fmt.Sprintf("%s %s, release %s", v.Entry.ID, v.Entry.Version, v.Release)
	if len(words.Measures) > 0 {
		about += ", measure " + strings.Join(words.Measures, ", ")
	}
	if len(words.Leads) > 0 {
		about += " (" + strings.Join(words.Leads, ", ") + ")"
	}
	w.line("%s", about)
	switch {
	case words.Base == "":
	case evidence:
		w.paragraph("Of: ", words.Base)
	default:
		w.paragraph("Base: ", words.Base)
	}
	if words.Note != "" {
		w.paragraph("Note: ", words.Note)
	}
	if evidence {
		w.evaluation()
		return w.err
	}
	w.sources()
	w.common = w.v.shared(v.Content.Figures)
	for _, id := range ordered(v.Content.Figures, survey, nil) {
		w.survey(id)
	}
	w.targets()
	w.footnotes()
	return w.err
}

// sources says what the figures are from.
func (w *writer) sources() {
	var titles []string
	for _, id := range w.v.entry().Sources {
		if slices.ContainsFunc(w.v.Content.Figures, func(f release.Figure) bool { return f.Source == id }) {
			titles = append(titles, w.v.Labels.Source(id).Full())
		}
	}
	if len(titles) > 0 {
		w.paragraph("From: ", strings.Join(titles, ", "))
	}
}

// A writer is a Page being written.
type writer struct {
	page
	v      Page
	common indicator.Notes   // remarks on every figure with a value
	notes  indicator.Notes   // in the order of their marks
	marks  map[string]string // by the note's text
	used   []string          // sources of published figures
}

func (w *writer) survey(id string) {
	figures := keep(w.v.Content.Figures, func(f release.Figure) bool { return survey(f) == id })
	words := w.v.entry()
	populations := ordered(figures, func(f release.Figure) string { return f.Population }, words.Populations)
	items := ordered(figures, func(f release.Figure) string { return f.Item }, words.Items)
	for _, breakdown := range ordered(figures, func(f release.Figure) string { return f.Breakdown }, words.BreakdownCodes()) {
		for _, population := range populations {
			part := keep(figures, func(f release.Figure) bool { return f.Breakdown == breakdown && f.Population == population })
			heading := []string{w.v.population(population)}
			if breakdown != codebook.All {
				heading = append(heading, "by "+release.MidPhrase(w.v.breakdown(breakdown)))
			}
			if surveyCount(w.v.Content.Figures) > 1 {
				heading = append([]string{id}, heading...)
			}
			if breakdown == codebook.All || len(items) == 1 {
				w.figures(strings.Join(heading, ", "), part, items)
				continue
			}
			for _, item := range items {
				of := keep(part, func(f release.Figure) bool { return f.Item == item })
				w.figures(strings.Join(append(heading, w.v.item(item)), ", "), of, nil)
			}
		}
	}
}

// survey is what a figure's source has in common with the others of its series.
func survey(f release.Figure) string { return f.Source.Survey() }

func surveyCount(figures []release.Figure) int {
	return len(ordered(figures, survey, nil))
}

// A tabled is figures as the rows of a table, one for each item or category and source.
type tabled struct {
	header  []string
	rows    [][]string
	every   indicator.Notes // what all of them carry
	parts   []string        // categories or items
	label   func(part string) string
	divided bool
	byItem  bool
}

// of says whether a figure is of a part.
func (t tabled) of(f release.Figure, part string) bool {
	if t.byItem {
		return f.Item == part
	}
	return f.Category == part
}

// figures writes one table, and below it how its figures changed.
func (w *writer) figures(heading string, figures []release.Figure, items []string) {
	if len(figures) == 0 {
		return
	}
	t := w.tabled(figures, items)
	if marks := w.mark(t.every, nil); marks != "" {
		heading += " " + marks
	}
	w.line("\n%s", heading)
	w.table(t.header, t.rows)
	w.funnel(figures[0], t.parts, t.label, t.byItem)
	w.changes(figures[0], t)
	for _, part := range t.parts {
		i := slices.IndexFunc(figures, func(f release.Figure) bool { return t.of(f, part) })
		name := ""
		if t.divided {
			name = t.label(part)
		}
		if i >= 0 {
			w.trend(figures[i], name)
		}
	}
}

// tabled makes the table of figures, of which there are some.
func (w *writer) tabled(figures []release.Figure, items []string) tabled {
	sources := sourcesOf(figures)
	t := tabled{byItem: len(items) > 1}
	t.parts = ordered(figures, func(f release.Figure) string { return f.Category }, w.v.categories(figures[0].Breakdown))
	t.label = func(category string) string { return w.v.category(figures[0].Breakdown, category) }
	if t.byItem {
		t.parts, t.label = items, w.v.item
	}
	t.divided = t.byItem || figures[0].Breakdown != codebook.All
	published := slices.ContainsFunc(figures, func(f release.Figure) bool { texts, _ := w.printed(f); return len(texts) > 0 })
	limits := ">" + levelOf(figures, func(f release.Figure) float64 { return f.Level })
	t.header = []string{"Source", ">" + heads(figures[0]), limits, ">SE", ">Base", ""}
	returned := figures[0].Source.Return() && !slices.ContainsFunc(figures, func(f release.Figure) bool { return f.Base > 0 })
	if returned {
		t.header = []string{"Source", ">" + heads(figures[0]), limits, ">SE", ">Counted", ">Of", ""}
	}
	if t.divided {
		t.header = append([]string{""}, t.header...)
	}
	if published {
		t.header = append(t.header, ">Published", "Ours")
	}
	// What all figures of the table carry is marked once, beside its heading.
	t.every = w.v.shared(figures)
	most := w.v.digits().places(figures...)
	at := map[[2]string]int{} // by part and source
	for i := range figures {
		part := figures[i].Category
		if t.byItem {
			part = figures[i].Item
		}
		at[[2]string{part, string(figures[i].Source)}] = i
	}
	for _, part := range t.parts {
		name := t.label(part)
		for _, source := range sources {
			i, there := at[[2]string{part, string(source)}]
			if !there {
				continue
			}
			f := figures[i]
			row := []string{string(f.Source), valueTo(f, most), interval(f.Lower, f.Upper, most), standardError(f.SE, f.Statistic)}
			if returned {
				row = append(row, counted(f)...)
			} else {
				row = append(row, base(f.Base))
			}
			row = append(row, w.mark(w.v.remarks(&f), t.every))
			if t.divided {
				row = append([]string{name}, row...)
				if len(sources) > 1 {
					name = "" // said once, above the category's later sources
				}
			}
			if published {
				texts, agree := w.printed(f)
				row = append(row, strings.Join(texts, " or "), strings.Join(agree, "; "))
			}
			t.rows = append(t.rows, row)
		}
	}
	return t
}

// heads is the heading of the values: their unit, unless each shows it.
func heads(f release.Figure) string {
	of := kind(f.Statistic)
	switch {
	case of.Symbol != "":
		return "Figure"
	case of.Step != "":
		return strings.ToUpper(of.Step[:1]) + of.Step[1:]
	}
	return strings.ToUpper(f.Unit[:1]) + f.Unit[1:]
}

// changes writes how the figures of a table moved: from each source to the next
// and, where there are more than two, from the first to the last.
func (w *writer) changes(like release.Figure, t tabled) {
	all, between, links := w.movements(like, t)
	switch {
	case len(all) == 0:
	case t.divided:
		w.moves(all, between, t.byItem)
	default:
		for _, c := range all {
			w.paragraph("  ", pairOf(c.Change)+": "+w.v.digits().told(c.Change, w.v.why(c.Change)))
		}
	}
	for _, text := range links {
		w.paragraph("  ", text)
	}
}

// movements lists the changes of a table that are told, the pairs of sources that they
// are between, and what links the samples of those.
func (w *writer) movements(like release.Figure, t tabled) (all []movement, between, links []string) {
	of := map[string][]release.Change{}
	for i := range w.v.Content.Changes {
		c := &w.v.Content.Changes[i]
		if c.Population != like.Population || c.Breakdown != like.Breakdown || !t.byItem && c.Item != like.Item || c.Source.Survey() != survey(like) {
			continue
		}
		part := c.Category
		if t.byItem {
			part = c.Item
		}
		of[part] = append(of[part], *c)
	}
	sources := sourcesOf(keep(w.v.Content.Figures, func(f release.Figure) bool { return survey(f) == survey(like) }))
	for _, part := range t.parts {
		for _, c := range worthTelling(of[part], sources) {
			all = append(all, movement{t.label(part), c})
			if pair := pairOf(c); !slices.Contains(between, pair) {
				between = append(between, pair)
			}
			for _, note := range c.NoteList().Only(indicator.Overlap) {
				if text := pairOf(c) + ": " + fill(linked, note); !slices.Contains(links, text) {
					links = append(links, text)
				}
			}
			for _, note := range c.NoteList().Only(indicator.DiffInDiff) {
				if text := w.v.words(note); !slices.Contains(links, text) {
					links = append(links, text)
				}
			}
		}
	}
	return all, between, links
}

// A movement is a change and the name of its part of a table.
type movement struct {
	name string
	release.Change
}

// funnel writes the limits of chance about the whole for the areas of a table, at
// the newest source.
func (w *writer) funnel(like release.Figure, parts []string, label func(string) string, byItem bool) {
	of := keep(w.v.Content.Funnels, func(f release.Funnel) bool {
		return f.Source.Survey() == survey(like) && f.Breakdown == like.Breakdown && f.Population == like.Population && f.Item == like.Item
	})
	if len(of) == 0 || byItem {
		return
	}
	of = inTime(of, w.v.entry().Sources, func(f release.Funnel) codebook.SourceID { return f.Source })
	newest := of[len(of)-1].Source
	var rows [][]string
	for _, part := range parts {
		i := slices.IndexFunc(of, func(f release.Funnel) bool { return f.Source == newest && f.Category == part })
		if i < 0 {
			continue
		}
		f := of[i]
		side := f.Side
		if !math.IsNaN(f.Level) {
			side += fmt.Sprintf(" %g%%", f.Level*100)
		}
		places := w.v.digits().places(like)
		value := func(x float64) string {
			return valueTo(release.Figure{Statistic: like.Statistic, Value: x}, places)
		}
		rows = append(rows, []string{label(part), value(f.Value), value(f.Whole), interval(f.Lower95, f.Upper95, places), interval(f.Lower998, f.Upper998, places), side})
	}
	if len(rows) == 0 {
		return
	}
	w.line("")
	w.table([]string{"Limits of chance, " + string(newest), ">Figure", ">Whole", ">95%", ">99.8%", ""}, rows)
}

// levelOf heads the intervals of a table by their level: "95% interval"; without
// it where they have several.
func levelOf[R any](rows []R, of func(R) float64) string {
	level := math.NaN()
	for _, r := range rows {
		switch l := of(r); {
		case math.IsNaN(l) || l == 0 || l == level:
		case math.IsNaN(level):
			level = l
		default:
			return "Interval"
		}
	}
	if math.IsNaN(level) {
		level = 0.95
	}
	return strconv.FormatFloat(level*100, 'g', 6, 64) + "% interval"
}

// moves writes a table of changes.
func (w *writer) moves(all []movement, between []string, byItem bool) {
	w.line("")
	w.table(w.moved(all, between, byItem))
	if !byItem {
		w.paragraph("  ", byVerdict)
	}
}

// byVerdict says what a table of changes rests on.
const byVerdict = "Verdict by p below 0.05; adjusted: by Holm's method, over the categories"

// moved makes a table of changes.
func (w *writer) moved(all []movement, between []string, byItem bool) (header []string, rows [][]string) {
	header = []string{"", ">Change", ">" + levelOf(all, func(m movement) float64 { return m.Level }), ">p", ">adjusted", "Verdict"}
	if of := points(all[0].Statistic); of != "" {
		header[1] += "," + of
	}
	several := len(between) > 1
	if !several {
		header[0] = between[0]
	}
	last := ""
	for _, c := range all {
		verdict := c.Verdict
		if c.Reason != "" {
			verdict += ": " + w.v.why(c.Change)
		}
		d := w.v.digits()
		row := []string{c.name, d.step(c.Change), interval(c.Lower, c.Upper, d.moved(c.Change)), p(c.P), p(c.PAdjusted), verdict}
		if several {
			if c.name == last {
				row[0] = ""
			}
			last = c.name
			row = slices.Insert(row, 1, pairOf(c.Change))
		}
		rows = append(rows, row)
	}
	if several {
		header = slices.Insert(header, 1, "Sources")
	}
	if at := slices.Index(header, ">adjusted"); byItem { // over categories: there are none
		header = slices.Delete(header, at, at+1)
		for i := range rows {
			rows[i] = slices.Delete(rows[i], at, at+1)
		}
	}
	return header, rows
}

// worthTelling picks the changes of one series that a page tells. They come
// ordered by later source; the sources are those that have figures on the page.
func worthTelling(series []release.Change, sources []codebook.SourceID) []release.Change {
	if len(series) == 0 {
		return nil
	}
	if len(sources) < 2 {
		return series // one was asked for: all that it is compared with
	}
	var picked []release.Change
	find := func(from, to codebook.SourceID) {
		for _, c := range series {
			if c.FromSource == from && c.Source == to {
				picked = append(picked, c)
			}
		}
	}
	for i := 1; i < len(sources); i++ {
		find(sources[i-1], sources[i])
	}
	if len(sources) > 2 {
		find(sources[0], sources[len(sources)-1])
	}
	return picked
}

// pairOf names the two sources of a change.
func pairOf(c release.Change) string { return string(c.FromSource) + " to " + string(c.Source) }

// sourcesOf lists the sources of figures by their period.
func sourcesOf(figures []release.Figure) []codebook.SourceID {
	start := map[codebook.SourceID]string{}
	var sources []codebook.SourceID
	for i := range figures {
		f := &figures[i]
		if _, there := start[f.Source]; !there {
			start[f.Source] = f.PeriodStart
			sources = append(sources, f.Source)
		}
	}
	slices.SortFunc(sources, func(a, b codebook.SourceID) int { return cmp.Or(cmp.Compare(start[a], start[b]), cmp.Compare(a, b)) })
	return sources
}

// shared lists the remarks that every one of several figures has. Those
// without a value, whose notes may be withheld too, have no say in it.
func (v Page) shared(figures []release.Figure) indicator.Notes {
	figures = keep(figures, func(f release.Figure) bool { return f.Status == "" })
	if len(figures) == 0 {
		return nil
	}
	common := v.remarks(&figures[0])
	for i := 1; i < len(figures) && len(common) > 0; i++ {
		of := v.remarks(&figures[i])
		common = keep(common, func(n indicator.Note) bool { return slices.ContainsFunc(of, n.Equal) })
	}
	return common
}

// mark returns the marks of notes, "(a,c)", without those that are marked
// above them.
func (w *writer) mark(notes, above indicator.Notes) string {
	var marks []string
	for _, note := range notes {
		if slices.ContainsFunc(w.common, note.Equal) || slices.ContainsFunc(above, note.Equal) {
			continue
		}
		text := note.String()
		if w.marks[text] == "" {
			w.marks[text] = letters(len(w.notes))
			w.notes = append(w.notes, note)
		}
		marks = append(marks, w.marks[text])
	}
	if len(marks) == 0 {
		return ""
	}
	return "(" + strings.Join(marks, ",") + ")"
}

// letters is a, b ... z, aa, ab ...
func letters(i int) string {
	if i < 26 {
		return string(rune('a' + i))
	}
	return letters(i/26-1) + letters(i%26)
}

func (w *writer) footnotes() {
	w.line("")
	for _, note := range w.notesBelow() {
		mark, words, _ := strings.Cut(note, " ")
		if strings.HasPrefix(note, "Every figure: ") {
			mark, words = "Every figure:", strings.TrimPrefix(note, "Every figure: ")
		}
		w.paragraph(mark+" ", words)
	}
	if len(w.v.More) > 0 {
		w.paragraph("Also by: ", strings.Join(w.v.More, ", "))
	}
	w.line("Files: %s", w.v.Folder)
}

// keep returns the elements that a test holds for.
func keep[T any](list []T, test func(T) bool) []T {
	var kept []T
	for _, x := range list {
		if test(x) {
			kept = append(kept, x)
		}
	}
	return kept
}
