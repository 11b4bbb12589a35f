package dataset

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report"
)

// A codeRow is one code of a column and the words for it.
type codeRow struct {
	column, of, code, text string
	order                  int64
}

var codeColumns = []sheet.Column[codeRow]{
	{Name: "column", Required: true, About: "Column of the tables that has the code", Text: func(c *codeRow) *string { return &c.column }},
	{Name: "of", About: "Indicator that an item or a target belongs to; null for other columns", Text: func(c *codeRow) *string { return &c.of }},
	{Name: "code", Required: true, About: "The code", Text: func(c *codeRow) *string { return &c.code }},
	{Name: "code_label", Words: "code", Required: true, About: "What it means. In that of a note {of} stands for what it is of, {1} for its first argument, {all} for all", Text: func(c *codeRow) *string { return &c.text }},
	{Name: "order", Required: true, Unit: "place", About: "Place of the code among those of its column, in the order for readers, from 1", Count: func(c *codeRow) *int64 { return &c.order }},
}

// ownColumns are those whose codes are of an indicator.
var ownColumns = []string{"item", "target"}

// toldColumns have no words beside them, and their codes are told in the table of codes.
var toldColumns = []string{"ci_method", "error_source"}

// codesTable lists every code that the tables have in a column with words beside it, or in
// one whose meaning the release tells.
func (m *maker) codesTable(d *Dataset) Table {
	t := &table[codeRow]{"codes", "Codes", "One row a code of a column: what it means.", codeColumns, nil}
	seen := map[[3]string]bool{}
	place := map[string]int64{}
	add := func(column, of, code, text string) {
		if key := [3]string{column, of, code}; code != "" && !seen[key] {
			seen[key] = true
			place[column]++
			t.rows = append(t.rows, codeRow{column, of, code, text, place[column]})
		}
	}
	for _, x := range d.Dimensions {
		add(x.Column, "", Total, TotalLabel)
		for _, c := range x.Categories {
			add(x.Column, "", c.Code, c.Text)
		}
	}
	for _, of := range d.Tables {
		columns := of.Columns()
		at := map[string]int{}
		for i, c := range columns {
			at[c.Name] = i
		}
		for i, c := range columns {
			name := cmp.Or(c.Words, c.Name)
			if c.Words == "" && !slices.Contains(toldColumns, c.Name) || slices.ContainsFunc(d.Dimensions, func(x Dimension) bool { return x.Column == name }) || of.Name() == "actions" {
				continue
			}
			last := ""
			for r := range of.Len() {
				code, _ := of.Cell(r, at[name]).(string)
				if code == "" || code == last && !slices.Contains(ownColumns, name) {
					continue // as most are
				}
				last = code
				owner := ""
				if slices.Contains(ownColumns, name) && code != Total {
					owner, _ = of.Cell(r, at["indicator"]).(string)
				}
				switch {
				case slices.Contains(noted, name):
					for _, n := range notesOf(code) {
						add(name, "", string(n.Code), cmp.Or(m.Labels.Text(name, "", string(n.Code)), string(n.Code)))
					}
				case c.Words != "":
					text, _ := of.Cell(r, i).(string)
					add(name, owner, code, cmp.Or(text, code))
				default:
					add(name, "", code, m.Labels.Text(name, "", code))
				}
			}
		}
	}
	slices.SortStableFunc(t.rows, func(a, b codeRow) int { return cmp.Compare(a.column, b.column) })
	return t
}

func notesOf(text string) indicator.Notes {
	ns, err := indicator.ParseNotes(text)
	if err != nil {
		panic("dataset: " + err.Error()) // of content that Check refuses
	}
	return ns
}

// A noteRow is one thing that a reader of the dataset should know, in words.
type noteRow struct{ kind, of, text string }

var noteColumns = []sheet.Column[noteRow]{
	{Name: "kind", Required: true, About: "What the note is: release, notice, licence, citation, base, note, target, source, lacks, unmoved, geography, beside or moved", Text: func(n *noteRow) *string { return &n.kind }},
	{Name: "of", About: "What it is about: an indicator, a source, a measure or a column; null for all of it", Text: func(n *noteRow) *string { return &n.of }},
	{Name: "text", Required: true, About: "The note", Text: func(n *noteRow) *string { return &n.text }},
}

