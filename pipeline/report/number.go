package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// Count writes a whole number with commas between the thousands.
func Count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// Plural writes a count and its noun.
func Plural(n int, noun string) string { return Count(int64(n)) + " " + refusal.Noun(n, noun) }

// kind is the table's row of a figure's or change's statistic.
func kind(statistic string) *indicator.StatisticRow { return indicator.Statistic(statistic).Row() }

func fixed(x float64, places int) string {
	if math.IsNaN(x) {
		return "-"
	}
	return strconv.FormatFloat(indicator.Round(x, places), 'f', places, 64)
}

// standardError is an error with the digits that it is published with: at least two
// decimals, but of a total that is whole none.
func standardError(x float64, statistic string) string {
	if math.IsNaN(x) {
		return "-"
	}
	_, fraction, _ := strings.Cut(strconv.FormatFloat(x, 'f', -1, 64), ".")
	if s := indicator.Statistic(statistic); fraction == "" && (s == indicator.Total || s == indicator.Count) {
		return large(x, 0)
	}
	return large(x, max(2, len(fraction)))
}

// value is a figure's value with its sign and symbol, or its status in
// brackets.
func value(f release.Figure) string { return valueTo(f, places(f)) }

// FigureAndLimits is a figure for a reader, with the limits of its interval where it has one:
// "38.1% (36.2 to 39.9)".
func FigureAndLimits(f release.Figure) string {
	text := figureOf(f)
	if f.Status == "" && !math.IsNaN(f.Lower) {
		text += " (" + large(f.Lower, places(f)) + " to " + large(f.Upper, places(f)) + ")"
	}
	return text
}

// valueTo is that with so many decimals.
func valueTo(f release.Figure, places int) string {
	of := kind(f.Statistic)
	switch {
	case f.Status != "":
		return "[" + f.Status + "]"
	case of.Signed && f.Value > 0:
		return "+" + fixed(f.Value, places) + of.Symbol
	}
	return large(f.Value, places) + of.Symbol
}

// places are the decimals that a reader is shown of figures together.
func places(figures ...release.Figure) int {
	most := 0
	for _, f := range figures {
		if f.Status == "" {
			most = max(most, decimals(f.Statistic, f.Value, f.Source.Return() && math.IsNaN(f.SE)))
		}
	}
	return most
}

// decimals are those that a reader is shown of a number: none of a total that is
// whole, and of what is without an error those that are published.
func decimals(statistic string, x float64, exact bool) int {
	switch {
	case statistic == string(indicator.Total) && x == math.Trunc(x):
		return 0
	case exact && !math.IsNaN(x):
		_, fraction, _ := strings.Cut(strconv.FormatFloat(x, 'f', -1, 64), ".")
		return len(fraction)
	}
	return kind(statistic).Decimals
}

// large is a number of so many decimals, with commas between its thousands.
func large(x float64, places int) string {
	whole, fraction, _ := strings.Cut(fixed(x, places), ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	switch {
	case err != nil || len(whole) < 4: // no number, or beyond what a count holds
		return fixed(x, places)
	case fraction == "":
		return Count(n)
	}
	return Count(n) + "." + fraction
}

func interval(low, high float64, statistic string) string {
	if math.IsNaN(low) || math.IsNaN(high) {
		return "-"
	}
	places := kind(statistic).Decimals
	return large(low, places) + " to " + large(high, places)
}

func base(n int64) string {
	if n == release.Withheld {
		return "-"
	}
	return Count(n)
}

// p is a p-value as reports print it.
func p(x float64) string {
	switch {
	case math.IsNaN(x):
		return "-"
	case x < 0.001:
		return "< 0.001"
	}
	return fixed(x, 3)
}

// Moved tells a change in words: "down 4.8 points (3.0 to 6.7 points down),
// p < 0.001: lower". The words for its reason, where it has one, are given.
func Moved(c release.Change, reason string) string {
	if math.IsNaN(c.Change) {
		words := c.Verdict
		if reason != "" {
			words += ": " + reason
		}
		return words
	}
	words := Direction(c)
	if math.IsNaN(c.Lower) {
		if reason != "" {
			return words + ": " + c.Verdict + ", " + reason
		}
		return words + ": " + c.Verdict
	}
	sign := "p = "
	if c.P < 0.001 {
		sign = "p "
	}
	return fmt.Sprintf("%s (%s), %s%s: %s", words, span(c), sign, p(c.P), c.Verdict)
}

// Direction is a change without its error: "down 4.8 points".
func Direction(c release.Change) string {
	words := step(c)
	if words == "-" {
		return words
	}
	return words + points(c.Statistic)
}

// step is a change without its unit: "down 4.8".
func step(c release.Change) string {
	size := large(math.Abs(c.Change), decimals(c.Statistic, c.Change, c.Source.Return() && math.IsNaN(c.SE)))
	switch {
	case math.IsNaN(c.Change):
		return "-"
	case strings.Trim(size, "0.") == "": // which is not to say that nothing changed
		return size
	}
	return way(c.Change) + " " + size
}

// span is a change's interval in words, the smaller change first.
func span(c release.Change) string {
	places, of := kind(c.Statistic).Decimals, points(c.Statistic)
	low, high := large(math.Abs(c.Lower), places), large(math.Abs(c.Upper), places)
	switch {
	case c.Lower > 0:
		return low + " to " + high + of + " up"
	case c.Upper < 0:
		return high + " to " + low + of + " down"
	}
	return low + of + " down to " + high + " up"
}

func way(x float64) string {
	if x < 0 {
		return "down"
	}
	return "up"
}

// points is what a change is counted in, after its number; "" for none.
func points(statistic string) string {
	if step := kind(statistic).Step; step != "" {
		return " " + step
	}
	return ""
}
