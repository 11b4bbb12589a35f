package model

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
)

// A Variable is what the respondents said: numbers, NaN where missing, or else
// categories, "" where missing.
type Variable struct {
	Numbers    []float64
	Categories []string
	Order      []string            // of the categories; those that it lacks, or all, are in the order of their bytes
	Labels     []codebook.Category // of categories that have one
}

// place is which of some categories a code is, or the label of one; -1 for none.
func (v Variable) place(codes []string, code string) int {
	if at := slices.Index(codes, code); at >= 0 {
		return at
	}
	if x, err := strconv.ParseFloat(code, 64); err == nil {
		for at, c := range codes {
			if y, err := strconv.ParseFloat(c, 64); err == nil && x == y {
				return at
			}
		}
	}
	found := -1
	for _, l := range v.Labels {
		if at := slices.Index(codes, l.Code); l.Label == code && at >= 0 {
			if found >= 0 { // of two
				return -1
			}
			found = at
		}
	}
	return found
}

// missing says for whom there is no value.
func (v Variable) missing(i int) bool {
	if v.Numbers != nil {
		return math.IsNaN(v.Numbers[i])
	}
	return v.Categories[i] == ""
}

// coded numbers the categories that occur among the respondents within: their
// labels in order, and of each respondent the number, -1 for those who have
// none and those not within. Numbers as categories are in the order of size.
func (v Variable) coded(in []bool) (labels []string, code []int32) {
	n := len(v.Categories)
	if v.Numbers != nil {
		n = len(v.Numbers)
	}
	code = make([]int32, n)
	counts := func(i int) bool {
		code[i] = -1
		return (in == nil || in[i]) && !v.missing(i)
	}
	if v.Numbers != nil {
		var values []float64
		for i, x := range v.Numbers {
			if counts(i) {
				values = append(values, x+0) // -0 is 0
			}
		}
		slices.Sort(values)
		values = slices.Compact(values)
		for _, x := range values {
			labels = append(labels, strconv.FormatFloat(x, 'g', -1, 64))
		}
		for i, x := range v.Numbers {
			if counts(i) {
				at, _ := slices.BinarySearch(values, x)
				code[i] = int32(at)
			}
		}
		return labels, code
	}
	number := map[string]int32{}
	for i, label := range v.Categories {
		if counts(i) {
			number[label] = 0
		}
	}
	place := func(label string) int {
		at := slices.Index(v.Order, label)
		if at < 0 {
			return len(v.Order)
		}
		return at
	}
	for label := range number {
		labels = append(labels, label)
	}
	slices.SortFunc(labels, func(a, b string) int { return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b)) })
	for at, label := range labels {
		number[label] = int32(at)
	}
	for i, label := range v.Categories {
		if counts(i) {
			code[i] = number[label]
		}
	}
	return labels, code
}

// distinct numbers the values of those within in the order in which they are met, and says
// how many there are: nil where there are more than most. A missing value is one.
func (v Variable) distinct(in []bool, most int) (code []int32, values int) {
	if v.Numbers != nil {
		return numbered(v.Numbers, in, most, math.Float64bits)
	}
	return numbered(v.Categories, in, most, func(label string) string { return label })
}

func numbered[V any, K comparable](values []V, in []bool, most int, key func(V) K) ([]int32, int) {
	code, number := make([]int32, len(values)), map[K]int32{}
	for i, v := range values {
		if !in[i] {
			continue
		}
		at, met := number[key(v)]
		if !met {
			if at = int32(len(number)); len(number) == most {
				return nil, 0
			}
			number[key(v)] = at
		}
		code[i] = at
	}
	return code, len(number)
}

// of is the variable of some respondents alone.
func (v Variable) of(rows []int32) Variable {
	made := v
	if v.Numbers != nil {
		made.Numbers = design.Pick(v.Numbers, rows)
	} else {
		made.Categories = design.Pick(v.Categories, rows)
	}
	return made
}

func (v Variable) respondents() int { return max(len(v.Numbers), len(v.Categories)) }
