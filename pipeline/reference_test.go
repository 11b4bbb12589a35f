package pipeline_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/testdata/shared"
)

// catalogue reads a catalogue of testdata, or fails.
func catalogue(t *testing.T, folder string) *indicator.Catalogue {
	t.Helper()
	c, err := indicator.LoadCatalogue(os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// lay copies files into a folder of extracts: from survey/wave to file.
func lay(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for wave, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(folder, wave, filepath.Base(file)), text)
	}
	return folder
}

func write(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// run runs the pipeline or fails.
func run(t testing.TB, o pipeline.Options) *pipeline.Outcome {
	t.Helper()
	if o.Issued == "" {
		o.Issued = "2005-06-01"
	}
	if o.Key == nil { // so that two stores of the same inputs are the same bytes
		o.Key = bytes.Repeat([]byte{7}, 32)
	}
	out, err := pipeline.Run(o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// content reads what a release says of an indicator from its CSV.
func content(t *testing.T, store string, out *pipeline.Outcome, id string) release.Content {
	t.Helper()
	base := filepath.Join(store, "releases", out.Release, "indicators", id, id)
	figures, err := os.ReadFile(base + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	changes, err := os.ReadFile(base + ".changes.csv")
	if err != nil {
		t.Fatal(err)
	}
	var c release.Content
	if c.Figures, err = sheet.FromCSV(figures, release.FigureColumns); err != nil {
		t.Fatal(err)
	}
	if c.Changes, err = sheet.FromCSV(changes, release.ChangeColumns); err != nil {
		t.Fatal(err)
	}
	return c
}

// unrounded is what the restricted folder of a release has of an indicator: every
// digit, and nothing withheld.
func unrounded(t *testing.T, store string, out *pipeline.Outcome, id string) release.Content {
	t.Helper()
	files := map[string][]byte{}
	for _, name := range []string{id + ".csv", id + ".changes.csv"} {
		var err error
		if files[name], err = os.ReadFile(filepath.Join(store, "restricted", out.Release, name)); err != nil {
			t.Fatal(err)
		}
	}
	c, err := release.DecodeRestricted(files, id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// referenceNames says which indicator and breakdown of testdata/reference is
// which variable of the reference results.
var (
	referenceIndicators = map[string]string{
		"infl_loc_top2": "influence-local", "infl_gb_top2": "influence-national", "tr_pol_top2": "trust-police",
		"tr_crt_top2": "trust-courts", "tr_cnl_top2": "trust-council", "tr_parl_top2": "trust-parliament",
		"safe_drk_top2": "safe-after-dark", "getonwel_top2": "get-on-well", "vol_yes": "volunteers",
		"volfreq_wk": "volunteers-weekly", "age": "mean-age", "hhinc": "mean-income", "hhinc/nadults": "income-per-adult",
	}
	referenceVariables = map[string]string{"gor": "region", "sex": "sex", "agegrp": "age-group", "ethgrp": "ethnic-group"}
)

// TestReference runs the two-wave survey that was made in R through the
// pipeline and compares every published figure and change with those of R's
// survey package: value, error, base, degrees of freedom and interval, as far
// as the published six decimals go.
func TestReference(t *testing.T) {
	extracts := lay(t, map[string]string{
		"synth/2001": shared.File(t, "oracle/synthetic/synth2001.tab"),
		"synth/2003": shared.File(t, "oracle/synthetic/synth2003.tab"),
	})
	c := catalogue(t, "../testdata/reference")
	store := filepath.Join(t.TempDir(), "store")
	out := run(t, pipeline.Options{Catalogue: c, Extracts: extracts, Store: store})

	figures := map[indicator.Key]release.Figure{}
	changes := map[indicator.Key]release.Change{}
	for _, id := range c.IDs() {
		content := unrounded(t, store, out, id)
		for _, f := range content.Figures {
			figures[f.Key] = f
		}
		for _, ch := range content.Changes {
			ch.Key.Source = "synth/change"
			changes[ch.Key] = ch
		}
	}

	file, err := os.Open(shared.File(t, "oracle/synthetic.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	compared := map[string]int{}
	unvarying := 0
	for _, row := range rows[1:] {
		cell := func(name string) string { return row[column[name]] }
		var extra struct {
			Design string  `json:"design_id"`
			P      float64 `json:"p_value_t"`
			Deff   float64 `json:"deff_replace"`
			Kind   string  `json:"deff_kind"`
		}
		_ = json.Unmarshal([]byte(cell("extra_json")), &extra) // fields of other types are of other rows
		key, ok := referenceKey(cell("variable"), cell("domain_var"), cell("domain"), c)
		if !ok || cell("estimate") == "" {
			continue
		}
		compare := func(what string, got float64, want string, by, tolerance float64) {
			t.Helper()
			w, err := strconv.ParseFloat(want, 64)
			if want == "" || err != nil || math.IsNaN(w) {
				return
			}
			compared[cell("statistic")]++
			if !(math.Abs(got-w*by) <= tolerance) {
				t.Errorf("%s %s %v: got %s %v, R has %v", cell("case_id"), cell("statistic"), key, what, got, w*by)
			}
		}
		// Half of the last digit published, and a little for its representation.
		const digit = 0.5001e-6
		switch statistic := cell("statistic"); {
		case statistic == "difference" && extra.Design == "synth_both" && cell("domain_var") != "wave":
			key.Source = "synth/change"
			ch, ok := changes[key]
			if !ok {
				t.Errorf("%s: no change %v", cell("case_id"), key)
				continue
			}
			compare("change", ch.Change, cell("estimate"), 100, 3*digit)
			from, to := key, key
			from.Source, to.Source = "synth/2001", "synth/2003"
			if math.IsNaN(figures[from].SE) || math.IsNaN(figures[to].SE) {
				// R takes the error of a figure whose answers do not vary as 0. We have none, and none of the change.
				if !math.IsNaN(ch.SE) || !math.IsNaN(ch.P) {
					t.Errorf("%s %v: got error %v, want none", cell("case_id"), key, ch.SE)
				}
				unvarying++
				continue
			}
			compare("error", ch.SE, cell("se"), 100, 3*digit)
			compare("lower limit", ch.Lower, cell("ci_low"), 100, 8*digit)
			compare("upper limit", ch.Upper, cell("ci_high"), 100, 8*digit)
			compare("degrees of freedom", ch.DF, cell("df"), 1, 0)
			// The p-value comes from figures rounded to 6 decimals of a point.
			compare("p-value", ch.P, strconv.FormatFloat(extra.P, 'g', -1, 64), 1, 2e-6)
		case (statistic == "proportion" && cell("ci_method") == "logit" || statistic == "mean" || statistic == "ratio") &&
			(extra.Design == "synth2001" || extra.Design == "synth2003"):
			key.Source = codebook.WaveID("synth", strings.TrimPrefix(extra.Design, "synth"))
			f, ok := figures[key]
			if !ok {
				t.Errorf("%s: no figure %v", cell("case_id"), key)
				continue
			}
			if cell("n_unweighted") == "0" {
				// R gives 0 of nobody as 0. It is not available.
				if f.Status != string(indicator.Unavailable) {
					t.Errorf("%s %v: got status %q, want %q", cell("case_id"), key, f.Status, indicator.Unavailable)
				}
				continue
			}
			by := 1.0
			if statistic == "proportion" {
				by = 100
			}
			compare("value", f.Value, cell("estimate"), by, digit)
			se, _ := strconv.ParseFloat(cell("se"), 64)
			if se < 1e-15 {
				// R prints an error of 0 where the answers do not vary. We give none.
				if !math.IsNaN(f.SE) || !math.IsNaN(f.Lower) || !math.IsNaN(f.Upper) {
					t.Errorf("%s %v: got error %v, want none", cell("case_id"), key, f.SE)
				}
				unvarying++
				continue
			}
			compare("error", f.SE, cell("se"), by, digit)
			compare("base", float64(f.Base), cell("n_unweighted"), 1, 0)
			if statistic == "proportion" {
				compare("degrees of freedom", f.DF, cell("df"), 1, 0)
				// R's limits are those of a fitted model, to about 1e-8.
				// On one degree of freedom its transformation back overflows.
				if cell("ci_high") != "NaN" {
					compare("lower limit", f.Lower, cell("ci_low"), by, digit+2e-5)
					compare("upper limit", f.Upper, cell("ci_high"), by, digit+2e-5)
				}
			}
			if extra.Kind == "replace" || extra.Kind == "" && extra.Deff != 0 {
				deff := extra.Deff
				if extra.Kind == "replace" {
					deff, _ = strconv.ParseFloat(cell("deff"), 64)
				}
				if deff != 0 {
					compare("design effect", f.DEFF, strconv.FormatFloat(deff, 'g', -1, 64), 1, digit)
				}
			}
		}
	}
	if t.Log(compared); unvarying == 0 {
		t.Error("no figure whose answers do not vary")
	}
	for statistic, least := range map[string]int{"difference": 3000, "proportion": 6000, "mean": 100, "ratio": 40} {
		if compared[statistic] < least {
			t.Errorf("%d cells of statistic %s compared, want at least %d", compared[statistic], statistic, least)
		}
	}
}

// referenceKey translates a row's variable and domain; ok is false for what
// the reference catalogue does not have.
func referenceKey(variable, by, domain string, c *indicator.Catalogue) (key indicator.Key, ok bool) {
	key = indicator.Key{Population: "everyone", Breakdown: "all", Category: "all", Item: "all"}
	if key.Indicator, ok = referenceIndicators[variable]; !ok || by == "" || by == "wave" {
		return key, ok
	}
	codes := strings.Split(domain, "|")
	var breakdown, category []string
	for i, name := range strings.Split(by, "|") {
		common, known := referenceVariables[name]
		if !known || i >= len(codes) {
			return key, false
		}
		n, err := strconv.Atoi(codes[i])
		if err != nil {
			return key, false
		}
		breakdown = append(breakdown, common)
		category = append(category, c.Codebook.Variables[common].Categories[n-1].Code)
	}
	key.Breakdown, key.Category = strings.Join(breakdown, "*"), strings.Join(category, "*")
	d := c.Definition(key.Indicator)
	for _, b := range d.By(c.Codebook) {
		if b == key.Breakdown {
			return key, true
		}
	}
	return key, false
}
