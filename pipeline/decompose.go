package pipeline

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/disclose"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// A Mix asks what of the change of a figure between two waves is that its categories'
// figures changed, and what that their shares did.
type Mix struct {
	Indicator  string
	From, To   codebook.SourceID
	Population string   // "" for the first of the later wave that the release has
	Item       string   // "" for the only one
	By         []string // breakdowns; none for all that both waves have
}

// A Composition is the answer: the parts by each breakdown, the one by which the mix
// did most first.
type Composition struct {
	Rows      []release.Component
	Published *release.Change // of the release; nil where it has none
	Withheld  []string        // breakdowns of which a category is withheld, and which
}

// Decompose reads the extracts of two waves and divides a change (estimate.Decompose). It
// tells nothing by categories of which the release withholds one, or does not tell
// any: that is of kind Succession, where nothing else was asked for.
func Decompose(o Options, r *publish.Release, m Mix) (*Composition, error) {
	d, err := m.definition(o.Catalogue, r)
	if err != nil {
		return nil, err
	}
	content, err := r.Content(d.ID)
	if err != nil {
		return nil, err
	}
	if err := m.complete(d, content); err != nil {
		return nil, err
	}
	waves, err := m.read(o)
	if err != nil {
		return nil, err
	}
	return m.divide(o, r, d, content, waves)
}

// definition is that of the indicator, if its figures can be divided.
func (m *Mix) definition(c *indicator.Catalogue, r *publish.Release) (*indicator.Definition, error) {
	d := c.Definition(m.Indicator)
	refuse := func(format string, args ...any) error {
		return refusal.Problems{{Kind: refusal.Usage, What: fmt.Sprintf(format, args...)}}
	}
	switch {
	case d == nil || r.Manifest.Indicator(m.Indicator) == nil:
		return nil, refuse("release %s has no indicator %q%s", r.ID, m.Indicator, refusal.Nearest(m.Indicator, c.IDs()))
	case !estimate.Decomposes(d):
		return nil, refuse("%s is %s, want a proportion, a mean or a ratio that is not standardised: the figures of others are no averages of their categories'", d.ID, d.Statistic.Row().A)
	}
	for _, asked := range []struct {
		flag string
		id   codebook.SourceID
	}{{"--from", m.From}, {"--to", m.To}} {
		if c.Crosswalk(asked.id) == nil || r.Manifest.Source(asked.id) == nil {
			var ids []string
			for _, s := range r.Manifest.Sources {
				if s.Kind == release.Survey {
					ids = append(ids, string(s.ID))
				}
			}
			return nil, refuse("%s: release %s has no wave %q%s", asked.flag, r.ID, asked.id, refusal.Nearest(string(asked.id), ids))
		}
	}
	if m.From == m.To || c.Start(m.To) < c.Start(m.From) {
		return nil, refuse("--from %s --to %s: want the earlier wave first", m.From, m.To)
	}
	if b, broken := d.Break(m.From, m.To, c.Start); broken {
		return nil, refusal.Problems{{Kind: refusal.Data, Where: d.File(), What: fmt.Sprintf("figures of %s and %s are not comparable: %s", m.From, m.To, b.Reason)}}
	}
	return d, nil
}

// complete finds the population and the item, which the release has of both waves.
func (m *Mix) complete(d *indicator.Definition, content release.Content) error {
	choose := func(flag string, to *string, of func(indicator.Key) string, order []string) error {
		var has []string
		for _, code := range order {
			in := func(id codebook.SourceID) bool {
				return slices.ContainsFunc(content.Figures, func(f release.Figure) bool { return f.Source == id && of(f.Key) == code })
			}
			if in(m.From) && in(m.To) {
				has = append(has, code)
			}
		}
		switch {
		case len(has) == 0:
			return refusal.Problems{{Kind: refusal.Data, Where: d.ID, What: fmt.Sprintf("%s and %s have no figure of the same %s", m.From, m.To, strings.TrimPrefix(flag, "--"))}}
		case *to == "" && flag == "--item" && len(has) > 1:
			return refusal.Problems{{Kind: refusal.Usage, Where: flag, What: d.ID + " has several items", Hint: "item can be " + strings.Join(has, ", ")}}
		case *to == "":
			*to = has[0]
		case !slices.Contains(has, *to):
			return refusal.Problems{{Kind: refusal.Usage, Where: flag, What: fmt.Sprintf("no figure of %q%s", *to, refusal.Nearest(*to, has)), Hint: strings.TrimPrefix(flag, "--") + " can be " + strings.Join(has, ", ")}}
		}
		return nil
	}
	words := content.Words.Indicator
	if err := choose("--population", &m.Population, func(k indicator.Key) string { return k.Population }, words.Populations); err != nil {
		return err
	}
	return choose("--item", &m.Item, func(k indicator.Key) string { return k.Item }, words.Items)
}

