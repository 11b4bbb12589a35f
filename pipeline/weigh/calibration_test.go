package weigh

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/refusal"
)

// simple is a design of as many respondents as weights, each a PSU.
func simple(t *testing.T, weight ...float64) *design.Design {
	t.Helper()
	d, ps := design.New(design.Source{Where: "x", Weight: weight})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	return d
}

func near(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= tolerance) {
			t.Errorf("%s: %d: got %v, want %v", what, i, got[i], want[i])
			return
		}
	}
}

// By hand. The linearised values are e times the weights after.
func TestAdjustedWeights(t *testing.T) {
	one, line := []float64{1, 1, 1}, []float64{0, 1, 2}
	count, slope := Control{"everyone", one, 6}, Control{"x", line, 9}
	for _, c := range []struct {
		claim     string
		before    []float64
		adjust    func(d *design.Design) (*design.Design, refusal.Problems)
		after     []float64
		e, after2 []float64 // a variable, and what the calibration leaves of it
	}{
		{"post-stratification multiplies each category to its population, and leaves the distance from the base-weighted mean", []float64{1, 3, 2, 2}, func(d *design.Design) (*design.Design, refusal.Problems) {
			return PostStratify(d, Margin{"sex", []string{"F", "F", "M", "M"}, map[string]float64{"F": 8, "M": 4}})
		}, []float64{2, 6, 2, 2}, []float64{4, 0, 5, 9}, []float64{3, -1, -2, 2}},
		{"raking to one margin multiplies likewise, and leaves the distance from the unweighted mean", []float64{1, 3, 1, 1}, func(d *design.Design) (*design.Design, refusal.Problems) {
			return Rake(d, []Margin{{"sex", []string{"F", "F", "M", "M"}, map[string]float64{"F": 8, "M": 4}}}, Raking{})
		}, []float64{2, 6, 2, 2}, []float64{4, 0, 5, 9}, []float64{2, -2, -2, 2}},
		{"raking that ends after one sweep holds to the last margin only", []float64{1, 1, 1, 1}, func(d *design.Design) (*design.Design, refusal.Problems) {
			return Rake(d, []Margin{
				{"sex", []string{"F", "F", "M", "M"}, map[string]float64{"F": 6, "M": 2}},
				{"age", []string{"young", "old", "old", "old"}, map[string]float64{"young": 2, "old": 6}},
			}, Raking{Epsilon: 100})
		}, []float64{2, 3.6, 1.2, 1.2}, nil, nil},
		{"the linear factors are a straight line in the control", []float64{1, 1, 1}, func(d *design.Design) (*design.Design, refusal.Problems) {
			return Calibrate(d, []Control{count, slope}, Calibrating{})
		}, []float64{0.5, 2, 3.5}, []float64{1, 2, 6}, []float64{0.5, -1, 0.5}},
		{"bounds cut the line", []float64{1, 1, 1}, func(d *design.Design) (*design.Design, refusal.Problems) {
			return Calibrate(d, []Control{count, slope}, Calibrating{Lower: 0.6, Upper: 4})
		}, []float64{0.6, 1.8, 3.6}, nil, nil},
		{"a control that follows from others adds nothing", []float64{1, 1, 1}, func(d *design.Design) (*design.Design, refusal.Problems) {
			return Calibrate(d, []Control{count, slope, {"both", []float64{1, 2, 3}, 15}}, Calibrating{})
		}, []float64{0.5, 2, 3.5}, nil, nil},
		{"the ratio estimator has one factor, and leaves the distance from the ratio", []float64{1, 2, 1}, func(d *design.Design) (*design.Design, refusal.Problems) {
			return Calibrate(d, []Control{{"x", []float64{1, 2, 5}, 20}}, Calibrating{Variance: []float64{1, 2, 5}})
		}, []float64{2, 4, 2}, []float64{3, 2, 3}, []float64{2, 0, -2}},
		{"multiplicative factors are a power in the control", []float64{1, 1, 1}, func(d *design.Design) (*design.Design, refusal.Problems) {
			return Calibrate(d, []Control{{"everyone", one, 7}, {"x", line, 10}}, Calibrating{Distance: Multiplicative})
		}, []float64{1, 2, 4}, nil, nil},
		{"the odds of a logit factor between its bounds are a power in the control", []float64{1, 1, 1}, func(d *design.Design) (*design.Design, refusal.Problems) {
			return Calibrate(d, []Control{{"everyone", one, 3.75}, {"x", line, 4.65}}, Calibrating{Distance: Logit, Lower: 0.5, Upper: 2})
		}, []float64{0.8, 1.25, 1.7}, nil, nil},
		{"one factor within a cluster", []float64{1, 3, 1}, func(d *design.Design) (*design.Design, refusal.Problems) {
			d.Cluster, d.Stage.Stratum, d.Size, d.Clusters = []int32{0, 0, 1}, []int32{0, 0}, []int{2}, 2
			return Calibrate(d, []Control{{"everyone", one, 10}, slope}, Calibrating{Stage: 1})
		}, []float64{2.2, 6.6, 1.2}, nil, nil},
		{"one factor within a cluster of the second stage", []float64{1, 3, 1}, func(d *design.Design) (*design.Design, refusal.Problems) {
			d.Later = []design.Stage{{Cluster: []int32{0, 0, 1}, Stratum: []int32{0, 0}, Size: []int{2}}}
			return Calibrate(d, []Control{{"everyone", one, 10}, slope}, Calibrating{Stage: 2, Variance: one})
		}, []float64{2.2, 6.6, 1.2}, nil, nil},
		{"factors beyond the trim are cut, and what they lose goes to the others by their weights", []float64{1, 2, 1}, func(d *design.Design) (*design.Design, refusal.Problems) {
			return Calibrate(d, []Control{{"everyone", one, 8}, {"x", line, 11}}, Calibrating{Trim: [2]float64{0.4, 3}})
		}, []float64{0.5 + 1.0/6, 4 + 1.0/3, 3}, nil, nil},
		{"factors are nearer to 1 where the variance, averaged within the cluster, is larger", one, func(d *design.Design) (*design.Design, refusal.Problems) {
			d.Cluster, d.Stage.Stratum, d.Size, d.Clusters = []int32{0, 0, 1}, []int32{0, 0}, []int{2}, 2
			return Calibrate(d, []Control{{"everyone", one, 5.5}}, Calibrating{Stage: 1, Variance: []float64{1, 3, 4}})
		}, []float64{2, 2, 1.5}, nil, nil},
		{"a weight that is trimmed goes to the others equally", []float64{1, 2, 6}, func(d *design.Design) (*design.Design, refusal.Problems) {
			return Trim(d, 0, 4, false)
		}, []float64{2, 3, 4}, nil, nil},
		{"trimming once may leave a weight beyond the limit", []float64{2.8, 1, 5}, func(d *design.Design) (*design.Design, refusal.Problems) {
			return Trim(d, 0, 3, false)
		}, []float64{3.8, 2, 3}, nil, nil},
		{"strict trimming leaves none", []float64{2.8, 1, 5}, func(d *design.Design) (*design.Design, refusal.Problems) {
			return Trim(d, 0, 3, true)
		}, []float64{3, 2.8, 3}, nil, nil},
		{"strict trimming leaves what it cut at the limit", []float64{1, 4.9, 9, 3, 3}, func(d *design.Design) (*design.Design, refusal.Problems) {
			return Trim(d, 2, 5, true) // (1, 9) to (2, 5), 3 among the other three; then 5.9 to 5, 0.9 among the two
		}, []float64{2, 5, 5, 4.45, 4.45}, nil, nil},
	} {
		t.Run(c.claim, func(t *testing.T) {
			base := simple(t, c.before...)
			d, ps := c.adjust(base)
			if len(ps) > 0 {
				t.Fatal(ps)
			}
			near(t, "weights", d.Weight, c.after, 1e-12)
			if !slices.Equal(base.Weight, c.before) || len(base.Calibrations) > 0 {
				t.Error("the design before was changed")
			}
			if c.e == nil {
				return
			}
			u, want := make([]float64, len(c.e)), make([]float64, len(c.e))
			for i, w := range d.Weight {
				u[i], want[i] = w*c.e[i], w*c.after2[i]
			}
			d.Calibrations[0].Residuals(u, nil)
			near(t, "residuals", u, want, 1e-12)
		})
	}
}

