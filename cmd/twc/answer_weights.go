package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
	"togetherwecan/pipeline/weigh"
)

// weightsLine says in a line how the weights came to be.
func (a *app) weightsLine(w *weigh.Weighting) {
	if w == nil {
		return
	}
	var told []string
	named, often := strings.Join(w.Named(), ", "), ""
	if w.Iterations > 0 {
		noun := "step"
		if w.Method == weigh.Raked {
			noun = "sweep"
		}
		often = " in " + report.Plural(w.Iterations, noun)
	}
	if slices.ContainsFunc(w.Totals, func(t weigh.MarginTotal) bool { return t.Variable == codebook.All }) {
		named = strings.TrimPrefix(named+" and the size of the population", " and ")
	}
	switch w.Method {
	case "":
	case weigh.PostStratified:
		told = append(told, "post-stratified to "+named)
	case weigh.Raked:
		told = append(told, "raked to "+named+often)
	default:
		told = append(told, fmt.Sprintf("calibrated to %s by the %s distance%s", named, w.Method, often))
	}
	if w.Trim != nil {
		trimmed := fmt.Sprintf("trimmed to %g to %g", w.Trim[0], w.Trim[1])
		if w.Weight != nil {
			trimmed = report.Count(int64(w.Trimmed)) + " of " + report.Count(int64(len(w.Weight))) + " " + trimmed
		}
		told = append(told, trimmed)
	}
	if w.Method != "" {
		told = append(told, missed(w.Miss))
	}
	if w.Weight != nil { // which a disclosure policy leaves none of
		told = append(told, fmt.Sprintf("factors %s to %s", significant(w.OfFactor.Least), significant(w.OfFactor.Most)))
	}
	a.paragraph("", "Weights "+strings.Join(told, ", "))
	if w.Below > 0 {
		a.paragraph("", report.Plural(w.Below, "weight")+" below 0: --bounds keeps the factors above it, and so does --calibrate raking")
	}
	if w.Unequal > 0 {
		a.paragraph("", fmt.Sprintf("%s: %s of %s with unequal weights before, whose factor is one and whose weights are not", w.Within, report.Count(int64(w.Unequal)), report.Plural(w.Units, "unit")))
	}
}

// missed says whether totals are met but for rounding, or how far they are missed.
func missed(share float64) string {
	const dust = 1e-9
	if share < dust {
		return "all totals met"
	}
	return "totals missed by up to " + report.Plain(100*share, report.Places(100*share, 2*share)) + "%"
}

// significant is a number with about four digits.
func significant(x float64) string { return report.Plain(x, placesOf(x)) }

// placesOf is how many decimals about four digits of a number are.
func placesOf(x float64) int {
	if x == 0 || math.IsNaN(x) {
		return 0
	}
	return max(0, 3-int(math.Floor(math.Log10(math.Abs(x)))))
}

// weightingTables write the account of the weights.
func (a *app) weightingTables(w *weigh.Weighting) {
	a.line("")
	a.paragraph("", "Weights before and after")
	spread := func(name string, s weigh.Spread, places int, sum bool) []string {
		row := []string{name, "", report.Plain(s.Least, places), report.Plain(s.Median, places), report.Plain(s.Most, places), "", "", ""}
		if sum {
			row[1], row[5] = report.Plain(s.Sum, placesOf(s.Sum)), report.Plain(s.CV, 3)
			row[6], row[7] = report.Plain(s.Effect, 3), report.Plain(s.Effective, 1)
		}
		return row
	}
	a.rows([]string{"", ">Sum", ">Least", ">Median", ">Most", ">CV", ">Kish", ">Effective"}, [][]string{
		spread("base weight", w.BaseSpread, placesOf(w.BaseSpread.Median), true),
		spread("weight", w.Spread, placesOf(w.Spread.Median), true),
		spread("factor", w.OfFactor, placesOf(w.OfFactor.Median), false),
	})
	var notes footnotes
	notes.add(fmt.Sprintf("Kish is the design effect of unequal weights, and Effective the respondents over it, of %s", report.Count(int64(len(w.Weight)))), nil)
	if w.Method != "" {
		notes.add("the distance from the base weights is "+significant(w.Distance), nil)
	}
	if w.Lower != 0 || w.Upper != 0 {
		notes.add(fmt.Sprintf("at the bounds: %s at %g, %s at %g", report.Plural(w.AtLower, "factor"), w.Lower, report.Count(int64(w.AtUpper)), w.Upper), nil)
	}
	a.footnotes(notes, 1)
	if len(w.Totals) == 0 {
		return
	}
	a.line("")
	a.paragraph("", "Known totals")
	places := 0
	for _, t := range w.Totals {
		if t.Known != 0 {
			places = max(places, placesOf(t.Known))
		}
	}
	places = min(places, 4)
	var rows [][]string
	for _, t := range w.Totals {
		rows = append(rows, []string{t.Variable, t.Category, report.Plain(t.Before, places), report.Plain(t.After, places), report.Plain(t.Known, places), report.Count(int64(t.Base))})
	}
	a.labelTable([]string{"Margin", "Category", ">Before", ">After", ">Known", ">Base"}, rows, 2)
}

// weightingRows are the account of the weights as rows of one table.
func weightingRows(w *weigh.Weighting) []release.WeightingRow {
	nan := math.NaN()
	var rows []release.WeightingRow
	if w == nil || w.Weight == nil {
		return nil
	}
	add := func(measure string, before, after float64) {
		rows = append(rows, release.WeightingRow{Measure: measure, Before: before, After: after, Known: nan, Base: int64(len(w.Weight))})
	}
	for _, t := range w.Totals {
		rows = append(rows, release.WeightingRow{Measure: "total", Variable: t.Variable, Category: t.Category, Before: t.Before, After: t.After, Known: t.Known, Base: int64(t.Base)})
	}
	b, s, g := w.BaseSpread, w.Spread, w.OfFactor
	add("sum", b.Sum, s.Sum)
	add("least", b.Least, s.Least)
	add("median", b.Median, s.Median)
	add("most", b.Most, s.Most)
	add("cv", b.CV, s.CV)
	add("kish-effect", b.Effect, s.Effect)
	add("effective-base", b.Effective, s.Effective)
	add("factor-least", nan, g.Least)
	add("factor-median", nan, g.Median)
	add("factor-most", nan, g.Most)
	for _, count := range []struct {
		measure string
		of      int
		has     bool
	}{
		{"iterations", w.Iterations, w.Method != ""},
		{"at-lower-bound", w.AtLower, w.Lower != 0 || w.Upper != 0},
		{"at-upper-bound", w.AtUpper, w.Lower != 0 || w.Upper != 0},
		{"below-0", w.Below, true},
		{"trimmed", w.Trimmed, w.Trim != nil},
		{"units-of-unequal-weights", w.Unequal, w.Within != ""},
	} {
		if count.has {
			add(count.measure, nan, float64(count.of))
		}
	}
	if w.Method != "" {
		add("distance", nan, w.Distance)
		add("miss", nan, w.Miss)
	}
	return rows
}

// accountAlone says whether the account of the weights is all that is asked for.
func accountAlone(q *question.Question, answer *pipeline.Answer) bool {
	return q.Accounted && len(answer.Figures)+len(answer.Tests)+len(answer.Fits)+len(answer.Tables)+len(answer.Models) == 0
}
