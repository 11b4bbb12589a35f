package estimate

import (
	"math"
	"math/big"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/tally"
)

// spreads are the covariances of the totals of every item in every cell, summed
// over strata as level does for clusters, from the strata's exact moments.
type spreads struct {
	d     *design.Design
	items []int // of each item: its sums
	first []int // of each item: its pairs, of a cell's
	pairs int
	sums  []wider        // [cell*pairs+pair]
	of    []strataCount  // [cell*items+item]
	alone []*lonelyCount // [cell*items+item]: nil where no stratum is centred on the mean of all
	whole []*union       // [cell*items+item]: the domain of each, nil where it is those who answered
}

// A strataCount is of the strata that a domain meets: in which an item of a cell
// has an answer.
type strataCount struct {
	strata, usable, certain int32
	drawn                   int64 // their clusters
}

// add counts a stratum in its role.
func (c *strataCount) add(d *design.Design, h int32, r role) {
	c.strata++
	c.drawn += int64(d.Size[h])
	if r != unusable {
		c.usable++
	}
	if r == nothing && d.Certain(h) {
		c.certain++
	}
}

// A lonelyCount is of the strata that are centred on the mean of all: their
// clusters, each times the stratum's factor, and the sums of those times their
// totals.
type lonelyCount struct {
	clusters float64
	sums     [4]wider
}

func newSpreads(d *design.Design, p *tally.Plan, cells int) *spreads {
	s := &spreads{d: d}
	for _, item := range p.Items {
		n := 2 * len(item.Groups)
		s.items, s.first = append(s.items, n), append(s.first, s.pairs)
		s.pairs += n * (n + 1) / 2
	}
	s.sums, s.of = make([]wider, cells*s.pairs), make([]strataCount, cells*len(s.items))
	if d.Lonely == codebook.LonelyAdjust {
		s.alone = make([]*lonelyCount, len(s.of))
	}
	return s
}

// take adds a stratum's part. Several goroutines may give strata of different
// cells.
func (s *spreads) take(of *tally.Stratum) {
	h := of.Number
	drawn := s.d.Size[h]
	n := float64(drawn)
	for _, cell := range of.Cells {
		for item, sums := range s.items {
			m := of.Of(cell, item)
			if m.Clusters == 0 {
				continue
			}
			at := int(cell)*len(s.items) + item
			met := m.Clusters
			if s.whole != nil {
				met = s.whole[at].met[h]
			}
			role, by := roleOf(s.d, &s.d.Stage, h, met)
			if s.whole == nil {
				s.of[at].add(s.d, h, role)
			}
			to := s.sums[int(cell)*s.pairs+s.first[item]:]
			switch role {
			case aboutOwn:
				f := newFraction(by / n)
				pair := 0
				for a := range sums {
					for b := a; b < sums; b++ {
						to[pair].add(f.of(centred(uint64(drawn), m.Products[pair], m.Sums[a], m.Sums[b])))
						pair++
					}
				}
			case aboutAll:
				f := newFraction(by)
				for pair, product := range m.Products {
					to[pair].add(f.of(widened(product)))
				}
				if s.alone[at] == nil {
					s.alone[at] = &lonelyCount{}
				}
				if s.whole == nil {
					s.alone[at].clusters += float64(by * n)
				}
				for a, sum := range m.Sums {
					s.alone[at].sums[a].add(f.of(widened(sum)))
				}
			}
		}
	}
}

// A moment makes variances of figures. It is for one goroutine.
type moment struct {
	*spreads
	q       *quadratic
	n, work big.Int
}

// variance is that of an item's statistic in a cell, from the gradient of it by
// the sums, and what rounding may have left of 0 in it.
func (m *moment) variance(cell int32, item int, gradient []float64, c *tally.Count) (variance, rounding float64) {
	at := int(cell)*len(m.items) + item
	sums := m.sums[int(cell)*m.pairs+m.first[item]:]
	pair := 0
	for a, g := range gradient {
		for b := a; b < len(gradient); b++ {
			k, times := c.K[a]+c.K[b], 1
			if b > a {
				k, times = k-1, 2
			}
			m.q.add(g, gradient[b], sums[pair].into(&m.n, &m.work), k)
			rounding += math.Abs(math.Ldexp(float64(g*gradient[b]), times-1-c.K[a]-c.K[b]))
			pair++
		}
	}
	variance = m.settle([2]int32{cell, cell}, item, [2][]float64{gradient, gradient}, [2]*tally.Count{c, c})
	return variance, 8 * float64(rounding*float64(m.of[at].strata))
}

// settle is the covariance of an item's statistic in two cells, of which the
// products have been added: less what strata that are centred on the mean of all
// have of it, and with the average for those that take it.
func (m *moment) settle(cells [2]int32, item int, gradients [2][]float64, counts [2]*tally.Count) float64 {
	at, other := int(cells[0])*len(m.items)+item, int(cells[1])*len(m.items)+item
	count := m.of[at]
	if m.alone != nil && m.alone[at] != nil {
		m.aboutAll([2]*lonelyCount{m.alone[at], m.alone[other]}, gradients, counts, count.drawn)
	}
	covariance := m.q.value()
	if count.usable < count.strata {
		covariance *= float64(count.strata) / float64(count.usable)
	}
	return covariance
}

// aboutAll takes the means over all clusters from the totals of those in strata
// that are centred on them.
func (m *moment) aboutAll(of [2]*lonelyCount, gradients [2][]float64, counts [2]*tally.Count, drawn int64) {
	mean := func(side, a int) float64 { return counts[side].Sums[a].Value(counts[side].K[a]) / float64(drawn) }
	for a, g := range gradients[0] {
		for b, h := range gradients[1] {
			m.q.add(-g*mean(0, a), h, of[1].sums[b].into(&m.n, &m.work), counts[1].K[b])
			m.q.add(-h*mean(1, b), g, of[0].sums[a].into(&m.n, &m.work), counts[0].K[a])
			m.q.add(g*mean(0, a), float64(h*mean(1, b))*of[0].clusters, m.n.SetInt64(1), 0)
		}
	}
}

// simple is the variance that a simple random sample of the same base, drawn
// with replacement, would give: W * sum w e^2 / (n-1), e being the linearised
// value of a respondent per unit of weight. NaN for a base of less than two. And
// what making each respondent's products whole may have left of 0 in it: half a
// unit each.
func (m *moment) simple(gradient []float64, c *tally.Count, base int) (variance, rounding float64) {
	if base < 2 {
		return math.NaN(), 0
	}
	for k := range c.Answers {
		x, y := gradient[2*k], gradient[2*k+1]
		for i, pair := range [3][2]float64{{x, x}, {2 * x, y}, {y, y}} {
			at := 3*k + i
			m.q.add(pair[0], pair[1], widened(c.Products[at]).into(&m.n, &m.work), c.ProductK[at])
			rounding += float64(math.Abs(math.Ldexp(float64(pair[0]*pair[1]), -1-c.ProductK[at])) * float64(base))
		}
	}
	whole := c.Weight.Value(c.WeightK)
	return float64(whole*m.q.value()) / float64(base-1), float64(whole*rounding) / float64(base-1)
}
