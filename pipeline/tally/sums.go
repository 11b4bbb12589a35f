package tally

// totals are what a cell has of a cluster, or of a few rows that are each one:
// all below 2^62 in size, see Bounds.
type totals struct {
	rows        int32
	bases       []int32 // of each base: rows in it
	answers     []int32 // of each group: rows in it
	yes         []int32 // and of those, the rows counted in Y
	in, counted []int64 // of each group: weights of its rows, and of those counted in Y
	amounts     []int64

	// Where each row is a cluster: the sums of the squares of the weights in and
	// counted, and of the layout's squares.
	inSquares, countedSquares, squares []Wide
}

// of are the totals of X and of Y of a group.
func (t *totals) of(g *group, at int) (x, y int64) {
	x, y = t.in[at], t.counted[at]
	if g.x >= 0 {
		x = t.amounts[g.x]
	}
	if g.y >= 0 {
		y = t.amounts[g.y]
	}
	return x, y
}

// sums are totals of any number of rows.
type sums struct {
	rows                               int64
	bases, answers, yes                []int64
	in, counted, amounts               []Wide
	inSquares, countedSquares, squares []Wide
}

func newSums(l *layout, mode int) *sums {
	groups := len(l.groups)
	s := &sums{bases: make([]int64, len(l.bases)), answers: make([]int64, groups), yes: make([]int64, groups), in: make([]Wide, groups), counted: make([]Wide, groups), amounts: make([]Wide, len(l.amounts))}
	if mode == byRow {
		s.inSquares, s.countedSquares, s.squares = make([]Wide, groups), make([]Wide, groups), make([]Wide, len(l.squares))
	}
	return s
}

// set makes the sums those of the totals.
func (s *sums) set(t *totals) {
	s.rows = 0
	for _, counts := range s.counts(s) {
		clear(counts[0])
	}
	for _, wides := range s.wides(s) {
		clear(wides[0])
	}
	s.addTotals(t)
}

// addTotals adds the totals of other rows.
func (s *sums) addTotals(t *totals) {
	s.rows += int64(t.rows)
	for _, pair := range [...]struct {
		to   []int64
		from []int32
	}{{s.bases, t.bases}, {s.answers, t.answers}, {s.yes, t.yes}} {
		for i, n := range pair.from {
			pair.to[i] += int64(n)
		}
	}
	for _, pair := range [...]struct {
		to   []Wide
		from []int64
	}{{s.in, t.in}, {s.counted, t.counted}, {s.amounts, t.amounts}} {
		for i, x := range pair.from {
			pair.to[i].Add(x)
		}
	}
	for _, pair := range [...][2][]Wide{{s.inSquares, t.inSquares}, {s.countedSquares, t.countedSquares}, {s.squares, t.squares}} {
		for i, x := range pair[1] {
			pair[0][i].AddWide(x)
		}
	}
}

// add adds the sums of other rows.
func (s *sums) add(other *sums) {
	s.rows += other.rows
	for _, pair := range s.counts(other) {
		for i, n := range pair[1] {
			pair[0][i] += n
		}
	}
	for _, pair := range s.wides(other) {
		for i, x := range pair[1] {
			pair[0][i].AddWide(x)
		}
	}
}

// counts are the numbers of rows, each with the other's.
func (s *sums) counts(other *sums) [3][2][]int64 {
	return [...][2][]int64{{s.bases, other.bases}, {s.answers, other.answers}, {s.yes, other.yes}}
}

// wides are the sums, each with the other's.
func (s *sums) wides(other *sums) [6][2][]Wide {
	return [...][2][]Wide{
		{s.in, other.in},
		{s.counted, other.counted},
		{s.amounts, other.amounts},
		{s.inSquares, other.inSquares},
		{s.countedSquares, other.countedSquares},
		{s.squares, other.squares},
	}
}

// cluster are the sums of a cluster, as totals.
func (s *sums) cluster() *totals {
	rows := func(from []int64) []int32 {
		made := make([]int32, len(from))
		for i, n := range from {
			made[i] = int32(n)
		}
		return made
	}
	t := &totals{rows: int32(s.rows), bases: rows(s.bases), answers: rows(s.answers), yes: rows(s.yes)}
	narrow := func(from []Wide) []int64 {
		made := make([]int64, len(from))
		for i, x := range from {
			made[i] = int64(x.Lo)
		}
		return made
	}
	t.in, t.counted, t.amounts = narrow(s.in), narrow(s.counted), narrow(s.amounts)
	return t
}

// of are the sums of X and of Y of a group.
func (s *sums) of(l *layout, g int) (x, y Wide) {
	x, y = s.in[g], s.counted[g]
	if a := l.groups[g].x; a >= 0 {
		x = s.amounts[a]
	}
	if a := l.groups[g].y; a >= 0 {
		y = s.amounts[a]
	}
	return x, y
}

// products are the sums over rows that are clusters of X times X, X times Y and
// Y times Y.
func (s *sums) products(l *layout, g int) (xx, xy, yy Wide) {
	xx, xy, yy = s.inSquares[g], s.countedSquares[g], s.countedSquares[g]
	switch of := &l.groups[g]; {
	case of.x >= 0:
		return s.squares[of.squares], s.squares[of.squares+1], s.squares[of.squares+2]
	case of.y >= 0:
		return xx, s.squares[of.squares], s.squares[of.squares+1]
	}
	return xx, xy, yy
}
