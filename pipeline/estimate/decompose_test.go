package estimate

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/weigh"
)

// mixed is a wave of two categories, of equal weights: of so many of each, so many count.
func mixed(n, yes [2]int) mix {
	s := side{kept: 2}
	for g := range n {
		for i := range n[g] {
			s.in, s.group, s.x = append(s.in, true), append(s.group, int32(g)), append(s.x, 1)
			y := 0.0
			if i < yes[g] {
				y = 1
			}
			s.y = append(s.y, y)
		}
	}
	weight := make([]float64, len(s.in))
	for i := range weight {
		weight[i] = 1
	}
	return s.mix(weight)
}

// By hand: shares of 50 and 50 per cent become 75 and 25, and figures of 40 and 60 per
// cent become 50 and 60. Within is 0.625 * 10 = 6.25 points. The mean of all is
// (50 + 52.5)/2 = 51.25, so that between is (45 - 51.25) * 0.25 + (60 - 51.25) * -0.25
// = -3.75 points; the change is 2.5.
func TestDecomposeByHand(t *testing.T) {
	for _, c := range []struct {
		name  string
		waves [2]mix
		want  []float64
	}{
		{"both", [2]mix{mixed([2]int{40, 40}, [2]int{16, 24}), mixed([2]int{60, 20}, [2]int{30, 12})}, []float64{2.5, 6.25, -3.75, 6.25, -1.5625, 0, -2.1875}},
		{"nothing changed", [2]mix{mixed([2]int{40, 40}, [2]int{16, 24}), mixed([2]int{20, 20}, [2]int{8, 12})}, []float64{0, 0, 0, 0, 0, 0, 0}},
		// The second category came: its figure of 60 per cent stands for that of before.
		// All were at 40 per cent, and are at 50: (40 - 45) * -0.5 + (60 - 45) * 0.5 = 10.
		{"a category that came", [2]mix{mixed([2]int{40, 0}, [2]int{16, 0}), mixed([2]int{20, 20}, [2]int{8, 12})}, []float64{10, 0, 10, 0, 2.5, 0, 7.5}},
		{"a category that went", [2]mix{mixed([2]int{20, 20}, [2]int{8, 12}), mixed([2]int{40, 0}, [2]int{16, 0})}, []float64{-10, 0, -10, 0, -2.5, 0, -7.5}},
	} {
		got := partsOf(c.waves)
		for j, want := range c.want {
			if math.Abs(100*got[j]-want) > 1e-12 {
				t.Errorf("%s: part %d is %v points, want %v", c.name, j, 100*got[j], want)
			}
		}
	}
}

// randomSide is a wave of some strata and PSUs with three categories, of which one may
// be empty, and of a ratio whose sizes are not 1.
func randomSide(t *testing.T, r *rand.Rand, empty int) *side {
	var source design.Source
	s := &side{kept: 3, centre: 2}
	for h := range 3 {
		for psu := range 2 + r.IntN(3) {
			for range 3 + r.IntN(4) {
				source.Stratum, source.PSU = design.LabelsOf(append(source.Stratum.Spelled(), strconv.Itoa(h))), design.LabelsOf(append(source.PSU.Spelled(), strconv.Itoa(psu)))
				source.Weight = append(source.Weight, 0.5+r.Float64())
				g := r.IntN(3)
				s.in, s.group = append(s.in, g != empty && r.IntN(5) > 0), append(s.group, int32(g))
				s.x, s.y = append(s.x, 1+r.Float64()), append(s.y, r.NormFloat64())
			}
		}
	}
	source.Nested = true
	d, ps := design.New(source)
	if ps != nil {
		t.Fatal(ps)
	}
	s.design = d
	return s
}

// The parts add up, and their variance by linearisation is that of a numerical gradient
// over the covariance of the totals; by replicates it is that of the parts of each.
func TestDecomposeErrors(t *testing.T) {
	seed := rand.Uint64N(1 << 32)
	t.Logf("seed %d", seed)
	for i := range uint64(60) {
		r := rand.New(rand.NewPCG(seed+i, 3))
		sides := [2]*side{randomSide(t, r, -1), randomSide(t, r, -1)}
		if i%3 == 1 {
			sides[i%2] = randomSide(t, r, 1) // nobody of the second category
		}
		both := [2]mix{sides[0].mix(sides[0].design.Weight), sides[1].mix(sides[1].design.Weight)}
		parts := partsOf(both)
		if sum := parts[1] + parts[2]; math.Abs(sum-parts[0]) > 1e-13 {
			t.Fatalf("seed %d: within and between are %v, the change is %v", seed+i, sum, parts[0])
		}
		for own, s := range sides {
			found := Of(s.design, half{s, both, own})
			var of [][]float64
			for g := range 3 {
				x, y := make([]float64, len(s.in)), make([]float64, len(s.in))
				for k, in := range s.in {
					if in && s.group[k] == int32(g) {
						x[k], y[k] = s.x[k], s.y[k]
					}
				}
				of = append(of, x, y)
			}
			totals := Of(s.design, Total{of, s.in})
			at := func(sums []float64) []float64 {
				m := mix{centre: s.centre}
				counted := 0.0
				for g := range 3 {
					m.x, m.rate = append(m.x, sums[2*g]), append(m.rate, sums[2*g+1]/sums[2*g]+s.centre)
					m.whole += sums[2*g]
					counted += sums[2*g+1]
				}
				for g := range 3 {
					m.share = append(m.share, sums[2*g]/m.whole)
				}
				m.overall = counted/m.whole + s.centre
				moved := both
				moved[own] = m
				return partsOf(moved)
			}
			gradient := make([][]float64, len(parts))
			for a, sum := range totals.Values {
				shift := func(by float64) []float64 {
					moved := append([]float64{}, totals.Values...)
					moved[a] += by
					return at(moved)
				}
				h := 1e-3
				if sum == 0 && both[own].x[a/2] == 0 { // a category with nobody has no slope
					h = 0
				}
				up, down, up2, down2 := shift(h), shift(-h), shift(2*h), shift(-2*h)
				for j := range parts {
					slope := 0.0
					if h > 0 {
						slope = (8*(up[j]-down[j]) - (up2[j] - down2[j])) / (12 * h)
					}
					gradient[j] = append(gradient[j], slope)
				}
			}
			for j := range parts {
				want := 0.0
				for a := range gradient[j] {
					for b := range gradient[j] {
						want += float64(float64(gradient[j][a]*gradient[j][b]) * totals.Covariance[a][b])
					}
				}
				if got := found.Covariance[j][j]; math.Abs(got-want) > 1e-8*(want+1e-6) {
					t.Fatalf("seed %d, wave %d, part %d: variance %v, want %v", seed+i, own, j, got, want)
				}
			}
			jackknife, ps := weigh.JKn(s.design)
			if ps != nil {
				t.Fatal(ps)
			}
			replicated := Of(jackknife, half{s, both, own})
			for n, weight := range jackknife.Replicated() {
				moved := both
				moved[own] = s.mix(weight)
				for j, want := range partsOf(moved) {
					if got := replicated.Replicates[n][j]; got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
						t.Fatalf("seed %d, replicate %d, part %d: %v, want %v", seed+i, n, j, got, want)
					}
				}
			}
		}
	}
}
