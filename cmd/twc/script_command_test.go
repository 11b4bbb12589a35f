package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// here is held by the command that runs in this process, whose folder and variables
// are all tests': one at a time.
var here sync.Mutex

// scriptVariables are those of a script that twc reads.
var scriptVariables = []string{"COLUMNS", storeVariable}

// exits N COMMAND... runs a command that must end with exit status N.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	out, errs := exitsTold(ts, neg, args)
	_, err := ts.Stdout().Write(out)
	ts.Check(err)
	_, err = ts.Stderr().Write(errs)
	ts.Check(err)
}

// exitsTold is exits, and what was written.
func exitsTold(ts *testscript.TestScript, neg bool, args []string) (out, errs []byte) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits N command...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got, out, errs := commanded(ts, args[1:])
	if got != want {
		ts.Fatalf("exit status %d, want %d\n[stdout]\n%s[stderr]\n%s", got, want, out, errs)
	}
	return out, errs
}

// commanded runs a command in the script's folder with the script's variables. Twc runs
// in this process, which spares the start of another one, half of what a command takes;
// exec runs it in one of its own, and so does this where a script asks for what only a
// process has: standard input, a folder for temporary files, processors. With
// TWC_PROCESSES all do.
func commanded(ts *testscript.TestScript, args []string) (status int, out, errs []byte) {
	apart := args[0] != "twc" || slices.Contains(args, "-") || ts.Getenv("GOMAXPROCS") != "" || ts.Getenv("TMPDIR") != ts.Getenv("WORK")+"/.tmp"
	if apart || os.Getenv("TWC_PROCESSES") != "" {
		err := ts.Exec(args[0], args[1:]...)
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		} else if err != nil {
			status = exit.ExitCode()
		}
		return status, []byte(ts.ReadFile("stdout")), []byte(ts.ReadFile("stderr"))
	}
	here.Lock()
	defer here.Unlock()
	folder, err := os.Getwd()
	ts.Check(err)
	ts.Check(os.Chdir(ts.MkAbs(".")))
	defer func() { ts.Check(os.Chdir(folder)) }()
	for _, name := range scriptVariables {
		before, had := os.LookupEnv(name)
		ts.Check(os.Setenv(name, ts.Getenv(name)))
		defer func() {
			if ts.Check(os.Setenv(name, before)); !had {
				ts.Check(os.Unsetenv(name))
			}
		}()
	}
	ts.Logf("[in this process] %s", strings.Join(args, " "))
	var told, faults bytes.Buffer
	status = run(args[1:], &told, &faults)
	return status, told.Bytes(), faults.Bytes()
}

// refuses N COMMAND... is exits, and holds that nothing was written to standard
// output and that no file was made, removed or changed.
func refuses(ts *testscript.TestScript, neg bool, args []string) {
	before := snapshot(ts)
	out, errs := exitsTold(ts, neg, args)
	if len(out) > 0 {
		ts.Fatalf("a refusal wrote to standard output:\n%s", out)
	}
	if len(errs) == 0 {
		ts.Fatalf("a refusal said nothing")
	}
	_, err := ts.Stderr().Write(errs)
	ts.Check(err)
	after := snapshot(ts)
	if !slices.Equal(before, after) {
		ts.Fatalf("a refusal left something behind:\nbefore %q\nafter %q", before, after)
	}
}
