package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/report"
	"togetherwecan/pipeline/series"
)

func (a *app) template() *cobra.Command {
	var period string
	cmd := &cobra.Command{
		Use:   "template SERIES OUT.csv|OUT.xlsx",
		Short: "Write the form that a body fills in for a return",
		Long: `Writes the form of a series of returns: its columns, and a row for each area and
category that the period has. A workbook has lists to choose from and a sheet of
notes beside. Filled in, it is a return: extracts/returns/SERIES/PERIOD.xlsx.
A file that is there already is not overwritten.`,
		Example: `  twc template parish-clerks clerks-2006.xlsx --period 2006
  twc template first-time-entrants entrants.csv`,
		Args: arguments(2, 2),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			c := a.forCompletion()
			switch {
			case len(args) == 1:
				return nil, cobra.ShellCompDirectiveDefault // a file
			case len(args) > 1 || c == nil:
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var ids []string
			for _, s := range c.Series {
				ids = append(ids, s.ID)
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.catalogue()
			if err != nil {
				return err
			}
			i := slices.IndexFunc(c.Series, func(s *series.Series) bool { return s.ID == args[0] })
			if i < 0 {
				var ids []string
				for _, s := range c.Series {
					ids = append(ids, s.ID)
				}
				return usage("twc list series shows them", "no series %q in the catalogue%s", args[0], refusal.Nearest(args[0], ids))
			}
			s, out := c.Series[i], args[1]
			if period != "" {
				if _, err := s.Frequency.Period(period); err != nil {
					return usage("usage: "+cmd.UseLine(), "--period %v", err)
				}
			}
			extension := strings.ToLower(filepath.Ext(out))
			if !slices.Contains(ingest.FormExtensions, extension) {
				return usage("usage: "+cmd.UseLine(), "%s: no form in this format, want %s", out, strings.Join(ingest.FormExtensions, " or "))
			}
			data, err := ingest.Form(s, period, extension)
			if err != nil {
				return err
			}
			if err := writeNew(out, data); err != nil {
				return err
			}
			a.line("%s: the form of %s, %s", out, s.ID, report.Plural(len(s.Columns), "column"))
			name, such := period, ""
			if period == "" {
				name, such = "PERIOD", ", PERIOD such as "+s.Frequency.Example()
			}
			a.line("Filled in, it is the return extracts/%s%s%s", s.Source(name), extension, such)
			return nil
		},
	}
	cmd.Flags().StringVar(&period, "period", "", "`name` of the period, whose areas the form has")
	a.catalogueFlag(cmd)
	return cmd
}

// writeNew writes a file that is not there yet.
func writeNew(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	switch {
	case errors.Is(err, fs.ErrExist):
		return refusal.Problems{{Kind: refusal.Usage, Where: name, What: "is there already, and is not overwritten", Hint: "name another file"}}
	case err == nil:
		_, err = f.Write(data)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return refusal.Problems{{Kind: refusal.Disk, Where: name, What: refusal.Reason(err).Error()}}
	}
	return nil
}
