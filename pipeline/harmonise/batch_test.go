package harmonise

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/table"
)

// A pile is its batches one after the other, however many rows were said to come, whether
// batches have kinds of missing value and letters or not, and whatever becomes of them.
func TestPile(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	for range 300 {
		rows := r.IntN(200)
		of := []int{0, rows, rows / 2, rows + 3}[r.IntN(4)]
		odd := r.IntN(3)
		p, batch := &pile{}, &table.Column{}
		want := &table.Column{}
		kinds, tags := false, false
		for at := 0; at < rows; {
			n := min(1+r.IntN(60), rows-at)
			at += n
			batch.Values, batch.Kinds, batch.Tags = batch.Values[:0], nil, nil
			for range n {
				batch.Values = append(batch.Values, r.Float64())
			}
			if r.IntN(3) < odd {
				batch.Kinds, kinds = make([]codebook.Missing, n), true
				batch.SetMissing(r.IntN(n), codebook.Refused)
			}
			if r.IntN(3) < odd {
				batch.Tags, tags = slices.Repeat([]byte{'b'}, n), true
			}
			want.Values = append(want.Values, batch.Values...)
			for row := range n {
				want.Kinds = append(want.Kinds, batch.Missing(row))
				want.Tags = append(want.Tags, append(batch.Tags, make([]byte, n)...)[row])
			}
			p.copy(batch, of)
		}
		if !kinds {
			want.Kinds = nil
		}
		if !tags {
			want.Tags = nil
		}
		if len(p.parts) == 0 {
			continue
		}
		got := p.whole(codebook.Variable{Name: "v"})
		same := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
		if !slices.EqualFunc(got.Values, want.Values, same) || !slices.Equal(got.Kinds, want.Kinds) || !slices.Equal(got.Tags, want.Tags) {
			t.Fatalf("seed %d, %d rows of %d: %v %v %q, want %v %v %q", seed, rows, of, got.Values, got.Kinds, got.Tags, want.Values, want.Kinds, want.Tags)
		}
	}
}
