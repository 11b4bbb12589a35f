package plan

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

// A Target is what an indicator is to come to by a date, and the rule by which
// it counts as met. The format is described in indicators/README.md.
type Target struct {
	ID       string     `yaml:"id"`
	Title    string     `yaml:"title"`
	Rule     string     `yaml:"rule"`
	Level    *float64   `yaml:"level"`   // of rule level: the value to reach, in the unit of the figures
	Percent  *float64   `yaml:"percent"` // or how far from the baseline, in percent of it
	Figures  []Selector `yaml:"figures"` // which it is of; none for the one that is undivided
	Met      string     `yaml:"met"`     // of several figures: MetEvery or MetMajority
	Baseline *Baseline  `yaml:"baseline"`
	Date     string     `yaml:"date"` // as far as it is known, see codebook.Days: its last day counts; "" where none is stated
	From     string     `yaml:"from"` // where the target is stated
	Known    string     `yaml:"known"`
	Note     string     `yaml:"note"`
}

// A Selector names figures of an indicator: what it does not name is undivided.
// A breakdown without a category is all of its categories. A population is named
// unless the definition has one alone.
type Selector struct {
	Population string `yaml:"population"`
	Breakdown  string `yaml:"breakdown"`
	Category   string `yaml:"category"`
	Item       string `yaml:"item"`
}

// A Baseline is what a target starts from. A value as it was printed stands in
// where a release has no figure of the source.
type Baseline struct {
	Source   codebook.SourceID `yaml:"source"`
	Value    string            `yaml:"value"`
	StdError float64           `yaml:"std_error"` // of the value, where it was printed; 0 is none
	Date     string            `yaml:"date"`      // of the value: its last day counts
}

// The rules of a target.
const (
	RuleRise  = "rise"  // significantly above the baseline
	RuleFall  = "fall"  // significantly below it
	RuleLevel = "level" // a value is reached
)

// How many of several figures must meet a target.
const (
	MetEvery    = "every"
	MetMajority = "majority" // more than half
)

// Printed returns the baseline's value and half its last digit, within which
// it was rounded; NaN where there is no value.
func (b *Baseline) Printed() (value, within float64) {
	if b == nil || b.Value == "" {
		return math.NaN(), math.NaN()
	}
	value, err := strconv.ParseFloat(b.Value, 64)
	if err != nil {
		return math.NaN(), math.NaN()
	}
	_, fraction, _ := strings.Cut(b.Value, ".")
	return value, math.Pow(10, -float64(len(fraction))) / 2
}

// Due is the last day of the target's date; "" where none is stated.
func (t Target) Due() string {
	days, _ := codebook.Days(t.Date)
	return days.End
}

// A Scope is what a target may be of: the direction that an indicator is wanted to
// go, and the codes of its items and populations.
type Scope struct {
	Direction          string
	Items, Populations []string
}

// CheckTargets reports what is wrong with the targets of an indicator, at the
// places of their keys.
func CheckTargets(targets []Target, of Scope, at func(keys ...string) string) refusal.Problems {
	var ps refusal.Problems
	for i, t := range targets {
		at := func(keys ...string) string { return at(append([]string{"targets", strconv.Itoa(i)}, keys...)...) }
		same := func(o Target) bool { return o.ID == t.ID }
		if !codebook.ValidCode(t.ID) || slices.ContainsFunc(targets[:i], same) {
			ps.Add(at("id"), "target %q: want an id used once, of lower-case letters, digits and single hyphens", t.ID)
		}
		if t.Title == "" || t.From == "" {
			ps.Add(at(), "target %q: want a title, and where it is stated (from)", t.ID)
		}
		ps.OneOf(at("known"), "known", t.Known, KnownHow[:3])
		switch _, ok := codebook.Days(t.Date); {
		case t.Date == "" && t.Rule != RuleLevel:
			ps.Add(at(), "target %q: no date, which only a level may be without", t.ID)
		case t.Date != "" && !ok:
			ps.Add(at("date"), "date %q, want YYYY, YYYY-MM or YYYY-MM-DD", t.Date)
		}
		ps = append(ps, t.checkRule(of, at)...)
		ps = append(ps, t.checkBaseline(at)...)
		ps = append(ps, t.checkSelectors(of, at)...)
	}
	return ps
}

