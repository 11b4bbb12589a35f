package model

import (
	"math"
	"math/rand/v2"
	"testing"

	"togetherwecan/pipeline/design"
)

// The saddlepoint approximation is that of R's survey 4.1 (pchisqsum and pFsum, whose root
// is found to 1e-8), and near to the chances that Imhof gives (1961, Biometrika 48, table
// 1) of 0.6, 0.3 and 0.1 times chi-squares of one degree of freedom.
func TestSaddlepoint(t *testing.T) {
	weights := []float64{0.6, 0.3, 0.1}
	for _, c := range []struct{ x, denominator, r, imhof float64 }{
		{0.1, 1e13, 0.944921877273, 0.9458},
		{0.7, 1e13, 0.499569487572, 0.5064},
		{2, 1e13, 0.121657010092, 0.1240},
		{6, 1e13, 0.00271378166539, 0},
		{20, 1e13, 1.34798149164e-08, 0},
		{2, 10, 0.17374015031, 0},
		{12, 10, 0.00211770584775, 0},
	} {
		got := saddlepoint(c.x, weights, c.denominator)
		if c.r > 0 && math.Abs(got-c.r) > 2e-7*c.r {
			t.Errorf("above %g with %g: %.10g, want R's %.10g", c.x, c.denominator, got, c.r)
		}
		if c.imhof > 0 && math.Abs(got-c.imhof) > 0.01 {
			t.Errorf("above %g: %.4f, want about %.4f", c.x, got, c.imhof)
		}
	}
	// Beside the mean, where the formula is 0 over 0, it goes on as it comes.
	last := 1.0
	for x := 0.98; x < 1.02; x += 1e-4 {
		p := saddlepoint(x, weights, 20)
		if !(p < last) || x > 0.981 && last-p > 1e-4 {
			t.Fatalf("above %g: %g behind %g", x, p, last)
		}
		last = p
	}
	for _, none := range []float64{saddlepoint(2, nil, 3), saddlepoint(0, weights, 3), saddlepoint(2, weights, 0), saddlepoint(2, []float64{0, -1}, 3)} {
		if !math.IsNaN(none) {
			t.Errorf("%g, want none", none)
		}
	}
}

// Eigenvalues have the trace of their matrix and of its square, and of a rank that is not
// full the others are 0.
func TestEigenvalues(t *testing.T) {
	if got := eigenvalues([][]float64{{2, 1}, {1, 2}}); math.Abs(got[0]-3)+math.Abs(got[1]-1) > 1e-15 {
		t.Errorf("%v, want 3 and 1", got)
	}
	r := rand.New(rand.NewPCG(1, 0))
	for n := 1; n < 9; n++ {
		a := design.Square(n)
		for range n/2 + 1 { // of so many vectors
			v := make([]float64, n)
			for i := range v {
				v[i] = r.NormFloat64()
			}
			for i := range v {
				for j := range v {
					a[i][j] += v[i] * v[j]
				}
			}
		}
		trace, squares := 0.0, 0.0
		for i := range a {
			trace += a[i][i]
			for j := range a {
				squares += a[i][j] * a[i][j]
			}
		}
		for i, l := range eigenvalues(a) {
			if trace, squares = trace-l, squares-l*l; i > n/2 && math.Abs(l) > 1e-12 {
				t.Errorf("of %d: eigenvalue %d is %g, want 0", n, i, l)
			}
		}
		if math.Abs(trace) > 1e-12 || math.Abs(squares) > 1e-10 {
			t.Errorf("of %d: %g of the trace and %g of the square's are left", n, trace, squares)
		}
	}
}
