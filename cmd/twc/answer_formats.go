package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
)

// An answerRow is a row of an answer for programs: a figure, or what some of
// them compare to.
type answerRow struct {
	pipeline.AskedFigure
	comparison               string // "" of a figure
	against                  codebook.Category
	t, p, adjusted, smallest float64
	adjustment               string
}

// The comparisons of a row.
const (
	difference = "difference"
	ratio      = "ratio"
	trend      = "trend"
)

// answerRows are the figures of an answer, its contrasts and its trends.
func answerRows(answer *pipeline.Answer) []answerRow {
	nan := math.NaN()
	var rows []answerRow
	for _, f := range answer.Figures {
		rows = append(rows, answerRow{AskedFigure: f, t: nan, p: nan, adjusted: nan, smallest: nan})
	}
	for _, c := range answer.Contrasts {
		rows = append(rows,
			answerRow{AskedFigure: c.Difference, comparison: difference, against: c.From, t: c.T, p: c.P, adjusted: c.Adjusted, adjustment: c.Adjustment, smallest: c.Detectable},
			answerRow{AskedFigure: c.Ratio, comparison: ratio, against: c.From, t: nan, p: nan, adjusted: nan, smallest: nan})
	}
	for _, t := range answer.Trends {
		rows = append(rows, answerRow{AskedFigure: t.AskedFigure, comparison: trend, t: t.T, p: t.P, adjusted: nan, smallest: nan})
	}
	return rows
}

// figureColumns are the figures' columns in CSV and Parquet. Proportions are
// fractions.
var figureColumns = []column[answerRow]{
	{name: "statistic", text: func(r *answerRow) string { return string(r.Statistic) }},
	{name: "variable", text: func(r *answerRow) string { return r.Variable }},
	{name: "item", text: func(r *answerRow) string { return r.Item }},
	{name: "item_label", text: func(r *answerRow) string { return r.ItemLabel }},
	{name: "breakdown", text: func(r *answerRow) string { return r.Breakdown }},
	{name: "category", text: func(r *answerRow) string { return r.Category }},
	{name: "category_label", text: func(r *answerRow) string { return r.Label }},
	{name: "value", number: func(r *answerRow) float64 { return r.Value }},
	{name: "std_error", number: func(r *answerRow) float64 { return r.SE }},
	{name: "ci_lower", number: func(r *answerRow) float64 { return r.Lower }},
	{name: "ci_upper", number: func(r *answerRow) float64 { return r.Upper }},
	{name: "ci_level", number: func(r *answerRow) float64 { return r.Level }},
	{name: "ci_method", text: func(r *answerRow) string { return r.Method }},
	{name: "df", number: func(r *answerRow) float64 { return r.DF }},
	{name: "design_effect", number: func(r *answerRow) float64 { return r.DEFF }},
	{name: "effective_base", number: func(r *answerRow) float64 { return r.EffectiveBase() }},
	{name: "cv", number: func(r *answerRow) float64 { return r.CV }},
	{name: "base_unweighted", number: func(r *answerRow) float64 { return float64(r.Base) }},
	{name: "base_weighted", number: func(r *answerRow) float64 { return r.Weights }},
	{name: "note", text: func(r *answerRow) string { return r.Note }},
}

// comparisonColumns are those that follow where something is compared.
var comparisonColumns = []column[answerRow]{
	{name: "comparison", text: func(r *answerRow) string { return r.comparison }},
	{name: "against", text: func(r *answerRow) string { return r.against.Code }},
	{name: "against_label", text: func(r *answerRow) string { return cmp.Or(r.against.Label, r.against.Code) }},
	{name: "t", number: func(r *answerRow) float64 { return r.t }},
	{name: "p_value", number: func(r *answerRow) float64 { return r.p }},
	{name: "p_adjusted", number: func(r *answerRow) float64 { return r.adjusted }},
	{name: "adjustment", text: func(r *answerRow) string { return r.adjustment }},
	{name: "detectable_difference", number: func(r *answerRow) float64 { return r.smallest }},
}

