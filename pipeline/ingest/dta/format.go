package dta

import (
	"encoding/binary"
	"fmt"
	"math"
)

// A format is how one version of the file is laid out: lengths in bytes.
type format struct {
	tagged       bool // between <tags>, from 117 on
	order        binary.ByteOrder
	big          bool
	utf8         bool
	count        int // of the variables' number and of the places in the sort order
	rows         int // of the rows' number
	dataLabel    int // of the data set's label; of its length where tagged
	timeStamp    int // of the time stamp, 0 for none; of its length where tagged
	letters      bool
	name         int
	display      int // of a display format
	label        int // of a variable's label
	charLength   int // of a characteristic's length, 0 for none
	shortSets    bool
	extended     bool // has .a to .z besides .
	firstByte    int8 // the first missing value of each whole type
	firstInt     int16
	firstLong    int32
	oldDouble    uint64 // the bits of another double that is missing, or 0
	longVariable int    // bits of the variable in a strL's place
}

// layout returns the format of a version, or why there is none.
func layout(version int) (f format, problem, hint string) {
	switch version {
	case 104, 105, 108, 110, 111, 113, 114, 115, 117, 118, 119:
	case 120, 121:
		return f, fmt.Sprintf("format %d has alias variables, which point into other files, want a format from 104 to 119", version),
			"drop the alias variables in Stata and save again"
	default:
		return f, fmt.Sprintf("format %d, want 104, 105, 108, 110, 111, 113, 114, 115, 117, 118 or 119", version),
			"save again as a format that is described in public"
	}
	from := func(first, otherwise, then int) int {
		if version >= first {
			return then
		}
		return otherwise
	}
	f = format{
		tagged:     version >= 117,
		utf8:       version >= 118,
		count:      from(119, 2, 4),
		rows:       from(118, 4, 8),
		dataLabel:  from(108, 32, 81),
		timeStamp:  from(105, 0, 18),
		letters:    version < 111,
		name:       from(110, 9, from(118, 33, 129)),
		display:    from(105, 7, from(114, 12, from(118, 49, 57))),
		label:      from(108, 32, from(118, 81, 321)),
		charLength: from(105, 0, from(110, 2, 4)),
		shortSets:  version < 108,
		extended:   version >= 113,
		firstByte:  math.MaxInt8,
		firstInt:   math.MaxInt16,
		firstLong:  math.MaxInt32,
	}
	if f.extended {
		f.firstByte, f.firstInt, f.firstLong = missingByte, missingInt, missingLong
	}
	if f.tagged {
		f.dataLabel, f.timeStamp = from(118, 1, 2), 1
		f.longVariable = from(118, 32, from(119, 16, 24))
	}
	if version < 108 {
		f.oldDouble = 0x54c0000000000000 // 2^333
	}
	return f, "", ""
}

// A kind is the storage type of a variable.
type kind uint8

const (
	kindByte kind = iota
	kindInt
	kindLong
	kindFloat
	kindDouble
	kindString
	kindLongString
)

var numberKinds = [...]struct {
	name   string
	letter uint16 // before 111
	code   uint16 // 111 to 115
	tagged uint16
	width  int
}{
	kindByte:   {"byte", 'b', 251, 65530, 1},
	kindInt:    {"int", 'i', 252, 65529, 2},
	kindLong:   {"long", 'l', 253, 65528, 4},
	kindFloat:  {"float", 'f', 254, 65527, 4},
	kindDouble: {"double", 'd', 255, 65526, 8},
}

// kindOf returns the type that a code of the file stands for; ok is false if
// it stands for none.
func (f *format) kindOf(code uint16) (k kind, width int, name string, ok bool) {
	for i, n := range numberKinds {
		want := n.code
		switch {
		case f.tagged:
			want = n.tagged
		case f.letters:
			want = n.letter
		}
		if code == want {
			return kind(i), n.width, n.name, true
		}
	}
	width, most := int(code), 244
	switch {
	case f.tagged && code == 32768:
		return kindLongString, 8, "strL", true
	case f.tagged:
		most = 2045
	case f.letters:
		// 0x80 is a string of one byte, and 80 are the most.
		width, most = int(code)-0x7f, 80
	}
	return kindString, width, fmt.Sprintf("str%d", width), width >= 1 && width <= most
}
