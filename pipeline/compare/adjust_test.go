package compare

import (
	"math"
	"testing"
)

func TestAdjustment(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		claim                string
		ps                   []float64
		holm, bh, bonferroni []float64
	}{
		{"by hand: 0.01x3, 0.02x2, 0.03x1, kept in order", []float64{0.01, 0.03, 0.02}, []float64{0.03, 0.04, 0.04}, []float64{0.03, 0.03, 0.03}, []float64{0.03, 0.09, 0.06}},
		{"never above 1", []float64{0.9, 0.8}, []float64{1, 1}, []float64{0.9, 0.9}, []float64{1, 1}},
		{"what has no p-value is not counted", []float64{0.01, nan, 0.04}, []float64{0.02, nan, 0.04}, []float64{0.02, nan, 0.04}, []float64{0.02, nan, 0.08}},
		{"none", nil, nil, nil, nil},
	} {
		t.Run(c.claim, func(t *testing.T) {
			for i, p := range Holm(c.ps) {
				if !near(p, c.holm[i], 1e-12) {
					t.Errorf("Holm: got %v, want %v", p, c.holm[i])
				}
			}
			for i, p := range Bonferroni(c.ps) {
				if !near(p, c.bonferroni[i], 1e-12) {
					t.Errorf("Bonferroni: got %v, want %v", p, c.bonferroni[i])
				}
			}
			for i, p := range BenjaminiHochberg(c.ps) {
				if !near(p, c.bh[i], 1e-12) {
					t.Errorf("Benjamini-Hochberg: got %v, want %v", p, c.bh[i])
				}
			}
		})
	}
}

// TestDetectable holds the large-sample figure of textbooks: 1.96 + 0.84
// standard errors for a level of 5% and a power of 80%.
func TestDetectable(t *testing.T) {
	if d := Detectable(1, 1e7, 0.05, 0.8); !near(d, 2.8015851, 1e-6) {
		t.Errorf("got %v, want 2.8015851", d)
	}
	if d := Detectable(1, 0, 0.05, 0.8); !math.IsNaN(d) {
		t.Errorf("without degrees of freedom: %v, want none", d)
	}
}
