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
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/table"
)

// cells are the categories of a breakdown of a population.
type cells struct {
	domain
	codes []string
}

// cross makes the cells of crossed variables: all combinations of their
// categories, those without respondents too.
func cross(t *table.Table, by []string, member func(row int) bool) cells {
	columns := make([]*table.Column, len(by))
	for i, name := range by {
		columns[i] = t.Column(name)
	}
	codes := crossed(t, by)
	return cells{domain{len(codes), func(row int) int {
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
	}}, codes}
}

// crossed lists the categories of crossed variables: all combinations.
func crossed(t *table.Table, by []string) []string {
	codes := []string{codebook.All}
	for i, name := range by {
		var next []string
		for _, prefix := range codes {
			for _, c := range t.Column(name).Variable.Categories {
				if i == 0 {
					next = append(next, c.Code)
				} else {
					next = append(next, prefix+"*"+c.Code)
				}
			}
		}
		codes = next
	}
	return codes
}
