// Package plan holds what the action plan promised to report: the register of
// its measures, the targets that an indicator may have, and the ledger of the
// figures that others have published. Register and ledger are files that are
// handed in; seeds has those of the plan of 2005.
package plan

import (
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

// A Register lists the measures that the action plan is judged by.
type Register struct {
	Source      string            `yaml:"source"`
	Departments map[string]string `yaml:"departments"` // by the short name that leads use
	Strands     []Strand          `yaml:"strands"`     // in the plan's order
	Surveys     map[string]int    `yaml:"surveys"`     // months from one wave of a survey to the next, by its name in the catalogue
	Measures    []Measure         `yaml:"measures"`    // in the plan's order
	Others      map[string]string `yaml:"others"`      // departments that the plan's text names and that lead no measure, likewise
	Actions     []Action          `yaml:"actions"`     // what will be done, in the plan's order
	Targets     []Unmeasured      `yaml:"targets"`     // those that no indicator is held against
}

// A Strand is one of the plan's chapters, or the measures taken every two
// years.
type Strand struct {
	ID    string   `yaml:"id"`
	Title string   `yaml:"title"`
	Leads []string `yaml:"leads"` // short names of the departments that lead it
	With  []string `yaml:"with"`  // of those that they are to work with
}

// A Measure is one thing that the plan promises to report. Leads are short
// names of departments, the first one answering for it; Breakdowns are the
// plan's own words; Indicators are ids, defined in the catalogue or not.
type Measure struct {
	ID         string   `yaml:"id"`
	Strand     string   `yaml:"strand"`
	Title      string   `yaml:"title"`
	Leads      []string `yaml:"leads"`
	Evidence   string   `yaml:"evidence"`
	Source     string   `yaml:"source"`
	Breakdowns []string `yaml:"breakdowns"`
	Indicators []string `yaml:"indicators"`
	Note       string   `yaml:"note"`
}

// An Unmeasured target was set at the time, and nothing in the catalogue can say
// whether it was met. Measures are those that it bears on, if any.
type Unmeasured struct {
	ID       string   `yaml:"id"`
	Title    string   `yaml:"title"`
	Measures []string `yaml:"measures"`
	Date     string   `yaml:"date"`  // as far as it is known, see codebook.Days; "" where none is stated
	From     string   `yaml:"from"`  // where it is stated
	Known    string   `yaml:"known"` // how far that was read
	Why      string   `yaml:"why"`   // it cannot be measured
}

// The kinds of evidence that a measure rests on.
const (
	Survey     = "survey"     // a sample survey: the pipeline can estimate it
	Returns    = "returns"    // counts that a department or programme collects
	Evaluation = "evaluation" // a study, which gives no series
)

// Evidence lists the kinds of evidence.
var Evidence = []string{Survey, Returns, Evaluation}

// measureID is the plan's own numbering: B1 for the biennial measures, and
// otherwise the strand's number and a letter.
var measureID = regexp.MustCompile(`^(B[1-9]|[1-9]\.[a-z])$`)

// ValidMeasure says whether a text has the form of a measure's id.
func ValidMeasure(id string) bool { return measureID.MatchString(id) }

// Load reads the register of a folder, its plan.yaml. An error is
// refusal.Problems, as of Parse.
func Load(files fs.FS) (*Register, error) {
	data, err := read(files, "plan.yaml")
	if err != nil {
		return nil, err
	}
	return Parse("plan.yaml", data)
}

// read returns a file of a folder. An error is refusal.Problems.
func read(files fs.FS, name string) ([]byte, error) {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, refusal.Problems{{Kind: refusal.Data, Where: name, What: fmt.Sprintf("cannot be read: %v", refusal.Reason(err))}}
	}
	return data, nil
}

