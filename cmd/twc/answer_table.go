package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
)

// A cellPart is what a page shows of the cells of a table.
type cellPart struct {
	name, title string
	of          func(c *question.CrosstabCell) *question.Reply
	whole       func(row, column bool) bool // a margin that is all of what the share is of
}

var shares = []cellPart{
	{"columns", "Column %", func(c *question.CrosstabCell) *question.Reply { return c.Share(question.OfColumn) }, func(row, _ bool) bool { return row }},
	{"rows", "Row %", func(c *question.CrosstabCell) *question.Reply { return c.Share(question.OfRow) }, func(_, column bool) bool { return column }},
	{"cells", "% of all", func(c *question.CrosstabCell) *question.Reply { return c.Share(question.OfAll) }, func(row, column bool) bool { return row && column }},
	{"counts", "Weighted count", func(c *question.CrosstabCell) *question.Reply { return &c.Count }, func(_, _ bool) bool { return false }},
}

// A countUnit is what weighted counts are given in.
type countUnit struct {
	name string
	of   float64 // how many a unit is
}

// countUnits are those of --in; the first is that of a release.
var countUnits = []countUnit{{"ones", 1}, {"thousands", 1e3}, {"millions", 1e6}}

func countUnitNames() []string {
	var names []string
	for _, u := range countUnits {
		names = append(names, u.name)
	}
	return names
}

// countedIn is the unit that a question has its weighted counts in.
func countedIn(q *question.Question) countUnit {
	at := slices.IndexFunc(countUnits, func(u countUnit) bool { return u.name == q.CountedIn })
	return countUnits[max(at, 0)]
}

// scaleOf is what values of a statistic are multiplied by as they are given.
func scaleOf(q *question.Question, s indicator.Statistic) float64 {
	if s == indicator.Count {
		return 1 / countedIn(q).of
	}
	return s.Row().Scale
}

// inUnit is the name of a statistic with the unit of its counts.
func inUnit(q *question.Question, s indicator.Statistic, title string) string {
	if u := countedIn(q); s == indicator.Count && u.of != 1 {
		return title + ", " + u.name
	}
	return title
}

// crosstab writes a table for people: of each thing that is shown a part with the same
// rows and columns, under them the unweighted base, and the test of independence.
func (a *app) crosstab(q *question.Question, answer *pipeline.Answer, t *pipeline.Crosstab, show []string) {
	all := t.At(codebook.All, codebook.All)
	title := "Table of " + strings.Join(a.words.headings(t.Variables), " by ") + a.words.within(t.Cell)
	if base := all.Respondents; base != release.Withheld {
		title += ", " + report.Plural(base, "respondent")
	}
	a.line("")
	a.paragraph("", title)
	intervals := slices.Contains(show, showIntervals)
	parts := 0
	for _, s := range shares {
		if !slices.Contains(show, s.name) || len(t.Variables) == 1 && s.name == "rows" {
			continue
		}
		if parts++; parts > 1 {
			a.line("")
		}
		a.crosstabPart(q, answer, t, s, intervals)
	}
	switch {
	case len(t.Variables) < 2:
	case answer.Policy != nil:
		a.paragraph("  ", "No test: a disclosure policy has no rules for it")
	case t.Test == nil:
		a.paragraph("  ", "No test: "+t.Why)
	default:
		a.line("")
		a.tests(q, t.Test)
	}
}

