package estimate

import (
	"math"
	"math/big"
	"math/bits"
)

// A wide is a whole number of 128 bits, not negative.
type wide struct{ lo, hi uint64 }

func (w *wide) add(x uint64) {
	lo, carry := bits.Add64(w.lo, x, 0)
	w.lo = lo
	w.hi += carry
}

// addProduct adds x times y.
func (w *wide) addProduct(x, y uint64) {
	hi, lo := bits.Mul64(x, y)
	lo, carry := bits.Add64(w.lo, lo, 0)
	hi, _ = bits.Add64(w.hi, hi, carry)
	w.lo, w.hi = lo, hi
}

func (w *wide) addWide(x wide) {
	lo, carry := bits.Add64(w.lo, x.lo, 0)
	hi, _ := bits.Add64(w.hi, x.hi, carry)
	w.lo, w.hi = lo, hi
}

func (w wide) wider() wider { return wider{w.lo, w.hi, 0} }

// A wider is a whole number of 192 bits in two's complement.
type wider struct{ lo, mid, hi uint64 }

func (w *wider) add(x wider) {
	lo, carry := bits.Add64(w.lo, x.lo, 0)
	mid, carry := bits.Add64(w.mid, x.mid, carry)
	hi, _ := bits.Add64(w.hi, x.hi, carry)
	w.lo, w.mid, w.hi = lo, mid, hi
}

// into puts the number into n, with a number to work with, and returns n.
func (w wider) into(n, work *big.Int) *big.Int {
	n.SetInt64(int64(w.hi))
	n.Lsh(n, 64).Add(n, work.SetUint64(w.mid))
	return n.Lsh(n, 64).Add(n, work.SetUint64(w.lo))
}

// centred is n times s less x times y: n times the sum of products about the
// means of n pairs of numbers, of which the products add up to s and the
// numbers to x and y. It is below 2^191 in size.
func centred(n uint64, s, x, y wide) wider {
	mid, lo := bits.Mul64(n, s.lo)
	hi, high := bits.Mul64(n, s.hi)
	mid, carry := bits.Add64(mid, high, 0)
	hi += carry

	b, a := bits.Mul64(x.lo, y.lo)
	c := x.hi * y.hi
	if x.hi|y.hi != 0 {
		over, under := bits.Mul64(x.lo, y.hi)
		b, carry = bits.Add64(b, under, 0)
		c += over + carry
		over, under = bits.Mul64(x.hi, y.lo)
		b, carry = bits.Add64(b, under, 0)
		c += over + carry
	}
	lo, borrow := bits.Sub64(lo, a, 0)
	mid, borrow = bits.Sub64(mid, b, borrow)
	hi, _ = bits.Sub64(hi, c, borrow)
	return wider{lo, mid, hi}
}

// A fraction is a factor m / 2^(64*words+shift) with m below 2^53.
type fraction struct {
	m     uint64
	words int
	shift uint
}

// newFraction is x, which is at most 2, or 0 if it is negative or tiny.
func newFraction(x float64) fraction {
	m, exponent := math.Frexp(x)
	if places := uint(53 - exponent); x > 0 && places < 192 {
		return fraction{uint64(m * 0x1p53), int(places / 64), places % 64}
	}
	return fraction{}
}

// of multiplies a whole number, and rounds down.
func (f fraction) of(w wider) wider {
	b, d0 := bits.Mul64(f.m, w.lo)
	c, d1 := bits.Mul64(f.m, w.mid)
	top, d2 := bits.Mul64(f.m, w.hi)
	d1, carry := bits.Add64(d1, b, 0)
	d2, carry = bits.Add64(d2, c, carry)
	d3 := top + carry - f.m&uint64(int64(w.hi)>>63) // w.hi is signed
	if f.words > 0 {
		d0, d1, d2, d3 = d1, d2, d3, uint64(int64(d3)>>63)
		if f.words > 1 {
			d0, d1, d2 = d1, d2, d3
		}
	}
	left := 64 - f.shift
	return wider{d0>>f.shift | d1<<left, d1>>f.shift | d2<<left, d2>>f.shift | d3<<left}
}
