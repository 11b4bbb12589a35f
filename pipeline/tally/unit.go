package tally

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// Units say how weights and products are made whole numbers: times 2^k, plus a
// half, rounded down. They are numbers of the question: two tallies are added
// only if theirs are the same.
type Units struct {
	K       int   // of the weights
	Amounts []int // of each product of a weight and values, in the plan's order
}

// Bounds are what the units of a question follow from. Those of the parts of a
// sample make those of the whole, by Merge.
type Bounds struct {
	Weight  float64
	Amounts []float64 // no product is larger in size: that of the largest weight and the largest values
	Cluster int       // rows of the largest cluster, 1 where respondents were drawn themselves
	Stratum int       // clusters of the largest stratum
}

// Merge takes in the bounds of another part. A cluster whose rows are in both
// counts with the rows that it has in each.
func (b *Bounds) Merge(other Bounds) {
	b.Weight = max(b.Weight, other.Weight)
	for i, x := range other.Amounts {
		b.Amounts[i] = max(b.Amounts[i], x)
	}
	b.Cluster += other.Cluster
	b.Stratum += other.Stratum
}

// rowBits is how many bits a row's whole number has at most, so that a double
// holds it and its half: below 2^52, rounding down is exact.
const rowBits = 51

// Units are the smallest that the sums have room for: a cluster's total is
// below 2^62 in size, and the squares of a stratum's add up to below 2^126.
func (b *Bounds) Units() Units {
	made := Units{K: b.most(b.Weight), Amounts: make([]int, len(b.Amounts))}
	for i, x := range b.Amounts {
		made.Amounts[i] = b.most(x)
	}
	return made
}

func (b *Bounds) most(largest float64) int {
	_, exponent := math.Frexp(largest) // below 2^exponent
	total := min(62, (126-bits.Len(uint(b.Stratum)))/2)
	k := min(rowBits, total-bits.Len(uint(max(b.Cluster-1, 0)))) - exponent
	return min(max(k, -maxUnit), maxUnit)
}

// maxUnit keeps 2^k a double, whatever the weights.
const maxUnit = 1000

// With is the units with a k of the weights that the question gives. It refuses
// one that the sums have no room for.
func (u Units) With(k int) (Units, error) {
	if k > u.K {
		return u, fmt.Errorf("unit 2^-%d: the sums have room for units of 2^-%d and larger", k, u.K)
	}
	return Units{k, u.Amounts}, nil
}

// Equal says whether parts with the one and with the other can be added.
func (u Units) Equal(other Units) bool {
	return u.K == other.K && slices.Equal(u.Amounts, other.Amounts)
}

// whole makes a number whole in units of 2^-k: half a unit goes up, in any
// engine that has the doubles of IEEE 754.
func whole(x, unit float64) int64 { return int64(math.Floor(float64(x*unit) + 0.5)) }
