package evaluation_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"togetherwecan/indicators"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/evaluation"
)

// wrong is a change of an evaluation's page and what is said of it.
type wrong struct{ was, now, want string }

// TestEvaluationsOfThePlan holds the ten evaluations that the plan names: each is
// declared, serves its measure, and a wrong declaration of it is refused.
func TestEvaluationsOfThePlan(t *testing.T) {
	for id, c := range map[string]struct {
		measure string
		wrong
	}{
		"consultation-fund-evaluation": {"1.a", wrong{
			"caveats:", "findings:\n  - {id: x, text: X, direction: mixed, known: memory}\ncaveats:", ":15: findings of an evaluation that was not found",
		}},
		"citizenship-education-evaluation": {"2.a", wrong{
			"strength: 2", "strength: 3", ":7: strength 3, and the method before-after allows at most 2",
		}},
		"cpa-older-people": {"2.f", wrong{
			"method: once", "method: once, strength: 1", ":7: strength 1 of a study of no kind impact, want none: the scale grades effects",
		}},
		"nru-empowerment": {"3.a", wrong{
			"direction: negative, document: report", "direction: negativ, document: report", `:18: direction "negativ", want one of positive, negative, mixed, no-effect, not-stated; did you mean "negative"?`,
		}},
		"nru-management": {"3.b", wrong{
			"document: overview", "document: overveiw", `:18: no document "overveiw"; did you mean "overview"?`,
		}},
		"ndc-review": {"3.d", wrong{
			"text: \"The report is laid before the House of Commons\", date: 2004-02-11", "text: \"The report is laid before the House of Commons\", date: 2004-02-30", `:15: date "2004-02-30", want YYYY, YYYY-MM or YYYY-MM-DD`,
		}},
		"guide-neighbourhoods": {"3.f", wrong{
			"carried_out_by: ", "carried_out_bye: ", `:6: unknown key "carried_out_bye"; did you mean "carried_out_by"?`,
		}},
		"sunderland-projects": {"4.b", wrong{
			"known: not-found", "known: unknown", `:9: known "unknown", want one of read, excerpt, memory, not-found`,
		}},
		"connected-fund-cases": {"5.e", wrong{
			"{id: crackdown, text: \"33 forces", "{id: fund, text: \"33 forces", `:17: id "fund": want one used once among the findings, of lower-case letters, digits and single hyphens`,
		}},
		"uclan-engagement": {"7.c", wrong{
			"direction: positive, document: abstract", "direction: positive", ":17: known excerpt without a document, want the document that it was read in, or known memory",
		}},
	} {
		t.Run(id, func(t *testing.T) {
			name := "evaluations/" + id + ".yaml"
			text, err := fs.ReadFile(indicators.Files, name)
			if err != nil {
				t.Fatal(err)
			}
			e, problems := evaluation.Parse(codebook.NewPage(name, text))
			if err := problems.Err(); err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(e.Measures, c.measure) {
				t.Errorf("it is evidence of %v, want %s", e.Measures, c.measure)
			}
			refusesEvaluation(t, name, string(text), c.wrong)
		})
	}
}

func refusesEvaluation(t *testing.T, name, text string, c wrong) {
	t.Helper()
	changed := strings.Replace(text, c.was, c.now, 1)
	if changed == text {
		t.Fatalf("%q is not in the page", c.was)
	}
	_, problems := evaluation.Parse(codebook.NewPage(name, []byte(changed)))
	got := ""
	if err := problems.Err(); err != nil {
		got = err.Error()
	}
	if !strings.Contains(got, name+c.want) {
		t.Errorf("got  %s\nwant %s", got, name+c.want)
	}
}

const study = `id: study
title: A study
measures: [1.a]
leads: [HO]
commissioned_by: A
carried_out_by: B
design: {kinds: [impact], method: controlled, strength: 4}
sample: Some
known: read
licence: Crown copyright
documents:
  - {id: report, title: Report, date: 2006, sha256: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}
milestones:
  - {id: start, text: Start, date: 2004-02, state: in-the-field, document: report, known: read}
  - {id: report, text: Report, date: 2006, state: planned, document: report, known: read}
findings:
  - {id: more, text: More, direction: positive, document: report, page: 3, strength: 2, known: read}
  - {id: less, text: Less, direction: negative, known: memory}
caveats:
  - {id: few, text: Few, document: report, known: read}
`

