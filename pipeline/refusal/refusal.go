// Package refusal holds the reasons for which a run stops: where, what was
// found and what was wanted, and what to do about it.
//
// A step reports every problem that it can find, not the first, so that an
// analyst mends an extract once. Problems sort by place, whatever the order
// in which they were found.
package refusal

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// A Kind says which contract a problem breaks. Its value is the exit status
// of the command.
type Kind int

// The kinds of problem.
const (
	Data        Kind = 1 // an extract or the catalogue is refused
	Usage       Kind = 2 // the command was called wrongly
	Succession  Kind = 3 // a release may not follow, or may not be published
	Running     Kind = 4 // another run is publishing to the store, or did meanwhile
	Integrity   Kind = 5 // what is stored is not what was sealed
	Interrupted Kind = 6 // a run was cut off as it published, and the next one finishes what it began
	Disk        Kind = 7 // the store cannot be read or written
)

// A Remedy says which way out a hint names, where a caller names it in its own
// words: a flag for a crosswalk's key.
type Remedy int

// The remedies. Most hints are in no need of other words.
const (
	AsHinted     Remedy = iota
	LonelyPolicy        // choose what becomes of a stratum with one PSU
)

// A Problem is one reason to stop. Where is a place that the reader can open
// (a file, file:line, or file and variable); What says what was found and
// what was wanted, in lower case with no full stop; Hint says what to do.
// Variable is the one of an extract whose values alone cannot be read, so that
// the extract can be read without it; "" in any other problem.
type Problem struct {
	Kind  Kind
	Where string
	What  string
	Hint  string

	Remedy   Remedy
	Variable string
}

func (p Problem) Error() string {
	if p.Where == "" {
		return p.What
	}
	return p.Where + ": " + p.What
}

// Problems is a set of problems, reported together.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Add appends a problem of kind Data.
func (ps *Problems) Add(where, format string, args ...any) {
	*ps = append(*ps, Problem{Kind: Data, Where: where, What: fmt.Sprintf(format, args...)})
}

// AddHint appends a problem of kind Data with what to do about it.
func (ps *Problems) AddHint(hint, where, format string, args ...any) {
	*ps = append(*ps, Problem{Kind: Data, Where: where, What: fmt.Sprintf(format, args...), Hint: hint})
}

// AddVariable appends a problem of kind Data of the values of one variable.
func (ps *Problems) AddVariable(variable, hint, where, format string, args ...any) {
	*ps = append(*ps, Problem{Kind: Data, Where: where, What: fmt.Sprintf(format, args...), Hint: hint, Variable: variable})
}

// AddRemedy appends a problem of kind Data with what to do about it, which a
// caller may say in its own words.
func (ps *Problems) AddRemedy(remedy Remedy, hint, where, format string, args ...any) {
	*ps = append(*ps, Problem{Kind: Data, Where: where, What: fmt.Sprintf(format, args...), Hint: hint, Remedy: remedy})
}

// OneOf says whether a word is of a closed vocabulary, and adds a problem where
// it is not; what says what the word is.
func (ps *Problems) OneOf(where, what, word string, vocabulary []string) bool {
	if slices.Contains(vocabulary, word) {
		return true
	}
	ps.Add(where, "%s %q, want one of %s%s", what, word, strings.Join(vocabulary, ", "), Nearest(word, vocabulary))
	return false
}

// Err returns nil where there is no problem; otherwise the problems sorted by
// place and text, each once: within a file by line.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	sorted := slices.Clone(ps)
	slices.SortStableFunc(sorted, func(a, b Problem) int {
		fileA, lineA := place(a.Where)
		fileB, lineB := place(b.Where)
		return cmp.Or(cmp.Compare(fileA, fileB), cmp.Compare(lineA, lineB), cmp.Compare(a.What, b.What),
			cmp.Compare(a.Hint, b.Hint), cmp.Compare(a.Kind, b.Kind))
	})
	return slices.Compact(sorted)
}

// place splits "file:line"; any other place has line 0.
func place(where string) (file string, line int) {
	if i := strings.LastIndexByte(where, ':'); i >= 0 {
		if n, err := strconv.Atoi(where[i+1:]); err == nil {
			return where[:i], n
		}
	}
	return where, 0
}

// Of returns the problems in err: its own if it holds some, or err as one
// problem of the given kind. It returns nil for nil.
func Of(err error, kind Kind) Problems {
	if err == nil {
		return nil
	}
	var ps Problems
	if errors.As(err, &ps) {
		return ps
	}
	var p Problem
	if errors.As(err, &p) {
		return Problems{p}
	}
	return Problems{{Kind: kind, What: err.Error()}}
}

// Nearest returns `; did you mean "x"?` for the candidate nearest to name by
// edit distance, without regard to case, or "" when none is near: more than
// a third of the name's length away.
func Nearest[S ~string](name S, candidates []S) string {
	best, bestDistance := S(""), max(1, len(name)/3)+1
	for _, c := range slices.Sorted(slices.Values(candidates)) {
		if d := Distance(strings.ToLower(string(name)), strings.ToLower(string(c))); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// Distance is the number of bytes to insert, delete, replace or swap with the
// next to get from a to b (Damerau's distance, each byte touched once).
func Distance(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}

// Reason is an error of the system without the path that it is about, which
// the problem names in words of its own.
func Reason(err error) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// Count is how many there are of a noun, in words: "1 field", "2 fields".
func Count(n int, noun string) string { return strconv.Itoa(n) + " " + Noun(n, noun) }

// Noun is a noun of that many: with an s unless there is one of it.
func Noun(n int, noun string) string {
	if n == 1 {
		return noun
	}
	if stem, latin := strings.CutSuffix(noun, "um"); latin { // stratum
		return stem + "a"
	}
	return noun + "s"
}
