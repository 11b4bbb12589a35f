package main

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// percent is when garbage is collected now.
func percent() int {
	now := debug.SetGCPercent(100)
	debug.SetGCPercent(now)
	return now
}

func TestCollect(t *testing.T) {
	t.Setenv("GOGC", "")
	before := percent()
	end := collect(20, 0)
	if got := percent(); got != 20 {
		t.Errorf("without a reserve: %d percent, want 20", got)
	}
	end()
	end = collect(20, 1<<30)
	if got := percent(); got <= 20 {
		t.Errorf("with a reserve: %d percent, want more than 20", got)
	}
	end()
	if got := percent(); got != before {
		t.Errorf("at the end: %d percent, want %d as before", got, before)
	}
	outer := collect(20, 1<<30)
	inner := collect(10, 0)
	for range 20 { // after each of which the outer one would have had its say again
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	if got := percent(); got != 10 {
		t.Errorf("within another: %d percent, want 10", got)
	}
	inner()
	outer()
	if got := percent(); got != before {
		t.Errorf("at the end of both: %d percent, want %d as before", got, before)
	}
	t.Setenv("GOGC", "70")
	end = collect(20, 0)
	if got := percent(); got != before {
		t.Errorf("with GOGC: %d percent, want %d", got, before)
	}
	end()
}
