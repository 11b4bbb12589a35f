package compare

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/release"
)

// returned is a complete count, which has no error.
func returned(period string, value float64) release.Figure {
	f := published("2001", value, nan)
	f.Source, f.DF = codebook.SourceID("returns/entrants/"+period), nan
	f.PeriodStart, f.PeriodEnd = period+"-01-01", period+"-12-31"
	f.Statistic, f.Unit, f.Population = "count", "children", "england"
	return f
}

// judged lists the verdicts on figures: "2003 on course target-better".
func judged(t *testing.T, d *indicator.Definition, figures []release.Figure) []string {
	t.Helper()
	c := release.Content{Figures: figures}
	c.Changes = Changes(d, figures, freedom(10), apart, start)
	for i, ch := range c.Changes { // of complete counts: the way that they moved
		from := slices.IndexFunc(figures, func(f release.Figure) bool {
			return f.Source == ch.FromSource && f.Item == ch.Item && f.Category == ch.Category
		})
		if f := figures[from]; strings.HasPrefix(string(f.Source), "returns/") && f.Status == "" && ch.Reason == "no-error-of-both" {
			c.Changes[i].Reason = ""
			switch {
			case ch.Change > 0:
				c.Changes[i].Verdict = release.Higher
			case ch.Change < 0:
				c.Changes[i].Verdict = release.Lower
			default:
				c.Changes[i].Verdict = release.NoClearChange
			}
		}
	}
	c.Sort()
	var list []string
	rows := Targets(d, c)
	for _, row := range rows {
		if row.Reason == "target-at-baseline" && len(rows) > 1 {
			continue
		}
		what := row.Source.Wave()
		if row.Scope == release.ScopeAll {
			what += " together"
		} else if row.Item != codebook.All {
			what += " " + row.Item
		}
		list = append(list, fmt.Sprintf("%s: %s, %s", what, row.Verdict, strings.TrimSpace(row.Reason+" "+row.Notes)))
	}
	return list
}

