package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// collect sets how much garbage is made before it is collected, until end is
// called: so many percent of what is held and of a reserve in bytes. No memory
// stands behind the reserve, which nobody touches: it keeps a process that holds
// little from being gone over again and again. GOGC overrides it.
func collect(percent, reserve int) (end func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(percent)
	held := make([]byte, reserve)
	return func() {
		runtime.KeepAlive(held)
		debug.SetGCPercent(before)
	}
}
