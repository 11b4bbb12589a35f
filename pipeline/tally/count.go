package tally

import (
	"math"
	"math/bits"
	"sync"
)

// Count counts the sample in the units, one pass. Threads share the cells. It
// calls each, from several goroutines if there is more than one thread, with
// what every stratum has of its cells; no cell comes from two of them, and the
// strata of a cell come in their order. A nil each is not called.
func (s *Sample) Count(p *Plan, u Units, threads int, each func(*Stratum)) *Counts {
	l := newLayout(p, s.categories(p))
	counts := newCounts(l, u)
	threads = max(threads, 1)
	code := newCoder(l, s.table)
	var coded []uint64
	if !s.inOrder {
		coded = code.all(s.rows, s.table.Rows, threads)
	}
	var wait sync.WaitGroup
	for _, domains := range s.shares(code, coded, threads) {
		cells := domains[len(domains)-1].first + domains[len(domains)-1].size - domains[0].first
		to := newReduction(counts, s.mode, domains[0].first, cells, each)
		c := newCounter(s, code, coded, u, domains, cells)
		wait.Go(func() { c.run(to.add, to.endStratum) })
	}
	wait.Wait()
	return counts
}

// A counter adds rows into the cells of some domains, a cluster's totals into
// its stratum's, and a stratum's into the whole.
//
// Where marks are added one after the other, only the rarer of a row are: where
// most rows are in a group, the weights of the others are taken from the cell's;
// where most of a group are counted, those that are not are taken from the
// group's. What comes out does not depend on it.
type counter struct {
	*layout
	s       *Sample
	domains []domain
	first   int // of the cells
	coder   *coder
	coded   []uint64 // of the sample's rows; nil where they are coded as they come
	stride  int
	unit    float64
	units   []float64 // of the amounts
	valuers []valuer

	seats   []seat   // of the domains
	varied  []seat   // those of which rows of the segment have several cells, or none
	steady  []int32  // cells of the segment, of the other domains
	several []seat   // scratch
	differ  []uint64 // of each word, the bits in which rows of the segment differ; scratch
	own     int32    // after the cells: the segment's own sums, which each of its steady cells gets; -1 while rows are added to all

	outside []uint32 // of each word of marks, the groups of which those outside are added
	rest    []uint32 // and those of which what is not counted is added

	// Of the cluster, or of the rows since the last flush.
	weight  []int64  // [cell]
	rows    []int32  // [cell]
	out     []int32  // [cell*bases+base]: rows that are not in the base
	sums    []chunk  // [cell*chunks+chunk]
	amounts []int64  // [cell*amounts+amount]
	largest []int64  // [cell*largest+contribution]
	touched []int32  // cells with rows
	cells   []int32  // of a row; scratch
	marks   []uint64 // of a row, those that are added; scratch
	wholes  []int64  // of a row's amounts; scratch

	// Of the rows since the last flush, where each is a cluster: squares.
	weightSquares []Wide
	inSquares     []Wide
	countSquares  []Wide
	squareSums    []Wide // [cell*squares+square]

	view totals // of a cell
}

func newCounter(s *Sample, code *coder, coded []uint64, u Units, domains []domain, cells int) *counter {
	l := code.layout
	c := &counter{layout: l, s: s, domains: domains, first: domains[0].first, coder: code, coded: coded, stride: code.stride, unit: math.Ldexp(1, u.K)}
	for _, k := range u.Amounts {
		c.units = append(c.units, math.Ldexp(1, k))
	}
	c.valuers = code.valuers(c.units)
	for i := range domains {
		c.seats = append(c.seats, l.seat(&domains[i], c.first))
	}
	c.varied, c.own, c.differ = c.seats, -1, make([]uint64, c.stride)
	if s.mode == byCluster {
		cells++ // the segment's own
	}
	groups := cells * len(l.groups)
	c.weight, c.rows, c.out = make([]int64, cells), make([]int32, cells), make([]int32, cells*len(l.bases))
	c.sums, c.marks = make([]chunk, cells*l.chunks), make([]uint64, l.markWords)
	c.amounts, c.wholes = make([]int64, cells*len(l.amounts)), make([]int64, len(l.amounts))
	c.largest = make([]int64, cells*len(l.largest))
	if s.mode == byRow {
		c.weightSquares, c.inSquares, c.countSquares = make([]Wide, cells), make([]Wide, groups), make([]Wide, groups)
		c.squareSums = make([]Wide, cells*len(l.squares))
	}
	return c
}

// valueRows is how many rows' values are fetched at a time: they stay in the
// processor's nearest memory.
const valueRows = 128

// flushRows is how many rows that are no cluster are added before their totals
// could leave 64 bits.
const flushRows = 1 << (62 - rowBits)

