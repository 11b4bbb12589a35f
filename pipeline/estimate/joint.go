package estimate

import (
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
)

// newJoint is what the categories of a breakdown have in common, as yet without
// their covariances.
func newJoint(a *request, d *design.Design, reference, categories int) indicator.Joint {
	return indicator.Joint{
		Breakdown: a.key.Breakdown, Item: a.key.Item, Reference: reference, Clusters: d.Clusters,
		Own: make([]float64, categories), Beside: make([]float64, categories), With: make([]float64, categories), Left: make([]indicator.Note, categories),
	}
}

// reference is the category that the others are compared with: the one that was
// asked for, or the first that somebody of the population is of.
func (a *request) reference(w *indicator.Wave) int {
	column := w.Table.Column(a.by[0])
	if code, given := a.definition.Compare.Against[a.by[0]]; given {
		return column.Variable.Index(code)
	}
	if part := w.Parts[a.design.Weights]; part != nil {
		return part.First(a.population.Where, a.by)
	}
	member := w.Table.All(a.population.Where)
	first := len(column.Variable.Categories)
	for _, row := range a.design.Rows {
		if code := column.Codes.At(int(row)); code >= 0 && code < first && member(int(row)) {
			if first = code; first == 0 {
				break
			}
		}
	}
	return first % len(column.Variable.Categories)
}

// takesOthers says whether a domain's variance takes something from the strata
// that it misses.
func takesOthers(d *design.Design) bool {
	return d.Lonely == codebook.LonelyAdjust || d.Lonely == codebook.LonelyAverage
}

// A comparison is of categories, each by its respondents' places in the design.
type comparison struct {
	form
	design *design.Design
	whole  bool         // whether all respondents count in an error
	of     [][]int32    // of each category
	others []int32      // those of none who count in an error
	found  []*Estimates // of each category, its figure's; nil where it has none
}

// joint makes the covariances of the figures of the categories.
func (c *comparison) joint(j *indicator.Joint, how *indicator.Comparisons, figures []indicator.Estimate) {
	has := func(k int) bool { return !math.IsNaN(figures[k].Value) }
	if how.Contrast && has(j.Reference) {
		for k := range figures {
			if k == j.Reference || !has(k) {
				continue
			}
			e := c.together(j.Reference, k)
			j.Beside[k], j.With[k], j.Own[k] = e.Covariance[0][0], e.Covariance[0][1], e.Covariance[1][1]
			j.Left[k] = e.LeftOut()
		}
	}
	if how.Trend {
		var with []int
		for k := range figures {
			if has(k) {
				with = append(with, k)
			}
		}
		if e := c.together(with...); len(with) > 0 {
			j.All, j.AllLeft = e.Covariance, e.LeftOut()
		}
	}
}

// replicated are the figures of some categories under replicate weights, which each has
// already; nil where one has none.
func (c *comparison) replicated(categories []int) *Estimates {
	if c.design.Replicates == nil {
		return nil
	}
	e := &Estimates{Replicates: make([][]float64, c.design.Replicates.Count())}
	for _, k := range categories {
		if c.found[k] == nil {
			return nil
		}
		e.Values = append(e.Values, c.found[k].Values[0])
		for r, values := range c.found[k].Replicates {
			e.Replicates[r] = append(e.Replicates[r], values[0])
		}
	}
	e.replicated(c.design.Replicates, make([]float64, len(e.Values)))
	return e
}

// together estimates the figures of some categories. Their domain is everyone's,
// except where that makes no difference.
func (c *comparison) together(categories ...int) *Estimates {
	if e := c.replicated(categories); e != nil {
		return e
	}
	d, places := c.design, make([][]int32, len(categories))
	if c.whole {
		for n, k := range categories {
			places[n] = c.of[k]
		}
	} else {
		var all []int32 // numbered from one category to the next
		for n, k := range categories {
			for range c.of[k] {
				places[n] = append(places[n], int32(len(all)+len(places[n])))
			}
			all = append(all, c.of[k]...)
		}
		if takesOthers(d) {
			in := make([]bool, len(d.Rows))
			for _, i := range all {
				in[i] = true
			}
			for _, i := range c.others {
				if !in[i] {
					all = append(all, i)
				}
			}
		}
		d = d.Part(all)
	}
	var sides Joint
	for n, k := range categories {
		p := domainPart{design: &design.Design{Rows: design.Pick(c.design.Rows, c.of[k])}, in: slices.Repeat([]bool{true}, len(c.of[k]))}
		sides = append(sides, Linear{Of: []Statistic{c.measured(p)}, Rows: places[n : n+1], By: []float64{1}})
	}
	return valued(d, sides)
}
