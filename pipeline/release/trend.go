package release

import (
	"cmp"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release/sheet"
)

// A Trend is the straight line through a series' published figures, from a
// source up to that of its key.
type Trend struct {
	indicator.Key
	FromSource codebook.SourceID
	Statistic  string
	Unit       string // of the slope: that of a change, a year
	Points     int64  // figures that it goes through
	Slope      float64
	SE         float64
	Lower      float64
	Upper      float64
	Level      float64
	DF         float64
	P          float64 // two-sided, of no slope
	FitP       float64 // of a straight line
	Verdict    string
	Notes      string // indicator.Notes as text
}

// The verdicts on a trend, at the 5 per cent level.
const (
	Rising       = "rising"
	Falling      = "falling"
	NoClearTrend = "no clear trend"
)

// Compare orders trends by indicator and then as figures are.
func (t Trend) Compare(other Trend) int {
	return cmp.Or(strings.Compare(t.Indicator, other.Indicator), t.Key.Compare(other.Key))
}

func (t Trend) name() string { return "trend " + describe(t.Key, t.FromSource) }

// NoteList are the trend's notes. It panics on text that Check refuses.
func (t *Trend) NoteList() indicator.Notes { return notes(t.Notes) }

// TrendColumns are the columns of trends.csv and trends.parquet, in order.
var TrendColumns = []sheet.Column[Trend]{
	{Name: "indicator", Key: true, About: "Identifier of the indicator", Text: func(t *Trend) *string { return &t.Indicator }},
	{Name: "from_source", Required: true, About: "First source of the line", Text: func(t *Trend) *string { return (*string)(&t.FromSource) }},
	{Name: "to_source", Key: true, About: "Last source of the line", Text: func(t *Trend) *string { return (*string)(&t.Source) }},
	{Name: "population", Key: true, About: "Population that the figures are about", Text: func(t *Trend) *string { return &t.Population }},
	{Name: "breakdown", Key: true, About: "What the population is divided by; all where it is not", Text: func(t *Trend) *string { return &t.Breakdown }},
	{Name: "category", Key: true, About: "Part of the population; all where it is not divided", Text: func(t *Trend) *string { return &t.Category }},
	{Name: "item", Key: true, About: "Which of the indicator's items; all where it has one", Text: func(t *Trend) *string { return &t.Item }},
	{Name: "statistic", Required: true, About: "Kind of figure", Text: func(t *Trend) *string { return &t.Statistic }},
	{Name: "unit", Required: true, About: "Unit of the slope, its error and its interval", Text: func(t *Trend) *string { return &t.Unit }},
	{Name: "points", Required: true, About: "Figures that the line goes through", Unit: "figures", Count: func(t *Trend) *int64 { return &t.Points }},
	{Name: "slope", About: "Change a year along the straight line of weighted least squares through the figures that are published", Unit: sheet.RowUnit, Number: func(t *Trend) *float64 { return &t.Slope }},
	{Name: "std_error", About: "Standard error of the slope, from those of the figures, which are independent samples", Unit: sheet.RowUnit, Number: func(t *Trend) *float64 { return &t.SE }},
	{Name: "ci_lower", About: "Lower limit of the confidence interval", Unit: sheet.RowUnit, Number: func(t *Trend) *float64 { return &t.Lower }},
	{Name: "ci_upper", About: "Upper limit of the confidence interval", Unit: sheet.RowUnit, Number: func(t *Trend) *float64 { return &t.Upper }},
	{Name: "ci_level", About: "Level of the confidence interval", Number: func(t *Trend) *float64 { return &t.Level }},
	{Name: "df", About: "Degrees of freedom: those of the figures together; null of counts, which have none", Number: func(t *Trend) *float64 { return &t.DF }},
	{Name: "p_value", About: "Two-sided p-value of no slope", Number: func(t *Trend) *float64 { return &t.P }},
	{Name: "fit_p_value", About: "p-value of a straight line, by chi-squared of the figures about it", Number: func(t *Trend) *float64 { return &t.FitP }},
	{Name: "verdict", Required: true, About: "rising, falling or no clear trend, at the 5 per cent level by p_value", Text: func(t *Trend) *string { return &t.Verdict }},
	{Name: "notes", About: "Codes of what a reader of the trend should know, with a blank between them", Text: func(t *Trend) *string { return &t.Notes }},
}