// run counts the whole sample. It gives add the totals that cells have of a
// cluster or, where each row is one, of a few rows, and then tells end of the
// end of the cluster or stratum.
func (c *counter) run(add func(cell int32, t *totals), end func(e end, last bool)) {
	work, block := c.coder.scratch(), make([]uint64, blockRows*c.stride)
	list := c.coder.factors
	values := make([]float64, valueRows*len(list))
	c.rarer(work)
	at, held := 0, 0 // of the ends; rows since the last flush
	for first := 0; first < len(c.s.rows); first += blockRows {
		rows := c.s.rows[first:min(first+blockRows, len(c.s.rows))]
		weight := c.s.weight[first:]
		coded := c.take(first, rows, work, block)
		segment := 0 // the first row after it
		for i := range rows {
			if c.s.mode == byCluster && i == segment {
				segment = min(c.s.ends[at].row-first, len(rows))
				c.begin(coded[i*c.stride : segment*c.stride])
			}
			if len(list) > 0 && i%valueRows == 0 {
				gather(list, rows[i:min(i+valueRows, len(rows))], values)
			}
			c.row(coded[i*c.stride:(i+1)*c.stride], weight[i], values[i%valueRows*len(list):][:len(list)])
			held++
			if i+1 == segment {
				c.share()
			}
			ended := first+i+1 == c.s.ends[at].row
			if ended || held == flushRows && c.s.mode != byCluster {
				c.flush(add)
				held = 0
			}
			if ended {
				e := c.s.ends[at]
				at++
				end(e, at == len(c.s.ends) || c.s.ends[at].stratum != e.stratum)
			}
		}
	}
}

// take is the words of rows of the sample from the first on, in the block unless they
// are coded already.
func (c *counter) take(first int, rows []int32, work *scratch, block []uint64) []uint64 {
	if c.coded != nil {
		return c.coded[first*c.stride:][:len(rows)*c.stride]
	}
	c.coder.code(rows, block, work)
	return block[:len(rows)*c.stride]
}

// rarer samples the rows for which marks are rarer. It decides nothing but the
// time that counting takes.
func (c *counter) rarer(work *scratch) {
	c.outside, c.rest = make([]uint32, c.markWords), make([]uint32, c.markWords)
	if vectors && c.s.mode != byRow {
		return // a mark takes no time
	}
	step := max(1, len(c.s.rows)/blockRows)
	var rows []int32
	for i := 0; i < len(c.s.rows) && len(rows) < blockRows; i += step {
		rows = append(rows, c.s.rows[i])
	}
	block := make([]uint64, len(rows)*c.stride)
	c.coder.code(rows, block, work)
	for g := range c.groups {
		in, counted := 0, 0
		for i := range rows {
			word := block[i*c.stride+c.firstMark+g/wordItems] >> (g % wordItems)
			in += int(word & 1)
			counted += int(word >> wordItems & 1)
		}
		if 2*in > len(rows) {
			c.outside[g/wordItems] |= 1 << (g % wordItems)
		}
		if 2*counted > in {
			c.rest[g/wordItems] |= 1 << (g % wordItems)
		}
	}
}

// row adds a coded row.
func (c *counter) row(row []uint64, weight float64, gathered []float64) {
	w := whole(weight, c.unit)
	cells := c.cells[:0]
	for i := range c.varied {
		if cell, in := c.varied[i].cell(row); in {
			c.touch(cell)
			c.rows[cell]++
			c.weight[cell] += w
			cells = append(cells, cell)
		}
	}
	if c.own >= 0 {
		c.rows[c.own]++
		c.weight[c.own] += w
		cells = append(cells, c.own)
	}
	c.cells = cells
	var square Wide
	if c.s.mode == byRow {
		square.AddProduct(w, w)
		for _, cell := range cells {
			c.weightSquares[cell].AddWide(square)
		}
	}
	for b, flag := range c.bases {
		if row[flag/64]>>(flag%64)&1 == 0 {
			for _, cell := range cells {
				c.out[int(cell)*len(c.bases)+b]++
			}
		}
	}
	for word := range c.markWords {
		marks := row[c.firstMark+word]
		in, counted := uint32(marks), uint32(marks>>wordItems)
		c.marks[word] = uint64(in^c.outside[word]) | uint64(counted^in&c.rest[word])<<wordItems
	}
	addRow(c.sums, c.chunks, cells, c.marks, w)
	if c.s.mode == byRow {
		c.squaresOf(c.countSquares, wordItems, square)
		c.squaresOf(c.inSquares, 0, square)
	}
	if len(c.valuers) > 0 {
		c.values(row, gathered, weight, w)
	}
	for k, of := range c.layout.largest {
		size := w
		if of.amount >= 0 {
			size = c.wholes[of.amount]
		} else if row[c.firstMark+of.group/wordItems]>>(wordItems+of.group%wordItems)&1 == 0 {
			continue
		}
		for _, cell := range cells {
			if to := &c.largest[int(cell)*len(c.layout.largest)+k]; size > *to {
				*to = size
			}
		}
	}
}

