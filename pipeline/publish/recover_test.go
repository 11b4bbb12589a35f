package publish

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/refusal"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// begin begins a run and ends it.
func begin(s *Store) error {
	end, err := s.Begin(0, nil)
	end()
	return err
}

func begun(t *testing.T, s *Store) {
	t.Helper()
	if err := begin(s); err != nil {
		t.Fatal(err)
	}
}

// Whatever a run that was cut off left, the next one begins with the store that
// it would have given.
func TestBegin(t *testing.T) {
	for _, c := range []struct {
		name string
		harm func(t *testing.T, s *Store)
	}{
		{"at rest", func(*testing.T, *Store) {}},
		{"cut off while building", func(t *testing.T, s *Store) {
			if err := os.Mkdir(s.path(releasesName, building+"2005-05-01.1"), 0o755); err != nil {
				t.Fatal(err)
			}
			write(t, s.path(releasesName, building+"2005-05-01.1", "README.md"), "half of")
		}},
		{"cut off before the pointer moved", func(t *testing.T, s *Store) {
			write(t, s.path(currentName), "2002-05-01.1\n")
			write(t, s.path(catalogName), "that of 2002-05-01.1\n")
		}},
		{"cut off before the catalogue followed", func(t *testing.T, s *Store) {
			write(t, s.path(catalogName), "that of 2002-05-01.1\n")
		}},
		{"catalogue lost", func(t *testing.T, s *Store) {
			if err := os.Remove(s.path(catalogName)); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := two(t)
			whole := tree(t, s.Dir())
			c.harm(t, s)
			begun(t, s)
			if diff := cmp.Diff(whole, tree(t, s.Dir())); diff != "" {
				t.Error(diff)
			}
			if _, err := s.Verify(false); err != nil {
				t.Error(err)
			}
			if r := current(t, s); r.ID != "2004-05-01.1" {
				t.Errorf("got current %s", r.ID)
			}
		})
	}
	t.Run("cut off before the first pointer", func(t *testing.T) {
		s := open(t, filepath.Join(t.TempDir(), "store"))
		publish(t, s, "2002-05-01", pack("2001"))
		if err := errors.Join(os.Remove(s.path(currentName)), os.Remove(s.path(catalogName))); err != nil {
			t.Fatal(err)
		}
		begun(t, s)
		p := pack("2001")
		if err := s.Prepare(&p); err != nil {
			t.Fatal(err)
		}
		if !p.Manifest.Unchanged() {
			t.Error("the same inputs would be published again")
		}
	})
}

func TestBeginRefuses(t *testing.T) {
	t.Run("a store in use", func(t *testing.T) {
		s := two(t)
		other := flock.New(s.path(lockName))
		if ok, err := other.TryLock(); !ok || err != nil {
			t.Fatal(ok, err)
		}
		defer other.Unlock()
		wants(t, begin(s), refusal.Running, "store is in use: another run is publishing to it")
	})
	t.Run("a damaged release", func(t *testing.T) {
		s := two(t)
		write(t, s.path(currentName), "2002-05-01.1\n")
		rewrite(t, s.path(releasesName, "2004-05-01.1", "README.md"), func(string) string { return "" })
		before := tree(t, s.Dir())
		wants(t, begin(s), refusal.Integrity, "releases/2004-05-01.1/README.md: changed")
		if diff := cmp.Diff(before, tree(t, s.Dir())); diff != "" {
			t.Error(diff)
		}
	})
}

// Where there is nothing to recover, nothing is made.
func TestBeginCreatesNothing(t *testing.T) {
	home := t.TempDir()
	begun(t, open(t, filepath.Join(home, "new", "store")))
	begun(t, open(t, home))
	if entries, _ := os.ReadDir(home); len(entries) > 0 {
		t.Errorf("made %v", entries)
	}
}

