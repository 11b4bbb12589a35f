package pipeline

import (
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/release"
)

// An OpenNotice is one of figures of a release that no release is said to correct.
type OpenNotice struct {
	release.Standing
	Moved bool // its figures are others in this release than in the one before
}

// openNotices lists those of the figures of a package, which was prepared to follow a
// release; nil for the first has none.
func openNotices(store *publish.Store, previous *publish.Release, p *publish.Package) ([]OpenNotice, error) {
	notices, err := store.Notices()
	if err != nil || previous == nil {
		return nil, err
	}
	var open []OpenNotice
	for _, s := range release.Stand(notices) {
		if s.CorrectedBy == nil {
			open = append(open, OpenNotice{Standing: s})
		}
	}
	if len(open) == 0 {
		return nil, nil
	}
	last, err := previous.Contents()
	if err != nil {
		return nil, err
	}
	for i := range open {
		for _, x := range p.Indicators {
			was, there := last[x.ID]
			open[i].Moved = open[i].Moved || there && open[i].Affects.Moved(x.ID, was, x.Content)
		}
	}
	return open, nil
}
