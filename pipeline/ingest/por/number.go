package por

import (
	"math"
	"math/big"
	"math/bits"
	"strings"
)

// digits are the values of the digits of base 30, 0 to 9 and A to T; other
// characters are notDigit.
var digits = func() (values [256]uint8) {
	for c := range values {
		switch {
		case c >= '0' && c <= '9':
			values[c] = uint8(c - '0')
		case c >= 'A' && c <= 'T':
			values[c] = uint8(c-'A') + 10
		default:
			values[c] = notDigit
		}
	}
	return values
}()

const notDigit = 255

// The digits that a number has at most, and those of its exponent.
const mostDigits, mostExponent = 400, 10

// number reads a number of base 30: an optional sign, digits with an optional
// point, an optional exponent after + or -, and / at the end; or *. for the
// system-missing value, which is NaN.
func (r *reader) number() (v float64, ok bool) {
	const longest = 1 + mostDigits + 1 + 1 + mostExponent + 1 + 1
	for {
		if !r.have(longest) && r.at == len(r.chars) {
			return 0, r.cut()
		}
		if r.chars[r.at] != ' ' {
			break
		}
		r.at++
	}
	b := r.chars[r.at:]
	if len(b) > 1 && b[1] == '/' && digits[b[0]] != notDigit { // by far the most
		r.at += 2
		return float64(digits[b[0]]), true
	}
	if b[0] == '*' {
		if len(b) == 1 {
			return 0, r.cut()
		}
		if b[1] != '.' {
			return 0, r.fail("* and %q, want *. for a missing number", b[1])
		}
		r.at += 2
		return math.NaN(), true
	}
	i := 0
	if b[0] == '-' {
		i++
	}
	first := i
	mantissa, exponent, count, point, more := uint64(0), 0, 0, false, false
	for ; i < len(b); i++ {
		d := digits[b[i]]
		if d == notDigit {
			if b[i] != '.' || point {
				break
			}
			point = true
			continue
		}
		switch {
		case mantissa < math.MaxUint64/30-1:
			mantissa = mantissa*30 + uint64(d)
			if point {
				exponent--
			}
		default: // a digit beyond what a number holds
			more = more || d > 0
			if !point {
				exponent++
			}
		}
		if count++; count > mostDigits {
			return 0, r.fail("a number of more than %d digits", mostDigits)
		}
	}
	last, power := i, 0
	if i < len(b) && count == 0 {
		return 0, r.fail("%q, want a number in base 30", b[i])
	}
	if i < len(b) && (b[i] == '+' || b[i] == '-') {
		began := i
		for i++; i < len(b) && digits[b[i]] != notDigit; i++ {
			if power = power*30 + int(digits[b[i]]); power > 1000 || i-began > mostExponent {
				return 0, r.fail("an exponent beyond 1000, want a number in base 30")
			}
		}
		if i < len(b) && i-began == 1 {
			return 0, r.fail("an exponent of no digits, want a number in base 30")
		}
		if b[began] == '-' {
			power = -power
		}
		exponent += power
	}
	switch {
	case i == len(b):
		return 0, r.cut()
	case b[i] != '/':
		return 0, r.fail("%q after a number, want /", b[i])
	}
	if v = scale(mantissa, exponent); more && v != scale(mantissa+1, exponent) {
		v = all(b[first:last], power) // the digits left away decide
	}
	if math.IsInf(v, 0) {
		// PSPP writes the highest number rounded up, in 10 digits.
		if !(scale(mantissa, exponent-1) <= math.MaxFloat64/30*(1+1e-14)) {
			return 0, r.fail("a number beyond %v", math.MaxFloat64)
		}
		v = math.MaxFloat64
	}
	r.at += i + 1
	if b[0] == '-' {
		v = -v
	}
	return v, true
}

// powers are those of 30 that a number holds exactly: 15 to the same power is less
// than 2 to the 53.
var powers = func() (powers [14]float64) {
	powers[0] = 1
	for i := 1; i < len(powers); i++ {
		powers[i] = powers[i-1] * 30
	}
	return powers
}()

// scale is a whole number times a power of 30, rounded once.
func scale(mantissa uint64, exponent int) float64 {
	switch exact := mantissa < 1<<53; {
	case mantissa == 0:
		return 0
	case exact && exponent == 0:
		return float64(mantissa)
	case exact && exponent < 0 && -exponent < len(powers):
		return float64(mantissa) / powers[-exponent]
	case exact && exponent > 0 && exponent < len(powers):
		return float64(mantissa) * powers[exponent]
	case exponent <= 0 && exponent >= -16:
		return quotient(mantissa, -exponent)
	case exponent > 210: // 30 to the 209 is beyond the largest number
		return math.Inf(1)
	case exponent < -240: // and 2 to the 64 by 30 to the 234 is below the smallest
		return 0
	}
	return rational(new(big.Int).SetUint64(mantissa), exponent)
}

// quotient is a whole number above 0 by a power of 30 up to 16. Division by 15
// to that power gives 63 bits or 64, of which the last also says whether
// anything is left; the power of 2 only moves the point.
func quotient(mantissa uint64, power int) float64 {
	divisor := uint64(1)
	for range power {
		divisor *= 15
	}
	up, down := bits.LeadingZeros64(mantissa), bits.LeadingZeros64(divisor)
	mantissa <<= up
	q, left := bits.Div64(mantissa>>1, mantissa<<63, divisor<<down)
	if left > 0 {
		q |= 1
	}
	return math.Ldexp(float64(q), down-up-63-power)
}

// rational is the same as scale of a whole number of any length, which it
// changes.
func rational(whole *big.Int, exponent int) float64 {
	power := new(big.Int).Exp(big.NewInt(30), big.NewInt(int64(max(exponent, -exponent))), nil)
	ratio := new(big.Rat)
	if exponent > 0 {
		ratio.SetInt(whole.Mul(whole, power))
	} else {
		ratio.SetFrac(whole, power)
	}
	v, _ := ratio.Float64()
	return v
}

// all is the value of digits, which have a point or none, times a power of 30.
func all(b []byte, exponent int) float64 {
	whole, fraction, _ := strings.Cut(string(b), ".")
	n, _ := new(big.Int).SetString(whole+fraction, 30)
	return rational(n, exponent-len(fraction))
}
