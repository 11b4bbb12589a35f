package estimate

import (
	"slices"
	"sync"

	"togetherwecan/pipeline/table"
)

// blockRows is how many rows are coded at a time, so that they stay in the
// processor's nearest memory from column to column.
const blockRows = 1024

// A block is rows to be coded.
type block struct {
	keep    []int32 // in the batch
	weights []float64
	met     [][]int32 // see coder.number
	words   []uint64  // to be set
	chunk   *chunk    // that they are of
}

// A codingThread is what a thread codes blocks with.
type codingThread struct {
	scratch [][blockRows]uint64
	spare   *chunk
}

// A coding shares the blocks of a batch among threads. The one that reads the
// sample, which must be in order, codes blocks too when there is none free.
type coding struct {
	g           *Grid
	columns     []*table.Column
	free, ready chan *block // nil for one thread
	others      sync.WaitGroup
}

// beginCoding starts the threads for a batch.
func (g *Grid) beginCoding(columns []*table.Column, rows int) *coding {
	c := &coding{g: g, columns: columns}
	threads := min(g.plan.Threads, rows/blockRows)
	if g.stream != nil || g.forgot && !g.passed {
		threads = 1 // each block is used at once
	}
	for len(g.threads) < max(threads, 1) {
		g.threads = append(g.threads, &codingThread{scratch: make([][blockRows]uint64, g.coder.stride)})
	}
	const each = 4 // blocks for each thread, so that none waits for another
	for len(g.blocks) < each*len(g.threads) {
		g.blocks = append(g.blocks, &block{keep: make([]int32, 0, blockRows), weights: make([]float64, 0, blockRows)})
	}
	if threads < 2 {
		return c
	}
	c.free, c.ready = make(chan *block, len(g.blocks)), make(chan *block, len(g.blocks))
	for _, b := range g.blocks {
		c.free <- b
	}
	for _, t := range g.threads[1:threads] {
		c.others.Go(func() {
			for b := range c.ready {
				c.run(b, t)
				c.free <- b
			}
		})
	}
	return c
}

// next returns a block that is free, and codes others until there is one.
func (c *coding) next() *block {
	if c.free == nil {
		return c.g.blocks[0]
	}
	for {
		select {
		case b := <-c.free:
			return b
		default:
		}
		select {
		case b := <-c.free:
			return b
		case b := <-c.ready:
			c.run(b, c.g.threads[0])
			c.free <- b
		}
	}
}

// do has a block coded.
func (c *coding) do(b *block) {
	if c.free == nil {
		c.run(b, c.g.threads[0])
		return
	}
	c.ready <- b
}

// end returns when all blocks are coded.
func (c *coding) end() {
	if c.free == nil {
		return
	}
	close(c.ready)
	for b := range c.ready {
		c.run(b, c.g.threads[0])
	}
	c.others.Wait()
}

// run codes a block, and sorts its chunk if it is the last of it.
func (c *coding) run(b *block, t *codingThread) {
	c.g.coder.code(b, c.columns, t.scratch)
	if b.chunk.uncoded.Add(-int32(len(b.keep))) > 0 || b.chunk.order.most == 0 {
		return
	}
	stride := c.g.rows.stride
	if t.spare == nil {
		t.spare = newChunk(stride)
	}
	b.chunk.sort(stride, t.spare)
}

// Add takes the next rows. A batch may be used again after.
func (g *Grid) Add(batch *table.Table) {
	in, ok := g.sampleOf(batch)
	columns := make([]*table.Column, 0, len(g.coder.by)+len(g.coder.answers))
	for _, v := range g.coder.by {
		columns = append(columns, g.column(batch, v.name))
	}
	for _, a := range g.coder.answers {
		columns = append(columns, g.column(batch, a.name))
	}
	if !ok || slices.Contains(columns, nil) {
		return
	}
	s := &g.sample
	switch {
	case !g.passed && !g.forgot && g.plan.Held > 0 && g.rows.n >= g.plan.Held && s.sorted:
		g.forgot, g.rows = true, codedRows{stride: g.rows.stride}
	case g.passed && g.rows.n == 0 && s.sorted && g.stream == nil && len(g.problems()) == 0:
		if g.layout(); len(g.problems()) == 0 {
			g.stream = newGridTally(g)
		}
	}
	g.coder.begin(columns)
	c := g.beginCoding(columns, batch.Rows)
	for start := 0; start < batch.Rows; {
		end := start + min(blockRows, g.rows.room(), batch.Rows-start)
		s.read(in, start, end, !g.passed)
		start = end
		if len(s.keep) == 0 {
			continue
		}
		b := c.next()
		s.keep, b.keep = b.keep, s.keep
		s.weights, b.weights = b.weights, s.weights
		g.coder.number(b, columns)
		if g.forgot && !g.passed {
			continue
		}
		b.words, b.chunk = g.rows.add(s.clusters)
		if g.stream == nil && g.rows.room() == chunkRows {
			b.chunk.order = s.chunkOrder()
		}
		c.do(b)
		if g.stream != nil {
			g.stream.follow(b.words, s.clusters)
			g.rows.clear()
		}
	}
	c.end()
}

// chunkOrder is the order of a chunk that is now full: by stratum, or where
// strata are too large to make a difference by PSU.
func (s *gridSample) chunkOrder() chunkOrder {
	const few = 50
	switch strata := len(s.size); {
	case s.plan.PSU == "":
		return chunkOrder{nil, strata}
	case strata > few:
		return chunkOrder{s.stratum, strata}
	}
	return chunkOrder{nil, len(s.stratum)}
}
