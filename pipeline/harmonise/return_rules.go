package harmonise

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/series"
)

// rules reports the rows that break a rule of the series, and the rows of groups
// and of all areas that do not agree with the areas'.
func (f *filer) rules() {
	for _, rows := range [][]series.Row{f.r.Rows, f.r.Groups, f.r.Whole} {
		for _, r := range rows {
			f.within(r)
		}
	}
	f.halfWidths()
	w := f.s.Areas.Whole
	for _, r := range f.r.Whole {
		if w.Ignore == "" {
			f.total(r, f.r.Rows, w.Within)
			f.total(r, f.r.Groups, w.Within)
		}
	}
	for _, r := range f.r.Groups {
		code, within := f.s.Areas.Are[r.Area].Code, 0.0
		if w != nil {
			within = w.Within
		}
		f.total(r, slices.DeleteFunc(slices.Clone(f.r.Rows), func(part series.Row) bool { return f.s.Areas.Are[part.Area].Within != code }), within)
	}
	if w != nil && w.Ignore != "" {
		f.r.Whole = nil
	}
}

// at is the place of a column among the numbers.
func (f *filer) place(name string) int { return slices.Index(f.numbers, name) }

// within reports where a row breaks a rule.
func (f *filer) within(r series.Row) {
	value := func(name string) float64 { return r.Cells[f.place(name)].Value }
	label := func(name string) string { return f.s.Columns[name].Label }
	for _, rule := range f.s.Rules {
		switch {
		case rule.Part != "":
			if part, whole := value(rule.Part), value(rule.Whole); part > whole {
				f.add(r.Line, "%s: %s is %s, more than %s, %s", f.rowName(r), label(rule.Part), codebook.Spell(part), label(rule.Whole), codebook.Spell(whole))
			}
		case rule.Make != "":
			sum, parts := 0.0, []string{}
			for _, name := range rule.Parts {
				sum += value(name)
				parts = append(parts, codebook.Spell(value(name)))
			}
			if whole := value(rule.Make); math.Abs(sum-whole) > rule.Within+slack(sum) {
				f.add(r.Line, "%s: %s make %s, and %s is %s", f.rowName(r), strings.Join(parts, " and "), codebook.Spell(sum), label(rule.Make), codebook.Spell(whole))
			}
		}
	}
}

// slack is what sums of decimal numbers may be off by.
func slack(sum float64) float64 { return float64(1e-9 * math.Abs(sum)) }

// halfWidths reports half-widths of intervals that are not above 0.
func (f *filer) halfWidths() {
	for _, name := range f.s.HalfWidths {
		for _, r := range f.r.Rows {
			if x := r.Cells[f.place(name)].Value; x <= 0 {
				f.add(r.Line, "%s: %s is %s, want a half-width above 0", f.rowName(r), f.s.Columns[name].Label, codebook.Spell(x))
			}
		}
	}
}

// total reports where a row of several areas does not agree with theirs: columns
// that add up must, and those that do not must not be their sum.
func (f *filer) total(of series.Row, rows []series.Row, within float64) {
	for i, name := range f.numbers {
		c := f.s.Columns[name]
		sum, low, high, rounded := 0.0, math.Inf(1), math.Inf(-1), 0.5
		parts := 0
		for _, r := range rows {
			if !slices.Equal(r.Categories, of.Categories) {
				continue
			}
			x := r.Cells[i].Value
			sum += x // NaN where a part is not told: nothing can be said
			low, high = min(low, x), max(high, x)
			parts++
		}
		given := of.Cells[i].Value
		if parts == 0 || math.IsNaN(sum) || math.IsNaN(given) {
			continue
		}
		if c.Kind != series.RateColumn {
			if math.Abs(sum-given) > within+slack(sum) {
				f.add(of.Line, "%s: %s is %s, and the %d rows make %s, want them to agree", f.rowName(of), c.Label, codebook.Spell(given), parts, codebook.Spell(sum))
			}
			continue
		}
		if parts > 1 && low > 0 && math.Abs(sum-given) <= rounded*float64(parts) && given > high {
			f.hint(fmt.Sprintf("leave it out with whole: {ignore: it adds up rates} in %s, or give the rate", f.s.File()), of.Line,
				"%s: %s is %s, the sum of the rates of %d areas, which lie between %s and %s: want a rate", f.rowName(of), c.Label, codebook.Spell(given), parts, codebook.Spell(low), codebook.Spell(high))
		}
	}
}
