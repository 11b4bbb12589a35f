package pipeline

import (
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/table"
)

// A Band makes categories of a variable of numbers: each begins at one of From,
// which rise, and ends below the next. Numbers below the first are missing.
type Band struct {
	Variable string
	From     []float64
}

// field reads a column as the question means it.
func (q *Question) field(c *table.Column) *field {
	f := newField(c, q.Missing)
	for _, b := range q.Bands {
		if f.numeric && strings.EqualFold(b.Variable, f.name) {
			return f.banded(b.From)
		}
	}
	return f
}

// banded is a field of numbers in bands. Its values stay numbers, for those
// below the first band too.
func (f *field) banded(from []float64) *field {
	made := *f
	made.numeric, made.codes, made.labels = false, nil, nil
	fraction := func(x float64) bool { return x != math.Trunc(x) }
	whole := !slices.ContainsFunc(from, fraction) && !slices.ContainsFunc(f.values, func(x float64) bool { return fraction(x) && !math.IsNaN(x) })
	bandOf := func(x float64) int { // the last that begins at it or below, or -1
		at, begins := slices.BinarySearch(from, x)
		if begins {
			return at
		}
		return at - 1
	}
	met := make([]bool, len(from))
	for row := range f.values {
		if f.code[row] >= 0 {
			if at := bandOf(f.values[row]); at >= 0 {
				met[at] = true
			}
		}
	}
	place := make([]int32, len(from)) // of each band among the codes
	for i, low := range from {
		if !met[i] {
			continue
		}
		place[i] = int32(len(made.codes))
		code := codebook.Spell(low)
		switch {
		case i == len(from)-1:
			code += "-over"
		case !whole:
			code += "-under-" + codebook.Spell(from[i+1])
		case from[i+1] > low+1:
			code += "-" + codebook.Spell(from[i+1]-1)
		}
		made.codes, made.labels = append(made.codes, code), append(made.labels, "")
	}
	made.code = slices.Clone(f.code)
	for row, code := range f.code {
		if code < 0 {
			continue
		}
		made.code[row] = -1
		if at := bandOf(f.values[row]); at >= 0 {
			made.code[row] = place[at]
		}
	}
	return &made
}
