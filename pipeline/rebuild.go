package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// A Rebuilt is a release of a store, made again.
type Rebuilt struct {
	publish.Rebuilt
	Release string
	Sources int    // that were read again
	Carried int    // that were carried over again
	Code    string // that made the release, where it is not this one's
	Lost    string // the release before, where what it does not publish is not there: changes from it are made of what it publishes
}

// Rebuild makes a release of a store again: of the extracts and returns that it was made
// of, by the catalogue that it was made by, its policy and its reason, to follow the
// release before it. Extracts and Catalogue of the options are given, and a Key where
// the store has none; the store stays as it is. What is given and is not what was
// recorded is refused before anything is computed, all of it, of kind Data. Where this
// program is not the one that made the release, the code recorded stands for its own,
// so that what else differs shows.
func Rebuild(o Options, id string) (*Rebuilt, error) {
	store, err := publish.Existing(o.Store)
	if err != nil {
		return nil, err
	}
	r, err := store.Release(id)
	if err != nil {
		return nil, err
	}
	m := r.Manifest
	if o.Key, err = store.OldKey(o.Key); err != nil {
		return nil, err
	}
	if err := o.patterned(m); err != nil {
		return nil, err
	}
	if err := append(otherCatalogue(o.Catalogue, m), o.otherExtracts(m)...).Err(); err != nil {
		return nil, err
	}
	made := &Rebuilt{Release: id}
	for _, s := range m.Sources {
		switch {
		case s.Carried:
			made.Carried++
		case s.Kind != release.Evaluation:
			made.Sources++
		}
	}
	o.Reason, o.only = m.Reason, m
	s, pack, _, err := o.compose(store.Before(id))
	if err != nil {
		return nil, err
	}
	if s.lost != nil {
		made.Lost = s.lost.Release
	}
	if pack.Manifest.Code != m.Code {
		made.Code, pack.Manifest.Code = m.Code, m.Code
	}
	again, err := r.Rebuild(&pack)
	if err != nil {
		return nil, err
	}
	made.Rebuilt = *again
	return made, nil
}

// Err is that the release is not what its inputs give, of kind Integrity, with each file
// and what is otherwise in the figures; nil where every byte is the same, or where
// another program made the release and the same is said of every indicator.
func (r *Rebuilt) Err() error {
	if r.Same() || r.Code != "" && len(r.Content) == 0 {
		return nil
	}
	var ps refusal.Problems
	for _, what := range slices.Concat(r.Differ, r.Content) {
		ps = append(ps, refusal.Problem{Kind: refusal.Integrity, What: what})
	}
	return ps.Err()
}

// patterned refuses a Pattern that is not the release whose withheld cells a first one
// holds.
func (o Options) patterned(m *release.Manifest) error {
	digest := ""
	if o.Pattern != "" && m.Previous == "" {
		var err error
		if digest, _, err = o.follow(nil); err != nil {
			return err
		}
	}
	switch {
	case o.Pattern != "" && m.Pattern == "":
		return refusal.Problems{{Kind: refusal.Usage, Where: "--pattern " + o.Pattern, What: "the release was made without", Hint: "leave it out"}}
	case digest != m.Pattern:
		return refusal.Problems{{Kind: refusal.Data, Where: "--pattern " + o.Pattern, What: "the release holds what another store's release withholds, whose release.json has the SHA-256 " + m.Pattern, Hint: "name the folder of that release: --pattern DIR"}}
	}
	return nil
}

// otherCatalogue reports all in which a catalogue is not the one that a release was made
// by, as far as the release says. It makes the release's policy the catalogue's.
func otherCatalogue(c *indicator.Catalogue, m *release.Manifest) refusal.Problems {
	const hint = "give the catalogue of that time: --catalogue DIR"
	var ps refusal.Problems
	add := func(where, format string, args ...any) { ps.AddHint(hint, where, format, args...) }
	if err := c.Choose(m.Disclosure.Name); err != nil {
		add(c.Place("disclosure.yaml"), "no policy %q, by which the release was made", m.Disclosure.Name)
	} else if c.Disclosure.Digest() != m.Disclosure.Digest() {
		add(c.Place("disclosure.yaml"), "policy %s is not as in the release", m.Disclosure.Name)
	}
	if !slices.Equal(c.Again, m.Again) {
		add(c.Place("disclosure.yaml"), "what it decides on anew is not as in the release")
	}
	for _, s := range m.Sources {
		if s.Carried {
			continue
		}
		switch x := c.Crosswalk(s.ID); {
		case s.Wave != nil && x == nil:
			add(string(s.ID), "no crosswalk of the wave")
		case s.Wave != nil && release.Digest(x.Text()) != s.Crosswalk:
			add(x.At("wave"), "the crosswalk is not the one that the release was made by")
		case s.Filed != nil && c.SeriesOf(s.ID) == nil:
			add(string(s.ID), "no series of the return")
		case s.Filed != nil && release.Digest(c.SeriesOf(s.ID).Text()) != s.Filed.Series:
			add(string(s.ID), "the series is not the one that the release was made by")
		}
	}
	for _, x := range m.Indicators {
		d, e := c.Definition(x.ID), c.Evaluation(x.ID)
		switch {
		case d == nil && e == nil:
			add(x.ID, "neither a definition nor an evaluation in the catalogue")
		case e != nil && release.Digest(e.Text()) != x.Definition:
			add(e.File(), "the evaluation is not as in the release")
		case d != nil && release.Digest(d.Text()) != x.Definition:
			add(d.File(), "the definition is not as in the release")
		case d != nil && !sameLineage(c, d, x, m):
			add(d.File(), "the codebook gives it other variables or categories than the release was made by")
		}
	}
	for _, d := range c.Definitions {
		if id := givenBy(c, d, m); m.Indicator(d.ID) == nil && id != "" {
			add(d.File(), "not in the release, and %s would give it", id)
		}
	}
	for _, e := range c.Evaluations {
		if m.Indicator(e.ID) == nil {
			add(e.File(), "not in the release")
		}
	}
	return ps
}

