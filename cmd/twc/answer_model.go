package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
)

// exponentials are what the exponential of a coefficient is, by family.
var exponentials = map[model.Family]string{model.Quasibinomial: "Odds ratio", model.Quasipoisson: "Rate ratio", model.Ordinal: "Odds ratio"}

// exponentialOf is what that of a question's models is, "" where they have none.
func exponentialOf(q *question.Question) string {
	if len(q.Models) == 0 {
		return ""
	}
	return exponentials[model.FamilyOf(q.Family)]
}

// modelTable writes the coefficients of a model.
func (a *app) modelTable(q *question.Question, m model.Regression) {
	df := "df " + report.Freedom(m.ResidualDF)
	own := m.Freedoms != nil // of each coefficient
	if own {
		df = "each coefficient with its own df"
	}
	a.line("\nRegression %s (%s)%s, %s, %s", a.words.formula(m), m.Model.Family, a.words.within(m.Cell), report.Plural(m.N, "respondent"), df)
	limits := fmt.Sprintf(">%g%% interval", q.Level*100)
	header := []string{"Coefficient", ">Value", ">SE", limits, ">t", ">p"}
	exponential := exponentials[m.Model.Family]
	if exponential != "" {
		header = []string{"Coefficient", ">Value", ">SE", ">t", ">p", ">" + exponential, limits}
	}
	var rows [][]string
	common := a.places(report.CommonRatioPlaces(m.Coefficients))
	for i, c := range m.Coefficients {
		places := a.places(report.Places(c.Value, c.SE))
		row := []string{a.words.coefficient(m, i), report.Plain(c.Value, places), report.Plain(c.SE, places)}
		test := []string{report.Plain(c.T, 2), report.Probability(c.P)}
		if exponential == "" {
			row = slices.Concat(row, []string{report.Range(c.Lower, c.Upper, places)}, test)
		} else {
			if places = common; a.document == nil {
				places = a.places(report.RatioPlaces(c.Ratio, c.SE))
			}
			row = slices.Concat(row, test, []string{report.Ratio(c.Ratio, places), report.RatioRange(c.RatioLower, c.RatioUpper, places)})
		}
		if own {
			row = append(row, report.Freedom(c.DF))
		}
		rows = append(rows, row)
	}
	if own {
		header = append(header, ">df")
	}
	a.chosenTable(header, rows, 1)
	if len(m.References) > 0 {
		a.paragraph("  ", a.words.references(m.References))
	}
	for _, note := range modelNotes(m) {
		a.paragraph("  ", note)
	}
	a.termTable(m)
	a.averageTable(q, "Average predictions", m)
	a.coefficientContrasts(q, "Contrasts of coefficients", m)
}

// modelNotes are what is said under a model.
func modelNotes(m model.Regression) []string {
	var notes []string
	switch {
	case m.Why != "":
		notes = append(notes, "No errors: "+report.Because(m.Why))
	case slices.ContainsFunc(m.Coefficients, func(c release.Coefficient) bool { return math.IsNaN(c.SE) }) && m.Lost == nil:
		notes = append(notes, "No error where the coefficient does not vary")
	}
	if len(m.Model.Aliased) > 0 {
		notes = append(notes, "Left out, since those before say as much: "+strings.Join(m.Model.Aliased, ", "))
	}
	if m.LeftOut > 0 {
		notes = append(notes, report.Plural(m.LeftOut, "replicate")+" left out, under whose weights the coefficients are not all there: the errors are smaller for it")
	}
	for _, l := range m.Lost {
		notes = append(notes, fmt.Sprintf("%s without a respondent of category %s: cutpoints about it are the same there, or one at an end is infinite and has no error", report.Plural(l.Replicates, "replicate"), l.Level))
	}
	switch m.By.Errors {
	case question.ErrorsCR2:
		notes = append(notes, "Errors cr2: PSUs alone count, strata and population sizes do not")
	case question.ErrorsBellMcCaffrey:
		notes = append(notes, "Errors bell-mccaffrey, as R's survey 4.5")
	}
	if !(m.ResidualDF > 0) && m.By.Errors == "" {
		notes = append(notes, "No intervals: the coefficients leave no degrees of freedom")
	}
	return notes
}

// averagesAbout say what stands over the averages of a model, by what their errors are of.
var averagesAbout = map[string]string{
	question.PredictSampled:  "errors of coefficients and of those averaged over",
	question.PredictFixed:    "errors of coefficients alone",
	question.PredictSeparate: "errors of coefficients and, apart, of those averaged over",
}

