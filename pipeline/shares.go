package pipeline

import (
	"errors"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/harmonise"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// simple says whether a question is one that estimate.Grid answers: of
// proportions alone, in a sample of PSUs or respondents drawn within strata.
func (q *Question) simple() bool {
	d, w := &q.Design, &q.Weight
	for _, ask := range q.Asks {
		if ask.Statistic != indicator.Proportion {
			return false
		}
	}
	return len(q.Asks) > 0 && len(q.Tests)+len(q.Models)+len(q.Bands) == 0 && !q.Contrast && !q.Trend && q.Standard == nil &&
		max(len(d.Stratum), len(d.PSU), len(d.Population)) <= 1 && len(d.Collapse) == 0 && d.Unit == nil && (w.Variable != "" || len(d.Population) == 0) &&
		w.Replicates == nil && w.Calibrate == nil && w.Trim == nil && d.Factor == 0
}

// A sweep goes over the rows of a question of proportions: it finds the codes
// of its variables, and counts rows by those known so far.
type sweep struct {
	question   *Question
	names      []string              // of the variables asked about, of the question's spelling
	found      []*harmonise.Distinct // of each
	known      []int                 // and how many of its values the grid knows
	plan       estimate.Plan
	grid       *estimate.Grid // nil if it cannot be that of all rows
	begun      bool
	weightless bool // some respondents weigh 0
}

// errHeld ends a sweep of an extract that takes all rows at once.
var errHeld = errors.New("rows are to be held")

func (s *sweep) add(batch *table.Table) error {
	weight := s.question.Weight.Variable
	for _, name := range slices.Concat(s.question.Design.Population, []string{weight}) {
		c := batch.Column(name)
		switch {
		case c == nil:
		case c.Values == nil && batch.Rows > 0:
			return errHeld // to say which cells are no numbers
		case name == weight:
			s.weightless = s.weightless || slices.Contains(c.Values, 0)
		}
	}
	if slices.ContainsFunc(s.question.names(), func(name string) bool { return batch.Column(name) == nil }) {
		return nil // said at the end
	}
	s.meet(batch)
	if !s.begun {
		s.begun = true
		s.begin(batch)
	}
	for i, name := range s.names {
		d := s.found[i]
		if d.Count() == s.known[i] || s.grid == nil {
			continue
		}
		v := batch.Column(name).Variable
		codes, missing := d.Spell(v, s.question.Missing, s.known[i])
		s.known[i] = d.Count()
		s.plan.Missing[v.Name] = append(s.plan.Missing[v.Name], missing...)
		if !s.grid.Meet(v.Name, codes, missing) {
			s.grid = nil
		}
	}
	if s.grid != nil {
		s.grid.Add(batch)
	}
	return nil
}

// meet finds the codes of a batch.
func (s *sweep) meet(batch *table.Table) {
	var threads sync.WaitGroup
	n := runtime.GOMAXPROCS(0)
	for first := range n {
		threads.Go(func() {
			for i := first; i < len(s.names); i += n {
				s.found[i].Add(batch.Column(s.names[i]))
			}
		})
	}
	threads.Wait()
}

// begin makes a grid for the codes of the first rows.
func (s *sweep) begin(batch *table.Table) {
	s.plan = s.calculation(&ingest.Extract{Name: filepath.Base(s.question.Source.Path), Table: batch}).plan()
	if len(s.plan.Items) > 0 {
		s.grid = estimate.NewGrid(s.plan)
	}
	for i, d := range s.found {
		s.known[i] = d.Count()
	}
}

// calculation is of the codes found so far.
func (s *sweep) calculation(e *ingest.Extract) *calculation {
	c := &calculation{question: s.question, where: e.Name, fields: map[string]*harmonise.Field{}, extract: e}
	for i, name := range s.names {
		c.fields[strings.ToLower(name)] = s.found[i].Field(e.Table.Column(name).Variable, s.question.Missing)
	}
	return c
}

// counted says whether the grid has counted all rows as a plan of all codes
// would: only the order of categories may differ.
func (s *sweep) counted(all estimate.Plan) bool {
	same := func(a, b []string) bool {
		return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
	}
	for name, missing := range all.Missing {
		if !same(s.plan.Missing[name], missing) {
			return false
		}
	}
	return s.grid != nil && slices.EqualFunc(s.plan.Items, all.Items, func(a, b estimate.Share) bool { return slices.Equal(a.Counted, b.Counted) })
}

// heldRows is how many coded rows a grid holds before a pass more, of rows that
// are sorted so that none need be, is worth its time.
const heldRows = 1 << 22

// shares answers a simple question in one pass over the rows, in memory of a few
// bytes for each. It takes another pass where later rows have codes that those
// before give no place to, and where rows are many and sorted, which are not
// held then. It returns nothing for an extract that takes all rows at once.
func (q *Question) shares() (*Answer, error) {
	s := &sweep{question: q}
	drawn := slices.Concat(q.Design.Stratum, q.Design.PSU, q.Design.Population, []string{q.Weight.Variable})
	for _, name := range q.names() {
		if q.tells(name) || !slices.Contains(drawn, name) {
			s.names, s.found = append(s.names, name), append(s.found, &harmonise.Distinct{})
		}
	}
	s.known = make([]int, len(s.names))
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
	c := s.calculation(e)
	c.check(q)
	if err := c.problems.Err(); err != nil {
		return nil, err
	}
	g, plan := s.grid, c.plan()
	add := func(batch *table.Table) error { g.Add(batch); return nil }
	if !s.counted(plan) {
		g = estimate.NewGrid(plan)
		if _, err := ingest.Scan(q.Source, g.Variables(), q.Limits, q.Progress, add); err != nil {
			return nil, err
		}
	}
	for name, codes := range plan.Codes {
		g.Arrange(name, codes)
	}
	if g.Again() {
		if _, err := ingest.Scan(q.Source, g.Variables(), q.Limits, q.Progress, add); err != nil {
			return nil, err
		}
	}
	cells, err := g.Result(runtime.GOMAXPROCS(0))
	if err != nil {
		return nil, err
	}
	a := &Answer{Extract: e, Error: design.ByWeights, Facts: g.Facts(), Outside: g.Outside(), Figures: c.shareFigures(cells)}
	a.DF = a.Facts.Respondents - max(a.Facts.Strata, 1)
	if len(q.Design.PSU) > 0 {
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
		Where: c.where, Stratum: spelled(q.Design.Stratum), PSU: spelled(q.Design.PSU), Weight: spelled([]string{q.Weight.Variable}), Population: spelled(q.Design.Population),
		Nested: true, Lonely: q.Design.Lonely, DomainLonely: q.Design.DomainLonely, Codes: map[string][]string{}, Missing: map[string][]string{},
		Threads: runtime.GOMAXPROCS(0), Held: heldRows,
	}
	for _, r := range q.Where {
		f := c.field(r.Variable)
		p.Domain = append(p.Domain, codebook.Condition{Variable: f.Name, Categories: r.Codes})
	}
	for _, by := range breakdowns(q.By) {
		names := make([]string, len(by))
		for i, name := range by {
			f := c.field(name)
			names[i] = f.Name
			p.Codes[f.Name], p.Missing[f.Name] = append([]string{}, f.Codes...), f.Missing
		}
		p.By = append(p.By, names)
	}
	for _, ask := range q.Asks {
		f := c.field(ask.Variable)
		p.Missing[f.Name] = f.Missing
		if ask.Codes != nil {
			p.Items = append(p.Items, estimate.Share{Variable: f.Name, Counted: ask.Codes})
			continue
		}
		for _, code := range f.Codes {
			p.Items = append(p.Items, estimate.Share{Variable: f.Name, Counted: []string{code}})
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
	var categories [][]cell // of each breakdown
	for _, by := range breakdowns(c.question.By) {
		categories = append(categories, c.cells(by))
	}
	figures := make([]AskedFigure, 0, len(cells))
	before := 0 // items of the asks before
	for i, ask := range c.question.Asks {
		first := 0 // of the breakdown's cells
		for _, of := range categories {
			for n, item := range items[i] {
				for k, category := range of {
					figures = append(figures, c.shareFigure(category.figure(ask.Statistic, c.title(ask), item), cells[first+k*all+before+n], item.method))
				}
			}
			first += len(of) * all
		}
		before += len(items[i])
	}
	return figures
}

func (c *calculation) shareFigure(f AskedFigure, cell estimate.Cell, method string) AskedFigure {
	f.Base, f.Weights = cell.Base, cell.Weights
	if f.Base == 0 {
		f.Weights = 0
		f.Notes.Add(indicator.Note{Code: indicator.NoBase})
		return f
	}
	f.Value, f.DF = cell.Value, float64(cell.DF)
	f.Infer(indicator.Basis{
		SE: cell.SE, DEFF: cell.DEFF, PSUs: cell.PSUs, Share: true, Lonely: c.question.Design.Lonely, Method: method, Level: c.question.Level,
	})
	return f
}
