package estimate

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
	"togetherwecan/pipeline/weigh"
)

func newDesign(t *testing.T, s design.Source) *design.Design {
	t.Helper()
	d, ps := design.New(s)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestHalfSamplesAreLinearised: in strata of two PSUs, replicates that are
// balanced in full have the error of a total that linearisation has, to
// rounding; and the jackknife has it in any strata.
func TestHalfSamplesAreLinearised(t *testing.T) {
	r := draws(t)
	for _, c := range []struct {
		method string
		most   int // PSUs of a stratum
		make   func(d *design.Design) (*design.Design, refusal.Problems)
	}{
		{"BRR", 2, func(d *design.Design) (*design.Design, refusal.Problems) { return weigh.BRR(d, 0) }},
		{"Fay", 2, func(d *design.Design) (*design.Design, refusal.Problems) { return weigh.BRR(d, 0.3) }},
		{"JK2", 2, weigh.JK2},
		{"JKn", 5, weigh.JKn},
	} {
		t.Run(c.method, func(t *testing.T) {
			for range 30 {
				s := randomSample(r)
				for i, psu := range s.psu { // p0 to p4
					s.psu[i] = fmt.Sprint(int(psu[1]-'0') % c.most)
				}
				d := s.design(t)
				made, ps := c.make(d)
				if err := ps.Err(); err != nil {
					t.Fatal(err)
				}
				st := Joint{Total{Of: [][]float64{s.y, s.x}}, Total{Of: [][]float64{s.y}, In: s.in}}
				got, want := Of(made, st), Of(d, st)
				for a := range want.Values {
					for b := range want.Values {
						if math.Abs(got.Covariance[a][b]-want.Covariance[a][b]) > 1e-12*float64(len(s.y))*want.Values[0]*want.Values[0] {
							t.Errorf("covariance of %d and %d: %.15g, linearised %.15g", a, b, got.Covariance[a][b], want.Covariance[a][b])
						}
					}
				}
			}
		})
	}
}

// TestHalvesOfLargerStrata: in a stratum of more than two PSUs, half-samples
// measure the difference between the first half of them, rounded down, and the
// rest.
func TestHalvesOfLargerStrata(t *testing.T) {
	s := &testSample{}
	for c, y := range []float64{1, 2, 4, 8, 16, 32, 64, 128} {
		s.stratum, s.psu = append(s.stratum, "aaabbbbb"[c:c+1]), append(s.psu, fmt.Sprint(c))
		s.weight, s.y = append(s.weight, 1), append(s.y, y)
	}
	d, ps := weigh.BRR(s.design(t), 0)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	e := Of(d, Total{Of: [][]float64{s.y}})
	agrees(t, "variance: (2+4-1)^2 and (32+64+128-8-16)^2", e.Covariance[0][0], 25+200*200, 1e-14)
}

// TestCertaintyStratum holds the figures of Lehtonen and Pahkinen's example of
// a municipality that is in the sample for certain beside 7 of 31 others, as
// R's survey prints them (Practical Methods for Design and Analysis of Complex
// Surveys; unemployed in Central Finland, 1991).
func TestCertaintyStratum(t *testing.T) {
	unemployed := []float64{4123, 1623, 760, 767, 568, 331, 187, 129}
	s := design.Source{
		Where: "municipalities", Stratum: design.LabelsOf(strings.Split("21111111", "")), PSU: design.LabelsOf([]string{"1", "10", "4", "7", "32", "26", "18", "13"}),
		Weight:     []float64{1, 1.004, 1.893, 2.173, 2.971, 4.762, 6.335, 13.73},
		Population: []float64{1, 31, 31, 31, 31, 31, 31, 31},
	}
	d := newDesign(t, s)
	mean, total := Of(d, Mean{Of: [][]float64{unemployed}}), Of(d, Total{Of: [][]float64{unemployed}})
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"mean", mean.Values[0], 445.18},
		{"its error", mean.SE(0), 132.39},
		{"total", total.Values[0], 15077},
		{"its error", total.SE(0), 458.53},
	} {
		if printed := fmt.Sprintf("%.5g", c.got); printed != fmt.Sprintf("%.5g", c.want) {
			t.Errorf("%s: %s, want %g", c.name, printed, c.want)
		}
	}
	if _, ps := design.New(design.Source{Where: "municipalities", Stratum: s.Stratum, PSU: s.PSU, Weight: s.Weight}); ps == nil {
		t.Error("without a population, one PSU of a stratum was not refused")
	}
	s.Population, s.Lonely = nil, codebook.LonelyCertainty
	agrees(t, "certain by policy: the error of 7 drawn with replacement", Of(newDesign(t, s), Mean{Of: [][]float64{unemployed}}).SE(0), mean.SE(0)/math.Sqrt(24./31), 1e-14)
}

