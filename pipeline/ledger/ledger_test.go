package ledger_test

import (
	"math"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ledger"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/release"
)

// figure is one of a source, of everybody in England.
func figure(id string, source codebook.SourceID, value float64) release.Figure {
	nan := math.NaN()
	return release.Figure{
		Key:       indicator.Key{Indicator: id, Source: source, Population: "england", Breakdown: "all", Category: "all", Item: "all"},
		Statistic: string(indicator.Proportion), Unit: indicator.Percent, Value: value, SE: 0.5, Base: 1000, Numerator: nan, Denominator: nan,
	}
}

// against is a small release: two extracts of one fieldwork, a made-up wave and three
// returns.
func against(edit func(id string, f []release.Figure) []release.Figure) ledger.Against {
	nan := math.NaN()
	entry := &release.Indicator{ID: "trust", Version: "1.0.0", Decimals: 6}
	of := codebook.Period{Start: "2007-04-01", End: "2008-03-31"}
	counted := func(source codebook.SourceID, numerator, denominator float64) release.Figure {
		f := figure("trust", source, 61.45)
		f.Numerator, f.Denominator, f.Base, f.SE = numerator, denominator, release.Withheld, nan
		return f
	}
	figures := []release.Figure{
		figure("trust", "bcs/2007-08-teaching", 22.2), figure("trust", "hocs/2001", 43.1), figure("trust", "hocs/2003", 38.5),
		counted("returns/turnout/2005", 27149332, 44179682), counted("returns/share/2005", nan, nan), counted("returns/number/2005", 61.45, nan),
	}
	if edit != nil {
		figures = edit("trust", figures)
	}
	precision := indicator.Precisions{Percent: "2"}
	return ledger.Against{
		Sources: []release.Source{
			{ID: "bcs/2007-08-teaching", Kind: release.Survey, Period: of},
			{ID: "hocs/2001", Kind: release.Survey, Synthetic: true},
			{ID: "hocs/2003", Kind: release.Survey},
			{ID: "returns/turnout/2005", Kind: release.Return, Filed: &release.Filed{Returned: 1}},
			{ID: "returns/share/2005", Kind: release.Return, Filed: &release.Filed{Returned: 1}},
			{ID: "returns/number/2005", Kind: release.Return, Filed: &release.Filed{Returned: 12}},
		},
		Policy: indicator.Policy{Precision: precision},
		Entry: func(id string) *release.Indicator {
			if id != "trust" {
				return nil
			}
			return entry
		},
		Content: func(string) (release.Content, error) { return release.Content{Figures: figures}, nil },
		Fieldwork: func(id codebook.SourceID) (string, codebook.Period) {
			if id == "bcs/2007-08" {
				return "bcs", of
			}
			return "", codebook.Period{}
		},
		Lacks: func(p plan.Published) (ledger.Why, string) {
			if p.Indicator != "trust" {
				return ledger.NoIndicator, "indicator " + p.Indicator
			}
			return "", ""
		},
	}
}

func printed(source codebook.SourceID, value float64, decimals int) plan.Published {
	return plan.Published{Indicator: "trust", Source: source, Population: "england", Breakdown: "all", Category: "all", Value: value, Decimals: decimals, Unit: indicator.Percent, Publication: "A release", Checked: plan.CheckedRead}
}