// Parse reads a register. An error is refusal.Problems: every unknown key,
// measure listed twice, unknown department, strand or kind of evidence, and
// identifier out of form, with its file and line.
func Parse(file string, data []byte) (*Register, error) {
	page := codebook.NewPage(file, data)
	r := &Register{}
	ps := page.Decode(r)
	if len(ps) > 0 {
		return nil, ps.Err()
	}
	for _, short := range slices.Sorted(maps.Keys(r.Departments)) {
		if r.Departments[short] == "" {
			ps.Add(page.At("departments", short), "department %q has no name", short)
		}
	}
	for _, survey := range slices.Sorted(maps.Keys(r.Surveys)) {
		if r.Surveys[survey] < 1 {
			ps.Add(page.At("surveys", survey), "survey %q: %d months between waves, want at least 1", survey, r.Surveys[survey])
		}
	}
	strands := map[string]int{}
	for i, s := range r.Strands {
		at := page.At("strands", strconv.Itoa(i))
		if !codebook.ValidCode(s.ID) || s.Title == "" {
			ps.Add(at, "strand %q: want an id of lower-case letters, digits and single hyphens, and a title", s.ID)
		}
		if strands[s.ID]++; strands[s.ID] == 2 {
			ps.Add(at, "strand %q is there twice", s.ID)
		}
		ps = append(ps, r.checkNames(at, "strand "+s.ID, slices.Concat(s.Leads, s.With))...)
	}
	first := map[string]string{}
	for i, m := range r.Measures {
		at := page.At("measures", strconv.Itoa(i))
		ps = append(ps, r.check(m, at, strands)...)
		if before, twice := first[m.ID]; twice {
			ps.Add(at, "measure %q is there twice, first at %s", m.ID, before)
		} else {
			first[m.ID] = at
		}
	}
	if len(r.Measures) == 0 {
		ps.Add(file, "no measures")
	}
	ps = append(ps, r.checkOthers(page.At)...)
	for i, a := range r.Actions {
		ps = append(ps, r.checkAction(a, page.At("actions", strconv.Itoa(i)), r.Actions[:i], strands)...)
	}
	for i, t := range r.Targets {
		ps = append(ps, r.checkTarget(t, page.At("targets", strconv.Itoa(i)), r.Targets[:i])...)
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return r, nil
}

func (r *Register) check(m Measure, at string, strands map[string]int) refusal.Problems {
	var ps refusal.Problems
	if !ValidMeasure(m.ID) {
		ps.Add(at, "measure %q: want an id such as B1 or 2.c", m.ID)
	}
	if m.Title == "" || m.Source == "" {
		ps.Add(at, "measure %q: want a title and a source", m.ID)
	}
	if strands[m.Strand] == 0 {
		ps.Add(at, "measure %q: no strand %q%s", m.ID, m.Strand, refusal.Nearest(m.Strand, slices.Collect(maps.Keys(strands))))
	}
	if !slices.Contains(Evidence, m.Evidence) {
		ps.Add(at, "measure %q: evidence %q, want one of %s", m.ID, m.Evidence, strings.Join(Evidence, ", "))
	}
	if len(m.Leads) == 0 || len(m.Indicators) == 0 {
		ps.Add(at, "measure %q: want at least one lead and one indicator", m.ID)
	}
	for _, lead := range m.Leads {
		if _, ok := r.Departments[lead]; !ok {
			ps.Add(at, "measure %q: no department %q%s", m.ID, lead, r.NearestDepartment(lead))
		}
	}
	for _, id := range m.Indicators {
		codebook.CheckForm(&ps, at, fmt.Sprintf("measure %q: indicator", m.ID), id)
	}
	for _, list := range [][]string{m.Leads, m.Indicators, m.Breakdowns} {
		if twice := slices.Compact(slices.Sorted(slices.Values(list))); len(twice) < len(list) {
			ps.Add(at, "measure %q: %q has an entry twice", m.ID, strings.Join(list, ", "))
		}
	}
	return ps
}

func (r *Register) checkTarget(t Unmeasured, at string, before []Unmeasured) refusal.Problems {
	var ps refusal.Problems
	if !codebook.ValidCode(t.ID) || slices.ContainsFunc(before, func(o Unmeasured) bool { return o.ID == t.ID }) {
		ps.Add(at, "target %q: want an id used once, of lower-case letters, digits and single hyphens", t.ID)
	}
	if t.Title == "" || t.From == "" || t.Why == "" {
		ps.Add(at, "target %q: want a title, where it is stated (from) and why it cannot be measured", t.ID)
	}
	ps.OneOf(at, "target "+strconv.Quote(t.ID)+": known", t.Known, KnownHow[:3])
	if _, ok := codebook.Days(t.Date); !ok && t.Date != "" {
		ps.Add(at, "target %q: date %q, want YYYY, YYYY-MM or YYYY-MM-DD", t.ID, t.Date)
	}
	var ids []string
	for _, m := range r.Measures {
		ids = append(ids, m.ID)
	}
	for _, m := range t.Measures {
		if !slices.Contains(ids, m) {
			ps.Add(at, "target %q: no measure %q%s", t.ID, m, refusal.Nearest(m, ids))
		}
	}
	return ps
}

// Measure returns the measure with the id; ok is false if there is none.
func (r *Register) Measure(id string) (m Measure, ok bool) {
	i := slices.IndexFunc(r.Measures, func(m Measure) bool { return m.ID == id })
	if i < 0 {
		return Measure{}, false
	}
	return r.Measures[i], true
}

// NearestDepartment returns `; did you mean "HO"?` for the short name of the department
// that is nearest to a name, which may be its name in full or a part of that alone,
// or "" where none is near.
func (r *Register) NearestDepartment(name string) string {
	shorts := slices.Sorted(maps.Keys(r.Departments))
	var parts []string
	for _, short := range shorts {
		if strings.EqualFold(short, name) || refusal.Nearest(name, []string{r.Departments[short]}) != "" {
			return fmt.Sprintf("; did you mean %q?", short)
		}
		if len(name) > 3 && strings.Contains(strings.ToLower(r.Departments[short]), strings.ToLower(name)) {
			parts = append(parts, short)
		}
	}
	if len(parts) == 1 {
		return fmt.Sprintf("; did you mean %q?", parts[0])
	}
	return refusal.Nearest(name, shorts)
}

// Later is the day so many months after another, YYYY-MM-DD: the last of its
// month where that is shorter. A text that is no day gives "".
func Later(day string, months int) string {
	from, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	first := time.Date(from.Year(), from.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(from.Day(), last)-1).Format(time.DateOnly)
}
