package harmonise

import (
	"maps"
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/table"
)

// fewNumbers is how many numbers may differ for a row to take a byte.
const fewNumbers = math.MaxUint8 + 1 - table.Kinds

// A numbering is a column of numbers that comes in batches. While few of them
// differ it holds codes, of a byte a row, and then the numbers themselves.
type numbering struct {
	coding
	many bool
	held pile // once many differ
}

// add takes the next rows, which may be used again after.
func (n *numbering) add(c *table.Column) {
	if !n.many && n.code(c) {
		return
	}
	if !n.many { // from now on
		n.many = true
		for i, codes := range n.parts {
			n.held.add(n.decoded(codes))
			n.parts[i] = nil
		}
	}
	c = c.Decoded()
	n.held.add(&table.Column{Values: slices.Clone(c.Values), Kinds: slices.Clone(c.Kinds)})
}

// code adds the rows as codes, and says whether few numbers differ.
func (n *numbering) code(c *table.Column) bool {
	if c.Codes != nil {
		return n.few(c)
	}
	if n.far == nil {
		n.begin(c)
		for _, x := range c.Values {
			if n.number(x); len(n.numbers) > fewNumbers {
				return false
			}
		}
		n.inOrder()
	}
	states := n.room(c.Len())
	if !n.bytes(c.Values, states) {
		return false
	}
	for row, kind := range c.Kinds {
		if kind != codebook.Present {
			states[row] = uint8(table.Kinds - int(kind))
		}
	}
	n.hold(states)
	return true
}

// decoded are codes as the numbers that they are of.
func (n *numbering) decoded(codes *table.Codes) *table.Column {
	made := &table.Column{Values: make([]float64, codes.Len()), Kinds: make([]codebook.Missing, codes.Len())}
	for row := range made.Values {
		if code := codes.At(row); code >= 0 {
			made.Values[row] = n.numbers[code]
		} else {
			made.SetMissing(row, codebook.Missing(-code))
		}
	}
	return made
}

// whole puts the parts together as a variable, and lets them go.
func (n *numbering) whole(v codebook.Variable) *table.Column {
	if n.many {
		c := n.held.whole(v)
		n.drop(c)
		return c
	}
	not := n.end(n.variable)
	c := &table.Column{Variable: v, Numbers: []float64{}}
	to := slices.Repeat([]int32{noCode}, n.count())
	for _, i := range n.order() {
		if !not[i] {
			to[i] = int32(len(c.Numbers))
			c.Numbers = append(c.Numbers, n.numbers[i])
		}
	}
	c.Codes = n.coding.whole(to, fewNumbers)
	return c
}

// drop takes from a column the numbers that are missing, and keeps which they were.
func (n *numbering) drop(c *table.Column) {
	if len(n.missing.Numbers) == 0 && n.variable.Recorded == nil {
		return
	}
	var near, met [nearCount]bool // whether whole numbers from nearFrom are missing, and a row has them
	for i := range near {
		near[i] = n.isMissing(float64(i + nearFrom))
	}
	far := map[float64]bool{}
	for row, x := range c.Values {
		whole := int(x)
		at, not := uint(whole-nearFrom), false
		if at < nearCount && float64(whole) == x {
			not = near[at]
			met[at] = met[at] || not
		} else if not = n.isMissing(x); not {
			far[x] = true
		}
		if not {
			c.Values[row] = math.NaN()
			if c.Kinds != nil {
				c.Kinds[row] = codebook.System
			}
		}
	}
	for i, is := range met {
		if is {
			n.absent = append(n.absent, codebook.Spell(float64(i+nearFrom)))
		}
	}
	for _, x := range slices.Sorted(maps.Keys(far)) {
		n.absent = append(n.absent, codebook.Spell(x))
	}
}
