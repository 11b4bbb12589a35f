// Package shared finds the shared data that lie beside the repository and may not be
// copied into it.
package shared

import (
	"cmp"
	"os"
	"path/filepath"
	"testing"
)

// File is the path of a file or folder of the shared data: in the folder that
// TWC_SHARED names, else in ../shared of the module's root. The test is skipped where it
// is absent, and fails where CI is set, which always has it.
func File(tb testing.TB, name string) string {
	tb.Helper()
	root, err := filepath.Abs(".")
	for err == nil {
		if _, none := os.Stat(filepath.Join(root, "go.mod")); none == nil {
			break
		}
		if root == filepath.Dir(root) {
			tb.Fatal("no go.mod above the folder of the test")
		}
		root = filepath.Dir(root)
	}
	if err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(cmp.Or(os.Getenv("TWC_SHARED"), filepath.Join(root, "..", "shared")), filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") != "" {
			tb.Fatalf("%s is not in the shared data, and CI may not skip it: set TWC_SHARED to their folder", name)
		}
		tb.Skipf("%s is not in the shared data: set TWC_SHARED to their folder", name)
	}
	return path
}
