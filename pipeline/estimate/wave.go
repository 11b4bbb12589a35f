package estimate

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
	"togetherwecan/pipeline/tally"
)

// A Result is what one wave gives of several definitions.
type Result struct {
	Estimates [][]indicator.Estimate // of each definition, in canonical order
	Lacks     [][]indicator.Lack     // of each, what the wave cannot give
	Joints    [][]indicator.Joint    // of each, what its figures have in common where it compares them
	// Units says of each weight that its numbers were made whole in units of
	// 2^-k. There is none where the error needs the respondents.
	Units map[string]int
}

// Wave estimates definitions for one wave: every item, for every population, as
// a whole and by every breakdown that the wave has the variables of, in one pass
// over the respondents for the definitions that have their breakdowns in common.
// It refuses a unit of the weights that the crosswalk gives and sums have no
// room for.
func Wave(book *codebook.Codebook, definitions []*indicator.Definition, w *indicator.Wave, threads int) (*Result, refusal.Problems) {
	r := &Result{Estimates: make([][]indicator.Estimate, len(definitions)), Lacks: make([][]indicator.Lack, len(definitions)), Joints: make([][]indicator.Joint, len(definitions)), Units: map[string]int{}}
	coarse := coarseness{w.Table, map[string]bool{}}
	put := func(a *request, category string, e indicator.Estimate) {
		d := a.definition
		e.Key = a.key
		e.Category = category
		e.Period = [2]string{w.Crosswalk.Fieldwork.Start, w.Crosswalk.Fieldwork.End}
		e.Statistic, e.Unit = d.Statistic, d.Unit(book)
		e.Weight, e.Error = a.design.Weights, a.design.Error
		if a.design.Error == design.ByFactor {
			e.Notes.Add(indicator.FactorNote(a.design.Factor))
		}
		switch {
		case a.design.Error == design.ByNothing:
			e.Errorless(indicator.NoErrorQuota)
		case a.design.Quota:
			e.Notes.Add(indicator.Note{Code: indicator.Quota})
		}
		if coarse.holds(d) {
			e.Notes.Add(indicator.Note{Code: indicator.DigitsLost})
		}
		if w.Synthetic {
			e.Notes.Add(indicator.Note{Code: indicator.Synthetic})
		}
		r.Estimates[a.place] = append(r.Estimates[a.place], e)
	}
	join := func(a *request, j indicator.Joint) { r.Joints[a.place] = append(r.Joints[a.place], j) }
	plans, rows := plansOf(book, definitions, w, r.Lacks)
	for place, n := range estimatesOf(plans, len(definitions)) {
		r.Estimates[place] = make([]indicator.Estimate, 0, n)
	}
	if ps := unheld(plans, rows, w); ps != nil {
		return r, ps
	}
	samples := map[*design.Design]tally.Source{}
	for _, p := range plans {
		if samples[p.design] == nil {
			samples[p.design] = sourceOf(p.design, w)
		}
		if ps := p.estimate(samples[p.design], w, threads, r.Units, put, join); ps != nil {
			return r, ps
		}
	}
	known := freedoms{}
	for _, a := range rows {
		a.fromRows(w, known, put, join)
	}
	for _, estimates := range r.Estimates {
		slices.SortFunc(estimates, func(a, b indicator.Estimate) int { return a.Key.Compare(b.Key) })
	}
	return r, nil
}

// A coarseness knows the variables whose values are of such sizes that the sums of
// the largest have no room for the smallest: a row's product has some 40 bits.
type coarseness struct {
	table *table.Table
	known map[string]bool
}

// holds says whether a definition adds up such a variable.
func (c coarseness) holds(d *indicator.Definition) bool {
	if !d.Statistic.Row().Number || d.Statistic == indicator.Quantile {
		return false
	}
	for _, condition := range []*codebook.Condition{d.Of, d.Over} {
		if condition == nil {
			continue
		}
		is, known := c.known[condition.Variable]
		if column := c.table.Column(condition.Variable); !known && column != nil {
			least, most := column.Sizes()
			is = least < most*0x1p-40
			c.known[condition.Variable] = is
		}
		if is {
			return true
		}
	}
	return false
}

// A request is an item of a definition by the categories of one breakdown of a
// population.
type request struct {
	definition *indicator.Definition
	place      int // of the definition among all
	item       indicator.Item
	by         []string
	population codebook.Population
	key        indicator.Key // without its category
	design     *design.Design
}

