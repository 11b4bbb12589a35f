package tally

import (
	"math"

	"togetherwecan/pipeline/table"
)

// A factor is a variable's values less a number of the question: as they are, or
// by the states of its codes, which a coded row holds.
type factor struct {
	values      []float64
	less        float64
	codes       *table.Codes
	of          []float64 // each state's, 0 where missing
	word, shift int       // of a coded row
	mask        uint64
}

func factorOf(t *table.Table, a Amount) factor {
	c := t.Column(a.Value)
	f := factor{values: c.Values, less: a.Less, codes: c.Codes}
	if f.codes != nil {
		f.of = make([]float64, max(256, table.Kinds+len(c.Numbers)))
		for i, x := range c.Numbers {
			f.of[table.Kinds+i] = x - a.Less
		}
	}
	return f
}

// pack gives the factors that have codes their place in coded rows, from a word
// on, and returns the first after them.
func pack(list []factor, word int) int {
	shift := 64
	for i := range list {
		f := &list[i]
		if f.codes == nil {
			continue
		}
		width := 8
		if one, two, _ := f.codes.States(); two != nil {
			width = 16
		} else if one == nil {
			width = 32
		}
		if shift+width > 64 {
			word, shift = word+1, 0
		}
		f.word, f.shift, f.mask = word-1, shift, 1<<width-1
		shift += width
	}
	return word
}

// pack puts the states of rows into a word of each.
func (f *factor) pack(rows []int32, words []uint64) {
	switch one, two, four := f.codes.States(); {
	case one != nil:
		packed(one, rows, f.shift, words)
	case two != nil:
		packed(two, rows, f.shift, words)
	default:
		packed(four, rows, f.shift, words)
	}
}

func packed[S table.State](states []S, rows []int32, shift int, words []uint64) {
	for i, row := range rows {
		words[i] |= uint64(states[row]) << shift
	}
}

// A valued is a factor as a row has it: by its state, or gathered.
type valued struct {
	at          int       // of the factors
	of          []float64 // nil where it is gathered
	word, shift int
	mask        uint64
}

// A valuer makes the amounts of a group's rows whole.
type valuer struct {
	word, bit int  // of the group's mark in a coded row
	one       bool // X is 1
	x, y      valued
	first     int // of the amounts: those of X and Y if X is a value, or of Y, then those of their products, and their sizes if they are asked for
	sizes     bool
	less      [2]float64 // in X and Y
	units     [7]float64
}

// factors lists the factors of a layout, each once.
func factors(l *layout, t *table.Table) (list []factor, place map[Amount]int) {
	place = map[Amount]int{}
	add := func(a Amount) {
		if _, there := place[a]; !there {
			place[a] = len(list)
			list = append(list, factorOf(t, a))
		}
	}
	for _, g := range l.valued {
		if l.groups[g].x >= 0 {
			add(l.groups[g].xAmount)
		}
		add(l.groups[g].yAmount)
	}
	return list, place
}

// valuers are what is made of the factors, in the units.
func (c *coder) valuers(units []float64) []valuer {
	of := func(a Amount) valued {
		at := c.place[a]
		f := &c.factors[at]
		return valued{at, f.of, f.word, f.shift, f.mask}
	}
	var made []valuer
	for _, g := range c.valued {
		group := &c.groups[g]
		v := valuer{word: c.firstMark + g/wordItems, bit: g % wordItems, one: group.x < 0, first: group.y, y: of(group.yAmount), sizes: group.largest, less: [2]float64{group.xAmount.Less, group.yAmount.Less}}
		if !v.one {
			v.first, v.x = group.x, of(group.xAmount)
		}
		copy(v.units[:], units[v.first:])
		made = append(made, v)
	}
	return made
}

// gather fetches the factors of rows, of one after the other: far memory is then
// asked for many of them at a time. Those that coded rows hold are left out.
func gather(list []factor, rows []int32, to []float64) {
	n := len(list)
	for k := range list {
		f := &list[k]
		if f.codes != nil {
			continue
		}
		at := k
		for _, row := range rows {
			to[at] = f.values[row] - f.less
			at += n
		}
	}
}

// number is that of a row, given those that were gathered.
func (v *valued) number(row []uint64, gathered []float64) float64 {
	if v.of != nil {
		return v.of[row[v.word]>>v.shift&v.mask]
	}
	return gathered[v.at]
}

// values puts the row's amounts, whole, into the group's places: products of the
// weight and the values from left to right, 0 where the row is not in the group.
func (v *valuer) values(row []uint64, gathered []float64, weight float64, wholes []int64) {
	in, by := row[v.word]>>v.bit&1 != 0, &v.units
	if v.one {
		y := 0.0
		if in {
			y = v.y.number(row, gathered)
		}
		product := float64(weight * y)
		wholes[v.first], wholes[v.first+1] = whole(product, by[0]), whole(float64(product*y), by[1])
		if v.sizes {
			wholes[v.first+2] = 0
			if in {
				wholes[v.first+2] = whole(size(weight, y+v.less[1]), by[2])
			}
		}
		return
	}
	to := wholes[v.first : v.first+5 : v.first+5]
	if v.sizes {
		to = wholes[v.first : v.first+7 : v.first+7]
	}
	if !in {
		clear(to)
		return
	}
	x, y := v.x.number(row, gathered), v.y.number(row, gathered)
	wx, wy := float64(weight*x), float64(weight*y)
	to[0], to[1] = whole(wx, by[0]), whole(wy, by[1])
	to[2], to[3], to[4] = whole(float64(wx*x), by[2]), whole(float64(wx*y), by[3]), whole(float64(wy*y), by[4])
	if v.sizes {
		to[5], to[6] = whole(size(weight, x+v.less[0]), by[5]), whole(size(weight, y+v.less[1]), by[6])
	}
}

// size is that of what a respondent adds to a total.
func size(weight, value float64) float64 { return math.Abs(float64(weight * value)) }

// largest is the size of the largest value, of all rows of the table.
func (f factor) largest() float64 {
	largest := 0.0
	for _, v := range f.values {
		if x := math.Abs(v - f.less); x > largest {
			largest = x
		}
	}
	for _, v := range f.of {
		largest = max(largest, math.Abs(v))
	}
	return largest
}
