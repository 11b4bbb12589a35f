package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// collect sets how much garbage is made before it is collected, until end is
// called: so many percent of what is held and of a reserve, in bytes, which keeps
// a process that holds little from being gone over again and again. GOGC
// overrides it.
func collect(percent, reserve uint64) (end func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	const most = 400 // so that little is made should the heap grow before this is called again
	var ended atomic.Bool
	var tune func(struct{})
	tune = func(struct{}) {
		if ended.Load() {
			return
		}
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		debug.SetGCPercent(int(min(percent+percent*reserve/max(live[0].Value.Uint64(), 1), most)))
		if reserve > 0 { // again after the next collection, which this does not outlive
			runtime.AddCleanup(new([64]byte), tune, struct{}{})
		}
	}
	before := debug.SetGCPercent(100)
	tune(struct{}{})
	return func() {
		ended.Store(true)
		debug.SetGCPercent(before)
	}
}
