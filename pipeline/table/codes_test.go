package table

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Codes give back every category and kind of missing, in the fewest bytes.
func TestCodes(t *testing.T) {
	const seed = 9
	r := rand.New(rand.NewPCG(seed, 0))
	for _, c := range []struct{ categories, bytes int }{{1, 1}, {252, 1}, {253, 2}, {65532, 2}, {65533, 4}, {1 << 20, 4}} {
		want := []int{0, c.categories - 1, -1, -Kinds}
		for range 100 {
			want = append(want, r.IntN(c.categories+Kinds)-Kinds)
		}
		codes := CodesOf(c.categories, want)
		if got := codes.All(); !slices.Equal(got, want) || codes.Len() != len(want) {
			t.Errorf("seed %d, %d categories: got %v, want %v", seed, c.categories, got, want)
		}
		one, two, four := codes.States()
		if got := (len(one) + 2*len(two) + 4*len(four)) / len(want); got != c.bytes {
			t.Errorf("%d categories: %d bytes a row, want %d", c.categories, got, c.bytes)
		}
		twice := NewCodes(2*len(want), c.categories)
		twice.Copy(len(want), codes)
		if got := twice.All(); !slices.Equal(got[len(want):], want) || got[0] >= 0 {
			t.Errorf("%d categories: got %v, want as many missing, and then %v", c.categories, got, want)
		}
	}
	if got := (*Codes)(nil).Len(); got != 0 {
		t.Errorf("no codes have %d rows, want 0", got)
	}
}
