// Package ledger holds what becomes of figures that somebody printed: beside each the
// figure of a release, whether the two agree to the digits printed, and if not, why.
package ledger

import (
	"cmp"
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/release"
)

// A Status is what becomes of a printed figure.
type Status string

// The statuses. A figure is reproduced only from real respondents or from counts.
const (
	Reproduced  Status = "reproduced"   // ours rounds to the printed digits
	Rounding    Status = "rounding"     // reproduced but for rounding: at a half, twice, or as far as ours has digits
	Explained   Status = "explained"    // differs, and a choice gives the printed digits that is documented or the only one
	Unexplained Status = "unexplained"  // differs
	NotComputed Status = "not-computed" // Why says why
	Synthetic   Status = "synthetic"    // ours is from made-up data
	Quoted      Status = "quoted"       // a return has the number itself, so that nothing was computed
	Target      Status = "target"       // no figure of what is, but of what should be
)

// Statuses lists them, in the order in which they are told.
var Statuses = []Status{Reproduced, Rounding, Explained, Unexplained, Synthetic, Quoted, NotComputed, Target}

// A Why says why a printed figure was not computed.
type Why string

// The reasons, of which the first that holds is told.
const (
	NotSurvey    Why = "not-survey-data"          // a fact that no survey and no return measures
	NoPopulation Why = "population-not-stated"    // its source names none
	NoIndicator  Why = "indicator-not-declared"   // or an item of one
	NoSource     Why = "wave-not-declared"        // or a return that is not
	NoDivision   Why = "not-declared-of-the-wave" // the wave's crosswalk lacks a variable, population or category
	NoExtract    Why = "no-extract"               // the release has nothing of the wave or return
	NoVariable   Why = "not-in-the-extract"       // the release has the wave, and not the figure
	Withheld     Why = "withheld"                 // the release has the figure without its value
)

// A Row is a printed figure and what becomes of it. NaN stands for null, and so does
// sheet.None of a count.
type Row struct {
	indicator.Key // as printed
	From          codebook.SourceID
	Figure        int64
	Unit          string
	Printed       float64
	Decimals      int64
	Publication   string
	Table         string
	URL           string
	Checked       string
	Note          string // what whoever read it noted
	Status        string
	Why           string
	Needs         string // what is not declared, in words

	Ours       string // source of our figure, which may be another extract of the same fieldwork
	Value      float64
	SE         float64
	Base       int64
	Units      float64 // ours less printed, in units of the last digit printed
	Errors     float64 // the same, in standard errors of ours
	Version    string  // of the indicator
	Definition string  // SHA-256 of its page
	Weight     string
	Exact      string            // what the agreement was judged on: every-digit, counts or published
	Notices    []release.Bearing // that bear on our figure
	Notice     string            // by which of them it is wrong or withdrawn, in words; "" for none

	Search
}

// A Search is what the search for what explains a difference found.
type Search struct {
	Choices string  // that give the printed digits, as dimension=value with a blank between; "" for none
	Nearest string  // the choices that come nearest, where none gives them
	Gives   float64 // what those give, with one digit more than printed
	Tried   int64   // distinct outcomes of choices that were tried; sheet.None where none were
	Chance  float64 // how many of them would give the printed digits by chance
	By      string  // why a difference is explained: documented, or unique
}

// Nothing is the search of a row that nothing was searched for.
func Nothing() Search { return Search{Gives: math.NaN(), Tried: -1, Chance: math.NaN()} }

// What an agreement was judged on.
const (
	EveryDigit = "every-digit" // of the restricted folder, or of the extract
	Counts     = "counts"      // numerator and denominator of a return
	Published  = "published"   // the digits that the release shows
)

// A Ledger is the rows, in the order of the published figures.
type Ledger struct {
	Rows []Row
}

// Notices are those that bear on figures of ours, each once.
func (l Ledger) Notices() []release.Bearing {
	var all []release.Bearing
	for _, r := range l.Rows {
		all = release.Once(all, r.Notices...)
	}
	return all
}

// Totals are how many figures there are, and three that add up to them: those that
// agree, those that differ, and those that cannot be held against anything.
type Totals struct {
	All, Agree, Differ, Untold int
	By                         map[Status]int
}

// Totals counts the rows.
func (l Ledger) Totals() Totals {
	t := Totals{All: len(l.Rows), By: map[Status]int{}}
	for _, r := range l.Rows {
		s := Status(r.Status)
		t.By[s]++
		switch s {
		case Reproduced, Rounding:
			t.Agree++
		case Explained, Unexplained:
			t.Differ++
		default:
			t.Untold++
		}
	}
	return t
}

// Synthetic says whether any of our figures is of made-up data.
func (l Ledger) Synthetic() bool {
	return slices.ContainsFunc(l.Rows, func(r Row) bool { return r.Status == string(Synthetic) })
}

