package compare

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/release"
)

// TestTrend holds a line against the normal equations of weighted least squares,
// solved as two equations in two unknowns: periods are in the middle at 0.375086,
// 2.290212 and 4.291581 years.
func TestTrend(t *testing.T) {
	for _, c := range []struct {
		name                 string
		last                 float64
		slope, se, fit       float64
		verdict, notes, unit string
	}{
		{"that bends", 39, -1.2676261, 0.3125717, 0.000135081, release.Falling, "no-straight-line(0.000135)", "percentage points a year"},
		{"that is straight", 34, -2.3464475, 0.3125717, 0.452522221, release.Falling, "", "percentage points a year"},
	} {
		t.Run(c.name, func(t *testing.T) {
			figures := []release.Figure{published("2001", 43, 0.75), published("2003", 38, 0.5), published("2005", c.last, 1)}
			got := Trends(proportion, release.Content{Figures: figures}, start)
			if len(got) != 1 {
				t.Fatalf("%d trends, want 1", len(got))
			}
			for _, n := range []struct {
				what      string
				got, want float64
			}{{"slope", got[0].Slope, c.slope}, {"error", got[0].SE, c.se}, {"fit", got[0].FitP, c.fit}, {"df", got[0].DF, 30}, {"points", float64(got[0].Points), 3}} {
				if math.Abs(n.got-n.want) > 1e-6 {
					t.Errorf("%s %v, want %v", n.what, n.got, n.want)
				}
			}
			if got[0].Verdict != c.verdict || got[0].Notes != c.notes || got[0].Unit != c.unit {
				t.Errorf("%s, %q, %s", got[0].Verdict, got[0].Notes, got[0].Unit)
			}
		})
	}
}

func TestTrends(t *testing.T) {
	at := func(wave string, value float64) release.Figure { return published(wave, value, 0.75) }
	withheld := at("2003", nan)
	withheld.Status = "u"
	part := at("2005", 40)
	part.Source, part.PeriodEnd = "hocs/2005-part", "2005-05-31"
	broken := &indicator.Definition{ID: "influence-local", Statistic: indicator.Proportion, Breaks: []indicator.Break{{From: "hocs/2003", Reason: "the question changed"}}}
	for _, c := range []struct {
		name    string
		of      *indicator.Definition
		figures []release.Figure
		want    string
	}{
		{"two figures have none", proportion, []release.Figure{at("2001", 43), at("2003", 41)}, ""},
		{"three", proportion, []release.Figure{at("2005", 39), at("2001", 43), at("2003", 41)}, "2001 to 2005 of 3 falling"},
		{"one up to each source", proportion, []release.Figure{at("2001", 43), at("2003", 43), at("2005", 43), at("2007-08", 43)}, "2001 to 2005 of 3 no clear trend; 2001 to 2007-08 of 4 no clear trend"},
		{"none through what is withheld", proportion, []release.Figure{at("2001", 43), withheld, at("2005", 39)}, ""},
		{"none through what has no error", proportion, []release.Figure{at("2001", 43), published("2003", 41, nan), at("2005", 39)}, ""},
		{"anew at a break", broken, []release.Figure{at("2001", 20), at("2003", 41), at("2005", 43), at("2007-08", 45)}, "2003 to 2007-08 of 3 rising"},
		{"a part beside the whole is left out", proportion, []release.Figure{at("2001", 43), at("2005", 39), part}, ""},
		{"and of two that overlap the later", proportion, []release.Figure{at("2003", 43), at("2005", 43), at("2007-08", 43), at("2008-09", 90)}, "2003 to 2007-08 of 3 no clear trend"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, trend := range Trends(c.of, release.Content{Figures: c.figures}, start) {
				got = append(got, fmt.Sprintf("%s to %s of %d %s", trend.FromSource.Wave(), trend.Source.Wave(), trend.Points, trend.Verdict))
			}
			if got := strings.Join(got, "; "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	overlapping := release.Content{Figures: []release.Figure{at("2001", 43), at("2003", 41), at("2005", 39)}}
	overlapping.Changes = []release.Change{{Key: at("2003", 41).Key, FromSource: "hocs/2001", Notes: "overlap(10,rotating,0.1)"}}
	if got := Trends(proportion, overlapping, start); len(got) != 0 {
		t.Errorf("samples that overlap have %v", got)
	}
}

// TestChangesOfReturns holds that a return is compared with the one before it
// and with the baseline alone, so that a series of many periods stays short.
func TestChangesOfReturns(t *testing.T) {
	var figures []release.Figure
	for year := 2000; year < 2010; year++ {
		figures = append(figures, returned(fmt.Sprint(year), 100))
	}
	rolling := returned("2004", 100)
	rolling.Source, rolling.PeriodStart, rolling.PeriodEnd = "returns/entrants/2004-q3", "2003-10-01", "2004-09-30"
	for _, c := range []struct {
		name     string
		baseline string
		figures  []release.Figure
		want     string // the sources that 2004 is compared with
	}{
		{"the one before and the first", "", figures, "2000 2003"},
		{"the one before and a target's baseline", "2002", figures, "2002 2003"},
		{"the second", "", figures[3:], "2003"},
		{"after a gap", "", append(slices.Clone(figures[:3]), figures[4:]...), "2000 2002"},
		{"not one whose period overlaps", "", append(slices.Clone(figures[:5]), rolling), "2000 2003"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &indicator.Definition{ID: "influence-local", Statistic: indicator.Count}
			if c.baseline != "" {
				d.Targets = []plan.Target{{Baseline: &plan.Baseline{Source: figures[2].Source}}}
			}
			var got []string
			for _, ch := range Changes(d, c.figures, freedom(nan), apart, start) {
				if ch.Source == "returns/entrants/2004" {
					got = append(got, ch.FromSource.Wave())
				}
			}
			if got := strings.Join(got, " "); got != c.want {
				t.Errorf("2004 is compared with %s, want %s", got, c.want)
			}
		})
	}
}
