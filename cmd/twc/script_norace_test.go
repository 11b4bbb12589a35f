//go:build !race

package main

// scripts are all of them.
func scripts() (folder string, files []string) { return scriptFolder, nil }
