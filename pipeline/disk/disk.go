// Package disk is the ground that the verbs which write stand on: files that
// take their place whole, names that the disk has for certain, and the lock
// that lets one process at a time into a folder. What differs between operating
// systems is in disk_unix.go and disk_windows.go, and nowhere else.
package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// A Pending file will replace the one at its path, which whoever opens it
// finds whole at any time: the old one or the new one.
type Pending struct {
	file   *os.File
	path   string
	synced bool // nothing was written since
	done   bool
}

// Create makes a pending file in a folder of the file system of path, "" for
// the folder of path. Replace puts it in its place; Discard throws it away.
func Create(path, folder string, mode fs.FileMode) (*Pending, error) {
	if folder == "" {
		folder = filepath.Dir(path)
	}
	const most = 1000 // pending at a time, or left by processes that were killed
	for n := 0; ; n++ {
		name := filepath.Join(folder, fmt.Sprintf(".%s.%d~", filepath.Base(path), n))
		f, err := create(name, os.O_RDWR, mode)
		switch {
		case err == nil:
			return &Pending{file: f, path: path}, nil
		case !errors.Is(err, fs.ErrExist) || n == most:
			return nil, err
		}
	}
}

// Write writes to the file.
func (p *Pending) Write(data []byte) (int, error) {
	if err := before(Change{Do: "write", Path: p.file.Name(), Data: data}); err != nil {
		return 0, err
	}
	p.synced = false
	return p.file.Write(data)
}

// Name is its path until it replaces the other.
func (p *Pending) Name() string { return p.file.Name() }

// Chmod gives it permissions whatever the mask of the process.
func (p *Pending) Chmod(mode fs.FileMode) error { return p.file.Chmod(mode) }

// Sync waits until the disk has what was written.
func (p *Pending) Sync() error {
	if p.synced {
		return nil
	}
	if err := before(Change{Do: "sync", Path: p.file.Name()}); err != nil {
		return err
	}
	err := p.file.Sync()
	p.synced = err == nil
	return err
}

// Replace waits until the disk has the content, and puts the file in its place.
func (p *Pending) Replace() error {
	if err := p.Sync(); err != nil {
		return err
	}
	if err := p.file.Close(); err != nil {
		return err
	}
	if err := Rename(p.file.Name(), p.path); err != nil {
		return err
	}
	p.done = true
	return nil
}

// Discard throws the file away unless it is in its place.
func (p *Pending) Discard() {
	if !p.done {
		_ = p.file.Close() // it may be closed already
		_ = Remove(p.file.Name())
	}
}

// WriteFile writes a whole file, in the place of one that may be there.
func WriteFile(path string, data []byte, mode fs.FileMode) error {
	p, err := Create(path, "", mode)
	if err != nil {
		return err
	}
	defer p.Discard()
	if _, err := p.Write(data); err != nil {
		return err
	}
	return p.Replace()
}
