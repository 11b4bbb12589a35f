package release

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Correcting says whether a revision is a correction: of an extract or the program, and
// nothing that readers knew was to come.
func (r RevisionType) Correcting() bool { return r == CorrectionMinor || r == CorrectionSubstantial }

// Corrected lists the indicators of which a release corrects what was published.
func (m *Manifest) Corrected() []string {
	var ids []string
	for i := range m.Indicators {
		if m.Indicators[i].Revision.Correcting() {
			ids = append(ids, m.Indicators[i].ID)
		}
	}
	return ids
}

// Unannounced are the corrections that the second of two releases made of what was
// published, and of which no notice bears on the first: one an indicator, about exactly
// the rows that are others in the second, whichever release before it has them. The diff is of the two, and the chain the ids of all releases.
func Unannounced(d *Diff, digest string, standing []Standing, chain []string) []Bearing {
	told := Bear(standing, nil, chain, d.From.ID)
	var all []Bearing
	for _, x := range d.Indicators {
		b := Bearing{Effect: Affected, rows: map[string]string{}}
		b.Notice = Notice{
			Format: NoticeFormat, Issued: d.To.ID[:len("2006-01-02")], Kind: Correction, Extent: MinorError,
			Affects: &Scope{Indicators: []string{x.ID}}, CorrectedBy: &Named{d.To.ID, digest}, Reason: reasonOf(d.To.Manifest, x.ID),
		}
		words := d.From.Contents[x.ID].Words
		for i := range x.Moves {
			m := &x.Moves[i]
			if m.Event == Came || !m.Revision.Correcting() || slices.ContainsFunc(told, func(n Bearing) bool { return n.Effect == Affected && n.Affects.tells(m, words) }) {
				continue
			}
			b.rows[m.Row()] = ""
			b.Affects.Sources = append(b.Affects.Sources, m.Of.Source)
			if m.Revision == CorrectionSubstantial {
				b.Extent = SubstantialError
			}
		}
		if len(b.rows) > 0 {
			b.fill(d.To.Contents[x.ID])
			*b.Affects = b.Affects.Sorted()
			all = append(all, b)
		}
	}
	return all
}

// reasonOf is why a release changed what was published of an indicator: as the analyst gave
// it, and else as it follows from the rows.
func reasonOf(m *Manifest, id string) string {
	reason := m.Reason
	if x := m.Indicator(id); strings.TrimSpace(reason) == "" && x != nil {
		reason = x.Reason
	}
	return strings.Join(strings.Fields(reason), " ")
}

// tells says whether a scope has the row that a move is of.
func (s *Scope) tells(m *Move, words Words) bool {
	return s.Touches(m.Of.Indicator, m.Alone(words))
}

// Alone is a content of nothing but the row that the move is of, by its key. A move of
// words is of no row.
func (m *Move) Alone(words Words) Content {
	c := Content{Words: words}
	switch m.Table {
	case ChangesTable.ID:
		c.Changes = []Change{{Key: m.Of, FromSource: m.FromSource}}
	case TrendsTable.ID:
		c.Trends = []Trend{{Key: m.Of, FromSource: m.FromSource}}
	case EvidenceTable.ID:
		c.Evidence = []Evidence{{Indicator: m.Of.Indicator, Source: m.Of.Source}}
	case WordsTable:
	default:
		c.Figures = []Figure{{Key: m.Of}}
	}
	return c
}

// Row names the row that a move is of among all of a release.
func (m *Move) Row() string {
	return strings.Join([]string{
		m.Table, m.Of.Indicator, string(m.FromSource), string(m.Of.Source), m.Of.Population, m.Of.Breakdown, m.Of.Category, m.Of.Item, m.Entry,
	}, "\x00")
}

// Announced says whether a notice was given: of a correction that a release made without
// one there is the release alone.
func (b Bearing) Announced() bool { return b.Number > 0 }

// Name names the notice in a line: by its number, and what has none by the release that
// corrects the figures.
func (b Bearing) Name() string {
	if b.Announced() {
		return strconv.Itoa(b.Number)
	}
	return b.CorrectedBy.ID
}

// Compare orders notices by their numbers, and behind them corrections without one by
// release and indicator. It is 0 of one notice alone.
func (b Bearing) Compare(o Bearing) int {
	switch {
	case b.Announced() && o.Announced():
		return cmp.Compare(b.Number, o.Number)
	case b.Announced() != o.Announced():
		if b.Announced() {
			return -1
		}
		return 1
	}
	return cmp.Or(strings.Compare(b.CorrectedBy.ID, o.CorrectedBy.ID), slices.Compare(b.Affects.Indicators, o.Affects.Indicators))
}

// Rows is how many rows a correction without a notice is about; 0 of a notice, which is
// about all that its scope has.
func (b Bearing) Rows() int { return len(b.rows) }

// Touches says whether the notice is about a row of an indicator's content.
func (b Bearing) Touches(id string, c Content) bool {
	if b.Announced() {
		return b.Affects.Touches(id, c)
	}
	return in(b.Affects.Indicators, id) &&
		(FiguresTable.among(c, b.rows) || ChangesTable.among(c, b.rows) || TrendsTable.among(c, b.rows) ||
			FunnelsTable.among(c, b.rows) || TargetsTable.among(c, b.rows) || EvidenceTable.among(c, b.rows))
}

// fill notes of the rows what the release that corrects them has.
func (b Bearing) fill(now Content) {
	FiguresTable.fill(now, b.rows)
	ChangesTable.fill(now, b.rows)
	TrendsTable.fill(now, b.rows)
	FunnelsTable.fill(now, b.rows)
	TargetsTable.fill(now, b.rows)
	EvidenceTable.fill(now, b.rows)
}

func (t Table[R]) fill(now Content, rows map[string]string) {
	for _, row := range *t.Of(&now) {
		place := t.Place(&row)
		if _, named := rows[place.Row()]; named {
			rows[place.Row()] = t.line(&row)
		}
	}
}

// line is all of a row as it is published.
func (t Table[R]) line(row *R) string {
	var cells []string
	for _, c := range t.Columns {
		cells = append(cells, t.textIn(row, c.Name))
	}
	return strings.Join(cells, "\x00")
}

// among says whether a content has one of the rows that are named, and otherwise than it
// is noted.
func (t Table[R]) among(c Content, noted map[string]string) bool {
	rows := *t.Of(&c)
	for i := range rows {
		place := t.Place(&rows[i])
		if now, named := noted[place.Row()]; named && now != t.line(&rows[i]) {
			return true
		}
	}
	return false
}

// Once adds to notices those of others that are not among them, in the order of Compare.
func Once(list []Bearing, others ...Bearing) []Bearing {
	for _, b := range others {
		if !slices.ContainsFunc(list, func(o Bearing) bool { return o.Compare(b) == 0 }) {
			list = append(list, b)
		}
	}
	slices.SortStableFunc(list, Bearing.Compare)
	return list
}

// Affecting are those of the notices by which rows are wrong or withdrawn.
func Affecting(list []Bearing) []Bearing {
	return slices.DeleteFunc(slices.Clone(list), func(b Bearing) bool { return b.Effect != Affected })
}
