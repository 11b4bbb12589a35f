package ingest

import (
	"fmt"
	"math"
	"regexp"
	"slices"
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

// Describe describes the variables that want names, without regard to case, or
// all of them for nil, in one pass and in memory that does not grow with the
// rows; in a second pass where there are values, of a variable with more than
// MostCodes, that only the end of the file gives a label. A name that the file
// does not have is passed over; one whose values cannot be read is left out of
// all, which the notes say, and refused where it is wanted. The error is
// refusal.Problems.
func Describe(s Source, want []string, limits Limits, progress func(done, total int64)) (*Description, error) {
	var counted []*tally
	var e *Extract
	notes, err := s.readable(Choice{Names: want}, limits, func(want []string) (err error) {
		counted = nil
		e, err = Scan(s, want, limits, progress, count(&counted))
		return err
	})
	if err != nil {
		return nil, err
	}
	e.About.Notes = append(e.About.Notes, notes...)
	if len(counted) == 0 {
		_ = count(&counted)(e.Table) // an extract without rows has variables
	}
	d := &Description{Name: e.Name, SHA256: e.SHA256, Bytes: e.Bytes, Rows: e.Rows, Names: e.Names, About: e.About}
	var again []string
	for i, c := range e.Table.Columns {
		if t := counted[i]; t.lacks(c.Variable) {
			again = append(again, c.Variable.Name)
		}
	}
	if len(again) > 0 {
		if counted, err = recount(s, e, again, counted, limits, progress); err != nil {
			return nil, err
		}
	}
	for i, c := range e.Table.Columns {
		v := counted[i].describe(c.Variable)
		v.Earliest, v.Latest = date(v.Recorded.Format, v.Min), date(v.Recorded.Format, v.Max)
		v.Notes = append(slices.Clone(e.About.Variables[v.Name]), v.Notes...)
		if strings.EqualFold(v.Name, e.About.Weight) {
			v.Weight = "the file is weighted by it"
		}
		d.Variables = append(d.Variables, v)
	}
	return d, nil
}

// count returns what tallies batches, one tally a column.
func count(counted *[]*tally) func(*table.Table) error {
	return func(batch *table.Table) error {
		if *counted == nil {
			*counted = newTallies(batch.Columns)
		}
		for i, c := range batch.Columns {
			(*counted)[i].add(c)
		}
		return nil
	}
}

// newTallies returns a tally a column; columns with one set of labels share
// its meaning, because a small file may give a large set to every variable.
func newTallies(columns []*table.Column) []*tally {
	shared := map[*codebook.Category]*meaning{}
	var made []*tally
	for _, c := range columns {
		numeric := c.Values != nil
		var m *meaning
		if of := c.Variable.Categories; len(of) > 0 {
			m = shared[&of[0]]
		}
		if m == nil || !m.is(c.Variable) || numeric != m.numeric {
			m = meaningOf(c.Variable, numeric)
		}
		if of := c.Variable.Categories; len(of) > 0 {
			shared[&of[0]] = m
		}
		made = append(made, newTally(m))
	}
	return made
}

// recount tallies the named variables again, now that what the file says of
// them is known.
func recount(s Source, e *Extract, names []string, counted []*tally, limits Limits, progress func(done, total int64)) ([]*tally, error) {
	made, tallies := slices.Clone(counted), newTallies(e.Table.Columns)
	fresh := map[string]*tally{}
	for i, c := range e.Table.Columns {
		if slices.Contains(names, c.Variable.Name) {
			made[i] = tallies[i]
			fresh[c.Variable.Name] = made[i]
		}
	}
	again, err := Scan(s, names, limits, progress, func(batch *table.Table) error {
		for _, c := range batch.Columns {
			fresh[c.Variable.Name].add(c)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if again.SHA256 != e.SHA256 {
		return nil, problem(e.Name, "changed while it was read")
	}
	return made, nil
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
		switch kind := codebook.KindOf(c.Label); {
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

// mayWeight says why a column may be a weight: its numbers are not negative,
// nor all whole, and its name or label says so or their mean is near 1.
func (v *Variable) mayWeight(fractions bool) string {
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
