package disclose

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// whole is the key of a figure that is not broken down.
var whole = indicator.Key{Breakdown: "all", Category: "all"}

var policy = indicator.Policy{ConfidentialBelow: 10, SidesBelow: 10, UnreliableBelow: 50, CautionBelow: 100, Interval: 9, Zeros: indicator.Withhold, Dominance: 0.5, Precision: indicator.Precisions{Percent: "1"}}

func none(codebook.SourceID) bool { return false }

// linked are the links of a catalogue in which England is a part of England and
// Wales.
func linked() Links {
	return Links{
		Within:  func(_ codebook.SourceID, a, b string) bool { return a == "england" && b == "england-and-wales" },
		Coarser: func(string, string, string) string { return "" },
	}
}

// figure has a value, and base respondents in its smallest group.
func figure(key indicator.Key, base int64, status indicator.Status, notes string) release.Figure {
	f := release.Figure{Key: key, Base: base, Groups: indicator.Groups{{Answered: int(base), Yes: -1}}, Status: string(status), Notes: notes, Value: 40, SE: 1, Weight: "core"}
	if status != "" {
		f.Empty()
	}
	return f
}

// applied are figures of one indicator after the policy.
func applied(figures ...release.Figure) []release.Figure {
	c := &release.Content{Figures: figures}
	Apply(policy, Release{Indicators: map[string]*release.Content{"x": c}, Carried: none, Links: linked()})
	return c.Figures
}

func TestThresholds(t *testing.T) {
	const (
		hidden     = "withheld(10)"
		unreliable = "withheld-unreliable(50)"
		caution    = "caution(100)"
	)
	for _, c := range []struct {
		base   int64
		before indicator.Status
		status indicator.Status
		note   string
	}{
		{base: 0, status: "c", note: hidden},
		{base: 1, status: "c", note: hidden},
		{base: 9, status: "c", note: hidden},
		{base: 10, status: "u", note: unreliable},
		{base: 49, status: "u", note: unreliable},
		{base: 50, note: caution},
		{base: 99, note: caution},
		{base: 100},
		{base: 10000},
		{base: 0, before: "z", status: "z"},
		{base: 0, before: "x", status: "x"},
		{base: 9, before: "x", status: "c", note: hidden},
		{base: 10, before: "x", status: "x"},
		{base: 99, before: "x", status: "x"},
	} {
		t.Run(fmt.Sprintf("a base of %d with status %q", c.base, c.before), func(t *testing.T) {
			got := applied(figure(whole, c.base, c.before, ""))[0]
			if got.Status != string(c.status) || got.Notes != c.note {
				t.Errorf("got status %q, notes %q; want %q, %q", got.Status, got.Notes, c.status, c.note)
			}
			if math.IsNaN(got.Value) != (c.status != "") || math.IsNaN(got.SE) != (c.status != "") || (got.Weight == "") != (c.status != "") || (got.Base == release.Withheld) != (c.status == "c") {
				t.Errorf("status %q with value %v (%v), %q weight, base %d", got.Status, got.Value, got.SE, got.Weight, got.Base)
			}
		})
	}
}

// A comparison of 3 respondents with 200 is as telling as a figure of 3.
// TestReturns: of a return that gives respondents their number decides, as of a
// survey; of one that gives counts the smallest of them.
func TestReturns(t *testing.T) {
	key := whole
	key.Source = "returns/smoking/2005"
	for _, c := range []struct {
		claim          string
		base, smallest int64
		status, note   string
	}{
		{"few respondents", 9, 9, "c", "withheld(10)"},
		{"too few to be reliable", 49, 49, "u", "withheld-unreliable(50)"},
		{"enough", 896, 896, "", ""},
		{"a small count", release.Withheld, 9, "c", "withheld(10)"},
		{"a count that is not small, of which more are not wanted", release.Withheld, 10, "", ""},
	} {
		f := figure(key, c.base, "", "")
		f.Groups[0].Answered = int(c.smallest)
		if got := applied(f)[0]; got.Status != c.status || got.Notes != c.note {
			t.Errorf("%s: status %q, notes %q; want %q, %q", c.claim, got.Status, got.Notes, c.status, c.note)
		}
	}
}

