package estimate

import (
	"math"
	"slices"
	"strconv"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
)

// ofRows says whether a design's errors need the respondents, and not their
// clusters' totals alone: those of replicates, of what known totals explain,
// and of further stages.
func ofRows(d *design.Design) bool {
	return d.Replicates != nil || len(d.Calibrations) > 0 || len(d.Later) > 0
}

// A smooth is a form as a Statistic: a smooth function of the totals of its
// components.
type smooth struct {
	of    [][]float64 // of each component, each of n respondents
	in    []bool
	value func(totals []float64) (value float64, gradient []float64)
}

// Within implements Statistic.
func (s smooth) Within() []bool { return s.in }

func (s smooth) at(weight []float64) (value float64, gradient []float64) {
	return s.value(Total{Of: s.of, In: s.in}.Values(weight))
}

// Values implements Statistic.
func (s smooth) Values(weight []float64) []float64 {
	value, _ := s.at(weight)
	return []float64{value}
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

// squares are the totals of each component's square.
func (s smooth) squares(weight []float64) []float64 {
	squares := Total{Of: make([][]float64, len(s.of)), In: s.in}
	for a, x := range s.of {
		squares.Of[a] = make([]float64, len(x))
		for i := range x {
			squares.Of[a][i] = float64(x[i] * x[i])
		}
	}
	return squares.Values(weight)
}

// fromRows makes the estimates of what was asked from the respondents of each
// category.
func (a *asked) fromRows(w *indicator.Wave, put func(a *asked, category string, e indicator.Estimate)) {
	f := newForm(a.definition, a.item, w.Table)
	member := all(w.Table, a.population.Where)
	cells := cross(w.Table, a.by, func(row int) bool { return member(row) && f.within(row) })
	of := make([][]int32, len(cells.codes))
	for i, row := range a.design.Rows {
		if category := cells.of(int(row)); category >= 0 {
			of[category] = append(of[category], int32(i))
		}
	}
	for i, category := range cells.codes {
		if f.quantileOf != nil {
			put(a, category, f.quantile(a.design, of[i]))
			continue
		}
		put(a, category, f.fromRows(a.design, of[i]))
	}
}

// A domainPart is what a category is estimated from: the design of its
// respondents alone or, where the weights are calibrated, all respondents and
// who of them is in it.
type domainPart struct {
	design *design.Design
	in     []bool
}

func newPart(d *design.Design, of []int32) domainPart {
	if len(d.Calibrations) == 0 {
		return domainPart{d.Part(of), slices.Repeat([]bool{true}, len(of))}
	}
	in := make([]bool, len(d.Rows))
	for _, i := range of {
		in[i] = true
	}
	return domainPart{d, in}
}

// measured is the form's components of the part's respondents. It takes those
// out of it who have none.
func (f form) measured(p domainPart) smooth {
	s := smooth{of: make([][]float64, f.components), in: slices.Clone(p.in), value: f.value}
	for a := range s.of {
		s.of[a] = make([]float64, len(p.in))
	}
	x := make([]float64, f.components)
	for i, row := range p.design.Rows {
		if s.in[i] = s.in[i] && f.measurement.of(int(row), x); s.in[i] {
			for a := range x {
				s.of[a][i] = x[a]
			}
		}
	}
	return s
}

// fromRows makes the estimate of one category from its respondents.
func (f form) fromRows(d *design.Design, of []int32) indicator.Estimate {
	nan := math.NaN()
	e := indicator.Estimate{Value: nan, SE: nan, Lower: nan, Upper: nan, Level: nan, DF: nan, DEFF: nan}
	p := newPart(d, of)
	s := f.measured(p)
	counts := make([]int, f.components)
	for i, within := range s.in {
		if !within || p.design.Weight[i] == 0 {
			continue
		}
		e.Base++
		for a := range counts {
			if s.of[a][i] != 0 {
				counts[a]++
			}
		}
	}
	e.Smallest = e.Base
	if f.smallest != nil {
		e.Smallest = f.smallest(counts)
	}
	switch {
	case len(of) == 0:
		e.Status = indicator.Inapplicable
		e.Notes.Add(indicator.Note{Code: indicator.NoCategory})
		return e
	case e.Base == 0:
		e.Status = indicator.Unavailable
		e.Notes.Add(indicator.Note{Code: indicator.NoBase})
		return e
	}
	e.Weights = weightOf(p.design.Weight, s.in)
	value, gradient := s.at(p.design.Weight)
	if undefined(&e, value, gradient) {
		return e
	}
	e.DF = p.design.DomainDF(p.in)
	switch {
	case f.standard == nil:
	case d.Replicates != nil:
		e.DF = f.standard.weighed(p, s).DomainDF(p.in)
	default: // those without an answer weigh 0
		e.DF = p.design.DomainDF(s.in)
	}
	e.Notes.Add(f.standard.notes(counts)...)
	clusters, _ := p.design.Met(s.in)
	basis := basis(p.design, f.definition, clusters)
	if !e.Notes.Has(indicator.NoErrorGroup) {
		found := Of(p.design, s)
		basis.SE = found.SE(0)
		if _, basis.DEFF = DesignEffect(p.design, s, found, 0); f.simple != nil {
			weight := p.design.Weight
			basis.DEFF = float64(basis.SE*basis.SE) / f.simple(Total{Of: s.of, In: s.in}.Values(weight), s.squares(weight), weightOf(weight, s.in), e.Base)
		}
		e.Notes.Add(found.LeftOut())
	}
	e.Infer(basis)
	e.Scaled(f.scale, f.centre)
	return e
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
