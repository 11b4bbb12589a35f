package tally

import (
	"encoding/json"
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

// like says whether a plan asks for what another one does, whatever it takes off
// values and whatever pairs it compares, which are not counted.
func (p *Plan) like(other *Plan) bool {
	bare := func(p *Plan) string {
		made := Plan{Items: slices.Clone(p.Items)}
		for _, d := range p.Domains {
			d.Pairs = nil
			made.Domains = append(made.Domains, d)
		}
		for i := range made.Items {
			made.Items[i].Groups = slices.Clone(made.Items[i].Groups)
			for k := range made.Items[i].Groups {
				g := &made.Items[i].Groups[k]
				g.X.Less, g.Y.Less = 0, 0
			}
		}
		text, err := json.Marshal(made)
		if err != nil {
			panic("tally: " + err.Error())
		}
		return string(text)
	}
	return bare(p) == bare(other)
}

// Find is the place of a plan among the part's, or -1.
func (p *Part) Find(of *Plan) int {
	return slices.IndexFunc(p.Head.Plans, func(planned Planned) bool { return planned.like(of) })
}

// Settle gives a plan the numbers that are taken off values as the part has them.
func (p *Part) Settle(of *Plan) {
	from := &p.Head.Plans[p.Find(of)]
	for i, item := range from.Items {
		for k, g := range item.Groups {
			to := &of.Items[i].Groups[k]
			to.X.Less, to.Y.Less = g.X.Less, g.Y.Less
		}
	}
}

// Units are those of the part for a plan.
func (p *Part) Units(of *Plan) Units { return p.Head.units(p.Find(of)) }

// Home is the label of the stratum that one is counted in.
func (p *Part) Home(own string) string {
	if home, is := p.Collapse[own]; is {
		return home
	}
	return own
}

// tally is the part's of a plan, with the pairs that the plan compares.
func (p *Part) tally(of *Plan) *Tally {
	n := p.Find(of)
	l := newLayout(of, p.layouts[n].categories)
	t := &Tally{Units: p.Head.units(n), layout: l, mode: p.Head.mode()}
	for _, d := range p.Drawn {
		if d.Of[drawnPSUs] == (Wide{}) {
			continue
		}
		t.units = append(t.units, unit{stratum: p.Home(d.Stratum), own: d.Stratum, psu: d.PSU, drawn: int64(d.Of[drawnPSUs].Lo), cells: map[int32]*sums{}})
	}
	slices.SortFunc(t.units, compare)
	for _, line := range p.Cells {
		if line.Plan != n || line.Cell == outside {
			continue
		}
		at, found := slices.BinarySearchFunc(t.units, unit{stratum: p.Home(line.Stratum), own: line.Stratum, psu: line.PSU}, compare)
		if !found {
			panic(fmt.Sprintf("tally: PSU %q of stratum %q was not drawn", line.PSU, line.Stratum))
		}
		t.units[at].cells[int32(l.domains[line.Domain].first+line.Cell)] = sumsOf(l, t.mode, line.Of)
	}
	return t
}

// Count makes of the part what Sample.Count makes of the rows. Strata are numbered in
// the order of their labels.
func (p *Part) Count(of *Plan, u Units, _ int, each func(*Stratum)) *Counts {
	if p.Head.Level != OfStrata {
		return p.tally(of).Count(each)
	}
	n := p.Find(of)
	l := newLayout(of, p.layouts[n].categories)
	counts := newCounts(l, u)
	r := newReduction(counts, byRow, 0, l.cells, each) // which has no lanes
	homes := map[string][]*Line{}
	for i := range p.Cells {
		if line := &p.Cells[i]; line.Plan == n && line.Cell != outside {
			homes[p.Home(line.Stratum)] = append(homes[p.Home(line.Stratum)], line)
		}
	}
	for h, home := range p.Strata() {
		for _, line := range homes[home] {
			r.addOverPSUs(int32(l.domains[line.Domain].first+line.Cell), line.Of)
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
