package design

import (
	"fmt"
	"slices"

	"togetherwecan/pipeline/refusal"
)

// A RotationSource says of each row of a file of several waves which one it is
// of, and its stratum within it: nil where there are none.
type RotationSource struct{ Wave, Stratum *Labels }

// A Rotation says which clusters of a file of several waves, each of which was
// drawn in strata of its own, are the same PSU: those of the same label in the same
// stratum of several waves.
type Rotation struct {
	Wave    []int32  // of each cluster
	PSU     []int32  // of each cluster, its place among the PSUs of all waves
	Stratum []int32  // of each of those, whatever its wave
	Has     [][]bool // of each wave, those that it has
}

// rotate finds the PSUs of all waves: of each cluster, the row that it has first.
func (d *Design) rotate(s Source, first []int32) refusal.Problems {
	r := &Rotation{Wave: make([]int32, len(first)), PSU: make([]int32, len(first)), Has: make([][]bool, len(s.Rotation.Wave.names()))}
	labels := make([]Label, len(first))
	for c, row := range first {
		r.Wave[c] = s.Rotation.Wave.code(row)
		labels[c] = Label{Own: s.Rotation.Stratum.of(row), PSU: s.PSU.of(row)}
	}
	all := slices.Clone(labels)
	slices.SortFunc(all, compare)
	all = slices.Compact(all)
	strata := int32(-1)
	for i, label := range all {
		if i == 0 || label.Own != all[i-1].Own {
			strata++
		}
		r.Stratum = append(r.Stratum, strata)
	}
	for w := range r.Has {
		r.Has[w] = make([]bool, len(all))
	}
	waves := make([]int, len(all))
	for c, label := range labels {
		at, _ := slices.BinarySearchFunc(all, label, compare)
		r.PSU[c], r.Has[r.Wave[c]][at] = int32(at), true
		if waves[at]++; waves[at] == 2 {
			d.Facts.Rotating++
		}
	}
	d.Rotation, d.Facts.PSUs = r, len(all)
	if s.Rotation.Stratum != nil {
		d.Facts.Strata = int(strata) + 1
	}
	if d.Facts.Rotating > 0 {
		return nil
	}
	var ps refusal.Problems
	ps.AddHint("say that the waves are independent", fmt.Sprintf("%s: variable %q", s.Where, s.Names.PSU),
		"no PSU of a wave is in another one, want PSUs of the same stratum and label in several, as they rotate")
	return ps
}