// read reads, harmonises and weighs the two waves.
func (m *Mix) read(o Options) ([2]*indicator.Wave, error) {
	var waves [2]*indicator.Wave
	o.Progress = o.progress()
	found, ps := ingest.Find(o.Extracts, o.Catalogue.Crosswalks)
	found = slices.DeleteFunc(found, func(f ingest.Found) bool { id := f.Crosswalk.ID(); return id != m.From && id != m.To })
	for i, id := range []codebook.SourceID{m.From, m.To} {
		at := slices.IndexFunc(found, func(f ingest.Found) bool { return f.Crosswalk.ID() == id })
		if at < 0 {
			ps.Add(o.Extracts, "no extract of %s, want it in the folder %s", id, id)
			continue
		}
		h := harvest{crosswalk: found[at].Crosswalk}
		name := "read " + string(id)
		problems := h.read(o, found[at], func(done, total int64) { o.Progress(Step{name, done, total}) })
		if ps = append(ps, problems...); problems == nil {
			o.Progress(Step{name, h.extract.Bytes, h.extract.Bytes})
			waves[i] = h.result.Wave
		}
	}
	return waves, ps.Err()
}

// divide divides the change by every breakdown that is asked for.
func (m *Mix) divide(o Options, r *publish.Release, d *indicator.Definition, content release.Content, waves [2]*indicator.Wave) (*Composition, error) {
	c := o.Catalogue
	item := d.Figures()[slices.IndexFunc(d.Figures(), func(i indicator.Item) bool { return i.ID == m.Item })]
	var populations [2]codebook.Population
	for i, w := range waves {
		for _, p := range w.Crosswalk.Populations {
			if p.ID == m.Population {
				populations[i] = p
			}
		}
	}
	var overlap *estimate.Overlap
	if waves[1].Crosswalk.SharesPSUs(m.From) {
		var ps refusal.Problems
		if overlap, ps = estimate.NewOverlap(waves[0], waves[1]); ps != nil {
			return nil, ps.Err()
		}
	}
	made := &Composition{}
	for i, ch := range content.Changes {
		if ch.FromSource == m.From && ch.Source == m.To && ch.Population == m.Population && ch.Item == m.Item && ch.Breakdown == codebook.All {
			made.Published = &content.Changes[i]
		}
	}
	asked := m.By
	if asked == nil {
		asked = d.By(c.Codebook)
	}
	var ps refusal.Problems
	var divided [][]release.Component
	for _, breakdown := range asked {
		by := indicator.Crossed(breakdown)
		absent := slices.Concat(waves[0].Absent(by), waves[1].Absent(by))
		if len(absent) > 0 && m.By == nil {
			continue
		}
		if len(absent) > 0 {
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: "--by " + breakdown, What: "not both waves have " + absent[0], Hint: "by can be " + strings.Join(d.By(c.Codebook), ", ")})
			continue
		}
		found := estimate.Decompose(c.Codebook, d, item, by, waves, populations, overlap)
		if why := m.withheld(r, content, breakdown, found); why != "" {
			made.Withheld = append(made.Withheld, breakdown+": "+why)
			ps = append(ps, refusal.Problem{Kind: refusal.Succession, Where: "--by " + breakdown, What: why, Hint: "divide by a breakdown of which the release withholds no category"})
			continue
		}
		rows := m.components(d, d.Unit(c.Codebook), breakdown, waves, found)
		divided = append(divided, rows)
	}
	if len(divided) == 0 {
		if len(ps) == 0 {
			ps.Add(d.ID, "%s and %s have no breakdown in common", m.From, m.To)
		}
		return nil, ps.Err()
	}
	if len(m.By) > 0 && len(ps) > 0 { // each was asked for
		return nil, ps.Err()
	}
	slices.SortStableFunc(divided, func(a, b []release.Component) int { return -cmp.Compare(math.Abs(a[2].Value), math.Abs(b[2].Value)) })
	made.Rows = slices.Concat(divided...)
	disclose.RoundComponents(r.Manifest.Disclosure, d, made.Rows)
	return made, nil
}

