package question_test

import (
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
)

// words are those of an extract with two variables of codes and one of numbers.
func words() *question.Words {
	codes := func(name string, codes ...string) codebook.Variable {
		v := codebook.Variable{Name: name}
		for _, code := range codes {
			v.Categories = append(v.Categories, codebook.Category{Code: code, Label: "label " + code})
		}
		return v
	}
	return &question.Words{
		Book: &codebook.Codebook{Variables: map[string]codebook.Variable{
			"Sex": codes("Sex", "1", "2"), "gor": codes("gor", "1", "2", "3"), "age as a number": {Name: "age as a number"},
		}},
		Missing:  map[string][]string{"gor": {"-9"}},
		NumberOf: func(name string) string { return name + " as a number" },
		Where:    "a.csv",
	}
}

// Everyone comes first, then each crossing's margins, the fewest variables first
// and each once, in whatever case it is named.
func TestBreakdowns(t *testing.T) {
	q := question.Question{By: [][]string{{"a", "b"}, {"B"}, {"c"}}}
	var got []string
	for _, by := range q.Breakdowns() {
		got = append(got, strings.Join(by, "*"))
	}
	if want := []string{"", "a", "b", "a*b", "c"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A question is asked in any case and with codes that are numbers spelled in any
// way; what no row has is refused, with what was meant.
func TestCheck(t *testing.T) {
	share := func(variable string, codes ...string) []question.Ask {
		return []question.Ask{{Statistic: indicator.Proportion, Variable: variable, Codes: codes}}
	}
	for _, of := range []struct {
		claim string
		ask   question.Question
		want  string
	}{
		{"in any case and spelling", question.Question{Asks: share("SEX", "1.0"), By: [][]string{{"GOR"}}, Where: []question.Restriction{{"gor", []string{"3"}}}}, ""},
		{"a code that no row has", question.Question{Asks: share("sex", "7")}, `a.csv: variable "Sex": no row has code 7, want one of 1, 2`},
		{"a code that is missing", question.Question{Asks: share("gor", "-9")}, `a.csv: variable "gor": declared missing: code -9, want codes that count`},
		{"text as numbers", question.Question{Asks: []question.Ask{{Statistic: indicator.Mean, Variable: "sex"}}}, `a.csv: variable "Sex": Sex is text`},
		{"a reference of no breakdown", question.Question{Asks: share("sex"), By: [][]string{{"gor"}}, Against: []question.Restriction{{"goor", []string{"1"}}}}, `--against: "goor" is no breakdown; did you mean "gor"?`},
		{"a standard without a category", question.Question{Asks: share("gor"), Standard: &codebook.Margin{Variable: "sex", Totals: map[string]float64{"1": 1}}}, `standard "Sex": respondents in category "2", which has no population`},
	} {
		got := ""
		if err := of.ask.Check(words(), func(string) string { return "Sex is text" }).Err(); err != nil {
			got = err.Error()
		}
		if got != of.want {
			t.Errorf("%s: got %s\nwant %s", of.claim, got, of.want)
		}
	}
}

// The replies to a definition are in the order of an answer, also those for which
// there is no estimate, with the file's labels.
func TestReplies(t *testing.T) {
	w := words()
	q := question.Question{Asks: []question.Ask{{Statistic: indicator.Proportion, Variable: "sex", Codes: []string{"2", "1"}}}, By: [][]string{{"gor"}}}
	d := q.Definitions(w)[0]
	if d.Items[0].ID != "2+1" || d.Items[0].Label != "label 2, label 1" || !slices.Equal(d.Breakdowns, []string{"gor"}) {
		t.Fatalf("definition %+v", d)
	}
	made := []indicator.Estimate{{Key: indicator.Key{Breakdown: "gor", Category: "3", Item: "2+1"}, Value: 0.25}}
	var got []string
	for _, r := range q.Replies(w, q.Asks[0], made) {
		got = append(got, strings.Join([]string{r.Variable, r.Item, r.Label}, "/"))
		if (r.Value == 0.25) != (r.Label == "label 3") {
			t.Errorf("%s has the value %v", r.Label, r.Value)
		}
	}
	if want := []string{"Sex/2+1/", "Sex/2+1/label 1", "Sex/2+1/label 2", "Sex/2+1/label 3"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
