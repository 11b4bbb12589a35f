package pipeline

import (
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/disclose"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
)

// An Audited is what an attacker has of a release who holds its public files, and
// those of the releases before it, and nothing else.
type Audited struct {
	Account disclose.Account // of the bases: what is known too well, and the narrowest
	Moved   refusal.Problems // sources that differ by few from an earlier release
	Earlier int              // releases that it was held against
}

// Audit plays that attacker, by what the catalogue says of numbers that depend on
// each other.
func Audit(c *indicator.Catalogue, store *publish.Store, r *publish.Release) (*Audited, error) {
	ids, err := store.Releases()
	if err != nil {
		return nil, err
	}
	return newAuditor(c, store).audit(r, ids[:slices.Index(ids, r.ID)])
}

// auditAll plays that attacker against every release of a store, and returns all that
// was found, with its release.
func auditAll(c *indicator.Catalogue, store *publish.Store) error {
	ids, err := store.Releases()
	if err != nil {
		return err
	}
	var ps refusal.Problems
	a := newAuditor(c, store)
	for i, id := range ids {
		r, err := store.Release(id)
		if err != nil {
			return err
		}
		found, err := a.audit(r, ids[:i])
		if err != nil {
			return err
		}
		for _, p := range refusal.Of(found.Err(), refusal.Succession) {
			p.Where = "release " + id + ": " + p.Where
			ps = append(ps, p)
		}
	}
	return ps.Err()
}

// An auditor is that attacker, who remembers what each release published of every
// source: most of it is what the release before it published, too.
type auditor struct {
	store  *publish.Store
	links  disclose.Links
	prints map[string]prints // by release
}

// prints are the digests of the figures of an indicator and source.
type prints map[published]string

type published struct {
	indicator string
	source    codebook.SourceID
}

func newAuditor(c *indicator.Catalogue, store *publish.Store) *auditor {
	return &auditor{store, links(c), map[string]prints{}}
}

// audit attacks a release that follows others.
func (a *auditor) audit(r *publish.Release, before []string) (*Audited, error) {
	contents, err := r.Contents()
	if err != nil {
		return nil, err
	}
	policy := r.Manifest.Disclosure
	found := &Audited{Earlier: len(before)}
	found.Account.Known, found.Account.Narrowest = disclose.Attack(policy, contents, a.links)
	now := map[string]*release.Content{}
	a.prints[r.ID] = prints{}
	for id := range contents {
		of := contents[id]
		now[id] = &of
		a.prints[r.ID].add(id, of.Figures)
	}
	if policy.Without() {
		return found, nil
	}
	for _, id := range before {
		if was, known := a.prints[id]; known && !a.prints[r.ID].differ(was) {
			continue
		}
		earlier, err := a.store.Release(id)
		if err != nil {
			return nil, err
		}
		published, err := earlier.Contents()
		if err != nil {
			return nil, err
		}
		found.Moved = append(found.Moved, disclose.Moved(policy, now, published, id, func(codebook.SourceID) bool { return true })...)
	}
	return found, nil
}

// add adds those of an indicator.
func (p prints) add(id string, figures []release.Figure) {
	by := map[codebook.SourceID][]release.Figure{}
	for _, f := range figures {
		by[f.Source] = append(by[f.Source], f)
	}
	for source, rows := range by {
		p[published{id, source}] = release.Digest(sheet.CSV(rows, release.FigureColumns))
	}
}

// differ says whether two releases have other figures of one source.
func (p prints) differ(was prints) bool {
	for of, digest := range p {
		if before, both := was[of]; both && before != digest {
			return true
		}
	}
	return false
}

// Err is all that was found, as problems of kind Succession.
func (a *Audited) Err() error {
	ps := refusal.Of(a.Account.Problems(), refusal.Succession)
	return append(ps, a.Moved...).Err()
}