// requestsOf lists what a definition asks of a wave that it can give, and what it
// cannot.
func requestsOf(book *codebook.Codebook, d *indicator.Definition, w *indicator.Wave) (requests []request, lacks []indicator.Lack) {
	x := w.Crosswalk
	if !d.Covers(x) {
		return nil, nil
	}
	lack := func(item, breakdown string, needs []string) {
		lacks = append(lacks, indicator.Lack{Source: x.ID(), Indicator: d.ID, Item: item, Breakdown: breakdown, Needs: needs})
	}
	for _, item := range d.Figures() {
		absent := w.Absent(d.Needs(item))
		if d.Weight(book, x, nil) == "" {
			absent = append(absent, indicator.WeightOfHouseholds)
		}
		if len(absent) > 0 {
			lack(item.ID, "", absent)
			continue
		}
		for _, breakdown := range append([]string{codebook.All}, d.By(book)...) {
			var by []string
			if breakdown != codebook.All {
				by = indicator.Crossed(breakdown)
			}
			if absent := w.Absent(by); len(absent) > 0 {
				lack(item.ID, breakdown, absent)
				continue
			}
			for _, population := range x.Populations {
				if len(d.Populations) > 0 && !slices.Contains(d.Populations, population.ID) {
					continue
				}
				key := indicator.Key{Indicator: d.ID, Source: x.ID(), Population: population.ID, Breakdown: breakdown, Item: item.ID}
				requests = append(requests, request{d, 0, item, by, population, key, w.Design(d.Weight(book, x, by))})
			}
		}
	}
	return requests, lacks
}

// A pass is a plan for the items that are asked for by the same breakdowns of
// the same populations, with one weight.
type pass struct {
	design   *design.Design
	plan     tally.Plan
	codes    [][]string  // of each domain's categories
	requests [][]request // [item][domain]

	references []int // of each domain whose categories are compared, the one that the others are compared with
	pairs      *covariances
	df         *float64          // of the whole design, once it was asked for
	drawn      []int             // of each cell and item, the degrees of freedom of the strata it meets; nil where not asked for
	groups     []indicator.Group // of all estimates: one piece of memory
}

// plansOf makes the plans of definitions for a wave, and lists what needs the
// respondents. It puts what the wave cannot give into lacks.
func plansOf(book *codebook.Codebook, definitions []*indicator.Definition, w *indicator.Wave, lacks [][]indicator.Lack) (plans []*pass, rows []request) {
	found := map[string]*pass{}
	for place, d := range definitions {
		requests, lacking := requestsOf(book, d, w)
		lacks[place] = lacking
		for _, of := range apart(requests) {
			var key strings.Builder
			fmt.Fprintf(&key, "%p", of[0].design)
			for i := range of {
				of[i].place = place
				for _, part := range []string{" ", of[i].key.Breakdown, "/", of[i].population.ID} {
					key.WriteString(part)
				}
			}
			if ofRows(of[0].design) || d.Statistic == indicator.Quantile || d.Standardise != nil {
				rows = append(rows, of...)
				continue
			}
			fmt.Fprintf(&key, " %+v", d.Compare)
			p := found[key.String()]
			if p == nil {
				p = &pass{design: of[0].design}
				for _, a := range of {
					domain, reference := tally.Domain{Where: a.population.Where, By: a.by}, 0
					p.codes = append(p.codes, crossed(w.Table, a.by))
					if a.compares() {
						reference = a.reference(w)
						domain.Pairs = pairs(d.Compare, len(p.codes[len(p.codes)-1]), reference)
					}
					p.plan.Domains, p.references = append(p.plan.Domains, domain), append(p.references, reference)
				}
				found[key.String()] = p
				plans = append(plans, p)
			}
			p.plan.Items = append(p.plan.Items, countedOf(d, of[0].item, w.Table))
			p.requests = append(p.requests, of)
		}
	}
	return plans, rows
}

// apart divides requests by their item and weight, in the order of the first of each.
func apart(requests []request) [][]request {
	type part struct {
		item   string
		design *design.Design
	}
	var parts [][]request
	found := map[part]int{}
	for _, a := range requests {
		at, met := found[part{a.item.ID, a.design}]
		if !met {
			at = len(parts)
			found[part{a.item.ID, a.design}] = at
			parts = append(parts, nil)
		}
		parts[at] = append(parts[at], a)
	}
	return parts
}

