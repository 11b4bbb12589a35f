package estimate

import (
	"math"
	"os"
	"testing"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/weigh"
)

// TestCoverageOfQuantiles draws samples of a skewed variable, whose median is known,
// and counts how often Woodruff's interval at 95% by replicates holds it, and how
// often the interval of the error of the replicates' medians would. The table is in
// METHOD.md. TWC_COVERAGE is ten times the number of samples.
//
// The variable is exp(a + e), a of the cluster with a standard deviation of 0.2 and e
// of the respondent with one of 1: its median is 1 in every stratum.
func TestCoverageOfQuantiles(t *testing.T) {
	if os.Getenv("TWC_COVERAGE") == "" && os.Getenv("TWC_SEED") == "" {
		t.Setenv("TWC_SEED", "1") // of so few samples chance would fail one run in a hundred
	}
	n, r := samples(t, 200)/10, draws(t)
	rule, _ := QuantileRuleBy("hf1")
	wald, _ := indicator.IntervalBy(indicator.Wald)
	for _, c := range []struct {
		name                      string
		strata, psus, respondents int
		replicates                func(*design.Design) (*design.Design, refusal.Problems)
	}{
		{"60 respondents, jk1", 1, 60, 1, weigh.JK1},
		{"36 strata of 4 PSUs of 10, jkn", 36, 4, 10, weigh.JKn},
		{"36 strata of 2 PSUs of 10, jk2", 36, 2, 10, weigh.JK2},
		{"36 strata of 2 PSUs of 10, brr", 36, 2, 10, func(d *design.Design) (*design.Design, refusal.Problems) { return weigh.BRR(d, 0) }},
		{"36 strata of 4 PSUs of 10, rescaling bootstrap of 200", 36, 4, 10, func(d *design.Design) (*design.Design, refusal.Problems) { return weigh.RescalingBootstrap(d, 200, 1) }},
	} {
		base, _ := coverageDesign(t, c.strata, c.psus, c.respondents)
		d, ps := c.replicates(base)
		if err := ps.Err(); err != nil {
			t.Fatal(err)
		}
		y := make([]float64, len(d.Rows))
		woodruff, own := 0, 0
		for range n {
			a := make([]float64, d.Clusters)
			for k := range a {
				a[k] = 0.2 * r.NormFloat64()
			}
			for i := range y {
				y[i] = math.Exp(a[d.Cluster[i]] + r.NormFloat64())
			}
			if i := Woodruff(d, y, nil, []float64{0.5}, rule, wald, 0.95)[0].Interval; i.Lower <= 1 && 1 <= i.Upper {
				woodruff++
			}
			if i := ReplicateQuantiles(d, y, nil, []float64{0.5}, rule, 0.95)[0].Interval; i.Lower <= 1 && 1 <= i.Upper {
				own++
			}
		}
		share := float64(woodruff) / float64(n)
		t.Logf("| %s | %.1f | %.1f |", c.name, 100*share, 100*float64(own)/float64(n))
		if share < 0.95-4*math.Sqrt(0.95*0.05/float64(n)) {
			t.Errorf("%s: Woodruff's interval holds the median in %.1f%% of %d samples", c.name, 100*share, n)
		}
	}
}