// notesTable lists what a reader should know beside the codes.
func (m *maker) notesTable(d *Dataset) Table {
	t := &table[noteRow]{"notes", "Notes", "One row a thing that a reader of the tables should know, in words.", noteColumns, nil}
	add := func(kind, of, text string) {
		if text = strings.Join(strings.Fields(text), " "); text != "" {
			t.rows = append(t.rows, noteRow{kind, of, text})
		}
	}
	add("release", "", fmt.Sprintf("Release %s, whose digest README.md and datapackage.json have.", m.ID))
	if d.Synthetic {
		add("release", "", "Made-up data. Every figure was computed from synthetic extracts and returns and is not a statistic.")
	}
	if d.Without {
		add("release", "", "Without disclosure control: not to be handed on.")
	}
	if d.Since != "" {
		add("moved", "", fmt.Sprintf("Only the rows that moved since release %s. %s", d.Since, d.Sentence))
		for _, r := range d.Reasons {
			add("moved", "", r.String())
		}
		m.movedNotes(add)
	}
	for _, b := range d.Notices {
		add("notice", b.Affects.Words(), report.NoticeMark(b)+report.NoticeWords(b))
	}
	add("citation", "", d.Citation)
	for _, l := range d.Licences {
		add("licence", "", l)
	}
	for _, s := range d.Sources {
		text := s.Full() + ". Population: " + s.Population + "."
		if s.Licence != "" {
			text += " Licence: " + s.Licence + "."
		}
		add("source", string(s.ID), text)
	}
	m.ownNotes(add)
	for _, x := range d.Indicators {
		add("base", x.ID, x.Base)
		add("note", x.ID, x.Note)
		for _, of := range x.Targets {
			add("target", x.ID, fmt.Sprintf("%s: %s (%s; %s). %s", of.ID, of.Title, of.From, report.Meaning("known", of.Known), of.Note))
		}
	}
	for _, u := range m.Register.Targets {
		if slices.ContainsFunc(m.measures, func(x plan.Measure) bool { return slices.Contains(u.Measures, x.ID) }) {
			add("target", strings.Join(u.Measures, " "), fmt.Sprintf("%s (%s). Not measurable: %s.", u.Title, u.From, u.Why))
		}
	}
	for _, s := range d.Standings {
		for _, of := range [][2]string{{"lacks", s.Missing}, {"unmoved", s.Unmoved}} {
			if of[1] != "" {
				add(of[0], cmp.Or(s.Measure, s.Indicator), fmt.Sprintf("%s: %s.", s.Indicator, of[1]))
			}
		}
	}
	m.uncoded(add)
	return t
}

// ownNotes tell what the plan says of the department, and which indicators it leads that
// serve no measure of its own.
func (m *maker) ownNotes(add func(kind, of, text string)) {
	if m.Who.Kind != Department {
		return
	}
	if len(m.measures) == 0 {
		add("lacks", m.Who.ID, report.NothingLed(m.Register.Named(m.Who.ID)))
	}
	for _, x := range m.Labels.Indicators {
		if slices.Contains(x.Leads, m.Who.ID) && !m.serves(&x) {
			what := "it serves no measure of the plan"
			if len(x.Measures) > 0 {
				what = "its measure, " + strings.Join(x.Measures, " and ") + ", is led by another department"
			}
			add("beside", x.ID, fmt.Sprintf("The department leads this indicator, and %s: it is not here (twc pull indicator:%s).", what, x.ID))
		}
	}
}

// uncoded tells which places of the rows are without their code, which was not read at its
// source.
func (m *maker) uncoded(add func(kind, of, text string)) {
	for _, l := range codebook.Levels {
		var names []string
		for _, p := range m.Geography.Of(l) {
			if p.GSS == "" && m.met(p) {
				names = append(names, p.Name)
			}
		}
		if len(names) > 0 {
			add("geography", m.column(string(l)+"_gss"), fmt.Sprintf("The codes of these were not read at their source, and are left empty: %s.", strings.Join(names, ", ")))
		}
	}
}

// met says whether a figure is of a place.
func (m *maker) met(p codebook.Place) bool {
	for _, c := range m.contents {
		for _, f := range c.Figures {
			if f.Population == p.Code && p.Level == codebook.Country || partsOf(f.Key)[string(p.Level)] == p.Code {
				return true
			}
		}
	}
	return false
}

// about is what the dataset is, in a paragraph.
func (m *maker) about(d *Dataset) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, from release %s.", strings.TrimPrefix(d.Title, "SYNTHETIC: "), d.ID)
	switch m.Who.Kind {
	case Department:
		if len(m.measures) == 0 {
			fmt.Fprintf(&b, " %s", report.NothingLed(m.Register.Named(m.Who.ID)))
			break
		}
		var ids []string
		for _, x := range m.measures {
			ids = append(ids, x.ID)
		}
		fmt.Fprintf(&b, " %s leads %s: %s.", report.Capital(report.The(m.Who.Name)), report.Plural(len(ids), "measure"), strings.Join(ids, ", "))
	case Region:
		fmt.Fprintf(&b, " Every figure of the region, and beside it that of England which is divided alike otherwise.")
	}
	if d.Since != "" {
		fmt.Fprintf(&b, " Only what moved since release %s is here. %s", d.Since, d.Sentence)
	}
	return b.String()
}
