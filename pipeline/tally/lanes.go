package tally

import "math/bits"

// lanes is how many groups are added at once, side by side: those of one byte of
// marks.
const lanes = 8

// A chunk is what a cell has of a cluster, or of a few rows that are each one, of
// as many groups: the weights of the rows in each, and of those of them that are
// counted in Y, and how many they are.
type chunk struct {
	in, counted         [lanes]int64
	inRows, countedRows [lanes]int32
}

// add adds the sums of other rows.
func (c *chunk) add(from *chunk) {
	for lane := range lanes {
		c.in[lane] += from.in[lane]
		c.counted[lane] += from.counted[lane]
		c.inRows[lane] += from.inRows[lane]
		c.countedRows[lane] += from.countedRows[lane]
	}
}

// limbs are sums of numbers below 2^62, divided at bit 32: of the lower halves
// and of the upper. There is room for 2^31 of each.
type limbs [2][lanes]uint64

// products are sums of products of such numbers, at bits 0, 32 and 64. They are
// of at most 2^31 clusters, and below 2^126: see Bounds.
type products [3][lanes]uint64

// A moment is what a cell has of a stratum: the sums over its clusters of the
// totals of X and of Y of as many groups and of their products, where both are
// weights, and how many rows they are and clusters with one of them.
type moment struct {
	x, y                   limbs
	xx, xy, yy             products
	answers, yes, clusters [lanes]int32
}

// wide is the sum in a lane.
func (s *limbs) wide(lane int) Wide {
	sum := Wide{s[1][lane] << 32, int64(s[1][lane] >> 32)}
	sum.AddWide(Wide{s[0][lane], 0})
	return sum
}

// wide is the sum in a lane.
func (s *products) wide(lane int) Wide {
	sum := (&limbs{s[0], s[1]}).wide(lane)
	sum.Hi += int64(s[2][lane])
	return sum
}

func (s *limbs) add(lane int, x int64) {
	s[0][lane] += uint64(uint32(x))
	s[1][lane] += uint64(x) >> 32
}

func (s *products) add(lane int, x, y int64) {
	hi, lo := bits.Mul64(uint64(x), uint64(y))
	s[0][lane] += lo & (1<<32 - 1)
	s[1][lane] += lo >> 32
	s[2][lane] += hi
}

// addMarked adds the weight of a row to the groups of which it has the marks, in
// cells of this many chunks each. Marks are as coded rows have them.
func addMarked(sums []chunk, chunks int, cells []int32, marks []uint64, weight int64) {
	for n := range chunks {
		shift := n % (wordItems / lanes) * lanes
		word := marks[n/(wordItems/lanes)] >> shift
		in, counted := uint8(word), uint8(word>>wordItems)
		for _, cell := range cells {
			to := &sums[int(cell)*chunks+n]
			for m := in; m != 0; m &= m - 1 {
				lane := bits.TrailingZeros8(m) % lanes
				to.in[lane] += weight
				to.inRows[lane]++
			}
			for m := counted; m != 0; m &= m - 1 {
				lane := bits.TrailingZeros8(m) % lanes
				to.counted[lane] += weight
				to.countedRows[lane]++
			}
		}
	}
}

// addMoments adds a cluster to its stratum, each chunk to the moment of its groups.
// No weight is negative.
func addMoments(to []moment, from []chunk) {
	for n := range from {
		to, from := &to[n], &from[n]
		for lane, rows := range from.inRows {
			if rows == 0 {
				continue
			}
			x, y := from.in[lane], from.counted[lane]
			to.clusters[lane]++
			to.answers[lane] += rows
			to.x.add(lane, x)
			to.xx.add(lane, x, x)
			if counted := from.countedRows[lane]; counted != 0 {
				to.yes[lane] += counted
				to.y.add(lane, y)
				to.xy.add(lane, x, y)
				to.yy.add(lane, y, y)
			}
		}
	}
}
