package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// A FolderFile is a file of a folder, by its path below it, with slashes.
type FolderFile struct {
	Path string
	Data []byte
}

// WriteFolder writes a whole folder, in the place of one that may be there: whoever opens it
// finds the old one or the new one, and between the two for a moment none. What
// cannot be written leaves the old one where it is, or, where that cannot be put back, in the
// folder that the error names. Its parent must be there.
func WriteFolder(path string, files []FolderFile) error {
	path = filepath.Clean(path)
	beside, err := os.MkdirTemp(filepath.Dir(path), "."+filepath.Base(path)+".")
	if err != nil {
		return err
	}
	lost := false // the old one is nowhere but there
	defer func() {
		if !lost {
			_ = os.RemoveAll(beside) // what is left there is nobody's
		}
	}()
	made, old := filepath.Join(beside, "new"), filepath.Join(beside, "old")
	if err := os.Mkdir(made, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		name := filepath.Join(made, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := before(Change{Do: "write", Path: name, Data: f.Data}); err != nil {
			return err
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			return err
		}
	}
	err = Rename(path, old)
	there := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err = Rename(made, path); err != nil && there {
		back := Rename(old, path)
		lost = back != nil
		return errors.Join(err, back)
	}
	return err
}
