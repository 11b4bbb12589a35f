package pipeline_test

import (
	"encoding/csv"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/expression"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/release"
)

// referenceModels are what R's survey gives for each case of testdata/models: names of
// coefficients without blanks, values and errors, in its order.
func referenceModels(t *testing.T) map[string][]referenceValue {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "models", "reference.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	made := map[string][]referenceValue{}
	for _, row := range rows[1:] {
		value, err := strconv.ParseFloat(row[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		se, err := strconv.ParseFloat(strings.Replace(row[3], "NA", "NaN", 1), 64)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.NewReplacer(" ", "", ";", ",", "region3", "factor(region)", "sexf", "factor(sex)").Replace(row[1])
		made[row[0]] = append(made[row[0]], referenceValue{name, value, se})
	}
	return made
}

type referenceValue struct {
	name      string
	value, se float64
}

// sample is a question of the sample of testdata/models.
func modelQuestion(q question.Question, jackknife bool) question.Question {
	q.Design = codebook.DesignSource{Stratum: []string{"stratum"}, PSU: []string{"psu"}}
	q.Weight = codebook.Weight{Variable: "wt"}
	if jackknife {
		q.Weight.Replicates = &codebook.Replicates{Method: "jkn"}
	}
	return q
}

func askModels(t *testing.T, q question.Question) *pipeline.Answer {
	t.Helper()
	answer, err := pipeline.Ask(pipeline.File{Source: ingest.Source{Path: filepath.Join("testdata", "models", "survey.csv")}, Limits: ingest.DefaultLimits}, q)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// near wants two numbers to agree as far as rounding and R's last step leave them.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 2e-8*math.Max(math.Abs(want), 1e-3)) {
		t.Errorf("%s: %.15g, R has %.15g (%.1e)", what, got, want, got/want-1)
	}
}

// TestModelsAsR: formulas with functions, powers, references, crossings and offsets, the
// families, replicates, an ordinal model, and models within categories give R's numbers.
func TestModelsAsR(t *testing.T) {
	reference := referenceModels(t)
	for _, c := range []struct{ name, formula, family string }{
		{"powers", "hours ~ poly(age, 3) + grade", "gaussian"},
		{"logs", "log(pay) ~ log(age) + I(age^2) + sqrt(months)", "gaussian"},
		{"reference", "agree ~ factor(region, ref=3) * factor(sex) + age", "binomial"},
		{"crossed", "agree ~ poly(age, 2):i.sex + ib3.region", "quasibinomial"},
		{"origin", "hours ~ 0 + factor(region, ref=3) + exp(age/100)", "gaussian"},
		{"rates", "visits ~ age + factor(sex) + offset(log(months))", "poisson"},
		{"shifted", "hours ~ age + offset(months / 2)", "gaussian"},
		{"odds", "agree ~ age + offset(months / 10)", "quasibinomial"},
		{"ordinal", "view ~ age + factor(sex) + grade", "ordinal"},
	} {
		for _, how := range []string{"linear", "jack"} {
			t.Run(how+" "+c.name, func(t *testing.T) {
				want := reference[how+" "+c.name]
				m := askModels(t, modelQuestion(question.Question{Models: []string{c.formula}, Family: c.family}, how == "jack")).Models[0]
				if len(want) == 0 || len(m.Coefficients) > len(want) {
					t.Fatalf("%d coefficients, R has %v", len(m.Coefficients), want)
				}
				for i, x := range m.Coefficients {
					w := want[i]
					if got := strings.ReplaceAll(x.Name, " ", ""); got != w.name {
						t.Errorf("coefficient %q, R has %q", got, w.name)
					}
					near(t, x.Name, x.Value, w.value)
					near(t, "error of "+x.Name, x.SE, w.se)
				}
				for _, w := range want[len(m.Coefficients):] {
					if near(t, w.name, m.ResidualDF, w.value); w.name != "df" {
						t.Errorf("no coefficient %s", w.name)
					}
				}
			})
		}
	}
	t.Run("in each category", func(t *testing.T) {
		q := modelQuestion(question.Question{Models: []string{"agree ~ age + factor(sex)"}, Family: "quasibinomial", By: [][]string{{"region"}}}, false)
		models := askModels(t, q).Models
		if len(models) != 5 || models[0].Category != codebook.All {
			t.Fatalf("%d models, want everyone's and those of 4 regions", len(models))
		}
		for _, m := range models[1:] {
			want := reference["domain "+m.Category]
			for i, x := range m.Coefficients {
				near(t, m.Category+" "+x.Name, x.Value, want[i].value)
				near(t, m.Category+" error of "+x.Name, x.SE, want[i].se)
			}
			near(t, m.Category+" df", m.ResidualDF, want[len(m.Coefficients)].value)
		}
	})
}

// TestReducedErrors: the errors, degrees of freedom and tests of linear models whose bias in
// few clusters is taken out are those that testdata/models/reduced.R makes of whole matrices:
// where one cluster alone is of a category, in a part that has no respondents in some, and
// where many respondents are alike; of contrasts of coefficients too.
func TestReducedErrors(t *testing.T) {
	f, err := os.Open(filepath.Join("testdata", "models", "reduced.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	alone, fault := expression.ParseLet("alone = psu = 5", expression.OfFile)
	if fault != nil {
		t.Fatal(fault.What)
	}
	contrast, figures, fault := expression.ParseContrast("coefficient(grade=top) - coefficient(grade=mid)", expression.OfFile)
	if fault != nil {
		t.Fatal(fault.What)
	}
	between := []question.Compared{{Contrast: contrast, Figures: figures}}
	models := map[string]pipeline.Answer{}
	for _, row := range rows[1:] {
		errors, of, _ := strings.Cut(row[0], " ")
		if _, asked := models[row[0]]; !asked {
			q := modelQuestion(question.Question{Models: []string{"hours ~ age + grade"}, Family: "gaussian", ModelErrors: errors, Coefficients: between}, false)
			switch of {
			case "alike":
				q.Models = []string{"hours ~ grade"}
			case "alone":
				q.Models, q.Lets = []string{"hours ~ age + alone + grade"}, []question.Let{{Let: alone, Flag: "--let"}}
			case "few":
				q.Where = []question.Restriction{{Variable: "region", Codes: []string{"4"}}}
			}
			models[row[0]] = *askModels(t, q)
		}
		m := models[row[0]].Models[0]
		value, se, df := math.NaN(), math.NaN(), math.NaN()
		if term, is := strings.CutPrefix(row[1], "F "); is {
			for _, x := range m.Terms {
				if x.Term == term {
					value, df = x.Statistic, x.Denominator
				}
			}
		}
		for _, x := range slices.Concat(m.Coefficients, m.Contrasts) {
			if x.Name == row[1] {
				value, se, df = x.Value, x.SE, x.DF
			}
		}
		for k, got := range []float64{value, se, df} {
			want, err := strconv.ParseFloat(row[2+k], 64)
			if err != nil && row[2+k] == "NA" {
				continue
			}
			if !(math.Abs(got-want) <= 1e-9*math.Abs(want)) {
				t.Errorf("%s, %s, %s: %.15g, want %.15g", row[0], row[1], rows[0][2+k], got, want)
			}
		}
	}
	if len(models) != 8 {
		t.Errorf("%d models, want 8", len(models))
	}
}

// TestPredictionsAsR: average predictions, their differences and slopes, with errors that
// take those averaged over as a sample, as they are, and apart as svypredmeans does.
func TestPredictionsAsR(t *testing.T) {
	reference := referenceModels(t)
	for _, c := range []struct {
		errors    string
		jackknife bool
	}{{"sampled", false}, {"fixed", false}, {"separate", false}, {"sampled", true}} {
		name := c.errors + " predictions"
		if c.jackknife {
			name = "jack predictions"
		}
		t.Run(name, func(t *testing.T) {
			q := modelQuestion(question.Question{
				Models: []string{"agree ~ age + factor(region) + factor(sex)"}, Family: "quasibinomial",
				Predictions: []question.Prediction{{Variable: "sex"}}, Slopes: []string{"age"}, PredictionError: c.errors,
			}, c.jackknife)
			got := map[string]referenceValue{}
			for _, x := range askModels(t, q).Models[0].Averages {
				got[strings.ReplaceAll(x.Name, " ", "")] = referenceValue{x.Name, x.Value, x.SE}
			}
			if len(reference[name]) < 2 || len(got) != 4 {
				t.Fatalf("%v, R has %v", got, reference[name])
			}
			for _, w := range reference[name] {
				near(t, w.name, got[w.name].value, w.value)
				near(t, "error of "+w.name, got[w.name].se, w.se)
			}
		})
	}
}

// TestCoefficientContrastsAsR: what arithmetic makes of coefficients has R's values and errors, the
// category that others are told from is 0, and a sum of multiples has its exponential.
func TestCoefficientContrastsAsR(t *testing.T) {
	reference := referenceModels(t)
	named := map[string]string{
		"sum": "10 * coefficient(age) + coefficient(region=1) - coefficient(region=2)", "ratio": "coefficient(age) / coefficient(`factor(sex)2`)",
		"log": "log(coefficient(sex=2)) + coefficient(age)", "reference": "coefficient(region=4) - 2 * coefficient(region=3)",
	}
	var of []question.Compared
	for _, name := range slices.Sorted(maps.Keys(named)) {
		c, figures, fault := expression.ParseContrast(named[name], expression.OfFile)
		if fault != nil {
			t.Fatal(fault.What)
		}
		of = append(of, question.Compared{Contrast: c, Figures: figures})
	}
	for _, how := range []string{"linear", "jack"} {
		q := modelQuestion(question.Question{Models: []string{"agree ~ age + factor(region, ref=3) + factor(sex)"}, Family: "quasibinomial", Coefficients: of}, how == "jack")
		got := map[string]release.Coefficient{}
		for _, x := range askModels(t, q).Models[0].Contrasts {
			got[x.Name] = x
		}
		if len(got) != len(reference[how+" contrasts"]) {
			t.Fatalf("%v, R has %v", got, reference[how+" contrasts"])
		}
		for _, w := range reference[how+" contrasts"] {
			x := got[named[w.name]]
			near(t, how+" "+w.name, x.Value, w.value)
			near(t, how+" error of "+w.name, x.SE, w.se)
			if linear := w.name == "sum" || w.name == "reference"; linear == math.IsNaN(x.Ratio) || linear && x.Ratio != math.Exp(x.Value) {
				t.Errorf("%s: ratio %g of %g", w.name, x.Ratio, x.Value)
			}
		}
	}
}

// TestPredictionsAgree: predictions at values that expressions, powers and offsets take are
// those of the same model written without them, and a slope is what a small step of the
// variable changes, in every family and of every outcome.
func TestPredictionsAgree(t *testing.T) {
	const h = 1e-3
	zero, fault := expression.ParseLet("d = 0 * age", expression.OfFile)
	if fault != nil {
		t.Fatal(fault.What)
	}
	ask := func(model, family string, predictions []question.Prediction, slopes ...string) map[string]referenceValue {
		q := modelQuestion(question.Question{Models: []string{model}, Family: family, Predictions: predictions, Slopes: slopes, Lets: []question.Let{{Let: zero, Flag: "--let"}}}, false)
		made := map[string]referenceValue{}
		for _, x := range askModels(t, q).Models[0].Averages {
			made[x.Name+x.Outcome] = referenceValue{x.Name, x.Value, x.SE}
		}
		return made
	}
	at := func(name string, values ...string) []question.Prediction {
		return []question.Prediction{{Variable: name, At: values}}
	}
	near := func(what string, got, want, tolerance float64) {
		t.Helper()
		if !(math.Abs(got-want) <= tolerance*math.Abs(want)) {
			t.Errorf("%s: %.15g, want %.15g", what, got, want)
		}
	}
	plain := ask("hours ~ poly(age, 2) + factor(sex)", "gaussian", at("age", "20", "60"), "age")
	made := ask("hours ~ age + I(age^2) + factor(sex)", "gaussian", at("age", "20", "60"), "age")
	for _, name := range []string{"age=20", "age=60", "age=60 - age=20", "age"} {
		near(name, made[name].value, plain[name].value, 1e-9)
		near("error of "+name, made[name].se, plain[name].se, 1e-9)
	}
	for _, c := range []struct{ model, family string }{
		{"hours ~ exp((age + d) / 50) * grade + age:months", "gaussian"},
		{"agree ~ log(age + d) * factor(sex) + sqrt(age + d)", "quasibinomial"},
		{"agree ~ I((age + d)^2):grade + I((age + d) / (months + 1))", "quasibinomial"},
		{"visits ~ factor(sex):I(age + d) + offset(log(months + d))", "quasipoisson"},
		{"view ~ log(age + d) * factor(sex) + grade", "ordinal"},
	} {
		// d is 0: a step of it moves everybody's age, and months, at once
		step := strconv.FormatFloat(h, 'g', -1, 64)
		moved := ask(c.model, c.family, at("d", step, "-"+step), "d")
		slopes := 0
		for name, x := range moved {
			outcome, is := strings.CutPrefix(name, "d")
			if !is || strings.Contains(name, "=") {
				continue
			}
			slopes++
			difference := moved["d=-"+step+" - d="+step+outcome]
			near(c.model+", slope of "+name, x.value, -difference.value/(2*h), 1e-5)
			near(c.model+", error of the slope of "+name, x.se, difference.se/(2*h), 1e-5)
		}
		if want := map[bool]int{true: 4, false: 1}[c.family == "ordinal"]; slopes != want {
			t.Errorf("%s: %d slopes, want %d", c.model, slopes, want)
		}
	}
}
