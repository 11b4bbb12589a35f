package plan

import (
	"maps"
	"regexp"
	"slices"

	"togetherwecan/pipeline/refusal"
)

// A Named department is one that the plan's text names and that leads no measure.
type Named struct {
	ID      string   `yaml:"id"` // its short name
	Title   string   `yaml:"title"`
	Strands []string `yaml:"strands"` // at whose end the plan lists it among those who lead or help
	Actions []Action `yaml:"actions"` // that name it, in the plan's order
}

// An Action is one of the things that the plan's appendix says will be done.
type Action struct {
	ID   string `yaml:"id"`   // its number in the appendix, whose first digit is the strand's
	Text string `yaml:"text"` // in this project's words
}

// actionID is the appendix's own numbering.
var actionID = regexp.MustCompile(`^[1-8]\.[1-9][0-9]?$`)

// Strand is the id of the strand that the action is of.
func (a Action) Strand() string { return a.ID[:1] }

func (r *Register) checkNamed(n Named, at string, before []Named, strands map[string]int) refusal.Problems {
	var ps refusal.Problems
	if n.ID == "" || n.Title == "" {
		ps.Add(at, "department %q: want a short name (id) and a title", n.ID)
	}
	if _, leads := r.Departments[n.ID]; leads || slices.ContainsFunc(before, func(o Named) bool { return o.ID == n.ID }) {
		ps.Add(at, "department %q is there twice", n.ID)
	}
	for _, s := range n.Strands {
		if strands[s] == 0 {
			ps.Add(at, "department %q: no strand %q%s", n.ID, s, refusal.Nearest(s, slices.Collect(maps.Keys(strands))))
		}
	}
	for i, a := range n.Actions {
		if !actionID.MatchString(a.ID) || a.Text == "" {
			ps.Add(at, "department %q: action %q: want a number such as 1.9, and what it is", n.ID, a.ID)
		} else if slices.ContainsFunc(n.Actions[:i], func(o Action) bool { return o.ID == a.ID }) {
			ps.Add(at, "department %q: action %q is there twice", n.ID, a.ID)
		}
	}
	if len(n.Strands) == 0 && len(n.Actions) == 0 {
		ps.Add(at, "department %q: want the actions that name it, or the strands", n.ID)
	}
	return ps
}
