package tally

import (
	"math"

	"togetherwecan/pipeline/table"
)

// A factor is a variable's values less a number of the question.
type factor struct {
	values []float64
	less   float64
}

func factorOf(t *table.Table, a Amount) factor { return factor{t.Column(a.Value).Values, a.Less} }

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
// asked for many of them at a time.
func gather(list []factor, rows []int32, to []float64) {
	n := len(list)
	for k, f := range list {
		at := k
		for _, row := range rows {
			to[at] = f.values[row] - f.less
			at += n
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
	return largest
}
