package tally

// totals are what a cell has of a cluster, or of rows that are each one.
type totals struct {
	rows        int64
	bases       []int64 // of each base: rows in it
	answers     []int64 // of each group: rows in it
	in, counted []Wide  // of each group: weights of its rows, and of those counted in Y
	amounts     []Wide

	// Where each row is a cluster: the sums of the squares of the weights in and
	// counted, and of the layout's squares.
	inSquares, countedSquares, squares []Wide
}

func newTotals(l *layout, mode int) totals {
	groups := len(l.groups)
	t := totals{bases: make([]int64, len(l.bases)), answers: make([]int64, groups), in: make([]Wide, groups), counted: make([]Wide, groups), amounts: make([]Wide, len(l.amounts))}
	if mode == byRow {
		t.inSquares, t.countedSquares, t.squares = make([]Wide, groups), make([]Wide, groups), make([]Wide, len(l.squares))
	}
	return t
}

// sums are the totals of X and of Y of a group.
func (t *totals) sums(l *layout, g int) (x, y Wide) {
	x, y = t.in[g], t.counted[g]
	if a := l.groups[g].x; a >= 0 {
		x = t.amounts[a]
	}
	if a := l.groups[g].y; a >= 0 {
		y = t.amounts[a]
	}
	return x, y
}

// products are the sums over rows that are clusters of X times X, X times Y and
// Y times Y.
func (t *totals) products(l *layout, g int) (xx, xy, yy Wide) {
	xx, xy, yy = t.inSquares[g], t.countedSquares[g], t.countedSquares[g]
	switch of := &l.groups[g]; {
	case of.x >= 0:
		return t.squares[of.squares], t.squares[of.squares+1], t.squares[of.squares+2]
	case of.y >= 0:
		return xx, t.squares[of.squares], t.squares[of.squares+1]
	}
	return xx, xy, yy
}

// A Stratum holds what one stratum has of the cells that it meets. It is used
// again for the next.
type Stratum struct {
	Number int32
	Cells  []int32 // with a respondent in it, in no order

	layout  *layout
	first   int     // of the cells
	met     []bool  // [cell]
	bases   []int32 // [cell*bases+base]: clusters with one in the base
	answers []int32 // [cell*items+item]: clusters with an answer
	moments []Wide  // [cell*moments+moment]
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

// A reduction adds totals of clusters into their stratum's moments, and those
// of strata into the counts of the whole.
type reduction struct {
	*layout
	counts *Counts
	mode   int
	s      Stratum
	each   func(*Stratum)
}

func newReduction(counts *Counts, mode, first, cells int, each func(*Stratum)) *reduction {
	l := counts.layout
	return &reduction{l, counts, mode, Stratum{
		layout: l, first: first, met: make([]bool, cells), bases: make([]int32, cells*len(l.bases)),
		answers: make([]int32, cells*len(l.items)), moments: make([]Wide, cells*l.moments),
	}, each}
}

// add adds the totals of a cluster, or of rows that are each one.
func (r *reduction) add(cell int32, t *totals) {
	l, s, whole := r.layout, &r.s, r.counts
	at, global := int(cell)-s.first, int(cell)
	if !s.met[at] {
		s.met[at] = true
		s.Cells = append(s.Cells, cell)
	}
	whole.rows[global] += t.rows
	for b, rows := range t.bases {
		whole.bases[global*len(l.bases)+b].rows += rows
		if r.mode == byCluster {
			rows = min(rows, 1)
		}
		s.bases[at*len(l.bases)+b] += int32(rows)
	}
	for g, n := range t.answers {
		if n > 0 {
			whole.answers[global*len(l.groups)+g] += n
			whole.weights[global*len(l.groups)+g].AddWide(t.in[g])
		}
	}
	for a, x := range t.amounts {
		whole.amounts[global*len(l.amounts)+a].AddWide(x)
	}
	moments := s.moments[at*l.moments : (at+1)*l.moments]
	for i := range l.items {
		of := &l.items[i]
		answers := t.answers[of.group]
		if of.groups == 2 {
			answers += t.answers[of.group+1]
		}
		if answers == 0 {
			continue
		}
		to := moments[of.moments : of.products+of.groups*(2*of.groups+1)]
		if r.mode == byCluster {
			s.answers[at*len(l.items)+i]++
			r.addCluster(to, of, t)
		} else {
			s.answers[at*len(l.items)+i] += int32(answers)
			r.addRows(to, of, t)
		}
	}
}

// addCluster adds a cluster's totals of an item, and their products. They are
// below 2^62: see Bounds.
func (r *reduction) addCluster(to []Wide, of *item, t *totals) {
	if of.groups == 1 {
		wideX, wideY := t.sums(r.layout, of.group)
		x, y := int64(wideX.Lo), int64(wideY.Lo)
		to = to[:5]
		to[0].Add(x)
		to[1].Add(y)
		to[2].AddProduct(x, x)
		to[3].AddProduct(x, y)
		to[4].AddProduct(y, y)
		return
	}
	var sums [4]int64
	for k := range 2 {
		x, y := t.sums(r.layout, of.group+k)
		sums[2*k], sums[2*k+1] = int64(x.Lo), int64(y.Lo)
	}
	at := 4
	for a, x := range sums {
		to[a].Add(x)
		for _, y := range sums[a:] {
			to[at].AddProduct(x, y)
			at++
		}
	}
}

// addRows adds the totals of rows that are clusters. Rows of one group have no
// totals of another.
func (r *reduction) addRows(to []Wide, of *item, t *totals) {
	n := 2 * of.groups
	for k := range of.groups {
		x, y := t.sums(r.layout, of.group+k)
		to[2*k].AddWide(x)
		to[2*k+1].AddWide(y)
		if r.mode != byRow {
			continue
		}
		xx, xy, yy := t.products(r.layout, of.group+k)
		first := n + []int{0, 7}[k] // of the pairs, those of X and Y of the group
		to[first].AddWide(xx)
		to[first+1].AddWide(xy)
		to[first+[]int{n, 2}[k]].AddWide(yy)
	}
}

// endStratum adds the stratum's totals to the whole, and forgets them.
func (r *reduction) endStratum(e end, last bool) {
	if !last {
		return
	}
	l, s, whole := r.layout, &r.s, r.counts
	s.Number = e.stratum
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
		}
		clear(answers)
		clear(moments)
		s.met[at] = false
	}
	s.Cells = s.Cells[:0]
}