func TestTargets(t *testing.T) {
	number := func(x float64) *float64 { return &x }
	since := &plan.Baseline{Source: "hocs/2001"}
	rise := plan.Target{ID: "t", Rule: plan.RuleRise, Baseline: since, Date: "2005"}
	fall, level, met := rise, rise, rise
	fall.Rule = plan.RuleFall
	level.Rule, level.Level = plan.RuleLevel, number(50)
	met.Date = "2003-09-30"
	met2 := func(t plan.Target) plan.Target { t.Date = "2003-09"; return t }
	printed := met
	printed.Baseline = &plan.Baseline{Source: "hocs/1999", Value: "40", Date: "1999"}
	printedError := printed
	printedError.Baseline = &plan.Baseline{Source: "hocs/1999", Value: "40", StdError: 3, Date: "1999"}
	counts := plan.Target{
		ID: "t", Rule: plan.RuleLevel, Percent: number(-20), Baseline: &plan.Baseline{Source: "returns/entrants/2000"}, Date: "2010",
		Figures: []plan.Selector{{Population: "england"}},
	}
	undated := counts
	undated.Date = ""
	count := plan.Target{ID: "t", Rule: plan.RuleLevel, Level: number(1250), Date: "2010", Figures: counts.Figures}
	withheld := func(f release.Figure) release.Figure {
		f.Value, f.SE, f.Status = nan, nan, "u"
		return f
	}
	made := func(f release.Figure) release.Figure {
		f.Notes = "synthetic"
		return f
	}
	for _, c := range []struct {
		name    string
		target  plan.Target
		figures []release.Figure
		want    string
	}{
		// A level by no date, from 1,500 to 1,200: met once it is reached, and otherwise by the way that figures moved.
		{"reached, by no date", undated, []release.Figure{returned("2000", 1500), returned("2005", 1200)}, "2005: met, target-reached"},
		{"on the way, by no date", undated, []release.Figure{returned("2000", 1500), returned("2005", 1499)}, "2005: on course, target-better"},
		{"the other way, by no date", undated, []release.Figure{returned("2000", 1500), returned("2005", 1501)}, "2005: off course, target-worse"},
		{"no way, by no date", undated, []release.Figure{returned("2000", 1500), returned("2005", 1500)}, "2005: no clear change, target-unclear"},
		{"each source, by no date", undated, []release.Figure{returned("2000", 1500), returned("2005", 1100), returned("2006", 1300)}, "2005: met, target-reached; 2006: on course, target-better"},
		// Rise and fall: the error of the change is the root of 0.75² + 0.75² = 1.06; t with 20 degrees of freedom is 2.086.
		{"a clear rise, before the date", rise, []release.Figure{published("2001", 43, 0.75), published("2003", 48, 0.75)}, "2003: on course, target-better"},
		{"a clear rise, at the date", met, []release.Figure{published("2001", 43, 0.75), published("2003", 48, 0.75)}, "2003: met, target-better"},
		{"a clear fall where a rise was wanted", rise, []release.Figure{published("2001", 43, 0.75), published("2003", 38, 0.75)}, "2003: off course, target-worse"},
		{"that at the date", met, []release.Figure{published("2001", 43, 0.75), published("2003", 38, 0.75)}, "2003: not met, target-worse"},
		{"a clear fall that was wanted", fall, []release.Figure{published("2001", 43, 0.75), published("2003", 38, 0.75)}, "2003: on course, target-better"},
		{"2 points are under 2.086 errors", rise, []release.Figure{published("2001", 43, 0.75), published("2003", 45, 0.75)}, "2003: no clear change, target-unclear"},
		{"that at the date", met, []release.Figure{published("2001", 43, 0.75), published("2003", 45, 0.75)}, "2003: not met, target-unclear"},
		{"nothing after the baseline", rise, []release.Figure{published("2001", 43, 0.75)}, "2001: too early, target-at-baseline"},
		{"no baseline", rise, []release.Figure{published("2003", 43, 0.75)}, "2003: not measurable, target-no-baseline"},
		{"a baseline that is withheld", rise, []release.Figure{withheld(published("2001", 43, 0.75)), published("2003", 43, 0.75)}, "2003: not measurable, target-no-baseline"},
		{"a figure that is withheld", rise, []release.Figure{published("2001", 43, 0.75), withheld(published("2003", 43, 0.75))}, "2003: not measurable, no-figure-of(hocs/2003,u)"},
		{"no error", rise, []release.Figure{published("2001", 43, 0.75), published("2003", 48, nan)}, "2003: not measurable, no-error-of-both"},
		{"made up", met, []release.Figure{made(published("2001", 43, 0.75)), made(published("2003", 48, 0.75))}, "2003: met, target-better synthetic"},
		{
			"each source until the date", rise,
			[]release.Figure{published("2001", 43, 0.75), published("2003", 45, 0.75), published("2005", 48, 0.75), published("2007-08", 43, 0.75)},
			"2003: no clear change, target-unclear; 2005: on course, target-better; 2007-08: not met, target-unclear",
		},
		{
			"none after the date", met,
			[]release.Figure{published("2001", 43, 0.75), published("2003", 48, 0.75), published("2005", 38, 0.75)},
			"2003: met, target-better",
		},

		// As printed: 40 is at least 39.5 and at most 40.5, so that 42.1 is 1.6 more, and 42.2 is 1.7; t with 10 degrees of freedom is 2.228, times 0.75 is 1.671.
		{"against a value as printed", printed, []release.Figure{published("2003", 42.2, 0.75)}, "2003: met, target-better target-rounded target-baseline-error"},
		{"within what was rounded off", printed, []release.Figure{published("2003", 42.1, 0.75)}, "2003: not met, target-unclear target-rounded target-baseline-error"},
		{"with its error", printedError, []release.Figure{published("2003", 42.2, 0.75)}, "2003: not met, target-unclear target-rounded"},
		{"the figure is taken where there is one", printed, []release.Figure{published("2001", 1, 0.75), published("2003", 42.2, 0.75)}, "2001: off course, target-worse target-rounded target-baseline-error; 2003: met, target-better target-rounded target-baseline-error"},

		// A level of 50 by the end of 2005, from 43 on 30 November 2001: on 30 September 2003 the line is at 43 + 7 x 669/1492 = 46.14.
		{"beyond the line", level, []release.Figure{published("2001", 43, 0.75), published("2003", 46.2, 0.75)}, "2003: on course, target-ahead"},
		{"behind the line", level, []release.Figure{published("2001", 43, 0.75), published("2003", 46.1, 0.75)}, "2003: off course, target-behind"},
		{"on the way, but not clearly", level, []release.Figure{published("2001", 43, 1.5), published("2003", 46.2, 1.5)}, "2003: no clear change, target-unclear"},
		{"the wrong way", level, []release.Figure{published("2001", 43, 0.75), published("2003", 38, 0.75)}, "2003: off course, target-worse"},
		{"reached before the date", level, []release.Figure{published("2001", 43, 0.75), published("2003", 50, 0.75)}, "2003: on course, target-reached-early"},
		{"reached at the date", met2(level), []release.Figure{published("2001", 43, 0.75), published("2003", 50, 0.75)}, "2003: met, target-reached"},
		{"short of it at the date", met2(level), []release.Figure{published("2001", 43, 0.75), published("2003", 49.9, 0.75)}, "2003: not met, target-short"},

		// A fifth less than 1,000 by the end of 2010, from the end of 2000: 980 at the end of 2001.
		{"a count on the line", counts, []release.Figure{returned("2000", 1000), returned("2001", 980)}, "2001: on course, target-ahead"},
		{"a count behind it", counts, []release.Figure{returned("2000", 1000), returned("2001", 981)}, "2001: off course, target-behind"},
		{"a count that rose", counts, []release.Figure{returned("2000", 1000), returned("2001", 1001)}, "2001: off course, target-worse"},
		{"a count that stayed", counts, []release.Figure{returned("2000", 1000), returned("2001", 1000)}, "2001: no clear change, target-unclear"},
		{"a count that reached it", counts, []release.Figure{returned("2000", 1000), returned("2009", 790), returned("2010", 800)}, "2009: on course, target-reached-early; 2010: met, target-reached"},
		{"a count that did not", counts, []release.Figure{returned("2000", 1000), returned("2011", 801)}, "2011: not met, target-short"},
		{"a count to reach, with no baseline", count, []release.Figure{returned("2009", 1200), returned("2010", 1250)}, "2009: too early, target-no-line; 2010: met, target-reached"},
		{"beyond it early", count, []release.Figure{returned("2009", 1300)}, "2009: on course, target-reached-early"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &indicator.Definition{ID: "influence-local", Statistic: indicator.Proportion, Direction: "higher", Populations: []string{"england-and-wales"}, Targets: []plan.Target{c.target}}
			if got := strings.Join(judged(t, d, c.figures), "; "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestTargetsTogether holds the verdicts of several figures as one. Each of a
// letter's figures is clearly up (u), clearly down (d), neither (n), or withheld (w).
func TestTargetsTogether(t *testing.T) {
	for _, c := range []struct{ moves, met, before, at string }{
		{"uuu", plan.MetEvery, "on course", "met"},
		{"uun", plan.MetEvery, "no clear change", "not met"},
		{"uud", plan.MetEvery, "off course", "not met"},
		{"uuw", plan.MetEvery, "not measurable", "not measurable"},
		{"udw", plan.MetEvery, "not measurable", "not met"},
		{"uun", plan.MetMajority, "on course", "met"},
		{"und", plan.MetMajority, "no clear change", "not met"},
		{"udd", plan.MetMajority, "off course", "not met"},
		{"ud", plan.MetMajority, "off course", "not met"},
		{"uw", plan.MetMajority, "not measurable", "not measurable"},
		{"uww", plan.MetMajority, "not measurable", "not measurable"},
		{"nnu", plan.MetMajority, "no clear change", "not met"},
		{"uuuw", plan.MetMajority, "on course", "met"},
	} {
		for date, want := range map[string]string{"2005": c.before, "2003": c.at} {
			t.Run(c.moves+" "+c.met+" "+date, func(t *testing.T) {
				d := &indicator.Definition{ID: "influence-local", Statistic: indicator.Proportion, Direction: "higher", Populations: []string{"england-and-wales"}}
				target := plan.Target{ID: "t", Rule: plan.RuleRise, Baseline: &plan.Baseline{Source: "hocs/2001"}, Met: c.met, Date: date}
				if date == "2003" {
					target.Date = "2003-09"
				}
				var figures []release.Figure
				for i, move := range c.moves {
					item := string(rune('a' + i))
					target.Figures = append(target.Figures, plan.Selector{Item: item})
					from, to := published("2001", 43, 0.75), published("2003", map[rune]float64{'u': 48, 'd': 38, 'n': 43, 'w': 43}[move], 0.75)
					if move == 'w' {
						to.Value, to.SE, to.Status = nan, nan, "c"
					}
					from.Item, to.Item = item, item
					figures = append(figures, from, to)
				}
				d.Targets = []plan.Target{target}
				got := judged(t, d, figures)
				if last := got[len(got)-1]; !strings.HasPrefix(last, "2003 together: "+want+", target-of(") {
					t.Errorf("got %q, want %s", got, want)
				}
			})
		}
	}
}
