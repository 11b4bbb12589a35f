//go:build race

package main

import "path/filepath"

// scripts are those that are run with the race detector, under which each command takes
// ten times as long: what commands do at the same time is in these.
func scripts(all string) (folder string, files []string) {
	for _, name := range []string{"run", "refresh", "several", "returns", "estimate", "estimate-weights", "show", "verify", "chain", "parts", "notices"} {
		files = append(files, filepath.Join(all, name+".txtar"))
	}
	return "", files
}
