package pipeline_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// nouns are in the order of the picture in doc.go: each imports only those
// before it.
var (
	nouns = []string{"refusal", "disk", "expression", "codebook", "table", "description", "design", "tally", "plan", "evaluation", "series", "indicator", "question", "release", "ledger"}
	verbs = []string{"ingest", "propose", "harmonise", "weigh", "query", "estimate", "compare", "disclose", "publish", "report", "reproduce"}
	// All nouns are pure but disk, which is the machine's.
	pure = append([]string{"refusal", "propose", "harmonise", "weigh", "query", "estimate", "compare", "disclose", "report", "reproduce"}, nouns[2:]...)
	// impure packages know the time, chance or the machine.
	impure = []string{"os", "os/exec", "os/user", "net", "net/http", "log", "log/slog", "math/rand", "crypto/rand", "syscall", "path/filepath", "runtime"}
)

// seeded is what a pure package may call of math/rand/v2.
var seeded = []string{"rand.New", "rand.NewPCG", "rand.Rand"}

const module = "togetherwecan/"

// imports lists what the Go files of a folder import, tests apart.
func imports(t *testing.T, folder string) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			found[filepath.ToSlash(name)] = append(found[filepath.ToSlash(name)], imported)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestLayers(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, e := range entries {
		if e.IsDir() && e.Name() != "testdata" {
			seen++
			if !slices.Contains(nouns, e.Name()) && !slices.Contains(verbs, e.Name()) {
				t.Errorf("pipeline/%s is neither a noun nor a verb of the architecture", e.Name())
			}
		}
	}
	if want := len(nouns) + len(verbs); seen != want {
		t.Errorf("%d folders, want %d", seen, want)
	}
	for file, imported := range imports(t, ".") {
		own, _, inFolder := strings.Cut(file, "/")
		if !inFolder {
			continue // the pipeline itself may import every step
		}
		for _, name := range imported {
			if slices.Contains(pure, own) && slices.Contains(impure, name) {
				t.Errorf("%s imports %s: %s is pure", file, name, own)
			}
			rest, ours := strings.CutPrefix(name, module)
			if !ours {
				continue
			}
			rest, ok := strings.CutPrefix(rest, "pipeline/")
			if !ok {
				t.Errorf("%s imports %s: a step of the pipeline imports nouns alone", file, name)
				continue
			}
			other, _, _ := strings.Cut(rest, "/")
			place := slices.Index(nouns, other)
			switch {
			case other == own:
			case place < 0:
				t.Errorf("%s imports %s: a verb is imported by the pipeline and the commands alone", file, name)
			case slices.Contains(nouns, own) && place > slices.Index(nouns, own):
				t.Errorf("%s imports %s: a noun imports nouns to its left", file, name)
			}
		}
	}
}

// TestPureCallsNoClock holds what imports alone cannot: time is imported for
// its dates, never for the present, and chance for draws from a seed.
func TestPureCallsNoClock(t *testing.T) {
	for _, folder := range pure {
		for file := range imports(t, folder) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, call := range []string{"time.Now", "time.Since", "time.Local"} {
				if strings.Contains(string(text), call) {
					t.Errorf("%s calls %s: %s is pure", file, call, folder)
				}
			}
			for _, call := range regexp.MustCompile(`\brand\.[A-Z]\w*`).FindAllString(string(text), -1) {
				if !slices.Contains(seeded, call) {
					t.Errorf("%s calls %s: %s draws from a seed that it is given", file, call, folder)
				}
			}
		}
	}
}

// TestTopLevel holds the layout that the customer fixed.
func TestTopLevel(t *testing.T) {
	allowed := []string{"cmd", "pipeline", "indicators", "seeds", "testdata", "findings", "go.mod", "go.sum", "Makefile", "README.md", "LICENSE"}
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(allowed, e.Name()) {
			t.Errorf("%s does not belong at the top level", e.Name())
		}
	}
	for _, folder := range []string{"../cmd", "../indicators", "../seeds", "../pipeline"} {
		err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() && slices.Contains([]string{"utils", "util", "common", "helpers", "types"}, path.Base(filepath.ToSlash(name))) {
				t.Errorf("%s: a folder is named for what it holds", name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
