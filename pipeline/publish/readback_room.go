package publish

import "github.com/apache/arrow-go/v18/arrow/memory"

// A room is memory that the first library reads one column after the other in. Without
// it each column has some 48 kB of its own, of which most is never used, and which is
// cleared and collected all the same.
type room struct {
	all  []byte
	used int
}

var _ memory.Allocator = (*room)(nil)

// Allocate gives memory that is all zero, until the next reset.
func (r *room) Allocate(size int) []byte {
	const line = 64 // bytes, at whose multiples the library wants to have it
	end := r.used + size
	if end > len(r.all) {
		return memory.DefaultAllocator.Allocate(size)
	}
	given := r.all[r.used:end:end]
	clear(given)
	r.used = min((end+line-1)/line*line, len(r.all))
	return given
}

// Reallocate gives more memory that begins with what is given, or less.
func (r *room) Reallocate(size int, given []byte) []byte {
	if size <= cap(given) {
		return given[:size]
	}
	more := r.Allocate(size)
	copy(more, given)
	return more
}

// Free does nothing: the next reset does.
func (r *room) Free([]byte) {}

// reset takes back all that was given.
func (r *room) reset() { r.used = 0 }
