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
	if err := store.Recover(); err != nil {
		return nil, err
	}
	previous, err := store.Current()
	if err != nil {
		return nil, err
	}
	harvests, err := gather(o, true)
	if err != nil {
		return nil, err
	}
	s := &succession{Options: o, harvests: harvests, previous: previous}
	if err := oneWave(harvests, s.manifest()); err != nil {
		return nil, err
	}
	if err := s.carry(); err != nil {
		return nil, err
	}
	figures, lacks := figuresOf(o, harvests)
	s.links = linkAll(o, harvests)
	pack, lacking, err := s.pack(figures)
	if err != nil {
		return nil, err
	}
	progress := o.progress()
	progress(Step{"publish", 0, 1})
	if err := store.Prepare(&pack); err != nil {
		return nil, err
	}
	out := &Outcome{Manifest: &pack.Manifest, Labels: pack.Labels, Absent: map[codebook.SourceID][]string{}, Lacks: append(lacks, lacking...), Statuses: map[string]int{}}
	for _, h := range harvests {
		out.Sources = append(out.Sources, h.source)
		out.Absent[h.crosswalk.ID()] = h.result.Absent
	}
	for _, x := range pack.Indicators {
		for _, f := range x.Content.Figures {
			out.Statuses[f.Status]++
		}
	}
	if previous != nil && pack.Manifest.Unchanged() {
		out.Release, out.Manifest = previous.ID, previous.Manifest
	} else {
		if out.Release, err = store.Publish(o.Issued, pack); err != nil {
			return nil, err
		}
		out.Published = true
	}
	out.Folder = "releases/" + out.Release
	progress(Step{"publish", 1, 1})
	return out, nil
}

// inside says whether a path is a folder or below it.
func inside(path, folder string) bool {
	path, err1 := filepath.Abs(path)
	folder, err2 := filepath.Abs(folder)
	below, err3 := filepath.Rel(folder, path)
	return err1 == nil && err2 == nil && err3 == nil && filepath.IsLocal(below)
}

// oneKind refuses made-up and real extracts in one run: a reader could
// take the one for the other.
func oneKind(harvests []harvest) error {
	var ps refusal.Problems
	for _, h := range harvests {
		if first := harvests[0]; h.result.Wave.Synthetic != first.result.Wave.Synthetic {
			ps = append(ps, refusal.Problem{
				Kind: refusal.Succession, Where: string(h.crosswalk.ID()),
				What: fmt.Sprintf("one of this extract and that of %s is synthetic and the other is not; want only synthetic or only real extracts in a release", first.crosswalk.ID()),
				Hint: "run them into stores of their own",
			})
		}
	}
	return ps.Err()
}

// oneWave refuses a file that is the extract of two waves: in this run, or of
// this run and of a wave that was published before.
func oneWave(harvests []harvest, previous *release.Manifest) error {
	var ps refusal.Problems
	home := map[string]codebook.SourceID{}
	if previous != nil {
		for _, s := range previous.Sources {
			if slices.ContainsFunc(harvests, func(h harvest) bool { return h.crosswalk.ID() == s.ID }) {
				continue
			}
			for _, f := range s.Files {
				home[f.SHA256] = s.ID
			}
		}
	}
	for _, h := range harvests {
		id := h.crosswalk.ID()
		if first, twice := home[h.extract.SHA256]; twice {
			ps.AddHint("is the extract in the right folder?", string(id)+"/"+h.extract.Name, "the same file is the extract of %s, want one wave for it", first)
		}
		home[h.extract.SHA256] = id
	}
	return ps.Err()
}

// A succession makes a release that follows another.
type succession struct {
	Options
	harvests []harvest
	previous *publish.Release // nil for the first
	carried  []release.Source
	links    map[pairing]indicator.Link
}

// manifest is that of the previous release, nil for the first.
func (s *succession) manifest() *release.Manifest {
	if s.previous == nil {
		return nil
	}
	return s.previous.Manifest
}

// labels are those of the previous release, nil for the first.
func (s *succession) labels() *release.Labels {
	if s.previous == nil {
		return nil
	}
	return s.previous.Labels
}

