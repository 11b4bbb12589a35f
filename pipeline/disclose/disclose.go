// Package disclose withholds the figures of few respondents, and those by which
// they could be had, and audits what is left. It alone decides which values and
// bases of a release are emptied.
//
// A release is one system of numbers: breakdowns add up to the whole, crossed ones
// to their margins, and England subtracted from England and Wales is Wales. What
// the policy's bounds make confidential is withheld first; then, beside it, what
// would tell it (protect.go, swap.go); then the audit tries to have it from what is left
// (audit.go).
package disclose

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// A Release is all rows of a release that is being made, as yet with every
// value, and those of the release before it.
type Release struct {
	Indicators map[string]*release.Content
	Last       map[string]release.Content
	// Carried says of a source that its rows are the last release's, which were
	// decided on there.
	Carried func(codebook.SourceID) bool
	// Again says of a figure that it is decided on anew, whatever the last release did.
	Again func(indicator.Key) bool
	Links Links
}

// Links are what the catalogue says of numbers that depend on each other.
type Links struct {
	// Within says whether a source's population is a part of another.
	Within func(source codebook.SourceID, population, of string) bool
	// Shares are pairs of shares of the same respondents' answers to one question.
	Shares []Pair
	// Coarser is the category of another breakdown that a category of one is a part
	// of; "" where none is.
	Coarser func(breakdown, category, coarse string) string
}

// An Item is one item of an indicator.
type Item struct{ Indicator, Item string }

// A Relation is how the answers that two shares count tell a third share.
type Relation int

// The relations.
const (
	Inside Relation = iota // A's answers are some of B's: the others of B
	Around                 // B's are some of A's: the others of A
	Apart                  // no answer is of both: those of neither
)

// A Pair is two shares that tell a third.
type Pair struct {
	A, B Item
	Kind Relation
}

// An Account is what the audit of a release found.
type Account struct {
	release.Audit
	Known  []Known         // counts that are known better than the policy wants, all of them
	Bounds []release.Bound // of every count that is withheld or that only subtraction gives
}

// Apply empties what the policy withholds and gives the account of its audit. A
// figure is confidential where fewer respondents than ConfidentialBelow are its
// base, or in a group that it compares, and where fewer than SidesBelow are on
// either side of its share; one below UnreliableBelow is too small to be reliable,
// and one below CautionBelow shown with a note. A figure that has a status already
// keeps it, unless its base is confidential. A change is withheld with either of
// its figures. What was withheld in the last release stays so.
//
// It panics on a carried figure that the last release has not: it would be
// published without a decision.
func Apply(policy indicator.Policy, r Release) Account {
	var rows []*row
	decided := map[*release.Figure]*row{}
	bounds := newRules(policy)
	for id, c := range r.Indicators {
		was := map[indicator.Key]*release.Figure{}
		last := r.Last[id].Figures
		for i := range last {
			was[last[i].Key] = &last[i]
		}
		for i := range c.Figures {
			f := &c.Figures[i]
			switch before := was[f.Key]; {
			case !r.Carried(f.Source):
				if r.Again != nil && r.Again(f.Key) {
					before = nil
				}
				made := newRow(f, before, bounds)
				rows, decided[f] = append(rows, made), made
			case before == nil:
				panic(fmt.Sprintf("disclose: carried figure %v is not in the last release", f.Key))
			}
		}
	}
	account := Account{Audit: release.Audit{Narrowest: -1}}
	if policy.Without() {
		return account
	}
	account.Figures = len(rows)
	thirds(rows, r.Links.Shares, bounds)
	hierarchy := newHierarchy(r.Links.Coarser)
	for _, it := range items(rows, r.Links.Within, policy.Keep) {
		p := &protection{item: it, rules: bounds, hierarchy: hierarchy}
		found, narrowest := p.secure()
		account.Known, account.Bounds = append(account.Known, found...), append(account.Bounds, p.bounds...)
		for _, k := range found {
			if k.Exact() {
				account.Audit.Exact++
			}
		}
		if narrowest < beyond && (account.Narrowest < 0 || narrowest < account.Narrowest) {
			account.Narrowest = narrowest
		}
	}
	for _, of := range rows {
		of.finish(bounds)
		if math.IsNaN(of.figure.Value) {
			account.Withheld++
		}
		if of.bare {
			account.Bases++
		}
	}
	for _, c := range r.Indicators {
		changes(c, r.Carried)
	}
	return account
}

