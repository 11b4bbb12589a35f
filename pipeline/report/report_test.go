package report

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ledger"
	"togetherwecan/pipeline/release"
)

var nan = math.NaN()

func TestMoved(t *testing.T) {
	change := func(x, low, high, p float64, statistic, verdict string) release.Change {
		return release.Change{Change: x, Lower: low, Upper: high, P: p, Statistic: statistic, Verdict: verdict}
	}
	for _, c := range []struct {
		name   string
		in     release.Change
		reason string
		want   string
	}{
		{"a fall names the smaller fall first", change(-4.81, -6.7, -2.95, 0.0000002, "gap", release.Lower), "", "down 4.8 points (3.0 to 6.7 points down), p < 0.001: lower"},
		{"a rise", change(2, 0.5, 3.5, 0.01, "gap", release.Higher), "", "up 2.0 points (0.5 to 3.5 points up), p = 0.010: higher"},
		{"an interval that holds zero says both ways", change(-1.2, -3, 0.6, 0.19, "gap", release.NoClearChange), "", "down 1.2 points (3.0 points down to 0.6 up), p = 0.190: no clear change"},
		{"what rounds to nothing is not told as none", change(0.04, -1, 1.1, 0.9, "gap", release.NoClearChange), "", "0.0 points (1.0 points down to 1.1 up), p = 0.900: no clear change"},
		{"a ratio has no points", change(0.25, 0.1, 0.4, 0.001, "ratio", release.Higher), "", "up 0.25 (0.10 to 0.40 up), p = 0.001: higher"},
		{"without an error there is no interval", change(3, nan, nan, nan, "gap", release.NoClearChange), "", "up 3.0 points: no clear change"},
		{"a break says why", release.Change{Change: nan, Verdict: release.NotComparable}, "the question changed", "not comparable: the question changed"},
	} {
		if got := digits(6).told(c.in, c.reason); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 11609: "11,609", 1234567: "1,234,567", -1500: "-1,500", -100: "-100", math.MinInt64: "-9,223,372,036,854,775,808"} {
		if got := Count(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}

func TestValue(t *testing.T) {
	for _, c := range []struct {
		statistic indicator.Statistic
		value     float64
		want      string
	}{
		{indicator.Proportion, 37.94, "37.9%"},
		{indicator.Gap, 3.84, "+3.8"},
		{indicator.Rate, 999.96, "1,000.0"},
		{indicator.Rate, 1594.32, "1,594.3"},
		{indicator.Count, 87367, "87,367"},
		{indicator.Total, 9300000, "9,300,000"},
		{indicator.Total, 2005.5, "2,005.50"},
		{indicator.Total, -1234.25, "-1,234.25"},
		{indicator.Ratio, 2, "2.00"},
		{indicator.Total, 1e19, "10,000,000,000,000,000,000"},
	} {
		if got := digits(6).value(release.Figure{Statistic: string(c.statistic), Value: c.value}); got != c.want {
			t.Errorf("%s of %g: got %s, want %s", c.statistic, c.value, got, c.want)
		}
	}
}

// A return's figures have the decimals that its definition says, whether or not they have
// an error; a survey's those of the statistic, and no more than its definition says.
func TestDigits(t *testing.T) {
	for _, c := range []struct {
		name   string
		digits digits
		source codebook.SourceID
		se     float64
		value  float64
		want   string
	}{
		{"a share of a return that has an error", 2, "returns/x/2008", 0.04, 10.09, "10.09%"},
		{"and one that ends in 0", 2, "returns/x/2008", 0.04, 9.8, "9.80%"},
		{"a complete count that ends in 0 beside one that does not", 1, "returns/x/2008", nan, 53, "53.0%"},
		{"a return that is published in whole per cent", 0, "returns/x/2008", nan, 53, "53%"},
		{"a return whose definition says none has what was published", 6, "returns/x/2008", nan, 61.45, "61.45%"},
		{"a survey whose definition says none", 6, "hocs/2003", 0.8, 37.94, "37.9%"},
		{"a survey whose definition says fewer", 0, "hocs/2003", 0.8, 37.94, "38%"},
		{"a survey whose definition says more", 3, "hocs/2003", 0.8, 37.94, "37.9%"},
	} {
		f := release.Figure{Key: indicator.Key{Source: c.source}, Statistic: string(indicator.Proportion), Value: c.value, SE: c.se}
		if got := c.digits.value(f); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
		if got, want := c.digits.step(release.Change{Key: f.Key, Statistic: f.Statistic, Change: c.value, SE: c.se}), "up "+strings.TrimSuffix(c.want, "%"); got != want {
			t.Errorf("a change, %s: got %s, want %s", c.name, got, want)
		}
	}
}

// A small mean has the digits of its error, as far as they are published: rounded to the
// statistic's decimals it would be 0.
func TestSmall(t *testing.T) {
	for _, c := range []struct {
		claim     string
		statistic indicator.Statistic
		value, se float64
		digits    digits
		want      string
	}{
		{"two digits of its error", indicator.Mean, 0.0004217, 0.0000312, 12, "0.000422"},
		{"no more than were published", indicator.Mean, 0.0004, 0.0000312, 12, "0.0004"},
		{"no more than its definition says", indicator.Ratio, 0.0004217, 0.0000312, 4, "0.0004"},
		{"of two digits already", indicator.Mean, 0.1234567, 0.0123, 12, "0.12"},
		{"a share has its decimal", indicator.Proportion, 0.0412, 0.0123, 12, "0.0%"},
	} {
		if got := c.digits.value(release.Figure{Key: indicator.Key{Source: "hocs/2003"}, Statistic: string(c.statistic), Value: c.value, SE: c.se}); got != c.want {
			t.Errorf("%s: got %s, want %s", c.claim, got, c.want)
		}
	}
}

func TestLevelOf(t *testing.T) {
	for _, c := range []struct {
		levels []float64
		want   string
	}{
		{[]float64{0.95, math.NaN(), 0.95}, "95% interval"},
		{[]float64{0.998}, "99.8% interval"},
		{[]float64{0.95, 0.9}, "Interval"},
		{nil, "95% interval"},
	} {
		if got := levelOf(c.levels, func(l float64) float64 { return l }); got != c.want {
			t.Errorf("%v: got %s, want %s", c.levels, got, c.want)
		}
	}
}

func TestLetters(t *testing.T) {
	for i, want := range map[int]string{0: "a", 25: "z", 26: "aa", 51: "az", 52: "ba"} {
		if got := letters(i); got != want {
			t.Errorf("%d: got %q, want %q", i, got, want)
		}
	}
}

// catalogue has an indicator of three waves, by sex and by region crossed with
// sex; its categories are not in the order of the alphabet.
func catalogue() *indicator.Catalogue {
	wave := func(name string) *codebook.Crosswalk {
		return &codebook.Crosswalk{
			Survey: "hocs", Wave: name, Title: "Citizenship Survey " + name, Study: "SN 1",
			Populations: []codebook.Population{{ID: "whole", Label: "England and Wales"}, {ID: "england", Label: "England"}},
		}
	}
	return &indicator.Catalogue{
		Codebook: &codebook.Codebook{Variables: map[string]codebook.Variable{
			"sex":    {Name: "sex", Label: "Sex", Categories: []codebook.Category{{Code: "male", Label: "Men"}, {Code: "female", Label: "Women"}}},
			"region": {Name: "region", Label: "Region", Categories: []codebook.Category{{Code: "west", Label: "West"}, {Code: "east", Label: "East"}}},
		}},
		Crosswalks: []*codebook.Crosswalk{wave("2001"), wave("2003"), wave("2005")},
		Definitions: []*indicator.Definition{{
			ID: "influence", Title: "People with influence", Measures: []string{"B5"}, Leads: []string{"HO"}, Statistic: indicator.Proportion, Of: &codebook.Condition{}, Base: indicator.Base{Label: "Adults"}, Breakdowns: []string{"sex", "region*sex"},
		}},
	}
}

func figure(wave, population, breakdown, category string, value, se float64, n int64, weight, notes string) release.Figure {
	return release.Figure{
		Key:         indicator.Key{Indicator: "influence", Source: codebook.WaveID("hocs", wave), Population: population, Breakdown: breakdown, Category: category, Item: codebook.All},
		PeriodStart: wave + "-03-01", Statistic: "proportion", Unit: "percent", Value: value, SE: se, Lower: value - 2*se, Upper: value + 2*se, Base: n, Weight: weight, Notes: notes,
	}
}

func between(from release.Figure, to release.Figure) release.Change {
	c := release.Change{Key: to.Key, FromSource: from.Source, Statistic: "proportion", Unit: "percentage points", Change: to.Value - from.Value, SE: 1, P: 0.02, PAdjusted: 0.04, Verdict: release.Lower}
	c.Lower, c.Upper = c.Change-2, c.Change+2
	return c
}

func show(t *testing.T, p Page) string {
	t.Helper()
	p.Release, p.Folder = "2005-12-01.1", "store/influence"
	p.Entry = release.Indicator{ID: "influence", Version: "1.2.0", Decimals: indicator.Decimals}
	p.Labels = release.Describe(catalogue(), []release.Source{{ID: "hocs/2001"}, {ID: "hocs/2003"}, {ID: "hocs/2005"}}, map[string]release.Content{"influence": p.Content}, nil, Meaning)
	var out strings.Builder
	if err := Indicator(&out, p); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Each wave is compared with the one before it, and the last with the first;
// what all figures carry is said once, what one carries is marked, and a
// published figure stands beside its own alone.
func TestIndicatorOverWaves(t *testing.T) {
	a := figure("2001", "whole", "all", "all", 43.04, 0.67, 9812, "core", "synthetic")
	b := figure("2003", "whole", "all", "all", 38.2, 0.68, 9300, "core", "caution(50)")
	c := figure("2005", "whole", "all", "all", 39, nan, 30, "core", "")
	c.Lower, c.Upper = nan, nan
	england := figure("2001", "england", "all", "all", 44.25, 0.7, 9000, "core", "")
	got := show(t, Page{
		Width:     96,
		Synthetic: true, More: []string{"sex"},
		Content: release.Content{
			Figures: []release.Figure{england, a, b, c},
			Changes: []release.Change{between(a, b), between(a, c), between(b, c)},
		},
		Published: []Published{{Key: england.Key, Text: "44%", Source: "a release", Status: ledger.Reproduced}, {Key: england.Key, Text: "44%", Source: "a release", Status: ledger.Reproduced}},
	})
	want := `SYNTHETIC: computed from made-up extracts, not statistics of anything

People with influence
influence 1.2.0, release 2005-12-01.1, measure B5 (HO)
Base: Adults
From: Citizenship Survey 2001 (SN 1), Citizenship Survey 2003 (SN 1), Citizenship Survey 2005
      (SN 1)

England and Wales
  Source     Figure  95% interval    SE   Base
  ─────────────────────────────────────────────────
  hocs/2001   43.0%  41.7 to 44.4  0.67  9,812
  hocs/2003   38.2%  36.8 to 39.6  0.68  9,300  (a)
  hocs/2005   39.0%             -     -     30
  hocs/2001 to hocs/2003: down 4.8 points (2.8 to 6.8 points down), p = 0.020: lower
  hocs/2003 to hocs/2005: up 0.8 points (1.2 points down to 2.8 up), p = 0.020: lower
  hocs/2001 to hocs/2005: down 4.0 points (2.0 to 6.0 points down), p = 0.020: lower

England
  Source     Figure  95% interval    SE   Base    Published  Ours
  ─────────────────────────────────────────────────────────────────
  hocs/2001   44.3%  42.9 to 45.7  0.70  9,000          44%  agrees

(a) fewer than 50 respondents: treat with caution
Every figure: core weight
Published: a release
Also by: sex
Files: store/influence
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Categories come in the codebook's order, a withheld figure shows why, and a
// confidential one not even its base.
func TestIndicatorByCategories(t *testing.T) {
	men, women := figure("2001", "whole", "sex", "male", 44, 1, 5000, "combined", ""), figure("2001", "whole", "sex", "female", nan, nan, 40, "", "withheld-unreliable(50)")
	women.Status, women.Lower, women.Upper = string(indicator.Unreliable), nan, nan
	other := figure("2001", "whole", "sex", "other", nan, nan, release.Withheld, "", "")
	other.Status, other.Lower, other.Upper = string(indicator.Confidential), nan, nan
	later := figure("2003", "whole", "sex", "male", 40, 1, 4800, "combined", "")
	got := show(t, Page{Width: 96, Content: release.Content{
		Figures: []release.Figure{women, men, later, other}, Changes: []release.Change{between(men, later)},
	}})
	want := `People with influence
influence 1.2.0, release 2005-12-01.1, measure B5 (HO)
Base: Adults
From: Citizenship Survey 2001 (SN 1), Citizenship Survey 2003 (SN 1)

England and Wales, by sex
         Source     Figure  95% interval    SE   Base
  ────────────────────────────────────────────────────────
  Men    hocs/2001   44.0%  42.0 to 46.0  1.00  5,000
         hocs/2003   40.0%  38.0 to 42.0  1.00  4,800
  Women  hocs/2001     [u]             -     -     40  (a)
  other  hocs/2001     [c]             -     -      -

  hocs/2001 to hocs/2003  Change, points  95% interval      p  adjusted  Verdict
  ──────────────────────────────────────────────────────────────────────────────
  Men                           down 4.0  -6.0 to -2.0  0.020     0.040  lower
  Verdict by p below 0.05; adjusted: by Holm's method, over the categories

[c] confidential: it is of few, or would tell what is
[u] too few respondents to be reliable
(a) withheld: fewer than 50 respondents, too few to be reliable
Every figure: combined weight
Files: store/influence
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRun(t *testing.T) {
	var out strings.Builder
	sources := []release.Source{
		{
			ID: "bcs/2007", Kind: release.Survey, Files: []release.SourceFile{{Rows: 11676}}, Wave: &release.Wave{
				Unchecked: []string{"a", "b"},
				Matched:   map[string]string{"sex": "SEX", "age": "Age"},
				Decisions: []codebook.Decision{{Variable: "age", Text: "Kept."}},
				Designs: map[string]release.Design{"core": {
					Error: design.ByFactor, Factor: 1.2, Sample: &release.Sample{Respondents: 11658, WithoutWeight: 16, ZeroWeight: 2},
				}},
			},
		},
		{
			ID: "hocs/2001", Kind: release.Survey, Carried: true, Files: []release.SourceFile{{Rows: 5}}, Wave: &release.Wave{
				Unchecked: []string{"a"},
				Designs:   map[string]release.Design{"core": {Error: design.ByPSU, Lonely: "adjust", Sample: &release.Sample{Respondents: 5}, Strata: 2, PSUs: 3, LonelyStrata: 1}},
			},
		},
	}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(Sources(&out, sources, 110))
	check(Indicators(&out, []release.Indicator{
		{ID: "a", Class: release.New, Version: "1.0.0"},
		{ID: "b", Class: release.Minor, Version: "1.1.0", Reason: "gained source hocs/2003"},
		{ID: "c", Class: release.Major, Version: "2.0.0", Reason: "another quantity"},
		{ID: "d", Class: release.Minor, Version: "1.4.0", Reason: "gained source hocs/2003"},
	}, 80))
	check(Withheld(&out, map[string]int{"": 1000, "u": 3, "c": 1}, 80))
	check(Lacks(&out, []indicator.Lack{
		{Source: "hocs/2001", Indicator: "a", Breakdown: "force", Item: "all", Needs: []string{"force"}},
		{Source: "hocs/2001", Indicator: "b", Breakdown: "force", Item: "all", Needs: []string{"force"}},
		{Source: "hocs/2001", Indicator: "c", Item: "police", Needs: []string{"trust"}},
		{Source: "hocs/2001", Indicator: "c", Item: "courts", Needs: []string{"fair", "trust"}},
		{Source: "hocs/2001", Indicator: "d", Item: "all", Needs: []string{"trust"}},
		{Source: "hocs/2001", Indicator: "e", Item: "all", Needs: []string{"trust"}},
		{Source: "hocs/2001", Indicator: "e", Breakdown: "sex*area", Item: "all", Needs: []string{"area"}},
		{Source: "hocs/2001", Indicator: "e", Breakdown: "area", Item: "all", Needs: []string{"area"}},
	}, 80))
	check(Caution(&out, sources, &release.Labels{Sources: []release.SourceLabels{{ID: "bcs/2007", Study: "SN 2"}, {ID: "hocs/2001"}}}, func(name string) string { return "cat/" + name }, 80))
	for _, line := range []string{
		"  bcs/2007   read     11,676  core     11,658  16 no weight, 2 weight 0       -     -  design factor 1.2",
		"  hocs/2001  carried       5  core          5  none                           2     3  strata and PSUs",
		"  hocs/2001, core weight: 1 stratum with one PSU, policy adjust",
		"  major (1):\n    c 2.0.0: another quantity\n  minor (2):\n    b 1.1.0, d 1.4.0: gained source hocs/2003\n  new (1): a\n",
		"  1,004 figures, 4 without a value:\n       1 [c] confidential: it is of few, or would tell what is\n       3 [u] too few",
		"  hocs/2001\n    nothing by area, force\n    nothing by sex*area: needs area\n    c (police, courts): needs fair, trust\n    d, e: needs trust\n  bcs/2007: 2 names matched except for case: age is Age, sex is SEX\n",
		"  bcs/2007: the names of 2 variables are not confirmed: compare\n  cat/crosswalks/bcs/2007.yaml with the archive's documentation of SN 2\n  hocs/2001, carried over: the names of 1 variable are not confirmed: compare\n  cat/crosswalks/hocs/2001.yaml with the archive's documentation\n  decision on age: Kept (bcs/2007)\n",
	} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("no line %q in\n%s", line, out.String())
		}
	}
}

// Of sources that are carried over it is told what nobody has checked, and nothing
// that their release told.
func TestCautionOfCarried(t *testing.T) {
	told := func(s release.Source) string {
		var out strings.Builder
		if err := Caution(&out, []release.Source{s}, &release.Labels{Sources: []release.SourceLabels{{ID: s.ID}}}, func(name string) string { return name }, 200); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	noted := release.Wave{
		Matched: map[string]string{"sex": "SEX"}, Decisions: []codebook.Decision{{Variable: "age", Text: "Kept."}}, Twins: 3,
		Unheld: map[string]string{codebook.HeldKey: ""}, Unmet: []codebook.Unmet{{Variable: "sex", Codes: map[string]string{"9": "other"}}},
	}
	unchecked, elsewhere := noted, noted
	unchecked.Unchecked, elsewhere.Elsewhere = []string{"age"}, []string{"age"}
	filed := release.Filed{Known: codebook.Memory, Matched: map[string]string{"a": "b"}, Decisions: noted.Decisions}
	confirmed := filed
	confirmed.Known = codebook.Confirmed
	for want, s := range map[string]release.Source{
		"": {ID: "hocs/2001", Kind: release.Survey, Wave: &noted},
		"  hocs/2001, carried over: the names of 1 variable are not confirmed: compare crosswalks/hocs/2001.yaml with the archive's documentation\n": {ID: "hocs/2001", Kind: release.Survey, Wave: &unchecked},
		"  hocs/2001, carried over: confirmed on another file than this one: age; twc check --propose holds them against it\n":                       {ID: "hocs/2001", Kind: release.Survey, Wave: &elsewhere},
		"  the columns of returns/entrants are not confirmed: compare them with the body's form\n":                                                   {ID: "returns/entrants/2002", Kind: release.Return, Filed: &filed},
		"\n": {ID: "returns/entrants/2002", Kind: release.Return, Filed: &confirmed},
	} {
		s.Carried = true
		if got := told(s); strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	}
}

func TestParagraph(t *testing.T) {
	var out strings.Builder
	if err := Paragraph(&out, 20, "Note: ", "one two three four five six"); err != nil {
		t.Fatal(err)
	}
	if want := "Note: one two three\n      four five six\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
