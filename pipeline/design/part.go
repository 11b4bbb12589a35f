package design

import "slices"

// Part is the design as it counts for a domain: the respondents of it alone,
// by their place in Rows, in the clusters and strata of the whole, whose sizes
// stay. An estimate from it has the error of the domain, at a cost of its
// respondents and not of all. Of calibrated weights, what the totals explain is of all
// respondents: the part knows them.
func (d *Design) Part(of []int32) *Design {
	part := *d
	if len(d.Calibrations) > 0 {
		part.Whole = &Whole{d, of}
	}
	part.Rows, part.Weight = Pick(d.Rows, of), Pick(d.Weight, of)
	part.Cluster = Pick(d.Cluster, of)
	part.Later = slices.Clone(d.Later)
	for n := range part.Later {
		part.Later[n].Cluster = Pick(d.Later[n].Cluster, of)
	}
	if d.Replicates != nil {
		r := *d.Replicates
		if r.places = of; d.Replicates.places != nil {
			r.places = Pick(d.Replicates.places, of)
		}
		part.Replicates = &r
	}
	return &part
}

// A Whole is the calibrated design that another is a part of, and where it has the part's
// respondents. The part's Calibrations are of the whole.
type Whole struct {
	*Design
	Of []int32
}

// Pick is what the respondents of a part have.
func Pick[T any](xs []T, of []int32) []T {
	picked := make([]T, len(of))
	for i, at := range of {
		picked[i] = xs[at]
	}
	return picked
}
