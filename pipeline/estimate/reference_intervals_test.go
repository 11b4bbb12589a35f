package estimate_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
)

// TestReference45Intervals reproduces the intervals of proportions and the
// quantiles that R's survey 4.5 gives for the first wave of its two-wave file.
// The interval "score" is left out: the reference finds it only to a hundredth
// of the root of the sample size.
func TestReference45Intervals(t *testing.T) {
	reference := newReference45(t)
	s := &sample{spec: spec{ID: "uk"}, numbers: map[string][]float64{}, texts: map[string][]string{}}
	records := readCSV(t, filepath.Join(reference.folder, "r45", "uk_two_wave.csv"))
	first := records[:1]
	for _, record := range records[1:] {
		if record[0] == "1" {
			first = append(first, record)
		}
	}
	s.load(first)
	d, problems := design.New(design.Source{
		Stratum: design.LabelsOf(s.labels("stratum")), PSU: design.LabelsOf(s.labels("psu")), Weight: s.numbers["w"], Nested: true, Lonely: codebook.LonelyRefuse,
	})
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	s.Design, s.full = d, d.DomainDF(nil)
	// A check excludes a row only where a reading of the reference's that it
	// names gives every number.
	reproduce := func(name string, c check, r *row, excluded string) {
		t.Helper()
		found := c(s, r)
		if found.excluded != "" && found.excluded != excluded || found.refused != "" {
			t.Errorf("%s: excluded %q, refused %q", name, found.excluded, found.refused)
		}
		for column, want := range r.want {
			if got := found.got[column]; found.excluded == "" && !agree(got, want, max(r.tolerance(column), 1e-13), 0) {
				t.Errorf("%s: %s %.15g, want %.15g", name, column, got, want)
			}
		}
	}
	wanted := func(name string, to any) {
		t.Helper()
		if err := json.Unmarshal(reference.Synthetic[name], to); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	for _, domain := range []struct {
		name, variable, value string
		methods               []string
		df                    float64
	}{
		{"ciprop_", "", "", []string{"logit", "likelihood", "asin", "beta", "mean", "xlogit", "wilson"}, 50},
		{"ciprop_black_", "eth", "Black", []string{"logit", "beta", "mean", "xlogit", "wilson"}, 19},
	} {
		for _, method := range domain.methods {
			var p struct {
				Est, SE float64
				CI      [2]float64
			}
			wanted(domain.name+method, &p)
			r := &row{
				statistic: "proportion", variable: "belong", domainVar: domain.variable, domain: domain.value, method: method,
				want:  map[string]float64{"estimate": p.Est, "se": p.SE, "df": domain.df, "ci_low": p.CI[0], "ci_high": p.CI[1]},
				extra: map[string]any{},
			}
			reproduce(domain.name+method, checkProportion, r, "")
		}
	}
	for _, kind := range []string{"mean", "beta", "xlogit", "asin"} {
		for _, rule := range []string{"math", "school", "hf4", "hf7"} {
			var rows [20]float64
			name := "quant_" + kind + "_" + rule
			wanted(name, &rows)
			for n, p := range usualShares {
				r := &row{
					statistic: "quantile", variable: "hours", method: "woodruff_" + kind,
					want:  map[string]float64{"estimate": rows[4*n], "ci_low": rows[4*n+1], "ci_high": rows[4*n+2], "se": rows[4*n+3], "df": 50},
					extra: map[string]any{"p": p, "interval_type": kind, "qrule": rule},
				}
				excluded := ""
				if rule == "hf4" || rule == "hf7" {
					excluded = reading{inOrder: true}.reason()
				}
				reproduce(name, checkQuantile, r, excluded)
			}
		}
	}
}
