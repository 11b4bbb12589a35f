package report

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report/chart"
)

// OfEverybody says whether a figure is of everybody.
func OfEverybody(f *release.Figure) bool { return f.Breakdown == codebook.All }

// Latest is the one of those figures of an item that are asked for at the latest source: of
// sources that end together that of the longest, so that a year goes before its quarters,
// and of its populations the first. It is nil where there is none.
func Latest(c *release.Content, words *release.IndicatorLabels, item string, of func(*release.Figure) bool) *release.Figure {
	place := func(f *release.Figure) int { return slices.Index(words.Populations, f.Population) }
	first := map[codebook.SourceID]*release.Figure{} // of each source, that of its first population
	for i := range c.Figures {
		f := &c.Figures[i]
		if f.Item != item || !of(f) {
			continue
		}
		if o := first[f.Source]; o == nil || place(f) < place(o) {
			first[f.Source] = f
		}
	}
	var best *release.Figure
	for i := range c.Figures {
		f := &c.Figures[i]
		if first[f.Source] != f {
			continue
		}
		if best == nil || f.PeriodEnd > best.PeriodEnd || f.PeriodEnd == best.PeriodEnd && f.PeriodStart < best.PeriodStart {
			best = f
		}
	}
	return best
}

// Latest is the figure of everybody that a page of the indicator begins with; nil where
// an item has none.
func (v Page) Latest(item string) *release.Figure {
	return Latest(&v.Content, v.entry(), item, OfEverybody)
}

// newest is the figure of an item and breakdown that is shown first of those by
// categories: of the latest source and of its first population.
func (v Page) newest(breakdown, item string) *release.Figure {
	var best *release.Figure
	place := func(f *release.Figure) int { return slices.Index(v.entry().Populations, f.Population) }
	for i := range v.Content.Figures {
		f := &v.Content.Figures[i]
		if f.Breakdown != breakdown || f.Item != item {
			continue
		}
		if best == nil || cmp.Or(strings.Compare(f.PeriodEnd, best.PeriodEnd), strings.Compare(best.PeriodStart, f.PeriodStart), place(best)-place(f)) > 0 {
			best = f
		}
	}
	return best
}

// about begins a plot of figures that are like one.
func (v Page) about(like *release.Figure, kind chart.Kind) *chart.Plot {
	of := kindOf(like)
	p := &chart.Plot{
		ID: "chart-" + string(kind), Kind: kind, Unit: heads(*like), Symbol: of.Symbol, Middle: math.NaN(),
	}
	switch {
	case of.Symbol == "%":
		p.Unit = "Per cent"
	case of.Step != "":
		p.Unit = "Percentage points"
	}
	if of.Signed {
		p.Zero, p.Middle = true, 0
	} else if like.Unit == indicator.Times && of.Name != indicator.Ratio {
		p.Middle = 1
	}
	bound(p, of)
	if banners := v.Banners(); len(banners) > 0 {
		p.Banner = strings.Join(banners, ". ")
	}
	return p
}

// bound says where the axis of a statistic begins and ends.
func bound(p *chart.Plot, of *indicator.StatisticRow) {
	switch of.Name {
	case indicator.Proportion, indicator.Coverage:
		p.Zero, p.Most, p.Least = true, 100, 20
	case indicator.Total, indicator.Count, indicator.Rate, indicator.StandardisedRate, indicator.Ratio, indicator.Index:
		p.Zero = true
	}
}

func kindOf(f *release.Figure) *indicator.StatisticRow { return kind(f.Statistic) }

// Banners are what stands over figures of the page; what is told of an evaluation is real in
// a release of made-up figures too.
func (v Page) Banners() []string {
	var all []string
	if v.Without {
		all = append(all, WithoutControl)
	}
	if v.Synthetic && len(v.Content.Evidence) == 0 {
		all = append(all, Banner)
	}
	return all
}

// titled names what a plot is of.
func (v Page) titled(parts ...string) string {
	title := v.entry().Title
	for _, part := range parts {
		if part != "" {
			title += ", " + part
		}
	}
	return title
}

func (v Page) itemOf(code string) string {
	if code == codebook.All {
		return ""
	}
	return release.MidPhrase(v.item(code))
}

