package design

import "slices"

// Part is the design as it counts for a domain: the respondents of it alone,
// by their place in Rows, in the clusters and strata of the whole, whose sizes
// stay. An estimate from it has the error of the domain, at a cost of its
// respondents and not of all. It panics for calibrated weights, of which what
// the totals explain is of all respondents.
func (d *Design) Part(of []int32) *Design {
	if len(d.Calibrations) > 0 {
		panic("design: a part of a calibrated design")
	}
	part := *d
	part.Rows, part.Weight = Pick(d.Rows, of), Pick(d.Weight, of)
	part.Cluster = Pick(d.Cluster, of)
	part.Later = slices.Clone(d.Later)
	for n := range part.Later {
		part.Later[n].Cluster = Pick(d.Later[n].Cluster, of)
	}
	if d.Replicates != nil {
		r := *d.Replicates
		r.Weight = make([][]float64, len(r.Weight))
		for n, weight := range d.Replicates.Weight {
			r.Weight[n] = Pick(weight, of)
		}
		part.Replicates = &r
	}
	return &part
}

// Pick is what the respondents of a part have.
func Pick[T any](xs []T, of []int32) []T {
	picked := make([]T, len(of))
	for i, at := range of {
		picked[i] = xs[at]
	}
	return picked
}
