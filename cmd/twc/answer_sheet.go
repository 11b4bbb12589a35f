package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math"
	"slices"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/compare"
	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
)

// An answerSheet is the one table of an answer for programs.
type answerSheet interface {
	csv() []byte
	parquet(meta ...sheet.Pair) ([]byte, error)
}

// sheetOf is what an answer has, which is of one kind.
func sheetOf(q *question.Question, answer *pipeline.Answer) answerSheet {
	switch {
	case accountAlone(q, answer):
		return rowsOf[release.WeightingRow]{release.WeightingColumns, weightingRows(answer.Weighting)}
	case len(answer.Models) > 0:
		var rows []release.Coefficient
		for _, m := range answer.Models {
			rows = slices.Concat(rows, m.Coefficients, m.Averages, m.Contrasts)
		}
		return rowsOf[release.Coefficient]{withCells(q, coefficientColumns(q), release.CoefficientCells), rows}
	case len(answer.Tests)+len(answer.Fits) > 0:
		return rowsOf[release.Test]{withCells(q, release.TestColumns, release.TestCells), slices.Concat(testRows(q, answer.Tests), fitRows(q, answer.Fits))}
	case len(answer.Tables) > 0:
		return rowsOf[release.CrosstabRow]{release.CrosstabColumns(answerColumns(q, answer)), crosstabRows(q, answer)}
	}
	columns := answerColumns(q, answer)
	if len(answer.Contrasts)+len(answer.Combinations)+len(answer.Trends) > 0 {
		columns = slices.Concat(columns, comparisonColumns(answer))
	}
	return rowsOf[release.AnswerRow]{columns, answerRows(q, answer)}
}

// coefficientColumns are those of a question's models.
func coefficientColumns(q *question.Question) []sheet.Column[release.Coefficient] {
	if len(q.Predictions)+len(q.Slopes)+len(q.Coefficients) == 0 {
		return release.CoefficientColumns
	}
	return slices.Concat(release.CoefficientColumns, release.AverageColumns)
}

// answerColumns are those of an answer's figures.
func answerColumns(q *question.Question, answer *pipeline.Answer) []sheet.Column[release.AnswerRow] {
	columns := release.AnswerColumns
	if answer.Policy != nil {
		columns = slices.Concat(columns, release.StatusColumn)
	}
	if q.Deviations {
		columns = slices.Concat(columns, release.DeviationColumn)
	}
	if q.TableOne {
		columns = slices.Concat(columns, release.TableOneColumns)
	}
	return columns
}

// comparisonColumns are those that the answer's comparisons have too.
func comparisonColumns(answer *pipeline.Answer) []sheet.Column[release.AnswerRow] {
	if len(answer.Combinations) == 0 {
		return release.ComparisonColumns
	}
	return slices.Concat(release.ComparisonColumns, release.ContrastColumns)
}

// withCells are columns of tests or models, with those of the categories that they are
// within where the question has breakdowns.
func withCells[R any](q *question.Question, columns, cells []sheet.Column[R]) []sheet.Column[R] {
	if len(q.By) == 0 {
		return columns
	}
	return slices.Concat(columns, cells)
}

type rowsOf[R any] struct {
	columns []sheet.Column[R]
	rows    []R
}

func (s rowsOf[R]) csv() []byte { return sheet.ShortCSV(s.rows, s.columns) }

func (s rowsOf[R]) parquet(meta ...sheet.Pair) ([]byte, error) {
	for _, c := range s.columns {
		meta = append(meta, sheet.Pair{Key: "column." + c.Name, Value: c.About})
	}
	return sheet.Parquet(s.rows, s.columns, meta)
}

