package estimate

import (
	"math"
	"math/big"
	"math/bits"
	"slices"
	"sync"

	"togetherwecan/pipeline/codebook"
)

// A gridTally adds the rows of PSUs into cells and items, then a PSU's totals into
// its stratum's, then a stratum's into the whole. A total is of x, the weights
// of those who answered the item, or of y, of those counted; an entry is that
// of a cell and an item, cell*items + item.
//
// Only the rarer marks of a row are added: where most answers to an item are
// valid, the weights of the others are taken from the cell's; where most are
// counted, y is of those that are not. The variance of the complement is the
// same.
type gridTally struct {
	g     *Grid
	items int
	words int
	unit  float64

	invalid []uint32 // of each 32 items, those of which x is added as what is not valid
	uncount []uint32 // and those of which y is of the valid that are not counted

	// Of the PSU.
	y, x    []int64  // entries: weights of rows marked
	weight  []int64  // cells: of rows
	rows    []uint32 // cells
	touched []int32  // cells with rows
	first   []int32  // of the cells of a row, their entries; scratch
	marked  []uint16 // items marked; scratch

	// Of the stratum.
	at      int32 // the stratum, 0 before the first
	moments []moments
	psus    []int32 // cells: with rows
	met     []int32 // cells with PSUs
	last    int32   // the PSU whose rows come, in follow; -1 before the first

	// Of the whole.
	results []entrySums
	marks   []int64                                  // entries: rows whose x is marked
	numbers struct{ x, y, a, b, u, v, work big.Int } // scratch of infer
	cells   []cellSums
}

// moments are the sums over the PSUs of a stratum of their totals, and of
// their squares and product.
type moments struct {
	x, y, xx, xy, yy wide
	psus             uint64 // with an answer
}

// An entrySums is the sums over the strata of an entry, and of the parts of the
// variance: that of the total of y - p x is yy - 2p xy + p^2 xx.
type entrySums struct {
	x, y            wide
	xx, xy, yy      wider
	psus, strata    int32 // with an answer
	usable, certain int32 // strata that have a part, and those all of whose PSUs were drawn
}

type cellSums struct {
	rows         int64
	psus, strata int32
}

func newGridTally(g *Grid) *gridTally {
	last := g.cells[len(g.cells)-1]
	cells, items := last.first+last.size, len(g.plan.Items)
	t := &gridTally{
		g: g, items: items, words: g.coder.words, unit: g.sample.unit(),
		y: make([]int64, cells*items), x: make([]int64, cells*items),
		weight: make([]int64, cells), rows: make([]uint32, cells), psus: make([]int32, cells),
		moments: make([]moments, cells*items), results: make([]entrySums, cells*items), marks: make([]int64, cells*items),
		cells: make([]cellSums, cells), last: -1,
	}
	t.invalid, t.uncount = g.rows.rarer(g.coder.words)
	return t
}

// rarer samples the rows for which marks are rarer. It decides nothing but the
// time that it takes.
func (r *codedRows) rarer(words int) (invalid, uncount []uint32) {
	invalid, uncount = make([]uint32, words), make([]uint32, words)
	const most = 1000
	step := max(1, r.n/most)
	for word := range words {
		var valid, counted [wordItems]int
		n := 0
		for i := 0; i < r.n; i += step {
			n++
			marked := r.row(int32(i))[1+word]
			for bit := range wordItems {
				valid[bit] += int(marked >> bit & 1)
				counted[bit] += int(marked >> (wordItems + bit) & 1)
			}
		}
		for bit := range wordItems {
			if 2*valid[bit] > n || n == 0 {
				invalid[word] |= 1 << bit
			}
			if 2*counted[bit] > valid[bit] {
				uncount[word] |= 1 << bit
			}
		}
	}
	return invalid, uncount
}

// row adds a row.
func (t *gridTally) row(row []uint64) {
	w := int64(math.RoundToEven(math.Float64frombits(row[0]) * t.unit))
	first := t.first[:0]
	for i := range t.g.cells {
		cell := t.g.cells[i].cell(row)
		if cell < 0 {
			continue
		}
		if t.rows[cell] == 0 {
			t.touched = append(t.touched, cell)
		}
		t.rows[cell]++
		t.weight[cell] += w
		first = append(first, cell*int32(t.items))
	}
	t.first = first
	for word := range t.words {
		valid, counted := uint32(row[1+word]), uint32(row[1+word]>>wordItems)
		marked := t.marked[:0]
		for m := counted ^ valid&t.uncount[word]; m != 0; m &= m - 1 {
			marked = append(marked, uint16(word*wordItems+bits.TrailingZeros32(m)))
		}
		y := t.y
		for _, item := range marked {
			for _, entry := range first {
				y[int(entry)+int(item)] += w
			}
		}
		t.marked = marked
		m := valid ^ t.invalid[word]
		if left := t.items - word*wordItems; left < wordItems {
			m &= 1<<left - 1
		}
		for ; m != 0; m &= m - 1 {
			item := word*wordItems + bits.TrailingZeros32(m)
			for _, entry := range first {
				t.x[int(entry)+item] += w
				t.marks[int(entry)+item]++
			}
		}
	}
}

