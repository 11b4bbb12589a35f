package main

import (
	"fmt"
	"math"

	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/report"
)

// testTable writes a table of shares and the tests of its independence.
func (a *app) testTable(t model.Independence) {
	names := a.words.headings(t.Variables[:])
	a.line("\nIndependence of %s and %s%s, %s (%% of all)", names[0], names[1], a.words.within(t.Cell), report.Plural(t.N, "respondent"))
	const most = 40 // columns that anybody reads
	if len(t.Columns) > most {
		a.paragraph("  ", fmt.Sprintf("The table has %d columns: --format json has it", len(t.Columns)))
	} else {
		header := []string{names[0] + " \\ " + names[1]}
		for _, c := range t.ColumnCategories {
			header = append(header, ">"+a.words.codeLabel(c.Code, c.Label))
		}
		var rows [][]string
		for i, r := range t.RowCategories {
			row := []string{a.words.codeLabel(r.Code, r.Label)}
			for _, share := range t.Shares[i] {
				row = append(row, report.Plain(share*100, 2))
			}
			rows = append(rows, row)
		}
		a.labelTable(header, rows, 1)
		a.line("")
	}
	a.tests(&t)
}

// tests writes the tests of a table's independence.
func (a *app) tests(t *model.Independence) { a.testRows(tests(t.Association), t.Why) }

// testRows writes tests, or why there are none.
func (a *app) testRows(of []namedTest, why indicator.NoteCode) {
	var rows [][]string
	var notes footnotes
	for _, test := range of {
		df := ""
		if test.DF > 0 {
			df = report.Plain(test.DF, 2)
		}
		if test.Denominator > 0 {
			df += ", " + report.Plain(test.Denominator, 2)
		}
		switch {
		case math.IsNaN(test.Statistic) && why != "":
			notes.add("no test: "+report.Because(why), []string{test.name})
			continue
		case math.IsNaN(test.Statistic) && test.name == byCellEffects:
			notes.add("a cell is empty, and has no design effect", []string{test.name})
			continue
		case math.IsNaN(test.Statistic):
			notes.add("too few degrees of freedom", []string{test.name})
			continue
		case math.IsNaN(test.P):
			notes.add("no p: no degrees of freedom", []string{test.name})
		}
		rows = append(rows, []string{test.name, report.Plain(test.Statistic, 4), df, report.Probability(test.P)})
	}
	a.labelTable([]string{"Test", ">Statistic", ">df", ">p"}, rows, 0)
	a.footnotes(notes, len(of))
}

// goodnessTable writes a variable's shares beside those that they are held against, and
// the tests of whether they are the same.
func (a *app) goodnessTable(g model.Goodness) {
	a.line("\nWhether %s has given shares%s, %s", a.words.called(g.Variable), a.words.within(g.Cell), report.Plural(g.N, "respondent"))
	var rows [][]string
	for k, c := range g.Categories {
		rows = append(rows, []string{a.words.codeLabel(c.Code, c.Label), report.Plain(g.Shares[k]*100, 2), report.Plain(g.Errors[k]*100, 2), report.Plain(g.Given[k]*100, 2)})
	}
	a.labelTable([]string{a.words.called(g.Variable), ">%", ">SE", ">Given %"}, rows, 1)
	a.line("")
	a.testRows(fitTests(&g), g.Why)
}

// A namedTest is one of the tests of a table.
type namedTest struct {
	name string
	indicator.Test
}

// The names of the tests by Pearson's statistic.
const (
	secondOrder = "Rao-Scott, second order (F)"
	firstOrder  = "Rao-Scott, first order (chi-square)"
	bySaddle    = "Rao-Scott, saddlepoint"

	byCellEffects = "Rao-Scott, effects of cells (F)"
)

func tests(t *model.Association) []namedTest {
	made := []namedTest{
		{secondOrder, t.RaoScott},
		{firstOrder, t.FirstOrder},
		{bySaddle, t.Saddlepoint},
		{"Wald (F)", t.Wald},
		{"Wald, adjusted (F)", t.AdjustedWald},
	}
	if t.CellsAsked {
		made = append(made, namedTest{byCellEffects, t.ByCells})
	}
	return made
}

func fitTests(g *model.Goodness) []namedTest {
	return []namedTest{{secondOrder, g.RaoScott}, {firstOrder, g.FirstOrder}, {bySaddle, g.Saddlepoint}}
}
