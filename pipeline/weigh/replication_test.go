package weigh

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/refusal"
)

// halves is a design of strata of clusters of one respondent each.
func halves(t *testing.T, lonely string, sizes ...int) *design.Design {
	t.Helper()
	s := design.Source{Where: "x", Lonely: lonely, Nested: true}
	for h, size := range sizes {
		for range size {
			s.Stratum = design.LabelsOf(append(s.Stratum.Spelled(), string(rune('A'+h))))
			s.Weight = append(s.Weight, 1)
		}
	}
	d, ps := design.New(s)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	return d
}

// By hand: the weights of clusters A, A and B, B, B of weight 1.
func TestReplicatesByHand(t *testing.T) {
	for _, c := range []struct {
		claim  string
		sizes  []int
		lonely string
		method func(*design.Design) (*design.Design, refusal.Problems)
		want   [][]float64
		scale  float64
		scales []float64
	}{
		{"JK1 leaves out each in turn", []int{3}, "", JK1, [][]float64{{0, 1.5, 1.5}, {1.5, 0, 1.5}, {1.5, 1.5, 0}}, 2.0 / 3, nil},
		{"what was not drawn scales JK1", []int{3}, "", func(d *design.Design) (*design.Design, refusal.Problems) {
			d.Population = []float64{6}
			return JK1(d)
		}, [][]float64{{0, 1.5, 1.5}, {1.5, 0, 1.5}, {1.5, 1.5, 0}}, 1.0 / 3, nil},
		{"JKn does so within strata", []int{2, 3}, "", JKn, [][]float64{
			{0, 2, 1, 1, 1}, {2, 0, 1, 1, 1}, {1, 1, 0, 1.5, 1.5}, {1, 1, 1.5, 0, 1.5}, {1, 1, 1.5, 1.5, 0},
		}, 1, []float64{.5, .5, 2.0 / 3, 2.0 / 3, 2.0 / 3}},
		{"JKn has no replicate of a lonely cluster that is removed", []int{2, 1}, codebook.LonelyRemove, JKn, [][]float64{{0, 2, 1}, {2, 0, 1}}, 1, []float64{.5, .5}},
		{"JKn has the scale of all clusters where it is given the average", []int{2, 1}, codebook.LonelyAverage, JKn, [][]float64{{0, 2, 1}, {2, 0, 1}}, 1.5, []float64{.5, .5}},
		{"JKn leaves a lonely stratum out of all where it is adjusted", []int{2, 1}, codebook.LonelyAdjust, JKn, [][]float64{{0, 2, 1}, {2, 0, 1}, {2, 2, 0}}, 1, []float64{.5, .5, .5}},
		{"what was not drawn scales JKn, and a certain cluster has no replicate", []int{2, 1}, codebook.LonelyAdjust, func(d *design.Design) (*design.Design, refusal.Problems) {
			d.Population = []float64{4, 1}
			return JKn(d)
		}, [][]float64{{0, 2, 1}, {2, 0, 1}}, 1, []float64{.25, .25}},
		{"a stratum drawn whole has no replicates in JKn", []int{2, 3}, "", func(d *design.Design) (*design.Design, refusal.Problems) {
			d.Population = []float64{4, 3}
			return JKn(d)
		}, [][]float64{{0, 2, 1, 1, 1}, {2, 0, 1, 1, 1}}, 1, []float64{.25, .25}},
		{"but counts for the average that a lonely one is given", []int{2, 2, 1}, codebook.LonelyAverage, func(d *design.Design) (*design.Design, refusal.Problems) {
			d.Population = []float64{4, 2, 2}
			return JKn(d)
		}, [][]float64{{0, 2, 1, 1, 1}, {2, 0, 1, 1, 1}}, 1.25, []float64{.25, .25}},
		{"JK2 has one replicate a stratum", []int{2, 2}, "", JK2, [][]float64{{0, 2, 1, 1}, {1, 1, 0, 2}}, 1, []float64{1, 1}},
		{"nor in JK2", []int{2, 2}, "", func(d *design.Design) (*design.Design, refusal.Problems) {
			d.Population = []float64{2, 4}
			return JK2(d)
		}, [][]float64{{1, 1, 0, 2}}, 1, []float64{.5}},
		{"BRR takes one of two in each stratum", []int{2, 2, 2}, "", func(d *design.Design) (*design.Design, refusal.Problems) { return BRR(d, 0) }, [][]float64{
			{2, 0, 2, 0, 2, 0}, {2, 0, 0, 2, 0, 2}, {0, 2, 2, 0, 0, 2}, {0, 2, 0, 2, 2, 0},
		}, 0.25, nil},
		{"Fay's method is between, and a larger stratum has two parts", []int{3, 1}, codebook.LonelyCertainty, func(d *design.Design) (*design.Design, refusal.Problems) { return BRR(d, 0.5) }, [][]float64{
			{1.5, .5, .5, 1}, {1.5, .5, .5, 1}, {.5, 1.5, 1.5, 1}, {.5, 1.5, 1.5, 1},
		}, 1, nil},
	} {
		t.Run(c.claim, func(t *testing.T) {
			d, ps := c.method(halves(t, c.lonely, c.sizes...))
			if len(ps) > 0 {
				t.Fatal(ps)
			}
			got := slices.SortedFunc(slices.Values(d.Replicated()), slices.Compare)
			want := slices.SortedFunc(slices.Values(c.want), slices.Compare)
			for n := range max(len(got), len(want)) {
				if len(got) != len(want) || !slices.Equal(got[n], want[n]) {
					t.Fatalf("got %v, want %v", got, want)
				}
			}
			if math.Abs(d.Replicates.Scale-c.scale) > 1e-15 || !slices.Equal(d.Replicates.Scales, c.scales) || d.Error != design.ByReplicates {
				t.Errorf("got a scale of %v and %v, error by %s, want %v and %v", d.Replicates.Scale, d.Replicates.Scales, d.Error, c.scale, c.scales)
			}
		})
	}
}