// TestKaltonFlores holds the factors of Kalton and Flores-Cervantes's example
// (Weighting Methods, Journal of Official Statistics 19, 2003, tables A to G),
// to the two decimals that are printed: by b, each for a from 1 to 4.
func TestKaltonFlores(t *testing.T) {
	sample := []int{20, 50, 100, 30, 40, 140, 50, 100, 40, 310, 50, 70}
	population := []float64{80, 60, 170, 55, 40, 150, 60, 165, 55, 340, 200, 125}
	s := design.Source{Where: "households"}
	var cell, a, b []string
	var numberA, numberB []float64
	totals := [3]map[string]float64{{}, {}, {}}
	known := [3]float64{}
	for c, n := range sample {
		labels := [3]string{fmt.Sprint(c), fmt.Sprint("a", c%4+1), fmt.Sprint("b", c/4+1)}
		for k, label := range labels {
			totals[k][label] += population[c]
		}
		known[0] += population[c]
		known[1] += population[c] * float64(c%4+1)
		known[2] += population[c] * float64(c/4+1)
		for range n {
			s.Weight = append(s.Weight, 1)
			cell, a, b = append(cell, labels[0]), append(a, labels[1]), append(b, labels[2])
			numberA, numberB = append(numberA, float64(c%4+1)), append(numberB, float64(c/4+1))
		}
	}
	d := newDesign(t, s)
	cells := weigh.Margin{Name: "cell", Label: cell, Total: totals[0]}
	margins := []weigh.Margin{{Name: "a", Label: a, Total: totals[1]}, {Name: "b", Label: b, Total: totals[2]}}
	calibrate := func(how weigh.Calibrating) (*design.Design, refusal.Problems) {
		return weigh.Calibrate(d, append(margins[0].Controls(), margins[1].Controls()...), how)
	}
	for _, c := range []struct {
		name string
		make func() (*design.Design, refusal.Problems)
		want []float64
	}{
		{"A: cells", func() (*design.Design, refusal.Problems) { return weigh.PostStratify(d, cells) }, []float64{4, 1.2, 1.7, 1.83, 1, 1.07, 1.2, 1.65, 1.375, 1.1, 4, 1.79}},
		{"A: calibrated to the cells", func() (*design.Design, refusal.Problems) {
			return weigh.Calibrate(d, cells.Controls(), weigh.Calibrating{})
		}, []float64{4, 1.2, 1.7, 1.83, 1, 1.07, 1.2, 1.65, 1.375, 1.1, 4, 1.79}},
		{"B: raked", func() (*design.Design, refusal.Problems) { return weigh.Rake(d, margins, weigh.Raking{}) }, []float64{1.81, 1.08, 2.2, 1.83, 1.45, .87, 1.76, 1.47, 2.02, 1.21, 2.45, 2.04}},
		{"B: calibrated by raking", func() (*design.Design, refusal.Problems) {
			return calibrate(weigh.Calibrating{Distance: weigh.Multiplicative})
		}, []float64{1.81, 1.08, 2.2, 1.83, 1.45, .87, 1.76, 1.47, 2.02, 1.21, 2.45, 2.04}},
		{"C: linear", func() (*design.Design, refusal.Problems) { return calibrate(weigh.Calibrating{}) }, []float64{1.82, 1.09, 2.19, 1.83, 1.5, .78, 1.88, 1.52, 1.97, 1.24, 2.34, 1.98}},
		{"D: regression on numbers", func() (*design.Design, refusal.Problems) {
			return weigh.Calibrate(d, []weigh.Control{
				{Name: "everyone", Of: s.Weight, Total: known[0]}, {Name: "a", Of: numberA, Total: known[1]}, {Name: "b", Of: numberB, Total: known[2]},
			}, weigh.Calibrating{})
		}, []float64{1.21, 1.43, 1.66, 1.88, 1.17, 1.4, 1.62, 1.85, 1.14, 1.36, 1.59, 1.81}},
		{"G: logit within bounds", func() (*design.Design, refusal.Problems) {
			return calibrate(weigh.Calibrating{Distance: weigh.Logit, Lower: 0.5, Upper: 2.2})
		}, []float64{1.87, 1.08, 2.17, 1.89, 1.46, .74, 2.09, 1.49, 1.98, 1.27, 2.18, 1.99}},
		{"G: linear within bounds", func() (*design.Design, refusal.Problems) {
			return calibrate(weigh.Calibrating{Lower: 0.5, Upper: 2.2})
		}, []float64{1.81, 1.08, 2.2, 1.83, 1.48, .75, 2, 1.5, 1.99, 1.26, 2.2, 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			made, ps := c.make()
			if err := ps.Err(); err != nil {
				t.Fatal(err)
			}
			at := 0
			for k, n := range sample {
				if math.Abs(made.Weight[at]-c.want[k]) > 0.005+1e-12 {
					t.Errorf("cell %d: factor %.4f, want %.2f", k+1, made.Weight[at], c.want[k])
				}
				at += n
			}
		})
	}
}

