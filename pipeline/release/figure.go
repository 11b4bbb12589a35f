// Package release holds what is published: figures, changes between waves,
// and the manifest of an immutable release. FORMAT.md describes them for
// readers who do not have this program.
package release

import (
	"cmp"
	"math"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release/sheet"
)

// A Figure is an estimate in the unit's own scale (percent, not fractions), with
// its status: as published, with the digits that the disclosure policy shows, or
// before that with every digit. NaN stands for null, and so does a Base of
// Withheld.
type Figure struct {
	indicator.Key
	PeriodStart string
	PeriodEnd   string
	Statistic   string
	Unit        string
	Value       float64
	SE          float64
	Lower       float64
	Upper       float64
	Level       float64
	Method      string
	DF          float64
	DEFF        float64
	Base        int64
	Numerator   float64 // of a return, in the unit of its columns
	Denominator float64
	Groups      indicator.Groups // as the estimate has them; not published, and none of a figure that was read
	Largest     float64          // likewise, and 0
	Beyond      int64            // of a quantile, of respondents of this run: those at its value or beyond it, on the side that has fewer
	Unlike      int64            // of amounts, of respondents of this run: as the estimate has them
	Alike       bool             // likewise
	Heaviest    []float64        // likewise
	Weight      string           // its name; "" where there is no value
	ErrorSource string           // design.Error; "" where there is no value
	Status      string
	Notes       string // indicator.Notes as text
}

// NoteList are the figure's notes. It panics on text that Check refuses.
func (f *Figure) NoteList() indicator.Notes { return notes(f.Notes) }

func notes(text string) indicator.Notes {
	ns, err := indicator.ParseNotes(text)
	if err != nil {
		panic("release: " + err.Error())
	}
	return ns
}

// Tells returns a test of whether notes, as text, have one of the code. It reads
// each text once: a release has few. It panics on text that Check refuses.
func Tells(code indicator.NoteCode) func(text string) bool {
	known := map[string]bool{}
	return func(text string) bool {
		tells, met := known[text]
		if !met {
			tells = notes(text).Has(code)
			known[text] = tells
		}
		return tells
	}
}

// Withheld is the base of a figure whose base is not published.
const Withheld = sheet.None

// A Change is the difference between the figures of two sources of a series,
// computed from the figures before they are rounded. The source of its key is the
// later one.
type Change struct {
	indicator.Key
	FromSource codebook.SourceID
	Statistic  string
	Unit       string
	Change     float64
	SE         float64
	Lower      float64
	Upper      float64
	Level      float64
	Method     string
	DF         float64
	P          float64
	PAdjusted  float64
	Verdict    string
	Reason     string // indicator.Note as text: why the figures are not comparable
	Notes      string // indicator.Notes as text
}

// NoteList are the change's notes. It panics on text that Check refuses.
func (c *Change) NoteList() indicator.Notes { return notes(c.Notes) }

// ReasonNote is why the figures are not comparable: a note of no code where
// they are. It panics on text that Check refuses.
func (c *Change) ReasonNote() indicator.Note {
	if ns := notes(c.Reason); len(ns) > 0 {
		return ns[0]
	}
	return indicator.Note{}
}

// The verdicts on a change, at the 5 per cent level.
const (
	Higher        = "higher"
	Lower         = "lower"
	NoClearChange = "no clear change"
	NotComparable = "not comparable"
)

// Compare orders changes by key and then by the earlier source.
func (c Change) Compare(other Change) int {
	return cmp.Or(c.Key.Compare(other.Key), cmp.Compare(c.FromSource, other.FromSource))
}

