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
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/refusal"
)

// A calculation is a question being answered.
type calculation struct {
	question *Question
	extract  *ingest.Extract
	design   *design.Design
	where    string
	fields   map[string]*field
	problems refusal.Problems
}

// field returns a variable by its name, in any case.
func (c *calculation) field(name string) *field {
	key := strings.ToLower(name)
	if c.fields[key] == nil {
		c.fields[key] = newField(c.extract.Table.Column(name), c.question.Missing)
	}
	return c.fields[key]
}

func (c *calculation) problem(name, format string, args ...any) {
	c.problems = append(c.problems, refusal.Problem{
		Kind: refusal.Usage, Where: fmt.Sprintf("%s: variable %q", c.where, name), What: fmt.Sprintf(format, args...),
	})
}

// domain returns the respondents who fit every restriction, by their places
// in the design, and how many do not.
func (c *calculation) domain() (in []bool, outside int) {
	for _, r := range c.question.Where {
		rows := c.field(r.Variable).has(r.Codes)
		if in == nil {
			in = slices.Repeat([]bool{true}, len(c.design.Rows))
		}
		for i, row := range c.design.Rows {
			in[i] = in[i] && rows[row]
		}
	}
	for _, within := range in {
		if !within {
			outside++
		}
	}
	return in, outside
}

// numbers reports an ask for numbers of a variable that has others.
func (c *calculation) numbers(ask Ask) {
	for _, name := range []string{ask.Over, ask.Variable} {
		if name == "" || ask.Statistic == AskProportion {
			continue
		}
		if f := c.field(name); !f.numeric {
			c.problem(f.name, "%s", notNumbers(c.extract, name))
		}
	}
}

