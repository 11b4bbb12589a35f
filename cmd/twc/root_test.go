package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"togetherwecan/pipeline/refusal"
)

func TestTell(t *testing.T) {
	data := refusal.Problem{Kind: refusal.Data, Where: "a.tab", What: "no variable", Hint: "look it up"}
	usage := refusal.Problem{Kind: refusal.Usage, What: "no command"}
	succession := refusal.Problem{Kind: refusal.Succession, Where: "b", What: "changed"}
	integrity := refusal.Problem{Kind: refusal.Integrity, Where: "c", What: "damaged"}
	disk := refusal.Problem{Kind: refusal.Disk, Where: "d", What: "full"}
	for _, c := range []struct {
		name   string
		ps     refusal.Problems
		status int
		stderr string
	}{
		{"no problem is success", nil, 0, ""},
		{"succession is graver than data", refusal.Problems{data, succession}, 3, "twc: error: a.tab: no variable\ntwc: hint: look it up\ntwc: error: b: changed\n"},
		{"integrity is graver than succession", refusal.Problems{integrity, succession}, 5, "twc: error: c: damaged\ntwc: error: b: changed\n"},
		{"disk is graver than all", refusal.Problems{disk, integrity, usage}, 7, "twc: error: d: full\ntwc: error: c: damaged\ntwc: error: no command\n"},
		{"the same advice is given once", refusal.Problems{data, data, usage, data}, 2, "twc: error: a.tab: no variable\ntwc: error: a.tab: no variable\ntwc: hint: look it up\ntwc: error: no command\ntwc: error: a.tab: no variable\n"},
	} {
		var stderr bytes.Buffer
		if status := tell(&stderr, c.ps); status != c.status || stderr.String() != c.stderr {
			t.Errorf("%s: got %d and\n%swant %d and\n%s", c.name, status, stderr.String(), c.status, c.stderr)
		}
	}
}

// TestExamples holds the examples of the help to the flags that the commands
// have: each line is parsed, and none is run.
func TestExamples(t *testing.T) {
	a := &app{out: &output{to: &bytes.Buffer{}}, stderr: &output{to: &bytes.Buffer{}}}
	for _, cmd := range a.root().Commands() {
		if cmd.Example == "" {
			t.Errorf("%s has no example", cmd.Name())
		}
		for _, line := range examples(cmd.Example) {
			root := (&app{out: &output{to: &bytes.Buffer{}}, stderr: &output{to: &bytes.Buffer{}}}).root()
			found, rest, err := root.Find(line)
			if err != nil || found == root {
				t.Errorf("example %q: no such command", line)
				continue
			}
			if err := found.ParseFlags(rest); err != nil {
				t.Errorf("example %q: %v", line, err)
				continue
			}
			if err := found.ValidateArgs(found.Flags().Args()); err != nil {
				t.Errorf("example %q: %v", line, err)
			}
		}
	}
}

// examples splits the lines of an example into arguments, without twc, at
// spaces outside quotes of either kind, which one inside the other keeps.
func examples(text string) [][]string {
	argument := regexp.MustCompile(`(?:'[^']*'|"[^"]*"|[^\s'"])+`)
	quotes := regexp.MustCompile(`'([^']*)'|"([^"]*)"`)
	var lines [][]string
	for line := range strings.Lines(text) {
		args := argument.FindAllString(line, -1)
		for i, arg := range args {
			args[i] = quotes.ReplaceAllString(arg, "$1$2")
		}
		lines = append(lines, args[1:])
	}
	return lines
}

// A policy that one command puts in force is not that of the next.
func TestBuiltIn(t *testing.T) {
	one, err := (&app{}).catalogue()
	if err != nil {
		t.Fatal(err)
	}
	was := one.Disclosure.Name
	for _, p := range one.Policies {
		if p.Name != was {
			if err := one.Choose(p.Name); err != nil {
				t.Fatal(err)
			}
		}
	}
	if one.Disclosure.Name == was {
		t.Fatal("no second policy to choose")
	}
	other, err := (&app{}).catalogue()
	if err != nil {
		t.Fatal(err)
	}
	if got := other.Disclosure.Name; got != was {
		t.Errorf("policy %q is in force, want %q", got, was)
	}
}
