package tally

import (
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/table"
)

// Part counts a sample by a head: of each plan every PSU, or every stratum where
// respondents were drawn themselves or the head wants strata. Source is what its
// design was made of.
func (s *Sample) Part(h Head, source *design.Source) *Part {
	p := &Part{Head: h}
	ofStrata := h.Level == OfStrata
	if ofStrata {
		p.Head.Level = OfPSUs
	}
	p.layouts = p.Head.layoutsOf()
	p.Drawn = p.Head.drawnOf(source, s.open(p.Head.Population()))
	for n := range h.Plans {
		t := s.Tally(&p.Head.Plans[n].Plan, p.Head.units(n), "")
		p.Cells = append(p.Cells, t.lines(n)...)
	}
	if err := p.settle(); err != nil {
		panic("tally: " + err.Error())
	}
	p.leave()
	if ofStrata {
		p.toStrata()
	}
	return p
}

// lines are a tally's, of a plan.
func (t *Tally) lines(plan int) []Line {
	l := t.layout
	var made []Line
	for _, u := range t.units {
		for cell, of := range u.cells {
			domain, _ := slices.BinarySearchFunc(l.domains, int(cell), func(d domain, cell int) int {
				switch {
				case cell < d.first:
					return 1
				case cell >= d.first+d.size:
					return -1
				}
				return 0
			})
			made = append(made, Line{Plan: plan, Domain: domain, Cell: int(cell) - l.domains[domain].first, Stratum: u.own, PSU: u.psu, Of: t.numbers(of)})
		}
	}
	return made
}

// numbers are the columns of a cell's sums.
func (t *Tally) numbers(of *sums) []Wide {
	l := t.layout
	made := []Wide{number(of.rows)}
	for _, n := range of.bases {
		made = append(made, number(n))
	}
	for g := range l.groups {
		made = append(made, number(of.answers[g]), number(of.yes[g]), of.in[g], of.counted[g])
		if t.mode == byRow {
			made = append(made, of.inSquares[g], of.countedSquares[g])
		}
	}
	made = append(made, of.amounts...)
	for _, n := range of.largest {
		made = append(made, number(n))
	}
	return append(made, of.squares...)
}

// sumsOf are the sums that columns hold.
func sumsOf(l *layout, mode int, from []Wide) *sums {
	s := newSums(l, mode)
	next := func() Wide {
		x := from[0]
		from = from[1:]
		return x
	}
	s.rows = int64(next().Lo)
	for b := range s.bases {
		s.bases[b] = int64(next().Lo)
	}
	for g := range l.groups {
		s.answers[g], s.yes[g], s.in[g], s.counted[g] = int64(next().Lo), int64(next().Lo), next(), next()
		if mode == byRow {
			s.inSquares[g], s.countedSquares[g] = next(), next()
		}
	}
	for a := range s.amounts {
		s.amounts[a] = next()
	}
	for k := range s.largest {
		s.largest[k] = int64(next().Lo)
	}
	for i := range s.squares {
		s.squares[i] = next()
	}
	return s
}

// number is a whole number that is not negative.
func number(n int64) Wide { return Wide{uint64(n), 0} }

// Population are the conditions of those whom the first breakdown is of.
func (h *Head) Population() []codebook.Condition {
	if len(h.Plans) == 0 || len(h.Plans[0].Domains) == 0 {
		return nil
	}
	return h.Plans[0].Domains[0].Where
}

// open says of a row whether a missing value leaves open that conditions hold: none fails.
func (s *Sample) open(where []codebook.Condition) func(row int) bool {
	columns, holds := make([]*table.Column, len(where)), make([]func(row int) bool, len(where))
	for i, w := range where {
		columns[i] = s.table.Column(w.Variable)
		holds[i] = columns[i].Holds(w)
	}
	return func(row int) bool {
		missing := false
		for i, c := range columns {
			switch {
			case holds[i](row):
			case c.Missing(row) == codebook.Present:
				return false
			default:
				missing = true
			}
		}
		return missing
	}
}

// Expect is what all rows of a source have.
func (h *Head) Expect(source *design.Source) *Expected {
	of, weight := &Expected{}, Wide{}
	for _, l := range h.drawnOf(source, func(int) bool { return false }) {
		of.Rows += int64(l.Of[drawnRows].Lo)
		weight.AddWide(l.Of[drawnWeight])
	}
	of.Weight = weight.String()
	return of
}