// answerColumns are those of an answer.
func answerColumns(answer *pipeline.Answer) []column[answerRow] {
	if len(answer.Contrasts)+len(answer.Trends) == 0 {
		return figureColumns
	}
	return slices.Concat(figureColumns, comparisonColumns)
}

// number is a number as JSON has it: null where there is none.
func number(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// answerJSON writes everything of an answer for programs; what is not there is
// null.
func answerJSON(out *bytes.Buffer, q *pipeline.Question, answer *pipeline.Answer) error {
	lists := map[string][]map[string]any{"figures": {}}
	rows := answerRows(answer)
	for i := range rows {
		switch r := &rows[i]; r.comparison {
		case "":
			lists["figures"] = append(lists["figures"], object(r, figureColumns))
		case trend:
			made := object(r, slices.Concat(figureColumns, comparisonColumns))
			t := answer.Trends[len(lists["trends"])]
			made["scores"], made["score_of"], made["left_out"] = t.Scores, codesOf(t.Categories), codesOf(t.Left)
			lists["trends"] = append(lists["trends"], made)
		default:
			lists["contrasts"] = append(lists["contrasts"], object(r, slices.Concat(figureColumns, comparisonColumns)))
		}
	}
	for _, t := range answer.Tests {
		shares := make([][]*float64, len(t.Shares))
		for i, row := range t.Shares {
			for _, share := range row {
				shares[i] = append(shares[i], number(share))
			}
		}
		lists["tables"] = append(lists["tables"], map[string]any{
			"row": t.Variables[0], "column": t.Variables[1], "base_unweighted": t.N,
			"rows": named(t.RowCategories), "columns": named(t.ColumnCategories), "shares": shares,
		})
	}
	for _, r := range testRows(answer) {
		lists["tests"] = append(lists["tests"], object(&r, testColumns))
	}
	for _, m := range answer.Models {
		found, terms := []map[string]any{}, []map[string]any{}
		for _, t := range m.Terms {
			terms = append(terms, map[string]any{"term": t.Term, "statistic": number(t.Statistic), "df": number(t.DF), "denominator_df": number(t.Denominator), "p_value": number(t.P), "note": t.Note})
		}
		for _, c := range coefficients(q, m) {
			made := map[string]any{
				"name": c.name, "term": c.term, "label": c.label, "value": number(c.value), "std_error": number(c.se),
				"ci_lower": number(c.limits.Lower), "ci_upper": number(c.limits.Upper), "t": number(c.t), "p_value": number(c.p),
			}
			if heading := exponentials[m.Model.Family]; heading != "" {
				made[strings.ReplaceAll(strings.ToLower(heading), " ", "_")] = map[string]any{"value": number(math.Exp(c.value)), "ci_lower": number(math.Exp(c.limits.Lower)), "ci_upper": number(math.Exp(c.limits.Upper))}
			}
			found = append(found, made)
		}
		lists["models"] = append(lists["models"], map[string]any{
			"formula": m.Formula, "replicates_left_out": m.LeftOut, "family": m.Model.Family, "base_unweighted": m.N, "df": m.ResidualDF,
			"dispersion": number(m.Dispersion), "coefficients": found, "terms": terms, "note": m.Note,
		})
	}
	lonely := []map[string]any{}
	for _, l := range answer.Lonely {
		lonely = append(lonely, map[string]any{"stage": l.Stage, "strata": l.Strata, "of": l.Of, "weight": number(l.Share)})
	}
	made := map[string]any{"lonely": lonely, "file": answer.Extract.Name, "sha256": answer.Extract.SHA256, "error": answer.Error, "df": answer.DF, "sample": answer.Facts}
	for name, list := range lists {
		made[name] = list
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(made)
}

// named are categories as JSON has them.
func named(categories []codebook.Category) []map[string]string {
	made := make([]map[string]string, len(categories))
	for i, c := range categories {
		made[i] = map[string]string{"code": c.Code, "label": c.Label}
	}
	return made
}
