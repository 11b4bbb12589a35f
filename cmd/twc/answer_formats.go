package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"strconv"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/table"
)

// An answerColumn is a column of an answer's figures.
type answerColumn struct {
	name   string
	text   func(f *pipeline.AskedFigure) string
	number func(f *pipeline.AskedFigure) float64
}

// answerColumns are the figures' columns in CSV and Parquet. Proportions are
// fractions.
var answerColumns = []answerColumn{
	{name: "statistic", text: func(f *pipeline.AskedFigure) string { return f.Statistic }},
	{name: "variable", text: func(f *pipeline.AskedFigure) string { return f.Variable }},
	{name: "item", text: func(f *pipeline.AskedFigure) string { return f.Item }},
	{name: "item_label", text: func(f *pipeline.AskedFigure) string { return f.ItemLabel }},
	{name: "breakdown", text: func(f *pipeline.AskedFigure) string { return f.Breakdown }},
	{name: "category", text: func(f *pipeline.AskedFigure) string { return f.Category }},
	{name: "category_label", text: func(f *pipeline.AskedFigure) string { return f.Label }},
	{name: "value", number: func(f *pipeline.AskedFigure) float64 { return f.Value }},
	{name: "std_error", number: func(f *pipeline.AskedFigure) float64 { return f.SE }},
	{name: "ci_lower", number: func(f *pipeline.AskedFigure) float64 { return f.Lower }},
	{name: "ci_upper", number: func(f *pipeline.AskedFigure) float64 { return f.Upper }},
	{name: "ci_level", number: func(f *pipeline.AskedFigure) float64 { return f.Level }},
	{name: "ci_method", text: func(f *pipeline.AskedFigure) string { return f.Method }},
	{name: "df", number: func(f *pipeline.AskedFigure) float64 { return f.DF }},
	{name: "design_effect", number: func(f *pipeline.AskedFigure) float64 { return f.DEFF }},
	{name: "cv", number: func(f *pipeline.AskedFigure) float64 { return f.CV }},
	{name: "base_unweighted", number: func(f *pipeline.AskedFigure) float64 { return float64(f.Base) }},
	{name: "base_weighted", number: func(f *pipeline.AskedFigure) float64 { return f.Weights }},
	{name: "note", text: func(f *pipeline.AskedFigure) string { return f.Note }},
}

func answerCSV(out *bytes.Buffer, answer *pipeline.Answer) error {
	w := csv.NewWriter(out)
	record := make([]string, len(answerColumns))
	for i, c := range answerColumns {
		record[i] = c.name
	}
	if err := w.Write(record); err != nil {
		return err
	}
	for i := range answer.Figures {
		for j, c := range answerColumns {
			if c.text != nil {
				record[j] = c.text(&answer.Figures[i])
				continue
			}
			record[j] = ""
			if x := c.number(&answer.Figures[i]); !math.IsNaN(x) {
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

// answerTable is the figures as a table.
func answerTable(answer *pipeline.Answer) *table.Table {
	t := table.New(len(answer.Figures))
	for _, c := range answerColumns {
		column := &table.Column{Variable: codebook.Variable{Name: c.name}}
		for i := range answer.Figures {
			if c.text != nil {
				column.Text = append(column.Text, c.text(&answer.Figures[i]))
			} else {
				column.Values = append(column.Values, c.number(&answer.Figures[i]))
			}
		}
		t.Add(column)
	}
	return t
}

// answerJSON writes everything of an answer for programs; what is not there is
// null.
func answerJSON(out *bytes.Buffer, answer *pipeline.Answer) error {
	number := func(x float64) *float64 {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil
		}
		return &x
	}
	figures := make([]map[string]any, len(answer.Figures))
	for i := range answer.Figures {
		figures[i] = map[string]any{}
		for _, c := range answerColumns {
			if c.text != nil {
				figures[i][c.name] = c.text(&answer.Figures[i])
			} else {
				figures[i][c.name] = number(c.number(&answer.Figures[i]))
			}
		}
	}
	made := map[string]any{
		"file": answer.Extract.Name, "sha256": answer.Extract.SHA256, "error": answer.Error, "df": answer.DF, "sample": answer.Facts, "figures": figures,
	}
	var contrasts []map[string]any
	for _, c := range answer.Contrasts {
		contrasts = append(contrasts, map[string]any{
			"statistic": c.Statistic, "variable": c.Variable, "item": c.Item, "breakdown": c.Breakdown, "category": c.Category, "from": c.From,
			"difference": number(c.Difference), "std_error": number(c.SE), "ci_lower": number(c.Lower), "ci_upper": number(c.Upper),
			"df": number(c.DF), "p_value": number(c.P), "p_adjusted": number(c.Adjusted),
		})
	}
	var independence []map[string]any
	for _, t := range answer.Tests {
		for _, test := range tests(t.Association) {
			independence = append(independence, map[string]any{
				"row": t.Variables[0], "column": t.Variables[1], "test": test.name, "statistic": number(test.Statistic),
				"df": number(test.DF), "denominator_df": number(test.Denominator), "p_value": number(test.P),
			})
		}
	}
	var models []map[string]any
	for _, m := range answer.Models {
		coefficients := make([]map[string]any, len(m.Model.Names))
		for i, name := range m.Model.Names {
			coefficients[i] = map[string]any{"name": name, "label": m.Labels[i], "value": number(m.Values[i]), "std_error": number(m.SE(i)), "p_value": number(estimate.PValue(m.Values[i]/m.SE(i), m.ResidualDF))}
		}
		models = append(models, map[string]any{"formula": m.Formula, "replicates_left_out": m.LeftOut, "family": m.Model.Family, "base_unweighted": m.N, "df": m.ResidualDF, "dispersion": number(m.Dispersion), "coefficients": coefficients})
	}
	for name, list := range map[string][]map[string]any{"contrasts": contrasts, "tests": independence, "models": models} {
		if list != nil {
			made[name] = list
		}
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(made)
}
