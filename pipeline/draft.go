package pipeline

import (
	"math"
	"runtime"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/harmonise"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// A draft is what a catalogue would say of a question, in the file's own words:
// a codebook, a crosswalk whose population is those whom the question is about,
// and a definition of each ask.
type draft struct {
	book        *codebook.Codebook
	wave        *indicator.Wave
	definitions []*indicator.Definition // of each ask
}

// Variables of a draft beside those of the file, whose names have no blank.
const (
	numberOf = " as a number"
	within   = "within the restrictions"
)

// draft makes the question's codebook, crosswalk and definitions.
func (c *calculation) draft() *draft {
	q := c.question
	d := &draft{book: &codebook.Codebook{Variables: map[string]codebook.Variable{}}}
	everyone := codebook.Population{ID: codebook.All}
	t := table.New(c.extract.Table.Rows)
	if c.in != nil {
		v := codebook.Variable{Name: within, Categories: []codebook.Category{{Code: "yes"}}}
		inside := table.NewCodes(t.Rows, len(v.Categories))
		for row := range t.Rows {
			inside.Set(row, -int(codebook.NotApplicable))
		}
		for i, row := range c.design.Rows {
			if c.in[i] {
				inside.Set(int(row), 0)
			}
		}
		d.book.Variables[within] = v
		t.Add(&table.Column{Variable: v, Codes: inside})
		everyone.Where = []codebook.Condition{{Variable: within, Categories: []string{"yes"}}}
	}
	d.wave = &indicator.Wave{
		Crosswalk: &codebook.Crosswalk{Design: q.Design, Populations: []codebook.Population{everyone}},
		Table:     t, Designs: map[string]*design.Design{codebook.CoreWeight: c.design},
	}
	breaks := []string{}
	for _, by := range breakdowns(q.By) {
		var names []string
		for _, name := range by {
			names = append(names, d.categories(c.field(name)))
		}
		if by != nil {
			breaks = append(breaks, indicator.Cross(names...))
		}
	}
	for _, ask := range q.Asks {
		made := c.define(d, ask)
		made.Breakdowns = breaks
		d.definitions = append(d.definitions, made)
	}
	return d
}

// define is the definition of an ask.
func (c *calculation) define(d *draft, ask Ask) *indicator.Definition {
	q, row := c.question, ask.Statistic.Row()
	made := &indicator.Definition{ID: string(ask.Statistic), Statistic: ask.Statistic, Level: q.Level * 100}
	if q.Standard != nil {
		f := c.field(q.Standard.Variable)
		name := d.categories(f)
		margin, _ := spelledMargin("standard", *q.Standard, f)
		made.Standardise = &indicator.Standard{Variable: name, Shares: margin.Totals}
	}
	f := c.field(ask.Variable)
	switch {
	case !row.Number:
		name := d.categories(f)
		for _, item := range c.shareItems(ask) {
			made.Items = append(made.Items, indicator.Item{ID: item.code, Of: &codebook.Condition{Variable: name, Categories: item.codes}})
		}
		if row.Share {
			made.Interval = q.Interval
		}
		return made
	case ask.Statistic == indicator.Quantile:
		made.Quantiles, made.Rule, made.Interval = ask.At, q.Rule, q.ShareInterval
	case ask.Statistic == indicator.Ratio:
		made.Over = &codebook.Condition{Variable: d.numbers(c.field(ask.Over))}
	}
	made.Of = &codebook.Condition{Variable: d.numbers(f)}
	return made
}

// categories adds a variable of categories, and returns its name.
func (d *draft) categories(f *harmonise.Field) string {
	if _, there := d.book.Variables[f.Name]; there {
		return f.Name
	}
	v := codebook.Variable{Name: f.Name}
	for i, code := range f.Codes {
		v.Categories = append(v.Categories, codebook.Category{Code: code, Label: f.Labels[i]})
	}
	d.book.Variables[v.Name] = v
	d.wave.Table.Add(&table.Column{Variable: v, Codes: table.CodesOf(len(f.Codes), f.Code)})
	return v.Name
}

// numbers adds a variable of numbers, and returns its name.
func (d *draft) numbers(f *harmonise.Field) string {
	name := f.Name + numberOf
	if _, there := d.book.Variables[name]; !there {
		v := codebook.Variable{Name: name}
		d.book.Variables[name] = v
		d.wave.Table.Add(&table.Column{Variable: v, Values: f.Values})
	}
	return name
}

// estimated estimates what was drafted.
func (c *calculation) estimated() []map[indicator.Key]indicator.Estimate {
	d := c.draft()
	r, ps := estimate.Wave(d.book, d.definitions, d.wave, runtime.GOMAXPROCS(0))
	for _, p := range ps {
		if p.Where == "" { // of no page
			p.Kind, p.Where = refusal.Usage, "--unit"
		}
		c.problems = append(c.problems, p)
	}
	found := make([]map[indicator.Key]indicator.Estimate, len(d.definitions))
	for i, estimates := range r.Estimates {
		found[i] = map[indicator.Key]indicator.Estimate{}
		for _, e := range estimates {
			found[i][indicator.Key{Breakdown: e.Breakdown, Category: e.Category, Item: e.Item}] = e
		}
	}
	return found
}

// take takes what was estimated of a figure.
func (f *AskedFigure) take(e indicator.Estimate) {
	f.Value, f.SE, f.Lower, f.Upper, f.Level, f.Method = e.Value, e.SE, e.Lower, e.Upper, e.Level, e.Method
	f.DF, f.DEFF, f.Base, f.Weights = e.DF, e.DEFF, e.Base, e.Weights
	for _, n := range e.Notes {
		switch {
		case n.Is(indicator.NoCategory): // whether somebody is of it without an answer is not told apart
			f.Notes.Add(indicator.Note{Code: indicator.NoBase})
		case n.Is(indicator.DesignFactor) && math.IsNaN(f.SE):
		default:
			f.Notes.Add(n)
		}
	}
}
