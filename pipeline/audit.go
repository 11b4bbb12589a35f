package pipeline

import (
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/disclose"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
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
	contents, err := r.Contents()
	if err != nil {
		return nil, err
	}
	policy := r.Manifest.Disclosure
	a := &Audited{}
	a.Account.Known, a.Account.Narrowest = disclose.Attack(policy, contents, links(c))
	now := map[string]*release.Content{}
	for id := range contents {
		of := contents[id]
		now[id] = &of
	}
	ids, err := store.Releases()
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if id == r.ID {
			break
		}
		earlier, err := store.Release(id)
		if err != nil {
			return nil, err
		}
		before, err := earlier.Contents()
		if err != nil {
			return nil, err
		}
		a.Earlier++
		if !policy.Without() {
			a.Moved = append(a.Moved, disclose.Moved(policy, now, before, id, func(codebook.SourceID) bool { return true })...)
		}
	}
	return a, nil
}

// Err is all that was found, as problems of kind Succession.
func (a *Audited) Err() error {
	ps := refusal.Of(a.Account.Problems(), refusal.Succession)
	return append(ps, a.Moved...).Err()
}
