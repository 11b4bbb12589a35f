package main

import (
	"encoding/json"
	"slices"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report"
)

func (a *app) diff() *cobra.Command {
	var dir, format string
	cmd := &cobra.Command{
		Use:   "diff RELEASE RELEASE [INDICATOR...] --store DIR",
		Short: "Say what moved from one release to another",
		Long: `Says in one sentence what moved between two releases, and then lists every figure
that did, in units of the last digit published and of its standard error, verdicts
that flipped, figures hidden or shown, and words that changed. A release is named by
its id, or is current or previous. Each thing that moved has a type of revision, and an
indicator has that of the gravest (FORMAT.md, Revisions).

A page sums up the rows that came or went; csv, json and parquet have all of them.
"twc run --dry-run" says the same of a run before it is published.`,
		Example: `  twc diff previous current --store store
  twc diff 2001-12-01.1 2003-12-01.1 influence-local --store store
  twc diff previous current --store store --format csv`,
		Args: arguments(2, -1),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 1 {
				return indicatorsOf(cmd, dir, ""), cobra.ShellCompDirectiveNoFileComp
			}
			return releasesOf(cmd, dir), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			store, _, err := openStore(cmd, dir, "")
			if err != nil {
				return err
			}
			from, err := pipeline.Named(store, args[0])
			if err != nil {
				return err
			}
			to, err := pipeline.Named(store, args[1])
			if err != nil {
				return err
			}
			d, err := pipeline.Diff(from, to, args[2:])
			if err != nil {
				return err
			}
			var moved []string
			for _, x := range d.Indicators {
				if x.Class != release.Unchanged {
					moved = append(moved, x.ID)
				}
			}
			notices, err := noticesOn(moved, from, to)
			if err != nil {
				return err
			}
			return a.tellDiff(d, notices, format)
		},
	}
	storeFlag(cmd, &dir, "")
	formatFlag(cmd, &format, formCSV, formJSON, formParquet)
	return cmd
}

// releasesOf are the releases of a store, and the words for two of them.
func releasesOf(cmd *cobra.Command, dir string) []string {
	s, _, err := openStore(cmd, dir, "")
	if err != nil {
		return nil
	}
	ids, err := s.Releases()
	if err != nil {
		return nil
	}
	return append(ids, pipeline.PreviousRelease, pipeline.CurrentRelease)
}

// noticesOn are those that bear on indicators' figures in any of the releases, each once:
// as it bears on the first of them whose figures it affects. Of the corrections that have
// none those of later releases are told: what the releases themselves correct is what is
// told of them.
func noticesOn(indicators []string, of ...*publish.Release) ([]release.Bearing, error) {
	var found []release.Bearing
	all := make([][]release.Bearing, len(of))
	for i, r := range of {
		var err error
		if all[i], err = r.Bearings(); err != nil {
			return nil, err
		}
	}
	for i, r := range of {
		bearings := slices.DeleteFunc(slices.Clone(all[i]), func(b release.Bearing) bool {
			return !b.Announced() && slices.ContainsFunc(all, func(o []release.Bearing) bool {
				return !slices.ContainsFunc(o, func(x release.Bearing) bool { return x.Compare(b) == 0 })
			})
		})
		for _, id := range indicators {
			if len(bearings) == 0 || r.Manifest.Indicator(id) == nil {
				continue
			}
			content, err := r.Content(id)
			if err != nil {
				return nil, err
			}
			of := release.On(bearings, id, content)
			found = slices.DeleteFunc(found, func(was release.Bearing) bool {
				return was.Effect != release.Affected && slices.ContainsFunc(of, func(b release.Bearing) bool { return b.Compare(was) == 0 })
			})
			found = release.Once(found, of...)
		}
	}
	return found, nil
}

// tellDiff writes what moved in a format.
func (a *app) tellDiff(d *release.Diff, notices []release.Bearing, format string) error {
	table := rowsOf[release.Move]{release.MoveColumns, d.Moves()}
	switch format {
	case formCSV:
		a.warn(report.NoticeTexts(notices))
		return a.csv(table.csv())
	case formParquet:
		a.warn(report.NoticeTexts(notices))
		data, err := table.parquet(sheet.Pair{Key: "from", Value: d.From.ID}, sheet.Pair{Key: "to", Value: d.To.ID})
		if err != nil {
			return err
		}
		return a.binary(data)
	case formJSON:
		return a.diffJSON(d, notices)
	}
	for _, banner := range report.Banners(d.To.Manifest) {
		a.line("%s\n", banner)
	}
	if err := report.Notices(a.out, notices, a.width); err != nil {
		return err
	}
	return report.Diff(a.out, d, a.width)
}

// diffJSON writes a diff for programs.
func (a *app) diffJSON(d *release.Diff, notices []release.Bearing) error {
	type listed struct {
		Indicator string               `json:"indicator"`
		Was       maybe                `json:"was"`
		Now       maybe                `json:"now"`
		Class     release.Class        `json:"class"`
		Revision  release.RevisionType `json:"revision"`
		Reasons   []string             `json:"reasons"`
		Moves     []json.RawMessage    `json:"moves"`
	}
	moved := []listed{}
	for _, x := range d.Indicators {
		if x.Class != release.Unchanged {
			moved = append(moved, listed{x.ID, maybe(x.Was), maybe(x.Now), x.Class, x.Revision, filled(x.Reasons), slices.Concat([]json.RawMessage{}, sheet.JSON(x.Moves, release.MoveColumns))})
		}
	}
	return a.json(struct {
		From       maybe                `json:"from"`
		To         maybe                `json:"to"`
		Synthetic  bool                 `json:"synthetic"`
		Sentence   string               `json:"sentence"`
		Compared   int                  `json:"compared"` // indicators
		Sources    []release.SourceDiff `json:"sources"`
		Policy     []release.PolicyDiff `json:"policy"`
		Indicators []listed             `json:"indicators"`
		Notices    []bearing            `json:"notices"`
	}{maybe(d.From.ID), maybe(d.To.ID), d.To.Manifest.Synthetic, report.Sentence(d), len(d.Indicators), filled(d.Sources), filled(d.Policy), moved, bearingsJSON(notices)})
}