// An Against is a release as printed figures are held against it.
type Against struct {
	Sources   []release.Source
	Policy    indicator.Policy
	Entry     func(id string) *release.Indicator                          // of the manifest; nil for none
	Content   func(id string) (release.Content, error)                    // as published
	Unrounded map[string]release.Content                                  // with every digit; nil where that is not at hand
	Fieldwork func(codebook.SourceID) (survey string, of codebook.Period) // of a wave that is declared; "" of any other
	Lacks     func(plan.Published) (why Why, needs string)                // what the catalogue does not declare of a figure
	Notices   []release.Bearing                                           // that bear on the release
	Told      func([]release.Bearing) string                              // in words, those by which a figure is wrong or withdrawn; "" for none
	known     map[string]contents                                         // of each indicator read
}

// contents are the figures of an indicator by their keys, as published and with every
// digit, and its words.
type contents struct {
	figures map[indicator.Key]*[2]*release.Figure
	changes []release.Change
	words   release.Words
}

// New holds printed figures against a release: a row of each, in their order.
func New(figures []plan.Published, a Against) (Ledger, error) {
	var l Ledger
	for i, p := range figures {
		r, err := a.row(p)
		if err != nil {
			return l, err
		}
		r.Figure = int64(i + 1)
		l.Rows = append(l.Rows, r)
	}
	return l, nil
}

// Blank is the row of a printed figure of which nothing is known.
func Blank(p plan.Published) Row {
	nan := math.NaN()
	return Row{
		Key: Key(p, p.Source), From: p.From, Unit: p.Unit, Printed: p.Value, Decimals: int64(p.Decimals),
		Publication: p.Publication, Table: p.Table, URL: p.URL, Checked: p.Checked, Note: p.Note,
		Status: string(NotComputed), Value: nan, SE: nan, Base: -1, Units: nan, Errors: nan, Search: Nothing(),
	}
}

// Key is that of the figure of a source that a printed one stands beside.
func Key(p plan.Published, source codebook.SourceID) indicator.Key {
	return indicator.Key{
		Indicator: p.Indicator, Source: source, Population: p.Population,
		Breakdown: p.Breakdown, Category: p.Category, Item: cmp.Or(p.Item, codebook.All),
	}
}

// row is that of one figure. Of several extracts of a wave the one that is the wave's
// own is taken before others of its fieldwork, and real data before made-up.
func (a *Against) row(p plan.Published) (Row, error) {
	blank := Blank(p)
	switch {
	case p.Kind == plan.PublishedTarget:
		blank.Status = string(Target)
		return blank, nil
	case p.Kind == plan.PublishedFact:
		blank.Why = string(NotSurvey)
		return blank, nil
	case p.Population == plan.PopulationNotStated:
		blank.Why = string(NoPopulation)
		return blank, nil
	}
	var found []Row
	for _, s := range a.Beside(p) {
		r, err := a.Stand(p, s)
		if err != nil {
			return r, err
		}
		if r.Status != string(NotComputed) {
			found = append(found, r)
		} else if blank.Why == "" || r.Why == string(Withheld) {
			blank = r
		}
	}
	if len(found) > 0 {
		return slices.MinFunc(found, func(r, o Row) int {
			made := func(r Row) int {
				if r.Status == string(Synthetic) {
					return 1
				}
				return 0
			}
			other := func(r Row) int {
				if r.Ours != string(p.Source) {
					return 1
				}
				return 0
			}
			return cmp.Or(made(r)-made(o), other(r)-other(o), cmp.Compare(r.Ours, o.Ours))
		}), nil
	}
	if blank.Why != string(Withheld) {
		if why, needs := a.Lacks(p); why != "" {
			blank.Why, blank.Needs = string(why), needs
		} else if blank.Why == "" {
			blank.Why = string(NoExtract)
		}
	}
	return blank, nil
}

// Beside lists the sources of the release that a printed figure stands beside: the
// return, or every extract of the wave's fieldwork, of which the archive gives some out
// in more than one form.
func (a *Against) Beside(p plan.Published) []release.Source {
	survey, of := a.Fieldwork(p.Source)
	return slices.DeleteFunc(slices.Clone(a.Sources), func(s release.Source) bool {
		wave := survey != "" && s.ID.Survey() == survey && s.Period == of
		return !wave && s.ID != p.Source
	})
}

