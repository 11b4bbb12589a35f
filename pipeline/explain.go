package pipeline

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/disclose"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// A Why asks why the figures of an indicator moved from one release to another. What
// the releases computed is in their restricted folders; where both the data and the
// definition of a source are others, the extracts of the releases tell them apart.
type Why struct {
	Indicator string
	From, To  *publish.Release
	Catalogue *indicator.Catalogue // of To
	Before    *indicator.Catalogue // of From; nil for Catalogue with the definition that From sealed
	Extracts  string               // those of To; "" for none
	Earlier   string               // those of From; "" for none
	Wanted    func(indicator.Key) bool
}

// Explain apportions each figure that both releases have and that moved. Extracts and
// catalogues that are not those of the releases are refused.
func Explain(o Options, w Why) ([]release.Attribution, error) {
	d, err := Diff(w.From, w.To, []string{w.Indicator})
	if err != nil {
		return nil, err
	}
	var rows []release.Attribution
	e := &explanation{options: o, Why: w}
	if err := e.begin(); err != nil {
		return nil, err
	}
	for _, m := range d.Indicators[0].Moves {
		if m.Table != "figures" || m.Event != release.Shifted && m.Event != release.Rounded || !w.Wanted(m.Of) {
			continue
		}
		x := e.counterfactual(m.Of)
		row := release.Apportion(x, func(v float64) float64 {
			return disclose.Rounded(w.To.Manifest.Disclosure, e.definitions[1], m.Statistic, v)
		})
		row.Key, row.Unit = m.Of, m.Unit
		rows = append(rows, row)
	}
	return rows, nil
}

// An explanation is what is known of both releases.
type explanation struct {
	Why
	options     Options
	entries     [2]*release.Indicator
	published   [2]map[indicator.Key]release.Figure
	computed    [2]map[indicator.Key]release.Figure
	definitions [2]*indicator.Definition
	catalogues  [2]*indicator.Catalogue
	given       [2][2]map[indicator.Key]release.Figure // [data][definition]
}

func (e *explanation) begin() error {
	releases := [2]*publish.Release{e.From, e.To}
	for i, r := range releases {
		if e.entries[i] = r.Manifest.Indicator(e.Indicator); e.entries[i] == nil {
			return refusal.Problems{{Kind: refusal.Usage, What: fmt.Sprintf("release %s has no indicator %q", r.ID, e.Indicator)}}
		}
		content, err := r.Content(e.Indicator)
		if err != nil {
			return err
		}
		e.published[i] = byKey(content.Figures)
		known, _, err := r.Restricted(e.Indicator)
		if err != nil {
			return err
		}
		if e.computed[i] = byKey(known[e.Indicator].Figures); known == nil {
			e.computed[i] = e.published[i]
		}
	}
	if err := e.define(); err != nil {
		return err
	}
	for data, folder := range []string{e.Earlier, e.Extracts} {
		if folder == "" {
			continue
		}
		for definition := range e.catalogues {
			if definition == 1 && e.Before == nil && e.entries[0].Definition == e.entries[1].Definition {
				e.given[data][1] = e.given[data][0]
				continue
			}
			figures, err := e.rerun(releases[data], folder, e.catalogues[definition])
			if err != nil {
				return err
			}
			e.given[data][definition] = figures
		}
	}
	return nil
}

