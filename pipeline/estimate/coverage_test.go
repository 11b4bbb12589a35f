package estimate

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"togetherwecan/indicators"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/seeds"
)

// samples is how many samples coverage is counted over: TWC_COVERAGE, or the
// usual number.
func samples(t *testing.T, usual int) int {
	t.Helper()
	text := os.Getenv("TWC_COVERAGE")
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A coverage counts the intervals at 95% that hold the truth, by method.
type coverage struct {
	truth       float64
	samples     int
	given, held map[string]int
	without     int // samples in which all answers are the same
	answers     float64
}

func newCoverage(truth float64) *coverage {
	return &coverage{truth: truth, given: map[string]int{}, held: map[string]int{}}
}

func (c *coverage) count(e *Estimates) {
	c.samples++
	c.answers += float64(e.N)
	if p := e.Values[0]; p == 0 || p == 1 {
		c.without++
	}
	for _, m := range indicator.IntervalMethods() {
		limits := m.Interval(e.Values[0], e.SE(0), e.DF, e.N, 0.95)
		if m.For == indicator.Ratios || limits.Absent != "" {
			continue
		}
		c.given[m.Name]++
		if limits.Lower <= c.truth && c.truth <= limits.Upper {
			c.held[m.Name]++
		}
	}
}

// check prints the per cent of each method's intervals that hold the truth, of
// the samples that have one, and last the per cent of samples in which all
// answers are the same: there nchs alone has an interval.
//
// It claims that Korn and Graubard's intervals, beta and nchs, do not hold the
// truth less often than in 95 samples of 100, except for the binomial error of a
// count; and, where carried, that the others hold it no less and no more often.
func (c *coverage) check(t *testing.T, name string, carried bool) {
	t.Helper()
	line := fmt.Sprintf("| %s | %.3g%% |", name, 100*c.truth)
	for _, m := range indicator.IntervalMethods() {
		if m.For == indicator.Ratios {
			continue
		}
		n := float64(c.given[m.Name])
		share := float64(c.held[m.Name]) / n
		line += fmt.Sprintf(" %.1f |", 100*share)
		if want := c.samples - c.without; m.Name != "nchs" && c.given[m.Name] != want || m.Name == "nchs" && c.given[m.Name] != c.samples {
			t.Errorf("%s, proportion %g, %s: %d intervals in %d samples, of which %d without an answer", name, c.truth, m.Name, c.given[m.Name], c.samples, c.without)
		}
		binomial := 3.5 * math.Sqrt(0.95*0.05/n)
		never := m.Name == "beta" || m.Name == "nchs"
		if !(share >= 0.95-binomial) && (never || carried) || share > 0.95+binomial && carried && !never {
			t.Errorf("%s, proportion %g, %s: %.2f%% of %d intervals hold the truth", name, c.truth, m.Name, 100*share, c.given[m.Name])
		}
	}
	t.Log(line + fmt.Sprintf(" %.2f |", 100*float64(c.without)/float64(c.samples)))
}

// TestCoverage draws samples from a model of known proportions, and counts how
// often each method's interval at 95% holds the truth. The table is in
// METHOD.md. TWC_COVERAGE is the number of samples, 10,000 there.
//
// The model has 36 strata with shares, and proportions around the truth; in each
// PSU a proportion is drawn from a beta distribution with an intra-cluster
// correlation of 0.03, and respondents answer by it. Weights are the strata's
// shares over their respondents'.
func TestCoverage(t *testing.T) {
	if os.Getenv("TWC_COVERAGE") == "" && os.Getenv("TWC_SEED") == "" {
		t.Setenv("TWC_SEED", "1") // of so few samples chance would fail one run in a hundred
	}
	n, r := samples(t, 100), draws(t)
	const strata, correlation = 36, 0.03
	for _, size := range []struct{ psus, respondents int }{{2, 5}, {4, 10}, {10, 28}} {
		d, share := coverageDesign(t, strata, size.psus, size.respondents)
		base := strata * size.psus * size.respondents
		for _, truth := range []float64{0.43, 0.10, 0.02} {
			mean := 0.0
			within := make([]float64, strata) // of each stratum, its proportion
			for h := range within {
				within[h] = truth * (1 + 0.4*(float64(h)/(strata-1)-0.5))
				mean += share[h] * within[h]
			}
			counted := newCoverage(mean)
			y := make([]float64, len(d.Rows))
			for range n {
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
				counted.count(Of(d, Mean{Of: [][]float64{y}}))
			}
			// From some 500 answers on a proportion is near enough to normal
			// for the other methods, too.
			counted.check(t, strconv.Itoa(base), truth*float64(base) >= 500)
		}
	}
}

// coverageDesign is a design of equal strata, and the share of the population
// that each of them has.
func coverageDesign(t *testing.T, strata, psus, respondents int) (*design.Design, []float64) {
	t.Helper()
	s := &testSample{}
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

// TestCoverageOfSeeds draws samples from the population that synthetic extracts
// are drawn from, by their design, and counts as TestCoverage does: areas drawn
// systematically by size, unequal weights, refusals. A sample takes some 0.2
// seconds; TWC_COVERAGE is ten times their number, 1,000 in METHOD.md.
func TestCoverageOfSeeds(t *testing.T) {
	n := samples(t, 0) / 10
	if n == 0 {
		t.Skip("slow: set TWC_COVERAGE")
	}
	r := draws(t)
	catalogue, err := indicator.LoadCatalogue(indicators.Files)
	if err != nil {
		t.Fatal(err)
	}
	populations, err := seeds.Populations(catalogue.Codebook, catalogue.Crosswalks)
	if err != nil {
		t.Fatal(err)
	}
	p := populations[slices.IndexFunc(populations, func(p *seeds.Population) bool { return p.Wave.ID() == "hocs/2001" })]
	x := catalogue.Crosswalk(p.Wave.ID())
	agree, yes := []string{"definitely-agree", "tend-to-agree"}, []string{"yes"}
	figures := []struct {
		name, variable, weight string
		categories             []string
		in                     []seeds.Cell
		*coverage
	}{
		{"influence", "influence-local", "core", agree, nil, nil},
		{"influence, Black", "influence-local", "combined", agree, []seeds.Cell{{Of: "ethnic-group", Category: "black"}}, nil},
		{"influence, Wales", "influence-local", "core", agree, []seeds.Cell{{Of: "region", Category: "wales"}}, nil},
		{"influence, Chinese or other", "influence-local", "core", agree, []seeds.Cell{{Of: "ethnic-group", Category: "chinese-or-other"}}, nil},
		{"petition", "petition", "core", yes, nil, nil},
		{"petition, Wales", "petition", "core", yes, []seeds.Cell{{Of: "region", Category: "wales"}}, nil},
		{"London member, London", "contacted-london-member", "core", yes, []seeds.Cell{{Of: "region", Category: "london"}}, nil},
		{"London member, Black in London", "contacted-london-member", "core", yes, []seeds.Cell{{Of: "region", Category: "london"}, {Of: "ethnic-group", Category: "black"}}, nil},
	}
	for i, f := range figures {
		figures[i].coverage = newCoverage(p.Share(f.variable, f.categories, f.in...))
	}
	for range n {
		p.Wave.Seed = int(r.Int32())
		var b bytes.Buffer
		if err := p.WriteExtract(&b); err != nil {
			t.Fatal(err)
		}
		columns := map[string][]string{}
		lines := strings.Split(strings.TrimSuffix(b.String(), "\r\n"), "\r\n")
		names := strings.Split(lines[0], "\t")
		for _, line := range lines[1:] {
			for k, cell := range strings.Split(line, "\t") {
				columns[names[k]] = append(columns[names[k]], cell)
			}
		}
		designs := map[string]*design.Design{}
		for _, weight := range []string{"core", "combined"} {
			s := design.Source{Where: "seeds", Stratum: design.LabelsOf(columns[x.Design.Stratum[0]]), PSU: design.LabelsOf(columns[x.Design.PSU[0]]), Lonely: codebook.LonelyCertainty}
			for _, cell := range columns[x.Weights[weight].Variable] {
				w, err := strconv.ParseFloat(cell, 64)
				if err != nil { // blank: of the boost
					w = math.NaN()
				}
				s.Weight = append(s.Weight, w)
			}
			designs[weight] = newDesign(t, s)
		}
		for _, f := range figures {
			d := designs[f.weight]
			source := x.Variables[f.variable]
			y, in := make([]float64, len(d.Rows)), make([]bool, len(d.Rows))
			for i, row := range d.Rows {
				answer, answered := source.Codes[columns[source.From][row]]
				in[i] = answered
				for _, cell := range f.in {
					of := x.Variables[cell.Of]
					in[i] = in[i] && of.Codes[columns[of.From][row]] == cell.Category
				}
				if slices.Contains(f.categories, answer) {
					y[i] = 1
				}
			}
			f.count(Of(d, Mean{Of: [][]float64{y}, In: in}))
		}
	}
	for _, f := range figures {
		f.check(t, fmt.Sprintf("%s, %.0f", f.name, f.answers/float64(f.samples)), false)
	}
}
