package design

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

var nan = math.NaN()

// four is two strata of two PSUs with one respondent each.
func four() Source {
	s := Source{
		Weights: "core", Where: "hocs/2001/a.tab",
		Stratum: LabelsOf([]string{"N", "N", "S", "S"}), PSU: LabelsOf([]string{"1", "2", "3", "4"}), Weight: []float64{1, 1, 2, 2},
	}
	s.Names.Stratum, s.Names.PSU, s.Names.Weight = "gor", "area", "wtcore"
	return s
}

func lines(ps refusal.Problems) string {
	if err := ps.Err(); err != nil {
		return err.Error()
	}
	return ""
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		claim string
		edit  func(*Source)
		want  string
	}{
		{"a sound design is not refused", func(*Source) {}, ""},
		{"negative weights, with their number", func(s *Source) { s.Weight = []float64{-1, 1, math.Inf(-1), 2} }, `hocs/2001/a.tab: variable "wtcore": negative weights: 2, want none`},
		{"weights out of range, infinity too", func(s *Source) { s.Weight = []float64{1, 1.0001e9, math.Inf(1), 1} }, `hocs/2001/a.tab: variable "wtcore": weights above 1e+09: 2, want none`},
		{"the largest weight is taken", func(s *Source) { s.Weight = []float64{1, 1e9, 1, 1} }, ""},
		{"no weight at all", func(s *Source) { s.Weight = []float64{nan, 0, nan, 0} }, `hocs/2001/a.tab: variable "wtcore": all 4 weights of the sample are missing or 0`},
		{"a weighted respondent without stratum", func(s *Source) { s.Stratum = LabelsOf([]string{"", "N", "S", "S"}) }, `hocs/2001/a.tab: variable "gor": weighted respondents without a stratum: 1, want none`},
		{"a weighted respondent without PSU", func(s *Source) { s.PSU = LabelsOf([]string{"1", "", "3", ""}) }, `hocs/2001/a.tab: variable "area": weighted respondents without a PSU: 2, want none`},
		{
			"all of these at once", func(s *Source) {
				s.Weight, s.Stratum, s.PSU = []float64{-1, 2e9, 1, 1}, LabelsOf([]string{"N", "N", "", "S"}), LabelsOf([]string{"1", "2", "", "4"})
			},
			`hocs/2001/a.tab: variable "area": weighted respondents without a PSU: 1, want none` + "\n" +
				`hocs/2001/a.tab: variable "gor": weighted respondents without a stratum: 1, want none` + "\n" +
				`hocs/2001/a.tab: variable "wtcore": negative weights: 1, want none` + "\n" +
				`hocs/2001/a.tab: variable "wtcore": weights above 1e+09: 1, want none`,
		},
		{"a respondent without weight needs no stratum or PSU", func(s *Source) {
			s.Stratum, s.PSU, s.Weight = LabelsOf(append(s.Stratum.Spelled(), "", "")), LabelsOf(append(s.PSU.Spelled(), "", "")), append(s.Weight, nan, 0)
		}, ""},
		{"nor one outside the sample a sound weight", func(s *Source) {
			s.Stratum, s.PSU, s.Weight = LabelsOf(append(s.Stratum.Spelled(), "")), LabelsOf(append(s.PSU.Spelled(), "")), append(s.Weight, -1)
			s.In = []bool{true, true, true, true, false}
		}, ""},
		{"a sample of nobody", func(s *Source) { s.In = make([]bool, 4) }, `hocs/2001/a.tab: none of 4 rows is of the sample`},
		{"a PSU in two strata", func(s *Source) { s.PSU = LabelsOf([]string{"1", "2", "1", "4"}) }, `hocs/2001/a.tab: PSU "1": in strata "N" and "S", want one`},
		{"unless PSUs are numbered anew in each", func(s *Source) { s.PSU, s.Nested = LabelsOf([]string{"1", "2", "1", "2"}), true }, ""},
		{
			"a stratum with one PSU, and its weight", func(s *Source) { s.Stratum = LabelsOf([]string{"N", "N", "S", "T"}) },
			`hocs/2001/a.tab: stratum "S": 1 PSU (core weight), want at least 2` + "\n" + `hocs/2001/a.tab: stratum "T": 1 PSU (core weight), want at least 2`,
		},
		{"unless the policy is certainty", func(s *Source) {
			s.Stratum, s.Lonely = LabelsOf([]string{"N", "N", "N", "T"}), codebook.LonelyCertainty
		}, ""},
		{"or adjust", func(s *Source) { s.Stratum, s.Lonely = LabelsOf([]string{"N", "N", "N", "T"}), codebook.LonelyAdjust }, ""},
		{"unless it is collapsed into another, in writing", func(s *Source) {
			s.Stratum, s.Collapse = LabelsOf([]string{"N", "N", "S", "T"}), map[string]string{"T": "S"}
		}, ""},
		{"into a name of its own with another", func(s *Source) {
			s.Stratum, s.Collapse = LabelsOf([]string{"N", "N", "S", "T"}), map[string]string{"T": "ST", "S": "ST"}
		}, ""},
		{"a stratum to collapse into that nobody is in", func(s *Source) { s.Collapse = map[string]string{"S": "north"} }, `hocs/2001/a.tab: no respondent in stratum "north", into which "S" is to be collapsed`},
		{"a stratum to collapse that nobody is in", func(s *Source) { s.Collapse = map[string]string{"X": "S"} }, `hocs/2001/a.tab: no respondent in stratum "X", which is to be collapsed into "S"`},
		{
			"a file that was filtered, where the design says what to expect", func(s *Source) { s.Expect = codebook.Expected{Respondents: 5, Strata: 2, PSUs: 6} },
			"hocs/2001/a.tab: 4 PSUs (core weight), want 6 as the design expects\nhocs/2001/a.tab: 4 respondents (core weight), want 5 as the design expects",
		},
		{"and one that was not", func(s *Source) { s.Expect = codebook.Expected{Respondents: 4, Strata: 2, PSUs: 4} }, ""},
		{"two respondents of one PSU are not two PSUs", func(s *Source) { s.PSU = LabelsOf([]string{"1", "1", "3", "4"}) }, `hocs/2001/a.tab: stratum "N": 1 PSU (core weight), want at least 2`},
		{"without PSUs, a stratum with one respondent", func(s *Source) { s.PSU, s.Stratum = nil, LabelsOf([]string{"N", "N", "N", "T"}) }, `hocs/2001/a.tab: stratum "T": 1 PSU (core weight), want at least 2`},
	} {
		t.Run(c.claim, func(t *testing.T) {
			s := four()
			c.edit(&s)
			if _, ps := New(s); lines(ps) != c.want {
				t.Errorf("got\n%s\nwant\n%s", lines(ps), c.want)
			}
		})
	}
}