// averageTable writes the averages of what a model predicts.
func (a *app) averageTable(q *question.Question, title string, m model.Regression) {
	if len(m.Averages) == 0 {
		return
	}
	a.line("")
	a.paragraph("", title+": "+averagesAbout[q.PredictionError])
	header := []string{"Average", "Outcome", ">Value", ">SE", fmt.Sprintf(">%g%% interval", q.Level*100), ">t", ">p"}
	var rows [][]string
	values, errors := make([]float64, len(m.Averages)), make([]float64, len(m.Averages))
	for i, c := range m.Averages {
		values[i], errors[i] = c.Value, c.SE
	}
	places := a.places(max(report.MostPlaces(values, errors)-1, 0)) // two digits of the smallest error, down all rows
	for _, c := range m.Averages {
		name := a.words.average(m, c)
		rows = append(rows, []string{name, a.words.codeLabel(c.Outcome, c.OutcomeLabel), report.Plain(c.Value, places), report.Plain(c.SE, places), report.Range(c.Lower, c.Upper, places), report.Plain(c.T, 2), report.Probability(c.P)})
	}
	if m.Model.Levels == nil {
		header = slices.Delete(header, 1, 2)
		for i := range rows {
			rows[i] = slices.Delete(rows[i], 1, 2)
		}
	}
	a.chosenTable(header, rows, 1)
}

// coefficientContrasts writes the contrasts of a model's coefficients.
func (a *app) coefficientContrasts(q *question.Question, title string, m model.Regression) {
	if len(m.Contrasts) == 0 {
		return
	}
	a.line("")
	a.paragraph("", title)
	header := []string{"Contrast", ">Value", ">SE", fmt.Sprintf(">%g%% interval", q.Level*100), ">t", ">p"}
	ratios := slices.ContainsFunc(m.Contrasts, func(c release.Coefficient) bool { return !math.IsNaN(c.Ratio) })
	if ratios {
		header = append(header, ">"+exponentials[m.Model.Family], header[3])
	}
	var rows [][]string
	for _, c := range m.Contrasts {
		places := report.Places(c.Value, c.SE)
		row := []string{c.Name, report.Plain(c.Value, places), report.Plain(c.SE, places), report.Range(c.Lower, c.Upper, places), report.Plain(c.T, 2), report.Probability(c.P)}
		if ratios {
			places = report.RatioPlaces(c.Ratio, c.SE)
			row = append(row, report.Ratio(c.Ratio, places), report.RatioRange(c.RatioLower, c.RatioUpper, places))
		}
		rows = append(rows, row)
	}
	a.labelTable(header, rows, 1)
	if slices.ContainsFunc(m.Contrasts, func(c release.Coefficient) bool { return math.IsNaN(c.SE) }) {
		a.paragraph("  ", "No error where the contrast does not vary, or is of a coefficient without one")
	}
}

// termTable writes the tests of a model's terms, where one has several
// coefficients: those of the others are beside them.
func (a *app) termTable(m model.Regression) {
	of := map[int]int{} // coefficients of each term
	several := false
	for _, term := range m.Model.Terms {
		of[term]++
		several = several || term >= 0 && of[term] > 1
	}
	if !several {
		return
	}
	var rows [][]string
	var notes footnotes
	for _, t := range m.Terms {
		name := a.words.term(m, t.Term)
		switch {
		case t.Why.Code != "":
			notes.add(report.Words(t.Why), []string{name})
		case math.IsNaN(t.P):
			notes.add("no p: no degrees of freedom", []string{name})
		}
		df := ""
		if !math.IsNaN(t.DF) {
			df = strings.TrimSuffix(report.Freedom(t.DF)+", "+report.Freedom(t.Denominator), ", ")
		}
		rows = append(rows, []string{name, report.Plain(t.Statistic, 2), df, report.Probability(t.P)})
	}
	a.line("")
	a.labelTable([]string{"Term (Wald)", ">F", ">df", ">p"}, rows, 1)
	a.footnotes(notes, len(rows))
}

// errorsOf is how the errors of a model's coefficients are made.
func errorsOf(m model.Regression) string {
	if m.Replicates != nil {
		return "replicates"
	}
	return cmp.Or(m.By.Errors, question.ErrorsLinearised)
}