func TestAdjustmentsRefused(t *testing.T) {
	sex := func(f, m float64) Margin {
		return Margin{"sex", []string{"F", "F", "M", "M"}, map[string]float64{"F": f, "M": m}}
	}
	ones := []float64{1, 1, 1, 1}
	for _, c := range []struct {
		claim  string
		adjust func(d *design.Design) (*design.Design, refusal.Problems)
		want   string
	}{
		{"respondents without a population", func(d *design.Design) (*design.Design, refusal.Problems) {
			return PostStratify(d, Margin{"sex", []string{"F", "F", "M", ""}, map[string]float64{"F": 8}})
		}, "margin \"sex\": 1 respondent in category \"M\", which has no population\nmargin \"sex\": 1 respondent without a category, want one of each"},
		{"a population without respondents", func(d *design.Design) (*design.Design, refusal.Problems) {
			return PostStratify(d, Margin{"sex", []string{"F", "F", "M", "M"}, map[string]float64{"F": 8, "M": 2, "X": 3}})
		}, `margin "sex": no respondents in category "X" of 3 in the population`},
		{"respondents of a population of 0", func(d *design.Design) (*design.Design, refusal.Problems) { return PostStratify(d, sex(8, 0)) }, `margin "sex": 2 respondents in category "M", which has no population`},
		{"a negative population", func(d *design.Design) (*design.Design, refusal.Problems) { return PostStratify(d, sex(8, -1)) }, `margin "sex": total of "M" is -1, want a population`},
		{"a population that a replicate has nobody of", func(d *design.Design) (*design.Design, refusal.Problems) {
			d.Replicates = &design.Replicates{Weight: [][]float64{{1, 1, 1, 1}, {1, 1, 0, 0}}}
			return PostStratify(d, sex(8, 4))
		}, `margin "sex": those of replicate 2 have no weight in category "M" of 4 in the population`},
		{"raking to a population that a replicate has nobody of", func(d *design.Design) (*design.Design, refusal.Problems) {
			d.Replicates = &design.Replicates{Weight: [][]float64{{1, 1, 0, 0}}}
			return Rake(d, []Margin{sex(8, 4)}, Raking{})
		}, `margin "sex": those of replicate 1 have no weight in category "M" of 4 in the population`},
		{"raking that a limit on sweeps ends early", func(d *design.Design) (*design.Design, refusal.Problems) {
			return Rake(d, []Margin{sex(6, 2), {"age", []string{"young", "old", "old", "old"}, map[string]float64{"young": 2, "old": 6}}}, Raking{Epsilon: 1e-3, Sweeps: 2})
		}, `margin "sex", category "M": after 2 sweeps of raking the respondents weigh 2.048780488, want 2: the furthest off`},
		{"margins that cannot hold together", func(d *design.Design) (*design.Design, refusal.Problems) {
			other := sex(4, 8)
			other.Name = "gender"
			return Rake(d, []Margin{sex(9, 3), other}, Raking{Sweeps: 20})
		}, `margin "sex", category "M": after 20 sweeps of raking the respondents weigh 8, want 3: the furthest off`},
		{"margins of two populations", func(d *design.Design) (*design.Design, refusal.Problems) {
			other := sex(4, 4)
			other.Name = "gender"
			return Rake(d, []Margin{sex(9, 3), other}, Raking{})
		}, `margin "gender": a population of 8, want 12 as in margin "sex"`},
		{"totals that contradict each other", func(d *design.Design) (*design.Design, refusal.Problems) {
			return Calibrate(d, []Control{{"everyone", ones, 8}, {"all", ones, 9}}, Calibrating{})
		}, `control "all": calibrated, the respondents have a total of 8, want 9: the furthest off`},
		{"bounds that no factors keep", func(d *design.Design) (*design.Design, refusal.Problems) {
			return Calibrate(d, []Control{{"everyone", ones, 8}}, Calibrating{Lower: 0.5, Upper: 1.5})
		}, `control "everyone": calibrated, the respondents have a total of 6, want 8: the furthest off`},
		{"logit bounds that no factors keep", func(d *design.Design) (*design.Design, refusal.Problems) {
			return Calibrate(d, []Control{{"everyone", ones, 8}}, Calibrating{Distance: Logit, Lower: 0.5, Upper: 1.5})
		}, `control "everyone": calibrated, the respondents have a total of 6, want 8: the furthest off`},
		{"logit without bounds", func(d *design.Design) (*design.Design, refusal.Problems) {
			return Calibrate(d, nil, Calibrating{Distance: Logit})
		}, "calibration: bounds -Inf and +Inf of the factors, want two numbers with 1 between them"},
		{"bounds beside 1", func(d *design.Design) (*design.Design, refusal.Problems) {
			return Calibrate(d, nil, Calibrating{Lower: 2, Upper: 3})
		}, "calibration: bounds 2 and 3 of the factors, want 1 between them"},
		{"an unknown distance", func(d *design.Design) (*design.Design, refusal.Problems) {
			return Calibrate(d, nil, Calibrating{Distance: "chi"})
		}, `calibration: distance "chi", want linear, raking or logit`},
		{"a stage that the design does not have", func(d *design.Design) (*design.Design, refusal.Problems) {
			return Calibrate(d, nil, Calibrating{Stage: 2})
		}, "calibration: one factor within the clusters of stage 2, want a stage up to 1"},
		{"a trim from above to below", func(d *design.Design) (*design.Design, refusal.Problems) {
			return Calibrate(d, nil, Calibrating{Trim: [2]float64{2, 1}})
		}, "calibration: factors trimmed to 2 and 1, want a lower and an upper"},
		{"a trim that leaves no factor", func(d *design.Design) (*design.Design, refusal.Problems) {
			return Calibrate(d, nil, Calibrating{Trim: [2]float64{2, 3}})
		}, "calibration: all factors of the respondents lie outside 2 and 3, want some within"},
		{"a variance of 0", func(d *design.Design) (*design.Design, refusal.Problems) {
			return Calibrate(d, nil, Calibrating{Variance: []float64{1, 0, 1, 0}})
		}, "calibration: variance 0 of a respondent, want a positive number"},
		{"controls that are missing", func(d *design.Design) (*design.Design, refusal.Problems) {
			return Calibrate(d, []Control{{"x", []float64{1, math.NaN(), 1, math.Inf(1)}, math.NaN()}}, Calibrating{})
		}, "control \"x\": 2 respondents without a value, want none\ncontrol \"x\": total NaN, want a number"},
		{"limits beside the mean weight", func(d *design.Design) (*design.Design, refusal.Problems) { return Trim(d, 2, 3, true) }, "trimming: limits 2 and 3, want the mean weight of the respondents, 1, within them"},
		{"limits that no weight is within", func(d *design.Design) (*design.Design, refusal.Problems) {
			d.Weight = []float64{1, 1, 4, 4}
			return Trim(d, 2, 3, true)
		}, "trimming: limits 2 and 3, want a weight of the respondents within them"},
		{"weights beyond what a design takes", func(d *design.Design) (*design.Design, refusal.Problems) { return PostStratify(d, sex(1e12, 1)) }, "adjusted weights: 2 beyond 1e+09, want none"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			d, ps := c.adjust(simple(t, 1, 1, 1, 1))
			if d != nil || ps.Err() == nil || ps.Err().Error() != c.want {
				t.Errorf("got %v, want %s", ps.Err(), c.want)
			}
		})
	}
}

