package pipeline

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest"
)

// chanceFile writes a sample of strata, PSUs and answers with all that is odd
// in files: missing weights and answers, weights of 0, text, codes that no one
// in a category has, categories that strata lack.
func chanceFile(t *testing.T, r *rand.Rand) string {
	t.Helper()
	var csv strings.Builder
	csv.WriteString("stratum,psu,wt,sex,area,q,word,fpc\n")
	maybe := func(text string, missing float64) string {
		if r.Float64() < missing {
			return ""
		}
		return text
	}
	zeros := 0.1 * float64(r.IntN(2))
	for h := range 3 + r.IntN(3) {
		psus := 2 + r.IntN(3)
		if r.IntN(12) == 0 {
			psus = 1
		}
		for psu := range psus {
			for range 3 + r.IntN(5) {
				weight := maybe(fmt.Sprint(float64(1+r.IntN(400))/16), 0.05)
				if r.Float64() < zeros {
					weight = "0"
				}
				area := []string{"0.5", "-3", "2000"}[r.IntN(3)]
				if h == 0 {
					area = "-3"
				}
				fmt.Fprintf(&csv, "%d,%d,%s,%d,%s,%s,%s,%d\n", h, psu, weight, 1+r.IntN(2), maybe(area, 0.1), maybe(fmt.Sprint([]int{1, 2, 3, 8, 9}[r.IntN(5)]), 0.1), maybe([]string{"no", "yes", "na"}[r.IntN(3)], 0.1), 40+h)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "chance.csv")
	if err := os.WriteFile(path, []byte(csv.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// The fast path and the general one are two derivations of the same figures.
func TestSharesAgree(t *testing.T) {
	compared, errors, fast, refused := 0, 0, 0, 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		path := chanceFile(t, r)
		q := &Question{
			Source:  ingest.Source{Path: path, Where: "chance.csv"},
			Asks:    []Ask{{Statistic: AskProportion, Variable: "Q"}, {Statistic: AskProportion, Variable: "word", Codes: []string{"yes"}}, {Statistic: AskProportion, Variable: "area", Codes: []string{"2000.0", "0.5"}}},
			By:      [][]string{{"sex", "AREA"}, {"word"}},
			Missing: []string{"8", "9", "na"}, Interval: []string{"logit", "beta", "wald"}[r.IntN(3)], Level: 0.9,
			Limits: ingest.DefaultLimits,
		}
		q.Sample = Sample{Weight: "wt", Lonely: []string{codebook.LonelyRefuse, codebook.LonelyAdjust, codebook.LonelyAverage}[r.IntN(3)], DomainLonely: r.IntN(4) == 0}
		if r.IntN(4) > 0 {
			q.Sample.Stratum = []string{"stratum"}
		}
		if r.IntN(4) > 0 {
			q.Sample.PSU = []string{"psu"}
		}
		if r.IntN(2) == 0 && q.Sample.Stratum != nil {
			q.Sample.Population = []string{"fpc"}
		}
		if r.IntN(3) == 0 {
			q.Where = []Restriction{{"sex", []string{"1"}}, {"q", []string{"1", "2"}}}
		}
		if !q.simple() {
			t.Fatal("not taken as simple")
		}
		got, err := q.shares()
		want, general := q.estimates()
		if fmt.Sprint(advised(err)) != fmt.Sprint(advised(general)) && (got != nil || err != nil) {
			t.Errorf("seed %d: error %v, want %v", seed, err, general)
		}
		if err != nil {
			refused++
			continue
		}
		if got == nil {
			continue
		}
		fast++
		if got.Error != want.Error || got.Facts != want.Facts || got.DF != want.DF || got.Outside != want.Outside {
			t.Errorf("seed %d: %v %+v df %d outside %d, want %v %+v df %d outside %d", seed, got.Error, got.Facts, got.DF, got.Outside, want.Error, want.Facts, want.DF, want.Outside)
		}
		if len(got.Figures) != len(want.Figures) {
			t.Fatalf("seed %d: %d figures, want %d", seed, len(got.Figures), len(want.Figures))
		}
		for i, f := range got.Figures {
			w := want.Figures[i]
			compared++
			for _, x := range [][2]float64{{f.Value, w.Value}, {f.SE, w.SE}, {f.Lower, w.Lower}, {f.Upper, w.Upper}, {f.Level, w.Level}, {f.DF, w.DF}, {f.DEFF, w.DEFF}, {f.CV, w.CV}, {f.Weights, w.Weights}} {
				if math.IsNaN(x[0]) != math.IsNaN(x[1]) || math.Abs(x[0]-x[1]) > 1e-9*math.Abs(x[1]) {
					t.Errorf("seed %d: %+v, want %+v", seed, f, w)
					break
				}
			}
			if !math.IsNaN(f.SE) {
				errors++
			}
			name := func(f AskedFigure) string {
				return fmt.Sprint(f.Statistic, f.Variable, f.Item, f.ItemLabel, f.Breakdown, f.Category, f.Label, f.Crossed, f.Method, f.Base, f.Note)
			}
			if name(f) != name(w) {
				t.Errorf("seed %d: %s, want %s", seed, name(f), name(w))
			}
		}
	}
	t.Logf("%d figures of %d questions, %d with errors, %d refused", compared, fast, errors, refused)
	if fast < 30 || errors < compared/2 || refused == 0 {
		t.Error("too few cases")
	}
}
