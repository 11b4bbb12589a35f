package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"togetherwecan/pipeline/release"
)

// TestSealed holds that this program reads the releases of every format there
// was: a store of each lies in testdata/release, and what verify, list and show
// say of it is what is written beside it. With -update the store of the present
// format is made anew, which stops when that format is released; the words
// beside it are written again and the difference read.
func TestSealed(t *testing.T) {
	home := filepath.Join("..", "..", "testdata", "release")
	tiny, err := filepath.Abs("testdata/tiny")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("COLUMNS", "96") // of the pages that are compared with
	_, present, _ := strings.Cut(release.FormatName, "/")
	if *update {
		seal(t, tiny, filepath.Join(home, present, "store"))
	}
	stores, err := filepath.Glob(filepath.Join(home, "*", "store"))
	if err != nil || len(stores) == 0 {
		t.Fatalf("no sealed store in %s: %v", home, err)
	}
	for _, store := range stores {
		folder := filepath.Dir(store)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Chdir(folder) // so that what is said names the store alone
			for name, args := range map[string]string{
				"verify.txt":        "verify --store store",
				"list.txt":          "list releases --store store",
				"influence.txt":     "show influence --store store --by all",
				"influence.json":    "show influence --store store --by all --format json",
				"influence-old.txt": "show influence --store store --by all --release 2001-12-01.1",
				"mean-age.txt":      "show mean-age --store store --by all",
			} {
				var out, errs bytes.Buffer
				if status := run(strings.Fields(args), &out, &errs); status != 0 {
					t.Errorf("twc %s: exit status %d\n%s", args, status, errs.String())
					continue
				}
				if *update {
					if err := os.WriteFile(name, out.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(out.Bytes(), want) {
					t.Errorf("twc %s is not as in %s:\n%s", args, name, out.String())
				}
			}
		})
	}
}

// seal publishes the tiny catalogue's two waves, one after the other, as a store
// that is handed out: without its restricted folder.
func seal(t *testing.T, tiny, store string) {
	t.Helper()
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte(strings.Repeat("07", 32)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(store); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"run", filepath.Join(tiny, "extracts"), "--issued", "2001-12-01"}, {"run", filepath.Join(tiny, "later"), "--issued", "2003-12-01"},
	} {
		var out, errs bytes.Buffer
		if status := run(append(args, "--quiet", "--key", key, "--store", store, "--catalogue", filepath.Join(tiny, "cat")), &out, &errs); status != 0 {
			t.Fatalf("exit status %d\n%s", status, errs.String())
		}
	}
	if err := os.RemoveAll(filepath.Join(store, "restricted")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(store, ".lock")); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
}
