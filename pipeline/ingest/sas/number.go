package sas

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// A Numbers says how a file keeps its numbers, each of which may be cut to its
// first bytes: those of its sign and exponent and as many of its fraction as there
// are.
type Numbers uint8

// The kinds of numbers.
const (
	IBM    Numbers = iota // hexadecimal floating point, as of the System/360, the first byte first
	Little                // IEEE 754, the last byte of the double first
	Big                   // IEEE 754, the first byte first
)

// least are the bytes that a number has at least, and at most 8.
var least = [...]int{IBM: 2, Little: 3, Big: 3}

// Fits says whether numbers may have this many bytes.
func (n Numbers) Fits(width int) bool { return width >= least[n] && width <= 8 }

// bits returns the bytes of a number as those of one that is whole.
func (n Numbers) bits(b []byte) (u uint64) {
	if n != Little {
		if len(b) == 8 {
			return binary.BigEndian.Uint64(b)
		}
		for i, c := range b {
			u |= uint64(c) << (56 - 8*i)
		}
		return u
	}
	if len(b) == 8 {
		return binary.LittleEndian.Uint64(b)
	}
	for _, c := range b {
		u = u>>8 | uint64(c)<<56
	}
	return u
}

// ibm is the number that the bits of an IBM double are: the fraction, of 14
// hexadecimal digits, times 16 to the power of what the exponent has over 64. A
// double holds its size always and all but the last 3 bits of its fraction, which
// are rounded to even. One without a fraction is 0, or, where its first byte is a
// point, an underscore or a capital letter and all others are 0, missing.
func ibm(u uint64) (x float64, tag byte) {
	fraction := u & (1<<56 - 1)
	if fraction == 0 {
		first := byte(u >> 56)
		if first == '.' || Tag(first) != 0 {
			return math.NaN(), Tag(first)
		}
		return 0, 0
	}
	x = math.Ldexp(float64(fraction), 4*(int(u>>56&0x7f)-64)-56)
	if u>>63 != 0 {
		x = -x
	}
	return x, 0
}

// ofIBM is ibm for the numbers of surveys, which need no rounding: whole bits of the
// exponent and the fraction are put where IEEE 754 has them.
func ofIBM(u uint64) (x float64, tag byte) {
	fraction := u << 8
	zeros := bits.LeadingZeros64(fraction)
	if fraction<<1<<zeros&(1<<12-1) != 0 || fraction == 0 {
		return ibm(u)
	}
	exponent := uint64(4*(int(u>>56&0x7f)-64) - 1 - zeros + 1023)
	return math.Float64frombits(u&(1<<63) | exponent<<52 | fraction<<1<<zeros>>12), 0
}

// ieee is the number that the bits of an IEEE double are. Those of no number are
// missing, and their third byte, turned over, says which, as Letter has it. ok is false
// for an infinity.
func ieee(u uint64) (x float64, tag byte, ok bool) {
	const exponent, fraction = 0x7ff << 52, 1<<52 - 1
	switch {
	case u&exponent != exponent:
		return math.Float64frombits(u), 0, true
	case u&fraction == 0:
		return math.Float64frombits(u), 0, false
	}
	return math.NaN(), Tag(Letter(^byte(u >> 40))), true
}

// Letter is the letter, the point or the underscore of a missing value in a data set or
// a catalogue: they have it as it is, or as a number, 0 of ._, 1 of the point and from 2
// on of A to Z.
func Letter(b byte) byte {
	switch {
	case b == 0:
		return '_'
	case b == 1:
		return '.'
	case b >= 2 && b < 2+26:
		return b + 'A' - 2
	}
	return b
}
