package report

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// Diff writes what moved between two releases: one sentence, what the two rest on,
// and of each indicator every row that is another, the rows that came or went by what
// they have in common. The error is the writer's.
func Diff(out io.Writer, d *release.Diff, width int) error {
	w := &page{out: out, width: width}
	w.paragraph("", Sentence(d))
	w.ground(d)
	for _, x := range d.Indicators {
		if x.Class != release.Unchanged {
			w.differing(x, func(m release.Move) bool {
				return m.Event == release.Rounded || m.Event == release.Restated && len(d.Policy) > 0 && m.Revision == release.DisclosureRevision
			})
		}
	}
	return w.err
}

// figures is the table of a release that the others are made of.
const figures = "figures"

// told are the events of which a sentence tells how many there are, of figures, or of
// the rows of all tables.
var told = []struct {
	event      release.Event
	noun, what string
}{
	{release.Redefined, "row", "of another statistic or unit"},
	{release.Flipped, "verdict", "flipped"},
	{release.Hidden, "figure", "hidden"},
	{release.Shown, "figure", "shown"},
	{release.Rounded, "figure", "rounded otherwise"},
	{release.Came, "figure", "came"},
	{release.Went, "figure", "went"},
	{release.Reworded, "word", "changed"},
}

// Sentence says in one sentence what moved.
func Sentence(d *release.Diff) string {
	var moved []release.IndicatorDiff
	for _, x := range d.Indicators {
		if x.Class != release.Unchanged {
			moved = append(moved, x)
		}
	}
	of := Plural(len(d.Indicators), "indicator")
	if len(moved) == 0 {
		return "Nothing moved in " + of + "."
	}
	all := d.Moves()
	var parts []string
	if words := shifted(all); words != "" {
		parts = append(parts, words)
	}
	for _, part := range told {
		n := 0
		for _, m := range all {
			if m.Event == part.event && (part.noun != "figure" || m.Table == figures) {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, Plural(n, part.noun)+" "+part.what)
		}
	}
	if len(parts) == 0 {
		parts = append(parts, Plural(len(all), "row")+" changed, and no figure")
	}
	return fmt.Sprintf("%s of %s moved: %s.", Count(int64(len(moved))), of, strings.Join(parts, "; "))
}

// shifted says how many figures moved, of which sources, and how far.
func shifted(all []release.Move) string {
	var digits []float64
	var sources []string
	n := 0
	for _, m := range all {
		if m.Table != figures || m.Event != release.Shifted {
			continue
		}
		n++
		if !slices.Contains(sources, string(m.Of.Source)) {
			sources = append(sources, string(m.Of.Source))
		}
		if !math.IsNaN(m.Digits) {
			digits = append(digits, math.Abs(m.Digits))
		}
	}
	if n == 0 {
		return ""
	}
	words := Plural(n, "figure") + " of " + several(sources, "source")
	if len(digits) == 0 {
		return words
	}
	slices.Sort(digits)
	least, median, most := digits[0], digits[(len(digits)-1)/2], digits[len(digits)-1]
	alike := 0
	for _, x := range digits {
		if x == median {
			alike++
		}
	}
	switch unit := " unit of the last digit"; {
	case least == most && most == 1:
		return words + " by 1" + unit
	case least == most:
		return words + " by " + brief(most) + " units of the last digit"
	case 2*alike > len(digits) && median == 1:
		return words + ", most by 1" + unit + ", the largest by " + brief(most)
	case 2*alike > len(digits) || len(digits) < 5:
		return words + ", by " + brief(least) + " to " + brief(most) + " units of the last digit"
	default:
		return words + ", half of them by up to " + brief(median) + " units of the last digit, the largest by " + brief(most)
	}
}

// brief is a number with one decimal, if it has any.
func brief(x float64) string { return strings.TrimSuffix(Plain(x, 1), ".0") }

