//go:build !windows

package disk

import (
	"errors"
	"os"
	"syscall"
)

// openFilesGo says that a file which a process has open can be removed.
const openFilesGo = true

func rename(from, to string) error { return os.Rename(from, to) }

func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	// Some file systems have no names to sync.
	if err := f.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil
}
