package estimate

import (
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
)

// A Decomposition is the change of an item's figure from one wave to another, among
// those whose category of a breakdown is known, divided into what their figures
// changed and what their shares of the base did (Kitagawa 1955, Components of a
// difference between two rates, Journal of the American Statistical Association 50):
// with shares s and figures r of the categories and the figure R of all,
//
//	within  = sum of (s1 + s2)/2 * (r2 - r1)
//	between = sum of ((r1 + r2)/2 - (R1 + R2)/2) * (s2 - s1)
//
// which add up to R2 - R1. Taking the mean of R from the figures changes no sum, since
// shares add up to 1, and makes a category's part negative where one below the
// average grew. A category that one wave has nobody of has there the figure of the
// other, so that all of its part is between.
type Decomposition struct {
	Codes   []string             // of the categories that either wave has respondents in
	Groups  [2][]indicator.Group // of each wave and category
	Shares  [2][]float64         // likewise, of the base
	Rates   [2][]float64         // likewise, the figure; NaN of nobody
	Change  Part
	Within  Part
	Between Part
	Each    [][2]Part      // of each category, within and between
	DF      float64        // of the designs of both waves together
	Link    indicator.Link // of waves that share PSUs: how, and how many; else the zero Link
}

// A Part is a part of a change, with its standard error: NaN where the designs cannot
// give one, or the part does not vary.
type Part struct{ Value, SE float64 }

// Decomposes says whether figures of a statistic are averages of those of categories,
// weighted by their shares of a base.
func Decomposes(d *indicator.Definition) bool {
	return slices.Contains([]indicator.Statistic{indicator.Proportion, indicator.Mean, indicator.Ratio}, d.Statistic) && d.Standardise == nil
}

// Decompose divides the change of an item of a definition, which Decomposes, from one
// wave to another, of those who are in a population of each, by the categories of
// crossed variables that both waves have. The weights are those of the figure that is
// not broken down. Overlap is of waves that share PSUs, and else nil.
func Decompose(book *codebook.Codebook, d *indicator.Definition, item indicator.Item, by []string, waves [2]*indicator.Wave, populations [2]codebook.Population, overlap *Overlap) *Decomposition {
	codes := crossed(waves[0].Table, by)
	var sides [2]*side
	for i, w := range waves {
		sides[i] = newSide(w.Design(d.Weight(book, w.Crosswalk, nil)), d, item, by, w, populations[i], codes)
	}
	for _, s := range sides {
		s.keep(func(g int) bool { return sides[0].groups[g].Answered+sides[1].groups[g].Answered > 0 })
	}
	made := &Decomposition{DF: float64(sides[0].design.DF() + sides[1].design.DF())}
	for g, code := range codes {
		if sides[0].groups[g].Answered+sides[1].groups[g].Answered > 0 {
			made.Codes = append(made.Codes, code)
			for i, s := range sides {
				made.Groups[i] = append(made.Groups[i], s.groups[g])
			}
		}
	}
	both := [2]mix{sides[0].mix(sides[0].design.Weight), sides[1].mix(sides[1].design.Weight)}
	for i := range both {
		made.Shares[i], made.Rates[i] = both[i].share, both[i].rate
	}
	parts := partsOf(both)
	errors := make([]float64, len(parts))
	made.errors(sides, both, overlap, errors)
	of := func(j int) Part { return Part{parts[j], errors[j]} }
	made.Change, made.Within, made.Between = of(0), of(1), of(2)
	for g := range made.Codes {
		made.Each = append(made.Each, [2]Part{of(3 + 2*g), of(4 + 2*g)})
	}
	return made
}

// errors are the standard errors of the parts: of each wave's totals, the other's held
// still, together; of waves that share PSUs by how these are linked.
func (m *Decomposition) errors(sides [2]*side, both [2]mix, overlap *Overlap, errors []float64) {
	var found [2]*Estimates
	var halves [2]half
	for i, s := range sides {
		halves[i] = half{s, both, i}
		found[i] = Of(s.design, halves[i])
	}
	var linked func(j int) float64
	if overlap != nil {
		linked = overlap.linked(m, halves, found)
	}
	for j := range errors {
		variance := 0.0
		for i, e := range found {
			se := e.SE(j)
			_, effect := DesignEffect(sides[i].design, halves[i], e, j)
			if factored, _ := byFactor(sides[i].design, se, effect); sides[i].design.Error == design.ByFactor {
				se = factored
			}
			variance += float64(se * se)
		}
		if linked != nil {
			variance = linked(j)
		}
		if errors[j] = math.Sqrt(max(variance, 0)); !(errors[j] > 0) {
			errors[j] = math.NaN()
		}
	}
}

