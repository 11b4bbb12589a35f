package release

import (
	"cmp"
	"strings"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release/sheet"
)

// A Funnel is an area's place in a funnel: the limits within which its figure
// would lie if nothing but chance made it differ from the whole's.
type Funnel struct {
	indicator.Key
	Unit     string
	Value    float64 // of the area, as published
	Whole    float64
	Lower95  float64
	Upper95  float64
	Lower998 float64
	Upper998 float64
	Side     string // Above, Below or Within
	Level    float64
	Notes    string // indicator.Notes as text
}

// Where an area lies.
const (
	Above  = "above"
	Below  = "below"
	Within = "within"
)

// Compare orders funnels by indicator and then as figures are.
func (f Funnel) Compare(other Funnel) int {
	return cmp.Or(strings.Compare(f.Indicator, other.Indicator), f.Key.Compare(other.Key))
}

func (f Funnel) name() string { return "funnel " + describe(f.Key, "") }

// FunnelColumns are the columns of funnels.csv and funnels.parquet, in order.
var FunnelColumns = []sheet.Column[Funnel]{
	{Name: "indicator", Key: true, About: "Identifier of the indicator", Text: func(f *Funnel) *string { return &f.Indicator }},
	{Name: "source", Key: true, About: "Source of the figures", Text: func(f *Funnel) *string { return (*string)(&f.Source) }},
	{Name: "population", Key: true, About: "Population that the figures are about", Text: func(f *Funnel) *string { return &f.Population }},
	{Name: "breakdown", Key: true, About: "By areas, or by areas and categories", Text: func(f *Funnel) *string { return &f.Breakdown }},
	{Name: "category", Key: true, About: "Which area, or area and category", Text: func(f *Funnel) *string { return &f.Category }},
	{Name: "item", Key: true, About: "Which of the indicator's items; all where it has one", Text: func(f *Funnel) *string { return &f.Item }},
	{Name: "unit", Required: true, About: "Unit of the values and the limits", Text: func(f *Funnel) *string { return &f.Unit }},
	{Name: "value", Required: true, About: "The area's figure", Unit: sheet.RowUnit, Number: func(f *Funnel) *float64 { return &f.Value }},
	{Name: "whole", Required: true, About: "Figure of all areas, of the same category where there is one", Unit: sheet.RowUnit, Number: func(f *Funnel) *float64 { return &f.Whole }},
	{Name: "lower_95", Required: true, About: "Lower limit of chance about the whole at 95 per cent, for an area of this size", Unit: sheet.RowUnit, Number: func(f *Funnel) *float64 { return &f.Lower95 }},
	{Name: "upper_95", Required: true, About: "Upper limit at 95 per cent", Unit: sheet.RowUnit, Number: func(f *Funnel) *float64 { return &f.Upper95 }},
	{Name: "lower_998", Required: true, About: "Lower limit at 99.8 per cent", Unit: sheet.RowUnit, Number: func(f *Funnel) *float64 { return &f.Lower998 }},
	{Name: "upper_998", Required: true, About: "Upper limit at 99.8 per cent", Unit: sheet.RowUnit, Number: func(f *Funnel) *float64 { return &f.Upper998 }},
	{Name: "side", Required: true, About: "above, below or within the limits", Text: func(f *Funnel) *string { return &f.Side }},
	{Name: "level", About: "The widest limits that the area lies outside of: 0.95 or 0.998; null within", Number: func(f *Funnel) *float64 { return &f.Level }},
	{Name: "notes", About: "synthetic where the figures are of made-up data", Text: func(f *Funnel) *string { return &f.Notes }},
}
