package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/evaluation"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
)

// Lead is what a page of the indicator begins with, in English by rule: of everybody
// where the breakdown is codebook.All, and of one item or of all where it is "". One
// figure is told by Sentence; of several the highest and the lowest, and how many of them
// changed clearly; of an evaluation what it found.
func (v Page) Lead(breakdown, item string) string {
	switch items := v.entry().Items; {
	case len(v.Content.Evidence) > 0:
		return v.evidenceLead()
	case breakdown != codebook.All:
		return v.categoriesLead(breakdown, cmp.Or(item, codebook.All))
	case item == "" && len(items) > 1:
		return v.itemsLead(items)
	case item == "" && len(items) == 1:
		item = items[0]
	}
	if f := v.Latest(cmp.Or(item, codebook.All)); f != nil {
		return v.Sentence(*f)
	}
	return v.partsLead(cmp.Or(item, codebook.All))
}

// partsLead is of an item that has figures of parts and none of the whole: of its first
// breakdown that has any at the newest source.
func (v Page) partsLead(item string) string {
	const whole = " There is no figure of the whole."
	best := v.first(item)
	if best == nil {
		return v.entry().Title + ": there is no figure."
	}
	return v.categoriesLead(best.Breakdown, item) + whole
}

// first is the figure of an item that its page is of where there is none of the whole:
// that of the first breakdown which has any of those of the newest source.
func (v Page) first(item string) *release.Figure {
	var best *release.Figure
	order := v.entry().BreakdownCodes()
	for _, breakdown := range order {
		f := v.newest(breakdown, item)
		if breakdown != codebook.All && f != nil && (best == nil || f.PeriodEnd > best.PeriodEnd) {
			best = f
		}
	}
	return best
}

// itemsLead tells the items of everybody beside each other, at the source of the first
// that has a figure; and of those that have figures of parts alone, how far they are
// told.
func (v Page) itemsLead(items []string) string {
	var like *release.Figure
	for _, item := range items {
		if like = v.Latest(item); like != nil {
			break
		}
	}
	if like == nil {
		return v.partedItemsLead(items)
	}
	of := keep(v.Content.Figures, func(f release.Figure) bool {
		return f.Source == like.Source && f.Population == like.Population && f.Breakdown == codebook.All
	})
	slices.SortStableFunc(of, func(a, b release.Figure) int { return slices.Index(items, a.Item) - slices.Index(items, b.Item) })
	r := ranked{v: v, of: of, noun: "item", label: func(f release.Figure) string { return v.item(f.Item) }}
	s := v.entry().Title + ": " + r.sentence(v.among(*like))
	if n := len(items) - len(of); n > 0 {
		s += fmt.Sprintf(" %s no figure of that source.", have(n, "other item"))
	}
	return v.marked(*like, s)
}

// partedItemsLead is of several items none of which has a figure of the whole.
func (v Page) partedItemsLead(items []string) string {
	for _, item := range items {
		if f := v.first(item); f != nil {
			s := v.categoriesLead(f.Breakdown, item)
			return s + fmt.Sprintf(" None of its %s has a figure of the whole.", Plural(len(items), "item"))
		}
	}
	return v.entry().Title + ": there is no figure."
}

// have counts things that have something: "1 other item has", "2 other items have".
func have(n int, noun string) string {
	if n == 1 {
		return Plural(n, noun) + " has"
	}
	return Plural(n, noun) + " have"
}

// categoriesLead tells the categories of a breakdown beside each other, at the newest
// source that has them.
func (v Page) categoriesLead(breakdown, item string) string {
	like := v.newest(breakdown, item)
	if like == nil {
		return v.entry().Title + ", by " + release.MidPhrase(v.breakdown(breakdown)) + ": there is no figure."
	}
	of := keep(v.Content.Figures, func(f release.Figure) bool {
		return f.Source == like.Source && f.Population == like.Population && f.Breakdown == breakdown && f.Item == item
	})
	order := v.categories(breakdown)
	slices.SortStableFunc(of, func(a, b release.Figure) int {
		return slices.Index(order, a.Category) - slices.Index(order, b.Category)
	})
	r := ranked{v: v, of: of, noun: "group", label: func(f release.Figure) string { return v.category(breakdown, f.Category) }}
	everybody := *like
	everybody.Breakdown, everybody.Category = codebook.All, codebook.All
	s := v.What(*like) + ", by " + release.MidPhrase(v.breakdown(breakdown)) + ": " + r.sentence(v.among(everybody))
	switch chance := v.outsideChance(*like); {
	case chance != "":
		s += chance
	case slices.ContainsFunc(of, func(f release.Figure) bool { return f.Status == "" && !math.IsNaN(f.Lower) }) && r.given() > 1:
		s += " The release does not test whether the groups differ."
	}
	return v.marked(*like, s)
}

