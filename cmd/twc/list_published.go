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
func (a *app) listPublished(c *indicator.Catalogue, format string) error {
	type listed struct {
		Indicator   string            `json:"indicator"`
		Item        string            `json:"item"` // all for a figure without items
		Source      codebook.SourceID `json:"source"`
		Population  string            `json:"population"`
		Breakdown   string            `json:"breakdown"`
		Category    string            `json:"category"`
		Value       float64           `json:"value"`
		Decimals    int               `json:"decimals"` // as printed
		Unit        string            `json:"unit"`
		Publication string            `json:"publication"`
		Table       maybe             `json:"table"`
		Checked     string            `json:"checked"`
		Lacks       []string          `json:"lacks"`  // what the catalogue would need
		Absent      maybe             `json:"absent"` // why it cannot have it
	}
	list := []listed{}
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
		lacks := []string{}
		for _, u := range c.Undeclared(f) {
			lacks = append(lacks, u.String())
		}
		if len(lacks) > 0 {
			here = cmp.Or(f.Absent, "lacks "+strings.Join(lacks, ", "))
		}
		list = append(list, listed{f.Indicator, cmp.Or(f.Item, codebook.All), f.Source, f.Population, f.Breakdown, f.Category, f.Value, f.Decimals, f.Unit, f.Publication, maybe(f.Table), f.Checked, lacks, maybe(f.Absent)})
		rows = append(rows, []string{of, string(f.Source), part, report.Printed(f.Value, f.Decimals, f.Unit), here})
	}
	given, _ := declared(c)
	return a.listed(format, "published", list, []string{"Indicator", "Source", "Of", ">Printed", "In the catalogue"}, rows, "no published figure", fmt.Sprintf("%s, %d of them with an indicator and a source here.", report.Plural(len(figures), "published figure"), given))
}

// declared counts the published figures of which the catalogue has the indicator
// and the source, and all of them.
func declared(c *indicator.Catalogue) (given, all int) {
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
