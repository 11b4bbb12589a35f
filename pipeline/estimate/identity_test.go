package estimate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
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
type testSample struct {
	stratum, psu []string
	weight, y, x []float64
	in           []bool
}

func (s *testSample) source() design.Source {
	return design.Source{Where: "drawn", Stratum: design.LabelsOf(s.stratum), PSU: design.LabelsOf(s.psu), Weight: s.weight, Nested: true, Lonely: codebook.LonelyAdjust}
}

func (s *testSample) design(t *testing.T) *design.Design {
	t.Helper()
	d, problems := design.New(s.source())
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return d
}

// randomSample draws a sample of up to 6 strata with 2 to 5 PSUs of 1 to 8
// respondents, about half of whom are in the domain.
func randomSample(r *rand.Rand) *testSample {
	s := &testSample{}
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

// directly is how a variance is made: what a stratum with one PSU adds, whether
// one that has one in the domain alone counts as such, and whether the numbers
// of PSUs that the strata have are known.
type directly struct {
	lonely         string
	domain, finite bool
}

// TestDirectFormula goes through every design of 1 to 3 strata with 1 to 3 PSUs
// of 1 or 2 respondents, and compares the covariance of a mean and a total with
// the formula written out. Where all PSUs have 1 respondent, it does so for
// every domain of whole PSUs under every policy, with and without population
// sizes; for the other designs, for a domain that is drawn under each of these.
func TestDirectFormula(t *testing.T) {
	r := draws(t)
	var ways []directly
	for _, lonely := range []string{codebook.LonelyRemove, codebook.LonelyCertainty, codebook.LonelyAdjust, codebook.LonelyAverage} {
		for _, domain := range []bool{false, true} {
			for _, finite := range []bool{false, true} {
				ways = append(ways, directly{lonely, domain, finite})
			}
		}
	}
	designs, whole, compared := 0, 0, 0
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
			clusters, most := 0, 0
			for _, shape := range strata {
				clusters += len(shape)
				most = max(most, slices.Max(shape))
			}
			if most == 1 {
				whole++
			}
			for _, way := range ways {
				all := 1<<clusters - 1
				if most > 1 {
					compared += way.compare(t, r, strata, 1+r.IntN(all), 1)
					continue
				}
				compared += way.compare(t, r, strata, 1, all)
			}
		}
		if len(strata) < 3 {
			for _, shape := range shapes {
				each(append(strata[:len(strata):len(strata)], shape))
			}
		}
	}
	each(nil)
	t.Logf("%d designs, of %d of them every domain: %d covariances compared", designs, whole, compared)
	if want := 14 + 14*14 + 14*14*14; designs != want {
		t.Errorf("%d designs, want %d", designs, want)
	}
	if want := len(ways) * (14 + 14*14 + 14*14*14 - whole + designs - whole); whole != 3+9+27 || compared != want {
		t.Errorf("%d covariances of %d whole designs, want %d of 39", compared, whole, want)
	}
}

// compare draws a design of the shape and compares as many domains from the
// first on, each a set of PSUs.
func (way directly) compare(t *testing.T, r *rand.Rand, strata [][]int, first, domains int) int {
	t.Helper()
	s := &testSample{}
	var cluster, stratum []int     // of each respondent, and of each cluster
	var each, population []float64 // of PSUs: of each respondent's stratum, and of each stratum
	for h, shape := range strata {
		population = append(population, float64(len(shape)+[]int{0, 1, 4}[r.IntN(3)]))
		for c, size := range shape {
			for range size {
				s.stratum, s.psu = append(s.stratum, fmt.Sprint(h)), append(s.psu, fmt.Sprint(c))
				s.weight, s.y, s.x = append(s.weight, 1+r.Float64()), append(s.y, r.NormFloat64()), append(s.x, 1+r.Float64())
				cluster, each = append(cluster, len(stratum)), append(each, population[h])
			}
			stratum = append(stratum, h)
		}
	}
	source := s.source()
	source.Lonely, source.DomainLonely = way.lonely, way.domain
	if way.finite {
		source.Population = each
	} else {
		clear(population)
	}
	d, ps := design.New(source)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	in := make([]bool, len(cluster))
	for domain := first; domain < first+domains; domain++ {
		met := make([]bool, len(stratum))
		weight := 0.0
		for i, c := range cluster {
			met[c] = domain>>c&1 == 1
			if in[i] = met[c]; met[c] {
				weight += s.weight[i]
			}
		}
		for _, total := range []bool{false, true} {
			var st Statistic = Mean{Of: [][]float64{s.y, s.x}, In: in}
			if total {
				st = Total{Of: [][]float64{s.y, s.x}, In: in}
			}
			var z, size [2][]float64 // of both variables: each PSU's sum of linearised values, and of their sizes
			for k, y := range [][]float64{s.y, s.x} {
				z[k], size[k] = make([]float64, len(stratum)), make([]float64, len(stratum))
				mean, by := 0.0, 1.0
				if !total {
					for i, w := range s.weight {
						if in[i] {
							mean += w * y[i] / weight
						}
					}
					by = 1 / weight
				}
				for i, c := range cluster {
					if in[i] {
						z[k][c] += s.weight[i] * (y[i] - mean) * by
						size[k][c] += s.weight[i] * (math.Abs(y[i]) + math.Abs(mean)) * by
					}
				}
			}
			got := Of(d, st).Covariance
			for a := range z {
				for b := range z {
					want, most := way.covariance(z[a], z[b], stratum, met, population), 0.0
					for c := range stratum {
						for e := range stratum {
							most += size[a][c] * size[b][e]
						}
					}
					if !(math.Abs(got[a][b]-want) <= 1e-13*most) && !(math.IsNaN(want) && math.IsNaN(got[a][b])) {
						t.Errorf("%+v, strata %v of %v, domain %b, total %v: covariance %.15g, by the formula %.15g", way, strata, population, domain, total, got[a][b], want)
					}
				}
			}
		}
	}
	return domains
}

