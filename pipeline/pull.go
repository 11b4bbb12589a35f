package pipeline

import (
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report/dataset"
)

// A Pull is what is wanted of a release, and what the plan and the catalogue say of it.
type Pull struct {
	Store     *publish.Store
	Release   *publish.Release
	Since     *publish.Release // of what moved since it alone; nil for all
	Who       string           // as dataset.Find takes it
	Register  *plan.Register
	Catalogue *indicator.Catalogue
	Geography codebook.Geography
}

// Dataset makes the tables that are wanted. A Who that means nothing, or more than one thing,
// is a problem of kind Usage.
func (p Pull) Dataset() (*dataset.Dataset, error) {
	r := p.Release
	who, err := dataset.Find(dataset.Everyone(p.Register, p.Geography, r.Labels), p.Who)
	if err != nil {
		return nil, err
	}
	contents, err := r.Contents()
	if err != nil {
		return nil, err
	}
	notices, err := r.Bearings()
	if err != nil {
		return nil, err
	}
	in := dataset.Input{
		Who: who, Register: p.Register, Catalogue: p.Catalogue, Geography: p.Geography,
		ID: r.ID, Digest: r.Digest, Manifest: r.Manifest, Labels: r.Labels, Contents: contents, Notices: notices,
	}
	if p.Since != nil {
		if in.Since, err = Diff(p.Since, r, nil); err != nil {
			return nil, err
		}
		if in.Reasons, err = p.reasons(in.Since); err != nil {
			return nil, err
		}
	}
	return dataset.New(in), nil
}

// reasons are those that the releases after the earlier one give for what they changed, each
// with that; all is what moved from the first to the last.
func (p Pull) reasons(all *release.Diff) ([]dataset.Reason, error) {
	ids, err := p.Store.Releases()
	if err != nil {
		return nil, err
	}
	var list []dataset.Reason
	before := p.Since
	for _, id := range ids[slices.Index(ids, p.Since.ID)+1 : slices.Index(ids, p.Release.ID)+1] {
		r, err := p.Store.Release(id)
		if err != nil {
			return nil, err
		}
		if r.Manifest.Reason != "" {
			step := all
			if before != p.Since || id != p.Release.ID {
				if step, err = Diff(before, r, nil); err != nil {
					return nil, err
				}
			}
			list = append(list, dataset.Reason{Release: id, Text: r.Manifest.Reason, Moves: step.Moves()})
		}
		before = r
	}
	return list, nil
}
