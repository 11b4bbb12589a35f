package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/report"
)

// testTable writes a table of shares and the tests of its independence.
func (a *app) testTable(q *question.Question, t model.Independence) {
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
	a.tests(q, &t)
}

// tests writes the tests of a table's independence.
func (a *app) tests(q *question.Question, t *model.Independence) {
	a.testRows(tests(t.Association, q.TestedBy), t.Why)
}

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
func (a *app) goodnessTable(q *question.Question, g model.Goodness) {
	a.line("\nWhether %s has given shares%s, %s", a.words.called(g.Variable), a.words.within(g.Cell), report.Plural(g.N, "respondent"))
	var rows [][]string
	for k, c := range g.Categories {
		rows = append(rows, []string{a.words.codeLabel(c.Code, c.Label), report.Plain(g.Shares[k]*100, 2), report.Plain(g.Errors[k]*100, 2), report.Plain(g.Given[k]*100, 2)})
	}
	a.labelTable([]string{a.words.called(g.Variable), ">%", ">SE", ">Given %"}, rows, 1)
	a.line("")
	a.testRows(fitTests(&g, q.TestedBy), g.Why)
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

	byWald         = "Wald (F)"
	byAdjustedWald = "Wald, adjusted (F)"

	byCellEffects = "Rao-Scott, effects of cells (F)"
)

// testNames are what --tested-by takes.
var testNames = map[string]string{
	"second-order": secondOrder, "first-order": firstOrder, "saddlepoint": bySaddle, "wald": byWald, "adjusted-wald": byAdjustedWald,
}

func testedBys() []string { return slices.Sorted(maps.Keys(testNames)) }

// tests are those of a table, or the one that is chosen.
func tests(t *model.Association, chosen string) []namedTest {
	made := []namedTest{
		{secondOrder, t.RaoScott},
		{firstOrder, t.FirstOrder},
		{bySaddle, t.Saddlepoint},
		{byWald, t.Wald},
		{byAdjustedWald, t.AdjustedWald},
	}
	if t.CellsAsked {
		made = append(made, namedTest{byCellEffects, t.ByCells})
	}
	return theChosen(made, chosen)
}

// theChosen is the test that is chosen by name, or all where none is.
func theChosen(of []namedTest, chosen string) []namedTest {
	return slices.DeleteFunc(of, func(t namedTest) bool { return chosen != "" && t.name != testNames[chosen] })
}

// chosenTest is the name of the one test of a table's shares.
func chosenTest(q *question.Question) string { return cmp.Or(testNames[q.TestedBy], secondOrder) }

func fitTests(g *model.Goodness, chosen string) []namedTest {
	return theChosen([]namedTest{{secondOrder, g.RaoScott}, {firstOrder, g.FirstOrder}, {bySaddle, g.Saddlepoint}}, chosen)
}
