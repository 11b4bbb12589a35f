package main

import (
	"slices"
	"strings"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
)

// What --show takes, beside the parts of --table: columns beside a value.
const (
	showErrors     = "errors"
	showIntervals  = "intervals"
	showDeviations = "deviations"
	showFreedom    = "df"
	showEffects    = "deff"
	showNumbers    = "n"
	showTests      = "p"
	showRatios     = "ratios"
)

// besideShowings stand in brackets in the cells of --table-one, in this order.
var besideShowings = []string{showNumbers, showErrors, showIntervals, showDeviations}

// showings are what --show takes.
func showings() []string {
	var names []string
	for _, s := range shares {
		names = append(names, s.name)
	}
	return append(names, showErrors, showIntervals, showDeviations, showFreedom, showEffects, showNumbers, showTests, showRatios)
}

// headingShowings are what --show calls the columns of a table of figures or of a model, by
// their headings; those of none are always there.
var headingShowings = map[string]string{
	"SE": showErrors, "SD": showDeviations, "df": showFreedom, "deff": showEffects, "Base": showNumbers, "p": showTests, "t": showTests,
	adjustedBy["holm"][0]: showTests, adjustedBy["bh"][0]: showTests, adjustedBy["bonferroni"][0]: showTests, "Ratio": showRatios, "Odds ratio": showRatios, "Rate ratio": showRatios,
}

// chosenTable writes a table with the columns that --show chooses, all where it chooses none.
// The limits behind a ratio are of it.
func (a *app) chosenTable(header []string, rows [][]string, labels int) {
	if a.shown == nil {
		a.labelTable(header, rows, labels)
		return
	}
	var kept []int
	for i, name := range header {
		name = strings.TrimPrefix(name, ">")
		of := headingShowings[name]
		if strings.HasSuffix(name, " interval") {
			of = showIntervals
			if headingShowings[strings.TrimPrefix(header[i-1], ">")] == showRatios {
				of = showRatios
			}
		}
		if i < labels || of == "" || slices.Contains(a.shown, of) {
			kept = append(kept, i)
		}
	}
	pick := func(of []string) []string {
		made := make([]string, len(kept))
		for i, at := range kept {
			made[i] = of[at]
		}
		return made
	}
	made := make([][]string, len(rows))
	for i, row := range rows {
		made[i] = pick(append(slices.Clone(row), make([]string, len(header)-len(row))...))
	}
	a.labelTable(pick(header), made, labels)
}

// shown checks what --show chooses: each needs what has it, on a page, where alone it is chosen.
func (r *flagReader) shown(q *question.Question) {
	if slices.Equal(r.show, []string{shares[0].name}) && len(q.Tables) == 0 {
		r.show = nil // what a table has anyway
		return
	}
	if !r.flags.Changed("show") {
		return
	}
	means := slices.ContainsFunc(q.Asks, func(a question.Ask) bool { return a.Statistic == indicator.Mean })
	compares := q.Contrast || q.Pairs || q.Trend || len(q.Compared) > 0
	figures := len(q.Asks)+len(r.indicators) > 0
	for _, name := range r.show {
		has, want := true, ""
		switch name {
		case showErrors:
			has, want = figures || len(q.Models) > 0, "a statistic or a --model: a --table has errors unless it has intervals"
		case showIntervals:
			has, want = figures || len(q.Models)+len(q.Tables) > 0, "a statistic, --table or --model"
		case showDeviations:
			has, want = means && r.policy == "" && q.Standard == nil, "a --mean, without --policy and --standardise, which have no rules for it"
		case showNumbers:
			has, want = figures && (!q.TableOne || r.policy == ""), "a statistic, and of the cells of --table-one no --policy, by which they may be withheld"
		case showFreedom, showEffects:
			has, want = figures && !q.TableOne, "a statistic without --table-one"
		case showTests:
			has, want = compares || len(q.Models) > 0, "--contrast or another comparison, or a --model"
		case showRatios:
			has, want = compares || exponentialOf(q) != "", "--contrast or another comparison, or a --model of odds or rates"
		default:
			has, want = len(q.Tables) > 0 || !slices.Contains(showings(), name), "a --table, of whose cells it is"
		}
		switch {
		case !has:
			r.wrong("show", "%s has no effect here, want %s", name, want)
		case !r.paged() && name != showDeviations:
			r.wrong("show", "%s has no effect here, want a page: the other formats have all of it", name)
		}
	}
	if len(q.Tables) == 0 {
		return
	}
	parts := slices.DeleteFunc(slices.Clone(r.show), func(name string) bool { return !ofCells(name) })
	if len(parts) == 0 {
		r.show = append(r.show, shares[0].name) // which the others are of
	}
	if slices.Equal(parts, []string{"rows"}) && slices.ContainsFunc(q.Tables, func(c question.Crosstab) bool { return c.Column == "" }) {
		r.wrong("show", "rows of a table of one variable, whose shares are of its column: want columns, cells or counts")
	}
}

// ofCells says whether what is shown is of the cells of a --table.
func ofCells(name string) bool {
	return slices.ContainsFunc(shares, func(s cellPart) bool { return s.name == name })
}
