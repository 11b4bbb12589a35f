package pipeline

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/harmonise"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/refusal"
)

// A calculation is a question being answered.
type calculation struct {
	question *Question
	extract  *ingest.Extract
	design   *design.Design
	in       []bool // who fits every restriction, by their places in the design; nil is all
	where    string
	fields   map[string]*harmonise.Field
	problems refusal.Problems

	found []map[indicator.Key]indicator.Estimate // of each ask, what was estimated of its definition
}

// field returns a variable by its name, in any case.
func (c *calculation) field(name string) *harmonise.Field {
	key := strings.ToLower(name)
	if c.fields[key] == nil {
		c.fields[key] = c.question.field(c.extract.Table.Column(name))
	}
	return c.fields[key]
}

func (c *calculation) problem(name, format string, args ...any) {
	c.problems = append(c.problems, refusal.Problem{
		Kind: refusal.Usage, Where: fmt.Sprintf("%s: variable %q", c.where, name), What: fmt.Sprintf(format, args...),
	})
}

// domain finds the respondents who fit every restriction, and counts those
// who do not.
func (c *calculation) domain() (outside int) {
	for _, r := range c.question.Where {
		rows := c.field(r.Variable).Has(r.Codes)
		if c.in == nil {
			c.in = slices.Repeat([]bool{true}, len(c.design.Rows))
		}
		for i, row := range c.design.Rows {
			c.in[i] = c.in[i] && rows[row]
		}
	}
	for _, within := range c.in {
		if !within {
			outside++
		}
	}
	return outside
}

// numbers reports an ask for numbers of a variable that has others.
func (c *calculation) numbers(ask Ask) {
	for _, name := range []string{ask.Over, ask.Variable} {
		if name == "" || !ask.Statistic.Row().Number {
			continue
		}
		if f := c.field(name); f.Values == nil {
			c.problem(f.Name, "%s", notNumbers(c.extract, name))
		}
	}
}

// check reports codes that no row has, and more of them than are shown.
func (c *calculation) check(q *Question) {
	codes := func(name string, codes []string) {
		f := c.field(name)
		_, absent := f.Spelled(codes)
		missing, absent := (&harmonise.Field{Numeric: f.Numeric, Codes: f.Missing}).Spelled(absent)
		if len(missing) > 0 {
			c.problem(f.Name, "declared missing: code %s, want codes that count", strings.Join(missing, ", "))
		}
		if len(absent) > 0 {
			c.problem(f.Name, "no row has code %s%s", strings.Join(absent, ", "), refusal.Nearest(absent[0], f.Codes))
		}
	}
	for _, b := range q.Bands {
		if f := c.field(b.Variable); f.Values == nil {
			c.problem(f.Name, "%s", notNumbers(c.extract, b.Variable))
		}
	}
	for _, r := range q.Where {
		codes(r.Variable, r.Codes)
	}
	for _, ask := range q.Asks {
		if ask.Statistic.Row().Number {
			continue
		}
		codes(ask.Variable, ask.Codes)
		f := c.field(ask.Variable)
		if ask.Codes == nil && len(f.Codes) > ingest.MostCodes {
			c.problem(f.Name, "%d codes, want at most %d, or the codes to count", len(f.Codes), ingest.MostCodes)
		}
		if len(f.Codes) == 0 {
			c.problem(f.Name, "no row has a value")
		}
	}
	for _, r := range q.Against {
		broken := slices.Concat(q.By...)
		if !slices.ContainsFunc(broken, func(name string) bool { return strings.EqualFold(name, r.Variable) }) {
			c.problems = append(c.problems, refusal.Problem{Kind: refusal.Usage, Where: "--against", What: fmt.Sprintf("%q is no breakdown%s", r.Variable, refusal.Nearest(r.Variable, broken))})
			continue
		}
		codes(r.Variable, r.Codes)
	}
	for _, by := range q.By {
		cells := 1
		for _, name := range by {
			f := c.field(name)
			cells *= max(len(f.Codes), 1)
			if len(f.Codes) == 0 {
				c.problem(f.Name, "no row has a value")
			}
		}
		if cells > mostCells {
			c.problems = append(c.problems, refusal.Problem{Kind: refusal.Usage, Where: c.where, What: fmt.Sprintf("breakdown %s of %d categories, want at most %d", strings.Join(by, ","), cells, mostCells)})
		}
	}
}

// mostCells is the number of categories of a breakdown that are estimated.
const mostCells = 20_000

