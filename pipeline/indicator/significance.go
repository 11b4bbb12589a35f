package indicator

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// A Test is a statistic and how likely one as large is, or in size as large,
// if there is nothing to find. NaN is what there is not.
type Test struct {
	Statistic   float64
	DF          float64
	Denominator float64 // degrees of freedom of F; 0 of Student's t and of chi-square
	P           float64
}

// A Comparison is a value with its limits and the test that it is 0. Its
// statistic is Student's t.
type Comparison struct {
	Value, SE, Lower, Upper float64
	N                       int // respondents behind it
	Test
}

// Compare makes a value's comparison with 0, with Wald's limits at a level. An
// error of 0 is no error of a sample, so that there is no test; a value that
// there is not has no error.
func Compare(value, se, df float64, n int, level float64) Comparison {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		se = math.NaN()
	}
	c := Comparison{Value: value, SE: se, N: n, Test: Test{Statistic: value / se, DF: df}}
	method, _ := IntervalBy(Wald)
	limits := method.Interval(value, se, df, n, level)
	c.Lower, c.Upper = limits.Lower, limits.Upper
	if !(se > 0) {
		c.Statistic = math.NaN()
	}
	c.P = PValue(c.Statistic, df)
	return c
}

// NoTest is the test that there is none of.
var NoTest = Test{Statistic: math.NaN(), DF: math.NaN(), Denominator: math.NaN(), P: math.NaN()}

// FTest is the test of an F.
func FTest(f, df, denominator float64) Test {
	t := Test{Statistic: f, DF: df, Denominator: denominator, P: math.NaN()}
	switch {
	case math.IsInf(denominator, 1):
		t.P = ChiTest(float64(f*df), df).P
	case df > 0 && denominator > 0 && f >= 0:
		t.P = mathext.RegIncBeta(denominator/2, df/2, denominator/(denominator+float64(df*f)))
	}
	return t
}

// ChiTest is the test of a chi-square.
func ChiTest(x, df float64) Test {
	t := Test{Statistic: x, DF: df, P: math.NaN()}
	if df > 0 && x >= 0 {
		t.P = mathext.GammaIncRegComp(df/2, x/2)
	}
	return t
}

// PValue is the two-sided probability of a value as far from 0, or farther, of
// Student's t, or of the normal distribution where df is +Inf. NaN for a value
// or degrees of freedom that there are not.
func PValue(t, df float64) float64 {
	switch {
	case !(df > 0) || math.IsNaN(t):
		return math.NaN()
	case math.IsInf(df, 1):
		return math.Erfc(math.Abs(t) / math.Sqrt2)
	}
	return mathext.RegIncBeta(df/2, 0.5, df/(df+float64(t*t)))
}