// TestLabelsOfLaterStages: households are numbered anew in each PSU, and PSUs in
// each stratum. With population sizes, each label is a cluster of its own.
func TestLabelsOfLaterStages(t *testing.T) {
	y := []float64{1, 2, 3, 5, 4, 4, 6, 8}
	anew := design.Source{
		Where: "two stages", Nested: true, Stratum: design.LabelsOf(strings.Split("NNNNSSSS", "")), PSU: design.LabelsOf(strings.Split("11221122", "")),
		Population: slices.Repeat([]float64{4}, 8),
		Later:      []design.StageSource{{Name: "household", Cluster: design.LabelsOf(strings.Split("12121212", "")), Population: slices.Repeat([]float64{4}, 8)}},
	}
	apart := anew
	apart.PSU = design.LabelsOf(strings.Split("11223344", ""))
	apart.Later = []design.StageSource{{Name: "household", Cluster: design.LabelsOf(strings.Split("12345678", "")), Population: slices.Repeat([]float64{4}, 8)}}
	// By hand: weights are 4, so PSUs total 12 and 32, 32 and 56. Half of the
	// PSUs are not drawn: 1/2 x 2 x 2 x (10^2 + 12^2). Within PSUs households
	// total 4 8, 12 20, 16 16, 24 32: 1/2 x 1/2 x 2 x (8 + 32 + 0 + 32).
	for name, s := range map[string]design.Source{"numbered anew": anew, "numbered apart": apart} {
		e := Of(newDesign(t, s), Total{Of: [][]float64{y}})
		agrees(t, name+": total", e.Values[0], 132, 0)
		agrees(t, name+": variance", e.Covariance[0][0], 488+36, 1e-15)
	}
	// All households of a PSU, as a fraction or a count: the second stage adds
	// nothing. Without sizes they count as drawn with replacement: of weight 2,
	// they add 1/2 x 2 x (2 + 8 + 0 + 8).
	for _, c := range []struct {
		name   string
		sizes  []float64
		second float64
	}{{"fractions", slices.Repeat([]float64{1}, 8), 0}, {"counts", slices.Repeat([]float64{2}, 8), 0}, {"no sizes", nil, 18}} {
		s := anew
		s.Weight = slices.Repeat([]float64{2}, 8)
		s.Later = []design.StageSource{{Name: "household", Cluster: anew.Later[0].Cluster, Population: c.sizes}}
		agrees(t, "whole PSUs, "+c.name+": variance", Of(newDesign(t, s), Total{Of: [][]float64{y}}).Covariance[0][0], 488./4+c.second, 1e-15)
	}
}

