package workbook

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
	"togetherwecan/pipeline/report/dataset"
)

// The sheets before those of the measures.
const (
	coverName    = "Cover"
	contentsName = "Contents"
	notesName    = "Notes"
)

// of are the tables that have a sheet for each measure, and those that have one.
var (
	byMeasure = []string{"figures", "changes", "evidence"}
	whole     = []string{"targets", "trends", "funnels", "moves", "actions", "codes"}
)

// New makes the workbook of a dataset.
func New(d *dataset.Dataset) *Book {
	issued, _, _ := strings.Cut(d.ID, ".")
	b := &Book{
		Title: d.Title, Subject: "Release " + d.ID, About: d.About, Issued: issued,
		Keywords: []string{"official statistics", "Together We Can", d.Who.Name},
	}
	var sheets []Sheet
	add := func(s Sheet) {
		if s.Table != nil && len(s.Table.Rows) > 0 {
			sheets = append(sheets, s)
		}
	}
	add(sheetOf(d, "measures", "Measures", "", nil))
	for _, m := range measuresOf(d) {
		for _, name := range byMeasure {
			add(sheetOf(d, name, m.name(name), m.title(name), &m))
		}
	}
	for _, name := range whole {
		if t := d.Table(name); t != nil {
			add(sheetOf(d, name, t.Title(), "", nil))
		}
	}
	notes := notesSheet(d)
	b.Sheets = append([]Sheet{cover(d), {}, notes}, sheets...)
	b.Sheets[1] = contents(d, b.Sheets[2:])
	for i := range b.Sheets {
		if b.Sheets[i].Table != nil {
			b.Sheets[i].Table.fit()
		}
	}
	return b
}

// A measure is one of the plan and the indicators of the dataset that serve it; without an
// id those that serve none.
type measure struct {
	id, words  string
	indicators []string
	serves     map[string][]string // the measures that each indicator serves, of all of them
}

// has says whether a row of an indicator is the measure's: where the row names a measure of
// its own, as evidence does, the one of that, or the first where there is no such sheet.
func (m *measure) has(indicator, own string) bool {
	ids := m.serves[indicator]
	switch {
	case !slices.Contains(m.indicators, indicator):
		return false
	case own == "":
		return true
	case !slices.Contains(ids, own):
		own = ids[0]
	}
	return own == m.id
}

func (m *measure) name(table string) string {
	if m.id == "" {
		return "Other " + table
	}
	return m.id + " " + table
}

func (m *measure) title(table string) string {
	what := strings.ToUpper(table[:1]) + table[1:]
	if m.id == "" {
		return what + " of indicators that serve no measure of the plan"
	}
	return "Measure " + m.id + ", " + table + ": " + m.words
}

// measuresOf are those with an indicator in the dataset, in the plan's order.
func measuresOf(d *dataset.Dataset) []measure {
	var list []measure
	serves := map[string][]string{}
	for _, s := range d.Standings {
		if s.Figures+s.Evidence == 0 {
			continue
		}
		at := slices.IndexFunc(list, func(m measure) bool { return m.id == s.Measure })
		if at < 0 {
			at = len(list)
			list = append(list, measure{id: s.Measure, words: s.Title, serves: serves})
		}
		if !slices.Contains(list[at].indicators, s.Indicator) {
			list[at].indicators = append(list[at].indicators, s.Indicator)
		}
	}
	for _, x := range d.Indicators { // with nothing but changes, or that stands beside the plan
		if !slices.ContainsFunc(list, func(m measure) bool { return slices.Contains(m.indicators, x.ID) }) {
			at := slices.IndexFunc(list, func(m measure) bool { return m.id == "" })
			if at < 0 {
				at = len(list)
				list = append(list, measure{serves: serves})
			}
			list[at].indicators = append(list[at].indicators, x.ID)
		}
	}
	for _, m := range list {
		for _, id := range m.indicators {
			serves[id] = append(serves[id], m.id)
		}
	}
	return list
}

// sheetOf is the sheet of a table of the dataset, or of what of it is a measure's.
func sheetOf(d *dataset.Dataset, table, name, title string, m *measure) Sheet {
	t := d.Table(table)
	if t == nil {
		return Sheet{}
	}
	s := Sheet{Name: name, Holds: cmp.Or(title, t.About()), Table: tableOf(d, t, m)}
	title = cmp.Or(title, t.Title())
	if d.Synthetic {
		title = "SYNTHETIC: " + title
	}
	s.Table.Name = tableName(name)
	s.Lines = append([]Line{{Title, title, ""}}, warnings(d)...)
	if m == nil && slices.ContainsFunc(t.Columns(), func(c dataset.Column) bool { return c.Name == "notice" }) {
		s.Lines = append(s.Lines, noticeLines(d.Notices)...)
	}
	if m != nil {
		var list []release.Bearing
		for _, id := range m.indicators {
			list = release.Once(list, release.On(d.Notices, id, d.Contents[id])...)
		}
		s.Lines = append(s.Lines, noticeLines(list)...)
	}
	s.Lines = append(s.Lines, Line{Body, holds(s.Table, t.About()), ""}, Line{Body, explained, ""}, back)
	return s
}

var back = Line{Body, "Back to the contents", contentsName}

// tableName is a name that a spreadsheet takes for a table.
func tableName(sheet string) string {
	return "table_" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, sheet)
}

