package tally

import (
	"fmt"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
)

// A Source is counted by a plan: a Sample of rows, or a Part that was counted
// before.
type Source interface {
	Bounds(*Plan) Bounds
	Count(p *Plan, u Units, threads int, each func(*Stratum)) *Counts
}

// bare is what a domain is counted by: not the pairs that are compared.
func (d Domain) bare() string {
	d.Pairs = nil
	return digestOf(d)
}

// A found plan is one of the part's that has the domains and items of another, and where.
type foundPlan struct {
	plan           int
	domains, items []int
}

// find finds a plan of the part that has all that another one asks for.
func (p *Part) find(of *Plan) (foundPlan, bool) {
	for n := range p.Head.Plans {
		made := foundPlan{plan: n}
		has := &p.Head.Plans[n].Plan
		for _, d := range of.Domains {
			made.domains = append(made.domains, slices.IndexFunc(has.Domains, func(other Domain) bool { return other.bare() == d.bare() }))
		}
		for _, i := range of.Items {
			made.items = append(made.items, slices.IndexFunc(has.Items, func(other Item) bool { return digestOf(other) == digestOf(i) }))
		}
		if !slices.Contains(made.domains, -1) && !slices.Contains(made.items, -1) {
			return made, true
		}
	}
	return foundPlan{}, false
}

// Has says whether the part counts all that a plan asks for.
func (p *Part) Has(of *Plan) bool {
	_, has := p.find(of)
	return has
}

// Units are those of the part for a plan.
func (p *Part) Units(of *Plan) Units {
	at, _ := p.find(of)
	l := newLayout(of, p.layouts[at.plan].categories)
	u := Units{K: p.Head.K, Amounts: make([]int, len(l.amounts))}
	places := p.places(at, l)
	columns := p.Head.cellColumns(l)
	first := slices.IndexFunc(p.Head.cellColumns(p.layouts[at.plan]), func(c column) bool { return c.name == "amount" })
	next := 0
	for i, c := range columns {
		if c.name == "amount" {
			u.Amounts[next] = p.Head.Plans[at.plan].Amounts[places[i]-first]
			next++
		}
	}
	return u
}

// places are of each column of a plan's cells its place among those of the part's plan.
func (p *Part) places(at foundPlan, l *layout) []int {
	type key struct {
		item int
		what string
	}
	place := map[key]int{}
	for i, c := range p.Head.cellColumns(p.layouts[at.plan]) {
		place[key{c.item, c.what}] = i
	}
	var made []int
	for _, c := range p.Head.cellColumns(l) {
		item := c.item
		if item >= 0 {
			item = at.items[item]
		}
		made = append(made, place[key{item, c.what}])
	}
	return made
}

// each visits the cells that a plan asks for, by their number in its layout, with its columns.
func (p *Part) each(of *Plan, l *layout, visit func(cell int32, line *Line, numbers []Wide)) {
	at, _ := p.find(of)
	places := p.places(at, l)
	for i := range p.Cells {
		line := &p.Cells[i]
		if line.Plan != at.plan || line.Cell == outside {
			continue
		}
		for d, from := range at.domains {
			if from != line.Domain {
				continue
			}
			numbers := make([]Wide, len(places))
			for k, place := range places {
				numbers[k] = line.Of[place]
			}
			visit(int32(l.domains[d].first+line.Cell), line, numbers)
		}
	}
}

// layoutOf lays out a plan that the part counts.
func (p *Part) layoutOf(of *Plan) *layout { return newLayout(of, p.layouts[0].categories) }

// Home is the label of the stratum that one is counted in.
func (p *Part) Home(own string) string {
	if home, is := p.Collapse[own]; is {
		return home
	}
	return own
}