// squaresOf adds the square of a row's weight to the groups of which it has marks
// from a bit on.
func (c *counter) squaresOf(to []Wide, bit int, square Wide) {
	groups := len(c.groups)
	for word, marks := range c.marks {
		for m := uint32(marks >> bit); m != 0; m &= m - 1 {
			group := word*wordItems + bits.TrailingZeros32(m)
			for _, cell := range c.cells {
				to[int(cell)*groups+group].AddWide(square)
			}
		}
	}
}

// values adds a row's amounts.
func (c *counter) values(row []uint64, gathered []float64, weight float64, w int64) {
	wholes, cells := c.wholes, c.cells
	for i := range c.valuers {
		c.valuers[i].values(row, gathered, weight, wholes)
	}
	amounts := func(cell int32) []int64 { return c.amounts[int(cell)*len(wholes):][:len(wholes)] }
	for ; len(cells) > 2; cells = cells[3:] { // each amount is fetched once for three
		one, two, three := amounts(cells[0]), amounts(cells[1]), amounts(cells[2])
		for a, x := range wholes {
			one[a] += x
			two[a] += x
			three[a] += x
		}
	}
	for _, cell := range cells {
		one := amounts(cell)
		for a, x := range wholes {
			one[a] += x
		}
	}
	if c.s.mode != byRow {
		return
	}
	for q, s := range c.squares {
		a, b := w, c.wholes[s.b]
		if s.a >= 0 {
			a = c.wholes[s.a]
		}
		var product Wide
		product.AddProduct(a, b)
		if product == (Wide{}) {
			continue
		}
		for _, cell := range c.cells {
			c.squareSums[int(cell)*len(c.squares)+q].AddWide(product)
		}
	}
}

// flush gives what the cells have of the rows since the last flush, and forgets
// it.
func (c *counter) flush(add func(cell int32, t *totals)) {
	for _, cell := range c.touched {
		add(cell+int32(c.first), c.totals(int(cell)))
		c.clear(int(cell))
	}
	c.touched = c.touched[:0]
}

// totals are those of a cell, until it is cleared.
func (c *counter) totals(cell int) *totals {
	t, groups := &c.view, len(c.groups)
	t.rows = c.rows[cell]
	t.bases = c.out[cell*len(c.bases) : (cell+1)*len(c.bases)]
	for b, out := range t.bases {
		t.bases[b] = t.rows - out
	}
	t.sums = c.sums[cell*c.chunks : (cell+1)*c.chunks]
	for word := range c.markWords {
		first := word * wordItems
		for m := c.outside[word]; m != 0; m &= m - 1 {
			of, lane := t.at(first + bits.TrailingZeros32(m))
			of.in[lane], of.inRows[lane] = c.weight[cell]-of.in[lane], t.rows-of.inRows[lane]
		}
		for m := c.rest[word]; m != 0; m &= m - 1 {
			of, lane := t.at(first + bits.TrailingZeros32(m))
			of.counted[lane], of.countedRows[lane] = of.in[lane]-of.counted[lane], of.inRows[lane]-of.countedRows[lane]
		}
	}
	t.amounts = c.amounts[cell*len(c.units) : (cell+1)*len(c.units)]
	t.largest = c.largest[cell*len(c.layout.largest) : (cell+1)*len(c.layout.largest)]
	if c.s.mode != byRow {
		return t
	}
	t.inSquares, t.countedSquares = c.inSquares[cell*groups:(cell+1)*groups], c.countSquares[cell*groups:(cell+1)*groups]
	for g := range groups {
		word, bit := g/wordItems, g%wordItems
		if c.outside[word]>>bit&1 != 0 {
			t.inSquares[g] = c.weightSquares[cell].Less(t.inSquares[g])
		}
		if c.rest[word]>>bit&1 != 0 {
			t.countedSquares[g] = t.inSquares[g].Less(t.countedSquares[g])
		}
	}
	t.squares = c.squareSums[cell*len(c.squares) : (cell+1)*len(c.squares)]
	return t
}

// clear forgets a cell's totals.
func (c *counter) clear(cell int) {
	clear(c.out[cell*len(c.bases) : (cell+1)*len(c.bases)])
	from, to := cell*len(c.groups), (cell+1)*len(c.groups)
	clear(c.sums[cell*c.chunks : (cell+1)*c.chunks])
	clear(c.amounts[cell*len(c.units) : (cell+1)*len(c.units)])
	clear(c.largest[cell*len(c.layout.largest) : (cell+1)*len(c.layout.largest)])
	c.weight[cell], c.rows[cell] = 0, 0
	if c.s.mode == byRow {
		c.weightSquares[cell] = Wide{}
		clear(c.inSquares[from:to])
		clear(c.countSquares[from:to])
		clear(c.squareSums[cell*len(c.squares) : (cell+1)*len(c.squares)])
	}
}
