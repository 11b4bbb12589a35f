package design

import (
	"slices"
	"testing"
)

// Two PSUs of four; of the first, three of its six households answered, one of
// them with a weight of 0: three were drawn.
func TestWeightlessLater(t *testing.T) {
	d, ps := New(Source{
		Where: "x", PSU: LabelsOf([]string{"1", "1", "1", "2", "2"}), Weight: []float64{2, 3, 0, 2, 2}, Population: []float64{4, 4, 4, 4, 4},
		Later: []StageSource{{Name: "household", Cluster: LabelsOf([]string{"a", "b", "c", "a", "b"}), Population: []float64{6, 6, 6, 5, 5}}},
	})
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	later := d.Later[0]
	if !slices.Equal(later.Size, []int{3, 2}) || !slices.Equal(later.Cluster, []int32{0, 1, 3, 4}) || !slices.Equal(later.Population, []float64{6, 5}) {
		t.Errorf("got %v households drawn, of the rows %v, of populations of %v", later.Size, later.Cluster, later.Population)
	}
}

func TestLaterRefused(t *testing.T) {
	const y = 10 // the population of every stratum of every stage
	for _, c := range []struct {
		claim           string
		stratum, psu    []string
		household, want string
	}{
		{"a stratum with one PSU, by name", []string{"N", "N", "N", "N", "S", "S"}, []string{"1", "1", "2", "2", "3", "3"}, "ababab", `x: stratum "S": 1 PSU (w weight), want at least 2`},
		{"two of them", []string{"N", "N", "N", "S", "S"}, []string{"1", "1", "1", "3", "3"}, "abcab", "x: stratum \"N\": 1 PSU (w weight), want at least 2\nx: stratum \"S\": 1 PSU (w weight), want at least 2"},
		{"PSUs with one household", []string{"N", "N", "N", "N", "N"}, []string{"1", "2", "2", "3", "3"}, "aabaa", `x: strata of stage 2 with 1 cluster: 2, the first in PSU "1", want at least 2 clusters`},
		{"respondents without a household", []string{"N", "N", "N", "N", "N"}, []string{"1", "1", "2", "2", "2"}, "a ab ", `x: variable "household": weighted respondents without a cluster of stage 2: 2, want none`},
	} {
		t.Run(c.claim, func(t *testing.T) {
			s := Source{Weights: "w", Where: "x", Nested: true, Stratum: LabelsOf(c.stratum), PSU: LabelsOf(c.psu)}
			later := StageSource{Name: "household"}
			for _, label := range c.household {
				text := string(label)
				if text == " " {
					text = ""
				}
				later.Cluster, later.Population = LabelsOf(append(later.Cluster.Spelled(), text)), append(later.Population, y)
				s.Weight, s.Population = append(s.Weight, 1), append(s.Population, y)
			}
			s.Later = []StageSource{later}
			_, ps := New(s)
			got := ""
			if err := ps.Err(); err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
