package publish

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
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
// process has the store, Integrity where a release is damaged, or is no part of the
// chain.
func (s *Store) Begin(wait time.Duration, waits func()) (end func(), err error) {
	nothing := func() {}
	ids, ps := s.folders()
	if err := ps.Err(); err != nil {
		return nothing, err
	}
	if _, none := os.Lstat(s.path(lockName)); len(ids) == 0 && none != nil {
		return nothing, nil // a pointer to a release that is not there is for Current to refuse
	}
	unlock, err := s.lockWithin(wait, waits)
	if err == nil {
		err = s.rest()
	}
	if ids, _ := s.folders(); err != nil || len(ids) == 0 {
		unlock(err != nil)
		return nothing, err
	}
	s.taken = true
	return func() {
		s.taken = false
		unlock(false)
	}, nil
}

// Hold keeps runs out of the store until end is called, so that what is read
// meanwhile is of one moment; others may hold it, too. It waits as Begin does. A
// store that no run can have been in, since it was handed out without a lock, is held
// without.
func (s *Store) Hold(wait time.Duration, waits func()) (end func(), err error) {
	var shared *disk.Lock
	err = s.within(wait, waits, func() (err error) {
		shared, err = disk.TryShare(s.path(lockName))
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		shared, err = nil, nil
	}
	if err != nil {
		return func() {}, s.disk(err)
	}
	s.held = true
	return func() {
		s.held = false
		if shared != nil {
			shared.Unlock()
		}
	}, nil
}

// AtRest is an error, of the kind that Begin gives, unless a run could begin that had
// nothing to finish. It takes nothing and writes nothing.
func (s *Store) AtRest() error {
	if disk.Locked(s.path(lockName)) {
		return s.inUse(0)
	}
	c, ps := s.chain()
	if err := ps.Err(); err != nil || len(c.beyond) == 0 {
		return err
	}
	return problem(refusal.Interrupted, s.dir, finishes, "a run was cut off before %s was current and catalogued", c.beyond[0].id)
}

// lockWithin takes the store, if need be when another process has let go of it.
func (s *Store) lockWithin(wait time.Duration, waits func()) (unlock func(undo bool), err error) {
	err = s.within(wait, waits, func() (err error) {
		unlock, err = s.lock()
		return err
	})
	return unlock, err
}

// within tries to take a lock until nobody has it, or the time is over.
func (s *Store) within(wait time.Duration, waits func(), try func() error) error {
	const pause = 100 * time.Millisecond
	for until := time.Now().Add(wait); ; {
		err := try()
		left := time.Until(until)
		if !errors.Is(err, disk.ErrLocked) {
			return err
		}
		if left <= 0 {
			return s.inUse(wait)
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
	what, who := "store is in use", "another run is publishing to it"
	if waited > 0 {
		what += fmt.Sprintf(" after %s", waited)
	}
	if !disk.Locked(s.path(lockName)) { // who shares it lets others share it
		who = "it is being verified, or was"
	}
	return refusal.Problems{{Kind: refusal.Running, Where: s.dir, What: what + ": " + who, Hint: "wait for the other to end, as --wait 10m does"}}
}

// recoveries are what brings a store to rest, one after the other, before a run reads
// it. Each holds the lock, and what the ones before it left.
var recoveries = []func(*Store) error{
	(*Store).finishInterrupted,
	(*Store).clearLog,
	(*Store).recatalogue,
}

func (s *Store) rest() error {
	for _, recovery := range recoveries {
		if err := recovery(s); err != nil {
			return err
		}
	}
	return nil
}

// recatalogue rebuilds the catalogue where it is not what it should be, and the log.
func (s *Store) recatalogue() error {
	c, ps := s.chain()
	if err := ps.Err(); err != nil || len(c.links) == 0 {
		return err
	}
	want, err := s.catalogOf(idsOf(c.links), "", nil)
	if err != nil {
		return err
	}
	got, err := readFile(s.path(catalogName))
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return s.disk(err)
	case err == nil && bytes.Equal(got, want):
		if lacks, err := s.entriesLacking(want); err != nil || len(lacks) == 0 {
			return err
		}
	}
	return s.repoint(c.current(), want)
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
				_ = disk.Remove(path) // a folder that is not empty stays
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
// to becomes the current one. It must follow the current one, hold by its digests,
// and have the restricted folder that a run puts in its place first: nothing that
// only lies there is made the current release.
func (s *Store) finishInterrupted() error {
	c, ps := s.chain()
	if err := ps.Err(); err != nil {
		return err
	}
	for _, l := range c.beyond {
		if err := s.promotable(l); err != nil {
			return err
		}
	}
	for _, folder := range []string{releasesName, restrictedName, noticesName} {
		if err := s.clear(c, folder); err != nil {
			return err
		}
	}
	if len(c.beyond) == 0 {
		return nil
	}
	catalog, err := s.catalogOf(idsOf(c.all()), "", nil)
	if err != nil {
		return err
	}
	return s.repoint(c.beyond[0].id, catalog)
}

// promotable refuses a release that no run can have left.
func (s *Store) promotable(l link) error {
	where := releasesName + "/" + l.id
	r, ps := s.verifyRelease(s.path(where), where, "", false, nil)
	if r != nil {
		ps = append(ps, s.restsOn(l, r)...)
	}
	for i := range ps {
		ps[i].Hint = s.out(l, "it was never the current release")
	}
	return ps.Err()
}

// restsOn holds the restricted folder of a release that is not the current one yet. A
// run puts it in its place first, so that it is there wherever the store's key is.
func (s *Store) restsOn(l link, r *Release) refusal.Problems {
	files, ps := s.restricted(l.id, r.Manifest)
	if files != nil || len(ps) > 0 || r.Manifest.Restricted == "" {
		return ps
	}
	key, err := s.ownKey()
	if err != nil || key == nil {
		return refusal.Of(err, refusal.Integrity)
	}
	return problem(refusal.Integrity, restrictedName+"/"+l.id, s.out(l, "it was never the current release"),
		"missing: a run puts it in its place before %s/%s, which names its digest", releasesName, l.id)
}

// clear removes what a run that was cut off left in a folder.
func (s *Store) clear(c *chain, folder string) error {
	entries, err := os.ReadDir(s.path(folder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return s.disk(err)
	}
	for _, e := range entries {
		if !left(c, folder, e.Name()) {
			continue
		}
		if err := disk.RemoveAll(s.path(folder, e.Name())); err != nil {
			return s.disk(err)
		}
	}
	return nil
}

// repoint writes the pointer and the catalogue of a release in its place.
func (s *Store) repoint(id string, catalog []byte) error {
	return s.point(id, catalog, func() error { return nil }, func() {})
}