// sampled is a design with margins and a control whose totals are near those of
// the sample, shuffled by order where it is given.
func sampled(r *rand.Rand, rows int) (weight []float64, sex, age []string, x []float64) {
	for range rows {
		weight = append(weight, 0.5+r.Float64())
		sex = append(sex, []string{"F", "M"}[r.IntN(2)])
		age = append(age, fmt.Sprint(r.IntN(4)))
		x = append(x, r.NormFloat64())
	}
	return weight, sex, age, x
}

// In any sample: totals are hit, factors keep their bounds, residuals of
// residuals are the same, weights that meet their totals stay, and the order
// of the respondents carries no information.
func TestCalibrationProperties(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for trial := range 60 {
		rows := 60 + r.IntN(60)
		weight, sex, age, x := sampled(r, rows)
		perturbed := func(labels []string) map[string]float64 {
			sums := map[string]float64{}
			for i, label := range labels {
				sums[label] += weight[i]
			}
			return sums
		}
		totals := perturbed(age)
		shift := 0.1 * totals["0"] * (r.Float64() - 0.5)
		totals["0"] += shift
		totals["1"] -= shift
		sexes := perturbed(sex)
		move := 0.1 * sexes["F"] * (r.Float64() - 0.5)
		sexes["F"] += move
		sexes["M"] -= move
		mean := r.NormFloat64()
		order := r.Perm(rows)
		type adjustment func(d *design.Design, at []int) (*design.Design, []Control, refusal.Problems)
		margins := func(at []int) []Margin {
			return []Margin{{"age", pick(age, at), totals}, {"sex", pick(sex, at), sexes}}
		}
		controls := func(at []int) []Control {
			m := margins(at)
			return append(append(m[0].Controls(), m[1].Controls()...), Control{"x", pick(x, at), mean})
		}
		calibrate := func(how Calibrating) adjustment {
			return func(d *design.Design, at []int) (*design.Design, []Control, refusal.Problems) {
				made, ps := Calibrate(d, controls(at), how)
				return made, controls(at), ps
			}
		}
		inPlace := make([]int, rows)
		for i := range inPlace {
			inPlace[i] = i
		}
		for name, adjust := range map[string]adjustment{
			"linear":         calibrate(Calibrating{}),
			"bounded linear": calibrate(Calibrating{Lower: 0.3, Upper: 2.5}),
			"multiplicative": calibrate(Calibrating{Distance: Multiplicative}),
			"logit":          calibrate(Calibrating{Distance: Logit, Lower: 0.3, Upper: 2.5}),
			"post-stratified": func(d *design.Design, at []int) (*design.Design, []Control, refusal.Problems) {
				made, ps := PostStratify(d, margins(at)[0])
				return made, margins(at)[0].Controls(), ps
			},
			"raked": func(d *design.Design, at []int) (*design.Design, []Control, refusal.Problems) {
				made, ps := Rake(d, margins(at), Raking{})
				m := margins(at)
				return made, append(m[0].Controls(), m[1].Controls()...), ps
			},
		} {
			where := fmt.Sprintf("seed %d, sample %d, %s", seed, trial, name)
			base := simple(t, weight...)
			d, wants, ps := adjust(base, inPlace)
			if len(ps) > 0 {
				t.Fatalf("%s: %v", where, ps)
			}
			for _, c := range wants {
				if off := math.Abs(dot(d.Weight, c.Of)-c.Total) / (math.Abs(c.Total) + dot(d.Weight, absolute(c.Of))); off > 1e-12 {
					t.Fatalf("%s: %s is off by %.1e", where, c.Name, off)
				}
			}
			for i, w := range d.Weight {
				if g := w / weight[i]; (strings.Contains(name, "bounded") || name == "logit") && (g < 0.3-1e-12 || g > 2.5+1e-12) {
					t.Fatalf("%s: a factor of %g", where, g)
				}
			}
			u := make([]float64, rows)
			for i := range u {
				u[i] = r.NormFloat64()
			}
			once := slices.Clone(u)
			d.Calibrations[0].Residuals(once, nil)
			twice := slices.Clone(once)
			d.Calibrations[0].Residuals(twice, nil)
			if name != "raked" { // whose sweeps only come near a projection
				near(t, where+": residuals of residuals", twice, once, 1e-12)
			}
			again, _, ps := adjust(d, inPlace)
			if len(ps) > 0 {
				t.Fatalf("%s: again: %v", where, ps)
			}
			near(t, where+": weights that meet their totals", again.Weight, d.Weight, 1e-12)
			shuffled, _, ps := adjust(simple(t, pick(weight, order)...), order)
			if len(ps) > 0 {
				t.Fatalf("%s: shuffled: %v", where, ps)
			}
			moved := pick(u, order)
			shuffled.Calibrations[0].Residuals(moved, nil)
			for i, at := range order {
				if shuffled.Weight[i] != d.Weight[at] || moved[i] != once[at] {
					t.Fatalf("%s: shuffled: a weight of %v and a residual of %v, want %v and %v", where, shuffled.Weight[i], moved[i], d.Weight[at], once[at])
				}
			}
		}
	}
}

