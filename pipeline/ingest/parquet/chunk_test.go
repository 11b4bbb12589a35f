package parquet

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"togetherwecan/pipeline/table"
)

// What a chunk takes comes out of it cell by cell and bit by bit, whether a number fits in a
// byte, only follows some that do, or is missing, and however often a text comes.
func TestChunk(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	codes := []float64{smallFrom, -1, 0, 1, 2, 9, smallFrom + none - 1, nan}
	others := []float64{smallFrom - 1, smallFrom + none, math.Copysign(0, -1), 0.5, 1e300, 1 << 60}
	for range 200 {
		rows := 1 + random.IntN(3*stepRows)
		c := &table.Column{}
		if random.IntN(2) == 0 {
			pool := codes
			if random.IntN(2) == 0 {
				pool = append(pool[:len(pool):len(pool)], others[random.IntN(len(others))])
			}
			for range rows {
				c.Values = append(c.Values, pool[random.IntN(len(pool))])
			}
		} else {
			distinct := 1 + random.IntN(2*mostKnown)
			for range rows {
				c.Text = append(c.Text, []string{"", fmt.Sprint(random.IntN(distinct))}[random.IntN(2)])
			}
		}
		p := chunk{}
		if c.Text != nil {
			p.kind = ofTexts
		}
		for from := 0; from < rows; {
			n := min(1+random.IntN(stepRows), rows-from)
			if _, ok := p.add(c, from, n); !ok {
				t.Fatal("a number is no date, where none is wanted")
			}
			from += n
		}
		var g page
		g.fill(&p, 0, rows)
		at := 0
		for row, level := range g.levels {
			missing := c.Text != nil && c.Text[row] == "" || c.Text == nil && math.IsNaN(c.Values[row])
			switch {
			case missing != (level == 0):
				t.Fatalf("row %d is missing (%t), and has level %d", row, missing, level)
			case missing:
				continue
			case c.Text != nil && string(g.texts[at]) != c.Text[row]:
				t.Fatalf("row %d is %q, want %q", row, g.texts[at], c.Text[row])
			case c.Text == nil && math.Float64bits(g.numbers[at]) != math.Float64bits(c.Values[row]):
				t.Fatalf("row %d is %v, want %v", row, g.numbers[at], c.Values[row])
			}
			at++
		}
		if len(g.levels) != rows || at != len(g.numbers)+len(g.texts) {
			t.Fatalf("%d rows and %d values, want %d and %d", len(g.levels), len(g.numbers)+len(g.texts), rows, at)
		}
	}
}
