package compare

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mathext"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/release"
)

// daysOfYear is the mean length of a year.
const daysOfYear = 365.25

// Trends gives each series of an indicator its straight line through the figures
// that are published, up to each source: from the third figure on that can be compared.
// Figures that are withheld or have no error are left out, and so are those whose
// period overlaps another one's, the shorter of the two; a line begins anew at a
// break, and there is none through figures of samples that overlap. start gives
// the first day of a source, by which breaks are placed. The rows are in canonical
// order.
//
// The slope is that of weighted least squares with known variances (Aitken 1935),
// each figure weighing one over the square of its standard error and standing in
// the middle of its period:
//
//	slope = sum w (t - T)(y - Y) / S, S = sum w (t - T)², T and Y the weighted means
//
// Its variance is 1/S. The weighted sum of squares about the line, chi-squared with
// two degrees of freedom fewer than there are figures, tells whether a straight
// line fits.
func Trends(d *indicator.Definition, c release.Content, start func(codebook.SourceID) string) []release.Trend {
	series := map[indicator.Key][]*release.Figure{}
	for i := range c.Figures {
		f := &c.Figures[i]
		if f.Status != "" || math.IsNaN(f.SE) {
			continue
		}
		series[f.Series()] = append(series[f.Series()], f)
	}
	linked := map[indicator.Key]bool{} // of series: samples overlap
	overlaps := release.Tells(indicator.Overlap)
	for i := range c.Changes {
		if ch := &c.Changes[i]; overlaps(ch.Notes) {
			key := ch.Key
			key.Source = codebook.SourceID(ch.Source.Survey())
			linked[key] = true
		}
	}
	var runs [][]*release.Figure // that have a line, which is of the last
	for key, figures := range series {
		if len(figures) >= 3 && !linked[key] {
			runs = append(runs, runsOf(d, apartInTime(figures), start)...)
		}
	}
	slices.SortFunc(runs, func(a, b []*release.Figure) int { return a[len(a)-1].Key.Compare(b[len(b)-1].Key) })
	dates := calendar{}
	trends := make([]release.Trend, len(runs))
	for i, points := range runs {
		trends[i] = line(points, dates)
	}
	return trends
}

// apartInTime picks the figures whose periods do not overlap: of two that do the
// one that begins first, the longer of two that begin together.
func apartInTime(figures []*release.Figure) []*release.Figure {
	sorted := slices.Clone(figures)
	slices.SortFunc(sorted, func(a, b *release.Figure) int {
		return cmp.Or(cmp.Compare(a.PeriodStart, b.PeriodStart), cmp.Compare(b.PeriodEnd, a.PeriodEnd), cmp.Compare(a.Source, b.Source))
	})
	end := ""
	return slices.DeleteFunc(sorted, func(f *release.Figure) bool {
		if f.PeriodStart <= end {
			return true
		}
		end = f.PeriodEnd
		return false
	})
}

// runsOf lists the figures up to each source, since the last break, of which there
// are enough for a line.
func runsOf(d *indicator.Definition, figures []*release.Figure, start func(codebook.SourceID) string) [][]*release.Figure {
	var runs [][]*release.Figure
	first := 0
	for i := range figures {
		for first < i {
			if _, broken := d.Break(figures[first].Source, figures[i].Source, start); !broken {
				break
			}
			first++
		}
		if i-first >= 2 {
			runs = append(runs, figures[first:i+1])
		}
	}
	return runs
}

// A calendar numbers days, each date that it meets once.
type calendar map[string]float64

func (c calendar) day(date string) float64 {
	n, met := c[date]
	if !met {
		n = day(date)
		c[date] = n
	}
	return n
}

// line fits one line.
func line(points []*release.Figure, dates calendar) release.Trend {
	n := len(points)
	to := points[n-1]
	w, t, y := make([]float64, n), make([]float64, n), make([]float64, n)
	df, begin := 0.0, dates.day(points[0].PeriodStart)
	for i, f := range points {
		w[i] = 1 / float64(f.SE*f.SE)
		t[i] = (dates.day(f.PeriodStart) - begin + (dates.day(f.PeriodEnd) - begin)) / 2 / daysOfYear
		y[i] = f.Value
		if f.DF > 0 {
			df += f.DF
		} else {
			df = math.Inf(1) // of counts
		}
	}
	whole := design.Total(w)
	weighted := func(x []float64) float64 {
		products := make([]float64, n)
		for i := range x {
			products[i] = float64(w[i] * x[i])
		}
		return design.Total(products) / whole
	}
	meanT, meanY := weighted(t), weighted(y)
	cross, square := make([]float64, n), make([]float64, n)
	for i := range t {
		away := t[i] - meanT
		cross[i], square[i] = float64(float64(w[i]*away)*(y[i]-meanY)), float64(float64(w[i]*away)*away)
	}
	spread := design.Total(square)
	slope, se := design.Total(cross)/spread, math.Sqrt(1/spread)
	about := make([]float64, n)
	for i := range y {
		off := y[i] - meanY - float64(slope*(t[i]-meanT))
		about[i] = float64(float64(w[i]*off) * off)
	}
	wald, _ := indicator.IntervalBy(indicator.Wald)
	limits := wald.Interval(slope, se, df, 0, indicator.Level)
	settle := indicator.Settle
	trend := release.Trend{
		Key: to.Key, FromSource: points[0].Source, Statistic: to.Statistic, Points: int64(n),
		Unit:  indicator.Statistic(to.Statistic).Row().UnitOfChange(to.Unit) + " a year",
		Slope: settle(slope), SE: settle(se), Lower: settle(limits.Lower), Upper: settle(limits.Upper), Level: indicator.Level,
		DF: df, P: settle(indicator.PValue(slope/se, df)),
		FitP: settle(mathext.GammaIncRegComp(float64(n-2)/2, design.Total(about)/2)),
	}
	if math.IsInf(df, 1) {
		trend.DF = math.NaN()
	}
	notes := inherited(points...)
	if trend.FitP < Significance {
		notes.Add(indicator.Note{Code: indicator.NoStraightLine, Args: []string{strconv.FormatFloat(max(trend.FitP, indicator.LeastP), 'g', 3, 64)}})
	}
	trend.Notes = notes.String()
	switch {
	case trend.P >= Significance:
		trend.Verdict = release.NoClearTrend
	case slope > 0:
		trend.Verdict = release.Rising
	default:
		trend.Verdict = release.Falling
	}
	return trend
}

// earlier lists the places of the sources that one of a series is compared with.
// Those of a survey are compared with all before it. A return has many periods: it
// is compared with the last that ended before it began, and with baselines, those
// of the definition's targets or else the first.
func earlier(d *indicator.Definition, series []*release.Figure, of int) []int {
	to := series[of]
	var all, kept []int
	for k := range of {
		all = append(all, k)
	}
	if !strings.HasPrefix(string(to.Source), codebook.Returns+"/") {
		return all
	}
	previous, baselines := -1, []int{}
	for _, k := range all {
		from := series[k]
		if from.PeriodEnd < to.PeriodStart && (previous < 0 || from.PeriodEnd > series[previous].PeriodEnd) {
			previous = k
		}
		if slices.ContainsFunc(d.Targets, func(t plan.Target) bool { return t.Baseline != nil && t.Baseline.Source == from.Source }) {
			baselines = append(baselines, k)
		}
	}
	if len(baselines) == 0 && of > 0 {
		baselines = []int{0}
	}
	for _, k := range all {
		if k == previous || slices.Contains(baselines, k) {
			kept = append(kept, k)
		}
	}
	return kept
}
