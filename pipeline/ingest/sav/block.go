package sav

import (
	"encoding/binary"
	"math"
	"math/bits"

	"togetherwecan/pipeline/ingest/share"
)

// A field is where in a case the bytes of a wanted variable are: a number, a text, or
// a piece of one that is in several segments.
type field struct {
	at, width int // bytes of the case; of a text that is in one piece
	*element
}

// fields finds those of the plan, numbers and text apart.
func (d *decoder) fields() {
	for i := 0; i < len(d.plan); i++ {
		e := &d.plan[i]
		switch c := e.column; {
		case e.kind == number:
			d.numbers = append(d.numbers, field{8 * i, 0, e})
		case e.kind <= skipText:
		case len(d.columns[c].variable.segments) > 1:
			d.pieces = append(d.pieces, field{8 * i, 0, e})
		default:
			width := d.columns[c].variable.width
			d.pieces = append(d.pieces, field{8 * i, width, e})
			i += (width - 1) / 8
		}
	}
}

// fewCases are not decoded as a block.
const fewCases = 4

// block decodes the whole cases that the buffer has, as far as there is room, and
// returns how many: none where they are few, of which the rest is to be read case by case.
func (d *decoder) block() int {
	s, size := d.data, 8*len(d.plan)
	if size == 0 || size*fewCases > len(s.buffer) || !s.have(size) {
		return 0
	}
	rows := min((s.end-s.start)/size, d.room-d.row)
	if d.head.cases >= 0 {
		rows = int(min(int64(rows), d.head.cases-int64(d.before+d.row)))
	}
	if rows < fewCases {
		return 0
	}
	cases, row := s.take(rows*size), d.row // which texts counts on
	part := max(1, partBytes/size)
	share.Work((rows+part-1)/part, func(i int) {
		from := i * part
		d.decode(cases[from*size:], row+from, min(part, rows-from))
	}, func() { d.texts(cases) })
	d.row = row + rows
	return rows
}

// partBytes are few enough to stay in a processor's cache while their columns are
// decoded one after the other.
const partBytes = 32 << 10

// decode puts the numbers of cases into rows from this one on.
func (d *decoder) decode(cases []byte, row, rows int) {
	size, big, absent := 8*len(d.plan), d.notes.BigEndian, d.absent
	for _, f := range d.numbers {
		values := d.values[f.column][row : row+rows]
		at := f.at
		for i := range values {
			u := binary.LittleEndian.Uint64(cases[at:])
			if big {
				u = bits.ReverseBytes64(u)
			}
			v := math.Float64frombits(u)
			if v == systemMissing || u == absent || v != v {
				v = math.NaN()
			}
			values[i] = v
			at += size
		}
	}
}

// texts gives out the texts of whole cases, in their order: what a text is may depend
// on those before.
func (d *decoder) texts(cases []byte) {
	if len(d.pieces) == 0 {
		return
	}
	size := 8 * len(d.plan)
	for ; len(cases) > 0; cases = cases[size:] {
		for _, f := range d.pieces {
			if f.width > 0 {
				d.cell(d.columns[f.column], cases[f.at:f.at+f.width])
			} else {
				d.piece(f.element, cases[f.at:f.at+8])
			}
		}
		d.row++
	}
}
