package delimited

import (
	"iter"
	"math"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/table"
)

// Cells takes the cells of one column, row by row.
type cells interface{ add(cell []byte) }

// blank says whether a cell is missing: empty, or of spaces alone.
func blank(cell []byte) bool {
	for _, b := range cell {
		if b != ' ' {
			return false
		}
	}
	return true
}

// Held holds a column's cells end to end, as bytes of the file: whether they
// are numbers, and in which encoding, is known at the end only. Most cells are
// a digit or two, so a length is a byte; one of long or more has long there
// and its length in longs.
type held struct {
	text    strings.Builder
	lengths []uint8
	longs   []uint32
}

const long = math.MaxUint8

func (h *held) add(cell []byte) {
	if len(cell) > 0 && cell[0] == ' ' && blank(cell) {
		cell = nil
	}
	switch {
	case len(cell) == 1:
		h.text.WriteByte(cell[0])
	case len(cell) > 0:
		h.text.Write(cell)
	}
	if len(cell) < long {
		h.lengths = append(h.lengths, uint8(len(cell)))
		return
	}
	h.lengths = append(h.lengths, long)
	h.longs = append(h.longs, uint32(len(cell)))
}

// cells yields the cells in order.
func (h *held) cells() iter.Seq[string] {
	return func(yield func(string) bool) {
		text, longs := h.text.String(), h.longs
		for _, short := range h.lengths {
			n := int(short)
			if short == long {
				n, longs = int(longs[0]), longs[1:]
			}
			if !yield(text[:n]) {
				return
			}
			text = text[n:]
		}
	}
}

// column returns the cells as numbers if all of them are, or as text.
func (h *held) column(name string, windows1252 bool) *table.Column {
	made := &table.Column{Variable: codebook.Variable{Name: name}}
	if values, ok := h.numbers(); ok {
		made.Values = values
		return made
	}
	made.Text = make([]string, 0, len(h.lengths))
	for cell := range h.cells() {
		if windows1252 {
			cell = codepage.Windows1252(cell)
		}
		made.Text = append(made.Text, cell)
	}
	return made
}

func (h *held) numbers() (values []float64, ok bool) {
	values = make([]float64, 0, len(h.lengths))
	for cell := range h.cells() {
		v := math.NaN()
		if cell != "" {
			if v, ok = Number(cell); !ok {
				return nil, false
			}
		}
		values = append(values, v)
	}
	return values, true
}

// A glance is what a first pass keeps of a column: whether it is text.
type glance struct{ text bool }

func (g *glance) add(cell []byte) {
	if g.text || len(cell) == 1 && cell[0]-'0' <= 9 || fraction(cell) || blank(cell) {
		return
	}
	_, ok := number(cell)
	g.text = !ok
}

// fraction says whether a cell is digits about a point and nothing else: a
// number, whatever the digits are, so that a weight of 16 digits need not be
// worked out to know.
func fraction(cell []byte) bool {
	const most = 300 // digits, which no number beyond the finite has
	points := 0
	for _, c := range cell {
		if c == '.' {
			points++
		} else if c-'0' > 9 {
			return false
		}
	}
	return points == 1 && len(cell) > 1 && len(cell) < most
}

// A filling is a column of a batch that a second pass fills, of the kind that
// the first found. Wrong is set by a cell that is not of that kind.
type filling struct {
	column      *table.Column
	windows1252 bool
	wrong       bool
	known       map[string]string // texts by their bytes in the file
}

// mostKnown is how many texts of a column, each of at most knownBytes, are
// kept so as not to be made anew for every row that has them.
const (
	mostKnown  = 1 << 10
	knownBytes = 64
)

func (f *filling) add(cell []byte) {
	if f.column.Text != nil {
		f.column.Text = append(f.column.Text, f.text(cell))
		return
	}
	v := math.NaN()
	if len(cell) == 1 && cell[0]-'0' <= 9 {
		v = float64(cell[0] - '0')
	} else if !blank(cell) {
		var ok bool
		if v, ok = number(cell); !ok {
			f.wrong = true
		}
	}
	f.column.Values = append(f.column.Values, v)
}

func (f *filling) text(cell []byte) string {
	if blank(cell) {
		return ""
	}
	if text, ok := f.known[string(cell)]; ok {
		return text
	}
	text := string(cell)
	made := text
	if f.windows1252 {
		made = codepage.Windows1252(text)
	}
	if len(f.known) < mostKnown && len(cell) <= knownBytes {
		f.known[text] = made
	}
	return made
}

// empty makes room for the next batch's cells in the place of the last's.
func (f *filling) empty() {
	if f.column.Text != nil {
		f.column.Text = f.column.Text[:0]
	} else {
		f.column.Values = f.column.Values[:0]
	}
}
