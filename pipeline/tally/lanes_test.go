package tally

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestRowsInLanes holds the processor's sums of rows against those that are made one
// mark after the other.
func TestRowsInLanes(t *testing.T) {
	r := seed(t)
	for range 200 {
		groups, cells := 1+r.IntN(70), 1+r.IntN(12)
		chunks := (groups + lanes - 1) / lanes
		got := make([]chunk, cells*chunks)
		want := slices.Clone(got)
		for range 40 {
			marks := make([]uint64, (groups+wordItems-1)/wordItems)
			for g := range groups {
				if in := uint64(r.IntN(2)); in != 0 {
					marks[g/wordItems] |= (in | uint64(r.IntN(2))<<wordItems) << (g % wordItems)
				}
			}
			var of []int32
			for cell := range cells {
				if r.IntN(3) == 0 {
					of = append(of, int32(cell))
				}
			}
			weight := r.Int64N(1 << rowBits)
			addRow(got, chunks, of, marks, weight)
			addMarked(want, chunks, of, marks, weight)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%d groups, %d cells: the sums differ", groups, cells)
		}
	}
}

// TestClustersInLanes holds the processor's sums of clusters, and those that are made
// lane by lane, against sums of 128 bits, at the bounds of the totals too.
func TestClustersInLanes(t *testing.T) {
	r := seed(t)
	for range 200 {
		chunks := 1 + r.IntN(9)
		got, plain := make([]moment, chunks), make([]moment, chunks)
		wide := make([][5]Wide, chunks*lanes)
		for range 16 { // of which the products stay below 2^126 together
			from := drawChunks(r, chunks)
			addCluster(got, from)
			addMoments(plain, from)
			for g := range wide {
				x, y := from[g/lanes].in[g%lanes], from[g/lanes].counted[g%lanes]
				wide[g][0].Add(x)
				wide[g][1].Add(y)
				wide[g][2].AddProduct(x, x)
				wide[g][3].AddProduct(x, y)
				wide[g][4].AddProduct(y, y)
			}
		}
		for g, want := range wide {
			for name, m := range map[string]*moment{"the processor": &got[g/lanes], "lane by lane": &plain[g/lanes]} {
				lane := g % lanes
				if sums := [5]Wide{m.x.wide(lane), m.y.wide(lane), m.xx.wide(lane), m.xy.wide(lane), m.yy.wide(lane)}; sums != want {
					t.Fatalf("%s: group %d has sums of %v, want %v", name, g, sums, want)
				}
			}
		}
		for n := range got {
			if got, want := &got[n], &plain[n]; got.answers != want.answers || got.yes != want.yes || got.clusters != want.clusters {
				t.Fatalf("chunk %d: %v of %v rows and %v clusters, want %v of %v and %v", n, got.yes, got.answers, got.clusters, want.yes, want.answers, want.clusters)
			}
		}
	}
}

// drawChunks draws totals of a cluster: groups of nobody, of whom nobody is counted, of
// weights of 0, and totals of few bits or of as many as 16 clusters have room for.
func drawChunks(r *rand.Rand, chunks int) []chunk {
	made := make([]chunk, chunks)
	for i := range made {
		for lane := range lanes {
			c := &made[i]
			if r.IntN(4) == 0 {
				continue
			}
			c.inRows[lane] = 1 + r.Int32N(1000)
			if c.in[lane] = r.Int64N(1 << (1 + r.IntN(61))); r.IntN(20) == 0 {
				c.in[lane] = 1<<61 - 1
			}
			if r.IntN(3) > 0 {
				c.countedRows[lane] = 1 + r.Int32N(c.inRows[lane])
				c.counted[lane] = r.Int64N(c.in[lane] + 1)
			}
		}
	}
	return made
}
