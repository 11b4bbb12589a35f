package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// targets writes where the indicator stands against its targets, each in the
// words of the release.
func (w *writer) targets() {
	for _, words := range w.v.entry().Targets {
		rows := keep(w.v.Content.Targets, func(t release.Target) bool { return t.Target == words.ID })
		if len(rows) == 0 {
			continue
		}
		w.line("\nTarget %s", words.ID)
		w.paragraph("  ", words.Title)
		w.paragraph("  ", statedBy(words, rows[0]))
		if words.Note != "" {
			w.paragraph("  Note: ", words.Note)
		}
		for _, t := range inTime(rows, w.v.entry().Sources, func(t release.Target) codebook.SourceID { return t.Source }) {
			w.paragraph("  "+Standing(t)+": ", w.v.targetOf(t)+string(t.Source)+": "+w.v.because(t))
		}
	}
}

// inTime orders rows by the order of their sources.
func inTime[R any](rows []R, sources []codebook.SourceID, of func(R) codebook.SourceID) []R {
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, func(a, b R) int { return slices.Index(sources, of(a)) - slices.Index(sources, of(b)) })
	return sorted
}

// targetOf names the figure of a target's row before its source, where it is not
// the only one.
func (v Page) targetOf(t release.Target) string {
	if t.Scope == release.ScopeAll {
		return "all figures, "
	}
	var parts []string
	if t.Item != codebook.All {
		parts = append(parts, v.item(t.Item))
	}
	if t.Category != codebook.All {
		parts = append(parts, v.category(t.Breakdown, t.Category))
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, ", ") + ", "
}

// Standing is the verdict on a target; one that rests on made-up figures never
// stands without saying so.
func Standing(t release.Target) string {
	if t.NoteList().Has(indicator.Synthetic) {
		return t.Verdict + " (synthetic)"
	}
	return t.Verdict
}

// because says why a target has its verdict.
func (v Page) because(t release.Target) string {
	n := t.ReasonNote()
	words := withBreak(v.Labels, "reason", t.Indicator, n)
	places := 1
	if i := slices.IndexFunc(v.Content.Figures, func(f release.Figure) bool { return f.Key == t.Key }); i >= 0 {
		places = v.digits().places(v.Content.Figures[i])
	}
	places = max(places, fraction(t.Level))
	number := func(x float64) string { return large(x, places) }
	var figures []string
	if t.Scope == release.ScopeFigure && !math.IsNaN(t.Value) {
		figures = append(figures, number(t.Value))
		if !math.IsNaN(t.Baseline) {
			figures = append(figures, number(t.Baseline)+" at "+t.BaselineSource)
		}
		if !math.IsNaN(t.Level) {
			figures = append(figures, number(t.Level)+" to reach")
		}
		if !math.IsNaN(t.Expected) {
			figures = append(figures, number(t.Expected)+" on the line")
		}
		if !math.IsNaN(t.P) {
			figures = append(figures, "p "+pair(t.P))
		}
	}
	for _, n := range t.NoteList() {
		if !n.Is(bannered...) {
			words += "; " + v.words(n)
		}
	}
	if len(figures) > 0 {
		words += " (" + strings.Join(figures, "; ") + ")"
	}
	return words
}

// trend writes the line through the figures of a table's row, up to the last source.
func (w *writer) trend(like release.Figure, name string) {
	if words := w.v.trend(like, name); words != "" {
		w.paragraph("  ", words)
	}
}

// trend tells that line; "" where there is none.
func (v Page) trend(like release.Figure, name string) string {
	of := keep(v.Content.Trends, func(t release.Trend) bool {
		return t.Source.Survey() == survey(like) && t.Item == like.Item && t.Population == like.Population && t.Breakdown == like.Breakdown && t.Category == like.Category
	})
	of = inTime(of, v.entry().Sources, func(t release.Trend) codebook.SourceID { return t.Source })
	if len(of) == 0 {
		return ""
	}
	t := of[len(of)-1]
	places := max(kind(t.Statistic).Decimals, v.digits().decimals(t.Statistic, t.Source, t.SE, t.Slope))
	words := fmt.Sprintf("%s to %s, trend of %s: %s %s a year (%s to %s), p %s: %s",
		v.since(t.FromSource), v.since(t.Source), Plural(int(t.Points), "figure"), signed(t.Slope, places), strings.TrimSpace(points(t.Statistic)),
		signed(t.Lower, places), signed(t.Upper, places), pair(t.P), t.Verdict)
	for _, n := range t.NoteList() {
		if !n.Is(bannered...) {
			words += "; " + v.words(n)
		}
	}
	if name != "" {
		words = name + ", " + words
	}
	return words
}

// pair is a p-value after the letter: "= 0.012", "< 0.001".
func pair(x float64) string {
	if x < leastP {
		return p(x)
	}
	return "= " + p(x)
}

func signed(x float64, places int) string {
	if x > 0 {
		return "+" + fixed(x, places)
	}
	return fixed(x, places)
}