func TestStatuses(t *testing.T) {
	withheld := func(status indicator.Status) func(string, []release.Figure) []release.Figure {
		return func(_ string, f []release.Figure) []release.Figure {
			f[2].Value, f[2].Status = math.NaN(), string(status)
			return f
		}
	}
	other := func(p plan.Published, edit func(*plan.Published)) plan.Published {
		edit(&p)
		return p
	}
	for _, c := range []struct {
		name   string
		p      plan.Published
		edit   func(string, []release.Figure) []release.Figure
		status ledger.Status
		why    ledger.Why
		ours   string
	}{
		{"the wave's other extract", printed("bcs/2007-08", 22, 0), nil, ledger.Reproduced, "", "bcs/2007-08-teaching"},
		{"it differs", printed("bcs/2007-08", 23, 0), nil, ledger.Unexplained, "", "bcs/2007-08-teaching"},
		{"too few digits to tell", printed("hocs/2003", 39, 0), nil, ledger.Rounding, "", "hocs/2003"},
		{"made-up data reproduce nothing", printed("hocs/2001", 43, 0), nil, ledger.Synthetic, "", "hocs/2001"},
		{"counts", printed("returns/turnout/2005", 61.5, 1), nil, ledger.Reproduced, "", "returns/turnout/2005"},
		{"counts have every digit: 61.452", printed("returns/turnout/2005", 61.4, 1), nil, ledger.Unexplained, "", "returns/turnout/2005"},
		{"a return that repeats a percentage", printed("returns/share/2005", 61.45, 2), nil, ledger.Quoted, "", "returns/share/2005"},
		{"a sum over areas", printed("returns/number/2005", 61.45, 2), nil, ledger.Reproduced, "", "returns/number/2005"},
		{"the body's own sum", printed("returns/number/2005", 61.45, 2), func(_ string, f []release.Figure) []release.Figure { f[5].Notes = "own-total"; return f }, ledger.Quoted, "", "returns/number/2005"},
		{"no extract", printed("hocs/2005", 39, 0), nil, ledger.NotComputed, ledger.NoExtract, ""},
		{"no such part", other(printed("hocs/2003", 39, 0), func(p *plan.Published) { p.Breakdown, p.Category = "sex", "male" }), nil, ledger.NotComputed, ledger.NoVariable, ""},
		{"confidential", printed("hocs/2003", 39, 0), withheld(indicator.Confidential), ledger.NotComputed, ledger.Withheld, ""},
		{"not available", printed("hocs/2003", 39, 0), withheld(indicator.Unavailable), ledger.NotComputed, ledger.NoVariable, ""},
		{"no indicator", other(printed("hocs/2003", 39, 0), func(p *plan.Published) { p.Indicator = "hours" }), nil, ledger.NotComputed, ledger.NoIndicator, ""},
		{"nobody says of whom", other(printed("hocs/2003", 39, 0), func(p *plan.Published) { p.Population = plan.PopulationNotStated }), nil, ledger.NotComputed, ledger.NoPopulation, ""},
		{"a fact", other(printed("hocs/2003", 39, 0), func(p *plan.Published) { p.Kind = plan.PublishedFact }), nil, ledger.NotComputed, ledger.NotSurvey, ""},
		{"a target", other(printed("hocs/2003", 39, 0), func(p *plan.Published) { p.Kind = plan.PublishedTarget }), nil, ledger.Target, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := ledger.New([]plan.Published{c.p}, against(c.edit))
			if err != nil {
				t.Fatal(err)
			}
			if r := l.Rows[0]; r.Status != string(c.status) || r.Why != string(c.why) || r.Ours != c.ours {
				t.Errorf("%s, %q, %q; want %s, %q, %q", r.Status, r.Why, r.Ours, c.status, c.why, c.ours)
			}
		})
	}
}

// A value with every digit decides where the one that is shown does not.
func TestEveryDigitDecides(t *testing.T) {
	a := against(nil)
	a.Unrounded = map[string]release.Content{"trust": {Figures: []release.Figure{figure("trust", "hocs/2003", 38.5004)}}}
	l, err := ledger.New([]plan.Published{printed("hocs/2003", 39, 0), printed("hocs/2003", 38, 0)}, a)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []ledger.Status{ledger.Reproduced, ledger.Unexplained} {
		if r := l.Rows[i]; r.Status != string(want) || r.Exact != ledger.EveryDigit || r.Value != 38.5 {
			t.Errorf("row %d: %s, judged on %s, shown as %v; want %s by every digit, and 38.5 shown", i+1, r.Status, r.Exact, r.Value, want)
		}
	}
	if r := l.Rows[0]; r.Units != -0.5 || r.Errors != -1 {
		t.Errorf("%v units and %v errors away, want -0.5 and -1", r.Units, r.Errors)
	}
}

func TestTotalsAddUp(t *testing.T) {
	l, err := ledger.New([]plan.Published{printed("bcs/2007-08", 22, 0), printed("bcs/2007-08", 23, 0), printed("hocs/2003", 39, 0), printed("hocs/2001", 43, 0), printed("hocs/2005", 1, 0)}, against(nil))
	if err != nil {
		t.Fatal(err)
	}
	if got := l.Totals(); got.All != 5 || got.Agree != 2 || got.Differ != 1 || got.Untold != 2 || got.By[ledger.Rounding] != 1 {
		t.Errorf("got %+v, want 2 that agree, 1 that differs and 2 untold of 5", got)
	}
}
