package design

import (
	"slices"
	"testing"
)

// staged is two strata, A of two PSUs and B of three; each PSU has two
// households, except for one of A, which has one.
func staged(first, second []float64) Source {
	s := Source{Where: "x", Nested: true, Population: first}
	s.Names.Population = "psus"
	later := StageSource{Name: "households", Population: second}
	for _, row := range []string{"A11", "A12", "A21", "B11", "B12", "B21", "B22", "B31", "B32"} {
		s.Stratum, s.PSU, later.Cluster = LabelsOf(append(s.Stratum.Spelled(), row[:1])), LabelsOf(append(s.PSU.Spelled(), row[1:2])), LabelsOf(append(later.Cluster.Spelled(), row[2:]))
	}
	s.Later = []StageSource{later}
	return s
}

// A population size is a number of clusters, or the fraction of them that was
// drawn: the fraction where no row of the stage is above 1.
func TestPopulations(t *testing.T) {
	each := func(a, b float64) []float64 { return []float64{a, a, a, b, b, b, b, b, b} }
	households := func(one, two float64) []float64 { return []float64{two, two, one, two, two, two, two, two, two} }
	for _, c := range []struct {
		claim         string
		first, second []float64
		want          [2][]float64 // of each stage, the strata's populations
		weight        []float64    // that the stages give
		refused       string
	}{
		{
			"counts at both stages", each(4, 6), households(3, 8),
			[2][]float64{{4, 6}, {8, 3, 8, 8, 8}},
			[]float64{8, 8, 6, 8, 8, 8, 8, 8, 8},
			"",
		},
		{
			"fractions at both", each(.5, .5), households(.25, .5),
			[2][]float64{{4, 6}, {4, 4, 4, 4, 4}},
			[]float64{4, 4, 8, 4, 4, 4, 4, 4, 4},
			"",
		},
		{
			"PSUs that are taken whole: a fraction of 1 in every row of the second stage", each(.5, .5), households(1, 1),
			[2][]float64{{4, 6}, {2, 1, 2, 2, 2}},
			[]float64{2, 2, 2, 2, 2, 2, 2, 2, 2},
			"",
		},
		{
			"all PSUs taken, and some households of each", each(1, 1), households(.5, .5),
			[2][]float64{{2, 3}, {4, 2, 4, 4, 4}},
			[]float64{2, 2, 2, 2, 2, 2, 2, 2, 2},
			"",
		},
		{
			"a census", each(1, 1), households(1, 1),
			[2][]float64{{2, 3}, {2, 1, 2, 2, 2}},
			[]float64{1, 1, 1, 1, 1, 1, 1, 1, 1},
			"",
		},
		{
			"a stratum that is taken whole among others that are not", each(1, .5), households(1, .5),
			[2][]float64{{2, 6}, {4, 1, 4, 4, 4}},
			[]float64{2, 2, 1, 4, 4, 4, 4, 4, 4},
			"",
		},
		{
			"a count of 1 beside larger counts: all of a PSU with one household", each(4, 6), households(1, 8),
			[2][]float64{{4, 6}, {8, 1, 8, 8, 8}},
			[]float64{8, 8, 2, 8, 8, 8, 8, 8, 8},
			"",
		},
		{
			"counts at one stage, fractions at the other", each(4, 6), households(1, .5),
			[2][]float64{{4, 6}, {4, 1, 4, 4, 4}},
			[]float64{4, 4, 2, 4, 4, 4, 4, 4, 4},
			"",
		},
		{
			"counts and fractions in one stage", each(4, .5), households(1, 1),
			[2][]float64{},
			nil,
			`x: variable "psus": population sizes: 6 below 1 and 3 above, want counts or fractions`,
		},
		{
			"and in the other", each(4, 6), households(.5, 8),
			[2][]float64{},
			nil,
			`x: variable "households": population sizes: 1 below 1 and 8 above, want counts or fractions`,
		},
		{
			"a count of 1 where larger counts say that it is one", each(1, 6), households(1, 2),
			[2][]float64{},
			nil,
			`x: variable "psus": strata of stage 1 with more clusters drawn than the population has: 1`,
		},
		{
			"fewer than were drawn in the second stage", each(4, 6), households(3, 1.5),
			[2][]float64{},
			nil,
			`x: variable "households": strata of stage 2 with more clusters drawn than the population has: 4`,
		},
		{
			"sizes that differ within a stratum",
			[]float64{4, 5, 4, 6, 6, 6, 6, 6, 6},
			households(3, 8),
			[2][]float64{},
			nil,
			`x: variable "psus": population size differs within a stratum of stage 1 for 1 respondents, want one`,
		},
		{
			"a fraction of 1 beside another in the stratum",
			[]float64{.5, 1, .5, 1, 1, 1, 1, 1, 1},
			households(1, 1),
			[2][]float64{},
			nil,
			`x: variable "psus": population size differs within a stratum of stage 1 for 1 respondents, want one`,
		},
		{
			"no size", each(4, 0), households(1, 1),
			[2][]float64{},
			nil,
			`x: variable "psus": population size 0, want a number of clusters, or the fraction drawn`,
		},
		{
			"a missing size in the second stage", each(4, 6), households(nan, 8),
			[2][]float64{},
			nil,
			`x: variable "households": weighted respondents without a population size: 1, want a number of clusters, or the fraction drawn`,
		},
	} {
		t.Run(c.claim, func(t *testing.T) {
			s := staged(c.first, c.second)
			s.Lonely = "certainty"
			d, ps := New(s)
			if lines(ps) != c.refused {
				t.Fatalf("got %q, want %q", lines(ps), c.refused)
			}
			if c.refused != "" {
				return
			}
			if got := [2][]float64{d.Population, d.Later[0].Population}; !slices.Equal(got[0], c.want[0]) || !slices.Equal(got[1], c.want[1]) {
				t.Errorf("got populations %v, want %v", got, c.want)
			}
			if !slices.Equal(d.Weight, c.weight) {
				t.Errorf("got weights %v, want %v", d.Weight, c.weight)
			}
		})
	}
}
