package main

import (
	"cmp"
	"encoding/csv"
	"io"
	"math"
	"strconv"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/table"
)

// A column is one of a table of rows for programs: of text or of numbers, NaN
// where there is none.
type column[R any] struct {
	name   string
	text   func(r *R) string
	number func(r *R) float64
}

// object is a row by the names of its columns.
func object[R any](r *R, columns []column[R]) map[string]any {
	made := map[string]any{}
	for _, c := range columns {
		if c.text != nil {
			made[c.name] = c.text(r)
		} else {
			made[c.name] = number(c.number(r))
		}
	}
	return made
}

// An answerSheet is a table for programs.
type answerSheet interface {
	csv(out io.Writer) error
	table() *table.Table
}

// sheetOf is what an answer has, which is of one kind.
func sheetOf(q *pipeline.Question, answer *pipeline.Answer) answerSheet {
	switch {
	case len(answer.Models) > 0:
		return rowsOf[modelRow]{modelColumns, modelRows(q, answer)}
	case len(answer.Tests) > 0:
		return rowsOf[testRow]{testColumns, testRows(answer)}
	}
	return rowsOf[answerRow]{answerColumns(answer), answerRows(answer)}
}

type rowsOf[R any] struct {
	columns []column[R]
	rows    []R
}

func (s rowsOf[R]) csv(out io.Writer) error {
	w := csv.NewWriter(out)
	record := make([]string, len(s.columns))
	for i, c := range s.columns {
		record[i] = c.name
	}
	if err := w.Write(record); err != nil {
		return err
	}
	for i := range s.rows {
		for j, c := range s.columns {
			if c.text != nil {
				record[j] = c.text(&s.rows[i])
				continue
			}
			record[j] = ""
			if x := c.number(&s.rows[i]); !math.IsNaN(x) && !math.IsInf(x, 0) {
				record[j] = strconv.FormatFloat(x, 'g', -1, 64)
			}
		}
		if err := w.Write(record); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

func (s rowsOf[R]) table() *table.Table {
	t := table.New(len(s.rows))
	for _, c := range s.columns {
		column := &table.Column{Variable: codebook.Variable{Name: c.name}}
		for i := range s.rows {
			if c.text != nil {
				column.Text = append(column.Text, c.text(&s.rows[i]))
			} else {
				column.Values = append(column.Values, c.number(&s.rows[i]))
			}
		}
		t.Add(column)
	}
	return t
}

// A modelRow is a coefficient of a model.
type modelRow struct {
	coefficient
	of    *pipeline.AskedModel
	level float64
}

func modelRows(q *pipeline.Question, answer *pipeline.Answer) []modelRow {
	var rows []modelRow
	for i := range answer.Models {
		for _, c := range coefficients(q, answer.Models[i]) {
			rows = append(rows, modelRow{c, &answer.Models[i], q.Level})
		}
	}
	return rows
}

// exponential is the odds or rate ratio that a number of a coefficient gives.
func (r *modelRow) exponential(x float64) float64 {
	if exponentials[r.of.Model.Family] == "" {
		return math.NaN()
	}
	return math.Exp(x)
}

var modelColumns = []column[modelRow]{
	{name: "model", text: func(r *modelRow) string { return r.of.Formula }},
	{name: "family", text: func(r *modelRow) string { return string(r.of.Model.Family) }},
	{name: "term", text: func(r *modelRow) string { return cmp.Or(r.term, r.name) }},
	{name: "coefficient", text: func(r *modelRow) string { return r.name }},
	{name: "label", text: func(r *modelRow) string { return r.label }},
	{name: "value", number: func(r *modelRow) float64 { return r.value }},
	{name: "std_error", number: func(r *modelRow) float64 { return r.se }},
	{name: "ci_lower", number: func(r *modelRow) float64 { return r.limits.Lower }},
	{name: "ci_upper", number: func(r *modelRow) float64 { return r.limits.Upper }},
	{name: "ci_level", number: func(r *modelRow) float64 { return r.level }},
	{name: "t", number: func(r *modelRow) float64 { return r.t }},
	{name: "df", number: func(r *modelRow) float64 { return r.of.ResidualDF }},
	{name: "p_value", number: func(r *modelRow) float64 { return r.p }},
	{name: "ratio", number: func(r *modelRow) float64 { return r.exponential(r.value) }},
	{name: "ratio_lower", number: func(r *modelRow) float64 { return r.exponential(r.limits.Lower) }},
	{name: "ratio_upper", number: func(r *modelRow) float64 { return r.exponential(r.limits.Upper) }},
	{name: "base_unweighted", number: func(r *modelRow) float64 { return float64(r.of.N) }},
}

// A testRow is a test of a table.
type testRow struct {
	namedTest
	of *pipeline.AskedTest
}

func testRows(answer *pipeline.Answer) []testRow {
	var rows []testRow
	for i := range answer.Tests {
		for _, t := range tests(answer.Tests[i].Association) {
			rows = append(rows, testRow{t, &answer.Tests[i]})
		}
	}
	return rows
}

var testColumns = []column[testRow]{
	{name: "row", text: func(r *testRow) string { return r.of.Variables[0] }},
	{name: "column", text: func(r *testRow) string { return r.of.Variables[1] }},
	{name: "test", text: func(r *testRow) string { return r.name }},
	{name: "statistic", number: func(r *testRow) float64 { return r.Statistic }},
	{name: "df", number: func(r *testRow) float64 { return r.DF }},
	{name: "denominator_df", number: func(r *testRow) float64 { return r.Denominator }},
	{name: "p_value", number: func(r *testRow) float64 { return r.P }},
	{name: "base_unweighted", number: func(r *testRow) float64 { return float64(r.of.N) }},
	{name: "note", text: func(r *testRow) string { return r.of.Note }},
}
