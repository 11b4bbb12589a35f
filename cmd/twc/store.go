package main

import (
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
	store, err := publish.Open(dir)
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
		return nil, nil, refusal.Problems{{Kind: refusal.Data, Where: dir, What: "no release in the store", Hint: "twc run EXTRACTS --store " + dir + " publishes one"}}
	}
	if id == "" || id == current.ID {
		return store, current, nil
	}
	r, err := store.Release(id)
	return store, r, err
}
