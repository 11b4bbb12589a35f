//go:build !windows

package process

import (
	"os"
	"runtime"
	"syscall"
)

// peak is the most memory that a process took, in bytes.
func peak(of *os.ProcessState) int64 {
	used, ok := of.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return used.Maxrss // in bytes; elsewhere in KiB
	}
	return used.Maxrss << 10
}

// CPU is the seconds that this process has taken of processors.
func CPU() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}
