package indicator

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
	Date     string     `yaml:"date"` // as far as it is known, see Days: its last day counts
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

// Due is the last day of the target's date.
func (t Target) Due() string {
	days, _ := Days(t.Date)
	return days.End
}

// checkTargets reports what is wrong with the definition's targets, at the places
// of their keys.
func (d *Definition) checkTargets(at func(keys ...string) string) refusal.Problems {
	var ps refusal.Problems
	for i, t := range d.Targets {
		at := func(keys ...string) string { return at(append([]string{"targets", index(i)}, keys...)...) }
		same := func(o Target) bool { return o.ID == t.ID }
		if !codebook.ValidCode(t.ID) || slices.ContainsFunc(d.Targets[:i], same) {
			ps.Add(at("id"), "target %q: want an id used once, of lower-case letters, digits and single hyphens", t.ID)
		}
		if t.Title == "" || t.From == "" {
			ps.Add(at(), "target %q: want a title, and where it is stated (from)", t.ID)
		}
		ps = append(ps, oneOf(at("known"), "known", t.Known, KnownHow[:3])...)
		if _, ok := Days(t.Date); !ok {
			ps.Add(at("date"), "date %q, want YYYY, YYYY-MM or YYYY-MM-DD", t.Date)
		}
		ps = append(ps, d.checkRule(t, at)...)
		ps = append(ps, t.checkBaseline(at)...)
		ps = append(ps, d.checkSelectors(t, at)...)
	}
	return ps
}

func (d *Definition) checkRule(t Target, at func(keys ...string) string) refusal.Problems {
	ps := oneOf(at("rule"), "rule", t.Rule, []string{RuleRise, RuleFall, RuleLevel})
	given := t.Level != nil || t.Percent != nil
	switch {
	case len(ps) > 0:
	case t.Rule != RuleLevel && given:
		ps.Add(at("rule"), "rule %s has no level and no percent: it is of a significant change", t.Rule)
	case t.Rule != RuleLevel && t.Baseline == nil:
		ps.Add(at("rule"), "rule %s needs a baseline", t.Rule)
	case t.Rule == RuleLevel && (t.Level == nil) == (t.Percent == nil):
		ps.Add(at("rule"), "rule level needs level or percent, and only one of them")
	case t.Percent != nil && (t.Baseline == nil || *t.Percent == 0):
		ps.Add(at("percent"), "percent is of a baseline, and not 0")
	case t.Rule == RuleLevel && t.Baseline == nil && d.Direction == "none":
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
	days, ok := Days(b.Date)
	switch {
	case b.Value != "" && !ok:
		ps.Add(at("baseline", "date"), "date %q, want that of the value: YYYY, YYYY-MM or YYYY-MM-DD", b.Date)
	case b.Value == "" && (b.Date != "" || b.StdError != 0):
		ps.Add(at("baseline"), "a date or std_error without a value: a figure of the source has its own")
	case ok && days.End >= t.Due():
		ps.Add(at("baseline", "date"), "the baseline ends on %s, want a day before the target's, %s", days.End, t.Due())
	}
	if b.StdError < 0 {
		ps.Add(at("baseline", "std_error"), "std_error %g, want more than 0", b.StdError)
	}
	return ps
}

func (d *Definition) checkSelectors(t Target, at func(keys ...string) string) refusal.Problems {
	var ps refusal.Problems
	several := len(t.Figures) > 1 || len(t.Figures) == 1 && t.Figures[0].Breakdown != "" && t.Figures[0].Category == ""
	switch {
	case several:
		ps = append(ps, oneOf(at("met"), "met", t.Met, []string{MetEvery, MetMajority})...)
	case t.Met != "":
		ps.Add(at("met"), "met %s of one figure, want several figures", t.Met)
	}
	items := d.ItemCodes()
	for i, s := range t.Figures {
		at := at("figures", index(i))
		if s.Population == "" && len(d.Populations) != 1 {
			ps.Add(at, "no population, want the one that the target is of")
		}
		switch {
		case s.Item != "" && !slices.Contains(items, s.Item):
			ps.Add(at, "no item %q%s", s.Item, refusal.Nearest(s.Item, items))
		case s.Item == "" && len(items) > 1:
			ps.Add(at, "no item, want one of %s", strings.Join(items, ", "))
		}
		if s.Category != "" && s.Breakdown == "" {
			ps.Add(at, "category %q of no breakdown", s.Category)
		}
		if slices.Contains(t.Figures[:i], s) {
			ps.Add(at, "the figure is listed twice")
		}
	}
	if len(t.Figures) == 0 && (len(items) > 1 || len(d.Populations) != 1) {
		ps.Add(at(), "target %q: no figures of an indicator with several items or populations, want those that it is of", t.ID)
	}
	return ps
}

// ItemCodes lists the codes of the definition's items; codebook.All where it has
// one figure.
func (d *Definition) ItemCodes() []string {
	var codes []string
	switch {
	case d.Tabled != nil:
		for _, p := range d.Tabled.Parts {
			codes = append(codes, p.ID)
		}
	default:
		for _, item := range d.Figures() {
			codes = append(codes, item.ID)
		}
	}
	return codes
}

// checkTargets reports what no page of a definition can show alone: populations,
// breakdowns, categories and baselines that the catalogue does not have.
func (c *Catalogue) checkTargets(d *Definition, populations []string) refusal.Problems {
	var ps refusal.Problems
	for i, t := range d.Targets {
		if b := t.Baseline; b != nil && b.Value == "" {
			if p, ok := c.Period(b.Source); !ok {
				ps.Add(d.At("targets", index(i), "baseline"), "no source %q in the catalogue, want the value as it was printed", b.Source)
			} else if p.End >= t.Due() {
				ps.Add(d.At("targets", index(i), "baseline"), "%s ends on %s, want a baseline before the target's date, %s", b.Source, p.End, t.Due())
			}
		}
		for j, s := range t.Figures {
			at := d.At("targets", index(i), "figures", index(j))
			if s.Population != "" && !slices.Contains(populations, s.Population) {
				ps.Add(at, "no population %q%s", s.Population, refusal.Nearest(s.Population, populations))
			}
			by := d.By(c.Codebook)
			switch {
			case s.Breakdown == "":
			case !slices.Contains(by, s.Breakdown):
				ps.Add(at, "no figure is by %q%s", s.Breakdown, refusal.Nearest(s.Breakdown, by))
			case s.Category != "" && !strings.Contains(s.Breakdown, "*"):
				var codes []string
				for _, k := range c.Variable(s.Breakdown).Categories {
					codes = append(codes, k.Code)
				}
				if !slices.Contains(codes, s.Category) {
					ps.Add(at, "%s has no category %q%s", s.Breakdown, s.Category, refusal.Nearest(s.Category, codes))
				}
			}
		}
	}
	return ps
}