// units are those of the plan: of the weights that which the crosswalk gives, if
// it does.
func (p *pass) units(s tally.Source, w *indicator.Wave) (tally.Units, refusal.Problems) {
	if part, is := s.(*tally.Part); is {
		return part.Units(&p.plan), nil
	}
	b := s.Bounds(&p.plan)
	u := b.Units()
	given := w.Crosswalk.Design.Unit
	if given == nil {
		return u, nil
	}
	u, err := u.With(*given)
	if err != nil {
		var ps refusal.Problems
		ps.Add(w.Crosswalk.At("design", "unit"), "%v (%s weight)", err, p.design.Weights)
		return u, ps
	}
	return u, nil
}

// estimatesOf is how many estimates the plans have of each definition.
func estimatesOf(plans []*pass, definitions int) []int {
	n := make([]int, definitions)
	for _, p := range plans {
		cells := p.cells()
		for _, requests := range p.requests {
			n[requests[0].place] += cells
		}
	}
	return n
}

func (p *pass) cells() int {
	cells := 0
	for _, codes := range p.codes {
		cells += len(codes)
	}
	return cells
}

// estimate counts the sample and makes the plan's estimates.
func (p *pass) estimate(s tally.Source, w *indicator.Wave, threads int, units map[string]int, put func(a *request, category string, e indicator.Estimate), join func(a *request, j indicator.Joint)) refusal.Problems {
	u, ps := p.units(s, w)
	if ps != nil {
		return ps
	}
	units[p.design.Weights] = u.K
	d := p.design
	var each func(*tally.Stratum)
	m := moment{q: newQuadratic()}
	if d.Error != design.ByFactor {
		var cells []int
		for _, codes := range p.codes {
			cells = append(cells, len(codes))
		}
		m.spreads = newSpreads(d, &p.plan, p.cells())
		if slices.ContainsFunc(p.requests, func(of []request) bool { return of[0].definition.Freedom == indicator.FreedomStrata }) {
			p.drawn = make([]int, p.cells()*len(p.plan.Items))
		}
		p.pairs = newCovariances(d, &p.plan, w, cells)
		each = func(of *tally.Stratum) {
			m.take(of)
			p.pairs.take(of)
			p.take(of)
		}
	}
	counts := s.Count(&p.plan, u, threads, each)
	groups := 0
	for _, item := range p.plan.Items {
		groups += len(item.Groups)
	}
	p.groups = make([]indicator.Group, 0, groups*p.cells())
	p.each(counts, func(a *request, category string, cell int32, item int) {
		c := counts.Of(cell, item)
		put(a, category, p.infer(&m, cell, item, &c))
	})
	for item, requests := range p.requests {
		for domain := range requests {
			if requests[domain].compares() {
				join(&requests[domain], p.joint(&m, counts, domain, item))
			}
		}
	}
	return nil
}

// freedom is the degrees of freedom of the whole design.
func (p *pass) freedom() float64 {
	if p.df == nil {
		df := float64(p.design.DF())
		p.df = &df
	}
	return *p.df
}

// take adds a stratum to the degrees of freedom of the cells that it has, where they are
// those of strata.
func (p *pass) take(of *tally.Stratum) {
	if p.drawn == nil {
		return
	}
	for _, cell := range of.Cells {
		for item := range p.plan.Items {
			if of.InBase(cell, item) > 0 {
				p.drawn[int(cell)*len(p.plan.Items)+item] += p.design.Size[of.Number] - 1
			}
		}
	}
}

// each visits the cells of each item of the plan.
func (p *pass) each(counts *tally.Counts, visit func(a *request, category string, cell int32, item int)) {
	for item, requests := range p.requests {
		for domain := range requests {
			first, _ := counts.First(domain)
			for i, category := range p.codes[domain] {
				visit(&requests[domain], category, first+int32(i), item)
			}
		}
	}
}

