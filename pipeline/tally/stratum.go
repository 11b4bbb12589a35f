package tally

// A Stratum holds what one stratum has of the cells that it meets. It is used
// again for the next.
type Stratum struct {
	Number int32
	Cells  []int32 // with a respondent in it, in no order

	layout  *layout
	first   int      // of the cells
	met     []bool   // [cell]
	bases   []int32  // [cell*bases+base]: clusters with one in the base
	answers []int32  // [cell*items+item]: clusters with an answer
	moments []Wide   // [cell*moments+moment]
	lanes   []moment // [cell*chunks+chunk]; none without plain items, whose moments they are until the stratum ends
	pairing *pairing
}

// Moments are the exact sums over a stratum's clusters of their totals of an
// item in a cell, in the units of Counts: of X and Y of each group, and of the
// products of each pair of those, the first with itself first. A cluster of
// which nobody answered has totals of 0.
type Moments struct {
	Clusters int // with an answer
	Sums     []Wide
	Products []Wide
}

// Of returns what the stratum has of an item in a cell, until each returns.
func (s *Stratum) Of(cell int32, item int) Moments {
	l := s.layout
	of := &l.items[item]
	at := int(cell) - s.first
	moments := s.moments[at*l.moments : (at+1)*l.moments]
	n := 2 * of.groups
	return Moments{
		Clusters: int(s.answers[at*len(l.items)+item]),
		Sums:     moments[of.moments:of.products],
		Products: moments[of.products : of.products+n*(n+1)/2],
	}
}

// InBase is how many of the stratum's clusters have one in a cell whom an item's base
// leaves.
func (s *Stratum) InBase(cell int32, item int) int {
	l := s.layout
	return int(s.bases[(int(cell)-s.first)*len(l.bases)+l.items[item].base])
}

// A reduction adds totals of clusters into their stratum's moments, and those
// of strata into the counts of the whole.
type reduction struct {
	*layout
	counts *Counts
	mode   int
	s      Stratum
	each   func(*Stratum)
	rows   *sums // of a cell; scratch
}

func newReduction(counts *Counts, mode, first, cells int, each func(*Stratum)) *reduction {
	l := counts.layout
	chunks := 0
	if mode == byCluster && len(l.plain) > 0 {
		chunks = l.chunks
	}
	return &reduction{l, counts, mode, Stratum{
		layout: l, first: first, met: make([]bool, cells), bases: make([]int32, cells*len(l.bases)),
		answers: make([]int32, cells*len(l.items)), moments: make([]Wide, cells*l.moments),
		lanes: make([]moment, cells*chunks), pairing: newPairing(l, first, cells),
	}, each, newSums(l, mode)}
}

// meet notes that the stratum has a cell.
func (s *Stratum) meet(cell int32) {
	if at := int(cell) - s.first; !s.met[at] {
		s.met[at] = true
		s.Cells = append(s.Cells, cell)
	}
}

// add adds the totals of a cluster, or of rows that are each one.
func (r *reduction) add(cell int32, t *totals) {
	if r.mode != byCluster {
		r.rows.set(t)
		r.addRows(cell, r.rows)
		return
	}
	l, s, whole := r.layout, &r.s, r.counts
	at, global := int(cell)-s.first, int(cell)
	s.meet(cell)
	s.pairing.add(cell, t)
	whole.rows[global] += int64(t.rows)
	for b, rows := range t.bases {
		whole.bases[global*len(l.bases)+b].rows += int64(rows)
		s.bases[at*len(l.bases)+b] += min(rows, 1)
	}
	if len(s.lanes) > 0 {
		addCluster(s.lanes[at*l.chunks:(at+1)*l.chunks], t.sums)
	} else {
		rows := whole.sides[global*len(l.groups):][:len(l.groups)]
		for g := range rows {
			of, lane := t.at(g)
			rows[g].answers += int64(of.inRows[lane])
			rows[g].yes += int64(of.countedRows[lane])
		}
	}
	for _, g := range l.weighed {
		of, lane := t.at(g)
		whole.weights[global*len(l.groups)+g].Add(of.in[lane])
	}
	amounts := whole.amounts[global*len(l.amounts):][:len(l.amounts)]
	for _, a := range l.products { // the others are in the moments
		amounts[a].Add(t.amounts[a])
	}
	whole.larger(cell, t.largest)
	moments := s.moments[at*l.moments : (at+1)*l.moments]
	clusters := s.answers[at*len(l.items) : (at+1)*len(l.items)]
	for _, i := range l.others {
		of := &l.items[i]
		g := of.group
		if of.groups == 1 {
			if t.rowsOf(g) == 0 {
				continue
			}
			clusters[i]++
			x, y := t.of(&l.groups[g], g)
			to := moments[of.moments : of.moments+5 : of.moments+5]
			to[0].Add(x)
			to[2].AddProduct(x, x)
			to[1].Add(y)
			to[3].AddProduct(x, y)
			to[4].AddProduct(y, y)
			continue
		}
		if t.rowsOf(g)+t.rowsOf(g+1) == 0 {
			continue
		}
		clusters[i]++
		var totals [4]int64
		totals[0], totals[1] = t.of(&l.groups[g], g)
		totals[2], totals[3] = t.of(&l.groups[g+1], g+1)
		next := of.products
		for a, x := range totals {
			moments[of.moments+a].Add(x)
			for _, y := range totals[a:] {
				moments[next].AddProduct(x, y)
				next++
			}
		}
	}
}

