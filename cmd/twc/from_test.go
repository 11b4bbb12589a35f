package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestFrom holds FROM.md to the command: its flags are there, and its commands run.
func TestFrom(t *testing.T) {
	page, err := os.ReadFile("FROM.md")
	if err != nil {
		t.Fatal(err)
	}
	estimate := (&app{out: &output{to: &strings.Builder{}}, stderr: &output{to: &strings.Builder{}}}).estimate()
	estimate.InitDefaultHelpFlag()
	describe := (&app{out: &output{to: &strings.Builder{}}, stderr: &output{to: &strings.Builder{}}}).describe()
	for _, m := range regexp.MustCompile(`--([a-z][a-z-]*)`).FindAllStringSubmatch(string(page), -1) {
		if estimate.Flags().Lookup(m[1]) == nil && describe.Flags().Lookup(m[1]) == nil {
			t.Errorf("FROM.md: no flag %s", m[0])
		}
	}
	archive, err := txtar.ParseFile("testdata/script/estimate.txtar")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, f := range archive.Files {
		if name, ok := strings.CutPrefix(f.Name, "files/"); ok {
			if err := os.WriteFile(filepath.Join(folder, name), f.Data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Chdir(folder)
	const want = 20
	ran := 0
	for line := range strings.Lines(string(page)) {
		command, ok := strings.CutPrefix(line, "    twc ")
		if !ok {
			continue
		}
		ran++
		var out, told strings.Builder
		if status := run(examples("twc " + command)[0], &out, &told); status != 0 {
			t.Errorf("FROM.md: exit status %d: twc %s%s", status, command, told.String())
		}
	}
	if ran < want {
		t.Errorf("FROM.md: %d commands, want at least %d", ran, want)
	}
}