// endPSU adds the PSU's totals to the stratum's.
func (t *gridTally) endPSU() {
	for _, cell := range t.touched {
		if t.psus[cell] == 0 {
			t.met = append(t.met, cell)
		}
		t.psus[cell]++
		from, to := int(cell)*t.items, int(cell+1)*t.items
		ys, xs, ms := t.y[from:to], t.x[from:to], t.moments[from:to]
		xs, ms = xs[:len(ys)], ms[:len(ys)]
		weight := uint64(t.weight[cell])
		for item := range ys {
			x, y := uint64(xs[item]), uint64(ys[item])
			if t.invalid[item/wordItems]>>(item%wordItems)&1 != 0 {
				x = weight - x
			}
			if x == 0 {
				continue
			}
			m := &ms[item]
			m.psus++
			m.x.add(x)
			m.y.add(y)
			m.xx.addProduct(x, x)
			m.xy.addProduct(x, y)
			m.yy.addProduct(y, y)
		}
		clear(ys)
		clear(xs)
		t.cells[cell].rows += int64(t.rows[cell])
		t.rows[cell], t.weight[cell] = 0, 0
	}
	t.touched = t.touched[:0]
}

// endStratum adds the stratum's totals, and its part of the variance, to the
// whole. See level.addStratum: PSUs' totals of y - p x have a mean of 0 over
// all strata.
func (t *gridTally) endStratum() {
	stage := t.g.sample.stage()
	h := t.at
	if len(t.met) == 0 {
		return
	}
	n, unsampled := float64(stage.Size[h]), stage.Unsampled(h)
	spread, squares := newFraction(unsampled/(n-1)), newFraction(unsampled)
	if n > 1 {
		squares = newFraction(unsampled * n / (n - 1))
	}
	certain := stage.Certain(h)
	p := &t.g.plan
	for _, cell := range t.met {
		t.cells[cell].psus += t.psus[cell]
		t.cells[cell].strata++
		t.psus[cell] = 0
		from, to := int(cell)*t.items, int(cell+1)*t.items
		for entry := from; entry < to; entry++ {
			m, r := &t.moments[entry], &t.results[entry]
			if m.psus == 0 {
				continue
			}
			r.x.addWide(m.x)
			r.y.addWide(m.y)
			r.psus += int32(m.psus)
			r.strata++
			alone := n == 1 || p.DomainLonely && m.psus == 1
			switch {
			case certain:
				r.certain++
			case alone && p.Lonely == codebook.LonelyAverage:
				continue
			case alone && p.Lonely == codebook.LonelyAdjust:
				r.xx.add(squares.of(m.xx.wider()))
				r.xy.add(squares.of(m.xy.wider()))
				r.yy.add(squares.of(m.yy.wider()))
			case n > 1:
				r.xx.add(spread.of(centred(uint64(n), m.xx.signed(), m.x.signed(), m.x.signed())))
				r.xy.add(spread.of(centred(uint64(n), m.xy.signed(), m.x.signed(), m.y.signed())))
				r.yy.add(spread.of(centred(uint64(n), m.yy.signed(), m.y.signed(), m.y.signed())))
			}
			r.usable++
		}
		clear(t.moments[from:to])
	}
	t.met = t.met[:0]
}

// follow adds rows that come sorted by stratum and PSU, from the last time on.
func (t *gridTally) follow(block []uint64, clusters []int32) {
	s := &t.g.sample
	stride := t.g.rows.stride
	for i, c := range clusters {
		h := c
		if s.plan.PSU != "" {
			h = s.stratum[c]
		}
		if c != t.last && t.last >= 0 || s.plan.PSU == "" {
			t.endPSU()
		}
		t.move(h)
		t.last = c
		t.row(block[i*stride : (i+1)*stride])
	}
}

// end ends what follow began.
func (t *gridTally) end() {
	t.endPSU()
	t.endStratum()
}

// move ends the stratum if h is another.
func (t *gridTally) move(h int32) {
	if h != t.at {
		if t.at != 0 {
			t.endStratum()
		}
		t.at = h
	}
}

// An edge is a stratum's moments as far as one thread has them.
type edge struct {
	stratum int32
	met     []int32
	psus    []int32
	moments []moments // of the cells met
}

// cut takes the stratum's moments out of the tally.
func (t *gridTally) cut() edge {
	e := edge{stratum: t.at, met: slices.Clone(t.met)}
	for _, cell := range t.met {
		from, to := int(cell)*t.items, int(cell+1)*t.items
		e.psus = append(e.psus, t.psus[cell])
		e.moments = append(e.moments, t.moments[from:to]...)
		clear(t.moments[from:to])
		t.psus[cell] = 0
	}
	t.met, t.at = t.met[:0], 0
	return e
}

