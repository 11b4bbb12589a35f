package main

import (
	"github.com/spf13/cobra"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/report"
)

func (a *app) audit() *cobra.Command {
	var dir, id, format string
	cmd := &cobra.Command{
		Use:   "audit --store DIR",
		Short: "Try to have what a release withholds",
		Long: `Plays an attacker who holds the public files of a release and of those before it,
and nothing else: whatever adds up is subtracted, categories from the whole, areas
from regions, England from England and Wales, a release from the one before. Lists
each number of respondents that is withheld, or confidential, and can be had within
fewer than the release's policy wants, and ends with 3 where there is one.

What is on the sides of shares is audited where a release is made, with the counts
themselves: what that found is in the release and is shown, too.`,
		Example: `  twc audit --store store
  twc audit --store store --release 2003-12-01.1 --format json`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			store, r, err := openStore(cmd, dir, id)
			if err != nil {
				return err
			}
			c, err := a.catalogue()
			if err != nil {
				return err
			}
			found, err := pipeline.Audit(c, store, r)
			if err != nil {
				return err
			}
			notices, err := r.Bearings()
			if err != nil {
				return err
			}
			policy, made := r.Manifest.Disclosure, r.Manifest.Audit
			if format == formJSON {
				known := []string{}
				for _, k := range found.Account.Known {
					known = append(known, k.String())
				}
				if err := a.json(map[string]any{
					"release": r.ID, "policy": policy.Name, "known": known, "narrowest": found.Account.Narrowest, "earlier_releases": found.Earlier, "audit": made, "notices": bearingsJSON(notices),
				}); err != nil {
					return err
				}
				return found.Err()
			}
			a.line("Release %s, policy %s, from its public files and those of %s before it", r.ID, policy.Name, report.Plural(found.Earlier, "release"))
			for _, b := range notices {
				a.paragraph(report.NoticeMark(b), report.NoticeWords(b))
			}
			if policy.Without() {
				a.line("nothing is withheld")
				return nil
			}
			if err := found.Err(); err != nil {
				return err
			}
			a.line("no base that is withheld or confidential can be had")
			if n := found.Account.Narrowest; n >= 0 {
				a.line("the one that is known best is known within %s", report.Plural(int(n), "respondent"))
			}
			a.line("as it was made: of %s %s without a value and %s without a base; %s can be had exactly",
				report.Plural(made.Figures, "figure"), report.Count(int64(made.Withheld)), report.Count(int64(made.Bases)), report.Plural(made.Exact, "confidential count"))
			return nil
		},
	}
	storeFlag(cmd, &dir, "")
	releaseFlag(cmd, &id, &dir)
	a.catalogueFlag(cmd)
	formatFlag(cmd, &format, formJSON)
	return cmd
}
