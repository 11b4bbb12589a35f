// Package evaluation holds what studies of the plan's measures say, in words: their
// design, milestones, findings and caveats, each with the document that it rests on.
package evaluation

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/refusal"
)

// An Evaluation is what a study of a measure says, in words: it gives evidence
// and never a figure. The format is described in indicators/README.md.
type Evaluation struct {
	ID             string      `yaml:"id"`
	Title          string      `yaml:"title"`
	Measures       []string    `yaml:"measures"`
	Leads          []string    `yaml:"leads"`
	CommissionedBy string      `yaml:"commissioned_by"`
	CarriedOutBy   string      `yaml:"carried_out_by"`
	Design         Design      `yaml:"design"`
	Sample         string      `yaml:"sample"` // who or what was studied, in words
	Known          string      `yaml:"known"`
	Licence        string      `yaml:"licence"`
	Documents      []Document  `yaml:"documents"`
	Milestones     []Milestone `yaml:"milestones"`
	Findings       []Finding   `yaml:"findings"`
	Caveats        []Caveat    `yaml:"caveats"`
	Note           string      `yaml:"note"`

	page *codebook.Page
}

// A Design is how a study was made: of which kinds it is, whether it
// compares, and its strength on the Maryland scientific methods scale, 0 where
// nobody has graded it.
type Design struct {
	Kinds    []string `yaml:"kinds"`
	Method   string   `yaml:"method"`
	Strength int      `yaml:"strength"`
}

// A Document is a publication that an evaluation rests on.
type Document struct {
	ID     string `yaml:"id"`
	Title  string `yaml:"title"`
	Number string `yaml:"number"`
	Date   string `yaml:"date"` // as far as it is known: 2007, 2007-10 or 2007-10-31
	SHA256 string `yaml:"sha256"`
}

// Full is the document's title with its number, where it has one.
func (d Document) Full() string {
	if d.Number == "" {
		return d.Title
	}
	return d.Title + " (" + d.Number + ")"
}

// A Milestone is something that a study does on a date, and how far the study is
// with it: planned until it is done.
type Milestone struct {
	ID       string `yaml:"id"`
	Text     string `yaml:"text"`
	Date     string `yaml:"date"` // as far as it is known, see Document
	State    string `yaml:"state"`
	Document string `yaml:"document"`
	Known    string `yaml:"known"`
}

// A Finding is one thing that a study found, in this project's words.
type Finding struct {
	ID        string `yaml:"id"`
	Text      string `yaml:"text"`
	Direction string `yaml:"direction"`
	Strength  int    `yaml:"strength"` // 0 is the design's
	Document  string `yaml:"document"`
	Page      string `yaml:"page"`
	Known     string `yaml:"known"`
}

// A Caveat is what a reader of the findings should know.
type Caveat struct {
	ID       string `yaml:"id"`
	Text     string `yaml:"text"`
	Document string `yaml:"document"`
	Known    string `yaml:"known"`
}

// The states of a milestone.
const (
	Planned   = "planned"
	InField   = "in-the-field"
	Reported  = "reported" // to who commissioned it
	Published = "published"
)

// The closed vocabularies of an evaluation, each in the order for readers.
var (
	Kinds      = []string{"impact", "process", "economic"}
	Directions = []string{"positive", "negative", "mixed", "no-effect", "not-stated"}
	States     = []string{Planned, InField, Reported, Published}
)

// A Method is a row of the table of methods, with the most that it allows
// on the Maryland scale (Sherman and others, Preventing crime, 1997): 1 without a
// comparison in time or between groups, 2 with one of the two, 3 with both, 4
// where other differences are allowed for, 5 where chance assigned the groups.
type Method struct {
	Name string
	Most int
}

// Methods are in the order of their strength.
var Methods = []Method{
	{"not-stated", 0},
	{"once", 1},
	{"before-after", 2},
	{"comparison", 3},
	{"controlled", 4},
	{"random", 5},
}

