package main

import (
	"bytes"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// freeFlags are those whose values nobody can list: words, numbers, days, formulas and
// names of files.
var freeFlags = []string{
	"accept",
	"base-url", "bounds",
	"caption", "checkpoint", "checks", "collapse", "count",
	"deft", "design", "digits",
	"expect",
	"fay",
	"issued",
	"key",
	"labels",
	"level", "log", "log-key",
	"margins",
	"model", "model-name",
	"on", "output",
	"part", "password-file", "period", "plot", "port", "public-key",
	"reason", "rename",
	"scale", "scales", "seed", "sign",
	"trim",
	"unit",
	"wait", "waves", "weights-out",
}

// TestEveryFlagCompletes holds that a flag whose values can be listed is completed, and
// that every command but a few has JSON.
func TestEveryFlagCompletes(t *testing.T) {
	a := &app{out: &output{to: &bytes.Buffer{}}, stderr: &output{to: &bytes.Buffer{}}}
	without := []string{"convert", "chart", "site", "serve", "seed", "template", "key", "completion", "help"} // which write files, or tell of the command
	for _, cmd := range a.root().Commands() {
		if cmd.Flags().Lookup("format") == nil != slices.Contains(without, cmd.Name()) {
			t.Errorf("twc %s has --format: %v", cmd.Name(), cmd.Flags().Lookup("format") != nil)
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			_, listed := cmd.GetFlagCompletionFunc(f.Name)
			_, folder := f.Annotations[cobra.BashCompSubdirsInDir]
			if free := slices.Contains(freeFlags, f.Name); f.Value.Type() != "bool" && (listed || folder) == free {
				t.Errorf("twc %s --%s is completed: %v, and is free: %v", cmd.Name(), f.Name, listed || folder, free)
			}
		})
	}
}

func TestVersionOf(t *testing.T) {
	stamped := &debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Path: "togetherwecan", Version: "v1.2.0"}, Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"}}}
	for _, c := range []struct {
		name        string
		info        *debug.BuildInfo
		tag, commit string
		want        string
	}{
		{"a build with stamps of its own", stamped, "", "", "v1.2.0 (module togetherwecan, commit abc+changes, go1.26.8)"},
		{"a build that make stamped", stamped, "v1.3.0", "def", "v1.3.0 (module togetherwecan, commit def, go1.26.8)"},
		{"a checkout without stamps", &debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Path: "togetherwecan", Version: "(devel)"}}, "", "", "devel (module togetherwecan, commit unknown, go1.26.8)"},
		{"nothing is known", &debug.BuildInfo{}, "", "", "devel (module unknown, commit unknown, Go unknown)"},
	} {
		if got := versionOf(c.info, c.tag, c.commit); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
	if !strings.Contains(version(), "commit ") {
		t.Errorf("got %s", version())
	}
}
