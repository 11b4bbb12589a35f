package estimate

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"
	"strconv"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/table"
)

// ofRows says whether a design's errors need the respondents, and not their
// clusters' totals alone: those of replicates, of what known totals explain,
// of further stages, and of waves between which PSUs rotate.
func ofRows(d *design.Design) bool {
	return d.Rotation != nil || d.Replicates != nil || len(d.Calibrations) > 0 || len(d.Later) > 0
}

// A smooth is a form as a Statistic: a smooth function of the totals of its
// components.
type smooth struct {
	of [][]float64 // of each component, each of n respondents
	in []bool
	function
}

// group is which of the groups a respondent within is in: of two, each adds up
// its size in X.
func (s smooth) group(i int) int {
	if len(s.of) > 2 && s.of[2][i] != 0 {
		return 1
	}
	return 0
}

// Within implements Statistic.
func (s smooth) Within() []bool { return s.in }

func (s smooth) at(weight []float64) (value float64, gradient []float64) {
	t := Total{Of: s.of, In: s.in}.Values(weight)
	rest := make([]float64, len(t)/2)
	for k := range rest {
		rest[k] = t[2*k] - t[2*k+1]
	}
	return s.function(t, rest)
}

// Values implements Statistic.
func (s smooth) Values(weight []float64) []float64 {
	value, _ := s.at(weight)
	return []float64{value}
}

func (s smooth) byGroup(weight []float64, group []int32, groups int) func(factors []float64) []float64 {
	return smooth{of: groupedEach(weight, s.of, s.in, group, groups), function: s.function}.Values
}

// Influence implements Statistic: the gradient applied to the components.
func (s smooth) Influence(weight, _ []float64) [][]float64 {
	_, gradient := s.at(weight)
	u := make([]float64, len(weight))
	for a, x := range s.of {
		for i := range u {
			if s.in[i] {
				u[i] += float64(gradient[a] * x[i])
			}
		}
	}
	return [][]float64{u}
}

// freedoms are the degrees of freedom of replicate weights, whose rank is found once of each
// domain of a design.
type freedoms map[domainOf]float64

type domainOf struct {
	design      *design.Design
	whole       bool // and no part of it, which may have nobody
	respondents [sha256.Size]byte
}

// of is those of a part of a design, whose respondents have these places in it; or where it
// is nil of the whole.
func (f freedoms) of(d *design.Design, respondents []int32, part *design.Design) float64 {
	bytes := make([]byte, 0, 4*len(respondents))
	for _, i := range respondents {
		bytes = binary.LittleEndian.AppendUint32(bytes, uint32(i))
	}
	key := domainOf{d, part == nil, sha256.Sum256(bytes)}
	df, known := f[key]
	if !known {
		if part == nil {
			part = d
		}
		df = part.DomainDF(nil)
		f[key] = df
	}
	return df
}

// fromRows makes the estimates of what was asked from the respondents of each
// category, and what they have in common where they are compared.
func (a *request) fromRows(w *indicator.Wave, known freedoms, put func(a *request, category string, e indicator.Estimate), join func(a *request, j indicator.Joint)) {
	f := newForm(a.definition, a.item, w.Table)
	member := w.Table.All(a.population.Where)
	within := func(row int) bool { return member(row) && f.within(row) }
	cells := cross(w.Table, a.by, within)
	of := make([][]int32, len(cells.codes))
	var others []int32 // within, of no category
	for i, row := range a.design.Rows {
		if category := cells.of(int(row)); category >= 0 {
			of[category] = append(of[category], int32(i))
		} else if within(int(row)) {
			others = append(others, int32(i))
		}
	}
	compares := a.compares()
	d, weight := a.design, a.design.Weight
	// Whether the respondents of other categories count in an error: in what
	// totals explain, or in the strata that a standardised figure misses.
	whole := f.standard != nil && (len(d.Calibrations) > 0 || takesOthers(d) || compares)
	if whole {
		p, part := domainPart{design: d, in: make([]bool, len(d.Rows))}, make([]int32, len(d.Rows))
		for category, respondents := range of {
			for _, i := range respondents {
				p.in[i], part[i] = true, int32(category)
			}
		}
		d = Standardise(d, f.standard.to(d.Rows, f.measured(p), part, len(of)))
	}
	if df, fixed := fixedFreedom(d, a.definition.Freedom); fixed {
		f.df = &df
	}
	ranked := d.Replicates != nil && f.standard == nil
	estimates, found := make([]indicator.Estimate, len(of)), make([]*Estimates, len(of))
	for i, category := range cells.codes {
		var p domainPart
		own := weight
		if whole {
			p = domainPart{d, make([]bool, len(d.Rows)), a.design}
			for _, respondent := range of[i] {
				p.in[respondent] = true
			}
		} else {
			p = domainPart{design: d.Part(of[i]), in: slices.Repeat([]bool{true}, len(of[i]))}
			own = p.design.Weight
		}
		if ranked && f.df == nil && f.quantileOf == nil {
			p.design = freed(p.design, known.of(d, of[i], p.design))
		}
		estimates[i], found[i] = f.fromRows(p, own, len(of[i]))
		put(a, category, estimates[i])
	}
	if compares {
		for k := range of {
			others = append(others, of[k]...)
		}
		j := newJoint(a, d, a.reference(w), len(of))
		if ranked {
			j.DF = known.of(d, nil, nil)
		} else {
			j.DF = float64(a.design.DF())
		}
		c := comparison{f, d, whole, of, others, found}
		c.joint(&j, a.definition.Compare, estimates)
		join(a, j)
	}
}

