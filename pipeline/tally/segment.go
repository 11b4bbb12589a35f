package tally

// A seat is where a coded row has the cell of a domain.
type seat struct {
	first      int32 // cell, less 1
	word       int
	shift      int
	mask       uint64
	where, bit int // the word and bit of whom the domain is of
}

// seat is that of a domain, of cells that are counted from one on.
func (l *layout) seat(d *domain, from int) seat {
	b := &l.breakdowns[d.breakdown]
	return seat{int32(d.first-from) - 1, b.word, b.shift, b.mask, d.where / 64, d.where % 64}
}

// cell is that of a coded row, if it is in one.
func (s *seat) cell(row []uint64) (cell int32, in bool) {
	place := row[s.word] >> s.shift & s.mask
	return s.first + int32(place), place != 0 && row[s.where]>>s.bit&1 != 0
}

// steady says whether rows of which the words differ by so much are all in one cell, or
// none is in any.
func (s *seat) steady(differ []uint64) bool {
	return differ[s.word]>>s.shift&s.mask|differ[s.where]>>s.bit&1 == 0
}

// begin makes ready for a segment: rows of one cluster, one after the other. Most surveys
// have breakdowns of which a cluster has one category, a region as everyone: what its rows
// are together is then added once, and not each of them.
func (c *counter) begin(rows []uint64) {
	c.varied, c.own, c.steady = c.seats, -1, c.steady[:0]
	differ := c.differ
	clear(differ)
	for ; len(rows) > c.stride; rows = rows[c.stride:] {
		for word := range differ {
			differ[word] |= rows[word] ^ rows[word+c.stride]
		}
	}
	for i := range c.seats {
		if s := &c.seats[i]; s.steady(differ) {
			if cell, in := s.cell(rows); in {
				c.steady = append(c.steady, cell)
			}
		}
	}
	if len(c.steady) < 2 { // which the segment's own sums would not spare
		return
	}
	c.several = c.several[:0]
	for i := range c.seats {
		if !c.seats[i].steady(differ) {
			c.several = append(c.several, c.seats[i])
		}
	}
	c.varied, c.own = c.several, int32(len(c.rows)-1)
}

// share adds the segment's own sums to its steady cells, and forgets them.
func (c *counter) share() {
	if c.own < 0 {
		return
	}
	own := int(c.own)
	for _, cell := range c.steady {
		at := int(cell)
		c.touch(cell)
		c.rows[at] += c.rows[own]
		c.weight[at] += c.weight[own]
		addTo(c.out, at, own, len(c.bases))
		addTo(c.amounts, at, own, len(c.units))
		size := len(c.layout.largest)
		for k, x := range c.largest[own*size:][:size] {
			c.largest[at*size+k] = max(c.largest[at*size+k], x)
		}
		from := c.sums[own*c.chunks:][:c.chunks]
		for n := range from {
			c.sums[at*c.chunks+n].add(&from[n])
		}
	}
	c.clear(own)
	c.own = -1
}

// addTo adds what a place of so many has to another's.
func addTo[T int32 | int64](all []T, to, from, size int) {
	sums := all[to*size:][:size]
	for i, x := range all[from*size:][:size] {
		sums[i] += x
	}
}

// touch notes that a cell has a row.
func (c *counter) touch(cell int32) {
	if c.rows[cell] == 0 {
		c.touched = append(c.touched, cell)
	}
}
