package release

import (
	"bytes"
	"fmt"
	"slices"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release/sheet"
)

// A Table is one of the tables of a release: the rows of one kind, of which a
// content has those of its indicator. The first column names that.
type Table[R any] struct {
	ID      string // as a Move names it
	noun    string // of a row, before its name; "" where the name has one
	counted string // what rows are counted as, in words
	number  string // column of the row's own number; "" for none
	verdict string // column of what is made of it; "" for none
	Columns []sheet.Column[R]
	Compare func(a, b R) int // the canonical order
	Of      func(*Content) *[]R
	name    func(R) string // for a reader
}

// Indicator is the id of a row's indicator.
func (t Table[R]) Indicator(row *R) string { return *t.Columns[0].Text(row) }

// The tables. Figures and changes are those of an indicator alone, and the others
// are of all of a release's.
var (
	FiguresTable = Table[Figure]{
		"figures", "figure ", "figure", "value", "", FigureColumns, func(a, b Figure) int { return a.Key.Compare(b.Key) },
		func(c *Content) *[]Figure { return &c.Figures }, func(f Figure) string { return describe(f.Key, "") },
	}
	ChangesTable = Table[Change]{
		"changes", "change ", "comparison", "change", "verdict", ChangeColumns, Change.Compare,
		func(c *Content) *[]Change { return &c.Changes }, func(c Change) string { return describe(c.Key, c.FromSource) },
	}
	EvidenceTable = Table[Evidence]{
		"evidence", "", "evidence row", "", "direction", EvidenceColumns, Evidence.Compare, func(c *Content) *[]Evidence { return &c.Evidence }, Evidence.name,
	}
	TargetsTable = Table[Target]{
		"targets", "", "verdict", "value", "verdict", TargetColumns, Target.Compare, func(c *Content) *[]Target { return &c.Targets }, Target.name,
	}
	TrendsTable = Table[Trend]{
		"trends", "", "trend", "slope", "verdict", TrendColumns, Trend.Compare, func(c *Content) *[]Trend { return &c.Trends }, Trend.name,
	}
	FunnelsTable = Table[Funnel]{
		"funnels", "", "funnel limit", "value", "side", FunnelColumns, Funnel.Compare, func(c *Content) *[]Funnel { return &c.Funnels }, Funnel.name,
	}

	tables = []interface {
		sort(c *Content)
		check(id string, c *Content) error
		codes(c *Content, visit func(column, text, name string) error) error
	}{FiguresTable, ChangesTable, EvidenceTable, TargetsTable, TrendsTable, FunnelsTable}
)

func (t Table[R]) sort(c *Content) { slices.SortFunc(*t.Of(c), t.Compare) }

// check returns an error unless the rows are of an indicator, in canonical order
// and each there once.
func (t Table[R]) check(id string, c *Content) error {
	rows := *t.Of(c)
	for i := range rows {
		name := func() string { return t.noun + t.name(rows[i]) }
		switch of := t.Indicator(&rows[i]); {
		case of != id:
			return fmt.Errorf("%s is of indicator %q, want %q", name(), of, id)
		case i == 0:
		case t.Compare(rows[i-1], rows[i]) == 0:
			return fmt.Errorf("%s is there twice", name())
		case t.Compare(rows[i-1], rows[i]) > 0:
			return fmt.Errorf("%s is out of order", name())
		}
	}
	return nil
}

// noteColumns are those whose cells are notes, of which the labels tell the codes.
var noteColumns = []string{"reason", "notes"}

// codeColumns are those whose cells are codes of the program's own, of which the
// labels tell the meaning; of a design several, with a blank between them.
var codeColumns = []string{"statistic", "unit", "ci_method", "error_source", "status", "scope", "side", "rule", "verdict", "kind", "design", "method", "state", "direction", "known"}

// codes visits the cells that hold codes and notes, each text of a column once.
func (t Table[R]) codes(c *Content, visit func(column, text, name string) error) error {
	for _, column := range t.Columns {
		if !slices.Contains(noteColumns, column.Name) && !slices.Contains(codeColumns, column.Name) {
			continue
		}
		seen := map[string]bool{"": true}
		rows := *t.Of(c)
		for i := range rows {
			text := *column.Text(&rows[i])
			if seen[text] {
				continue
			}
			seen[text] = true
			if err := visit(column.Name, text, t.name(rows[i])); err != nil {
				return err
			}
		}
	}
	return nil
}

// lines are the rows of the table's canonical CSV, without its header.
func (t Table[R]) lines(c *Content) []byte {
	rows := *t.Of(c)
	if len(rows) == 0 {
		return nil
	}
	_, rest, _ := bytes.Cut(sheet.CSV(rows, t.Columns), []byte("\n"))
	return rest
}

// checkNotes returns an error for notes and reasons that are not as
// indicator.Notes writes them.
func (c Content) checkNotes() error {
	for _, t := range tables {
		err := t.codes(&c, func(column, text, name string) error {
			if !slices.Contains(noteColumns, column) {
				return nil
			}
			if _, err := indicator.ParseNotes(text); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
