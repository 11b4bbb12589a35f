package main

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report"
)

func (a *app) explain() *cobra.Command {
	var dir, id, format, from, to string
	var quiet bool
	var m pipeline.Mix
	var o pipeline.Options
	cmd := &cobra.Command{
		Use:   "explain INDICATOR --from SOURCE --to SOURCE --extracts DIR --store DIR",
		Short: "Say of a change how much is composition and how much is within categories",
		Long: `Divides the change of an indicator's figure between two waves by a breakdown: what
the figures within its categories changed, and what their shares of the base did, each
with its design-based standard error and interval. Within is the sum over categories of
their mean share times the change of their figure, between that of their mean figure
times the change of their share; they add up to the change (Kitagawa 1955; method 64).

It reads the extracts of both waves, as a release holds no respondents. Without --by
every breakdown of both waves is summed up, and the one by which the mix did most is
shown in full. A breakdown of which the release withholds a category is not told.`,
		Example: `  twc explain influence-local --from hocs/2001 --to hocs/2003 --extracts extracts --store store
  twc explain influence-local --from hocs/2001 --to hocs/2003 --by age-group --extracts extracts --store store --format csv`,
		Args:              arguments(1, 1),
		ValidArgsFunction: firstOf(func(cmd *cobra.Command, _ []string, _ string) []string { return indicatorsOf(cmd, dir, id) }),
		RunE: func(cmd *cobra.Command, args []string) error {
			_, r, err := openStore(cmd, dir, id)
			if err != nil {
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
			return a.tellComposition(r, found, format)
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
	flags.StringVar(&o.Extracts, "extracts", "", "`folder` of the extracts")
	_ = cmd.MarkFlagDirname("extracts")
	flags.StringSliceVar(&m.By, "by", nil, "`breakdowns` to divide by, such as sex,region (default all)")
	flags.StringVar(&m.Population, "population", "", "`population` (default the first)")
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

// tellComposition writes the parts of a change in a format.
func (a *app) tellComposition(r *publish.Release, found *pipeline.Composition, format string) error {
	table := rowsOf[release.Component]{release.ComponentColumns, found.Rows}
	switch format {
	case formCSV:
		return a.csv(table.csv())
	case formParquet:
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
		}{r.ID, r.Manifest.Synthetic, sheet.JSON(found.Rows, release.ComponentColumns), filled(found.Withheld)})
	}
	for _, banner := range report.Banners(r.Manifest) {
		a.line("%s\n", banner)
	}
	return report.Components(a.out, found.Rows, found.Published, found.Withheld, a.width)
}
