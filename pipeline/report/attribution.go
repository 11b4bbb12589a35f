package report

import (
	"io"
	"strings"

	"togetherwecan/pipeline/release"
)

// Attributions writes why figures moved from one release to another: of each the parts
// of its change, and how they were told apart. The error is the writer's.
func Attributions(out io.Writer, rows []release.Attribution, from, to string, width int) error {
	w := &page{out: out, width: width}
	if len(rows) == 0 {
		w.line("No figure that was asked for moved from %s to %s.", from, to)
		return w.err
	}
	w.line("%s, %s to %s: %s moved", rows[0].Indicator, from, to, Plural(len(rows), "figure"))
	var cells [][]string
	rules, together := map[string]bool{}, map[string]bool{}
	for _, r := range rows {
		cells = append(cells, []string{
			string(r.Source), r.Population, unlessAll(r.Breakdown), unlessAll(r.Category), unlessAll(r.Item),
			withoutSign(r.Was), withoutSign(r.Now), withSign(r.Change), withSign(r.Data), withSign(r.Definition), withSign(r.Method), withSign(r.Disclosure),
		})
		rules[r.Rule], together[r.Together] = true, true
	}
	header := []string{"Source", "Population", "Breakdown", "Category", "Item", ">Was", ">Now", ">Change", ">Data", ">Definition", ">Method", ">Disclosure"}
	alignDecimals(cells, header, header[5:]...)
	w.table(header, cells)
	for _, told := range []struct{ rule, words string }{
		{release.RuleShapley, "Data and definition are both others: each has the mean of what it changes before and after the other."},
		{release.RuleDataFirst, "Data and definition are both others: data is what it changes by the old definition, definition what it changes on the new data. With --was-extracts each has the mean of both orders."},
		{release.RuleOtherFirst, "Data and definition are both others: definition is what it changes on the old data, data what it changes by the new definition. With --extracts each has the mean of both orders."},
	} {
		if rules[told.rule] {
			w.paragraph("  ", told.words)
		}
	}
	for _, parts := range []string{"data definition", "data method", "definition method", "data definition method"} {
		if together[parts] {
			list := strings.Fields(parts)
			w.paragraph("  ", strings.Join(list, " and ")+" are others and not told apart: "+list[0]+" has all of it. The extracts of both releases (--extracts, --was-extracts) tell them apart.")
		}
	}
	w.paragraph("  ", "Disclosure is what the digits shown leave of a change.")
	return w.err
}

func withoutSign(x float64) string { return strings.TrimPrefix(withSign(x), "+") }
