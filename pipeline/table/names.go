package table

import (
	"fmt"
	"slices"
	"strings"
)

// Alike are variables of a file whose names are one name without regard to
// case, by that name in lower case: the names that they have in its table.
type Alike map[string][]string

// Distinct gives the variables of a file names that differ by more than case,
// in their order: their own, but for those that are alike, which have their
// places after it, from 1: sex_1 and SEX_4. Which names are given depends on
// nothing but the names. Notes tell of them.
func Distinct(names []string) (distinct []string, alike Alike, notes []string) {
	places := make(map[string][]int, len(names))
	several := false
	for i, name := range names {
		if name == "" {
			continue
		}
		folded := strings.ToLower(name)
		places[folded] = append(places[folded], i)
		several = several || len(places[folded]) > 1
	}
	if !several {
		return names, nil, nil
	}
	distinct, alike = slices.Clone(names), Alike{}
	taken := make(map[string]bool, len(names))
	for folded := range places {
		taken[folded] = true
	}
	for i, name := range names {
		folded := strings.ToLower(name)
		if len(places[folded]) < 2 {
			continue
		}
		made := fmt.Sprintf("%s_%d", name, i+1)
		for taken[strings.ToLower(made)] {
			made += "_"
		}
		taken[strings.ToLower(made)] = true
		distinct[i] = made
		if alike[folded] = append(alike[folded], made); len(alike[folded]) == len(places[folded]) && len(notes) < mostNotes {
			notes = append(notes, fmt.Sprintf("%d variables have the name %q but for case, and are %s here", len(alike[folded]), names[places[folded][0]], list(alike[folded], "and")))
		}
	}
	if more := len(alike) - len(notes); more > 0 {
		notes = append(notes, fmt.Sprintf("%d more names that several variables have", more))
	}
	return distinct, alike, notes
}

// Several says which variables a name stands for, where it stands for several,
// and how to name one of them; otherwise "".
func (a Alike) Several(name string) string {
	if found := a[strings.ToLower(name)]; found != nil {
		return fmt.Sprintf("%d variables have the name %q but for case: name %s", len(found), name, list(found, "or"))
	}
	return ""
}

// mostNotes is how many names are told, and mostListed how many variables of one.
const mostNotes, mostListed = 20, 10

func list(names []string, joined string) string {
	quoted := make([]string, 0, len(names))
	for _, name := range names[:min(len(names), mostListed)] {
		quoted = append(quoted, fmt.Sprintf("%q", name))
	}
	if more := len(names) - len(quoted); more > 0 {
		return strings.Join(quoted, ", ") + fmt.Sprintf(" %s %d more", joined, more)
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " " + joined + " " + quoted[last]
}
