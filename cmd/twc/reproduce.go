package main

import (
	"encoding/json"
	"sync"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/ledger"
	"togetherwecan/pipeline/plan"
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
	var dir, id, format string
	cmd := &cobra.Command{
		Use:   "reproduce --store DIR",
		Short: "Say of each published figure whether the release reproduces it",
		Long: `Holds every figure that others published, of which twc list published has the
sources, against a release: to the digits printed, or why not. Each is one of:
reproduced; reproduced but for rounding (ours is at a half, or is rounded twice, or
shows too few digits to tell); differs; made up (ours is of synthetic extracts);
quoted (the return has the number itself); not computed, and why; a target.

It is judged on figures with every digit where the store has its restricted folder, and
on what the release shows otherwise: then only what every number that rounds to ours
rounds to is reproduced. A value is rounded once, halves away from zero. The
difference is in units of the last digit printed, and in standard errors of ours.`,
		Example: `  twc reproduce --store store
  twc reproduce --store store --format csv`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, r, err := openStore(cmd, dir, id)
			if err != nil {
				return err
			}
			c, err := a.catalogue()
			if err != nil {
				return err
			}
			printed, err := printedFigures()
			if err != nil {
				return err
			}
			l, err := printed.Reproduce(r, c)
			if err != nil {
				return err
			}
			switch format {
			case formCSV:
				return a.csv(sheet.CSV(l.Rows, ledger.Columns))
			case formJSON:
				t := l.Totals()
				return a.json(struct {
					Release   string                `json:"release"`
					Synthetic bool                  `json:"synthetic"`
					All       int                   `json:"all"`
					Agree     int                   `json:"agree"`
					Differ    int                   `json:"differ"`
					Untold    int                   `json:"untold"`
					Statuses  map[ledger.Status]int `json:"statuses"`
					Figures   []json.RawMessage     `json:"figures"`
				}{r.ID, r.Manifest.Synthetic, t.All, t.Agree, t.Differ, t.Untold, t.By, sheet.JSON(l.Rows, ledger.Columns)})
			}
			for _, banner := range report.Banners(r.Manifest) {
				a.line("%s\n", banner)
			}
			return report.Ledger(a.out, l, "release "+r.ID, a.width)
		},
	}
	storeFlag(cmd, &dir, "")
	releaseFlag(cmd, &id, &dir)
	formatFlag(cmd, &format, formCSV, formJSON)
	a.catalogueFlag(cmd)
	return cmd
}
