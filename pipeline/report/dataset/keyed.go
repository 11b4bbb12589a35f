package dataset

import (
	"cmp"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report"
)

// Total is the code of a row, in the column of what divides others, that is not divided by it.
const (
	Total      = "total"
	TotalLabel = "Total"
)

// A row is one of a release's tables with what stands beside it.
type row[R any] struct {
	Of       R
	Words    []string // for the codes of the columns that have some
	Texts    []string // that are told otherwise than in the release
	Title    string   // the indicator's
	Measures string
	Leads    string
	Parts    []string // the category of each dimension
	Labels   []string // and the words for it
	GSS      []string // by codebook.Levels
	Notice   string
}

// A source is one of the release's tables, and what of its rows names a figure.
type source[R any] struct {
	release.Table[R]
	title, about string
	key          func(*R) *indicator.Key // nil where its rows are of no figures
	alone        func(R) release.Content
	rows         func(m *maker, id string) []R // nil for those of the release's table
}

// of are the rows of an indicator that are asked for.
func (s source[R]) of(m *maker, id string) []R {
	if s.rows != nil {
		return s.rows(m, id)
	}
	content := m.contents[id]
	return slices.DeleteFunc(slices.Clone(*s.Of(&content)), func(r R) bool {
		place := s.Place(&r)
		return !m.moved(&place)
	})
}

var (
	figures = source[release.Figure]{
		release.FiguresTable, "Figures", "One row a figure: an estimate or a count as published.",
		func(f *release.Figure) *indicator.Key { return &f.Key }, func(f release.Figure) release.Content { return release.Content{Figures: []release.Figure{f}} }, nil,
	}
	changes = source[release.Change]{
		release.ChangesTable, "Changes", "One row a figure and two sources that have it: the later less the earlier, and the verdict.",
		func(c *release.Change) *indicator.Key { return &c.Key }, func(c release.Change) release.Content { return release.Content{Changes: []release.Change{c}} }, nil,
	}
	trends = source[release.Trend]{
		release.TrendsTable, "Trends", "One row a series and source: the straight line through the figures up to it.",
		func(t *release.Trend) *indicator.Key { return &t.Key }, func(t release.Trend) release.Content { return release.Content{Trends: []release.Trend{t}} }, nil,
	}
	funnels = source[release.Funnel]{
		release.FunnelsTable, "Funnels", "One row an area and source: the limits of chance about the whole.",
		func(f *release.Funnel) *indicator.Key { return &f.Key }, func(f release.Funnel) release.Content {
			return release.Content{Figures: []release.Figure{{Key: f.Key}}}
		}, nil,
	}
	targets = source[release.Target]{
		release.TargetsTable, "Targets", "One row a target, figure and source: where it stood then.",
		func(t *release.Target) *indicator.Key { return &t.Key }, func(t release.Target) release.Content {
			return release.Content{Figures: []release.Figure{{Key: t.Key}}}
		}, nil,
	}
	evidence = source[release.Evidence]{
		release.EvidenceTable, "Evidence", "One row a milestone, finding or caveat of an evaluation, in words.",
		nil, func(e release.Evidence) release.Content { return release.Content{Evidence: []release.Evidence{e}} }, nil,
	}
)

// worded are the columns whose codes have words beside them.
var worded = []string{
	"indicator", "source", "from_source", "to_source", "population", "breakdown", "item", "statistic",
	"status", "verdict", "reason", "notes", "target", "scope", "rule", "baseline_source",
	"measure", "kind", "method", "state", "direction", "known", "side",
}

// noted are those of them whose codes are notes.
var noted = []string{"reason", "notes"}

// A retelling is how a column's texts stand in a dataset where a program that guesses types
// would take them for dates or numbers, and in one file for these and in another for those.
type retelling struct {
	name, about string
	tell        func(table, text string) string
}

var retold = map[string]retelling{
	"period_start": {"period", "First and last day of the source's period, as an interval of ISO 8601: 2001-03-01/2001-09-30", func(_, text string) string { return text }},
	"date": {"date", "As an interval of ISO 8601: of a milestone the days that it may be on; of a target ../ and the last day by which it is to be met", func(table, text string) string {
		days, ok := codebook.Days(text)
		switch {
		case !ok:
			return text
		case table == targets.ID:
			return "../" + days.End
		}
		return days.Start + "/" + days.End
	}},
	"measure": {"measure", "Measure of the action plan that it is evidence of: measure- and its id", func(_, text string) string { return measureCode(text) }},
	"page": {"page", "Page of the document, behind p.", func(_, text string) string {
		if text == "" {
			return ""
		}
		return "p. " + text
	}},
}