// FigureColumns are the columns of <id>.csv and <id>.parquet, in order.
var FigureColumns = []sheet.Column[Figure]{
	{Name: "indicator", Key: true, About: "Identifier of the indicator", Text: func(f *Figure) *string { return &f.Indicator }},
	{Name: "source", Key: true, About: "Source of the figure: a survey's wave, where hocs is the Citizenship Survey and bcs the British Crime Survey", Text: func(f *Figure) *string { return (*string)(&f.Source) }},
	{Name: "period_start", Required: true, About: "First day of the source's period, for a wave its fieldwork", Text: func(f *Figure) *string { return &f.PeriodStart }},
	{Name: "period_end", Required: true, About: "Last day of the source's period", Text: func(f *Figure) *string { return &f.PeriodEnd }},
	{Name: "population", Key: true, About: "Population that the figure is about", Text: func(f *Figure) *string { return &f.Population }},
	{Name: "breakdown", Key: true, About: "What the population is divided by; all where it is not", Text: func(f *Figure) *string { return &f.Breakdown }},
	{Name: "category", Key: true, About: "Part of the population that the figure is of; all where it is not divided", Text: func(f *Figure) *string { return &f.Category }},
	{Name: "item", Key: true, About: "Which of the indicator's items; all where it has one", Text: func(f *Figure) *string { return &f.Item }},
	{Name: "statistic", Required: true, About: "Kind of figure", Text: func(f *Figure) *string { return &f.Statistic }},
	{Name: "unit", Required: true, About: "Unit of the value, its error and its interval", Text: func(f *Figure) *string { return &f.Unit }},
	{Name: "value", About: "The figure; null exactly when the status says why", Unit: sheet.RowUnit, Number: func(f *Figure) *float64 { return &f.Value }},
	{Name: "std_error", About: "Design-based standard error; null where the design cannot give one, never 0 for lack of data", Unit: sheet.RowUnit, Number: func(f *Figure) *float64 { return &f.SE }},
	{Name: "ci_lower", About: "Lower limit of the confidence interval", Unit: sheet.RowUnit, Number: func(f *Figure) *float64 { return &f.Lower }},
	{Name: "ci_upper", About: "Upper limit of the confidence interval", Unit: sheet.RowUnit, Number: func(f *Figure) *float64 { return &f.Upper }},
	{Name: "ci_level", About: "Level of the confidence interval", Number: func(f *Figure) *float64 { return &f.Level }},
	{Name: "ci_method", About: "How the interval was made: logit, wald or log", Text: func(f *Figure) *string { return &f.Method }},
	{Name: "df", About: "Degrees of freedom: PSUs less strata that the domain meets", Number: func(f *Figure) *float64 { return &f.DF }},
	{Name: "design_effect", About: "Variance over that of simple random sampling with replacement", Number: func(f *Figure) *float64 { return &f.DEFF }},
	{Name: "base_unweighted", About: "Respondents counted; null where they are confidential themselves, and of counts", Unit: "respondents", Count: func(f *Figure) *int64 { return &f.Base }},
	{Name: "numerator", About: "What a return counts, in the unit of its table; null of surveys and where confidential", Number: func(f *Figure) *float64 { return &f.Numerator }},
	{Name: "denominator", About: "What a return counts it out of; null of surveys and where confidential", Number: func(f *Figure) *float64 { return &f.Denominator }},
	{Name: "weight", About: "Name of the weight; null where there is no value", Text: func(f *Figure) *string { return &f.Weight }},
	{Name: "error_source", About: "What the standard error rests on: psus, weights alone, a published design-factor, or replicates; null where there is no value", Text: func(f *Figure) *string { return &f.ErrorSource }},
	{Name: "status", About: "Why there is no value: c confidential, u base too small to be reliable, x not available, z not applicable; low: under half the last digit shown", Text: func(f *Figure) *string { return &f.Status }},
	{Name: "notes", About: "Codes of what a reader of the figure should know, with a blank between them", Text: func(f *Figure) *string { return &f.Notes }},
}

