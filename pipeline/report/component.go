package report

import (
	"fmt"
	"io"
	"math"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// Components writes the parts of a change: one sentence, the sums by every breakdown,
// and of the first breakdown both parts of each category. Published is the change that
// a release has, nil for none; withheld are breakdowns that are not told, and why. The
// error is the writer's.
func Components(out io.Writer, rows []release.Component, published *release.Change, withheld []string, width int) error {
	w := &page{out: out, width: width}
	first := rows[0]
	of := first.Indicator + ", " + string(first.FromSource) + " to " + string(first.Source) + ", " + first.Population
	if first.Item != codebook.All {
		of += ", " + first.Item
	}
	w.paragraph("", of)
	w.paragraph("", fmt.Sprintf("By %s: %s within its categories, and %s by their shares of the base, of a change of %s.",
		first.Breakdown, part(rows[1]), part(rows[2]), part(first)))
	if published != nil && !math.IsNaN(published.Change) && published.Change != first.Value {
		w.paragraph("", fmt.Sprintf("The release has a change of %s: of everybody, also those whose category is not known.", withUnit(published.Change, published.Statistic)))
	}
	var sums, each [][]string
	for i, c := range rows {
		if c.Category == codebook.All && c.Part == release.PartChange {
			sums = append(sums, append([]string{c.Breakdown}, append(partCells(rows[i+1]), partCells(rows[i+2])...)...))
		}
		if c.Breakdown == first.Breakdown && c.Category != codebook.All && c.Part == release.PartWithin {
			cells := []string{c.Category}
			for k := range c.Shares {
				cells = append(cells, fixed(c.Shares[k], 1), fixed(c.Figures[k], kind(c.Statistic).Decimals))
			}
			each = append(each, append(cells, append(partCells(c), partCells(rows[i+1])...)...))
		}
	}
	w.line("")
	w.table([]string{"By", ">Within", ">SE", ">95% interval", ">Between", ">SE", ">95% interval"}, sums)
	w.line("\nBy %s", first.Breakdown)
	w.table([]string{"Category", ">Share, from", ">Figure, from", ">Share, to", ">Figure, to", ">Within", ">SE", ">95% interval", ">Between", ">SE", ">95% interval"}, each)
	for _, words := range withheld {
		w.paragraph("  Not told by ", words)
	}
	ns, err := indicator.ParseNotes(first.Notes)
	if err != nil {
		return err
	}
	for _, n := range ns {
		if !n.Is(bannered...) {
			w.paragraph("  ", Words(n))
		}
	}
	return w.err
}

// part is a part of a change in words, with its interval.
func part(c release.Component) string {
	words := withUnit(c.Value, c.Statistic)
	if !math.IsNaN(c.Lower) {
		places := kind(c.Statistic).Decimals
		words += fmt.Sprintf(" (%s to %s)", plus(c.Lower, places), plus(c.Upper, places))
	}
	return words
}

func withUnit(x float64, statistic string) string {
	return strings.TrimSpace(plus(x, kind(statistic).Decimals) + points(statistic))
}

// plus is a number with its sign.
func plus(x float64, places int) string {
	text := large(x, places)
	if x > 0 {
		return "+" + text
	}
	return text
}

func partCells(c release.Component) []string {
	places := kind(c.Statistic).Decimals
	limits := "-"
	if !math.IsNaN(c.Lower) {
		limits = plus(c.Lower, places) + " to " + plus(c.Upper, places)
	}
	return []string{plus(c.Value, places), standardError(c.SE, c.Statistic), limits}
}
