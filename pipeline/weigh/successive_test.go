package weigh

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"togetherwecan/pipeline/design"
)

// variance is that of the total of a variable, by the replicates.
func variance(d *design.Design, y []float64) float64 {
	v := 0.0
	for r, weight := range d.Replicated() {
		off := dot(weight, y) - dot(d.Weight, y)
		v += d.Replicates.Scale * d.Replicates.ScaleOf(r) * off * off
	}
	return v
}

// The variance by successive differences is half the sum of the squared
// differences of neighbours, around the circle.
func TestSuccessiveDifference(t *testing.T) {
	y := []float64{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5}
	for _, c := range []struct {
		claim      string
		clusters   int
		replicates int
		order      []int32
		want       float64 // twice the variance
	}{
		{"two clusters: as with replacement", 2, 8, nil, 4 + 4},
		{"fewer clusters than rows", 3, 8, nil, 4 + 9 + 1},
		{"as many clusters as rows", 3, 4, nil, 4 + 9 + 1},
		{"in the order that they were drawn", 4, 8, []int32{1, 0, 3, 2}, 4 + 4 + 9 + 9},
		{"as many as 11", 11, 12, nil, 4 + 9 + 9 + 16 + 16 + 49 + 16 + 1 + 4 + 4 + 4},
	} {
		t.Run(c.claim, func(t *testing.T) {
			d, ps := SuccessiveDifference(halves(t, "", c.clusters), c.replicates, c.order)
			if len(ps) > 0 {
				t.Fatal(ps)
			}
			if got := 2 * variance(d, y[:c.clusters]); math.Abs(got-c.want) > 1e-12 || len(d.Replicated()) != c.replicates {
				t.Errorf("got %v by %d replicates, want %v", got, len(d.Replicated()), c.want)
			}
		})
	}
}

// Clusters whose totals are equal do not differ, however many rounds of rows
// there are; no two clusters share both rows, so that differences far apart do
// not add up; and every cluster has a part.
func TestSuccessiveRounds(t *testing.T) {
	for _, c := range []struct{ clusters, replicates int }{{6, 8}, {4, 4}, {5, 4}, {7, 4}, {8, 8}, {15, 8}, {12, 12}, {13, 12}, {23, 12}, {30, 12}, {100, 12}} {
		t.Run(fmt.Sprintf("%d clusters by %d", c.clusters, c.replicates), func(t *testing.T) {
			d, ps := SuccessiveDifference(halves(t, "", c.clusters), c.replicates, nil)
			if len(ps) > 0 {
				t.Fatal(ps)
			}
			if got := variance(d, slices.Repeat([]float64{10}, c.clusters)); got > 1e-20 {
				t.Errorf("the total of equal clusters has a variance of %g", got)
			}
			of := func(a int) []float64 {
				made := make([]float64, c.replicates)
				for r, weight := range d.Replicated() {
					made[r] = weight[a]
				}
				return made
			}
			for a := range c.clusters {
				if slices.Equal(of(a), slices.Repeat([]float64{1}, c.replicates)) {
					t.Errorf("cluster %d has no part", a)
				}
				for b := range a {
					if c.replicates < 8 {
						break // three rows have few pairs
					}
					if slices.Equal(of(a), of(b)) {
						t.Errorf("clusters %d and %d have the same weights", b, a)
					}
				}
			}
		})
	}
}

// Clusters are neighbours in the order of their strata and, within, of their
// labels: as numbers where all are numbers.
func TestSuccessiveOrder(t *testing.T) {
	for _, c := range []struct {
		claim string
		at    []design.Label
		want  []int32
	}{
		{"numbers are in the order of size", []design.Label{{Stratum: "", PSU: "1"}, {Stratum: "", PSU: "10"}, {Stratum: "", PSU: "2"}, {Stratum: "", PSU: "9.5"}}, []int32{0, 2, 3, 1}},
		{"with a text among them, all are texts", []design.Label{{Stratum: "", PSU: "1"}, {Stratum: "", PSU: "10"}, {Stratum: "", PSU: "2"}, {Stratum: "", PSU: "9a"}}, []int32{0, 1, 2, 3}},
		{"strata go first, as numbers, too", []design.Label{{Stratum: "10", PSU: "1"}, {Stratum: "10", PSU: "7"}, {Stratum: "9", PSU: "10"}, {Stratum: "9", PSU: "8"}}, []int32{3, 2, 0, 1}},
		{"numbers in strata with names", []design.Label{{Stratum: "b", PSU: "10"}, {Stratum: "b", PSU: "9"}, {Stratum: "a", PSU: "11"}}, []int32{2, 1, 0}},
		{"of a collapsed stratum, its parts", []design.Label{{Stratum: "1", Own: "1", PSU: "2"}, {Stratum: "1", Own: "10", PSU: "3"}, {Stratum: "1", Own: "2", PSU: "4"}}, []int32{0, 2, 1}},
		{"numbers alike are as texts", []design.Label{{Stratum: "", PSU: "01"}, {Stratum: "", PSU: "1"}, {Stratum: "", PSU: "1.0"}}, []int32{0, 1, 2}},
		{"without labels, as they are", nil, []int32{0, 1, 2}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			d := &design.Design{Clusters: len(c.want), Labels: c.at}
			if got := listed(d); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
