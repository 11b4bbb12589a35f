package main

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
)

// A contrast by an expression, of pairs, and against a category or everyone is the same
// comparison, whatever the design: those against a category are made of a tally where the
// design lets them be, and the others of the respondents.
func TestComparisonsAgree(t *testing.T) {
	path := flagSample(t, 2)
	const asks = " --mean y --proportion f=1 --total y --ratio y/x --weighted-count f=1 --quantile fine=0.4 --by g --format json "
	type row struct {
		Variable, Breakdown, Category, Item, Statistic, Comparison, Contrast, Against string
		Value                                                                         float64
		SE                                                                            float64 `json:"std_error"`
		P                                                                             float64 `json:"p_value"`
		DF                                                                            float64
		Base                                                                          int     `json:"base_unweighted"`
		Lower                                                                         float64 `json:"ci_lower"`
	}
	ask := func(t *testing.T, flags string) map[string]row {
		t.Helper()
		var o, e bytes.Buffer
		if status := run(append([]string{"estimate", path}, strings.Fields(flags)...), &o, &e); status != 0 {
			t.Fatalf("%s: status %d: %s", flags, status, e.String())
		}
		var answer struct{ Contrasts []row }
		if err := json.Unmarshal(o.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		made := map[string]row{}
		for _, r := range answer.Contrasts {
			if r.Comparison != "difference" {
				continue
			}
			what := r.Contrast
			if what == "" {
				what = "g=" + r.Category + "-g=" + r.Against
				if r.Against == "all" {
					what = "g=" + r.Category + "-everyone"
				}
			}
			made[r.Statistic+" "+r.Variable+" "+what] = r
		}
		return made
	}
	near := func(a, b, size float64) bool { return math.Abs(a-b) <= 1e-10*math.Max(size, math.Abs(b)) }
	for name, design := range map[string]string{
		"strata and PSUs":  "--stratum h --psu p --weight w --lonely certainty",
		"adjust":           "--stratum h --psu p --weight w --lonely adjust",
		"average":          "--stratum h --psu p --weight w --lonely average",
		"alone in domains": "--stratum h --psu p --weight w --lonely adjust --domain-lonely",
		"two stages":       "--stratum h --psu p,q --fpc n --weight w --lonely certainty",
		"calibrated":       "--psu p --weight w --margin f:0=215,1=195",
		"standardised":     "--stratum h --psu p --weight w --lonely certainty --standardise f:0=1,1=2",
		"jackknife":        "--psu p --weight w --method jk1",
		"replicates":       "--weight w --replicates r[0-9]* --method brr --quantile-ci replicates",
		"simple":           "--weight w --where f=0,1",
	} {
		t.Run(name, func(t *testing.T) {
			first := ask(t, design+asks+"--contrast")
			each := ask(t, design+asks+"--pairs --compare g=2-g=1 --compare g=3-g=1 --compare g=2-everyone --compare g=3-everyone")
			whole := ask(t, design+asks+"--against everyone")
			pairs := ask(t, design+asks+"--pairs")
			if len(first) < 6 || len(whole) < 8 {
				t.Fatalf("%d contrasts with a category, %d with everyone", len(first), len(whole))
			}
			for key, r := range first {
				for _, other := range []row{each[key], pairs[key]} {
					if !near(r.Value, other.Value, 1) || !near(r.SE, other.SE, 1e-3) || !near(r.P, other.P, 1e-3) || r.DF != other.DF || r.Base != other.Base || !near(r.Lower, other.Lower, 1) {
						t.Errorf("%s:\n%+v\n%+v", key, r, other)
					}
				}
			}
			for key, r := range whole {
				other, ok := each[key]
				if ok && (!near(r.Value, other.Value, 1) || !near(r.SE, other.SE, 1e-3) || r.DF != other.DF || r.Base != other.Base) {
					t.Errorf("%s:\n%+v\n%+v", key, r, other)
				}
			}
		})
	}
}
