package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/ledger"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report"
	"togetherwecan/seeds"
)

// printedFigures are the published figures that are built in, which are read once.
func printedFigures() (pipeline.Printed, error) {
	figures, err := plan.LoadPublished(seeds.Files)
	return pipeline.Printed{Figures: figures, Crosswalks: sync.OnceValues(builtInCrosswalks)}, err
}

func (a *app) reproduce() *cobra.Command {
	var dir, id, format, extracts string
	var template, quiet bool
	cmd := &cobra.Command{
		Use:   "reproduce [TABLE.csv] [--store DIR] [--extracts DIR]",
		Short: "Say of each published figure whether it is reproduced, and what explains a difference",
		Long: `Holds printed figures against a release, or against the archive's files themselves:
every figure that others published, of which twc list published has the sources, or
those of a table of your own (--template writes one to begin with), changes from wave
to wave among them. Each is one of:
reproduced; reproduced but for rounding (ours is at a half, or is rounded twice, or
shows too few digits to tell); differs, explained or not; synthetic only (ours is of
made-up data); quoted (the return has the number itself); not computed, and why; a target.

It is judged on figures with every digit where the store has its restricted folder, and
on what the release shows otherwise: then only what every number that rounds to ours
rounds to is reproduced. A value is rounded once, halves away from zero. The
difference is in units of the last digit printed, and in standard errors of ours.

With --extracts it searches for what explains a difference: another population, part of
the sample (quarters, half samples), base (with those who did not know, refused or were
not asked), weight (another of the wave, none, or one that only the file has), other
categories counted, or another rounding; one change, and then two. All figures of an
indicator in one publication must come out as printed. A difference is explained where
the choice is documented, or where it is the only one and fewer than 0.05 would do so by
chance (method 66 of METHOD.md). Otherwise the nearest is told.`,
		Example: `  twc reproduce --store store
  twc reproduce --store store --extracts extracts --format csv
  twc reproduce --template
  twc reproduce table.csv --extracts extracts`,
		Args: arguments(0, 1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return []string{"csv"}, cobra.ShellCompDirectiveFilterFileExt
			}
			return nil, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if template {
				if len(args) > 0 {
					return usage("usage: "+cmd.UseLine(), "--template goes with no table")
				}
				return a.csv([]byte(ledger.Template))
			}
			c, err := a.catalogue()
			if err != nil {
				return err
			}
			printed, err := a.printed(args, c)
			if err != nil {
				return err
			}
			var r *publish.Release
			if dir != "" || extracts == "" || len(args) == 0 {
				if _, r, err = openStore(cmd, dir, id); err != nil {
					return err
				}
			}
			p := newProgress(a.stderr, quiet, len(c.Definitions))
			l, err := printed.Reproduce(r, pipeline.Options{Catalogue: c, Extracts: extracts, Limits: ingest.DefaultLimits, Progress: p.step})
			p.end()
			if err != nil {
				return err
			}
			return a.ledger(l, r, extracts, format)
		},
	}
	storeFlag(cmd, &dir, "")
	releaseFlag(cmd, &id, &dir)
	cmd.Flags().StringVar(&extracts, "extracts", "", "`folder` of extracts, to search for what explains a difference")
	_ = cmd.MarkFlagDirname("extracts")
	cmd.Flags().BoolVar(&template, "template", false, "write a table to begin with")
	cmd.Flags().BoolVar(&quiet, "quiet", false, "no progress")
	formatFlag(cmd, &format, formCSV, formJSON)
	a.catalogueFlag(cmd)
	return cmd
}

// printed are the figures of a table, or those that are built in.
func (a *app) printed(args []string, c *indicator.Catalogue) (pipeline.Printed, error) {
	if len(args) == 0 {
		return printedFigures()
	}
	f, err := os.Open(args[0])
	if err != nil {
		return pipeline.Printed{}, refusal.Problems{{Kind: refusal.Usage, Where: args[0], What: refusal.Reason(err).Error(), Hint: "twc reproduce --template writes a table to begin with"}}
	}
	defer f.Close()
	figures, err := ledger.ParseTable(filepath.Base(args[0]), f, c)
	return pipeline.Printed{Figures: figures, Crosswalks: func() ([]*codebook.Crosswalk, error) { return c.Crosswalks, nil }}, err
}

// ledger prints what becomes of printed figures that were held against a release, nil for
// the extracts alone.
func (a *app) ledger(l ledger.Ledger, r *publish.Release, extracts, format string) error {
	of, id, synthetic := "the files of "+extracts, maybe(""), l.Synthetic()
	if r != nil {
		of, id, synthetic = "release "+r.ID, maybe(r.ID), r.Manifest.Synthetic
	}
	notices := l.Notices()
	if r != nil { // that of a whole release bears on it also where no figure of it is held
		bearing, err := r.Bearings()
		if err != nil {
			return err
		}
		for _, b := range bearing {
			if b.Affects.All() {
				notices = release.Once(notices, b)
			}
		}
	}
	switch format {
	case formCSV:
		a.warn(report.NoticeTexts(notices))
		return a.csv(sheet.CSV(l.Rows, ledger.Columns))
	case formJSON:
		t := l.Totals()
		return a.json(struct {
			Release   maybe                 `json:"release"`
			Synthetic bool                  `json:"synthetic"`
			Notices   []bearing             `json:"notices"`
			All       int                   `json:"all"`
			Agree     int                   `json:"agree"`
			Differ    int                   `json:"differ"`
			Untold    int                   `json:"untold"`
			Statuses  map[ledger.Status]int `json:"statuses"`
			Figures   []json.RawMessage     `json:"figures"`
		}{id, synthetic, bearingsJSON(notices), t.All, t.Agree, t.Differ, t.Untold, t.By, sheet.JSON(l.Rows, ledger.Columns)})
	}
	if err := report.Notices(a.out, notices, a.width); err != nil {
		return err
	}
	switch {
	case r != nil:
		for _, banner := range report.Banners(r.Manifest) {
			a.line("%s\n", banner)
		}
	case synthetic:
		a.line("%s\n", report.Banner)
	}
	return report.Ledger(a.out, l, of, a.width)
}
