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

func TestCompare(t *testing.T) {
	c := Compare(3, math.Sqrt(14.0/12), 2, 4, 0.95)
	isNear(t, "t", c.Statistic, 3/math.Sqrt(14.0/12), 1e-15)
	isNear(t, "p of t on 2 degrees of freedom has a closed form", c.P, 1-c.Statistic/math.Sqrt(2+c.Statistic*c.Statistic), 1e-13)
	isNear(t, "upper limit, of which t on 2 has one, too", c.Upper, 3+0.95*math.Sqrt(2/(1-0.95*0.95))*c.SE, 1e-12)
	if c := Compare(2, 0, 2, 3, 0.95); !math.IsNaN(c.Statistic) || !math.IsNaN(c.P) {
		t.Errorf("answers that do not vary have t %g and p %g, want none", c.Statistic, c.P)
	}
}