// Degrees of freedom are the rank of the weights less 1: of a jackknife and of
// half-samples as many as strata and clusters give, in a domain too.
func TestReplicateDF(t *testing.T) {
	s := design.Source{Where: "x", Nested: true}
	for row := range 15 { // three of each cluster, weighing differently
		s.Stratum = design.LabelsOf(append(s.Stratum.Spelled(), []string{"A", "A", "B", "B", "B"}[row%5]))
		s.PSU = design.LabelsOf(append(s.PSU.Spelled(), []string{"1", "2", "1", "2", "3"}[row%5]))
		s.Weight = append(s.Weight, float64(1+row))
	}
	d, ps := design.New(s)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	jkn, _ := JKn(d)
	brr, _ := BRR(d, 0)
	whole := *d
	whole.Population = []float64{8, 3}
	finite, _ := JKn(&whole)
	inA, one := make([]bool, 15), make([]bool, 15)
	for row := range 15 {
		inA[row], one[row] = row%5 < 2, row == 2
	}
	const little = 1.5e-5 // of the others' weight, by which two replicates differ
	same := &design.Design{Weight: []float64{1, 1, 1, 1, little}, Replicates: &design.Replicates{Weight: [][]float64{{1, 1, 1, 1, little}, {1, 1, 1, 1, 2 * little}}}}
	first := []bool{3: true, 4: true}
	for _, c := range []struct {
		claim string
		d     *design.Design
		in    []bool
		want  float64
	}{
		{"the jackknife: clusters less strata", jkn, nil, 3},
		{"the jackknife with a stratum drawn whole: clusters less strata of the other", finite, nil, 1},
		{"half-samples: strata", brr, nil, 2},
		{"a stratum", jkn, inA, 1},
		{"a respondent", jkn, one, 0},
		{"replicates that differ by less than 1e-5 of their length are one", same, nil, 0},
		{"and by more are two", same, first, 1},
	} {
		if got := c.d.DomainDF(c.in); got != c.want {
			t.Errorf("%s: got %g, want %g", c.claim, got, c.want)
		}
	}
}

