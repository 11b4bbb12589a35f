package pipeline_test

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/question"
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