// withheld says which category of a breakdown the release withholds in one of the
// waves, or that it has none of them; "" where all are told.
func (m *Mix) withheld(r *publish.Release, content release.Content, breakdown string, found *estimate.Decomposition) string {
	policy := r.Manifest.Disclosure
	if policy.Without() {
		return ""
	}
	for g, code := range found.Codes {
		for i, id := range []codebook.SourceID{m.From, m.To} {
			group := found.Groups[i][g]
			if group.Answered == 0 {
				continue
			}
			key := indicator.Key{Indicator: m.Indicator, Source: id, Population: m.Population, Breakdown: breakdown, Category: code, Item: m.Item}
			at := slices.IndexFunc(content.Figures, func(f release.Figure) bool { return f.Key == key })
			e := indicator.Estimate{Key: key, Base: group.Answered, Groups: indicator.Groups{group}}
			switch {
			case at < 0:
				return fmt.Sprintf("release %s has no figure of %s in %s, so that nobody decided what of it may be told", r.ID, code, id)
			case content.Figures[at].Status != "" || content.Figures[at].Base == release.Withheld || len(disclose.Alone(policy, &e)) > 0:
				return fmt.Sprintf("release %s withholds %s in %s, which its part of the change would tell", r.ID, code, id)
			}
		}
	}
	return ""
}

// components are the rows of a decomposition: the whole, the two sums, and both parts of
// each category.
func (m *Mix) components(d *indicator.Definition, unit, breakdown string, waves [2]*indicator.Wave, found *estimate.Decomposition) []release.Component {
	row := d.Statistic.Row()
	var notes indicator.Notes
	if link := found.Link; link.Method != "" {
		notes.Add(indicator.Note{Code: indicator.Overlap, Args: []string{fmt.Sprint(link.Linked), link.Method, strconv.FormatFloat(indicator.Round(link.Correlation, 2), 'f', 2, 64)}})
	}
	for _, w := range waves {
		if w.Synthetic {
			notes.Add(indicator.Note{Code: indicator.Synthetic})
		}
	}
	nan := math.NaN()
	add := func(category, part string, of estimate.Part, shares, figures [2]float64) release.Component {
		return release.NewComponent(release.Component{
			Key:        indicator.Key{Indicator: d.ID, Source: m.To, Population: m.Population, Breakdown: breakdown, Category: category, Item: m.Item},
			FromSource: m.From, Part: part, Statistic: string(d.Statistic), Unit: row.UnitOfChange(unit), Shares: shares, Figures: figures, Notes: notes.String(),
		}, of.Value, of.SE, found.DF)
	}
	none := [2]float64{nan, nan}
	rows := []release.Component{add(codebook.All, release.PartChange, found.Change, none, none), add(codebook.All, release.PartWithin, found.Within, none, none), add(codebook.All, release.PartBetween, found.Between, none, none)}
	for g, code := range found.Codes {
		shares, figures := [2]float64{found.Shares[0][g], found.Shares[1][g]}, [2]float64{found.Rates[0][g], found.Rates[1][g]}
		rows = append(rows, add(code, release.PartWithin, found.Each[g][0], shares, figures), add(code, release.PartBetween, found.Each[g][1], shares, figures))
	}
	return rows
}
