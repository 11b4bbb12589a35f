package plan

import (
	"cmp"
	"maps"
	"regexp"
	"slices"

	"togetherwecan/pipeline/refusal"
)

// A Named department is what the plan's text says of it beside the measures.
type Named struct {
	ID      string // its short name
	Title   string
	Leads   []Strand // that it leads, alone or with others
	Helps   []Strand // that others lead with it
	Actions []Action // that name it, in the plan's order
}

// An Action is one of the things that the plan's appendix says will be done.
type Action struct {
	ID          string   `yaml:"id" json:"action"`               // its number in the appendix, whose first digit is the strand's
	Text        string   `yaml:"text" json:"text"`               // in this project's words
	Departments []string `yaml:"departments" json:"departments"` // short names of those that the appendix names for it
}

// actionID is the appendix's own numbering.
var actionID = regexp.MustCompile(`^[1-8]\.[1-9][0-9]?$`)

// Strand is the id of the strand that the action is of.
func (a Action) Strand() string { return a.ID[:1] }

// Shorts lists the departments of the plan by their short names, also those that lead
// nothing, sorted.
func (r *Register) Shorts() []string {
	return slices.Sorted(func(yield func(string) bool) {
		for _, of := range []map[string]string{r.Departments, r.Others} {
			for short := range maps.Keys(of) {
				if !yield(short) {
					return
				}
			}
		}
	})
}

// Department is the name in full of a department by its short name, which is its name where
// the plan has no other.
func (r *Register) Department(short string) string {
	return cmp.Or(r.Departments[short], r.Others[short], short)
}

// StrandTitle is the title of a strand, and its id where the plan has no such strand.
func (r *Register) StrandTitle(id string) string {
	for _, s := range r.Strands {
		if s.ID == id {
			return s.Title
		}
	}
	return id
}

// Named is what the plan's text says of a department beside the measures.
func (r *Register) Named(short string) Named {
	n := Named{ID: short, Title: r.Department(short)}
	for _, s := range r.Strands {
		if slices.Contains(s.Leads, short) {
			n.Leads = append(n.Leads, s)
		} else if slices.Contains(s.With, short) {
			n.Helps = append(n.Helps, s)
		}
	}
	for _, a := range r.Actions {
		if slices.Contains(a.Departments, short) {
			n.Actions = append(n.Actions, a)
		}
	}
	return n
}

// checkOthers checks the departments that lead nothing: each has a name, and a place where
// the plan names it.
func (r *Register) checkOthers(at func(keys ...string) string) refusal.Problems {
	var ps refusal.Problems
	for _, short := range slices.Sorted(maps.Keys(r.Others)) {
		at := at("others", short)
		if r.Others[short] == "" {
			ps.Add(at, "department %q has no name", short)
		}
		if _, leads := r.Departments[short]; leads {
			ps.Add(at, "department %q is there twice", short)
		}
		if n := r.Named(short); len(n.Leads)+len(n.Helps)+len(n.Actions) == 0 {
			ps.Add(at, "department %q: want an action or a strand that names it", short)
		}
	}
	return ps
}

// checkNames checks a list of departments, each of which is to be there once.
func (r *Register) checkNames(at, what string, list []string) refusal.Problems {
	var ps refusal.Problems
	for i, short := range list {
		if shorts := r.Shorts(); !slices.Contains(shorts, short) {
			ps.Add(at, "%s: no department %q%s", what, short, refusal.Nearest(short, shorts))
		} else if slices.Contains(list[:i], short) {
			ps.Add(at, "%s: department %q is there twice", what, short)
		}
	}
	return ps
}

func (r *Register) checkAction(a Action, at string, before []Action, strands map[string]int) refusal.Problems {
	var ps refusal.Problems
	switch {
	case !actionID.MatchString(a.ID) || a.Text == "" || len(a.Departments) == 0:
		ps.Add(at, "action %q: want a number such as 1.9, what it is, and the departments", a.ID)
	case strands[a.Strand()] == 0:
		ps.Add(at, "action %q: no strand %q%s", a.ID, a.Strand(), refusal.Nearest(a.Strand(), slices.Collect(maps.Keys(strands))))
	case slices.ContainsFunc(before, func(o Action) bool { return o.ID == a.ID }):
		ps.Add(at, "action %q is there twice", a.ID)
	}
	return append(ps, r.checkNames(at, "action "+a.ID, a.Departments)...)
}