// compares says whether the categories are compared.
func (a *request) compares() bool { return a.definition.Compare != nil && len(a.by) == 1 }

// A domainPart is what a category is estimated from: the design of its
// respondents alone or, where the others count in its error, all respondents
// and who of them is in it. Of a design that is standardised, drawn is the one before;
// nil is none.
type domainPart struct {
	design *design.Design
	in     []bool
	drawn  *design.Design
}

// measured is the form's components of the part's respondents. It takes those
// out of it who have none.
func (f form) measured(p domainPart) smooth {
	s := smooth{make([][]float64, 2*len(f.groups)), slices.Clone(p.in), functionOf(f.definition, f.item)}
	for a := range s.of {
		s.of[a] = make([]float64, len(p.in))
	}
	x := make([]float64, len(s.of))
	for i, row := range p.design.Rows {
		if s.in[i] = s.in[i] && f.of(int(row), x); s.in[i] {
			for a := range x {
				s.of[a][i] = x[a]
			}
		}
	}
	return s
}

// fromRows makes the estimate of one category from its part, of which weight
// are the weights before they are standardised, and the number of its
// respondents; and what it is of, where it has an error.
func (f form) fromRows(p domainPart, weight []float64, respondents int) (indicator.Estimate, *Estimates) {
	nan := math.NaN()
	e := indicator.Estimate{Value: nan, SE: nan, Lower: nan, Upper: nan, Level: nan, DF: nan, DEFF: nan, Largest: nan}
	s := f.measured(p)
	var notes indicator.Notes
	if f.standard != nil {
		to := f.standard.to(p.design.Rows, s, nil, 1)
		notes = f.standard.notes(weight, to)
		if p.drawn == nil {
			p.drawn, p.design = p.design, Standardise(p.design, to)
		}
	} else {
		p.drawn = p.design
	}
	e.Groups = make([]indicator.Group, len(f.groups))
	for k, g := range f.groups {
		if !g.sides {
			e.Groups[k].Yes = -1
		}
	}
	for i, within := range s.in {
		if !within || weight[i] == 0 {
			continue
		}
		e.Base++
		k := s.group(i)
		e.Groups[k].Answered++
		if f.groups[k].sides && s.of[2*k+1][i] != 0 {
			e.Groups[k].Yes++
		}
	}
	if nobody(&e, respondents) {
		return e, nil
	}
	switch {
	case f.df != nil:
		p.design = freed(p.design, *f.df)
	case f.definition.Freedom == indicator.FreedomStrata && p.design.Replicates == nil:
		p.design = freed(p.design, p.drawn.StrataDF(p.in)) // item missing or not
	case f.standard != nil: // for which those who did not answer, or are of no category of it, have a weight of 0
		p.design = freed(p.design, p.drawn.DomainDF(p.in))
	}
	e.Notes.Add(notes...)
	e.Weights, e.Largest = weightOf(weight, s.in), f.largest(p.design.Weight, s)
	if f.quantileOf != nil {
		f.quantile(&e, p.design, s)
		return e, nil
	}
	value, gradient := s.at(p.design.Weight)
	if undefined(&e, value, gradient) {
		return e, nil
	}
	e.DF = p.design.DomainDF(p.in)
	clusters, _ := p.design.Met(s.in)
	basis := basis(p.design, f.definition, clusters)
	var found *Estimates
	if !e.Notes.Has(indicator.NoErrorGroup) {
		found = valued(p.design, s)
		basis.SE = found.SE(0)
		_, basis.DEFF = DesignEffect(p.design, s, found, 0)
		basis.SE, basis.DEFF = byFactor(p.design, basis.SE, basis.DEFF)
		e.Notes.Add(found.LeftOut())
	}
	e.Infer(basis)
	e.Scaled(1, f.centre)
	return e, found
}

// fixedFreedom is the degrees of freedom that a rule gives every domain, if it does.
func fixedFreedom(d *design.Design, rule string) (df float64, fixed bool) {
	switch rule {
	case "", indicator.FreedomDomain, indicator.FreedomStrata:
		return 0, false
	case indicator.FreedomDesign:
		return float64(d.DF()), true
	case indicator.FreedomNormal:
		return math.Inf(1), true
	case indicator.FreedomReplicates, indicator.FreedomLess:
		if d.Replicates == nil {
			return 0, false
		}
		df = float64(d.Replicates.Count())
		if rule == indicator.FreedomLess {
			df--
		}
		return df, true
	}
	df, err := strconv.ParseFloat(rule, 64)
	return df, err == nil
}

