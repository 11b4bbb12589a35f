package pipeline

import (
	"flag"
	"io/fs"
	"maps"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

func TestCode(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	files := fstest.MapFS{"run.go": file("package pipeline"), "estimate/sum.go": file("package estimate"), "modules.txt": file("go 1.26")}
	is := code(files)
	for _, c := range []struct {
		claim      string
		name, text string
		same       bool
	}{
		{"the same text", "run.go", "package pipeline", true},
		{"another text", "run.go", "package pipeline // again", false},
		{"another file", "estimate/model/model.go", "package model", false},
		{"a file for one processor", "tally/sum_amd64.s", "RET", false},
		{"another module", "modules.txt", "go 1.26\nrequire example.org/solve v1.0.0", false},
		{"a test", "estimate/sum_test.go", "package estimate", true},
		{"a file that tests read", "testdata/products.go", "package products", true},
		{"the readers' test help", "ingest/hostile/hostile.go", "package hostile", true},
	} {
		t.Run(c.claim, func(t *testing.T) {
			changed := maps.Clone(files)
			changed[c.name] = file(c.text)
			if same := code(changed) == is; same != c.same {
				t.Errorf("the same code: %v, want %v", same, c.same)
			}
		})
	}
}

// TestCodeIsWhole holds that what a release is made by is in its code, and
// what only tests use is not: a package that is not a test and imports testing
// is test help.
func TestCodeIsWhole(t *testing.T) {
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, ".s") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if strings.Contains(string(text), "\t\"testing\"\n") && !testHelp(name) {
			t.Errorf("%s: test help in the code of a release", name)
		}
		if _, err := source.Open(name); err != nil && !testHelp(name) {
			t.Errorf("%s: not in the code of a release", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	const modules = "modules.txt"
	want, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(modules, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(modules); string(got) != string(want) {
		t.Errorf("%s is not go.mod (%v): run go test ./pipeline -run TestCodeIsWhole -update", modules, err)
	}
}
