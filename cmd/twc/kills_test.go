//go:build !windows

package main

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestKills kills runs while they publish, as often as TWC_KILLS says, at moments by a
// seed, TWC_SEED: make kills. Each store is then as verify says that a store is which a
// run was cut off from, the same run again succeeds, and the store has the bytes of one
// that nobody disturbed.
func TestKills(t *testing.T) {
	count, err := strconv.Atoi(os.Getenv("TWC_KILLS"))
	if err != nil {
		t.Skip("TWC_KILLS is not set: make kills")
	}
	seed := uint64(time.Now().UnixNano())
	if n, err := strconv.ParseUint(os.Getenv("TWC_SEED"), 10, 64); err == nil {
		seed = n
	}
	t.Logf("TWC_SEED=%d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	home := t.TempDir()
	key := filepath.Join(home, "key")
	if err := os.WriteFile(key, []byte(strings.Repeat("07", 32)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(extracts, issued string) []string {
		return []string{"run", "testdata/tiny/" + extracts, "--catalogue", "testdata/tiny/cat", "--issued", issued, "--key", key, "--quiet"}
	}
	ends := func(want []int, args ...string) int {
		t.Helper()
		out, err := exec.Command("twc", args...).CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		status := 0
		if exit != nil {
			status = exit.ExitCode()
		}
		if !slices.Contains(want, status) {
			t.Errorf("twc %s: exit status %d, want %v\n%s", strings.Join(args, " "), status, want, out)
		}
		return status
	}
	base := filepath.Join(home, "base")
	ends([]int{0}, append(run("extracts", "2001-12-01"), "--store", base)...)
	for name, file := range map[string][]string{"release": {"--no-password"}, "log": {"--log", "example.org/log"}} {
		ends([]int{0}, append([]string{"key", filepath.Join(home, name)}, file...)...)
	}
	for _, c := range []struct {
		name  string
		begin string // the store before
		args  []string
		least int // releases of the store once it is over
	}{
		{"the first release", "", run("extracts", "2001-12-01"), 1},
		{"the next release", base, run("later", "2003-12-01"), 2},
		{"a release that is signed", base, append(run("later", "2003-12-01"), "--sign", filepath.Join(home, "release.key"), "--log-key", filepath.Join(home, "log.key")), 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := func(name string) string {
				store := filepath.Join(home, strings.ReplaceAll(c.name, " ", "-"), name)
				if c.begin != "" {
					if err := os.CopyFS(store, os.DirFS(c.begin)); err != nil {
						t.Fatal(err)
					}
				}
				return store
			}
			undisturbed := at("undisturbed")
			_, window := killed(t, append(c.args, "--store", undisturbed), undisturbed, time.Hour)
			ends([]int{0}, "verify", "--store", undisturbed)
			want := sealedFiles(t, undisturbed)
			found := map[int]int{}
			kills, over := 0, 0
			for kills < (count+2)/3 && !t.Failed() {
				store := at("store")
				after := time.Duration(r.Int64N(int64(window)))
				if dead, _ := killed(t, append(c.args, "--store", store), store, after); !dead {
					over++
				} else {
					kills++
					ok := []int{0, 4, 6}
					if c.begin == "" {
						ok = append(ok, 7) // no release in the store
					}
					found[ends(ok, "verify", "--store", store)]++
					ends([]int{0}, append(c.args, "--store", store)...)
					ends([]int{0}, "verify", "--store", store)
					got := sealedFiles(t, store)
					for _, name := range slices.Sorted(maps.Keys(got)) {
						if got[name] != want[name] {
							t.Errorf("killed after %s: %s is another, or was not there", after, name)
						}
					}
					if len(got) != len(want) {
						t.Errorf("killed after %s: %d files, want %d", after, len(got), len(want))
					}
				}
				if err := os.RemoveAll(store); err != nil {
					t.Fatal(err)
				}
			}
			t.Logf("%d kills within %s, and %d runs that ended before; exit status of verify, and how often: %v", kills, window, over, found)
		})
	}
}

// killed begins a run and kills it a while after it begins to publish, and says whether
// it did, and how long the run published.
func killed(t *testing.T, args []string, store string, after time.Duration) (dead bool, published time.Duration) {
	t.Helper()
	command := exec.Command("twc", args...)
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- command.Wait() }()
	var begun time.Time
	for {
		select {
		case err := <-over:
			if err != nil {
				t.Fatalf("twc %s: %v\n%s", strings.Join(args, " "), err, said.String())
			}
			return false, time.Since(begun)
		case <-time.After(time.Millisecond):
		}
		if begun.IsZero() && publishes(store) {
			begun = time.Now()
		}
		if !begun.IsZero() && time.Since(begun) >= after {
			_ = command.Process.Kill() // it may have ended
			return <-over != nil, 0
		}
	}
}

// publishes says whether a run has begun to build in a store.
func publishes(store string) bool {
	for _, folder := range []string{"releases", "restricted"} {
		if found, _ := filepath.Glob(filepath.Join(store, folder, ".*")); len(found) > 0 {
			return true
		}
	}
	return false
}

// sealedFiles are the files of a store, but for the lock.
func sealedFiles(t *testing.T, store string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(store, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == ".lock" {
			return err
		}
		text, err := os.ReadFile(path)
		rel, _ := filepath.Rel(store, path)
		files[rel] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
