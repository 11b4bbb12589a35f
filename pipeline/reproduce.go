package pipeline

import (
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ledger"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
)

// Printed are figures that somebody printed, and the waves that they may be of.
type Printed struct {
	Figures    []plan.Published
	Crosswalks func() ([]*codebook.Crosswalk, error)
}

// against is a release as printed figures are held against it.
func (p Printed) against(sources []release.Source, m *release.Manifest, content func(string) (release.Content, error), notices []release.Bearing) (ledger.Against, error) {
	crosswalks, err := p.Crosswalks()
	if err != nil {
		return ledger.Against{}, err
	}
	return ledger.Against{
		Sources: sources, Policy: m.Disclosure, Entry: m.Indicator, Content: content, Notices: notices,
		Told: func(list []release.Bearing) string { return report.NoticeMarks(release.Affecting(list)) },
		Fieldwork: func(id codebook.SourceID) (survey string, of codebook.Period) {
			for _, x := range crosswalks {
				if x.ID() == id {
					return x.Survey, x.Fieldwork
				}
			}
			return "", codebook.Period{}
		},
	}, nil
}

// of are the printed figures of an indicator.
func (p Printed) of(indicator string) []plan.Published {
	return slices.DeleteFunc(slices.Clone(p.Figures), func(f plan.Published) bool { return f.Indicator != indicator })
}

// beside holds the printed figures of an indicator against the content of a release, with
// every digit where that is given.
func (p Printed) beside(id string, m *release.Manifest, content release.Content, unrounded map[string]release.Content) ([]report.Published, error) {
	figures := p.of(id)
	if len(figures) == 0 {
		return nil, nil
	}
	a, err := p.against(m.Sources, m, func(string) (release.Content, error) { return content, nil }, nil)
	if err != nil {
		return nil, err
	}
	a.Unrounded = unrounded
	var all []report.Published
	for _, f := range figures {
		for _, s := range a.Beside(f) {
			r, err := a.Stand(f, s)
			if err != nil {
				return nil, err
			}
			all = append(all, report.NewPublished(f, s.ID, ledger.Status(r.Status)))
		}
	}
	return all, nil
}

// Beside holds the printed figures of an indicator against a release's content of it.
func (p Printed) Beside(r *publish.Release, id string, content release.Content) ([]report.Published, error) {
	if len(p.of(id)) == 0 {
		return nil, nil
	}
	unrounded, _, err := r.Restricted(id)
	if err != nil {
		return nil, err
	}
	return p.beside(id, r.Manifest, content, unrounded)
}

// Reproduce holds every printed figure against a release, with every digit where its
// restricted folder is here. Where there are extracts it computes from them what the
// release does not have of a table of one's own, and searches for what explains the
// differences; with no release it computes all.
func (p Printed) Reproduce(r *publish.Release, o Options) (ledger.Ledger, error) {
	a := ledger.Against{
		Fieldwork: func(codebook.SourceID) (string, codebook.Period) { return "", codebook.Period{} },
		Lacks:     func(f plan.Published) (ledger.Why, string) { return lacks(o.Catalogue, f) },
	}
	if r != nil {
		unrounded, sources, err := r.Restricted()
		if err != nil {
			return ledger.Ledger{}, err
		}
		read, err := r.Reading()
		if err != nil {
			return ledger.Ledger{}, err
		}
		notices, err := r.Bearings()
		if err != nil {
			return ledger.Ledger{}, err
		}
		of, err := p.against(sources, r.Manifest, read, notices)
		if err != nil {
			return ledger.Ledger{}, err
		}
		of.Unrounded, of.Lacks = unrounded, a.Lacks
		a = of
	}
	l, err := ledger.New(p.Figures, a)
	if err != nil || o.Extracts == "" {
		return l, err
	}
	s, err := newSearch(o)
	if err != nil {
		return l, err
	}
	if err := s.fill(p.Figures, &l); err != nil {
		return l, err
	}
	return l, s.explain(p.Figures, &l)
}

// public holds every printed figure against what a release shows, and no more, with the
// notices that bear on it.
func (p Printed) public(m *release.Manifest, read func(string) (release.Content, error), notices []release.Bearing, c *indicator.Catalogue) (ledger.Ledger, error) {
	if len(p.Figures) == 0 {
		return ledger.Ledger{}, nil
	}
	a, err := p.against(m.Sources, m, read, notices)
	if err != nil {
		return ledger.Ledger{}, err
	}
	a.Lacks = func(f plan.Published) (ledger.Why, string) { return lacks(c, f) }
	return ledger.New(p.Figures, a)
}

// lacking says which reason each thing that is not declared is.
var lacking = map[string]ledger.Why{
	indicator.UndeclaredIndicator: ledger.NoIndicator, indicator.UndeclaredItem: ledger.NoIndicator,
	indicator.UndeclaredSource: ledger.NoSource, indicator.UndeclaredSeries: ledger.NoSource,
}

// lacks says what the catalogue does not declare of a printed figure.
func lacks(c *indicator.Catalogue, f plan.Published) (why ledger.Why, needs string) {
	d := c.Definition(f.Indicator)
	if v, is := c.Codebook.Variables[f.Indicator]; is && v.Index(f.Item) >= 0 && (d == nil || !slices.Contains(d.ItemCodes(), f.Item)) {
		return ledger.NoExtract, "a share of a variable, which --extracts computes"
	}
	var words []string
	for _, u := range c.Undeclared(f) {
		of, known := lacking[u.Of]
		switch {
		case known && why != ledger.NoIndicator:
			why = of
		case why == "":
			why = ledger.NoDivision
		}
		words = append(words, u.String())
	}
	return why, strings.Join(words, ", ")
}
