package main

import (
	"github.com/spf13/cobra"

	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/report"
)

func (a *app) verify() *cobra.Command {
	var dir, format, expect string
	var quick bool
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
has not, and the exit status is 5.`,
		Example: `  twc verify --store store
  twc verify --store store --quick
  twc verify --store store --expect e2b12dc7e31daccbf6d4a1da9c6ea0e5e1d1a2e8a5a0d7f1e3f3d2b9c4a58716`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := needStore(cmd, dir); err != nil {
				return err
			}
			if expect != "" {
				digest, err := publish.DecodeDigest(expect)
				if err != nil {
					return usage("twc verify prints the digest of the newest release", "--expect %s: %v", expect, err)
				}
				expect = digest
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
			indicators, files, newest := 0, 0, ""
			for _, id := range ids {
				r, err := store.Release(id)
				if err != nil {
					return err
				}
				indicators += len(r.Manifest.Indicators)
				files += len(r.Manifest.Files)
				newest = r.Digest
				releases = append(releases, counted{id, len(r.Manifest.Indicators), len(r.Manifest.Files)})
			}
			var held *publish.Held // nil where nothing was expected
			if expect != "" {
				found, err := store.Expect(expect)
				if err != nil {
					return err
				}
				held = &found
			}
			if format == formJSON {
				return a.json(map[string]any{"store": dir, "releases": releases, "parquet_read": !quick, "newest": ids[len(ids)-1], "digest": newest, "expected": held})
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
			a.line("newest: %s, whose release.json has the SHA-256", ids[len(ids)-1])
			a.line("  %s", newest)
			switch {
			case held == nil:
			case held.Since == 0:
				a.line("that is the digest that was expected")
			default:
				a.line("the digest that was expected is that of %s; %s came since", held.Release, report.Plural(held.Since, "release"))
			}
			return nil
		},
	}
	storeFlag(cmd, &dir, "")
	formatFlag(cmd, &format, formJSON)
	cmd.Flags().StringVar(&expect, "expect", "", "`digest` of a release that was kept: the chain must have it")
	cmd.Flags().BoolVar(&quick, "quick", false, "digests only, no reading of Parquet")
	return cmd
}