// A package that was prepared says what it changes since the release that it
// was prepared against, so it may follow no other.
func TestPublishRefusesMovedStore(t *testing.T) {
	const want = "the store has moved on to 2004-05-01.1 since this run read it"
	for _, c := range []struct {
		name  string
		first bool // the package is prepared before there is a release
		mine  []string
		other []string
	}{
		{"to a first release", true, []string{"2001"}, []string{"2001"}},
		{"to a next release", false, []string{"2001"}, []string{"2001"}},
		{"to a release with a wave that this one has not", false, []string{"2001"}, []string{"2001", "2003"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, filepath.Join(t.TempDir(), "store"))
			if !c.first {
				publish(t, s, "2002-05-01", pack("2001"))
			}
			mine := pack(c.mine...)
			if err := s.Prepare(&mine); err != nil {
				t.Fatal(err)
			}
			publish(t, s, "2004-05-01", pack(c.other...))
			before := tree(t, s.Dir())
			_, err := s.Publish("2004-05-01", mine)
			wants(t, err, refusal.Running, want)
			if ps := refusal.Of(err, refusal.Data); len(ps) != 1 || ps[0].Hint != "run again" {
				t.Errorf("got %+v", ps)
			}
			if diff := cmp.Diff(before, tree(t, s.Dir())); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("by finishing what was interrupted", func(t *testing.T) {
		s := two(t)
		write(t, s.path(currentName), "2002-05-01.1\n")
		mine := pack("2001", "2003")
		if err := s.Prepare(&mine); err != nil {
			t.Fatal(err)
		}
		_, err := s.Publish("2005-05-01", mine)
		wants(t, err, refusal.Running, want)
	})
	t.Run("not moved", func(t *testing.T) {
		s := two(t)
		mine := pack("2001", "2003")
		if err := s.Prepare(&mine); err != nil {
			t.Fatal(err)
		}
		publish(t, s, "2005-05-01", mine)
	})
}

// A run has the store from its beginning to its end, and another waits for it as
// long as it is told.
func TestBeginWaits(t *testing.T) {
	s, other := two(t), two(t)
	other.dir = s.dir
	end, err := s.Begin(0, nil)
	if err != nil {
		t.Fatal(err)
	}
	wants(t, begin(other), refusal.Running, "store is in use: another run is publishing to it")
	_, err = other.Begin(20*time.Millisecond, nil)
	wants(t, err, refusal.Running, "store is in use after 20ms: another run is publishing to it")
	publish(t, s, "2005-05-01", pack("2001", "2003")) // with the store that it has
	if t.Failed() {
		return // nobody would wait
	}

	waits := make(chan bool)
	begun := make(chan string)
	go func() {
		end, err := other.Begin(time.Minute, func() { close(waits) })
		defer end()
		if err != nil {
			t.Error(err)
		}
		id, _ := other.currentID()
		begun <- id
	}()
	<-waits
	select {
	case <-begun:
		t.Error("two have the store")
	case <-time.After(20 * time.Millisecond):
	}
	end()
	if id := <-begun; id != "2005-05-01.1" {
		t.Errorf("began with %s", id)
	}
}

// Who holds a store keeps runs out and nobody else; a run that has it keeps out who
// would hold it, and what it is building is left alone.
func TestHold(t *testing.T) {
	s, other, run := two(t), &Store{}, &Store{}
	other.dir, run.dir = s.dir, s.dir
	end, err := s.Hold(0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := verified(other, false); err != nil {
		t.Errorf("two hold it: %v", err)
	}
	wants(t, begin(run), refusal.Running, "store is in use: it is being verified")
	end()
	left := s.path(releasesName, building+"2005-05-01.1")
	ended, err := run.Begin(0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(left, 0o755); err != nil {
		t.Fatal(err)
	}
	wants(t, verified(other, false), refusal.Running, "store is in use: another run is publishing to it")
	wants(t, begin(other), refusal.Running, "store is in use")
	if _, err := os.Stat(left); err != nil {
		t.Error("what a run is building was taken away")
	}
	if current(t, other).ID != "2004-05-01.1" {
		t.Error("it is not read meanwhile")
	}
	time.AfterFunc(50*time.Millisecond, ended)
	if end, err := other.Hold(time.Minute, nil); err != nil {
		t.Error(err)
	} else {
		end()
	}
	// A store that was handed out has no lock, and none is made.
	if err := os.Remove(s.path(lockName)); err != nil {
		t.Fatal(err)
	}
	wants(t, verified(s, false), refusal.Interrupted, building)
	if _, err := os.Lstat(s.path(lockName)); err == nil {
		t.Error("who verifies makes a lock")
	}
}

// Where another run publishes the first release, there is a lock and no release.
func TestBeginWaitsForTheFirst(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "store"))
	unlock, err := s.lock()
	if err != nil {
		t.Fatal(err)
	}
	other := open(t, s.dir)
	wants(t, begin(other), refusal.Running, "store is in use")
	unlock(true)
	begun(t, other)
	if _, err := os.Stat(s.dir); err == nil {
		t.Error("a folder was made")
	}
}

// The name of a store is a name and no pattern.
func TestStoreNamedLikeAPattern(t *testing.T) {
	for _, name := range []string{"a[1]", "a[", "*"} {
		t.Run(name, func(t *testing.T) {
			s := open(t, filepath.Join(t.TempDir(), name))
			publish(t, s, "2002-05-01", pack("2001"))
			left := s.path(releasesName, building+"2004-05-01.1")
			if err := os.Mkdir(left, 0o755); err != nil {
				t.Fatal(err)
			}
			publish(t, s, "2004-05-01", pack("2001"))
			if _, err := os.Stat(left); err == nil {
				t.Error("what was being built is left behind")
			}
		})
	}
}

// A power cut takes a new folder whose name was not synced in its parent.
func TestMakeFoldersSyncsEveryName(t *testing.T) {
	home := t.TempDir()
	path := filepath.Join(home, "a", "b", "c")
	var synced []string
	var at []bool // whether the folder was there when its parent was synced
	created, err := makeFolders(path, func(folder string) error {
		synced = append(synced, folder)
		entries, _ := os.ReadDir(folder)
		at = append(at, len(entries) == 1)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	a, b := filepath.Join(home, "a"), filepath.Join(home, "a", "b")
	if diff := cmp.Diff([]string{home, a, b}, synced); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]bool{true, true, true}, at); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{a, b, path}, created); diff != "" {
		t.Error(diff)
	}
	fault := errors.New("the disk is gone")
	created, err = makeFolders(filepath.Join(path, "d", "e"), func(string) error { return fault })
	if diff := cmp.Diff([]string{filepath.Join(path, "d")}, created); diff != "" || !errors.Is(err, fault) {
		t.Errorf("%v, %s", err, diff)
	}
}
