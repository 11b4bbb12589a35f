package release

import (
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release/sheet"
)

// A Move is one thing that two releases say otherwise: what happened to a row of one
// of their tables, or to a word.
type Move struct {
	Table      string // the ID of a Table, or WordsTable
	Event      Event
	Of         indicator.Key // of the row; of words the indicator alone
	FromSource codebook.SourceID
	Entry      string // what else names the row; of words which they are
	Statistic  string // not a column
	Unit       string
	Column     string // whose cells Was and Now are
	Was, Now   string // as published; "" for none
	Change     float64
	Digits     float64 // that change in units of the last digit published
	Errors     float64 // and in standard errors of what was published before
	Columns    string  // all that differ, with a blank between them
	Revision   RevisionType
}

// WordsTable is what a Move of words has for its table.
const WordsTable = "words"

// An Event is what happened to a row.
type Event string

// The events. A row whose number moved and whose verdict flipped has two.
const (
	Came      Event = "came"
	Went      Event = "went"
	Redefined Event = "redefined" // its statistic or unit is another
	Shifted   Event = "moved"     // its number is another
	Rounded   Event = "rounded"   // likewise, by no more than the unlike digits of the two policies
	Hidden    Event = "hidden"    // it has a number no more
	Shown     Event = "shown"     // it has a number now
	Flipped   Event = "flipped"   // its verdict is another
	Restated  Event = "restated"  // something else of it is another
	Reworded  Event = "reworded"
)

// Events are all events, in the order that a reader wants to know of them.
var Events = []Event{Redefined, Shifted, Flipped, Hidden, Shown, Rounded, Restated, Came, Went, Reworded}

// MoveColumns are the columns of a table of moves, in order.
var MoveColumns = []sheet.Column[Move]{
	{Name: "indicator", Key: true, About: "Identifier of the indicator", Text: func(m *Move) *string { return &m.Of.Indicator }},
	{Name: "table", Key: true, About: "Table of the release: figures, changes, trends, funnels, targets, evidence, or words", Text: func(m *Move) *string { return &m.Table }},
	{Name: "event", Key: true, About: "came, went, redefined, moved, flipped, hidden, shown, rounded, restated or reworded", Text: func(m *Move) *string { return (*string)(&m.Event) }},
	{Name: "from_source", About: "Earlier source of a change or trend", Text: func(m *Move) *string { return (*string)(&m.FromSource) }},
	{Name: "source", About: "Source of the row", Text: func(m *Move) *string { return (*string)(&m.Of.Source) }},
	{Name: "population", About: "Population that the row is about", Text: func(m *Move) *string { return &m.Of.Population }},
	{Name: "breakdown", About: "What the population is divided by; all where it is not", Text: func(m *Move) *string { return &m.Of.Breakdown }},
	{Name: "category", About: "Part of the population; all where it is not divided", Text: func(m *Move) *string { return &m.Of.Category }},
	{Name: "item", About: "Which of the indicator's items; all where it has one", Text: func(m *Move) *string { return &m.Of.Item }},
	{Name: "entry", About: "What else names the row: a target and its scope, or a measure, kind and entry of evidence; of words which they are", Text: func(m *Move) *string { return &m.Entry }},
	{Name: "unit", About: "Unit of the row", Text: func(m *Move) *string { return &m.Unit }},
	{Name: "column", About: "Column whose cells was and now are", Text: func(m *Move) *string { return &m.Column }},
	{Name: "was", About: "The cell in the earlier release; null where it is null", Text: func(m *Move) *string { return &m.Was }},
	{Name: "now", About: "The cell in the later release; null where it is null", Text: func(m *Move) *string { return &m.Now }},
	{Name: "change", About: "now less was", Number: func(m *Move) *float64 { return &m.Change }},
	{Name: "digits", About: "The change in units of the last digit published, of the coarser of the two releases", Number: func(m *Move) *float64 { return &m.Digits }},
	{Name: "std_errors", About: "The change over the standard error of the row in the earlier release; null where it has none", Number: func(m *Move) *float64 { return &m.Errors }},
	{Name: "columns", About: "All columns of the row that differ, with a blank between them", Text: func(m *Move) *string { return &m.Columns }},
	{Name: "revision", Required: true, About: "Type of revision: words, scheduled-data, disclosure, scheduled-method, correction-minor or correction-substantial", Text: func(m *Move) *string { return (*string)(&m.Revision) }},
}

// placed are the columns of tables that a Move has too, by their names there.
var placed = map[string]func(*Move) *string{
	"indicator":   func(m *Move) *string { return &m.Of.Indicator },
	"from_source": func(m *Move) *string { return (*string)(&m.FromSource) },
	"source":      func(m *Move) *string { return (*string)(&m.Of.Source) },
	"to_source":   func(m *Move) *string { return (*string)(&m.Of.Source) },
	"population":  func(m *Move) *string { return &m.Of.Population },
	"breakdown":   func(m *Move) *string { return &m.Of.Breakdown },
	"category":    func(m *Move) *string { return &m.Of.Category },
	"item":        func(m *Move) *string { return &m.Of.Item },
	"statistic":   func(m *Move) *string { return &m.Statistic },
	"unit":        func(m *Move) *string { return &m.Unit },
}

// Place is a move of a row, of which nothing is said but which row it is.
func (t Table[R]) Place(row *R) Move {
	nan := math.NaN()
	m := Move{Table: t.ID, Change: nan, Digits: nan, Errors: nan}
	var entry []string
	for _, c := range t.Columns {
		if to := placed[c.Name]; to != nil {
			*to(&m) = *c.Text(row)
		} else if c.Key {
			entry = append(entry, *c.Text(row))
		}
	}
	m.Entry = strings.Join(entry, " ")
	return m
}

