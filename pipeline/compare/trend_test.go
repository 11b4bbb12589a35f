package compare

import (
	"math"
	"testing"
)

func TestSlope(t *testing.T) {
	for _, c := range []struct {
		claim        string
		scores, want []float64
	}{
		{"two waves: their change over the years", []float64{2001, 2003}, []float64{-0.5, 0.5}},
		{"equally distant", []float64{1, 2, 3}, []float64{-0.5, 0, 0.5}},
		{"a wave that was left out: (s - 2)/14", []float64{0, 1, 5}, []float64{-2. / 14, -1. / 14, 3. / 14}},
		{"years as far from 0 as they are", []float64{2000, 2001, 2005}, []float64{-2. / 14, -1. / 14, 3. / 14}},
	} {
		t.Run(c.claim, func(t *testing.T) {
			got, ok := Slope(c.scores)
			if !ok {
				t.Fatal("no slope")
			}
			for i, want := range c.want {
				if math.Abs(got[i]-want) > 1e-15 {
					t.Errorf("%v, want %v", got, c.want)
					break
				}
			}
		})
	}
	for _, scores := range [][]float64{nil, {4}, {4, 4}, {0.1, 0.1, 0.1}} {
		if got, ok := Slope(scores); ok {
			t.Errorf("scores %v have the slope %v", scores, got)
		}
	}
}
