package publish

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"togetherwecan/pipeline/disk"
	"togetherwecan/pipeline/refusal"
)

// A state is what is on a disk below a folder: the content of each file, and folders
// by a name that ends in a slash.
type state map[string]string

func stateOf(t *testing.T, dir string) state {
	t.Helper()
	s, err := storeState(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func storeState(dir string) (state, error) {
	found := state{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		if rel = filepath.ToSlash(rel); e.IsDir() {
			found[rel+"/"] = ""
			return nil
		}
		text, err := os.ReadFile(path)
		found[rel] = string(text)
		return err
	})
	return found, err
}

// put puts a state on the disk.
func (s state) put(dir string) error {
	for _, name := range slices.Sorted(maps.Keys(s)) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		var err error
		switch {
		case !strings.HasSuffix(name, "/"):
			err = os.WriteFile(path, []byte(s[name]), 0o600)
		case strings.Contains(name, restrictedName):
			err = os.MkdirAll(path, 0o700)
		default:
			err = os.MkdirAll(path, 0o755)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// publications are what a run does to a store: its first release, the next one, a
// notice, signatures, and what another one left that was cut off.
var publications = []struct {
	name   string
	rare   bool // and much like others
	before func(t *testing.T, s *Store)
	run    func(s *Store) error
}{
	{"the first release", false, func(*testing.T, *Store) {}, func(s *Store) error {
		_, err := s.Publish("2002-05-01", whole("2001"))
		return err
	}},
	{"the next release", false, func(t *testing.T, s *Store) { publish(t, s, "2002-05-01", whole("2001")) }, func(s *Store) error {
		end, err := s.Begin(0, nil)
		defer end()
		if err == nil {
			_, err = s.Publish("2004-05-01", whole("2001", "2003"))
		}
		return err
	}},
	{"a notice", false, func(t *testing.T, s *Store) { publish(t, s, "2002-05-01", whole("2001")) }, func(s *Store) error {
		_, _, err := s.Announce(withdrawal("2002-05-01.1", influence()), 0, nil)
		return err
	}},
	{"a release with nothing restricted", true, func(*testing.T, *Store) {}, func(s *Store) error {
		_, err := s.Publish("2002-05-01", pack("2001"))
		return err
	}},
	{"the next release of a store that was handed out", true, func(t *testing.T, s *Store) {
		publish(t, s, "2002-05-01", whole("2001"))
		if err := os.RemoveAll(s.path(restrictedName)); err != nil {
			t.Fatal(err)
		}
	}, func(s *Store) error {
		_, err := s.Publish("2004-05-01", whole("2001", "2003"))
		return err
	}},
	{"signatures", false, func(t *testing.T, s *Store) { publish(t, s, "2002-05-01", pack("2001")) }, sign},
	{"what was cut off", false, func(t *testing.T, s *Store) {
		publish(t, s, "2002-05-01", whole("2001"))
		catalogue := tree(t, s.dir)[catalogName]
		publish(t, s, "2004-05-01", whole("2001", "2003"))
		write(t, s.path(currentName), "2002-05-01.1\n")
		write(t, s.path(catalogName), catalogue)
		for _, folder := range []string{releasesName, restrictedName} {
			if err := os.Mkdir(s.path(folder, building+"2005-05-01.1"), 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}, begin},
}

// sign signs the releases of a store, and its log, with keys that are not made by chance.
func sign(s *Store) error {
	p, err := NewKey("", bytes.NewReader(bytes.Repeat([]byte{1}, 64)))
	if err != nil {
		return err
	}
	l, err := NewLogKey("example.org/log", strings.NewReader(strings.Repeat("seed", 16)))
	if err != nil {
		return err
	}
	release, err := DecodeSecretKey(p.Secret, "")
	if err != nil {
		return err
	}
	log, err := DecodeLogKey(l.Secret)
	if err != nil {
		return err
	}
	ids, err := s.Releases()
	if err != nil {
		return err
	}
	_, err = s.Vouch(ids, Keys{release, log})
	return err
}

// A fault of the disk, whenever it comes, is told, and leaves the store as it was, or
// with the new release; and the next run brings it to rest.
func TestFaultAtEveryStep(t *testing.T) {
	const every = 13
	for _, c := range publications {
		t.Run(c.name, func(t *testing.T) {
			if c.rare && !everyCrash {
				t.Skip("much like others: make crash")
			}
			first := open(t, filepath.Join(t.TempDir(), "store"))
			c.before(t, first)
			before := stateOf(t, first.dir)
			steps, published := 0, 0
			for at := 1; ; at++ {
				s := open(t, filepath.Join(t.TempDir(), "store"))
				if err := before.put(s.dir); err != nil {
					t.Fatal(err)
				}
				steps = 0
				var lock sync.Mutex
				end := disk.Watch(func(disk.Change) error {
					lock.Lock()
					defer lock.Unlock()
					if steps++; steps == at {
						return syscall.EIO
					}
					return nil
				})
				err := c.run(s)
				end()
				if steps < at {
					break // there are no more
				}
				if strings.Contains(errorText(err), building) {
					at += every // files of a release are alike
				}
				if err != nil {
					wants(t, err, refusal.Disk, "cannot ")
				}
				if err := verified(s, false); err != nil && !strings.Contains(err.Error(), unpublished) {
					wants(t, err, refusal.Interrupted, "cut off")
				}
				begun(t, s)
				if now := stateOf(t, s.dir); len(now[releasesName+"/2004-05-01.1/"+manifestName])+len(now[releasesName+"/2002-05-01.1/"+manifestName]) == 0 {
					continue
				}
				if err := verified(s, false); err != nil {
					t.Errorf("change %d: after the next run %v", at, err)
				}
				if ids := releases(t, s); ids[len(ids)-1] == "2004-05-01.1" {
					published++
				}
			}
			t.Logf("%d changes", steps)
			if steps < 10 {
				t.Errorf("%d changes, want more", steps)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// A store that is verified again and again beside one that publishes holds, or is
// said to be in use; and whoever reads it reads a whole release.
func TestVerifyBesidePublishing(t *testing.T) {
	s := kept(t)
	var others sync.WaitGroup
	over := make(chan struct{})
	var held, running, read atomic.Int64
	beside := func(each func(*Store)) {
		other := open(t, s.dir)
		others.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
					each(other)
				}
			}
		})
	}
	beside(func(other *Store) {
		if err := verified(other, false); err != nil {
			running.Add(1)
			wants(t, err, refusal.Running, "store is in use")
		} else {
			held.Add(1)
		}
		time.Sleep(time.Millisecond) // so that a run gets the store, too
	})
	beside(func(other *Store) {
		r, err := other.Current()
		if err == nil {
			_, err = r.Contents()
		}
		if err != nil {
			t.Errorf("a reader finds %v", err)
		}
		read.Add(1)
	})
	const more = 5
	for n := range more {
		for range 10_000 { // until it was verified between two
			if held.Load() > int64(n) {
				break
			}
			time.Sleep(time.Millisecond)
		}
		end, err := s.Begin(time.Minute, nil)
		if err == nil {
			_, err = s.Publish("2005-05-01", whole("2001", "2003"))
		}
		end()
		if err != nil {
			t.Error(err)
		}
	}
	close(over)
	others.Wait()
	t.Logf("held %d times, in use %d times, read %d times", held.Load(), running.Load(), read.Load())
	if held.Load() < more || running.Load() == 0 || read.Load() == 0 {
		t.Error("nobody was beside it")
	}
	if err := verified(s, true); err != nil || len(releases(t, s)) != 2+more {
		t.Errorf("%v, and %d releases", err, len(releases(t, s)))
	}
}

// unpublished is said of a store in which a run that was cut off has not begun a release.
const unpublished = "no release in the store"
