package publish

import (
	"bytes"
	"testing"
)

// What a room gives is zero, shares nothing, and keeps what it has when it grows.
func TestRoom(t *testing.T) {
	r := &room{all: make([]byte, 256)}
	for range 2 {
		a, b := r.Allocate(100), r.Allocate(30)
		large := r.Allocate(1000)
		for _, given := range [][]byte{a, b, large} {
			if !bytes.Equal(given, make([]byte, len(given))) {
				t.Errorf("%d bytes are not zero", len(given))
			}
			for i := range given {
				given[i] = byte(len(given))
			}
		}
		if cap(a) != 100 || a[0] != 100 || b[0] != 30 || large[0] != 1000%256 {
			t.Error("two share memory")
		}
		more := r.Reallocate(60, b)
		if len(more) != 60 || !bytes.Equal(more[:30], bytes.Repeat([]byte{30}, 30)) || more[30] != 0 {
			t.Errorf("grown to %v", more)
		}
		if less := r.Reallocate(10, a); len(less) != 10 || &less[0] != &a[0] {
			t.Error("less is not of the same")
		}
		r.Free(a)
		r.reset()
	}
}