// tally is the part's of a plan, with the pairs that the plan compares.
func (p *Part) tally(of *Plan, u Units) *Tally {
	l := p.layoutOf(of)
	t := &Tally{Units: u, layout: l, mode: p.Head.mode()}
	for _, d := range p.Drawn {
		if d.Of[drawnPSUs] == (Wide{}) {
			continue
		}
		t.units = append(t.units, unit{stratum: p.Home(d.Stratum), own: d.Stratum, psu: d.PSU, drawn: int64(d.Of[drawnPSUs].Lo), cells: map[int32]*sums{}})
	}
	slices.SortFunc(t.units, compare)
	p.each(of, l, func(cell int32, line *Line, numbers []Wide) {
		at, found := slices.BinarySearchFunc(t.units, unit{stratum: p.Home(line.Stratum), own: line.Stratum, psu: line.PSU}, compare)
		if !found {
			panic(fmt.Sprintf("tally: PSU %q of stratum %q was not drawn", line.PSU, line.Stratum))
		}
		t.units[at].cells[cell] = sumsOf(l, t.mode, numbers)
	})
	return t
}

// Count makes of the part what Sample.Count makes of the rows. Strata are numbered in
// the order of their labels.
func (p *Part) Count(of *Plan, u Units, _ int, each func(*Stratum)) *Counts {
	if p.Head.Level != OfStrata {
		return p.tally(of, u).Count(each)
	}
	l := p.layoutOf(of)
	counts := newCounts(l, u)
	r := newReduction(counts, byRow, 0, l.cells, each) // which has no lanes
	type own struct {
		cell    int32
		numbers []Wide
	}
	homes := map[string][]own{}
	p.each(of, l, func(cell int32, line *Line, numbers []Wide) {
		home := p.Home(line.Stratum)
		homes[home] = append(homes[home], own{cell, numbers})
	})
	for h, home := range p.Strata() {
		for _, of := range homes[home] {
			r.addOverPSUs(of.cell, of.numbers)
		}
		r.endStratum(end{stratum: int32(h)}, true)
	}
	return counts
}

// addOverPSUs adds what a stratum's PSUs have of a cell.
func (r *reduction) addOverPSUs(cell int32, from []Wide) {
	l, s, whole := r.layout, &r.s, r.counts
	next := func() Wide {
		x := from[0]
		from = from[1:]
		return x
	}
	at, global := int(cell)-s.first, int(cell)
	s.meet(cell)
	whole.rows[global] += int64(next().Lo)
	for b := range l.bases {
		whole.bases[global*len(l.bases)+b].rows += int64(next().Lo)
		s.bases[at*len(l.bases)+b] += int32(next().Lo)
	}
	moments := s.moments[at*l.moments : (at+1)*l.moments]
	for i := range l.items {
		of := &l.items[i]
		s.answers[at*len(l.items)+i] += int32(next().Lo)
		for k := range of.groups {
			g := of.group + k
			rows := &whole.sides[global*len(l.groups)+g]
			rows.answers += int64(next().Lo)
			rows.yes += int64(next().Lo)
			x, y := next(), next()
			if l.groups[g].x >= 0 {
				whole.weights[global*len(l.groups)+g].AddWide(x)
			} else {
				moments[of.moments+2*k].AddWide(x)
			}
			if l.groups[g].y < 0 {
				moments[of.moments+2*k+1].AddWide(y)
			}
		}
		n := 2 * of.groups
		for k := range n * (n + 1) / 2 {
			moments[of.products+k].AddWide(next())
		}
	}
	amounts := from[:len(l.amounts)]
	for _, a := range l.products { // the others are in the moments
		whole.amounts[global*len(l.amounts)+a].AddWide(amounts[a])
	}
	for i := range l.items {
		of := &l.items[i]
		for k := range of.groups {
			g := &l.groups[of.group+k]
			if g.x >= 0 {
				moments[of.moments+2*k].AddWide(amounts[g.x])
			}
			if g.y >= 0 {
				moments[of.moments+2*k+1].AddWide(amounts[g.y])
			}
		}
	}
	from = from[len(l.amounts):]
	largest := make([]int64, len(l.largest))
	for k := range largest {
		largest[k] = int64(next().Lo)
	}
	whole.larger(cell, largest)
}

