package main

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report"
)

func (a *app) explain() *cobra.Command {
	var dir, id, format, from, to, before, earlier string
	var quiet bool
	var m pipeline.Mix
	var o pipeline.Options
	var s selection
	cmd := &cobra.Command{
		Use:   "explain INDICATOR [RELEASE RELEASE] --store DIR",
		Short: "Say why a figure moved: from one release to another, or from one wave to another",
		Long: `Of two releases it says of each figure that moved how much of it is other data, another
definition or crosswalk, another program, and the digits shown: parts that add up to
the change. Where only one of the first three is another, the restricted folders of
the releases tell. Where several are, it computes the figures again: old data by the
new definition and new data by the old one, from the extracts of the later release
(--extracts) and of the earlier one (--was-extracts); each of the two is then the mean
of what it changes before and after the other. With one of the folders alone the parts
are those of one order, which is said (method 65).

Of two waves it divides the change of an indicator's figure between two waves by a breakdown: what
the figures within its categories changed, and what their shares of the base did, each
with its design-based standard error and interval. Within is the sum over categories of
their mean share times the change of their figure, between that of their mean figure
times the change of their share; they add up to the change (Kitagawa 1955; method 64 of METHOD.md).

It reads the extracts of both waves, as a release holds no respondents. Without --by
every breakdown of both waves is summed up, and the one by which the mix did most is
shown in full. A breakdown of which the release withholds a category is not told.`,
		Example: `  twc explain influence-local previous current --store store
  twc explain influence-local previous current --extracts new --was-extracts old --store store
  twc explain influence-local --from hocs/2001 --to hocs/2003 --extracts extracts --store store
  twc explain influence-local --from hocs/2001 --to hocs/2003 --by age-group --extracts extracts --store store --format csv`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 {
				return usage("usage: "+cmd.UseLine(), "%s: one release alone, want two", cmd.CommandPath())
			}
			return arguments(1, 3)(cmd, args)
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			switch len(args) {
			case 0:
				return indicatorsOf(cmd, dir, id), cobra.ShellCompDirectiveNoFileComp
			case 1, 2:
				return releasesOf(cmd, dir), cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			store, r, err := openStore(cmd, dir, id)
			if err != nil {
				return err
			}
			if len(args) == 3 {
				if err := misplaced(cmd, "two waves", "from", "to", "release"); err != nil {
					return err
				}
				s.by, s.populations = m.By, filled(nonEmpty(m.Population))
				return a.explainReleases(store, args, pipeline.Why{Extracts: o.Extracts, Earlier: earlier}, before, m.Item, s, format, quiet)
			}
			if err := misplaced(cmd, "two releases", "was-extracts", "was-catalogue"); err != nil {
				return err
			}
			for _, need := range []struct{ flag, value string }{{"from", from}, {"to", to}, {"extracts", o.Extracts}} {
				if need.value == "" {
					return usage("usage: "+cmd.UseLine(), "%s: no --%s", cmd.CommandPath(), need.flag)
				}
			}
			if o.Catalogue, err = a.catalogue(); err != nil {
				return err
			}
			m.Indicator, m.From, m.To = args[0], codebook.SourceID(from), codebook.SourceID(to)
			o.Limits = ingest.DefaultLimits
			p := newProgress(a.stderr, quiet, len(o.Catalogue.Definitions))
			o.Progress = p.step
			found, err := pipeline.Decompose(o, r, m)
			p.end()
			if err != nil {
				return err
			}
			notices, err := noticesOn(args[:1], r)
			if err != nil {
				return err
			}
			return a.tellComposition(r, found, notices, format)
		},
	}
	flags := cmd.Flags()
	storeFlag(cmd, &dir, "")
	releaseFlag(cmd, &id, &dir)
	flags.StringVar(&from, "from", "", "earlier `wave`, such as hocs/2001")
	flags.StringVar(&to, "to", "", "later `wave`")
	for _, flag := range []string{"from", "to"} {
		completeBy(cmd, flag, func(cmd *cobra.Command, _ []string, _ string) []string { return sourcesOf(cmd, dir, id) })
	}
	flags.StringVar(&o.Extracts, "extracts", "", "`folder` of the extracts, of the later release")
	flags.StringVar(&earlier, "was-extracts", "", "`folder` of the extracts of the earlier release")
	flags.StringVar(&before, "was-catalogue", "", "`folder` of the catalogue of the earlier release (default the present one, with the definition that the release sealed)")
	for _, flag := range []string{"extracts", "was-extracts", "was-catalogue"} {
		_ = cmd.MarkFlagDirname(flag)
	}
	flags.StringSliceVar(&s.sources, "source", nil, "of two releases: only these `sources`")
	completeBy(cmd, "source", func(cmd *cobra.Command, _ []string, _ string) []string { return sourcesOf(cmd, dir, id) })
	flags.StringSliceVar(&m.By, "by", nil, "`breakdowns`, such as sex,region (default of two waves all of them, and of two releases none)")
	flags.StringVar(&m.Population, "population", "", "`population` (default of two waves the first, and of two releases all)")
	flags.StringVar(&m.Item, "item", "", "which of the indicator's `items`")
	completeBy(cmd, "by", func(cmd *cobra.Command, args []string, _ string) []string {
		breakdowns, _ := dividedBy(cmd, dir, id, args)
		return breakdowns
	})
	completeBy(cmd, "population", func(cmd *cobra.Command, args []string, _ string) []string {
		_, populations := dividedBy(cmd, dir, id, args)
		return populations
	})
	completeBy(cmd, "item", func(cmd *cobra.Command, args []string, _ string) []string {
		_, r, err := openStore(cmd, dir, id)
		if err != nil || len(args) == 0 || r.Labels.Indicator(args[0]) == nil {
			return nil
		}
		return r.Labels.Indicator(args[0]).Items
	})
	flags.BoolVar(&quiet, "quiet", false, "no progress")
	formatFlag(cmd, &format, formCSV, formJSON, formParquet)
	a.catalogueFlag(cmd)
	return cmd
}