// tabulate makes a table of a release's rows.
func tabulate[R any](m *maker, s source[R]) *table[row[R]] {
	t := &table[row[R]]{name: s.ID, title: s.title, about: s.about}
	var words []sheet.Column[R] // those whose codes have some
	var texts []sheet.Column[R] // those that are told otherwise
	ends := slices.IndexFunc(s.Columns, func(c sheet.Column[R]) bool { return c.Name == "period_end" })
	add := func(c sheet.Column[row[R]]) { t.columns = append(t.columns, c) }
	for i, c := range sheet.Of(s.Columns, func(r *row[R]) *R { return &r.Of }) {
		if c.Name == "category" && s.key != nil || c.Name == "period_end" {
			continue // each dimension has a column, and a period is one
		}
		if told, ok := retold[c.Name]; ok {
			at := len(texts)
			texts = append(texts, s.Columns[i])
			c = sheet.Column[row[R]]{Name: told.name, About: told.about, Key: c.Key && c.Name == told.name, Required: c.Required, Text: func(r *row[R]) *string { return &r.Texts[at] }}
		}
		add(c)
		if slices.Contains(worded, c.Name) {
			at := len(words)
			words = append(words, s.Columns[i])
			add(sheet.Column[row[R]]{Name: label(c.Name), Words: c.Name, About: "Words for " + c.Name, Required: c.Key || c.Required, Text: func(r *row[R]) *string { return &r.Words[at] }})
		}
		switch c.Name {
		case "indicator":
			add(sheet.Column[row[R]]{Name: "measures", About: "Measures of the action plan that the indicator serves, each measure- and its id, with a blank between them; null beside it", Text: func(r *row[R]) *string { return &r.Measures }})
			add(sheet.Column[row[R]]{Name: "leads", About: "Departments that lead it, with a blank between them", Text: func(r *row[R]) *string { return &r.Leads }})
		case "breakdown":
			for at, d := range m.dimensions {
				add(sheet.Column[row[R]]{
					Name: d.Column, Key: s.rows == nil, About: d.Label + ": code of the category; " + Total + " where the row is not divided by it", Text: func(r *row[R]) *string { return &r.Parts[at] },
				})
				add(sheet.Column[row[R]]{
					Name: label(d.Column), Words: d.Column, Required: s.rows == nil, About: d.Label + ": the category in words", Text: func(r *row[R]) *string { return &r.Labels[at] },
				})
			}
			for at, l := range codebook.Levels {
				name := m.column(string(l) + "_gss")
				add(sheet.Column[row[R]]{
					Name: name, About: "Code of the Office for National Statistics for the " + strings.ReplaceAll(string(l), "-", " ") + " that the row is of or in; null where that is none of them, or the code was not read at its source", Text: func(r *row[R]) *string { return &r.GSS[at] },
				})
			}
		}
	}
	add(sheet.Column[row[R]]{Name: "notice", About: "Correction or withdrawal in force that the row is affected by, in words; null where there is none", Text: func(r *row[R]) *string { return &r.Notice }})
	ids := m.ids
	if s.rows != nil {
		ids = m.movedIDs()
	}
	size := 0
	every := make([][]R, len(ids))
	for i, id := range ids {
		every[i] = s.of(m, id)
		size += len(every[i])
	}
	t.rows = make([]row[R], 0, size)
	told := make([]string, size*(len(words)+len(texts))) // of all rows
	for i, id := range ids {
		content := m.whole[id]
		affecting := release.Affecting(release.On(m.Notices, id, content))
		x := m.labels(id)
		measures, leads := measureCodes(x.Measures), strings.Join(x.Leads, " ")
		for _, of := range every[i] {
			t.rows = append(t.rows, row[R]{Of: of, Measures: measures, Leads: leads, Words: told[:len(words):len(words)]})
			told = told[len(words):]
			r := &t.rows[len(t.rows)-1]
			if s.key != nil {
				k := s.key(&r.Of)
				if r.Parts, r.Labels, r.GSS = m.divided(*k); k.Breakdown == "" { // of words, and of evidence
					r.Parts, r.Labels = make([]string, len(r.Parts)), make([]string, len(r.Labels))
				}
				k.Breakdown, k.Item = totalled(k.Breakdown), totalled(k.Item)
			}
			r.Texts, told = told[:len(texts):len(texts)], told[len(texts):]
			for i, c := range texts {
				text := *c.Text(&r.Of)
				if c.Name == "period_start" {
					text += "/" + *s.Columns[ends].Text(&r.Of)
				}
				r.Texts[i] = retold[c.Name].tell(s.ID, text)
			}
			for i, c := range words {
				r.Words[i] = m.words(c.Name, id, *c.Text(&r.Of))
			}
			if len(affecting) > 0 {
				alone := s.alone(of)
				alone.Words = content.Words
				r.Notice = strings.Join(report.NoticeTexts(release.On(affecting, id, alone)), " ")
			}
		}
	}
	return t
}

func totalled(code string) string {
	if code == codebook.All {
		return Total
	}
	return code
}

// words are those for a code of a column of an indicator's row; "" for none.
func (m *maker) words(column, id, code string) string {
	if code == "" {
		return ""
	}
	key := [3]string{column, id, code}
	if words, known := m.said[key]; known {
		return words
	}
	words := m.say(column, id, code)
	m.said[key] = words
	return words
}

func (m *maker) say(column, id, code string) string {
	if code == Total && (column == "breakdown" || column == "item") {
		return TotalLabel
	}
	switch column {
	case "indicator":
		if x := m.Labels.Indicator(code); x != nil {
			return x.Title
		}
		return cmp.Or(m.titled(code), code) // one that went
	case "source", "from_source", "to_source", "baseline_source":
		if s := m.Labels.Source(codebook.SourceID(code)); s != nil {
			return s.Full()
		}
		if s, ok := release.DescribeSource(m.Catalogue, codebook.SourceID(code)); ok {
			return s.Full() // a baseline that the release does not have
		}
		return code
	case "item":
		return m.Labels.Text("item", id, code)
	case "target":
		for _, t := range m.labels(id).Targets {
			if t.ID == code {
				return t.Title
			}
		}
		return code
	case "measure":
		if x, ok := m.Register.Measure(code); ok {
			return x.Title
		}
		return code
	}
	if slices.Contains(noted, column) {
		return report.NotesWords(m.Labels, column, id, code)
	}
	return cmp.Or(m.Labels.Text(column, "", code), code)
}
