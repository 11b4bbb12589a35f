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
	cmd := &cobra.Command{
		Use:   "verify --store DIR",
		Short: "Hold a store against its seals",
		Long: `Checks every file of every release against its digest, every manifest, the
chain of releases, the pointer and the catalogue of the store, and reads every
Parquet file with a library that did not write it, comparing each cell with the
CSV. With --quick the Parquet files are held against their digests only.`,
		Example: `  twc verify --store store
  twc verify --store store --quick`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := needStore(cmd, dir); err != nil {
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
			for _, id := range ids {
				r, err := store.Release(id)
				if err != nil {
					return err
				}
				indicators += len(r.Manifest.Indicators)
				files += len(r.Manifest.Files)
				releases = append(releases, counted{id, len(r.Manifest.Indicators), len(r.Manifest.Files)})
			}
			if format == formJSON {
				return a.json(map[string]any{"store": dir, "releases": releases, "parquet_read": !quick})
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
			return nil
		},
	}
	storeFlag(cmd, &dir, "")
	formatFlag(cmd, &format, formJSON)
	cmd.Flags().BoolVar(&quick, "quick", false, "digests only, no reading of Parquet")
	return cmd
}