// ChangeColumns are the columns of <id>.changes.csv and .parquet, in order.
var ChangeColumns = []sheet.Column[Change]{
	{Name: "indicator", Key: true, About: "Identifier of the indicator", Text: func(c *Change) *string { return &c.Indicator }},
	{Name: "from_source", Key: true, About: "Source of the earlier figure", Text: func(c *Change) *string { return (*string)(&c.FromSource) }},
	{Name: "to_source", Key: true, About: "Source of the later figure", Text: func(c *Change) *string { return (*string)(&c.Source) }},
	{Name: "population", Key: true, About: "Population that the figures are about", Text: func(c *Change) *string { return &c.Population }},
	{Name: "breakdown", Key: true, About: "What the population is divided by; all where it is not", Text: func(c *Change) *string { return &c.Breakdown }},
	{Name: "category", Key: true, About: "Part of the population; all where it is not divided", Text: func(c *Change) *string { return &c.Category }},
	{Name: "item", Key: true, About: "Which of the indicator's items; all where it has one", Text: func(c *Change) *string { return &c.Item }},
	{Name: "statistic", Required: true, About: "Kind of figure", Text: func(c *Change) *string { return &c.Statistic }},
	{Name: "unit", Required: true, About: "Unit of the change, its error and its interval", Text: func(c *Change) *string { return &c.Unit }},
	{Name: "change", About: "Later figure less earlier figure, rounded once: the last digit may differ from that of the figures as published", Unit: sheet.RowUnit, Number: func(c *Change) *float64 { return &c.Change }},
	{Name: "std_error", About: "Standard error of the change, the waves being independent samples unless the notes say how they overlap", Unit: sheet.RowUnit, Number: func(c *Change) *float64 { return &c.SE }},
	{Name: "ci_lower", About: "Lower limit of the confidence interval", Unit: sheet.RowUnit, Number: func(c *Change) *float64 { return &c.Lower }},
	{Name: "ci_upper", About: "Upper limit of the confidence interval", Unit: sheet.RowUnit, Number: func(c *Change) *float64 { return &c.Upper }},
	{Name: "ci_level", About: "Level of the confidence interval", Number: func(c *Change) *float64 { return &c.Level }},
	{Name: "ci_method", About: "How the interval was made", Text: func(c *Change) *string { return &c.Method }},
	{Name: "df", About: "Degrees of freedom: those of the two waves' designs together, or of the PSUs of both as one design where they overlap", Number: func(c *Change) *float64 { return &c.DF }},
	{Name: "p_value", About: "Two-sided p-value of no change", Number: func(c *Change) *float64 { return &c.P }},
	{Name: "p_adjusted", About: "The p-value adjusted by Holm's method over the categories of the breakdown", Number: func(c *Change) *float64 { return &c.PAdjusted }},
	{Name: "verdict", Required: true, About: "higher, lower, no clear change or not comparable, at the 5 per cent level by p_value", Text: func(c *Change) *string { return &c.Verdict }},
	{Name: "reason", About: "Code of why the figures are not comparable", Text: func(c *Change) *string { return &c.Reason }},
	{Name: "notes", About: "Codes of what a reader of the change should know, with a blank between them", Text: func(c *Change) *string { return &c.Notes }},
}

// NewFigures makes figures of the estimates of several definitions.
func NewFigures(estimates [][]indicator.Estimate) [][]Figure {
	made := make([][]Figure, len(estimates))
	for i, of := range estimates {
		made[i] = make([]Figure, len(of))
		for k, e := range of {
			made[i][k] = NewFigure(e)
		}
	}
	return made
}

// NewFigure is an estimate in its unit's scale, with every digit that counts
// (indicator.Settle). Nothing is withheld from it yet: what describes a value is
// null where there is none.
func NewFigure(e indicator.Estimate) Figure {
	by := e.Statistic.Row().Scale
	scaled := func(x float64) float64 { return indicator.Settle(x * by) }
	f := Figure{
		Key: e.Key, PeriodStart: e.Period[0], PeriodEnd: e.Period[1], Statistic: string(e.Statistic), Unit: e.Unit,
		Value: scaled(e.Value), SE: scaled(e.SE), Lower: scaled(e.Lower), Upper: scaled(e.Upper),
		Level: e.Level, Method: e.Method, DF: indicator.Settle(e.DF), DEFF: indicator.Settle(e.DEFF), Base: int64(e.Base), Groups: e.Groups, Largest: indicator.Settle(e.Largest), Beyond: int64(e.Beyond), Unlike: int64(e.Unlike), Alike: e.Alike, Heaviest: e.Heaviest,
		Numerator: math.NaN(), Denominator: math.NaN(),
		Weight: e.Weight, ErrorSource: string(e.Error), Status: string(e.Status), Notes: e.Notes.String(),
	}
	if e.Source.Return() {
		if e.Base == 0 { // it is of no respondents
			f.Base = Withheld
		}
		f.Numerator, f.Denominator = indicator.Settle(e.Numerator), indicator.Settle(e.Denominator)
	}
	if f.SE == 0 {
		f.SE, f.Lower, f.Upper = math.NaN(), math.NaN(), math.NaN()
	}
	if f.Status != "" {
		f.Empty()
	}
	if math.IsNaN(f.Lower) {
		f.Level, f.Method = math.NaN(), ""
	}
	return f
}

// Empty takes the value of a figure and all that describes it, but its base.
func (f *Figure) Empty() {
	nan := math.NaN()
	f.Value, f.SE, f.Lower, f.Upper, f.Level, f.Method, f.DF, f.DEFF = nan, nan, nan, nan, nan, "", nan, nan
	f.Weight, f.ErrorSource = "", ""
}

// Empty takes the size of a change and all that describes it: the figures are not
// comparable, for a reason.
func (c *Change) Empty(why indicator.Note) {
	nan := math.NaN()
	c.Change, c.SE, c.Lower, c.Upper, c.Level, c.Method, c.DF, c.P, c.PAdjusted = nan, nan, nan, nan, nan, "", nan, nan, nan
	c.Verdict, c.Reason, c.Notes = NotComparable, why.String(), c.NoteList().Only(indicator.Synthetic).String()
}