// Problems are the withheld counts that are known too well, each of kind
// Succession: no release may have them.
func (a Account) Problems() error {
	var ps refusal.Problems
	for _, k := range a.Known {
		ps = append(ps, refusal.Problem{
			Kind: refusal.Succession, Where: k.Key.Indicator, What: k.String() + " from the figures that are shown",
			Hint: "take the breakdown or the population out of the definition",
		})
	}
	return ps.Err()
}

// String says what is known, and of what.
func (k Known) String() string {
	known := fmt.Sprintf("to be from %d to %d", k.Least, k.Most)
	switch {
	case k.Least == release.Exactly:
		known = "exactly"
	case k.Exact():
		known = fmt.Sprintf("to be %d", k.Least)
	}
	of := k.Key.Population
	if k.Less != "" {
		of += " without " + k.Less
	}
	return fmt.Sprintf("%s, %s, %s %s, item %s: %s known %s", k.Key.Source, of, k.Key.Breakdown, k.Key.Category, k.Key.Item, k.Side, known)
}

// Attack plays the attacker who has nothing but published figures: it bounds every
// base that is withheld, or that only subtraction gives, and lists those that are
// known better than the policy wants. The sides of shares are told by weighted and
// rounded figures, which bound no count; those are audited where a release is made.
// Narrowest is the least width of the bounds, -1 where there are none.
func Attack(policy indicator.Policy, contents map[string]release.Content, links Links) (found []Known, narrowest int64) {
	narrowest = -1
	if policy.Without() {
		return nil, narrowest
	}
	var rows []*row
	weights := map[sample]string{}
	for _, c := range contents {
		for i := range c.Figures {
			f := &c.Figures[i]
			if f.Source.Return() {
				continue
			}
			if f.Weight != "" {
				all := sample{"", f.Source, f.Breakdown}
				if weights[sample{f.Indicator, f.Source, f.Breakdown}] = f.Weight; weights[all] != "" && weights[all] != f.Weight {
					weights[all] = unlike
				} else {
					weights[all] = f.Weight
				}
			}
			r := &row{figure: f, bare: f.Base == release.Withheld, silent: math.IsNaN(f.Value)}
			if r.counts[base] = f.Base; r.bare {
				r.counts[base] = unknown
			}
			rows = append(rows, r)
		}
	}
	hierarchy := newHierarchy(links.Coarser)
	for _, it := range items(rows, links.Within, policy.Keep) {
		it.apart()
		p := &protection{item: it, rules: newRules(policy), hierarchy: hierarchy, public: true, weights: weights}
		known, least := p.audit()
		found = append(found, known...)
		if least < beyond && (narrowest < 0 || least < narrowest) {
			narrowest = least
		}
	}
	slices.SortFunc(found, func(a, b Known) int {
		return cmp.Or(a.Key.Compare(b.Key), cmp.Compare(a.Less, b.Less), cmp.Compare(a.Least, b.Least), cmp.Compare(a.Most, b.Most))
	})
	return slices.Compact(found), narrowest
}

// unknown stands for a base that is withheld: of somebody.
const unknown = 1

// apart gives withheld bases of populations within each other unlike numbers, so
// that none seems to be all of another.
func (it *item) apart() {
	for k := range it.populations {
		for i := range it.families {
			for _, r := range it.families[i].rows[k] {
				if r.bare {
					r.counts[base] = int64(unknown + k)
				}
			}
		}
	}
}

func newRules(p indicator.Policy) rules {
	return rules{
		base: int64(p.ConfidentialBelow), sides: int64(p.SidesBelow), unreliable: int64(p.UnreliableBelow), caution: int64(p.CautionBelow),
		interval: int64(p.Interval), zeros: p.Zeros == indicator.Withhold, step: p.Precision.Percent.Step() / 100, dominance: p.Dominance, bases: multiple(p),
	}
}

