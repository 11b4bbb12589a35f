package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
)

// besideOf are what stands in the cells of a statistic beside its value: what is asked for of it,
// and else its respondents or its error.
func besideOf(show []string, s indicator.Statistic, policy bool) []string {
	var chosen []string
	for _, name := range besideShowings {
		bears := name != showNumbers && name != showDeviations || name == showNumbers && s.Row().Share || name == showDeviations && s == indicator.Mean
		if bears && slices.Contains(show, name) {
			chosen = append(chosen, name)
		}
	}
	switch {
	case chosen != nil:
		return chosen
	case s.Row().Share && !policy:
		return []string{showNumbers}
	}
	return []string{showErrors}
}

// besideHeading says what the cells of a row have: its name, and in brackets what is beside it.
func (a *app) besideHeading(q *question.Question, beside []string, s indicator.Statistic, name string) string {
	named := map[string]string{showErrors: "SE", showIntervals: fmt.Sprintf("%g%% CI", q.Level*100), showDeviations: "SD"}
	if s.Row().Share {
		name = s.Row().Symbol
	}
	var within []string
	for _, of := range beside {
		if of != showNumbers {
			within = append(within, named[of])
			continue
		}
		within, name = append(within, name), "n"
	}
	return name + " (" + strings.Join(within, "; ") + ")"
}

// tableOne writes a question's statistics as rows and its groups as columns, with one p-value for
// each statistic.
func (a *app) tableOne(g estimateFlags, q *question.Question, answer *pipeline.Answer) {
	formulas := a.words
	a.words = wordsOf(q, answer)
	defer func() { a.words = formulas }()
	t := answer.TableOne
	title := "Characteristics of respondents"
	if len(q.By) > 0 {
		title += " by " + strings.Join(a.words.headings(indicator.Crossed(t.Groups[1].Breakdown)), " and ")
	}
	header := []string{"Characteristic"}
	tested := false
	for _, group := range t.Groups {
		name := report.Capital(everyone)
		if group.Crossed != nil {
			var labels []string
			for _, c := range group.Crossed {
				labels = append(labels, a.words.codeLabel(c.Code, c.Label))
			}
			name = strings.Join(labels, ", ")
		}
		base := report.Count(int64(group.Respondents))
		if group.Respondents == release.Withheld {
			base = "[c]"
		}
		header = append(header, ">"+name+" (n="+base+")")
	}
	for _, r := range t.Rows {
		tested = tested || r.Tested
	}
	if tested {
		header = append(header, ">p")
	}
	var rows [][]string
	var notes footnotes
	figures := 0
	for _, r := range t.Rows {
		made := a.tableOneRows(g, q, answer, r, &notes)
		figures += len(answer.TableRows(r))
		if tested {
			p := report.Probability(testOfRow(q, r).P)
			made[0] = append(slices.Concat(made[0], slices.Repeat([]string{""}, len(header)-1-len(made[0]))), p)
			if r.Tested && p == "" {
				notes.add("no test: "+cmp.Or(r.Why, report.Because(r.Unknown), "too few degrees of freedom"), []string{strings.TrimSpace(made[0][0])})
			}
		}
		rows = append(rows, made...)
	}
	a.line("")
	a.paragraph("", title)
	a.labelTable(header, rows, 1)
	a.footnotes(notes, figures)
	a.tableOneNotes(g, q, answer, tested)
}

