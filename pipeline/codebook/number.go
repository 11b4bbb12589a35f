package codebook

import (
	"math"
	"math/bits"
	"strconv"
)

// exactDigits is how many decimal digits a float64 always holds.
const exactDigits = 15

// exactInteger is the integer up to which a float64 holds every one.
const exactInteger = 1 << 53

// tens are the powers of ten that a float64 holds exactly, as far as needed.
var tens = [exactDigits + 1]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// Number returns the finite decimal number that a cell is, and whether it is
// one: digits with an optional sign, point (bare as in -.93 too) and
// exponent, between any spaces. An integer written out beyond 2^53 in size is
// not a number but an identifier, which rounding would make the same as its
// neighbours.
func Number[T string | []byte](cell T) (value float64, ok bool) {
	if len(cell) == 1 && cell[0]-'0' <= 9 {
		return float64(cell[0] - '0'), true // nearly all cells of a survey
	}
	for len(cell) > 0 && cell[0] == ' ' {
		cell = cell[1:]
	}
	for len(cell) > 0 && cell[len(cell)-1] == ' ' {
		cell = cell[:len(cell)-1]
	}
	negative := false
	digits := cell
	if len(cell) > 0 && (cell[0] == '-' || cell[0] == '+') {
		negative, digits = cell[0] == '-', cell[1:]
	}
	var integer uint64
	count, point, i := 0, -1, 0
	for ; i < len(digits); i++ {
		c := digits[i]
		if d := c - '0'; d <= 9 {
			integer = integer*10 + uint64(d)
			count++
		} else if c == '.' && point < 0 {
			point = count
		} else {
			break
		}
	}
	if count == 0 {
		return 0, false
	}
	plain := i == len(digits)
	if plain && count <= exactDigits {
		// Both are exact, so one division rounds once: as ParseFloat.
		value = float64(integer)
		if point >= 0 {
			value /= tens[count-point]
		}
		if negative && value != 0 {
			value = -value
		}
		return value, true
	}
	if plain && count <= wholeDigits {
		if point < 0 {
			value = float64(integer)
		} else {
			value = quotient(integer, wholeTens[count-point])
		}
		if negative && value != 0 {
			value = -value
		}
		return value, point >= 0 || integer <= exactInteger
	}
	if !plain && !exponent(digits[i:]) {
		return 0, false
	}
	value, err := strconv.ParseFloat(string(cell), 64)
	if err != nil {
		return 0, false
	}
	if plain && point < 0 && (math.Abs(value) > exactInteger || integer > exactInteger) {
		return 0, false
	}
	return value + 0, true // -0 is the code 0
}

// wholeDigits is how many decimal digits 64 bits always hold.
const wholeDigits = 19

// wholeTens are the powers of ten that 64 bits hold.
var wholeTens = func() (powers [wholeDigits + 1]uint64) {
	powers[0] = 1
	for i := range wholeDigits {
		powers[i+1] = 10 * powers[i]
	}
	return powers
}()

// quotient is the double that is nearest to n/d, and the even one of two that are: 64
// bits of it are found by one division, and of what is left only whether there is any.
func quotient(n, d uint64) float64 {
	if n == 0 {
		return 0
	}
	up, down := bits.LeadingZeros64(n), bits.LeadingZeros64(d)
	n, d = n<<up, d<<down
	power, low := down-up-64, uint64(0)
	if n >= d {
		n, low, power = n>>1, n<<63, power+1
	}
	q, rest := bits.Div64(n, low, d)
	const spare = 64 - 53 // bits of q that a double has not
	mantissa, cut := q>>spare, q&(1<<spare-1)
	const half = 1 << (spare - 1)
	if cut > half || cut == half && (rest > 0 || mantissa&1 == 1) {
		mantissa++
	}
	two := math.Float64frombits(uint64(1023+power+spare) << 52) // to the power, which is exact
	return float64(float64(mantissa) * two)
}

// exponent says whether s is an exponent: E, an optional sign and digits.
func exponent[T string | []byte](s T) bool {
	if s[0] != 'e' && s[0] != 'E' {
		return false
	}
	s = s[1:]
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		s = s[1:]
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) > 0
}
