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

// An Adder gives the sum of the numbers as they are held.
func TestAdder(t *testing.T) {
	const seed = 5
	random := rand.New(rand.NewPCG(seed, 0))
	numbers := []float64{
		0, math.Copysign(0, -1), 1, -1, 0.5, 0x1p-32, 0x1p-33, 0x1.8p-33, 0x1p-64, 0x1p-65, 0x1.8p-64, 0x1.4p-63, 0x1.8000000000001p-65, 0x1p-66,
		0x1.fffffffffffffp-65, 0x1.fffffffffffffp-1, 0x1.fffffffffffffp-33, 0x1.0000000000001p-13, 0x1.0000000000003p-13, math.SmallestNonzeroFloat64,
	}
	for range 20_000 {
		numbers = append(numbers, math.Ldexp(random.Float64(), -random.IntN(78)))
	}
	var all Adder
	var want Sum
	for _, positive := range numbers {
		for _, x := range []float64{positive, -positive} {
			var one Adder
			if one.Add(x); one.Sum() != Fixed(x) {
				t.Fatalf("%x is held as %v, want %v (seed %d)", x, one.Sum(), Fixed(x), seed)
			}
			if random.IntN(3) > 0 { // so that they do not cancel
				all.Add(x)
				want.Add(Fixed(x))
			}
		}
	}
	if all.Sum() != want {
		t.Errorf("all are %v, want %v (seed %d)", all.Sum(), want, seed)
	}
	most := Adder{high: math.MaxInt64, low: math.MinInt64}
	if got, want := most.Sum(), (Sum{hi: 1<<31 - 1, lo: 0x7fff_ffff_0000_0000}); got != want {
		t.Errorf("the most that there may be are %v, want %v", got, want)
	}
}

// A number is held to the nearest 2^-64, and to the even one of two.
func TestFixed(t *testing.T) {
	numbers := []float64{
		0, 1, 0.5, 3, 0x1p61, 0x1.fffffffffffffp61, 0x1p-64, 0x1p-65, 0x1.8p-64, 0x1.4p-63, 0x1.8000000000001p-65, 0x1.8p-65, 0x1p-66,
		0x1.fffffffffffffp-65, 0x1.fffffffffffffp-1, 0x1.0000000000001p-13, 0x1.0000000000003p-13, math.SmallestNonzeroFloat64, 0x1.fffffffffffffp-13,
	}
	const seed = 4
	random := rand.New(rand.NewPCG(seed, 0))
	for range 20_000 {
		numbers = append(numbers, math.Ldexp(random.Float64(), random.IntN(139)-78))
	}
	for _, positive := range numbers {
		for _, x := range []float64{positive, -positive} {
			scaled := new(big.Float).SetMantExp(new(big.Float).SetPrec(200).SetFloat64(x), 64)
			units, _ := scaled.Int(nil) // towards 0
			rest, _ := new(big.Float).Sub(scaled, new(big.Float).SetInt(units)).Float64()
			if away := math.Abs(rest); away > 0.5 || away == 0.5 && units.Bit(0) == 1 {
				units.Add(units, big.NewInt(int64(math.Copysign(1, x))))
			}
			s := Fixed(x)
			got := new(big.Int).Lsh(big.NewInt(s.hi), 64)
			if got.Add(got, new(big.Int).SetUint64(s.lo)); got.Cmp(units) != 0 {
				t.Fatalf("%x is held as %s of 2^-64, want %s (seed %d)", x, got, units, seed)
			}
		}
	}
	for _, x := range []float64{0x1p62, -0x1p62, math.Inf(1), math.NaN()} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%g is held, want a panic", x)
				}
			}()
			Fixed(x)
		}()
	}
}

// The smallest numbers have no power of two that brings them near 1.
func TestTotalOfTheSmallest(t *testing.T) {
	const least = 0x1p-1074
	if got := Total([]float64{least, 2 * least, 4 * least}); got != 7*least {
		t.Errorf("got %g, want %g", got, 7*least)
	}
}
