package estimate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
)

// TestGrouped has medians within classes as Python 3.11's statistics.median_grouped prints them,
// quantiles by hand, and the limits of testdata/grouped.R.
func TestGrouped(t *testing.T) {
	ones := slices.Repeat([]float64{1}, 10)
	for _, c := range []struct {
		rule   string
		values []float64
		p      float64
		want   float64
	}{
		{"grouped", []float64{1, 2, 2, 3, 4, 4, 4, 4, 4, 5}, 0.5, 3.7},
		{"grouped", []float64{1, 3, 3, 5, 7}, 0.5, 3.25},
		{"grouped=2", []float64{1, 3, 3, 5, 7}, 0.5, 3.5},
		{"grouped", []float64{52, 52, 53, 54}, 0.5, 52.5},
		{"grouped=1", []float64{1, 2, 2, 3, 4, 4, 4, 4, 4, 5}, 0.25, 2.25}, // 1.5 and 1.5 of the 2 in 1.5 to 2.5
		{"grouped=9", []float64{0, 1, 4, 4}, 0.75, 4 - 1.5 + 3},            // halfway to 1, and half of the way to 8.5
	} {
		rule, ok := QuantileRuleBy(c.rule)
		if !ok {
			t.Fatalf("no rule %q", c.rule)
		}
		isNear(t, fmt.Sprint(c.rule, " of ", c.values), Distribute(c.values, ones[:len(c.values)], nil).Quantile(c.p, rule), c.want, 1e-14)
	}
	for _, name := range []string{"grouped=", "grouped=0", "grouped=-1", "grouped=x", "grouped=Inf", "groups"} {
		if _, ok := QuantileRuleBy(name); ok {
			t.Errorf("%q is a rule", name)
		}
	}
	d, ps := design.New(design.Source{
		Weights: "core", Stratum: design.LabelsOf(slices.Concat(slices.Repeat([]string{"N"}, 8), slices.Repeat([]string{"S"}, 8))),
		Weight: []float64{1, 2, 1, 3, 1, 1, 2, 1, 2, 1, 1, 1, 3, 2, 2, 1},
	})
	if ps != nil {
		t.Fatal(ps.Err())
	}
	rule, _ := QuantileRuleBy("grouped=5")
	wald, _ := indicator.IntervalBy(indicator.Wald)
	got := Woodruff(d, []float64{10, 10, 15, 15, 15, 20, 20, 25, 25, 30, 30, 45, 10, 15, 20, 20}, nil, []float64{0.3, 0.4, 0.5}, rule, wald, 0.95)
	for n, want := range [][4]float64{
		{13.571428571429, 2.4083303551902, 8.167978447413, 18.498688219254},
		{15.357142857143, 2.3382849674483, 10.401544195925, 20.431789137408},
		{17.142857142857, 2.7856944945113, 11.850186354378, 23.799627291245},
	} {
		for k, x := range []float64{got[n].Value, got[n].SE, got[n].Interval.Lower, got[n].Interval.Upper} {
			isNear(t, fmt.Sprint("quantile ", n, ", number ", k), x, want[k], 1e-11)
		}
	}
}

// TestQuantileRules has the figures of four values by hand: each at the shares
// of Hyndman and Fan (1996).
func TestQuantileRules(t *testing.T) {
	values, weight := []float64{4, 1, 8, 2}, []float64{1, 1, 1, 1}
	for _, c := range []struct {
		rule string
		want [5]float64 // at 0, 1/4, 0.3, 1/2 and 1
	}{
		{"math", [5]float64{1, 1, 2, 2, 8}},
		{"school", [5]float64{1, 1.5, 2, 3, 8}},
		{"hf1", [5]float64{1, 1, 2, 2, 8}},
		{"hf2", [5]float64{1, 1.5, 2, 3, 8}},
		{"hf3", [5]float64{1, 2, 2, 2, 8}},   // at 1/4 the second is the even one of the first two, at 1/2 of the second and the third
		{"hf4", [5]float64{1, 1, 1.2, 2, 8}}, // position 4p
		{"hf5", [5]float64{1, 1.5, 1.7, 3, 8}},
		{"hf6", [5]float64{1, 1.25, 1.5, 3, 8}},
		{"hf7", [5]float64{1, 1.75, 1.9, 3, 8}},
		{"hf8", [5]float64{1, 1 + 5./12, 1 + 19./30, 3, 8}},
		{"hf9", [5]float64{1, 1.4375, 1.65, 3, 8}},
	} {
		rule, ok := QuantileRuleBy(c.rule)
		if !ok {
			t.Fatalf("no rule %q", c.rule)
		}
		d := Distribute(values, weight, nil)
		for n, p := range []float64{0, 1. / 4, 0.3, 1. / 2, 1} {
			isNear(t, fmt.Sprint(c.rule, " at ", p), d.Quantile(p, rule), c.want[n], 1e-14)
		}
		for _, p := range []float64{-0.01, 1.01, math.NaN()} {
			isNear(t, c.rule+" beyond", d.Quantile(p, rule), math.NaN(), 0)
		}
		isNear(t, c.rule+" of nobody", Distribute(values, weight, make([]bool, 4)).Quantile(0.5, rule), math.NaN(), 0)
		isNear(t, c.rule+" of one", Distribute(values, []float64{0, 0, 3, 0}, nil).Quantile(0.5, rule), 8, 0)
	}
	if _, ok := QuantileRuleBy("shahvaish"); ok {
		t.Error("a rule that there is not")
	}
}

