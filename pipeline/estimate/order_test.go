package estimate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/weigh"
)

// An arranged sample is a drawn one with two classifications and the totals that
// a population has of them, in the unit of its weights.
type arranged struct {
	testSample
	sex, age []string
	unit     float64
	totals   map[string]float64 // of sexes, ages and x
}

func arrange(r *rand.Rand) *arranged {
	s := &arranged{testSample: *randomSample(r), unit: 1, totals: map[string]float64{}}
	for i, w := range s.weight {
		s.sex = append(s.sex, []string{"F", "M"}[r.IntN(2)])
		s.age = append(s.age, []string{"1", "2", "3"}[r.IntN(3)])
		w *= 0.8 + 0.4*r.Float64()
		s.totals[s.sex[i]] += w
		s.totals[s.age[i]] += w
		s.totals["x"] += w * s.x[i]
	}
	return s
}

// shuffled is the sample in another order, with weights in another unit and,
// if asked for, other labels of strata and PSUs.
func (s *arranged) shuffled(r *rand.Rand, unit float64, relabelled bool) *arranged {
	other := &arranged{unit: unit, totals: map[string]float64{}}
	for name, total := range s.totals {
		other.totals[name] = unit * total
	}
	names := map[string]string{}
	rename := func(kind, label string) string {
		if !relabelled {
			return label
		}
		if names[kind+label] == "" {
			names[kind+label] = fmt.Sprint(kind, r.Uint32())
		}
		return names[kind+label]
	}
	for _, i := range r.Perm(len(s.y)) {
		other.stratum = append(other.stratum, rename("h", s.stratum[i]))
		other.psu = append(other.psu, rename(s.stratum[i], s.psu[i]))
		other.weight = append(other.weight, unit*s.weight[i])
		other.y, other.x, other.in = append(other.y, s.y[i]), append(other.x, s.x[i]), append(other.in, s.in[i])
		other.sex, other.age = append(other.sex, s.sex[i]), append(other.age, s.age[i])
	}
	return other
}

func (s *arranged) margins() []weigh.Margin {
	total := func(labels ...string) map[string]float64 {
		made := map[string]float64{}
		for _, l := range labels {
			if s.totals[l] > 0 {
				made[l] = s.totals[l]
			}
		}
		return made
	}
	return []weigh.Margin{
		{Name: "sex", Label: s.sex, Total: total("F", "M")},
		{Name: "age", Label: s.age, Total: total("1", "2", "3")},
	}
}

// figures are a statistic's values, errors and degrees of freedom.
func figures(d *design.Design, st Statistic) []float64 {
	e := Of(d, st)
	made := append(slices.Clone(e.Values), e.DF)
	for i := range e.Values {
		made = append(made, e.SE(i))
	}
	return made
}

// adjusted are the figures of a design's mean and of its total, in units of
// weight, after a step that may be refused.
func (s *arranged) adjusted(d *design.Design, ps refusal.Problems) []float64 {
	if ps != nil {
		return nil
	}
	made := figures(d, Mean{Of: [][]float64{s.y}, In: s.in})
	all := Of(d, Total{Of: [][]float64{s.y}})
	return append(made, all.Values[0]/s.unit, all.SE(0)/s.unit)
}

