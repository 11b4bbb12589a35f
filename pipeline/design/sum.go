package design

import (
	"math"
	"math/bits"
	"strconv"
)

// A Sum adds numbers exactly: 64 bits of whole and 64 of fraction, in two's
// complement. Addition of integers has no order, so a sum is the same
// whatever the order of the rows, the size of the batches and the number of
// threads, to the last bit.
//
// What is added is scaled first (see Unit): weights and values to at most 1. A
// number then loses at most 2^-64 of the largest, always by the same amount.
type Sum struct {
	hi int64
	lo uint64
}

// Fixed is the sum that holds x alone, rounded to the last of its bits. |x| is
// below 2^62; anything else is a bug of the caller's.
func Fixed(x float64) Sum {
	b := math.Float64bits(x)
	exponent, digits := int(b>>52&0x7ff), b&(1<<52-1)
	if exponent >= 1023+62 {
		panic("design: a number out of range: " + strconv.FormatFloat(x, 'g', -1, 64))
	}
	if exponent > 0 {
		digits |= 1 << 52
	} else {
		exponent = 1
	}
	var s Sum
	switch shift := exponent - (1075 - 64); { // of the digits, to the left, for units of 2^-64
	case shift >= 64:
		s.hi = int64(digits << (shift - 64))
	case shift >= 0:
		s.hi, s.lo = int64(digits>>(64-shift)), digits<<shift
	case shift > -54: // below, it is less than half a unit
		s.lo = digits >> -shift
		if half, rest := uint64(1)<<(-shift-1), digits&(1<<-shift-1); rest > half || rest == half && s.lo&1 == 1 {
			s.lo++
		}
	}
	if x < 0 {
		s = s.negated()
	}
	return s
}

func (s Sum) negated() Sum {
	lo, borrow := bits.Sub64(0, s.lo, 0)
	return Sum{hi: -s.hi - int64(borrow), lo: lo}
}

// Add adds another sum.
func (s *Sum) Add(x Sum) {
	lo, carry := bits.Add64(s.lo, x.lo, 0)
	s.lo = lo
	s.hi += x.hi + int64(carry)
}

// Value is the sum as a floating-point number.
func (s Sum) Value() float64 {
	if s.hi < 0 {
		return -s.negated().Value()
	}
	return float64(s.hi) + float64(float64(s.lo)*0x1p-64)
}

// An Adder makes the sum of numbers of at most 1 in size, up to 2^31 of them, each
// rounded as Fixed rounds it. It has each as whole parts of 2^-32 and of 2^-64, both
// of its sign, and adds these apart: no branch, and no carry until the end.
type Adder struct {
	high, low int64
}

// Add adds a number.
func (a *Adder) Add(x float64) {
	const parts = 1 << 32
	scaled := float64(x * parts) // this and what follows is exact, but for the rounding
	high := int64(scaled)
	a.high += high
	a.low += int64(math.RoundToEven(float64((scaled - float64(high)) * parts)))
}

// Sum is what was added.
func (a *Adder) Sum() Sum {
	s := Sum{hi: a.high >> 32, lo: uint64(a.high) << 32}
	s.Add(Sum{hi: a.low >> 63, lo: uint64(a.low)})
	return s
}

// Unit is the power of two that brings numbers of up to the given size to at
// most 1, so that scaling by it is exact: 1 for 0, and NaN for a size that is
// not finite.
func Unit(largest float64) float64 {
	if largest == 0 {
		return 1
	}
	_, exponent := math.Frexp(largest)
	if math.IsNaN(largest) || math.IsInf(largest, 0) {
		return math.NaN()
	}
	return math.Ldexp(1, min(-exponent, 1023)) // for the smallest numbers, as far as it goes
}

// Largest is the size of the largest number; NaN if one of them is none.
func Largest(xs []float64) float64 {
	largest := 0.0
	for _, x := range xs {
		if x = math.Abs(x); x > largest || math.IsNaN(x) {
			largest = x
		}
	}
	return largest
}

// Total adds numbers in no order: the result does not depend on theirs. It is
// NaN if one of them is not finite.
func Total(xs []float64) float64 {
	by := Unit(Largest(xs))
	if math.IsNaN(by) {
		return by
	}
	var a Adder
	for _, x := range xs {
		a.Add(x * by)
	}
	return a.Sum().Value() / by
}

// Totals adds the numbers of each group in no order. Where one number is not
// finite, all totals are NaN.
func Totals(group []int32, groups int, xs []float64) []float64 {
	totals := make([]float64, groups)
	by := Unit(Largest(xs))
	if math.IsNaN(by) {
		for g := range totals {
			totals[g] = by
		}
		return totals
	}
	sums := make([]Adder, groups)
	for i, x := range xs {
		if x != 0 {
			sums[group[i]].Add(x * by)
		}
	}
	for g := range sums {
		totals[g] = sums[g].Sum().Value() / by
	}
	return totals
}
