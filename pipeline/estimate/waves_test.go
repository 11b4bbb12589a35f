package estimate_test

import (
	"math"
	"path/filepath"
	"testing"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
)

// waves are the reference's two waves, the belong item answered: each in a
// design of its own, and both in one in which PSUs of the same label in the same
// stratum are one.
func waves(t *testing.T) (each [2]*sample, both *sample) {
	t.Helper()
	name := filepath.Join("r45", "uk_two_wave.csv")
	records := readCSV(t, filepath.Join(oracleFolder(t, name), name))
	made := func(wave float64) *sample {
		s := &sample{numbers: map[string][]float64{}, texts: map[string][]string{}}
		s.load(records)
		source := design.Source{Where: "uk_two_wave", Nested: true, Stratum: design.LabelsOf(s.labels("stratum")), PSU: design.LabelsOf(s.labels("psu")), Weight: s.numbers["w"]}
		for i, v := range s.numbers["belong"] {
			source.In = append(source.In, !math.IsNaN(v) && (wave == 0 || s.numbers["wave"][i] == wave))
		}
		d, problems := design.New(source)
		if err := problems.Err(); err != nil {
			t.Fatal(err)
		}
		s.Design = d
		return s
	}
	return [2]*sample{made(1), made(2)}, made(0)
}

// belongs is the share of a sample's respondents who belong, those in a wave
// where it is not 0.
func belongs(s *sample, wave float64) estimate.Mean {
	m := estimate.Mean{Of: [][]float64{s.variable("belong")}}
	for _, of := range s.variable("wave") {
		m.In = append(m.In, wave == 0 || of == wave)
	}
	return m
}

// TestChangeConventions holds the answers that statistics.md 2.11 lists for the
// error of the change of a proportion, from ReGenesees and from R's survey.
func TestChangeConventions(t *testing.T) {
	each, both := waves(t)
	var e [2]*estimate.Estimates
	var totals [2][]float64
	s, problems := design.NewStack(each[0].Design, each[1].Design, true, "uk_two_wave")
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	for wave, of := range each {
		e[wave] = estimate.Of(of.Design, belongs(of, 0))
		u := belongs(of, 0).Influence(of.Weight, e[wave].Values)[0]
		for i, w := range of.Weight {
			u[i] *= w
		}
		totals[wave] = make([]float64, s.Design.Clusters)
		for c, z := range design.Totals(of.Cluster, of.Clusters, u) {
			totals[wave][s.Of[wave][c]] = z
		}
	}
	from, to := e[0].Values[0], e[1].Values[0]
	a, b := e[0].SE(0), e[1].SE(0)
	agrees(t, "change", to-from, 0.100784817423291, 1e-12)
	agrees(t, "independent", math.Hypot(a, b), 0.0315789090001623, 1e-12)
	pooled := estimate.Of(both.Design, estimate.Joint{belongs(both, 1), belongs(both, 2)})
	agrees(t, "pooled", pooled.Delta([]float64{-1, 1}), 0.030579976451192, 1e-12)

	rotating := func(d *design.Design) (correlation, se float64) {
		correlation = estimate.Rotation(d.Stratum, totals, s.Has)
		return correlation, math.Sqrt(a*a + b*b - 2*correlation*a*b)
	}
	correlation, se := rotating(s.Design)
	agrees(t, "Berger and Priam", se, 0.0321436522870679, 1e-12)
	agrees(t, "their correlation", correlation, -0.0361099843795449, 1e-12)
	if s.Linked != 31 {
		t.Errorf("%d PSUs in both waves, want 31", s.Linked)
	}
	one := *s.Design
	one.Stratum = make([]int32, one.Clusters)
	_, se = rotating(&one)
	agrees(t, "over all strata", se, 0.0306194621697847, 1e-12)
}

// TestReference45Linked holds the linked change of R's survey 4.5.
func TestReference45Linked(t *testing.T) {
	_, both := waves(t)
	e := estimate.Of(both.Design, estimate.Joint{belongs(both, 1), belongs(both, 2)})
	for i, want := range newReference45(t).numbers(t, "synthetic/change_linked.vcov") {
		agrees(t, "covariance", e.Covariance[i/2][i%2], want, 1e-9)
	}
}
