package design

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// Totals are those of exact arithmetic, to the unit of the largest number, and
// the same to the last bit in any order.
func TestTotal(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		xs := make([]float64, 1+r.IntN(50))
		exact, largest := new(big.Float).SetPrec(500), 0.0
		for i := range xs {
			xs[i] = r.NormFloat64() * math.Ldexp(1, r.IntN(40)-20)
			exact.Add(exact, big.NewFloat(xs[i]))
			largest = max(largest, math.Abs(xs[i]))
		}
		want, _ := exact.Float64()
		got := Total(xs)
		if math.Abs(got-want) > float64(len(xs))*math.Ldexp(largest, -62)+1e-15*math.Abs(want) {
			t.Errorf("total of %v is %v, want %v", xs, got, want)
		}
		r.Shuffle(len(xs), func(i, j int) { xs[i], xs[j] = xs[j], xs[i] })
		if again := Total(xs); again != got {
			t.Errorf("in another order the total is %v, not %v", again, got)
		}
		if by := Totals(make([]int32, len(xs)), 1, xs)[0]; by != got {
			t.Errorf("as a group the total is %v, not %v", by, got)
		}
	}
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got := Total([]float64{1, x}); !math.IsNaN(got) {
			t.Errorf("the total of 1 and %v is %v, want none", x, got)
		}
		if got := Totals([]int32{0, 1}, 2, []float64{1, x})[0]; !math.IsNaN(got) {
			t.Errorf("the total beside %v is %v, want none", x, got)
		}
	}
}
