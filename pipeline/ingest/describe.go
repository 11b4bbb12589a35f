package ingest

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/table"
)

// MostCodes is how many distinct codes of a variable are all listed; of one
// with more, those that the file says something of are.
const MostCodes = 50

// A Description is what is in an extract, for the analyst who writes its
// crosswalk. Nothing in it is weighted.
type Description struct {
	Name      string
	SHA256    string
	Bytes     int64
	Rows      int
	About     About
	Variables []Variable // in the file's order
}

// A Variable is one column described. Codes lists every distinct value, if
// they are no more than MostCodes, and every value that has a label or is
// declared missing, whether it occurs or not; Every says whether each value
// that occurs is among them. Min, Max and Mean are over the cells present, NaN
// where there are none or the variable is text. A cell with a value that the
// file declares missing is present.
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
	Missing  int
	Weight   string   // why it may be a weight, or ""
	Notes    []string // where the file disagrees with itself
}

// A Code is one distinct value of a variable and how many rows have it; or an
// extended missing value, as ".a". Declared says that the file declares it
// missing.
type Code struct {
	Code     string
	Label    string
	Count    int
	Declared bool
}

// Describe reads the whole of an extract and describes each of its variables.
// The error is refusal.Problems.
func Describe(s Source, limits Limits) (*Description, error) {
	e, err := Read(s, nil, limits, nil)
	if err != nil {
		return nil, err
	}
	d := &Description{Name: e.Name, SHA256: e.SHA256, Bytes: e.Bytes, Rows: e.Table.Rows, About: e.About}
	for _, c := range e.Table.Columns {
		v := describe(c)
		if strings.EqualFold(v.Name, e.About.Weight) {
			v.Weight = "the file is weighted by it"
		}
		d.Variables = append(d.Variables, v)
	}
	return d, nil
}

func describe(c *table.Column) Variable {
	v := Variable{
		Name:    c.Variable.Name,
		Label:   c.Variable.Label,
		Numeric: c.Values != nil,
		Min:     math.NaN(),
		Max:     math.NaN(),
		Mean:    math.NaN(),
	}
	if r := c.Variable.Recorded; r != nil {
		v.Recorded = *r
	}
	if !v.Numeric {
		labels := map[string]string{}
		for _, category := range c.Variable.Categories {
			labels[category.Code] = category.Label
		}
		v.tell(codes(c.Text, labels, v.Recorded.Texts, &v,
			func(text string) bool { return text != "" },
			func(text string) bool { return slices.Contains(v.Recorded.Texts, text) },
			func(text string) string { return text }))
		return v
	}
	labels := map[float64]string{}
	tags := map[byte]string{}
	for _, category := range c.Variable.Categories {
		if x, err := strconv.ParseFloat(category.Code, 64); err == nil {
			labels[x+0] = category.Label
		} else if len(category.Code) == 2 && category.Code[0] == '.' {
			tags[category.Code[1]] = category.Label
		}
	}
	var declared []float64 // the single ones: a range has no end
	for _, m := range v.Recorded.Missing {
		if m.Low == m.High {
			declared = append(declared, m.Low+0)
		}
	}
	listed := codes(c.Values, labels, declared, &v,
		func(x float64) bool { return !math.IsNaN(x) }, v.declares,
		func(x float64) string { return strconv.FormatFloat(x+0, 'f', -1, 64) })
	v.tell(append(listed, kinds(c, tags)...))
	if v.Present > 0 {
		v.spread(c.Values)
	}
	v.Weight = v.mayWeight(c.Values)
	return v
}

// declares says whether the file declares a number missing.
func (v *Variable) declares(x float64) bool {
	return slices.ContainsFunc(v.Recorded.Missing, func(m codebook.Interval) bool { return m.Low <= x && x <= m.High })
}

func (v *Variable) spread(values []float64) {
	sum := 0.0
	v.Min, v.Max = math.Inf(1), math.Inf(-1)
	for _, x := range values {
		if !math.IsNaN(x) {
			v.Min, v.Max = min(v.Min, x), max(v.Max, x)
			sum += x
		}
	}
	v.Mean = sum / float64(v.Present)
}

