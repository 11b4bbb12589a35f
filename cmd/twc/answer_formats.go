package main

import (
	"encoding/json"
	"math"
	"slices"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/weigh"
)

// answerJSON is everything of an answer for programs, with the columns of the
// tables; what is not there is null.
func answerJSON(q *question.Question, answer *pipeline.Answer) []byte {
	lists := map[string][]json.RawMessage{"figures": {}}
	rows := answerRows(q, answer)
	columns := answerColumns(q, answer)
	compared := sheet.JSON(rows, slices.Concat(columns, comparisonColumns(answer)))
	trends := 0
	for i, r := range rows {
		switch r.Comparison {
		case "":
			lists["figures"] = append(lists["figures"], sheet.JSON(rows[i:i+1], columns)...)
		case release.TrendOf:
			t := answer.Trends[trends]
			scores := release.EncodeJSON(map[string]any{"scores": t.Scores, "score_of": codesOf(t.Categories), "left_out": codesOf(t.Left)})
			lists["trends"] = append(lists["trends"], join(compared[i], scores))
			trends++
		default:
			lists["contrasts"] = append(lists["contrasts"], compared[i])
		}
	}
	lists["cells"] = sheet.JSON(crosstabRows(q, answer), release.CrosstabColumns(columns))
	for _, t := range allTests(answer) {
		shares := make([][]*float64, len(t.Shares))
		for i, row := range t.Shares {
			for _, share := range row {
				shares[i] = append(shares[i], number(share))
			}
		}
		lists["tables"] = append(lists["tables"], release.EncodeJSON(map[string]any{
			"breakdown": t.Breakdown, "category": t.Category, "row": t.Variables[0], "column": t.Variables[1], "base_unweighted": t.N,
			"rows": codesAndLabels(t.RowCategories), "columns": codesAndLabels(t.ColumnCategories), "shares": shares,
		}))
	}
	for _, g := range answer.Fits {
		lists["fits"] = append(lists["fits"], release.EncodeJSON(map[string]any{
			"breakdown": g.Breakdown, "category": g.Category, "variable": g.Variable, "base_unweighted": g.N,
			"categories": codesAndLabels(g.Categories), "shares": numbers(g.Shares), "std_errors": numbers(g.Errors), "given": numbers(g.Given),
		}))
	}
	lists["tests"] = sheet.JSON(slices.Concat(testRows(q, allTests(answer)), fitRows(q, answer.Fits)), release.TestColumns)
	for _, m := range answer.Models {
		terms := make([]release.Test, len(m.Terms))
		for i, t := range m.Terms {
			terms[i] = testRow(t.Term, t.Test, t.Why)
			terms[i].Base = int64(m.N)
		}
		made := map[string]any{
			"formula": m.Formula, "breakdown": m.Breakdown, "category": m.Category, "replicates_left_out": m.LeftOut, "family": m.Model.Family, "errors": errorsOf(m), "base_unweighted": m.N, "df": number(m.ResidualDF),
			"dispersion": number(m.Dispersion), "coefficients": sheet.JSON(m.Coefficients, release.CoefficientColumns),
			"terms": sheet.JSON(terms, release.TermColumns), "notes": string(m.Why),
		}
		if m.Lost != nil {
			made["replicates_without"] = m.Lost
		}
		if m.Averages != nil {
			made["averages"] = sheet.JSON(m.Averages, slices.Concat(release.CoefficientColumns, release.AverageColumns))
		}
		if m.Contrasts != nil {
			made["contrasts"] = sheet.JSON(m.Contrasts, release.CoefficientColumns)
		}
		lists["models"] = append(lists["models"], release.EncodeJSON(made))
	}
	for _, x := range answer.Absent {
		lists["absent"] = append(lists["absent"], release.EncodeJSON(map[string]any{"asked": x.Asked, "of": x.Of, "breakdown": x.Breakdown, "category": x.Category, "why": x.Why}))
	}
	lonely := []map[string]any{}
	for _, l := range answer.Lonely {
		lonely = append(lonely, map[string]any{"stage": l.Stage, "strata": l.Strata, "of": l.Of, "weight": number(l.Share)})
	}
	made := map[string]any{"lonely": lonely, "file": answer.Extract.Name, "sha256": answer.Extract.SHA256, "error": answer.Error, "df": answer.DF, "replicates": answer.Replicates, "notes": answer.Notes.String(), "sample": answer.Facts, "stages_all_drawn": answer.Facts.AllDrawn, "outside": answer.Outside, "outside_missing": answer.Unknown}
	var files []map[string]any
	if answer.Files != nil {
		for _, e := range answer.Files {
			files = append(files, map[string]any{"file": e.Name, "sha256": e.SHA256, "rows": e.Rows})
		}
		made["files"] = files
	}
	if w := answer.Weighting; w != nil {
		made["weighting"] = weightingJSON(w)
	}
	if answer.Policy != nil { // under which no file can be tried against what it is guessed to hold
		made["policy"] = answer.Policy.Name
		delete(made, "sha256")
		for _, of := range files {
			delete(of, "sha256")
			delete(of, "rows")
		}
	}
	for name, list := range lists {
		if list != nil {
			made[name] = list
		}
	}
	return release.EncodeJSON(made)
}

// weightingJSON is what was done to weights.
func weightingJSON(w *weigh.Weighting) map[string]any {
	var bounds []float64
	if w.Lower != 0 || w.Upper != 0 {
		bounds = []float64{w.Lower, w.Upper}
	}
	return map[string]any{"method": w.Method, "bounds": bounds, "trim": w.Trim, "within": w.Within, "measures": sheet.JSON(weightingRows(w), release.WeightingColumns)}
}

// number is a number as JSON has it: null where there is none.
func number(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// numbers are numbers as JSON has them.
func numbers(of []float64) []*float64 {
	made := make([]*float64, len(of))
	for i, x := range of {
		made[i] = number(x)
	}
	return made
}

// codesAndLabels are categories as JSON has them.
func codesAndLabels(categories []codebook.Category) []map[string]string {
	made := make([]map[string]string, len(categories))
	for i, c := range categories {
		made[i] = map[string]string{"code": c.Code, "label": c.Label}
	}
	return made
}