// TestNumbersAsStrata: strata that are coded by numbers, whole or not, are told
// apart by value: 1.0 is 1. A large one is not written with an exponent.
func TestNumbersAsStrata(t *testing.T) {
	stratum := []float64{1, 1.0, 1.5, 1.5, 2e21, 2e21}
	y := []float64{0, 1, 1, 1, 0, 1}
	labels := (&table.Column{Values: stratum}).Labels()
	if want := []string{"1", "1", "1.5", "1.5", "2000000000000000000000", "2000000000000000000000"}; !slices.Equal(labels, want) {
		t.Errorf("labels %q, want %q", labels, want)
	}
	d := newDesign(t, design.Source{Where: "numbers", Stratum: design.LabelsOf(labels), Weight: ones(6)})
	if d.Strata != 3 || d.DF() != 3 {
		t.Errorf("%d strata and %d degrees of freedom, want 3 and 3", d.Strata, d.DF())
	}
	e := Of(d, Mean{Of: [][]float64{y}})
	agrees(t, "variance: 2 (1/4 + 1/4) of two strata, over 36", e.Covariance[0][0], 2./36, 1e-14)
}

// TestMissingKeepsItsPSU: a PSU whose respondents all lack the answer was drawn.
// Left out with its rows, it would not count.
func TestMissingKeepsItsPSU(t *testing.T) {
	y := []float64{1, 3, 2, 6, math.NaN(), math.NaN()}
	s := design.Source{Where: "missing", PSU: design.LabelsOf(strings.Split("112233", "")), Weight: ones(6)}
	d := newDesign(t, s)
	e := Of(d, Mean{Of: [][]float64{y}, In: Complete(nil, y)})
	agrees(t, "variance: 3/2 of 1/4 + 1/4 + 0", e.Covariance[0][0], 0.75, 1e-15)
	agrees(t, "degrees of freedom of those who answered", e.DF, 1, 0)
	agrees(t, "and of the domain", d.DomainDF(nil), 2, 0)
	s.PSU, s.Weight = design.LabelsOf(strings.Split("1122", "")), s.Weight[:4]
	agrees(t, "variance without its rows", Of(newDesign(t, s), Mean{Of: [][]float64{y[:4]}}).Covariance[0][0], 1, 1e-15)
}

// TestDomainFreedom: a domain that misses PSUs 3 and 4 of stratum 1 and 2 to 4
// of stratum 4, of 4 strata of 4, has 11 PSUs less 4 strata by linearisation,
// and the rank of the weights less 1 by the jackknife, as R's degf has both.
func TestDomainFreedom(t *testing.T) {
	s := &testSample{}
	for h := range 4 {
		for c := range 4 {
			for range 5 {
				s.stratum, s.psu = append(s.stratum, fmt.Sprint(h+1)), append(s.psu, fmt.Sprint(c+1))
				s.weight = append(s.weight, float64(11+h))
				s.in = append(s.in, !(h == 0 && c >= 2 || h == 3 && c >= 1))
			}
		}
	}
	d := s.design(t)
	jackknife, ps := weigh.JKn(d)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"linearised", d.DomainDF(nil), 12},
		{"linearised, of the domain", d.DomainDF(s.in), 7},
		{"jackknife", jackknife.DomainDF(nil), 12},
		{"jackknife, of the domain", jackknife.DomainDF(s.in), 9},
	} {
		agrees(t, c.name, c.got, c.want, 0)
	}
}
