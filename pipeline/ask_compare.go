package pipeline

import (
	"cmp"
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/compare"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/refusal"
)

// A comparer compares the figures of an answer.
type comparer struct {
	*inquiry
	how         compare.How
	definitions []*indicator.Definition
	joints      [][]indicator.Joint
	together    *estimate.Together
	places      map[question.Place]question.Reply
}

// figureAt is a place as the estimates have it.
func (c *comparer) figureAt(p question.Place) estimate.Figure {
	items, ids := c.words.ItemIDs(c.q.Asks[p.Ask])
	return estimate.Figure{Definition: c.definitions[p.Ask], Item: ids[slices.Index(items, p.Item)], Breakdown: p.Breakdown, Category: p.Category}
}

// covariance is that of the figures at places, NaN of those that have no value, and what
// they have in common.
func (c *comparer) covariance(places []question.Place) (*indicator.Joint, estimate.Covariance) {
	var of []estimate.Figure
	var errors []float64
	with := make([]int, len(places)) // of each place, where it is among those that have a value
	for k, p := range places {
		if with[k] = len(of); math.IsNaN(c.places[p].Value) {
			with[k] = -1
			continue
		}
		of, errors = append(of, c.figureAt(p)), append(errors, c.places[p].SE)
	}
	j := &indicator.Joint{DF: float64(c.answer.DF), Clusters: c.design.Clusters, All: design.Square(len(places))}
	if len(of) == 0 {
		return j, estimate.Covariance{}
	}
	found := c.together.Covariance(of)
	if c.design.Error == design.ByFactor {
		found.Of = estimate.Correlated(found.Of, errors)
	}
	for a := range places {
		for b := range places {
			if j.All[a][b] = math.NaN(); with[a] >= 0 && with[b] >= 0 {
				j.All[a][b] = found.Of[with[a]][with[b]]
			}
		}
	}
	j.AllLeft = found.Left
	return j, found
}

// against are the figures at places as Contrasts takes them, against one of them. Replicates
// are left out of a pair alone.
func (c *comparer) against(places []question.Place, reference int) *indicator.Joint {
	n := len(places)
	made := &indicator.Joint{Reference: reference, Own: make([]float64, n), Beside: make([]float64, n), With: make([]float64, n), Left: make([]indicator.Note, n)}
	if c.design.Replicates == nil {
		j, _ := c.covariance(places)
		made.DF, made.Clusters = j.DF, j.Clusters
		for k := range places {
			made.Own[k], made.Beside[k], made.With[k], made.Left[k] = j.All[k][k], j.All[reference][reference], j.All[k][reference], j.AllLeft
		}
		return made
	}
	for k, p := range places {
		j, _ := c.covariance([]question.Place{places[reference], p})
		made.DF, made.Clusters, made.Left[k] = j.DF, j.Clusters, j.AllLeft
		made.Own[k], made.Beside[k], made.With[k] = j.All[1][1], j.All[0][0], j.All[0][1]
	}
	return made
}

// breakdown compares the figures of an item in the categories of a breakdown of one
// variable, at places.
func (c *comparer) breakdown(ask int, figures []question.Reply) {
	variable := figures[0].Breakdown
	var places []question.Place
	for _, f := range figures {
		places = append(places, question.Place{Ask: ask, Item: f.Item, Breakdown: f.Breakdown, Category: f.Category})
	}
	joint := c.how
	joint.Joint = true
	_, given := c.q.Reference(&c.words, variable)
	at := slices.IndexFunc(c.joints[ask], func(j indicator.Joint) bool {
		return j.Breakdown == variable && j.Item == cmp.Or(figures[0].Item, codebook.All)
	})
	switch {
	case c.q.Pairs:
		c.answer.Contrasts = append(c.answer.Contrasts, c.pairs(places, figures, joint)...)
	case c.q.Contrast && c.q.Whole && !given:
		whole := question.Place{Ask: ask, Item: figures[0].Item, Breakdown: codebook.All, Category: codebook.All}
		of, all := append([]question.Place{whole}, places...), append([]question.Reply{c.places[whole]}, figures...)
		j := c.against(of, 0)
		j.Nested = true
		c.answer.Contrasts = append(c.answer.Contrasts, compare.Contrasts(all, j, joint)...)
	case c.q.Contrast && at >= 0:
		c.answer.Contrasts = append(c.answer.Contrasts, compare.Contrasts(figures, &c.joints[ask][at], c.how)...)
	case c.q.Contrast:
		c.answer.Contrasts = append(c.answer.Contrasts, compare.Contrasts(figures, c.against(places, c.first(variable, figures)), joint)...)
	}
	switch {
	case c.q.Trend && at >= 0:
		c.answer.Trends = append(c.answer.Trends, compare.Line(figures, &c.joints[ask][at], c.how))
	case c.q.Trend:
		with := slices.DeleteFunc(slices.Clone(places), func(p question.Place) bool { return math.IsNaN(c.places[p].Value) })
		j := &indicator.Joint{DF: float64(c.answer.DF), Clusters: c.design.Clusters}
		if len(with) > 0 {
			j, _ = c.covariance(with)
		}
		c.answer.Trends = append(c.answer.Trends, compare.Line(figures, j, joint))
	}
}

