package ledger

import (
	"math/big"
	"strconv"
)

// Judge says whether a value agrees with a printed one of so many decimals: Reproduced,
// Rounding or Unexplained. Last is one in the last digit that the value is known to, 0
// where it has every digit: only what every number that rounds to it rounds to is
// reproduced, and what some of them round to is so but for rounding. A number is rounded
// once, and a half away from zero; a value that is at a half, or that gives the printed
// digits when it is first rounded to one digit more, agrees but for rounding.
func Judge(printed float64, decimals int, value, last float64) Status {
	p, x, unit := decimal(printed), decimal(value), power(decimals)
	half := new(big.Rat).Mul(unit, big.NewRat(1, 2))
	off := distance(x, p)
	if last > 0 {
		slack := new(big.Rat).Mul(decimal(last), big.NewRat(1, 2))
		switch {
		case new(big.Rat).Add(off, slack).Cmp(half) <= 0:
			return Reproduced
		case new(big.Rat).Sub(off, slack).Cmp(half) < 0:
			return Rounding
		}
		return Unexplained
	}
	switch twice := round(x, decimals+1); {
	case round(x, decimals).Cmp(p) == 0:
		return Reproduced
	case off.Cmp(half) == 0, round(twice, decimals).Cmp(p) == 0:
		return Rounding
	}
	return Unexplained
}

// Rounded is a value rounded once, halves away from zero, as it is printed.
func Rounded(value float64, decimals int) float64 {
	x, _ := round(decimal(value), decimals).Float64()
	return x
}

// Cut is a value whose further decimals are cut off.
func Cut(value float64, decimals int) float64 {
	unit := power(decimals)
	n := new(big.Rat).Quo(decimal(value), unit)
	whole := new(big.Int).Quo(n.Num(), n.Denom()) // towards zero
	x, _ := new(big.Rat).Mul(new(big.Rat).SetInt(whole), unit).Float64()
	return x
}

// decimal is a number as its shortest text says it.
func decimal(x float64) *big.Rat {
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(x, 'f', -1, 64))
	if !ok {
		panic("ledger: " + strconv.FormatFloat(x, 'f', -1, 64) + " is no number")
	}
	return r
}

// power is one in the last of so many decimals.
func power(decimals int) *big.Rat {
	ten := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)
	return new(big.Rat).SetFrac(big.NewInt(1), ten)
}

func distance(a, b *big.Rat) *big.Rat { return new(big.Rat).Abs(new(big.Rat).Sub(a, b)) }

// round rounds halves away from zero.
func round(x *big.Rat, decimals int) *big.Rat {
	unit := power(decimals)
	n := new(big.Rat).Quo(x, unit)
	half := big.NewRat(1, 2)
	if n.Sign() < 0 {
		half.Neg(half)
	}
	n.Add(n, half)
	whole := new(big.Int).Quo(n.Num(), n.Denom()) // towards zero
	return new(big.Rat).Mul(new(big.Rat).SetInt(whole), unit)
}
