// Package process measures what a process takes, as the kernel counts it.
package process

import (
	"bytes"
	"cmp"
	"fmt"
	"os/exec"
	"slices"
	"time"
)

// A Cost is what one process took.
type Cost struct {
	CPU    time.Duration // user and system
	Wall   time.Duration
	Memory int64 // bytes, at its peak; 0 where the system does not count them
}

// Run runs a command to its end. An error has what it wrote to its standard error,
// unless that goes elsewhere; the cost is what it took all the same.
//
// A child's peak is never counted as less than that of this process when it began
// the child, so nothing large may be held here.
func Run(c *exec.Cmd) (Cost, error) {
	var stderr bytes.Buffer
	if c.Stderr == nil {
		c.Stderr = &stderr
	}
	begun := time.Now()
	err := c.Run()
	cost := Cost{Wall: time.Since(begun)}
	if state := c.ProcessState; state != nil {
		cost.CPU = state.UserTime() + state.SystemTime()
		cost.Memory = peak(state)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w\n%s", c, err, stderr.Bytes())
	}
	return cost, err
}

// Median is the middle one of several costs, by each of the numbers.
func Median(costs []Cost) Cost {
	return Cost{
		Middle(costs, func(c Cost) time.Duration { return c.CPU }), Middle(costs, func(c Cost) time.Duration { return c.Wall }),
		Middle(costs, func(c Cost) int64 { return c.Memory }),
	}
}

// Middle is the middle one of a number of several things.
func Middle[R any, T cmp.Ordered](of []R, number func(R) T) T {
	numbers := make([]T, len(of))
	for i, r := range of {
		numbers[i] = number(r)
	}
	slices.Sort(numbers)
	return numbers[len(numbers)/2]
}
