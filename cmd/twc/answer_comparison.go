package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/compare"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/report"
)

// adjustedBy are the headings of adjusted p-values with their authors.
var adjustedBy = map[string][2]string{"holm": {"p (Holm)", "Holm"}, "bh": {"p (BH)", "Benjamini and Hochberg"}, "bonferroni": {"p (Bonferroni)", "Bonferroni"}}

// adjusted notes by what p-values are adjusted, for the number of what they are of; each
// says whether that is of each code by itself.
func (n *footnotes) adjusted(by, of string, each bool) {
	if each {
		of += " of each code"
	}
	n.add(fmt.Sprintf("%s: adjusted by %s for the number of %s", adjustedBy[by][0], adjustedBy[by][1], of), nil)
}

// about says whether a comparison is of the figures of a table.
func about(f *question.Reply, figures []question.Reply) bool {
	return slices.ContainsFunc(figures, func(of question.Reply) bool {
		return f.Statistic == of.Statistic && f.Variable == of.Variable && f.Item == of.Item && f.Breakdown == of.Breakdown
	})
}

// contrastTable writes the comparisons of a breakdown's categories with one of
// them.
func (a *app) contrastTable(q *question.Question, answer *pipeline.Answer, figures []question.Reply) {
	contrasts := slices.DeleteFunc(slices.Clone(answer.Contrasts), func(c compare.Contrast) bool { return !about(&c.Difference, figures) })
	if len(contrasts) == 0 {
		return
	}
	first := contrasts[0]
	several, pairs := false, 0 // items, and categories compared in each
	var differences, ratios []question.Reply
	for _, c := range contrasts {
		differences, ratios = append(differences, c.Difference), append(ratios, c.Ratio)
		several = several || c.Difference.Item != first.Difference.Item
		if c.Difference.Item == first.Difference.Item && !math.IsNaN(c.Difference.Value) {
			pairs++
		}
	}
	by := scaleOf(q, first.Difference.Statistic)
	places, ratioPlaces := decimals(scaled(differences, by)), max(decimals(ratios)-1, 2)
	each := slices.ContainsFunc(contrasts, func(c compare.Contrast) bool { return reference(&c).Code != reference(&first).Code })
	against := "against " + a.words.codeLabel(reference(&first).Code, reference(&first).Label)
	switch {
	case first.Whole():
		against = "against " + everyone
	case q.Pairs:
		against = "each against each"
	case each:
		against = "against the first"
	}
	names := a.words.headings(indicator.Crossed(first.Difference.Breakdown))
	title := fmt.Sprintf("%s by %s, %s", inUnit(q, first.Difference.Statistic, a.words.titleOf(first.Difference, several)), withinOthers(names), against)
	heading := ">Difference"
	if kind := first.Difference.Statistic.Row(); kind.Share {
		places, heading = kind.Decimals+1, ">"+kind.Symbol+" "+kind.Step
	}
	places, ofError := a.shownAt(answer, places, by, differences...)
	ratioPlaces, _ = (&app{}).shownAt(answer, ratioPlaces, 1, ratios...) // --digits is of what is in the unit
	limits := fmt.Sprintf(">%g%% interval", q.Level*100)
	header := append(slices.Clip(names), heading, ">SE", limits, ">p")
	if pairs > 1 {
		header = append(header, ">"+adjustedBy[q.Adjust][0])
	}
	if slices.ContainsFunc(contrasts, func(c compare.Contrast) bool { return c.Ratio.Value > 0 }) {
		header = append(header, ">Ratio", limits)
	}
	labels := len(names)
	if each {
		header, labels = slices.Insert(header, labels, "Against"), labels+1
	}
	if several {
		header, labels = append([]string{a.words.called(first.Difference.Variable)}, header...), labels+1
	}
	var rows [][]string
	var notes footnotes
	for _, c := range contrasts {
		var row []string
		if several {
			row = append(row, a.words.codeLabel(c.Difference.Item, c.Difference.ItemLabel))
		}
		for _, of := range c.Difference.Crossed {
			row = append(row, a.words.codeLabel(of.Code, of.Label))
		}
		if each {
			row = append(row, a.words.codeLabel(reference(&c).Code, reference(&c).Label))
		}
		notes.addNotes(c.Difference.Notes, row)
		if math.IsNaN(c.Difference.Value) {
			continue
		}
		row = append(row, a.amount(c.Difference.Statistic, c.Difference.Value*by, places), a.amount(c.Difference.Statistic, c.Difference.SE*by, ofError), a.limits(c.Difference.Statistic, c.Difference.Lower*by, c.Difference.Upper*by, places), report.Probability(c.P))
		if pairs > 1 {
			row = append(row, report.Probability(c.Adjusted))
		}
		if len(row) < len(header) {
			row = append(row, report.Plain(c.Ratio.Value, ratioPlaces), report.Range(c.Ratio.Lower, c.Ratio.Upper, ratioPlaces))
		}
		rows = append(rows, row)
	}
	if pairs > 1 {
		notes.adjusted(q.Adjust, "comparisons", several)
	}
	a.line("")
	a.paragraph("", title)
	a.chosenTable(header, rows, labels)
	a.footnotes(notes, len(contrasts))
}

