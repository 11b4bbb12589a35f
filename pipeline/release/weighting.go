package release

import "togetherwecan/pipeline/release/sheet"

// A WeightingRow is a measure of weights before and after they were calibrated and
// trimmed: a known total, or how the weights differ.
type WeightingRow struct {
	Measure            string
	Variable, Category string
	Before, After      float64
	Known              float64
	Base               int64
}

// WeightingColumns are those of the account of weights.
var WeightingColumns = []sheet.Column[WeightingRow]{
	{Name: "measure", Key: true, About: "total of a margin, or a measure of the weights or their factors: sum, cv, kish-effect, distance ...", Text: func(r *WeightingRow) *string { return &r.Measure }},
	{Name: "variable", About: "the variable of a margin", Text: func(r *WeightingRow) *string { return &r.Variable }},
	{Name: "category", About: "the category that the total is of; empty of numbers", Text: func(r *WeightingRow) *string { return &r.Category }},
	{Name: "before", About: "by the base weights", Number: func(r *WeightingRow) *float64 { return &r.Before }},
	{Name: "after", About: "by the weights after calibration and trimming", Number: func(r *WeightingRow) *float64 { return &r.After }},
	{Name: "known", About: "the total that the weights were brought to", Number: func(r *WeightingRow) *float64 { return &r.Known }},
	{Name: "base_unweighted", About: "respondents of the category, or all", Count: func(r *WeightingRow) *int64 { return &r.Base }},
}
