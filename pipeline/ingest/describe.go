package ingest

import (
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/description"
	"togetherwecan/pipeline/table"
)

// Describe describes the variables that want names, without regard to case, or
// all of them for nil, in one pass and in memory that does not grow with the
// rows; in a second pass where there are values, of a variable with more than
// MostCodes, that only the end of the file gives a label. A name that the file
// does not have is passed over; one whose values cannot be read is left out of
// all, which the notes say, and refused where it is wanted. The error is
// refusal.Problems.
func Describe(s Source, want []string, limits Limits, progress func(done, total int64)) (*description.File, error) {
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
	d := &description.File{Name: e.Name, SHA256: e.SHA256, Bytes: e.Bytes, Rows: e.Rows, Names: e.Names, About: e.About}
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
	kinds := description.Kinds{}
	for i, c := range e.Table.Columns {
		v := counted[i].describe(c.Variable, kinds)
		v.Earliest, v.Latest = Date(v.Recorded.Format, v.Min), Date(v.Recorded.Format, v.Max)
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
	wanted := table.Wanted(names)
	for i, c := range e.Table.Columns {
		if wanted(c.Variable.Name) {
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
