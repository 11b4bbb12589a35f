package publish

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"togetherwecan/pipeline/disk"
	"togetherwecan/pipeline/refusal"
)

// Begin takes the store for a run, until end is called, and brings it to rest
// before the run reads it: it finishes what a run that was cut off left, and
// rebuilds catalog.json where that is missing or not what the releases give.
// Where another process has the store it waits for as long as it is told, and
// first says so. A store without a release is left alone, but for the end of a
// first publication that is under way: Publish takes it.
// Faults are of the kinds that Publish gives: Disk, Running where another
// process has the store, Integrity where a release is damaged.
func (s *Store) Begin(wait time.Duration, waits func()) (end func(), err error) {
	nothing := func() {}
	ids, err := s.list()
	if err != nil {
		return nothing, err
	}
	if _, none := os.Lstat(s.path(lockName)); len(ids) == 0 && none != nil {
		return nothing, nil // a pointer to a release that is not there is for Current to refuse
	}
	unlock, err := s.lockWithin(wait, waits)
	if err == nil {
		err = s.rest()
	}
	if ids, _ := s.list(); err != nil || len(ids) == 0 {
		unlock(err != nil)
		return nothing, err
	}
	s.taken = true
	return func() {
		s.taken = false
		unlock(false)
	}, nil
}

// lockWithin takes the store, if need be when another process has let go of it.
func (s *Store) lockWithin(wait time.Duration, waits func()) (unlock func(undo bool), err error) {
	const pause = 100 * time.Millisecond
	for until := time.Now().Add(wait); ; {
		unlock, err = s.lock()
		left := time.Until(until)
		if !errors.Is(err, disk.ErrLocked) {
			return unlock, err
		}
		if left <= 0 {
			return unlock, s.inUse(wait)
		}
		if waits != nil {
			waits()
			waits = nil
		}
		time.Sleep(min(pause, left))
	}
}

// inUse says that another process has the store, after that long.
func (s *Store) inUse(waited time.Duration) error {
	what := "store is in use: another run is publishing to it"
	if waited > 0 {
		what = fmt.Sprintf("store is in use after %s: another run is publishing to it", waited)
	}
	return refusal.Problems{{Kind: refusal.Running, Where: s.dir, What: what, Hint: "wait for the other run to end, as --wait 10m does"}}
}

// rest finishes what was interrupted, and rebuilds the catalogue where it is not
// what it should be.
func (s *Store) rest() error {
	if ids, err := s.list(); err != nil || len(ids) == 0 {
		return err
	}
	if err := s.finishInterrupted(); err != nil {
		return err
	}
	current, err := s.currentID()
	if err != nil {
		return err
	}
	want, err := s.catalog("", nil)
	if err != nil {
		return err
	}
	got, err := readFile(s.path(catalogName))
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return s.disk(err)
	case err == nil && bytes.Equal(got, want):
		return nil
	}
	return s.repoint(current, want)
}

// lock takes the store for this process, creating what it lacks. The function
// that it returns gives the store back, and where undo is set removes what
// was created. The error is disk.ErrLocked where another process has it.
func (s *Store) lock() (unlock func(undo bool), err error) {
	var created []string
	var held *disk.Lock
	unlock = func(undo bool) {
		switch {
		case held == nil:
		case undo && held.Made:
			held.Remove()
		default:
			held.Unlock()
		}
		if undo {
			for _, path := range slices.Backward(created) {
				_ = os.Remove(path) // a folder that is not empty stays
			}
		}
	}
	if created, err = makeFolders(s.dir, disk.SyncFolder); err != nil {
		return unlock, s.disk(err)
	}
	held, err = disk.TryLock(s.path(lockName), pointerMode)
	if errors.Is(err, disk.ErrLocked) {
		created = nil // it is the other's
		return unlock, err
	}
	if err != nil {
		return unlock, s.disk(err)
	}
	more, err := makeFolders(s.path(releasesName), disk.SyncFolder)
	created = append(created, more...)
	return unlock, s.disk(err)
}

// finishInterrupted brings a store whose last run was cut off to rest: what
// was being built goes, and a release that was complete but not yet pointed
// to becomes the current one.
func (s *Store) finishInterrupted() error {
	entries, err := os.ReadDir(s.path(releasesName))
	if err != nil {
		return s.disk(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), building) {
			continue
		}
		if err := os.RemoveAll(s.path(releasesName, e.Name())); err != nil {
			return s.disk(err)
		}
	}
	ids, err := s.list()
	if err != nil {
		return err
	}
	if err := s.clearRestricted(ids); err != nil {
		return err
	}
	current, err := s.currentID()
	if err != nil || len(ids) == 0 || current == ids[len(ids)-1] {
		return err
	}
	last := ids[len(ids)-1]
	before := ""
	if len(ids) > 1 {
		before = ids[len(ids)-2]
	}
	if current != before {
		return s.refuse(refusal.Integrity, currentName, "names %s, want the newest release, %s", or(current, "nothing"), last)
	}
	if _, _, ps := s.verifyRelease(s.path(releasesName, last), releasesName+"/"+last, false, nil); len(ps) > 0 {
		return ps.Err()
	}
	catalog, err := s.catalog("", nil)
	if err != nil {
		return err
	}
	return s.repoint(last, catalog)
}

// repoint writes the pointer and the catalogue of a release in its place.
func (s *Store) repoint(id string, catalog []byte) error {
	return s.point(id, catalog, func() error { return nil }, func() {})
}
