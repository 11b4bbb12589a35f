// Package estimate computes indicators with their design-based errors.
//
// The PSU total is the sufficient statistic: one pass over the rows tallies
// weighted totals per cluster and category, and everything else (values,
// errors, intervals) is inferred from the tally. A domain is never a subset
// of rows: clusters that it misses count in the variance with a total of 0.
//
// The same wave gives the same bits whatever the order of its rows.
package estimate

import (
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/table"
)

// cells are the categories of a breakdown of a population.
type cells struct {
	codes []string
	of    func(row int) int // the place of the category that a row is in, or -1
}

// cross makes the cells of crossed variables: all combinations of their
// categories, those without respondents too.
func cross(t *table.Table, by []string, member func(row int) bool) cells {
	columns := make([]*table.Column, len(by))
	for i, name := range by {
		columns[i] = t.Column(name)
	}
	codes := crossed(t, by)
	return cells{codes, func(row int) int {
		if !member(row) {
			return -1
		}
		cell := 0
		for _, c := range columns {
			code := c.Codes.At(row)
			if code < 0 {
				return -1
			}
			cell = cell*len(c.Variable.Categories) + code
		}
		return cell
	}}
}

// crossed lists the categories of crossed variables: all combinations.
func crossed(t *table.Table, by []string) []string {
	if by == nil {
		return []string{codebook.All}
	}
	combined := [][]string{nil}
	for _, name := range by {
		var next [][]string
		for _, before := range combined {
			for _, c := range t.Column(name).Variable.Categories {
				next = append(next, append(slices.Clip(before), c.Code))
			}
		}
		combined = next
	}
	codes := make([]string, len(combined))
	for i, of := range combined {
		codes[i] = indicator.Cross(of...)
	}
	return codes
}