// several lists a few names, or counts them.
func several(names []string, noun string) string {
	if len(names) > 3 {
		return Plural(len(names), noun)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// ground says what the releases do not both rest on: sources and policy.
func (p *page) ground(d *release.Diff) {
	words := map[release.Event]string{release.Came: "came", release.Went: "went", release.Restated: "another file"}
	for _, event := range []release.Event{release.Came, release.Went, release.Restated} {
		var ids []string
		for _, s := range d.Sources {
			if s.Event == event {
				ids = append(ids, string(s.Source))
			}
		}
		if len(ids) > 0 {
			p.paragraph("Sources, "+words[event]+": ", strings.Join(ids, ", "))
		}
	}
	if len(d.Policy) == 0 {
		return
	}
	var keys []string
	for _, k := range d.Policy {
		keys = append(keys, fmt.Sprintf("%s was %s, now %s", k.Key, cmp.Or(k.Was, "none"), cmp.Or(k.Now, "none")))
	}
	p.paragraph("Disclosure policy: ", strings.Join(keys, "; "))
}

// A listing is how moves of some events are listed: those of figures apart from those
// of other tables.
type listing struct {
	title  string
	events []release.Event
	header []string
	row    func(m release.Move) []string
}

var listings = []listing{
	{"Moved", []release.Event{release.Shifted}, []string{">Was", ">Now", ">Digits", ">Errors"}, func(m release.Move) []string {
		return []string{m.Was, m.Now, withSign(m.Digits), withSign(m.Errors)}
	}},
	{"Flipped", []release.Event{release.Flipped}, []string{"Was", "Now"}, func(m release.Move) []string {
		return []string{cmp.Or(m.Was, "-"), cmp.Or(m.Now, "-")}
	}},
	{"Hidden or shown", []release.Event{release.Hidden, release.Shown}, []string{"", ">Was", ">Now"}, func(m release.Move) []string {
		return []string{string(m.Event), cmp.Or(m.Was, "-"), cmp.Or(m.Now, "-")}
	}},
	{"Otherwise", []release.Event{release.Redefined, release.Restated}, []string{"", "Columns", "Was", "Now"}, func(m release.Move) []string {
		was, now := cmp.Or(m.Was, "none"), cmp.Or(m.Now, "none")
		if m.Column != m.Columns {
			was = m.Column + " " + was
		}
		return []string{string(m.Event), m.Columns, was, now}
	}},
}

// list writes the moves of a listing, with the type of revision of each where that is
// not the indicator's own.
func (p *page) list(of listing, x release.IndicatorDiff, own bool) {
	var rows [][]string
	several := false
	for _, m := range x.Moves {
		if slices.Contains(of.events, m.Event) && (m.Table == figures) == own {
			rows = append(rows, append(append(keyCells(m, own), of.row(m)...), string(m.Revision)))
			several = several || m.Revision != x.Revision
		}
	}
	if len(rows) == 0 {
		return
	}
	header := append(keyHeader(own), of.header...)
	alignDecimals(rows, header, ">Was", ">Now")
	if several {
		header = append(header, "Revision")
	} else {
		for i := range rows {
			rows[i] = rows[i][:len(header)]
		}
	}
	p.line("  %s", of.title)
	p.table(header, rows)
}

// alignDecimals gives the numbers of columns, by their heads, as many decimals as the one
// with most.
func alignDecimals(rows [][]string, header []string, columns ...string) {
	cells := func(do func(cell *string)) {
		for _, row := range rows {
			for i := range row[:len(header)] {
				if slices.Contains(columns, header[i]) {
					do(&row[i])
				}
			}
		}
	}
	most := 0
	cells(func(cell *string) {
		_, fraction, _ := strings.Cut(*cell, ".")
		most = max(most, len(fraction))
	})
	cells(func(cell *string) {
		if x, err := strconv.ParseFloat(*cell, 64); err == nil {
			sign := (*cell)[:len(*cell)-len(strings.TrimPrefix(*cell, "+"))]
			*cell = sign + strconv.FormatFloat(x, 'f', most, 64)
		}
	})
}

// differing writes what moved of one indicator; of rows that another policy rounds
// otherwise how many there are.
func (p *page) differing(x release.IndicatorDiff, rounded func(release.Move) bool) {
	versions := cmp.Or(x.Was, "not there") + " to " + cmp.Or(x.Now, "not there")
	kind := string(x.Class)
	if x.Revision != release.NotRevised {
		kind += ", " + string(x.Revision)
	}
	p.line("\n%s %s (%s)", x.ID, versions, kind)
	came := map[string]int{}
	for _, m := range x.Moves {
		switch {
		case rounded(m):
			came[m.Table+" "+string(release.Rounded)]++
		case m.Event == release.Came || m.Event == release.Went:
			came[m.Table+" "+string(m.Event)]++
		}
	}
	x.Moves = slices.DeleteFunc(slices.Clone(x.Moves), rounded)
	if words := slices.Concat(x.Came, x.Went); len(words) > 0 {
		p.paragraph("  ", strings.Join(words, "; "))
	}
	var counts []string
	for _, table := range []string{figures, "changes", "targets", "trends", "funnels", "evidence"} {
		for _, event := range []release.Event{release.Came, release.Went, release.Rounded} {
			if n := came[table+" "+string(event)]; n > 0 {
				words := fmt.Sprintf("%s %s %s", Count(int64(n)), rowsOf(table, n), event)
				if event == release.Rounded {
					words += " otherwise"
				}
				counts = append(counts, words)
			}
		}
	}
	if len(counts) > 0 {
		p.paragraph("  ", strings.Join(counts, ", "))
	}
	for _, of := range listings {
		p.list(of, x, true)
		p.list(of, x, false)
	}
	for _, m := range x.Moves {
		if m.Event == release.Reworded {
			p.paragraph("  ", fmt.Sprintf("%s was %s, now %s", m.Entry, quoted(m.Was), quoted(m.Now)))
		}
	}
}

// rowsOf is what the rows of a table are called.
func rowsOf(table string, n int) string {
	if table == "evidence" {
		return refusal.Noun(n, "row") + " of evidence"
	}
	return refusal.Noun(n, strings.TrimSuffix(table, "s"))
}

// keyHeader are the headings of what names a row; of another table than figures with
// that.
func keyHeader(own bool) []string {
	if own {
		return []string{"Source", "Population", "Breakdown", "Category", "Item"}
	}
	return []string{"Table", "Source", "Population", "Breakdown", "Category", "Item", "Entry"}
}

func keyCells(m release.Move, own bool) []string {
	source := string(m.Of.Source)
	if m.FromSource != "" {
		source = string(m.FromSource) + " to " + source
	}
	cells := []string{source, m.Of.Population, unlessAll(m.Of.Breakdown), unlessAll(m.Of.Category), unlessAll(m.Of.Item)}
	if own {
		return cells
	}
	return append(append([]string{m.Table}, cells...), m.Entry)
}

// unlessAll is a code of a key; "" where it does not divide.
func unlessAll(code string) string {
	if code == codebook.All {
		return ""
	}
	return code
}

// withSign is a number with its sign, with no more decimals than it has.
func withSign(x float64) string {
	if math.IsNaN(x) {
		return "-"
	}
	text := strconv.FormatFloat(x, 'f', -1, 64)
	if x > 0 {
		text = "+" + text
	}
	return text
}

func quoted(words string) string {
	if words == "" {
		return "none"
	}
	return strconv.Quote(words)
}
