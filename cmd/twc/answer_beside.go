package main

import (
	"fmt"
	"math"
	"slices"

	"togetherwecan/pipeline"
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

// modelName is what the model of a formula is called beside others.
func (g *estimateFlags) modelName(i int) string {
	if i < len(g.modelNames) {
		return g.modelNames[i]
	}
	return fmt.Sprintf("Model %d", i+1)
}

// places are the decimals that --digits asks for, or else the ones that a table would have.
func (g *estimateFlags) places(own int) int { return (&app{digits: g.decimals}).places(own) }

// modelTables writes models one below the other, or beside each other.
func (a *app) modelTables(g estimateFlags, q *question.Question, answer *pipeline.Answer) {
	models := answer.Models
	if g.beside == "" || len(models) == 0 {
		for _, m := range models {
			a.modelTable(q, m)
		}
		return
	}
	formulas := a.words // as they were given, but in a document
	a.words = wordsOf(q, answer)
	a.line("")
	for i, formula := range q.Models {
		m := slices.IndexFunc(models, func(m model.Regression) bool { return m.Formula == formula })
		a.paragraph("", fmt.Sprintf("%s: %s (%s)", g.modelName(i), formulas.formula(models[m]), models[m].Model.Family))
	}
	shown, limits := "Coefficients", fmt.Sprintf("%g%% intervals", q.Level*100)
	switch g.beside {
	case besideErrors:
		limits = "standard errors"
	case besideRatios:
		shown = exponentials[model.FamilyOf(q.Family)] + "s"
	}
	response := models[0].Model.Formula.Response
	if !slices.ContainsFunc(models, func(m model.Regression) bool { return m.Model.Formula.Response != response }) {
		shown += " of " + a.words.called(response)
	}
	a.line("")
	a.paragraph("", shown+" ("+limits+")")
	header := []string{"Coefficient"}
	for _, m := range models {
		header = append(header, ">"+g.modelName(slices.Index(q.Models, m.Formula))+a.words.within(m.Cell))
	}
	of := make([][]besideEntry, len(models))
	for i, m := range models {
		of[i] = a.words.beside(g, m)
	}
	var rows [][]string
	for _, name := range besideRows(of) {
		row := []string{name.shown}
		said := false
		for _, entries := range of {
			cell := ""
			if i := slices.IndexFunc(entries, func(e besideEntry) bool { return e.key == name.key && e.term == name.term }); i >= 0 {
				cell = entries[i].cell
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
	rows = append(rows, respondents)
	if !slices.ContainsFunc(models, func(m model.Regression) bool { return m.Freedoms != nil }) { // each coefficient has its own
		rows = append(rows, freedom)
	}
	a.labelTable(header, rows, 1)
	if g.stars {
		a.paragraph("  ", starsSay)
	}
	for i, m := range models {
		alone := slices.DeleteFunc(slices.Clone(m.References), func(p model.Part) bool {
			return slices.ContainsFunc(of[i], func(e besideEntry) bool { return e.key == categoryKey(p) })
		})
		if len(alone) > 0 { // of interactions alone
			a.paragraph("  ", header[i+1][1:]+": "+a.words.references(alone))
		}
		for _, note := range modelNotes(m) {
			a.paragraph("  ", header[i+1][1:]+": "+note)
		}
	}
	for i, m := range models {
		a.averageTable(q, header[i+1][1:]+", average predictions", m)
		a.coefficientContrasts(q, header[i+1][1:]+", contrasts of coefficients", m)
	}
}

// A besideEntry is what a model has in one row of models beside each other: a category,
// which has one row whatever the others are told from, or another coefficient of a term.
type besideEntry struct {
	key, term, shown, cell string
	last                   bool // an intercept or a cutpoint
}

// asReference stands in the cell of the category that a model's others are told from.
const asReference = "reference"

func categoryKey(p model.Part) string { return p.Of.Name + "=" + p.Code }

// beside are the entries of a model in the order of its coefficients, a reference before
// the other categories.
func (w *answerWords) beside(g estimateFlags, m model.Regression) []besideEntry {
	var made []besideEntry
	places := g.places(report.CommonRatioPlaces(m.Coefficients))
	for i, c := range m.Coefficients {
		e := besideEntry{c.Name, c.Term, w.coefficient(m, i), besideCell(g, c, places), m.Model.Terms[i] < 0}
		if parts := m.Parts[i]; len(parts) == 1 && parts[0].Code != "" && parts[0].Of.Degree == 0 {
			e.key, e.term = categoryKey(parts[0]), ""
			for _, r := range m.References {
				key := categoryKey(r)
				if r.Of == parts[0].Of && !slices.ContainsFunc(made, func(e besideEntry) bool { return e.key == key }) {
					made = append(made, besideEntry{key, "", w.part(r), asReference, false})
				}
			}
		}
		made = append(made, e)
	}
	return made
}

// besideRows are the rows of all models, each once: what one has behind another stands
// behind it, and intercepts and cutpoints stand last.
func besideRows(of [][]besideEntry) []besideEntry {
	var rows, last []besideEntry
	for _, entries := range of {
		at := 0
		for _, e := range entries {
			in := &rows
			if e.last {
				in = &last
			}
			k := slices.IndexFunc(*in, func(o besideEntry) bool { return o.key == e.key && o.term == e.term })
			switch {
			case k < 0 && e.last:
				last = append(last, e)
			case k < 0:
				rows = slices.Insert(rows, at, e)
				at++
			case !e.last:
				at = k + 1
			}
		}
	}
	for i, e := range rows {
		if slices.ContainsFunc(rows, func(o besideEntry) bool { return o.key == e.key && o.term != e.term }) {
			rows[i].shown += ", of " + e.term
		}
	}
	return append(rows, last...)
}

// besideCell is a coefficient as a cell, a ratio with so many decimals; "" where a ratio is none.
func besideCell(g estimateFlags, c release.Coefficient, ofRatios int) string {
	places := g.places(report.Places(c.Value, c.SE))
	value, of := report.Plain(c.Value, places), report.Plain(c.SE, places)
	switch g.beside {
	case besideIntervals:
		of = report.Range(c.Lower, c.Upper, places)
	case besideRatios:
		if math.IsNaN(c.Ratio) {
			return ""
		}
		value, of = report.Ratio(c.Ratio, ofRatios), report.RatioRange(c.RatioLower, c.RatioUpper, ofRatios)
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
