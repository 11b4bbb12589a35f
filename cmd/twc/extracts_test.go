package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// sharedFolder has what is made once for all tests, which none may change.
var sharedFolder string

// sharing are the tests with that folder, which is there as long as they run.
type sharing struct{ *testing.M }

func (m sharing) Run() int {
	folder, err := os.MkdirTemp("", "twc-shared")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	sharedFolder = folder
	return m.M.Run()
}

// synthetic is the folder of the extracts that twc seed writes.
var synthetic = sync.OnceValues(func() (string, error) {
	folder := filepath.Join(sharedFolder, "synthetic")
	var out, errs bytes.Buffer
	if status := run([]string{"seed", folder}, &out, &errs); status != 0 {
		return "", errors.New(errs.String())
	}
	return folder, nil
})

// seeded DIR... copies folders of the synthetic extracts to made.
func seeded(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: seeded folder...")
	}
	folder, err := synthetic()
	ts.Check(err)
	for _, name := range args {
		ts.Check(copyTree(filepath.Join(folder, filepath.FromSlash(name)), filepath.Join(ts.MkAbs("made"), filepath.FromSlash(name))))
	}
}