// OverTime plots the figures of every source that are like one, of its population,
// category and item. There is none of fewer than two that have a value.
func (v Page) OverTime(like *release.Figure) *chart.Plot {
	of := keep(v.Content.Figures, func(f release.Figure) bool {
		return f.Population == like.Population && f.Breakdown == like.Breakdown && f.Category == like.Category && f.Item == like.Item
	})
	slices.SortStableFunc(of, func(a, b release.Figure) int {
		return cmp.Or(strings.Compare(a.PeriodEnd, b.PeriodEnd), strings.Compare(a.PeriodStart, b.PeriodStart))
	})
	with := keep(of, func(f release.Figure) bool { return f.Status == "" })
	if len(with) < 2 {
		return nil
	}
	p := v.about(like, chart.Time)
	category := ""
	if like.Breakdown != codebook.All {
		category = v.category(like.Breakdown, like.Category)
	}
	p.Title = v.titled(v.itemOf(like.Item), category) + ", " + v.population(like.Population)
	most := map[string]int{} // decimals, by the series
	for _, f := range of {
		if _, there := most[survey(f)]; !there {
			most[survey(f)] = v.placesOf(&f)
		}
		at := slices.Index(p.Series, f.Source.Survey())
		if at < 0 {
			at = len(p.Series)
			p.Series = append(p.Series, f.Source.Survey())
		}
		x := v.point(f, most[survey(f)])
		x.Label, x.Series = f.Source.Wave(), at
		x.At = (chart.Years(f.PeriodStart) + chart.Years(f.PeriodEnd)) / 2
		x.Break = v.breakBefore(f, of)
		p.Points = append(p.Points, x)
	}
	for i, survey := range p.Series {
		last := keep(of, func(f release.Figure) bool { return f.Source.Survey() == survey })
		p.Series[i] = strings.TrimSuffix(strings.TrimSuffix(v.Labels.Source(last[0].Source).Title, last[0].Source.Wave()), ", ")
	}
	p.Levels = append(p.Levels, v.level(like.Key)...)
	p.Notes, p.Notices = v.statuses(of), v.noticesOn(of)
	first, last := with[0], with[len(with)-1]
	p.Description = fmt.Sprintf("%s, from %s in %s to %s in %s%s.", Plural(len(with), "figure"), v.digits().value(first), since(first), v.digits().value(last), since(last), v.drawn(with))
	return p
}

// drawn says what stands about the figures of a plot.
func (v Page) drawn(figures []release.Figure) string {
	if !slices.ContainsFunc(figures, func(f release.Figure) bool { return !math.IsNaN(f.Lower) }) {
		return ""
	}
	return ", each with its " + levelOf(figures, func(f release.Figure) float64 { return f.Level })
}

// placesOf are the decimals of a figure in its table: of its series, population and
// breakdown, of all items together where it is of everybody.
func (v Page) placesOf(like *release.Figure) int {
	return v.digits().places(keep(v.Content.Figures, func(f release.Figure) bool {
		return survey(f) == survey(*like) && f.Population == like.Population && f.Breakdown == like.Breakdown && (f.Item == like.Item || like.Breakdown == codebook.All)
	})...)
}

// point is a figure of a plot.
func (v Page) point(f release.Figure, places int) chart.Point {
	x := chart.Point{Value: f.Value, Lower: f.Lower, Upper: f.Upper, Text: valueTo(f, places)}
	if f.Status != "" {
		x.Value, x.Lower, x.Upper = math.NaN(), math.NaN(), math.NaN()
	}
	return x
}

// statuses say why figures of a plot have no value.
func (v Page) statuses(figures []release.Figure) []string {
	var all []string
	for _, status := range indicator.Statuses {
		if slices.ContainsFunc(figures, func(f release.Figure) bool { return f.Status == string(status) }) {
			all = append(all, "["+string(status)+"] "+v.Labels.Text("status", "", string(status)))
		}
	}
	return all
}

// noticesOn tell of the corrections and withdrawals of the figures of a plot.
func (v Page) noticesOn(figures []release.Figure) []string {
	return NoticeTexts(release.On(v.Notices, v.Entry.ID, release.Content{Figures: figures, Words: v.Content.Words}))
}

// breakBefore is why a figure is not comparable with the one before it of its series, of
// those that are given; "" where it is, or for another reason than a break.
func (v Page) breakBefore(f release.Figure, of []release.Figure) string {
	var before *release.Figure
	for i := range of {
		if of[i].Source.Survey() == f.Source.Survey() && of[i].PeriodEnd < f.PeriodEnd && of[i].Status == "" {
			before = &of[i]
		}
	}
	if before == nil {
		return ""
	}
	for _, c := range v.Content.Changes {
		if c.Key == f.Key && c.FromSource == before.Source && c.ReasonNote().Is(indicator.Broken) {
			return v.Labels.Text("break", c.Indicator, c.ReasonNote().Of)
		}
	}
	return ""
}

