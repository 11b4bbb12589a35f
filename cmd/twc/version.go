package main

import (
	"cmp"
	"fmt"
	"runtime/debug"
)

// What this build is of, as make sets it with -ldflags -X: go build without its own
// stamps cannot know, and go install knows its module's version alone.
var (
	tag    string // of the version: v1.2.0
	commit string // in full, with +changes where the source was not as committed
)

// version names the module, its version and the commit that it was built from, as far
// as the build says.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return versionOf(info, tag, commit)
}

func versionOf(info *debug.BuildInfo, tag, commit string) string {
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	stamped := settings["vcs.revision"]
	if stamped != "" && settings["vcs.modified"] == "true" {
		stamped += "+changes"
	}
	of := info.Main.Version
	if of == "(devel)" {
		of = ""
	}
	return fmt.Sprintf("%s (module %s, commit %s, %s)", cmp.Or(tag, of, "devel"), cmp.Or(info.Main.Path, "unknown"), cmp.Or(commit, stamped, "unknown"), cmp.Or(info.GoVersion, "Go unknown"))
}
