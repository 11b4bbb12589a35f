package main

import (
	"runtime/debug"
	"testing"
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
	t.Setenv("GOGC", "70")
	end = collect(20, 0)
	if got := percent(); got != before {
		t.Errorf("with GOGC: %d percent, want %d", got, before)
	}
	end()
}