func TestEvaluationRefuses(t *testing.T) {
	for name, c := range map[string]wrong{
		"another file":                {"id: study", "id: studie", `:1: id "studie" in the file of "study"`},
		"an id out of form":           {"id: study", "id: Study", `:1: id "Study": want lower-case letters, digits and single hyphens`},
		"nobody who commissioned it":  {"commissioned_by: A\n", "", ":1: no commissioned_by: where it is not known, say so in words"},
		"no licence":                  {"licence: Crown copyright\n", "", ":1: no licence: where it is not known, say so in words"},
		"no measure":                  {"[1.a]", "[]", ":3: no measures: want those of the plan that it is evidence of"},
		"a measure out of form":       {"[1.a]", "[1a]", `:3: measure "1a", want an id such as B1 or 2.c`},
		"a measure twice":             {"[1.a]", "[1.a, 1.a]", `:3: measure "1.a" is listed twice`},
		"no kind":                     {"[impact]", "[]", ":7: no kinds, want some of impact, process, economic"},
		"an unknown kind":             {"[impact]", "[impacts]", `:7: kind "impacts", want one of impact, process, economic; did you mean "impact"?`},
		"a kind twice":                {"[impact]", "[impact, impact]", `:7: kind "impact" is listed twice`},
		"an unknown method":           {"controlled", "controled", `:7: method "controled", want one of not-stated, once, before-after, comparison, controlled, random; did you mean "controlled"?`},
		"a strength off the scale":    {"strength: 4", "strength: 6", ":7: strength 6, want 1 to 5 of the Maryland scale, or nothing"},
		"a strength above the design": {"strength: 2", "strength: 5", ":17: strength 5, and the method controlled allows at most 4"},
		"a digest out of form":        {"0123456789abcdef\"", "01234\"", `:12: sha256 "0123456789abcdef0123456789abcdef0123456789abcdef01234", want 64 hexadecimal digits`},
		"no milestones": {
			"milestones:\n  - {id: start, text: Start, date: 2004-02, state: in-the-field, document: report, known: read}\n  - {id: report, text: Report, date: 2006, state: planned, document: report, known: read}\n",
			"", ":1: no milestones, want at least one: they give the period",
		},
		"a milestone without a date":    {"date: 2004-02, ", "", `:14: date "", want YYYY, YYYY-MM or YYYY-MM-DD`},
		"an unknown state":              {"planned", "plan", `:15: state "plan", want one of planned, in-the-field, reported, published`},
		"a finding that says nothing":   {"text: More, ", "", `:17: "more" says nothing: want it in words`},
		"a finding read nowhere":        {"direction: negative, known: memory", "direction: negative, known: read", ":18: known read without a document, want the document that it was read in, or known memory"},
		"a page of no document":         {"direction: negative, known", "direction: negative, page: 4, known", `:18: page "4" of no document`},
		"a finding that was not found":  {"direction: negative, known: memory", "direction: negative, known: not-found", `:18: known "not-found", want one of read, excerpt, memory`},
		"a caveat of another document":  {"text: Few, document: report", "text: Few, document: reports", `:20: no document "reports"; did you mean "report"?`},
		"a list where one value is due": {"title: A study", "title: [A, study]", ":2: a list, want one value"},
	} {
		t.Run(name, func(t *testing.T) { refusesEvaluation(t, "evaluations/study.yaml", study, c) })
	}
	if _, problems := evaluation.Parse(codebook.NewPage("evaluations/study.yaml", []byte(study))); len(problems) > 0 {
		t.Errorf("a page that should be accepted: %v", problems.Err())
	}
}

func TestEvaluationTells(t *testing.T) {
	e, _ := evaluation.Parse(codebook.NewPage("evaluations/study.yaml", []byte(study)))
	if got, want := e.Period(), (codebook.Period{Start: "2004-02-01", End: "2006-12-31"}); got != want {
		t.Errorf("period %v, want %v", got, want)
	}
	if got := e.Unsupported(); len(got) != 1 || got[0].ID != "less" {
		t.Errorf("without a document %v, want less", got)
	}
	// Overdue from the day after the last one that it could be.
	for day, want := range map[string]int{"2006-12-31": 0, "2007-01-01": 1} {
		if got := e.Overdue(day); len(got) != want {
			t.Errorf("on %s %d milestones are overdue, want %d", day, len(got), want)
		}
	}
}
