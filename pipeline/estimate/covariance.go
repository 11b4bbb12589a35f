package estimate

import (
	"fmt"
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/tally"
)

// pairs are the pairs of a breakdown's cells of which a comparison takes the
// covariance: each with the reference, and for a trend all.
func pairs(how *indicator.Comparisons, cells, reference int) [][2]int {
	var made [][2]int
	for a := range cells {
		for b := a + 1; b < cells; b++ {
			if how.Trend || a == reference || b == reference {
				made = append(made, [2]int{a, b})
			}
		}
	}
	return made
}

// A union is all of a population who are of an item's base: the domain of what
// compares the categories of one breakdown, whoever they are of.
type union struct {
	met   []int       // of each stratum, the clusters with one of them
	of    strataCount // that are met
	alone float64     // the clusters of those that are centred on the mean of all, each times the stratum's factor
}

// unionOf is those in the conditions.
func unionOf(d *design.Design, w *indicator.Wave, where, base []codebook.Condition) *union {
	e := &union{met: make([]int, d.Strata)}
	if part := w.Parts[d.Weights]; part != nil {
		e.met = part.Met(where, base)
	} else {
		within, seen := w.Table.All(slices.Concat(where, base)), make([]bool, d.Clusters)
		for i, row := range d.Rows {
			if c := d.Cluster[i]; !seen[c] && within(int(row)) {
				seen[c] = true
				e.met[d.Stratum[c]]++
			}
		}
	}
	for h, met := range e.met {
		if met == 0 {
			continue
		}
		role, by := roleOf(d, &d.Stage, int32(h), met)
		if e.of.add(d, int32(h), role); role == aboutAll {
			e.alone += float64(by * float64(d.Size[h]))
		}
	}
	return e
}

// covariances are those of the totals of the cells of pairs, summed over strata as
// spreads are, in the domain of everyone.
type covariances struct {
	own   *spreads // of each cell by itself, in the same domain
	items []int    // of each item: its sums
	first []int    // of each item: its products, of a pair's
	size  int      // products of a pair
	sums  []wider
}

func newCovariances(d *design.Design, p *tally.Plan, w *indicator.Wave, cells []int) *covariances {
	c := &covariances{}
	for _, item := range p.Items {
		n := 2 * len(item.Groups)
		c.items, c.first = append(c.items, n), append(c.first, c.size)
		c.size += n * n
	}
	n, all := 0, 0
	for i, domain := range p.Domains {
		n, all = n+len(domain.Pairs), all+cells[i]
	}
	c.sums = make([]wider, n*c.size)
	if n == 0 {
		return nil
	}
	c.own = newSpreads(d, p, all)
	c.own.whole = make([]*union, len(c.own.of))
	known, at := map[string]*union{}, 0
	for i, domain := range p.Domains {
		for range cells[i] {
			for _, item := range p.Items {
				key := fmt.Sprintf("%+v", slices.Concat(domain.Where, item.Base))
				if known[key] == nil {
					known[key] = unionOf(d, w, domain.Where, item.Base)
				}
				e := known[key]
				if c.own.whole[at], c.own.of[at] = e, e.of; e.alone > 0 {
					c.own.alone[at] = &lonelyCount{clusters: e.alone}
				}
				at++
			}
		}
	}
	return c
}

// take adds a stratum's part. Several goroutines may give strata of different
// cells.
func (c *covariances) take(of *tally.Stratum) {
	if c == nil {
		return
	}
	c.own.take(of)
	d := c.own.d
	drawn := d.Size[of.Number]
	of.EachPair(func(pair int, a, b int32) {
		for item, sums := range c.items {
			one, two := of.Of(a, item), of.Of(b, item)
			if one.Clusters == 0 || two.Clusters == 0 {
				continue
			}
			role, by := roleOf(d, &d.Stage, of.Number, c.own.whole[int(a)*len(c.items)+item].met[of.Number])
			to, f := c.sums[pair*c.size+c.first[item]:], newFraction(by)
			if role == aboutOwn {
				f = newFraction(by / float64(drawn))
			}
			for i, product := range of.Pair(pair, item) {
				switch role {
				case aboutOwn:
					to[i].add(f.of(centred(uint64(drawn), product, one.Sums[i/sums], two.Sums[i%sums])))
				case aboutAll:
					to[i].add(f.of(widened(product)))
				}
			}
		}
	})
}

// of is the covariance of an item's statistic in the cells of a pair, from their
// gradients, by a moment of own.
func (c *covariances) of(m *moment, pair, item int, cells [2]int32, gradients [2][]float64, counts [2]*tally.Count) float64 {
	sums := c.items[item]
	from := c.sums[pair*c.size+c.first[item]:]
	for i, g := range gradients[0] {
		for j, h := range gradients[1] {
			m.q.add(g, h, from[i*sums+j].into(&m.n, &m.work), counts[0].K[i]+counts[1].K[j])
		}
	}
	return m.settle(cells, item, gradients, counts)
}

// joint is what an item's figures in the cells of a domain have in common.
func (p *pass) joint(m *moment, counts *tally.Counts, domain, item int) indicator.Joint {
	a := &p.requests[item][domain]
	first, cells := counts.First(domain)
	j := newJoint(a, p.design, p.references[domain], cells)
	j.DF = p.freedom()
	if p.design.Error == design.ByFactor {
		return j // whose errors follow from the figures'
	}
	own := *m
	if p.pairs != nil { // as of one category there are none
		own.spreads = p.pairs.own
	}
	value := functionOf(a.definition, a.item)
	of, gradients, values := make([]tally.Count, cells), make([][]float64, cells), make([]float64, cells)
	for k := range cells {
		of[k] = counts.Of(first+int32(k), item)
		values[k], gradients[k] = math.NaN(), nil
		if of[k].Met > 0 {
			values[k], gradients[k] = value.of(&of[k])
		}
		if finite(gradients[k]) && gradients[k] != nil {
			j.Own[k], _ = own.variance(first+int32(k), item, gradients[k], &of[k])
		}
	}
	for k := range j.Beside {
		j.Beside[k] = j.Own[j.Reference]
	}
	var with []int // of each category that has a figure, its place among those
	n := 0
	for _, v := range values {
		with = append(with, n)
		if !math.IsNaN(v) {
			n++
		}
	}
	if a.definition.Compare.Trend {
		j.All = design.Square(n)
		for k, v := range values {
			if !math.IsNaN(v) {
				j.All[with[k]][with[k]] = j.Own[k]
			}
		}
	}
	pair := 0
	for _, d := range p.plan.Domains[:domain] {
		pair += len(d.Pairs)
	}
	for i, both := range p.plan.Domains[domain].Pairs {
		x, y := both[0], both[1]
		if gradients[x] == nil || gradients[y] == nil || !finite(gradients[x]) || !finite(gradients[y]) {
			continue
		}
		covariance := p.pairs.of(&own, pair+i, item, [2]int32{first + int32(x), first + int32(y)}, [2][]float64{gradients[x], gradients[y]}, [2]*tally.Count{&of[x], &of[y]})
		switch j.Reference {
		case x:
			j.With[y] = covariance
		case y:
			j.With[x] = covariance
		}
		if j.All != nil {
			j.All[with[x]][with[y]], j.All[with[y]][with[x]] = covariance, covariance
		}
	}
	return j
}
