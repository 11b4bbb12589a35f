package estimate

import (
	"math"
	"strings"
	"testing"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/weigh"
)

func TestMeanByHand(t *testing.T) {
	c := TestMean(simple(t, 1, 1, 1, 1), []float64{1, 2, 3, 6}, nil)
	agrees(t, "mean", c.Value, 3, 1e-15)
	agrees(t, "error: 4/3 of (4+1+0+9)/16", c.SE, math.Sqrt(14.0/12), 1e-15)
	agrees(t, "t", c.Statistic, 3/math.Sqrt(14.0/12), 1e-15)
	agrees(t, "degrees of freedom", c.DF, 2, 0)
	agrees(t, "p of t on 2 degrees of freedom has a closed form", c.P, 1-c.Statistic/math.Sqrt(2+c.Statistic*c.Statistic), 1e-13)
	agrees(t, "upper limit, of which t on 2 has one, too", c.Upper, 3+0.95*math.Sqrt(2/(1-0.95*0.95))*c.SE, 1e-12)
}

func TestNoErrorNoTest(t *testing.T) {
	c := TestMean(simple(t, 1, 1, 1), []float64{2, 2, 2}, nil)
	if !math.IsNaN(c.Statistic) || !math.IsNaN(c.P) {
		t.Errorf("answers that do not vary have t %g and p %g, want none", c.Statistic, c.P)
	}
}

func TestGapRefused(t *testing.T) {
	d := simple(t, 1, 1, 1, 1)
	y := []float64{1, 2, 3, math.NaN()}
	for _, c := range []struct{ claim, labels, want string }{
		{"one group among those who answered", "aaab", `categories of the group among those who have both variables: 1 (["a"]), want 2`},
		{"three groups", "abca", `categories of the group among those who have both variables: 3 (["a" "b" "c"]), want 2`},
	} {
		t.Run(c.claim, func(t *testing.T) {
			_, ps := TestGap(d, y, Variable{Categories: strings.Split(c.labels, "")}, nil)
			if ps == nil || !strings.Contains(ps.Error(), c.want) {
				t.Errorf("%v, want %s", ps, c.want)
			}
		})
	}
}

func TestTrend(t *testing.T) {
	for _, c := range []struct {
		claim  string
		scores []float64
		want   [][]float64
	}{
		{"equally distant", []float64{2001, 2003, 2005}, [][]float64{{-1 / math.Sqrt2, 0, 1 / math.Sqrt2}, {1 / math.Sqrt(6), -2 / math.Sqrt(6), 1 / math.Sqrt(6)}}},
		{"a wave that was left out", []float64{0, 1, 5}, [][]float64{{-2 / math.Sqrt(14), -1 / math.Sqrt(14), 3 / math.Sqrt(14)}, {4 / math.Sqrt(42), -5 / math.Sqrt(42), 1 / math.Sqrt(42)}}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			got, ps := Trend(c.scores, len(c.want))
			if err := ps.Err(); err != nil {
				t.Fatal(err)
			}
			for k := range c.want {
				for i, want := range c.want[k] {
					if math.Abs(got[k][i]-want) > 1e-15 {
						t.Errorf("degree %d: %v, want %v", k+1, got[k], c.want[k])
						break
					}
				}
			}
		})
	}
	if _, ps := Trend([]float64{1, 2, 2}, 2); ps == nil || !strings.Contains(ps.Error(), "2 different scores, want at least 3 for degree 2") {
		t.Errorf("two scores have a curve: %v", ps)
	}
}

func TestSlope(t *testing.T) {
	for _, c := range []struct {
		claim        string
		scores, want []float64
	}{
		{"two waves: their change over the years", []float64{2001, 2003}, []float64{-0.5, 0.5}},
		{"equally distant", []float64{1, 2, 3}, []float64{-0.5, 0, 0.5}},
		{"a wave that was left out: (s - 2)/14", []float64{0, 1, 5}, []float64{-2. / 14, -1. / 14, 3. / 14}},
		{"years as far from 0 as they are", []float64{2000, 2001, 2005}, []float64{-2. / 14, -1. / 14, 3. / 14}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			got, ps := Slope(c.scores)
			if err := ps.Err(); err != nil {
				t.Fatal(err)
			}
			for i, want := range c.want {
				if math.Abs(got[i]-want) > 1e-15 {
					t.Errorf("%v, want %v", got, c.want)
					break
				}
			}
		})
	}
	for _, scores := range [][]float64{nil, {4}, {4, 4}} {
		if got, ps := Slope(scores); ps == nil {
			t.Errorf("scores %v have the slope %v", scores, got)
		}
	}
}

// A linear combination of parts is the contrast of the same domains' joint
// estimate, with strata and under replicate weights.
func TestLinear(t *testing.T) {
	d, ps := design.New(design.Source{
		Where: "sample", Nested: true, Weight: []float64{1, 2, 1, 3, 1, 1, 2, 1, 4},
		Stratum: strings.Split("aaaabbbbb", ""), PSU: strings.Split("112233445", ""),
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
