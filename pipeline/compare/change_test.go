package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// The waves of a survey, with their fieldwork. The last but one is still in
// the field when the last begins.
var fieldwork = map[string][2]string{
	"2001": {"2001-03-01", "2001-11-30"}, "2003": {"2003-03-01", "2003-09-30"}, "2005": {"2005-03-01", "2005-09-30"},
	"2007-08": {"2007-04-01", "2008-03-31"}, "2008-09": {"2008-03-31", "2009-03-30"},
}

func start(wave codebook.SourceID) string { return fieldwork[wave.Wave()][0] }

// published is a figure for the whole of England and Wales.
func published(wave string, value, se float64) release.Figure {
	return release.Figure{
		Key: indicator.Key{
			Indicator: "influence-local", Source: codebook.WaveID("hocs", wave), Population: "england-and-wales", Breakdown: "all", Category: "all", Item: "all",
		},
		PeriodStart: fieldwork[wave][0], PeriodEnd: fieldwork[wave][1], Statistic: "proportion", Unit: "percent", Value: value, SE: se, DF: 10, Base: 1000,
	}
}

func freedom(df float64) func(release.Figure) float64 {
	return func(release.Figure) float64 { return df }
}

// apart links no two waves.
func apart(_, _ release.Figure) Link { return Link{} }

var nan = math.NaN()

func same(got, want float64) bool {
	return math.IsNaN(got) && math.IsNaN(want) || math.Abs(got-want) <= 1e-12*max(1, math.Abs(want))
}

var proportion = &indicator.Definition{ID: "influence-local", Statistic: indicator.Proportion}

