package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// A FolderFile is a file of a folder, by its path below it, with slashes.
type FolderFile struct {
	Path string
	Data []byte
}

// WriteFolder writes a whole folder, in the place of one that may be there: whoever opens it
// finds the old one or the new one, and between the two for a moment none. The disk has the
// new one before it takes its place. What cannot be written leaves the old one where it is,
// or, where that cannot be put back, beside it, from where the next to write puts it back; so
// it does with what a process that was killed left. One process at a time writes: the error is
// ErrLocked for another. Its parent must be there.
func WriteFolder(path string, files []FolderFile) (err error) {
	path = filepath.Clean(path)
	parent, name := filepath.Split(path)
	parent = filepath.Clean(parent)
	lock, err := TryLock(filepath.Join(parent, "."+name+".lock"), 0o644)
	if err != nil {
		return err
	}
	defer lock.Remove()
	beside := filepath.Join(parent, "."+name+".beside")
	made, old := filepath.Join(beside, newName), filepath.Join(beside, oldName)
	if err := restore(path, beside, old); err != nil {
		return err
	}
	lost := false // the old one is nowhere but there
	defer func() {
		if !lost {
			_ = os.RemoveAll(beside)
		}
	}()
	if err := writeAll(made, files); err != nil {
		return err
	}
	if err := SyncFolder(beside); err != nil {
		return err
	}
	err = Rename(path, old)
	there := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	placed := false
	err = nil
	if there { // before the new one has its name
		err = errors.Join(SyncFolder(beside), SyncFolder(parent))
	}
	if err == nil {
		err = Rename(made, path)
		placed = err == nil
	}
	if err == nil {
		err = SyncFolder(parent)
	}
	if err == nil {
		return nil
	}
	if placed {
		err = errors.Join(err, Rename(path, made))
	}
	if there {
		back := Rename(old, path)
		lost = back != nil
		err = errors.Join(err, back)
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
func restore(path, beside, old string) error {
	entries, err := os.ReadDir(beside)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.IsDir() || e.Name() != newName && e.Name() != oldName {
			return &fs.PathError{Op: "write into", Path: beside, Err: errors.New("found " + e.Name() + ", which is nobody's who writes folders")}
		}
	}
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		if err := Rename(old, path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := SyncFolder(filepath.Dir(path)); err != nil {
			return err
		}
	}
	return RemoveAll(beside)
}

// writeAll makes a folder of files, and waits until the disk has them and their names.
func writeAll(made string, files []FolderFile) error {
	folders := []string{made}
	if err := os.MkdirAll(made, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		name := filepath.Join(made, filepath.FromSlash(f.Path))
		folder := filepath.Dir(name)
		for up := folder; !slices.Contains(folders, up); up = filepath.Dir(up) {
			folders = append(folders, up)
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		if err := WriteNew(name, f.Data, 0o644); err != nil {
			return err
		}
	}
	for _, folder := range folders {
		if err := SyncFolder(folder); err != nil {
			return err
		}
	}
	return nil
}