// first is the category that the others of a breakdown are compared with: the one that is
// asked for, or the first that somebody is of.
func (c *comparer) first(variable string, figures []question.Reply) int {
	if code, given := c.q.Reference(&c.words, variable); given {
		return slices.IndexFunc(figures, func(f question.Reply) bool { return f.Category == code })
	}
	return max(slices.IndexFunc(figures, func(f question.Reply) bool { return !f.Notes.Has(indicator.NoCategory) }), 0)
}

// pairs compares each category with each of those before it.
func (c *comparer) pairs(places []question.Place, figures []question.Reply, how compare.How) []compare.Contrast {
	var made []compare.Contrast
	var ps []float64
	for reference := range figures[1:] {
		of := compare.Contrasts(figures, c.against(places, reference), how)
		for _, one := range of[reference:] { // those after it
			made, ps = append(made, one), append(ps, one.P)
		}
	}
	for i, p := range compare.Adjusted(how.Adjust, ps) {
		made[i].Adjusted = p
	}
	return made
}

// combine makes the contrasts that are asked for by expressions.
func (c *comparer) combine() refusal.Problems {
	combinations, ps := c.q.Combinations(&c.words)
	if ps != nil {
		return ps
	}
	families := map[string][]int{}
	for _, of := range combinations {
		var figures []question.Reply
		for _, p := range of.Places {
			figures = append(figures, c.places[p])
		}
		j, found := c.covariance(of.Places)
		how := c.how
		how.Joint = true
		made := how.Combine(of, figures, j, found.Base, found.Weights)
		if c.q.Controlled && !math.IsNaN(made.Value) {
			c.unlike(&made, of)
		}
		families[made.Family()] = append(families[made.Family()], len(c.answer.Combinations))
		c.answer.Combinations = append(c.answer.Combinations, made)
	}
	for _, together := range families {
		adjustCombinations(c.answer.Combinations, together)
	}
	return nil
}

// unlike gives a contrast what a disclosure policy looks at of it.
func (c *comparer) unlike(made *compare.Combination, of question.Combination) {
	var figures []estimate.Figure
	var values []float64
	for k, p := range of.Places {
		figures, values = append(figures, c.figureAt(p)), append(values, float64(made.Of[k].Value*made.Of[k].Statistic.Row().Scale))
	}
	_, gradient, _ := of.At(values)
	for k := range gradient {
		gradient[k] *= made.Of[k].Statistic.Row().Scale
	}
	c.together.Unlike(&made.Estimate, figures, gradient)
}

func adjustCombinations(all []compare.Combination, together []int) {
	adjust(all, together, func(m *compare.Combination) (float64, *float64, string) { return m.P, &m.Adjusted, m.Adjustment })
}

// adjust adjusts the p-values of some comparisons for their number.
func adjust[T any](all []T, together []int, of func(*T) (p float64, adjusted *float64, by string)) {
	var ps []float64
	by := ""
	for _, i := range together {
		p, _, method := of(&all[i])
		ps, by = append(ps, p), method
	}
	for k, p := range compare.Adjusted(by, ps) {
		_, adjusted, _ := of(&all[together[k]])
		*adjusted = p
	}
}
