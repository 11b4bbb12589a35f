package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"togetherwecan/pipeline/disk"
	"togetherwecan/pipeline/refusal"
)

// Permissions of what a store holds. The files of a release are written once.
const (
	folderMode  = 0o755
	pointerMode = 0o644
	sealedMode  = 0o444
)

// disk turns a fault of the file system into problems of kind Disk that name
// what failed, with the path below the store. Problems pass through.
func (s *Store) disk(err error) error {
	if err == nil {
		return nil
	}
	var ps refusal.Problems
	if errors.As(err, &ps) {
		return ps
	}
	where, what, kind := s.dir, err.Error(), refusal.Disk
	var no noFile
	if errors.As(err, &no) {
		kind = refusal.Integrity
	}
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		where, what = s.place(path.Path), fmt.Sprintf("cannot %s: %v", path.Op, path.Err)
	case errors.As(err, &link):
		where, what = s.place(link.New), fmt.Sprintf("cannot %s: %v", link.Op, link.Err)
	}
	return refusal.Problems{{Kind: kind, Where: where, What: what}}
}

// place is a path as a reader should see it: below the store, or the store
// as it was given.
func (s *Store) place(path string) string {
	rel, err := filepath.Rel(s.dir, path)
	if err != nil || rel == "." || !filepath.IsLocal(rel) {
		return path
	}
	return filepath.ToSlash(rel)
}

// readFile reads a file of the store. What is in the place of a file, such as a
// pipe that would never end, or a link to what the store does not hold, is refused.
func readFile(path string) ([]byte, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if what := refusal.NoFile(info.Mode()); what != "" {
		return nil, &fs.PathError{Op: "read", Path: path, Err: noFile(what)}
	}
	return os.ReadFile(path)
}

// noFile is what is in the place of a file.
type noFile string

func (n noFile) Error() string { return "found " + string(n) + ", want a file" }

// pending writes a file that will replace path, in a folder of the same file
// system, and waits until the disk has its content. It is put in place by
// Replace or thrown away by Discard.
func pending(path, folder string, data []byte) (*disk.Pending, error) {
	p, err := disk.Create(path, folder, pointerMode)
	if err != nil {
		return nil, err
	}
	_, err = p.Write(data)
	if err == nil {
		err = p.Chmod(pointerMode) // whatever the mask of who publishes
	}
	if err == nil {
		err = p.Sync()
	}
	if err != nil {
		p.Discard()
		return nil, err
	}
	return p, nil
}

// makeFolders creates a folder and the parents that it lacks, and has sync put
// the name of each on the disk, in the folder that it is in. It returns those
// that it created, outermost first, also when it fails.
func makeFolders(path string, sync func(folder string) error) (created []string, err error) {
	var lacking []string
	for p := filepath.Clean(path); ; p = filepath.Dir(p) {
		if _, err := os.Stat(p); err == nil {
			break
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		lacking = append(lacking, p)
	}
	for i := len(lacking) - 1; i >= 0; i-- {
		if err := disk.Mkdir(lacking[i], folderMode); err != nil {
			return created, err
		}
		created = append(created, lacking[i])
		if err := sync(filepath.Dir(lacking[i])); err != nil {
			return created, err
		}
	}
	return created, nil
}
