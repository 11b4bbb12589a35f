package pipeline

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed *.go */*.go */*.s */*/*.go modules.txt
var source embed.FS

// Code is the SHA-256, in hexadecimal, of the pipeline's own source, without
// tests and what only they use, and of go.mod, of which modules.txt is a copy:
// the same for every build of it on any machine.
func Code() string { return code(source) }

func code(source fs.FS) string {
	h := sha256.New()
	err := fs.WalkDir(source, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || testHelp(name) {
			return err
		}
		text, err := fs.ReadFile(source, name)
		fmt.Fprintf(h, "%s %d\n%s", name, len(text), text)
		return err
	})
	if err != nil {
		panic("pipeline: " + err.Error()) // the source is in the program
	}
	return hex.EncodeToString(h.Sum(nil))
}

// testHelp says that only tests use a file.
func testHelp(name string) bool {
	return strings.HasSuffix(name, "_test.go") || strings.Contains("/"+name, "/testdata/") || strings.HasPrefix(name, "ingest/hostile/")
}
