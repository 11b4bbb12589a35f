package report

import (
	"math"
	"slices"
	"strconv"

	"togetherwecan/pipeline/release"
)

// Places is how many decimals show three digits of an error, or where there is
// none five of the value: at most mostPlaces.
func Places(value, se float64) int {
	digits := func(x float64, n int) int { return n - 1 - int(math.Floor(math.Log10(math.Abs(x)))) }
	switch {
	case se > 0:
		return min(max(digits(se, 3), 0), mostPlaces)
	case value != 0 && !math.IsNaN(value):
		return min(max(digits(value, 5), 0), mostPlaces)
	}
	return 0
}

// MostPlaces is how many decimals show three digits of the error of each value,
// or where none has one five of each value.
func MostPlaces(values, errors []float64) int {
	places := 0
	known := slices.ContainsFunc(errors, func(se float64) bool { return se > 0 })
	for i, se := range errors {
		if se > 0 || !known {
			places = max(places, Places(values[i], se))
		}
	}
	return places
}

// RatioPlaces is how many decimals show two digits of the error of a ratio, from
// that of its logarithm, and at least 2.
func RatioPlaces(ratio, se float64) int { return max(Places(ratio, ratio*se)-1, 2) }

// Plain is a number with a number of decimals, "" where there is none.
func Plain(x float64, places int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return ""
	}
	switch size := math.Abs(x); {
	case size >= mostPlain:
		return strconv.FormatFloat(x, 'g', 6, 64)
	case places >= mostPlaces && size > 0 && size < leastPlain:
		return strconv.FormatFloat(x, 'e', 3, 64)
	}
	return strconv.FormatFloat(x, 'f', places, 64)
}

// mostPlain is from where on a number has an exponent: it has more digits before its
// point than a float64 knows.
const mostPlain = 1e15

// mostPlaces is how many decimals a number is shown with at most; one that is below leastPlain
// then has an exponent, so that it is not shown as 0.
const (
	mostPlaces = 12
	leastPlain = 1e-9
)

// Decimals is how many a number has, of its first twelve digits; 0 of what is none.
func Decimals(x float64) int {
	settled, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 12, 64), 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return fraction(settled)
}

// Freedom is degrees of freedom, "" where there are none.
func Freedom(df float64) string {
	if math.IsInf(df, 1) {
		return "∞"
	}
	if math.IsNaN(df) || df != math.Trunc(df) {
		return Plain(df, 2)
	}
	return Count(int64(df))
}

// Range is a range of numbers, "" where there is none.
func Range(lower, upper float64, places int) string {
	if math.IsNaN(lower) {
		return ""
	}
	return Plain(lower, places) + " to " + Plain(upper, places)
}

// CommonRatioPlaces is with how many decimals the ratios of a model stand below each other:
// the fewest, and at least 2, with which no limit reads as 1 or as the other limit of its
// interval, but for the intercept's, and no more than the finest of them has by itself.
func CommonRatioPlaces(of []release.Coefficient) int {
	most := 2
	for _, c := range of {
		if c.Term != "" && !math.IsNaN(c.Ratio) {
			most = max(most, RatioPlaces(c.Ratio, c.SE))
		}
	}
	for places := 2; places < most; places++ {
		if !slices.ContainsFunc(of, func(c release.Coefficient) bool {
			lower, upper, one := Plain(c.RatioLower, places), Plain(c.RatioUpper, places), Plain(1, places)
			return c.Term != "" && !math.IsNaN(c.RatioLower) && (lower == upper || lower == one || upper == one)
		}) {
			return places
		}
	}
	return most
}

// Ratio is a ratio with a number of decimals: from 10 on no more than 2, and one that would
// be shown as 0, which no ratio is, is said to be less than what is shown.
func Ratio(x float64, places int) string {
	if least := math.Pow10(-places); x < least/2 {
		return "< " + Plain(least, places)
	}
	if x >= 10 {
		return Plain(x, min(places, 2))
	}
	return Plain(x, places)
}

// RatioRange is a range of ratios, "" where there is none.
func RatioRange(lower, upper float64, places int) string {
	if math.IsNaN(lower) {
		return ""
	}
	return Ratio(lower, places) + " to " + Ratio(upper, places)
}

// leastP is the least p-value that a person is told: a smaller one is said to be less.
const leastP = 0.001

// Probability is a p-value as people read it, "" where there is none.
func Probability(p float64) string {
	switch {
	case math.IsNaN(p):
		return ""
	case p < leastP:
		return "< " + fixed(leastP, 3)
	}
	return fixed(p, 3)
}
