package estimate

import (
	"math"
	"math/bits"
	"strconv"
)

// A sum adds numbers exactly: 64 bits of whole and 64 of fraction, in two's
// complement. Addition of integers has no order, so a tally is the same
// whatever the order of the rows, the size of the batches and the number of
// threads, to the last bit.
//
// What is added is scaled first (see scale): weights and values to at most 1.
// A number then loses at most 2^-64 of the largest, always by the same amount.
type sum struct {
	hi int64
	lo uint64
}

// fixed is the sum that holds x alone, rounded to the last of its bits. |x| is
// below 2^62; anything else is a bug of the caller's.
func fixed(x float64) sum {
	if !(math.Abs(x) < 0x1p62) {
		panic("estimate: a number out of range: " + strconv.FormatFloat(x, 'g', -1, 64))
	}
	whole, fraction := math.Modf(math.Abs(x))
	s := sum{hi: int64(whole), lo: uint64(math.RoundToEven(fraction * 0x1p64))} // below 2^64: the fraction is at most 1-2^-53
	if x < 0 {
		s = s.negated()
	}
	return s
}

func (s sum) negated() sum {
	lo, borrow := bits.Sub64(0, s.lo, 0)
	return sum{hi: -s.hi - int64(borrow), lo: lo}
}

func (s *sum) add(x sum) {
	lo, carry := bits.Add64(s.lo, x.lo, 0)
	s.lo = lo
	s.hi += x.hi + int64(carry)
}

// value is the sum as a floating-point number.
func (s sum) value() float64 {
	if s.hi < 0 {
		return -s.negated().value()
	}
	return float64(s.hi) + float64(float64(s.lo)*0x1p-64)
}

// scale returns a power of two that brings numbers of the given size to at
// most 1, so that scaling by it is exact; 1 for 0.
func scale(largest float64) float64 {
	if largest == 0 {
		return 1
	}
	_, exponent := math.Frexp(largest)
	return math.Ldexp(1, -exponent)
}

// total adds numbers in no order: the result does not depend on theirs.
func total(xs []float64) float64 {
	largest := 0.0
	for _, x := range xs {
		largest = max(largest, math.Abs(x))
	}
	by := scale(largest)
	var s sum
	for _, x := range xs {
		s.add(fixed(x * by))
	}
	return s.value() / by
}