func TestHadamard(t *testing.T) {
	for n := 1; n <= 200; n++ {
		order := hadamardOrder(n)
		if order < n || order > n+11 {
			t.Errorf("order %d for %d", order, n)
		}
		if order != n {
			continue
		}
		h := hadamard(n)
		for i := range n {
			for j := range i + 1 {
				product, want := 0, 0
				for k := range n {
					product += int(h[i][k]) * int(h[j][k])
				}
				if i == j {
					want = n
				}
				if product != want {
					t.Fatalf("order %d: rows %d and %d have a product of %d", n, i, j, product)
				}
			}
			if h[0][i] != 1 || h[i][0] != 1 {
				t.Fatalf("order %d: the first row and column are not all 1", n)
			}
		}
	}
}

// The draws of a seed stay what they are, by a program of our own in Python for
// PCG-DXSM and the reductions of math/rand/v2.
func TestBootstrapSeed(t *testing.T) {
	d, ps := Bootstrap(halves(t, "", 3, 2), 3, 2001)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	want := [][]float64{{1, 2, 0, 1, 1}, {0, 1, 2, 2, 0}, {1, 2, 0, 1, 1}}
	if !cmp.Equal(d.Replicated(), want) {
		t.Errorf("got multipliers %v, want %v", d.Replicated(), want)
	}
}

// A bootstrap's draws depend on its seed; each draws as many clusters in a
// stratum as it should, and no more often than the population has them.
func TestBootstrapDraws(t *testing.T) {
	whole := halves(t, "", 4, 4)
	whole.Population = []float64{8, 4}
	for _, c := range []struct {
		claim  string
		d      *design.Design
		method func(*design.Design, int, uint64) (*design.Design, refusal.Problems)
		most   [2]float64 // that a cluster of each stratum is multiplied by
		scale  float64
	}{
		{"with replacement", halves(t, "", 4, 4), Bootstrap, [2]float64{4, 4}, 4.0 / 3 / 49},
		{"from a finite population", whole, Bootstrap, [2]float64{2, 1}, 4.0 / 3 / 49},
		{"one fewer", halves(t, "", 4, 4), RescalingBootstrap, [2]float64{4, 4}, 1.0 / 49},
		{"a lonely cluster that is certain stays", halves(t, codebook.LonelyCertainty, 4, 1), Bootstrap, [2]float64{4, 1}, 4.0 / 3 / 49},
	} {
		t.Run(c.claim, func(t *testing.T) {
			a, ps := c.method(c.d, 50, 1)
			b, _ := c.method(c.d, 50, 1)
			other, _ := c.method(c.d, 50, 2)
			if len(ps) > 0 {
				t.Fatal(ps)
			}
			same := true
			for r, weight := range a.Replicated() {
				if !slices.Equal(weight, b.Replicated()[r]) {
					t.Errorf("replicate %d differs under the same seed", r+1)
				}
				same = same && slices.Equal(weight, other.Replicated()[r])
				if got, want := design.Total(weight), float64(c.d.Clusters); math.Abs(got-want) > 1e-12 {
					t.Errorf("replicate %d: a weight of %g in all, want %g", r+1, got, want)
				}
				for i, w := range weight {
					if most := c.most[c.d.Stratum[c.d.Cluster[i]]]; w > most+1e-12 {
						t.Errorf("replicate %d: a multiplier of %g, want at most %g", r+1, w, most)
					}
				}
			}
			if same {
				t.Error("the seed makes no difference")
			}
			if math.Abs(a.Replicates.Scale-c.scale) > 1e-15 {
				t.Errorf("got a scale of %v, want %v", a.Replicates.Scale, c.scale)
			}
		})
	}
}

