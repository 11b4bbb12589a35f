package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/compare"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/report"
)

// combinationTables write the contrasts by expressions: those of each statistic that is
// asked for in a table, and those that name statistics in another.
func (a *app) combinationTables(q *question.Question, answer *pipeline.Answer) {
	var order []string
	tables := map[string][]compare.Combination{}
	for _, c := range answer.Combinations {
		key := ""
		if !c.Named {
			key = string(c.Of[0].Statistic) + " " + c.Of[0].Variable
		}
		if tables[key] == nil {
			order = append(order, key)
		}
		tables[key] = append(tables[key], c)
	}
	for _, key := range order {
		a.combinationTable(q, answer, tables[key])
	}
}

func (a *app) combinationTable(q *question.Question, answer *pipeline.Answer, of []compare.Combination) {
	first := of[0]
	several := slices.ContainsFunc(of, func(c compare.Combination) bool { return !c.Named && c.Item != first.Item })
	divided := slices.ContainsFunc(of, func(c compare.Combination) bool { return c.Crossed != nil })
	title := "Contrasts"
	if !first.Named {
		title += " of the " + strings.ToLower(inUnit(q, first.Of[0].Statistic, a.words.titleOf(first.Of[0], several)))
	}
	made := 0
	for _, c := range of {
		if !math.IsNaN(c.P) {
			made++
		}
	}
	header := []string{"Contrast"}
	if divided {
		header = append(header, "Within")
	}
	if several {
		header = append([]string{a.words.called(first.Variable)}, header...)
	}
	labels := len(header)
	header = append(header, ">Value", ">Unit", ">SE", fmt.Sprintf(">%g%% interval", q.Level*100), ">p")
	if made > 1 {
		header = append(header, ">"+adjustedBy[q.Adjust][0])
	}
	var rows [][]string
	var notes footnotes
	for _, c := range of {
		var row []string
		if several {
			row = append(row, a.words.codeLabel(c.Item, c.ItemLabel))
		}
		row = append(row, c.Contrast)
		if divided {
			in := everyone
			if c.Crossed != nil {
				in = strings.TrimPrefix(a.words.within(c.Within), ", ")
			}
			row = append(row, in)
		}
		notes.addNotes(c.Notes, row)
		if math.IsNaN(c.Value) {
			if c.Status != "" {
				row = append(row, "["+string(c.Status)+"]", "", "", "", "")
				if made > 1 {
					row = append(row, "")
				}
				rows = append(rows, row)
			}
			continue
		}
		by, unit := scaleOf(q, c.Statistic), ""
		kind := c.Statistic.Row()
		places := report.Places(c.Value*by, c.SE*by)
		switch {
		case c.Kind == compare.Quotient:
			by, unit = 1, "ratio"
			places = max(report.Places(c.Value, c.SE)-1, 2)
		case kind.Share:
			unit, places = kind.Symbol, kind.Decimals+1
			if c.Kind == compare.Difference {
				unit = kind.Step
			}
		}
		places, ofError := a.shownAt(answer, places, by, c.Reply)
		row = append(row, a.amount(c.Statistic, c.Value*by, places), unit, a.amount(c.Statistic, c.SE*by, ofError), a.limits(c.Statistic, c.Lower*by, c.Upper*by, places), report.Probability(c.P))
		if made > 1 {
			row = append(row, report.Probability(c.Adjusted))
		}
		rows = append(rows, row)
	}
	if made > 1 {
		notes.adjusted(q.Adjust, "contrasts", several)
	}
	if at := labels + 1; !slices.ContainsFunc(rows, func(row []string) bool { return row[at] != "" }) {
		header = slices.Delete(header, at, at+1)
		for i := range rows {
			rows[i] = slices.Delete(rows[i], at, at+1)
		}
	}
	a.line("")
	a.paragraph("", title)
	a.chosenTable(header, rows, labels)
	a.footnotes(notes, len(of))
}
