package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// Diff says what moved between two releases of a store, of all indicators or of
// some. An indicator that neither has is a problem of kind Usage.
func Diff(from, to *publish.Release, indicators []string) (*release.Diff, error) {
	a, err := side(from)
	if err != nil {
		return nil, err
	}
	b, err := side(to)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, r := range []*publish.Release{from, to} {
		for _, x := range r.Manifest.Indicators {
			ids = append(ids, x.ID)
		}
	}
	var ps refusal.Problems
	for _, id := range indicators {
		if !slices.Contains(ids, id) {
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, What: fmt.Sprintf("neither %s nor %s has an indicator %q%s", from.ID, to.ID, id, refusal.Nearest(id, ids))})
		}
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return release.NewDiff(a, b, indicators), nil
}

func side(r *publish.Release) (release.Side, error) {
	contents, err := r.Contents()
	return release.Side{ID: r.ID, Manifest: r.Manifest, Contents: contents}, err
}

// The words for a release that stand for its id.
const (
	CurrentRelease  = "current"
	PreviousRelease = "previous"
)

// Named opens a release by its id, or by the words for the newest one and the one
// before it.
func Named(store *publish.Store, name string) (*publish.Release, error) {
	ids, err := store.Releases()
	if err != nil {
		return nil, err
	}
	place := map[string]int{CurrentRelease: 1, PreviousRelease: 2}[name]
	switch {
	case place == 0:
		return store.Release(name)
	case place > len(ids):
		return nil, refusal.Problems{{
			Kind: refusal.Usage, What: fmt.Sprintf("no %s release: the store has %s", name, strings.Join(append([]string{refusal.Count(len(ids), "release")}, ids...), " ")),
		}}
	}
	return store.Release(ids[len(ids)-place])
}
