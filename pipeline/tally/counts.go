package tally

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
	amounts  []Wide      // [cell*amounts+amount]: those that are products
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
		amounts: make([]Wide, l.cells*len(l.amounts)),
	}
}

// Cells returns the number of cells of the plan.
func (c *Counts) Cells() int { return c.layout.cells }

// First returns the first cell of a domain, and how many it has.
func (c *Counts) First(domain int) (cell int32, cells int) {
	d := &c.layout.domains[domain]
	return int32(d.first), d.size
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
	return made
}
