package estimate

import (
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/table"
)

// Heaviest finds behind each figure of definitions what share of it the few respondents have
// who have most, up to so many of them (indicator.Estimate): of the weights of a group, which
// an expression, known totals or a standard may give to a few; of what is added up, which an
// expression may make large for them; and, of how far that is from its median, so that nothing
// added to all hides it, how much more they have than all others. Of definitions that add nothing up and take the weights as they are
// it does so where those are somebody's choice.
func (r *Result) Heaviest(book *codebook.Codebook, definitions []*indicator.Definition, w *indicator.Wave, upTo int, chosen bool) {
	for place, d := range definitions {
		if upTo < 1 || !chosen && !d.Statistic.Row().Number && d.Standardise == nil {
			continue
		}
		at := map[indicator.Key]*indicator.Estimate{}
		for i := range r.Estimates[place] {
			e := &r.Estimates[place][i]
			at[e.Key] = e
		}
		requests, _ := requestsOf(book, d, w)
		for i := range requests {
			a := &requests[i]
			for category, shares := range newForm(d, a.item, w.Table).heaviest(a, w.Table, upTo) {
				a.key.Category = category
				if e := at[a.key]; e != nil {
					e.Heaviest = shares
				}
			}
		}
	}
}

// heaviest are the shares of those who have most in each category.
func (f form) heaviest(a *request, t *table.Table, upTo int) map[string][]float64 {
	member := t.All(a.population.Where)
	cells := cross(t, a.by, func(row int) bool { return member(row) && f.within(row) })
	groups := len(f.groups)
	p, part := domainPart{design: a.design, in: make([]bool, len(a.design.Rows))}, make([]int32, len(a.design.Rows))
	of := make([][]int32, len(cells.codes)*groups) // the respondents of each category and group
	for i, row := range a.design.Rows {
		cell := cells.of(int(row))
		if cell < 0 {
			continue
		}
		if k := f.groupOf(int(row)); k >= 0 {
			p.in[i], part[i] = true, int32(cell)
			if a.design.Weight[i] != 0 {
				of[cell*groups+k] = append(of[cell*groups+k], int32(i))
			}
		}
	}
	if f.standard != nil {
		p.design = Standardise(a.design, f.standard.to(a.design.Rows, f.measured(p), part, len(cells.codes)))
	}
	made := map[string][]float64{}
	for i, respondents := range of {
		code := cells.codes[i/groups]
		made[code] = eitherOf(made[code], f.leading(i%groups, p.design.Rows, respondents, p.design.Weight, upTo))
	}
	return made
}

// leading are the largest shares of those who have most in any sum that a figure of some
// respondents of a group is made of.
func (f form) leading(group int, rows, respondents []int32, weight []float64, upTo int) []float64 {
	g, statistic := &f.groups[group], f.definition.Statistic
	n := len(respondents)
	x, y, each := make([]float64, n), make([]float64, n), make([]float64, 0, n)
	for k, i := range respondents {
		row := int(rows[i])
		if x[k] = weight[i]; f.quantileOf != nil {
			continue
		}
		of := g.x(row)
		x[k], y[k] = float64(weight[i]*of), float64(weight[i]*(g.y(row)+float64(f.centre*of)))
		if weight[i] != 0 && of != 0 {
			each = append(each, y[k]/x[k])
		}
	}
	made := leading(x, upTo)
	if !statistic.Row().Number || f.quantileOf != nil || !several(each) {
		return made
	}
	made = eitherOf(made, leading(y, upTo))
	slices.Sort(each)
	for k := range y {
		y[k] -= float64(x[k] * each[(len(each)-1)/2])
	}
	far := leading(y, upTo)
	for i, share := range far {
		far[i] = share - (1 - share)
	}
	return eitherOf(made, far)
}

// several says that there are more values than those of which the numbers of respondents who
// have each are counted (Result.Unlike).
func several(values []float64) bool {
	var met []float64
	for _, v := range values {
		if !slices.Contains(met, v) {
			if met = append(met, v); len(met) > solvedValues {
				return true
			}
		}
	}
	return false
}

// leading are the shares that the 1, 2, ... largest have of the sum of sizes, up to so many.
func leading(xs []float64, upTo int) []float64 {
	sizes := make([]float64, len(xs))
	for i, x := range xs {
		sizes[i] = -math.Abs(x)
	}
	slices.Sort(sizes)
	sum, all := 0.0, total(sizes)
	if all == 0 {
		return nil
	}
	made := make([]float64, min(upTo, len(sizes)))
	for i := range made {
		sum += sizes[i]
		made[i] = sum / all
	}
	return made
}

// eitherOf are the larger of the shares of two sums.
func eitherOf(a, b []float64) []float64 {
	if len(a) < len(b) {
		a, b = b, a
	}
	for i, x := range b {
		a[i] = max(a[i], x)
	}
	return a
}
