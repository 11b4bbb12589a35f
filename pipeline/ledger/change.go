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

// change holds a printed change against what two figures of a release differ by, with the
// error of the release's own change where it has that one. A figure that was not computed
// leaves its reason.
func (a *Against) change(p plan.Published, s release.Source, of contents) (Row, error) {
	later := p
	later.From = ""
	to, err := a.Stand(later, s)
	if err != nil || to.Status == string(NotComputed) {
		to.From = p.From
		return to, err
	}
	earlier := later
	earlier.Source = p.From
	from, err := a.row(earlier)
	if err != nil {
		return from, err
	}
	r := Blank(p)
	if from.Status == string(NotComputed) {
		r.Why, r.Needs = from.Why, from.Needs
		return r, nil
	}
	entry := a.Entry(p.Indicator)
	r.Ours, r.Weight, r.Version, r.Definition = to.Ours, to.Weight, to.Version, to.Definition
	r.Notices, r.Notice = release.Once(slices.Clone(to.Notices), from.Notices...), cmp.Or(to.Notice, from.Notice)
	ends := [...]*[2]*release.Figure{of.figures[Key(later, s.ID)], of.figures[Key(earlier, codebook.SourceID(from.Ours))]}
	var values, lasts [len(ends)]float64
	for i, both := range ends {
		values[i], lasts[i], _ = a.shown(both[0], both[1], entry)
	}
	value, last := indicator.Settle(values[0]-values[1]), lasts[0]+lasts[1]
	r.Value, r.Exact = indicator.Settle(to.Value-from.Value), leastExact(to.Exact, from.Exact)
	at := slices.IndexFunc(of.changes, func(c release.Change) bool {
		return c.Key == ends[0][0].Key && c.FromSource == ends[1][0].Source
	})
	if at >= 0 && !math.IsNaN(of.changes[at].Change) {
		c := &of.changes[at]
		r.Value, r.SE = c.Change, c.SE
		if r.Exact == Published {
			value, last = c.Change, a.Policy.Precision.Of(indicator.Statistic(c.Statistic)).AtMost(entry.Decimals).Last(c.Change)
		}
	}
	r.difference()
	r.judgeChange(p, value, last, to, from)
	return r, nil
}

// leastExact is what the agreement of a change rests on.
func leastExact(a, b string) string {
	for _, on := range []string{Published, Counts} {
		if a == on || b == on {
			return on
		}
	}
	return EveryDigit
}

// judgeChange says what becomes of a change, of which neither end may be made up or quoted.
func (r *Row) judgeChange(p plan.Published, value, last float64, ends ...Row) {
	r.Status = string(Judge(p.Value, p.Decimals, value, last))
	for _, status := range []Status{Quoted, Synthetic} {
		if slices.ContainsFunc(ends, func(end Row) bool { return end.Status == string(status) }) {
			r.Status = string(status)
		}
	}
}

// Changed puts the change between two estimated figures beside a printed one, rounded as
// it is published and judged on every digit, with its error, NaN where none is known.
func (r *Row) Changed(to, from Row, value, se float64, as indicator.Precision, p plan.Published) {
	r.Why, r.Needs = "", ""
	r.Ours, r.Weight, r.Exact = to.Ours, to.Weight, EveryDigit
	r.Value, r.SE = as.Round(value), se
	r.difference()
	r.judgeChange(p, value, 0, to, from)
}
