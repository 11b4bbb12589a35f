package release

import (
	"math"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release/sheet"
)

// A Component is a part of the change between two waves, by a breakdown: what figures
// within its categories changed, and what their shares did. The source of its key is
// the later wave. Of the category codebook.All are the sums over categories.
type Component struct {
	indicator.Key
	FromSource codebook.SourceID
	Part       string
	Statistic  string
	Unit       string
	Value      float64
	SE         float64
	Lower      float64
	Upper      float64
	Level      float64
	DF         float64
	P          float64    // two-sided, of no such part
	Shares     [2]float64 // of the category, of the base of both waves, in percent
	Figures    [2]float64 // of the category in both waves
	Notes      string     // indicator.Notes as text
}

// The parts of a change.
const (
	PartChange  = "change" // the whole
	PartWithin  = "within"
	PartBetween = "between"
)

// ComponentColumns are the columns of a table of components, in order.
var ComponentColumns = []sheet.Column[Component]{
	{Name: "indicator", Key: true, About: "Identifier of the indicator", Text: func(c *Component) *string { return &c.Indicator }},
	{Name: "from_source", Key: true, About: "Earlier wave", Text: func(c *Component) *string { return (*string)(&c.FromSource) }},
	{Name: "to_source", Key: true, About: "Later wave", Text: func(c *Component) *string { return (*string)(&c.Source) }},
	{Name: "population", Key: true, About: "Population that the figures are about", Text: func(c *Component) *string { return &c.Population }},
	{Name: "item", Key: true, About: "Which of the indicator's items; all where it has one", Text: func(c *Component) *string { return &c.Item }},
	{Name: "breakdown", Key: true, About: "What the population is divided by", Text: func(c *Component) *string { return &c.Breakdown }},
	{Name: "category", Key: true, About: "Category whose part it is; all for the sum over categories", Text: func(c *Component) *string { return &c.Category }},
	{Name: "part", Key: true, About: "change for the whole, within for what the categories' figures changed, between for what their shares did", Text: func(c *Component) *string { return &c.Part }},
	{Name: "statistic", Required: true, About: "Kind of figure that changed", Text: func(c *Component) *string { return &c.Statistic }},
	{Name: "unit", Required: true, About: "Unit of the value, its error and its interval", Text: func(c *Component) *string { return &c.Unit }},
	{Name: "value", Required: true, About: "The part; within and between add up to the change before they are rounded", Number: func(c *Component) *float64 { return &c.Value }},
	{Name: "std_error", About: "Design-based standard error, of both waves together", Number: func(c *Component) *float64 { return &c.SE }},
	{Name: "ci_lower", About: "Lower limit of the confidence interval, symmetric", Number: func(c *Component) *float64 { return &c.Lower }},
	{Name: "ci_upper", About: "Upper limit of the confidence interval", Number: func(c *Component) *float64 { return &c.Upper }},
	{Name: "ci_level", About: "Level of the confidence interval", Number: func(c *Component) *float64 { return &c.Level }},
	{Name: "df", About: "Degrees of freedom: those of the two waves' designs together", Number: func(c *Component) *float64 { return &c.DF }},
	{Name: "p_value", About: "Two-sided p-value of no such part", Number: func(c *Component) *float64 { return &c.P }},
	{Name: "from_share", About: "Share of the category of the earlier wave's base, in percent", Number: func(c *Component) *float64 { return &c.Shares[0] }},
	{Name: "to_share", About: "Share of the category of the later wave's base, in percent", Number: func(c *Component) *float64 { return &c.Shares[1] }},
	{Name: "from_value", About: "Figure of the category in the earlier wave; null of nobody", Number: func(c *Component) *float64 { return &c.Figures[0] }},
	{Name: "to_value", About: "Figure of the category in the later wave; null of nobody", Number: func(c *Component) *float64 { return &c.Figures[1] }},
	{Name: "notes", About: "Codes of what a reader of the part should know, with a blank between them", Text: func(c *Component) *string { return &c.Notes }},
}

// NewComponent is a part with its error in the scale of a statistic's totals: it gets
// that of its unit, an interval and a test.
func NewComponent(c Component, value, se, df float64) Component {
	row := indicator.Statistic(c.Statistic).Row()
	nan := math.NaN()
	compared := indicator.Compare(value*row.Scale, se*row.Scale, df, 0, indicator.Level)
	c.Value, c.SE, c.Lower, c.Upper = indicator.Settle(compared.Value), indicator.Settle(compared.SE), indicator.Settle(compared.Lower), indicator.Settle(compared.Upper)
	c.Level, c.DF, c.P = indicator.Level, df, indicator.Settle(compared.P)
	if math.IsNaN(c.Lower) {
		c.Level = nan
	}
	for i := range c.Figures {
		c.Shares[i], c.Figures[i] = indicator.Settle(100*c.Shares[i]), indicator.Settle(row.Scale*c.Figures[i])
	}
	return c
}
