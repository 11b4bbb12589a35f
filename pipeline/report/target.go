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
		stated := words.From
		if words.Known != indicator.KnownRead {
			stated += "; " + Meaning("known", words.Known)
		}
		w.paragraph("  ", fmt.Sprintf("By %s (%s)", rows[0].Date, stated))
		if words.Note != "" {
			w.paragraph("  Note: ", words.Note)
		}
		for _, t := range inTime(rows, w.v.entry().Sources) {
			w.paragraph("  "+Standing(t)+": ", w.v.targetOf(t)+string(t.Source)+": "+w.v.because(t))
		}
	}
}

// inTime orders rows by the order of the sources, the figures together last.
func inTime(rows []release.Target, sources []codebook.SourceID) []release.Target {
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, func(a, b release.Target) int {
		return slices.Index(sources, a.Source) - slices.Index(sources, b.Source)
	})
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
	words := v.words("reason", n)
	if n.Is(indicator.Broken) {
		words += ": " + v.Labels.Text("break", t.Indicator, n.Of)
	}
	places := 1
	number := func(x float64) string {
		if x == math.Trunc(x) && math.Abs(x) >= 1000 {
			return Count(int64(x))
		}
		return fixed(x, places)
	}
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
			sign := "p = "
			if t.P < 0.001 {
				sign = "p "
			}
			figures = append(figures, sign+p(t.P))
		}
	}
	for _, n := range t.NoteList() {
		if !n.Is(indicator.Synthetic) {
			words += "; " + v.words("notes", n)
		}
	}
	if len(figures) > 0 {
		words += " (" + strings.Join(figures, "; ") + ")"
	}
	return words
}
