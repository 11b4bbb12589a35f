package pipeline_test

import (
	"path/filepath"
	"strings"
	"testing"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/release"
)

// TestStatistics holds that a definition and a question of the same statistic
// give the same figures, for the statistics that were a question's alone.
func TestStatistics(t *testing.T) {
	of := func(s indicator.Statistic, variable string) []question.Ask {
		return []question.Ask{{Statistic: s, Variable: variable, At: []float64{0.25, 0.5}}}
	}
	met := []question.Ask{{Statistic: indicator.Proportion, Variable: "sch_wide", Codes: []string{"Yes"}}}
	standard := &codebook.Margin{Variable: "sch_wide", Totals: map[string]float64{"No": 0.4, "Yes": 0.8}}
	const shares = `standardise: {variable: wide, shares: {"no": 0.4, "yes": 0.8}}`
	for _, c := range []struct {
		claim, design, weight string
		definition            string
		question              question.Question
	}{
		{"a total", "stratum: stype, population: fpc", "variable: pw", "statistic: total\nof: {variable: enroll}", question.Question{Asks: of(indicator.Total, "enroll")}},
		{"a total by replicates", "stratum: stype", "variable: pw, replicates: {method: jkn}", "statistic: total\nof: {variable: enroll}", question.Question{Asks: of(indicator.Total, "enroll")}},
		{"a weighted count", "stratum: stype", "variable: pw", "statistic: count\nof: {variable: wide, categories: [\"yes\"]}", question.Question{Asks: []question.Ask{{Statistic: indicator.Count, Variable: "sch_wide", Codes: []string{"Yes"}}}}},
		{"quantiles", "stratum: stype", "variable: pw", "statistic: quantile\nof: {variable: enroll}\nat: [0.25, 0.5]", question.Question{Asks: of(indicator.Quantile, "enroll")}},
		{
			"quantiles by another rule and interval", "psu: dnum", "variable: pw", "statistic: quantile\nof: {variable: api00}\nat: [0.25, 0.5]\nrule: hf7\ninterval: logit\nlevel: 90",
			question.Question{Asks: of(indicator.Quantile, "api00"), Rule: "hf7", ShareInterval: "logit", Level: 0.9},
		},
		{"quantiles by replicates", "stratum: stype", "variable: pw, replicates: {method: jkn}", "statistic: quantile\nof: {variable: enroll}\nat: [0.25, 0.5]", question.Question{Asks: of(indicator.Quantile, "enroll")}},
		{
			"a proportion's interval", "stratum: stype", "variable: pw", "statistic: proportion\nof: {variable: wide, categories: [\"yes\"]}\ninterval: wilson\nlevel: 99",
			question.Question{Asks: met, Interval: "wilson", Level: 0.99},
		},
		{"a standardised mean", "stratum: stype, population: fpc", "variable: pw", "statistic: mean\nof: {variable: api00}\n" + shares, question.Question{Asks: of(indicator.Mean, "api00"), Standard: standard}},
		{"a standardised total", "stratum: stype, population: fpc", "variable: pw", "statistic: total\nof: {variable: enroll}\n" + shares, question.Question{Asks: of(indicator.Total, "enroll"), Standard: standard}},
		{"standardised quantiles", "stratum: stype", "variable: pw", "statistic: quantile\nof: {variable: api00}\nat: [0.25, 0.5]\n" + shares, question.Question{Asks: of(indicator.Quantile, "api00"), Standard: standard}},
		{"a quantile by a design factor", "factor: 1.3", "variable: pw", "statistic: quantile\nof: {variable: api00}\nat: [0.25, 0.5]", question.Question{Asks: of(indicator.Quantile, "api00")}},
		{"a standardised ratio by replicates", "stratum: stype", "variable: pw, replicates: {method: jkn}", "statistic: ratio\nof: {variable: api00}\nover: {variable: enroll}\n" + shares, question.Question{
			Asks: []question.Ask{{Statistic: indicator.Ratio, Variable: "api00", Over: "enroll"}}, Standard: standard,
		}},
		{"a standardised mean by replicates", "stratum: stype", "variable: pw, replicates: {method: jkn}", "statistic: mean\nof: {variable: api00}\n" + shares, question.Question{Asks: of(indicator.Mean, "api00"), Standard: standard}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			answer, figures := both(t, c.design, c.weight, c.definition, c.question)
			for _, f := range answer.Figures {
				item := codebook.All
				if f.Statistic == indicator.Quantile {
					item = map[string]string{"0.25": "p25", "0.5": "p50"}[f.Item]
				}
				got, ok := figures[item+" "+strings.ToLower(f.Category)]
				if !ok {
					t.Errorf("no figure of %s %s in the release", item, f.Category)
				}
				same(t, item+" of "+f.Category, got, f)
			}
			if len(figures) != len(answer.Figures) || len(figures) == 0 {
				t.Errorf("%d figures in the release, %d to the question", len(figures), len(answer.Figures))
			}
		})
	}
}

