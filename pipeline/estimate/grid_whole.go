package estimate

import (
	"math/bits"

	"togetherwecan/pipeline/tally"
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

func (w wide) signed() tally.Wide { return tally.Wide{Lo: w.lo, Hi: int64(w.hi)} }
