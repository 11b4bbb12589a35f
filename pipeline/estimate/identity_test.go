package estimate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/mat"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
)

// draws returns a generator whose seed is printed, and which TWC_SEED sets.
func draws(t *testing.T) *rand.Rand {
	t.Helper()
	seed := rand.Uint64()
	if text := os.Getenv("TWC_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("TWC_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// A drawn sample has respondents in clusters of strata.
type drawn struct {
	stratum, psu []string
	weight, y, x []float64
	in           []bool
}

func (s *drawn) source() design.Source {
	return design.Source{Where: "drawn", Stratum: s.stratum, PSU: s.psu, Weight: s.weight, Nested: true, Lonely: codebook.LonelyAdjust}
}

func (s *drawn) design(t *testing.T) *design.Design {
	t.Helper()
	d, problems := design.New(s.source())
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return d
}

// randomSample draws a sample of up to 6 strata with 2 to 5 PSUs of 1 to 8
// respondents, about half of whom are in the domain.
func randomSample(r *rand.Rand) *drawn {
	s := &drawn{}
	for h := range 2 + r.IntN(5) {
		for c := range 2 + r.IntN(4) {
			for range 1 + r.IntN(8) {
				s.stratum = append(s.stratum, fmt.Sprint("s", h))
				s.psu = append(s.psu, fmt.Sprint("p", c))
				s.weight = append(s.weight, math.Exp(r.NormFloat64()))
				s.y = append(s.y, 10+r.NormFloat64())
				s.x = append(s.x, 5+r.ExpFloat64())
				s.in = append(s.in, r.IntN(2) == 0)
			}
		}
	}
	return s
}

// TestDirectFormula goes through every design of 1 to 3 strata with 1 to 3 PSUs
// of 1 or 2 respondents, with every domain of whole PSUs, and compares the
// error of a mean with the formula written out.
func TestDirectFormula(t *testing.T) {
	r := draws(t)
	designs, compared := 0, 0
	var shapes [][]int // of each stratum, the sizes of its PSUs
	for psus := 1; psus <= 3; psus++ {
		for sizes := range 1 << psus {
			var shape []int
			for c := range psus {
				shape = append(shape, 1+sizes>>c&1)
			}
			shapes = append(shapes, shape)
		}
	}
	var each func(strata [][]int)
	each = func(strata [][]int) {
		if len(strata) > 0 {
			designs++
			compared += compareDirectly(t, r, strata)
		}
		if len(strata) < 3 {
			for _, shape := range shapes {
				each(append(strata[:len(strata):len(strata)], shape))
			}
		}
	}
	each(nil)
	t.Logf("%d designs, %d errors compared", designs, compared)
	if want := 14 + 14*14 + 14*14*14; designs != want {
		t.Errorf("%d designs, want %d", designs, want)
	}
}

func compareDirectly(t *testing.T, r *rand.Rand, strata [][]int) int {
	t.Helper()
	s := &drawn{}
	clusters := 0
	var cluster []int // of each respondent
	for h, shape := range strata {
		for c, size := range shape {
			for range size {
				s.stratum, s.psu = append(s.stratum, fmt.Sprint(h)), append(s.psu, fmt.Sprint(c))
				s.weight, s.y = append(s.weight, 1+r.Float64()), append(s.y, r.NormFloat64())
				cluster = append(cluster, clusters)
			}
			clusters++
		}
	}
	d := s.design(t)
	compared := 0
	for _, domain := range []int{1<<clusters - 1, 1 + r.IntN(1<<clusters-1), 1 + r.IntN(1<<clusters-1)} {
		in := make([]bool, len(cluster))
		for i, c := range cluster {
			in[i] = domain>>c&1 == 1
		}
		got := Of(d, Mean{Of: [][]float64{s.y}, In: in})
		compared++
		// Written out: the mean, each PSU's total of the linearised values, and
		// the squares about the stratum's mean, or about that of all.
		weight, sum := 0.0, 0.0
		for i, w := range s.weight {
			if in[i] {
				weight += w
				sum += w * s.y[i]
			}
		}
		mean := sum / weight
		z := make([]float64, clusters)
		met := map[string]bool{}
		for i, w := range s.weight {
			if in[i] {
				z[cluster[i]] += w * (s.y[i] - mean) / weight
				met[s.stratum[i]] = true
			}
		}
		drawn, all := 0, 0.0
		first := 0
		for h, shape := range strata {
			if met[fmt.Sprint(h)] {
				drawn += len(shape)
				for c := range shape {
					all += z[first+c]
				}
			}
			first += len(shape)
		}
		variance, first := 0.0, 0
		for h, shape := range strata {
			n := float64(len(shape))
			centre, by := all/float64(drawn), 1.0
			if n > 1 {
				centre, by = 0, n/(n-1)
				for c := range shape {
					centre += z[first+c] / n
				}
			}
			if met[fmt.Sprint(h)] {
				for c := range shape {
					variance += by * (z[first+c] - centre) * (z[first+c] - centre)
				}
			}
			first += len(shape)
		}
		if math.Abs(got.Covariance[0][0]-variance) > 1e-12*(variance+mean*mean*1e-4) {
			t.Errorf("strata %v, domain %b: variance %.15g, by the formula %.15g", strata, domain, got.Covariance[0][0], variance)
		}
	}
	return compared
}

// TestDomainIdentities holds that the mean of a domain is the ratio of two
// totals over everyone, with the same error.
func TestDomainIdentities(t *testing.T) {
	r := draws(t)
	for range 200 {
		s := randomSample(r)
		d := s.design(t)
		y, one := make([]float64, len(s.y)), make([]float64, len(s.y))
		some := false
		for i, in := range s.in {
			if in {
				y[i], one[i], some = s.y[i], 1, true
			}
		}
		if !some {
			continue
		}
		mean, ratio := Of(d, Mean{Of: [][]float64{s.y}, In: s.in}), Of(d, Ratio{Of: y, Over: one})
		agrees(t, "value", mean.Values[0], ratio.Values[0], 1e-13)
		agrees(t, "error", mean.SE(0), ratio.SE(0), 1e-12)
		total := Of(d, Joint{Total{Of: [][]float64{y}}, Total{Of: [][]float64{one}}})
		agrees(t, "error by the delta method", total.Delta([]float64{1 / total.Values[1], -total.Values[0] / (total.Values[1] * total.Values[1])}), ratio.SE(0), 1e-9)
	}
}

// TestOrderAndNamesAreNoInformation holds that the order of the rows, the
// labels of strata and PSUs and a power of two as the unit of weight change no
// bit of a mean or its error.
func TestOrderAndNamesAreNoInformation(t *testing.T) {
	r := draws(t)
	for range 100 {
		s := randomSample(r)
		order := r.Perm(len(s.y))
		other := &drawn{}
		names := map[string]string{}
		rename := func(kind, label string) string {
			if names[kind+label] == "" {
				names[kind+label] = fmt.Sprint(kind, r.Uint32())
			}
			return names[kind+label]
		}
		for _, i := range order {
			other.stratum = append(other.stratum, rename("h", s.stratum[i]))
			other.psu = append(other.psu, rename(s.stratum[i], s.psu[i]))
			other.weight = append(other.weight, 1024*s.weight[i])
			other.y, other.x, other.in = append(other.y, s.y[i]), append(other.x, s.x[i]), append(other.in, s.in[i])
		}
		for name, of := range map[string]func(s *drawn) Statistic{
			"mean":             func(s *drawn) Statistic { return Mean{Of: [][]float64{s.y, s.x}} },
			"mean of a domain": func(s *drawn) Statistic { return Mean{Of: [][]float64{s.y}, In: s.in} },
			"ratio":            func(s *drawn) Statistic { return Ratio{Of: s.y, Over: s.x} },
			"spread":           func(s *drawn) Statistic { return Spread{Of: s.y} },
		} {
			a, b := Of(s.design(t), of(s)), Of(other.design(t), of(other))
			if a.N == 0 {
				continue
			}
			for i := range a.Values {
				if a.Values[i] != b.Values[i] || a.SE(i) != b.SE(i) || a.DF != b.DF {
					t.Errorf("%s: %v (%v, %v) became %v (%v, %v)", name, a.Values[i], a.SE(i), a.DF, b.Values[i], b.SE(i), b.DF)
				}
			}
		}
	}
}

// TestCovarianceIsPositive holds that a covariance has no negative eigenvalue,
// and the squared errors on its diagonal.
func TestCovarianceIsPositive(t *testing.T) {
	r := draws(t)
	for range 100 {
		s := randomSample(r)
		d := s.design(t)
		e := Of(d, Joint{Mean{Of: [][]float64{s.y, s.x}}, Total{Of: [][]float64{s.y}, In: s.in}, Ratio{Of: s.y, Over: s.x}})
		k := len(e.Values)
		scaled := mat.NewSymDense(k, nil)
		for a := range k {
			for b := a; b < k; b++ {
				by := e.SE(a) * e.SE(b)
				if by > 0 {
					scaled.SetSym(a, b, e.Covariance[a][b]/by)
				}
				if e.Covariance[a][b] != e.Covariance[b][a] {
					t.Errorf("the covariance of %d and %d is not that of %d and %d", a, b, b, a)
				}
			}
			agrees(t, "variance", e.Covariance[a][a], Of(d, Joint{Mean{Of: [][]float64{s.y, s.x}}, Total{Of: [][]float64{s.y}, In: s.in}, Ratio{Of: s.y, Over: s.x}}).SE(a)*e.SE(a), 1e-12)
		}
		var eigen mat.EigenSym
		if !eigen.Factorize(scaled, false) {
			t.Fatal("no eigenvalues")
		}
		for _, v := range eigen.Values(nil) {
			if v < -1e-9 {
				t.Errorf("eigenvalue %g of a correlation", v)
			}
		}
	}
}

// TestWeightlessRespondent holds that a respondent of weight 0 in a PSU that
// has others changes nothing.
func TestWeightlessRespondent(t *testing.T) {
	r := draws(t)
	for range 50 {
		s := randomSample(r)
		before := Of(s.design(t), Mean{Of: [][]float64{s.y}})
		s.stratum, s.psu = append(s.stratum, s.stratum[0]), append(s.psu, s.psu[0])
		s.weight, s.y = append(s.weight, 0), append(s.y, 1e6)
		d := s.design(t)
		after := Of(d, Mean{Of: [][]float64{s.y[:len(d.Rows)]}})
		if before.Values[0] != after.Values[0] || before.SE(0) != after.SE(0) || before.DF != after.DF || before.N != after.N {
			t.Errorf("%v (%v) became %v (%v)", before.Values[0], before.SE(0), after.Values[0], after.SE(0))
		}
	}
}

// TestWeightlessCluster holds that a PSU whose respondents all weigh 0 was
// drawn: it counts in its stratum with a total of 0, and not in the degrees of
// freedom.
func TestWeightlessCluster(t *testing.T) {
	s := &drawn{stratum: []string{"a", "a", "a"}, psu: []string{"1", "2", "3"}, weight: []float64{1, 1, 0}, y: []float64{0, 2}}
	e := Of(s.design(t), Mean{Of: [][]float64{s.y}})
	// By hand: z is -1/2, 1/2 and 0; 3/2 times 1/2.
	agrees(t, "variance", e.Covariance[0][0], 0.75, 1e-15)
	agrees(t, "degrees of freedom", e.DF, 1, 0)
}
