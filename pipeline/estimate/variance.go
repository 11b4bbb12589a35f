package estimate

import (
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
)

// Variance is the covariance of k weighted sums, of which u holds each
// respondent's terms (k by n), over the stages of the design:
//
//	sum over strata h of (1-f_h) n_h/(n_h-1) sum over clusters i of (z_hi - mean z_h)^2
//	plus, for each cluster, f_h times the same of the stage within it
//
// where z_hi is a cluster's total and f_h the fraction of clusters drawn
// (Särndal, Swensson and Wretman 1992, sections 2.8 and 4.3). In says which
// respondents are in the domain, nil for all. Clusters that it misses have
// totals of 0 and count; strata that it misses add nothing.
func Variance(d *design.Design, u [][]float64, in []bool) [][]float64 {
	if d.Rotation != nil {
		return rotating(d, u, in)
	}
	return staged(d, len(u), in, func(of *design.Stage) [][]float64 { return totalsOf(of, u) })
}

// staged is Variance of k sums of which totals gives those of a stage's clusters.
func staged(d *design.Design, k int, in []bool, totals func(of *design.Stage) [][]float64) [][]float64 {
	cov := design.Square(k)
	share := []float64{1} // of each parent, the product of the fractions drawn down to it
	parent := make([]int32, d.Strata)
	before := &d.Stage
	newLevel(d, before, totals(before), in, parent, 1).add(cov, share)
	for n := range d.Later {
		drawn := make([]float64, len(before.Stratum))
		for c, h := range before.Stratum {
			drawn[c] = share[parent[h]] * (1 - before.Unsampled(h))
		}
		here := &d.Later[n]
		parent = make([]int32, len(here.Size))
		for i, c := range here.Cluster {
			parent[here.Stratum[c]] = before.Cluster[i]
		}
		newLevel(d, here, totals(here), in, parent, len(drawn)).add(cov, drawn)
		before, share = here, drawn
	}
	return cov
}

// A level is one stage of a variance: its clusters' totals.
type level struct {
	d        *design.Design
	stage    *design.Stage
	totals   [][]float64 // [value][cluster]
	clusters [][]int32   // of each stratum, those that the domain meets
	strata   [][]int32   // of each parent, those that the domain meets
}

// totalsOf are the totals of a stage's clusters, of each of respondents' terms.
func totalsOf(s *design.Stage, u [][]float64) [][]float64 {
	totals := make([][]float64, len(u))
	for j := range u {
		totals[j] = design.Totals(s.Cluster, len(s.Stratum), u[j])
	}
	return totals
}

// newLevel is the stage of which the clusters have totals, in a domain.
func newLevel(d *design.Design, s *design.Stage, totals [][]float64, in []bool, parent []int32, parents int) *level {
	inside := make([]bool, len(s.Stratum))
	for i, c := range s.Cluster {
		inside[c] = inside[c] || in == nil || in[i]
	}
	var met []int32
	for c := range inside {
		if inside[c] {
			met = append(met, int32(c))
		}
	}
	return levelOf(d, s, totals, met, parent, parents)
}

// levelOf is the stage of which the domain meets the clusters met.
func levelOf(d *design.Design, s *design.Stage, totals [][]float64, met, parent []int32, parents int) *level {
	l := &level{d: d, stage: s, totals: totals, clusters: make([][]int32, len(s.Size)), strata: make([][]int32, parents)}
	for _, c := range met {
		h := s.Stratum[c]
		l.clusters[h] = append(l.clusters[h], c)
	}
	for h := range s.Size {
		if len(l.clusters[h]) > 0 {
			l.strata[parent[h]] = append(l.strata[parent[h]], int32(h))
		}
	}
	return l
}

