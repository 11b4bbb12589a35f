package main

import (
	"github.com/spf13/cobra"

	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/report"
)

func (a *app) verify() *cobra.Command {
	var dir, format string
	var quick bool
	var kept anchors
	cmd := &cobra.Command{
		Use:   "verify --store DIR",
		Short: "Hold a store against its seals",
		Long: `Checks every file of every release against its digest, every manifest, the
chain of releases, the pointer and the catalogue of the store, and reads every
Parquet file with a library that did not write it, comparing each cell with the
CSV. With --quick the Parquet files are held against their digests only.

All of that is inside the store. Whoever can write to it can make another one that
holds: keep the digest of the newest release, which is printed, elsewhere. --expect
holds the store to it later. A store that has gone on since still has the release
that it is of; one in which that release or one before it was replaced or removed
has not, and the exit status is 5. --public-key holds every release to the signature
of a key that came by another way than the store; without it, signatures are told and
not checked.`,
		Example: `  twc verify --store store
  twc verify --store store --quick
  twc verify --store store --public-key department.pub
  twc verify --store store --expect e2b12dc7e31daccbf6d4a1da9c6ea0e5e1d1a2e8a5a0d7f1e3f3d2b9c4a58716`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := needStore(cmd, dir); err != nil {
				return err
			}
			if err := kept.read(); err != nil {
				return err
			}
			store, err := publish.Open(dir)
			if err != nil {
				return err
			}
			if err := store.Verify(!quick); err != nil {
				return err
			}
			ids := store.Releases()
			if len(ids) == 0 {
				return refusal.Problems{{Kind: refusal.Data, Where: dir, What: "no release in the store, nothing to verify"}}
			}
			type counted struct {
				Release    string `json:"release"`
				Indicators int    `json:"indicators"`
				Files      int    `json:"files"`
			}
			var releases []counted
			indicators, files := 0, 0
			var newest *publish.Release
			for _, id := range ids {
				r, err := store.Release(id)
				if err != nil {
					return err
				}
				indicators += len(r.Manifest.Indicators)
				files += len(r.Manifest.Files)
				newest = r
				releases = append(releases, counted{id, len(r.Manifest.Indicators), len(r.Manifest.Files)})
			}
			found, err := kept.hold(store, newest)
			if err != nil {
				return err
			}
			if format == formJSON {
				return a.json(struct {
					Store    string    `json:"store"`
					Releases []counted `json:"releases"`
					Read     bool      `json:"parquet_read"`
					*anchored
				}{dir, releases, !quick, found})
			}
			a.line("%s: %s, %s, %s: digests, manifests and the chain of releases hold", dir,
				report.Plural(len(ids), "release"), report.Plural(indicators, "indicator"), report.Plural(files, "file"))
			switch there := store.Restricted(); {
			case len(there) == 0:
				a.line("no restricted folder is here, as where a store was handed out")
			default:
				a.line("%s: the digests of what is not published hold", report.Plural(len(there), "restricted folder"))
			}
			if !quick {
				a.line("every Parquet file was read by a second library and equals its CSV")
			}
			a.tellAnchored(&kept, found)
			return nil
		},
	}
	storeFlag(cmd, &dir, "")
	formatFlag(cmd, &format, formJSON)
	kept.flags(cmd)
	cmd.Flags().BoolVar(&quick, "quick", false, "digests only, no reading of Parquet")
	return cmd
}
