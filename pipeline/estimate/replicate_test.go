package estimate_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/weigh"
)

// drawnFrom is how the reference's replicates were made: the design, by the
// columns of a data set, and the method.
type drawnFrom struct {
	id, dataset, stratum, psu, weight, population, lonely string
	method                                                func(*design.Design) (*design.Design, error)
}

func jackknife1(d *design.Design) (*design.Design, error) {
	made, ps := weigh.JK1(d)
	return made, ps.Err()
}

func jackknifeN(d *design.Design) (*design.Design, error) {
	made, ps := weigh.JKn(d)
	return made, ps.Err()
}

func jackknife2(d *design.Design) (*design.Design, error) {
	made, ps := weigh.JK2(d)
	return made, ps.Err()
}

func balanced(rho float64) func(*design.Design) (*design.Design, error) {
	return func(d *design.Design) (*design.Design, error) {
		made, ps := weigh.BRR(d, rho)
		return made, ps.Err()
	}
}

// sample makes the design as it was before the replicates.
func (f drawnFrom) sample(t *testing.T, folder string) *sample {
	t.Helper()
	s := &sample{numbers: map[string][]float64{}, texts: map[string][]string{}}
	s.load(readCSV(t, filepath.Join(folder, "data", f.dataset+".csv")))
	source := design.Source{Where: f.dataset, Nested: true, Lonely: f.lonely, Weight: s.numbers[f.weight]}
	if f.weight == "" {
		source.Weight = slices.Repeat([]float64{1}, s.rows())
	}
	if f.stratum != "" {
		source.Stratum = design.LabelsOf(s.labels(f.stratum))
	}
	if f.psu != "" {
		source.PSU = design.LabelsOf(s.labels(f.psu))
	}
	if f.population != "" {
		source.Population = s.numbers[f.population]
	}
	d, ps := design.New(source)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	s.Design = d
	return s
}

// stored reads the reference's replicates: their weights by respondent, their
// scale and scales.
func (f drawnFrom) stored(t *testing.T, folder string, s *sample) *design.Replicates {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, "replicate.designs.json"))
	if err != nil {
		t.Fatal(err)
	}
	var specs map[string]spec
	if err := json.Unmarshal(data, &specs); err != nil {
		t.Fatal(err)
	}
	sp, ok := specs[f.id]
	if !ok {
		t.Skip("not among the reference's designs")
	}
	made := &design.Replicates{Scale: sp.Scale, Scales: sp.Scales, MSE: sp.MSE}
	records := readCSV(t, filepath.Join(folder, "data", sp.Replicates))
	made.Weight = make([][]float64, len(records[0])-1)
	for r := range made.Weight {
		for i, row := range s.Rows {
			w, err := strconv.ParseFloat(records[row+1][r+1], 64)
			if err != nil {
				t.Fatal(err)
			}
			if !sp.Combined {
				w *= s.Weight[i]
			}
			made.Weight[r] = append(made.Weight[r], w)
		}
	}
	return made
}

// The replicates that R's survey made are those that the design makes: the same
// weights with the same scales, in any order.
func TestReplicatesOfReference(t *testing.T) {
	folder := oracleFolder(t)
	for _, f := range []drawnFrom{
		{id: "jk1", dataset: "apiclus1", psu: "dnum", weight: "pw", method: jackknife1},
		{id: "jk1_fpc", dataset: "apiclus1", psu: "dnum", weight: "pw", population: "fpc", method: jackknife1},
		{id: "jkn", dataset: "apistrat", stratum: "stype", weight: "pw", method: jackknifeN},
		{id: "jkn_fpc", dataset: "apistrat", stratum: "stype", weight: "pw", population: "fpc", method: jackknifeN},
		{id: "nh_jkn", dataset: "nhanes", stratum: "SDMVSTRA", psu: "SDMVPSU", weight: "WTMEC2YR", method: jackknifeN},
		{id: "jkn_lonely_remove", dataset: "nhanes_lonely", stratum: "SDMVSTRA", psu: "SDMVPSU", weight: "WTMEC2YR", lonely: codebook.LonelyRemove, method: jackknifeN},
		{id: "jkn_lonely_adjust", dataset: "nhanes_lonely", stratum: "SDMVSTRA", psu: "SDMVPSU", weight: "WTMEC2YR", lonely: codebook.LonelyAdjust, method: jackknifeN},
		{id: "jkn_lonely_average", dataset: "nhanes_lonely", stratum: "SDMVSTRA", psu: "SDMVPSU", weight: "WTMEC2YR", lonely: codebook.LonelyAverage, method: jackknifeN},
		{id: "jk2", dataset: "nhanes_2psu", stratum: "SDMVSTRA", psu: "SDMVPSU", weight: "WTMEC2YR", method: jackknife2},
		{id: "scd_fay", dataset: "scd", stratum: "ESA", psu: "ambulance", method: balanced(0.3)},
		{id: "scd_brr", dataset: "scd", stratum: "ESA", psu: "ambulance", method: balanced(0)},
	} {
		t.Run(f.id, func(t *testing.T) {
			s := f.sample(t, folder)
			d, err := f.method(s.Design)
			if err != nil {
				t.Fatal(err)
			}
			want, got := f.stored(t, folder, s), d.Replicates.With(d.Replicated())
			if len(got.Weight) != len(want.Weight) || math.Abs(got.Scale/want.Scale-1) > 1e-14 {
				t.Fatalf("got %d replicates on a scale of %.15g, want %d on %.15g", len(got.Weight), got.Scale, len(want.Weight), want.Scale)
			}
			left := map[string][]float64{} // of weights, the scales of the replicates that have them
			for r, weight := range want.Weight {
				left[digits(weight)] = append(left[digits(weight)], want.ScaleOf(r))
			}
			for r, weight := range got.Weight {
				scales := left[digits(weight)]
				if len(scales) == 0 || math.Abs(scales[0]-got.ScaleOf(r)) > 1e-14 {
					t.Fatalf("replicate %d on a scale of %.15g: want one with these weights, of which %v", r+1, got.ScaleOf(r), scales)
				}
				left[digits(weight)] = scales[1:]
			}
		})
	}
}

