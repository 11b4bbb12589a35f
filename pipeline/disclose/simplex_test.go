package disclose

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/convex/lp"
)

// A program gives what gonum's simplex method does, from whatever point it starts, for
// tables of counts of which sums are told.
func TestProgram(t *testing.T) {
	most := 0
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(71, seed))
		n := 3 + r.IntN(15)
		truth := make([]float64, n)
		for i := range truth {
			truth[i] = float64(r.IntN(12) * r.IntN(12))
		}
		var a [][]float64
		var b []float64
		for range 1 + r.IntN(n) {
			row, sum := make([]float64, n), 0.
			for i := range row {
				if r.IntN(3) == 0 {
					row[i] = 1
					sum += truth[i]
				}
			}
			a, b = append(a, row), append(b, sum)
		}
		if a, b = independent(a, b); len(a) == 0 || len(a) == n {
			continue
		}
		system := mat.NewDense(len(a), n, nil)
		for i, row := range a {
			system.SetRow(i, row)
		}
		p := newProgram(a, b)
		if p == nil {
			t.Fatalf("seed %d: no point, and the truth is one", seed)
		}
		for range 8 {
			objective := make([]float64, n)
			for i := range objective {
				objective[i] = float64(r.IntN(3) - 1)
			}
			want, _, err := lp.Simplex(objective, system, b, 1e-9, nil)
			got, bounded := p.least(objective)
			switch err {
			case nil:
				if !bounded || math.Abs(got-want) > 1e-6 {
					t.Errorf("seed %d: least %v %v, want %v", seed, got, bounded, want)
				}
				most++
			case lp.ErrUnbounded:
				if bounded {
					t.Errorf("seed %d: least %v, want no bound", seed, got)
				}
			}
		}
	}
	if most < 500 {
		t.Errorf("%d objectives were bounded, want 500", most)
	}
	for name, of := range map[string]struct {
		a [][]float64
		b []float64
	}{
		"a sum below a part of it": {[][]float64{{1, 1, 0}, {1, 1, 1}}, []float64{5, 3}},
	} {
		if newProgram(of.a, of.b) != nil {
			t.Errorf("%s: a point is found, want none", name)
		}
	}
}