// A total that one respondent dominates is withheld, a share of few on one side, and a
// quantile with few at it or beyond it.
func TestSidesAndDominance(t *testing.T) {
	for _, c := range []struct {
		claim     string
		yes       int
		dominance float64
		beyond    int64
		status    string
	}{
		{"enough on both sides", 200, math.NaN(), 0, ""},
		{"nine who say yes", 9, math.NaN(), 0, "c"},
		{"ten who say yes", 10, math.NaN(), 0, ""},
		{"nine who say no", 391, math.NaN(), 0, "c"},
		{"nobody who says yes", 0, math.NaN(), 0, "c"},
		{"all who say yes", 400, math.NaN(), 0, "c"},
		{"one respondent makes half of the total", -1, .5, 0, ""},
		{"one respondent makes more than half", -1, .51, 0, "c"},
		{"nine at a quantile or beyond it", -1, math.NaN(), 9, "c"},
		{"ten at a quantile or beyond it", -1, math.NaN(), 10, ""},
	} {
		f := figure(whole, 400, "", "")
		f.Groups, f.Largest, f.Beyond = indicator.Groups{{Answered: 400, Yes: c.yes}}, c.dominance, c.beyond
		got := applied(f)[0]
		if got.Status != c.status || got.Base != 400 {
			t.Errorf("%s: status %q with a base of %d, want %q with 400", c.claim, got.Status, got.Base, c.status)
		}
	}
}

// Of the weight, or of what is added up, one respondent may have half, nine 17/18, and as many
// between as lie on the line from the one to the other; ten may have all. A figure that is of few
// for another reason does not say that it is so.
func TestFewHaveMost(t *testing.T) {
	ten := []float64{.1, .2, .3, .4, .5, .6, .7, .8, .9, 1}
	for _, c := range []struct {
		claim    string
		yes      int
		heaviest []float64
		note     string
	}{
		{"ten alike", -1, ten, ""},
		{"one has half", -1, []float64{.5}, ""},
		{"one has more", -1, []float64{.51}, "withheld-heavy(10)"},
		{"two have 5/9", -1, []float64{.4, .555}, ""},
		{"two have more", -1, []float64{.4, .556}, "withheld-heavy(10)"},
		{"nine have 17/18", -1, []float64{.2, .3, .4, .5, .6, .7, .8, .85, .944}, ""},
		{"nine have more", -1, []float64{.2, .3, .4, .5, .6, .7, .8, .85, .945}, "withheld-heavy(10)"},
		{"of whom few say yes", 9, []float64{.51}, "withheld(10)"},
	} {
		f := figure(whole, 400, "", "")
		f.Groups, f.Heaviest = indicator.Groups{{Answered: 400, Yes: c.yes}}, c.heaviest
		if got := applied(f)[0]; got.Notes != c.note || (got.Status == "c") != (c.note != "") || got.Base != 400 {
			t.Errorf("%s: status %q, notes %q with a base of %d, want notes %q with 400", c.claim, got.Status, got.Notes, got.Base, c.note)
		}
	}
}

// Of amounts that are alike but for few, the few are what a figure tells; and of a group
// whose amounts are all alike it tells each.
func TestFewUnlike(t *testing.T) {
	for _, c := range []struct {
		claim  string
		unlike int64
		alike  bool
		status string
	}{
		{"no bound asks", 0, false, ""},
		{"one has another value", 1, false, "c"},
		{"nine have", 9, false, "c"},
		{"ten have", 10, false, ""},
		{"all have the same", 0, true, "c"},
	} {
		f := figure(whole, 400, "", "")
		f.Statistic, f.Unlike, f.Alike = "mean", c.unlike, c.alike
		if got := applied(f)[0]; got.Status != c.status || got.Base != 400 {
			t.Errorf("%s: status %q with a base of %d, want %q with 400", c.claim, got.Status, got.Base, c.status)
		}
	}
}

