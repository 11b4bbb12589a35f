package parquet

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/apache/arrow-go/v18/arrow/memory"
)

// A budget allocates no more than most bytes at a time, for pages: the header
// of each may claim any size.
type budget struct {
	memory.Allocator
	most, live int64
}

type tooLarge struct{ size, most int64 }

func (t tooLarge) Error() string {
	return fmt.Sprintf("pages of %d bytes at a time, want at most %d", t.size, t.most)
}

// Allocate is as memory.Allocator has it.
func (b *budget) Allocate(size int) []byte {
	b.take(size)
	return b.Allocator.Allocate(size)
}

// Reallocate is as memory.Allocator has it.
func (b *budget) Reallocate(size int, old []byte) []byte {
	b.take(size - len(old))
	return b.Allocator.Reallocate(size, old)
}

// Free is as memory.Allocator has it.
func (b *budget) Free(old []byte) {
	b.live -= int64(len(old))
	b.Allocator.Free(old)
}

func (b *budget) take(size int) {
	if b.live+int64(size) > b.most {
		panic(tooLarge{b.live + int64(size), b.most})
	}
	b.live += int64(size)
}

// apart checks that the wanted columns' chunks are within the file and do not
// overlap: what is read for all of them at once is then no more than the file.
func (s *scan) apart(size int64) error {
	type span struct{ from, to int64 }
	spans := make([]span, 0, len(s.groups)*len(s.columns))
	for i, group := range s.groups {
		for _, c := range s.columns {
			chunk, err := group.MetaData().ColumnChunk(c.leaf)
			if err != nil {
				return fmt.Errorf("row group %d: %w", i+1, err)
			}
			from := chunk.DataPageOffset()
			if chunk.HasDictionaryPage() && chunk.DictionaryPageOffset() > 0 {
				from = min(from, chunk.DictionaryPageOffset())
			}
			n := chunk.TotalCompressedSize()
			if from < 0 || n < 0 || from > size || n > size-from {
				return fmt.Errorf("row group %d, column %d has %d bytes from byte %d on, the file %d", i+1, c.leaf+1, n, from, size)
			}
			spans = append(spans, span{from, from + n})
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			return fmt.Errorf("two columns have the bytes from byte %d on", spans[i].from)
		}
	}
	return nil
}