func TestHints(t *testing.T) {
	s := four()
	s.PSU = LabelsOf([]string{"1", "2", "1", "4"})
	_, ps := New(s)
	if len(ps) != 1 || !strings.Contains(ps[0].Hint, "nested: true") {
		t.Errorf("a PSU in two strata: got hint %+v, want nested: true", ps)
	}
	s = four()
	s.Stratum = LabelsOf([]string{"N", "N", "N", "T"})
	_, ps = New(s)
	if len(ps) != 1 || !strings.Contains(ps[0].Hint, "lonely to certainty or adjust") {
		t.Errorf("a stratum with one PSU: got hint %+v, want the policies", ps)
	}
}

func TestFacts(t *testing.T) {
	for _, c := range []struct {
		claim string
		edit  func(*Source)
		want  Facts
		df    int
		error Error
	}{
		{"everyone counted", func(*Source) {}, Facts{Sample: 4, Respondents: 4, Strata: 2, PSUs: 4}, 2, ByPSU},
		{"left out with a cause each", func(s *Source) {
			s.Stratum, s.PSU = LabelsOf(append(s.Stratum.Spelled(), "N", "N", "S")), LabelsOf(append(s.PSU.Spelled(), "1", "1", "3"))
			s.Weight = append(s.Weight, nan, nan, 0)
		}, Facts{Sample: 7, WithoutWeight: 2, ZeroWeight: 1, Respondents: 4, Strata: 2, PSUs: 4}, 2, ByPSU},
		{"rows outside the sample are not left out of it", func(s *Source) {
			s.Stratum, s.PSU = LabelsOf(append(s.Stratum.Spelled(), "N", "N", "S")), LabelsOf(append(s.PSU.Spelled(), "9", "9", "9"))
			s.Weight = append(s.Weight, nan, 0, 3)
			s.In = []bool{true, true, true, true, false, false, false}
		}, Facts{Sample: 4, Respondents: 4, Strata: 2, PSUs: 4}, 2, ByPSU},
		{"strata with one PSU are counted", func(s *Source) {
			s.Stratum, s.Lonely = LabelsOf([]string{"N", "N", "S", "T"}), codebook.LonelyCertainty
		}, Facts{Sample: 4, Respondents: 4, Strata: 3, PSUs: 4, LonelyStrata: 2}, 1, ByPSU},
		{"nested PSUs are as many as their strata make them", func(s *Source) {
			s.PSU, s.Nested = LabelsOf([]string{"1", "2", "1", "2"}), true
		}, Facts{Sample: 4, Respondents: 4, Strata: 2, PSUs: 4}, 2, ByPSU},
		{"no PSU: each respondent is one, and no fact says so", func(s *Source) { s.PSU = nil }, Facts{Sample: 4, Respondents: 4, Strata: 2}, 2, ByWeights},
		{"no stratum: one, and no fact says so", func(s *Source) { s.Stratum = nil }, Facts{Sample: 4, Respondents: 4, PSUs: 4}, 3, ByPSU},
		{"a design factor where there is no PSU", func(s *Source) { s.PSU, s.Stratum, s.Factor = nil, nil, 1.2 }, Facts{Sample: 4, Respondents: 4}, 3, ByFactor},
	} {
		t.Run(c.claim, func(t *testing.T) {
			s := four()
			c.edit(&s)
			d, ps := New(s)
			if len(ps) > 0 {
				t.Fatal(ps)
			}
			if d.Facts != c.want || d.DF() != c.df || d.Error != c.error {
				t.Errorf("got %+v, %d degrees of freedom, error by %s; want %+v, %d, %s", d.Facts, d.DF(), d.Error, c.want, c.df, c.error)
			}
		})
	}
}

