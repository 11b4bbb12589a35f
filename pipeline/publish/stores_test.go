package publish

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// two is a store of two releases: 2001, and then 2003 with it.
func two(t *testing.T) *Store {
	t.Helper()
	return copyOf(t, &publishedTwo, pack)
}

// kept is a store of two releases with their restricted folders.
func kept(t *testing.T) *Store {
	t.Helper()
	return copyOf(t, &publishedKept, whole)
}

// What two and kept are copies of, once they are published.
var publishedTwo, publishedKept []stored

// A stored is a file or a folder below a store.
type stored struct {
	name string
	mode fs.FileMode
	text []byte
}

// published publishes a store of two releases.
func published(t *testing.T, packed func(waves ...string) Package) *Store {
	t.Helper()
	s := open(t, filepath.Join(t.TempDir(), "store"))
	publish(t, s, "2002-05-01", packed("2001"))
	publish(t, s, "2004-05-01", packed("2001", "2003"))
	return s
}

// copyOf is a store with the entries of one that is published the first time, and
// their permissions.
func copyOf(t *testing.T, entries *[]stored, packed func(waves ...string) Package) *Store {
	t.Helper()
	if *entries == nil {
		*entries = entriesOf(t, published(t, packed).dir)
	}
	dir := filepath.Join(t.TempDir(), "store")
	for _, e := range *entries {
		var err error
		if path := filepath.Join(dir, e.name); e.mode.IsDir() {
			err = os.Mkdir(path, 0o700)
		} else {
			err = os.WriteFile(path, e.text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range slices.Backward(*entries) { // a folder after what is in it
		if err := os.Chmod(filepath.Join(dir, e.name), e.mode.Perm()); err != nil {
			t.Fatal(err)
		}
	}
	return open(t, dir)
}

func entriesOf(t *testing.T, dir string) []stored {
	t.Helper()
	var entries []stored
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		e := stored{name: rel, mode: info.Mode()}
		if !d.IsDir() {
			e.text, err = os.ReadFile(path)
		}
		entries = append(entries, e)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// A store that is copied is the one that was published, to its permissions.
func TestCopyOfStore(t *testing.T) {
	want, got := entriesOf(t, published(t, whole).dir), entriesOf(t, kept(t).dir)
	if !slices.EqualFunc(want, got, func(a, b stored) bool {
		return a.name == b.name && a.mode == b.mode && string(a.text) == string(b.text)
	}) {
		t.Errorf("got %d entries, want %d alike", len(got), len(want))
	}
}