// A cell is one category of a breakdown.
type cell struct {
	breakdown string
	crossed   []codebook.Category // of each variable
	of        []int32             // its respondents, by their places in the design
}

// cells lists the categories of crossed variables, all combinations of them,
// those without respondents too.
func (c *calculation) cells(by []string) []cell {
	cells := []cell{{breakdown: codebook.All}}
	var names []string
	for _, name := range by {
		f := c.field(name)
		names = append(names, f.Name)
		var next []cell
		for _, before := range cells {
			for i, code := range f.Codes {
				next = append(next, cell{breakdown: indicator.Cross(names...), crossed: append(slices.Clip(before.crossed), codebook.Category{Code: code, Label: f.Labels[i]})})
			}
		}
		cells = next
	}
	return cells
}

// divide gives the cells their respondents, of those within.
func (c *calculation) divide(cells []cell, by []string) {
	fields := make([]*harmonise.Field, len(by))
	for n, name := range by {
		fields[n] = c.field(name)
	}
	for i, row := range c.design.Rows {
		at := 0
		for _, f := range fields {
			if f.Code[row] < 0 {
				at = -1
				break
			}
			at = at*len(f.Codes) + int(f.Code[row])
		}
		if at >= 0 && (c.in == nil || c.in[i]) {
			cells[at].of = append(cells[at].of, int32(i))
		}
	}
}

// figure is a figure of the cell without a value.
func (cell cell) figure(statistic indicator.Statistic, variable string, item item) AskedFigure {
	nan := math.NaN()
	f := AskedFigure{Variable: variable, ItemLabel: item.label, Crossed: cell.crossed, Estimate: indicator.Estimate{
		Key: indicator.Key{Breakdown: cell.breakdown, Category: codebook.All, Item: item.code}, Statistic: statistic,
		Value: nan, SE: nan, Lower: nan, Upper: nan, Level: nan, DF: nan, DEFF: nan,
	}}
	var codes, labels []string
	for _, category := range cell.crossed {
		codes, labels = append(codes, category.Code), append(labels, cmp.Or(category.Label, category.Code))
	}
	if codes != nil {
		f.Category, f.Label = indicator.Cross(codes...), strings.Join(labels, ", ")
	}
	return f
}

// A part is what a cell is estimated from: the design of its respondents
// alone or, where the weights are calibrated, all respondents and who of them
// is in it.
type part struct {
	design *design.Design
	in     []bool
	of     []int32 // nil for all
	df     float64
}

func (c *calculation) part(cell cell) part {
	if len(c.design.Calibrations) == 0 {
		d := c.design.Part(cell.of)
		return part{design: d, of: cell.of, df: d.DomainDF(nil)}
	}
	in := make([]bool, len(c.design.Rows))
	for _, i := range cell.of {
		in[i] = true
	}
	return part{design: c.design, in: in, df: c.design.DomainDF(in)}
}

// pick is a variable of the part's respondents.
func (p part) pick(y []float64) []float64 {
	if p.of == nil {
		return y
	}
	return design.Pick(y, p.of)
}

// breakdown estimates an ask for each category of a breakdown, and compares
// them where that is asked.
func (c *calculation) breakdown(number int, items []item, by []string, to *Answer) {
	ask := c.question.Asks[number]
	cells := c.cells(by)
	c.divide(cells, by)
	c, _ = c.standardised(ask, cells)
	if c == nil {
		return
	}
	made := make([][]AskedFigure, len(items))
	for _, cell := range cells {
		for i, item := range items {
			made[i] = append(made[i], c.drafted(c.found[number], ask, item, cell)...)
		}
	}
	to.Figures = append(to.Figures, slices.Concat(made...)...)
	if len(by) != 1 || ask.Statistic == indicator.Quantile {
		return
	}
	for i, item := range items {
		if c.question.Contrast {
			to.Contrasts = append(to.Contrasts, c.contrasts(item, by[0], cells, made[i])...)
		}
		if c.question.Trend {
			to.Trends = append(to.Trends, c.trend(item, by[0], cells, made[i]))
		}
	}
}

// drafted are an item's figures in a cell, as its definition was estimated: one,
// or one for each probability of a quantile.
func (c *calculation) drafted(found map[indicator.Key]indicator.Estimate, ask Ask, item item, cell cell) []AskedFigure {
	empty := cell.figure(ask.Statistic, c.title(ask), item)
	key := indicator.Key{Breakdown: empty.Breakdown, Category: empty.Category, Item: cmp.Or(empty.Item, codebook.All)}
	if ask.Statistic != indicator.Quantile {
		empty.take(found[key])
		return []AskedFigure{empty}
	}
	figures := make([]AskedFigure, len(ask.At))
	for n, share := range ask.At {
		key.Item = indicator.QuantileID(share)
		figures[n] = empty
		figures[n].Item = codebook.Spell(share)
		figures[n].take(found[key])
	}
	return figures
}