func TestVerdicts(t *testing.T) {
	withheld := func(f release.Figure, status string) release.Figure {
		f.Value, f.SE, f.Status = nan, nan, status
		return f
	}
	noted := func(f release.Figure) release.Figure {
		f.Notes = "caution(50) synthetic"
		return f
	}
	at2003 := &indicator.Definition{Statistic: indicator.Proportion, Breaks: []indicator.Break{{From: "hocs/2003", Reason: "the question changed"}}}
	effect := &indicator.Definition{Statistic: indicator.Gap, Contrast: indicator.ContrastOfChanges, Between: &indicator.Between{Category: []string{"centre"}, Reference: []string{"elsewhere"}}}
	// The upper 97.5 per cent point of t on 20 degrees of freedom is 2.085963:
	// with both errors 3 and 4, of a change 5, the limit is a change of 10.43.
	for _, c := range []struct {
		claim             string
		d                 *indicator.Definition
		from, to          release.Figure
		df                float64
		verdict, reason   string
		change, se, lower float64
		note              string
	}{
		{claim: "higher", from: published("2001", 40, 3), to: published("2003", 50.5, 4), df: 10, verdict: "higher", change: 10.5, se: 5, lower: 10.5 - 10.429817},
		{claim: "lower", from: published("2001", 50.5, 3), to: published("2003", 40, 4), df: 10, verdict: "lower", change: -10.5, se: 5, lower: -10.5 - 10.429817},
		{claim: "not quite", from: published("2001", 40, 3), to: published("2003", 50.4, 4), df: 10, verdict: "no clear change", change: 10.4, se: 5, lower: 10.4 - 10.429817},
		{claim: "no change at all", from: published("2001", 40, 3), to: published("2003", 40, 4), df: 10, verdict: "no clear change", change: 0, se: 5, lower: -10.429817},
		{claim: "the headline: 43 to 38, on many degrees of freedom", from: published("2001", 43, 0.6), to: published("2003", 38, 0.8), df: 5e8, verdict: "lower", change: -5, se: 1, lower: -6.959964},
		{claim: "a difference in differences", d: effect, from: published("2001", 2, 3), to: published("2003", 12.5, 4), df: 10, verdict: "higher", change: 10.5, se: 5, lower: 10.5 - 10.429817, note: "difference-in-differences(centre,elsewhere)"},
		{claim: "a break at the later wave", d: at2003, from: published("2001", 40, 3), to: published("2003", 50, 4), df: 10, verdict: "not comparable", reason: "break(hocs/2003)", change: nan, se: nan, lower: nan},
		{claim: "a break between the two", d: at2003, from: published("2001", 40, 3), to: published("2005", 50, 4), df: 10, verdict: "not comparable", reason: "break(hocs/2003)", change: nan, se: nan, lower: nan},
		{claim: "none after the break", d: at2003, from: published("2003", 40, 3), to: published("2005", 50.5, 4), df: 10, verdict: "higher", change: 10.5, se: 5, lower: 10.5 - 10.429817},
		{claim: "fieldwork that overlaps by a day", from: published("2007-08", 40, 3), to: published("2008-09", 90, 4), df: 10, verdict: "not comparable", reason: "fieldwork-overlap(hocs/2007-08,hocs/2008-09)", change: nan, se: nan, lower: nan},
		{claim: "no figure before", from: withheld(published("2001", 0, 0), "c"), to: published("2003", 50, 4), df: 10, verdict: "not comparable", reason: "no-figure-of(hocs/2001,c)", change: nan, se: nan, lower: nan},
		{claim: "no figure after", from: published("2001", 40, 3), to: withheld(published("2003", 0, 0), "u"), df: 10, verdict: "not comparable", reason: "no-figure-of(hocs/2003,u)", change: nan, se: nan, lower: nan},
		{claim: "a break is said before a withheld figure", d: at2003, from: withheld(published("2001", 0, 0), "c"), to: published("2003", 50, 4), df: 10, verdict: "not comparable", reason: "break(hocs/2003)", change: nan, se: nan, lower: nan},
		{claim: "no error before", from: published("2001", 40, nan), to: published("2003", 90, 4), df: 10, verdict: "not comparable", reason: "no-error-of-both", change: 50, se: nan, lower: nan},
		{claim: "no error after", from: published("2001", 40, 3), to: published("2003", 90, nan), df: 10, verdict: "not comparable", reason: "no-error-of-both", change: 50, se: nan, lower: nan},
		{claim: "no degrees of freedom", from: published("2001", 40, 3), to: published("2003", 90, 4), df: 0, verdict: "not comparable", reason: "no-error-of-both", change: 50, se: nan, lower: nan},
		{claim: "degrees of freedom that are not known", from: published("2001", 40, 3), to: published("2003", 90, 4), df: nan, verdict: "not comparable", reason: "no-error-of-both", change: 50, se: nan, lower: nan},
		{claim: "a change from synthetic data says so", from: noted(published("2001", 40, 3)), to: published("2003", 50.5, 4), df: 10, verdict: "higher", change: 10.5, se: 5, lower: 10.5 - 10.429817, note: "synthetic"},
		{claim: "and one that is not comparable", d: at2003, from: published("2001", 40, 3), to: noted(published("2003", 50.5, 4)), df: 10, verdict: "not comparable", reason: "break(hocs/2003)", change: nan, se: nan, lower: nan, note: "synthetic"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			d := c.d
			if d == nil {
				d = proportion
			}
			got := Changes(d, []release.Figure{c.to, c.from}, freedom(c.df), apart, start)
			Adjust(got)
			if len(got) != 1 {
				t.Fatalf("got %d changes, want 1", len(got))
			}
			g := got[0]
			if g.Verdict != c.verdict || g.Reason != c.reason || g.Notes != c.note || !same(g.Change, c.change) || !same(g.SE, c.se) {
				t.Errorf("got %s (%s), %v (%v), note %q; want %s (%s), %v (%v), note %q", g.Verdict, g.Reason, g.Change, g.SE, g.Notes, c.verdict, c.reason, c.change, c.se, c.note)
			}
			if !near(g.Lower, c.lower, 1.5e-6) || !near(g.Upper, 2*c.change-c.lower, 1.5e-6) {
				t.Errorf("got %v to %v, want %v to %v", g.Lower, g.Upper, c.lower, 2*c.change-c.lower)
			}
			if g.FromSource != c.from.Source || g.Source != c.to.Source || g.Unit != "percentage points" || g.Statistic != "proportion" {
				t.Errorf("got %s to %s, a %s in %s", g.FromSource, g.Source, g.Statistic, g.Unit)
			}
			if tested := !math.IsNaN(c.se); tested != (g.DF == 2*c.df) || tested != (g.Level == .95) || tested != (g.Method == "wald") || tested == math.IsNaN(g.P) || tested == math.IsNaN(g.PAdjusted) {
				t.Errorf("got df %v, level %v, method %q, p %v, adjusted %v", g.DF, g.Level, g.Method, g.P, g.PAdjusted)
			}
		})
	}
}