// TestComparedDefinitions holds that a definition which compares each category
// with a reference gives the differences and ratios of a question's contrasts,
// of means and of standardised ones, with the degrees of freedom of the whole
// design where it says so.
func TestComparedDefinitions(t *testing.T) {
	const between = "\nbetween: {variable: stype, reference: [e]}\n"
	standard := &codebook.Margin{Variable: "sch_wide", Totals: map[string]float64{"No": 1, "Yes": 2}}
	const shares = `standardise: {variable: wide, shares: {"no": 1, "yes": 2}}`
	mean := []question.Ask{{Statistic: indicator.Mean, Variable: "api00"}}
	met := []question.Ask{{Statistic: indicator.Proportion, Variable: "sch_wide", Codes: []string{"Yes"}}}
	for _, c := range []struct {
		claim, definition string
		question          question.Question
		ratio             bool
	}{
		{"differences of means", "statistic: mean-gap\nof: {variable: api00}" + between, question.Question{Asks: mean}, false},
		{"ratios of means", "statistic: mean-parity\nof: {variable: api00}" + between, question.Question{Asks: mean}, true},
		{"gaps", "statistic: gap\nof: {variable: wide, categories: [\"yes\"]}" + between, question.Question{Asks: met}, false},
		{"parities", "statistic: parity\nof: {variable: wide, categories: [\"yes\"]}" + between, question.Question{Asks: met}, true},
		{"differences of standardised means", "statistic: mean-gap\nof: {variable: api00}" + between + shares, question.Question{Asks: mean, Standard: standard}, false},
	} {
		t.Run(c.claim, func(t *testing.T) {
			c.question.Contrast = true
			answer, figures := both(t, "psu: dnum", "variable: pw", c.definition+"\nbreakdowns: []\nfreedom: design\n", c.question)
			for _, contrast := range answer.Contrasts {
				f := contrast.Difference
				if c.ratio {
					f = contrast.Ratio
				}
				got := figures[strings.ToLower(f.Category)+" all"]
				f.Statistic, f.DEFF = indicator.Statistic(got.Statistic), got.DEFF // which a comparison has not
				same(t, f.Category, got, f)
			}
			if len(answer.Contrasts) != 2 || len(figures) != 2 {
				t.Errorf("%d figures in the release, %d contrasts, want 2 of each", len(figures), len(answer.Contrasts))
			}
		})
	}
}

// both are the answer to a question of schools and a release's figures of a
// definition, by item and category.
func both(t *testing.T, design, weight, definition string, q question.Question) (*pipeline.Answer, map[string]release.Figure) {
	t.Helper()
	name := "apistrat"
	if strings.Contains(design, "dnum") {
		name = "apiclus1"
	}
	c := schools(t, design, weight, "id: it\n"+strings.TrimSuffix(definition, "\n")+"\n")
	extracts := t.TempDir()
	file := filepath.Join(extracts, "api", "2000", name+".csv")
	write(t, file, withReplicates(t, name, ""))
	store := filepath.Join(t.TempDir(), "store")
	out := run(t, pipeline.Options{Catalogue: c, Extracts: extracts, Store: store})
	figures := map[string]release.Figure{}
	for _, f := range unrounded(t, store, out, "it").Figures {
		figures[f.Item+" "+f.Category] = f
	}
	q.Design, q.Weight, q.By = c.Crosswalks[0].Design, c.Crosswalks[0].Weights["core"], [][]string{{"stype"}}
	answer, err := pipeline.Ask(pipeline.File{Source: ingest.Source{Path: file}}, q)
	if err != nil {
		t.Fatal(err)
	}
	return answer, figures
}
