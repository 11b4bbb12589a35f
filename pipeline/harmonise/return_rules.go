package harmonise

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/series"
)

// rules reports the rows that break a rule of the series, and the rows of groups,
// of all areas and of all categories that do not agree with their parts'.
func (f *filer) rules() {
	all := slices.Concat(f.r.Rows, f.r.Groups, f.r.Whole, f.r.Totals)
	for _, r := range all {
		f.within(r)
	}
	f.halfWidths()
	f.areas(all)
	f.categoriesTotal(all)
	if w := f.s.Areas.Whole; w != nil && w.Ignore != "" && len(f.r.Whole) > 0 {
		f.made.Left[w.Label] = w.Ignore
		f.r.Whole = nil
		f.r.Totals = slices.DeleteFunc(f.r.Totals, func(r series.Row) bool { return r.Area == series.WholeArea })
	}
}

// areas holds the rows of groups and of all areas against theirs.
func (f *filer) areas(all []series.Row) {
	w, within := f.s.Areas.Whole, 0.0
	if w != nil {
		within = w.Within
	}
	group := func(r series.Row) bool { return r.Area >= 0 && f.s.Group(r.Area) }
	area := func(r series.Row) bool { return r.Area >= 0 && !f.s.Group(r.Area) }
	for _, of := range all {
		like := func(is func(series.Row) bool) []series.Row {
			return picked(all, func(r series.Row) bool { return is(r) && slices.Equal(r.Categories, of.Categories) })
		}
		switch {
		case of.Area == series.WholeArea && w.Ignore == "" && !f.s.Areas.Selection:
			f.total(of, like(area), within)
			f.total(of, like(group), within)
		case group(of):
			code := f.s.Areas.Are[of.Area].Code
			f.total(of, like(func(r series.Row) bool { return area(r) && f.s.Areas.Are[r.Area].Within == code }), within)
		}
	}
}

// categoriesTotal holds the rows of all categories of a column against those of each.
func (f *filer) categoriesTotal(all []series.Row) {
	for _, of := range f.r.Totals {
		for i, place := range of.Categories {
			if place != series.TotalCategory {
				continue
			}
			f.total(of, picked(all, func(r series.Row) bool {
				for k := range r.Categories {
					if (k == i) == (r.Categories[k] == of.Categories[k]) {
						return false
					}
				}
				return r.Area == of.Area
			}), f.s.Columns[f.categories[i]].Total.Within)
		}
	}
}

// picked are some of the rows.
func picked(rows []series.Row, is func(series.Row) bool) []series.Row {
	var some []series.Row
	for _, r := range rows {
		if is(r) {
			some = append(some, r)
		}
	}
	return some
}

// place is that of a column among the numbers.
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
			switch whole, off := value(rule.Make), math.Abs(sum-value(rule.Make)); {
			case off > rule.Within+slack(sum):
				f.add(r.Line, "%s: %s make %s, and %s is %s", f.rowName(r), strings.Join(parts, " and "), codebook.Spell(sum), label(rule.Make), codebook.Spell(whole))
			case off > slack(sum):
				f.made.Rounded = append(f.made.Rounded, series.Rounded{Row: f.rowName(r), Column: label(rule.Make), Line: r.Line, Given: whole, Sum: sum, Parts: len(parts)})
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

// total reports where a row of several does not agree with them: columns that add
// up must, and those that do not must not be their sum. What agrees within the
// rounding that the series allows is told.
func (f *filer) total(of series.Row, rows []series.Row, within float64) {
	for i, name := range f.numbers {
		c := f.s.Columns[name]
		sum, low, high, rounded := 0.0, math.Inf(1), math.Inf(-1), 0.5
		for _, r := range rows {
			x := r.Cells[i].Value
			sum += x // NaN where a part is not told: nothing can be said
			low, high = min(low, x), max(high, x)
		}
		given, parts := of.Cells[i].Value, len(rows)
		if parts == 0 || math.IsNaN(sum) || math.IsNaN(given) {
			continue
		}
		if c.Kind != series.RateColumn {
			switch off := math.Abs(sum - given); {
			case off > within+slack(sum):
				f.add(of.Line, "%s: %s is %s, and the %d rows make %s, want them to agree", f.rowName(of), c.Label, codebook.Spell(given), parts, codebook.Spell(sum))
			case off > slack(sum):
				f.made.Rounded = append(f.made.Rounded, series.Rounded{Row: f.rowName(of), Column: c.Label, Line: of.Line, Given: given, Sum: sum, Parts: parts})
			}
			continue
		}
		if parts > 1 && low > 0 && math.Abs(sum-given) <= rounded*float64(parts) && given > high {
			f.hint(fmt.Sprintf("leave it out with whole: {ignore: it adds up rates} in %s, or give the rate", f.s.File()), of.Line,
				"%s: %s is %s, the sum of the rates of %d rows, which lie between %s and %s: want a rate", f.rowName(of), c.Label, codebook.Spell(given), parts, codebook.Spell(low), codebook.Spell(high))
		}
	}
}
