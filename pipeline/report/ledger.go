package report

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ledger"
	"togetherwecan/pipeline/release"
)

// statusWords are those of what becomes of a printed figure.
var statusWords = map[ledger.Status]string{
	ledger.Reproduced:  "reproduced",
	ledger.Rounding:    "reproduced but for rounding",
	ledger.Explained:   "differs, explained",
	ledger.Unexplained: "differs, unexplained",
	ledger.Synthetic:   "synthetic only",
	ledger.Quoted:      "quoted",
	ledger.NotComputed: "not computed",
	ledger.Target:      "a target",
}

// whyWords say why a printed figure was not computed.
var whyWords = map[ledger.Why]string{
	ledger.NotSurvey:    "not survey data",
	ledger.NoPopulation: "population not stated",
	ledger.NoIndicator:  "indicator not declared",
	ledger.NoSource:     "wave not declared",
	ledger.NoDivision:   "not declared of the wave",
	ledger.NoExtract:    "no extract",
	ledger.NoVariable:   "not in the extract",
	ledger.Withheld:     "withheld",
}

// LedgerSentence tells the three totals of a ledger.
func LedgerSentence(t ledger.Totals) string {
	return fmt.Sprintf("%s: %d agree, %d differ, and %d cannot be held against a figure of ours.", Plural(t.All, "published figure"), t.Agree, t.Differ, t.Untold)
}

// StatusWords are what becomes of a printed figure, in words, and by which notice ours is
// wrong or withdrawn.
func StatusWords(r ledger.Row) string {
	words := statusWords[ledger.Status(r.Status)]
	if r.Why != "" {
		words += ": " + whyWords[ledger.Why(r.Why)]
	}
	if r.Notice != "" {
		words += "; " + r.Notice
	}
	return words
}

// Ledger writes printed figures and what becomes of each: the totals, how many there are
// of each status, a table of those that are held against a figure, and one of why the
// others are not. The error is the writer's.
func Ledger(out io.Writer, l ledger.Ledger, of string, width int) error {
	w := &page{out: out, width: width}
	t := l.Totals()
	w.paragraph("", LedgerSentence(t)+" Held against "+of+".")
	w.line("")
	w.table([]string{"What becomes of them", ">Figures"}, LedgerCounts(l))
	var rows [][]string
	for _, r := range l.Rows {
		if r.Ours != "" {
			rows = append(rows, held(r))
		}
	}
	if len(rows) > 0 {
		w.line("\nHeld against a figure of ours")
		w.table(heldHeader, rows)
		w.paragraph("  ", "Units: ours less printed, in units of the last digit printed. Errors: the same, in standard errors of ours.")
	}
	w.searched(l)
	rows = nil
	for _, r := range l.Rows {
		if r.Ours == "" {
			why := StatusWords(r)
			if r.Needs != "" {
				why += " (" + r.Needs + ")"
			}
			rows = append(rows, []string{printedOf(r), string(r.Source), partOf(r), asPrinted(r), why})
		}
	}
	if len(rows) > 0 {
		w.line("\nNot held against one")
		w.table([]string{"Indicator", "Source", "Of", ">Printed", "Why"}, rows)
	}
	return w.err
}

// searched writes what the search found, once for each table that was searched for.
func (p *page) searched(l ledger.Ledger) {
	type found struct {
		publication, indicator string
		ledger.Search
	}
	var tables []found
	figures := map[string]int{}
	for _, r := range l.Rows {
		if r.Tried < 0 {
			continue
		}
		key := r.Publication + "\n" + r.Indicator
		if figures[key] == 0 {
			tables = append(tables, found{r.Publication, r.Indicator, r.Search})
		}
		figures[key]++
	}
	if len(tables) > 0 {
		p.line("\nWhat explains the differences")
	}
	for _, t := range tables {
		of := fmt.Sprintf("%s, %s in %s: ", t.indicator, Plural(figures[t.publication+"\n"+t.indicator], "figure"), t.publication)
		switch {
		case t.Choices != "":
			of += fmt.Sprintf("%s (%s).", t.Choices, t.By)
		case t.Nearest == "":
			of += "no other choice gives other figures."
		default:
			of += "unexplained; nearest, " + t.Nearest + "."
		}
		p.paragraph("  ", of+fmt.Sprintf(" Of %s tried, %s would agree by chance.", Plural(int(t.Tried), "outcome"), chance(t.Chance)))
	}
}

