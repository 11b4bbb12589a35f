//go:build !windows

package publish

import (
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"togetherwecan/pipeline/refusal"
)

// A named pipe in the place of any file of a store, or of a folder, is found, and
// nobody waits for somebody to write to it.
func TestPipeInThePlaceOfAnything(t *testing.T) {
	const most = 20 * time.Second
	s := kept(t)
	all := stateOf(t, s.dir)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if name == "./" || strings.HasPrefix(name, "releases/2002-05-01.1/indicators/i") { // one of two is enough
			continue
		}
		t.Run(name, func(t *testing.T) {
			s := open(t, t.TempDir())
			if err := all.put(s.dir); err != nil {
				t.Fatal(err)
			}
			path := s.path(strings.TrimSuffix(name, "/"))
			if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
			if err := syscall.Mkfifo(path, 0o600); err != nil {
				t.Skip(err)
			}
			for who, do := range map[string]func() error{
				"verify":      func() error { return verified(s, false) },
				"verify deep": func() error { return verified(open(t, s.dir), true) },
				"show": func() error {
					r, err := s.Current()
					if err != nil || r == nil {
						return err
					}
					if _, err = r.Contents(); err == nil {
						_, _, err = r.Restricted()
					}
					return err
				},
				"run": func() error { return begin(open(t, s.dir)) },
			} {
				ended := make(chan error, 1)
				go func() { ended <- do() }()
				select {
				case err := <-ended:
					for _, p := range refusal.Of(err, 0) {
						if p.Kind != refusal.Integrity && p.Kind != refusal.Disk {
							t.Errorf("%s: %v is of kind %d", who, p, p.Kind)
						}
					}
					if strings.HasPrefix(who, "verify") && err == nil {
						t.Errorf("%s finds nothing", who)
					}
				case <-time.After(most):
					t.Fatalf("%s waits", who)
				}
			}
		})
	}
}

// Where no more files can be opened, that is what is said, by whoever reads the store.
func TestFewDescriptors(t *testing.T) {
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &was); err != nil {
		t.Skip(err)
	}
	s := kept(t)
	refused := 0
	for more := range 6 {
		for who, do := range map[string]func() error{
			"verify":      func() error { return verified(s, false) },
			"verify deep": func() error { return verified(s, true) },
			"list":        func() error { _, err := s.Releases(); return err },
			"show": func() error {
				r, err := s.Current()
				if err == nil {
					_, err = r.Contents()
				}
				if err == nil {
					_, _, err = r.Restricted()
				}
				return err
			},
			"run": func() error { return begin(s) },
		} {
			next, err := os.Open(os.DevNull)
			if err != nil {
				t.Fatal(err)
			}
			few := was
			few.Cur = uint64(next.Fd()) + uint64(more)
			if err := errors.Join(next.Close(), syscall.Setrlimit(syscall.RLIMIT_NOFILE, &few)); err != nil {
				t.Fatal(err)
			}
			err = do()
			if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &was); err != nil {
				t.Fatal(err)
			}
			if err != nil {
				refused++
				wants(t, err, refusal.Disk, "too many open files")
			} else if more == 0 {
				t.Errorf("%s opens nothing", who)
			}
		}
	}
	t.Logf("%d refused", refused)
}
