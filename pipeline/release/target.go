package release

import (
	"cmp"
	"strings"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release/sheet"
)

// A Target is where a figure stands against a target: what was to be reached,
// and the verdict as of its source. The verdict of the newest source is the
// present one.
type Target struct {
	indicator.Key
	Target         string // which of the indicator's targets
	Scope          string
	Rule           string
	Unit           string
	Baseline       float64
	BaselineSource string
	Level          float64 // to reach; NaN where the rule is of a significant change
	Date           string
	Value          float64
	Expected       float64 // on the way from the baseline to the level, at the end of the source's period
	P              float64 // two-sided, of no change since the baseline
	Verdict        string
	Reason         string // indicator.Note as text
	Notes          string // indicator.Notes as text
}

// The scopes of a target's row.
const (
	ScopeFigure = "figure"   // one of the figures that the target is of
	ScopeAll    = "together" // all of them
)

// The verdicts on a target. NoClearChange is one, too.
const (
	Met           = "met"
	NotMet        = "not met" // the date has come
	OnCourse      = "on course"
	OffCourse     = "off course"
	TooEarly      = "too early"
	NotMeasurable = "not measurable"
)

// Compare orders targets by indicator, target, figure, scope and source.
func (t Target) Compare(other Target) int {
	return cmp.Or(
		strings.Compare(t.Indicator, other.Indicator), strings.Compare(t.Target, other.Target), strings.Compare(t.Scope, other.Scope),
		t.Key.Compare(other.Key))
}

func (t Target) name() string {
	name := "target " + t.Target + " at " + string(t.Source)
	if t.Scope == ScopeAll {
		return name + ", together"
	}
	return name + ", " + describe(t.Key, "")
}

// ReasonNote is why the target has its verdict. It panics on text that Check
// refuses.
func (t *Target) ReasonNote() indicator.Note {
	if ns := notes(t.Reason); len(ns) > 0 {
		return ns[0]
	}
	return indicator.Note{}
}

// NoteList are the target's notes. It panics on text that Check refuses.
func (t *Target) NoteList() indicator.Notes { return notes(t.Notes) }

// TargetColumns are the columns of targets.csv and targets.parquet, in order.
var TargetColumns = []sheet.Column[Target]{
	{Name: "indicator", Key: true, About: "Identifier of the indicator", Text: func(t *Target) *string { return &t.Indicator }},
	{Name: "target", Key: true, About: "Which of the indicator's targets", Text: func(t *Target) *string { return &t.Target }},
	{Name: "scope", Key: true, About: "figure, or together for all the figures that the target is of", Text: func(t *Target) *string { return &t.Scope }},
	{Name: "source", Key: true, About: "Source of the figure that is judged: the verdict is as of its period", Text: func(t *Target) *string { return (*string)(&t.Source) }},
	{Name: "population", Key: true, About: "Population that the figure is about", Text: func(t *Target) *string { return &t.Population }},
	{Name: "breakdown", Key: true, About: "What the population is divided by; all where it is not", Text: func(t *Target) *string { return &t.Breakdown }},
	{Name: "category", Key: true, About: "Part of the population that the figure is of; all where it is not divided", Text: func(t *Target) *string { return &t.Category }},
	{Name: "item", Key: true, About: "Which of the indicator's items; all where it has one", Text: func(t *Target) *string { return &t.Item }},
	{Name: "rule", Required: true, About: "rise or fall (significantly, against the baseline), level (a value is reached); of several figures every or majority", Text: func(t *Target) *string { return &t.Rule }},
	{Name: "unit", Required: true, About: "Unit of the baseline, the level, the value and what is expected", Text: func(t *Target) *string { return &t.Unit }},
	{Name: "baseline", About: "Value that the target starts from", Unit: sheet.RowUnit, Number: func(t *Target) *float64 { return &t.Baseline }},
	{Name: "baseline_source", About: "Source of the baseline", Text: func(t *Target) *string { return &t.BaselineSource }},
	{Name: "level", About: "Value to reach; null where the rule is of a significant change", Unit: sheet.RowUnit, Number: func(t *Target) *float64 { return &t.Level }},
	{Name: "date", About: "Day by which it is to be met; null where none is stated", Text: func(t *Target) *string { return &t.Date }},
	{Name: "value", About: "The figure that is judged, as published", Unit: sheet.RowUnit, Number: func(t *Target) *float64 { return &t.Value }},
	{Name: "expected", About: "Value on the straight line from the baseline to the level, at the end of the source's period; null from the target's date on", Unit: sheet.RowUnit, Number: func(t *Target) *float64 { return &t.Expected }},
	{Name: "p_value", About: "Two-sided p-value of no change since the baseline", Number: func(t *Target) *float64 { return &t.P }},
	{Name: "verdict", Required: true, About: "met, not met, on course, off course, no clear change, too early or not measurable", Text: func(t *Target) *string { return &t.Verdict }},
	{Name: "reason", Required: true, About: "Code of why", Text: func(t *Target) *string { return &t.Reason }},
	{Name: "notes", About: "Codes of what a reader of the verdict should know, with a blank between them", Text: func(t *Target) *string { return &t.Notes }},
}
