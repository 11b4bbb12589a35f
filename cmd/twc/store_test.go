package main

import (
	"os"
	"strings"
	"testing"
)

// TestNoStore holds that each command which reads a store refuses one that is not there, and
// one without a release, with the exit status of README.md, prints nothing, and makes nothing.
func TestNoStore(t *testing.T) {
	args := map[string][][]string{
		"audit":     {{}},
		"chart":     {{"influence-local", "out.svg"}},
		"cite":      {{}, {"influence-local"}},
		"correct":   {{"--indicator", "influence-local", "--since", "2001-12-01.1", "--extent", "minor", "--reason", "x"}},
		"diff":      {{"previous", "current"}},
		"explain":   {{"influence-local", "previous", "current"}, {"influence-local", "--from", "hocs/2001", "--to", "hocs/2003"}},
		"list":      {{"releases"}, {"notices"}, {"series"}, {}},
		"plan":      {{}},
		"pull":      {{"HO", "out"}},
		"rebuild":   {{"2001-12-01.1", "--extracts", "."}},
		"reproduce": {{}},
		"run":       nil, // which makes a store
		"serve":     {{}},
		"show":      {{"influence-local"}},
		"sign":      {{"--key", "it.key"}, {"--log-key", "log.key"}},
		"site":      {{"out"}},
		"verify":    {{}, {"--deep"}},
		"withdraw":  {{"--indicator", "influence-local", "--since", "2001-12-01.1", "--reason", "x"}},
	}
	t.Chdir(t.TempDir())
	t.Setenv("TMPDIR", t.TempDir())
	for _, line := range [][]string{{"key", "it", "--no-password"}, {"key", "log", "--log", "example.org/log"}} {
		if status := run(line, &strings.Builder{}, os.Stderr); status != 0 {
			t.Fatalf("twc %s: exit %d", strings.Join(line, " "), status)
		}
	}
	if err := os.Mkdir("empty", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, cmd := range (&app{out: &output{}, stderr: &output{}}).root().Commands() {
		if cmd.Flags().Lookup("store") == nil {
			continue
		}
		lines, known := args[cmd.Name()]
		if !known {
			t.Errorf("%s takes a store, and no line of it is here", cmd.Name())
		}
		for _, line := range lines {
			for store, want := range map[string]string{"nowhere": "no such folder, want a store", "empty": "no release in the store"} {
				line := append([]string{cmd.Name(), "--store", store}, line...)
				var stdout, stderr strings.Builder
				status := run(line, &stdout, &stderr)
				if want = "twc: error: " + store + ": " + want + "\ntwc: hint: twc run EXTRACTS --store " + store + " publishes one\n"; status != 7 || stdout.String() != "" || stderr.String() != want {
					t.Errorf("%s: exit %d, printed %q and\n%swant 7, nothing and\n%s", strings.Join(line, " "), status, stdout.String(), stderr.String(), want)
				}
			}
		}
	}
	for folder, most := range map[string]int{".": 5, "empty": 0} { // the keys and the empty store
		entries, err := os.ReadDir(folder)
		if err != nil || len(entries) != most {
			t.Errorf("%s: left %v (%v)", folder, entries, err)
		}
	}
}
