package parquet

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow/memory"
)

// A budget is how many bytes the pages of all columns may take at a time: the
// header of each may claim any size. Columns are read at the same time, in no
// order. What is counted is the most that each has had since the budget was
// settled, all added up, so that whether it is too much does not depend on who
// was first.
type budget struct {
	most  int64
	taken atomic.Int64
}

// An account allocates the pages of one column.
type account struct {
	memory.Allocator
	of         *budget
	live, peak int64
}

func newAccount(of *budget) *account {
	return &account{Allocator: memory.NewGoAllocator(), of: of}
}

type tooLarge struct{ most int64 }

func (t tooLarge) Error() string {
	return fmt.Sprintf("pages of more than %d bytes at a time", t.most)
}

// settle counts what the accounts hold, no longer what they have held.
func (b *budget) settle(accounts iter.Seq[*account]) {
	all := int64(0)
	for a := range accounts {
		a.peak = a.live
		all += a.live
	}
	b.taken.Store(all)
}

// Allocate is as memory.Allocator has it.
func (a *account) Allocate(size int) []byte {
	a.take(size)
	return a.Allocator.Allocate(size)
}

// Reallocate is as memory.Allocator has it.
func (a *account) Reallocate(size int, old []byte) []byte {
	a.take(size - len(old))
	return a.Allocator.Reallocate(size, old)
}

// Free is as memory.Allocator has it.
func (a *account) Free(old []byte) {
	a.live -= int64(len(old))
	a.Allocator.Free(old)
}

func (a *account) take(size int) {
	live := a.live + int64(size)
	if more := live - a.peak; more > 0 {
		if a.of.taken.Add(more) > a.of.most {
			a.of.taken.Add(-more)
			panic(tooLarge{a.of.most})
		}
		a.peak = live
	}
	a.live = live
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
