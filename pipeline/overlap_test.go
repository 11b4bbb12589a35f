package pipeline_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/question"
	"togetherwecan/testdata/shared"
)

// twoWave is the catalogue of the reference's file of two waves, which share
// half of their PSUs.
func twoWave(t *testing.T, overlap string) *indicator.Catalogue {
	t.Helper()
	pages := fstest.MapFS{}
	page := func(name, text string) { pages[name] = &fstest.MapFile{Data: []byte(text)} }
	page("disclosure.yaml", "default: open\npolicies: {open: {confidential_below: 1, sides_below: 1, unreliable_below: 1, caution_below: 1, zeros: publish, dominance: 1, interval: 1, source: made up}}\n")
	page("codebook.yaml", `variables:
  belongs: {label: Belongs, categories: [{code: yes, label: Yes}, {code: no, label: No}]}
  sex: {label: Sex, categories: [{code: men, label: Men}, {code: women, label: Women}]}
  income: {label: Income, unit: pounds}
breakdowns: [{variable: sex}]
`)
	page("definitions/belongs.yaml", `id: belongs
title: People who belong
leads: [HO]
statistic: proportion
of: {variable: belongs, categories: [yes]}
base: {label: Adults who gave an answer}
direction: higher
`)
	page("definitions/income.yaml", `id: income
title: Mean income
leads: [HO]
statistic: mean
of: {variable: income}
base: {label: Adults who gave an answer}
direction: none
`)
	for wave := range 2 {
		design := "stratum: stratum, psu: psu, "
		if wave == 1 && overlap != "" {
			design += "overlap: {uk/1: " + overlap + "}, "
		}
		page(fmt.Sprintf("crosswalks/uk/%d.yaml", wave+1), fmt.Sprintf(`survey: uk
wave: %d
title: Reference survey, made in R
study: none
population: Adults, made up
fieldwork: {start: 200%d-03-01, end: 200%[1]d-10-31}
licence: none needed, made up
source: its first line
file: {reader: delimited, pattern: "*.csv"}
identify: {variable: wave, equals: %[1]d}
design: {%[3]sknown: confirmed}
weights: {core: {variable: w, known: confirmed}}
populations: [{id: everyone, label: Everyone}]
variables:
  belongs: {from: belong, codes: {0: no, 1: yes}, known: confirmed}
  sex: {from: sex, codes: {M: men, F: women}, known: confirmed}
  income: {from: income, range: [0, 1000000], known: confirmed}
`, wave+1, wave+1, design))
	}
	c, err := indicator.LoadCatalogue(pages)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestOverlap holds the errors of change of two waves that share half of their
// PSUs, for proportions and means, of everyone and by sex. Independent and
// pooled: R's survey 4.1,
//
//	d <- svydesign(~psu, strata=~stratum, weights=~w, data=D)
//	by <- svyby(~belong, ~wave+sex, subset(d, !is.na(belong)), svymean, covmat=TRUE)
//	svycontrast(by, list(c(`1.F`=-1, `2.F`=1)))
//
// of which the first is survey 4.5's figure, too. Rotating: the errors of the
// waves and, in base R, the correlation of the residuals of the PSUs'
// linearised totals from their means by stratum and wave; the first is that of
// ReGenesees 2.4, svyDelta.
func TestOverlap(t *testing.T) {
	text, err := os.ReadFile(shared.File(t, "oracle/r45/uk_two_wave.csv"))
	if err != nil {
		t.Fatal(err)
	}
	head, rows, _ := strings.Cut(string(text), "\n")
	extracts := t.TempDir()
	for _, wave := range []string{"1", "2"} {
		lines := []string{head}
		for line := range strings.SplitSeq(rows, "\n") {
			if strings.HasPrefix(line, wave+",") {
				lines = append(lines, line)
			}
		}
		write(t, filepath.Join(extracts, "uk", wave, "uk.csv"), []byte(strings.Join(lines, "\n")+"\n"))
	}
	type of struct{ indicator, category string }
	for _, c := range []struct {
		method string
		df     float64
		want   map[of]float64
	}{
		{"pooled", 81, map[of]float64{
			{"belongs", "all"}: 3.0579976, {"belongs", "women"}: 3.9888156, {"belongs", "men"}: 4.4039599,
			{"income", "all"}: 26.529398321, {"income", "women"}: 31.463650223, {"income", "men"}: 42.283090288,
		}},
		{"rotating", 81, map[of]float64{
			{"belongs", "all"}: 3.21436522870679, {"belongs", "women"}: 4.14729543297619, {"belongs", "men"}: 4.53074248721959,
			{"income", "all"}: 27.638294518562368, {"income", "women"}: 30.264549781163055, {"income", "men"}: 44.6817296858353785,
		}},
		{"independent", 100, map[of]float64{{"belongs", "all"}: 3.15789090001623}},
		{"", 100, map[of]float64{{"belongs", "all"}: 3.15789090001623}},
	} {
		t.Run("overlap "+c.method, func(t *testing.T) {
			store := filepath.Join(t.TempDir(), "store")
			out := run(t, pipeline.Options{Catalogue: twoWave(t, c.method), Extracts: extracts, Store: store})
			found := 0
			for _, id := range []string{"belongs", "income"} {
				for _, change := range unrounded(t, store, out, id).Changes {
					want, ok := c.want[of{id, change.Category}]
					if !ok {
						continue
					}
					found++
					// Half of the last digit published; of rotating waves those of their errors too.
					if math.Abs(change.SE-want) > 2e-6 || change.DF != c.df {
						t.Errorf("%s %s: got %v on %v degrees of freedom, want %v on %v", id, change.Category, change.SE, change.DF, want, c.df)
					}
					if noted := strings.Contains(change.Notes, "overlap(31,"+c.method); noted != (len(c.want) > 1) {
						t.Errorf("%s %s: got note %q", id, change.Category, change.Notes)
					}
				}
			}
			if found != len(c.want) {
				t.Errorf("found %d of %d changes", found, len(c.want))
			}
			if c.method == "" {
				return
			}
			// A question of both waves in one file has the same errors.
			answer, err := pipeline.Ask(pipeline.File{Source: ingest.Source{Path: shared.File(t, "oracle/r45/uk_two_wave.csv")}}, question.Question{
				Design: codebook.DesignSource{Stratum: codebook.Names{"stratum"}, PSU: codebook.Names{"psu"}}, Weight: codebook.Weight{Variable: "w"},
				Asks: []question.Ask{{Statistic: "proportion", Variable: "belong", Codes: []string{"1"}}, {Statistic: "mean", Variable: "income"}},
				By:   [][]string{{"wave"}}, Contrast: true, Stacked: question.Stacking{Variable: "wave", Method: c.method},
			})
			if err != nil {
				t.Fatal(err)
			}
			for i, id := range []string{"belongs", "income"} {
				scale := map[string]float64{"belongs": 100, "income": 1}[id]
				got, df := answer.Contrasts[i].Difference.SE*scale, answer.Contrasts[i].Difference.DF
				if want, ok := c.want[of{id, "all"}]; ok && (math.Abs(got-want) > 1e-7 || df != c.df) {
					t.Errorf("asked of %s: %v on %v degrees of freedom, want %v on %v", id, got, df, want, c.df)
				}
			}
		})
	}
}
