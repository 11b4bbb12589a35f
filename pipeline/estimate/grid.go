package estimate

import (
	"cmp"
	"fmt"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// A Grid estimates many proportions by many breakdowns of one sample, in one
// pass over its rows: the fast path for PSUs within strata, drawn with
// replacement or with a finite population correction, or for respondents that
// were drawn themselves. The figures are those of Of with a Mean of 0 and 1.
//
// Every variable is coded as it is read: the answers to an item take two bits,
// the category of a breakdown one or two bytes. Result then goes through the
// rows PSU by PSU. Weights are whole numbers of a very small unit, and sums of
// them and of their squares are exact, so that the figures are the same to the
// last bit whatever the order of the rows, the size of the batches and the
// number of threads.
//
// It holds the coded rows. Of rows sorted by stratum and PSU, or of respondents
// sorted by stratum, it holds at most Plan.Held, and needs a second pass beyond.
type Grid struct {
	plan   Plan
	coder  coder
	sample gridSample
	rows   codedRows
	stream *gridTally // where rows are not held
	cells  []breakdown
	passed bool // the second pass has begun
	forgot bool // the rows of the first are not held
	faults refusal.Problems
	absent map[string]bool // variables found absent

	threads []*codingThread
	blocks  []*block
}

// A Plan is what a Grid estimates. Variables' names match without regard to
// case. Codes are values as text: whole numbers without a point.
type Plan struct {
	Where string // the extract, for problems

	// The variables of the design. Without Stratum there is one stratum,
	// without PSU respondents were drawn themselves, without Weight all weigh
	// 1. Population has what design.Source.Population has.
	Stratum, PSU, Weight, Population string
	Nested                           bool   // PSUs are numbered anew in each stratum
	Lonely                           string // policy for a stratum with one PSU, codebook.Lonely...
	DomainLonely                     bool   // whether it holds for a stratum with one PSU in a domain, too

	Domain  []codebook.Condition // of whom: all must hold; of Categories alone
	Items   []Share
	By      [][]string          // the breakdowns: variables that are crossed; none is everyone
	Codes   map[string][]string // of a breakdown's variable, its categories in order; others are outside it. Without: those found, in order of value
	Missing map[string][]string // of any variable, the codes that are missing values

	// AnswerDF takes the degrees of freedom of those in the domain who
	// answered the item, as Of does; otherwise they are those of the domain,
	// as R's degf of a subset.
	AnswerDF bool

	Threads int // that Add shares rows among; 0 is one
	Held    int // rows that are held before sorted ones are let go, see Grid.Again; 0 is no end
}

// A Share is an item: the share of the counted codes of a variable among its
// valid ones, which are all that are not missing where Valid is nil.
type Share struct {
	Name           string
	Variable       string
	Counted, Valid []string
}

// A Cell is the estimate of one item for one category of a breakdown. What
// there is not is NaN: the error of fewer than two PSUs or of answers that do
// not vary, and all of a cell without answers.
type Cell struct {
	Item         string
	Breakdown    int      // of Plan.By
	Categories   []string // one for each of its variables
	Value        float64
	SE           float64
	Lower, Upper float64 // the logit interval at Level, see interval
	Base         int     // respondents who answered
	Weights      float64 // the sum of theirs
	DEFF         float64 // against simple random sampling with replacement
	DF           int     // PSUs less strata, see Plan.AnswerDF
	PSUs         int     // with an answer
}

// NewGrid makes a grid. It panics if the plan names no item or no breakdown:
// the caller's own bug.
func NewGrid(p Plan) *Grid {
	if len(p.Items) == 0 || len(p.By) == 0 {
		panic("estimate: a grid of nothing")
	}
	p.Lonely = cmp.Or(p.Lonely, codebook.LonelyRefuse)
	g := &Grid{plan: p, absent: map[string]bool{}}
	g.coder = newCoder(&g.plan)
	g.sample = newSample(&g.plan)
	g.rows.stride = g.coder.stride
	return g
}

// Variables lists the variables that Add needs, each once.
func (g *Grid) Variables() []string {
	p := &g.plan
	names := p.design()
	for _, c := range p.Domain {
		names = append(names, c.Variable)
	}
	for _, by := range p.By {
		names = append(names, by...)
	}
	for _, item := range p.Items {
		names = append(names, item.Variable)
	}
	return once(names)
}

func (p *Plan) design() []string {
	return slices.DeleteFunc([]string{p.Stratum, p.PSU, p.Weight, p.Population}, func(name string) bool { return name == "" })
}

func once(names []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(names, func(name string) bool {
		twice := seen[name]
		seen[name] = true
		return twice
	})
}

// column finds a variable in a batch. One that is not there is a problem.
func (g *Grid) column(batch *table.Table, name string) *table.Column {
	c := batch.Column(name)
	if c == nil && !g.absent[name] {
		g.absent[name] = true
		g.faults.Add(g.plan.Where, "no variable %q%s", name, refusal.Nearest(name, batch.Names()))
	}
	return c
}

// Meet gives the variable codes that the plan lacks, before rows that have them:
// further categories, after those there are, and missing values. It says
// whether there is room for them.
func (g *Grid) Meet(variable string, codes, missing []string) (ok bool) {
	ok = true
	for _, s := range g.coder.by {
		if s.name == variable {
			s.values.declareAll(codes, missing)
			ok = len(s.values.codes) <= int(s.most)
		}
	}
	for _, a := range g.coder.answers {
		if a.name == variable {
			for _, code := range missing {
				a.declare(code, 0)
			}
		}
	}
	return ok
}

// Arrange puts the categories of a breakdown's variable in order, once all rows
// have been given; those that are not named are outside it.
func (g *Grid) Arrange(variable string, codes []string) {
	for _, s := range g.coder.by {
		if s.name == variable {
			s.values.arrange(codes)
		}
	}
}

// Again says whether all rows are to be given once more, and begins that pass:
// there were more than Plan.Held, sorted as far as they had come.
func (g *Grid) Again() bool {
	g.passed = g.forgot
	return g.forgot
}

// sampleOf finds the columns of the design and the domain in a batch.
func (g *Grid) sampleOf(batch *table.Table) (in sampled, ok bool) {
	ok = true
	find := func(name string) *table.Column {
		if name == "" {
			return nil
		}
		c := g.column(batch, name)
		ok = ok && c != nil
		return c
	}
	p := &g.plan
	in = sampled{stratum: find(p.Stratum), psu: find(p.PSU), weight: find(p.Weight), population: find(p.Population)}
	for _, w := range p.Domain {
		in.domain = append(in.domain, find(w.Variable))
	}
	if ok {
		for _, c := range []*table.Column{in.weight, in.population} {
			if c != nil && c.Values == nil && batch.Rows > 0 && !g.absent[c.Variable.Name] {
				g.absent[c.Variable.Name] = true
				g.faults.Add(fmt.Sprintf("%s: variable %q", p.Where, c.Variable.Name), "is not numeric, want numbers")
			}
			ok = ok && (c == nil || c.Values != nil)
		}
	}
	return in, ok
}

// problems lists what is wrong so far, as design.New does.
func (g *Grid) problems() refusal.Problems {
	if len(g.absent) > 0 {
		return g.faults
	}
	return slices.Concat(g.faults, g.coder.problems(g.plan.Where), g.sample.problems())
}

// mostCells is how many cells a grid has at most: each takes about 300 bytes,
// with each thread.
const mostCells = 1 << 20

// layout numbers the categories and makes the strata's factors, once all of
// both are known.
func (g *Grid) layout() {
	g.cells = g.coder.layout(g.plan.By)
	last := g.cells[len(g.cells)-1]
	if n := float64(last.first+last.size) * float64(len(g.plan.Items)); n > mostCells {
		g.faults.Add(g.plan.Where, "%g figures, want at most %d", n, mostCells)
	}
	g.sample.factors()
}

// Result returns the estimates in the order of the breakdowns, their
// categories and the items, those without respondents too. Threads share the
// rows. Problems are those of design.New, and categories too many to hold.
func (g *Grid) Result(threads int) ([]Cell, error) {
	if problems := g.problems(); len(problems) > 0 {
		return nil, problems.Err()
	}
	if g.stream != nil {
		g.stream.end()
		return g.infer(g.stream), nil
	}
	g.layout()
	if problems := g.problems(); len(problems) > 0 {
		return nil, problems.Err()
	}
	return g.infer(g.tally(max(threads, 1))), nil
}

// Facts are of the sample that the rows make, as design.New counts them.
func (g *Grid) Facts() design.Facts { return g.sample.facts }

// Outside is how many respondents are not in the domain.
func (g *Grid) Outside() int { return g.sample.outside }
