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

	"github.com/gofrs/flock"
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

// A lock file that was opened before another process removed it locks nothing.
func TestTake(t *testing.T) {
	for _, c := range []struct {
		name string
		harm func(path string) error
		want bool
	}{
		{"in its place", func(string) error { return nil }, true},
		{"removed", os.Remove, false},
		{"removed and made again", func(path string) error {
			return errors.Join(os.Remove(path), os.WriteFile(path, nil, 0o644))
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), ".lock")
			lock := flock.New(path)
			if ok, err := lock.TryRLock(); !ok || err != nil { // opens the file
				t.Fatal(ok, err)
			}
			if err := c.harm(path); err != nil {
				t.Fatal(err)
			}
			if got, err := take(lock, lock.TryLock); got != c.want || err != nil || lock.Locked() != c.want {
				t.Errorf("got %t, %v", got, err)
			}
			_ = lock.Close()
		})
	}
}
