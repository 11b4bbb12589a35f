package disk

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWriteFolder holds that a folder takes its place whole, and that what cannot be written
// leaves the old one as it was, and nothing beside it.
func TestWriteFolder(t *testing.T) {
	home := t.TempDir()
	out := filepath.Join(home, "out")
	content := func() string {
		var parts []string
		err := filepath.WalkDir(home, func(name string, entry os.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				data, _ := os.ReadFile(name)
				rel, _ := filepath.Rel(home, name)
				parts = append(parts, filepath.ToSlash(rel)+"="+string(data))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(parts, " ")
	}
	if err := WriteFolder(out, []FolderFile{{"a", []byte("1")}, {"in/b", []byte("2")}}); err != nil {
		t.Fatal(err)
	}
	if got, want := content(), "out/a=1 out/in/b=2"; got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
	changes := 0
	end := Watch(func(Change) error { changes++; return nil })
	err := WriteFolder(out, []FolderFile{{"a", []byte("3")}, {"c", []byte("4")}})
	end()
	if err != nil || changes == 0 {
		t.Fatalf("%d changes, %v", changes, err)
	}
	want := "out/a=3 out/c=4"
	if got := content(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for at := 1; at <= changes; at++ {
		n := 0
		end := Watch(func(c Change) error {
			if n++; n == at && !unlocks(c) {
				return errors.New("no more room")
			}
			return nil
		})
		err := WriteFolder(out, []FolderFile{{"a", []byte("5")}, {"d", []byte("6")}})
		end()
		if n >= at && err == nil { // it was the lock's
			if err := WriteFolder(out, []FolderFile{{"a", []byte("3")}, {"c", []byte("4")}}); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got := content(); err == nil || got != want {
			t.Errorf("fault %d of %d: got %s and %v, want %s", at, changes, got, err, want)
		}
	}
}

func unlocks(c Change) bool { return c.Do == "remove" && strings.HasSuffix(c.Path, ".lock") }

// What a process that was killed left beside a folder is put back or removed by the next one,
// and what another has there is not touched.
func TestWriteFolderAfterKill(t *testing.T) {
	for _, c := range []struct {
		name string
		left []string // beside, as a process that was killed leaves them
		want string   // files in the home afterwards
		ok   bool
	}{
		{"while it wrote", []string{"out/a", ".out.beside/new/a"}, "out/b", true},
		{"between its two steps", []string{".out.beside/old/a", ".out.beside/new/b"}, "out/b", true},
		{"before it removed the old one", []string{"out/a", ".out.beside/old/c"}, "out/b", true},
		{"while it wrote, of an earlier build", []string{"out/a", ".out.3141/new/a"}, "out/b", true},
		{"between its two steps, of an earlier build", []string{".out.3141/old/a", ".out.3141/new/b"}, "out/b", true},
		{"beside another's of such a name", []string{"out/a", ".out.1999/thesis.doc", ".out.d/new/a"}, ".out.1999/thesis.doc .out.d/new/a out/b", true},
		{"another's folder of that name", []string{"out/a", ".out.beside/thesis.doc"}, ".out.beside/thesis.doc out/a", false},
	} {
		home := t.TempDir()
		for _, name := range c.left {
			name = filepath.Join(home, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte("x"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		err := WriteFolder(filepath.Join(home, "out"), []FolderFile{{"b", []byte("y")}})
		var got []string
		_ = filepath.WalkDir(home, func(name string, e os.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				rel, _ := filepath.Rel(home, name)
				got = append(got, filepath.ToSlash(rel))
			}
			return err
		})
		if (err == nil) != c.ok || strings.Join(got, " ") != c.want {
			t.Errorf("killed %s: got %q and %v, want %q", c.name, got, err, c.want)
		}
	}
	home := t.TempDir()
	lock, err := TryLock(filepath.Join(home, ".out.lock"), 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteFolder(filepath.Join(home, "out"), nil); !errors.Is(err, ErrLocked) {
		t.Errorf("two write: %v", err)
	}
	lock.Remove()
}
