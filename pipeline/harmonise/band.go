package harmonise

import (
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
)

// A Band makes categories of a variable of numbers: each begins at one of From,
// which rise, and ends below the next. Numbers below the first are missing.
type Band struct {
	Variable string
	From     []float64
}

// Banded is a field of numbers in bands. Its values stay numbers, for those
// below the first band too.
func (f *Field) Banded(from []float64) *Field {
	made := *f
	made.Numeric, made.Codes, made.Labels = false, nil, nil
	fraction := func(x float64) bool { return x != math.Trunc(x) }
	whole := !slices.ContainsFunc(from, fraction) && !slices.ContainsFunc(f.Values, func(x float64) bool { return fraction(x) && !math.IsNaN(x) })
	bandOf := func(x float64) int { // the last that begins at it or below, or -1
		at, begins := slices.BinarySearch(from, x)
		if begins {
			return at
		}
		return at - 1
	}
	met := make([]bool, len(from))
	for row := range f.Values {
		if f.Code[row] >= 0 {
			if at := bandOf(f.Values[row]); at >= 0 {
				met[at] = true
			}
		}
	}
	place := make([]int32, len(from)) // of each band among the codes
	for i, low := range from {
		if !met[i] {
			continue
		}
		place[i] = int32(len(made.Codes))
		code := codebook.Spell(low)
		switch {
		case i == len(from)-1:
			code += "-over"
		case !whole:
			code += "-under-" + codebook.Spell(from[i+1])
		case from[i+1] > low+1:
			code += "-" + codebook.Spell(from[i+1]-1)
		}
		made.Codes, made.Labels = append(made.Codes, code), append(made.Labels, "")
	}
	made.Code = slices.Clone(f.Code)
	for row, code := range f.Code {
		if code < 0 {
			continue
		}
		made.Code[row] = -1
		if at := bandOf(f.Values[row]); at >= 0 {
			made.Code[row] = place[at]
		}
	}
	return &made
}
