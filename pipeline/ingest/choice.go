package ingest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// A Choice is of the variables of an extract, by names and patterns: those that
// are named, or for none all, without those that are excepted.
type Choice struct {
	Names  []string
	Except []string
}

// chosen returns the wanted names, nil for all.
func (s Source) chosen(c Choice, limits Limits) ([]string, error) {
	if len(c.Except) == 0 && !codebook.Patterns(c.Names) {
		if len(c.Names) == 0 {
			return nil, nil
		}
		return c.Names, nil
	}
	names, err := s.Names(limits)
	if err != nil {
		return nil, err
	}
	if len(c.Names) == 0 {
		c.Names = names
	}
	found, absent := codebook.Match(c.Names, names, "")
	except, unknown := codebook.Match(c.Except, names, "")
	for _, name := range except {
		if !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }) {
			unknown = append(unknown, name)
		}
	}
	if err := s.unknown(append(absent, unknown...), names).Err(); err != nil {
		return nil, err
	}
	is := table.Wanted(append([]string{}, except...))
	found = slices.DeleteFunc(slices.Clone(found), is)
	if len(found) == 0 {
		return nil, refusal.Problems{{Kind: refusal.Usage, Where: s.Called(), What: "no variable is left, want one or more"}}
	}
	return found, nil
}

// Names lists the variables of an extract, in its order.
func (s Source) Names(limits Limits) ([]string, error) {
	e, err := Scan(s, []string{}, limits, nil, func(*table.Table) error { return nil })
	if err != nil {
		return nil, err
	}
	return e.Names, nil
}

// unknown refuses names that a file does not have.
func (s Source) unknown(absent, names []string) refusal.Problems {
	var ps refusal.Problems
	for _, name := range absent {
		ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: s.Called(), What: fmt.Sprintf("no variable %q%s", name, refusal.Nearest(name, names))})
	}
	return ps
}

// readable reads the variables of a choice, and again without those of which
// read says that their values alone cannot be read, unless they are named.
// Notes tell which were left out, and why.
func (s Source) readable(c Choice, limits Limits, read func(want []string) error) (notes []string, err error) {
	want, err := s.chosen(c, limits)
	if err != nil {
		return nil, err
	}
	for {
		fault := read(want)
		if fault == nil {
			return notes, nil
		}
		out := leftOut(fault)
		if len(out) == 0 || len(c.Names) > 0 {
			return nil, fault
		}
		if want == nil {
			if want, err = s.Names(limits); err != nil {
				return nil, err
			}
		}
		left := slices.DeleteFunc(slices.Clone(want), func(name string) bool { return out[name] != "" })
		if len(left) == 0 || len(left) == len(want) {
			return nil, fault
		}
		for _, name := range want {
			if why := out[name]; why != "" {
				notes = append(notes, fmt.Sprintf("variable %q is left out, because it cannot be read: %s", name, why))
			}
		}
		want = left
	}
}

// leftOut are the variables that problems are of, with the first of each; none
// where some problem is not of one variable alone.
func leftOut(err error) map[string]string {
	var ps refusal.Problems
	if !errors.As(err, &ps) {
		return nil
	}
	out := map[string]string{}
	for _, p := range ps {
		if p.Variable == "" {
			return nil
		}
		if out[p.Variable] == "" {
			out[p.Variable] = p.What
		}
	}
	return out
}
