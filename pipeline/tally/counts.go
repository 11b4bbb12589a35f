package tally

import "math"

// Counts are the exact sums of a plan over a whole sample.
type Counts struct {
	Units Units

	layout   *layout
	rows     []int64     // [cell]
	bases    []baseCount // [cell*bases+base]
	sides    []sides     // [cell*groups+group]
	clusters []int32     // [cell*items+item]: with an answer
	sums     []Wide      // [cell*sums+sum]
	weights  []Wide      // [cell*groups+group]: of those who answered
	amounts  []Wide      // [cell*amounts+amount]: those that are in no moment
	largest  []int64     // [cell*largest+contribution]
}

// A baseCount is of the respondents whom the base of an item leaves in a cell,
// whether they answered or not.
type baseCount struct {
	rows             int64
	clusters, strata int32
}

// sides are the rows of a group, and those of them that are counted in Y.
type sides struct{ answers, yes int64 }

func newCounts(l *layout, u Units) *Counts {
	return &Counts{
		Units: u, layout: l,
		rows: make([]int64, l.cells), bases: make([]baseCount, l.cells*len(l.bases)), sides: make([]sides, l.cells*len(l.groups)),
		clusters: make([]int32, l.cells*len(l.items)), sums: make([]Wide, l.cells*l.sums), weights: make([]Wide, l.cells*len(l.groups)),
		amounts: make([]Wide, l.cells*len(l.amounts)), largest: make([]int64, l.cells*len(l.largest)),
	}
}

// Cells returns the number of cells of the plan.
func (c *Counts) Cells() int { return c.layout.cells }

// First returns the first cell of a domain, and how many it has.
func (c *Counts) First(domain int) (cell int32, cells int) {
	d := &c.layout.domains[domain]
	return int32(d.first), d.size
}

// larger keeps the larger of a cell's largest contributions and those of other rows.
func (c *Counts) larger(cell int32, than []int64) {
	to := c.largest[int(cell)*len(than):][:len(than)]
	for k, x := range than {
		to[k] = max(to[k], x)
	}
}

// A Count is the exact sums of an item in a cell.
type Count struct {
	Respondents int   // in the cell whom the item's base leaves, whether they answered or not
	Clusters    int   // with one of them
	Strata      int   // of those
	Met         int   // clusters with an answer
	Answers     []int // of each group: respondents in it
	Yes         []int // of those, the ones for whom Y holds; -1 where Y is of no condition
	Weight      Wide  // of all of them, in units of 2^-WeightK
	WeightK     int
	Sums        []Wide
	K           []int // of the sums: in units of 2^-k

	// Products are the sums over respondents of the weight times X times X, X
	// times Y and Y times Y, of each group, in units of 2^-ProductK.
	Products []Wide
	ProductK []int

	// Largest is what one respondent adds at most to each total of which that is
	// asked, and Sizes what all add, each in its size and in the same units.
	Largest []int64
	Sizes   []Wide
}

// LargestShare is the largest share that one respondent has of what all add to a
// total. It is NaN where that is not asked of a total, or nobody adds anything.
func (c *Count) LargestShare() float64 {
	largest := math.NaN()
	for k, x := range c.Largest {
		if share := float64(x) / c.Sizes[k].Value(0); !(share <= largest) && !math.IsNaN(share) {
			largest = share
		}
	}
	return largest
}

// Of returns the sums of an item in a cell.
func (c *Counts) Of(cell int32, item int) Count {
	l := c.layout
	of := &l.items[item]
	base := &c.bases[int(cell)*len(l.bases)+of.base]
	n := 2 * of.groups
	numbers := make([]int, 2*n)
	made := Count{
		Respondents: int(base.rows), Clusters: int(base.clusters), Strata: int(base.strata), Met: int(c.clusters[int(cell)*len(l.items)+item]),
		Sums: c.sums[int(cell)*l.sums+of.sums:][:n], K: numbers[:n], WeightK: c.Units.K,
		Answers: numbers[n : n+of.groups : n+of.groups], Yes: numbers[n+of.groups:],
	}
	for k := range of.groups {
		g := of.group + k
		rows := c.sides[int(cell)*len(l.groups)+g]
		made.Answers[k], made.Yes[k] = int(rows.answers), -1
		if l.groups[g].counted != nil {
			made.Yes[k] = int(rows.yes)
		}
		made.Weight.AddWide(c.weights[int(cell)*len(l.groups)+g])
		x, y := 2*k, 2*k+1
		made.K[x], made.K[y] = c.Units.K, c.Units.K
		if a := l.groups[g].x; a >= 0 {
			made.K[x] = c.Units.Amounts[a]
		}
		if a := l.groups[g].y; a >= 0 {
			made.K[y] = c.Units.Amounts[a]
		}
		for p, a := range l.groups[g].products {
			sum := []int{x, y, y}[p]
			if a < 0 {
				made.Products, made.ProductK = append(made.Products, made.Sums[sum]), append(made.ProductK, made.K[sum])
				continue
			}
			made.Products, made.ProductK = append(made.Products, c.amounts[int(cell)*len(l.amounts)+a]), append(made.ProductK, c.Units.Amounts[a])
		}
	}
	for k := of.largest; k < len(l.largest) && l.largest[k].group < of.group+of.groups; k++ {
		all := made.Sums[2*(l.largest[k].group-of.group)+1]
		if a := l.largest[k].amount; a >= 0 {
			all = c.amounts[int(cell)*len(l.amounts)+a]
		}
		made.Largest, made.Sizes = append(made.Largest, c.largest[int(cell)*len(l.largest)+k]), append(made.Sizes, all)
	}
	return made
}
