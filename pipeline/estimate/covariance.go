package estimate

import (
	"math"

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

// covariances are those of the totals of the cells of pairs, summed over strata as
// spreads are. They are of designs in which the role of a stratum does not depend
// on who is in a domain.
type covariances struct {
	d     *design.Design
	items []int // of each item: its sums
	first []int // of each item: its products, of a pair's
	size  int   // products of a pair
	sums  []wider
}

func newCovariances(d *design.Design, p *tally.Plan) *covariances {
	c := &covariances{d: d}
	for _, item := range p.Items {
		n := 2 * len(item.Groups)
		c.items, c.first = append(c.items, n), append(c.first, c.size)
		c.size += n * n
	}
	n := 0
	for _, domain := range p.Domains {
		n += len(domain.Pairs)
	}
	c.sums = make([]wider, n*c.size)
	return c
}

// take adds a stratum's part. Several goroutines may give strata of different
// cells.
func (c *covariances) take(of *tally.Stratum) {
	drawn := c.d.Size[of.Number]
	role, by := roleOf(c.d, &c.d.Stage, of.Number, drawn)
	if role != aboutOwn {
		return
	}
	f := newFraction(by / float64(drawn))
	of.EachPair(func(pair int, a, b int32) {
		for item, sums := range c.items {
			one, two := of.Of(a, item), of.Of(b, item)
			if one.Clusters == 0 || two.Clusters == 0 {
				continue
			}
			to := c.sums[pair*c.size+c.first[item]:]
			for i, product := range of.Pair(pair, item) {
				to[i].add(f.of(centred(uint64(drawn), product, one.Sums[i/sums], two.Sums[i%sums])))
			}
		}
	})
}

// of is the covariance of an item's statistic in the cells of a pair, from their
// gradients.
func (c *covariances) of(m *moment, pair, item int, gradients [2][]float64, counts [2]*tally.Count) float64 {
	sums := c.items[item]
	from := c.sums[pair*c.size+c.first[item]:]
	for i, g := range gradients[0] {
		for j, h := range gradients[1] {
			m.q.add(g, h, from[i*sums+j].into(&m.n, &m.work), counts[0].K[i]+counts[1].K[j])
		}
	}
	return m.q.value()
}

// joint is what an item's figures in the cells of a domain have in common.
func (p *planned) joint(m *moment, counts *tally.Counts, domain, item int) indicator.Joint {
	a := &p.asks[item][domain]
	first, cells := counts.First(domain)
	j := newJoint(a, p.design, p.references[domain], cells)
	j.DF = p.freedom()
	if p.design.Error == design.ByFactor {
		return j // whose errors follow from the figures'
	}
	value := functionOf(a.definition.Statistic)
	of, gradients, values := make([]tally.Count, cells), make([][]float64, cells), make([]float64, cells)
	for k := range cells {
		of[k] = counts.Of(first+int32(k), item)
		values[k], gradients[k] = math.NaN(), nil
		if of[k].Met > 0 {
			values[k], gradients[k] = value(&of[k])
		}
		if finite(gradients[k]) && gradients[k] != nil {
			j.Own[k], _ = m.variance(first+int32(k), item, gradients[k], &of[k])
		}
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
		j.All = square(n)
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
		covariance := p.pairs.of(m, pair+i, item, [2][]float64{gradients[x], gradients[y]}, [2]*tally.Count{&of[x], &of[y]})
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

// dependsOnDomain says whether the role of a stratum in a variance depends on who
// is in the domain: then comparisons, whose domain is everyone's, need the
// respondents.
func dependsOnDomain(d *design.Design) bool {
	return d.DomainLonely || d.Lonely == codebook.LonelyAdjust || d.Lonely == codebook.LonelyAverage
}