// The sides of amounts of two values are told by subtraction as those of a share are: beside a
// region of which few have the greater, another is withheld. Rounding hides none of them, since
// the two values may be any distance apart.
func TestSubtractedAmounts(t *testing.T) {
	var figures []release.Figure
	for _, of := range []struct {
		key    indicator.Key
		n, yes int
	}{{whole, 60000, 20000}, {indicator.Key{Breakdown: "region", Category: "a"}, 20000, 4}, {indicator.Key{Breakdown: "region", Category: "b"}, 20000, 9996}, {indicator.Key{Breakdown: "region", Category: "c"}, 20000, 10000}} {
		f := figure(of.key, int64(of.n), "", "")
		f.Statistic, f.Groups = "mean", indicator.Groups{{Answered: of.n, Yes: of.yes}}
		figures = append(figures, f)
	}
	var got []string
	for _, f := range applied(figures...) {
		got = append(got, f.Status)
	}
	if want := ",c,c,"; strings.Join(got, ",") != want {
		t.Errorf("got %q, want %q", strings.Join(got, ","), want)
	}
}

// What one population has more than another within it of the greater amount is told by the two
// means, however many respondents they have: 4 of 900, whom rounded shares would hide.
func TestSubtractedPopulations(t *testing.T) {
	for statistic, want := range map[string]string{"proportion": ",", "mean": "c,"} {
		var got []string
		var figures []release.Figure
		for _, of := range []struct {
			population string
			n, yes     int
		}{{"england", 20000, 9996}, {"england-and-wales", 20900, 10000}} {
			key := whole
			key.Population = of.population
			f := figure(key, int64(of.n), "", "")
			f.Statistic, f.Groups = statistic, indicator.Groups{{Answered: of.n, Yes: of.yes}}
			figures = append(figures, f)
		}
		for _, f := range applied(figures...) {
			got = append(got, f.Status)
		}
		if strings.Join(got, ",") != want {
			t.Errorf("%s: got %q, want %q", statistic, strings.Join(got, ","), want)
		}
	}
}

func TestSmallestGroup(t *testing.T) {
	var figures []release.Figure
	for _, size := range [][2]int64{{203, 3}, {240, 40}, {400, 200}} {
		key := whole
		key.Item = fmt.Sprint("of-", size[1])
		f := figure(key, size[0], "", "")
		f.Groups = indicator.Groups{{Answered: int(size[0] - size[1]), Yes: -1}, {Answered: int(size[1]), Yes: -1}}
		figures = append(figures, f)
	}
	got := applied(figures...)
	for i, want := range []indicator.Status{indicator.Confidential, indicator.Unreliable, ""} {
		if got[i].Status != string(want) {
			t.Errorf("smallest group of %d: got status %q, want %q", got[i].Groups.Smallest(), got[i].Status, want)
		}
	}
}

// What is withheld must not be had by subtraction: a confidential figure that
// stands alone in its breakdown takes the next smallest with it.
func TestProtect(t *testing.T) {
	region := func(category string) indicator.Key { return indicator.Key{Breakdown: "region", Category: category} }
	got := applied(figure(region("a"), 5, "", ""), figure(region("b"), 400, "", ""), figure(region("z"), 0, indicator.Unavailable, ""), figure(whole, 405, "", ""))
	if got[1].Status != "c" || got[1].Base != release.Withheld || got[2].Status != "x" {
		t.Errorf("beside a category in which nobody answered: got %q and %q, want c and x", got[1].Status, got[2].Status)
	}
	for _, c := range []struct {
		claim string
		bases []int64
		want  string
	}{
		{"nothing to protect", []int64{200, 300, 400}, ",,"},
		{"one alone takes the first that is large enough", []int64{5, 400, 300}, "c,c,"},
		{"of what is shown, one with a caution", []int64{5, 400, 60}, "c,,c"},
		{"one that is unreliable already hides its value, and now its base", []int64{400, 5, 20}, ",c,c"},
		{"two of which each is small are known too well together", []int64{5, 6, 400, 300}, "c,c,c,"},
		{"nobody tells what is withheld of all", []int64{5, 6, 7}, "c,c,c"},
		{"a category that nobody is of protects nothing", []int64{5, 0, 400}, "c,z,c"},
		{"of equals the first in order", []int64{5, 400, 400}, "c,c,"},
		{"one and no other", []int64{5}, "c"},
	} {
		figures := []release.Figure{figure(whole, 9999, "", "")}
		for i, base := range c.bases {
			status := indicator.Status("")
			if base == 0 {
				status = indicator.Inapplicable
			}
			figures = append(figures, figure(region(string(rune('a'+i))), base, status, ""))
		}
		figures = append(figures, figure(indicator.Key{Breakdown: "sex", Category: "men"}, 200, "", ""))
		var got []string
		for _, f := range applied(figures...) {
			got = append(got, f.Status)
		}
		if want := "," + c.want + ","; strings.Join(got, ",") != want {
			t.Errorf("%s: got %q, want %q", c.claim, strings.Join(got, ","), want)
		}
	}
}

