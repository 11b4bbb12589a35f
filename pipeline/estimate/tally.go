package estimate

import (
	"math"

	"togetherwecan/pipeline/design"
)

// A measurement says what one figure counts of each row: the values of its
// components, whose weighted totals are all that the statistic depends on.
// A row that is not in the base has none.
type measurement struct {
	components int
	// of fills x with the row's components, each at most 1 in size, and says
	// whether the row is in the base.
	of func(row int, x []float64) bool
}

// A domain divides the respondents: the number of the category that a row is
// in, or -1 for a row outside all of them.
type domain struct {
	categories int
	of         func(row int) int
}

// A tally holds, per cluster and category, the weighted totals of a
// measurement's components: all that values and their errors depend on.
// Tallies of parts of a sample merge by addition, in any order.
//
// A cell is kept for each category that a cluster meets, with a respondent in
// the base or not; cells are in the order in which they were met, which
// carries no information.
type tally struct {
	components int
	categories int

	cell   []int32      // [cluster*categories+category]: number of the cell, from 1; 0 for none
	cells  [][]int32    // [category]: its cells
	home   []int32      // [cell]: its cluster
	totals []design.Sum // [cell*components+component]

	weight  []design.Sum // [category]: of the rows in the base
	squares []design.Sum // [category][pair of components, first <= second]: weighted products
	base    []int        // [category]: rows in the base
	counts  []int        // [category*components+component]: of those, with the component

	linearised []float64 // [cluster]: of the last category that met it
}

func newTally(d *design.Design, m measurement, by domain) *tally {
	return &tally{
		components: m.components,
		categories: by.categories,
		cell:       make([]int32, d.Clusters*by.categories),
		cells:      make([][]int32, by.categories),
		weight:     make([]design.Sum, by.categories),
		squares:    make([]design.Sum, by.categories*m.pairs()),
		base:       make([]int, by.categories),
		counts:     make([]int, by.categories*m.components),
		linearised: make([]float64, d.Clusters),
	}
}

// pairs is the number of pairs of components, each with itself too.
func (m measurement) pairs() int { return m.components * (m.components + 1) / 2 }

// meet returns the totals of a cluster's cell in a category.
func (t *tally) meet(cluster int32, category int) []design.Sum {
	at := int(cluster)*t.categories + category
	if t.cell[at] == 0 {
		t.home = append(t.home, cluster)
		for range t.components {
			t.totals = append(t.totals, design.Sum{})
		}
		t.cell[at] = int32(len(t.home))
		t.cells[category] = append(t.cells[category], t.cell[at]-1)
	}
	return t.of(t.cell[at] - 1)
}

// of returns the totals of a cell.
func (t *tally) of(cell int32) []design.Sum {
	return t.totals[int(cell)*t.components : (int(cell)+1)*t.components]
}

// count adds the rows first to last-1 of the design, one pass.
func (t *tally) count(d *design.Design, m measurement, by domain, first, last int) {
	k := t.components
	x := make([]float64, k)
	pairs := m.pairs()
	largest := 0.0
	for _, w := range d.Weight {
		largest = max(largest, w)
	}
	unit := design.Unit(largest)
	for i := first; i < last; i++ {
		row := int(d.Rows[i])
		category := by.of(row)
		if category < 0 {
			continue
		}
		totals := t.meet(d.Cluster[i], category)
		if !m.of(row, x) {
			continue
		}
		w := d.Weight[i] * unit
		whole := design.Fixed(w)
		t.base[category]++
		t.weight[category].Add(whole)
		squares := t.squares[category*pairs:]
		for a := range k {
			if x[a] == 0 {
				squares = squares[k-a:]
				continue
			}
			t.counts[category*k+a]++
			wx := whole
			if x[a] != 1 {
				wx = design.Fixed(w * x[a])
			}
			totals[a].Add(wx)
			for b := a; b < k; b++ {
				switch {
				case x[b] == 0:
				case x[a] == 1 && x[b] == 1:
					squares[b-a].Add(whole)
				default:
					squares[b-a].Add(design.Fixed(float64(w*x[a]) * x[b]))
				}
			}
			squares = squares[k-a:]
		}
	}
}

// merge adds the tally of other rows of the same design.
func (t *tally) merge(other *tally) {
	for category, cells := range other.cells {
		for _, cell := range cells {
			totals := t.meet(other.home[cell], category)
			for a, s := range other.of(cell) {
				totals[a].Add(s)
			}
		}
	}
	for i := range t.weight {
		t.weight[i].Add(other.weight[i])
		t.base[i] += other.base[i]
	}
	for i := range t.squares {
		t.squares[i].Add(other.squares[i])
	}
	for i := range t.counts {
		t.counts[i] += other.counts[i]
	}
}

// sums returns the totals of a category's components over all clusters.
func (t *tally) sums(category int) []float64 {
	sums := make([]design.Sum, t.components)
	for _, cell := range t.cells[category] {
		for a, s := range t.of(cell) {
			sums[a].Add(s)
		}
	}
	out := make([]float64, t.components)
	for a, s := range sums {
		out[a] = s.Value()
	}
	return out
}

// variance is that of a category's statistic: of the totals of its linearised
// variable.
func (t *tally) variance(d *design.Design, category int, gradient []float64) float64 {
	met := t.linearise(category, gradient)
	cov := square(1)
	levelOf(d, &d.Stage, [][]float64{t.linearised}, met, make([]int32, d.Strata), 1).add(cov, []float64{1})
	return cov[0][0]
}

// linearise sets the linearised variable's totals of the clusters that a
// category meets, the gradient of the statistic applied to a cluster's totals,
// and returns those clusters.
func (t *tally) linearise(category int, gradient []float64) (met []int32) {
	met = make([]int32, 0, len(t.cells[category]))
	for _, cell := range t.cells[category] {
		value := 0.0
		for a, s := range t.of(cell) {
			value += float64(gradient[a] * s.Value())
		}
		t.linearised[t.home[cell]] = value
		met = append(met, t.home[cell])
	}
	return met
}

// simple is the variance that a simple random sample of the same base, drawn
// with replacement, would give: W * sum w e^2 / (n-1), e being the linearised
// value of a respondent per unit of weight. NaN for a base of less than two.
func (t *tally) simple(category int, gradient []float64) float64 {
	if t.base[category] < 2 {
		return math.NaN()
	}
	pairs := t.components * (t.components + 1) / 2
	squares := t.squares[category*pairs : (category+1)*pairs]
	terms := make([]float64, 0, pairs)
	i := 0
	for a, g := range gradient {
		for b := a; b < len(gradient); b++ {
			term := float64(float64(g*gradient[b]) * squares[i].Value())
			if b > a {
				term *= 2
			}
			terms = append(terms, term)
			i++
		}
	}
	return float64(t.weight[category].Value()*total(terms)) / float64(t.base[category]-1)
}

// df counts the clusters that a category meets, and those less the strata.
func (t *tally) df(d *design.Design, category int) (clusters, df int) {
	met := make([]bool, d.Strata)
	strata := 0
	for _, cell := range t.cells[category] {
		if h := d.Stratum[t.home[cell]]; !met[h] {
			met[h] = true
			strata++
		}
	}
	clusters = len(t.cells[category])
	return clusters, clusters - strata
}