var hexDigest = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Parse reads an evaluation's page, whose file ends in <id>.yaml.
func Parse(page *codebook.Page) (*Evaluation, refusal.Problems) {
	e := &Evaluation{page: page}
	ps := page.Decode(e)
	if page.Broken() != nil {
		return e, ps
	}
	page.CheckFile(&ps, "id", e.ID)
	codebook.CheckForm(&ps, page.At("id"), "id", e.ID)
	for _, text := range []struct{ key, value string }{
		{"title", e.Title}, {"commissioned_by", e.CommissionedBy}, {"carried_out_by", e.CarriedOutBy}, {"sample", e.Sample}, {"licence", e.Licence},
	} {
		if text.value == "" {
			ps.Add(page.At(text.key), "no %s: where it is not known, say so in words", text.key)
		}
	}
	if len(e.Measures) == 0 {
		ps.Add(page.At("measures"), "no measures: want those of the plan that it is evidence of")
	}
	ps = append(ps, checkMeasures(page, e.Measures)...)
	ps = append(ps, e.checkDesign()...)
	ps.OneOf(page.At("known"), "known", e.Known, plan.KnownHow)
	return e, append(ps, e.checkRows()...)
}

// checkMeasures reports measures that are out of form.
func checkMeasures(page *codebook.Page, measures []string) refusal.Problems {
	var ps refusal.Problems
	for i, m := range measures {
		switch {
		case !plan.ValidMeasure(m):
			ps.Add(page.At("measures", strconv.Itoa(i)), "measure %q, want an id such as B1 or 2.c", m)
		case slices.Contains(measures[:i], m):
			ps.Add(page.At("measures", strconv.Itoa(i)), "measure %q is listed twice", m)
		}
	}
	return ps
}

func (e *Evaluation) checkDesign() refusal.Problems {
	var ps refusal.Problems
	if len(e.Design.Kinds) == 0 {
		ps.Add(e.page.At("design"), "no kinds, want some of %s", strings.Join(Kinds, ", "))
	}
	for i, kind := range e.Design.Kinds {
		at := e.page.At("design", "kinds", strconv.Itoa(i))
		ps.OneOf(at, "kind", kind, Kinds)
		if slices.Contains(e.Design.Kinds[:i], kind) {
			ps.Add(at, "kind %q is listed twice", kind)
		}
	}
	var names []string
	for _, m := range Methods {
		names = append(names, m.Name)
	}
	if ps.OneOf(e.page.At("design", "method"), "method", e.Design.Method, names) {
		ps = append(ps, e.checkStrength(e.Design.Strength, "design", "strength")...)
	}
	return ps
}

// checkStrength reports a strength that the design does not allow: effects are
// graded by the method, and only those of a study of impact.
func (e *Evaluation) checkStrength(strength int, keys ...string) refusal.Problems {
	var ps refusal.Problems
	at := e.page.At(keys...)
	i := slices.IndexFunc(Methods, func(m Method) bool { return m.Name == e.Design.Method })
	switch {
	case i < 0 || strength == 0: // reported already, or not graded
	case strength < 0 || strength > 5:
		ps.Add(at, "strength %d, want 1 to 5 of the Maryland scale, or nothing", strength)
	case !slices.Contains(e.Design.Kinds, "impact"):
		ps.Add(at, "strength %d of a study of no kind impact, want none: the scale grades effects", strength)
	case strength > Methods[i].Most:
		ps.Add(at, "strength %d, and the method %s allows at most %d", strength, e.Design.Method, Methods[i].Most)
	}
	return ps
}

