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
	"math/bits"
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
	Untold   string // What under a disclosure policy, where it is another (Private)
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
	ps.AddHint("", where, format, args...)
}

// AddHint appends a problem of kind Data with what to do about it.
func (ps *Problems) AddHint(hint, where, format string, args ...any) {
	ps.AddRemedy(AsHinted, hint, where, format, args...)
}

// AddVariable appends a problem of kind Data of the values of one variable.
func (ps *Problems) AddVariable(variable, hint, where, format string, args ...any) {
	*ps = append(*ps, Problem{Kind: Data, Where: where, What: fmt.Sprintf(format, args...), Hint: hint, Variable: variable})
}

// AddRemedy appends a problem of kind Data with what to do about it, which a
// caller may say in its own words.
func (ps *Problems) AddRemedy(remedy Remedy, hint, where, format string, args ...any) {
	what, untold := Said(format, args...)
	*ps = append(*ps, Problem{Kind: Data, Where: where, What: what, Untold: untold, Hint: hint, Remedy: remedy})
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

// First returns at most most problems of each file, in the order of all, and of
// each that has more how many.
func (ps Problems) First(most int) Problems {
	of := func(p Problem) string {
		file, _ := place(p.Where)
		file, _, _ = strings.Cut(file, ": ")
		return file
	}
	left, kind := map[string]int{}, map[string]Kind{}
	for _, p := range ps {
		left[of(p)]++
		kind[of(p)] = max(kind[of(p)], p.Kind)
	}
	var first Problems
	told := map[string]int{}
	for _, p := range ps {
		file := of(p)
		switch told[file]++; {
		case told[file] <= most:
			first = append(first, p)
		case told[file] == left[file]:
			first = append(first, Problem{Kind: kind[file], Where: file, What: "and " + Count(left[file]-most, "more problem")})
		}
	}
	return first
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
// a third of the name's length away. Of several as near it is the first in order.
// It compares few of many candidates letter by letter: those whose lengths and
// letters are near.
func Nearest[S ~string](name S, candidates []S) string {
	folded := strings.ToLower(string(name))
	best, bestDistance := S(""), max(1, len(name)/3)+1
	letters := lettersOf(folded)
	for _, c := range candidates {
		most, other := bestDistance-1, strings.ToLower(string(c))
		if best != "" && c < best {
			most = bestDistance
		}
		if abs(len(folded)-len(other)) > most || lacking(letters, lettersOf(other)) > most {
			continue
		}
		if d := distance(folded, other, most); d <= most {
			best, bestDistance = c, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// lettersOf is the set of a text's bytes, a bit of those alike in their last five.
func lettersOf(text string) uint32 {
	set := uint32(0)
	for i := range len(text) {
		set |= 1 << (text[i] & 31)
	}
	return set
}

// lacking is how many letters one set has beyond another at most: as many are to
// be replaced, deleted or inserted at least.
func lacking(a, b uint32) int { return max(bits.OnesCount32(a&^b), bits.OnesCount32(b&^a)) }

func abs(n int) int { return max(n, -n) }

// Distance is the number of bytes to insert, delete, replace or swap with the
// next to get from a to b.
func Distance(a, b string) int { return distance(a, b, len(a)+len(b)) }

// distance is the number of bytes to insert, delete, replace or swap with the
// next to get from a to b (Damerau's distance, each byte touched once), or more
// than most where it is more.
func distance(a, b string, most int) int {
	if abs(len(a)-len(b)) > most {
		return most + 1
	}
	var room [3 * 48]int
	rows, n := room[:], len(b)+1
	if 3*n > len(rows) {
		rows = make([]int, 3*n)
	}
	before, last, row := rows[:n], rows[n:2*n], rows[2*n:3*n]
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		// A place further from the diagonal is more than most away.
		from, to := max(0, i-most), min(len(b), i+most+1)
		row[from] = most + 1
		if from == 0 {
			row[0] = i + 1
		}
		least := row[from]
		for j := from; j < to; j++ {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			d := min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				d = min(d, before[j-1]+1)
			}
			row[j+1] = d
			least = min(least, d)
		}
		if least > most { // and a swap that it begins is so too
			return most + 1
		}
		if to < len(b) {
			row[to+1] = most + 1
		}
		before, last, row = last, row, before
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

// NoFile says what is in the place of a file, or "" where a file is: what else may
// be read without an end, or not before somebody writes.
func NoFile(mode fs.FileMode) string {
	if mode.IsRegular() {
		return ""
	}
	return FileKind(mode)
}

// FileKind says in words what a file system has in some place.
func FileKind(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return "a file"
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeSymlink != 0:
		return "a link"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "no regular file"
}

// Count is how many there are of a noun, in words: "1 field", "2 fields".
func Count(n int, noun string) string { return strconv.Itoa(n) + " " + Noun(n, noun) }

// Noun is a noun of that many: as English has it, unless there is one of it.
func Noun(n int, noun string) string {
	if n == 1 {
		return noun
	}
	if stem, latin := strings.CutSuffix(noun, "um"); latin { // stratum
		return stem + "a"
	}
	if stem, y := strings.CutSuffix(noun, "y"); y && !strings.HasSuffix(stem, "e") { // entry, but survey
		return stem + "ies"
	}
	return noun + "s"
}
