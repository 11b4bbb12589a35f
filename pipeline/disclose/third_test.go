package disclose

import (
	"fmt"
	"testing"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// Two shares of the same answers tell a third: the one of fewer goes where it is of
// few, unless the two are of so many that rounding hides it.
func TestThirds(t *testing.T) {
	share := func(name string, n, yes int) release.Figure {
		key := whole
		key.Indicator, key.Item, key.Source = name, "all", "hocs/2001"
		f := figure(key, int64(n), "", "")
		f.Groups = indicator.Groups{{Answered: n, Yes: yes}}
		return f
	}
	for _, c := range []struct {
		claim     string
		kind      Relation
		n, a, b   int
		withheldA bool
		withheldB bool
	}{
		{"five of those who feel safe do not feel very safe", Inside, 400, 200, 205, true, false},
		{"the other way round", Around, 400, 205, 200, false, true},
		{"ten do not", Inside, 400, 200, 210, false, false},
		{"none does not: both are told to be the same", Inside, 400, 200, 200, true, false},
		{"four said neither", Apart, 400, 200, 196, false, true},
		{"twenty said neither", Apart, 400, 200, 180, false, false},
		{"five of 12,000, which rounding hides", Inside, 12000, 6000, 6005, false, false},
	} {
		t.Run(c.claim, func(t *testing.T) {
			a, b := share("a", c.n, c.a), share("b", c.n, c.b)
			contents := map[string]*release.Content{"a": {Figures: []release.Figure{a}}, "b": {Figures: []release.Figure{b}}}
			l := linked()
			l.Shares = []Pair{{A: Item{"a", "all"}, B: Item{"b", "all"}, Kind: c.kind}}
			Apply(policy, Release{Indicators: contents, Carried: none, Links: l})
			got := fmt.Sprint(contents["a"].Figures[0].Status, contents["b"].Figures[0].Status)
			want := ""
			if c.withheldA || c.withheldB {
				want = "c"
			}
			if got != want || (contents["a"].Figures[0].Status == "c") != c.withheldA {
				t.Errorf("status %q and %q, want one withheld: %v, %v", contents["a"].Figures[0].Status, contents["b"].Figures[0].Status, c.withheldA, c.withheldB)
			}
		})
	}
}

// Areas within regions: what is withheld beside an area is another of its region,
// or the regions go too.
func TestWithinRegions(t *testing.T) {
	at := func(breakdown, category string, n int64) release.Figure {
		return figure(indicator.Key{Breakdown: breakdown, Category: category}, n, "", "")
	}
	figures := func() []release.Figure {
		return []release.Figure{
			at("all", "all", 1205), at("region", "north", 605), at("region", "south", 600),
			at("force", "a", 300), at("force", "b", 300), at("force", "c", 300), at("force", "d", 5), at("force", "e", 300),
		}
	}
	withheld := func(l Links) (names []string) {
		c := &release.Content{Figures: figures()}
		account := Apply(policy, Release{Indicators: map[string]*release.Content{"x": c}, Carried: none, Links: l})
		if len(account.Known) > 0 {
			t.Errorf("known: %+v", account.Known)
		}
		for _, f := range c.Figures {
			if f.Status == "c" {
				names = append(names, f.Category)
			}
		}
		return names
	}
	l := linked()
	if got := fmt.Sprint(withheld(l)); got != "[a d]" {
		t.Errorf("areas alone: %s, want the first that is large enough beside d", got)
	}
	l.Coarser = func(breakdown, category, coarse string) string {
		if breakdown != "force" || coarse != "region" {
			return ""
		}
		if category < "c" {
			return "south"
		}
		return "north"
	}
	if got := fmt.Sprint(withheld(l)); got != "[c d]" {
		t.Errorf("of regions c and d: %s, want the other one of its region", got)
	}
}
