package estimate

import "sync/atomic"

// codedRows are coded rows and the PSU of each, in chunks.
type codedRows struct {
	stride int
	n      int
	chunks []*chunk
}

const chunkRows = 1 << 14

// A chunk is rows that follow each other. Once all are coded they are put in an
// order in which rows that will be read together lie together.
type chunk struct {
	words    []uint64
	clusters []int32
	uncoded  atomic.Int32
	order    chunkOrder
}

// A chunkOrder is by stratum, which strata has of each PSU, or by what the
// rows' clusters are if it has none. All are below most, which is 0 where the
// chunk is not full.
type chunkOrder struct {
	strata []int32
	most   int
}

func newChunk(stride int) *chunk {
	return &chunk{words: make([]uint64, chunkRows*stride), clusters: make([]int32, chunkRows)}
}

// room is how many rows may be added at once.
func (r *codedRows) room() int { return chunkRows - r.n%chunkRows }

// add makes room for rows of the clusters and returns their words, which are
// to be set, and their chunk.
func (r *codedRows) add(clusters []int32) ([]uint64, *chunk) {
	last, at := r.n/chunkRows, r.n%chunkRows
	if last == len(r.chunks) {
		r.chunks = append(r.chunks, newChunk(r.stride))
	}
	c := r.chunks[last]
	if at == 0 {
		c.uncoded.Store(chunkRows)
	}
	copy(c.clusters[at:], clusters)
	r.n += len(clusters)
	return c.words[at*r.stride : (at+len(clusters))*r.stride], c
}

// clear forgets the rows.
func (r *codedRows) clear() { r.n = 0 }

// sort puts the rows in their order. It does not change what they are. It
// takes the spare's room, and leaves its own.
func (c *chunk) sort(stride int, spare *chunk) {
	key := func(cluster int32) int32 {
		if c.order.strata != nil {
			return c.order.strata[cluster]
		}
		return cluster
	}
	next := make([]int32, c.order.most+1)
	for _, cluster := range c.clusters {
		next[key(cluster)+1]++
	}
	for k := range c.order.most {
		next[k+1] += next[k]
	}
	for i, cluster := range c.clusters {
		at := int(next[key(cluster)])
		next[key(cluster)]++
		spare.clusters[at] = cluster
		copy(spare.words[at*stride:(at+1)*stride], c.words[i*stride:(i+1)*stride])
	}
	c.words, spare.words = spare.words, c.words
	c.clusters, spare.clusters = spare.clusters, c.clusters
	c.order.strata = nil
}

func (r *codedRows) row(i int32) []uint64 {
	at := int(i%chunkRows) * r.stride
	return r.chunks[i/chunkRows].words[at : at+r.stride : at+r.stride]
}

func (r *codedRows) cluster(i int) int32 { return r.chunks[i/chunkRows].clusters[i%chunkRows] }
