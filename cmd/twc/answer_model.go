package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/report"
)

// A coefficient is one of a model's, with its test.
type coefficient struct {
	name, term, label string
	value, se         float64
	limits            indicator.Interval
	t, p              float64
}

func coefficients(q *pipeline.Question, m pipeline.AskedModel) []coefficient {
	wald, _ := indicator.IntervalBy("wald")
	made := make([]coefficient, len(m.Model.Names))
	for i, name := range m.Model.Names {
		value, se := m.Values[i], m.SE(i)
		if !(se > 1e-14*math.Abs(value)) { // but rounding
			se = math.NaN()
		}
		term := ""
		if k := m.Model.Terms[i]; k >= 0 {
			term = m.Model.Formula.Terms[k].String()
		}
		made[i] = coefficient{name, term, m.Labels[i], value, se, wald.Interval(value, se, m.ResidualDF, m.N, q.Level), value / se, indicator.PValue(value/se, m.ResidualDF)}
	}
	return made
}

// exponentials are what the exponential of a coefficient is, by family.
var exponentials = map[model.Family]string{model.Quasibinomial: "Odds ratio", model.Quasipoisson: "Rate ratio"}

// modelTable writes the coefficients of a model.
func (a *app) modelTable(q *pipeline.Question, m pipeline.AskedModel) error {
	fmt.Fprintf(a.out, "\nRegression %s (%s), %s, df %s\n", m.Formula, m.Model.Family, report.Plural(m.N, "respondent"), freedom(m.ResidualDF))
	limits := fmt.Sprintf(">%g%% interval", q.Level*100)
	header := []string{"Coefficient", ">Value", ">SE", limits, ">t", ">p"}
	exponential := exponentials[m.Model.Family]
	if exponential != "" {
		header = []string{"Coefficient", ">Value", ">SE", ">t", ">p", ">" + exponential, limits}
	}
	var rows [][]string
	for _, c := range coefficients(q, m) {
		places := significant(c.value, c.se)
		row := []string{codeLabel(c.name, c.label), plain(c.value, places), plain(c.se, places)}
		test := []string{plain(c.t, 2), probability(c.p)}
		if exponential == "" {
			row = slices.Concat(row, []string{interval(c.limits.Lower, c.limits.Upper, places)}, test)
		} else {
			odds := math.Exp(c.value)
			places = max(significant(odds, odds*c.se)-1, 2)
			row = slices.Concat(row, test, []string{plain(odds, places), interval(math.Exp(c.limits.Lower), math.Exp(c.limits.Upper), places)})
		}
		rows = append(rows, row)
	}
	if err := labelTable(a.out, header, rows, 1); err != nil {
		return err
	}
	var notes []string
	switch {
	case m.Why != "":
		notes = append(notes, "No errors: "+report.Because(m.Why))
	case slices.ContainsFunc(coefficients(q, m), func(c coefficient) bool { return math.IsNaN(c.se) }):
		notes = append(notes, "No error where the coefficient does not vary")
	}
	if len(m.Model.Aliased) > 0 {
		notes = append(notes, "Left out, since those before say as much: "+strings.Join(m.Model.Aliased, ", "))
	}
	if m.LeftOut > 0 {
		notes = append(notes, report.Plural(m.LeftOut, "replicate")+" left out, under whose weights the coefficients are not all there: the errors are the less for it")
	}
	if !(m.ResidualDF > 0) {
		notes = append(notes, "No intervals: the coefficients leave no degrees of freedom")
	}
	for _, note := range notes {
		if err := report.Paragraph(a.out, wordsWidth, "  ", note); err != nil {
			return err
		}
	}
	return a.termTable(m)
}

// termTable writes the tests of a model's terms, where one has several
// coefficients: those of the others are beside them.
func (a *app) termTable(m pipeline.AskedModel) error {
	of := map[int]int{} // coefficients of each term
	several := false
	for _, term := range m.Model.Terms {
		of[term]++
		several = several || term >= 0 && of[term] > 1
	}
	if !several {
		return nil
	}
	var rows [][]string
	var notes footnotes
	for _, t := range m.Terms {
		switch {
		case t.Why.Code != "":
			notes.add(report.Words(t.Why), []string{t.Term})
		case math.IsNaN(t.P):
			notes.add("no p: no degrees of freedom", []string{t.Term})
		}
		df := ""
		if !math.IsNaN(t.DF) {
			df = freedom(t.DF) + ", " + freedom(t.Denominator)
		}
		rows = append(rows, []string{t.Term, plain(t.Statistic, 2), df, probability(t.P)})
	}
	fmt.Fprintln(a.out)
	if err := labelTable(a.out, []string{"Term (Wald)", ">F", ">df", ">p"}, rows, 1); err != nil {
		return err
	}
	return notes.write(a.out, len(rows))
}
