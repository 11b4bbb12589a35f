package pipeline_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"togetherwecan/pipeline/report/metadata"
)

// TestEarlierArrow holds that arrow/go/v17, which cannot be linked with the library that writes
// them, reads every Parquet file of a release, and of what is pulled from it, to the values
// of the CSV beside it. Its program is a module of its own, testdata/readers/arrow17, built
// into the folder that TWC_READERS names.
func TestEarlierArrow(t *testing.T) {
	program := filepath.Join(os.Getenv("TWC_READERS"), "arrow17")
	_, err := os.Stat(program)
	other(t, "arrow17; see TWC_READERS in the README", os.Getenv("TWC_READERS") != "" && err == nil)
	store, out := syntheticStore(t)
	folders := []string{filepath.Join(store, "releases", out.Release), folderOf(t, pulled(t, store, "Defra", metadata.Parquet), nil), "../testdata/release/1/store"}
	var paths, want []string
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".parquet" {
				return err
			}
			text, err := os.ReadFile(strings.TrimSuffix(path, ".parquet") + ".csv")
			if err != nil {
				return err
			}
			h := sha256.New()
			rows := rowsOf(t, text)
			for _, row := range rows {
				for _, cell := range row {
					fmt.Fprintf(h, "%s\x1f", cell)
				}
				fmt.Fprintln(h)
			}
			paths, want = append(paths, path), append(want, fmt.Sprintf("%d %x", len(rows)-1, h.Sum(nil)))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	text, err := exec.Command(program, paths...).Output()
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	if len(lines) != len(paths) || len(paths) < 200 {
		t.Fatalf("%d lines of %d files", len(lines), len(paths))
	}
	for i, line := range lines {
		if string(line) != want[i] {
			t.Errorf("%s: arrow/go/v17 has %s, the CSV %s", paths[i], line, want[i])
		}
	}
}