// newRow is the row of a figure, with what the last release published of it.
func newRow(f, before *release.Figure, bounds rules) *row {
	r := &row{figure: f, smallest: math.MaxInt64, counted: f.Source.Return() && f.Base < 1}
	r.counts[base] = max(0, f.Base)
	r.few = f.Largest > bounds.dominance || bounds.fewBeyond(f.Beyond) || bounds.fewBeyond(f.Unlike) || f.Alike && bounds.zeros
	for _, g := range f.Groups {
		n, yes := int64(g.Answered), int64(g.Yes)
		if !r.counted {
			r.smallest = min(r.smallest, n)
			r.few = r.few || yes >= 0 && (bounds.onSide(yes) || bounds.onSide(n-yes))
			continue
		}
		for _, of := range []int64{n, yes} { // nobody is nobody's secret
			if of > 0 {
				r.smallest = min(r.smallest, of)
			}
		}
	}
	switch {
	case r.counted && r.smallest < math.MaxInt64: // it stands for all of them
		r.counts[base] = r.smallest
	case !r.counted && len(f.Groups) == 1:
		g := f.Groups[0]
		r.sided = g.Yes >= 0
		r.counts[yes], r.counts[no] = int64(g.Yes), r.counts[base]-int64(g.Yes)
	}
	if share, limit := bounds.heavy(f.Heaviest); share > limit && !r.counted {
		r.heavy = !r.few && r.smallest >= bounds.base
		r.few = true
	}
	if before != nil {
		r.published = true
		if indicator.Status(before.Status) == indicator.Confidential {
			r.published = false
			r.withhold(before.Base == release.Withheld)
		}
	}
	return r
}

// finish empties the figure of what is withheld.
func (r *row) finish(bounds rules) {
	f := r.figure
	status, n := indicator.Status(f.Status), r.smallest
	switch {
	case r.nobody() && status != "" && !r.counted:
	case r.bare || r.nobody() && !r.counted:
		withhold(f, indicator.Confidential, bound(indicator.Withheld, bounds.base))
		f.Base = release.Withheld
	case status != "" && status != indicator.Low:
	case r.silent && n < bounds.base:
		withhold(f, indicator.Confidential, bound(indicator.Withheld, bounds.base))
	case n < bounds.unreliable && !r.counted:
		withhold(f, indicator.Unreliable, bound(indicator.WithheldUnreliable, bounds.unreliable))
	case r.silent && r.heavy:
		withhold(f, indicator.Confidential, bound(indicator.WithheldHeavy, bounds.base))
	case r.silent:
		withhold(f, indicator.Confidential, bound(indicator.Withheld, bounds.base))
	case n < bounds.caution && !r.counted:
		notes := f.NoteList()
		notes.Add(bound(indicator.Caution, bounds.caution))
		f.Notes = notes.String()
	}
}

// withhold empties a figure of its value and of all that describes it, so that its
// notes tell nothing either.
func withhold(f *release.Figure, status indicator.Status, why indicator.Note) {
	notes := f.NoteList().Only(indicator.Synthetic)
	notes.Add(why)
	f.Status, f.Notes = string(status), notes.String()
	f.Empty()
	f.Numerator, f.Denominator = math.NaN(), math.NaN()
}

func bound(code indicator.NoteCode, below int64) indicator.Note {
	return indicator.Note{Code: code, Args: []string{strconv.FormatInt(below, 10)}}
}

// changes withholds those that rest on a withheld figure. Those between two
// carried sources were withheld where they were published.
func changes(c *release.Content, carried func(codebook.SourceID) bool) {
	withheld := map[indicator.Key]string{}
	for _, f := range c.Figures {
		if f.Status != "" {
			withheld[f.Key] = f.Status
		}
	}
	if len(withheld) == 0 {
		return
	}
	for i := range c.Changes {
		ch := &c.Changes[i]
		from := ch.Key
		from.Source = ch.FromSource
		if carried(ch.FromSource) && carried(ch.Source) || ch.ReasonNote().Is(indicator.Broken, indicator.FieldworkShared) {
			continue // there is no change to withhold
		}
		for _, key := range []indicator.Key{from, ch.Key} {
			if status, gone := withheld[key]; gone {
				ch.Empty(indicator.Note{Code: indicator.NoFigureOf, Of: string(key.Source), Args: []string{status}})
				break
			}
		}
	}
}
