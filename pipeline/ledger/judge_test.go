package ledger

import "testing"

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		name        string
		printed     float64
		decimals    int
		value, last float64
		want        Status
	}{
		{"within half a unit", 38, 0, 38.4999, 0, Reproduced},
		{"a half is rounded up", 38, 0, 37.5, 0, Reproduced},
		{"a half that was rounded down or to even", 38, 0, 38.5, 0, Rounding},
		{"a half below zero is rounded away from it", -3, 0, -2.5, 0, Reproduced},
		{"and not up", -2, 0, -2.5, 0, Rounding},
		{"a decimal half that no double has", 0.4, 1, 0.35, 0, Reproduced},
		{"another", 2.68, 2, 2.675, 0, Reproduced},
		{"rounded twice, by way of 38.5", 39, 0, 38.46, 0, Rounding},
		{"not even rounded twice", 39, 0, 38.44, 0, Unexplained},
		{"turnout in 2005: 27,149,332 of 44,179,682", 61.4, 1, 61.4520812, 0, Unexplained},
		{"a count", 94481, 0, 94481, 0, Reproduced},
		{"another count", 94481, 0, 94482, 0, Unexplained},

		{"every number that rounds to ours does", 38, 0, 38.4, 0.1, Reproduced},
		{"38.45 to 38.55 round to both", 38, 0, 38.5, 0.1, Rounding},
		{"and so to the other", 39, 0, 38.5, 0.1, Rounding},
		{"37.45 to 37.55 likewise", 38, 0, 37.5, 0.1, Rounding},
		{"none does", 38, 0, 38.6, 0.1, Unexplained},
		{"as many digits as are printed", 22.2, 1, 22.2, 0.1, Reproduced},
		{"more digits printed than we show", 22.16, 2, 22.2, 0.1, Rounding},
		{"and none of them near", 22.3, 2, 22.2, 0.1, Unexplained},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Judge(c.printed, c.decimals, c.value, c.last); got != c.want {
				t.Errorf("%v printed with %d decimals, ours %v (%v): %s, want %s", c.printed, c.decimals, c.value, c.last, got, c.want)
			}
		})
	}
}

func TestRoundedAndCut(t *testing.T) {
	for _, c := range []struct {
		value        float64
		decimals     int
		rounded, cut float64
	}{
		{61.452, 1, 61.5, 61.4}, {0.35, 1, 0.4, 0.3}, {-2.5, 0, -3, -2}, {38.99, 0, 39, 38}, {0, 1, 0, 0}, {1.005, 2, 1.01, 1},
	} {
		if got := Rounded(c.value, c.decimals); got != c.rounded {
			t.Errorf("%v rounded to %d decimals: %v, want %v", c.value, c.decimals, got, c.rounded)
		}
		if got := Cut(c.value, c.decimals); got != c.cut {
			t.Errorf("%v cut to %d decimals: %v, want %v", c.value, c.decimals, got, c.cut)
		}
	}
}
