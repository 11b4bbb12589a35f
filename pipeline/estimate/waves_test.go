package estimate_test

import (
	"math"
	"path/filepath"
	"testing"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
)

// twoWaves is the reference's two-wave file, the belong item answered, in one
// design: with each wave's strata apart, or linked by the PSUs' labels.
func twoWaves(t *testing.T, linked bool) (*design.Design, [2][]bool, [2]estimate.Statistic) {
	t.Helper()
	name := filepath.Join("r45", "uk_two_wave.csv")
	file := filepath.Join(oracleFolder(t, name), name)
	s := &sample{numbers: map[string][]float64{}, texts: map[string][]string{}}
	s.load(readCSV(t, file))
	source := design.Source{Where: "uk_two_wave", Nested: true, Stratum: s.labels("stratum"), PSU: s.labels("psu"), Weight: s.numbers["w"]}
	if !linked {
		source.Stratum = nil
		for i, label := range s.labels("stratum") {
			source.Stratum = append(source.Stratum, s.labels("wave")[i]+label)
		}
	}
	for _, v := range s.numbers["belong"] {
		source.In = append(source.In, !math.IsNaN(v))
	}
	d, problems := design.New(source)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	s.Design = d
	var in [2][]bool
	var of [2]estimate.Statistic
	for wave := range in {
		in[wave] = make([]bool, len(d.Rows))
		for i, v := range s.variable("wave") {
			in[wave][i] = v == float64(wave+1)
		}
		of[wave] = estimate.Mean{Of: [][]float64{s.variable("belong")}, In: in[wave]}
	}
	return d, in, of
}

// TestChangeConventions holds the four answers that statistics.md 2.11 lists
// for the change of a proportion, from ReGenesees and from R's survey.
func TestChangeConventions(t *testing.T) {
	d, _, of := twoWaves(t, false)
	two := estimate.Independent(estimate.Of(d, of[0]), estimate.Of(d, of[1]), 0)
	agrees(t, "change", two.Change(), 0.100784817423291, 1e-12)
	agrees(t, "independent", two.SE(), 0.0315789090001623, 1e-12)

	d, in, of := twoWaves(t, true)
	agrees(t, "pooled", estimate.Pooled(d, of[0], of[1]).SE(), 0.030579976451192, 1e-12)
	rotating := estimate.Rotating(d, in, of, true)
	agrees(t, "Berger and Priam", rotating.SE(), 0.0321436522870679, 1e-12)
	agrees(t, "their correlation", rotating.Correlation, -0.0361099843795449, 1e-12)
	if rotating.CommonClusters != 31 {
		t.Errorf("%d PSUs in both waves, want 31", rotating.CommonClusters)
	}
	agrees(t, "over all strata", estimate.Rotating(d, in, of, false).SE(), 0.0306194621697847, 1e-12)
	change, se := rotating.Relative()
	agrees(t, "relative change", change, 0.233116242410511, 1e-12)
	agrees(t, "its error", se, 0.0837309916297725, 1e-12)
}

// TestReference45Linked holds the linked change of R's survey 4.5.
func TestReference45Linked(t *testing.T) {
	d, _, of := twoWaves(t, true)
	e := estimate.Of(d, estimate.Joint{of[0], of[1]})
	for i, want := range newReference45(t).numbers(t, "synthetic/change_linked.vcov") {
		agrees(t, "covariance", e.Covariance[i/2][i%2], want, 1e-9)
	}
}

func TestAdjustment(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		claim    string
		ps       []float64
		holm, bh []float64
	}{
		{"by hand: 0.01x3, 0.02x2, 0.03x1, kept in order", []float64{0.01, 0.03, 0.02}, []float64{0.03, 0.04, 0.04}, []float64{0.03, 0.03, 0.03}},
		{"never above 1", []float64{0.9, 0.8}, []float64{1, 1}, []float64{0.9, 0.9}},
		{"what has no p-value is not counted", []float64{0.01, nan, 0.04}, []float64{0.02, nan, 0.04}, []float64{0.02, nan, 0.04}},
		{"none", nil, nil, nil},
	} {
		t.Run(c.claim, func(t *testing.T) {
			for i, p := range estimate.Holm(c.ps) {
				agrees(t, "Holm", p, c.holm[i], 1e-12)
			}
			for i, p := range estimate.BenjaminiHochberg(c.ps) {
				agrees(t, "Benjamini-Hochberg", p, c.bh[i], 1e-12)
			}
		})
	}
}

// TestDetectable holds the large-sample figure of textbooks: 1.96 + 0.84
// standard errors for a level of 5% and a power of 80%.
func TestDetectable(t *testing.T) {
	agrees(t, "detectable change", estimate.Detectable(1, 1e7, 0.05, 0.8), 2.8015851, 1e-6)
	if d := estimate.Detectable(1, 0, 0.05, 0.8); !math.IsNaN(d) {
		t.Errorf("without degrees of freedom: %v, want none", d)
	}
}
