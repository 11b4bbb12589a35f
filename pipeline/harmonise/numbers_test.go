package harmonise

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/table"
)

// Numbers stay what they are and their kinds of missing too, by whatever batches
// they come and whether few of them differ or many, from the first batch or a
// later one; and few take a byte a row.
func TestNumbering(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for _, c := range []struct {
		claim string
		draw  func(row int) float64
		few   bool
	}{
		{"none", func(int) float64 { return nan }, true},
		{"whole", func(int) float64 { return float64(r.IntN(90) - 5) }, true},
		{"halves", func(int) float64 { return float64(r.IntN(250)) / 2 }, true},
		{"far from 0", func(int) float64 { return 1e6 * float64(r.IntN(100)) }, true},
		{"as many as a byte has", func(row int) float64 { return float64(row % fewNumbers) }, true},
		{"one more", func(row int) float64 { return float64(row % (fewNumbers + 1)) }, false},
		{"all different", func(row int) float64 { return r.NormFloat64() }, false},
		{"different from a later batch on", func(row int) float64 { return float64(max(row, 1500)) }, false},
	} {
		for _, kinds := range []bool{false, true} {
			const rows = 3000
			whole := &table.Column{Values: make([]float64, rows)}
			if kinds {
				whole.Kinds = make([]codebook.Missing, rows)
			}
			for row := range rows {
				whole.Values[row] = c.draw(row)
				if kinds && (r.IntN(9) == 0 || math.IsNaN(whole.Values[row])) {
					whole.SetMissing(row, codebook.Missing(1+r.IntN(table.Kinds)))
				}
			}
			var n numbering
			batch := &table.Column{}
			for from := 0; from < rows; {
				to := min(from+1+r.IntN(1000), rows)
				batch.Values = append(batch.Values[:0], whole.Values[from:to]...) // as a reader uses it again
				if kinds {
					batch.Kinds = append(batch.Kinds[:0], whole.Kinds[from:to]...)
				}
				n.add(batch)
				from = to
			}
			got, where := n.whole(codebook.Variable{Name: "v"}), fmt.Sprintf("seed %d: %s, kinds %t", seed, c.claim, kinds)
			if got.Variable.Name != "v" || got.Len() != rows {
				t.Fatalf("%s: %q of %d rows", where, got.Variable.Name, got.Len())
			}
			if one := got.Codes; (one != nil) != c.few {
				t.Errorf("%s: codes %t, want %t", where, one != nil, c.few)
			}
			for row := range rows {
				want := whole.Values[row]
				if x := got.Number(row); x != want && !(math.IsNaN(x) && math.IsNaN(want)) || got.Missing(row) != whole.Missing(row) {
					t.Fatalf("%s, row %d: %v (%v), want %v (%v)", where, row, x, got.Missing(row), want, whole.Missing(row))
				}
			}
			if low, high := got.Extent(); true {
				if a, b := whole.Extent(); low != a || high != b {
					t.Errorf("%s: from %v to %v, want %v to %v", where, low, high, a, b)
				}
			}
		}
	}
}

// A code that is missing in every variable, or that the end of the file declares
// to be, is no number, whether few differ or many.
func TestNumberingMissing(t *testing.T) {
	for _, most := range []int{10, 1000} {
		n := numbering{coding: coding{missing: codebook.Missings{Numbers: []codebook.Interval{{Low: 7, High: 7}}}}}
		c := &table.Column{}
		for row := range 2 * most {
			c.Values = append(c.Values, float64(row%most))
		}
		n.add(c)
		n.add(c)
		n.variable.Recorded = &codebook.Recorded{Missing: []codebook.Interval{{Low: 3, High: 4}}}
		got := n.whole(codebook.Variable{})
		for row := range 4 * most {
			x := row % most
			not := x == 7 || x == 3 || x == 4
			if kind := got.Missing(row); (kind == codebook.System) != not || !not && got.Number(row) != float64(x) {
				t.Fatalf("%d numbers: %v is %v, %v", most, x, got.Number(row), kind)
			}
		}
	}
}
