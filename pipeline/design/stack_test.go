package design

import (
	"slices"
	"testing"
)

// waves are two designs of PSUs in strata.
func waves(t *testing.T, from, to []Label) (*Design, *Design) {
	t.Helper()
	made := make([]*Design, 2)
	for i, labels := range [][]Label{from, to} {
		s := Source{Weights: "core", Where: "a.tab", Nested: true, Lonely: "certainty"}
		for _, l := range labels {
			s.Stratum, s.PSU, s.Weight = LabelsOf(append(s.Stratum.Spelled(), l.Own)), LabelsOf(append(s.PSU.Spelled(), l.PSU)), append(s.Weight, 1)
			if l.Own != l.Stratum {
				s.Collapse = map[string]string{l.Own: l.Stratum}
			}
		}
		d, ps := New(s)
		if err := ps.Err(); err != nil {
			t.Fatal(err)
		}
		made[i] = d
	}
	return made[0], made[1]
}

// Two waves of N and S: PSU 2 of N is in both, 1 and 3 of N in one each, and 1
// of S is another PSU than 1 of N.
func TestStack(t *testing.T) {
	from, to := waves(t,
		[]Label{{"N", "N", "2"}, {"N", "N", "1"}, {"S", "S", "1"}, {"S", "S", "1"}, {"S", "S", "4"}},
		[]Label{{"T", "T", "9"}, {"N", "N", "3"}, {"N", "N", "2"}, {"T", "T", "8"}})
	to.Cluster = to.Cluster[:3] // nobody of T's PSU 8 has a weight
	s, ps := NewStack(from, to, true, "hocs/2001 and 2003")
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	want := []Label{{"N", "N", "1"}, {"N", "N", "2"}, {"N", "N", "3"}, {"S", "S", "1"}, {"S", "S", "4"}, {"T", "T", "8"}, {"T", "T", "9"}}
	if !slices.Equal(s.Design.Labels, want) || !slices.Equal(s.Design.Stratum, []int32{0, 0, 0, 1, 1, 2, 2}) || !slices.Equal(s.Design.Size, []int{3, 2, 2}) {
		t.Errorf("got PSUs %v of strata %v, of %v PSUs", s.Design.Labels, s.Design.Stratum, s.Design.Size)
	}
	if !slices.Equal(s.Of[0], []int32{0, 1, 3, 4}) || !slices.Equal(s.Of[1], []int32{1, 2, 5, 6}) {
		t.Errorf("got places %v and %v", s.Of[0], s.Of[1])
	}
	y, n := true, false
	if !slices.Equal(s.Has[0], []bool{y, y, n, y, y, n, n}) || !slices.Equal(s.Has[1], []bool{n, y, y, n, n, y, y}) {
		t.Errorf("got clusters of the waves %v and %v", s.Has[0], s.Has[1])
	}
	if s.Linked != 1 || s.Freedom != 6-3 || s.Design.Clusters != 7 || s.Design.Strata != 3 || s.Design.Lonely != "certainty" {
		t.Errorf("got %d linked PSUs, %v degrees of freedom, %d PSUs, %d strata, lonely %s", s.Linked, s.Freedom, s.Design.Clusters, s.Design.Strata, s.Design.Lonely)
	}
}

func TestStackRefuses(t *testing.T) {
	for _, c := range []struct {
		claim    string
		from, to []Label
		nested   bool
		want     string
	}{
		{"PSUs that are all the same", []Label{{"N", "N", "1"}, {"N", "N", "2"}}, []Label{{"N", "N", "1"}, {"N", "N", "2"}}, false, ""},
		{"a PSU that moved to another stratum", []Label{{"N", "N", "1"}, {"N", "N", "2"}}, []Label{{"N", "N", "2"}, {"S", "S", "1"}}, false, `hocs/2001 and 2003: PSU "1": in strata "N" and "S", want one`},
		{"unless PSUs are nested in strata", []Label{{"N", "N", "1"}, {"N", "N", "2"}}, []Label{{"N", "N", "2"}, {"S", "S", "1"}}, true, ""},
		{"a stratum that is collapsed in one wave alone", []Label{{"N", "N", "1"}, {"N", "N", "2"}, {"S", "S", "3"}, {"S", "S", "4"}}, []Label{{"N", "N", "1"}, {"N", "N", "2"}, {"N", "S", "3"}, {"N", "S", "4"}}, true, `hocs/2001 and 2003: stratum "S": counted in "N" in the one wave and in "S" in the other, want the same strata collapsed in both`},
		{"no PSU in both", []Label{{"N", "N", "1"}, {"N", "N", "2"}}, []Label{{"N", "N", "3"}, {"N", "N", "4"}}, false, "hocs/2001 and 2003: no PSU of the one wave is in the other (core weight), want PSUs of the same stratum and label in both, as the overlap says"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			from, to := waves(t, c.from, c.to)
			_, ps := NewStack(from, to, c.nested, "hocs/2001 and 2003")
			got := ""
			if err := ps.Err(); err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
