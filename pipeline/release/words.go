package release

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
)

// Words are what a release says of one indicator in words: its entry in the
// labels, its sources, and what its codes mean. They are part of its
// identity, so that a wrong word can be corrected, and is never silently.
type Words struct {
	Indicator IndicatorLabels `json:"indicator"`
	Sources   []SourceLabels  `json:"sources"`
	Codes     []Label         `json:"codes"` // sorted by column, of and code
}

// Encode returns the words as JSON. Equal words have equal bytes.
func (w Words) Encode() []byte {
	w.Indicator, w.Sources, w.Codes = w.Indicator.filled(), filled(w.Sources), filled(w.Codes)
	return EncodeJSON(w)
}

// Text returns the words for a code of a column; where there are none, the
// code itself. Of is empty for most columns, see Label.
func (w *Words) Text(column, of, code string) string {
	i, ok := slices.BinarySearchFunc(w.Codes, Label{Column: column, Of: of, Code: code}, Label.compare)
	if !ok {
		return code
	}
	return w.Codes[i].Text
}

// covers returns an error unless the words are of all that the rows have, and
// of nothing else.
func (w *Words) covers(c Content) error {
	used := usedCodes(c)
	x := &w.Indicator
	for _, err := range []error{
		sameCodes("source", used.sources, x.Sources),
		sameCodes(columnPopulation, used.populations, x.Populations),
		sameCodes(columnItem, used.items, x.Items),
		sameCodes(columnBreakdown, used.breakdowns(), x.BreakdownCodes()),
		sameCodes(columnBreak, used.breaks, x.Breaks),
		sameCodes("target", used.targets, x.targetCodes()),
	} {
		if err != nil {
			return err
		}
	}
	for _, d := range x.Breakdowns {
		if err := sameCodes(columnCategory+" of "+d.Breakdown, used.categories[d.Breakdown], d.Categories); err != nil {
			return err
		}
	}
	return nil
}

func sameCodes[C ~string](column string, want map[C]bool, got []C) error {
	for i, code := range got {
		if !want[code] || slices.Contains(got[:i], code) {
			return fmt.Errorf("the labels have %s %q, which no figure has or which is there twice", column, code)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(want)) {
		if !slices.Contains(got, code) {
			return fmt.Errorf("the labels do not have %s %q, which the figures have", column, code)
		}
	}
	return nil
}

// BreakdownCodes lists the breakdowns in their order.
func (l *IndicatorLabels) BreakdownCodes() []string {
	names := make([]string, len(l.Breakdowns))
	for i, d := range l.Breakdowns {
		names[i] = d.Breakdown
	}
	return names
}

func (l *IndicatorLabels) targetCodes() []string {
	ids := make([]string, len(l.Targets))
	for i, t := range l.Targets {
		ids[i] = t.ID
	}
	return ids
}

// Division returns a breakdown with its categories, or nil.
func (l *IndicatorLabels) Division(breakdown string) *Division {
	for i := range l.Breakdowns {
		if l.Breakdowns[i].Breakdown == breakdown {
			return &l.Breakdowns[i]
		}
	}
	return nil
}

// codesUsed are the codes of a content that the catalogue has words for.
type codesUsed struct {
	sources, breaks    map[codebook.SourceID]bool
	populations, items map[string]bool
	targets            map[string]bool
	categories         map[string]map[string]bool // by breakdown
}

func usedCodes(c Content) codesUsed {
	used := codesUsed{map[codebook.SourceID]bool{}, map[codebook.SourceID]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]map[string]bool{}}
	for _, ch := range c.Changes {
		if n := ch.ReasonNote(); n.Is(indicator.Broken) {
			used.breaks[codebook.SourceID(n.Of)] = true
		}
	}
	for _, t := range c.Targets {
		used.targets[t.Target] = true
		if n := t.ReasonNote(); n.Is(indicator.Broken) {
			used.breaks[codebook.SourceID(n.Of)] = true
		}
	}
	for _, f := range c.Figures {
		used.sources[f.Source], used.populations[f.Population], used.items[f.Item] = true, true, true
		if used.categories[f.Breakdown] == nil {
			used.categories[f.Breakdown] = map[string]bool{}
		}
		used.categories[f.Breakdown][f.Category] = true
	}
	for _, e := range c.Evidence {
		used.sources[e.Source] = true
	}
	return used
}

