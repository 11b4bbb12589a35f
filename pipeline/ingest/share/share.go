// Package share divides the decoding of a block of a file among the processors.
package share

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Work does the tasks from 0 to n-1, each once and in no order, on all processors, and
// meanwhile own on this one, if it is not nil. It returns when all is done.
func Work(n int, task func(int), own func()) {
	var next atomic.Int64
	work := func() {
		for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
			task(int(i))
		}
	}
	var others sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0)-1, n) {
		others.Go(work)
	}
	if own != nil {
		own()
	}
	work()
	others.Wait()
}