// sameLineage says whether the figures of an indicator rest on the same, of each source
// that was read.
func sameLineage(c *indicator.Catalogue, d *indicator.Definition, x release.Indicator, m *release.Manifest) bool {
	for id, was := range x.Lineage {
		s := m.Source(id)
		known := s != nil && (s.Wave != nil && c.Crosswalk(id) != nil || s.Filed != nil && c.SeriesOf(id) != nil) // else told already
		if known && !s.Carried && c.Lineage(d, id) != was {
			return false
		}
	}
	return true
}

// givenBy is a source that was read for a release and gives figures of a definition, ""
// where none does.
func givenBy(c *indicator.Catalogue, d *indicator.Definition, m *release.Manifest) codebook.SourceID {
	for _, s := range m.Sources {
		if s.Carried {
			continue
		}
		if d.Tabled != nil && s.Filed != nil && c.SeriesOf(s.ID) == d.Tabled.Series {
			return s.ID
		}
		if x := c.Crosswalk(s.ID); s.Wave != nil && x != nil && d.Covers(x) && slices.ContainsFunc(d.Figures(), func(item indicator.Item) bool {
			return len(d.Lacks(c.Codebook, x, item)) == 0
		}) {
			return s.ID
		}
	}
	return ""
}

// otherExtracts reports the sources of a release that were read for it and are not
// there, or not the files that they were, by their keyed digests.
func (o Options) otherExtracts(m *release.Manifest) refusal.Problems {
	var ps refusal.Problems
	paths := map[codebook.SourceID][]string{}
	o.only = m
	found, _ := o.find() // what else is wrong there is no matter of this release
	for _, f := range found {
		paths[f.Crosswalk.ID()] = append(paths[f.Crosswalk.ID()], f.Path)
	}
	returns, _ := o.findReturns()
	for _, s := range m.Sources {
		if s.Carried || s.Kind == release.Evaluation {
			continue
		}
		for _, f := range returns {
			if string(f.Series.Stem()) == s.ID.Survey() && filepath.Base(f.Path) == s.Files[0].Name {
				paths[s.ID] = append(paths[s.ID], f.Path)
			}
		}
		if len(paths[s.ID]) == 0 {
			ps.AddHint("a release is made again of the files that it was made of: those of "+filepath.Base(o.Extracts)+"/"+string(s.ID), string(s.ID), "no file %s, of which the release was made", s.Files[0].Name)
			continue
		}
		path := paths[s.ID][0]
		digest, err := digestOf(path)
		switch {
		case err != nil:
			ps.Add(string(s.ID), "%s cannot be read: %v", filepath.Base(path), refusal.Reason(err))
		case release.KeyedDigest(o.Key, []byte(digest)) != s.Files[0].Digest:
			ps.Add(string(s.ID), "%s is not the file that the release was made of, by its keyed digest", filepath.Base(path))
		case filepath.Base(path) != s.Files[0].Name:
			ps.Add(string(s.ID), "the file is called %s, and was called %s", filepath.Base(path), s.Files[0].Name)
		}
	}
	return ps
}

// digestOf is the SHA-256 of a file, in hexadecimal.
func digestOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// reads says whether a source is one that is to be read.
func (o Options) reads(id codebook.SourceID) bool {
	if o.only == nil {
		return true
	}
	s := o.only.Source(id)
	return s != nil && !s.Carried
}

// find looks for the extracts that are to be read.
func (o Options) find() ([]ingest.Found, refusal.Problems) {
	found, ps := ingest.Find(o.Extracts, o.Catalogue.Crosswalks)
	if o.only == nil {
		return found, ps
	}
	return slices.DeleteFunc(found, func(f ingest.Found) bool { return !o.reads(f.Crosswalk.ID()) }), nil
}

// findReturns looks for the returns that are to be read: those files that were.
func (o Options) findReturns() ([]ingest.FoundReturn, refusal.Problems) {
	found, ps := ingest.FindReturns(o.Extracts, o.Catalogue.Series)
	if o.only == nil {
		return found, ps
	}
	return slices.DeleteFunc(found, func(f ingest.FoundReturn) bool {
		return !slices.ContainsFunc(o.only.Sources, func(s release.Source) bool {
			return !s.Carried && s.Filed != nil && s.ID.Survey() == string(f.Series.Stem()) && s.Files[0].Name == filepath.Base(f.Path)
		})
	}), nil
}
