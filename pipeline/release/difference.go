package release

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release/sheet"
)

// A Difference is what moved in an indicator from one release to the next,
// key by key.
type Difference struct {
	Figures  Moved[Figure]
	Changes  Moved[Change]
	Evidence Moved[Evidence]
	Targets  Moved[Target]
	Trends   Moved[Trend]
	Funnels  Moved[Funnel]
	Reworded []Rewording // what is called otherwise
}

// counts are of the rows of all kinds.
func (d *Difference) counts() (gained, lost, revised int) {
	for _, m := range []interface {
		counts() (gained, lost, revised int)
	}{d.Figures, d.Changes, d.Evidence, d.Targets, d.Trends, d.Funnels} {
		a, b, c := m.counts()
		gained, lost, revised = gained+a, lost+b, revised+c
	}
	return gained, lost, revised
}

// Moved is what moved in the rows of one kind.
type Moved[R any] struct {
	Gained, Lost []R
	Revised      []Revision[R]
}

func (m Moved[R]) counts() (gained, lost, revised int) {
	return len(m.Gained), len(m.Lost), len(m.Revised)
}

// revised are the rows that went, and those that are others, as they are now.
func (m Moved[R]) revised() []R {
	rows := slices.Clone(m.Lost)
	for _, r := range m.Revised {
		rows = append(rows, r.Now)
	}
	return rows
}

// redefined counts the rows that are no longer the same kind of figure.
func (m Moved[R]) redefined() int {
	n := 0
	for _, r := range m.Revised {
		if slices.Contains(r.Columns, "statistic") || slices.Contains(r.Columns, "unit") {
			n++
		}
	}
	return n
}

// gained says in words what came.
func (t Table[R]) gained(m Moved[R]) []string {
	if len(m.Gained) == 0 {
		return nil
	}
	return []string{"gained " + refusal.Count(len(m.Gained), t.counted)}
}

// withdrawn says in words what went or is published otherwise.
func (t Table[R]) withdrawn(m Moved[R]) []string {
	var words []string
	if len(m.Lost) > 0 {
		words = append(words, "lost "+t.name(m.Lost[0]))
		if more := len(m.Lost) - 1; more > 0 {
			words[0] += fmt.Sprintf(" and %d more", more)
		}
	}
	return append(words, t.largest(m, func(R) float64 { return math.NaN() })...)
}

// A Revision is a row that both releases have under one key, with the names
// of the columns in which they differ.
type Revision[R any] struct {
	Was, Now R
	Columns  []string
}

// Moved says whether the row's own number moved: the value of a figure or the
// size of a change, or whether it is given at all.
func (r Revision[R]) Moved() bool {
	return slices.ContainsFunc(r.Columns, func(c string) bool { return c == "value" || c == "change" || c == "status" })
}

// Compare finds the difference between an indicator's contents in two
// releases. Both are in canonical order.
func Compare(previous, next Content) Difference {
	d := Difference{
		FiguresTable.compare(previous, next), ChangesTable.compare(previous, next), EvidenceTable.compare(previous, next),
		TargetsTable.compare(previous, next), TrendsTable.compare(previous, next), FunnelsTable.compare(previous, next), previous.Words.wordChanges(&next.Words),
	}
	d.Changes.Lost = d.withoutReplaced()
	return d
}

// withoutReplaced lists the lost changes but for those of a return with the one
// before it that gave way to that with one between the two.
func (d *Difference) withoutReplaced() []Change {
	between := map[indicator.Key]bool{} // later figures that are compared with a new one
	for _, c := range d.Changes.Gained {
		from := c.Key
		from.Source = c.FromSource
		if slices.ContainsFunc(d.Figures.Gained, func(f Figure) bool { return f.Key == from }) {
			between[c.Key] = true
		}
	}
	return slices.DeleteFunc(d.Changes.Lost, func(c Change) bool { return between[c.Key] })
}

// compare merges the rows of two contents in the order of their keys.
func (t Table[R]) compare(was, now Content) (m Moved[R]) {
	previous, next := *t.Of(&was), *t.Of(&now)
	for len(previous) > 0 || len(next) > 0 {
		side := 0
		switch {
		case len(previous) == 0:
			side = 1
		case len(next) == 0:
			side = -1
		default:
			side = t.Compare(previous[0], next[0])
		}
		switch {
		case side < 0:
			m.Lost, previous = append(m.Lost, previous[0]), previous[1:]
		case side > 0:
			m.Gained, next = append(m.Gained, next[0]), next[1:]
		default:
			if names := differing(&previous[0], &next[0], t.Columns); len(names) > 0 {
				m.Revised = append(m.Revised, Revision[R]{previous[0], next[0], names})
			}
			previous, next = previous[1:], next[1:]
		}
	}
	return m
}

