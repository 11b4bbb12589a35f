package estimate

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/weigh"
)

// shares are those of each label, in a domain.
func shares(labels []string, in []bool) Joint {
	var s Joint
	names := slices.Compact(slices.Sorted(slices.Values(labels)))
	for _, name := range names {
		of := make([]float64, len(labels))
		for i, label := range labels {
			if label == name {
				of[i] = 1
			}
		}
		s = append(s, Mean{Of: [][]float64{of}, In: in})
	}
	return s
}

// TestFixedValues: what the weights are calibrated to does not vary, except for
// what rounding and the end of raking leave, and has an error of 0; what they
// are not calibrated to has one. The margins are so alike that ten sweeps leave
// much of the linearised values.
func TestFixedValues(t *testing.T) {
	const n = 240
	g, b := make([]string, n), make([]string, n)
	psu, weight, y := make([]string, n), make([]float64, n), make([]float64, n)
	for i := range n {
		g[i] = string(rune('a' + i%3))
		b[i] = g[i]
		if i/3%3 == 0 {
			b[i] = string(rune('a' + (i+1+i/9%2)%3))
		}
		psu[i] = fmt.Sprint(i * 7 % 20)
		weight[i] = 1 + float64(i*11%7)/5
		y[i] = float64(i * i % 19)
	}
	base := newDesign(t, design.Source{Where: "sample", PSU: design.LabelsOf(psu), Weight: weight})
	jackknife, ps := weigh.JK1(base)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	margins := []weigh.Margin{
		{Name: "g", Label: g, Total: map[string]float64{"a": 140, "b": 130, "c": 120}},
		{Name: "b", Label: b, Total: map[string]float64{"a": 120, "b": 140, "c": 130}},
	}
	half := make([]bool, n)
	for i := range half {
		half[i] = i%2 == 0
	}
	var controls []weigh.Control
	for _, m := range margins {
		controls = append(controls, m.Controls()...)
	}
	for _, c := range []struct {
		claim string
		make  func(*design.Design) (*design.Design, refusal.Problems)
	}{
		{"raked", func(d *design.Design) (*design.Design, refusal.Problems) {
			return weigh.Rake(d, margins, weigh.Raking{})
		}},
		{"calibrated", func(d *design.Design) (*design.Design, refusal.Problems) {
			return weigh.Calibrate(d, controls, weigh.Calibrating{})
		}},
	} {
		for _, from := range []*design.Design{base, jackknife} {
			t.Run(fmt.Sprintf("%s, by %s", c.claim, from.Error), func(t *testing.T) {
				d, ps := c.make(from)
				if err := ps.Err(); err != nil {
					t.Fatal(err)
				}
				for _, labels := range [][]string{g, b} {
					fixed := Of(d, append(shares(labels, nil), Mean{Of: [][]float64{y}}))
					for i := range 3 {
						if fixed.SE(i) != 0 || fixed.Covariance[i][3] != 0 {
							t.Errorf("share %d of the margin has an error of %g, want 0", i, fixed.SE(i))
						}
					}
					if !(fixed.SE(3) > 0.01) {
						t.Errorf("the mean has an error of %g", fixed.SE(3))
					}
					for i, part := range shares(labels, half) {
						if se := Of(d, part).SE(0); !(se > 1e-4) {
							t.Errorf("share %d of a half has an error of %g", i, se)
						}
					}
				}
			})
		}
	}
}

// TestEqualClusters: the total of clusters that are alike does not vary, by
// whichever replicates; that of clusters that differ by little does.
func TestEqualClusters(t *testing.T) {
	psu := strings.Split("1122334455667", "")
	x := []float64{0.1, 0.6, 0.2, 0.5, 0.3, 0.4, 0.7, 0, 0.35, 0.35, 0.55, 0.15, 0.7}
	base := newDesign(t, design.Source{Where: "sample", PSU: design.LabelsOf(psu), Weight: slices.Repeat([]float64{3.3}, len(x))})
	for _, c := range []struct {
		claim string
		make  func(*design.Design) (*design.Design, refusal.Problems)
	}{
		{"linearised", func(d *design.Design) (*design.Design, refusal.Problems) { return d, nil }},
		{"JK1", weigh.JK1},
		{"JKn", weigh.JKn},
		{"successive differences", func(d *design.Design) (*design.Design, refusal.Problems) {
			return weigh.SuccessiveDifference(d, 4, nil)
		}},
		{"bootstrap", func(d *design.Design) (*design.Design, refusal.Problems) { return weigh.Bootstrap(d, 50, 1) }},
	} {
		d, ps := c.make(base)
		if err := ps.Err(); err != nil {
			t.Fatal(err)
		}
		if se := Of(d, Total{Of: [][]float64{x}}).SE(0); se != 0 {
			t.Errorf("%s: an error of %g, want 0", c.claim, se)
		}
		off := slices.Clone(x)
		off[3] += 1e-6
		if se := Of(d, Total{Of: [][]float64{off}}).SE(0); !(se > 1e-7) || math.IsNaN(se) {
			t.Errorf("%s: an error of %g of clusters that differ", c.claim, se)
		}
	}
	// of terms that cancel in each cluster, except for rounding
	cancel := newDesign(t, design.Source{Where: "sample", PSU: design.LabelsOf(strings.Split("111222333", "")), Weight: ones(9)})
	y := []float64{0.1, 0.2, -0.3, 0.4, 0.3, -0.7, 0.7, 0.1, -0.8}
	if e := Of(cancel, Total{Of: [][]float64{y}}); e.SE(0) != 0 {
		t.Errorf("a total of %g has an error of %g, want 0", e.Values[0], e.SE(0))
	}
}