// crosstabPart writes one thing that is shown of a table's cells.
func (a *app) crosstabPart(q *question.Question, answer *pipeline.Answer, t *pipeline.Crosstab, s cellPart, intervals bool) {
	categories := func(of func(c question.CrosstabCell) codebook.Category) []codebook.Category {
		var found []codebook.Category
		for _, c := range t.Cells {
			if k := of(c); k.Code != codebook.All && !slices.Contains(found, k) {
				found = append(found, k)
			}
		}
		return append(found, codebook.Category{Code: codebook.All, Label: "Total"})
	}
	rows := categories(func(c question.CrosstabCell) codebook.Category { return c.Row })
	columns := categories(func(c question.CrosstabCell) codebook.Category { return c.Column })
	called := func(c codebook.Category) string {
		if c.Code == codebook.All {
			return c.Label
		}
		return a.words.codeLabel(c.Code, c.Label)
	}
	var figures []question.Reply
	for i := range t.Cells {
		if r := s.of(&t.Cells[i]); r != nil {
			figures = append(figures, *r)
		}
	}
	statistic := figures[0].Statistic
	by := scaleOf(q, statistic)
	places := decimals(scaled(figures, by))
	if statistic.Row().Share {
		places = statistic.Row().Decimals
	}
	places, ofError := a.shownAt(answer, places, by, figures...)
	beside := "SE"
	if intervals {
		beside = fmt.Sprintf("%g%% interval", q.Level*100)
	}
	a.paragraph("", inUnit(q, statistic, s.title)+" ("+beside+")")
	header := []string{strings.Join(a.words.headings(t.Variables), " \\ ")}
	for _, c := range columns {
		header = append(header, ">"+called(c))
	}
	if len(columns) == 1 {
		header[1] = ">" + s.title
	}
	var table [][]string
	var notes footnotes
	cells := 0
	for _, r := range rows {
		line := []string{called(r)}
		for _, c := range columns {
			cell := t.At(r.Code, c.Code)
			f := s.of(cell)
			if f == nil {
				text := ""
				if s.whole(r.Code == codebook.All, c.Code == codebook.All) {
					if text = report.Plain(100, places); cell.Respondents == 0 { // nobody, of whom all are no share
						text = "[" + string(indicator.Inapplicable) + "]"
					}
				}
				line = append(line, text)
				continue
			}
			cells++
			notes.addNotes(f.Notes, []string{called(r), called(c)})
			text := a.amount(f.Statistic, f.Value*by, places)
			if f.Status != "" {
				text = "[" + string(f.Status) + "]"
			}
			notes.addLow(*f, []string{called(r), called(c)})
			limits := a.amount(f.Statistic, f.SE*by, ofError)
			if intervals {
				limits = a.limits(f.Statistic, f.Lower*by, f.Upper*by, places)
			}
			if limits != "" {
				text += " (" + limits + ")"
			}
			line = append(line, text)
		}
		table = append(table, line)
	}
	base := func(row, column string) string {
		n := t.At(row, column).Respondents
		if n == release.Withheld {
			return "[c]"
		}
		return report.Count(int64(n))
	}
	if s.name == "rows" {
		header = append(header, ">Base")
		for i, r := range rows {
			table[i] = append(table[i], base(r.Code, codebook.All))
		}
	} else {
		line := []string{"Base"}
		for _, c := range columns {
			line = append(line, base(codebook.All, c.Code))
		}
		table = append(table, line)
	}
	a.labelTable(header, table, 1)
	a.footnotes(notes, cells)
}

// crosstabRows are the figures of an answer's tables, a row each.
func crosstabRows(q *question.Question, answer *pipeline.Answer) []release.CrosstabRow {
	var rows []release.CrosstabRow
	for i := range answer.Tables {
		t := &answer.Tables[i]
		for k := range t.Cells {
			cell := &t.Cells[k]
			add := func(measure string, f *question.Reply) {
				if f == nil {
					return
				}
				r := release.CrosstabRow{AnswerRow: answerRow(q, *f, ""), RowVariable: t.Variables[0], Measure: measure, Respondents: int64(cell.Respondents)}
				r.Row, r.Column = release.CodeAndLabel{Code: cell.Row.Code, Label: cell.Row.Label}, release.CodeAndLabel{Code: cell.Column.Code, Label: cell.Column.Label}
				if len(t.Variables) > 1 {
					r.ColumnVariable = t.Variables[1]
				}
				finishRow(q, answer, &r.AnswerRow)
				rows = append(rows, r)
			}
			add("count", &cell.Count)
			for _, share := range question.CellShares {
				add(string(share), cell.Share(share))
			}
		}
	}
	return rows
}

// finishRow gives a row what all of an answer's have.
func finishRow(q *question.Question, answer *pipeline.Answer, r *release.AnswerRow) {
	weight := q.WeightOf(r.Weight)
	r.Weight = ""
	if !math.IsNaN(r.Value) {
		r.Weight, r.ErrorSource = weight, string(answer.Error)
	}
	if answer.Policy != nil {
		r.Settle()
	}
}
