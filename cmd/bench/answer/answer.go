// Package answer reads what twc estimate --format json prints as numbers by their places,
// so that they can be held against another program's.
package answer

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
)

// Fields are the numbers of a place that are compared, in their order.
var Fields = []string{"value", "std_error", "ci_lower", "ci_upper", "statistic", "t", "p_value", "df", "denominator_df", "design_effect", "base_unweighted"}

// A row is one object of an answer: its numbers, and the words that place it.
type row map[string]any

func (r row) text(key string) string { t, _ := r[key].(string); return t }

// numbers are those of the row that are not null.
func (r row) numbers() map[string]float64 {
	made := map[string]float64{}
	for _, f := range Fields {
		if x, ok := r[f].(float64); ok {
			made[f] = x
		}
	}
	return made
}

// tests are those that R's svychisq has, by its names for them.
var tests = map[string]string{
	"Rao-Scott, second order (F)":         "F",
	"Rao-Scott, first order (chi-square)": "Chisq",
	"Wald (F)":                            "Wald",
	"Wald, adjusted (F)":                  "adjWald",
}

// Read reads an answer. A place is its words with | between them: of a figure statistic,
// variable, item, breakdown and category; of a comparison also what it is, and with what; of
// a table's cell "table", both variables, both categories and the measure; of a test "test",
// both variables and its name; of a model "coefficient" or "term" and its name. What is
// null in the answer is not in the numbers.
func Read(text []byte) (map[string]map[string]float64, error) {
	var answer struct {
		Figures, Contrasts, Trends, Cells, Tests []row
		Models                                   []struct {
			Breakdown                     string
			Coefficients, Terms, Averages []row
		}
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, fmt.Errorf("not an answer of twc estimate --format json: %w", err)
	}
	made := map[string]map[string]float64{}
	add := func(r row, words ...string) { made[strings.Join(words, "|")] = r.numbers() }
	figure := func(r row) []string {
		return []string{r.text("statistic"), r.text("variable"), r.text("item"), r.text("breakdown"), cmp.Or(r.text("category"), "-")}
	}
	for _, r := range answer.Figures {
		add(r, figure(r)...)
	}
	for _, r := range answer.Contrasts {
		how, other := r.text("comparison"), r.text("against")
		if text := r.text("contrast"); text != "" {
			how, other = "compare", text
		}
		add(r, append(figure(r), how, other)...)
	}
	for _, r := range answer.Trends {
		add(r, append(figure(r), "trend", "-")...)
	}
	for _, r := range answer.Cells {
		add(r, "table", r.text("row"), r.text("column"), r.text("row_category"), r.text("column_category"), r.text("measure"))
	}
	for _, r := range answer.Tests {
		add(r, "test", r.text("row"), r.text("column"), cmp.Or(tests[r.text("test")], r.text("test")))
	}
	for _, m := range answer.Models {
		for _, r := range m.Coefficients {
			add(r, "coefficient", r.text("coefficient"))
		}
		for _, r := range m.Averages {
			add(r, "average", r.text("coefficient"))
		}
		for _, r := range m.Terms {
			add(r, "term", r.text("term"))
		}
	}
	return made, nil
}