// drawnOf are the lines of what was drawn, as the rows of a source have it, of which
// some are left open.
func (h *Head) drawnOf(source *design.Source, open func(row int) bool) []Line {
	type place struct{ stratum, psu string }
	at := map[place]*Line{}
	unit := math.Ldexp(1, h.K)
	for row, w := range source.Weight {
		if source.In != nil && !source.In[row] {
			continue
		}
		of := place{stratum: source.Stratum.Label(row)}
		if h.Level == OfPSUs {
			of.psu = source.PSU.Label(row)
		}
		l := at[of]
		if l == nil {
			l = &Line{Stratum: of.stratum, PSU: of.psu, Of: make([]Wide, len(h.drawnColumns()))}
			at[of] = l
		}
		l.Of[drawnRows].Add(1)
		switch {
		case math.IsNaN(w):
			l.Of[drawnWithout].Add(1)
			continue
		case w == 0:
			l.Of[drawnZero].Add(1)
		default:
			x := whole(w, unit)
			l.Of[drawnRespondents].Add(1)
			if open(row) {
				l.Of[drawnOpen].Add(1)
			}
			if l.Of[drawnMet].Add(1); h.Level == OfPSUs {
				l.Of[drawnMet] = number(1)
			}
			l.Of[drawnWeight].Add(x)
			if l.Of[drawnMost].less(number(x)) {
				l.Of[drawnMost] = number(x)
			}
		}
		switch {
		case source.Stratum != nil && of.stratum == "" || h.Level == OfPSUs && of.psu == "": // which was drawn nobody knows where
		case h.Level == OfPSUs:
			l.Of[drawnPSUs] = number(1)
		default:
			l.Of[drawnPSUs].Add(1)
		}
	}
	var made []Line
	for _, l := range at {
		switch h.Level {
		case OfPSUs:
			l.Of[drawnLargest] = l.Of[drawnRespondents]
		default:
			l.Of[drawnLargest] = number(1)
		}
		made = append(made, *l)
	}
	return made
}

// leave adds the lines of those whom domains leave: the respondents of each place, less
// those in the domain's cells.
func (p *Part) leave() {
	type place struct {
		plan, domain int
		stratum, psu string
	}
	in := map[place]Wide{}
	for _, l := range p.Cells {
		at := place{l.Plan, l.Domain, l.Stratum, l.PSU}
		rows := in[at]
		rows.AddWide(l.Of[0])
		in[at] = rows
	}
	for _, d := range p.Drawn {
		for plan := range p.Head.Plans {
			for domain := range p.Head.Plans[plan].Domains {
				left := d.Of[drawnRespondents].Less(in[place{plan, domain, d.Stratum, d.PSU}])
				if left != (Wide{}) {
					p.Cells = append(p.Cells, Line{Plan: plan, Domain: domain, Cell: outside, Stratum: d.Stratum, PSU: d.PSU, Of: []Wide{left}})
				}
			}
		}
	}
	if err := p.settle(); err != nil {
		panic("tally: " + err.Error())
	}
}

// toStrata makes of a part by PSU one of sums over each stratum's PSUs.
func (p *Part) toStrata() {
	p.Head.Level = OfStrata
	for i := range p.Drawn {
		p.Drawn[i].PSU = ""
	}
	p.Drawn = p.gathered(p.Drawn, false)
	for i := range p.Cells {
		of := &p.Cells[i]
		if of.PSU = ""; of.Cell != outside {
			of.Of = overPSUs(p.layouts[of.Plan], of.Of)
		}
	}
	p.Cells = p.gathered(p.Cells, true)
}

// overPSUs are the columns of a stratum that has one PSU with these.
func overPSUs(l *layout, from []Wide) []Wide {
	s := sumsOf(l, byCluster, from)
	made := []Wide{number(s.rows)}
	some := func(n int64) Wide { return number(min(n, 1)) }
	for _, n := range s.bases {
		made = append(made, number(n), some(n))
	}
	for i := range l.items {
		of := &l.items[i]
		answers := int64(0)
		var totals []int64
		for k := range of.groups {
			answers += s.answers[of.group+k]
			x, y := s.of(l, of.group+k)
			totals = append(totals, int64(x.Lo), int64(y.Lo))
		}
		made = append(made, some(answers))
		for k := range of.groups {
			g := of.group + k
			made = append(made, number(s.answers[g]), number(s.yes[g]), s.in[g], s.counted[g])
		}
		for a, x := range totals {
			for _, y := range totals[a:] {
				var product Wide
				product.AddProduct(x, y)
				made = append(made, product)
			}
		}
	}
	made = append(made, s.amounts...)
	for _, n := range s.largest {
		made = append(made, number(n))
	}
	return made
}
