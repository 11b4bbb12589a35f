package disk

import (
	"io/fs"
	"os"
	"sync/atomic"
)

// A Change is one of the disk.
type Change struct {
	Do   string // create, write, sync, mkdir, rename or remove
	Path string // of the file or folder; of a rename, the new one
	From string // of a rename, the path before it
	Data []byte // of a write, what is written behind what is there
}

// watcher sees changes of the disk before they are made; nil for nobody.
var watcher atomic.Pointer[func(Change) error]

// Watch lets a function see every change that is made through this package, before it
// is made, until end is called. Where it returns an error, the change is not made and
// ends with it. It is for tests of what a fault leaves, a process that is killed, and a
// computer that loses its power.
func Watch(see func(Change) error) (end func()) {
	watcher.Store(&see)
	return func() { watcher.Store(nil) }
}

func before(c Change) error {
	see := watcher.Load()
	if see == nil {
		return nil
	}
	if err := (*see)(c); err != nil {
		return &fs.PathError{Op: c.Do, Path: c.Path, Err: err}
	}
	return nil
}

// Mkdir makes a folder.
func Mkdir(path string, mode fs.FileMode) error {
	if err := before(Change{Do: "mkdir", Path: path}); err != nil {
		return err
	}
	return os.Mkdir(path, mode)
}

// Remove removes a file, or a folder that is empty.
func Remove(path string) error {
	if err := before(Change{Do: "remove", Path: path}); err != nil {
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
	if err := before(Change{Do: "rename", Path: to, From: from}); err != nil {
		return err
	}
	return rename(from, to)
}

// SyncFolder waits until the disk has the names in a folder.
func SyncFolder(path string) error {
	if err := before(Change{Do: "sync", Path: path}); err != nil {
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
	if err = before(Change{Do: "write", Path: path, Data: data}); err == nil {
		_, err = f.Write(data)
	}
	if err == nil {
		err = before(Change{Do: "sync", Path: path})
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
	if err := before(Change{Do: "create", Path: path}); err != nil {
		return nil, err
	}
	return os.OpenFile(path, flag|os.O_CREATE|os.O_EXCL, mode)
}