// answerRows are the figures of an answer, its contrasts and its trends.
func answerRows(q *question.Question, answer *pipeline.Answer) []release.AnswerRow {
	var rows []release.AnswerRow
	for _, f := range answer.Figures {
		r := answerRow(q, f, "")
		r.Deviation = f.Deviation
		rows = append(rows, r)
	}
	if q.TableOne {
		tableOneColumns(q, answer, rows)
	}
	for _, c := range answer.Contrasts {
		difference, ratio := answerRow(q, c.Difference, release.DifferenceOf), answerRow(q, c.Ratio, release.RatioOf)
		difference.T, difference.P, difference.PAdjusted, difference.Adjustment = c.T, c.P, c.Adjusted, c.Adjustment
		difference.Detectable = c.Detectable * scaleOf(q, c.Difference.Statistic)
		for _, r := range []*release.AnswerRow{&difference, &ratio} {
			against := c.Against()
			r.Against, r.AgainstLabel = against.Code, cmp.Or(against.Label, against.Code)
		}
		rows = append(rows, difference, ratio)
	}
	for _, c := range answer.Combinations {
		r := answerRow(q, c.Reply, combinationKinds[c.Kind])
		r.Contrast, r.T, r.P, r.PAdjusted, r.Adjustment = c.Contrast, c.T, c.P, c.Adjusted, c.Adjustment
		r.Detectable = c.Detectable * scaleOf(q, c.Statistic)
		rows = append(rows, r)
	}
	for _, t := range answer.Trends {
		r := answerRow(q, t.Reply, release.TrendOf)
		r.T, r.P = t.T, t.P
		rows = append(rows, r)
	}
	for i := range rows {
		finishRow(q, answer, &rows[i])
	}
	return rows
}

// combinationKinds are what a row says of a contrast.
var combinationKinds = map[compare.CombinationKind]string{
	compare.Difference: release.DifferenceOf, compare.Sum: release.ContrastOf, compare.Quotient: release.RatioOf, compare.Other: release.ContrastOf,
}

// answerRow is a figure, or a comparison of figures, in its unit.
func answerRow(q *question.Question, f question.Reply, comparison string) release.AnswerRow {
	f.Item = cmp.Or(f.Item, codebook.All)
	r := release.NewAnswerRow(f.Estimate, comparison)
	r.Weight = f.Weight
	if u := countedIn(q); f.Statistic == indicator.Count && u.of != 1 && comparison != release.RatioOf {
		r.In(u.name, u.of)
	}
	r.Variable, r.ItemLabel, r.CategoryLabel = f.Variable, f.ItemLabel, f.Label
	return r
}

// allTests are the tests of an answer, those of its tables too.
func allTests(answer *pipeline.Answer) []model.Independence {
	made := slices.Clone(answer.Tests)
	for _, t := range answer.Tables {
		if t.Test != nil && answer.Policy == nil {
			made = append(made, *t.Test)
		}
	}
	return made
}

// testRows are the tests of tables.
func testRows(q *question.Question, of []model.Independence) []release.Test {
	var rows []release.Test
	for _, of := range of {
		for _, t := range tests(of.Association, q.TestedBy) {
			r := testRow(t.name, t.Test, indicator.Note{Code: of.Why})
			r.Row, r.Column, r.Base = of.Variables[0], of.Variables[1], int64(of.N)
			r.Breakdown, r.Category = of.Breakdown, of.Category
			rows = append(rows, r)
		}
	}
	return rows
}

// fitRows are the tests of given shares, which have no column.
func fitRows(q *question.Question, of []model.Goodness) []release.Test {
	var rows []release.Test
	for i := range of {
		g := &of[i]
		for _, t := range fitTests(g, q.TestedBy) {
			r := testRow(t.name, t.Test, indicator.Note{Code: g.Why})
			r.Row, r.Base, r.Breakdown, r.Category = g.Variable, int64(g.N), g.Breakdown, g.Category
			rows = append(rows, r)
		}
	}
	return rows
}

func testRow(name string, t indicator.Test, why indicator.Note) release.Test {
	r := release.Test{Name: name, Statistic: t.Statistic, DF: t.DF, Denominator: release.Finite(t.Denominator), P: t.P, Notes: why.String()}
	if r.Denominator == 0 {
		r.Denominator = math.NaN() // of chi-square, which has none
	}
	if r.DF == 0 {
		r.DF = math.NaN() // of the saddlepoint, which has none
	}
	return r
}

// join is two JSON objects as one.
func join(a, b json.RawMessage) json.RawMessage {
	return slices.Concat(bytes.TrimSuffix(a, []byte("}")), []byte(","), bytes.TrimPrefix(b, []byte("{")))
}
