package plan

import (
	"cmp"
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
	ID   string `yaml:"id" json:"action"` // its number in the appendix, whose first digit is the strand's
	Text string `yaml:"text" json:"text"` // in this project's words
}

// actionID is the appendix's own numbering.
var actionID = regexp.MustCompile(`^[1-8]\.[1-9][0-9]?$`)

// Strand is the id of the strand that the action is of.
func (a Action) Strand() string { return a.ID[:1] }

// Shorts lists the departments of the plan by their short names, also those that lead
// nothing, sorted.
func (r *Register) Shorts() []string {
	shorts := slices.Collect(maps.Keys(r.Departments))
	for _, n := range r.Named {
		shorts = append(shorts, n.ID)
	}
	slices.Sort(shorts)
	return shorts
}

// Department is the name in full of a department by its short name, which is its name where
// the plan has no other.
func (r *Register) Department(short string) string {
	return cmp.Or(r.Departments[short], r.NamedOnly(short).Title, short)
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

// NamedOnly is what the plan says of a department that leads nothing; of another it is empty.
func (r *Register) NamedOnly(short string) Named {
	for _, n := range r.Named {
		if n.ID == short {
			return n
		}
	}
	return Named{}
}

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
