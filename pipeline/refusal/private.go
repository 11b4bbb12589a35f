package refusal

import (
	"fmt"
	"io"
)

// Private is what a problem says of respondents: how many they are, or a category or value
// that some have or nobody has. Where a disclosure policy withholds such, Instead is said.
type Private struct {
	Of      any
	Instead string
}

// Format implements fmt.Formatter: it is told as what it is of.
func (p Private) Format(f fmt.State, verb rune) { fmt.Fprintf(f, fmt.FormatString(f, verb), p.Of) }

// Respondents are so many, in words.
func Respondents(n int) Private { return Private{Count(n, "respondent"), "some respondents"} }

// Many is a number of them.
func Many(n int) Private { return Private{n, "some"} }

// Said is a text, and what is said instead under a disclosure policy where some of it is
// Private; else "".
func Said(format string, args ...any) (text, public string) {
	text = fmt.Sprintf(format, args...)
	told, private := make([]any, len(args)), false
	for i, arg := range args {
		told[i] = arg
		if p, is := arg.(Private); is {
			told[i], private = instead(p.Instead), true
		}
	}
	if private {
		public = fmt.Sprintf(format, told...)
	}
	return text, public
}

// instead is a text that every verb writes as it is.
type instead string

// Format implements fmt.Formatter.
func (t instead) Format(f fmt.State, _ rune) { io.WriteString(f, string(t)) }

// Public is the problem as a disclosure policy lets it be said.
func (p Problem) Public() Problem {
	if p.Untold != "" {
		p.What, p.Untold = p.Untold, ""
	}
	return p
}

// Category is one that some respondents are of, or nobody, and so many of the population; 0
// where that is not told.
func Category(code string, population float64) Private {
	p := Private{fmt.Sprintf("category %q", code), "a category"}
	if population != 0 {
		p = Private{fmt.Sprintf("category %q of %g", code, population), "a category that is"}
	}
	return p
}