// add adds the stage's part of the covariance, that of each parent times its
// share.
func (l *level) add(cov [][]float64, share []float64) {
	for p, strata := range l.strata {
		if len(strata) == 0 || share[p] == 0 {
			continue
		}
		var parts []part
		usable := 0
		grand := l.grand(strata)
		for _, h := range strata {
			made, ok := l.part(h, grand)
			if ok {
				usable++
			}
			if made.by != 0 {
				parts = append(parts, made)
			}
		}
		by := share[p]
		if usable < len(strata) {
			by *= float64(len(strata)) / float64(usable)
		}
		terms := make([]float64, len(parts))
		for a := range cov {
			for b := a; b < len(cov); b++ {
				for i, part := range parts {
					terms[i] = part.product(l.totals[a], l.totals[b], a, b)
				}
				x := float64(total(terms) * by)
				cov[a][b] += x
				if a != b {
					cov[b][a] += x
				}
			}
		}
	}
}

// A part is what a stratum adds to a covariance: the products of its clusters'
// distances from the centre, times by.
type part struct {
	clusters []int32   // that the domain meets
	absent   float64   // how many it misses, whose totals are 0
	centre   []float64 // of each value
	by       float64
}

func (p *part) product(x, y []float64, a, b int) float64 {
	terms := make([]float64, 0, len(p.clusters)+1)
	for _, c := range p.clusters {
		terms = append(terms, float64((x[c]-p.centre[a])*(y[c]-p.centre[b])))
	}
	terms = append(terms, float64(p.centre[a]*p.centre[b])*p.absent)
	return total(terms) * p.by
}

// grand is the mean of the totals of all clusters drawn in the strata.
func (l *level) grand(strata []int32) []float64 {
	if l.d.Lonely != codebook.LonelyAdjust {
		return nil
	}
	var clusters []int32
	drawn := 0
	for _, h := range strata {
		drawn += l.stage.Size[h]
		clusters = append(clusters, l.clusters[h]...)
	}
	return l.means(clusters, drawn)
}

// means are the sums of the clusters' totals over how many clusters there are.
func (l *level) means(clusters []int32, drawn int) []float64 {
	means := make([]float64, len(l.totals))
	terms := make([]float64, len(clusters))
	for j, totals := range l.totals {
		for i, c := range clusters {
			terms[i] = totals[c]
		}
		means[j] = total(terms) / float64(drawn)
	}
	return means
}

// part returns a stratum's part; ok is false where the policy is to give it the
// average of the others.
func (l *level) part(h int32, grand []float64) (made part, ok bool) {
	drawn := l.stage.Size[h]
	made = part{clusters: l.clusters[h], absent: float64(drawn - len(l.clusters[h]))}
	role, by := roleOf(l.d, l.stage, h, len(made.clusters))
	switch role {
	case unusable:
		return part{}, false
	case nothing:
		return part{}, true
	case aboutAll:
		made.centre = grand
	case aboutOwn:
		made.centre = l.means(made.clusters, drawn)
	}
	made.by = by
	return made, true
}

// A role is how a stratum counts in a variance.
type role int

const (
	aboutOwn role = iota // its clusters' totals about their mean
	aboutAll             // about the mean of all clusters: it has one, and the policy is to adjust
	nothing              // it adds nothing: all of it was drawn, or it has one cluster
	unusable             // it has one cluster, and takes the average of the others
)

// roleOf is the role of a stratum of which a domain meets this many clusters, and
// what the sum of the squares is multiplied by.
func roleOf(d *design.Design, s *design.Stage, h int32, met int) (role, float64) {
	if s.Certain(h) {
		return nothing, 0
	}
	drawn, by := float64(s.Size[h]), s.Unsampled(h)
	if drawn > 1 {
		by *= drawn / (drawn - 1)
	}
	alone := drawn == 1 || d.DomainLonely && met == 1
	switch {
	case alone && d.Lonely == codebook.LonelyAverage:
		return unusable, 0
	case alone && d.Lonely == codebook.LonelyAdjust:
		return aboutAll, by
	case drawn == 1: // under remove and certainty
		return nothing, 0
	}
	return aboutOwn, by
}