// The errors are 3 and 4. Correlated by 0.5 that of their difference is the
// root of 9 + 16 - 12, and by -1 it is 7.
func TestLinkedChanges(t *testing.T) {
	was := release.Change{FromSource: "hocs/2001", Verdict: "higher", Change: 9, SE: 2, P: nan, Notes: "caution(7)"}
	for _, c := range []struct {
		claim, from, to string
		link            Link
		se, df          float64
		verdict, reason string
		note            string
	}{
		{claim: "rotating", from: "2001", to: "2003", link: Link{Link: indicator.Link{Method: "rotating", SE: nan, Correlation: 0.5, DF: 30, Linked: 7}}, se: 3.605551, df: 30, verdict: "higher", note: "overlap(7,rotating,0.50)"},
		{claim: "wholly against each other", from: "2001", to: "2003", link: Link{Link: indicator.Link{Method: "rotating", SE: nan, Correlation: -1, DF: 30, Linked: 7}}, se: 7, df: 30, verdict: "no clear change", note: "overlap(7,rotating,-1.00)"},
		{claim: "pooled, whose error is its own", from: "2001", to: "2003", link: Link{Link: indicator.Link{Method: "pooled", SE: 4.5, Correlation: 0.12345, DF: 30, Linked: 7}}, se: 4.5, df: 30, verdict: "higher", note: "overlap(7,pooled,0.12)"},
		{claim: "fieldwork that overlaps, of PSUs in both", from: "2007-08", to: "2008-09", link: Link{Link: indicator.Link{Method: "rotating", SE: nan, Correlation: 0.5, DF: 30, Linked: 7}}, se: 3.605551, df: 30, verdict: "higher", note: "overlap(7,rotating,0.50)"},
		{claim: "fieldwork that overlaps, of samples said to be independent", from: "2007-08", to: "2008-09", link: Link{Link: indicator.Link{Method: "independent"}}, se: 5, df: 20, verdict: "higher"},
		{claim: "a correlation that there is not", from: "2001", to: "2003", link: Link{Link: indicator.Link{Method: "rotating", SE: nan, Correlation: nan, DF: 30, Linked: 1}}, se: nan, df: nan, verdict: "not comparable", reason: "no-error-linked"},
		{claim: "a pooled error that there is not", from: "2001", to: "2003", link: Link{Link: indicator.Link{Method: "pooled", SE: nan, Correlation: nan, DF: 30, Linked: 1}}, se: nan, df: nan, verdict: "not comparable", reason: "no-error-linked"},
		{claim: "one that was published stays", from: "2001", to: "2003", link: Link{Published: &was}, se: 2, verdict: "higher", note: "caution(7)"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			link := func(from, to release.Figure) Link {
				if from.Source.Wave() != c.from || to.Source.Wave() != c.to {
					t.Errorf("asked for the link from %s to %s", from.Source, to.Source)
				}
				return c.link
			}
			g := Changes(proportion, []release.Figure{published(c.to, 50.5, 4), published(c.from, 40, 3)}, freedom(10), link, start)[0]
			if !near(g.SE, c.se, 5e-7) || !same(g.DF, c.df) || g.Verdict != c.verdict || g.Reason != c.reason || g.Notes != c.note {
				t.Errorf("got %v on %v, %s (%s), note %q; want %v on %v, %s (%s), note %q", g.SE, g.DF, g.Verdict, g.Reason, g.Notes, c.se, c.df, c.verdict, c.reason, c.note)
			}
		})
	}
}

func near(got, want, within float64) bool {
	return math.IsNaN(got) && math.IsNaN(want) || math.Abs(got-want) <= within
}

// On two degrees of freedom Student's t has the closed form
// p = 1 - t/sqrt(t^2+2); on one, p = 1 - 2 atan(t)/pi.
func TestPValues(t *testing.T) {
	for _, c := range []struct {
		change, df, want float64
	}{
		{0, 1, 1},
		{5, 1, 0.5}, // t = 1 on 2: 1 - 1/sqrt(3); on 1 (each half): 0.5
		{5, 2, 0.42264973081},
		{10, 2, 0.183503419072},
		{50, 2, 0.00985245702333}, // t = 10: 1 - 10/sqrt(102)
		{5000, 2, 9.99998500003e-07},
	} {
		t.Run(fmt.Sprintf("a change of %v standard errors on %v", c.change/5, c.df), func(t *testing.T) {
			got := Changes(proportion, []release.Figure{published("2001", 0, 3), published("2003", c.change, 4)}, freedom(c.df/2), apart, start)[0]
			if got.P != c.want {
				t.Errorf("got %v, want %v, of 12 significant digits", got.P, c.want)
			}
		})
	}
}

// The verdict is by the p-value itself: it may be clear where the p-value that is
// shown is the level.
func TestVerdictIsByTheUnroundedPValue(t *testing.T) {
	for p, verdict := range map[float64]string{0.04999999: release.Higher, 0.05000001: release.NoClearChange} {
		change := math.Tan(math.Pi / 2 * (1 - p)) // on 1 degree of freedom
		got := Changes(&indicator.Definition{Statistic: indicator.Mean}, []release.Figure{published("2001", 0, .6), published("2003", change, .8)}, freedom(.5), apart, start)[0]
		if math.Abs(got.P-p) > 1e-11 || got.Verdict != verdict {
			t.Errorf("got p %v and %q, want %v and %q", got.P, got.Verdict, p, verdict)
		}
	}
}

