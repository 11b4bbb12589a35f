package main

import (
	"cmp"
	"io"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/disclose"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report"
)

// findingColumns are those of what a checker looks at.
var findingColumns = []sheet.Column[pipeline.Finding]{
	{Name: "variable", Text: func(f *pipeline.Finding) *string { return &f.Variable }},
	{Name: "breakdown", Text: func(f *pipeline.Finding) *string { return &f.Breakdown }},
	{Name: "category", Text: func(f *pipeline.Finding) *string { return &f.Category }},
	{Name: "item", Text: func(f *pipeline.Finding) *string { return &f.Item }},
	{Name: "statistic", Text: func(f *pipeline.Finding) *string { return (*string)(&f.Statistic) }},
	{Name: "rule", Text: func(f *pipeline.Finding) *string { return (*string)(&f.Rule) }},
	{Name: "found", Number: func(f *pipeline.Finding) *float64 { return &f.Found }},
	{Name: "want", Number: func(f *pipeline.Finding) *float64 { return &f.Want }},
}

// ruleWords are what a checker reads of a rule.
var ruleWords = map[disclose.Rule]string{
	disclose.FewInBase: "few respondents", disclose.FewYes: "few who are counted", disclose.FewNo: "few who are not counted",
	disclose.FewBeyond: "few at the quantile or beyond it", disclose.Nobody: "nobody is counted", disclose.Everybody: "everybody is counted", disclose.Dominance: "one respondent's share of the total",
	disclose.Heavy:     "share that few have of it",
	disclose.FewUnlike: "few with another value", disclose.Alike: "all have one value", disclose.Unreliable: "a small base",
}

// tellFindings writes what a checker looks at, to a file of CSV or on standard error: it
// holds what is withheld.
func (a *app) tellFindings(g estimateFlags, answer *pipeline.Answer, found []pipeline.Finding) error {
	for i := range found {
		found[i].Item = cmp.Or(found[i].Item, codebook.All)
	}
	if g.checks != "" {
		return write(g.checks, sheet.CSV(found, findingColumns))
	}
	if len(found) == 0 {
		_, err := io.WriteString(a.stderr, "twc: nothing for a checker to look at by policy "+answer.Policy.Name+"\n")
		return err
	}
	var rows [][]string
	for _, f := range found {
		name, at, least := string(f.Statistic)+" of "+f.Variable, f.Category, "at least "
		if f.Item != codebook.All {
			name += " = " + f.Item
		}
		if f.Breakdown != codebook.All {
			at = f.Breakdown + " " + f.Category
		}
		places := 0
		if f.Rule == disclose.Dominance || f.Rule == disclose.Heavy {
			least, places = "at most ", 2
		}
		rows = append(rows, []string{name, at, ruleWords[f.Rule], report.Plain(f.Found, places), least + report.Plain(f.Want, places)})
	}
	if _, err := io.WriteString(a.stderr, "twc: for a checker, not to be handed on (policy "+answer.Policy.Name+"):\n"); err != nil {
		return err
	}
	return report.Table(a.stderr, a.width, []string{"figure", "of", "rule", ">found", ">want"}, rows)
}
