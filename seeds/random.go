package seeds

import (
	"hash/fnv"
	"math/bits"
	"math/rand/v2"
)

// A stream is a sequence of draws that depends on its name alone, so that a
// variable added to the declaration leaves every other column as it was. The
// generator and the reductions below are fixed: the same draws on any machine.
type stream struct{ pcg *rand.PCG }

func newStream(seed int, name string) stream {
	h := fnv.New64a()
	h.Write([]byte(name))
	return stream{rand.NewPCG(uint64(seed), h.Sum64())}
}

// below returns a number in 0..n-1.
func (s stream) below(n int) int {
	high, _ := bits.Mul64(s.pcg.Uint64(), uint64(n))
	return int(high)
}

// unit returns a number in [0, 1) with 53 random bits.
func (s stream) unit() float64 { return float64(s.pcg.Uint64()>>11) / (1 << 53) }

// pick returns the position that a draw falls on among shares that add up to
// 1. The last position takes what rounding leaves.
func (s stream) pick(shares []float64) int {
	u, sum := s.unit(), 0.0
	last := 0
	for i, share := range shares {
		if share <= 0 {
			continue
		}
		sum += share
		if u < sum {
			return i
		}
		last = i
	}
	return last
}
