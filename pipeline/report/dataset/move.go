package dataset

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report"
)

// A Reason is why a release changed what was published, as it says.
type Reason struct {
	Release, Text string
	Moves         []release.Move // what that release changed of the one before it
}

// String is the reason in a sentence.
func (r Reason) String() string {
	return "Reason given for the changed figures of release " + r.Release + ": " + strings.TrimSuffix(r.Text, ".") + "."
}

// narrowed is what moved of what is asked for: of a region in its rows alone. An indicator
// that has no row now and had none is not compared.
func (m *maker) narrowed() *release.Diff {
	d := *m.Since
	if m.Who.Kind == Region {
		d = *release.NewDiff(m.side(d.From), m.side(d.To), nil)
	}
	d.Indicators = slices.DeleteFunc(slices.Clone(d.Indicators), func(x release.IndicatorDiff) bool {
		return !m.concerns(m.labels(x.ID)) || empty(m.whole[x.ID]) && empty(m.asked(d.From.Contents[x.ID]))
	})
	return &d
}

// side is a release with the rows that are asked for.
func (m *maker) side(of release.Side) release.Side {
	contents := map[string]release.Content{}
	for id, c := range of.Contents {
		contents[id] = m.asked(c)
	}
	of.Contents = contents
	return of
}

// labels are an indicator's in this release, and in the earlier one of an indicator that went.
func (m *maker) labels(id string) *release.IndicatorLabels {
	if x := m.Labels.Indicator(id); x != nil || m.Since == nil {
		return x
	}
	words := m.Since.From.Contents[id].Words.Indicator
	return &words
}

// reasons are those that were given for what moved of what is asked for.
func (m *maker) reasons() []Reason {
	return slices.DeleteFunc(slices.Clone(m.Reasons), func(r Reason) bool {
		return !slices.ContainsFunc(r.Moves, func(move release.Move) bool { return m.moved(&move) })
	})
}

// movedNotes tell of each indicator what moved, and why.
func (m *maker) movedNotes(add func(kind, of, text string)) {
	for _, x := range m.diff.Indicators {
		if x.Class == release.Unchanged {
			continue
		}
		one := *m.diff
		one.Indicators = []release.IndicatorDiff{x}
		text := report.Sentence(&one) + " Revision: " + string(x.Revision) + "."
		if len(x.Reasons) > 0 {
			text += " Why: " + strings.Join(x.Reasons, "; ") + "."
		}
		add("moved", x.ID, text)
	}
}

// A moveRow is a thing that moved. Its cells stand in columns for numbers, or in those for texts.
type moveRow struct {
	release.Move
	was, now         float64
	wasText, nowText string
}

// moves are what moved, with the columns of figures. Several things may have happened to a
// row, so that none names one.
var moves = source[moveRow]{
	release.Table[moveRow]{ID: "moves", Columns: moveColumns()},
	"What moved", "One row a thing that the release says otherwise than the earlier one.",
	func(r *moveRow) *indicator.Key { return &r.Of },
	func(r moveRow) release.Content { return r.Alone(release.Words{}) },
	(*maker).movesOf,
}

func moveColumns() []sheet.Column[moveRow] {
	var made []sheet.Column[moveRow]
	for _, c := range sheet.Of(release.MoveColumns, func(r *moveRow) *release.Move { return &r.Move }) {
		c.Key, c.Required = false, c.Key || c.Required
		switch c.Name {
		case "was":
			made = append(made, sheet.Column[moveRow]{Name: "was", Unit: sheet.RowUnit, About: "The number in the earlier release", Number: func(r *moveRow) *float64 { return &r.was }})
			c.Name, c.About, c.Text = "was_text", "The cell in the earlier release, where it is no number", func(r *moveRow) *string { return &r.wasText }
		case "now":
			made = append(made, sheet.Column[moveRow]{Name: "now", Unit: sheet.RowUnit, About: "The number in the later release", Number: func(r *moveRow) *float64 { return &r.now }})
			c.Name, c.About, c.Text = "now_text", "The cell in the later release, where it is no number", func(r *moveRow) *string { return &r.nowText }
		case "breakdown":
			c.About = "What the population is divided by; total where it is not"
		case "item":
			c.About = "Which of the indicator's items; total where it has one"
		}
		made = append(made, c)
	}
	return made
}

// movedIDs are the indicators of the dataset of which something moved.
func (m *maker) movedIDs() []string {
	var ids []string
	if m.Since != nil {
		for _, x := range m.diff.Indicators {
			if len(x.Moves) > 0 {
				ids = append(ids, x.ID)
			}
		}
	}
	return ids
}

// movesOf lists what moved in an indicator of a dataset of that.
func (m *maker) movesOf(id string) []moveRow {
	var rows []moveRow
	for _, x := range m.diff.Indicators {
		if x.ID != id {
			continue
		}
		for _, move := range x.Moves {
			r := moveRow{Move: move}
			r.was, r.wasText = split(move.Was)
			r.now, r.nowText = split(move.Now)
			rows = append(rows, r)
		}
	}
	return rows
}

// still says whether nothing moved in an indicator that the dataset would have rows of.
func (m *maker) still(id string) bool {
	return m.diff != nil && slices.ContainsFunc(m.diff.Indicators, func(x release.IndicatorDiff) bool { return x.ID == id && x.Class == release.Unchanged })
}

// split is a cell as a number, or as the text that it is otherwise.
func split(cell string) (float64, string) {
	if x, err := strconv.ParseFloat(cell, 64); err == nil && !math.IsInf(x, 0) && !math.IsNaN(x) {
		return x, ""
	}
	return math.NaN(), cell
}
