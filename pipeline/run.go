package pipeline

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/compare"
	"togetherwecan/pipeline/disclose"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
)

// Run takes every extract to a release: it reads, harmonises, estimates,
// discloses and publishes. Waves of the current release that have no extract
// in this run are carried over from it. Where the content of no indicator
// changes, nothing is published. Every problem that a step finds is reported;
// a run that is refused leaves the store as it was.
func Run(o Options) (*Outcome, error) {
	if _, err := time.Parse(time.DateOnly, o.Issued); err != nil {
		return nil, refusal.Problems{{Kind: refusal.Usage, Where: "--issued", What: fmt.Sprintf("%q is not a date, want YYYY-MM-DD", o.Issued)}}
	}
	if inside(o.Store, o.Extracts) {
		return nil, refusal.Problems{{
			Kind: refusal.Usage, Where: "--store", What: "the store is inside the folder of extracts, want it elsewhere: its folders would be read as surveys",
		}}
	}
	store, err := publish.Open(o.Store)
	if err != nil {
		return nil, err
	}
	end, err := o.begin(store)
	if err != nil {
		return nil, err
	}
	defer end()
	if err := store.Allows(o.Keys); err != nil {
		return nil, err
	}
	s, pack, lacks, err := o.compose(store)
	if err != nil {
		return nil, err
	}
	if o.DryRun {
		return s.rehearse(&pack)
	}
	previous := s.previous
	progress := o.progress()
	progress(Step{"publish", 0, 1})
	if err := store.Prepare(&pack); err != nil {
		return nil, err
	}
	out := &Outcome{Manifest: &pack.Manifest, Labels: pack.Labels, Lost: s.lost, Lacks: lacks, Statuses: map[string]int{}}
	out.Sources, out.Carried = s.sources(), release.Unconfirmed(s.carried, o.Catalogue)
	for _, x := range pack.Indicators {
		out.Large = append(out.Large, release.Large(x.Content.Changes, out.Sources)...)
		for _, f := range x.Content.Figures {
			out.Statuses[f.Status]++
		}
	}
	if out.Notices, err = openNotices(store, previous, &pack); err != nil {
		return nil, err
	}
	if previous != nil && pack.Manifest.Unchanged() {
		m := *previous.Manifest
		m.Sources = s.before
		out.Release, out.Manifest = previous.ID, &m
	} else {
		if out.Release, err = store.Publish(o.Issued, pack); err != nil {
			return nil, err
		}
		out.Published = true
	}
	out.Folder = "releases/" + out.Release
	err = vouch(store, out, o.Keys)
	progress(Step{"publish", 1, 1})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// begin takes the store for a run. A dry run leaves it as it is, and wants it at rest.
func (o Options) begin(store *publish.Store) (end func(), err error) {
	if o.DryRun {
		return func() {}, store.AtRest()
	}
	return store.Begin(o.Wait, func() { o.progress()(Step{"wait for another run to end", 0, 1}) })
}

// rehearse says what a package would publish beside the current release, and with it
// why it may not follow.
func (s *succession) rehearse(p *publish.Package) (*Outcome, error) {
	refused := s.store.Prepare(p)
	if p.Manifest.Format == "" { // it is no package yet
		return nil, refused
	}
	to := release.Side{Manifest: &p.Manifest, Contents: map[string]release.Content{}}
	for _, x := range p.Indicators {
		to.Contents[x.ID] = x.Content
	}
	from := release.Side{Manifest: &release.Manifest{}}
	if s.previous != nil {
		var err error
		if from, err = side(s.previous); err != nil {
			return nil, err
		}
	}
	if refused == nil && !p.Manifest.Unchanged() {
		to.ID, refused = s.store.NextID(s.Issued)
	}
	notices, err := openNotices(s.store, s.previous, p)
	if err != nil {
		return nil, err
	}
	return &Outcome{Manifest: &p.Manifest, Labels: p.Labels, Notices: notices, Diff: release.NewDiff(from, to, nil)}, refused
}

// compose reads, estimates, compares and discloses all that a release has which follows
// the current one of the store, and lists what could not be computed.
func (o Options) compose(store *publish.Store) (*succession, publish.Package, []indicator.Lack, error) {
	none := publish.Package{}
	previous, err := store.Current()
	if err != nil {
		return nil, none, nil, err
	}
	var lost *publish.Lost
	if previous != nil {
		if lost, err = previous.Lost(o.Key); err != nil {
			return nil, none, nil, err
		}
	}
	if o.Key, err = store.Key(o.Key); err != nil {
		return nil, none, nil, err
	}
	pattern, held, err := o.follow(previous)
	if err != nil {
		return nil, none, nil, err
	}
	g, err := gather(o, true)
	if err != nil {
		return nil, none, nil, err
	}
	s := &succession{Options: o, gathering: g, previous: previous, store: store}
	s.lost, s.pattern, s.held = lost, pattern, held
	if previous != nil {
		if s.unrounded, s.before, err = previous.Restricted(); err != nil {
			return nil, none, nil, err
		}
	}
	if err := s.carry(); err != nil {
		return nil, none, nil, err
	}
	figures, lacks := g.figures(o.Catalogue)
	s.known = g.links(o.Catalogue)
	pack, lacking, err := s.pack(figures)
	return s, pack, append(lacks, lacking...), err
}

// inside says whether a path is a folder or below it.
func inside(path, folder string) bool {
	path, err1 := filepath.Abs(path)
	folder, err2 := filepath.Abs(folder)
	below, err3 := filepath.Rel(folder, path)
	return err1 == nil && err2 == nil && err3 == nil && filepath.IsLocal(below)
}

// A succession makes a release that follows another: it carries sources over,
// extends each indicator by the figures of this run, compares, and describes.
type succession struct {
	Options
	*gathering
	store    *publish.Store
	previous *publish.Release // nil for the first
	// What is known of it beyond what it published: its content with every digit, nil
	// where that is not there, and its sources.
	unrounded map[string]release.Content
	before    []release.Source
	carried   []release.Source // from the previous release
	all       []release.Source // read, declared and carried over
	known     indicator.Links  // of the waves of this run
	lost      *publish.Lost    // what is not here of the previous release
	pattern   string           // digest of the release whose withheld cells a first one holds
	held      map[string]release.Content
}

// follow reads the release whose withheld cells the store's first one holds, if it is
// asked to: its digest and what it holds. A later one holds those of the release before
// it.
func (o Options) follow(previous *publish.Release) (digest string, held map[string]release.Content, err error) {
	if o.Pattern == "" {
		return "", nil, nil
	}
	wrong := func(what, hint string) error {
		return refusal.Problems{{Kind: refusal.Usage, Where: "--pattern " + o.Pattern, What: what, Hint: hint}}
	}
	folder := filepath.Clean(o.Pattern)
	switch {
	case previous != nil:
		return "", nil, wrong("the store has releases, and what the last one withholds stays withheld", "leave it out, or publish into a new store")
	case filepath.Base(filepath.Dir(folder)) != "releases":
		return "", nil, wrong("is no release of a store", "name its folder, as in store/releases/2003-11-20.1")
	}
	store, err := publish.Open(filepath.Dir(filepath.Dir(folder)))
	if err != nil {
		return "", nil, err
	}
	r, err := store.Release(filepath.Base(folder))
	if err != nil {
		return "", nil, err
	}
	held, err = r.Contents()
	return r.Digest, held, err
}

// manifest is that of the previous release, nil for the first.
func (s *succession) manifest() *release.Manifest {
	if s.previous == nil {
		return nil
	}
	return s.previous.Manifest
}

// carry decides which sources are carried over, or refuses to.
func (s *succession) carry() error {
	now := s.sources()
	ps := release.Distinct(now, s.manifest())
	for _, e := range s.Catalogue.Evaluations {
		source := release.EvaluationSource(e, len(release.EvidenceOf(e)))
		source.Files[0] = source.Files[0].Sealed(s.Key)
		now = append(now, source)
	}
	carried, problems := release.Carry(s.manifest(), s.Catalogue, now)
	for i := range carried {
		for _, full := range s.before {
			if full.ID == carried[i].ID {
				full.Carried = true
				carried[i] = full
			}
		}
	}
	s.carried, s.all = carried, slices.Concat(carried, now)
	slices.SortFunc(s.all, release.Source.Compare)
	ps = append(ps, release.Gaps(s.Catalogue, s.all)...)
	return append(ps, problems...).Err()
}

// pack makes the release's package from the figures of this run and those
// that are carried over, and lists what carried sources lack.
func (s *succession) pack(figures map[string][]release.Figure) (publish.Package, []indicator.Lack, error) {
	p := publish.Package{Key: s.Key, Manifest: release.Manifest{
		Reason: s.Reason, Synthetic: s.sources()[0].Synthetic, Code: Code(), Sources: s.all, Disclosure: s.Catalogue.Disclosure, Pattern: s.pattern, Again: s.Catalogue.Again,
	}}
	var last map[string]release.Content // as published
	if s.previous != nil {
		var err error
		if last, err = s.previous.Contents(); err != nil {
			return p, nil, err
		}
	}
	definitions := s.Catalogue.Definitions
	entries, lacking := make([]release.Indicator, len(definitions)), make([][]indicator.Lack, len(definitions))
	contents, problems := make([]release.Content, len(definitions)), make([]refusal.Problems, len(definitions))
	given := make([]bool, len(definitions))
	parallel(len(definitions), func(i int) {
		d := definitions[i]
		rows := figures[d.ID]
		entries[i], lacking[i] = s.extend(d, rows)
		// Where no source gives it, its lacks say why.
		if given[i] = len(rows) > 0 || s.manifest().Indicator(d.ID) != nil; given[i] {
			before := s.unrounded[d.ID]
			if s.unrounded == nil {
				before = last[d.ID]
				before.Figures = release.AsPublished(before.Figures)
			}
			if kept := s.keep(before.Figures); len(kept) > 0 {
				rows = append(kept, rows...)
			}
			contents[i], problems[i] = s.compare(d, rows, before.Changes)
		}
	})
	lacks, ps := slices.Concat(lacking...), slices.Concat(problems...)
	for i, d := range definitions {
		if given[i] {
			p.Manifest.Indicators = append(p.Manifest.Indicators, entries[i])
			p.Indicators = append(p.Indicators, publish.Indicator{ID: d.ID, Definition: d.Text(), Content: contents[i]})
		}
	}
	for _, e := range s.Catalogue.Evaluations {
		p.Manifest.Indicators = append(p.Manifest.Indicators, release.EvaluationEntry(e))
		p.Indicators = append(p.Indicators, publish.Indicator{ID: e.ID, Definition: e.Text(), Content: release.Content{Evidence: release.EvidenceOf(e)}})
	}
	if err := ps.Err(); err != nil {
		return p, lacks, err
	}
	return p, lacks, s.finish(&p, last)
}

// finish keeps all rows of a package as they are for who may see them, discloses
// them at once, beside those of the last release, rounds what is left and describes
// it.
func (s *succession) finish(p *publish.Package, last map[string]release.Content) error {
	rows, contents := map[string]*release.Content{}, map[string]release.Content{}
	p.Restricted = map[string][]byte{}
	release.RestrictSources(s.all, p.Restricted)
	for i := range p.Indicators {
		id, c := p.Indicators[i].ID, &p.Indicators[i].Content
		rows[id] = c
		d := s.Catalogue.Definition(id)
		if d == nil { // an evaluation
			continue
		}
		whole := *c
		c.Figures, c.Changes = slices.Clone(c.Figures), slices.Clone(c.Changes)
		compare.Adjust(whole.Changes)
		whole.Restricted(id, p.Restricted)
		c.Resume(last[id], s.carries)
		disclose.Low(s.Catalogue.Disclosure, d, c.Figures)
	}
	if err := s.moved(rows, last); err != nil {
		return err
	}
	held := last
	if s.pattern != "" {
		held = s.held
	}
	account := disclose.Apply(s.Catalogue.Disclosure, disclose.Release{
		Indicators: rows, Last: held, Carried: s.carries, Links: links(s.Catalogue),
		Again: func(k indicator.Key) bool {
			return slices.ContainsFunc(s.Catalogue.Again, func(a indicator.Again) bool { return a.Of(k) })
		},
	})
	if err := account.Problems(); err != nil {
		return err
	}
	p.Manifest.Audit = account.Audit
	release.RestrictBounds(account.Bounds, p.Restricted)
	parallel(len(p.Indicators), func(i int) {
		c := &p.Indicators[i].Content
		compare.Adjust(c.Changes)
		if d := s.Catalogue.Definition(p.Indicators[i].ID); d != nil {
			c.Targets, c.Trends, c.Funnels = compare.Targets(d, *c), compare.Trends(d, *c, s.Catalogue.Start), compare.Funnels(d, *c)
			disclose.Round(s.Catalogue.Disclosure, d, c)
			c.Stand(last[d.ID], s.carries)
			if s.unrounded == nil {
				c.StandAlike(last[d.ID])
			}
		}
	})
	for id, c := range rows {
		if s.Catalogue.Disclosure.Without() {
			disclose.Mark(c)
		}
		contents[id] = *c
	}
	var words *release.Labels
	if s.previous != nil {
		words = s.previous.Labels
	}
	p.Labels = release.Describe(s.Catalogue, s.all, contents, words, report.Meaning)
	return nil
}

// moved refuses sources whose figures differ from earlier ones by few respondents. A
// source with the figures of the last release was held against those before it then.
func (s *succession) moved(now map[string]*release.Content, last map[string]release.Content) error {
	policy := s.Catalogue.Disclosure
	if s.previous == nil || policy.Without() {
		return nil
	}
	before := exactly(last, s.unrounded)
	revised := func(id codebook.SourceID) bool { return !s.carries(id) && disclose.Revised(policy, id, now, before) }
	changed := map[codebook.SourceID]bool{}
	for _, source := range s.all {
		changed[source.ID] = revised(source.ID)
	}
	if !slices.Contains(slices.Collect(maps.Values(changed)), true) {
		return nil
	}
	ids, err := s.store.Releases()
	if err != nil {
		return err
	}
	for _, id := range ids {
		r, err := s.store.Release(id)
		if err != nil {
			return err
		}
		earlier, err := r.Contents()
		if err != nil {
			return err
		}
		known, _, err := r.Restricted()
		if err != nil {
			return err
		}
		earlier = exactly(earlier, known)
		if ps := disclose.Moved(policy, now, earlier, id, func(id codebook.SourceID) bool { return changed[id] }); ps != nil {
			return ps
		}
	}
	return nil
}

// exactly gives the figures that a release published with every digit, and with the
// groups of their bases, where its restricted folder has them.
func exactly(published, known map[string]release.Content) map[string]release.Content {
	if known == nil {
		return published
	}
	exact := map[string]release.Content{}
	for id, was := range published {
		c := release.Content{Figures: slices.Clone(known[id].Figures)}
		c.Resume(was, func(codebook.SourceID) bool { return true })
		exact[id] = c
	}
	return exact
}

// carries says whether the rows of a source are carried over.
func (s *succession) carries(id codebook.SourceID) bool {
	return slices.ContainsFunc(s.carried, func(source release.Source) bool { return source.ID == id })
}

// extend makes the manifest's entry of an indicator: what the figures of each
// source rest on. It lists what the carried sources that have none lack.
func (s *succession) extend(d *indicator.Definition, figures []release.Figure) (release.Indicator, []indicator.Lack) {
	entry := release.Indicator{ID: d.ID, Decimals: d.Places(), Quantity: d.Quantity(s.Catalogue.Codebook), Lineage: map[codebook.SourceID]string{}}
	var lacks []indicator.Lack
	was := s.manifest().Indicator(d.ID)
	for _, source := range s.carried {
		if was != nil && was.Lineage[source.ID] != "" {
			entry.Lineage[source.ID] = was.Lineage[source.ID]
		} else if needs := release.Lacks(s.Catalogue, d, source.ID); len(needs) > 0 {
			lacks = append(lacks, indicator.Lack{Source: source.ID, Indicator: d.ID, Item: codebook.All, Needs: needs})
		}
	}
	has := map[codebook.SourceID]bool{}
	for i := range figures {
		if i == 0 || figures[i].Source != figures[i-1].Source {
			has[figures[i].Source] = true
		}
	}
	for _, h := range s.harvests {
		if id := h.crosswalk.ID(); has[id] {
			entry.Lineage[id] = d.Lineage(s.Catalogue.Codebook, h.crosswalk)
		}
	}
	for _, f := range s.filings {
		if id := f.source.ID; has[id] {
			entry.Lineage[id] = s.Catalogue.Lineage(d, id)
		}
	}
	return entry, lacks
}

// compare gives an indicator's figures their changes; published are those of
// the previous release.
func (s *succession) compare(d *indicator.Definition, figures []release.Figure, published []release.Change) (release.Content, refusal.Problems) {
	if len(s.carried) == 0 {
		published = nil // every change is made anew
	}
	known := compare.Known{Catalogue: s.Catalogue, Links: s.known, Published: published}
	c := release.Content{Figures: figures}
	c.Changes = compare.Changes(d, figures, release.Freedom(s.all), known.Link, s.Catalogue.Start)
	c.Sort()
	ps := release.Mended(d, known.Broken, s.Catalogue.Start)
	if d.Tabled != nil {
		ps = append(ps, compare.Leaps(d, figures, s.Catalogue.Start)...)
	}
	return c, ps
}

// keep returns the figures of carried sources.
func (s *succession) keep(old []release.Figure) []release.Figure {
	var kept []release.Figure
	for _, f := range old {
		if s.carries(f.Source) {
			kept = append(kept, f)
		}
	}
	return kept
}
