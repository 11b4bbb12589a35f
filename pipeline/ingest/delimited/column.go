package delimited

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

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

// names are the cells of a header.
type names []string

func (n *names) add(cell []byte) { *n = append(*n, string(cell)) }

// Held holds a column's cells end to end, as bytes of the file: whether they
// are numbers, and in which encoding, is known at the end only. Most cells are
// a digit or two, so a length is a byte; one of long or more has long there
// and its length in longs.
type held struct {
	seen    glance
	text    []byte
	lengths []uint8
	longs   []uint32
}

const long = math.MaxUint8

func (h *held) add(cell []byte) {
	if len(cell) == 1 && cell[0]-'0' <= 9 { // nearly all cells of a survey
		h.text, h.lengths = append(h.text, cell[0]), append(h.lengths, 1)
		return
	}
	if blank(cell) {
		cell = nil
	}
	h.seen.add(cell)
	h.text = append(h.text, cell...)
	if len(cell) < long {
		h.lengths = append(h.lengths, uint8(len(cell)))
		return
	}
	h.lengths = append(h.lengths, long)
	h.longs = append(h.longs, uint32(len(cell)))
}

// grow makes room for as many rows as there seem to be, by those that are held,
// and a little more.
func (h *held) grow(rows, holds int) {
	rows += rows / 64
	h.lengths = slices.Grow(h.lengths, max(rows-holds, 0))
	h.text = slices.Grow(h.text, max(rows*len(h.text)/holds-len(h.text), 0))
}

// fill gives the next rows' cells to a filling, and forgets them.
func (h *held) fill(f *filling, rows int) {
	text, numbers := h.text, f.column.Text == nil
	row := 0
	f.at = &row
	for ; row < rows; row++ {
		short := h.lengths[row]
		n := int(short)
		if n == 1 && numbers && text[0]-'0' <= 9 {
			f.number(float64(text[0]-'0'), 0)
			text = text[1:]
			continue
		}
		if short == long {
			n, h.longs = int(h.longs[0]), h.longs[1:]
		}
		f.add(text[:n])
		text = text[n:]
	}
	h.text, h.lengths = text, h.lengths[rows:]
}

// A glance is what a first pass keeps of a column: whether it is text, and as
// numbers whether it has letters of extended missing values.
type glance struct{ text, letters bool }

func (g *glance) add(cell []byte) {
	if g.text || blank(cell) || plain(cell) {
		return
	}
	if letter, ok := point(cell); ok {
		g.letters = g.letters || letter != 0
		return
	}
	_, ok := codebook.Number(cell)
	g.text = !ok
}

// point says whether a cell is a missing value as Stata writes it, and its letter: a
// point, or one with a letter from a to z or, as SAS has it, an underscore.
func point(cell []byte) (letter byte, ok bool) {
	switch {
	case len(cell) == 1 && cell[0] == '.':
		return 0, true
	case len(cell) == 2 && cell[0] == '.' && strings.IndexByte(table.Letters, cell[1]) >= 0:
		return cell[1], true
	}
	return 0, false
}

// plain says whether a cell is nothing but digits, about a point where they are more
// than a double holds, after a minus or none: a number, whatever the digits are, so that
// a weight of 16 digits need not be worked out to know.
func plain(cell []byte) bool {
	const most, exact = 300, 15 // digits: which no number beyond the finite has, and which no identifier has
	if len(cell) > 0 && cell[0] == '-' {
		cell = cell[1:]
	}
	points := 0
	for _, c := range cell {
		if c == '.' {
			points++
		} else if c-'0' > 9 {
			return false
		}
	}
	digits := len(cell) - points
	return points == 1 && 0 < digits && digits < most || points == 0 && 0 < digits && digits <= exact
}

// A filling is a column of a batch that a second pass fills, of the kind that
// the first found. Wrong is set by a cell that is not of that kind.
type filling struct {
	column  *table.Column
	letters bool               // of extended missing values
	decoder *codepage.Encoding // nil where all of the file is ASCII
	at      *int               // the row of the batch that is filled
	row     int                // of texts, from 1
	faults  codepage.Faults
	wrong   bool
	known   map[string]string // texts by their bytes in the file
}

// mostKnown is how many texts of a column, each of at most knownBytes, are
// kept so as not to be made anew for every row that has them.
const (
	mostKnown  = 1 << 10
	knownBytes = 64
)

func (f *filling) add(cell []byte) {
	if f.column.Text != nil {
		f.column.Text[*f.at] = f.text(cell)
		return
	}
	v, letter := math.NaN(), byte(0)
	if !blank(cell) {
		var ok bool
		if letter, ok = point(cell); !ok {
			v, ok = codebook.Number(cell)
		}
		f.wrong = f.wrong || !ok || letter != 0 && !f.letters
	}
	f.number(v, letter)
}

func (f *filling) number(v float64, letter byte) {
	f.column.Values[*f.at] = v
	if f.letters {
		f.column.Tags[*f.at] = letter
	}
}

// ascii has the letters of a file that is all ASCII, so as not to make them.
var ascii = func() string {
	letters := make([]byte, utf8.RuneSelf)
	for i := range letters {
		letters[i] = byte(i)
	}
	return string(letters)
}()

func (f *filling) text(cell []byte) string {
	f.row++
	if blank(cell) {
		return ""
	}
	if f.decoder == nil && len(cell) == 1 && cell[0] < utf8.RuneSelf {
		return ascii[cell[0] : cell[0]+1]
	}
	if text, ok := f.known[string(cell)]; ok {
		return text
	}
	text, how := "", codepage.Whole
	if f.decoder == nil {
		text = string(cell)
	} else {
		text, how = f.decoder.Text(cell)
		f.faults.Add(how, f.row, cell)
	}
	if how == codepage.Whole && len(f.known) < mostKnown && len(cell) <= knownBytes {
		f.known[string(cell)] = text
	}
	return text
}

// resize makes the batch one of this many rows, which it has had.
func (f *filling) resize(rows int) {
	if f.column.Text != nil {
		f.column.Text = f.column.Text[:rows]
		return
	}
	f.column.Values = f.column.Values[:rows]
	if f.letters {
		f.column.Tags = f.column.Tags[:rows]
	}
}
