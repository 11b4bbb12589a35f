package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"togetherwecan/indicators"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// openStore opens a store that has a release; id "" is the current one.
func openStore(cmd *cobra.Command, dir, id string) (*publish.Store, string, *release.Manifest, error) {
	if err := needStore(cmd, dir); err != nil {
		return nil, "", nil, err
	}
	store, err := publish.Open(dir)
	if err != nil {
		return nil, "", nil, err
	}
	current, manifest, err := store.Current()
	if err != nil {
		return nil, "", nil, err
	}
	if current == "" {
		return nil, "", nil, refusal.Problems{{Kind: refusal.Data, Where: dir, What: "no release in the store", Hint: "twc run EXTRACTS --store " + dir + " publishes one"}}
	}
	if id == "" || id == current {
		return store, current, manifest, nil
	}
	manifest, err = readManifest(store, id)
	return store, id, manifest, err
}

// sourcesOf lists the sources of a release for completion, and those of the
// built-in catalogue where there is no release to read.
func sourcesOf(cmd *cobra.Command, dir, id string) []string {
	var ids []string
	if _, _, m, err := openStore(cmd, dir, id); err == nil {
		for _, s := range m.Sources {
			ids = append(ids, string(s.ID))
		}
	} else if c, err := indicator.LoadCatalogue(indicators.Files); err == nil {
		for _, x := range c.Crosswalks {
			ids = append(ids, string(x.ID()))
		}
	}
	return ids
}

// readManifest reads the manifest of an earlier release.
func readManifest(store *publish.Store, id string) (*release.Manifest, error) {
	ids := store.Releases()
	known := false
	for _, other := range ids {
		known = known || other == id
	}
	if !known {
		return nil, usage("twc list releases --store "+store.Dir(), "no release %q in %s%s", id, store.Dir(), refusal.Nearest(id, ids))
	}
	where := "releases/" + id + "/release.json"
	data, err := os.ReadFile(filepath.Join(store.Dir(), filepath.FromSlash(where)))
	if err != nil {
		return nil, refusal.Problems{{Kind: refusal.Disk, Where: where, What: fmt.Sprintf("cannot be read: %v", refusal.Reason(err))}}
	}
	m, err := release.DecodeManifest(data)
	if err != nil {
		return nil, refusal.Problems{{Kind: refusal.Integrity, Where: where, What: err.Error()}}
	}
	return m, nil
}
