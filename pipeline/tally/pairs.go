package tally

// A pair is two cells of a domain of which the products of totals are summed over
// clusters: what the covariance of their figures takes.
type pair struct{ a, b int32 }

// pairsOf numbers the pairs of the domains, in their order.
func (l *layout) pairsOf() {
	if len(l.plan.pairs()) == 0 {
		return
	}
	l.paired = make([]bool, l.cells)
	for i, d := range l.plan.Domains {
		first := int32(l.domains[i].first)
		for _, p := range d.Pairs {
			made := pair{first + int32(p[0]), first + int32(p[1])}
			l.pairs = append(l.pairs, made)
			l.paired[made.a], l.paired[made.b] = true, true
		}
	}
	for _, of := range l.items {
		l.pairItems = append(l.pairItems, l.pairSize)
		l.pairSize += 4 * of.groups * of.groups
	}
}

// pairs are those of all domains, in their order.
func (p *Plan) pairs() [][2]int {
	var pairs [][2]int
	for _, d := range p.Domains {
		pairs = append(pairs, d.Pairs...)
	}
	return pairs
}

// A pairing multiplies the totals that the cells of pairs have of a cluster.
type pairing struct {
	*layout
	first    int     // of the cells
	from, to int     // pairs of those cells
	totals   []int64 // [cell*sums+sum], of the cluster
	met      []bool  // [cell]: it has a respondent of the cluster
	cells    []int32 // that are met
	products []Wide  // [pair*pairSize+product], of the stratum
}

func newPairing(l *layout, first, cells int) *pairing {
	p := &pairing{layout: l, first: first}
	for p.from < len(l.pairs) && int(l.pairs[p.from].a) < first {
		p.from++
	}
	for p.to = p.from; p.to < len(l.pairs) && int(l.pairs[p.to].a) < first+cells; p.to++ {
	}
	if p.from == p.to {
		return nil
	}
	p.totals, p.met, p.products = make([]int64, cells*l.sums), make([]bool, cells), make([]Wide, (p.to-p.from)*l.pairSize)
	return p
}

// add notes a cell's totals of the cluster.
func (p *pairing) add(cell int32, t *totals) {
	if p == nil || !p.paired[cell] {
		return
	}
	at := int(cell) - p.first
	p.met[at], p.cells = true, append(p.cells, cell)
	for i := range p.items {
		of := &p.items[i]
		for k := range of.groups {
			x, y := t.of(&p.groups[of.group+k], of.group+k)
			p.totals[at*p.sums+of.sums+2*k], p.totals[at*p.sums+of.sums+2*k+1] = x, y
		}
	}
}

// endCluster adds the products of the cluster's totals, and forgets these.
func (p *pairing) endCluster() {
	if p == nil {
		return
	}
	for n, of := range p.pairs[p.from:p.to] {
		a, b := int(of.a)-p.first, int(of.b)-p.first
		if !p.met[a] || !p.met[b] {
			continue
		}
		one, two := p.totals[a*p.sums:(a+1)*p.sums], p.totals[b*p.sums:(b+1)*p.sums]
		products := p.products[n*p.pairSize : (n+1)*p.pairSize]
		next := 0
		for i := range p.items {
			item := &p.items[i]
			last := item.sums + 2*item.groups
			for _, x := range one[item.sums:last] {
				for _, y := range two[item.sums:last] {
					products[next].AddProduct(x, y)
					next++
				}
			}
		}
	}
	for _, cell := range p.cells {
		p.met[int(cell)-p.first] = false
	}
	p.cells = p.cells[:0]
}

// EachPair visits the pairs of which the stratum has both cells, by their number
// among those of the plan, domain by domain.
func (s *Stratum) EachPair(visit func(pair int, a, b int32)) {
	if s.pairing == nil {
		return
	}
	for n := s.pairing.from; n < s.pairing.to; n++ {
		p := s.layout.pairs[n]
		if s.met[int(p.a)-s.first] && s.met[int(p.b)-s.first] {
			visit(n, p.a, p.b)
		}
	}
}

// Pair returns the sums over the stratum's clusters of the products of two cells'
// totals of an item: of each of the first's X and Y, with each of the second's.
// They are in the units of the two, until each returns.
func (s *Stratum) Pair(pair, item int) []Wide {
	l := s.layout
	first := (pair-s.pairing.from)*l.pairSize + l.pairItems[item]
	return s.pairing.products[first : first+4*l.items[item].groups*l.items[item].groups]
}