// chance is an expected number.
func chance(x float64) string {
	const least = 0.001
	if x < least {
		return "fewer than 0.001"
	}
	return strconv.FormatFloat(x, 'f', 3, 64)
}

// LedgerCounts are how many figures there are of each status and, indented, of each reason
// why they were not computed.
func LedgerCounts(l ledger.Ledger) [][]string {
	t := l.Totals()
	var counts [][]string
	for _, s := range ledger.Statuses {
		if t.By[s] == 0 {
			continue
		}
		counts = append(counts, []string{statusWords[s], Count(int64(t.By[s]))})
		if s == ledger.NotComputed {
			counts = append(counts, reasons(l)...)
		}
	}
	return counts
}

// LedgerOf names in words of whom a printed figure is, when, and of which item: a code where the release has no
// words for it.
func LedgerOf(l *release.Labels, r ledger.Row) string {
	words := []string{string(r.Source), l.Text("population", "", r.Population)}
	if s := l.Source(r.Source); s != nil {
		words[0] = s.Title
	}
	if r.Item != codebook.All {
		words = slices.Insert(words, 0, release.MidPhrase(l.Text("item", r.Indicator, r.Item)))
	}
	if r.Breakdown != codebook.All {
		words = append(words, l.Text("category", r.Breakdown, r.Category))
	}
	return strings.Join(words, ", ")
}

// LedgerCells are a printed figure in words: as it was printed, ours where
// there is one, the difference in units of the last digit printed, and what becomes of it.
func LedgerCells(r ledger.Row) (printed, ours, units, status string) {
	printed, status = asPrinted(r), StatusWords(r)
	if r.Ours != "" {
		cells := held(r)
		ours, units = cells[4], cells[6]
	}
	return printed, ours, units, status
}

var heldHeader = []string{"Indicator", "Our source", "Of", ">Printed", ">Ours", ">SE", ">Units", ">Errors", "What becomes of it"}

// held is the row of a figure that is held against ours.
func held(r ledger.Row) []string {
	value := withoutSign(r.Value) // with the digits that are published: it is not rounded twice
	if r.From != "" {
		value = withSign(r.Value)
	}
	if r.Decimals == 0 && r.Unit != indicator.Percent {
		value = Count(int64(r.Value))
	}
	return []string{
		printedOf(r), r.Ours, partOf(r), asPrinted(r), value, Plain(r.SE, 2), withSign(r.Units), withSign(r.Errors), StatusWords(r),
	}
}

// reasons counts the reasons of those that were not computed.
func reasons(l ledger.Ledger) [][]string {
	by := map[ledger.Why]int{}
	for _, r := range l.Rows {
		by[ledger.Why(r.Why)]++
	}
	var rows [][]string
	for _, why := range slices.Sorted(maps.Keys(whyWords)) {
		if by[why] > 0 {
			rows = append(rows, []string{"  " + whyWords[why], Count(int64(by[why]))})
		}
	}
	return rows
}

// printedOf names the indicator of a printed figure, and its item.
func printedOf(r ledger.Row) string {
	if r.Item != codebook.All {
		return r.Indicator + ", " + r.Item
	}
	return r.Indicator
}

// asPrinted is a printed figure, or a change with its sign: of a share in percentage points.
func asPrinted(r ledger.Row) string {
	if r.From == "" {
		return Printed(r.Printed, int(r.Decimals), r.Unit)
	}
	text := Printed(math.Abs(r.Printed), int(r.Decimals), "")
	switch {
	case r.Printed < 0:
		text = "-" + text
	case r.Printed > 0:
		text = "+" + text
	}
	if r.Unit == indicator.Percent {
		text += " points"
	}
	return text
}

// partOf names who a printed figure is of, and of a change since when.
func partOf(r ledger.Row) string {
	of := r.Population
	if r.Breakdown != codebook.All {
		of += ", " + r.Category
	}
	if r.From != "" {
		of += ", change since " + string(r.From)
	}
	return of
}
