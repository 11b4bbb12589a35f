package main

import (
	"fmt"
	"math"
	"strings"

	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/report"
)

// testTable writes a table of shares and the tests of its independence.
func (a *app) testTable(t model.Independence) {
	a.line("\nIndependence of %s and %s%s, %s (%% of all)", t.Variables[0], t.Variables[1], within(t.Cell), report.Plural(t.N, "respondent"))
	const most = 40 // columns that anybody reads
	if len(t.Columns) > most {
		a.paragraph("  ", fmt.Sprintf("The table has %d columns: --format json has it", len(t.Columns)))
	} else {
		header := []string{t.Variables[0] + " \\ " + t.Variables[1]}
		for _, c := range t.ColumnCategories {
			header = append(header, ">"+codeLabel(c.Code, c.Label))
		}
		var rows [][]string
		for i, r := range t.RowCategories {
			row := []string{codeLabel(r.Code, r.Label)}
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
func (a *app) tests(t *model.Independence) {
	var rows [][]string
	var notes footnotes
	for _, test := range tests(t.Association) {
		df := report.Plain(test.DF, 2)
		if test.Denominator > 0 {
			df += ", " + report.Plain(test.Denominator, 2)
		}
		switch {
		case math.IsNaN(test.Statistic) && t.Why != "":
			notes.add("no test: "+report.Because(t.Why), []string{test.name})
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
	a.footnotes(notes, len(tests(t.Association)))
}

// within says of which category of a breakdown something is, "" for everyone.
func within(cell question.Cell) string {
	var parts []string
	for i, name := range cell.Variables {
		parts = append(parts, name+" "+codeLabel(cell.Crossed[i].Code, cell.Crossed[i].Label))
	}
	if parts == nil {
		return ""
	}
	return ", " + strings.Join(parts, " and ")
}

// A namedTest is one of the tests of a table.
type namedTest struct {
	name string
	indicator.Test
}

func tests(t *model.Association) []namedTest {
	return []namedTest{
		{"Rao-Scott, second order (F)", t.RaoScott},
		{"Rao-Scott, first order (chi-square)", t.FirstOrder},
		{"Wald (F)", t.Wald},
		{"Wald, adjusted (F)", t.AdjustedWald},
	}
}
