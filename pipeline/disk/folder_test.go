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
		end := Watch(func(Change) error {
			if n++; n == at {
				return errors.New("no more room")
			}
			return nil
		})
		err := WriteFolder(out, []FolderFile{{"a", []byte("5")}, {"d", []byte("6")}})
		end()
		if got := content(); err == nil || got != want {
			t.Errorf("fault %d of %d: got %s and %v, want %s", at, changes, got, err, want)
		}
	}
}
