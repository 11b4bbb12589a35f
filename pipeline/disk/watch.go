package disk

import (
	"io/fs"
	"os"
	"sync/atomic"
)

// watcher sees changes of the disk before they are made; nil for nobody.
var watcher atomic.Pointer[func(change, path string) error]

// Watch lets a function see every change that is made through this package, before it
// is made, until end is called. Where it returns an error, the change is not made and
// ends with it. It is for tests of what a fault leaves, and a process that is killed.
func Watch(see func(change, path string) error) (end func()) {
	watcher.Store(&see)
	return func() { watcher.Store(nil) }
}

func before(change, path string) error {
	see := watcher.Load()
	if see == nil {
		return nil
	}
	if err := (*see)(change, path); err != nil {
		return &fs.PathError{Op: change, Path: path, Err: err}
	}
	return nil
}

// Mkdir makes a folder.
func Mkdir(path string, mode fs.FileMode) error {
	if err := before("mkdir", path); err != nil {
		return err
	}
	return os.Mkdir(path, mode)
}

// Remove removes a file, or a folder that is empty.
func Remove(path string) error {
	if err := before("remove", path); err != nil {
		return err
	}
	return os.Remove(path)
}

// RemoveAll removes what is at a path and below it, one thing after the other.
func RemoveAll(path string) error {
	if watcher.Load() != nil {
		entries, _ := os.ReadDir(path) // of a file, none
		for _, e := range entries {
			if err := RemoveAll(path + string(os.PathSeparator) + e.Name()); err != nil {
				return err
			}
		}
		if _, err := os.Lstat(path); err != nil {
			return nil // as os.RemoveAll has it
		}
		return Remove(path)
	}
	return os.RemoveAll(path)
}

// Rename gives a file or folder another name, in the place of a file that may
// have it, in one step.
func Rename(from, to string) error {
	if err := before("rename", to); err != nil {
		return err
	}
	return rename(from, to)
}

// SyncFolder waits until the disk has the names in a folder.
func SyncFolder(path string) error {
	if err := before("sync", path); err != nil {
		return err
	}
	return syncFolder(path)
}

// WriteNew writes a file that is not there yet and waits until the disk has it.
func WriteNew(path string, data []byte, mode fs.FileMode) error {
	f, err := create(path, os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	if err = before("write", path); err == nil {
		_, err = f.Write(data)
	}
	if err == nil {
		err = before("sync", path)
	}
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}

// create makes a file that is not there yet.
func create(path string, flag int, mode fs.FileMode) (*os.File, error) {
	if err := before("create", path); err != nil {
		return nil, err
	}
	return os.OpenFile(path, flag|os.O_CREATE|os.O_EXCL, mode)
}
