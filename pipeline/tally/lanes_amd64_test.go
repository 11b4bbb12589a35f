package tally

import "testing"

// TestCountersAgreeWithoutLanes is TestCountersAgree on a processor that adds marks
// one after the other.
func TestCountersAgreeWithoutLanes(t *testing.T) {
	had := vectors
	vectors = false
	defer func() { vectors = had }()
	countersAgree(t, 10)
}
