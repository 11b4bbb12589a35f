package estimate

import (
	"strings"
	"testing"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/weigh"
)

// A linear combination of parts is the contrast of the same domains' joint
// estimate, with strata and under replicate weights.
func TestLinear(t *testing.T) {
	d, ps := design.New(design.Source{
		Where: "sample", Nested: true, Weight: []float64{1, 2, 1, 3, 1, 1, 2, 1, 4},
		Stratum: design.LabelsOf(strings.Split("aaaabbbbb", "")), PSU: design.LabelsOf(strings.Split("112233445", "")),
	})
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	replicated, ps := weigh.JKn(d)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	y := []float64{3, 1, 4, 1, 5, 9, 2, 6, 5}
	rows, by := [][]int32{{0, 5, 7}, {1, 2, 6}, {3, 4, 8}}, []float64{-0.5, 0.2, 0.7}
	line, joint := Linear{Rows: rows, By: by}, Joint{}
	for _, of := range rows {
		line.Of = append(line.Of, Mean{Of: [][]float64{design.Pick(y, of)}})
		in := make([]bool, len(y))
		for _, i := range of {
			in[i] = true
		}
		joint = append(joint, Mean{[][]float64{y}, in})
	}
	for name, d := range map[string]*design.Design{"strata": d, "replicates": replicated} {
		got, want := Of(d, line), Of(d, joint).Contrast(by, 1)
		agrees(t, name+": value", got.Values[0], want.Value, 1e-14)
		agrees(t, name+": error", got.SE(0), want.SE, 1e-14)
	}
}