// TestQuantileTies: whether a share is exact does not depend on how a computer
// writes a tenth.
func TestQuantileTies(t *testing.T) {
	hf2, _ := QuantileRuleBy("hf2")
	for _, unit := range []float64{1, 0.1, 1. / 3, 30.97, 1e-7, 7e8} {
		values, weight := make([]float64, 10), make([]float64, 10)
		for i := range values {
			values[i], weight[i] = float64(i+1), unit
		}
		d := Distribute(values, weight, nil)
		for k := 1; k < 10; k++ {
			isNear(t, fmt.Sprint(k, " tenths of weights of ", unit), d.Quantile(float64(k)/10, hf2), float64(k)+0.5, 0)
		}
	}
	d := Distribute([]float64{1, 2, 3}, []float64{0.1, 0.2, 0.3}, nil)
	isNear(t, "weights of 1, 2 and 3 tenths", d.Quantile(0.5, hf2), 2.5, 0)
}

// TestQuantileProperties: a quantile rises with the share, follows a change of
// unit and of origin, and does not depend on the order of rows, the unit of
// weight or respondents that weigh 0.
func TestQuantileProperties(t *testing.T) {
	const seed = 19520601
	r := rand.New(rand.NewPCG(seed, 2))
	for range 300 {
		n := 1 + r.IntN(40)
		values, weight := make([]float64, n), make([]float64, n)
		for i := range values {
			values[i], weight[i] = float64(r.IntN(12)), float64(1+r.IntN(4))
			if r.IntN(3) == 0 {
				weight[i] = r.Float64() + 1e-3
			}
		}
		shares := []float64{0, 0.1, 0.25, r.Float64(), 0.5, 0.75, 0.9, 1}
		slices.Sort(shares)
		order := r.Perm(n)
		var shuffledValues, shuffledWeight, heavier, scaled []float64
		for _, i := range order {
			shuffledValues, shuffledWeight = append(shuffledValues, values[i]), append(shuffledWeight, weight[i])
		}
		for i := range values {
			heavier, scaled = append(heavier, weight[i]*30.97), append(scaled, values[i]*-0.3+7)
		}
		d, shuffled := Distribute(values, weight, nil), Distribute(append(shuffledValues, -99, 99), append(shuffledWeight, 0, 0), nil)
		heavy := Distribute(values, heavier, nil)
		for i := range scaled {
			scaled[i] = values[i]*0.375 + 7
		}
		moved := Distribute(scaled, weight, nil)
		for _, rule := range QuantileRules() {
			before, beyond, scaled := math.Inf(-1), rule.class/2, rule
			scaled.class *= 0.375
			for _, p := range shares {
				q := d.Quantile(p, rule)
				if q < before || !(q >= slices.Min(values)-beyond && q <= slices.Max(values)+beyond) {
					t.Errorf("seed %d: %s at %g is %g after %g", seed, rule.Name, p, q, before)
				}
				before = q
				if other := shuffled.Quantile(p, rule); other != q {
					t.Errorf("seed %d: %s at %g is %v, in another order %v", seed, rule.Name, p, q, other)
				}
				if other := heavy.Quantile(p, rule); !agree(other, q, 1e-12, 1e-12) {
					t.Errorf("seed %d: %s at %g is %v, in another unit of weight %v", seed, rule.Name, p, q, other)
				}
				if other := moved.Quantile(p, scaled); !agree(other, q*0.375+7, 1e-13, 0) {
					t.Errorf("seed %d: %s at %g is %v, moved %v, want %v", seed, rule.Name, p, q, other, q*0.375+7)
				}
			}
		}
	}
}

// TestQuantileOfEqualWeights: with equal weights the rules are Hyndman and
// Fan's of the order statistics, position n p + m.
func TestQuantileOfEqualWeights(t *testing.T) {
	const seed = 19960402
	r := rand.New(rand.NewPCG(seed, 3))
	for range 500 {
		n := 1 + r.IntN(30)
		values, weight := make([]float64, n), slices.Repeat([]float64{2.5}, n)
		for i := range values {
			values[i] = float64(r.IntN(10))
		}
		p := r.Float64()
		d := Distribute(values, weight, nil)
		slices.Sort(values)
		for name, m := range map[string]float64{"hf4": 0, "hf5": 0.5, "hf6": p, "hf7": 1 - p, "hf8": (p + 1) / 3, "hf9": p/4 + 3./8} {
			rule, _ := QuantileRuleBy(name)
			position := max(1, min(float64(n), float64(n)*p+m))
			k := int(position)
			want := values[k-1]
			if k < n {
				want += (position - float64(k)) * (values[k] - values[k-1])
			}
			if got := d.Quantile(p, rule); !agree(got, want, 1e-11, 1e-11) {
				t.Errorf("seed %d: %s of %d values at %g is %g, want %g", seed, name, n, p, got, want)
			}
		}
	}
}