// digits are numbers to the 12 that rounding leaves alone.
func digits(xs []float64) string {
	var made []byte
	for _, x := range xs {
		made = fmt.Appendf(made, "%.11e ", x)
	}
	return string(made)
}

// Half-samples depend on the Hadamard matrix, but the variance of a total does
// not: in strata of two clusters the reference's replicates, the design's own
// and linearisation give one.
func TestBalancedTotals(t *testing.T) {
	folder := oracleFolder(t)
	for _, f := range []drawnFrom{
		{id: "nh_brr", dataset: "nhanes", stratum: "SDMVSTRA", psu: "SDMVPSU", weight: "WTMEC2YR", method: balanced(0)},
		{id: "nh_fay", dataset: "nhanes", stratum: "SDMVSTRA", psu: "SDMVPSU", weight: "WTMEC2YR", method: balanced(0.5)},
		{id: "jk2", dataset: "nhanes_2psu", stratum: "SDMVSTRA", psu: "SDMVPSU", weight: "WTMEC2YR", method: balanced(0)},
	} {
		t.Run(f.id, func(t *testing.T) {
			s := f.sample(t, folder)
			y := s.variable("HI_CHOL")
			st := estimate.Total{Of: [][]float64{y}, In: estimate.Complete(nil, y)}
			for i, c := range s.Cluster {
				st.In[i] = st.In[i] && s.Size[s.Stratum[c]] == 2
			}
			d, err := f.method(s.Design)
			if err != nil {
				t.Fatal(err)
			}
			got := estimate.Of(d, st).SE(0)
			theirs := *d
			theirs.Replicates = f.stored(t, folder, s)
			if want := estimate.Of(&theirs, st).SE(0); math.Abs(got/want-1) > 1e-12 {
				t.Errorf("got an error of %.15g, want the reference's replicates' %.15g", got, want)
			}
			if want := estimate.Of(s.Design, st).SE(0); math.Abs(got/want-1) > 1e-12 {
				t.Errorf("got an error of %.15g, want linearisation's %.15g", got, want)
			}
		})
	}
}

// A jackknife's error of a total is linearisation's, and of a ratio near it; a
// bootstrap's is near it to what its draws leave.
func TestReplicatedNearLinearised(t *testing.T) {
	folder := oracleFolder(t)
	const seed, replicates = 20031103, 1500
	bootstrap := func(d *design.Design) (*design.Design, error) {
		made, ps := weigh.Bootstrap(d, replicates, seed)
		return made, ps.Err()
	}
	rescaling := func(d *design.Design) (*design.Design, error) {
		made, ps := weigh.RescalingBootstrap(d, replicates, seed)
		return made, ps.Err()
	}
	strat := drawnFrom{id: "apistrat", dataset: "apistrat", stratum: "stype", weight: "pw"}
	finite := drawnFrom{id: "apistrat, finite", dataset: "apistrat", stratum: "stype", weight: "pw", population: "fpc"}
	clusters := drawnFrom{id: "apiclus1", dataset: "apiclus1", psu: "dnum", weight: "pw"}
	whole := drawnFrom{id: "apiclus1, finite", dataset: "apiclus1", psu: "dnum", weight: "pw", population: "fpc"}
	for _, c := range []struct {
		claim        string
		from         drawnFrom
		make         func(*design.Design) (*design.Design, error)
		total, ratio float64
	}{
		{"the jackknife of strata", strat, jackknifeN, 1e-12, 0.01},
		{"the jackknife of strata, finite", finite, jackknifeN, 1e-12, 0.01},
		{"the bootstrap of strata", strat, bootstrap, 0.06, 0.06},
		{"the bootstrap of strata, finite", finite, bootstrap, 0.06, 0.06},
		{"the rescaling bootstrap of strata", strat, rescaling, 0.06, 0.06},
		{"the bootstrap of clusters", clusters, bootstrap, 0.06, 0.06},
		{"the bootstrap of clusters, finite", whole, bootstrap, 0.06, 0.06},
		{"the rescaling bootstrap of clusters", clusters, rescaling, 0.06, 0.06},
	} {
		t.Run(c.claim, func(t *testing.T) {
			s := c.from.sample(t, folder)
			y, x := s.variable("api_stu"), s.variable("enroll")
			d, err := c.make(s.Design)
			if err != nil {
				t.Fatal(err)
			}
			st := estimate.Joint{estimate.Total{Of: [][]float64{y}}, estimate.Ratio{Of: y, Over: x}}
			got, want := estimate.Of(d, st), estimate.Of(s.Design, st)
			for i, tolerance := range []float64{c.total, c.ratio} {
				if by := got.SE(i) / want.SE(i); !(math.Abs(by-1) <= tolerance) {
					t.Errorf("seed %d: value %d: got an error of %.6g, want about %.6g (%.4f)", seed, i, got.SE(i), want.SE(i), by)
				}
			}
		})
	}
}
