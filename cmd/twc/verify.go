package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/report"
)

func (a *app) verify() *cobra.Command {
	var v pipeline.Verification
	var format string
	var kept anchors
	cmd := &cobra.Command{
		Use:   "verify --store DIR",
		Short: "Hold a store against its seals",
		Long: `Checks every file of every release against its digest, every manifest, the
chain of releases, the pointer and the catalogue of the store, and the restricted
folders that are here.

With --deep every table is read, too: each CSV file and its Parquet file, cell by cell,
by a library that did not write it; keys, values and statuses; the identity of every
indicator; and the audit of every release is repeated, as twc audit does, by what the
catalogue says of numbers that depend on each other.

A store that a run publishes to is not verified, and ends with 4 at once or after
--wait; one that a run left when it was cut off ends with 6, and the next run finishes
it. What was changed, is missing or was put there by no run ends with 5.

All of that is inside the store. Whoever can write to it can make another one that
holds: keep the digest of the newest release, which is printed, elsewhere. --expect
holds the store to it later. A store that has gone on since still has the release
that it is of; one in which that release or one before it was replaced or removed
has not, and the exit status is 5. --public-key holds every release to the signature
of a key that came by another way than the store; without it, signatures are told and
not checked.

The store's log/ is append-only. --checkpoint proves that it goes on from a checkpoint
of it, log/checkpoint, that was kept; where it does not, it says which entries may be
others, and which one is where the log was kept with its tiles.`,
		Example: `  twc verify --store store
  twc verify --store store --deep
  twc verify --store store --wait 10m
  twc verify --store store --public-key department.pub
  twc verify --store store --public-key log.pub --checkpoint kept/checkpoint
  twc verify --store store --expect e2b12dc7e31daccbf6d4a1da9c6ea0e5e1d1a2e8a5a0d7f1e3f3d2b9c4a58716`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := needStore(cmd, v.Store); err != nil {
				return err
			}
			if err := waitable(v.Wait); err != nil {
				return err
			}
			if err := kept.read(); err != nil {
				return err
			}
			if v.Deep {
				c, err := a.catalogue()
				if err != nil {
					return err
				}
				v.Catalogue = c
			}
			v.Waits = func() { fmt.Fprintln(a.stderr, "wait for another run to end") }
			v.Trusted = kept.Trusted
			held, found, err := pipeline.Verify(v)
			if err != nil {
				return err
			}
			type counted struct {
				Release    string `json:"release"`
				Digest     string `json:"digest"`
				Indicators int    `json:"indicators"`
				Files      int    `json:"files"`
			}
			var releases []counted
			indicators, files := 0, 0
			for _, r := range held.Releases {
				indicators += r.Indicators
				files += r.Files
				releases = append(releases, counted(r))
			}
			if format == formJSON {
				return a.json(struct {
					Store      string    `json:"store"`
					Releases   []counted `json:"releases"`
					Restricted int       `json:"restricted"`
					Notices    int       `json:"notices"`
					Read       bool      `json:"parquet_read"`
					Audited    bool      `json:"audited"`
					*publish.Anchored
				}{v.Store, releases, held.Restricted, held.Notices, v.Deep, v.Deep, found})
			}
			a.line("%s: %s, %s, %s: digests, manifests and the chain of releases hold", v.Store,
				report.Plural(len(releases), "release"), report.Plural(indicators, "indicator"), report.Plural(files, "file"))
			if held.Restricted == 0 {
				a.line("no restricted folder is here, as where a store was handed out")
			} else {
				a.line("%s: the digests of what is not published hold", report.Plural(held.Restricted, "restricted folder"))
			}
			if held.Notices > 0 {
				a.line("%s of corrections and withdrawals: they are chained to each other and to the releases; twc list notices says what they are", report.Plural(held.Notices, "notice"))
			}
			if v.Deep {
				a.line("every table was read, and is the same as CSV and as Parquet")
				a.line("no number of respondents that a release withholds can be had from what it publishes")
			}
			a.tellAnchored(&kept, found)
			return nil
		},
	}
	storeFlag(cmd, &v.Store, "")
	kept.flags(cmd)
	cmd.Flags().BoolVar(&v.Deep, "deep", false, "read every table, and repeat the audit")
	waitFlag(cmd, &v.Wait)
	a.catalogueFlag(cmd)
	formatFlag(cmd, &format, formJSON)
	return cmd
}