// tableOneRows are those of one statistic: of several items each has its own, under the name of
// the variable.
func (a *app) tableOneRows(g estimateFlags, q *question.Question, answer *pipeline.Answer, r pipeline.TableRow, notes *footnotes) [][]string {
	figures := answer.TableRows(r)
	s := r.Ask.Statistic
	beside := besideOf(g.show, s, answer.Policy != nil)
	var items []question.Reply
	for _, f := range figures {
		if !slices.ContainsFunc(items, func(of question.Reply) bool { return of.Item == f.Item }) {
			items = append(items, f)
		}
	}
	name := a.words.called(figures[0].Variable)
	by := scaleOf(q, s)
	places := max(decimals(scaled(figures, by))-1, 0)
	if s.Row().Share {
		places = s.Row().Decimals
	}
	places, ofError := a.shownAt(answer, places, by, figures...)
	statistic := inUnit(q, s, string(s))
	if quantile := len(items) == 1 && items[0].Item == codebook.Spell(0.5); s == indicator.Quantile && quantile {
		statistic = "median"
	}
	heading := a.besideHeading(q, beside, s, statistic)
	of := func(group pipeline.TableGroup, item string) question.Reply {
		return figures[slices.IndexFunc(figures, func(f question.Reply) bool {
			return f.Item == item && f.Breakdown == group.Breakdown && f.Category == group.Category
		})]
	}
	if spread := spreadOf(r.Ask); spread != "" && !slices.Contains(g.show, showErrors) && !slices.Contains(g.show, showIntervals) {
		row := []string{name + ", median (" + spread + ")"}
		for _, group := range answer.TableOne.Groups {
			low, mid, high := of(group, items[0].Item), of(group, items[1].Item), of(group, items[2].Item)
			cell := a.besideValue(mid, nil, by, places, ofError)
			if limits := report.Range(low.Value*by, high.Value*by, places); limits != "" {
				cell += " (" + limits + ")"
			}
			row = append(row, cell)
			notes.addNotes(mid.Notes, []string{name, a.groupOf(group)})
		}
		return [][]string{row}
	}
	line := func(label string, item question.Reply) []string {
		row := []string{label}
		for _, group := range answer.TableOne.Groups {
			f := of(group, item.Item)
			row = append(row, a.besideValue(f, beside, by, places, ofError))
			where := []string{strings.TrimSpace(label), a.groupOf(group)}
			notes.addNotes(f.Notes, where)
			notes.addLow(f, where)
		}
		return row
	}
	if len(items) == 1 {
		if s.Row().Share || s == indicator.Count {
			name = strings.SplitN(a.words.titleOf(items[0], false), " of ", 2)[1]
		}
		return [][]string{line(name+", "+heading, items[0])}
	}
	rows := [][]string{{name + ", " + heading}}
	for _, item := range items {
		label := item.Item
		if s != indicator.Quantile {
			label = a.words.codeLabel(item.Item, item.ItemLabel)
		}
		rows = append(rows, line("  "+label, item))
	}
	return rows
}

// spreadOf is what stands in brackets behind a median that is asked for between two other
// quantiles, "" of other quantiles.
func spreadOf(ask question.Ask) string {
	if len(ask.At) != 3 || ask.At[1] != 0.5 || !(ask.At[0] < 0.5 && ask.At[2] > 0.5) {
		return ""
	}
	if ask.At[0] == 0.25 && ask.At[2] == 0.75 {
		return "quartiles"
	}
	return fmt.Sprintf("quantiles %g and %g", ask.At[0], ask.At[2])
}

// groupOf is what a group is called in notes.
func (a *app) groupOf(group pipeline.TableGroup) string {
	return cmp.Or(strings.TrimPrefix(a.words.within(group.Cell), ", "), everyone)
}

// besideValue is a figure with what stands beside it.
func (a *app) besideValue(f question.Reply, beside []string, by float64, places, ofError int) string {
	if f.Status != "" {
		return "[" + string(f.Status) + "]"
	}
	value := a.amount(f.Statistic, f.Value*by, places)
	if value == "" {
		return ""
	}
	var within []string
	for _, of := range beside {
		text := ""
		switch of {
		case showNumbers:
			text, value = value, report.Count(int64(f.Yes()))
		case showErrors:
			text = a.amount(f.Statistic, f.SE*by, ofError)
		case showIntervals:
			text = a.limits(f.Statistic, f.Lower*by, f.Upper*by, places)
		case showDeviations:
			text = report.Plain(f.Deviation, places)
		}
		if text != "" {
			within = append(within, text)
		}
	}
	if within == nil {
		return value
	}
	return value + " (" + strings.Join(within, "; ") + ")"
}

