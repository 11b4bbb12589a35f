package indicator

import (
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/table"
	"togetherwecan/pipeline/tally"
)

// A Wave is one round of a survey, ready to be estimated: its respondents in
// common variables, and a design for each weight that its crosswalk names.
type Wave struct {
	Crosswalk *codebook.Crosswalk
	Table     *table.Table
	Designs   map[string]*design.Design
	Synthetic bool // the extract says that it was made up

	// Parts are of each weight what was counted of the respondents elsewhere, where they
	// are not here: the table then has variables and no rows.
	Parts map[string]*tally.Part
}

// Design returns the design of the named weight, or that of the core weight
// where the wave has none of that name.
func (w *Wave) Design(weights string) *design.Design {
	if d, ok := w.Designs[weights]; ok {
		return d
	}
	return w.Designs[codebook.CoreWeight]
}

// Absent lists the named variables that the wave's table does not have.
func (w *Wave) Absent(names []string) []string {
	var absent []string
	for _, name := range names {
		if w.Table.Column(name) == nil {
			absent = append(absent, name)
		}
	}
	return absent
}

// A Lack is something that a source cannot give, and what it would need.
type Lack struct {
	Source    codebook.SourceID `json:"source"`
	Indicator string            `json:"indicator"`
	Item      string            `json:"item"`
	Breakdown string            `json:"breakdown"` // empty where it is the whole figure
	Needs     []string          `json:"needs"`
}
