//go:build !windows

package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Whoever waited for a lock file that is removed finds it gone: it is let go of
// only then.
func TestLockIsRemovedWhileHeld(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".lock")
	for range 300 {
		lock, err := TryLock(path, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		waiting, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		var stale error
		got := make(chan error)
		go func() {
			err := syscall.Flock(int(waiting.Fd()), syscall.LOCK_EX)
			_, stale = os.Lstat(path)
			got <- err
		}()
		time.Sleep(100 * time.Microsecond) // until it waits
		lock.Remove()
		if err := <-got; err != nil {
			t.Fatal(err)
		}
		if err := waiting.Close(); err != nil {
			t.Fatal(err)
		}
		if !errors.Is(stale, fs.ErrNotExist) {
			t.Fatalf("the lock file was let go of while it was there: %v", stale)
		}
	}
}
