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
	places      map[question.Place]*question.Reply
}

// reply is the figure at a place, an empty one where there is none.
func (c *comparer) reply(p question.Place) question.Reply {
	if f := c.places[p]; f != nil {
		return *f
	}
	return question.Reply{}
}

// figures take their places in the answer, and those of each item in a breakdown are compared.
func (c *comparer) figures(ask int, figures []question.Reply) {
	c.answer.Figures = append(c.answer.Figures, figures...)
	for i := range figures {
		f := &figures[i]
		c.places[question.Place{Ask: ask, Item: f.Item, Breakdown: f.Breakdown, Category: f.Category}] = f
	}
	if !c.q.Pairs && !c.q.Contrast && !c.q.Trend {
		return
	}
	for _, of := range together(figures, func(f *question.Reply) [2]string { return [2]string{f.Breakdown, f.Item} }) {
		if of[0].Breakdown != codebook.All && of[0].Breakdown != "" { // which there is no estimate of
			c.breakdown(ask, of)
		}
	}
}

// figureAt is a place as the estimates have it.
func (c *comparer) figureAt(p question.Place) estimate.Figure {
	items, ids := c.q.ItemsOf(&c.words, p.Ask)
	return estimate.Figure{Definition: c.definitions[p.Ask], Item: ids[slices.Index(items, p.Item)], Breakdown: p.Breakdown, Category: p.Category}
}

// alike are the figures at places, without the value of those that are by another weight than
// the last: the two are of different samples, and no comparison is of who they are of alone.
func (c *comparer) alike(places []question.Place) []question.Reply {
	by := c.together.Design(c.figureAt(places[len(places)-1]))
	figures := make([]question.Reply, len(places))
	for k, p := range places {
		if figures[k] = c.reply(p); c.together.Design(c.figureAt(p)) != by {
			figures[k].Value = math.NaN()
		}
	}
	return figures
}