// column is the column of a name; nil where the table has none.
func (t Table[R]) column(name string) *sheet.Column[R] {
	i := slices.IndexFunc(t.Columns, func(c sheet.Column[R]) bool { return c.Name == name })
	if i < 0 {
		return nil
	}
	return &t.Columns[i]
}

// numberIn is a row's number in a column; NaN where the table has none of that name.
func (t Table[R]) numberIn(row *R, name string) float64 {
	if c := t.column(name); c != nil {
		return *c.Number(row)
	}
	return math.NaN()
}

// textIn is a row's cell as it is published, "" for none.
func (t Table[R]) textIn(row *R, name string) string {
	c := t.column(name)
	if c == nil {
		return ""
	}
	text, err := c.Format(row)
	if err != nil {
		panic("release: " + err.Error()) // of content that Check refuses
	}
	return text
}

// moves lists what happened to the rows of a table, by event and then in the order of
// the rows.
func (t Table[R]) moves(d Moved[R], j *judge) []Move {
	var list []Move
	add := func(m Move, was, now *R) {
		m.Revision = j.revision(&m, t.standing(was), t.standing(now))
		list = append(list, m)
	}
	for i := range d.Revised {
		r := &d.Revised[i]
		for _, m := range t.revised(r, j) {
			add(m, &r.Was, &r.Now)
		}
	}
	for _, side := range []struct {
		event Event
		rows  []R
	}{{Came, d.Gained}, {Went, d.Lost}} {
		for i := range side.rows {
			m := t.Place(&side.rows[i])
			m.Event = side.event
			if m.Column = t.number; m.Column == "" {
				m.Column = t.verdict
			}
			to := map[Event]*string{Came: &m.Now, Went: &m.Was}[side.event]
			*to = t.textIn(&side.rows[i], m.Column)
			add(m, &side.rows[i], &side.rows[i])
		}
	}
	slices.SortStableFunc(list, func(a, b Move) int { return slices.Index(Events, a.Event) - slices.Index(Events, b.Event) })
	return list
}

// standing is what decides the type of a row's revision.
func (t Table[R]) standing(row *R) standing {
	s := standing{status: t.textIn(row, "status"), limits: limits{t.numberIn(row, "ci_lower"), t.numberIn(row, "ci_upper")}}
	if ns := notes(t.textIn(row, "reason")); len(ns) > 0 {
		s.reason = ns[0]
	}
	return s
}

// revised is what happened to a row that both releases have.
func (t Table[R]) revised(r *Revision[R], j *judge) []Move {
	place := t.Place(&r.Now)
	place.Columns = strings.Join(r.Columns, " ")
	in := func(column string, event Event) Move {
		m := place
		m.Column, m.Event, m.Was, m.Now = column, event, t.textIn(&r.Was, column), t.textIn(&r.Now, column)
		return m
	}
	for _, column := range []string{"statistic", "unit"} {
		if slices.Contains(r.Columns, column) {
			return []Move{in(column, Redefined)}
		}
	}
	var list []Move
	was, now := t.numberIn(&r.Was, t.number), t.numberIn(&r.Now, t.number)
	given := !math.IsNaN(was) && !math.IsNaN(now)
	switch {
	case given && was != now:
		m := in(t.number, Shifted)
		m.Change = indicator.Settle(now - was)
		if step := j.step(m.Statistic, m.Of.Source.Return(), was, now); step > 0 {
			m.Digits = indicator.Settle(m.Change / step)
		}
		if se := t.numberIn(&r.Was, "std_error"); se > 0 {
			m.Errors = indicator.Round(m.Change/se, 2)
		}
		if j.rounds(m.Statistic, m.Of.Source.Return(), was, now) {
			m.Event = Rounded
		}
		list = append(list, m)
	case math.IsNaN(now) && !math.IsNaN(was):
		list = append(list, in(t.number, Hidden))
	case math.IsNaN(was) && !math.IsNaN(now):
		list = append(list, in(t.number, Shown))
	}
	// The verdict on a number that is hidden or shown says just that.
	if slices.Contains(r.Columns, t.verdict) && (given || len(list) == 0) {
		list = append(list, in(t.verdict, Flipped))
	}
	if len(list) == 0 {
		list = append(list, in(r.Columns[0], Restated))
	}
	return list
}

// moves lists all that two releases say otherwise of an indicator, of which one may
// have nothing, in the order of the tables, and its type of revision.
func moves(previous, next *Manifest, id string, was, now Content) ([]Move, RevisionType) {
	d := Compare(was, now)
	j := newJudge(previous, next, id, was, now)
	list := slices.Concat(FiguresTable.moves(d.Figures, j), ChangesTable.moves(d.Changes, j), EvidenceTable.moves(d.Evidence, j))
	j.corrected = slices.ContainsFunc(list, func(m Move) bool { return m.Revision == CorrectionMinor || m.Revision == CorrectionSubstantial })
	list = slices.Concat(list, TargetsTable.moves(d.Targets, j), TrendsTable.moves(d.Trends, j), FunnelsTable.moves(d.Funnels, j))
	if j.was == nil || j.now == nil {
		d.Reworded = nil // it has no words for one of the two
	}
	for _, r := range d.Reworded {
		nan := math.NaN()
		list = append(list, Move{
			Table: WordsTable, Event: Reworded, Of: indicator.Key{Indicator: id}, Entry: r.What, Was: r.Was, Now: r.Now, Change: nan, Digits: nan, Errors: nan, Revision: WordsRevised,
		})
	}
	return list, settle(list)
}