// define finds the definitions of both releases, each with the catalogue that it is of.
func (e *explanation) define() error {
	before := e.Before
	if before == nil {
		before = e.Catalogue
	}
	e.catalogues = [2]*indicator.Catalogue{before, e.Catalogue}
	for i, r := range []*publish.Release{e.From, e.To} {
		c := *e.catalogues[i]
		d := c.Definition(e.Indicator)
		if i == 0 && e.Before == nil && (d == nil || d.Tabled == nil) {
			text, err := r.Definition(e.Indicator)
			if err != nil {
				return err
			}
			var ps refusal.Problems
			if d, ps = indicator.Parse(codebook.NewPage("definitions/"+e.Indicator+".yaml", text), c.Codebook); ps != nil {
				return fmt.Errorf("the definition that release %s sealed: %w", r.ID, ps.Err())
			}
		}
		if d == nil {
			return refusal.Problems{{Kind: refusal.Usage, What: fmt.Sprintf("the catalogue has no indicator %q", e.Indicator)}}
		}
		c.Definitions = []*indicator.Definition{d}
		e.definitions[i], e.catalogues[i] = d, &c
	}
	if e.Extracts == "" && e.Earlier == "" {
		return nil // no catalogue is asked
	}
	for i, r := range []*publish.Release{e.From, e.To} {
		for _, id := range slices.Sorted(maps.Keys(e.entries[i].Lineage)) {
			if e.catalogues[i].Lineage(e.definitions[i], id) == e.entries[i].Lineage[id] {
				continue
			}
			hint := "give the catalogue that release " + r.ID + " was made by: --was-catalogue DIR"
			if i == 1 {
				hint = "give the catalogue that release " + r.ID + " was made by: --catalogue DIR"
			}
			return refusal.Problems{{Kind: refusal.Data, Where: e.definitions[i].File(), What: fmt.Sprintf("the figures of %s in release %s rest on another catalogue", id, r.ID), Hint: hint}}
		}
	}
	return nil
}

// rerun gives the indicator's figures of a release's extracts by a catalogue, which
// are held against the release where its key is at hand.
func (e *explanation) rerun(r *publish.Release, folder string, c *indicator.Catalogue) (map[indicator.Key]release.Figure, error) {
	o := e.options
	o.Catalogue, o.Extracts = c, folder
	key, err := r.Key()
	if err != nil {
		return nil, err
	}
	o.Key = key
	g, err := gather(o, true)
	if err != nil {
		return nil, err
	}
	var ps refusal.Problems
	for _, s := range g.sources() {
		was := r.Manifest.Source(s.ID)
		if key == nil || was == nil || len(was.Files) != len(s.Files) {
			continue
		}
		for i, f := range s.Files {
			if f.Digest != was.Files[i].Digest {
				ps.AddHint("give the folder of the extracts that the release was made of", folder+": "+string(s.ID), "%s is another file than release %s was made of", f.Name, r.ID)
			}
		}
	}
	figures, _ := g.figures(c)
	return byKey(figures[e.Indicator]), ps.Err()
}

func byKey(figures []release.Figure) map[indicator.Key]release.Figure {
	made := map[indicator.Key]release.Figure{}
	for _, f := range figures {
		made[f.Key] = f
	}
	return made
}

// counterfactual is what is known of a figure.
func (e *explanation) counterfactual(key indicator.Key) release.Counterfactual {
	value := func(of map[indicator.Key]release.Figure) float64 {
		if f, has := of[key]; has && f.Status == "" {
			return f.Value
		}
		return math.NaN()
	}
	var x release.Counterfactual
	for i := range e.published {
		x.Published[i], x.Computed[i] = value(e.published[i]), value(e.computed[i])
		for k := range e.given[i] {
			x.Given[i][k] = value(e.given[i][k])
		}
	}
	was, now := e.From.Manifest.Source(key.Source), e.To.Manifest.Source(key.Source)
	x.Same.Data = release.SameFiles(was, now)
	x.Same.Definition = e.entries[0].Lineage[key.Source] == e.entries[1].Lineage[key.Source]
	x.Same.Program = e.From.Manifest.Code == e.To.Manifest.Code
	if x.Same.Data {
		x.Given[0], x.Given[1] = both(x.Given[0], x.Given[1])
	}
	return x
}

// both are two rows of which each knows what the other does.
func both(a, b [2]float64) (first, second [2]float64) {
	for k := range a {
		if math.IsNaN(a[k]) {
			a[k] = b[k]
		}
	}
	return a, a
}