func (u codesUsed) breakdowns() map[string]bool {
	set := map[string]bool{}
	for name := range u.categories {
		set[name] = true
	}
	return set
}

// A Rewording is a word, or the order of a list, that is another than before.
type Rewording struct {
	What     string
	Was, Now string
	order    bool
}

// String says it in a sentence: "title was "A", now "B"".
func (r Rewording) String() string {
	if r.order {
		return "the " + r.What + " changed"
	}
	return fmt.Sprintf("%s was %s, now %s", r.What, quoted(r.Was), quoted(r.Now))
}

// wordChanges tells which words are other than those published before. Words of
// what was not there before are none, and neither are those of what is gone.
func (w *Words) wordChanges(next *Words) []Rewording {
	var list []Rewording
	differ := func(what, was, now string) {
		if was != now {
			list = append(list, Rewording{What: what, Was: was, Now: now})
		}
	}
	a, b := &w.Indicator, &next.Indicator
	differ("title", a.Title, b.Title)
	differ("base", a.Base, b.Base)
	differ("note", a.Note, b.Note)
	differ("measures", fmt.Sprint(a.Measures), fmt.Sprint(b.Measures))
	differ("leads", fmt.Sprint(a.Leads), fmt.Sprint(b.Leads))
	for _, was := range w.Sources {
		if i := slices.IndexFunc(next.Sources, func(s SourceLabels) bool { return s.ID == was.ID }); i >= 0 {
			now := next.Sources[i]
			of := " of " + string(was.ID)
			differ("title"+of, was.Title, now.Title)
			differ("study"+of, was.Study, now.Study)
			differ("population"+of, was.Population, now.Population)
			differ("licence"+of, was.Licence, now.Licence)
			differ("commissioner"+of, was.CommissionedBy, now.CommissionedBy)
			differ("author"+of, was.CarriedOutBy, now.CarriedOutBy)
			differ("known"+of, was.Known, now.Known)
		}
	}
	for _, was := range a.Targets {
		if i := slices.IndexFunc(b.Targets, func(t TargetLabels) bool { return t.ID == was.ID }); i >= 0 {
			differ("title of target "+was.ID, was.Title, b.Targets[i].Title)
			differ("statement of target "+was.ID, was.From, b.Targets[i].From)
			differ("note of target "+was.ID, was.Note, b.Targets[i].Note)
			differ("known of target "+was.ID, was.Known, b.Targets[i].Known)
		}
	}
	for _, was := range w.Codes {
		if i, ok := slices.BinarySearchFunc(next.Codes, was, Label.compare); ok {
			what := was.Column + " " + was.Code
			if was.Column == columnCategory {
				what += " of " + was.Of
			}
			differ("label of "+what, was.Text, next.Codes[i].Text)
		}
	}
	order := func(what string, was, now []string) {
		if a, b := common(was, now), common(now, was); !slices.Equal(a, b) {
			list = append(list, Rewording{"order of " + what, strings.Join(a, " "), strings.Join(b, " "), true})
		}
	}
	order("populations", a.Populations, b.Populations)
	order("items", a.Items, b.Items)
	order("breakdowns", a.BreakdownCodes(), b.BreakdownCodes())
	for _, d := range a.Breakdowns {
		if now := b.Division(d.Breakdown); now != nil && d.Breakdown != codebook.All {
			order("categories of "+d.Breakdown, d.Categories, now.Categories)
		}
	}
	return list
}

// common lists what both have, in the order of the first.
func common(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !slices.Contains(other, s) })
}

func quoted(s string) string {
	if s == "" {
		return "none"
	}
	return strconv.Quote(s)
}
