package pipeline_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/release"
	"togetherwecan/testdata/shared"
)

// schools is the catalogue of California's schools, apart from how they were
// sampled.
func schools(t *testing.T, design, weight string, definitions ...string) *indicator.Catalogue {
	t.Helper()
	files := fstest.MapFS{
		"codebook.yaml": {Data: []byte(`variables:
  stype: {label: Type, categories: [{code: e, label: Elementary}, {code: h, label: High}, {code: m, label: Middle}]}
  wide: {label: Met the school-wide target, categories: [{code: no, label: No}, {code: yes, label: Yes}]}
  api00: {label: Score, unit: points}
  enroll: {label: Pupils, unit: pupils}
breakdowns: [{variable: stype}]
`)},
		"disclosure.yaml": {Data: []byte("default: open\npolicies: {open: {confidential_below: 1, sides_below: 1, unreliable_below: 1, caution_below: 1, zeros: publish, dominance: 1, interval: 1}}\n")},
		"crosswalks/api/2000.yaml": {Data: []byte(`survey: api
wave: 2000
title: Academic Performance Index
study: none
population: Schools
fieldwork: {start: 2000-01-01, end: 2000-12-31}
licence: none
source: the survey package of R
file: {reader: any, pattern: "*.csv"}
design: {` + design + `, known: confirmed}
weights: {core: {` + weight + `, known: confirmed}}
populations: [{id: all, label: All}]
variables:
  stype: {from: stype, codes: {E: e, H: h, M: m}, known: confirmed}
  wide: {from: sch_wide, codes: {"No": no, "Yes": yes}, known: confirmed}
  api00: {from: api00, range: [0, 1000], known: confirmed}
  enroll: {from: enroll, range: [0, 10000], optional: true, known: confirmed}
`)},
	}
	for _, text := range definitions {
		id := strings.TrimPrefix(strings.SplitN(text, "\n", 2)[0], "id: ")
		files["definitions/"+id+".yaml"] = &fstest.MapFile{Data: []byte(text + "title: A title\nbase: {label: All}\ndirection: none\n")}
	}
	c, err := indicator.LoadCatalogue(files)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// same holds that a release's figure is an answer's.
func same(t *testing.T, name string, got release.Figure, f question.Reply) {
	t.Helper()
	scale := f.Statistic.Row().Scale
	for _, x := range []struct {
		what             string
		release, answers float64
	}{
		{"value", got.Value, f.Value * scale},
		{"error", got.SE, f.SE * scale},
		{"lower limit", got.Lower, f.Lower * scale},
		{"upper limit", got.Upper, f.Upper * scale},
		{"degrees of freedom", got.DF, f.DF},
		{"design effect", got.DEFF, f.DEFF},
		{"base", float64(got.Base), float64(f.Base)},
	} {
		if x.release != indicator.Settle(x.answers) && !(math.IsNaN(x.release) && math.IsNaN(x.answers)) {
			t.Errorf("%s: %s %v in the release, %v to the question (%v, %v)", name, x.what, x.release, x.answers, got.Notes, f.Notes)
		}
	}
}

// TestSamples holds that a release and a question of the same sample give the
// same figures, and R's survey 4.1 the same mean (../shared/oracle), for every
// way in which a crosswalk says that a sample was drawn and its weights made.
func TestSamples(t *testing.T) {
	types := "margins: [{variable: stype, totals: {e: 4421, h: 755, m: 1018}}"
	for _, c := range []struct {
		claim, file, replicates string
		design, weight          string
		mean, se                float64 // of R, 0 where it has none
	}{
		{"a finite population", "apistrat", "", "stratum: stype, population: fpc", "variable: pw", 662.28736315932076, 9.4089408027845796},
		{"crossed strata", "apistrat", "", "stratum: [stype, sch_wide]", "variable: pw", 662.28736315932076, 9.4185482005293579},
		{"two stages whose populations give the weights", "apiclus2", "", "psu: [dnum, snum], population: [fpc1, fpc2]", `variable: ""`, 670.81180811808122, 30.099027376836602},
		{"replicates in the extract", "apiclus1", "repw_jk1.csv", "lonely: refuse", `variable: pw, replicates: {variables: "r[0-9]*", method: jk1}`, 644.16939890710387, 26.594161357710597},
		{"replicates about the estimate", "apiclus1", "repw_jk1.csv", "lonely: refuse", `variable: pw, replicates: {variables: "r[0-9]*", scale: 0.9333333333333333, mse: true}`, 644.16939890710387, 26.59971372209883},
		{"replicates of a stratified jackknife in the extract", "apistrat", "repw_jkn.csv", "lonely: refuse", `variable: pw, replicates: {variables: "r[0-9]*", method: jkn, scales: [` + jackknifeScales(t, "repw_jkn.csv") + `]}`, 662.28736315932076, 9.5361322969251869},
		{"replicates made from the design", "apistrat", "", "stratum: stype", "variable: pw, replicates: {method: jkn}", 662.28736315932076, 9.5361322969251869},
		{"replicates that are drawn", "apiclus1", "", "psu: dnum", "variable: pw, replicates: {method: bootstrap, count: 40, seed: 7}", 0, 0},
		{"post-stratified", "apiclus1", "", "psu: dnum, population: fpc", "variable: pw, calibrate: {" + types + "]}", 642.31078821158212, 23.92048644509039},
		{"raked", "apiclus1", "", "psu: dnum, population: fpc", "variable: pw, calibrate: {" + types + `, {variable: wide, totals: {"no": 1072, "yes": 5122}}]}`, 641.23032092682001, 23.70361688792245},
		{"calibrated by a distance within bounds", "apiclus1", "", "psu: dnum", "variable: pw, calibrate: {" + types + "], distance: logit, bounds: [0.5, 3]}", 0, 0},
		{"replicates each post-stratified", "apiclus1", "", "psu: dnum", "variable: pw, replicates: {method: jk1}, calibrate: {" + types + "]}", 0, 0},
		{"trimmed after that", "apiclus1", "", "psu: dnum", "variable: pw, calibrate: {" + types + "]}, trim: [20, 40]", 0, 0},
		{"lonely strata of a domain", "apistrat", "", "stratum: [stype, cnum], lonely: adjust, domain_lonely: true", "variable: pw", 0, 0},
	} {
		t.Run(c.claim, func(t *testing.T) {
			catalogue := schools(t, c.design, c.weight,
				"id: score\nstatistic: mean\nof: {variable: api00}\n", "id: met\nstatistic: proportion\nof: {variable: wide, categories: [\"yes\"]}\n")
			extracts := t.TempDir()
			file := filepath.Join(extracts, "api", "2000", c.file+".csv")
			write(t, file, withReplicates(t, c.file, c.replicates))
			store := filepath.Join(t.TempDir(), "store")
			out := run(t, pipeline.Options{Catalogue: catalogue, Extracts: extracts, Store: store})
			q := question.Question{
				Design: catalogue.Crosswalks[0].Design, Weight: upper(catalogue.Crosswalks[0].Weights["core"]), By: [][]string{{"stype"}},
				Asks: []question.Ask{{Statistic: indicator.Mean, Variable: "api00"}, {Statistic: indicator.Proportion, Variable: "sch_wide", Codes: []string{"Yes"}}},
			}
			answer, err := pipeline.Ask(pipeline.File{Source: ingest.Source{Path: file}}, q)
			if err != nil {
				t.Fatal(err)
			}
			figures := map[string]release.Figure{}
			for id, statistic := range map[string]string{"score": "mean", "met": "proportion"} {
				for _, f := range unrounded(t, store, out, id).Figures {
					figures[statistic+" "+f.Category] = f
				}
			}
			compared := 0
			for _, f := range answer.Figures {
				got := figures[string(f.Statistic)+" "+strings.ToLower(f.Category)]
				same(t, string(f.Statistic)+" "+f.Category, got, f)
				compared++
			}
			if compared != 8 {
				t.Errorf("compared %d figures, want 8", compared)
			}
			if all := figures["mean all"]; c.se != 0 && !(math.Abs(all.Value-c.mean) < 1e-6 && math.Abs(all.SE-c.se) < 1e-6) {
				t.Errorf("mean %v (%v), R has %v (%v)", all.Value, all.SE, c.mean, c.se)
			}
		})
	}
}

// jackknifeScales are (n-1)/n of the stratum of each replicate: the others of it
// have n/(n-1) of their weight.
func jackknifeScales(t *testing.T, multipliers string) string {
	t.Helper()
	text, err := os.ReadFile(shared.File(t, "oracle/data/"+multipliers))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	scales := make([]string, len(rows[0])-1)
	for k := range scales {
		most := 0.0
		for _, row := range rows[1:] {
			by, err := strconv.ParseFloat(row[k+1], 64)
			if err != nil {
				t.Fatal(err)
			}
			most = max(most, by)
		}
		scales[k] = fmt.Sprint(1 / most)
	}
	return strings.Join(scales, ", ")
}

// upper is a weight whose margins are by the file's own codes.
func upper(w codebook.Weight) codebook.Weight {
	if w.Calibrate == nil {
		return w
	}
	own := map[string]string{"e": "E", "h": "H", "m": "M", "no": "No", "yes": "Yes"}
	variable := map[string]string{"stype": "stype", "wide": "sch_wide"}
	to := *w.Calibrate
	to.Margins = nil
	for _, m := range w.Calibrate.Margins {
		made := codebook.Margin{Variable: variable[m.Variable], Totals: map[string]float64{}}
		for code, total := range m.Totals {
			made.Totals[own[code]] = total
		}
		to.Margins = append(to.Margins, made)
	}
	w.Calibrate = &to
	return w
}

// withReplicates is an extract of schools, beside it the multipliers of its
// replicates as whole weights.
func withReplicates(t *testing.T, name, multipliers string) []byte {
	t.Helper()
	read := func(file string) [][]string {
		text, err := os.ReadFile(shared.File(t, "oracle/data/"+file))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	rows := read(name + ".csv")
	if multipliers != "" {
		weight := slices.Index(rows[0], "pw")
		for i, row := range read(multipliers) {
			for _, cell := range row[1:] {
				if i > 0 {
					by, err := strconv.ParseFloat(cell, 64)
					w, more := strconv.ParseFloat(rows[i][weight], 64)
					if err != nil || more != nil {
						t.Fatal(err, more)
					}
					cell = fmt.Sprint(by * w)
				}
				rows[i] = append(rows[i], cell)
			}
		}
	}
	var made bytes.Buffer
	if err := csv.NewWriter(&made).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return made.Bytes()
}
