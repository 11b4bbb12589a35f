package pipeline

import (
	"errors"
	"math"
	"runtime"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// simple says whether a question is one that estimate.Grid answers: of
// proportions alone, in a sample of PSUs or respondents drawn within strata.
func (q *Question) simple() bool {
	s := &q.Sample
	for _, ask := range q.Asks {
		if ask.Statistic != AskProportion {
			return false
		}
	}
	return len(q.Asks) > 0 && len(q.Tests)+len(q.Models) == 0 && !q.Contrast &&
		max(len(s.Stratum), len(s.PSU), len(s.Population)) <= 1 && len(s.Collapse) == 0 && (s.Weight != "" || len(s.Population) == 0) &&
		len(s.Replicates)+len(s.Margins) == 0 && s.Method == ""
}

// A sweep is the first pass over the rows of a question of proportions: the
// codes of its variables, and who counts.
type sweep struct {
	question   *Question
	found      map[string]*distinct // by variable, of the question's spelling
	outside    int
	weightless bool // some respondents weigh 0
}

// errHeld ends a sweep of an extract that takes all rows at once.
var errHeld = errors.New("rows are to be held")

func (s *sweep) add(batch *table.Table) error {
	for name, d := range s.found {
		c := batch.Column(name)
		if c == nil {
			continue // told at the end
		}
		d.add(c)
	}
	var weight []float64
	for _, name := range append(slices.Clone(s.question.Sample.Population), s.question.Sample.Weight) {
		c := batch.Column(name)
		switch {
		case c == nil:
		case c.Values == nil && batch.Rows > 0:
			return errHeld // to say which cells are no numbers
		case name == s.question.Sample.Weight:
			weight = c.Values
			s.weightless = s.weightless || slices.Contains(weight, 0)
		}
	}
	if len(s.question.Where) == 0 {
		return nil
	}
	in := slices.Repeat([]bool{true}, batch.Rows)
	for _, r := range s.question.Where {
		if c := batch.Column(r.Variable); c != nil {
			f := newField(c, nil)
			for row, holds := range f.has(r.Codes) {
				in[row] = in[row] && holds
			}
		}
	}
	for row, within := range in {
		if !within && (weight == nil || weight[row] > 0) {
			s.outside++
		}
	}
	return nil
}

// heldRows is how many coded rows a grid holds before a pass more, which finds
// whether they are sorted so that none need be, is worth its time.
const heldRows = 1 << 22

// shares answers a simple question in memory that does not grow with the
// rows, or only by a few bytes for each: a first pass finds the codes, another
// one tallies. It returns nothing for an extract that takes all rows at once.
func (q *Question) shares() (*Answer, error) {
	s := &sweep{question: q, found: map[string]*distinct{}}
	for _, name := range q.names() {
		s.found[name] = &distinct{}
	}
	for _, name := range slices.Concat(q.Sample.Stratum, q.Sample.PSU, q.Sample.Population, []string{q.Sample.Weight}) {
		if !q.tells(name) {
			delete(s.found, name)
		}
	}
	e, err := ingest.Scan(q.Source, q.names(), q.Limits, q.Progress, s.add)
	switch {
	case errors.Is(err, errHeld):
		return nil, nil
	case err != nil:
		return nil, err
	}
	if err := q.absent(e); err != nil {
		return nil, err
	}
	if s.weightless && len(q.Where) > 0 {
		return nil, nil // whose PSUs the whole design's degrees of freedom leave out
	}
	c := &calculation{question: q, where: e.Name, fields: map[string]*field{}, extract: e}
	for name, d := range s.found {
		c.fields[strings.ToLower(name)] = d.field(e.Table.Column(name).Variable, q.Missing)
	}
	c.check(q)
	if err := c.problems.Err(); err != nil {
		return nil, err
	}
	g := estimate.NewGrid(c.plan())
	if e.Rows > heldRows {
		if _, err := ingest.Scan(q.Source, g.VariablesAhead(), q.Limits, q.Progress, func(batch *table.Table) error { g.Ahead(batch); return nil }); err != nil {
			return nil, err
		}
	}
	if _, err := ingest.Scan(q.Source, g.Variables(), q.Limits, q.Progress, func(batch *table.Table) error { g.Add(batch); return nil }); err != nil {
		return nil, err
	}
	cells, err := g.Result(runtime.GOMAXPROCS(0))
	if err != nil {
		return nil, err
	}
	a := &Answer{Extract: e, Error: design.ByWeights, Facts: g.Facts(), Outside: s.outside, Figures: c.shareFigures(cells)}
	a.DF = a.Facts.Respondents - max(a.Facts.Strata, 1)
	if len(q.Sample.PSU) > 0 {
		a.Error, a.DF = design.ByPSU, a.Facts.PSUs-max(a.Facts.Strata, 1)
	}
	if s.weightless {
		a.DF = cells[0].DF // of everyone, with a weight
	}
	return a, nil
}

// tells says whether a variable's codes are asked about, beside its part in
// the design.
func (q *Question) tells(name string) bool {
	same := func(other string) bool { return strings.EqualFold(name, other) }
	return slices.ContainsFunc(q.Asks, func(a Ask) bool { return same(a.Variable) }) ||
		slices.ContainsFunc(q.By, func(by []string) bool { return slices.ContainsFunc(by, same) }) ||
		slices.ContainsFunc(q.Where, func(r Restriction) bool { return same(r.Variable) })
}

// absent reports the variables that a question names and the extract lacks.
func (q *Question) absent(e *ingest.Extract) error {
	var ps refusal.Problems
	for _, name := range e.Missing {
		ps.Add(e.Name, "no variable %q%s", name, refusal.Nearest(name, e.Names))
		ps[len(ps)-1].Kind = refusal.Usage
	}
	return ps.Err()
}

// plan is a simple question as a grid takes it.
func (c *calculation) plan() estimate.Plan {
	q := c.question
	spelled := func(names []string) string {
		if len(names) == 0 || names[0] == "" {
			return ""
		}
		return c.extract.Table.Column(names[0]).Variable.Name
	}
	p := estimate.Plan{
		Where: c.where, Stratum: spelled(q.Sample.Stratum), PSU: spelled(q.Sample.PSU), Weight: spelled([]string{q.Sample.Weight}), Population: spelled(q.Sample.Population),
		Nested: true, Lonely: q.Sample.Lonely, DomainLonely: q.Sample.DomainLonely, Codes: map[string][]string{}, Missing: map[string][]string{},
		Threads: runtime.GOMAXPROCS(0),
	}
	for _, r := range q.Where {
		f := c.field(r.Variable)
		codes, _ := f.spelled(r.Codes)
		p.Domain = append(p.Domain, codebook.Condition{Variable: f.name, Categories: codes})
	}
	for _, by := range breakdowns(q.By) {
		names := make([]string, len(by))
		for i, name := range by {
			f := c.field(name)
			names[i] = f.name
			p.Codes[f.name] = append([]string{}, f.codes...)
		}
		p.By = append(p.By, names)
	}
	for _, ask := range q.Asks {
		f := c.field(ask.Variable)
		p.Missing[f.name] = f.missing
		for _, item := range c.shareItems(ask) {
			p.Items = append(p.Items, estimate.Share{Name: item.code, Variable: f.name, Counted: item.codes})
		}
	}
	return p
}

// shareFigures are a grid's cells in the order of an answer.
func (c *calculation) shareFigures(cells []estimate.Cell) []AskedFigure {
	items := make([][]item, len(c.question.Asks))
	all := 0
	for i, ask := range c.question.Asks {
		items[i] = c.shareItems(ask)
		all += len(items[i])
	}
	var figures []AskedFigure
	before := 0 // items of the asks before
	for i, ask := range c.question.Asks {
		first := 0 // of the breakdown's cells
		for _, by := range breakdowns(c.question.By) {
			categories := c.cells(by)
			for n, item := range items[i] {
				for k, category := range categories {
					figures = append(figures, c.shareFigure(category.figure(ask.Statistic, c.title(ask), item), cells[first+k*all+before+n], item.method))
				}
			}
			first += len(categories) * all
		}
		before += len(items[i])
	}
	return figures
}

func (c *calculation) shareFigure(f AskedFigure, cell estimate.Cell, method string) AskedFigure {
	f.Base, f.Weights = cell.Base, cell.Weights
	if f.Base == 0 {
		f.Note, f.Weights = noRespondents, 0
		return f
	}
	f.Value, f.DF = cell.Value, float64(cell.DF)
	c.question.infer(&f, cell.SE, cell.PSUs, method)
	if !math.IsNaN(f.SE) {
		f.DEFF = cell.DEFF
	}
	return f
}
