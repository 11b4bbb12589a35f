package tally

import (
	"math"
	"math/bits"
)

// A Wide is a whole number of 128 bits in two's complement. Addition has no
// order: a sum is the same whatever the order of the rows.
type Wide struct {
	Lo uint64
	Hi int64
}

// Add adds a number.
func (w *Wide) Add(x int64) {
	lo, carry := bits.Add64(w.Lo, uint64(x), 0)
	w.Lo = lo
	w.Hi += x>>63 + int64(carry)
}

// AddProduct adds the product of two numbers.
func (w *Wide) AddProduct(x, y int64) {
	hi, lo := bits.Mul64(uint64(x), uint64(y))
	top := int64(hi) - x>>63&y - y>>63&x
	lo, carry := bits.Add64(w.Lo, lo, 0)
	w.Lo = lo
	w.Hi += top + int64(carry)
}

// AddWide adds another sum.
func (w *Wide) AddWide(x Wide) {
	lo, carry := bits.Add64(w.Lo, x.Lo, 0)
	w.Lo = lo
	w.Hi += x.Hi + int64(carry)
}

// Less is the number less another.
func (w Wide) Less(x Wide) Wide {
	lo, borrow := bits.Sub64(w.Lo, x.Lo, 0)
	return Wide{lo, w.Hi - x.Hi - int64(borrow)}
}

// Value is the number times 2^-k, rounded once.
func (w Wide) Value(k int) float64 {
	if w.Hi < 0 {
		return -Wide{}.Less(w).Value(k)
	}
	if w.Hi == 0 {
		return math.Ldexp(float64(w.Lo), -k)
	}
	shift := bits.Len64(uint64(w.Hi))
	top := uint64(w.Hi)<<(64-shift) | w.Lo>>shift
	if w.Lo<<(64-shift) != 0 {
		top |= 1 // what is cut off breaks a tie
	}
	return math.Ldexp(float64(top), shift-k)
}
