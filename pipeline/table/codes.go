package table

import (
	"math"

	"togetherwecan/pipeline/codebook"
)

// Kinds is how many kinds of missing a code can be: codes go down to -Kinds.
const Kinds = int(codebook.DontKnow)

// Codes are the categories of a column's rows, each a code: an index into the
// variable's categories, or -kind where missing (codebook.Missing). A row takes
// one byte where the categories and the kinds of missing are at most 256, two
// where they are at most 65,536, and else four.
type Codes struct {
	one  []uint8
	two  []uint16
	four []uint32
}

// A State is a code plus Kinds, as Codes hold it.
type State interface{ uint8 | uint16 | uint32 }

// NewCodes makes room for rows of a variable of so many categories. All are
// missing.
func NewCodes(rows, categories int) *Codes {
	switch states := Kinds + categories; {
	case states <= math.MaxUint8+1:
		return &Codes{one: make([]uint8, rows)}
	case states <= math.MaxUint16+1:
		return &Codes{two: make([]uint16, rows)}
	}
	return &Codes{four: make([]uint32, rows)}
}

// CodesOf holds the codes, of a variable of so many categories.
func CodesOf[T int16 | int32 | int](categories int, codes []T) *Codes {
	made := NewCodes(len(codes), categories)
	if made.one != nil {
		for row, code := range codes {
			made.one[row] = uint8(int(code) + Kinds)
		}
		return made
	}
	for row, code := range codes {
		made.setWide(row, int(code))
	}
	return made
}

// CodesIn are codes whose states are these, which it keeps.
func CodesIn[S uint8 | uint16](states []S) *Codes {
	switch states := any(states).(type) {
	case []uint8:
		return &Codes{one: states}
	case []uint16:
		return &Codes{two: states}
	}
	return nil
}

// Len is the number of rows; of nil, 0.
func (c *Codes) Len() int {
	if c == nil {
		return 0
	}
	return len(c.one) + len(c.two) + len(c.four)
}

// At is the code of a row.
func (c *Codes) At(row int) int {
	if c.one != nil {
		return int(c.one[row]) - Kinds
	}
	return c.wide(row)
}

func (c *Codes) wide(row int) int {
	if c.two != nil {
		return int(c.two[row]) - Kinds
	}
	return int(c.four[row]) - Kinds
}

// Set gives a row a code.
func (c *Codes) Set(row, code int) {
	if c.one != nil {
		c.one[row] = uint8(code + Kinds)
		return
	}
	c.setWide(row, code)
}

func (c *Codes) setWide(row, code int) {
	if c.two != nil {
		c.two[row] = uint16(code + Kinds)
		return
	}
	c.four[row] = uint32(code + Kinds)
}

// Copy puts codes of the same variable from a row on.
func (c *Codes) Copy(row int, from *Codes) {
	copy(c.one[min(row, len(c.one)):], from.one)
	copy(c.two[min(row, len(c.two)):], from.two)
	copy(c.four[min(row, len(c.four)):], from.four)
}

// Recode puts codes of another variable from a row on, each category as to has it:
// a category, or -kind. What is missing stays missing.
func (c *Codes) Recode(row int, from *Codes, to []int32) {
	recodeTo(c.one[min(row, len(c.one)):], from, to)
	recodeTo(c.two[min(row, len(c.two)):], from, to)
	recodeTo(c.four[min(row, len(c.four)):], from, to)
}

func recodeTo[T State](codes []T, from *Codes, to []int32) {
	if len(codes) == 0 {
		return
	}
	states, same := make([]T, Kinds+len(to)), true
	for state := range states {
		states[state] = T(state)
		if state >= Kinds {
			states[state] = T(to[state-Kinds] + int32(Kinds))
			same = same && to[state-Kinds] == int32(state-Kinds)
		}
	}
	if to, ok := any(codes).([]uint8); ok && from.one != nil {
		if same {
			copy(to, from.one)
			return
		}
		var dictionary [256]uint8
		for state, as := range states {
			dictionary[state] = uint8(as)
		}
		Translate(to, from.one, &dictionary, len(states))
		return
	}
	recode(codes, from.one, states)
	recode(codes, from.two, states)
	recode(codes, from.four, states)
}

func recode[T, F State](codes []T, from []F, states []T) {
	for i, state := range from {
		codes[i] = states[state]
	}
}

// States are the rows' states, in the one of the three forms that is not nil,
// for loops over many rows.
func (c *Codes) States() (one []uint8, two []uint16, four []uint32) { return c.one, c.two, c.four }

// All are the codes of all rows.
func (c *Codes) All() []int {
	codes := make([]int, c.Len())
	for row := range codes {
		codes[row] = c.At(row)
	}
	return codes
}