// eight is a sample of eight respondents in two strata.
func eight(t *testing.T) *design.Design {
	t.Helper()
	d, problems := design.New(design.Source{
		Stratum: design.LabelsOf([]string{"N", "N", "N", "N", "S", "S", "S", "S"}), PSU: design.LabelsOf([]string{"1", "2", "3", "4", "5", "6", "7", "8"}),
		Weight: []float64{1, 1, 1, 1, 1, 1, 1, 1},
	})
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestWoodruff by hand. The median of 1 to 8 is 4, with half at or below it:
// in the first stratum 2 of 4 and in the second 2 of 4. The share's variance is
// the sum over strata of 4/3 * 4 * (1/2 / 8)^2, 1/24. With 6 degrees of freedom
// the limits are 1/2 -/+ 0.49949, and their quantiles are 1 and 8.
func TestWoodruff(t *testing.T) {
	d := eight(t)
	values := []float64{1, 8, 3, 6, 5, 4, 7, 2}
	rule, _ := QuantileRuleBy("hf1")
	method, _ := indicator.IntervalBy("wald")
	student := 2.4469118511449692
	q := Woodruff(d, values, nil, []float64{0.5, 1, 0.01}, rule, method, 0.95)
	isNear(t, "median", q[0].Value, 4, 0)
	isNear(t, "share", q[0].Share, 0.5, 0)
	isNear(t, "its error", q[0].ShareSE, math.Sqrt(1./24), 1e-14)
	isNear(t, "its limit", q[0].Shares.Upper, 0.5+student*math.Sqrt(1./24), 1e-14)
	isNear(t, "lower", q[0].Interval.Lower, 1, 0)
	isNear(t, "upper", q[0].Interval.Upper, 8, 0)
	isNear(t, "error", q[0].SE, 7/(2*student), 1e-12)
	isNear(t, "df", q[0].DF, 6, 0)
	if q[0].N != 8 || q[0].P != 0.5 {
		t.Errorf("got %d respondents and share %g", q[0].N, q[0].P)
	}
	if q[1].Value != 8 || q[1].Interval.Absent != indicator.NoIntervalGreatest || !math.IsNaN(q[1].SE) || !math.IsNaN(q[1].Interval.Upper) {
		t.Errorf("nobody is above the greatest value: got %+v", q[1])
	}
	if q[2].Value != 1 || q[2].Interval.Absent != indicator.NoIntervalShare || !math.IsNaN(q[2].SE) || !math.IsNaN(q[2].Interval.Lower) || math.IsNaN(q[2].Interval.Upper) {
		t.Errorf("a lower limit below 0: got %+v", q[2])
	}
	domain := []bool{true, true, false, true, true, true, true, false}
	values[1] = math.NaN()
	if q := Woodruff(d, values, domain, []float64{0.5}, rule, method, 0.95)[0]; q.N != 5 || q.Value != 5 || q.DF != 3 {
		t.Errorf("a domain with a missing value: got %+v", q)
	}
}

// TestReplicateQuantiles by hand: four replicates that leave out one of four
// respondents each. The medians by hf2 of three are 3, 3, 2 and 2, of all 2.5.
func TestReplicateQuantiles(t *testing.T) {
	d := eight(t)
	values := []float64{1, 2, 3, 4, 0, 0, 0, 0}
	in := []bool{true, true, true, true, false, false, false, false}
	weights := make([][]float64, 4)
	for r := range weights {
		weights[r] = slices.Repeat([]float64{4. / 3}, 8)
		weights[r][r] = 0
	}
	rule, _ := QuantileRuleBy("hf2")
	for _, mse := range []bool{false, true} {
		d.Replicates = &design.Replicates{Weight: weights, Scale: 3. / 4, MSE: mse}
		q := ReplicateQuantiles(d, values, in, []float64{0.5}, rule, 0.95)[0]
		student := 3.18244630528370959 // 4 replicates less 1
		isNear(t, "median", q.Value, 2.5, 0)
		isNear(t, "error", q.SE, math.Sqrt(3./4), 1e-14) // of 4 distances of 1/2
		isNear(t, "lower", q.Interval.Lower, 2.5-student*math.Sqrt(3./4), 1e-12)
		isNear(t, "upper", q.Interval.Upper, 2.5+student*math.Sqrt(3./4), 1e-12)
	}
	defer func() {
		if recover() == nil {
			t.Error("no replicate weights, and no complaint")
		}
	}()
	d.Replicates = nil
	ReplicateQuantiles(d, values, in, []float64{0.5}, rule, 0.95)
}
