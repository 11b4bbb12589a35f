package tally

import (
	"fmt"
	"math/bits"
	"slices"

	"togetherwecan/pipeline/codebook"
)

// wordItems is how many groups have their two marks in one word of a coded row:
// whether the row is in the group in the lower half, and whether it is counted
// in Y in the upper.
const wordItems = 32

// A layout is a plan as it lies in memory: its cells, groups and conditions
// numbered, and what a coded row holds of each.
type layout struct {
	plan       *Plan
	categories map[string][]string // of the plan's variables; none of numbers
	cells      int
	domains    []domain
	breakdowns []breakdown
	flags      [][]codebook.Condition // lists of conditions, each once
	groups     []group
	items      []item
	amounts    []amount
	squares    []square // of rows that are their own clusters, beside those of marks

	bases     []int // flags that are an item's base
	weighed   []int // groups whose X is a value, so that their weights are summed beside it
	valued    []int // groups with amounts
	products  []int // amounts that are in no moment: of two values, and sizes
	largest   []contribution
	chunks    int   // of groups
	plain     []int // items of one group whose X and Y are weights
	others    []int // and the rest
	markWords int
	firstMark int // words of a row: flags, and breakdowns for which there is room beside them; marks; breakdowns
	firstBy   int
	stride    int
	sums      int // of all items of a cell
	moments   int // sums and products of all items of a cell

	pairs     []pair // of cells, domain by domain
	paired    []bool // [cell]: it is one of a pair
	pairItems []int  // of each item, its first product of a pair
	pairSize  int    // products of all items of a pair
}

type domain struct {
	breakdown int
	where     int // of flags
	first     int // of its cells
	size      int
}

// A breakdown is crossed variables; a row's place in it is 0 where it has not
// all of them, or 1 more than its category.
type breakdown struct {
	by    []string
	size  int
	word  int
	shift int
	mask  uint64
}

// An item's sums are those of X and Y of each group, and its products those of
// each pair of them, the first with itself first.
type item struct {
	base     int // of bases
	group    int // its first
	groups   int
	sums     int // of the cell's
	moments  int // of the cell's
	products int // the first, from moments
	largest  int // of the cell's
}

type group struct {
	item     int
	answered []string
	where    []codebook.Condition
	except   *codebook.Condition
	flag     int // of its item's base
	counted  *codebook.Condition
	xAmount  Amount
	yAmount  Amount
	x, y     int    // of amounts, -1 for a mark
	products [3]int // of each row: of X with itself, of X and Y, of Y with itself; of amounts, -1 where the sum is X's or Y's
	squares  int    // its first of squares
	largest  bool
}

// An amount is the weight of a row of a group times one or two variables' values,
// or the size of it times the value itself.
type amount struct {
	group  int
	values []Amount
}

// A contribution is to a total of a group, of which the largest is kept: a size
// among the amounts, or -1 for the weight of a row that is counted.
type contribution struct{ group, amount int }

// A square is the product of a row's weight or amount, -1 for the weight, and
// another amount.
type square struct{ a, b int }

// newLayout lays out a plan. It panics for a variable without categories, and
// for groups of a kind that nothing asks for: bugs of the caller's.
func newLayout(p *Plan, categories map[string][]string) *layout {
	for _, name := range p.variables() {
		if _, ok := categories[name]; !ok {
			panic(fmt.Sprintf("tally: no variable %q", name))
		}
	}
	l := &layout{plan: p, categories: categories}
	for _, d := range p.Domains {
		b := l.breakdown(d.By)
		l.domains = append(l.domains, domain{b, l.flag(d.Where), l.cells, l.breakdowns[b].size})
		l.cells += l.breakdowns[b].size
	}
	for _, of := range p.Items {
		l.item(of)
	}
	l.chunks = (len(l.groups) + lanes - 1) / lanes
	for i := range l.items {
		if g := &l.groups[l.items[i].group]; l.items[i].groups == 1 && g.x < 0 && g.y < 0 {
			l.plain = append(l.plain, i)
		} else {
			l.others = append(l.others, i)
		}
	}
	l.pairsOf()
	l.firstMark = (len(l.flags) + 63) / 64
	l.markWords = (len(l.groups) + wordItems - 1) / wordItems
	l.firstBy = l.firstMark + l.markWords
	word, shift := l.firstMark-1, len(l.flags)-64*(l.firstMark-1)
	for i := range l.breakdowns {
		b := &l.breakdowns[i]
		width := bits.Len(uint(b.size))
		if shift+width > 64 {
			word, shift = max(word+1, l.firstBy), 0
		}
		b.word, b.shift, b.mask = word, shift, 1<<width-1
		shift += width
	}
	l.stride = max(word+1, l.firstBy)
	return l
}

