package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// madeUp begins a sentence on a figure of made-up data.
const madeUp = "Synthetic, not a statistic. "

// Sentence tells a figure in English by rule: what, how much and how sure, of whom, when,
// and against the source before it in its series, with what that comes to. What is
// withheld is told with why and without a number; that a change is not clear is never
// told as that nothing changed. A share is told in whole per cent where nothing said of
// it would be lost by that.
func (v Page) Sentence(f release.Figure) string {
	s := v.What(f) + ": "
	where := v.among(f)
	if f.Status != "" {
		s += "no figure " + where + ": " + v.Labels.Text("status", "", f.Status) + "."
		return v.marked(f, s)
	}
	before, change := v.before(f)
	places, whole := v.spoken(f, before, change)
	of := " among "
	if share(f) {
		of = " of "
	}
	s += amount(f, places) + v.howSure(f, places, whole) + of + strings.TrimPrefix(where, "for ")
	if change != nil {
		s += ", " + v.against(before, *change, places)
	}
	s += "."
	if change == nil {
		s += " There is no earlier figure of its series to compare it with."
	}
	return v.marked(f, s)
}

// What names what a figure is of: its indicator, and its item where there are several.
func (v Page) What(f release.Figure) string {
	title := v.entry().Title
	if f.Item != codebook.All {
		title += " (" + release.MidPhrase(v.item(f.Item)) + ")"
	}
	return title
}

// marked puts before a sentence that its figure is made up.
func (v Page) marked(f release.Figure, s string) string {
	if f.NoteList().Has(indicator.Synthetic) {
		return madeUp + s
	}
	return s
}

// share says whether a figure is a part of its base.
func share(f release.Figure) bool {
	s := kindOf(&f).Name
	return s == indicator.Proportion || s == indicator.Coverage
}

// among says of whom a figure is, where and when.
func (v Page) among(f release.Figure) string {
	base := release.MidPhrase(v.entry().Base)
	if base == "" {
		base = "its base"
	}
	if f.Breakdown != codebook.All {
		base += " (" + release.MidPhrase(v.breakdown(f.Breakdown)) + ": " + v.category(f.Breakdown, f.Category) + ")"
	}
	where := v.population(f.Population)
	if strings.HasSuffix(base, " in "+where) { // which is not said twice
		return "for " + base + ", " + at(f)
	}
	return "for " + base + ", " + where + ", " + at(f)
}

// at says when a figure is of: "in 2003", "in the first half of 2005", "on 5 May 2005".
func at(f release.Figure) string {
	return during(f.Source, codebook.Period{Start: f.PeriodStart, End: f.PeriodEnd})
}

// during says when a source is of, of its period.
func during(id codebook.SourceID, p codebook.Period) string {
	if wave := id.Wave(); day(wave) != wave {
		return "on " + periodOf(id, p)
	}
	return "in " + periodOf(id, p)
}

// since is when a figure is of behind a word such as since.
func since(f release.Figure) string {
	return periodOf(f.Source, codebook.Period{Start: f.PeriodStart, End: f.PeriodEnd})
}

// since is that of a source, of whose period a figure of the page tells.
func (v Page) since(id codebook.SourceID) string {
	for _, f := range v.Content.Figures {
		if f.Source == id {
			return since(f)
		}
	}
	return periodOf(id, codebook.Period{})
}

// periodOf is a source's period in words.
func periodOf(id codebook.SourceID, p codebook.Period) string {
	year, part, _ := strings.Cut(id.Wave(), "-")
	words := map[string]string{
		"h1": "first half", "h2": "second half",
		"q1": "first quarter", "q2": "second quarter", "q3": "third quarter", "q4": "fourth quarter",
	}[part]
	switch {
	case words == "":
		return day(id.Wave())
	case part[0] == 'q' && p.Start[:min(4, len(p.Start))] != p.End[:min(4, len(p.End))] || part == "q4" && strings.HasSuffix(p.Start, "-01-01"):
		return "the year to the " + words + " of " + year
	}
	return "the " + words + " of " + year
}

// day is a date in words: "5 May 2005"; the text itself where it is no day.
func day(date string) string {
	if t, err := time.Parse(time.DateOnly, date); err == nil {
		return t.Format("2 January 2006")
	}
	return date
}

// before finds the figure of the last source before that of a figure in its series, and
// how it changed since; nil where it is compared with none.
func (v Page) before(f release.Figure) (*release.Figure, *release.Change) {
	var earlier *release.Figure
	var change *release.Change
	for i := range v.Content.Changes {
		c := &v.Content.Changes[i]
		if c.Key != f.Key {
			continue
		}
		like := f.Key
		like.Source = c.FromSource
		k := slices.IndexFunc(v.Content.Figures, func(o release.Figure) bool { return o.Key == like })
		if k < 0 {
			continue
		}
		o := &v.Content.Figures[k]
		if o.PeriodEnd < f.PeriodStart && (earlier == nil || o.PeriodEnd > earlier.PeriodEnd || o.PeriodEnd == earlier.PeriodEnd && o.PeriodStart < earlier.PeriodStart) {
			earlier, change = o, c
		}
	}
	return earlier, change
}

