package estimate

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"togetherwecan/pipeline/tally"
)

// Whole numbers wider than a word, of both signs, against math/big.
func TestExact(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	exact := func(w wider) *big.Int { return w.into(new(big.Int), new(big.Int)) }
	for range 2000 {
		n, count, small, signed := uint64(0), 1+r.IntN(200), 1+r.IntN(50), r.IntN(2)
		var s, x, y tally.Wide
		bigS, bigX, bigY := new(big.Int), new(big.Int), new(big.Int)
		draw := func() int64 { return r.Int64()>>(4+r.IntN(small)) - int64(signed)*r.Int64()>>(4+r.IntN(small)) }
		for range count {
			n++
			a, b := draw(), draw()
			s.AddProduct(a, b)
			x.Add(a)
			y.Add(b)
			wideA, wideB := big.NewInt(a), big.NewInt(b)
			bigX.Add(bigX, wideA)
			bigY.Add(bigY, wideB)
			bigS.Add(bigS, wideA.Mul(wideA, wideB))
		}
		want := new(big.Int).SetUint64(n)
		want.Sub(want.Mul(want, bigS), bigX.Mul(bigX, bigY))
		got := centred(n, s, x, y)
		if exact(got).Cmp(want) != 0 {
			t.Fatalf("centred of %d pairs is %v, want %v", count, exact(got), want)
		}
		by := math.Ldexp(1+r.Float64(), -r.IntN(120))
		factor := new(big.Float).SetPrec(500).SetFloat64(by)
		product, _ := factor.Mul(factor, new(big.Float).SetPrec(500).SetInt(want)).Int(nil)
		if off := product.Sub(product, exact(newFraction(by).of(got))); off.CmpAbs(big.NewInt(1)) > 0 {
			t.Fatalf("%v times %g is off by %v units", want, by, off)
		}
		q := newQuadratic()
		q.add(-0.5, 4, want, 3)
		if value, _ := new(big.Float).SetInt(want).Float64(); q.value() != -value/4 {
			t.Fatalf("-1/4 of %v is otherwise", want)
		}
	}
}
