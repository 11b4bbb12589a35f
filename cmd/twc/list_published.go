package main

import (
	"cmp"
	"fmt"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/report"
	"togetherwecan/seeds"
)

// listPublished lists the ledger of published figures, and what the catalogue
// would need to give each.
func (a *app) listPublished(c *indicator.Catalogue) error {
	figures, err := plan.LoadPublished(seeds.Files)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, f := range figures {
		of := f.Indicator
		if f.Item != "" {
			of += ", " + f.Item
		}
		part := f.Population
		if f.Breakdown != codebook.All {
			part += ", " + f.Category
		}
		here := "declared"
		if lacks := c.Undeclared(f); len(lacks) > 0 {
			here = cmp.Or(f.Absent, "lacks "+strings.Join(lacks, ", "))
		}
		rows = append(rows, []string{of, string(f.Source), part, printed(f), here})
	}
	if err := report.Table(a.out, a.width, []string{"Indicator", "Source", "Of", ">Printed", "In the catalogue"}, rows); err != nil {
		return err
	}
	a.line("")
	given, _ := ledger(c)
	return report.Paragraph(a.out, a.width, "", fmt.Sprintf("%s, %d of them with an indicator and a source here.", report.Plural(len(figures), "published figure"), given))
}

// ledger counts the published figures of which the catalogue has the indicator
// and the source, and all of them.
func ledger(c *indicator.Catalogue) (given, all int) {
	figures, err := plan.LoadPublished(seeds.Files)
	if err != nil {
		return 0, 0 // as built, which a test holds
	}
	for _, f := range figures {
		if c.Declares(f) {
			given++
		}
	}
	return given, len(figures)
}