// misplaced refuses the first of the flags that is given, which belong to another question.
func misplaced(cmd *cobra.Command, to string, flags ...string) error {
	for _, flag := range flags {
		if cmd.Flags().Lookup(flag).Value.String() != "" {
			return usage("usage: "+cmd.UseLine(), "%s: --%s belongs to %s", cmd.CommandPath(), flag, to)
		}
	}
	return nil
}

// tellComposition writes the parts of a change in a format.
func (a *app) tellComposition(r *publish.Release, found *pipeline.Composition, notices []release.Bearing, format string) error {
	table := rowsOf[release.Component]{release.ComponentColumns, found.Rows}
	switch format {
	case formCSV:
		a.warn(report.NoticeTexts(notices))
		return a.csv(table.csv())
	case formParquet:
		a.warn(report.NoticeTexts(notices))
		data, err := table.parquet(sheet.Pair{Key: "release", Value: r.ID})
		if err != nil {
			return err
		}
		return a.binary(data)
	case formJSON:
		return a.json(struct {
			Release    string            `json:"release"`
			Synthetic  bool              `json:"synthetic"`
			Components []json.RawMessage `json:"components"`
			Withheld   []string          `json:"withheld"` // breakdowns that are not told, and why
			Notices    []bearing         `json:"notices"`
		}{r.ID, r.Manifest.Synthetic, sheet.JSON(found.Rows, release.ComponentColumns), filled(found.Withheld), bearingsJSON(notices)})
	}
	for _, banner := range report.Banners(r.Manifest) {
		a.line("%s\n", banner)
	}
	if err := report.Notices(a.out, notices, a.width); err != nil {
		return err
	}
	return report.Components(a.out, found.Rows, found.Published, found.Withheld, a.width)
}

// nonEmpty is a list of a text, or of none.
func nonEmpty(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// explainReleases says why an indicator's figures moved from one release to another.
func (a *app) explainReleases(store *publish.Store, args []string, w pipeline.Why, before, item string, s selection, format string, quiet bool) error {
	var err error
	if w.From, err = pipeline.Named(store, args[1]); err != nil {
		return err
	}
	if w.To, err = pipeline.Named(store, args[2]); err != nil {
		return err
	}
	if w.Catalogue, err = a.catalogue(); err != nil {
		return err
	}
	if before != "" {
		other := *a
		other.folder = before
		if w.Before, err = other.catalogue(); err != nil {
			return err
		}
	}
	w.Indicator = args[0]
	w.Wanted = func(k indicator.Key) bool {
		return (item == "" || k.Item == item) && len(s.of(release.Content{Figures: []release.Figure{{Key: k}}}).Figures) > 0
	}
	p := newProgress(a.stderr, quiet, 1)
	rows, err := pipeline.Explain(pipeline.Options{Limits: ingest.DefaultLimits, Progress: p.step}, w)
	p.end()
	if err != nil {
		return err
	}
	notices, err := noticesOn(args[:1], w.From, w.To)
	if err != nil {
		return err
	}
	table := rowsOf[release.Attribution]{release.AttributionColumns, rows}
	switch format {
	case formCSV:
		a.warn(report.NoticeTexts(notices))
		return a.csv(table.csv())
	case formParquet:
		a.warn(report.NoticeTexts(notices))
		data, err := table.parquet(sheet.Pair{Key: "from", Value: w.From.ID}, sheet.Pair{Key: "to", Value: w.To.ID})
		if err != nil {
			return err
		}
		return a.binary(data)
	case formJSON:
		return a.json(struct {
			From         string            `json:"from"`
			To           string            `json:"to"`
			Synthetic    bool              `json:"synthetic"`
			Attributions []json.RawMessage `json:"attributions"`
			Notices      []bearing         `json:"notices"`
		}{w.From.ID, w.To.ID, w.To.Manifest.Synthetic, sheet.JSON(rows, release.AttributionColumns), bearingsJSON(notices)})
	}
	for _, banner := range report.Banners(w.To.Manifest) {
		a.line("%s\n", banner)
	}
	if err := report.Notices(a.out, notices, a.width); err != nil {
		return err
	}
	return report.Attributions(a.out, rows, w.From.ID, w.To.ID, a.width)
}
