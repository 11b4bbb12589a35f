package estimate

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/weigh"
)

// A part of a design gives what the whole gives of the domain: with strata and
// PSUs that the domain misses, two stages with populations, replicates, and weights that
// were calibrated, once and again.
func TestPart(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 7))
		var s design.Source
		later := design.StageSource{Name: "household"}
		var y []float64
		var in []bool
		for h := range 4 {
			for psu := range 2 + r.IntN(3) {
				for household := range 2 {
					for range 1 + r.IntN(3) {
						s.Stratum, s.PSU = design.LabelsOf(append(s.Stratum.Spelled(), strconv.Itoa(h))), design.LabelsOf(append(s.PSU.Spelled(), strconv.Itoa(psu)))
						s.Weight, s.Population = append(s.Weight, 1+r.Float64()), append(s.Population, 9)
						later.Cluster, later.Population = design.LabelsOf(append(later.Cluster.Spelled(), strconv.Itoa(household))), append(later.Population, 5)
						y = append(y, r.NormFloat64())
						in = append(in, h != 1 && r.IntN(3) > 0)
					}
				}
			}
		}
		s.Nested, s.Later = true, []design.StageSource{later}
		d, ps := design.New(s)
		if ps != nil {
			t.Fatal(ps)
		}
		designs := map[string]*design.Design{"two stages": d}
		if designs["replicates"], ps = weigh.JKn(d); ps != nil {
			t.Fatal(ps)
		}
		margin := func(name string, categories int) weigh.Margin {
			m := weigh.Margin{Name: name, Total: map[string]float64{}}
			for i := range d.Rows {
				label := strconv.Itoa(i % categories)
				m.Label = append(m.Label, label)
				m.Total[label] += 1 + r.Float64()/10
			}
			return m
		}
		one, two := margin("one", 2), margin("two", 3)
		for label, all := range map[string]float64{"0": 0.4, "1": 0.3, "2": 0.3} {
			two.Total[label] = all * (one.Total["0"] + one.Total["1"])
		}
		for name, by := range map[string]func() (*design.Design, refusal.Problems){
			"post-stratified": func() (*design.Design, refusal.Problems) { return weigh.PostStratify(d, two) },
			"raked": func() (*design.Design, refusal.Problems) {
				return weigh.Rake(d, []weigh.Margin{one, two}, weigh.Raking{})
			},
			"calibrated": func() (*design.Design, refusal.Problems) {
				return weigh.Calibrate(d, append(one.Controls(), two.Controls()...), weigh.Calibrating{})
			},
		} {
			if designs[name], ps = by(); ps != nil {
				t.Fatal(ps)
			}
		}
		if designs["raked, then post-stratified"], ps = weigh.PostStratify(designs["raked"], margin("three", 3)); ps != nil {
			t.Fatal(ps)
		}
		var of []int32
		for i, within := range in {
			if within {
				of = append(of, int32(i))
			}
		}
		for name, d := range designs {
			want := Of(d, Joint{Mean{[][]float64{y}, in}, Total{[][]float64{y}, in}})
			part := d.Part(of)
			picked := [][]float64{design.Pick(y, of)}
			got := Of(part, Joint{Mean{picked, nil}, Total{picked, nil}})
			for i := range want.Values {
				if math.Abs(got.Values[i]-want.Values[i]) > 1e-12 || math.Abs(got.SE(i)-want.SE(i)) > 1e-12*want.SE(i) {
					t.Errorf("seed %d, %s, value %d: %v (%v), want %v (%v)", seed, name, i, got.Values[i], got.SE(i), want.Values[i], want.SE(i))
				}
			}
			if got, want := part.DomainDF(nil), d.DomainDF(in); got != want {
				t.Errorf("seed %d, %s: df %v, want %v", seed, name, got, want)
			}
		}
	}
}