// level lists the levels that targets set the figures of a series, as the newest of
// their rows has them.
func (v Page) level(like indicator.Key) []chart.Level {
	var levels []chart.Level
	for _, words := range v.entry().Targets {
		of := keep(v.Content.Targets, func(t release.Target) bool {
			k := t.Key
			k.Source = like.Source
			return t.Target == words.ID && t.Scope == release.ScopeFigure && k == like && !math.IsNaN(t.Level)
		})
		if len(of) == 0 {
			continue
		}
		t := inTime(of, v.entry().Sources, func(t release.Target) codebook.SourceID { return t.Source })[len(of)-1]
		at := math.NaN()
		if t.Date != "" {
			at = chart.Years(t.Date)
		}
		levels = append(levels, chart.Level{Label: "Target: " + words.Title, Value: t.Level, At: at})
	}
	return levels
}

// areas is from how many categories on a breakdown is one of areas, which are drawn as a
// caterpillar.
const areas = 25

// ByCategory plots the categories of a breakdown at one source, that of a figure: those
// that have an order of their own, such as ages, in it, and others by their figures.
func (v Page) ByCategory(like *release.Figure) *chart.Plot {
	of := keep(v.Content.Figures, func(f release.Figure) bool {
		return f.Source == like.Source && f.Population == like.Population && f.Breakdown == like.Breakdown && f.Item == like.Item
	})
	plotted := chart.Breakdown
	if len(of) >= areas {
		plotted = chart.Caterpillar
	}
	label := func(f release.Figure) string { return v.category(like.Breakdown, f.Category) }
	of = arranged(of, v.categories(like.Breakdown), func(f release.Figure) string { return f.Category }, label)
	p := v.about(like, plotted)
	p.Title = v.titled(v.itemOf(like.Item), "by "+release.MidPhrase(v.breakdown(like.Breakdown))) + ", " + v.population(like.Population) + ", " + since(*like)
	v.compared(p, of, label, v.whole(like))
	return p
}

// ByItem plots the items of an indicator at one source, that of a figure.
func (v Page) ByItem(like *release.Figure) *chart.Plot {
	of := keep(v.Content.Figures, func(f release.Figure) bool {
		return f.Source == like.Source && f.Population == like.Population && f.Breakdown == codebook.All
	})
	label := func(f release.Figure) string { return v.item(f.Item) }
	of = arranged(of, v.entry().Items, func(f release.Figure) string { return f.Item }, label)
	p := v.about(like, chart.Breakdown)
	p.Title = v.entry().Title + ", " + v.population(like.Population) + ", " + since(*like)
	v.compared(p, of, label, nil)
	return p
}

// whole is the figure of everybody beside one of a category; nil where the categories'
// add up to it.
func (v Page) whole(like *release.Figure) *release.Figure {
	if s := kindOf(like).Name; s == indicator.Count || s == indicator.Total {
		return nil
	}
	for i := range v.Content.Figures {
		f := &v.Content.Figures[i]
		if f.Source == like.Source && f.Population == like.Population && f.Item == like.Item && f.Breakdown == codebook.All && f.Status == "" {
			return f
		}
	}
	return nil
}

// compared fills a plot with figures of one source.
func (v Page) compared(p *chart.Plot, of []release.Figure, label func(release.Figure) string, whole *release.Figure) {
	most := 0
	if len(of) > 0 {
		most = v.placesOf(&of[0])
	}
	for _, f := range of {
		x := v.point(f, most)
		x.Label = label(f)
		if whole != nil && !math.IsNaN(f.Lower) {
			x.Apart = f.Lower > whole.Value || f.Upper < whole.Value
		}
		p.Points = append(p.Points, x)
	}
	if whole != nil {
		p.Levels = append(p.Levels, chart.Level{Label: v.population(whole.Population), Text: v.digits().value(*whole), Value: whole.Value, At: math.NaN()})
	}
	drawn := of
	if whole != nil {
		drawn = append(slices.Clone(of), *whole)
	}
	p.Notes, p.Notices = v.statuses(of), v.noticesOn(drawn)
	with := keep(of, func(f release.Figure) bool { return f.Status == "" })
	p.Description = "No figure is shown."
	if len(with) > 0 {
		p.Description = Plural(len(with), "figure") + v.drawn(with) + ": " + v.extent(with, label) + "."
	}
	if n := len(of) - len(with); n > 0 {
		p.Description += fmt.Sprintf(" Without a value: %d.", n)
	}
}

// extent tells the lowest and the highest of figures, and how many are alike as they are
// shown.
func (v Page) extent(with []release.Figure, label func(release.Figure) string) string {
	byValue := func(a, b release.Figure) int { return cmp.Compare(a.Value, b.Value) }
	shown := func(f release.Figure) string { return v.digits().value(f) }
	told := func(f release.Figure) string {
		s := shown(f) + " (" + label(f)
		if n := len(keep(with, func(o release.Figure) bool { return shown(o) == shown(f) })) - 1; n > 0 {
			s += " and " + Count(int64(n)) + " more"
		}
		return s + ")"
	}
	low, high := slices.MinFunc(with, byValue), slices.MaxFunc(with, byValue)
	switch {
	case len(with) == 1:
		return told(low)
	case shown(low) == shown(high):
		return "all " + shown(low)
	}
	return "lowest " + told(low) + ", highest " + told(high)
}

