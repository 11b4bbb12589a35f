package release

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

// Classify says how an indicator's content differs from that of the previous
// release, with the reasons in words. sameQuantity is whether the definition
// still means the same quantity.
//
//   - Unchanged: every cell is published alike, and the words have the same bytes
//   - Major: the definition means another quantity and a number moved, keys
//     have gone, or the statistic or unit of a key is another
//   - Minor: there are new keys; published ones may have changed as well,
//     which is then a second reason
//   - Patch: the same keys, and something published under them changed, or a
//     word
func Classify(previous, next Content, sameQuantity bool) (Class, []string) {
	d := Compare(previous, next)
	if d.none() && bytes.Equal(previous.Words.Encode(), next.Words.Encode()) {
		return Unchanged, nil
	}
	return d.class(sameQuantity), d.reasons(previous, next, sameQuantity)
}

func (d Difference) none() bool {
	gained, lost, revised := d.counts()
	return gained+lost+revised == 0
}

func (d Difference) class(sameQuantity bool) Class {
	switch gained, lost, _ := d.counts(); {
	case lost > 0 || d.redefined() > 0 || !sameQuantity:
		return Major
	case gained > 0:
		return Minor
	}
	return Patch
}

func (d Difference) redefined() int { return d.Figures.redefined() + d.Changes.redefined() }

// reasons puts the difference in words: what was lost, what is another
// quantity, what was gained, what was revised.
func (d Difference) reasons(previous, next Content, sameQuantity bool) []string {
	words := d.lost(next)
	if !sameQuantity {
		words = append(words, "the definition means another quantity")
	}
	if n := d.redefined(); n > 0 {
		words = append(words, "the statistic or unit of "+refusal.Count(n, "row")+" changed")
	}
	words = append(words, extent("gained", d.Figures.Gained, previous.Figures)...)
	if len(d.Figures.Gained) == 0 && len(d.Changes.Gained) > 0 {
		words = append(words, "gained "+refusal.Count(len(d.Changes.Gained), "change")+" between sources")
	}
	words = slices.Concat(words, EvidenceTable.gained(d.Evidence), TargetsTable.gained(d.Targets), TrendsTable.gained(d.Trends), FunnelsTable.gained(d.Funnels))
	return slices.Concat(words, d.revisions(), d.withdrawn(), d.rewordings())
}

// withdrawn says what of the evidence, the targets, the trends and the funnels went or changed.
func (d Difference) withdrawn() []string {
	return slices.Concat(EvidenceTable.withdrawn(d.Evidence), TargetsTable.withdrawn(d.Targets), TrendsTable.withdrawn(d.Trends), FunnelsTable.withdrawn(d.Funnels))
}

// rewordings tells in one sentence how the words changed.
func (d Difference) rewordings() []string {
	switch len(d.Reworded) {
	case 0:
		return nil
	case 1:
		return []string{d.Reworded[0].String()}
	}
	return []string{fmt.Sprintf("%d words changed, the first: %s", len(d.Reworded), d.Reworded[0])}
}

func (d Difference) lost(next Content) []string {
	words := extent("lost", d.Figures.Lost, next.Figures)
	if len(d.Figures.Lost) == 0 && len(d.Changes.Lost) > 0 {
		words = append(words, "lost the change "+describe(d.Changes.Lost[0].Key, d.Changes.Lost[0].FromSource))
		if more := len(d.Changes.Lost) - 1; more > 0 {
			words[len(words)-1] += fmt.Sprintf(" and %d more", more)
		}
	}
	return words
}

// lostSources lists the sources of which next has no figure any more.
func (d Difference) lostSources(next Content) []codebook.SourceID {
	var lost []codebook.SourceID
	for _, f := range d.Figures.Lost {
		if !slices.Contains(lost, f.Source) && !slices.ContainsFunc(next.Figures, func(n Figure) bool { return n.Source == f.Source }) {
			lost = append(lost, f.Source)
		}
	}
	return lost
}

// revisions says what changed under keys that both releases have. Changes
// between waves follow from figures, and are listed where no figure changed.
func (d Difference) revisions() []string {
	if words := FiguresTable.largest(d.Figures, func(f Figure) float64 { return f.Value }); words != nil {
		return words
	}
	return ChangesTable.largest(d.Changes, func(c Change) float64 { return c.Change })
}

// FirstVersion is the version of an indicator that is published for the first
// time.
const FirstVersion = "1.0.0"

