package indicator

import (
	"math"
	"testing"
)

func TestUpperTails(t *testing.T) {
	isNear(t, "F on 2 and 2 degrees of freedom: 1/(1+F)", FTest(4, 2, 2).P, 0.2, 1e-14)
	isNear(t, "F of one is t squared", FTest(9, 1, 7).P, PValue(3, 7), 1e-14)
	isNear(t, "chi-square on 2: exp(-x/2)", ChiTest(30, 2).P, math.Exp(-15), 1e-13)
	isNear(t, "t on 1, far out: its tail is not lost to rounding", PValue(1e12, 1), 2/math.Pi*1e-12, 1e-12)
}