// checkRows reports the faults of documents, milestones, findings and caveats.
func (e *Evaluation) checkRows() refusal.Problems {
	var ps refusal.Problems
	seen := map[string]bool{}
	named := func(kind string, i int, id, text string) string {
		at := e.page.At(kind, strconv.Itoa(i))
		if !codebook.ValidCode(id) || seen[kind+id] {
			ps.Add(at, "id %q: want one used once among the %s, of lower-case letters, digits and single hyphens", id, kind)
		}
		if seen[kind+id] = true; text == "" {
			ps.Add(at, "%q says nothing: want it in words", id)
		}
		return at
	}
	var documents []string
	for i, d := range e.Documents {
		at := named("documents", i, d.ID, d.Title)
		documents = append(documents, d.ID)
		if _, ok := codebook.Days(d.Date); d.Date != "" && !ok {
			ps.Add(at, "date %q, want YYYY, YYYY-MM or YYYY-MM-DD", d.Date)
		}
		if d.SHA256 != "" && !hexDigest.MatchString(d.SHA256) {
			ps.Add(at, "sha256 %q, want 64 hexadecimal digits", d.SHA256)
		}
	}
	rests := func(at, document, known string) {
		ps.OneOf(at, "known", known, plan.KnownHow[:3])
		switch {
		case document != "" && !slices.Contains(documents, document):
			ps.Add(at, "no document %q%s", document, refusal.Nearest(document, documents))
		case document == "" && (known == plan.KnownRead || known == plan.KnownExcerpt):
			ps.Add(at, "known %s without a document, want the document that it was read in, or known %s", known, plan.KnownMemory)
		}
	}
	if len(e.Milestones) == 0 {
		ps.Add(e.page.At("milestones"), "no milestones, want at least one: they give the period")
	}
	for i, m := range e.Milestones {
		at := named("milestones", i, m.ID, m.Text)
		if _, ok := codebook.Days(m.Date); !ok {
			ps.Add(at, "date %q, want YYYY, YYYY-MM or YYYY-MM-DD", m.Date)
		}
		ps.OneOf(at, "state", m.State, States)
		rests(at, m.Document, m.Known)
	}
	for i, f := range e.Findings {
		at := named("findings", i, f.ID, f.Text)
		ps.OneOf(at, "direction", f.Direction, Directions)
		ps = append(ps, e.checkStrength(f.Strength, "findings", strconv.Itoa(i), "strength")...)
		rests(at, f.Document, f.Known)
		if f.Page != "" && f.Document == "" {
			ps.Add(at, "page %q of no document", f.Page)
		}
	}
	for i, c := range e.Caveats {
		rests(named("caveats", i, c.ID, c.Text), c.Document, c.Known)
	}
	if e.Known == plan.KnownNotFound && len(e.Findings) > 0 {
		ps.Add(e.page.At("findings"), "findings of an evaluation that was not found")
	}
	return ps
}

// Source is the evaluation's id among the sources of a release.
func (e *Evaluation) Source() codebook.SourceID {
	return codebook.SourceID(codebook.Evaluations + "/" + e.ID)
}

// Period is the time from the first day of the first milestone to the last day
// of the last one.
func (e *Evaluation) Period() codebook.Period {
	var p codebook.Period
	for i, m := range e.Milestones {
		days, _ := codebook.Days(m.Date)
		if i == 0 || days.Start < p.Start {
			p.Start = days.Start
		}
		p.End = max(p.End, days.End)
	}
	return p
}

// Document returns the document with an id; the zero Document where there is
// none.
func (e *Evaluation) Document(id string) Document {
	for _, d := range e.Documents {
		if d.ID == id {
			return d
		}
	}
	return Document{}
}

// Overdue lists the milestones that are planned for before a day (YYYY-MM-DD).
func (e *Evaluation) Overdue(day string) []Milestone {
	var late []Milestone
	for _, m := range e.Milestones {
		if days, _ := codebook.Days(m.Date); m.State == Planned && days.End < day {
			late = append(late, m)
		}
	}
	return late
}

// Unsupported lists the findings that no document is given for.
func (e *Evaluation) Unsupported() []Finding {
	var found []Finding
	for _, f := range e.Findings {
		if f.Document == "" {
			found = append(found, f)
		}
	}
	return found
}

// At returns the place of a part of the evaluation.
func (e *Evaluation) At(keys ...string) string { return e.page.At(keys...) }

// File returns the name of the evaluation's page in the catalogue.
func (e *Evaluation) File() string { return e.page.File }

// Text returns the evaluation's page, as it was read.
func (e *Evaluation) Text() []byte { return e.page.Text() }
