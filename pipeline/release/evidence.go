package release

import (
	"cmp"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/evaluation"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release/sheet"
)

// An Evidence is one thing that an evaluation says of a measure: a milestone, a
// finding or a caveat, in words. It is never a number made from them.
type Evidence struct {
	Indicator string // the evaluation's id
	Measure   string
	Kind      string
	Entry     string // which of the evaluation's, within its kind
	Source    codebook.SourceID
	Design    string // kinds of study, with a blank between them
	Method    string
	Strength  int64 // of a finding on the Maryland scale; sheet.None where it is not graded
	Date      string
	State     string
	Direction string
	Text      string
	Page      string
	Document  string
	SHA256    string // of the document
	Known     string
}

// The kinds of evidence.
const (
	KindMilestone = "milestone"
	KindFinding   = "finding"
	KindCaveat    = "caveat"
)

// Compare orders evidence by its key.
func (e Evidence) Compare(other Evidence) int {
	return cmp.Or(strings.Compare(e.Indicator, other.Indicator), strings.Compare(e.Measure, other.Measure),
		strings.Compare(e.Kind, other.Kind), strings.Compare(e.Entry, other.Entry))
}

func (e Evidence) name() string { return e.Kind + " " + e.Entry + " on " + e.Measure }

// EvidenceColumns are the columns of evidence.csv and evidence.parquet, in order.
var EvidenceColumns = []sheet.Column[Evidence]{
	{Name: "indicator", Key: true, About: "Identifier of the evaluation", Text: func(e *Evidence) *string { return &e.Indicator }},
	{Name: "measure", Key: true, About: "Measure of the action plan that it is evidence of", Text: func(e *Evidence) *string { return &e.Measure }},
	{Name: "kind", Key: true, About: "milestone, finding or caveat", Text: func(e *Evidence) *string { return &e.Kind }},
	{Name: "entry", Key: true, About: "Which of the evaluation's milestones, findings or caveats", Text: func(e *Evidence) *string { return &e.Entry }},
	{Name: "source", Required: true, About: "Source of the evidence: the evaluation", Text: func(e *Evidence) *string { return (*string)(&e.Source) }},
	{Name: "design", Required: true, About: "Kinds of study, with a blank between them: impact, process, economic", Text: func(e *Evidence) *string { return &e.Design }},
	{Name: "method", Required: true, About: "How the study compares: not-stated, once, before-after, comparison, controlled or random", Text: func(e *Evidence) *string { return &e.Method }},
	{Name: "strength", About: "Of a finding: strength on the Maryland scientific methods scale, 1 to 5; null where it is not graded", Count: func(e *Evidence) *int64 { return &e.Strength }},
	{Name: "date", About: "Of a milestone: its date, as far as it is known: year, month or day", Text: func(e *Evidence) *string { return &e.Date }},
	{Name: "state", About: "Of a milestone: planned, in-the-field, reported or published", Text: func(e *Evidence) *string { return &e.State }},
	{Name: "direction", About: "Of a finding: positive, negative, mixed, no-effect or not-stated", Text: func(e *Evidence) *string { return &e.Direction }},
	{Name: "text", Required: true, About: "What is said, in this project's words", Text: func(e *Evidence) *string { return &e.Text }},
	{Name: "page", About: "Page of the document", Text: func(e *Evidence) *string { return &e.Page }},
	{Name: "document", About: "Publication that it rests on; null where none is known", Text: func(e *Evidence) *string { return &e.Document }},
	{Name: "document_sha256", About: "SHA-256 of the document, where it was at hand", Text: func(e *Evidence) *string { return &e.SHA256 }},
	{Name: "known", Required: true, About: "How far it was checked: read, excerpt (a part was read) or memory", Text: func(e *Evidence) *string { return &e.Known }},
}

// EvidenceOf lists what an evaluation says, a row for each measure and entry, in
// canonical order.
func EvidenceOf(e *evaluation.Evaluation) []Evidence {
	var rows []Evidence
	for _, measure := range e.Measures {
		add := func(kind, entry, text, document, known string, more Evidence) {
			d := e.Document(document)
			more.Indicator, more.Measure, more.Kind, more.Entry, more.Source = e.ID, measure, kind, entry, e.Source()
			more.Design, more.Method = strings.Join(e.Design.Kinds, " "), e.Design.Method
			more.Text = strings.Join(strings.Fields(text), " ")
			more.Document, more.SHA256, more.Known = d.Full(), d.SHA256, known
			rows = append(rows, more)
		}
		for _, m := range e.Milestones {
			add(KindMilestone, m.ID, m.Text, m.Document, m.Known, Evidence{Date: m.Date, State: m.State, Strength: sheet.None})
		}
		for _, f := range e.Findings {
			strength := int64(cmp.Or(f.Strength, e.Design.Strength))
			if strength == 0 {
				strength = sheet.None
			}
			add(KindFinding, f.ID, f.Text, f.Document, f.Known, Evidence{Direction: f.Direction, Page: f.Page, Strength: strength})
		}
		for _, c := range e.Caveats {
			add(KindCaveat, c.ID, c.Text, c.Document, c.Known, Evidence{Strength: sheet.None})
		}
	}
	Content{Evidence: rows}.Sort()
	return rows
}

// EvaluationSource is what the manifest says of an evaluation: its page is its
// file, and it is never made up.
func EvaluationSource(e *evaluation.Evaluation, rows int) Source {
	text := e.Text()
	return Source{
		ID: e.Source(), Kind: Evaluation, Period: e.Period(),
		Files: []SourceFile{{Name: e.ID + ".yaml", SHA256: Digest(text), Bytes: int64(len(text)), Rows: rows}},
	}
}

// EvaluationEntry is what the manifest says of an evaluation as an indicator: it
// is evidence of the same thing as long as it has its id.
func EvaluationEntry(e *evaluation.Evaluation) Indicator {
	return Indicator{
		ID: e.ID, Quantity: indicator.Digest([]string{codebook.Evaluations, e.ID}),
		Lineage: map[codebook.SourceID]string{e.Source(): indicator.Digest(EvidenceOf(e))},
	}
}
