package codebook

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"togetherwecan/pipeline/refusal"
)

// code is the form of every identifier of the catalogue.
var code = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// ValidCode says whether s has the form of an identifier of the catalogue:
// lower-case letters, digits and single hyphens.
func ValidCode(s string) bool { return code.MatchString(s) }

// Mistaken is what a program that guesses types takes a code for, where that is
// not text, and a code that it takes for text; "" for a code that is safe. A
// column of such codes reads as something else, or as empty.
func Mistaken(code string) (as, instead string) {
	_, err := strconv.ParseFloat(code, 64)
	switch {
	case slices.Contains([]string{"none", "null", "nil", "na", "n-a", "nan"}, code):
		return "no value", "no-religion"
	case slices.Contains([]string{"true", "false", "t", "f", "yes", "no", "y", "n", "on", "off"}, code):
		return "true or false", "a-victim"
	case err == nil:
		return "a number", "band-3"
	case date(code):
		return "a date", "5-to-9"
	}
	return "", ""
}

// CheckCode reports a code of a published column that Mistaken names.
func CheckCode(at, what, code string) refusal.Problems {
	var ps refusal.Problems
	if as, instead := Mistaken(code); as != "" {
		ps.Add(at, "%s %q: programs that guess types take it for %s, want a code such as %s", what, code, as, instead)
	}
	return ps
}

// CheckForm reports a code out of form; what says what it is.
func CheckForm(ps *refusal.Problems, at, what, code string) {
	if !ValidCode(code) {
		ps.Add(at, "%s %q: want lower-case letters, digits and single hyphens", what, code)
	}
}

// CheckEntry reports an entry of a list without a label, or whose code is out of
// form, was seen or is mistaken for something else; noun says what a code is called.
func CheckEntry(ps *refusal.Problems, at, what, noun, code, label string, seen map[string]bool) {
	if !ValidCode(code) || code == All || seen[code] || label == "" {
		ps.Add(at, "%s %q: want %s used once, of lower-case letters, digits and single hyphens, not %q, and a label", what, code, noun, All)
	}
	*ps = append(*ps, CheckCode(at, what, code)...)
	seen[code] = true
}

// CheckBreakdown reports the categories of a variable that may not be a column
// of figures: those that Mistaken names, among them yes and no.
func (v Variable) CheckBreakdown(at string) refusal.Problems {
	var ps refusal.Problems
	for _, c := range v.Categories {
		if c.Code == "yes" || c.Code == "no" { // Parse reports all others
			ps = append(ps, CheckCode(at, fmt.Sprintf("breakdown %q: category", v.Name), c.Code)...)
		}
	}
	return ps
}

// date says whether a program could take a code for a date: two numbers that
// could be a month and a day or year, or a month's name.
func date(code string) bool {
	first, second, pair := strings.Cut(code, "-")
	if month(first) {
		return true
	}
	a, err1 := strconv.Atoi(first)
	b, err2 := strconv.Atoi(second)
	if !pair || err1 != nil || err2 != nil {
		return false
	}
	month := func(n int) bool { return n >= 1 && n <= 12 }
	dayOrYear := func(n int) bool { return n >= 1 && n <= 31 || n >= 1900 }
	return month(a) && dayOrYear(b) || month(b) && dayOrYear(a)
}

// month says whether a program could take a word for a month.
func month(word string) bool {
	for _, layout := range []string{"Jan", "January"} {
		if _, err := time.Parse(layout, word); err == nil {
			return true
		}
	}
	return word == "sept"
}