// codes counts a column's cells, present and missing, into v, and lists its
// values: the distinct ones if they are no more than MostCodes, the labelled
// and the declared.
func codes[T cmp.Ordered](cells []T, labels map[T]string, declared []T, v *Variable, present, declares func(T) bool, spell func(T) string) []Code {
	counts := map[T]int{}
	v.Every = true
	for _, cell := range cells {
		if !present(cell) {
			v.Missing++
			continue
		}
		v.Present++
		if v.Every {
			counts[cell]++
			v.Every = len(counts) <= MostCodes
		}
	}
	special := map[T]bool{}
	for value := range labels {
		special[value] = true
	}
	for _, value := range declared {
		special[value] = true
	}
	if !v.Every {
		counts = map[T]int{}
		for _, cell := range cells {
			if present(cell) && special[cell] {
				counts[cell]++
			}
		}
	}
	for value := range special {
		counts[value] += 0 // listed though it does not occur
	}
	listed := make([]Code, 0, len(counts))
	for _, value := range slices.Sorted(maps.Keys(counts)) {
		listed = append(listed, Code{spell(value), labels[value], counts[value], declares(value)})
	}
	return listed
}

// kinds lists the extended missing values of a column with their labels.
func kinds(c *table.Column, labels map[byte]string) []Code {
	var counts [256]int
	for _, tag := range c.Tags {
		counts[tag]++
	}
	var listed []Code
	for tag := byte('a'); tag <= 'z'; tag++ {
		if label, ok := labels[tag]; ok || counts[tag] > 0 {
			listed = append(listed, Code{"." + string(rune(tag)), label, counts[tag], true})
		}
	}
	return listed
}

// tell takes the codes, and notes where what the file declares missing and
// what its labels say are not the same.
func (v *Variable) tell(listed []Code) {
	v.Codes = listed
	declares := len(v.Recorded.Missing)+len(v.Recorded.Texts) > 0
	for _, c := range listed {
		if c.Count == 0 || c.Label == "" || strings.HasPrefix(c.Code, ".") {
			continue
		}
		switch kind := kindOf(c.Label); {
		case c.Declared && kind == codebook.Present:
			v.Notes = append(v.Notes, fmt.Sprintf("code %s (%q) is declared missing, and %s", c.Code, c.Label, rowsHave(c.Count)))
		case declares && !c.Declared && kind != codebook.Present:
			v.Notes = append(v.Notes, fmt.Sprintf("code %s (%q) is not declared missing, as others are, and %s", c.Code, c.Label, rowsHave(c.Count)))
		}
	}
}

func rowsHave(n int) string {
	if n == 1 {
		return "1 row has it"
	}
	return fmt.Sprintf("%d rows have it", n)
}

// kindWords are what labels of missing values say, the first that fits.
var kindWords = []struct {
	words *regexp.Regexp
	kind  codebook.Missing
}{
	{regexp.MustCompile(`(?i)\brefus(ed|al)\b`), codebook.Refused},
	{regexp.MustCompile(`(?i)\bdon['’]?t know\b|\bdo not know\b|^dk\b|\bcan['’]?t (say|remember)\b`), codebook.DontKnow},
	{regexp.MustCompile(`(?i)\bnot applicable\b|\bn/?a\b|\bnot asked\b|\bdoes not apply\b|\binapplicable\b|\bskipped\b`), codebook.NotApplicable},
	{regexp.MustCompile(`(?i)\bmissing\b|\bno answer\b|\bnot answered\b|\bnot coded\b|\bnot stated\b|\bunknown\b`), codebook.System},
}

// kindOf is the kind of missing that a label says, or Present.
func kindOf(label string) codebook.Missing {
	for _, k := range kindWords {
		if k.words.MatchString(label) {
			return k.kind
		}
	}
	return codebook.Present
}

var weightWords = regexp.MustCompile(`(?i)^wt|wt\d*$|wgt|weight`)

// mayWeight says why a column may be a weight: its numbers are not negative,
// nor all whole, and its name or label says so or their mean is near 1.
func (v *Variable) mayWeight(values []float64) string {
	const near = 0.05
	if v.Present == 0 || v.Min < 0 || v.Max <= 0 || !slices.ContainsFunc(values, func(x float64) bool { return x != math.Trunc(x) && !math.IsNaN(x) }) {
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
