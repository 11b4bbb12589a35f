package main

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/gofrs/flock"
	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the outputs that the scripts compare with; read the difference")

func TestMain(m *testing.M) {
	testscript.Main(sharing{m}, map[string]func(){"twc": main})
}

const scriptFolder = "testdata/script"

// TestScript runs the scripts of testdata/script, which are the specification
// of the command. Each begins with a tiny catalogue (cat), its extract of 2001
// (extracts) and one of 2003 apart (later); REAL are the real returns, and
// READERS is the folder of the readers with their files.
func TestScript(t *testing.T) {
	tiny, err := filepath.Abs("testdata/tiny")
	if err != nil {
		t.Fatal(err)
	}
	returns, err := filepath.Abs("../../testdata/returns")
	if err != nil {
		t.Fatal(err)
	}
	readers, err := filepath.Abs("../../pipeline/ingest")
	if err != nil {
		t.Fatal(err)
	}
	page, err := filepath.Abs(filepath.Join("..", "..", "indicators", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	// By whole paths: commands move this process from folder to folder.
	all, err := filepath.Abs(scriptFolder)
	if err != nil {
		t.Fatal(err)
	}
	folder, files := scripts(all)
	testscript.Run(t, testscript.Params{
		Dir:   folder,
		Files: files,
		Setup: func(e *testscript.Env) error {
			e.Setenv("COLUMNS", "96") // which the scripts compare pages of
			e.Setenv("TINY", tiny)
			e.Setenv("REAL", returns)
			e.Setenv("PAGE", page)
			e.Setenv("READERS", readers)
			e.Values[locks{}] = new([]*flock.Flock)
			return copyTree(tiny, e.WorkDir)
		},
		Condition:     mounts,
		UpdateScripts: *update,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":     exits,
			"refuses":   refuses,
			"fresh":     fresh,
			"sub":       sub,
			"damage":    damage,
			"lock":      lock,
			"unlock":    unlock,
			"smalldisk": smallDisk,
			"frozen":    frozen,
			"block":     block,
			"each":      each,
			"keep":      keep,
			"copy":      copyFolder,
			"seeded":    seeded,
		},
	})
}

// snapshot lists every path below the script's folder with its size and time.
// The times of folders are left out: a lock comes and goes.
func snapshot(ts *testscript.TestScript) []string {
	var list []string
	ts.Check(filepath.WalkDir(ts.Getenv("WORK"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			list = append(list, path)
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		list = append(list, fmt.Sprint(path, info.Size(), info.ModTime()))
		return nil
	}))
	return list
}

// fresh puts the catalogue and the extracts back as they were at first, and
// removes the store.
func fresh(ts *testscript.TestScript, _ bool, _ []string) {
	for _, name := range []string{"cat", "extracts", "later", "store"} {
		ts.Check(os.RemoveAll(ts.MkAbs(name)))
	}
	ts.Check(copyTree(ts.Getenv("TINY"), ts.Getenv("WORK")))
}

// copy FROM TO copies the files of a folder.
func copyFolder(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: copy from to")
	}
	ts.Check(copyTree(ts.MkAbs(args[0]), ts.MkAbs(args[1])))
}

// keep NAME FILE PATTERN gives the script a variable: what the group of a pattern
// matches in a file, or in what the last command wrote.
func keep(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: keep name file pattern")
	}
	pattern, err := regexp.Compile("(?m)" + args[2])
	ts.Check(err)
	found := pattern.FindStringSubmatch(ts.ReadFile(args[1]))
	if len(found) != 2 {
		ts.Fatalf("%s: %d groups of %s", args[1], len(found), args[2])
	}
	ts.Setenv(args[0], found[1])
}

// sub FILE OLD NEW replaces the first OLD in a file, where \t, \r and \n are
// a tab, a carriage return and a line feed.
func sub(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: sub file old new")
	}
	unescape := strings.NewReplacer(`\t`, "\t", `\r`, "\r", `\n`, "\n")
	text := ts.ReadFile(args[0])
	old := unescape.Replace(args[1])
	if !strings.Contains(text, old) {
		ts.Fatalf("%s does not hold %q", args[0], old)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, old, unescape.Replace(args[2]), 1)), 0o644))
}

