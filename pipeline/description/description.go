// Package description says what is in an extract: its variables, their labels
// and codes, and how many rows have each.
package description

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
)

// MostCodes is how many distinct codes of a variable are all listed; of one
// with more, those that the file says something of are.
const MostCodes = 50

// A File is what is in an extract, for the analyst who writes its crosswalk.
// Nothing in it is weighted.
type File struct {
	Name      string
	SHA256    string
	Bytes     int64
	Rows      int
	Names     []string // of all the file's variables
	About     About
	Variables []Variable // those described, in the file's order
}

// A Variable is one column described. Each row is in one of three counts: those
// with a value, those with a value that the file declares missing, and those
// with none.
//
// Codes lists every distinct value, if they are no more than MostCodes, and
// every value that has a label or is declared missing, whether it occurs or
// not; Every says whether each value that occurs is among them. Min, Max and
// Mean are of the rows counted in Present, NaN where there are none or the
// variable is text.
type Variable struct {
	Name     string
	Label    string // "" in a format without labels
	Numeric  bool
	Recorded codebook.Recorded
	Codes    []Code // by size, or by spelling for text; then the kinds of missing
	Every    bool
	Min      float64
	Max      float64
	Mean     float64
	Present  int
	Declared int      // with a value that the file declares missing
	Missing  int      // without a value, or with an extended missing one
	Earliest string   // Min, and
	Latest   string   // Max as dates, where they are; or ""
	Weight   string   // why it may be a weight, or ""
	Notes    []string // of the file's own, and where it disagrees with itself
}

// A Code is one distinct value of a variable and how many rows have it; or an
// extended missing value, as ".a". Declared says that the file declares it
// missing.
type Code struct {
	Code     string `json:"code"`
	Label    string `json:"label,omitempty"`
	Count    int    `json:"count"`
	Declared bool   `json:"declared_missing,omitempty"`
}

// About is what a file says of itself beyond its table. Nothing of it decides
// what a value means.
type About struct {
	Format     string              // in words: "Stata, format 118"
	Origin     string              // in Parquet, the format of the extract that was converted, or ""
	Encoding   string              // of its text, or its origin's; "" where the format has but one
	Label      string              // of the file
	Weight     string              // the variable that the file says weights it
	Drawn      string              // how the file says that its sample was drawn: Stata's svyset
	Dictionary string              // the name of the dictionary beside the file that was read
	Notes      []string            // documents and notes, and what does not agree
	Variables  map[string][]string // notes and attributes of variables, by name
	Replaced   []string            // wanted variables of which some text is not in the encoding, and has U+FFFD
}

// Type is whether a variable holds numbers or text.
func (v Variable) Type() string {
	if v.Numeric {
		return "number"
	}
	return "text"
}

// Declares lists the values that the file declares missing, in words.
func (v Variable) Declares() string {
	var words []string
	for _, m := range v.Recorded.Missing {
		switch {
		case m.Low == m.High:
			words = append(words, codebook.Spell(m.Low))
		case math.IsInf(m.Low, -1):
			words = append(words, codebook.Spell(m.High)+" and below")
		case math.IsInf(m.High, 1):
			words = append(words, codebook.Spell(m.Low)+" and above")
		default:
			words = append(words, codebook.Spell(m.Low)+" to "+codebook.Spell(m.High))
		}
	}
	for _, text := range v.Recorded.Texts {
		words = append(words, strconv.Quote(text))
	}
	return strings.Join(words, ", ")
}

// Kinds are those of missing that labels say, each found once: a file gives its
// labels to many variables.
type Kinds map[string]codebook.Missing

func (k Kinds) of(label string) codebook.Missing {
	kind, known := k[label]
	if !known {
		kind = codebook.KindOf(label)
		k[label] = kind
	}
	return kind
}

// Tell takes the codes, and notes where what the file declares missing and
// what its labels say are not the same.
func (v *Variable) Tell(listed []Code, kinds Kinds) {
	v.Codes = listed
	declares := len(v.Recorded.Missing)+len(v.Recorded.Texts) > 0
	for _, c := range listed {
		if c.Count == 0 || c.Label == "" || strings.HasPrefix(c.Code, ".") {
			continue
		}
		switch kind := kinds.of(c.Label); {
		case c.Declared && kind == codebook.Present:
			v.Notes = append(v.Notes, fmt.Sprintf("code %s (%q) is declared missing, and %s", c.Code, c.Label, rowsHave(c.Count)))
		case declares && !c.Declared && kind != codebook.Present:
			v.Notes = append(v.Notes, fmt.Sprintf("code %s (%q) is not declared missing, as others are, and %s", c.Code, c.Label, rowsHave(c.Count)))
		case !c.Declared && kind != codebook.Present:
			v.Notes = append(v.Notes, fmt.Sprintf("code %s (%q) counts as an answer, and %s", c.Code, c.Label, rowsHave(c.Count)))
		}
	}
}

func rowsHave(n int) string {
	if n == 1 {
		return "1 row has it"
	}
	return fmt.Sprintf("%d rows have it", n)
}

var weightWords = regexp.MustCompile(`(?i)^wt|wt\d*$|wgt|weight`)

// NamedWeights are the names that say that a variable may be a weight.
func NamedWeights(names []string) []string {
	var found []string
	for _, name := range names {
		if weightWords.MatchString(name) {
			found = append(found, name)
		}
	}
	return found
}

// MayWeigh says why a column may be a weight: its numbers are not negative,
// nor all whole, and its name or label says so or their mean is near 1.
func (v *Variable) MayWeigh(fractions bool) string {
	const near = 0.05
	if v.Present == 0 || v.Min < 0 || v.Max <= 0 || !fractions {
		return ""
	}
	var why []string
	if weightWords.MatchString(v.Name) {
		why = append(why, "its name says so")
	}
	if strings.Contains(strings.ToLower(v.Label), "weight") {
		why = append(why, "its label says so")
	}
	if math.Abs(v.Mean-1) <= near {
		why = append(why, fmt.Sprintf("its mean is %.4g", v.Mean))
	}
	return strings.Join(why, ", ")
}
