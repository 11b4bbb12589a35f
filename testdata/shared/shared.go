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
	root := "."
	for _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil; _, err = os.Stat(filepath.Join(root, "go.mod")) {
		root = filepath.Join(root, "..")
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
