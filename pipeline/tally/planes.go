package tally

import (
	"encoding/binary"
	"math"

	"togetherwecan/pipeline/table"
)

// A plane is a byte of a word of many rows, side by side: what the states of columns of
// bytes leave of it, or put into it. A processor looks them up by the dozen.
type plane struct{ of []lookup }

// A lookup is what each state of a column leaves of a byte, or puts into it.
type lookup struct {
	states     []uint8
	dictionary [256]uint8
	size       int // of the dictionary
}

// A planar is a word whose bytes are planes: it is kept where they are set, or, for put,
// they are put into it.
type planar struct {
	word   int
	put    bool
	planes [8]plane
}

// add has the planes do what a column's states do, if they are bytes, and says whether.
func (c *coder) add(word int, put bool, column *table.Column, by []uint64) bool {
	states, _, _ := column.Codes.States()
	if states == nil {
		return false
	}
	at := 0
	for at < len(c.planars) && (c.planars[at].word != word || c.planars[at].put != put) {
		at++
	}
	if at == len(c.planars) {
		c.planars = append(c.planars, planar{word: word, put: put})
	}
	idle := uint8(math.MaxUint8)
	if put {
		idle = 0
	}
	for b := range c.planars[at].planes {
		l, does := lookup{states: states, size: table.Kinds + column.Distinct()}, false
		for state := range l.dictionary {
			l.dictionary[state] = uint8(by[state] >> (8 * b))
			does = does || state < l.size && l.dictionary[state] != idle
		}
		if does {
			of := &c.planars[at].planes[b].of
			*of = append(*of, l)
		}
	}
	return true
}

// planar makes ready what whole ranges of rows are looked up in.
func (c *coder) planar() {
	for i := range c.masks {
		if m := &c.masks[i]; m.column.Codes != nil {
			m.planar = c.add(m.word, false, m.column, m.left)
		}
	}
	for b, put := range c.put {
		if put != nil {
			c.add(c.breakdowns[b].word, true, c.by[b][0], put)
		}
	}
}

// ranged does for rows from one on what the states of columns of bytes do to their words.
func (c *coder) ranged(first, n int, s *scratch) {
	for i := range c.planars {
		p := &c.planars[i]
		for b := range p.planes {
			to := &s.planes[b]
			if len(p.planes[b].of) == 0 {
				fill(to[:n], !p.put)
			}
			for k := range p.planes[b].of {
				l := &p.planes[b].of[k]
				into := to[:n]
				if k > 0 {
					into = s.looked[:n]
				}
				table.Translate(into, l.states[first:first+n], &l.dictionary, l.size)
				if k > 0 {
					combine(to, &s.looked, n, p.put)
				}
			}
		}
		words := &s.words[p.word]
		for row := 0; row < n; row += 8 {
			eight := turned(&s.planes, row)
			for k, x := range eight {
				if p.put {
					words[row+k] |= x
				} else {
					words[row+k] &= x
				}
			}
		}
	}
}

func fill(to []uint8, ones bool) {
	x := uint8(0)
	if ones {
		x = math.MaxUint8
	}
	for i := range to {
		to[i] = x
	}
}

// combine puts a plane into another, or leaves of it what both have.
func combine(to, with *[blockRows]uint8, n int, put bool) {
	for i := 0; i < n; i += 8 {
		x, y := binary.LittleEndian.Uint64(to[i:]), binary.LittleEndian.Uint64(with[i:])
		if put {
			x |= y
		} else {
			x &= y
		}
		binary.LittleEndian.PutUint64(to[i:], x)
	}
}

// turned are the words of eight rows, of each plane a byte: the square of bytes is
// turned over its diagonal by exchanging its halves, and theirs, and theirs.
func turned(planes *[8][blockRows]uint8, row int) (of [8]uint64) {
	for b := range of {
		of[b] = binary.LittleEndian.Uint64(planes[b][row:])
	}
	exchange := func(a, b int, shift uint, mask uint64) {
		x := (of[a]>>shift ^ of[b]) & mask
		of[a] ^= x << shift
		of[b] ^= x
	}
	for k := range 4 {
		exchange(k, k+4, 32, 0x0000_0000_FFFF_FFFF)
	}
	for _, k := range [...]int{0, 1, 4, 5} {
		exchange(k, k+2, 16, 0x0000_FFFF_0000_FFFF)
	}
	for k := 0; k < 8; k += 2 {
		exchange(k, k+1, 8, 0x00FF_00FF_00FF_00FF)
	}
	return of
}
