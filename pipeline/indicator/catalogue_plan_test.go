package indicator_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"togetherwecan/indicators"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/seeds"
)

// Of the published figures, every one has an indicator, an item and a
// wave in the catalogue, or the ledger says why it cannot.
func TestLedgerIsDeclared(t *testing.T) {
	figures, err := plan.LoadPublished(seeds.Files)
	if err != nil {
		t.Fatal(err)
	}
	c, err := indicator.LoadCatalogue(indicators.Files)
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for i, f := range figures {
		kind := "survey"
		if strings.HasPrefix(string(f.Source), codebook.Returns+"/") {
			kind = "return"
		}
		count[kind]++
		lacks := c.Undeclared(f)
		short := !c.Declares(f)
		switch {
		case f.Absent != "" && !short:
			t.Errorf("row %d (%s, %s): cannot be declared (%s), and is", i+2, f.Indicator, f.Source, f.Absent)
		case f.Absent != "":
			count[kind+", with a reason"]++
		case short:
			t.Errorf("row %d (%s, %s) lacks %s, and the ledger says no reason", i+2, f.Indicator, f.Source, fmt.Sprint(lacks))
		case !short:
			count[kind+", declared"]++
		}
		if kind == "survey" && f.Absent == "" && len(lacks) == 0 {
			count["survey, in full"]++
		}
		if f.Absent == "" && !short && len(lacks) > 0 {
			t.Logf("row %d (%s, %s) lacks %s", i+2, f.Indicator, f.Source, fmt.Sprint(lacks))
		}
	}
	t.Log(count)
	for what, want := range map[string]int{"survey": 184, "survey, declared": 172, "survey, with a reason": 12, "survey, in full": 162, "return": 18, "return, declared": 9, "return, with a reason": 9} {
		if count[what] != want {
			t.Errorf("%d figures of a %s, want %d", count[what], what, want)
		}
	}
}

func TestUndeclared(t *testing.T) {
	c, err := indicator.LoadCatalogue(indicators.Files)
	if err != nil {
		t.Fatal(err)
	}
	sound := plan.Published{Indicator: "trust-council", Source: "hocs/2001", Population: "england", Breakdown: "all", Category: "all"}
	for _, of := range []struct {
		claim string
		edit  func(*plan.Published)
		want  string
	}{
		{"all is declared", func(*plan.Published) {}, ""},
		{"an item", func(p *plan.Published) { p.Indicator, p.Item = "volunteering", "any-monthly" }, ""},
		{"no indicator and no source", func(p *plan.Published) { p.Indicator, p.Source = "trust", "hocs/1999" }, "indicator trust, source hocs/1999"},
		{"no item", func(p *plan.Published) { p.Item = "police" }, "item police"},
		{"an item is wanted", func(p *plan.Published) { p.Indicator = "volunteering" }, "item "},
		{"a survey that the indicator is not of", func(p *plan.Published) { p.Source, p.Population = "csew/2011-12", "england-and-wales" }, "survey csew, trust-council"},
		{"a wave that did not ask", func(p *plan.Published) { p.Indicator = "belong-neighbourhood" }, "belong-neighbourhood"},
		{"a wave without a weight of households", func(p *plan.Published) { p.Indicator, p.Source = "watch-households", "bcs/2007-08-teaching" }, "watch-member, weight of households, population england"},
		{"a population", func(p *plan.Published) { p.Population = "wales" }, "population wales"},
		{"a breakdown", func(p *plan.Published) { p.Breakdown, p.Category = "acorn", "hard-pressed" }, "breakdown acorn"},
		{"a category", func(p *plan.Published) { p.Breakdown, p.Category = "ethnic-group", "indian" }, "category indian"},
		{"a return of no series", func(p *plan.Published) { p.Source = "returns/no-such/2004" }, "source returns/no-such/2004"},
	} {
		p := sound
		of.edit(&p)
		var lacks []string
		for _, u := range c.Undeclared(p) {
			lacks = append(lacks, u.String())
		}
		if got := strings.Join(lacks, ", "); got != of.want {
			t.Errorf("%s: got %q, want %q", of.claim, got, of.want)
		}
	}
}

// TestEveryMeasureIsServed derives from the catalogue which measures have an
// indicator or an evaluation, and holds that none is lost when one goes.
func TestEveryMeasureIsServed(t *testing.T) {
	p, err := plan.Load(seeds.Files)
	if err != nil {
		t.Fatal(err)
	}
	c, err := indicator.LoadCatalogue(indicators.Files)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.CheckPlan(p).Err(); err != nil {
		t.Error(err)
	}
	served := func(c *indicator.Catalogue) (n int) {
		for _, m := range p.Measures {
			if len(c.Serving(m)) > 0 {
				n++
			}
		}
		return n
	}
	if got, want := served(c), len(p.Measures); got != want {
		t.Errorf("%d of %d measures have an indicator or an evaluation, want %d", got, len(p.Measures), want)
	}
	for _, d := range c.Definitions {
		for _, id := range d.Measures {
			if m, _ := p.Measure(id); !slices.Contains(c.Serving(m), d.ID) {
				t.Errorf("measure %s is served without %s, which names it", id, d.ID)
			}
		}
	}
	for i, e := range c.Evaluations {
		without := *c
		without.Evaluations = slices.Delete(slices.Clone(c.Evaluations), i, i+1)
		if m, _ := p.Measure(e.Measures[0]); m.Evidence == plan.Evaluation && served(&without) == len(p.Measures) {
			t.Errorf("measure %s is served without %s", m.ID, e.ID)
		}
	}
}
