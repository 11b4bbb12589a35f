package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// holds says what is in a folder, by name.
func holds(t *testing.T, folder string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		found[e.Name()] = string(text)
	}
	return found
}

func TestPending(t *testing.T) {
	for _, c := range []struct {
		name   string
		before map[string]string
		end    func(*Pending) error
		during int // files in the folder
		after  map[string]string
	}{
		{"in a new place", nil, (*Pending).Replace, 1, map[string]string{"out.csv": "new"}},
		{"in the place of another", map[string]string{"out.csv": "old"}, (*Pending).Replace, 2, map[string]string{"out.csv": "new"}},
		{"thrown away", map[string]string{"out.csv": "old"}, func(p *Pending) error { p.Discard(); return nil }, 2, map[string]string{"out.csv": "old"}},
		{
			"in its place, and then thrown away when its name is another's", nil, func(p *Pending) error {
				err := errors.Join(p.Replace(), os.WriteFile(p.Name(), []byte("another's"), 0o644))
				p.Discard()
				return err
			}, 1, map[string]string{"out.csv": "new", ".out.csv.0~": "another's"},
		},
		{
			"beside what a killed process left",
			map[string]string{".out.csv.0~": "ha", "out.csv": "old"},
			(*Pending).Replace, 3,
			map[string]string{".out.csv.0~": "ha", "out.csv": "new"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			home := t.TempDir()
			path := filepath.Join(home, "out.csv")
			for name, text := range c.before {
				if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			p, err := Create(path, "", 0o644)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.Write([]byte("new")); err != nil {
				t.Fatal(err)
			}
			during := holds(t, home)
			if during["out.csv"] != c.before["out.csv"] || len(during) != c.during {
				t.Errorf("while it is pending: %v", during)
			}
			if err := c.end(p); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.after, holds(t, home)); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("where a folder has its name", func(t *testing.T) {
		home := t.TempDir()
		if err := os.Mkdir(filepath.Join(home, "out.csv"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := WriteFile(filepath.Join(home, "out.csv"), []byte("new"), 0o644); err == nil {
			t.Error("a file took the place of a folder")
		}
		if entries, _ := os.ReadDir(home); len(entries) != 1 {
			t.Errorf("left behind: %v", entries)
		}
	})
	t.Run("in no folder", func(t *testing.T) {
		if err := WriteFile(filepath.Join(t.TempDir(), "none", "out.csv"), nil, 0o644); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("got %v", err)
		}
	})
}

// One process at a time has a lock; flock's locks are of the open file, so that
// this process stands for two.
func TestTryLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".lock")
	first, err := TryLock(path, 0o644)
	if err != nil || !first.Made {
		t.Fatal(first, err)
	}
	if _, err := TryLock(path, 0o644); !errors.Is(err, ErrLocked) {
		t.Errorf("two have it: %v", err)
	}
	first.Unlock()
	second, err := TryLock(path, 0o644)
	if err != nil || second.Made {
		t.Fatal(second, err)
	}
	second.Remove()
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}

var (
	asksSystem = regexp.MustCompile(`(?m)^//go:build|"syscall"|runtime\.GOOS`)
	notShipped = regexp.MustCompile(`_test\.go$`)
)

// What differs between systems has a file for each, and no other file asks: the others
// are of processors, which read and sum the same on any system.
func TestSystemsDifferHere(t *testing.T) {
	ours := []string{"disk/disk_unix.go", "disk/disk_windows.go", "table/translate_other.go", "tally/lanes_other.go"}
	var found []string
	err := filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(name) != ".go" {
			return err
		}
		text, err := os.ReadFile(name)
		if err == nil && asksSystem.Match(text) && !notShipped.MatchString(name) {
			rel, _ := filepath.Rel("..", name)
			found = append(found, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	if diff := cmp.Diff(ours, found); diff != "" {
		t.Error(diff)
	}
}