// addRows adds the sums of rows that are clusters. Rows of one group have no
// totals of another.
func (r *reduction) addRows(cell int32, t *sums) {
	l, s, whole := r.layout, &r.s, r.counts
	at, global := int(cell)-s.first, int(cell)
	s.meet(cell)
	whole.rows[global] += t.rows
	for b, rows := range t.bases {
		whole.bases[global*len(l.bases)+b].rows += rows
		s.bases[at*len(l.bases)+b] += int32(rows)
	}
	for g, n := range t.answers {
		rows := &whole.sides[global*len(l.groups)+g]
		rows.answers += n
		rows.yes += t.yes[g]
	}
	for _, g := range l.weighed {
		whole.weights[global*len(l.groups)+g].AddWide(t.in[g])
	}
	for _, a := range l.products { // the others are in the moments
		whole.amounts[global*len(l.amounts)+a].AddWide(t.amounts[a])
	}
	whole.larger(cell, t.largest)
	moments := s.moments[at*l.moments : (at+1)*l.moments]
	for i := range l.items {
		of := &l.items[i]
		for k := range of.groups {
			answers := t.answers[of.group+k]
			if answers == 0 {
				continue
			}
			s.answers[at*len(l.items)+i] += int32(answers)
			x, y := t.of(l, of.group+k)
			moments[of.moments+2*k].AddWide(x)
			moments[of.moments+2*k+1].AddWide(y)
			if r.mode != byRow {
				continue
			}
			xx, xy, yy := t.products(l, of.group+k)
			first := of.products + []int{0, 7}[k] // of the pairs, those of X and Y of the group
			moments[first].AddWide(xx)
			moments[first+1].AddWide(xy)
			moments[first+[]int{2 * of.groups, 2}[k]].AddWide(yy)
		}
	}
}

// settle gives a cell what its lanes have of the stratum, and forgets that.
func (r *reduction) settle(cell int32) {
	l, s := r.layout, &r.s
	at := int(cell) - s.first
	from := s.lanes[at*l.chunks : (at+1)*l.chunks]
	rows := r.counts.sides[int(cell)*len(l.groups):][:len(l.groups)]
	for g := range rows {
		rows[g].answers += int64(from[g/lanes].answers[g%lanes])
		rows[g].yes += int64(from[g/lanes].yes[g%lanes])
	}
	for _, i := range l.plain {
		of := &l.items[i]
		m, lane := &from[of.group/lanes], of.group%lanes
		if m.clusters[lane] == 0 {
			continue
		}
		s.answers[at*len(l.items)+i] = m.clusters[lane]
		to := s.moments[at*l.moments+of.moments:][:5]
		to[0], to[1] = m.x.wide(lane), m.y.wide(lane)
		to[2], to[3], to[4] = m.xx.wide(lane), m.xy.wide(lane), m.yy.wide(lane)
	}
	clear(from)
}

// endStratum adds the stratum's totals to the whole, and forgets them.
func (r *reduction) endStratum(e end, last bool) {
	r.s.pairing.endCluster()
	if !last {
		return
	}
	l, s, whole := r.layout, &r.s, r.counts
	s.Number = e.stratum
	if len(s.lanes) > 0 {
		for _, cell := range s.Cells {
			r.settle(cell)
		}
	}
	if r.each != nil {
		r.each(s)
	}
	for _, cell := range s.Cells {
		at, global := int(cell)-s.first, int(cell)
		bases := s.bases[at*len(l.bases) : (at+1)*len(l.bases)]
		for b, n := range bases {
			if n > 0 {
				base := &whole.bases[global*len(l.bases)+b]
				base.clusters += n
				base.strata++
			}
		}
		clear(bases)
		answers := s.answers[at*len(l.items) : (at+1)*len(l.items)]
		moments := s.moments[at*l.moments : (at+1)*l.moments]
		for i, n := range answers {
			if n == 0 {
				continue
			}
			whole.clusters[global*len(l.items)+i] += n
			of := &l.items[i]
			for a, sum := range moments[of.moments:of.products] {
				whole.sums[global*l.sums+of.sums+a].AddWide(sum)
			}
			for k := range of.groups {
				if g := of.group + k; l.groups[g].x < 0 { // X is the weight of those who answered
					whole.weights[global*len(l.groups)+g].AddWide(moments[of.moments+2*k])
				}
			}
		}
		clear(answers)
		clear(moments)
		s.met[at] = false
	}
	s.Cells = s.Cells[:0]
	if s.pairing != nil {
		clear(s.pairing.products)
	}
}
