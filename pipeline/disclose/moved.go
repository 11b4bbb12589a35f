package disclose

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// Moved reports the sources of which a release would publish figures beside those
// of an earlier one that differ from them by fewer respondents than the policy's
// bounds, as when one respondent was taken out. Whoever has both has the
// difference: what those few answered, and, since in each breakdown one category
// alone differs, who they are. Nothing that is withheld in the new figures could
// hide it, since where would tell who.
//
// Counts are compared where the earlier figures have them; of figures as published,
// the bases, and a share that differs by what so few could make of it.
func Moved(policy indicator.Policy, now map[string]*release.Content, earlier map[string]release.Content, id string, made func(codebook.SourceID) bool) refusal.Problems {
	bounds := newRules(policy)
	type first struct {
		key  indicator.Key
		few  int64
		many int
	}
	found := map[codebook.SourceID]*first{}
	for name, c := range now {
		was := map[indicator.Key]*release.Figure{}
		for i := range earlier[name].Figures {
			f := &earlier[name].Figures[i]
			was[f.Key] = f
		}
		for i := range c.Figures {
			f := &c.Figures[i]
			before := was[f.Key]
			if before == nil || !made(f.Source) || f.Source.Return() {
				continue
			}
			few := bounds.few(f, before)
			if few == 0 {
				continue
			}
			of := found[f.Source]
			if of == nil {
				of = &first{key: f.Key, few: few}
				found[f.Source] = of
			}
			of.many++
			if f.Key.Compare(of.key) < 0 {
				of.key, of.few = f.Key, few
			}
		}
	}
	var ps refusal.Problems
	for source, of := range found {
		k := of.key
		ps = append(ps, refusal.Problem{
			Kind: refusal.Succession, Where: string(source),
			What: fmt.Sprintf("%s differ from those of release %s by fewer than %d respondents, %s of %s, %s %s, by %d: whoever has both has what those few answered",
				refusal.Count(of.many, "figure"), id, max(bounds.base, bounds.sides), k.Indicator, k.Population, k.Breakdown, k.Category, of.few),
			Hint: "leave the extract out of the folder, so that the source is carried over as it was published",
		})
	}
	slices.SortFunc(ps, func(a, b refusal.Problem) int { return cmp.Compare(a.Where, b.Where) })
	return ps
}

// Revised says whether a source has figures that an earlier release has otherwise.
func Revised(policy indicator.Policy, source codebook.SourceID, now map[string]*release.Content, earlier map[string]release.Content) bool {
	bounds := newRules(policy)
	for name, c := range now {
		was := map[indicator.Key]*release.Figure{}
		for i := range earlier[name].Figures {
			if f := &earlier[name].Figures[i]; f.Source == source {
				was[f.Key] = f
			}
		}
		for i := range c.Figures {
			f := &c.Figures[i]
			before := was[f.Key]
			if before == nil {
				continue
			}
			same := before.Base == release.Withheld || bounds.earlier(f, before) == f.Base
			if same && !math.IsNaN(before.Value) {
				same = indicator.Round(f.Value, decimals) == indicator.Round(before.Value, decimals)
			}
			if !same {
				return true
			}
		}
	}
	return false
}

// decimals are those of published shares.
const decimals = 1

// earlier is the base of an earlier figure. Where nothing is known of it but a
// multiple, it is that of now if that would be shown so.
func (r rules) earlier(now, before *release.Figure) int64 {
	if len(before.Groups) == 0 && now.Base != release.Withheld && shown(now.Base, r.bases) == before.Base {
		return now.Base
	}
	return before.Base
}

// few is by how many respondents two figures of one key differ, on the side where
// they differ by the fewest; 0 where they are the same, or differ by enough.
func (r rules) few(now, before *release.Figure) int64 {
	least := int64(0)
	differ := func(a, b, bound int64) {
		if d := max(a-b, b-a); d > 0 && d < bound && (least == 0 || d < least) {
			least = d
		}
	}
	was := r.earlier(now, before)
	if was != release.Withheld && now.Base != release.Withheld {
		differ(now.Base, was, r.base)
	}
	if len(before.Groups) == len(now.Groups) && len(now.Groups) > 0 {
		for i, g := range now.Groups {
			of := before.Groups[i]
			differ(int64(g.Answered), int64(of.Answered), r.base)
			if g.Yes >= 0 && of.Yes >= 0 {
				differ(int64(g.Yes), int64(of.Yes), r.sides)
				differ(int64(g.Answered-g.Yes), int64(of.Answered-of.Yes), r.sides)
			}
		}
		return least
	}
	shared := len(now.Groups) == 0 && indicator.Statistic(now.Statistic) == indicator.Proportion // as published
	if (shared || len(now.Groups) == 1 && now.Groups[0].Yes >= 0) && !math.IsNaN(now.Value) && !math.IsNaN(before.Value) && now.Base == was {
		share := now.Value - before.Value
		if now.Unit == indicator.Percent {
			share /= 100
		}
		if share != 0 && math.Abs(share) > r.step/2 {
			differ(max(1, int64(math.Round(math.Abs(share)*float64(now.Base)))), 0, r.sides)
		}
	}
	return least
}