func pick[T any](xs []T, at []int) []T {
	made := make([]T, len(at))
	for i, j := range at {
		made[i] = xs[j]
	}
	return made
}

func absolute(xs []float64) []float64 {
	made := make([]float64, len(xs))
	for i, x := range xs {
		made[i] = math.Abs(x)
	}
	return made
}

// A design that is calibrated twice in two ways has two calibrations each.
func TestCalibrationsApart(t *testing.T) {
	d := simple(t, 1, 1)
	d.Calibrations = append(make([]design.Calibration, 0, 4), &postStrata{})
	everyone := func(size float64) *design.Design {
		made, ps := PostStratify(d, Margin{"all", []string{"", ""}, map[string]float64{"": size}})
		if len(ps) > 0 {
			t.Fatal(ps)
		}
		return made
	}
	a := everyone(10)
	first := a.Calibrations[1]
	if everyone(20); a.Calibrations[1] != first {
		t.Error("the second way changed the first's calibrations")
	}
}

// Every replicate is calibrated, and a design with replicates has no
// residuals: its replicates show what the totals explain.
func TestReplicatesCalibrated(t *testing.T) {
	d, ps := JK1(simple(t, 1, 1, 1, 1, 1, 1))
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	m := Margin{"sex", []string{"F", "M", "F", "M", "F", "M"}, map[string]float64{"F": 5, "M": 4}}
	for name, adjust := range map[string]func() (*design.Design, refusal.Problems){
		"post-stratified": func() (*design.Design, refusal.Problems) { return PostStratify(d, m) },
		"raked":           func() (*design.Design, refusal.Problems) { return Rake(d, []Margin{m}, Raking{}) },
		"calibrated":      func() (*design.Design, refusal.Problems) { return Calibrate(d, m.Controls(), Calibrating{}) },
	} {
		made, ps := adjust()
		if len(ps) > 0 || len(made.Calibrations) > 0 {
			t.Fatalf("%s: %v, %d calibrations", name, ps, len(made.Calibrations))
		}
		for n, weight := range made.Replicated() {
			f := dot(weight, []float64{1, 0, 1, 0, 1, 0})
			if all := design.Total(weight); math.Abs(f-5) > 1e-12 || math.Abs(all-9) > 1e-12 {
				t.Errorf("%s: replicate %d has %g of 5 women and %g of 9", name, n+1, f, all)
			}
		}
	}
}
