package tally

import (
	"slices"
	"testing"
)

// TestRangesAreCodedAsRows holds the words of rows that are looked up side by side against
// those of the same rows out of order, which are looked up one by one.
func TestRangesAreCodedAsRows(t *testing.T) {
	r := seed(t)
	for range 50 {
		c, p := draw(r), plan()
		s := c.of(t, nil)
		code := newCoder(newLayout(p, s.categories(p)), s.table)
		first := r.IntN(s.table.Rows)
		rows := make([]int32, 1+r.IntN(s.table.Rows-first))
		for i := range rows {
			rows[i] = int32(first + i)
		}
		got, want := make([]uint64, len(rows)*code.stride), make([]uint64, len(rows)*code.stride)
		code.code(rows, got, code.scratch())
		slices.Reverse(rows)
		code.code(rows, want, code.scratch())
		for i := range rows {
			got, want := got[i*code.stride:(i+1)*code.stride], want[(len(rows)-1-i)*code.stride:][:code.stride]
			if !slices.Equal(got, want) {
				t.Fatalf("row %d of %d from %d: %x, want %x", i, len(rows), first, got, want)
			}
		}
	}
}