// FreedomBy is the degrees of freedom that a rule gives a domain.
func FreedomBy(d *design.Design, rule string, in []bool) float64 {
	if df, fixed := fixedFreedom(d, rule); fixed {
		return df
	}
	if rule == indicator.FreedomStrata && d.Replicates == nil {
		return d.StrataDF(in)
	}
	return d.DomainDF(in)
}

// freed is a design of which every domain has these degrees of freedom.
func freed(d *design.Design, df float64) *design.Design {
	made := *d
	made.Freedom = &df
	return &made
}

// largest is the largest share that one respondent has of what all add to a
// total, each in its size: as a tally has it.
func (f form) largest(weight []float64, s smooth) float64 {
	largest := math.NaN()
	for k, g := range f.groups {
		for _, of := range g.totals {
			sizes := make([]float64, len(weight))
			for i, w := range weight {
				if s.in[i] && s.group(i) == k {
					sizes[i] = math.Abs(float64(w * (s.of[2*k+of.side][i] + of.less)))
				}
			}
			if share := slices.Max(sizes) / total(sizes); !(share <= largest) && !math.IsNaN(share) {
				largest = share
			}
		}
	}
	return largest
}

// byFactor are the error and the design effect that a published design factor
// gives instead of those of the weights; no error where nobody differs.
func byFactor(d *design.Design, se, effect float64) (factored, squared float64) {
	switch {
	case d.Error != design.ByFactor:
		return se, effect
	case math.IsNaN(effect):
		return 0, effect
	}
	return se / math.Sqrt(effect) * d.Factor, float64(d.Factor * d.Factor)
}

// A quantileForm is how a quantile is found of a variable.
type quantileForm struct {
	of    *table.Column
	share float64
	rule  QuantileRule
}

// behind is the method for the share behind a quantile, and whether there is one.
func (f form) behind() (indicator.IntervalMethod, bool) {
	name := f.definition.Method()
	if name == indicator.Symmetric {
		name = indicator.Wald
	}
	return indicator.IntervalBy(name)
}

// quantile gives an estimate the quantile of what was measured: with Woodruff's
// interval or, where that is asked for, with the error of the replicates'
// quantiles.
func (f form) quantile(e *indicator.Estimate, d *design.Design, of smooth) {
	level := f.definition.Confidence()
	method, share := f.behind()
	y := make([]float64, len(of.in))
	for i, row := range d.Rows {
		y[i] = f.quantileOf.of.Number(int(row))
	}
	shares, by := []float64{f.quantileOf.share}, "woodruff"
	var found QuantileEstimate
	switch {
	case share:
		found = Woodruff(d, y, of.in, shares, f.quantileOf.rule, method, level)[0]
		switch f.definition.Method() {
		case indicator.Wald:
		case indicator.Symmetric:
			by += "-" + indicator.Symmetric
			if found.Interval.Absent == "" {
				found.Interval = method.Interval(found.Value, found.SE, found.DF, found.N, level)
			}
		default:
			by += "-" + method.Name
		}
		if found.Interval.Absent == indicator.NoIntervalError && math.IsNaN(found.ShareSE) {
			e.Notes.Add(indicator.Note{Code: indicator.Unknown(d.Lonely)})
		}
	case d.Replicates != nil && !d.Replicates.Jackknife():
		found, by = ReplicateQuantiles(d, y, of.in, shares, f.quantileOf.rule, level)[0], indicator.Wald
	default:
		wald, _ := indicator.IntervalBy(indicator.Wald)
		found = Woodruff(d, y, of.in, shares, f.quantileOf.rule, wald, level)[0]
		found.SE, found.Interval = math.NaN(), indicator.NoInterval(indicator.NoIntervalError)
		why := indicator.NoErrorReplicates
		if d.Replicates != nil {
			why = indicator.NoErrorJackknife
		}
		e.Notes.Add(indicator.Note{Code: why})
	}
	e.Value, e.DF = found.Value, found.DF
	if found.SE > 0 {
		e.SE = found.SE
	} else if found.SE == 0 {
		e.Notes.Add(indicator.Note{Code: indicator.NoErrorLimits})
		found.Interval = indicator.NoInterval(indicator.NoIntervalError)
	}
	e.Limit(found.Interval, by, level)
	if e.Value < e.Lower || e.Value > e.Upper {
		e.Notes.Add(indicator.Note{Code: indicator.QuantileOutside})
	}
	e.Notes.Add(f.quantileOf.rule.cut(y, of.in, d.Weight))
	e.Beyond = f.quantileOf.rule.told(y, of.in, d.Weight, f.quantileOf.share, e.Value, e.Lower, e.Upper)
}

// LeftOut notes how many replicates have none of the respondents of the values,
// and are left out of the error. It is a note of no code where none is.
func (e *Estimates) LeftOut() indicator.Note {
	left := 0
	for _, values := range e.Replicates {
		if slices.ContainsFunc(values, math.IsNaN) {
			left++
		}
	}
	if left == 0 {
		return indicator.Note{}
	}
	return indicator.Note{Code: indicator.ReplicatesLeftOut, Args: []string{strconv.Itoa(left), strconv.Itoa(len(e.Replicates))}}
}
