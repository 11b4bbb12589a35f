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

// A valuer makes the amounts of a group's rows whole.
type valuer struct {
	word, bit int // of the group's mark in a coded row
	x, y      int // of the factors; x is -1 where X is 1
	first     int // of the amounts: those of X and Y if X is a value, or of Y, and then those of their products
}

// factors lists the factors of a layout, each once, and what is made of them.
func factors(l *layout, t *table.Table) (list []factor, of []valuer) {
	place := map[Amount]int{}
	at := func(a Amount) int {
		i, there := place[a]
		if !there {
			i = len(list)
			place[a] = i
			list = append(list, factorOf(t, a))
		}
		return i
	}
	for _, g := range l.valued {
		group := &l.groups[g]
		v := valuer{word: l.firstMark + g/wordItems, bit: g % wordItems, x: -1, first: group.y}
		if group.x >= 0 {
			v.x, v.first = at(group.xAmount), group.x
		}
		v.y = at(group.yAmount)
		of = append(of, v)
	}
	return list, of
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

// unpack adds to the factors of a row those that it holds.
func unpack(list []factor, row []uint64, to []float64) {
	for i := range list {
		if f := &list[i]; f.codes != nil {
			to[i] = f.of[row[f.word]>>f.shift&f.mask]
		}
	}
}

// values puts the row's amounts, whole, into the group's places: products of the
// weight and the values from left to right, 0 where the row is not in the group.
func (v *valuer) values(row []uint64, factors []float64, weight float64, units []float64, wholes []int64) {
	in := row[v.word]>>v.bit&1 != 0
	if v.x < 0 {
		to, by := wholes[v.first:v.first+2:v.first+2], units[v.first:v.first+2]
		y := factors[v.y]
		if !in {
			y = 0
		}
		product := float64(weight * y)
		to[0], to[1] = whole(product, by[0]), whole(float64(product*y), by[1])
		return
	}
	to, by := wholes[v.first:v.first+5:v.first+5], units[v.first:v.first+5]
	if !in {
		clear(to)
		return
	}
	x, y := factors[v.x], factors[v.y]
	wx, wy := float64(weight*x), float64(weight*y)
	to[0], to[1] = whole(wx, by[0]), whole(wy, by[1])
	to[2], to[3], to[4] = whole(float64(wx*x), by[2]), whole(float64(wx*y), by[3]), whole(float64(wy*y), by[4])
}

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
