package disclose

import (
	"math"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// A Finding is what a checker of outputs looks at before an estimate is handed on. It
// holds what the policy withholds, and is not to be handed on itself.
type Finding struct {
	Rule  Rule
	Found float64 // respondents; of dominance the share that one of them adds, of heavy that of few
	Want  float64 // at least, but of dominance and heavy at most
}

// A Rule is why an estimate is looked at.
type Rule string

// The rules, by which an estimate is withheld.
const (
	FewInBase  Rule = "base"       // few respondents, or few in a group that is compared
	FewYes     Rule = "yes"        // few whom a share counts
	FewNo      Rule = "no"         // few whom it does not count
	FewBeyond  Rule = "beyond"     // few at a quantile or beyond it
	FewUnlike  Rule = "unlike"     // few with a value of their own where the others' is the same, or one of three
	Alike      Rule = "alike"      // all of a group have the same value
	Nobody     Rule = "nobody"     // a share of nobody
	Everybody  Rule = "everybody"  // a share of all
	Dominance  Rule = "dominance"  // one respondent adds most of a total
	Heavy      Rule = "heavy"      // few have most of the weight, or of what is added up
	Unreliable Rule = "unreliable" // a base that is small
)

// Alone does what Withhold does, and empties an estimate that the policy's digits would show
// as 0 (Low).
func Alone(policy indicator.Policy, e *indicator.Estimate) []Finding {
	found := Withhold(policy, e)
	if s := e.Statistic; e.Status == "" && s != "" && e.Value != 0 && !s.Row().Signed && policy.Precision.Of(s).Round(float64(e.Value*s.Row().Scale)) == 0 {
		e.Status = indicator.Low
		e.Empty()
	}
	return found
}

// Withhold withholds an estimate that a policy's bounds make confidential or too small to
// be reliable, and notes on one that is below the bound of caution, as Apply does of a
// release's. It decides on the estimate alone: what beside it would tell it is for who
// has all that is handed on. What it finds is in the order of the rules.
func Withhold(policy indicator.Policy, e *indicator.Estimate) (found []Finding) {
	bounds := newRules(policy)
	f := release.Figure{Key: e.Key, Base: int64(e.Base), Groups: e.Groups, Largest: e.Largest, Beyond: int64(e.Beyond), Heaviest: e.Heaviest, Unlike: int64(e.Unlike), Alike: e.Alike, Statistic: string(e.Statistic), Value: e.Value, Status: string(e.Status), Notes: e.Notes.String()}
	r := newRow(&f, nil, bounds)
	found = bounds.findings(r)
	if bounds.zeros {
		if r.nobody() && (e.Status == indicator.Inapplicable || e.Notes.Has(indicator.NoBase)) {
			f.Status = "" // that nobody is in a group, or answered there, is as confidential as a share of nobody
			found = append(found, Finding{Nobody, 0, float64(bounds.sides)})
		}
		if e.Notes.Has(indicator.StandardisedWithout) { // which says so of one
			r.few = true
			found = append(found, Finding{Nobody, 0, float64(bounds.sides)})
		}
	}
	r.primary(bounds)
	r.finish(bounds)
	notes, err := indicator.ParseNotes(f.Notes)
	if err != nil {
		panic("disclose: " + err.Error()) // no step writes such
	}
	e.Notes, e.Status = notes, indicator.Status(f.Status)
	if f.Base == release.Withheld {
		e.Base = release.Withheld
	}
	if math.IsNaN(f.Value) && !math.IsNaN(e.Value) {
		e.Empty()
	}
	return found
}

// findings are what a checker looks at of a row.
func (r rules) findings(of *row) []Finding {
	var found []Finding
	add := func(rule Rule, n, want int64) { found = append(found, Finding{rule, float64(n), float64(want)}) }
	for _, g := range of.figure.Groups {
		n, yes := int64(g.Answered), int64(g.Yes)
		if n == 0 {
			continue
		}
		switch {
		case n < r.base:
			add(FewInBase, n, r.base)
		case n < r.unreliable:
			add(Unreliable, n, r.unreliable)
		}
		if yes < 0 || of.amount() {
			continue
		}
		for _, s := range []struct {
			n         int64
			few, none Rule
		}{{yes, FewYes, Nobody}, {n - yes, FewNo, Everybody}} {
			switch {
			case !r.onSide(s.n):
			case s.n == 0:
				add(s.none, 0, r.sides)
			default:
				add(s.few, s.n, r.sides)
			}
		}
	}
	if n := of.figure.Beyond; r.fewBeyond(n) {
		add(FewBeyond, n, r.sides)
	}
	if n := of.figure.Unlike; r.fewBeyond(n) {
		add(FewUnlike, n, r.sides)
	}
	if of.figure.Alike && r.zeros {
		add(Alike, 0, r.sides)
	}
	if of.figure.Largest > r.dominance {
		found = append(found, Finding{Dominance, of.figure.Largest, r.dominance})
	}
	switch share, limit := r.heavy(of.figure.Heaviest); {
	case share <= limit || of.figure.Largest > r.dominance || of.smallest < r.base: // of whom all have all
	default:
		found = append(found, Finding{Heavy, share, limit})
	}
	return found
}

// RoundAlone rounds the numbers of an estimate as a policy shows them. The sum of its
// weights, which a release does not have, goes: of equal weights it is the base.
func RoundAlone(policy indicator.Policy, e *indicator.Estimate) {
	p := &policy.Precision
	errors := p.Error
	if e.Statistic == indicator.Total || e.Statistic == indicator.Count {
		errors = p.Total
	}
	round(policy, e, e.Statistic.Row().Scale, p.Of(e.Statistic), errors)
}

// Coarse rounds an estimate of numbers that a question computes to the second significant digit
// of its error, as a policy's decimals say nothing of a multiple that may be any; one without an
// error to three.
func Coarse(e *indicator.Estimate) {
	var place float64
	switch {
	case !e.Statistic.Row().Number || math.IsNaN(e.Value):
		return
	case e.SE > 0:
		place = math.Floor(math.Log10(e.SE)) - 1
	case e.Value != 0:
		place = math.Floor(math.Log10(math.Abs(e.Value))) - 2
	}
	unit, parts := math.Pow10(int(max(place, 0))), math.Pow10(int(max(-place, 0)))
	for _, x := range []*float64{&e.Value, &e.Lower, &e.Upper, &e.SE} {
		*x = math.Round(float64(*x*parts)/unit) * unit / parts
	}
}

// RoundRatio rounds those of a ratio of two estimates, whatever they are of.
func RoundRatio(policy indicator.Policy, e *indicator.Estimate) {
	round(policy, e, 1, policy.Precision.Ratio, policy.Precision.Error)
}

func round(policy indicator.Policy, e *indicator.Estimate, by float64, values, errors indicator.Precision) {
	for _, x := range []*float64{&e.Value, &e.Lower, &e.Upper} {
		*x = values.Round(float64(*x*by)) / by
	}
	e.SE = errors.NotZero(float64(e.SE*by)) / by
	e.DF, e.DEFF, e.Weights = Freedom(policy, e.DF, e.Base, e.Error), policy.Precision.Effect.NotZero(e.DEFF), math.NaN()
	if e.Base != release.Withheld {
		e.Base = Shown(policy, e.Base)
	}
}