// carry decides which waves are carried over, and refuses those whose figures
// the catalogue would no longer give.
func (s *succession) carry() error {
	if s.previous == nil {
		return nil
	}
	var ps refusal.Problems
	refuse := func(hint, where, format string, args ...any) {
		ps = append(ps, refusal.Problem{Kind: refusal.Succession, Where: where, What: fmt.Sprintf(format, args...), Hint: hint})
	}
	for _, w := range s.previous.Manifest.Sources {
		id := w.ID
		if slices.ContainsFunc(s.harvests, func(h harvest) bool { return h.crosswalk.ID() == id }) {
			continue
		}
		w.Carried = true
		s.carried = append(s.carried, w)
		give := fmt.Sprintf("put the extract of %s into this run again", id)
		x := s.Catalogue.Crosswalk(id)
		if x == nil {
			refuse("restore its crosswalk", string(id), "the wave is carried over and the catalogue has no crosswalk for it")
			continue
		}
		ps = append(ps, s.unlinked(x)...)
		if s.previous.Manifest.Disclosure != s.disclosure() {
			refuse(give, "disclosure.yaml", "the policy has changed since the last release, and %s is carried over", id)
		}
		for _, was := range s.previous.Manifest.Indicators {
			lineage, has := was.Lineage[id]
			d := s.Catalogue.Definition(was.ID)
			if !has || d == nil || lineage == d.Lineage(s.Catalogue.Codebook, x) || s.broken(d, id) {
				continue
			}
			what := "its definition or crosswalk"
			if was.Quantity != d.Quantity(s.Catalogue.Codebook) {
				what = "its definition"
			}
			refuse(give+", or declare a break in "+d.File()+" from the first wave that the change holds for", d.File(),
				"%s has changed since the last release, and its figures for %s are carried over", what, id)
		}
	}
	return ps.Err()
}

// broken says whether a definition declares a break between a carried wave
// and every wave of its survey in this run, so that the old figures may stand
// beside the new.
func (s *succession) broken(d *indicator.Definition, carried codebook.SourceID) bool {
	any := false
	for _, h := range s.harvests {
		if h.crosswalk.Survey != carried.Survey() {
			continue
		}
		any = true
		if _, ok := d.Break(carried, h.crosswalk.ID(), s.start); !ok {
			return false
		}
	}
	return any
}

// start is the first day of a wave's fieldwork.
func (s *succession) start(wave codebook.SourceID) string {
	if x := s.Catalogue.Crosswalk(wave); x != nil {
		return x.Fieldwork.Start
	}
	return ""
}

// disclosure is the digest of the policy's bounds.
func (s *succession) disclosure() string {
	d := s.Catalogue.Disclosure
	d.Source = ""
	return indicator.Digest(d)
}

