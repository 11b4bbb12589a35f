package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/report"
)

func (a *app) check() *cobra.Command {
	var quiet bool
	cmd := &cobra.Command{
		Use:   "check EXTRACTS",
		Short: "Say everything that a run would refuse in the extracts",
		Long: `Reads every extract and holds it against its crosswalk. Every problem is
reported, all at once; if there is none, the sources that were found. Nothing is
estimated and nothing is written.`,
		Example: `  twc check extracts
  twc check extracts --catalogue indicators`,
		Args: arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.catalogue()
			if err != nil {
				return err
			}
			p := newProgress(a.stderr, quiet, 0)
			outcome, err := pipeline.Check(pipeline.Options{Catalogue: c, Extracts: args[0], Progress: p.step})
			p.end()
			if err != nil {
				return err
			}
			fmt.Fprintf(a.out, "%s, nothing to refuse\n\n", report.Plural(len(outcome.Sources), "source"))
			if err := report.Sources(a.out, outcome.Sources, a.width()); err != nil || !cautions(outcome.Sources) {
				return err
			}
			fmt.Fprintln(a.out, "\nBefore figures are used")
			return report.Caution(a.out, outcome.Sources, outcome.Labels, a.width())
		},
	}
	cmd.Flags().BoolVar(&quiet, "quiet", false, "no progress")
	a.catalogueFlag(cmd.Flags())
	return cmd
}
