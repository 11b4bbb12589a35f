package indicator

import (
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/series"
)

// quantity is the SHA-256 of all that decides which quantity the figures of a
// series' indicator are. Titles and labels are not in it.
func (t *Tabled) quantity(d *Definition) string {
	return Digest(struct {
		Statistic Statistic
		Unit      string
		Series    string
		Parts     []Part
		Reference float64
		Standard  *Weights
		Precision int
	}{d.Statistic, t.Unit, t.Series.ID, t.Parts, t.Reference, t.Standard, d.Places()})
}

// lineage is the SHA-256 of all in the catalogue that the figures of one period
// rest on: the quantity, how its error is found, what the marks stand for, the
// areas that there were, and the kind, unit and categories of each column.
func (t *Tabled) lineage(d *Definition, period codebook.Period) string {
	type column struct {
		Kind       series.ColumnKind
		Unit       string
		Categories []string
	}
	columns := map[string]column{}
	for _, name := range t.CategoryColumns() {
		c := column{Kind: series.CategoryColumn}
		for _, k := range t.Columns[name].Categories {
			c.Categories = append(c.Categories, k.Code)
		}
		columns[name] = c
	}
	for _, p := range t.Parts {
		for _, name := range p.Columns() {
			columns[name] = column{Kind: t.Columns[name].Kind, Unit: t.Columns[name].Unit}
		}
	}
	type area struct{ Code, Within string }
	var areas []area
	for _, place := range t.Expected(period) {
		areas = append(areas, area{t.Areas.Are[place].Code, t.Areas.Are[place].Within})
	}
	marks := map[string][]string{}
	for _, kind := range series.MarkKinds() {
		if texts := t.MarksOf(kind); len(texts) > 0 {
			marks[kind] = texts
		}
	}
	return Digest(struct {
		Quantity       string
		Random, Funnel bool
		Level          float64
		Small          string
		Period         codebook.Period
		Columns        map[string]column
		Areas          []area
		Marks          map[string][]string
		Selection      bool `json:",omitempty"`
	}{t.quantity(d), t.Random, t.Funnel, d.Confidence(), t.Small, period, columns, areas, marks, t.Areas.Selection})
}