// linked is the variance of the parts of waves that share PSUs, by the linearised
// totals of these: that of pooled PSUs, or of each wave by itself and Berger and Priam's
// correlation of both.
func (o *Overlap) linked(m *Decomposition, halves [2]half, found [2]*Estimates) func(j int) float64 {
	stack := o.stacks[[2]*design.Design{halves[0].side.design, halves[1].side.design}]
	m.Link = indicator.Link{Method: o.to.Crosswalk.Design.Overlap[o.from.Crosswalk.ID()], Linked: stack.Linked, DF: stack.Freedom}
	m.DF = stack.Freedom
	met := make([]bool, stack.Design.Clusters)
	var influence [2][][]float64
	for i, h := range halves {
		d := h.side.design
		influence[i] = h.Influence(d.Weight, nil)
		for row, c := range d.Cluster {
			met[stack.Of[i][c]] = met[stack.Of[i][c]] || h.side.in[row]
		}
	}
	return func(j int) float64 {
		var totals [2][]float64
		for i, h := range halves {
			d := h.side.design
			totals[i] = make([]float64, stack.Design.Clusters)
			for row, c := range d.Cluster {
				totals[i][stack.Of[i][c]] += float64(influence[i][j][row] * d.Weight[row])
			}
		}
		if m.Link.Method == codebook.OverlapPooled {
			cov := pooled(stack.Design, totals, met)
			if j == 0 { // in a change the earlier figure is taken off
				m.Link.Correlation = -cov[0][1] / math.Sqrt(float64(cov[0][0]*cov[1][1]))
			}
			return cov[0][0] + cov[1][1] + float64(2*cov[0][1])
		}
		a, b := found[0].SE(j), found[1].SE(j)
		if a == 0 || b == 0 {
			return float64(a*a) + float64(b*b)
		}
		correlation := rotation(stack.Design.Stratum, totals, stack.Has)
		if j == 0 {
			m.Link.Correlation = -correlation
		}
		return float64(a*a) + float64(b*b) + float64(2*correlation*float64(a*b))
	}
}

// A side is one wave's respondents as they count in a decomposition.
type side struct {
	design *design.Design
	in     []bool    // of each respondent, whether the base is of them and their category is known
	group  []int32   // the place of that category
	x, y   []float64 // what is summed over each category: the figure is Y over X
	centre float64   // that was taken off each Y for every X
	groups []indicator.Group
	kept   int // categories that either wave has respondents in
}

func newSide(d *design.Design, of *indicator.Definition, item indicator.Item, by []string, w *indicator.Wave, population codebook.Population, codes []string) *side {
	n := len(d.Rows)
	s := &side{design: d, in: make([]bool, n), group: make([]int32, n), x: make([]float64, n), y: make([]float64, n), groups: make([]indicator.Group, len(codes))}
	f := newForm(of, item, w.Table)
	s.centre = f.centre
	member := w.Table.All(population.Where)
	cells := cross(w.Table, by, func(row int) bool { return member(row) && f.within(row) })
	for g := range s.groups {
		if !f.groups[0].sides {
			s.groups[g].Yes = -1
		}
	}
	amounts := make([]float64, 2)
	for i, row := range d.Rows {
		g := cells.of(int(row))
		if g < 0 || d.Weight[i] == 0 || !f.of(int(row), amounts) {
			continue
		}
		s.in[i], s.group[i], s.x[i], s.y[i] = true, int32(g), amounts[0], amounts[1]
		if s.groups[g].Answered++; f.groups[0].sides && amounts[1] != 0 {
			s.groups[g].Yes++
		}
	}
	return s
}

// keep numbers the categories that are kept anew, in their order.
func (s *side) keep(kept func(g int) bool) {
	place, n := make([]int32, len(s.groups)), int32(0)
	for g := range place {
		if kept(g) {
			place[g], n = n, n+1
		}
	}
	for i, in := range s.in {
		if in {
			s.group[i] = place[s.group[i]]
		}
	}
	s.kept = int(n)
}

// A mix is what a wave's base is made of.
type mix struct {
	x, share, rate []float64 // of each category; a rate is NaN where it has nobody
	whole, overall float64   // the sum of x, and the figure of all
	centre         float64
}

