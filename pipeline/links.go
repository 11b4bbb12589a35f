package pipeline

import (
	"reflect"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/disclose"
	"togetherwecan/pipeline/indicator"
)

// links are what the catalogue says of numbers that depend on each other:
// populations within populations, breakdowns within breakdowns, and shares of the
// same answers.
func links(c *indicator.Catalogue) disclose.Links {
	l := disclose.Links{
		Within: func(source codebook.SourceID, population, of string) bool {
			x := c.Crosswalk(source)
			return x != nil && codebook.PartOf(x.Populations, population, of)
		},
		Coarser: c.Codebook.PartOf,
	}
	type share struct {
		item disclose.Item
		d    *indicator.Definition
		of   *codebook.Condition
		base []codebook.Condition
	}
	byVariable := map[string][]share{}
	for _, d := range c.Definitions {
		if d.Tabled != nil || d.Statistic != indicator.Proportion && d.Statistic != indicator.Count {
			continue
		}
		for _, item := range d.Figures() {
			if item.Of != nil && len(item.Of.Categories) > 0 {
				s := share{disclose.Item{Indicator: d.ID, Item: item.ID}, d, item.Of, slices.Concat(d.Base.Where, item.Base.Where)}
				byVariable[item.Of.Variable] = append(byVariable[item.Of.Variable], s)
			}
		}
	}
	for _, name := range c.Codebook.Names() {
		shares, categories := byVariable[name], len(c.Codebook.Variables[name].Categories)
		for i, a := range shares {
			for _, b := range shares[:i] {
				if !reflect.DeepEqual(a.base, b.base) {
					continue
				}
				if kind, linked := relation(a.of.Categories, b.of.Categories, categories); linked {
					l.Shares = append(l.Shares, disclose.Pair{A: a.item, B: b.item, Kind: kind})
				}
			}
		}
	}
	return l
}

// relation is how the shares of two sets of a variable's answers tell a third: that
// of the rest of one, or of all others. Sets of which one is all others than the
// other tell none.
func relation(a, b []string, all int) (disclose.Relation, bool) {
	shared := 0
	for _, category := range a {
		if slices.Contains(b, category) {
			shared++
		}
	}
	switch {
	case shared == len(a) && shared < len(b):
		return disclose.Inside, true
	case shared == len(b) && shared < len(a):
		return disclose.Around, true
	case shared == 0 && len(a)+len(b) < all:
		return disclose.Apart, true
	}
	return 0, false
}
