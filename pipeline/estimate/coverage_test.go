package estimate

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"togetherwecan/pipeline/design"
)

// TestCoverage draws samples from a population of known proportions, and
// counts how often each method's interval at 95% holds the truth. The table is
// in METHOD.md. TWC_COVERAGE is the number of samples, 10,000 there.
//
// The population has 36 strata with shares, and proportions around the truth;
// in each PSU a proportion is drawn from a beta distribution with an
// intra-cluster correlation of 0.03, and respondents answer by it. Weights are
// the strata's shares over their respondents'.
func TestCoverage(t *testing.T) {
	samples := 100
	if text := os.Getenv("TWC_COVERAGE"); text != "" {
		var err error
		if samples, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	r := draws(t)
	const strata, correlation = 36, 0.03
	// What a method must reach: within chance of 95%, or above it where a rare
	// answer makes a method that never falls short hold the truth more often.
	must := map[string]bool{"logit": true, "beta": true, "nchs": true, "wilson": true, "likelihood": true, "asin": true, "wald": true}
	for _, size := range []struct{ psus, respondents int }{{2, 5}, {4, 10}, {10, 28}} {
		d, share := coverageDesign(t, strata, size.psus, size.respondents)
		base := strata * size.psus * size.respondents
		for _, truth := range []float64{0.43, 0.10, 0.02} {
			held := map[string]int{}
			given := map[string]int{}
			mean := 0.0
			within := make([]float64, strata) // of each stratum, its proportion
			for h := range within {
				within[h] = truth * (1 + 0.4*(float64(h)/(strata-1)-0.5))
				mean += share[h] * within[h]
			}
			y := make([]float64, len(d.Rows))
			for range samples {
				i := 0
				for h := range strata {
					p := within[h]
					of := distuv.Beta{Alpha: p * (1/correlation - 1), Beta: (1 - p) * (1/correlation - 1), Src: r}
					for range size.psus {
						answers := of.Rand()
						for range size.respondents {
							y[i] = 0
							if r.Float64() < answers {
								y[i] = 1
							}
							i++
						}
					}
				}
				e := Of(d, Mean{Of: [][]float64{y}})
				for _, m := range intervalMethods {
					if m.For == Ratios {
						continue
					}
					limits := m.Interval(e.Values[0], e.SE(0), e.DF, e.N, 0.95)
					if limits.Absent != "" {
						continue
					}
					given[m.Name]++
					if limits.Lower <= mean && mean <= limits.Upper {
						held[m.Name]++
					}
				}
			}
			line := fmt.Sprintf("| %d | %.0f%% |", base, 100*truth)
			for _, m := range intervalMethods {
				if m.For == Ratios {
					continue
				}
				n := float64(given[m.Name])
				coverage := float64(held[m.Name]) / n
				line += fmt.Sprintf(" %.1f |", 100*coverage)
				chance := 3.5 * math.Sqrt(0.95*0.05/n)
				// Where some 40 respondents or more are counted, every method
				// is held to; below, Korn and Graubard's, not to fall short.
				counted := truth * float64(base)
				switch {
				case must[m.Name] && counted >= 150 && math.Abs(coverage-0.95) > chance+0.01:
					t.Errorf("base %d, proportion %g, %s: %.2f%% of %d intervals hold the truth", base, truth, m.Name, 100*coverage, given[m.Name])
				case m.Name == "nchs" && coverage < 0.95-chance-0.005:
					t.Errorf("base %d, proportion %g, %s: %.2f%% of %d intervals hold the truth", base, truth, m.Name, 100*coverage, given[m.Name])
				}
			}
			t.Log(line)
		}
	}
}

// coverageDesign is a design of equal strata, and the share of the population
// that each of them has.
func coverageDesign(t *testing.T, strata, psus, respondents int) (*design.Design, []float64) {
	t.Helper()
	s := &drawn{}
	share := make([]float64, strata)
	for h := range share {
		share[h] = (1 + float64(h%5)) / 3
	}
	whole := total(share)
	for h := range share {
		share[h] /= whole
		for c := range psus {
			for range respondents {
				s.stratum, s.psu = append(s.stratum, fmt.Sprintf("%03d", h)), append(s.psu, fmt.Sprintf("%03d", c))
				s.weight = append(s.weight, share[h])
			}
		}
	}
	return s.design(t), share
}
