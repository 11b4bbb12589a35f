package ingest

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"

	"togetherwecan/pipeline/table"
)

// MostCodes is how many distinct codes of a variable are listed; one with
// more is described by its range and mean.
const MostCodes = 50

// A Description is what is in an extract, for the analyst who writes its
// crosswalk. Nothing in it is weighted.
type Description struct {
	Name      string
	SHA256    string
	Bytes     int64
	Rows      int
	Variables []Variable // in the file's order
}

// A Variable is one column described. Codes is nil if it has more than
// MostCodes. Min, Max and Mean are over the cells present, NaN where there are
// none or the variable is text.
type Variable struct {
	Name    string
	Label   string // "" in a format without labels
	Numeric bool
	Codes   []Code // by size, or by spelling for text
	Min     float64
	Max     float64
	Mean    float64
	Present int
	Missing int
}

// A Code is one distinct value of a variable and how many rows have it.
type Code struct {
	Code  string
	Label string
	Count int
}

// Describe reads the whole of an extract and describes each of its variables.
// The error is refusal.Problems.
func Describe(s Source, limits Limits) (*Description, error) {
	e, err := Read(s, nil, limits, nil)
	if err != nil {
		return nil, err
	}
	d := &Description{Name: e.Name, SHA256: e.SHA256, Bytes: e.Bytes, Rows: e.Table.Rows}
	for _, c := range e.Table.Columns {
		d.Variables = append(d.Variables, describe(c))
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
	if !v.Numeric {
		counts := tally(c.Text, func(text string) bool { return text != "" }, &v)
		v.Codes = codes(c, counts, func(text string) string { return text })
		return v
	}
	counts := tally(c.Values, func(x float64) bool { return !math.IsNaN(x) }, &v)
	v.Codes = codes(c, counts, func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) })
	if v.Present == 0 {
		return v
	}
	sum := 0.0
	v.Min, v.Max = math.Inf(1), math.Inf(-1)
	for _, x := range c.Values {
		if !math.IsNaN(x) {
			v.Min, v.Max = min(v.Min, x), max(v.Max, x)
			sum += x
		}
	}
	v.Mean = sum / float64(v.Present)
	return v
}

// tally counts the cells present and missing, and each distinct one as long as
// they are no more than MostCodes; it is nil if they are more.
func tally[T comparable](cells []T, present func(T) bool, v *Variable) map[T]int {
	counts := map[T]int{}
	for _, cell := range cells {
		if !present(cell) {
			v.Missing++
			continue
		}
		v.Present++
		if counts == nil {
			continue
		}
		if counts[cell]++; len(counts) > MostCodes {
			counts = nil
		}
	}
	return counts
}

// codes lists what tally counted, in order, with the labels of the variable's
// categories.
func codes[T cmp.Ordered](c *table.Column, counts map[T]int, spell func(T) string) []Code {
	if counts == nil {
		return nil
	}
	listed := make([]Code, 0, len(counts))
	for _, cell := range slices.Sorted(maps.Keys(counts)) {
		code := Code{Code: spell(cell), Count: counts[cell]}
		if i := c.Variable.Index(code.Code); i >= 0 {
			code.Label = c.Variable.Categories[i].Label
		}
		listed = append(listed, code)
	}
	return listed
}