// holds says what is on a sheet, for who cannot see its extent.
func holds(t *Table, about string) string {
	return fmt.Sprintf("This sheet has one table, of %s and %s. %s", report.Plural(len(t.Rows), "row"), report.Plural(len(t.Columns), "column"), about)
}

const explained = "Shorthand in brackets, such as " + notApplicable + ", is explained in the sheet " + notesName + "."

// warnings are what a reader of a sheet must not miss.
func warnings(d *dataset.Dataset) []Line {
	var lines []Line
	if d.Synthetic {
		lines = append(lines, Line{Warning, "Made-up data: every figure was computed from synthetic extracts and returns, and is not a statistic.", ""})
	}
	if d.Without {
		lines = append(lines, Line{Warning, "Without disclosure control: not to be handed on.", ""})
	}
	return lines
}

// noticeLines tell of corrections and withdrawals in force: each where there are few.
func noticeLines(list []release.Bearing) []Line {
	const most = 2
	if len(list) > most {
		return []Line{{Warning, fmt.Sprintf("%s bear on these rows: each is in the sheet %s, and in the column Correction or withdrawal of the rows that it affects.", report.Plural(len(list), "notice"), notesName), notesName}}
	}
	var lines []Line
	for _, text := range report.NoticeTexts(list) {
		lines = append(lines, Line{Warning, text, ""})
	}
	return lines
}

func cover(d *dataset.Dataset) Sheet {
	s := Sheet{Name: coverName, Lines: append([]Line{{Title, d.Title, ""}}, warnings(d)...)}
	add := func(role Role, texts ...string) {
		for _, text := range texts {
			for _, piece := range pieces(strings.Join(strings.Fields(text), " ")) {
				s.Lines = append(s.Lines, Line{role, piece, ""})
			}
		}
	}
	add(Warning, report.NoticeTexts(d.Notices)...)
	add(Body, d.About)
	issued, _, _ := strings.Cut(d.ID, ".")
	add(Heading, "Release")
	add(Body, "Release "+d.ID+", issued on "+issued+".")
	if len(d.Licences) > 0 {
		add(Heading, "Licence")
		add(Body, d.Licences...)
	}
	add(Heading, "How to cite")
	add(Body, d.Citation)
	add(Heading, "How to read this workbook")
	add(Body,
		"Each sheet after this one has one table, with one row of heads. The sheet "+contentsName+" lists them with a link to each; the sheet "+notesName+" has the bases, sources, licences, notices and what shorthand means.",
		"Figures are in the unit of their column's head, or of the column Unit. Beside each stand the limits of its confidence interval, its standard error and the number of respondents who were asked.",
		"Where there is no number shorthand says why: "+confidential+" confidential, [u] too few people to be reliable, "+notAvailable+" not available, "+notApplicable+" not applicable, [low] under half the last digit shown.",
		"Numbers are rounded as they were published. Verdicts and p-values are of figures before they were rounded.",
	)
	s.Lines = append(s.Lines, Line{Body, "Go to the contents", contentsName})
	return s
}

// pieces breaks text that is too long for one row of a cover behind semicolons, as between
// the sources of a citation.
func pieces(text string) []string {
	const longest = 1200
	var list []string
	for len(text) > longest {
		at := strings.LastIndex(text[:longest], "; ")
		if at < 0 {
			break
		}
		list, text = append(list, text[:at+1]), text[at+2:]
	}
	if text != "" {
		list = append(list, text)
	}
	return list
}

func contents(d *dataset.Dataset, sheets []Sheet) Sheet {
	t := &Table{Name: tableName(contentsName), Columns: []Column{{Head: "Sheet"}, {Head: "What it holds"}, {Head: "Rows", Numbers: true}}}
	for _, s := range sheets {
		t.Rows = append(t.Rows, []Cell{
			{Text: s.Name, Link: s.Name}, {Text: s.Holds}, {Number: float64(len(s.Table.Rows)), Format: &Format{}},
		})
	}
	lines := append(append([]Line{{Title, "Contents", ""}}, warnings(d)...), noticeLines(d.Notices)...)
	return Sheet{Name: contentsName, Lines: append(lines,
		Line{Body, fmt.Sprintf("This sheet has one table, of %s: a link to each sheet and what it holds.", report.Plural(len(t.Rows), "row")), ""},
		Line{Body, "Back to the cover", coverName},
	), Table: t}
}

// notesSheet has what shorthand means, and below it the notes of the dataset but its
// citation, which is on the cover.
func notesSheet(d *dataset.Dataset) Sheet {
	t := tableOf(d, d.Table("notes"), nil)
	t.Name = tableName(notesName)
	var rows [][]Cell
	for _, s := range shorthand {
		rows = append(rows, []Cell{{Text: "shorthand"}, {Text: s[0]}, {Text: s[1]}})
	}
	t.Rows = append(rows, slices.DeleteFunc(t.Rows, func(row []Cell) bool { return row[0].Text == "citation" })...)
	lines := append([]Line{{Title, "Notes", ""}}, warnings(d)...)
	about := fmt.Sprintf("This sheet has one table, of %s: what shorthand means, and what a reader of the other sheets should know.", report.Plural(len(t.Rows), "row"))
	return Sheet{Name: notesName, Holds: "What shorthand means, and the bases, sources, licences and notices.", Lines: append(lines, Line{Body, about, ""}, back), Table: t}
}
