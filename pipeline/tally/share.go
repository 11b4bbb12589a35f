package tally

import "sort"

// flushCost is what the end of a cluster takes for each cell that it has, beside
// what a row takes: as measured with 30 items.
const flushCost = 24

// shares divides the domains among threads, as many in a row to each, by the
// work that they are for a part of the sample. It decides nothing but the time
// that counting takes.
func (s *Sample) shares(code *coder, coded []uint64, threads int) [][]domain {
	if threads == 1 {
		return [][]domain{code.domains}
	}
	work := s.work(code, coded)
	total := 0
	for _, w := range work {
		total += w
	}
	var shares [][]domain
	first, done := 0, 0
	for n := range threads {
		last := first
		// Up to the domain with which its share of the work is full, or nearly.
		for last < len(work) && (n == threads-1 || (done+work[last]/2)*threads <= total*(n+1)) {
			done += work[last]
			last++
		}
		if first < last {
			shares = append(shares, code.domains[first:last])
		}
		first = last
	}
	return shares
}

// work is how much each domain is for some of the rows: what rows and clusters of
// the cells take.
func (s *Sample) work(code *coder, coded []uint64) []int {
	const parts = 8
	work := make([]int, len(code.domains))
	c := &counter{layout: code.layout, s: s, coder: code, coded: coded, stride: code.stride}
	for d := range code.domains {
		c.seats = append(c.seats, code.seat(&code.domains[d], 0))
	}
	of, block := code.scratch(), make([]uint64, blockRows*code.stride)
	seen := make([]int, code.cells) // the last cluster that had the cell, from 1
	for part := range parts {
		first := len(s.rows) / parts * part
		rows := s.rows[first:min(first+blockRows, len(s.rows), max(first+1, len(s.rows)/parts*(part+1)))]
		taken := c.take(first, rows, of, block)
		at := sort.Search(len(s.ends), func(i int) bool { return s.ends[i].row > first })
		for i := range rows {
			for s.ends[at].row <= first+i {
				at++
			}
			row := taken[i*code.stride : (i+1)*code.stride]
			for d := range c.seats {
				cell, in := c.seats[d].cell(row)
				if !in {
					continue
				}
				work[d]++
				if s.mode == byCluster && seen[cell] != at+1 {
					seen[cell] = at + 1
					work[d] += flushCost
				}
			}
		}
	}
	return work
}