// By hand: rows 1 and 4 have no weight; clusters are N/1, N/2, S/3, S/4.
func TestNumbering(t *testing.T) {
	s := Source{
		Weights: "core", Stratum: LabelsOf([]string{"S", "N", "N", "S", "S", "N"}), PSU: LabelsOf([]string{"4", "2", "2", "3", "3", "1"}),
		Weight: []float64{1, nan, 3, 4, 0, 6},
	}
	d, ps := New(s)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	for _, c := range []struct {
		name      string
		got, want []int32
	}{
		{"rows", d.Rows, []int32{0, 2, 3, 5}},
		{"clusters", d.Cluster, []int32{3, 1, 2, 0}},
		{"strata", d.Stratum, []int32{0, 0, 1, 1}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, c.got, c.want)
		}
	}
	if !slices.Equal(d.Size, []int{2, 2}) || !slices.Equal(d.Weight, []float64{1, 3, 4, 6}) || d.Lonely != codebook.LonelyRefuse {
		t.Errorf("got sizes %v, weights %v, lonely %q", d.Size, d.Weight, d.Lonely)
	}
}

// PSUs that are numbered anew in each stratum stay apart where their strata
// are collapsed: 1 of S is not 1 of N.
func TestCollapse(t *testing.T) {
	d, ps := New(Source{
		Stratum: LabelsOf([]string{"N", "N", "S", "N"}), PSU: LabelsOf([]string{"1", "2", "1", "1"}), Weight: []float64{1, 1, 1, 1}, Nested: true,
		Collapse: map[string]string{"S": "N"},
	})
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	if d.Clusters != 3 || d.Strata != 1 || !slices.Equal(d.Cluster, []int32{0, 1, 2, 0}) {
		t.Errorf("got %d PSUs in %d strata, those of the rows %v", d.Clusters, d.Strata, d.Cluster)
	}
}

// The order of the rows carries no information: shuffled, each row has the
// same cluster, and the clusters the same strata.
func TestNumberingHasNoOrder(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for range 100 {
		rows := 5 + r.IntN(60)
		s := Source{Weights: "core", Where: "x", Lonely: codebook.LonelyAdjust, Nested: r.IntN(2) == 0, In: make([]bool, rows)}
		for row := range rows {
			stratum := r.IntN(4)
			s.Stratum = LabelsOf(append(s.Stratum.Spelled(), fmt.Sprintf("s%d", stratum)))
			psu := fmt.Sprintf("p%d", r.IntN(5))
			if !s.Nested {
				psu = fmt.Sprintf("s%d%s", stratum, psu)
			}
			s.PSU = LabelsOf(append(s.PSU.Spelled(), psu))
			s.Weight = append(s.Weight, []float64{nan, 0, 1, 2.5, 3}[r.IntN(5)])
			s.In[row] = r.IntN(8) > 0
		}
		s.Weight[0], s.In[0] = 1, true
		order := r.Perm(rows)
		shuffled := s
		shuffled.Stratum, shuffled.PSU, shuffled.Weight, shuffled.In = nil, nil, nil, nil
		for _, row := range order {
			shuffled.Stratum, shuffled.PSU = LabelsOf(append(shuffled.Stratum.Spelled(), s.Stratum.Spelled()[row])), LabelsOf(append(shuffled.PSU.Spelled(), s.PSU.Spelled()[row]))
			shuffled.Weight, shuffled.In = append(shuffled.Weight, s.Weight[row]), append(shuffled.In, s.In[row])
		}
		a, ps := New(s)
		b, ps2 := New(shuffled)
		if len(ps)+len(ps2) > 0 {
			t.Fatalf("seed %d: %v %v", seed, ps, ps2)
		}
		if a.Facts != b.Facts || !slices.Equal(a.Stratum, b.Stratum) || !slices.Equal(a.Size, b.Size) {
			t.Fatalf("seed %d: got %+v, want %+v", seed, b, a)
		}
		cluster := map[int32]int32{}
		for i, row := range a.Rows {
			cluster[row] = a.Cluster[i]
			if a.Weight[i] != s.Weight[row] {
				t.Fatalf("seed %d: row %d: weight %v, want %v", seed, row, a.Weight[i], s.Weight[row])
			}
		}
		for i, row := range b.Rows {
			if want := cluster[int32(order[row])]; b.Cluster[i] != want {
				t.Fatalf("seed %d: row %d is in cluster %d, want %d", seed, order[row], b.Cluster[i], want)
			}
		}
		clusters := 0
		for _, n := range a.Size {
			clusters += n
		}
		if clusters != a.Clusters || len(a.Size) != a.Strata {
			t.Fatalf("seed %d: sizes %v of %d clusters in %d strata", seed, a.Size, a.Clusters, a.Strata)
		}
	}
}