// covariance is the formula, written out, of two sums of the PSUs' values, of
// which drawn are those of each stratum's population, 0 where it is not known:
//
//	sum over strata h that are met of (1 - n_h/N_h) n_h/(n_h-1) sum over their PSUs of (x - centre)(y - centre)
//
// The centre is the stratum's mean. Of a lonely stratum it is the mean of all
// PSUs of the strata that are met, without n/(n-1) for a single PSU (adjust), or
// the stratum has the mean of what the others have (average), or a single PSU
// has nothing.
func (way directly) covariance(x, y []float64, stratum []int, met []bool, population []float64) float64 {
	type sums struct{ n, met, x, y, xy float64 }
	strata := make([]sums, len(population))
	var all sums // of the strata that are met
	for c, h := range stratum {
		s := &strata[h]
		s.n++
		s.x += x[c]
		s.y += y[c]
		s.xy += x[c] * y[c]
		if met[c] {
			s.met++
		}
	}
	for _, s := range strata {
		if s.met > 0 {
			all = sums{n: all.n + s.n, x: all.x + s.x, y: all.y + s.y}
		}
	}
	variance, counted, left := 0.0, 0.0, 0.0
	for h, s := range strata {
		lonely := s.n == 1 || way.domain && s.met == 1
		about := func(cx, cy float64) float64 { return s.xy - cx*s.y - cy*s.x + s.n*cx*cy }
		not, by := 1.0, 1.0
		if population[h] > 0 {
			not = 1 - s.n/population[h]
		}
		if s.n > 1 {
			by = s.n / (s.n - 1)
		}
		switch {
		case s.met == 0:
			continue
		case not == 0: // a stratum that is taken whole
		case lonely && way.lonely == codebook.LonelyAverage:
			left++
			continue
		case lonely && way.lonely == codebook.LonelyAdjust:
			variance += not * by * about(all.x/all.n, all.y/all.n)
		case s.n > 1:
			variance += not * by * about(s.x/s.n, s.y/s.n)
		}
		counted++
	}
	if left > 0 {
		variance *= (counted + left) / counted
	}
	return variance
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
		slope := []float64{1 / total.Values[1], -total.Values[0] / (total.Values[1] * total.Values[1])}
		delta := total.Delta(slope)
		// The terms of the delta method cancel, to nothing where the domain does not vary: what is lost is of their size.
		terms := math.Abs(slope[0])*total.SE(0) + math.Abs(slope[1])*total.SE(1)
		if lost := math.Abs(delta*delta - ratio.SE(0)*ratio.SE(0)); lost > 1e-12*terms*terms {
			t.Errorf("variance by the delta method: %.15g, want %.15g: %.2g of its terms", delta*delta, ratio.SE(0)*ratio.SE(0), lost/(terms*terms))
		}
	}
}

// TestCovarianceIsPositive holds that a covariance has no negative eigenvalue,
// that its diagonal is the variance of each statistic alone, and that beside it
// is half of what the variance of a sum has above those of its parts.
func TestCovarianceIsPositive(t *testing.T) {
	r := draws(t)
	for range 100 {
		s := randomSample(r)
		d := s.design(t)
		both := make([]float64, len(s.y))
		for i, y := range s.y {
			both[i] = y + s.x[i]
		}
		parts := []Statistic{Mean{Of: [][]float64{s.y}}, Mean{Of: [][]float64{s.x}}, Total{Of: [][]float64{s.y}, In: s.in}, Ratio{Of: s.y, Over: s.x}}
		e := Of(d, Joint(parts))
		k := len(parts)
		scaled := mat.NewSymDense(k, nil)
		for a, alone := range parts {
			agrees(t, "variance", e.Covariance[a][a], Of(d, alone).Covariance[0][0], 1e-12)
			for b := a; b < k; b++ {
				by := e.SE(a) * e.SE(b)
				if by > 0 {
					scaled.SetSym(a, b, e.Covariance[a][b]/by)
				}
				if e.Covariance[a][b] != e.Covariance[b][a] {
					t.Errorf("the covariance of %d and %d is not that of %d and %d", a, b, b, a)
				}
			}
		}
		sum := Of(d, Mean{Of: [][]float64{both}}).Covariance[0][0]
		if beside := (sum - e.Covariance[0][0] - e.Covariance[1][1]) / 2; !(math.Abs(beside-e.Covariance[0][1]) <= 1e-12*sum) {
			t.Errorf("covariance %.15g, by the variance of the sum %.15g", e.Covariance[0][1], beside)
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
	s := &testSample{stratum: []string{"a", "a", "a"}, psu: []string{"1", "2", "3"}, weight: []float64{1, 1, 0}, y: []float64{0, 2}}
	e := Of(s.design(t), Mean{Of: [][]float64{s.y}})
	// By hand: z is -1/2, 1/2 and 0; 3/2 times 1/2.
	agrees(t, "variance", e.Covariance[0][0], 0.75, 1e-15)
	agrees(t, "degrees of freedom", e.DF, 1, 0)
}