// NextVersion returns the version that follows previous after a change of a
// class. It panics on a version that is not major.minor.patch.
func NextVersion(previous string, class Class) string {
	if class == New {
		return FirstVersion
	}
	v, ok := parseVersion(previous)
	if !ok {
		panic(fmt.Sprintf("release: version %q, want major.minor.patch", previous))
	}
	switch class {
	case Unchanged:
	case Patch:
		v[2]++
	case Minor:
		v = [3]int{v[0], v[1] + 1, 0}
	case Major:
		v = [3]int{v[0] + 1, 0, 0}
	default:
		panic(fmt.Sprintf("release: no class %q", class))
	}
	return fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2])
}

func parseVersion(s string) (v [3]int, ok bool) {
	fields := strings.Split(s, ".")
	if len(fields) != 3 {
		return v, false
	}
	for i, field := range fields {
		n, err := strconv.Atoi(field)
		if err != nil || n < 0 || strconv.Itoa(n) != field {
			return v, false
		}
		v[i] = n
	}
	return v, v[0] > 0
}

// Follow fills in what a manifest says of its indicators' contents, and makes
// it the successor of previous, whose release.json has the given digest. For
// the first release previous is nil and digest is empty. The contents are by
// indicator and in canonical order. Identity and
// Files are left to who has their bytes.
func (m *Manifest) Follow(previous *Manifest, digest string, was, now map[string]Content) {
	m.Format, m.Previous = FormatName, digest
	slices.SortFunc(m.Indicators, func(a, b Indicator) int { return strings.Compare(a.ID, b.ID) })
	for i := range m.Indicators {
		x := &m.Indicators[i]
		content := now[x.ID]
		x.Figures, x.Withheld = len(content.Figures), content.Withheld()
		last := previous.Indicator(x.ID)
		if last == nil {
			x.Class, x.Version, x.Reason, x.Revision = New, FirstVersion, "", NotRevised
			continue
		}
		class, reasons := Classify(was[x.ID], content, last.Quantity == x.Quantity)
		x.Class, x.Version, x.Reason = class, NextVersion(last.Version, class), strings.Join(reasons, "; ")
		_, x.Revision = moves(previous, m, x.ID, was[x.ID], content)
	}
}

// Check returns every reason for which next may not follow previous, nil for
// the first release, as problems of kind Succession. A source or an indicator
// that was published stays; a key that was published stays as it was unless
// the manifest gives a reason. Made-up figures and real ones never share a
// store; an evaluation has none, and stands beside either.
func Check(previous, next *Manifest, was, now map[string]Content) error {
	var ps refusal.Problems
	refuse := func(where, format string, args ...any) {
		ps = append(ps, refusal.Problem{Kind: refusal.Succession, Where: where, What: fmt.Sprintf(format, args...)})
	}
	for _, s := range next.Sources {
		if s.Synthetic != next.Synthetic && s.Kind != Evaluation {
			refuse(string(s.ID), "source is %s in a release that is %s; made-up and real figures never share a store", kind(s.Synthetic), kind(next.Synthetic))
		}
	}
	if previous == nil {
		return ps.Err()
	}
	if previous.Synthetic != next.Synthetic {
		refuse("", "the store holds %s figures and this release has %s ones; publish it into a store of its own", kind(previous.Synthetic), kind(next.Synthetic))
		return ps.Err() // every figure differs, and saying so would hide why
	}
	for _, s := range previous.Sources {
		if next.Source(s.ID) == nil {
			refuse(string(s.ID), "source is in the previous release and not in this one; give its extract, or carry it over")
		}
	}
	for _, x := range previous.Indicators {
		if next.Indicator(x.ID) == nil {
			refuse(x.ID, "indicator is in the previous release and not in this one; a published series stays")
			continue
		}
		d := Compare(was[x.ID], now[x.ID])
		for _, id := range d.lostSources(now[x.ID]) {
			if next.Source(id) == nil {
				continue // said above, of the source
			}
			refuse(x.ID, "its figures for %s are in the previous release and none is in this one; a published series stays", id)
		}
		if strings.TrimSpace(next.Reason) != "" {
			continue
		}
		for _, what := range slices.Concat(d.lost(now[x.ID]), d.revisions(), d.withdrawn(), d.rewordings()) {
			refuse(x.ID, "%s; give --reason to publish a change", what)
		}
	}
	return ps.Err()
}

func kind(synthetic bool) string {
	if synthetic {
		return "synthetic"
	}
	return "real"
}
