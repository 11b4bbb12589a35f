package main

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/refusal"
)

// openStore opens a store that has a release, and one of its releases; id ""
// is the current one.
func openStore(cmd *cobra.Command, dir, id string) (*publish.Store, *publish.Release, error) {
	if err := needStore(cmd, dir); err != nil {
		return nil, nil, err
	}
	store, err := publish.Existing(dir)
	if err != nil {
		return nil, nil, err
	}
	current, err := store.Current()
	if err != nil {
		return nil, nil, err
	}
	if current == nil {
		if err := store.Unsettled(); err != nil {
			return nil, nil, err
		}
		return nil, nil, store.Unpublished()
	}
	if id == "" || id == current.ID {
		return store, current, nil
	}
	r, err := store.Release(id)
	return store, r, err
}

// outside refuses a place for what is handed out: one within a store, as a release holds no
// file but those that it was sealed with, and a folder that the command runs in, as one that
// takes its place leaves a terminal in none.
func outside(dir, out string) error {
	if out == "" {
		return usage("name a folder or file", "nowhere to write to: an empty name")
	}
	store, err := place(dir)
	if err != nil {
		return err
	}
	to, err := place(out)
	if err != nil {
		return err
	}
	if way, err := filepath.Rel(store, to); err == nil && filepath.IsLocal(way) {
		return usage("name a place outside the store", "%s is within the store %s, which has its releases alone", out, dir)
	}
	here, err := place(".")
	if err != nil {
		return err
	}
	if way, err := filepath.Rel(to, here); err == nil && filepath.IsLocal(way) {
		return usage("name a folder that is not there yet, such as "+filepath.Join(out, "out"), "%s has the folder that twc runs in, whose place nothing can take", out)
	}
	return nil
}

// place is where a path leads, by way of the links of as much of it as there is.
func place(path string) (string, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return "", refusal.Problems{{Kind: refusal.Disk, Where: path, What: refusal.Reason(err).Error()}}
	}
	rest := ""
	for at := whole; ; at = filepath.Dir(at) {
		if found, err := filepath.EvalSymlinks(at); err == nil {
			return filepath.Join(found, rest), nil
		}
		if at == filepath.Dir(at) {
			return whole, nil
		}
		rest = filepath.Join(filepath.Base(at), rest)
	}
}