// infer makes the estimate of an item in a cell from its sums.
func (p *pass) infer(m *moment, cell int32, item int, c *tally.Count) indicator.Estimate {
	d, of, nan := p.design, p.requests[item][0].definition, math.NaN()
	e := indicator.Estimate{Value: nan, SE: nan, Lower: nan, Upper: nan, Level: nan, DF: nan, DEFF: nan, Largest: c.LargestShare()}
	first := len(p.groups)
	for k, n := range c.Answers {
		e.Base += n
		p.groups = append(p.groups, indicator.Group{Answered: n, Yes: c.Yes[k]})
	}
	e.Groups = slices.Clip(p.groups[first:])
	if nobody(&e, int(c.Respondents)) {
		return e
	}
	e.Weights = c.Weight.Value(c.WeightK)
	value, gradient := functionOf(of, p.requests[item][0].item).of(c)
	if undefined(&e, value, gradient) {
		return e
	}
	e.DF = float64(c.Clusters - c.Strata)
	switch {
	case of.Freedom == indicator.FreedomDesign:
		e.DF = p.freedom()
	case of.Freedom != "" && of.Freedom != indicator.FreedomStrata:
		if df, fixed := fixedFreedom(d, of.Freedom); fixed {
			e.DF = df
		}
	case of.Freedom == indicator.FreedomStrata && p.drawn != nil:
		e.DF = float64(p.drawn[int(cell)*len(p.plan.Items)+item])
	}
	b := basis(d, of, c.Met)
	if !e.Notes.Has(indicator.NoErrorGroup) {
		b.SE, b.DEFF = p.error(m, cell, item, c, e.Base, value, gradient)
	}
	e.Infer(b)
	if of.Statistic == indicator.Mean {
		e.Scaled(1, p.plan.Items[item].Groups[0].Y.Less)
	}
	return e
}

// error is the standard error of an item's value in a cell and its design
// effect. It is 0 where the answers do not vary: the variance of a simple random
// sample is a difference of moments, and up to unvarying of the square of the
// value it is what rounding leaves of 0; so is a variance of no more than what
// making numbers whole may leave.
func (p *pass) error(m *moment, cell int32, item int, c *tally.Count, base int, value float64, gradient []float64) (se, effect float64) {
	simple, left := m.simple(gradient, c, base)
	rounding := 0.0
	of := p.requests[item][0].definition.Statistic
	sums := of == indicator.Total || of == indicator.Count
	if sums { // whose terms do not add up to 0
		simple -= float64(value*value) / float64(base-1)
	}
	variance := float64(p.design.Factor*p.design.Factor) * simple
	if p.design.Error != design.ByFactor {
		variance, rounding = m.variance(cell, item, gradient, c)
	}
	varies := simple > left && simple*float64(base-1) > unvarying*value*value
	if sums { // of products that were made whole, each by itself
		varies = simple*float64(base-1) > 1e-9*value*value
	}
	switch {
	case !varies && (!sums || p.design.Error == design.ByFactor) || variance <= rounding:
		return 0, math.NaN()
	case !varies: // the weights alone
		return math.Sqrt(variance), math.NaN()
	}
	return math.Sqrt(variance), variance / simple
}

// nobody says of an estimate whether it is of nobody, and notes which: the category
// has no respondents, or the base.
func nobody(e *indicator.Estimate, respondents int) bool {
	switch {
	case respondents == 0:
		e.Status = indicator.Inapplicable
		e.Notes.Add(indicator.Note{Code: indicator.NoCategory})
	case e.Base == 0:
		e.Status = indicator.Unavailable
		e.Notes.Add(indicator.Note{Code: indicator.NoBase})
	}
	return e.Status != ""
}

// undefined says of an estimate whether its value is none, and notes why; and
// why one that has a value has no error, where its gradient is not finite.
func undefined(e *indicator.Estimate, value float64, gradient []float64) bool {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		e.Status = indicator.Unavailable
		why := indicator.DividesByZero
		if e.Groups.Smallest() == 0 {
			why = indicator.EmptyGroup
		}
		e.Notes.Add(indicator.Note{Code: why})
		return true
	}
	e.Value = value
	if !finite(gradient) {
		e.Notes.Add(indicator.Note{Code: indicator.NoErrorGroup})
	}
	return false
}

// basis is that of a release's estimates, as yet without an error.
func basis(d *design.Design, of *indicator.Definition, clusters int) indicator.Basis {
	return indicator.Basis{
		SE: math.NaN(), DEFF: math.NaN(), PSUs: clusters, Share: of.Statistic.Row().Share, Lonely: d.Lonely, Method: of.Method(), Level: of.Confidence(),
	}
}

// Below these a variance is what rounding leaves of 0: unvarying is that of
// the answers, negligible that of the figure, over the value's square.
const (
	unvarying  = 1e-14
	negligible = indicator.Rounded * indicator.Rounded
)