// title names what an ask is of, as the file spells it.
func (c *calculation) title(ask Ask) string {
	if ask.Over != "" {
		return c.field(ask.Variable).Name + "/" + c.field(ask.Over).Name
	}
	return c.field(ask.Variable).Name
}

// An item is one value of an ask: a statistic of variables by respondent. There
// is none for quantiles.
type item struct {
	code, label string
	codes       []string // of a proportion, those counted
	method      string
	of          [][]float64
	statistic   func(of [][]float64, in []bool) estimate.Statistic
}

// shareItems lists the proportions of an ask.
func (c *calculation) shareItems(ask Ask) []item {
	f := c.field(ask.Variable)
	if ask.Codes == nil {
		items := make([]item, len(f.Codes))
		for i, code := range f.Codes {
			items[i] = item{code: code, label: f.Labels[i], codes: []string{code}, method: c.question.Interval}
		}
		return items
	}
	spelled, _ := f.Spelled(ask.Codes)
	var codes, labels []string
	for _, code := range spelled {
		if !slices.Contains(codes, code) {
			codes, labels = append(codes, code), append(labels, f.Labels[f.Index(code)])
		}
	}
	made := item{code: strings.Join(codes, "+"), codes: codes, method: c.question.Interval}
	if !slices.Contains(labels, "") {
		made.label = strings.Join(labels, ", ")
	}
	return []item{made}
}

// items lists the values that an ask has in each category.
func (c *calculation) items(ask Ask) []item {
	f := c.field(ask.Variable)
	mean := func(of [][]float64, in []bool) estimate.Statistic { return estimate.Mean{Of: of, In: in} }
	switch ask.Statistic {
	case indicator.Proportion:
		items := c.shareItems(ask)
		for i := range items {
			items[i].of, items[i].statistic = [][]float64{c.indicator(f, items[i].codes)}, mean
		}
		return items
	case indicator.Count:
		items := c.shareItems(ask)
		for i := range items {
			items[i].of, items[i].method = [][]float64{c.indicator(f, items[i].codes)}, wald
			items[i].statistic = func(of [][]float64, in []bool) estimate.Statistic { return estimate.Total{Of: of, In: in} }
		}
		return items
	case indicator.Mean:
		return []item{{method: wald, of: [][]float64{c.aligned(f.Values)}, statistic: mean}}
	case indicator.Total:
		return []item{{method: wald, of: [][]float64{c.aligned(f.Values)}, statistic: func(of [][]float64, in []bool) estimate.Statistic { return estimate.Total{Of: of, In: in} }}}
	case indicator.Ratio:
		return []item{{method: wald, of: [][]float64{c.aligned(f.Values), c.aligned(c.field(ask.Over).Values)}, statistic: func(of [][]float64, in []bool) estimate.Statistic {
			return estimate.Ratio{Of: of[0], Over: of[1], In: in}
		}}}
	}
	return []item{{of: [][]float64{c.aligned(f.Values)}}}
}

const wald = "wald"

// aligned are a column's values by respondent of the design.
func (c *calculation) aligned(values []float64) []float64 { return design.Pick(values, c.design.Rows) }

// indicator is 1 for respondents with one of the codes, 0 with another, NaN
// with none.
func (c *calculation) indicator(f *harmonise.Field, codes []string) []float64 {
	rows := f.Has(codes)
	made := make([]float64, len(c.design.Rows))
	for i, row := range c.design.Rows {
		switch {
		case f.Code[row] < 0:
			made[i] = math.NaN()
		case rows[row]:
			made[i] = 1
		}
	}
	return made
}

// approximate notes of a figure that has an error that a published design factor
// made it.
func (c *calculation) approximate(f *AskedFigure) indicator.Note {
	if c.design.Error != design.ByFactor || math.IsNaN(f.SE) {
		return indicator.Note{}
	}
	return indicator.FactorNote(c.design.Factor)
}

// standard notes of a figure that it is standardised.
func (c *calculation) standard() indicator.Note {
	if c.question.Standard == nil {
		return indicator.Note{}
	}
	return indicator.Note{Code: indicator.Standardised, Of: c.field(c.question.Standard.Variable).Name}
}