// Strata are the labels of the strata that PSUs or respondents were drawn in, in order.
func (p *Part) Strata() []string {
	var labels []string
	for _, d := range p.Drawn {
		if d.Of[drawnPSUs] != (Wide{}) {
			labels = append(labels, p.Home(d.Stratum))
		}
	}
	slices.Sort(labels)
	return slices.Compact(labels)
}

// Bounds are those of the part: what its units have room for is known.
func (p *Part) Bounds(*Plan) Bounds { return Bounds{} }

// Met is of each stratum, in order, how many PSUs have somebody for whom a domain
// without a breakdown and a base hold. It is nil where the part does not know.
func (p *Part) Met(where, base []codebook.Condition) []int {
	for n := range p.Head.Plans {
		of := &p.Head.Plans[n].Plan
		for d, domain := range of.Domains {
			if domain.By != nil || !alike(domain.Where, where) {
				continue
			}
			for i, item := range of.Items {
				if !alike(item.Base, base) {
					continue
				}
				met := []int{}
				first := int32(p.layouts[n].domains[d].first)
				p.Count(of, p.Head.units(n), 1, func(s *Stratum) {
					for len(met) < int(s.Number)+1 {
						met = append(met, 0)
					}
					if slices.Contains(s.Cells, first) {
						met[s.Number] = s.InBase(first, i)
					}
				})
				return append(met, make([]int, len(p.Strata())-len(met))...)
			}
		}
	}
	return nil
}

// First is the first cell of a breakdown that somebody is in, 0 where nobody is in any.
func (p *Part) First(where []codebook.Condition, by []string) int {
	first := -1
	for _, l := range p.Cells {
		of := &p.Head.Plans[l.Plan].Domains[l.Domain]
		if l.Cell != outside && (first < 0 || l.Cell < first) && slices.Equal(of.By, by) && alike(of.Where, where) {
			first = l.Cell
		}
	}
	return max(first, 0)
}

// alike says whether two lists of conditions are alike.
func alike(a, b []codebook.Condition) bool {
	return slices.EqualFunc(a, b, func(a, b codebook.Condition) bool { return digestOf(a) == digestOf(b) })
}

// Counted is what was drawn, and how the sample was read.
func (p *Part) Counted() (drawn []design.Counted, facts design.Facts) {
	for _, l := range p.Drawn {
		of := func(column int) int { return int(l.Of[column].Lo) }
		facts.Sample += of(drawnRows)
		facts.WithoutWeight += of(drawnWithout)
		facts.ZeroWeight += of(drawnZero)
		facts.Respondents += of(drawnRespondents)
		if of(drawnPSUs) > 0 {
			drawn = append(drawn, design.Counted{Stratum: l.Stratum, PSU: l.PSU, Clusters: of(drawnPSUs), Met: of(drawnMet), Weight: l.Of[drawnWeight].Value(p.Head.K)})
		}
	}
	return drawn, facts
}

// Unknown is how many of them a missing value leaves open.
func (p *Part) Unknown() int {
	n := 0
	for _, l := range p.Drawn {
		n += int(l.Of[drawnOpen].Lo)
	}
	return n
}

// Short says what all parts together have other than was expected, "" for nothing.
func (p *Part) Short() string {
	if p.Head.Expected == nil {
		return ""
	}
	found := Expected{}
	var weight Wide
	for _, l := range p.Drawn {
		found.Rows += int64(l.Of[drawnRows].Lo)
		weight.AddWide(l.Of[drawnWeight])
	}
	found.Weight = weight.String()
	if found == *p.Head.Expected {
		return ""
	}
	return fmt.Sprintf("%d rows whose weights are %s units, want %d and %s", found.Rows, found.Weight, p.Head.Expected.Rows, p.Head.Expected.Weight)
}

// Outside is how many respondents a plan's first domain leaves.
func (p *Part) Outside() int {
	n := 0
	for _, l := range p.Cells {
		if l.Plan == 0 && l.Domain == 0 && l.Cell == outside {
			n += int(l.Of[0].Lo)
		}
	}
	return n
}