// outsideChance says how many areas chance does not explain; "" where the release does
// not say.
func (v Page) outsideChance(like release.Figure) string {
	n, above, below := 0, 0, 0
	for _, f := range v.Content.Funnels {
		if f.Source != like.Source || f.Population != like.Population || f.Breakdown != like.Breakdown || f.Item != like.Item {
			continue
		}
		n++
		switch f.Side {
		case release.Above:
			above++
		case release.Below:
			below++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" Of %s that chance is asked of, %d are above and %d below the 95%% limits of chance about the whole.", Plural(n, "area"), above, below)
}

// ranked are figures of one source that are told beside each other.
type ranked struct {
	v     Page
	of    []release.Figure
	noun  string // what each is of: item, group
	label func(release.Figure) string
}

// given is how many of them have a value.
func (r ranked) given() int {
	return len(keep(r.of, func(f release.Figure) bool { return f.Status == "" }))
}

// sentence tells the highest and the lowest, of whom, how many have no figure and why, and
// how they changed. The figures are of what among says: "for adults, England, in 2003".
func (r ranked) sentence(among string) string {
	with := keep(r.of, func(f release.Figure) bool { return f.Status == "" })
	without := keep(r.of, func(f release.Figure) bool { return f.Status != "" })
	of := " among "
	if len(r.of) > 0 && share(r.of[0]) {
		of = " of "
	}
	where := strings.TrimPrefix(among, "for ")
	if len(with) == 0 {
		return "no figure " + among + r.why(without) + "."
	}
	places := r.v.digits().places(with...)
	told := func(alike []release.Figure) string {
		if len(alike) > 1 { // each has an interval of its own
			return amount(alike[0], places) + " each"
		}
		return amount(alike[0], places) + r.v.howSure(alike[0], places, false)
	}
	var s string
	low, high := r.ends(with, places)
	switch {
	case len(with) == 1:
		s = "of " + r.counted() + " one has a figure, " + name(r.label, with) + ": " + told(with) + of + where
	case len(low) == len(with) && len(without) > 0: // those alike that are shown
		s = "of " + r.counted() + " " + Count(int64(len(with))) + " have a figure, " + name(r.label, with) + ", " + told(with) + of + where
	case len(low) == len(with):
		s = "all of " + r.counted() + " " + told(with) + of + where
	default:
		shown := r.counted()
		if len(without) > 0 { // those that are withheld may be higher or lower
			shown = "the " + Count(int64(len(with))) + " of " + shown + " that have a figure"
		}
		s = "of " + shown + " the highest " + is(high) + " " + name(r.label, high) + ", " + told(high) +
			", and the lowest " + is(low) + " " + name(r.label, low) + ", " + told(low) + "," + of + where
	}
	s += r.moves(with) + "."
	if len(without) > 0 {
		s += fmt.Sprintf(" %s no figure%s.", have(len(without), r.noun), r.why(without))
	}
	return s
}

// counted is how many there are: "9 items", of which those without a figure are told
// apart.
func (r ranked) counted() string { return Plural(len(r.of), r.noun) }

// ends are the lowest and the highest, several where they are alike as they are shown.
func (r ranked) ends(with []release.Figure, places int) (low, high []release.Figure) {
	at := func(f release.Figure) float64 { return indicator.Round(f.Value, places) }
	least, most := at(with[0]), at(with[0])
	for _, f := range with {
		least, most = min(least, at(f)), max(most, at(f))
	}
	return keep(with, func(f release.Figure) bool { return at(f) == least }), keep(with, func(f release.Figure) bool { return at(f) == most })
}

// is agrees with how many there are.
func is(of []release.Figure) string {
	if len(of) == 1 {
		return "is"
	}
	return "are"
}

// name names what figures are of, up to three of them.
func name(label func(release.Figure) string, of []release.Figure) string {
	var names []string
	for _, f := range of {
		names = append(names, `"`+label(f)+`"`)
	}
	if len(names) > 3 {
		return names[0] + " with " + Count(int64(len(names)-1)) + " others"
	}
	return and(names)
}

// and joins words: "a, b and c".
func and(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}

// why says why figures have no value, each reason once.
func (r ranked) why(without []release.Figure) string {
	var reasons []string
	for _, f := range without {
		if words := r.v.Labels.Text("status", "", f.Status); !slices.Contains(reasons, words) {
			reasons = append(reasons, words)
		}
	}
	if len(reasons) == 0 {
		return ""
	}
	return ": " + strings.Join(reasons, "; ")
}

// moves counts by its verdict how figures changed since the source before, where they are
// compared with one.
func (r ranked) moves(with []release.Figure) string {
	n := map[string]int{}
	from, when := codebook.SourceID(""), ""
	for _, f := range with {
		if before, change := r.v.before(f); change != nil && (from == "" || before.Source == from) {
			from, when = before.Source, since(*before)
			n[verdictOf(*change)]++
		}
	}
	if from == "" {
		return ""
	}
	if n[release.NotComparable] == len(with) {
		return "; none is comparable with " + when
	}
	var counts []string
	for _, x := range verdictWords {
		switch k := n[x.verdict]; k {
		case 0:
		case 1:
			counts = append(counts, "1 "+x.one)
		default:
			counts = append(counts, Count(int64(k))+" "+x.many)
		}
	}
	return "; since " + when + ", " + and(counts)
}

// verdictOf is the verdict on a change, "same" of two complete counts that are alike.
func verdictOf(c release.Change) string {
	if c.Verdict == release.NoClearChange && math.IsNaN(c.Lower) && c.Change == 0 {
		return "same"
	}
	if math.IsNaN(c.Lower) && c.Verdict != release.NotComparable && c.Verdict != release.NoClearChange {
		return c.Verdict + " counted"
	}
	return c.Verdict
}

// verdictWords are how one change and several are told, by verdict.
var verdictWords = []struct{ verdict, one, many string }{
	{release.Higher, "rose clearly", "rose clearly"},
	{release.Lower, "fell clearly", "fell clearly"},
	{release.Higher + " counted", "rose", "rose"},
	{release.Lower + " counted", "fell", "fell"},
	{"same", "is the same", "are the same"},
	{release.NotComparable, "is not comparable", "are not comparable"},
	{release.NoClearChange, "shows no clear change, which does not say that nothing changed", "show no clear change, which does not say that nothing changed"},
}

// evidenceLead tells what an evaluation found, of whom, and how far that was read.
func (v Page) evidenceLead() string {
	rows := keep(v.Content.Evidence, func(e release.Evidence) bool { return e.Measure == v.Content.Evidence[0].Measure })
	of := func(kind string) []release.Evidence {
		return keep(rows, func(e release.Evidence) bool { return e.Kind == kind })
	}
	s := v.entry().Title + ": "
	found := of(release.KindFinding)
	if len(found) == 0 {
		s += "no finding is known."
		if done := keep(of(release.KindMilestone), func(e release.Evidence) bool { return e.State == evaluation.Published }); len(done) > 0 {
			last := slices.MaxFunc(done, func(a, b release.Evidence) int { return cmp.Compare(a.Date, b.Date) })
			s += " Its last publication that is known is of " + month(last.Date) + "."
		} else {
			s += " Nothing of it is known to be published."
		}
		if caveats := of(release.KindCaveat); len(caveats) > 0 {
			s += " " + strings.TrimRight(caveats[0].Text, ".") + "."
		}
		return s
	}
	var ways, texts []string
	for _, direction := range evaluation.Directions {
		if n := len(keep(found, func(e release.Evidence) bool { return e.Direction == direction })); n > 0 {
			way := v.Labels.Text("direction", "", direction)
			switch direction {
			case "not-stated":
				way = "without a direction that is stated"
			case "no-effect":
				way = "of no effect"
			}
			if n == len(found) {
				ways = []string{Plural(n, "finding") + " " + way}
				break
			}
			ways = append(ways, Count(int64(n))+" "+way)
		}
	}
	for i, e := range found {
		if i == 3 {
			texts = append(texts, Count(int64(len(found)-i))+" more")
			break
		}
		texts = append(texts, release.MidPhrase(strings.TrimRight(e.Text, ".")))
	}
	if len(ways) > 1 {
		s += Plural(len(found), "finding") + ", "
	}
	s += and(ways) + ": " + strings.Join(texts, "; ") + "."
	return s + v.howFarRead(found)
}

// month is a date in words, as far as it is known: "5 May 2005", "May 2005", "2005".
func month(date string) string {
	if t, err := time.Parse("2006-01", date); err == nil {
		return t.Format("January 2006")
	}
	return day(date)
}

// howFarRead says how sure the findings of an evaluation are: their strength, and whether
// they were read in its documents.
func (v Page) howFarRead(found []release.Evidence) string {
	least, most := int64(0), int64(0)
	for _, e := range found {
		if e.Strength != sheet.None {
			most = max(most, e.Strength)
			if least == 0 || e.Strength < least {
				least = e.Strength
			}
		}
	}
	s := " Their"
	if len(found) == 1 {
		s = " Its"
	}
	s += " strength is "
	switch {
	case most == 0:
		s += "not graded"
	case least == most:
		s += fmt.Sprintf("graded %d of 5", most)
	default:
		s += fmt.Sprintf("graded %d to %d of 5", least, most)
	}
	n := len(keep(found, func(e release.Evidence) bool { return e.Known == plan.KnownRead }))
	switch {
	case len(found) == 1 && n == 1:
		return s + ", and it was read in the document."
	case len(found) == 1:
		return s + ", and it was not read in a whole document."
	case n == len(found):
		return s + ", and all were read in the documents."
	case n == 0:
		return s + ", and none was read in a whole document."
	}
	return s + fmt.Sprintf(", and %d of %d were read in a whole document.", n, len(found))
}