// join adds what another thread has of a stratum.
func (t *gridTally) join(e edge) {
	t.move(e.stratum)
	for i, cell := range e.met {
		if t.psus[cell] == 0 {
			t.met = append(t.met, cell)
		}
		t.psus[cell] += e.psus[i]
		for item := range t.items {
			m, x := &t.moments[int(cell)*t.items+item], &e.moments[i*t.items+item]
			m.psus += x.psus
			m.x.addWide(x.x)
			m.y.addWide(x.y)
			m.xx.addWide(x.xx)
			m.xy.addWide(x.xy)
			m.yy.addWide(x.yy)
		}
	}
}

// add adds what another thread has of the whole.
func (t *gridTally) add(o *gridTally) {
	for i := range t.results {
		r, x := &t.results[i], &o.results[i]
		r.x.addWide(x.x)
		r.y.addWide(x.y)
		r.xx.add(x.xx)
		r.xy.add(x.xy)
		r.yy.add(x.yy)
		r.psus += x.psus
		r.strata += x.strata
		r.usable += x.usable
		r.certain += x.certain
		t.marks[i] += o.marks[i]
	}
	for i := range t.cells {
		t.cells[i].rows += o.cells[i].rows
		t.cells[i].psus += o.cells[i].psus
		t.cells[i].strata += o.cells[i].strata
	}
}

// An ordering is the rows held, by stratum and PSU.
type ordering struct {
	rows  []int32
	psus  []int32 // by stratum; strata where respondents were drawn themselves
	start []int32 // of each of psus, its first of rows; and the end
}

// order sorts the rows held by stratum and PSU, by counting.
func (g *Grid) order() ordering {
	s := &g.sample
	held := make([]int32, len(s.held)) // of those in the domain, too
	for i := range g.rows.n {
		held[g.rows.cluster(i)]++
	}
	o := ordering{rows: make([]int32, g.rows.n), psus: make([]int32, 0, len(held))}
	for c, n := range held {
		if n > 0 {
			o.psus = append(o.psus, int32(c))
		}
	}
	if s.plan.PSU != "" {
		slices.SortStableFunc(o.psus, func(a, b int32) int { return int(s.stratum[a]) - int(s.stratum[b]) })
	}
	next := held
	at := int32(0)
	for _, c := range o.psus {
		o.start = append(o.start, at)
		next[c], at = at, at+held[c]
	}
	o.start = append(o.start, at)
	for i := range g.rows.n {
		c := g.rows.cluster(i)
		o.rows[next[c]] = int32(i)
		next[c]++
	}
	return o
}

// tally tallies the rows held. Each thread takes a run of them; the strata at
// its ends, which another may have rows of, are joined after.
func (g *Grid) tally(threads int) *gridTally {
	o := g.order()
	elements := g.plan.PSU == ""
	tallies := make([]*gridTally, threads)
	edges := make([][]edge, threads)
	var wait sync.WaitGroup
	begin := 0
	for n := range threads {
		// Up to the first PSU that begins after its share of the rows.
		share := int32(int64(g.rows.n) * int64(n+1) / int64(threads))
		end, _ := slices.BinarySearch(o.start, share)
		if n == threads-1 {
			end = len(o.psus)
		}
		tallies[n] = newGridTally(g)
		from := begin
		wait.Go(func() { edges[n] = tallies[n].run(o, from, end, elements) })
		begin = end
	}
	wait.Wait()
	t := tallies[0]
	ends := slices.Concat(edges...)
	slices.SortStableFunc(ends, func(a, b edge) int { return int(a.stratum) - int(b.stratum) })
	for _, e := range ends {
		t.join(e)
	}
	t.endStratum()
	for _, other := range tallies[1:] {
		t.add(other)
	}
	return t
}

// run tallies the PSUs begin ... end-1, and returns what it has of the first
// and of the last stratum.
func (t *gridTally) run(o ordering, begin, end int, elements bool) (edges []edge) {
	stride := t.g.rows.stride
	block := make([]uint64, 256*stride) // rows are fetched together, for memory to be read ahead
	for _, c := range o.psus[begin:end] {
		h := c
		if !elements {
			h = t.g.sample.stratum[c]
		}
		if h != t.at && t.at != 0 && len(edges) == 0 {
			edges = append(edges, t.cut())
		}
		t.move(h)
		for rows := range slices.Chunk(o.rows[o.start[begin]:o.start[begin+1]], len(block)/stride) {
			for i, row := range rows {
				copy(block[i*stride:(i+1)*stride], t.g.rows.row(row))
			}
			for i := range rows {
				t.row(block[i*stride : (i+1)*stride])
				if elements {
					t.endPSU()
				}
			}
		}
		t.endPSU()
		begin++
	}
	return append(edges, t.cut())
}
