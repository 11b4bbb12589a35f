package report

import (
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// spokenPage is a page of the figures of one series, with words for all of them.
func spokenPage(statistic indicator.Statistic, unit string, figures []release.Figure, changes []release.Change) Page {
	labels := &release.Labels{
		Indicators: []release.IndicatorLabels{{
			ID: "x", Title: "People who feel heard", Base: "Adults who gave an answer", Statistic: string(statistic), Unit: unit,
			Populations: []string{"england"}, Items: []string{"all"},
		}},
		Codes: []release.Label{
			{Column: "break", Of: "x", Code: "s/2003", Text: "Asked by post"},
			{Column: "breakdown", Code: "sex", Text: "Sex"},
			{Column: "category", Of: "sex", Code: "men", Text: "Men"},
			{Column: "item", Of: "x", Code: "mp", Text: "By the MP"},
			{Column: "population", Code: "england", Text: "England"},
			{Column: "status", Code: "c", Text: "confidential"},
		},
	}
	return Page{Entry: release.Indicator{ID: "x", Decimals: indicator.Decimals}, Labels: labels, Content: release.Content{Figures: figures, Changes: changes}}
}

func TestSentence(t *testing.T) {
	figure := func(source string, statistic indicator.Statistic, unit string, value, low, high float64) release.Figure {
		year := source[2:6]
		return release.Figure{
			Key: indicator.Key{Indicator: "x", Source: codebook.SourceID(source), Population: "england", Breakdown: "all", Category: "all", Item: "all"}, PeriodStart: year + "-01-01", PeriodEnd: year + "-12-31",
			Statistic: string(statistic), Unit: unit, Value: value, Lower: low, Upper: high, SE: high - low, Level: 0.95, Base: 1000,
		}
	}
	percent := func(source string, value, low, high float64) release.Figure {
		return figure(source, indicator.Proportion, indicator.Percent, value, low, high)
	}
	change := func(by, low, high float64, verdict, reason string) release.Change {
		return release.Change{
			Key: indicator.Key{Indicator: "x", Source: "s/2003", Population: "england", Breakdown: "all", Category: "all", Item: "all"}, FromSource: "s/2001",
			Statistic: string(indicator.Proportion), Change: by, Lower: low, Upper: high, Level: 0.95, Verdict: verdict, Reason: reason,
		}
	}
	withheld := percent("s/2003", nan, nan, nan)
	withheld.Status = "c"
	earlier := percent("s/2001", nan, nan, nan)
	earlier.Status = "c"
	men := percent("s/2003", 38, 36, 39.4)
	men.Breakdown, men.Category, men.Item = "sex", "men", "mp"
	madeUpFigure := percent("s/2003", 38, 36, 39.4)
	madeUpFigure.Notes = "synthetic"
	count := func(source string, value float64) release.Figure {
		f := figure(source, indicator.Count, "children", value, nan, nan)
		f.Notes = "complete-count"
		return f
	}
	broken := indicator.Note{Code: indicator.Broken, Of: "s/2003"}.String()
	const of = " of adults who gave an answer, England, in 2003"
	const among = " among adults who gave an answer, England, in 2003"
	const alone = " There is no earlier figure of its series to compare it with."
	for _, c := range []struct {
		name   string
		now    release.Figure
		before *release.Figure
		change release.Change
		want   string
	}{
		{"a clear fall", percent("s/2003", 37.9, 36.3, 39.4), new(percent("s/2001", 42.9, 41.4, 44.4)), change(-5, -6.9, -3, release.Lower, ""), "38 per cent (95% interval 36 to 39)" + of + ", down from 43 per cent in 2001: a clear fall."},
		{"a clear rise", percent("s/2003", 42.9, 41.4, 44.4), new(percent("s/2001", 37.9, 36.3, 39.4)), change(5, 3, 6.9, release.Higher, ""), "43 per cent (95% interval 41 to 44)" + of + ", up from 38 per cent in 2001: a clear rise."},
		{"what is not clear is not nothing", percent("s/2003", 37.9, 36.3, 39.4), new(percent("s/2001", 38.2, 36.4, 39.9)), change(-.3, -2, 1.5, release.NoClearChange, ""), "38 per cent (95% interval 36 to 39)" + of + ", against 38 per cent in 2001: no clear change, which does not say that nothing changed."},
		{"a clear change that whole numbers hide has its decimals", percent("s/2003", 38.4, 37.4, 39.4), new(percent("s/2001", 37.6, 37.2, 38)), change(.8, .1, 1.5, release.Higher, ""), "38.4 per cent (95% interval 37.4 to 39.4)" + of + ", up from 37.6 per cent in 2001: a clear rise."},
		{"a narrow interval has its decimals", percent("s/2003", 38.1, 37.8, 38.4), nil, release.Change{}, "38.1 per cent (95% interval 37.8 to 38.4)" + of + "." + alone},
		{"an interval is rounded outward", percent("s/2003", 37.9, 36.5, 39.5), nil, release.Change{}, "38 per cent (95% interval 36 to 40)" + of + "." + alone},
		{"a rare answer has its decimals", percent("s/2003", 1.2, .4, 3.2), nil, release.Change{}, "1.2 per cent (95% interval 0.4 to 3.2)" + of + "." + alone},
		{"one point says that it is", percent("s/2003", 37.9, 36.3, 39.4), nil, release.Change{}, "38 per cent (95% interval 36 to 39)" + of + "." + alone},
		{"a share without an error", percent("s/2003", 37.9, nan, nan), nil, release.Change{}, "37.9 per cent (without an interval)" + of + "." + alone},
		{"a break says why", percent("s/2003", 37.9, 36.3, 39.4), new(percent("s/2001", 42.9, 41.4, 44.4)), change(nan, nan, nan, release.NotComparable, broken), "38 per cent (95% interval 36 to 39)" + of + ", not comparable with 2001: break at s/2003: Asked by post."},
		{"what was withheld before says so", percent("s/2003", 37.9, 36.3, 39.4), &earlier, change(nan, nan, nan, release.NotComparable, ""), "38 per cent (95% interval 36 to 39)" + of + ", not comparable with 2001."},
		{"what is withheld has no number", withheld, new(percent("s/2001", 42.9, 41.4, 44.4)), change(nan, nan, nan, release.NotComparable, ""), "no figure for adults who gave an answer, England, in 2003: confidential."},
		{"a rate", figure("s/2003", indicator.Rate, "per 100,000", 1594.32, 1580.1, 1608.9), nil, release.Change{}, "1,594.3 per 100,000 (95% interval 1,580.1 to 1,608.9)" + among + "." + alone},
		{"a mean", figure("s/2003", indicator.Mean, "years", 45.25, 44.1, 46.4), nil, release.Change{}, "45.25 years (95% interval 44.10 to 46.40)" + among + "." + alone},
		{"a ratio", figure("s/2003", indicator.Parity, indicator.Times, 1.27, .8, 1.9), nil, release.Change{}, "a ratio of 1.27 (95% interval 0.80 to 1.90)" + among + "." + alone},
		{"a ratio of two units", figure("s/2003", indicator.Ratio, "pounds per journey", 4.33, nan, nan), nil, release.Change{}, "4.33 pounds per journey (without an interval)" + among + "." + alone},
		{"a gap", figure("s/2003", indicator.Gap, indicator.Points, 3.84, 1.1, 6.5), nil, release.Change{}, "a difference of +3.8 percentage points (95% interval 1.1 to 6.5)" + among + "." + alone},
		{"a complete count is compared as it is", count("s/2003", 87367), new(count("s/2001", 96188)), change(-8821, nan, nan, release.Lower, ""), "87,367 children (a complete count)" + among + ", down from 96,188 children in 2001: a fall."},
		{"two counts alike", count("s/2003", 12), new(count("s/2001", 12)), change(0, nan, nan, release.NoClearChange, ""), "12 children (a complete count)" + among + ", the same as in 2001."},
	} {
		figures, changes := []release.Figure{c.now}, []release.Change(nil)
		if c.before != nil {
			figures, changes = append(figures, *c.before), []release.Change{c.change}
		}
		v := spokenPage(indicator.Statistic(c.now.Statistic), c.now.Unit, figures, changes)
		if got := v.Sentence(c.now); got != "People who feel heard: "+c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, "People who feel heard: "+c.want)
		}
	}
	v := spokenPage(indicator.Proportion, indicator.Percent, nil, nil)
	if got, want := v.Sentence(men), "People who feel heard (by the MP): 38 per cent (95% interval 36 to 39) of adults who gave an answer (sex: Men), England, in 2003."+alone; got != want {
		t.Errorf("a category of an item: got %q, want %q", got, want)
	}
	if got, want := v.Sentence(madeUpFigure), "Synthetic, not a statistic. People who feel heard: 38 per cent (95% interval 36 to 39)"+of+"."+alone; got != want {
		t.Errorf("a figure that is made up: got %q, want %q", got, want)
	}
	for _, c := range []struct {
		name string
		in   release.Change
		want string
	}{
		{"a fall", change(-5, -6.9, -3, release.Lower, ""), "down 5.0 points (95% interval 3.0 to 6.9 points down): a clear fall."},
		{"a rise", change(5, 3, 6.9, release.Higher, ""), "up 5.0 points (95% interval 3.0 to 6.9 points up): a clear rise."},
		{"what rounds to nothing is not nothing", change(.04, -1, 1.1, release.NoClearChange, ""), "a difference of less than half the last digit shown (95% interval 1.0 points down to 1.1 up): no clear change, which does not say that nothing changed."},
		{"a complete count", change(3, nan, nan, release.Higher, ""), "up 3.0 points: a rise."},
		{"two alike", change(0, nan, nan, release.NoClearChange, ""), "the same, as published."},
		{"a break", change(nan, nan, nan, release.NotComparable, broken), "not comparable: break at s/2003: Asked by post."},
	} {
		if got, want := v.ChangeSentence(c.in), "From 2001 to 2003: "+c.want; got != want {
			t.Errorf("%s: got %q, want %q", c.name, got, want)
		}
	}
	halves := change(-.38, nan, nan, release.Lower, "")
	halves.Statistic, halves.Unit, halves.FromSource, halves.Source = string(indicator.Ratio), "pounds per journey", "s/2004-h2", "s/2005-h1"
	if got, want := v.ChangeSentence(halves), "From the second half of 2004 to the first half of 2005: down 0.38 pounds per journey: a fall."; got != want {
		t.Errorf("of half years: got %q, want %q", got, want)
	}
	rolling := figure("s/2005", indicator.Proportion, indicator.Percent, 38, 36, 39)
	rolling.Source, rolling.PeriodStart, rolling.PeriodEnd = "s/2005-q1", "2004-04-01", "2005-03-31"
	v.Content.Figures = []release.Figure{rolling}
	quarters := change(1, nan, nan, release.Higher, "")
	quarters.FromSource, quarters.Source = "s/2004-q1", "s/2005-q1"
	if got, want := v.ChangeSentence(quarters), "From the first quarter of 2004 to the year to the first quarter of 2005: up 1.0 points: a rise."; got != want {
		t.Errorf("of years that end in quarters: got %q, want %q", got, want)
	}
	v.Labels.Sources = []release.SourceLabels{{ID: "s/2003", Title: "Survey of 2003"}}
	if got, want := v.ChangeSentence(change(nan, nan, nan, release.NotComparable, broken)), "From 2001 to 2003: not comparable: break at Survey of 2003: Asked by post."; got != want {
		t.Errorf("a break at a source with a title: got %q, want %q", got, want)
	}
}
