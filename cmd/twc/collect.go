package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// collecting is the last call of collect, which alone has a say.
var collecting struct {
	sync.Mutex
	call int
}

// collect sets how much garbage is made before it is collected, until end is
// called or it is itself, again: so many percent of what is held and of a reserve,
// in bytes, which keeps a process that holds little from being gone over again and
// again. GOGC overrides it.
func collect(percent, reserve uint64) (end func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	const most = 400 // so that little is made should the heap grow before this is called again
	collecting.Lock()
	collecting.call++
	mine, before := collecting.call, debug.SetGCPercent(100)
	collecting.Unlock()
	var tune func(struct{})
	tune = func(struct{}) {
		collecting.Lock()
		defer collecting.Unlock()
		if collecting.call != mine {
			return
		}
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		debug.SetGCPercent(int(min(percent+percent*reserve/max(live[0].Value.Uint64(), 1), most)))
		if reserve > 0 { // again after the next collection, which this does not outlive
			runtime.AddCleanup(new([64]byte), tune, struct{}{})
		}
	}
	tune(struct{}{})
	return func() {
		collecting.Lock()
		defer collecting.Unlock()
		if collecting.call == mine {
			collecting.call++
		}
		debug.SetGCPercent(before)
	}
}
