package disk

import (
	"errors"
	"io/fs"
	"os"

	"github.com/gofrs/flock"
)

// ErrLocked says that another process has the lock.
var ErrLocked = errors.New("locked by another process")

// A Lock is held by one process at a time, whose end lets go of it.
type Lock struct {
	file *flock.Flock
	Made bool // the file was not there before
}

// TryLock takes the lock of a file, which it makes where it is not there. The
// error is ErrLocked where another process has it.
func TryLock(path string, mode fs.FileMode) (*Lock, error) {
	_, lacking := os.Lstat(path)
	file := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(mode))
	taken, err := take(file)
	if err == nil && !taken {
		err = ErrLocked
	}
	if err != nil {
		return nil, err
	}
	return &Lock{file: file, Made: errors.Is(lacking, fs.ErrNotExist)}, nil
}

// Locked says whether another process has the lock of a file.
func Locked(path string) bool {
	file := flock.New(path, flock.SetFlag(os.O_RDONLY)) // which makes none
	free, err := file.TryRLock()
	_ = file.Close()
	return err == nil && !free
}

// take locks a file unless another process has it, or had it and removed it:
// a third may hold the file that is at its path now.
func take(lock *flock.Flock) (bool, error) {
	if taken, err := lock.TryLock(); !taken {
		return false, err
	}
	locked, err := lock.Stat()
	if err == nil {
		there, gone := os.Lstat(lock.Path())
		if gone == nil && os.SameFile(locked, there) {
			return true, nil
		}
	}
	_ = lock.Unlock() // nobody can find it
	return false, err
}

// Unlock lets go of the lock.
func (l *Lock) Unlock() {
	_ = l.file.Unlock() // the process's end unlocks too
}

// Remove lets go of the lock and removes its file, which nobody can have taken
// meanwhile.
func (l *Lock) Remove() {
	if openFilesGo { // after Unlock it may be another's
		_ = os.Remove(l.file.Path())
		l.Unlock()
		return
	}
	l.Unlock()
	_ = os.Remove(l.file.Path()) // not while another has it open
}
