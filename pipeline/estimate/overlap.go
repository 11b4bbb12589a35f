package estimate

import (
	"math"
	"strconv"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/tally"
)

// A Link is what two waves whose samples overlap tell of the error of a change
// between two of their figures.
type Link struct {
	Method      string  // codebook.Overlap...
	SE          float64 // of the change, in the figures' unit, where it does not follow from their errors
	Correlation float64 // of the figures
	DF          float64
	Linked      int // PSUs in both waves

	Published *release.Change // of waves that are both carried over: the change as it was
}

// Overlap links a definition's figures of two waves by how the crosswalk of
// the later one says that their samples overlap. The links are by the keys of
// the later wave's figures; stack gives the stack of two waves' designs.
//
// Pooled: the variance of the difference of the PSUs' linearised totals in the
// stack. Rotating: Berger and Priam's correlation of those totals, within strata.
func Overlap(book *codebook.Codebook, d *indicator.Definition, from, to *indicator.Wave, stack func(from, to *design.Design) *design.Stack) map[indicator.Key]Link {
	method := to.Crosswalk.Design.Overlap[from.Crosswalk.ID()]
	type figure struct {
		design *design.Design
		totals []float64 // of each cluster
		met    []int32   // of the clusters
	}
	figures := func(w *indicator.Wave) map[indicator.Key]figure {
		made := map[indicator.Key]figure{}
		plans, _ := plansOf(book, []*indicator.Definition{d}, w, make([][]indicator.Lack, 1))
		for _, p := range plans {
			sample := tally.Of(p.design, w.Table)
			u, _ := p.units(sample, w) // which the figures were made with
			t := sample.Tally(&p.plan, u, "")
			counts := t.Count(nil)
			p.each(counts, func(a *asked, category string, cell int32, item int) {
				c := counts.Of(cell, item)
				_, gradient := functionOf(d.Statistic)(&c)
				f := figure{design: p.design, totals: make([]float64, p.design.Clusters)}
				t.Clusters(cell, item, func(cluster int, sums []tally.Wide) {
					f.met = append(f.met, int32(cluster))
					for i, g := range gradient {
						f.totals[cluster] += float64(g * sums[i].Value(c.K[i]))
					}
				})
				key := a.key
				key.Category, key.Source = category, to.Crosswalk.ID()
				made[key] = f
			})
		}
		return made
	}
	links := map[indicator.Key]Link{}
	first := figures(from)
	for key, later := range figures(to) {
		earlier, ok := first[key]
		if !ok {
			continue
		}
		s := stack(earlier.design, later.design)
		var totals [2][]float64
		met := make([]bool, s.Design.Clusters)
		for wave, f := range []figure{earlier, later} {
			totals[wave] = make([]float64, s.Design.Clusters)
			for c, total := range f.totals {
				totals[wave][s.Of[wave][c]] = total
			}
			for _, c := range f.met {
				met[s.Of[wave][c]] = true
			}
		}
		link := Link{Method: method, SE: math.NaN(), DF: s.Freedom, Linked: s.Linked}
		switch method {
		case codebook.OverlapRotating:
			link.Correlation = rotation(s.Design, totals, s.Drawn, true)
		case codebook.OverlapPooled:
			cov := pooled(s.Design, totals, met)
			two := Two{SEFrom: math.Sqrt(cov[0][0]), SETo: math.Sqrt(cov[1][1])}
			two.Correlation = cov[0][1] / (two.SEFrom * two.SETo)
			link.SE, link.Correlation = two.SE()*d.Statistic.Row().Scale, two.Correlation
		}
		links[key] = link
	}
	return links
}

// pooled is the covariance of two sums, of which totals are those of each PSU
// and met the PSUs that either is of.
func pooled(d *design.Design, totals [2][]float64, met []bool) [][]float64 {
	var clusters []int32
	for c, in := range met {
		if in {
			clusters = append(clusters, int32(c))
		}
	}
	cov := square(len(totals))
	levelOf(d, &d.Stage, totals[:], clusters, make([]int32, d.Strata), 1).add(cov, []float64{1})
	return cov
}

// note says how the samples overlap.
func (l Link) note() indicator.Note {
	correlation := strconv.FormatFloat(release.Round(l.Correlation, 4), 'f', 4, 64)
	return indicator.Note{Code: indicator.Overlap, Args: []string{strconv.Itoa(l.Linked), l.Method, correlation}}
}
