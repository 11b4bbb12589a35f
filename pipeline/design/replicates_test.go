package design

import (
	"math"
	"slices"
	"testing"
)

// TestReplicatesChecked: what is wrong with the replicate weights of a source
// is said of each, and negative ones are not.
func TestReplicatesChecked(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	weight := [][]float64{{1, 2, nan}, {2, -1, 0}}
	for _, c := range []struct {
		claim string
		r     Replicates
		want  []string
	}{
		{"a negative weight, and a missing one of who has no weight", Replicates{Weight: weight, Scale: 1}, nil},
		{"a scale of 0 of one", Replicates{Weight: weight, Scale: 1, Scales: []float64{0, 1}}, nil},
		{"a missing weight", Replicates{Names: []string{"r1", "r2"}, Scale: 1, Weight: [][]float64{{1, 2}, {nan, 1}}}, []string{
			`x: variable "r2": weighted respondents without this replicate weight: 1, want none`,
		}},
		{"weights that are no numbers to add up, without names", Replicates{Scale: 1, Weight: [][]float64{{inf, -2e9}, {nan, nan}}}, []string{
			"x: replicate weight 1: replicate weights beyond 1e+09: 2, want none",
			"x: replicate weight 2: weighted respondents without this replicate weight: 2, want none",
		}},
		{"one replicate", Replicates{Method: "jk1", Scale: 1, Weight: weight[:1]}, []string{"x: replicates by jk1: 1, want at least 2"}},
		{"no replicate on a scale of 0", Replicates{}, []string{"x: replicates: 0, want at least 2", "x: replicates: a scale of 0, want a number above 0"}},
		{"a negative scale", Replicates{Weight: weight, Scale: -1}, []string{"x: replicates: a scale of -1, want a number above 0"}},
		{"no number for a scale", Replicates{Weight: weight, Scale: nan}, []string{"x: replicates: a scale of NaN, want a number above 0"}},
		{"an infinite scale", Replicates{Weight: weight, Scale: inf}, []string{"x: replicates: a scale of +Inf, want a number above 0"}},
		{"scales that are not of each", Replicates{Weight: weight, Scale: 1, Scales: []float64{-1}}, []string{
			"x: replicates: 1 scales of 2 replicates, want one of each",
			"x: replicates: a scale of -1 of replicate 1, want a number of at least 0",
		}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			var got []string
			for _, p := range c.r.check("x", []int32{0, 1}, []float64{1, 1}) {
				got = append(got, p.Where+": "+p.What)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestReplicatesUnlike: a variable that cannot be a replicate of the weight is
// told from one that may be.
func TestReplicatesUnlike(t *testing.T) {
	own := []float64{900, 1200, 1500, 2000}
	rows := []int32{0, 1, 2, 3}
	for _, c := range []struct {
		claim  string
		weight []float64
		want   string
	}{
		{"half of the respondents doubled", []float64{1800, 0, 3000, 0}, ""},
		{"Fay's, of a factor near 1", []float64{90, 2280, 150, 3800}, ""},
		{"a part in which all are left out", []float64{0, 0, 0, 0}, ""},
		{"a bootstrap's of several stages, most of them small", []float64{24, 32, 40, 9000}, ""},
		{"negative, as some bootstraps have them", []float64{-300, 2400, 1500, 4000}, ""},
		{"a flag", []float64{1, 1, 1, 1}, "1 in every row, where the weight varies"},
		{"factors, to be multiplied with the weight", []float64{2, 0, 2, 1}, "at most 0.00222 times the weight"},
		{"totals", []float64{9e5, 9e5, 9e5, 8e5}, "at least 400 times the weight"},
	} {
		if got := unlike(c.weight, rows, own); got != c.want {
			t.Errorf("%s: %q, want %q", c.claim, got, c.want)
		}
	}
	if got := unlike([]float64{1, 1}, []int32{0, 1}, []float64{2, 2}); got != "" {
		t.Errorf("one number for all, of a weight that is one: %q", got)
	}
}
