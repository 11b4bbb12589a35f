package pipeline_test

import (
	"math"
	"path/filepath"
	"testing"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/question"
)

// TestReplicatesWithoutACategory: an ordinal model has the errors of testdata/models/lost.R
// where a replicate has nobody of a category, and a cutpoint that is infinite in one has
// none; what it predicts there of the category is 0.
func TestReplicatesWithoutACategory(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		response   string
		values, se []float64
		lost       int
	}{
		{"inner", []float64{0.477427802895, 1.935351258147, 2.369406641813, 4.260156446319}, []float64{0.150031471814, 0.817540338108, 0.881791491714, 0.998941593443}, 1},
		{"last", []float64{0.551404962587, 1.894648459516, 2.435802822933, 6.091793611349}, []float64{0.111113662167, 0.612328151374, 0.747416423931, nan}, 2},
	} {
		answer, err := pipeline.Ask(pipeline.File{Source: ingest.Source{Path: filepath.Join("testdata", "models", "lost.csv")}, Limits: ingest.DefaultLimits}, question.Question{
			Design: codebook.DesignSource{PSU: []string{"psu"}}, Weight: codebook.Weight{Variable: "wt", Replicates: &codebook.Replicates{Method: "jk1"}},
			Models: []string{c.response + " ~ x"}, Family: "ordinal", Predictions: []question.Prediction{{Variable: "x", At: []string{"4"}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		m := answer.Models[0]
		if m.LeftOut != 0 || len(m.Lost) != c.lost {
			t.Errorf("%s: %d replicates left out, without categories: %v", c.response, m.LeftOut, m.Lost)
		}
		for i, x := range m.Coefficients {
			near(t, c.response+" "+x.Name, x.Value, c.values[i])
			if math.IsNaN(c.se[i]) && math.IsNaN(x.SE) {
				continue
			}
			near(t, c.response+" error of "+x.Name, x.SE, c.se[i])
		}
		whole := 0.0
		for _, a := range m.Averages {
			if whole += a.Value; !(a.SE > 0) {
				t.Errorf("%s: error of %s %s is %g", c.response, a.Name, a.Outcome, a.SE)
			}
		}
		near(t, "what is predicted of all categories", whole, 1)
	}
}
