package disk

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"
)

// A FolderFile is a file of a folder, by its path below it, with slashes.
type FolderFile struct {
	Path string
	Data []byte
}

// together is how many files of a folder are waited for at a time.
const together = 16

// A Folder will take the place of the one at its path: whoever opens that finds the old one or
// the new one, and between the two for a moment none. One process at a time has it.
type Folder struct {
	Made string // where it is until it takes its place: nothing is there yet

	path, parent, beside, old string
	lock                      *Lock
	folders                   map[string]bool // that are made
	waited                    errgroup.Group  // until the disk has them
	lost                      bool            // the old one is nowhere but beside
}

// OpenFolder begins a folder, whose parent must be there. What a process that was killed left is
// put back, or removed. The error is ErrLocked where another process has it.
func OpenFolder(path string) (*Folder, error) {
	path = filepath.Clean(path)
	parent, name := filepath.Split(path)
	parent = filepath.Clean(parent)
	f := &Folder{folders: map[string]bool{}, path: path, parent: parent, beside: filepath.Join(parent, "."+name+".beside")}
	f.Made, f.old = filepath.Join(f.beside, newName), filepath.Join(f.beside, oldName)
	lock, err := TryLock(filepath.Join(parent, "."+name+".lock"), 0o644)
	if err != nil {
		return nil, err
	}
	f.lock = lock
	f.waited.SetLimit(together)
	if err = restore(path, f.beside); err == nil {
		err = f.sweep("." + name + ".")
	}
	if err != nil {
		f.lock.Remove()
		return nil, err
	}
	return f, nil
}

// Replace waits until the disk has all of the folder, puts it in its place, and waits until
// the disk has it there. Where it cannot, the old one is where it was, or, where it cannot be put
// back, beside it, from where the next to open it puts it back. It is to be discarded then.
func (f *Folder) Replace() error {
	if err := cmp.Or(f.waited.Wait(), f.syncFolders(f.beside)); err != nil {
		return err
	}
	err := Rename(f.path, f.old)
	there := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	placed := false
	err = nil
	if there { // before the new one has its name
		err = errors.Join(SyncFolder(f.beside), SyncFolder(f.parent))
	}
	if err == nil {
		err = Rename(f.Made, f.path)
		placed = err == nil
	}
	if err == nil {
		err = SyncFolder(f.parent)
	}
	if err == nil {
		f.Discard()
		return nil
	}
	if placed {
		err = errors.Join(err, Rename(f.path, f.Made))
	}
	if there {
		back := Rename(f.old, f.path)
		f.lost = back != nil
		err = errors.Join(err, back)
	}
	return err
}

// Write writes a file of the folder that is not there yet, at a path below it, with slashes.
func (f *Folder) Write(path string, data []byte) error {
	name, err := f.Place(path)
	if err != nil {
		return err
	}
	file, err := create(name, os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if err = before(Change{Do: "write", Path: name, Data: data}); err == nil {
		_, err = file.Write(data)
	}
	if err != nil {
		return errors.Join(err, file.Close())
	}
	f.wait(func() error {
		err := before(Change{Do: "sync", Path: name})
		if err == nil {
			err = file.Sync()
		}
		return errors.Join(err, file.Close())
	})
	return nil
}

// Place is where a file of the folder is until that takes its place, in a folder that is made.
func (f *Folder) Place(path string) (string, error) {
	name := filepath.Join(f.Made, filepath.FromSlash(path))
	folder := filepath.Dir(name)
	if f.folders[folder] {
		return name, nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	f.folders[folder] = true
	return name, nil
}

// Discard removes what is beside the folder, and lets go of it.
func (f *Folder) Discard() {
	_ = f.waited.Wait()
	if !f.lost {
		_ = os.RemoveAll(f.beside)
	}
	f.lock.Remove()
}

// WriteFolder writes a whole folder, in the place of one that may be there, as a Folder does.
func WriteFolder(path string, files []FolderFile) error {
	f, err := OpenFolder(path)
	if err != nil {
		return err
	}
	err = os.MkdirAll(f.Made, 0o755)
	for _, file := range files {
		if err == nil {
			err = f.Write(file.Path, file.Data)
		}
	}
	if err == nil {
		err = f.Replace()
	}
	if err != nil {
		f.Discard()
	}
	return err
}

// The folders beside one that is being written: the one that will be there, and the one that
// was.
const (
	newName = "new"
	oldName = "old"
)

// restore puts back what a process that was killed left of an old folder, and removes the
// rest. What no such process left is not touched, and is an error.
func restore(path, beside string) error {
	strange, err := stranger(beside)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if strange != "" {
		return &fs.PathError{Op: "write into", Path: beside, Err: errors.New("found " + strange + ", which is nobody's who writes folders")}
	}
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		if err := Rename(filepath.Join(beside, oldName), path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := SyncFolder(filepath.Dir(path)); err != nil {
			return err
		}
	}
	return RemoveAll(beside)
}

// stranger is what is in a folder beside another that no process which writes folders put there.
func stranger(beside string) (string, error) {
	entries, err := os.ReadDir(beside)
	for _, e := range entries {
		if !e.IsDir() || e.Name() != newName && e.Name() != oldName {
			return e.Name(), err
		}
	}
	return "", err
}

// sweep restores from the folders that earlier builds made beside it, which were named by chance:
// the name and digits. Others of such names are left alone.
func (f *Folder) sweep(name string) error {
	entries, err := os.ReadDir(f.parent)
	if err != nil {
		return err
	}
	for _, e := range entries {
		digits, is := strings.CutPrefix(e.Name(), name)
		if !is || !e.IsDir() || digits == "" || strings.Trim(digits, "0123456789") != "" {
			continue
		}
		beside := filepath.Join(f.parent, e.Name())
		if strange, err := stranger(beside); err != nil || strange != "" {
			continue
		}
		if err := restore(f.path, beside); err != nil {
			return err
		}
	}
	return nil
}

// syncFolders waits until the disk has the names in a folder and in those below it.
func (f *Folder) syncFolders(path string) error {
	err := filepath.WalkDir(path, func(name string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() {
			f.wait(func() error { return SyncFolder(name) })
		}
		return err
	})
	return cmp.Or(f.waited.Wait(), err)
}

// wait begins to wait for the disk: for many at a time, which takes a fraction of the time.
func (f *Folder) wait(sync func() error) {
	if watcher.Load() == nil {
		f.waited.Go(sync)
	} else if err := sync(); err != nil { // whoever watches sees one change after the other
		f.waited.Go(func() error { return err })
	}
}
