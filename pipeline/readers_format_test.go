package pipeline_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/release"
)

// FORMAT.md is enough to read a store and to hold it against itself: a program in another
// language, made by it alone, has the same figures, and finds what was changed.
func TestFormatIsEnough(t *testing.T) {
	python, err := exec.LookPath("python3")
	other(t, "Python 3", err == nil)
	read := func(store string, more ...string) (status int, out, faults string) {
		cmd := exec.Command(python, append([]string{"../testdata/readers/store.py", store}, more...)...)
		var o, e bytes.Buffer
		cmd.Stdout, cmd.Stderr = &o, &e
		if err := cmd.Run(); err != nil {
			var exit *exec.ExitError
			if !errors.As(err, &exit) {
				t.Fatal(err)
			}
			status = exit.ExitCode()
		}
		return status, o.String(), e.String()
	}

	t.Run("a sealed store", func(t *testing.T) {
		const want = "2001-12-01.1: 2 indicators, 6 figures\n2003-12-01.1: 2 indicators, 12 figures\n"
		if status, out, faults := read("../testdata/release/1/store"); status != 0 || out != want {
			t.Errorf("exit %d, %q and %q, want %q", status, out, faults, want)
		}
	})

	t.Run("every table", func(t *testing.T) {
		whole, made := syntheticStore(t)
		store := withdrawn(t, whole, made.Release)
		status, out, faults := read(store, "influence-local", "hocs/2001")
		if want := "hocs/2001\tengland-and-wales\tall\t42.9\tpercent\t41.4\t44.4\n"; status != 0 || !strings.Contains(out, want) {
			t.Errorf("exit %d, %q and %q, want %q among it", status, out, faults, want)
		}
	})

	t.Run("what was said since", func(t *testing.T) {
		store := withdrawn(t, "../testdata/release/1/store", "2003-12-01.1")
		if status, _, faults := read(store); status != 0 {
			t.Fatalf("exit %d, %q", status, faults)
		}
		checkpoint := filepath.Join(store, "log", "checkpoint")
		text, err := os.ReadFile(checkpoint)
		if err != nil {
			t.Fatal(err)
		}
		write(t, checkpoint, bytes.Replace(text, []byte("\n3\n"), []byte("\n4\n"), 1))
		if status, _, faults := read(store); status != 1 || !strings.Contains(faults, "log/checkpoint: is not of the releases") {
			t.Errorf("of a log of four entries: exit %d, %q", status, faults)
		}
		notice := filepath.Join(store, "notices", "0001.json")
		if text, err = os.ReadFile(notice); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(notice); err != nil { // it may not be written to
			t.Fatal(err)
		}
		write(t, notice, bytes.Replace(text, []byte("made up"), []byte("made"), 1))
		if status, _, faults := read(store); status != 1 || !strings.Contains(faults, "catalog.json: the notices are not as they are listed") {
			t.Errorf("of a notice that was changed: exit %d, %q", status, faults)
		}
	})

	const last = "releases/2003-12-01.1/"
	for name, damage := range map[string]struct{ file, old, new, want string }{
		"a figure":                {last + "indicators/influence/influence.csv", "65.2", "65.3", "of its digest"},
		"a Parquet file":          {last + "indicators/influence/influence.parquet", "PAR1", "PAR2", "influence.parquet: missing, strange or not of its digest"},
		"a word":                  {last + "labels.json", "People", "Persons", "influence: not of its identity"},
		"a manifest":              {"releases/2001-12-01.1/release.json", `"reason": ""`, `"reason": "x"`, "2003-12-01.1/release.json: another format, or not what follows"},
		"a digest":                {last + "SHA256SUMS", "a", "b", "of its digest"},
		"the pointer":             {"CURRENT", "2003", "2001", "CURRENT: not the newest release"},
		"the catalogue":           {"catalog.json", "1.1.0", "1.2.0", "catalog.json: 2003-12-01.1 is not as it is listed"},
		"a name that is not null": {last + "indicators/influence/influence.csv", ",percent,", ",,", "unit is ''"},
	} {
		t.Run("with damage to "+name, func(t *testing.T) {
			t.Parallel()
			store := filepath.Join(t.TempDir(), "store")
			if err := os.CopyFS(store, os.DirFS("../testdata/release/1/store")); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(store, filepath.FromSlash(damage.file))
			text, err := os.ReadFile(path)
			if err != nil || !bytes.Contains(text, []byte(damage.old)) {
				t.Fatalf("%s has no %s: %v", damage.file, damage.old, err)
			}
			write(t, path, bytes.Replace(text, []byte(damage.old), []byte(damage.new), 1))
			if status, _, faults := read(store); status != 1 || !strings.Contains(faults, damage.want) {
				t.Errorf("exit %d, %q, want 1 and %q", status, faults, damage.want)
			}
		})
	}
}

// withdrawn is a copy of a store whose release is withdrawn.
func withdrawn(t *testing.T, from, id string) (store string) {
	t.Helper()
	store = filepath.Join(t.TempDir(), "store")
	if err := os.CopyFS(store, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	s, err := publish.Open(store)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Announce(release.Notice{
		Kind: release.Withdrawal, Issued: id[:10], Reason: "made up", Affects: &release.Scope{}, Since: &release.Named{ID: id},
	}, 0, nil); err != nil {
		t.Fatal(err)
	}
	return store
}
