package report

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// Count writes a whole number with commas between the thousands.
func Count(n int64) string {
	return Thousands(strconv.FormatInt(n, 10))
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
	places := fraction(x)
	if s := indicator.Statistic(statistic); places > 0 || s != indicator.Total && s != indicator.Count {
		places = max(2, places)
	}
	return large(x, places)
}

// digits are the most decimals that an indicator's definition gives a value.
type digits int

// digitsOf are those of an indicator by its entry, which is nil where a release has none.
func digitsOf(entry *release.Indicator) digits {
	if entry == nil {
		return indicator.Decimals
	}
	return digits(entry.Decimals)
}

// value is a figure's value with its sign and symbol, or its status in
// brackets.
func (d digits) value(f release.Figure) string { return valueTo(f, d.places(f)) }

// FigureAndLimits is a figure of an indicator for a reader, with the limits of its interval
// where it has one: "38.1% (36.2 to 39.9)".
func FigureAndLimits(entry release.Indicator, f release.Figure) string {
	d := digits(entry.Decimals)
	text := d.figure(f)
	if places := d.places(f); f.Status == "" && !math.IsNaN(f.Lower) {
		text += " (" + large(f.Lower, places) + " to " + large(f.Upper, places) + ")"
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
func (d digits) places(figures ...release.Figure) int {
	most := 0
	for _, f := range figures {
		if f.Status == "" {
			most = max(most, d.decimals(f.Statistic, f.Source, f.SE, f.Value), d.small(f))
		}
	}
	return most
}

// small is how many decimals show two digits of the error of a survey's mean or ratio that
// its statistic's decimals would leave one digit of or none: no more than it was published
// with, and than the definition says; 0 of any other figure.
func (d digits) small(f release.Figure) int {
	of := kind(f.Statistic)
	if !of.Number || f.Source.Return() || !(math.Abs(f.Value) < math.Pow10(1-of.Decimals)) || !(f.SE > 0) {
		return 0
	}
	return min(Decimals(f.Value), Places(f.Value, f.SE)-1, int(d))
}

// moved are those of a change.
func (d digits) moved(c release.Change) int {
	return d.decimals(c.Statistic, c.Source, c.SE, c.Change)
}

// decimals are those that a reader is shown of a number with an error: none of a total
// that is whole; of a return's as many as its definition says, or where it says none and
// there is no error those that are published; of a survey's those of its statistic, and
// no more than the definition says.
func (d digits) decimals(statistic string, source codebook.SourceID, se, x float64) int {
	said, of := d < indicator.Decimals, kind(statistic).Decimals
	switch {
	case statistic == string(indicator.Total) && x == math.Trunc(x):
		return 0
	case source.Return() && said:
		return int(d)
	case source.Return() && math.IsNaN(se) && !math.IsNaN(x):
		return fraction(x)
	}
	return min(of, int(d))
}

// fraction is how many decimals a number has; 0 of what is none.
func fraction(x float64) int {
	_, decimals, _ := strings.Cut(strconv.FormatFloat(x, 'f', -1, 64), ".")
	return len(decimals)
}

// large is a number of so many decimals, with commas between its thousands.
func large(x float64, places int) string {
	return Thousands(fixed(x, places))
}

// Thousands puts commas between the thousands of a number that is written without an exponent.
func Thousands(number string) string {
	digits := strings.TrimPrefix(number, "-")
	sign := number[:len(number)-len(digits)]
	whole, fraction, point := strings.Cut(digits, ".")
	if strings.ContainsFunc(whole+fraction, func(r rune) bool { return r < '0' || r > '9' }) {
		return number
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if point {
		whole += "."
	}
	return sign + whole + fraction
}

func interval(low, high float64, places int) string {
	if math.IsNaN(low) || math.IsNaN(high) {
		return "-"
	}
	return large(low, places) + " to " + large(high, places)
}

func base(n int64) string {
	if n == release.Withheld {
		return "-"
	}
	return Count(n)
}

// p is a p-value as reports print it.
func p(x float64) string { return cmp.Or(Probability(x), "-") }

// told tells a change in words: "down 4.8 points (3.0 to 6.7 points down),
// p < 0.001: lower". The words for its reason, where it has one, are given.
func (d digits) told(c release.Change, reason string) string {
	if math.IsNaN(c.Change) {
		words := c.Verdict
		if reason != "" {
			words += ": " + reason
		}
		return words
	}
	words := d.direction(c)
	if math.IsNaN(c.Lower) {
		if reason != "" {
			return words + ": " + c.Verdict + ", " + reason
		}
		return words + ": " + c.Verdict
	}
	return fmt.Sprintf("%s (%s), p %s: %s", words, d.span(c), pair(c.P), c.Verdict)
}

// direction is a change without its error: "down 4.8 points".
func (d digits) direction(c release.Change) string {
	words := d.step(c)
	if words == "-" {
		return words
	}
	return words + points(c.Statistic)
}

// step is a change without its unit: "down 4.8".
func (d digits) step(c release.Change) string {
	size := large(math.Abs(c.Change), d.moved(c))
	switch {
	case math.IsNaN(c.Change):
		return "-"
	case strings.Trim(size, "0.") == "": // which is not to say that nothing changed
		return size
	}
	return way(c.Change) + " " + size
}

// span is a change's interval in words, the smaller change first.
func (d digits) span(c release.Change) string {
	places, of := d.moved(c), points(c.Statistic)
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