// differing names the columns whose cells are published differently.
func differing[R any](a, b *R, columns []sheet.Column[R]) []string {
	var names []string
	for _, c := range columns {
		if !c.Same(a, b) {
			names = append(names, c.Name)
		}
	}
	return names
}

// A part is one way in which figures are divided, for telling what came or
// went.
type part struct {
	name string
	of   func(indicator.Key) string
}

var parts = []part{
	{"source", func(k indicator.Key) string { return string(k.Source) }},
	{"item", func(k indicator.Key) string { return k.Item }},
	{"population", func(k indicator.Key) string { return k.Population }},
	{"breakdown", func(k indicator.Key) string { return k.Breakdown }},
	{"category", func(k indicator.Key) string { return k.Breakdown + " " + k.Category }},
}

// extent says in words what the figures of rows have that those of base do
// not: "gained source hocs/2003", "gained breakdown tenure". Each row counts
// under the first part that is new with it.
func extent(verb string, rows, base []Figure) []string {
	have := make([]map[string]bool, len(parts))
	added := make([][]string, len(parts))
	for i, p := range parts {
		have[i] = map[string]bool{}
		for _, f := range base {
			have[i][p.of(f.Key)] = true
		}
	}
	other := 0
rows:
	for _, f := range rows {
		for i, p := range parts {
			if name := p.of(f.Key); !have[i][name] {
				added[i] = append(added[i], name)
				continue rows
			}
		}
		other++
	}
	var words []string
	for i, p := range parts {
		slices.Sort(added[i])
		for _, name := range slices.Compact(added[i]) {
			words = append(words, verb+" "+p.name+" "+name)
		}
	}
	if other > 0 {
		words = append(words, fmt.Sprintf("%s %s between sources, populations and categories that it already had", verb, refusal.Count(other, "figure")))
	}
	return words
}

// describe names a row for a reader: source, population, breakdown and
// category, and the item where there are several. from is the earlier source
// of a change.
func describe(k indicator.Key, from codebook.SourceID) string {
	of := string(k.Source)
	if from != "" {
		of = string(from) + " to " + of
	}
	words := []string{of, k.Population, k.Breakdown, k.Category}
	if k.Item != codebook.All {
		words = append(words, k.Item)
	}
	return strings.Join(words, " ")
}

// largest says in words how many rows changed, and names the one whose number
// moved most; where none moved, the first that was given or withheld; else
// the first.
func (t Table[R]) largest(m Moved[R], value func(R) float64) []string {
	revised := m.Revised
	if len(revised) == 0 {
		return nil
	}
	best, rank := 0, -1.0
	for i, r := range revised {
		move := math.Abs(value(r.Now) - value(r.Was))
		switch {
		case move > 0: // not NaN
			move++
		case r.Moved():
			move = 0.5
		default:
			move = 0
		}
		if move > rank {
			best, rank = i, move
		}
	}
	r := revised[best]
	column := r.Columns[0]
	for _, main := range []string{"value", "change", "status"} {
		if slices.Contains(r.Columns, main) {
			column = main
			break
		}
	}
	which, label := ", the largest ", ""
	if rank < 1 {
		which = ", the first "
	}
	if len(revised) == 1 {
		which = ": "
	}
	was, now := cell(r.Was, column, t.Columns), cell(r.Now, column, t.Columns)
	if column != "value" && column != "change" {
		label = column + " "
	} else {
		was, now = aligned(was, now), aligned(now, was)
	}
	return []string{fmt.Sprintf("%s changed%s%s: %swas %s, now %s", refusal.Count(len(revised), t.counted), which, t.name(r.Now), label, was, now)}
}

// cell is a row's cell in words.
func cell[R any](row R, column string, columns []sheet.Column[R]) string {
	for _, c := range columns {
		if c.Name != column {
			continue
		}
		text, err := c.Format(&row)
		switch {
		case err != nil:
			return err.Error()
		case text == "":
			return "none"
		case c.Text != nil && strings.Contains(text, " "):
			return strconv.Quote(text)
		}
		return text
	}
	panic("release: no column " + column)
}

// aligned is the text of a number with no fewer decimals than that of another.
func aligned(text, beside string) string {
	_, decimals, _ := strings.Cut(beside, ".")
	_, own, _ := strings.Cut(text, ".")
	if x, err := strconv.ParseFloat(text, 64); err == nil && len(own) < len(decimals) {
		return strconv.FormatFloat(x, 'f', len(decimals), 64)
	}
	return text
}

// number is a number in words.
func number(x float64) string {
	if math.IsNaN(x) {
		return "none"
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}