// arranged orders figures for a plot: those whose labels have an order of their own,
// which numbers in them tell, as the release does, and others from the highest value
// down, those without one at the end.
func arranged(of []release.Figure, order []string, code, label func(release.Figure) string) []release.Figure {
	sorted := slices.Clone(of)
	slices.SortStableFunc(sorted, func(a, b release.Figure) int { return slices.Index(order, code(a)) - slices.Index(order, code(b)) })
	numbered := keep(sorted, func(f release.Figure) bool { return strings.ContainsFunc(label(f), unicode.IsDigit) })
	if len(numbered) > 1 {
		return sorted
	}
	slices.SortStableFunc(sorted, func(a, b release.Figure) int {
		switch {
		case a.Status != "" && b.Status != "":
			return 0
		case a.Status != "":
			return 1
		case b.Status != "":
			return -1
		}
		return cmp.Compare(b.Value, a.Value)
	})
	return sorted
}

// Within plots areas within the limits of chance about the whole, by their size, at the
// latest source of a figure's series that has them; nil where none has.
func (v Page) Within(like *release.Figure) *chart.Plot {
	of := keep(v.Content.Funnels, func(f release.Funnel) bool {
		return f.Source == like.Source && f.Population == like.Population && f.Breakdown == like.Breakdown && f.Item == like.Item
	})
	if len(of) == 0 {
		return nil
	}
	p := v.about(like, chart.Funnel)
	p.Zero, p.Middle = false, math.NaN()
	p.Title = v.titled(v.itemOf(like.Item), "by "+release.MidPhrase(v.breakdown(like.Breakdown))) + " and size, " + v.population(like.Population) + ", " + since(*like)
	p.Size = "Size: " + release.MidPhrase(cmp.Or(v.entry().Base, "denominator"))
	outside := 0
	var figures []release.Figure
	for _, x := range of {
		i := slices.IndexFunc(v.Content.Figures, func(f release.Figure) bool { return f.Key == x.Key })
		if i < 0 || math.IsNaN(v.Content.Figures[i].Denominator) {
			continue
		}
		f := v.Content.Figures[i]
		figures = append(figures, f)
		apart := x.Side != release.Within
		if apart {
			outside++
		}
		p.Points = append(p.Points, chart.Point{
			Label: v.category(x.Breakdown, x.Category), At: f.Denominator, Value: x.Value, Lower: math.NaN(), Upper: math.NaN(), Text: v.digits().value(f), Apart: apart,
			Lower95: x.Lower95, Upper95: x.Upper95, Lower998: x.Lower998, Upper998: x.Upper998,
		})
	}
	if len(figures) == 0 {
		return nil
	}
	p.Notices = v.noticesOn(figures)
	whole := figures[0]
	whole.Value = of[0].Whole
	p.Levels = []chart.Level{{Label: v.population(like.Population), Text: v.digits().value(whole), Value: of[0].Whole, At: math.NaN()}}
	p.Description = fmt.Sprintf("%s about the whole of %s: outside the 95%% limits of chance %d.", Plural(len(figures), "area"), v.digits().value(whole), outside)
	return p
}

// Plots lists the plots of an item by a breakdown, codebook.All for its figures over
// time. Of several items, where none is named, the first plot is of all beside each
// other at the latest source.
func (v Page) Plots(breakdown, item string) []*chart.Plot {
	var all []*chart.Plot
	add := func(p *chart.Plot) {
		if p != nil {
			all = append(all, p)
		}
	}
	items := v.entry().Items
	if item != "" {
		items = []string{item}
	}
	for i, item := range items {
		like := v.newest(breakdown, item)
		if breakdown == codebook.All {
			like = v.Latest(item)
		}
		switch {
		case like == nil:
		case breakdown != codebook.All:
			add(v.ByCategory(like))
			add(v.Within(like))
		default:
			if i == 0 && len(items) > 1 {
				add(v.ByItem(like))
			}
			add(v.OverTime(like))
		}
	}
	return all
}

// Plotted writes plots as text, each under its title and above what its signs mean.
func Plotted(out io.Writer, plots []*chart.Plot, width int) error {
	w := &page{out: out, width: width}
	for _, p := range plots {
		w.line("")
		w.paragraph("", p.Title)
		if p.Banner != "" {
			w.paragraph("", p.Banner)
		}
		for _, line := range chart.Text(p, width) {
			if w.err == nil {
				_, w.err = fmt.Fprintln(out, Line(line))
			}
		}
		for _, words := range chart.Key(p) {
			w.paragraph("  ", words)
		}
	}
	return w.err
}