// mix is that under the weights of all respondents.
func (s *side) mix(weight []float64) mix {
	x, y := make([][]float64, s.kept), make([][]float64, s.kept)
	for i, in := range s.in {
		if in {
			g := s.group[i]
			x[g], y[g] = append(x[g], float64(weight[i]*s.x[i])), append(y[g], float64(weight[i]*s.y[i]))
		}
	}
	m := mix{x: make([]float64, s.kept), share: make([]float64, s.kept), rate: make([]float64, s.kept), centre: s.centre}
	sums := make([]float64, s.kept)
	for g := range x {
		m.x[g], sums[g] = total(x[g]), total(y[g])
	}
	m.whole = total(m.x)
	m.overall = total(sums)/m.whole + s.centre
	for g := range x {
		m.share[g], m.rate[g] = m.x[g]/m.whole, sums[g]/m.x[g]+s.centre
	}
	return m
}

// rates are those of a category in both waves, that of the other where one has nobody.
func rates(both [2]mix, g int) (first, second float64) {
	first, second = both[0].rate[g], both[1].rate[g]
	switch {
	case both[0].x[g] == 0:
		first = second
	case both[1].x[g] == 0:
		second = first
	}
	return first, second
}

// partsOf are the change, what of it is within and between categories, and of each
// category both.
func partsOf(both [2]mix) []float64 {
	a, b := both[0], both[1]
	var within, between []float64
	for g := range a.share {
		first, second := rates(both, g)
		within = append(within, float64((a.share[g]+b.share[g])/2*(second-first)))
		between = append(between, float64(((first+second)/2-(a.overall+b.overall)/2)*(b.share[g]-a.share[g])))
	}
	parts := []float64{b.overall - a.overall, total(within), total(between)}
	for g := range within {
		parts = append(parts, within[g], between[g])
	}
	return parts
}

// A half is the parts as a Statistic of one wave's respondents, the other wave held
// still.
type half struct {
	side *side
	both [2]mix
	own  int // which of the two
}

// Within implements Statistic.
func (h half) Within() []bool { return h.side.in }

// Values implements Statistic.
func (h half) Values(weight []float64) []float64 {
	h.both[h.own] = h.side.mix(weight)
	return partsOf(h.both)
}

// Influence implements Statistic: each part's gradient at the totals of the wave's
// categories, applied to what the respondent adds to these.
func (h half) Influence(weight, _ []float64) [][]float64 {
	h.both[h.own] = h.side.mix(weight)
	own, other := h.both[h.own], h.both[1-h.own]
	sign := float64(2*h.own - 1) // of the wave's own in a difference
	groups := len(own.share)
	u := make([][]float64, 3+2*groups)
	for j := range u {
		u[j] = make([]float64, len(weight))
	}
	mean := (own.overall + other.overall) / 2
	// Of each category: the slopes of its two parts by its own share, figure and by
	// the figure of all.
	type slope struct{ share, rate, overall float64 }
	slopes := make([][2]slope, groups)
	for g := range slopes {
		first, second := rates(h.both, g)
		step := h.both[1].share[g] - h.both[0].share[g]
		slopes[g] = [2]slope{
			{share: (second - first) / 2, rate: float64(sign*(own.share[g]+other.share[g])) / 2},
			{share: float64(sign * ((first+second)/2 - mean)), rate: step / 2, overall: -step / 2},
		}
		switch {
		case own.x[g] == 0:
			slopes[g][0].rate, slopes[g][1].rate = 0, 0
		case other.x[g] == 0: // whose figure is this one's
			slopes[g][0].rate, slopes[g][1].rate = 0, step
		}
	}
	// What one respondent of category k does to the share of g is x times
	// ((g = k) - share of g) / whole.
	var fixed [2]float64 // the sum over categories of share slope times share
	var overall [2]float64
	for g, of := range slopes {
		for part := range of {
			fixed[part] += float64(of[part].share * own.share[g])
			overall[part] += of[part].overall
		}
	}
	for i, in := range h.side.in {
		if !in {
			continue
		}
		k := int(h.side.group[i])
		x, y := h.side.x[i], h.side.y[i]
		all := (y - float64((own.overall-own.centre)*x)) / own.whole
		rate := (y - float64((own.rate[k]-own.centre)*x)) / own.x[k]
		u[0][i] = sign * all
		for part := range 2 {
			u[1+part][i] = float64(float64((slopes[k][part].share-fixed[part])*x)/own.whole) + float64(slopes[k][part].rate*rate) + float64(overall[part]*all)
			for g := range groups {
				d := float64(-slopes[g][part].share*own.share[g]*x)/own.whole + float64(slopes[g][part].overall*all)
				if g == k {
					d += float64(slopes[g][part].share*x)/own.whole + float64(slopes[g][part].rate*rate)
				}
				u[3+2*g+part][i] = d
			}
		}
	}
	return u
}
