package main

import (
	"fmt"
	"math"
	"slices"

	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
)

// What stands in the cells of models beside each other.
const (
	besideErrors    = "errors"
	besideIntervals = "intervals"
	besideRatios    = "ratios"
)

var besides = []string{besideErrors, besideIntervals, besideRatios}

// modelTables writes models one below the other, or beside each other.
func (a *app) modelTables(g estimateFlags, q *question.Question, models []model.Regression) {
	if g.beside == "" || len(models) == 0 {
		for _, m := range models {
			a.modelTable(q, m)
		}
		return
	}
	a.line("")
	for i, formula := range q.Models {
		a.paragraph("", fmt.Sprintf("Model %d: %s (%s)", i+1, formula, model.FamilyOf(q.Family)))
	}
	shown := map[string]string{besideErrors: "Coefficients (standard errors)", besideIntervals: fmt.Sprintf("Coefficients (%g%% intervals)", q.Level*100)}[g.beside]
	if g.beside == besideRatios {
		shown = fmt.Sprintf("%ss (%g%% intervals)", exponentials[model.FamilyOf(q.Family)], q.Level*100)
	}
	a.line("")
	a.paragraph("", shown)
	header := []string{"Coefficient"}
	for _, m := range models {
		header = append(header, fmt.Sprintf(">Model %d%s", 1+slices.Index(q.Models, m.Formula), within(m.Cell)))
	}
	var rows [][]string
	for _, name := range coefficientNames(models) {
		row := []string{name.shown}
		said := false
		for _, m := range models {
			cell := ""
			if i := slices.IndexFunc(m.Coefficients, func(c release.Coefficient) bool { return c.Name == name.code && c.Term == name.term }); i >= 0 {
				cell = besideCell(g, m.Coefficients[i])
			}
			said = said || cell != ""
			row = append(row, cell)
		}
		if said {
			rows = append(rows, row)
		}
	}
	respondents, freedom := []string{"Respondents"}, []string{"Degrees of freedom"}
	for _, m := range models {
		respondents, freedom = append(respondents, report.Count(int64(m.N))), append(freedom, report.Freedom(m.ResidualDF))
	}
	a.labelTable(header, append(rows, respondents, freedom), 1)
	if g.stars {
		a.paragraph("  ", starsSay)
	}
	for i, m := range models {
		for _, note := range modelNotes(m) {
			a.paragraph("  ", header[i+1][1:]+": "+note)
		}
	}
	for i, m := range models {
		a.averageTable(q, header[i+1][1:]+", average predictions", m)
	}
}

// A coefficientName is one of a row of models, with the label of its category. One of
// another reference is another.
type coefficientName struct{ code, term, shown string }

// coefficientNames are those of all models, each once: what one has behind another stands
// behind it, and intercepts and cutpoints stand last.
func coefficientNames(models []model.Regression) []coefficientName {
	var names, last []coefficientName
	for _, m := range models {
		at := 0
		for i, c := range m.Coefficients {
			of := &names
			if m.Model.Terms[i] < 0 {
				of = &last
			}
			k := slices.IndexFunc(*of, func(n coefficientName) bool { return n.code == c.Name && n.term == c.Term })
			name := coefficientName{c.Name, c.Term, codeLabel(c.Name, c.Label)}
			switch {
			case k < 0 && of == &last:
				last = append(last, name)
			case k < 0:
				names = slices.Insert(names, at, name)
				at++
			case of == &names:
				at = k + 1
			}
		}
	}
	for i, n := range names {
		if slices.ContainsFunc(names, func(o coefficientName) bool { return o.code == n.code && o.term != n.term }) {
			names[i].shown += ", of " + n.term
		}
	}
	return append(names, last...)
}

// besideCell is a coefficient as a cell; "" where a ratio is none.
func besideCell(g estimateFlags, c release.Coefficient) string {
	places := report.Places(c.Value, c.SE)
	value, of := report.Plain(c.Value, places), report.Plain(c.SE, places)
	switch g.beside {
	case besideIntervals:
		of = report.Range(c.Lower, c.Upper, places)
	case besideRatios:
		if math.IsNaN(c.Ratio) {
			return ""
		}
		places = report.RatioPlaces(c.Ratio, c.SE)
		value, of = report.Plain(c.Ratio, places), report.RatioRange(c.RatioLower, c.RatioUpper, places)
	}
	if g.stars {
		value += starsOf(c.P)
	}
	if of == "" {
		return value
	}
	return value + " (" + of + ")"
}

// starLevels are the p-values below which a coefficient has one star more.
var starLevels = []float64{0.05, 0.01, 0.001}

const starsSay = "* p below 0.05, ** below 0.01, *** below 0.001"

func starsOf(p float64) string {
	stars := ""
	for _, level := range starLevels {
		if p < level {
			stars += "*"
		}
	}
	return stars
}