func TestReplicatesRefused(t *testing.T) {
	for _, c := range []struct {
		claim  string
		d      *design.Design
		method func(*design.Design) (*design.Design, refusal.Problems)
		want   string
	}{
		{"JK1 of strata", halves(t, "", 2, 2), JK1, "JK1: 2 strata, want one"},
		{"JK1 of one cluster", halves(t, codebook.LonelyCertainty, 1), JK1, "JK1: 1 cluster, want at least 2"},
		{"a jackknife without two clusters in a stratum", halves(t, codebook.LonelyRemove, 1, 1), JKn, "JKn: no stratum with 2 clusters that was not drawn whole, want one"},
		{"a jackknife of the whole population", &design.Design{
			Rows: []int32{0}, Clusters: 2, Strata: 1, Stage: design.Stage{Stratum: []int32{0, 0}, Size: []int{2}, Population: []float64{2}},
		}, JKn, "JKn: no stratum with 2 clusters that was not drawn whole, want one"},
		{"JK2 of the whole population", &design.Design{
			Rows: []int32{0}, Clusters: 2, Strata: 1, Stage: design.Stage{Stratum: []int32{0, 0}, Size: []int{2}, Population: []float64{2}},
		}, JK2, "JK2: no stratum with 2 clusters that was not drawn whole, want one"},
		{"JK2 of three clusters", halves(t, "", 3, 2), JK2, "JK2: strata with more than 2 clusters: 1, want 2 clusters"},
		{"BRR with a lonely cluster that is adjusted", halves(t, codebook.LonelyAdjust, 1, 2), func(d *design.Design) (*design.Design, refusal.Problems) { return BRR(d, 0) }, "BRR: strata with 1 cluster under the policy adjust: 1, want at least 2 clusters"},
		{"Fay's rho of 1", halves(t, "", 2), func(d *design.Design) (*design.Design, refusal.Problems) { return BRR(d, 1) }, "BRR: rho 1, want at least 0 and below 1"},
		{"one bootstrap replicate", halves(t, "", 2), func(d *design.Design) (*design.Design, refusal.Problems) { return Bootstrap(d, 1, 1) }, "bootstrap: replicates: 1, want at least 2"},
		{"a bootstrap of lonely clusters", halves(t, codebook.LonelyRemove, 1, 1), func(d *design.Design) (*design.Design, refusal.Problems) { return Bootstrap(d, 2, 1) }, "bootstrap: no stratum with 2 clusters, want one"},
		{"a bootstrap from a population that is not held", &design.Design{
			Rows: []int32{0, 1}, Clusters: 2, Strata: 1, Stage: design.Stage{Stratum: []int32{0, 0}, Size: []int{2}, Population: []float64{1e9}},
		}, func(d *design.Design) (*design.Design, refusal.Problems) { return Bootstrap(d, 2, 1) }, "bootstrap: 1e+09 clusters in a stratum of the population, want at most 268435456"},
		{"a jackknife of a lonely cluster without a policy", &design.Design{
			Rows: []int32{0}, Clusters: 3, Strata: 2, Stage: design.Stage{Stratum: []int32{0, 0, 1}, Size: []int{2, 1}}, Lonely: codebook.LonelyRefuse,
		}, JKn, "JKn: strata with 1 cluster: 1, want at least 2 clusters"},
		{"JK2 of a lonely cluster without a policy", &design.Design{
			Rows: []int32{0}, Clusters: 3, Strata: 2, Stage: design.Stage{Stratum: []int32{0, 0, 1}, Size: []int{2, 1}}, Lonely: codebook.LonelyRefuse,
		}, JK2, "JK2: strata with 1 cluster under the policy refuse: 1, want at least 2 clusters"},
		{"more replicates than are held", halves(t, "", 2), func(d *design.Design) (*design.Design, refusal.Problems) { return RescalingBootstrap(d, 1<<28, 1) }, "bootstrap: 268435456 replicates of 2 respondents, want 1 to 268435456 weights"},
		{"successive differences of three replicates", halves(t, "", 2), func(d *design.Design) (*design.Design, refusal.Problems) { return SuccessiveDifference(d, 3, nil) }, "successive differences: 3 replicates, want at least 4"},
		{"successive differences in an order that is none", halves(t, "", 2), func(d *design.Design) (*design.Design, refusal.Problems) {
			return SuccessiveDifference(d, 4, []int32{0, 0})
		}, "successive differences: an order of 2 clusters, want each of 2 once"},
		{"replicates of a calibrated design", &design.Design{Rows: []int32{0}, Clusters: 2, Strata: 1, Calibrations: []design.Calibration{&postStrata{}}}, JKn, "JKn: the design is calibrated, want its weights before"},
		{"replicates of replicates", &design.Design{Rows: []int32{0}, Clusters: 2, Strata: 1, Replicates: &design.Replicates{}}, JKn, "JKn: the design has replicate weights, want strata and clusters"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			d, ps := c.method(c.d)
			if d != nil || ps.Err() == nil || ps.Err().Error() != c.want {
				t.Errorf("got %v, want %s", ps.Err(), c.want)
			}
		})
	}
}
