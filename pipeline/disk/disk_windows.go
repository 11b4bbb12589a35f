package disk

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// openFilesGo says that a file which a process has open can be removed.
const openFilesGo = false

// rename is one step on NTFS, which refuses it while any process has either
// open: a scanner of viruses has what is new for a moment, so that it is tried
// again for a while.
func rename(from, to string) error {
	const most = 2 * time.Second
	for begun, pause := time.Now(), time.Millisecond; ; pause *= 2 {
		err := os.Rename(from, to)
		if err == nil || !held(err) || time.Since(begun) > most {
			return err
		}
		time.Sleep(pause)
	}
}

// held says that an error may be of a file that another process has open.
func held(err error) bool {
	const sharingViolation = syscall.Errno(32)
	return errors.Is(err, syscall.ERROR_ACCESS_DENIED) || errors.Is(err, sharingViolation)
}

// syncFolder does nothing: NTFS keeps a journal of names, and has no way to
// wait for one folder's.
func syncFolder(string) error { return nil }
