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
	"togetherwecan/pipeline/indicator"
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
	sizes := [][]string{{"40", "41", "42"}, {"40", "41", "42"}, {"0.25", "0.5", "1"}, {"1", "1", "1"}}[r.IntN(4)]
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
				fmt.Fprintf(&csv, "%d,%d,%s,%d,%s,%s,%s,%s\n", h, psu, weight, 1+r.IntN(2), maybe(area, 0.1), maybe(fmt.Sprint([]int{1, 2, 3, 8, 9}[r.IntN(5)]), 0.1), maybe([]string{"no", "yes", "na"}[r.IntN(3)], 0.1), sizes[h%3])
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
			Asks:    []Ask{{Statistic: indicator.Proportion, Variable: "Q"}, {Statistic: indicator.Proportion, Variable: "word", Codes: []string{"yes"}}, {Statistic: indicator.Proportion, Variable: "area", Codes: []string{"2000.0", "0.5"}}},
			By:      [][]string{{"sex", "AREA"}, {"word"}},
			Missing: []string{"8", "9", "na"}, Interval: []string{"logit", "beta", "wald"}[r.IntN(3)], Level: 0.9,
			Limits: ingest.DefaultLimits,
		}
		q.Weight.Variable = "wt"
		q.Design = codebook.DesignSource{Lonely: []string{codebook.LonelyRefuse, codebook.LonelyAdjust, codebook.LonelyAverage}[r.IntN(3)], DomainLonely: r.IntN(4) == 0}
		if r.IntN(4) > 0 {
			q.Design.Stratum = []string{"stratum"}
		}
		if r.IntN(4) > 0 {
			q.Design.PSU = []string{"psu"}
		}
		if r.IntN(2) == 0 && q.Design.Stratum != nil {
			q.Design.Population = codebook.Names{"fpc"}
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
			for _, x := range [][2]float64{{f.Value, w.Value}, {f.SE, w.SE}, {f.Lower, w.Lower}, {f.Upper, w.Upper}, {f.Level, w.Level}, {f.DF, w.DF}, {f.DEFF, w.DEFF}, {f.CV(), w.CV()}, {f.Weights, w.Weights}} {
				if math.IsNaN(x[0]) != math.IsNaN(x[1]) || math.Abs(x[0]-x[1]) > 1e-9*math.Abs(x[1]) {
					t.Errorf("seed %d: %+v, want %+v", seed, f, w)
					break
				}
			}
			if !math.IsNaN(f.SE) {
				errors++
			}
			name := func(f AskedFigure) string {
				return fmt.Sprint(f.Statistic, f.Variable, f.Item, f.ItemLabel, f.Breakdown, f.Category, f.Label, f.Crossed, f.Method, f.Base, f.Notes)
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

// Codes that only later rows have count as if the first ones had them. What a
// grid has no place for takes another pass.
func TestSharesLateCodes(t *testing.T) {
	const first = 1 << 16 // rows of the first batch, of so few columns
	for _, test := range []struct {
		name   string
		late   func(row int) [3]string // sex, q and word of a late row
		codes  []string                // of q
		passes int
	}{
		{"none", func(int) [3]string { return [3]string{"1", "2", "no"} }, nil, 1},
		{"categories", func(row int) [3]string { return [3]string{fmt.Sprint(row % 5), "2", []string{"a", "z"}[row%2]} }, nil, 1},
		{"a code that is not counted", func(row int) [3]string { return [3]string{"1", "7", "no"} }, []string{"1", "2"}, 1},
		{"a code that is counted", func(row int) [3]string { return [3]string{"1", "7", "no"} }, []string{"1", "7.0"}, 1},
		{"missing values", func(row int) [3]string { return [3]string{"1", fmt.Sprint(8 + row%2), "na"} }, nil, 1},
		{"a category that is missing", func(row int) [3]string { return [3]string{"9", "8", "na"} }, []string{"2"}, 1},
		{"a code, each of which is asked for", func(row int) [3]string { return [3]string{"1", "0", "no"} }, nil, 2},
		{"more categories than a byte has", func(row int) [3]string { return [3]string{fmt.Sprint(row % 300), "2", "no"} }, nil, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(11, 12))
			var csv strings.Builder
			csv.WriteString("wt,sex,q,word\n")
			for row := range first + 400 {
				cells := [3]string{fmt.Sprint(1 + r.IntN(2)), fmt.Sprint(1 + r.IntN(2)), []string{"no", "yes"}[r.IntN(2)]}
				if row >= first {
					cells = test.late(row)
				}
				fmt.Fprintf(&csv, "%d,%s\n", 1+r.IntN(3), strings.Join(cells[:], ","))
			}
			path := filepath.Join(t.TempDir(), "late.csv")
			if err := os.WriteFile(path, []byte(csv.String()), 0o644); err != nil {
				t.Fatal(err)
			}
			passes, last := 1, int64(0)
			q := &Question{
				Source: ingest.Source{Path: path}, Weight: codebook.Weight{Variable: "wt"}, Asks: []Ask{{Statistic: indicator.Proportion, Variable: "q", Codes: test.codes}},
				By: [][]string{{"sex"}, {"word"}}, Missing: []string{"8", "9", "na"}, Interval: "logit", Level: 0.95, Limits: ingest.DefaultLimits,
				Progress: func(done, _ int64) {
					if done < last {
						passes++
					}
					last = done
				},
			}
			got, err := q.shares()
			if err != nil {
				t.Fatal(err)
			}
			if passes != test.passes {
				t.Errorf("%d passes, want %d", passes, test.passes)
			}
			want, err := q.estimates()
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Figures) != len(want.Figures) || got.Facts != want.Facts {
				t.Fatalf("%d figures of %+v, want %d of %+v", len(got.Figures), got.Facts, len(want.Figures), want.Facts)
			}
			for i, f := range got.Figures {
				w := want.Figures[i]
				if f.Item != w.Item || f.Category != w.Category || f.Base != w.Base || !(math.Abs(f.Value-w.Value) <= 1e-12 || math.IsNaN(f.Value) && math.IsNaN(w.Value)) {
					t.Errorf("%s in %s is %g of %d, want %s in %s, %g of %d", f.Item, f.Category, f.Value, f.Base, w.Item, w.Category, w.Value, w.Base)
				}
			}
		})
	}
}
