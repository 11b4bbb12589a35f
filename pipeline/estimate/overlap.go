package estimate

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/tally"
)

// An Overlap is of two waves of a survey that share PSUs: their designs, stacked,
// of each weight of either.
type Overlap struct {
	from, to *indicator.Wave
	stacks   map[[2]*design.Design]*design.Stack
}

// NewOverlap stacks the designs of two waves.
func NewOverlap(from, to *indicator.Wave) (*Overlap, refusal.Problems) {
	o := &Overlap{from, to, map[[2]*design.Design]*design.Stack{}}
	var ps refusal.Problems
	nested := from.Crosswalk.Design.Nested || to.Crosswalk.Design.Nested
	where := fmt.Sprintf("%s and %s", from.Crosswalk.ID(), to.Crosswalk.ID())
	for _, name := range slices.Concat(slices.Sorted(maps.Keys(from.Designs)), slices.Sorted(maps.Keys(to.Designs))) {
		pair := [2]*design.Design{from.Design(name), to.Design(name)}
		if o.stacks[pair] == nil {
			stack, problems := design.NewStack(pair[0], pair[1], nested, where)
			o.stacks[pair], ps = stack, append(ps, problems...)
		}
	}
	return o, ps
}

// Links links a definition's figures of the two waves by how the crosswalk of
// the later one says that their samples overlap.
//
// Pooled: the variance of the difference of the PSUs' linearised totals in the
// stack. Rotating: Berger and Priam's correlation of those totals, within strata.
func (o *Overlap) Links(book *codebook.Codebook, d *indicator.Definition) indicator.Links {
	from, to := o.from.Crosswalk.ID(), o.to.Crosswalk.ID()
	method := o.to.Crosswalk.Design.Overlap[from]
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
			p.each(counts, func(a *request, category string, cell int32, item int) {
				c := counts.Of(cell, item)
				_, gradient := functionOf(d, a.item).of(&c)
				f := figure{design: p.design, totals: make([]float64, p.design.Clusters)}
				t.Clusters(cell, item, func(cluster int, sums []tally.Wide) {
					f.met = append(f.met, int32(cluster))
					for i, g := range gradient {
						f.totals[cluster] += float64(g * sums[i].Value(c.K[i]))
					}
				})
				key := a.key
				key.Category, key.Source = category, to
				made[key] = f
			})
		}
		return made
	}
	links := indicator.Links{}
	first := figures(o.from)
	for key, later := range figures(o.to) {
		earlier, ok := first[key]
		if !ok {
			continue
		}
		s := o.stacks[[2]*design.Design{earlier.design, later.design}]
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
		link := indicator.Link{Method: method, SE: math.NaN(), DF: s.Freedom, Linked: s.Linked}
		switch method {
		case codebook.OverlapRotating:
			link.Correlation = rotation(s.Design.Stratum, totals, s.Has)
		case codebook.OverlapPooled:
			cov := pooled(s.Design, totals, met)
			link.Correlation = cov[0][1] / math.Sqrt(float64(cov[0][0]*cov[1][1]))
			link.SE = math.Sqrt(max(cov[0][0]+cov[1][1]-2*cov[0][1], 0)) * d.Statistic.Row().Scale
		}
		links[indicator.Pairing{From: from, To: key}] = link
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
	cov := design.Square(len(totals))
	levelOf(d, &d.Stage, totals[:], clusters, make([]int32, d.Strata), 1).add(cov, []float64{1})
	return cov
}

// rotation is Berger and Priam's correlation of the totals that PSUs have in
// two waves: that of the residuals of the totals from their means among the PSUs of
// a stratum in the first wave alone, the second alone, and both (Berger and Priam
// 2016, A simple variance estimator of change for rotating repeated surveys,
// Journal of the Royal Statistical Society A 179). Met says of each wave which
// PSUs are in it. The overlap is taken as fixed and the fractions drawn as small.
func rotation(stratum []int32, totals [2][]float64, met [2][]bool) float64 {
	type group struct {
		stratum  int32
		from, to bool
	}
	groups := map[group][]int{}
	var order []group
	for c := range stratum {
		g := group{stratum[c], met[0][c], met[1][c]}
		if groups[g] == nil {
			order = append(order, g)
		}
		groups[g] = append(groups[g], c)
	}
	var products [3][]float64 // from with from, from with to, to with to
	for _, g := range order {
		clusters := groups[g]
		var residuals [2][]float64
		for wave := range totals {
			own := make([]float64, len(clusters))
			for i, c := range clusters {
				own[i] = totals[wave][c]
			}
			mean := total(own) / float64(len(own))
			for i := range own {
				own[i] -= mean
			}
			residuals[wave] = own
		}
		for i := range clusters {
			a, b := residuals[0][i], residuals[1][i]
			products[0] = append(products[0], float64(a*a))
			products[1] = append(products[1], float64(a*b))
			products[2] = append(products[2], float64(b*b))
		}
	}
	return total(products[1]) / math.Sqrt(float64(total(products[0])*total(products[2])))
}

// rotating is the covariance of sums over a file of several waves between which
// PSUs rotate: of each wave by itself, in strata of its own, and between every two
// by rotation's correlation of their totals, so that the error of a change is
// that of Links, and the error of waves together rests on the same PSUs.
func rotating(d *design.Design, u [][]float64, in []bool) [][]float64 {
	r, none := d.Rotation, make([]int32, d.Strata)
	whole := newLevel(d, &d.Stage, totalsOf(&d.Stage, u), in, none, 1)
	met := make([][]int32, len(r.Has)) // of each wave, the clusters that the domain meets
	for _, clusters := range whole.clusters {
		for _, c := range clusters {
			met[r.Wave[c]] = append(met[r.Wave[c]], c)
		}
	}
	cov, own, totals := design.Square(len(u)), make([][][]float64, len(met)), make([][][]float64, len(met))
	for w := range met {
		own[w], totals[w] = design.Square(len(u)), make([][]float64, len(u))
		levelOf(d, &d.Stage, whole.totals, met[w], none, 1).add(own[w], []float64{1})
		for a := range u {
			totals[w][a] = make([]float64, len(r.Stratum))
			for _, c := range met[w] {
				totals[w][a][r.PSU[c]] = whole.totals[a][c]
			}
			for b := range u {
				cov[a][b] += own[w][a][b]
			}
		}
	}
	for v := range met {
		for w := range v {
			for a := range u {
				for b := range u {
					size := math.Sqrt(float64(own[v][a][a] * own[w][b][b]))
					if size == 0 {
						continue
					}
					x := float64(rotation(r.Stratum, [2][]float64{totals[v][a], totals[w][b]}, [2][]bool{r.Has[v], r.Has[w]}) * size)
					cov[a][b] += x
					cov[b][a] += x
				}
			}
		}
	}
	return cov
}
