package question

import (
	"fmt"
	"slices"
	"strings"

	"togetherwecan/pipeline/refusal"
)

// Named are the faults of the lets that their names and order have: a name that is the
// file's or another let's, a variable that nobody knows, or one that is made later.
func (q *Question) Named(file []string) refusal.Problems {
	var ps refusal.Problems
	has := func(names []string, name string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
	}
	var before []string
	known := slices.Concat(file, q.commons())
	for i, l := range q.Lets {
		wrong := func(format string, args ...any) {
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: l.Flag, What: fmt.Sprintf(format, args...)})
		}
		switch {
		case l.Condition:
		case has(file, l.Name):
			wrong("%s is a variable of the file, want another name", l.Name)
		case has(before, l.Name):
			wrong("%s twice, want each name once", l.Name)
		}
		var later []string
		for _, other := range q.Lets[i:] {
			if !has(known, other.Name) && !has(before, other.Name) {
				later = append(later, other.Name)
			}
		}
		for _, name := range l.Variables() {
			if has(later, name) {
				wrong("%s is made of %s, want one that is made before it", l.Name, name)
			}
		}
		for _, f := range l.Unknown(slices.Concat(known, before), later) {
			ps = append(ps, f.Problem(refusal.Usage, l.Flag))
		}
		before = append(before, l.Name)
	}
	return ps
}

// commons are the common variables that the wave gives.
func (q *Question) commons() []string {
	if q.Wave == nil {
		return nil
	}
	return slices.DeleteFunc(q.Wave.Book.Names(), func(name string) bool { _, given := q.Common(name); return !given })
}

// OfLets says whether the question takes the variable of a name for its lets alone.
func (q *Question) OfLets(name string) bool {
	has := func(names []string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
	}
	categories, numbers := q.Variables()
	return has(q.Inputs()) && !has(categories) && !has(numbers) && !has(q.Crosswalk().RawNames())
}

// Inputs lists the variables that lets are made of, those that are made themselves
// among them.
func (q *Question) Inputs() []string {
	var names []string
	for _, l := range q.Lets {
		names = append(names, l.Variables()...)
	}
	return names
}