// damage FILE flips a bit in the middle of a file, whose size stays.
func damage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: damage file")
	}
	name := ts.MkAbs(args[0])
	data, err := os.ReadFile(name)
	ts.Check(err)
	data[len(data)/2] ^= 1
	ts.Check(os.Chmod(name, 0o644))
	ts.Check(os.WriteFile(name, data, 0o644))
}

// locks is the name of a script's value: the locks that it holds.
type locks struct{}

// lock FILE holds a lock until the script ends, or unlock.
func lock(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: lock file")
	}
	l := flock.New(ts.MkAbs(args[0]))
	ok, err := l.TryLock()
	ts.Check(err)
	if !ok {
		ts.Fatalf("%s is locked already", args[0])
	}
	ts.Defer(func() { _ = l.Unlock() })
	held := ts.Value(locks{}).(*[]*flock.Flock)
	*held = append(*held, l)
}

// unlock lets go of every lock.
func unlock(ts *testscript.TestScript, _ bool, _ []string) {
	for _, l := range *ts.Value(locks{}).(*[]*flock.Flock) {
		ts.Check(l.Unlock())
	}
}

// smallDisk FOLDER SIZE mounts an empty disk of this many bytes.
func smallDisk(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: smalldisk folder size")
	}
	mount(ts, args[0], "size="+args[1])
}

// frozen FOLDER mounts an empty disk that cannot be written to.
func frozen(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: frozen folder")
	}
	mount(ts, args[0], "ro")
}

// block HEADING N FILE writes the Nth block of code under a heading of the
// catalogue's page to a file.
func block(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: block heading n file")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	page, err := os.ReadFile(ts.Getenv("PAGE"))
	ts.Check(err)
	blocks := blocksOf(string(page), args[0])
	if n < 1 || n > len(blocks) {
		ts.Fatalf("%d blocks under %q, want block %d", len(blocks), args[0], n)
	}
	ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(args[2])), 0o755))
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(blocks[n-1]), 0o644))
}

// blocksOf lists the blocks of code under a heading of a page, to the next
// heading of its level.
func blocksOf(page, heading string) []string {
	_, under, _ := strings.Cut(page, "\n## "+heading+"\n")
	under, _, _ = strings.Cut(under, "\n## ")
	var blocks []string
	for i, part := range strings.Split("\n"+under, "\n```") {
		if i%2 == 1 {
			_, code, _ := strings.Cut(part, "\n")
			blocks = append(blocks, code+"\n")
		}
	}
	return blocks
}

// each FILE runs each line of a file as a command, which must succeed; stdout is
// the last one's.
func each(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: each file")
	}
	var out []byte
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		if fields := strings.Fields(line); len(fields) > 0 {
			out, _ = exitsTold(ts, false, append([]string{"0"}, fields...))
		}
	}
	_, err := ts.Stdout().Write(out)
	ts.Check(err)
}

func mount(ts *testscript.TestScript, folder, options string) {
	dir := ts.MkAbs(folder)
	ts.Check(os.MkdirAll(dir, 0o755))
	ts.Check(exec.Command("mount", "-t", "tmpfs", "-o", options, "tmpfs", dir).Run())
	ts.Defer(func() { _ = exec.Command("umount", dir).Run() })
}

// mounts says whether a disk can be mounted here: it takes root, and not
// every container lets it.
func mounts(cond string) (bool, error) {
	if cond != "mounts" {
		return false, fmt.Errorf("no condition %q", cond)
	}
	dir, err := os.MkdirTemp("", "twc-mount")
	if err != nil {
		return false, err
	}
	defer os.Remove(dir)
	if exec.Command("mount", "-t", "tmpfs", "tmpfs", dir).Run() != nil {
		return false, nil
	}
	return true, exec.Command("umount", dir).Run()
}

// copyTree copies the files of a folder that the other does not have.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		name := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(name, 0o755)
		}
		if _, err := os.Lstat(name); err == nil {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(name, data, 0o644)
	})
}