// pack makes the release's package from the figures of this run and those
// that are carried over, and lists what carried waves lack.
func (s *succession) pack(figures map[string][]release.Figure) (publish.Package, []indicator.Lack, error) {
	book := s.Catalogue.Codebook
	sources := slices.Clone(s.carried)
	synthetic := false
	for _, h := range s.harvests {
		sources = append(sources, h.source)
		synthetic = synthetic || h.result.Wave.Synthetic
	}
	slices.SortFunc(sources, release.Source.Compare)
	facts := map[codebook.SourceID]release.Source{}
	for _, w := range sources {
		facts[w.ID] = w
	}
	p := publish.Package{Manifest: release.Manifest{
		Reason: s.Reason, Synthetic: synthetic, Code: Code(), Sources: sources, Disclosure: s.disclosure(),
	}}
	var lacks []indicator.Lack
	var ps refusal.Problems
	last := map[string]release.Content{}
	for _, d := range s.Catalogue.Definitions {
		rows := slices.Clone(figures[d.ID])
		entry := release.Indicator{
			ID: d.ID, Quantity: d.Quantity(book), Lineage: map[codebook.SourceID]string{},
		}
		was := s.manifest().Indicator(d.ID)
		var old release.Content
		if was != nil {
			var err error
			old, err = s.previous.Content(d.ID)
			if err != nil {
				ps = append(ps, refusal.Of(err, refusal.Integrity)...)
				continue
			}
			rows = append(rows, s.keep(old.Figures)...)
		}
		for _, w := range s.carried {
			if was != nil && was.Lineage[w.ID] != "" {
				entry.Lineage[w.ID] = was.Lineage[w.ID]
			} else if needs := s.lacks(d, w.ID); len(needs) > 0 {
				lacks = append(lacks, indicator.Lack{Source: w.ID, Indicator: d.ID, Item: codebook.All, Needs: needs})
			}
		}
		for _, h := range s.harvests {
			id := h.crosswalk.ID()
			if slices.ContainsFunc(figures[d.ID], func(f release.Figure) bool { return f.Source == id }) {
				entry.Lineage[id] = d.Lineage(book, h.crosswalk)
			}
		}
		if len(rows) == 0 && was == nil {
			continue // no wave gives it: its lacks say why
		}
		mended := map[[2]codebook.SourceID]bool{}
		stale := func(c release.Change) {
			from, to := c.FromSource, c.Source
			if _, broken := d.Break(from, to, s.start); broken || mended[[2]codebook.SourceID{from, to}] {
				return
			}
			mended[[2]codebook.SourceID{from, to}] = true
			ps = append(ps, refusal.Problem{
				Kind: refusal.Succession, Where: d.File(), What: fmt.Sprintf("the break between %s and %s is gone, and both are carried over; their change rests on the PSUs of both", from, to),
				Hint: fmt.Sprintf("put the extracts of %s and %s into this run again", from, to),
			})
		}
		published := old.Changes
		if len(s.carried) == 0 {
			published = nil // every change is made anew
		}
		c := release.Content{Figures: rows}
		c.Changes = compare.Changes(d, rows, func(f release.Figure) float64 {
			weights := book.Weight(d.Groups(groups(f))...)
			w := facts[f.Source]
			design, ok := w.Designs[weights]
			if !ok {
				design = w.Designs[codebook.CoreWeight]
			}
			return float64(design.DF)
		}, s.link(published, stale), s.start)
		c.Sort()
		p.Manifest.Indicators = append(p.Manifest.Indicators, entry)
		p.Indicators = append(p.Indicators, publish.Indicator{ID: d.ID, Definition: d.Text(), Content: c})
		last[d.ID] = old
	}
	rows := map[string]*release.Content{}
	for i := range p.Indicators {
		rows[p.Indicators[i].ID] = &p.Indicators[i].Content
	}
	if err := ps.Err(); err != nil {
		return p, lacks, err
	}
	disclose.Apply(s.Catalogue.Disclosure, disclose.Release{Indicators: rows, Last: last, Carried: s.carries})
	contents := map[string]release.Content{}
	for id, c := range rows {
		compare.Adjust(c.Changes)
		contents[id] = *c
	}
	p.Labels = release.Describe(s.Catalogue, sources, contents, s.labels(), report.Meaning)
	return p, lacks, nil
}

// carries says whether the rows of a source are carried over.
func (s *succession) carries(id codebook.SourceID) bool {
	return slices.ContainsFunc(s.carried, func(w release.Source) bool { return w.ID == id })
}

// lacks lists what a definition needs to have figures of a carried wave, which
// has none of them: variables, or only the extract; nothing where it is not
// meant for the survey.
func (s *succession) lacks(d *indicator.Definition, wave codebook.SourceID) []string {
	x := s.Catalogue.Crosswalk(wave)
	if !d.Covers(x) {
		return nil
	}
	needs := map[string]bool{}
	for _, item := range d.Figures() {
		absent := s.Catalogue.Codebook.Lacks(x, d.Needs(item)...)
		if len(absent) == 0 {
			return []string{"the extract of " + string(wave)}
		}
		for _, name := range absent {
			needs[name] = true
		}
	}
	return slices.Sorted(maps.Keys(needs))
}

// groups lists the variables that a figure is broken down by.
func groups(f release.Figure) []string {
	if f.Breakdown == codebook.All {
		return nil
	}
	return indicator.Crossed(f.Breakdown)
}

// keep returns the figures of carried waves.
func (s *succession) keep(old []release.Figure) []release.Figure {
	var kept []release.Figure
	for _, f := range old {
		if s.carries(f.Source) {
			kept = append(kept, f)
		}
	}
	return kept
}
