package disk

import (
	"errors"
	"io/fs"
	"os"

	"github.com/gofrs/flock"

	"togetherwecan/pipeline/refusal"
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
	lacking := lockable(path)
	if lacking != nil && !errors.Is(lacking, fs.ErrNotExist) {
		return nil, lacking
	}
	if lacking != nil {
		if err := before(Change{Do: "create", Path: path}); err != nil {
			return nil, err
		}
	}
	file := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(mode))
	taken, err := take(file, file.TryLock)
	if err == nil && !taken {
		err = ErrLocked
	}
	if err != nil {
		return nil, err
	}
	return &Lock{file: file, Made: errors.Is(lacking, fs.ErrNotExist)}, nil
}

// TryShare takes the lock of a file for a process that only reads: several may share
// it, and nobody has it alone meanwhile. It makes no file: where there is none the
// error is fs.ErrNotExist. The error is ErrLocked where another process has it alone.
func TryShare(path string) (*Lock, error) {
	if err := lockable(path); err != nil {
		return nil, err
	}
	file := flock.New(path, flock.SetFlag(os.O_RDONLY))
	taken, err := take(file, file.TryRLock)
	if err == nil && !taken {
		err = ErrLocked
	}
	if err != nil {
		return nil, err
	}
	return &Lock{file: file}, nil
}

// lockable refuses what is in the place of a lock file and may not be opened: a pipe
// waits for somebody to write.
func lockable(path string) error {
	info, err := os.Lstat(path)
	if err == nil && !info.Mode().IsRegular() {
		return &fs.PathError{Op: "lock", Path: path, Err: errors.New("found " + refusal.FileKind(info.Mode()) + ", want a file")}
	}
	return err
}

// Locked says whether another process has the lock of a file alone.
func Locked(path string) bool {
	if lockable(path) != nil {
		return false
	}
	file := flock.New(path, flock.SetFlag(os.O_RDONLY)) // which makes none
	free, err := file.TryRLock()
	_ = file.Close()
	return err == nil && !free
}

// take locks a file unless another process has it, or had it and removed it:
// a third may hold the file that is at its path now.
func take(lock *flock.Flock, try func() (bool, error)) (bool, error) {
	if taken, err := try(); !taken {
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
		_ = Remove(l.file.Path())
		l.Unlock()
		return
	}
	l.Unlock()
	_ = Remove(l.file.Path()) // not while another has it open
}