// check reports codes that no row has, and more of them than are shown.
func (c *calculation) check(q *Question) {
	codes := func(name string, codes []string) {
		f := c.field(name)
		if _, absent := f.spelled(codes); len(absent) > 0 {
			c.problem(f.name, "no row has code %s%s", strings.Join(absent, ", "), refusal.Nearest(absent[0], f.codes))
		}
	}
	for _, r := range q.Where {
		codes(r.Variable, r.Codes)
	}
	for _, ask := range q.Asks {
		if ask.Statistic != AskProportion {
			continue
		}
		codes(ask.Variable, ask.Codes)
		f := c.field(ask.Variable)
		if ask.Codes == nil && len(f.codes) > ingest.MostCodes {
			c.problem(f.name, "%d codes, want at most %d, or the codes to count", len(f.codes), ingest.MostCodes)
		}
		if len(f.codes) == 0 {
			c.problem(f.name, "no row has a value")
		}
	}
	for _, by := range q.By {
		cells := 1
		for _, name := range by {
			cells *= max(len(c.field(name).codes), 1)
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
		names = append(names, f.name)
		var next []cell
		for _, before := range cells {
			for i, code := range f.codes {
				next = append(next, cell{breakdown: strings.Join(names, "*"), crossed: append(slices.Clip(before.crossed), codebook.Category{Code: code, Label: f.labels[i]})})
			}
		}
		cells = next
	}
	return cells
}

// divide gives the cells their respondents, of those within.
func (c *calculation) divide(cells []cell, by []string, in []bool) {
	fields := make([]*field, len(by))
	for n, name := range by {
		fields[n] = c.field(name)
	}
	for i, row := range c.design.Rows {
		at := 0
		for _, f := range fields {
			if f.code[row] < 0 {
				at = -1
				break
			}
			at = at*len(f.codes) + int(f.code[row])
		}
		if at >= 0 && (in == nil || in[i]) {
			cells[at].of = append(cells[at].of, int32(i))
		}
	}
}

// figure is a figure of the cell without a value.
func (cell cell) figure(statistic, variable string, item item) AskedFigure {
	nan := math.NaN()
	f := AskedFigure{
		Statistic: statistic, Variable: variable, Item: item.code, ItemLabel: item.label, Breakdown: cell.breakdown, Crossed: cell.crossed,
		Value: nan, SE: nan, Lower: nan, Upper: nan, Level: nan, DF: nan, DEFF: nan, CV: nan,
	}
	f.Category, f.Label = codebook.All, ""
	var codes, labels []string
	for _, category := range cell.crossed {
		codes, labels = append(codes, category.Code), append(labels, cmp.Or(category.Label, category.Code))
	}
	if codes != nil {
		f.Category, f.Label = strings.Join(codes, "*"), strings.Join(labels, ", ")
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

// breakdown estimates an ask for each category of a breakdown.
func (c *calculation) breakdown(ask Ask, items []item, by []string, in []bool) ([]AskedFigure, []AskedContrast) {
	cells := c.cells(by)
	c.divide(cells, by, in)
	made := make([][]AskedFigure, len(items))
	for _, cell := range cells {
		p := c.part(cell)
		for i, item := range items {
			made[i] = append(made[i], c.figures(ask, item, cell, p)...)
		}
	}
	var contrasts []AskedContrast
	for _, item := range items {
		if !c.question.Contrast || len(by) != 1 || item.statistic == nil {
			continue
		}
		first := len(contrasts)
		var ps []float64
		for _, cell := range cells[1:] {
			made := c.contrast(item, cells[0], cell)
			made.Statistic, made.Variable, made.Item, made.Breakdown = ask.Statistic, c.title(ask), item.code, cell.breakdown
			contrasts, ps = append(contrasts, made), append(ps, made.P)
		}
		for i, p := range estimate.Holm(ps) {
			contrasts[first+i].Adjusted = p
		}
	}
	return slices.Concat(made...), contrasts
}

// title names what an ask is of, as the file spells it.
func (c *calculation) title(ask Ask) string {
	if ask.Over != "" {
		return c.field(ask.Variable).name + "/" + c.field(ask.Over).name
	}
	return c.field(ask.Variable).name
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
		items := make([]item, len(f.codes))
		for i, code := range f.codes {
			items[i] = item{code: code, label: f.labels[i], codes: []string{code}, method: c.question.Interval}
		}
		return items
	}
	codes, _ := f.spelled(ask.Codes)
	var labels []string
	for _, code := range codes {
		labels = append(labels, f.labels[f.index(code)])
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
	case AskProportion:
		items := c.shareItems(ask)
		for i := range items {
			items[i].of, items[i].statistic = [][]float64{c.indicator(f, items[i].codes)}, mean
		}
		return items
	case AskMean:
		return []item{{method: wald, of: [][]float64{c.aligned(f.values)}, statistic: mean}}
	case AskTotal:
		return []item{{method: wald, of: [][]float64{c.aligned(f.values)}, statistic: func(of [][]float64, in []bool) estimate.Statistic { return estimate.Total{Of: of, In: in} }}}
	case AskRatio:
		return []item{{method: wald, of: [][]float64{c.aligned(f.values), c.aligned(c.field(ask.Over).values)}, statistic: func(of [][]float64, in []bool) estimate.Statistic {
			return estimate.Ratio{Of: of[0], Over: of[1], In: in}
		}}}
	}
	return []item{{of: [][]float64{c.aligned(f.values)}}}
}

const wald = "wald"

// aligned are a column's values by respondent of the design.
func (c *calculation) aligned(values []float64) []float64 { return design.Pick(values, c.design.Rows) }

// indicator is 1 for respondents with one of the codes, 0 with another, NaN
// with none.
func (c *calculation) indicator(f *field, codes []string) []float64 {
	rows := f.has(codes)
	made := make([]float64, len(c.design.Rows))
	for i, row := range c.design.Rows {
		switch {
		case f.code[row] < 0:
			made[i] = math.NaN()
		case rows[row]:
			made[i] = 1
		}
	}
	return made
}

// figures estimates an item within a category: one figure, or one for each
// probability of a quantile.
func (c *calculation) figures(ask Ask, item item, cell cell, p part) []AskedFigure {
	f := cell.figure(ask.Statistic, c.title(ask), item)
	of := make([][]float64, len(item.of))
	for i, y := range item.of {
		of[i] = p.pick(y)
	}
	in := estimate.Complete(p.in, of...)
	var weights []float64
	for i, w := range p.design.Weight {
		if w > 0 && in[i] {
			weights = append(weights, w)
		}
	}
	f.Base, f.Weights = len(weights), design.Total(weights)
	if ask.Statistic == AskQuantile {
		return c.quantiles(f, of[0], ask.At, p)
	}
	if f.Base == 0 {
		f.Note = noRespondents
		return []AskedFigure{f}
	}
	s := item.statistic(of, in)
	e := estimate.Of(p.design, s)
	clusters, _ := p.design.Met(in)
	f.Value, f.DF = e.Values[0], p.df
	c.question.infer(&f, e.SE(0), clusters, item.method)
	if !math.IsNaN(f.SE) {
		_, f.DEFF = estimate.DesignEffect(p.design, s, e, 0)
	}
	left := 0
	for _, values := range e.Replicates {
		if math.IsNaN(values[0]) {
			left++
		}
	}
	if left > 0 && f.Note == "" {
		f.Note = fmt.Sprintf("replicates without a respondent of it, left out of the error: %d of %d", left, len(e.Replicates))
	}
	return []AskedFigure{f}
}

const noRespondents = "no respondents"

// infer gives a figure with a value and its degrees of freedom an error and an
// interval, or says why it has none.
func (q *Question) infer(f *AskedFigure, se float64, clusters int, method string) {
	switch share := f.Statistic == AskProportion; {
	case math.IsNaN(f.Value) || math.IsInf(f.Value, 0):
		f.Value, f.Note = math.NaN(), "the figure would divide by 0"
		return
	case clusters < 2:
		f.Note = "no error: fewer than two PSUs"
	case share && (f.Value == 0 || f.Value == 1):
		f.Note = "no error: all answers are the same"
	case !(se > 1e-14*math.Abs(f.Value)):
		f.Note = "no error: the estimate does not vary"
	default:
		f.SE, f.CV = se, se/math.Abs(f.Value)
	}
	by, _ := estimate.IntervalBy(method)
	q.limit(f, by.Interval(f.Value, f.SE, f.DF, f.Base, q.Level), method)
}

// limit gives a figure its interval, or says why it has none.
func (q *Question) limit(f *AskedFigure, i estimate.Interval, method string) {
	if i.Absent != "" {
		if f.Note == "" {
			f.Note = "no interval: " + strings.TrimPrefix(i.Absent, "no interval ")
		}
		return
	}
	f.Lower, f.Upper, f.Level, f.Method = i.Lower, i.Upper, q.Level, method
}

// quantiles estimates the quantiles of a category.
func (c *calculation) quantiles(empty AskedFigure, y, at []float64, p part) []AskedFigure {
	rule, _ := estimate.QuantileRuleBy("hf1")
	method, _ := estimate.IntervalBy(wald)
	var found []estimate.QuantileEstimate
	switch {
	case empty.Base == 0:
		empty.Note = noRespondents
	case p.design.Replicates != nil:
		found = estimate.ReplicateQuantiles(p.design, y, p.in, at, rule, c.question.Level)
	default:
		found = estimate.Woodruff(p.design, y, p.in, at, rule, method, c.question.Level)
	}
	figures := make([]AskedFigure, len(at))
	for n, share := range at {
		f := &figures[n]
		*f = empty
		f.Item = spell(share)
		if found == nil {
			continue
		}
		f.Value, f.DF = found[n].Value, found[n].DF
		if found[n].SE > 0 {
			f.SE, f.CV = found[n].SE, found[n].SE/math.Abs(f.Value)
		}
		c.question.limit(f, found[n].Interval, "woodruff")
	}
	return figures
}

// contrast compares an item in a category with the same in the first one.
func (c *calculation) contrast(item item, first, other cell) AskedContrast {
	nan := math.NaN()
	made := AskedContrast{Category: other.crossed[0].Code, From: first.crossed[0].Code, Difference: nan, SE: nan, Lower: nan, Upper: nan, DF: nan, P: nan, Adjusted: nan}
	both := c.part(cell{of: slices.Concat(first.of, other.of)})
	of := make([][]float64, len(item.of))
	for i, y := range item.of {
		of[i] = both.pick(y)
	}
	var joint estimate.Joint
	for side := range 2 {
		in := make([]bool, len(both.design.Rows))
		for n, i := range [][]int32{first.of, other.of}[side] {
			switch {
			case both.of == nil:
				in[i] = true
			case side == 0:
				in[n] = true
			default:
				in[len(first.of)+n] = true
			}
		}
		joint = append(joint, item.statistic(of, estimate.Complete(in, of...)))
	}
	e := estimate.Of(both.design, joint)
	made.Difference = e.Values[1] - e.Values[0]
	made.DF = float64(c.design.DF())
	if se := e.Delta([]float64{-1, 1}); se > 1e-14*math.Abs(made.Difference) && made.DF > 0 {
		method, _ := estimate.IntervalBy(wald)
		i := method.Interval(made.Difference, se, made.DF, e.N, c.question.Level)
		made.SE, made.Lower, made.Upper = se, i.Lower, i.Upper
		made.P = estimate.PValue(made.Difference/se, made.DF)
	}
	return made
}