func (l *layout) breakdown(by []string) int {
	if i := slices.IndexFunc(l.breakdowns, func(b breakdown) bool { return slices.Equal(b.by, by) }); i >= 0 {
		return i
	}
	size := 1
	for _, name := range by {
		size *= len(l.categories[name])
	}
	l.breakdowns = append(l.breakdowns, breakdown{by: by, size: size})
	return len(l.breakdowns) - 1
}

// flag numbers a list of conditions.
func (l *layout) flag(where []codebook.Condition) int {
	same := func(a, b codebook.Condition) bool {
		bound := func(x, y *float64) bool { return (x == nil) == (y == nil) && (x == nil || *x == *y) }
		return a.Variable == b.Variable && slices.Equal(a.Categories, b.Categories) && bound(a.AtLeast, b.AtLeast) && bound(a.AtMost, b.AtMost)
	}
	if i := slices.IndexFunc(l.flags, func(f []codebook.Condition) bool { return slices.EqualFunc(f, where, same) }); i >= 0 {
		return i
	}
	l.flags = append(l.flags, where)
	return len(l.flags) - 1
}

func (l *layout) item(of Item) {
	flag := l.flag(of.Base)
	base := slices.Index(l.bases, flag)
	if base < 0 {
		base = len(l.bases)
		l.bases = append(l.bases, flag)
	}
	n := 2 * len(of.Groups)
	made := item{base: base, group: len(l.groups), groups: len(of.Groups), sums: l.sums, moments: l.moments, products: l.moments + n, largest: len(l.largest)}
	l.sums += n
	l.moments += n + n*(n+1)/2
	for _, g := range of.Groups {
		l.groups = append(l.groups, l.group(g, flag))
	}
	l.items = append(l.items, made)
}

func (l *layout) group(of Group, flag int) group {
	at := len(l.groups)
	add := func(values ...Amount) int {
		if len(values) > 1 {
			l.products = append(l.products, len(l.amounts))
		}
		l.amounts = append(l.amounts, amount{at, values})
		return len(l.amounts) - 1
	}
	largest := func(values ...Amount) {
		if !of.Largest {
			return
		}
		for _, v := range values {
			l.products, l.largest = append(l.products, len(l.amounts)), append(l.largest, contribution{at, len(l.amounts)})
			l.amounts = append(l.amounts, amount{at, []Amount{{Value: v.Value}}})
		}
	}
	g := group{item: len(l.items), answered: of.Answered, where: of.Where, except: of.Except, flag: flag, counted: of.Y.Holds, xAmount: of.X, yAmount: of.Y, largest: of.Largest, x: -1, y: -1, products: [3]int{-1, -1, -1}}
	x, y := of.X, of.Y
	g.squares = len(l.squares)
	switch {
	case x.Holds != nil || x.Value != "" && y.Value == "":
		panic("tally: X is 1 or a value, and then Y is one too")
	case x.Value != "":
		l.weighed, l.valued = append(l.weighed, at), append(l.valued, at)
		g.x, g.y = add(x), add(y)
		g.products = [3]int{add(x, x), add(x, y), add(y, y)}
		largest(x, y)
		l.squares = append(l.squares, square{g.x, g.x}, square{g.x, g.y}, square{g.y, g.y})
	case y.Value != "":
		l.valued = append(l.valued, at)
		g.y = add(y)
		g.products[2] = add(y, y)
		largest(y)
		l.squares = append(l.squares, square{-1, g.y}, square{g.y, g.y})
	case of.Largest:
		l.largest = append(l.largest, contribution{at, -1})
	}
	return g
}
