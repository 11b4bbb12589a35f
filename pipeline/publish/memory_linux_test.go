package publish

import (
	"fmt"
	"os"
	"syscall"
	"testing"
)

// TestMain gives the tests folders in memory, where there is room: none is of what a
// true disk does. What one may lose is the model's in crash_disk_test.go, and small and
// read-only disks are mounted by the tests of them. The tests of package disk and of
// the command write to the system's own.
func TestMain(m *testing.M) {
	const memory, room = "/dev/shm", 256 << 20
	var fs syscall.Statfs_t
	if err := syscall.Statfs(memory, &fs); err != nil || fs.Bavail*uint64(fs.Bsize) < room {
		os.Exit(m.Run())
	}
	dir, err := os.MkdirTemp(memory, "publish")
	if err != nil {
		os.Exit(m.Run())
	}
	if err := os.Setenv("TMPDIR", dir); err != nil {
		panic(err)
	}
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}