// reference is the category of a breakdown's last variable that a contrast is with.
func reference(c *compare.Contrast) codebook.Category {
	if n := len(c.From.Crossed); n > 0 && !c.Whole() {
		return c.From.Crossed[n-1]
	}
	return codebook.Category{}
}

// withinOthers names the last of a breakdown's variables, whose categories are compared, and
// the others, within whose they are.
func withinOthers(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[last]
	}
	return names[last] + " within " + strings.Join(names[:last], ", ")
}

// trendTable writes the straight lines through a breakdown's categories.
func (a *app) trendTable(q *question.Question, answer *pipeline.Answer, figures []question.Reply) {
	trends := slices.DeleteFunc(slices.Clone(answer.Trends), func(t compare.Trend) bool { return !about(&t.Reply, figures) })
	if len(trends) == 0 {
		return
	}
	first := trends[0]
	several := slices.ContainsFunc(trends, func(t compare.Trend) bool { return t.Item != first.Item })
	names := a.words.headings(indicator.Crossed(first.Breakdown))
	var slopes []question.Reply
	for _, t := range trends {
		slopes = append(slopes, t.Reply)
	}
	by, unit := scaleOf(q, first.Statistic), ""
	places := decimals(scaled(slopes, by))
	if kind := first.Statistic.Row(); kind.Share {
		unit = kind.Symbol + " " + kind.Step + " "
	}
	places, ofError := a.shownAt(answer, places, by, slopes...)
	each := fmt.Sprintf("per category, of %d", len(first.Scores))
	if n := len(first.Categories); first.Coded && n > 0 {
		each = fmt.Sprintf("per unit of the code, %s to %s", first.Categories[0].Code, first.Categories[n-1].Code)
	}
	header := []string{">Slope", ">SE", fmt.Sprintf(">%g%% interval", q.Level*100), ">t", ">df", ">p"}
	labels := len(names) - 1
	header = append(slices.Clip(names[:labels]), header...)
	if several {
		header, labels = append([]string{a.words.called(first.Variable)}, header...), labels+1
	}
	var rows [][]string
	var notes footnotes
	for _, t := range trends {
		var row []string
		if several {
			row = append(row, a.words.codeLabel(t.Item, t.ItemLabel))
		}
		for _, of := range t.Crossed {
			row = append(row, a.words.codeLabel(of.Code, of.Label))
		}
		notes.addNotes(t.Notes, row)
		if t.Left != nil {
			notes.add("left out, without a figure: "+strings.Join(codesOf(t.Left), ", "), row)
		}
		rows = append(rows, append(row, a.amount(t.Statistic, t.Value*by, places), a.amount(t.Statistic, t.SE*by, ofError), a.limits(t.Statistic, t.Lower*by, t.Upper*by, places), report.Plain(t.T, 2), report.Freedom(t.DF), report.Probability(t.P)))
	}
	title := inUnit(q, first.Statistic, a.words.titleOf(first.Reply, several))
	title = fmt.Sprintf("Trend of the %s over %s: %s%s", strings.ToLower(title[:1])+title[1:], withinOthers(names), unit, each)
	a.line("")
	a.paragraph("", title)
	a.chosenTable(header, rows, labels)
	a.footnotes(notes, len(rows))
}

// codesOf are the codes of categories.
func codesOf(categories []codebook.Category) []string {
	codes := make([]string, len(categories))
	for i, c := range categories {
		codes[i] = c.Code
	}
	return codes
}