// tableOneNotes say what the numbers of the table are.
func (a *app) tableOneNotes(g estimateFlags, q *question.Question, answer *pipeline.Answer, tested bool) {
	var of []string
	numbers := func(f func(r pipeline.TableRow) bool) bool { return slices.ContainsFunc(answer.TableOne.Rows, f) }
	counted := numbers(func(r pipeline.TableRow) bool {
		return slices.Contains(besideOf(g.show, r.Ask.Statistic, answer.Policy != nil), showNumbers)
	})
	if counted {
		of = append(of, "n: respondents, unweighted; %: weighted")
	} else {
		of = append(of, "n: respondents, unweighted")
	}
	if tested {
		var by []string
		for _, k := range []struct {
			test string
			of   func(s indicator.Statistic) bool
		}{
			{"of shares " + chosenTest(q), func(s indicator.Statistic) bool { return s.Row().Share }},
			{"of means Wald's F of a linear regression by the groups", func(s indicator.Statistic) bool { return s == indicator.Mean }},
			{"of quantiles Wald's F of ranks", func(s indicator.Statistic) bool { return s == indicator.Quantile }},
		} {
			if numbers(func(r pipeline.TableRow) bool { return k.of(r.Ask.Statistic) }) {
				by = append(by, k.test)
			}
		}
		if by != nil {
			of = append(of, "p: of no difference between the groups, "+strings.Join(by, ", "))
		}
	} else if answer.Policy != nil && len(answer.TableOne.Groups) > 1 {
		of = append(of, "No p: a disclosure policy has no rules for tests")
	}
	for _, words := range of {
		a.paragraph("  ", words)
	}
	if answer.Policy != nil { // what the base lacks of everyone may be few
		return
	}
	var without []string
	for _, r := range answer.TableOne.Rows {
		whole := answer.TableRows(r)[0]
		if left := answer.TableOne.Groups[0].Respondents - whole.Base; left > 0 {
			without = append(without, a.words.called(whole.Variable)+" ("+report.Count(int64(left))+")")
		}
	}
	if without != nil {
		a.paragraph("  ", "Without a value, and left out: "+strings.Join(slices.Compact(without), "; "))
	}
}

// testOfRow is the test of a statistic that is chosen.
func testOfRow(q *question.Question, r pipeline.TableRow) indicator.Test {
	switch {
	case !r.Tested || r.Why != "":
		return indicator.NoTest
	case r.Shares == nil:
		return r.Numbers
	}
	of := tests(r.Shares, "")
	return of[slices.IndexFunc(of, func(t namedTest) bool { return t.name == chosenTest(q) })].Test
}

// tableOneName is what a row's test is called for programs.
func tableOneName(q *question.Question, r pipeline.TableRow) string {
	switch {
	case math.IsNaN(testOfRow(q, r).P):
		return ""
	case r.Shares != nil:
		return chosenTest(q)
	case r.Ask.Statistic == indicator.Quantile:
		return "Wald (F), of ranks"
	}
	return byWald
}

// tableOneColumns gives the rows of figures what the table has beside them.
func tableOneColumns(q *question.Question, answer *pipeline.Answer, rows []release.AnswerRow) {
	at := 0
	for _, r := range answer.TableOne.Rows {
		p, name := testOfRow(q, r).P, tableOneName(q, r)
		for _, f := range answer.TableRows(r) {
			rows[at].P, rows[at].Test = p, name
			if yes := f.Yes(); yes >= 0 && answer.Policy == nil {
				rows[at].Counted = float64(yes)
			}
			at++
		}
	}
}