func (t Target) checkRule(of Scope, at func(keys ...string) string) refusal.Problems {
	var ps refusal.Problems
	given := t.Level != nil || t.Percent != nil
	switch {
	case !ps.OneOf(at("rule"), "rule", t.Rule, []string{RuleRise, RuleFall, RuleLevel}):
	case t.Rule != RuleLevel && given:
		ps.Add(at("rule"), "rule %s has no level and no percent: it is of a significant change", t.Rule)
	case t.Rule != RuleLevel && t.Baseline == nil:
		ps.Add(at("rule"), "rule %s needs a baseline", t.Rule)
	case t.Rule == RuleLevel && (t.Level == nil) == (t.Percent == nil):
		ps.Add(at("rule"), "rule level needs level or percent, and only one of them")
	case t.Percent != nil && (t.Baseline == nil || *t.Percent == 0):
		ps.Add(at("percent"), "percent is of a baseline, and not 0")
	case t.Rule == RuleLevel && t.Baseline == nil && of.Direction == "none":
		ps.Add(at("level"), "a level without a baseline is reached in the direction of the definition, which has none")
	}
	return ps
}

func (t Target) checkBaseline(at func(keys ...string) string) refusal.Problems {
	var ps refusal.Problems
	b := t.Baseline
	if b == nil {
		return nil
	}
	if _, err := codebook.ParseSourceID(string(b.Source)); err != nil {
		ps.Add(at("baseline", "source"), "source %v", err)
	}
	if value, _ := b.Printed(); b.Value != "" && (math.IsNaN(value) || math.IsInf(value, 0)) {
		ps.Add(at("baseline", "value"), "value %q, want a number as it was printed", b.Value)
	}
	days, ok := codebook.Days(b.Date)
	switch {
	case b.Value != "" && !ok:
		ps.Add(at("baseline", "date"), "date %q, want that of the value: YYYY, YYYY-MM or YYYY-MM-DD", b.Date)
	case b.Value == "" && (b.Date != "" || b.StdError != 0):
		ps.Add(at("baseline"), "a date or std_error without a value: a figure of the source has its own")
	case ok && t.Date != "" && days.End >= t.Due():
		ps.Add(at("baseline", "date"), "the baseline ends on %s, want a day before the target's, %s", days.End, t.Due())
	}
	if b.StdError < 0 {
		ps.Add(at("baseline", "std_error"), "std_error %g, want more than 0", b.StdError)
	}
	return ps
}

func (t Target) checkSelectors(of Scope, at func(keys ...string) string) refusal.Problems {
	var ps refusal.Problems
	several := len(t.Figures) > 1 || len(t.Figures) == 1 && t.Figures[0].Breakdown != "" && t.Figures[0].Category == ""
	switch {
	case several:
		ps.OneOf(at("met"), "met", t.Met, []string{MetEvery, MetMajority})
	case t.Met != "":
		ps.Add(at("met"), "met %s of one figure, want several figures", t.Met)
	}
	for i, s := range t.Figures {
		at := at("figures", strconv.Itoa(i))
		if s.Population == "" && len(of.Populations) != 1 {
			ps.Add(at, "no population, want the one that the target is of")
		}
		switch {
		case s.Item != "" && !slices.Contains(of.Items, s.Item):
			ps.Add(at, "no item %q%s", s.Item, refusal.Nearest(s.Item, of.Items))
		case s.Item == "" && len(of.Items) > 1:
			ps.Add(at, "no item, want one of %s", strings.Join(of.Items, ", "))
		}
		if s.Category != "" && s.Breakdown == "" {
			ps.Add(at, "category %q of no breakdown", s.Category)
		}
		if slices.Contains(t.Figures[:i], s) {
			ps.Add(at, "the figure is listed twice")
		}
	}
	if len(t.Figures) == 0 && (len(of.Items) > 1 || len(of.Populations) != 1) {
		ps.Add(at(), "target %q: no figures of an indicator with several items or populations, want those that it is of", t.ID)
	}
	return ps
}
