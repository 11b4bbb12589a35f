package codebook

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Missings are values that are missing beside those that a file declares so.
type Missings struct {
	Numbers []Interval
	Texts   []string
}

// ParseMissings reads codes, ranges of numbers such as -9..-1, and texts. The
// ends of a range may be left out.
func ParseMissings(codes []string) (m Missings, err error) {
	for _, code := range codes {
		low, high, ranged := strings.Cut(code, "..")
		from, to := math.Inf(-1), math.Inf(1)
		if ranged && low+high != "" {
			var bad, worse error
			if low != "" {
				from, bad = strconv.ParseFloat(low, 64)
			}
			if high != "" {
				to, worse = strconv.ParseFloat(high, 64)
			}
			if bad == nil && worse == nil {
				if !(from <= to) {
					return m, fmt.Errorf("%q, want a range from less to more", code)
				}
				m.Numbers = append(m.Numbers, Interval{from, to})
				continue
			}
		}
		if x, err := strconv.ParseFloat(code, 64); err == nil && !math.IsNaN(x) {
			m.Numbers = append(m.Numbers, Interval{x, x})
		}
		m.Texts = append(m.Texts, code)
	}
	return m, nil
}

// Number says whether a number is missing.
func (m Missings) Number(x float64) bool { return within(m.Numbers, x) }

// Text says whether a text is missing; one that is a number, as that too.
func (m Missings) Text(text string) bool {
	if slices.Contains(m.Texts, text) {
		return true
	}
	x, err := strconv.ParseFloat(text, 64)
	return err == nil && m.Number(x)
}

func within(intervals []Interval, x float64) bool {
	return slices.ContainsFunc(intervals, func(i Interval) bool { return i.Low <= x && x <= i.High })
}

// DeclaresNumber says whether the file declares a number missing.
func (r *Recorded) DeclaresNumber(x float64) bool { return r != nil && within(r.Missing, x) }

// DeclaresText says whether the file declares a text missing.
func (r *Recorded) DeclaresText(text string) bool { return r != nil && slices.Contains(r.Texts, text) }

// kindWords are what labels of missing values say, the first that fits.
var kindWords = []struct {
	words *regexp.Regexp
	kind  Missing
}{
	{regexp.MustCompile(`(?i)\brefus(ed|al)\b`), Refused},
	{regexp.MustCompile(`(?i)\bdon['’]?t know\b|\bdo not know\b|^dk\b|\bcan['’]?t (say|remember)\b`), DontKnow},
	{regexp.MustCompile(`(?i)\bnot applicable\b|\bn/?a\b|\bnot asked\b|\bdoes not apply\b|\binapplicable\b|\bskipped\b`), NotApplicable},
	{regexp.MustCompile(`(?i)\bmissing\b|\bno answer\b|\bnot answered\b|\bnot coded\b|\bnot stated\b|\bunknown\b`), System},
}

// KindOf is the kind of missing that a label says, or Present.
func KindOf(label string) Missing {
	for _, k := range kindWords {
		if k.words.MatchString(label) {
			return k.kind
		}
	}
	return Present
}

// missingMarks are texts that programs write in the place of a missing number.
var missingMarks = regexp.MustCompile(`^(?i:na|n/a|#n/a|<na>|nan|null|#null!|\.[a-z]?)$`)

// IsMark says whether a text is what a program writes for a missing value.
func IsMark(text string) bool { return missingMarks.MatchString(text) }
