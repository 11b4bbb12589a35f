package tally

// totals are what a cell has of a cluster, or of a few rows that are each one:
// all below 2^62 in size, see Bounds.
type totals struct {
	rows    int32
	bases   []int32 // of each base: rows in it
	sums    []chunk // of each group: its rows, and those of them that are counted in Y
	amounts []int64
	largest []int64 // contributions

	// Where each row is a cluster: the sums of the squares of the weights in and
	// counted, and of the layout's squares.
	inSquares, countedSquares, squares []Wide
}

// at is where the sums of a group are.
func (t *totals) at(group int) (of *chunk, lane int) { return &t.sums[group/lanes], group % lanes }

// rowsOf is how many rows a group has.
func (t *totals) rowsOf(group int) int32 { return t.sums[group/lanes].inRows[group%lanes] }

// of are the totals of X and of Y of a group.
func (t *totals) of(g *group, at int) (x, y int64) {
	of, lane := t.at(at)
	x, y = of.in[lane], of.counted[lane]
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
	bases, answers, yes, largest       []int64
	in, counted, amounts               []Wide
	inSquares, countedSquares, squares []Wide
}

func newSums(l *layout, mode int) *sums {
	groups := len(l.groups)
	s := &sums{bases: make([]int64, len(l.bases)), answers: make([]int64, groups), yes: make([]int64, groups), largest: make([]int64, len(l.largest)), in: make([]Wide, groups), counted: make([]Wide, groups), amounts: make([]Wide, len(l.amounts))}
	if mode == byRow {
		s.inSquares, s.countedSquares, s.squares = make([]Wide, groups), make([]Wide, groups), make([]Wide, len(l.squares))
	}
	return s
}

// set makes the sums those of the totals.
func (s *sums) set(t *totals) {
	s.rows = 0
	for _, counts := range s.counts() {
		clear(counts)
	}
	for _, wides := range s.wides(s) {
		clear(wides[0])
	}
	s.addTotals(t)
}

// addTotals adds the totals of other rows.
func (s *sums) addTotals(t *totals) {
	s.rows += int64(t.rows)
	for i, n := range t.bases {
		s.bases[i] += int64(n)
	}
	for g := range s.in {
		of, lane := t.at(g)
		s.in[g].Add(of.in[lane])
		s.counted[g].Add(of.counted[lane])
		s.answers[g] += int64(of.inRows[lane])
		s.yes[g] += int64(of.countedRows[lane])
	}
	for i, x := range t.amounts {
		s.amounts[i].Add(x)
	}
	for k, x := range t.largest {
		s.largest[k] = max(s.largest[k], x)
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
	for i, n := range other.bases {
		s.bases[i] += n
	}
	for g, n := range other.answers {
		s.answers[g] += n
		s.yes[g] += other.yes[g]
	}
	for k, x := range other.largest {
		s.largest[k] = max(s.largest[k], x)
	}
	for _, pair := range s.wides(other) {
		for i, x := range pair[1] {
			pair[0][i].AddWide(x)
		}
	}
}

// counts are the whole numbers that are not negative.
func (s *sums) counts() [4][]int64 { return [...][]int64{s.bases, s.answers, s.yes, s.largest} }

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
	t := &totals{rows: int32(s.rows), bases: make([]int32, len(s.bases)), sums: make([]chunk, (len(s.in)+lanes-1)/lanes), amounts: make([]int64, len(s.amounts)), largest: s.largest}
	for i, n := range s.bases {
		t.bases[i] = int32(n)
	}
	for g := range s.in {
		of, lane := t.at(g)
		of.in[lane], of.inRows[lane] = int64(s.in[g].Lo), int32(s.answers[g])
		of.counted[lane], of.countedRows[lane] = int64(s.counted[g].Lo), int32(s.yes[g])
	}
	for i, x := range s.amounts {
		t.amounts[i] = int64(x.Lo)
	}
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
