package table

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// What a dictionary has for each byte is put for it, by whatever the processor has, for
// any size of dictionary and number of bytes, and in their own places too.
func TestTranslate(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	for range 2000 {
		size, n := 1+r.IntN(256), r.IntN(200)
		var dictionary [256]uint8
		for i := range dictionary {
			dictionary[i] = uint8(r.IntN(256))
		}
		from, want, largest := make([]uint8, n), make([]uint8, n), uint8(0)
		for i := range from {
			from[i] = uint8(r.IntN(size))
			want[i], largest = dictionary[from[i]], max(largest, from[i])
		}
		got := make([]uint8, n+3)
		if of := Translate(got, from, &dictionary, size); of != largest || !slices.Equal(got[:n], want) || got[n] != 0 {
			t.Fatalf("seed %d: %d bytes by %d entries: the largest %d, want %d: %v, want %v", seed, n, size, of, largest, got, want)
		}
		if Translate(from, from, &dictionary, size); !slices.Equal(from, want) {
			t.Fatalf("seed %d: %d bytes by %d entries in their own places: %v, want %v", seed, n, size, from, want)
		}
		if n > 0 { // beyond the dictionary, whose entries are then nobody's
			from[r.IntN(n)] = 255
			if of := Translate(got, from, &dictionary, size); of != 255 {
				t.Fatalf("seed %d: the largest of %d bytes %d, want 255", seed, n, of)
			}
		}
	}
}

func BenchmarkTranslate(b *testing.B) {
	var dictionary [256]uint8
	bytes := make([]uint8, 1<<16)
	for _, size := range []int{8, 48, 128} {
		b.Run("", func(b *testing.B) {
			b.SetBytes(int64(len(bytes)))
			for range b.N {
				Translate(bytes, bytes, &dictionary, size)
			}
		})
	}
}