// covariance is that of the figures at places, NaN of those that have no value, and what
// they have in common.
func (c *comparer) covariance(places []question.Place) (*indicator.Joint, estimate.Covariance) {
	var of []estimate.Figure
	var errors []float64
	with := make([]int, len(places)) // of each place, where it is among those that have a value
	for k, p := range places {
		if with[k] = len(of); math.IsNaN(c.reply(p).Value) {
			with[k] = -1
			continue
		}
		of, errors = append(of, c.figureAt(p)), append(errors, c.reply(p).SE)
	}
	j := &indicator.Joint{DF: c.freedom(places, c.design), Clusters: c.design.Clusters, All: design.Square(len(places))}
	if len(of) == 0 {
		return j, estimate.Covariance{}
	}
	found := c.together.Covariance(of)
	if found.Design == nil {
		for a := range places {
			for b := range places {
				j.All[a][b] = math.NaN()
			}
		}
		return j, found
	}
	j.DF, j.Clusters = c.freedom(places, found.Design), found.Design.Clusters
	if found.Design.Error == design.ByFactor {
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

// freedom is the degrees of freedom of a comparison of figures of a design: of the whole of
// it, or where a rule is asked for the fewest that everyone's figures have by it.
func (c *comparer) freedom(places []question.Place, of *design.Design) float64 {
	if !c.q.FreedomCompared {
		return float64(of.DF())
	}
	least := math.Inf(1)
	for _, p := range places {
		p.Breakdown, p.Category = codebook.All, codebook.All
		everyone := c.places[p]
		if everyone == nil || math.IsNaN(everyone.DF) {
			return float64(of.DF()) // nobody has a figure
		}
		least = min(least, everyone.DF)
	}
	return least
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

// breakdown compares the figures of an item in the categories of a breakdown: those of its
// last variable, within each category of the others that it crosses with it.
func (c *comparer) breakdown(ask int, figures []question.Reply) {
	from := len(c.answer.Contrasts)
	for _, of := range together(figures, func(f *question.Reply) string {
		within, _ := question.CategoryOf(f.Crossed[:len(f.Crossed)-1])
		return within
	}) {
		c.within(ask, of)
	}
	var made []int
	for i := from; i < len(c.answer.Contrasts); i++ {
		made = append(made, i)
	}
	if made != nil {
		adjust(c.answer.Contrasts, made, adjusting)
	}
}

// within compares the figures of an item in categories that are alike but for the last
// variable.
func (c *comparer) within(ask int, figures []question.Reply) {
	variables := indicator.Crossed(figures[0].Breakdown)
	others := len(variables) - 1
	variable := variables[others]
	var places []question.Place
	for _, f := range figures {
		places = append(places, question.Place{Ask: ask, Item: f.Item, Breakdown: f.Breakdown, Category: f.Category})
	}
	how := c.how
	how.Design = c.together.Design(c.figureAt(places[0]))
	joint := how
	joint.Joint = true
	_, given := c.q.Reference(&c.words, variable)
	at := slices.IndexFunc(c.joints[ask], func(j indicator.Joint) bool {
		return others == 0 && j.Breakdown == variable && j.Item == cmp.Or(figures[0].Item, codebook.All)
	})
	if at >= 0 && c.q.FreedomCompared {
		c.joints[ask][at].DF = c.freedom(places, how.Design)
	}
	switch {
	case c.q.Pairs:
		for reference := range figures[1:] {
			of := compare.Contrasts(figures, c.against(places, reference), joint)
			c.answer.Contrasts = append(c.answer.Contrasts, of[reference:]...) // those after it
		}
	case c.q.Contrast && c.q.Whole && !given:
		whole := question.Place{Ask: ask, Item: figures[0].Item, Breakdown: codebook.All, Category: codebook.All}
		if others > 0 {
			whole.Breakdown = indicator.Cross(variables[:others]...)
			whole.Category, _ = question.CategoryOf(figures[0].Crossed[:others])
		}
		of := append([]question.Place{whole}, places...)
		all := c.alike(of)
		j := c.against(of, 0)
		j.Nested = true
		c.answer.Contrasts = append(c.answer.Contrasts, compare.Contrasts(all, j, joint)...)
	case c.q.Contrast && at >= 0:
		c.answer.Contrasts = append(c.answer.Contrasts, compare.Contrasts(figures, &c.joints[ask][at], how)...)
	case c.q.Contrast:
		c.answer.Contrasts = append(c.answer.Contrasts, compare.Contrasts(figures, c.against(places, c.first(variable, figures)), joint)...)
	}
	switch {
	case c.q.Trend && at >= 0:
		c.answer.Trends = append(c.answer.Trends, compare.Line(figures, &c.joints[ask][at], how))
	case c.q.Trend:
		with := slices.DeleteFunc(slices.Clone(places), func(p question.Place) bool { return math.IsNaN(c.reply(p).Value) })
		j := &indicator.Joint{DF: c.freedom(places, how.Design), Clusters: how.Design.Clusters}
		if len(with) > 0 {
			j, _ = c.covariance(with)
		}
		c.answer.Trends = append(c.answer.Trends, compare.Line(figures, j, joint))
	}
}

// first is the category that the others of a breakdown's last variable are compared with: the
// one that is asked for, or the first that somebody is of.
func (c *comparer) first(variable string, figures []question.Reply) int {
	if code, given := c.q.Reference(&c.words, variable); given {
		return slices.IndexFunc(figures, func(f question.Reply) bool { return f.Crossed[len(f.Crossed)-1].Code == code })
	}
	return max(slices.IndexFunc(figures, func(f question.Reply) bool { return !f.Notes.Has(indicator.NoCategory) }), 0)
}

// combine makes the contrasts that are asked for by expressions.
func (c *comparer) combine() refusal.Problems {
	combinations, ps := c.q.Combinations(&c.words)
	if ps != nil {
		return ps
	}
	families := map[string][]int{}
	for _, of := range combinations {
		figures := c.alike(of.Places)
		j, found := c.covariance(of.Places)
		how := c.how
		how.Joint = true
		made := how.Combine(of, figures, j, found.Base, found.Weights)
		if c.q.Controlled != nil && !math.IsNaN(made.Value) {
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
	c.together.Unlike(&made.Estimate, figures, gradient, c.q.Controlled.ConfidentialBelow-1)
}

// adjusting is what adjust takes of a contrast.
func adjusting(c *compare.Contrast) (p float64, adjusted *float64, by string) {
	return c.P, &c.Adjusted, c.Adjustment
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
