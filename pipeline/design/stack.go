package design

import (
	"fmt"
	"slices"

	"togetherwecan/pipeline/refusal"
)

// A Label names a cluster as the extract does. Own is the stratum that it was
// drawn in, and Stratum the one that this is counted in: another where strata
// are collapsed, and PSUs that are numbered anew in each stay apart.
type Label struct{ Stratum, Own, PSU string }

// A Stack is the sample designs of two waves as one, of PSUs drawn once for
// both: those of the same label in the same stratum are one PSU.
type Stack struct {
	Design  *Design    // of the PSUs of both; it has no respondents
	Of      [2][]int32 // of each wave's clusters, the number in the stack
	Has     [2][]bool  // of the stack's clusters, whether each wave has them
	Linked  int        // PSUs in both waves
	Freedom float64    // degrees of freedom: PSUs less strata, of those with a respondent
}

// NewStack stacks the designs of an earlier wave and of a later one, which where
// names for problems: a PSU of both that is in another stratum in the second,
// unless PSUs are nested in strata, a stratum that is collapsed into another in
// the one alone, and waves that have no PSU in common.
func NewStack(from, to *Design, nested bool, where string) (*Stack, refusal.Problems) {
	var ps refusal.Problems
	labels := slices.Concat(from.Labels, to.Labels)
	slices.SortFunc(labels, compare)
	labels = slices.Compact(labels)
	s := &Stack{Design: &Design{
		Weights: to.Weights, Clusters: len(labels), Labels: labels,
		Error: ByPSU, Lonely: to.Lonely, DomainLonely: to.DomainLonely,
	}}
	d := s.Design
	d.Stratum = make([]int32, len(labels))
	for c, label := range labels {
		if c == 0 || label.Stratum != labels[c-1].Stratum {
			d.Size = append(d.Size, 0)
		}
		d.Stratum[c] = int32(len(d.Size) - 1)
		d.Size[d.Stratum[c]]++
	}
	d.Strata = len(d.Size)
	met := make([]bool, len(labels))
	for wave, of := range []*Design{from, to} {
		s.Of[wave], s.Has[wave] = make([]int32, of.Clusters), make([]bool, len(labels))
		for c, label := range of.Labels {
			at, _ := slices.BinarySearchFunc(labels, label, compare)
			s.Of[wave][c], s.Has[wave][at] = int32(at), true
		}
		for _, c := range of.Cluster {
			met[s.Of[wave][c]] = true
		}
	}
	stratum := make([]bool, d.Strata)
	for c := range labels {
		if s.Has[0][c] && s.Has[1][c] {
			s.Linked++
		}
		if h := d.Stratum[c]; met[c] {
			s.Freedom++
			if !stratum[h] {
				stratum[h] = true
				s.Freedom--
			}
		}
	}
	if !nested {
		ps = append(ps, twoStrata(where, labels)...)
	}
	home := map[Label]string{} // of a PSU as it was drawn, the stratum that it is counted in
	for _, label := range labels {
		drawn := Label{Own: label.Own, PSU: label.PSU}
		if first, ok := home[drawn]; ok {
			ps.Add(fmt.Sprintf("%s: stratum %q", where, label.Own), "counted in %q in the one wave and in %q in the other, want the same strata collapsed in both", first, label.Stratum)
			break
		}
		home[drawn] = label.Stratum
	}
	if s.Linked == 0 {
		ps.Add(where, "no PSU of the one wave is in the other (%s weight), want PSUs of the same stratum and label in both, as the overlap says", to.Weights)
	}
	return s, ps
}