func TestNotes(t *testing.T) {
	for _, c := range []struct {
		claim string
		base  int64
		notes string
		want  string
	}{
		{"a confidential figure's notes could tell what it is", 9, "no-error-fixed", "withheld(10)"},
		{"that the data are synthetic is not confidential", 9, "no-error-fixed synthetic", "withheld(10) synthetic"},
		{"nor are those of an unreliable one: that nobody differs tells the value", 10, "no-error-fixed", "withheld-unreliable(50)"},
		{"a figure with caution keeps its notes", 50, "no-error-fixed", "no-error-fixed caution(100)"},
		{"enough respondents, no note", 100, "no-error-fixed", "no-error-fixed"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			if got := applied(figure(whole, c.base, "", c.notes))[0].Notes; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// A change that rests on a figure that is withheld is withheld, and says of which;
// one that a break keeps from being given stays so.
func TestChangesAreWithheld(t *testing.T) {
	const early, late = codebook.SourceID("hocs/2001"), codebook.SourceID("hocs/2003")
	at := func(source codebook.SourceID, category string) indicator.Key {
		return indicator.Key{Indicator: "x", Source: source, Breakdown: "sex", Category: category}
	}
	change := func(category, reason string) release.Change {
		return release.Change{Key: at(late, category), FromSource: early, Change: 4, SE: 1, P: .01, Verdict: release.Higher, Reason: reason, Notes: "overlap(7,pooled,0.5) synthetic"}
	}
	made := func() *release.Content {
		var c release.Content
		for category, bases := range map[string][2]int64{"few": {5, 400}, "fewer": {400, 9}, "men": {400, 300}, "women": {400, 400}, "broken": {8, 8}} {
			c.Figures = append(c.Figures, figure(at(early, category), bases[0], "", ""), figure(at(late, category), bases[1], "", ""))
			reason := ""
			if category == "broken" {
				reason = "break(hocs/2003)"
			}
			c.Changes = append(c.Changes, change(category, reason))
		}
		c.Sort()
		return &c
	}
	c := made()
	Apply(policy, Release{Indicators: map[string]*release.Content{"x": c}, Carried: none, Links: linked()})
	want := map[string]string{"few": "no-figure-of(hocs/2001,c)", "fewer": "no-figure-of(hocs/2003,c)", "men": "", "women": "", "broken": "break(hocs/2003)"}
	for _, ch := range c.Changes {
		if ch.Reason != want[ch.Category] {
			t.Errorf("%s: got reason %q, want %q", ch.Category, ch.Reason, want[ch.Category])
		}
		if strings.HasPrefix(ch.Category, "few") && (!math.IsNaN(ch.Change) || !math.IsNaN(ch.SE) || !math.IsNaN(ch.P) || ch.Verdict != release.NotComparable || ch.Notes != "synthetic") {
			t.Errorf("%s: got %+v", ch.Category, ch)
		}
	}

	t.Run("what is carried was decided on, and what is not in the last release is no carried figure", func(t *testing.T) {
		c := made()
		all := func(codebook.SourceID) bool { return true }
		Apply(policy, Release{Indicators: map[string]*release.Content{"x": c}, Last: map[string]release.Content{"x": *made()}, Carried: all, Links: linked()})
		for i, f := range made().Figures {
			if !reflect.DeepEqual(c.Figures[i], f) {
				t.Errorf("got %+v, want %+v", c.Figures[i], f)
			}
		}
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		Apply(policy, Release{Indicators: map[string]*release.Content{"x": made()}, Carried: all, Links: linked()})
	})
}