// TestOrderAndNamesAreNoInformation holds that the order of the rows, the labels
// of strata and PSUs and a power of two as the unit of weight change no bit of
// a figure, its error or its degrees of freedom. Another unit changes them by
// rounding alone, less than 1e-12. Half-samples and bootstraps go by the PSUs' numbers, and so
// by their labels, but not by the order of the rows.
func TestOrderAndNamesAreNoInformation(t *testing.T) {
	r := draws(t)
	for _, c := range []struct {
		name   string
		of     func(t *testing.T, s *arranged) []float64
		labels bool // whether they carry information
	}{
		{"mean", func(t *testing.T, s *arranged) []float64 {
			return figures(s.design(t), Mean{Of: [][]float64{s.y, s.x}})
		}, false},
		{"mean of a domain", func(t *testing.T, s *arranged) []float64 {
			return figures(s.design(t), Mean{Of: [][]float64{s.y}, In: s.in})
		}, false},
		{"total", func(t *testing.T, s *arranged) []float64 {
			e := Of(s.design(t), Total{Of: [][]float64{s.y, s.x}, In: s.in})
			return []float64{e.Values[0] / s.unit, e.SE(0) / s.unit, e.Values[1] / s.unit, e.SE(1) / s.unit, e.DF}
		}, false},
		{"ratio", func(t *testing.T, s *arranged) []float64 {
			return figures(s.design(t), Ratio{Of: s.y, Over: s.x})
		}, false},
		{"spread", func(t *testing.T, s *arranged) []float64 {
			return figures(s.design(t), SpreadStatistic{Spread{Of: s.y}})
		}, false},
		{"quantiles", func(t *testing.T, s *arranged) []float64 {
			var made []float64
			method, _ := indicator.IntervalBy(indicator.Logit)
			for _, rule := range QuantileRules() {
				for _, q := range Woodruff(s.design(t), s.y, s.in, []float64{0.25, 0.5, 0.9}, rule, method, indicator.Level) {
					made = append(made, q.Value, q.SE, q.Share, q.ShareSE, q.Interval.Lower, q.Interval.Upper, q.DF)
				}
			}
			return made
		}, false},
		{"two groups", func(t *testing.T, s *arranged) []float64 {
			var of Joint
			for _, sex := range []string{"F", "M"} {
				in := make([]bool, len(s.sex))
				for i := range in {
					in[i] = s.sex[i] == sex
				}
				of = append(of, Mean{Of: [][]float64{s.y}, In: in})
			}
			c := Of(s.design(t), of).Contrast([]float64{-1, 1}, 7)
			return []float64{c.Value, c.SE, c.Lower, c.Upper, c.Statistic, c.P}
		}, false},
		{"post-stratified", func(t *testing.T, s *arranged) []float64 {
			return s.adjusted(weigh.PostStratify(s.design(t), s.margins()[1]))
		}, false},
		{"raked", func(t *testing.T, s *arranged) []float64 {
			return s.adjusted(weigh.Rake(s.design(t), s.margins(), weigh.Raking{}))
		}, false},
		{"calibrated", func(t *testing.T, s *arranged) []float64 {
			m := s.margins()
			controls := append(append(m[0].Controls(), m[1].Controls()...), weigh.Control{Name: "x", Of: s.x, Total: s.totals["x"]})
			return s.adjusted(weigh.Calibrate(s.design(t), controls, weigh.Calibrating{}))
		}, false},
		{"trimmed", func(t *testing.T, s *arranged) []float64 {
			return s.adjusted(weigh.Trim(s.design(t), 0.1*s.unit, 4*s.unit, true))
		}, false},
		{"jackknife", func(t *testing.T, s *arranged) []float64 { return s.adjusted(weigh.JKn(s.design(t))) }, false},
		{"half-samples", func(t *testing.T, s *arranged) []float64 { return s.adjusted(weigh.BRR(s.design(t), 0.3)) }, true},
		{"bootstrap", func(t *testing.T, s *arranged) []float64 {
			return s.adjusted(weigh.RescalingBootstrap(s.design(t), 40, 7))
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			given := 0
			for range 40 {
				s := arrange(r)
				want := c.of(t, s)
				for _, unit := range []float64{1, 1024, 1. / 64, 3.7} {
					other := s.shuffled(r, unit, !c.labels)
					got := c.of(t, other)
					if len(got) != len(want) {
						t.Fatalf("unit %v: got %v, want %v", unit, got, want)
					}
					for i := range want {
						off := 0.0
						if unit == 3.7 {
							off = 1e-12 * max(1, math.Abs(want[i])) // a difference of means has the rounding of the means
						}
						if !(math.Abs(got[i]-want[i]) <= off) && !(math.IsNaN(got[i]) && math.IsNaN(want[i])) {
							t.Errorf("unit %v, figure %d: got %.17g, want %.17g", unit, i, got[i], want[i])
						}
					}
				}
				if want != nil {
					given++
				}
			}
			if given < 10 {
				t.Errorf("%d samples with figures, want 10", given)
			}
		})
	}
}
