package plan

import (
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
)

// Undeclared lists what a published figure has that the catalogue does not
// declare: its indicator or item; its source; of both that are declared, what
// the source lacks for the indicator; or else its population, its breakdown or
// its category. It is empty for a figure that a run on the source's extract
// gives.
func (p Published) Undeclared(c *indicator.Catalogue) []string {
	var lacks []string
	lack := func(of bool, what string) {
		if of {
			lacks = append(lacks, what)
		}
	}
	d := c.Definition(p.Indicator)
	item := -1
	if d != nil {
		item = slices.IndexFunc(d.Figures(), func(i indicator.Item) bool { return i.ID == p.Item || p.Item == "" && i.ID == codebook.All })
	}
	lack(d == nil, "indicator "+p.Indicator)
	lack(d != nil && item < 0, "item "+p.Item)
	x, s := c.Crosswalk(p.Source), c.SeriesOf(p.Source)
	lack(x == nil && s == nil, "source "+string(p.Source))
	if len(lacks) > 0 {
		return lacks
	}
	if s != nil {
		lack(d.Tabled == nil || d.Tabled.Series != s, "series "+s.ID)
		return lacks
	}
	lack(!d.Covers(x), "survey "+x.Survey)
	lacks = append(lacks, d.Lacks(c.Codebook, x, d.Figures()[item])...)
	lack(!slices.ContainsFunc(x.Populations, func(q codebook.Population) bool { return q.ID == p.Population }), "population "+p.Population)
	if p.Breakdown != codebook.All {
		given := slices.Contains(d.By(c.Codebook), p.Breakdown) && len(c.Codebook.Lacks(x, p.Breakdown)) == 0
		lack(!given, "breakdown "+p.Breakdown)
		lack(given && c.Codebook.Variables[p.Breakdown].Index(p.Category) < 0, "category "+p.Category)
	}
	return lacks
}

// Declared says whether the catalogue has the indicator and the source of a
// published figure, whoever of the population it is about.
func (p Published) Declared(c *indicator.Catalogue) bool {
	return !slices.ContainsFunc(p.Undeclared(c), func(what string) bool {
		of, _, _ := strings.Cut(what, " ")
		return !slices.Contains([]string{"population", "breakdown", "category"}, of)
	})
}
