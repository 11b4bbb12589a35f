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
	GainedFigures, LostFigures []Figure
	GainedChanges, LostChanges []Change
	RevisedFigures             []Revision[Figure]
	RevisedChanges             []Revision[Change]
	Evidence                   Moved[Evidence]
	Targets                    Moved[Target]
	Trends                     Moved[Trend]
	Reworded                   []string // what is called otherwise, in words
}

// Moved is what moved in rows that are told one by one: of evidence, targets and trends.
type Moved[R any] struct {
	Gained, Lost []R
	Revised      []Revision[R]
}

func (m Moved[R]) none() bool { return len(m.Gained)+len(m.Lost)+len(m.Revised) == 0 }

// gained says in words what came.
func (m Moved[R]) gained(noun string) []string {
	if len(m.Gained) == 0 {
		return nil
	}
	return []string{"gained " + refusal.Count(len(m.Gained), noun)}
}

// withdrawn says in words what went or is published otherwise.
func (m Moved[R]) withdrawn(noun string, columns []sheet.Column[R], name func(R) string) []string {
	var words []string
	if len(m.Lost) > 0 {
		words = append(words, "lost "+name(m.Lost[0]))
		if more := len(m.Lost) - 1; more > 0 {
			words[0] += fmt.Sprintf(" and %d more", more)
		}
	}
	if len(m.Revised) > 0 {
		words = append(words, largest(m.Revised, noun, columns, func(R) float64 { return math.NaN() }, name))
	}
	return words
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

// Redefined says whether the row is no longer the same kind of figure.
func (r Revision[R]) Redefined() bool {
	return slices.Contains(r.Columns, "statistic") || slices.Contains(r.Columns, "unit")
}

// Compare finds the difference between an indicator's contents in two
// releases. Both are in canonical order.
func Compare(previous, next Content) Difference {
	var d Difference
	d.GainedFigures, d.LostFigures, d.RevisedFigures = compare(previous.Figures, next.Figures, FigureColumns,
		func(a, b Figure) int { return a.Key.Compare(b.Key) })
	d.GainedChanges, d.LostChanges, d.RevisedChanges = compare(previous.Changes, next.Changes, ChangeColumns, Change.Compare)
	d.LostChanges = d.withoutReplaced()
	d.Evidence.Gained, d.Evidence.Lost, d.Evidence.Revised = compare(previous.Evidence, next.Evidence, EvidenceColumns, Evidence.Compare)
	d.Targets.Gained, d.Targets.Lost, d.Targets.Revised = compare(previous.Targets, next.Targets, TargetColumns, Target.Compare)
	d.Trends.Gained, d.Trends.Lost, d.Trends.Revised = compare(previous.Trends, next.Trends, TrendColumns, Trend.Compare)
	d.Reworded = previous.Words.wordChanges(&next.Words)
	return d
}

// withoutReplaced lists the lost changes but for those of a return with the one
// before it that gave way to that with one between the two.
func (d *Difference) withoutReplaced() []Change {
	between := map[indicator.Key]bool{} // later figures that are compared with a new one
	for _, c := range d.GainedChanges {
		from := c.Key
		from.Source = c.FromSource
		if slices.ContainsFunc(d.GainedFigures, func(f Figure) bool { return f.Key == from }) {
			between[c.Key] = true
		}
	}
	return slices.DeleteFunc(d.LostChanges, func(c Change) bool { return between[c.Key] })
}

// compare merges two tables in the order of their keys.
func compare[R any](previous, next []R, columns []sheet.Column[R], order func(a, b R) int) (gained, lost []R, revised []Revision[R]) {
	for len(previous) > 0 || len(next) > 0 {
		side := 0
		switch {
		case len(previous) == 0:
			side = 1
		case len(next) == 0:
			side = -1
		default:
			side = order(previous[0], next[0])
		}
		switch {
		case side < 0:
			lost, previous = append(lost, previous[0]), previous[1:]
		case side > 0:
			gained, next = append(gained, next[0]), next[1:]
		default:
			if names := differing(&previous[0], &next[0], columns); len(names) > 0 {
				revised = append(revised, Revision[R]{previous[0], next[0], names})
			}
			previous, next = previous[1:], next[1:]
		}
	}
	return gained, lost, revised
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
func largest[R any](revised []Revision[R], noun string, columns []sheet.Column[R], value func(R) float64, name func(R) string) string {
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
	if column != "value" && column != "change" {
		label = column + " "
	}
	was, now := cell(r.Was, column, columns), cell(r.Now, column, columns)
	return fmt.Sprintf("%s changed%s%s: %swas %s, now %s", refusal.Count(len(revised), noun), which, name(r.Now), label, was, now)
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

// number is a number in words.
func number(x float64) string {
	if math.IsNaN(x) {
		return "none"
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}
