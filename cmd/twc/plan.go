package main

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report"
)

func (a *app) plan() *cobra.Command {
	var dir, id, day, format, department string
	cmd := &cobra.Command{
		Use:   "plan --store DIR",
		Short: "Show the plan on a page: where every measure stands",
		Long: `Shows the action plan's measures strand by strand: each with the latest figure of
its indicators or with its evidence, how that changed since the source before and
since the baseline, where it stands against its target, when the next is due, and
what is missing and why.

What is due or overdue is told as of a day, and what is missing by the catalogue;
the rest is what the release says.`,
		Example: `  twc plan --store store
  twc plan --store store --on 2005-12-01
  twc plan --store store --department DCA
  twc plan --store store --format csv`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			day, err := on(day)
			if err != nil {
				return err
			}
			_, r, err := openStore(cmd, dir, id)
			if err != nil {
				return err
			}
			c, register, department, err := a.withPlan(department)
			if err != nil {
				return err
			}
			contents, err := r.Contents()
			if err != nil {
				return err
			}
			notices, err := r.Bearings()
			if err != nil {
				return err
			}
			p := report.Progress{Register: register, Catalogue: c, Release: r.ID, Manifest: r.Manifest, Labels: r.Labels, Contents: contents, Notices: notices, Day: day, Lead: department}
			rows := p.Rows()
			switch format {
			case formCSV:
				a.warn(report.NoticeTexts(p.Told(rows)))
				err = a.csv(sheet.CSV(rows, report.PlanColumns))
			case formJSON:
				err = a.json(struct {
					Release   string            `json:"release"`
					Synthetic bool              `json:"synthetic"`
					Notices   []bearing         `json:"notices"`
					Day       string            `json:"day"`
					Measures  []json.RawMessage `json:"measures"`
				}{r.ID, r.Manifest.Synthetic, bearingsJSON(p.Told(rows)), day, sheet.JSON(rows, report.PlanColumns)})
			default:
				err = report.Plan(a.out, p, a.width)
			}
			return err
		},
	}
	flags := cmd.Flags()
	storeFlag(cmd, &dir, "")
	releaseFlag(cmd, &id, &dir)
	formatFlag(cmd, &format, formCSV, formJSON)
	flags.StringVar(&department, "department", "", "only the measures that `name` leads, such as HO or DfES")
	completeBy(cmd, "department", departments)
	dayFlag(cmd, &day)
	a.catalogueFlag(cmd)
	return cmd
}
