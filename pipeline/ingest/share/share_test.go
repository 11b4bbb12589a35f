package share

import (
	"runtime"
	"sync/atomic"
	"testing"
)

func TestWork(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, processors := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(processors)
		for _, tasks := range []int{0, 1, 2, 100} {
			done := make([]atomic.Int32, tasks)
			own := 0
			Work(tasks, func(i int) { done[i].Add(1) }, func() { own++ })
			Work(tasks, func(i int) { done[i].Add(1) }, nil)
			for i := range done {
				if n := done[i].Load(); n != 2 {
					t.Errorf("%d processors, %d tasks: task %d was done %d times in 2 calls", processors, tasks, i, n)
				}
			}
			if own != 1 {
				t.Errorf("%d processors, %d tasks: own was done %d times", processors, tasks, own)
			}
		}
	}
}