// Holm (1979) by hand: of 0.01, 0.04, 0.03 and 0.005 the smallest is taken
// four times (0.02), the next three times (0.03), then twice (0.06), then once
// (0.04, but no less than 0.06).
func TestHolm(t *testing.T) {
	family := func(breakdown string, ps ...float64) []release.Change {
		var cs []release.Change
		for i, p := range ps {
			cs = append(cs, release.Change{Key: indicator.Key{Source: "hocs/2003", Breakdown: breakdown, Category: fmt.Sprint(i)}, FromSource: "hocs/2001", P: p, PAdjusted: nan})
		}
		return cs
	}
	other := family("sex", .02)
	other[0].FromSource = "hocs/1999"
	for _, c := range []struct {
		claim   string
		changes []release.Change
		want    []float64
	}{
		{"four by hand", family("region", .01, .04, .03, .005), []float64{.03, .06, .06, .02}},
		{"one is not adjusted", family("sex", .04), []float64{.04}},
		{"none is above 1", family("sex", .6, .7), []float64{1, 1}},
		{"equal ones are adjusted equally", family("sex", .01, .01), []float64{.02, .02}},
		{"one without a p-value is not of the family", family("sex", .01, nan, .04), []float64{.02, nan, .04}},
		{"each breakdown is a family", append(family("sex", .01), family("region", .02)...), []float64{.01, .02}},
		{"and so is each pair of waves", append(family("sex", .01), other...), []float64{.01, .02}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			Adjust(c.changes)
			for i, g := range c.changes {
				if !near(g.PAdjusted, c.want[i], 1e-15) {
					t.Errorf("%d: got %v, want %v", i, g.PAdjusted, c.want[i])
				}
			}
		})
	}
}

// Three waves are three pairs, in each category, in canonical order whatever
// the order of the figures; and each change is what a reader gets by
// subtraction.
func TestAllPairs(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	var figures []release.Figure
	values := map[string]map[string]float64{
		"men": {"2001": 40.123456, "2003": 44.4, "2005": 39.9}, "women": {"2001": 50, "2003": 40, "2005": 45.000001},
	}
	for _, category := range []string{"men", "women"} {
		for _, wave := range []string{"2001", "2003", "2005"} {
			f := published(wave, values[category][wave], 1)
			f.Breakdown, f.Category = "sex", category
			figures = append(figures, f)
		}
	}
	var want []string
	for _, category := range []string{"men", "women"} {
		for _, pair := range [][2]string{{"2001", "2003"}, {"2001", "2005"}, {"2003", "2005"}} {
			want = append(want, category+" "+pair[0]+" "+pair[1])
		}
	}
	for range 20 {
		r.Shuffle(len(figures), func(i, j int) { figures[i], figures[j] = figures[j], figures[i] })
		changes := Changes(proportion, figures, freedom(100), apart, start)
		var got []string
		for _, c := range changes {
			from, to := c.FromSource.Wave(), c.Source.Wave()
			got = append(got, c.Category+" "+from+" "+to)
			if v := values[c.Category]; c.Change != indicator.Settle(v[to]-v[from]) {
				t.Errorf("seed %d: %s: got %v, want %v", seed, got[len(got)-1], c.Change, v[to]-v[from])
			}
		}
		if !slices.IsSortedFunc(changes, release.Change.Compare) {
			t.Errorf("seed %d: not in canonical order: %s", seed, strings.Join(got, ", "))
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d: got\n%v\nwant\n%v", seed, got, want)
		}
	}
}

// Only the wave divides a series: figures of other populations, breakdowns,
// items and surveys are not compared.
func TestSeriesAreApart(t *testing.T) {
	for i, edit := range []func(*release.Figure){
		func(f *release.Figure) { f.Population = "england" },
		func(f *release.Figure) { f.Breakdown = "sex" },
		func(f *release.Figure) { f.Category = "men" },
		func(f *release.Figure) { f.Item = "police" },
		func(f *release.Figure) { f.Source = "bcs/2003" },
		func(f *release.Figure) { f.Indicator = "cohesion" },
	} {
		to := published("2003", 50, 4)
		edit(&to)
		if got := Changes(proportion, []release.Figure{published("2001", 40, 3), to}, freedom(10), apart, start); len(got) > 0 {
			t.Errorf("edit %d: got %+v", i, got)
		}
	}
	if got := Changes(proportion, []release.Figure{published("2001", 40, 3)}, freedom(10), apart, start); len(got) > 0 {
		t.Errorf("one wave: got %+v", got)
	}
}
