package estimate

import (
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/table"
)

// Unlike counts behind each figure of amounts how many respondents a disclosure policy
// looks at (indicator.Estimate): those with a value of their own among others that are
// alike, who are what a sum tells. Of amounts of which all respondents of the item have
// one of two values a sum tells how many have which, as a share does: their groups then
// have sides, of the greater value. A quantile within classes is linear in such shares, and
// tells what a mean does; of one that is a value all that is looked at is whether everybody has it.
func (r *Result) Unlike(book *codebook.Codebook, definitions []*indicator.Definition, w *indicator.Wave) {
	for place, d := range definitions {
		if !d.Statistic.Row().Number {
			continue
		}
		_, classes := indicator.QuantileClass(d.Rule)
		beyond := d.Statistic == indicator.Quantile && !classes // which has Beyond
		at := map[indicator.Key]*indicator.Estimate{}
		for i := range r.Estimates[place] {
			e := &r.Estimates[place][i]
			at[e.Key] = e
		}
		requests, _ := requestsOf(book, d, w)
		values := map[string][]float64{} // that respondents of each item have, up to three
		for i := range requests {
			a := &requests[i]
			f := newForm(d, a.item, w.Table)
			if values[a.item.ID] == nil {
				values[a.item.ID] = f.values(a)
			}
			for category, found := range f.amounts(a, w.Table) {
				a.key.Category = category
				switch e := at[a.key]; {
				case e == nil:
				case beyond:
					e.Alike = found.alike() && len(values[a.item.ID]) > 1
				default:
					found.into(e, values[a.item.ID])
				}
			}
		}
	}
}

// amountOf is the value by which respondents of a group are alike: its amount or, of a
// ratio, that of the two, to which who has neither adds nothing.
func (f form) amountOf(k, row int) (value float64, is bool) {
	g := &f.groups[k]
	y := g.y(row)
	if f.definition.Statistic != indicator.Ratio {
		return y, true
	}
	x := g.x(row)
	return y / x, x != 0 || y != 0
}

// values are those of the respondents of an item, of any population: the first three.
func (f form) values(a *request) []float64 {
	var values []float64
	for i, row := range a.design.Rows {
		k := f.groupOf(int(row))
		if a.design.Weight[i] == 0 || k < 0 || !f.within(int(row)) {
			continue
		}
		if v, is := f.amountOf(k, int(row)); is && !slices.Contains(values, v) {
			if values = append(values, v); len(values) > 2 {
				break
			}
		}
	}
	return values
}

// groupOf is the group that a row is in, or -1.
func (f form) groupOf(row int) int {
	return slices.IndexFunc(f.groups, func(g formGroup) bool { return g.in(row) })
}

// amounts are how many respondents of each category have which amount, by group.
func (f form) amounts(a *request, t *table.Table) map[string]sharedAmounts {
	member := t.All(a.population.Where)
	cells := cross(t, a.by, func(row int) bool { return member(row) && f.within(row) })
	made := map[string]sharedAmounts{}
	of := make([]sharedAmounts, len(cells.codes))
	for i, category := range cells.codes {
		of[i] = make(sharedAmounts, len(f.groups))
		made[category] = of[i]
	}
	for i, row := range a.design.Rows {
		cell := cells.of(int(row))
		if cell < 0 || a.design.Weight[i] == 0 {
			continue
		}
		if k := f.groupOf(int(row)); k >= 0 {
			if v, is := f.amountOf(k, int(row)); is {
				of[cell][k].add(v)
			}
		}
	}
	return made
}

// sharedAmounts are those of the groups of a figure.
type sharedAmounts []sharedAmount

// A sharedAmount is how many respondents have each amount, until there are so many
// amounts that no policy's bound asks who shares one.
type sharedAmount struct {
	of   map[float64]int
	many bool
}

func (s *sharedAmount) add(amount float64) {
	switch {
	case s.many:
		return
	case s.of == nil:
		s.of = map[float64]int{}
	}
	s.of[amount]++
	if s.many = len(s.of) > indicator.MostSides; s.many {
		s.of = nil
	}
}

// alike says that all of a group have one amount.
func (s sharedAmounts) alike() bool {
	return slices.ContainsFunc(s, func(g sharedAmount) bool { return len(g.of) == 1 })
}

// into gives an estimate what the amounts of its groups say, beside the values that there
// are of all of its item.
func (s sharedAmounts) into(e *indicator.Estimate, values []float64) {
	sum := e.Statistic != indicator.Ratio
	for k := range s {
		n, most, rarest := 0, 0, 0
		for _, times := range s[k].of {
			n, most = n+times, max(most, times)
			if rarest == 0 || times < rarest {
				rarest = times
			}
		}
		if sum && len(values) == 2 && k < len(e.Groups) {
			e.Groups[k].Yes = s[k].of[max(values[0], values[1])]
		}
		unlike := n - most
		switch {
		case n == 0:
			continue
		case unlike == 0:
			e.Alike = e.Alike || len(values) > 1
			if e.Statistic != indicator.Ratio {
				continue
			}
			unlike = n
		case sum && len(s[k].of) <= solvedValues:
			unlike = rarest
		}
		if e.Unlike == 0 || unlike < e.Unlike {
			e.Unlike = unlike
		}
	}
}

// solvedValues is of how many values the number of respondents is told by the base, the
// sum and its error, which is of the squares.
const solvedValues = 3
