package estimate

import (
	"math"
	"math/big"
	"math/bits"

	"togetherwecan/pipeline/tally"
)

// A wider is a whole number of 192 bits in two's complement.
type wider struct{ lo, mid, hi uint64 }

func widened(w tally.Wide) wider { return wider{w.Lo, uint64(w.Hi), uint64(w.Hi >> 63)} }

func (w *wider) add(x wider) {
	lo, carry := bits.Add64(w.lo, x.lo, 0)
	mid, carry := bits.Add64(w.mid, x.mid, carry)
	hi, _ := bits.Add64(w.hi, x.hi, carry)
	w.lo, w.mid, w.hi = lo, mid, hi
}

func (w *wider) subtract(x wider) {
	lo, borrow := bits.Sub64(w.lo, x.lo, 0)
	mid, borrow := bits.Sub64(w.mid, x.mid, borrow)
	hi, _ := bits.Sub64(w.hi, x.hi, borrow)
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
// numbers to x and y. It is below 2^191 in size: see tally.Bounds.
func centred(n uint64, s, x, y tally.Wide) wider {
	made := widened(s).times(n)
	product := wider{}
	a, negative := magnitude(x)
	b, other := magnitude(y)
	product.mid, product.lo = bits.Mul64(a.Lo, b.Lo)
	product.hi = uint64(a.Hi) * uint64(b.Hi)
	for _, cross := range [2][2]uint64{{a.Lo, uint64(b.Hi)}, {uint64(a.Hi), b.Lo}} {
		if cross[0] == 0 || cross[1] == 0 {
			continue
		}
		over, under := bits.Mul64(cross[0], cross[1])
		mid, carry := bits.Add64(product.mid, under, 0)
		product.mid = mid
		product.hi += over + carry
	}
	if negative == other {
		made.subtract(product)
	} else {
		made.add(product)
	}
	return made
}

func magnitude(w tally.Wide) (size tally.Wide, negative bool) {
	if w.Hi < 0 {
		return tally.Wide{}.Less(w), true
	}
	return w, false
}

// times multiplies by a number below 2^63.
func (w wider) times(n uint64) wider {
	b, lo := bits.Mul64(n, w.lo)
	c, mid := bits.Mul64(n, w.mid)
	mid, carry := bits.Add64(mid, b, 0)
	return wider{lo, mid, n*w.hi + c + carry}
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

// precision is of sums of whole numbers times gradients: so many bits that what
// cancels leaves all digits of a double.
const precision = 320

// A quadratic is a sum of products of two coefficients and a whole
// number.
type quadratic struct{ sum, term, factor big.Float }

func newQuadratic() *quadratic {
	q := &quadratic{}
	for _, f := range []*big.Float{&q.sum, &q.term, &q.factor} {
		f.SetPrec(precision)
	}
	return q
}

// add adds a product of two coefficients and a whole number in units of 2^-k.
func (q *quadratic) add(a, b float64, n *big.Int, k int) {
	if n.Sign() == 0 || a == 0 || b == 0 {
		return
	}
	q.term.SetInt(n)
	q.term.Mul(&q.term, q.factor.SetFloat64(a))
	q.term.Mul(&q.term, q.factor.SetFloat64(b))
	q.sum.Add(&q.sum, q.term.SetMantExp(&q.term, -k))
}

// value is the sum, and begins another.
func (q *quadratic) value() float64 {
	v, _ := q.sum.Float64()
	q.sum.SetInt64(0)
	return v
}