// read reads an indicator once.
func (a *Against) read(id string) (contents, error) {
	if known, met := a.known[id]; met {
		return known, nil
	}
	if a.known == nil {
		a.known = map[string]contents{}
	}
	of := contents{figures: map[indicator.Key]*[2]*release.Figure{}}
	a.known[id] = of
	if a.Entry(id) == nil {
		return of, nil
	}
	content, err := a.Content(id)
	if err != nil {
		return of, err
	}
	of.changes, of.words = content.Changes, content.Words
	for i := range content.Figures {
		f := &content.Figures[i]
		of.figures[f.Key] = &[2]*release.Figure{f, nil}
	}
	unrounded := a.Unrounded[id].Figures
	for i := range unrounded {
		if both := of.figures[unrounded[i].Key]; both != nil {
			both[1] = &unrounded[i]
		}
	}
	a.known[id] = of
	return of, nil
}

// Stand holds a printed figure, or change, against the release's figure of one source.
func (a *Against) Stand(p plan.Published, s release.Source) (Row, error) {
	r := Blank(p)
	of, err := a.read(p.Indicator)
	if err != nil {
		return r, err
	}
	if p.From != "" {
		return a.change(p, s, of)
	}
	both := of.figures[Key(p, s.ID)]
	if both == nil {
		r.Why = string(NoVariable)
		if a.Entry(p.Indicator) == nil {
			r.Needs = "the release has no figure of the indicator"
		}
		return r, nil
	}
	f := both[0]
	if math.IsNaN(f.Value) {
		r.Why = string(NoVariable)
		if f.Status != string(indicator.Unavailable) && f.Status != string(indicator.Inapplicable) {
			r.Why = string(Withheld)
		}
		return r, nil
	}
	entry := a.Entry(p.Indicator)
	r.Ours, r.Value, r.SE, r.Base, r.Weight = string(s.ID), f.Value, f.SE, f.Base, f.Weight
	r.Version, r.Definition = entry.Version, entry.Definition
	if len(a.Notices) > 0 {
		r.Notices = release.On(a.Notices, p.Indicator, release.Content{Figures: []release.Figure{*f}, Words: of.words})
		r.Notice = a.Told(r.Notices)
	}
	r.difference()
	value, last, on := a.shown(f, both[1], entry)
	r.Exact = on
	switch {
	case s.Synthetic:
		r.Status = string(Synthetic)
	case s.Kind == release.Return && !computed(f, s):
		r.Status = string(Quoted)
	default:
		r.Status = string(Judge(p.Value, p.Decimals, value, last))
	}
	return r, nil
}

// difference is ours less printed, of what is published.
func (r *Row) difference() {
	const digits = 2
	off := r.Value - r.Printed
	r.Units = indicator.Round(off*math.Pow10(int(r.Decimals)), digits)
	if r.SE > 0 {
		r.Errors = indicator.Round(off/r.SE, digits)
	}
}

// shown is our value with as many digits as are known, one in the last of them, 0 for
// every digit, and what that rests on.
func (a *Against) shown(f, unrounded *release.Figure, entry *release.Indicator) (value, last float64, on string) {
	if unrounded != nil && !math.IsNaN(unrounded.Value) {
		return unrounded.Value, 0, EveryDigit
	}
	of := indicator.Statistic(f.Statistic)
	last = a.Policy.Precision.Of(of).AtMost(entry.Decimals).Last(f.Value)
	if !f.Source.Return() {
		return f.Value, last, Published
	}
	if f.Denominator > 0 {
		if exact := indicator.Settle(f.Numerator / f.Denominator * of.Row().Scale); math.Abs(exact-f.Value) <= last {
			return exact, 0, Counts
		}
	}
	return f.Value, 0, Counts
}

// computed says whether a figure of a return was computed: a ratio of counts, or a sum
// over areas that is not the body's own.
func computed(f *release.Figure, s release.Source) bool {
	if f.Denominator > 0 && !math.IsNaN(f.Numerator) {
		return true
	}
	return !math.IsNaN(f.Numerator) && s.Filed != nil && s.Filed.Returned > 1 && !f.NoteList().Has(indicator.OwnTotal)
}

// Estimated puts an estimate of a source beside a printed figure, rounded as a policy shows
// it and judged on every digit.
func (r *Row) Estimated(e indicator.Estimate, source codebook.SourceID, p plan.Published, policy indicator.Policy, synthetic bool) {
	f := release.NewFigure(e)
	if math.IsNaN(f.Value) {
		r.Status, r.Why = string(NotComputed), string(NoVariable)
		return
	}
	r.Ours, r.Value, r.SE, r.Base, r.Weight = string(source), policy.Precision.Of(e.Statistic).Round(f.Value), policy.Precision.Error.NotZero(f.SE), f.Base, f.Weight
	r.Why, r.Needs, r.Exact = "", "", EveryDigit
	r.difference()
	r.Status = string(Synthetic)
	if !synthetic {
		r.Status = string(Judge(p.Value, p.Decimals, f.Value, 0))
	}
}
