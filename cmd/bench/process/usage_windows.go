package process

import (
	"os"
	"syscall"
)

// peak is not known: Windows does not keep it with a process that has ended.
func peak(*os.ProcessState) int64 { return 0 }

// CPU is the seconds that this process has taken of processors.
func CPU() float64 {
	var begun, ended, kernel, user syscall.Filetime
	self, err := syscall.GetCurrentProcess()
	if err == nil {
		err = syscall.GetProcessTimes(self, &begun, &ended, &kernel, &user)
	}
	if err != nil {
		panic(err)
	}
	// A time of day by its type, and a span in truth: in 100 ns.
	ticks := func(t syscall.Filetime) int64 { return int64(t.HighDateTime)<<32 | int64(t.LowDateTime) }
	return float64(ticks(kernel)+ticks(user)) / 1e7
}
