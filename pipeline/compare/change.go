// Package compare tells how figures differ: of one wave from those before it,
// and of categories from one another. It works on figures and on what is known
// of their errors together, never on respondents.
package compare

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// Significance is the level below which a change is clear.
const Significance = 0.05

// Changes compares every pair of a survey's waves in which a figure was
// published, and a return with the one before it and with the baseline. It works on figures with every digit, and so the change is the same
// whether a wave was estimated now or carried over from an earlier release; where one
// is known only as it was published, the change says so.
//
// Waves that no crosswalk links are independent samples: the variance of a
// change is the sum of theirs, and its degrees of freedom are those of the two
// whole designs, which df gives by figure (the reference's svyby on the stacked
// waves). link gives what is known of two waves that a crosswalk links, and the
// zero Link otherwise. The p-values are for Adjust to adjust, when it is decided
// which changes are published. The changes are in canonical order. start gives
// the first day of a wave's fieldwork, by which breaks in a series are placed.
func Changes(d *indicator.Definition, figures []release.Figure, df func(release.Figure) float64, link func(from, to release.Figure) Link, start func(codebook.SourceID) string) []release.Change {
	series := map[indicator.Key][]*release.Figure{}
	for i := range figures {
		f := &figures[i]
		series[f.Series()] = append(series[f.Series()], f)
	}
	type pair struct{ from, to *release.Figure }
	var pairs []pair
	for _, waves := range series {
		slices.SortFunc(waves, func(a, b *release.Figure) int {
			return cmp.Or(cmp.Compare(a.PeriodStart, b.PeriodStart), cmp.Compare(a.Source, b.Source))
		})
		for i, to := range waves {
			for _, k := range earlier(d, waves, i) {
				pairs = append(pairs, pair{waves[k], to})
			}
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int { // in the order of their changes, which are larger
		return cmp.Or(a.to.Key.Compare(b.to.Key), cmp.Compare(a.from.Source, b.from.Source))
	})
	complete := release.Tells(indicator.CompleteCount)
	passed := map[[2]string]indicator.Notes{} // from notes to a change: a release has few
	changes := make([]release.Change, len(pairs))
	for i, p := range pairs {
		l := link(*p.from, *p.to)
		if l.Linked == 0 {
			l.DF = df(*p.from) + df(*p.to)
		}
		texts := [2]string{p.from.Notes, p.to.Notes}
		notes, met := passed[texts]
		if !met {
			notes = inherited(p.from, p.to)
			passed[texts] = notes
		}
		changes[i] = change(d, p.from, p.to, slices.Clone(notes), complete(p.from.Notes) && complete(p.to.Notes), l, start)
	}
	return changes
}

// inherited are the notes of figures that what is made of them has too.
func inherited(figures ...*release.Figure) indicator.Notes {
	var notes indicator.Notes
	for _, f := range figures {
		notes.Add(f.NoteList().Only(indicator.FromPublished, indicator.Synthetic)...)
	}
	return notes
}

// change is that of two figures, with the notes that it has from them; whole where
// both are complete counts.
func change(d *indicator.Definition, from, to *release.Figure, notes indicator.Notes, whole bool, link Link, start func(codebook.SourceID) string) release.Change {
	nan := math.NaN()
	c := release.Change{
		Key: to.Key, FromSource: from.Source, Statistic: to.Statistic, Unit: indicator.Statistic(to.Statistic).Row().UnitOfChange(to.Unit),
		Change: nan, SE: nan, Lower: nan, Upper: nan, Level: nan, DF: nan, P: nan, PAdjusted: nan,
	}
	c.Notes = notes.Only(indicator.Synthetic).String()
	not := func(n indicator.Note) release.Change {
		c.Verdict, c.Reason = release.NotComparable, n.String()
		return c
	}
	if b, broken := d.Break(from.Source, to.Source, start); broken {
		return not(indicator.Note{Code: indicator.Broken, Of: string(b.From)})
	}
	if link.Published != nil {
		return *link.Published
	}
	if link.Method == "" && from.PeriodEnd >= to.PeriodStart {
		return not(indicator.Note{Code: indicator.FieldworkShared, Args: []string{string(from.Source), string(to.Source)}})
	}
	for _, f := range []*release.Figure{from, to} {
		if f.Status != "" { // one that was withheld before
			return not(indicator.Note{Code: indicator.NoFigureOf, Of: string(f.Source), Args: []string{f.Status}})
		}
	}
	c.Change, c.Notes = indicator.Settle(to.Value-from.Value), notes.String()
	if to.Source.Return() {
		notes.Add(tolerance(d, from, to))
		if whole {
			notes.Add(indicator.Note{Code: indicator.CompleteCount})
		}
		c.Notes = notes.String()
		if whole {
			c.Verdict = sign(c.Change)
			return c
		}
	}
	if math.IsNaN(from.SE) || math.IsNaN(to.SE) || !(link.DF > 0) {
		return not(indicator.Note{Code: indicator.NoErrorOfBoth})
	}
	se := link.SE
	if link.Method != codebook.OverlapPooled {
		se = changeSE(from.SE, to.SE, link.Correlation)
	}
	if !(se > 0) {
		return not(indicator.Note{Code: indicator.NoErrorLinked})
	}
	notes.Add(d.Contrasted(to.Item))
	if link.Linked > 0 {
		notes.Add(overlap(link.Link))
	}
	c.Notes = notes.String()
	wald, _ := indicator.IntervalBy(indicator.Wald)
	limits := wald.Interval(c.Change, se, link.DF, 0, indicator.Level)
	c.SE = indicator.Settle(se)
	if !math.IsInf(link.DF, 1) { // of a return, whose errors are known
		c.DF = link.DF
	}
	c.Lower, c.Upper = indicator.Settle(limits.Lower), indicator.Settle(limits.Upper)
	c.Level, c.Method = indicator.Level, wald.Name
	c.P = indicator.Settle(indicator.PValue(c.Change/se, link.DF))
	if c.Verdict = release.NoClearChange; !(c.P >= Significance) {
		c.Verdict = sign(c.Change)
	}
	return c
}

// sign is the verdict on a change by its sign alone: a clear one, or that of complete
// counts, which no sampling is in.
func sign(change float64) string {
	switch {
	case change > 0:
		return release.Higher
	case change < 0:
		return release.Lower
	}
	return release.NoClearChange
}

// tolerance notes a change, from one period of a series to the next, of which
// the series asks to be told; for any other it is a note of no code.
func tolerance(d *indicator.Definition, from, to *release.Figure) indicator.Note {
	most := d.Tolerance()
	if most == 0 || !(math.Abs(to.Value-from.Value) > math.Abs(from.Value)*most/100) {
		return indicator.Note{}
	}
	if next := d.Tabled.Frequency.Next(from.Source.Wave()); next != "" && next != to.Source.Wave() {
		return indicator.Note{}
	}
	return indicator.Note{Code: indicator.BeyondTolerance, Args: []string{strconv.FormatFloat(most, 'g', -1, 64)}}
}

// changeSE is the standard error of the difference of two values.
func changeSE(from, to, correlation float64) float64 {
	return math.Sqrt(max(float64(from*from)+float64(to*to)-2*float64(float64(correlation*from)*to), 0))
}

// overlap says how the samples overlap.
func overlap(l indicator.Link) indicator.Note {
	correlation := strconv.FormatFloat(indicator.Round(l.Correlation, 2), 'f', 2, 64)
	return indicator.Note{Code: indicator.Overlap, Args: []string{strconv.Itoa(l.Linked), l.Method, correlation}}
}

// Adjust adjusts the p-values of changes by Holm's step-down method (1979) within
// each family: the changes that differ in category alone.
func Adjust(changes []release.Change) {
	type family struct {
		key  indicator.Key
		from codebook.SourceID
	}
	members := map[family][]*release.Change{}
	for i := range changes {
		c := &changes[i]
		if math.IsNaN(c.P) {
			continue
		}
		f := family{c.Key, c.FromSource}
		f.key.Category = ""
		members[f] = append(members[f], c)
	}
	for _, cs := range members {
		ps := make([]float64, len(cs))
		for i, c := range cs {
			ps[i] = c.P
		}
		for i, p := range Holm(ps) {
			cs[i].PAdjusted = indicator.Settle(p)
		}
	}
}
