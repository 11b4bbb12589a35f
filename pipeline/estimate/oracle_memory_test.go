package estimate_test

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain lets garbage lie longer. The oracle's tests keep each design and what was
// made of it until its family is done, and would go through that again and again.
func TestMain(m *testing.M) {
	debug.SetGCPercent(300)
	os.Exit(m.Run())
}