// spoken is with how many decimals a figure is told, and whether in whole per cent: a
// share is where its value stays within its limits and away from 0 and 100, and where a
// clear change of it is still seen.
func (v Page) spoken(f release.Figure, before *release.Figure, change *release.Change) (int, bool) {
	most := v.digits().places(f)
	if before != nil && before.Status == "" {
		most = max(most, v.digits().places(*before))
	}
	if kindOf(&f).Symbol != "%" || math.IsNaN(f.Lower) {
		return most, false
	}
	low, high := outward(f)
	value := indicator.Round(f.Value, 0)
	if low < 1 || high > 99 || low >= value || value >= high {
		return most, false
	}
	if before != nil && before.Status == "" && change != nil && change.Verdict != release.NotComparable {
		was := indicator.Round(before.Value, 0)
		if was < 1 || was > 99 || change.Verdict != release.NoClearChange && (value-was)*change.Change <= 0 {
			return most, false
		}
	}
	return 0, true
}

// outward are the limits of a figure in whole per cent, halves away from the value: a
// limit was rounded once already, and an interval is not to look narrower than it is.
func outward(f release.Figure) (low, high float64) {
	return math.Ceil(f.Lower - 0.5), math.Floor(f.Upper + 0.5)
}

// amount is a value with its unit in words: "38 per cent", "1,594.3 per 100,000".
func amount(f release.Figure, places int) string {
	of := kindOf(&f)
	number := large(f.Value, places)
	if of.Signed && f.Value > 0 {
		number = "+" + number
	}
	switch {
	case of.Symbol == "%":
		return number + " per cent"
	case of.Step != "":
		return "a difference of " + number + " percentage " + of.Step
	case f.Unit == indicator.Times:
		return "a ratio of " + number
	case f.Unit == indicator.Hundred:
		return "an index of " + number
	case f.Unit == "score":
		return "a score of " + number
	case f.Unit == indicator.Counted:
		return number
	}
	if one, several := strings.CutSuffix(f.Unit, "s"); several && number == "1" && !strings.HasSuffix(one, "sse") {
		return number + " " + one
	}
	return number + " " + f.Unit
}

// howSure is the interval of a figure, or why it has none.
func (v Page) howSure(f release.Figure, places int, whole bool) string {
	switch {
	case !math.IsNaN(f.Lower):
		low, high := f.Lower, f.Upper
		if whole {
			low, high = outward(f)
		}
		return fmt.Sprintf(" (%s %s to %s)", levelOf([]release.Figure{f}, func(f release.Figure) float64 { return f.Level }), large(low, places), large(high, places))
	case f.NoteList().Has(indicator.CompleteCount):
		return " (a complete count)"
	}
	return " (without an interval)"
}

// against tells a change from the figure before.
func (v Page) against(before *release.Figure, c release.Change, places int) string {
	if before.Status != "" || c.Verdict == release.NotComparable {
		why := ""
		if reason := v.why(c); reason != "" {
			why = ": " + reason
		}
		return "not comparable with " + since(*before) + why
	}
	was := amount(*before, places) + " " + at(*before)
	way, move := "up from ", "rise"
	if c.Verdict == release.Lower {
		way, move = "down from ", "fall"
	}
	switch {
	case c.Verdict == release.NoClearChange && math.IsNaN(c.Lower) && c.Change == 0:
		return "the same as " + at(*before)
	case c.Verdict == release.NoClearChange:
		return "against " + was + ": no clear change, which does not say that nothing changed"
	case math.IsNaN(c.Lower):
		return way + was + ": a " + move
	}
	return way + was + ": a clear " + move
}

// why says why two figures are not comparable: a break in the words of the definition,
// too.
func (v Page) why(c release.Change) string {
	n := c.ReasonNote()
	if n.Code == "" {
		return ""
	}
	return withBreak(v.Labels, "reason", c.Indicator, n)
}

// ChangeSentence tells a change in English by rule: from when to when, how far and how
// sure, and what that comes to.
func (v Page) ChangeSentence(c release.Change) string {
	s := "From " + v.since(c.FromSource) + " to " + v.since(c.Source) + ": "
	if math.IsNaN(c.Change) || c.Verdict == release.NotComparable {
		s += "not comparable"
		if why := v.why(c); why != "" {
			s += ": " + why
		}
		return s + "."
	}
	size := v.digits().step(c)
	moved := size + points(c.Statistic)
	if of := kind(c.Statistic); of.Step == "" && !slices.Contains([]string{indicator.Times, indicator.Hundred, indicator.Counted, "score"}, c.Unit) {
		moved += " " + c.Unit
	}
	if strings.Trim(size, "0.") == "" { // it rounds to nothing, which is not to say that there was none
		moved = "a difference of less than half the last digit shown"
	}
	if !math.IsNaN(c.Lower) {
		moved += " (" + levelOf([]release.Change{c}, func(c release.Change) float64 { return c.Level }) + " " + v.digits().span(c) + ")"
	}
	move := map[string]string{release.Higher: "a clear rise", release.Lower: "a clear fall", release.NoClearChange: "no clear change, which does not say that nothing changed"}[c.Verdict]
	if math.IsNaN(c.Lower) {
		switch {
		case c.Verdict != release.NoClearChange:
			move = strings.Replace(move, "clear ", "", 1)
		case c.Change == 0:
			return s + "the same, as published."
		}
	}
	return s + moved + ": " + move + "."
}
