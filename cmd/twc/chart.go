package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/disk"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
	"togetherwecan/pipeline/report/chart"
)

func (a *app) chart() *cobra.Command {
	var dir, id, by, kind, item, population string
	var force bool
	cmd := &cobra.Command{
		Use:   "chart INDICATOR OUT.svg --store DIR",
		Short: "Draw an indicator's figures with their intervals",
		Long: `Writes a drawing of an indicator's figures as SVG: without --by those of everybody
over time, or of several items beside each other where no item is named; with --by the
categories at the latest source that has them, ordered by their figures unless they
have an order of their own. Of many areas it is a caterpillar, and where the release
has the limits of chance a funnel, too: --kind says which.

The drawing has no script, all its text is horizontal, nothing is told by colour alone,
and it follows a reader's dark mode. What it shows is in the table of twc show.`,
		Example: `  twc chart influence-local influence.svg --store store
  twc chart influence-local regions.svg --store store --by region
  twc chart first-time-entrants funnel.svg --store store --by region --kind funnel`,
		Args:              arguments(2, 2),
		ValidArgsFunction: firstOf(func(cmd *cobra.Command, _ []string, _ string) []string { return indicatorsOf(cmd, dir, id) }),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch info, err := os.Lstat(args[1]); {
			case err == nil && info.IsDir():
				return usage("usage: "+cmd.UseLine(), "%s is a folder, want a file", args[1])
			case !force && !errors.Is(err, fs.ErrNotExist):
				return usage("--force writes over it", "%s is there already", args[1])
			}
			if end := filepath.Ext(args[1]); end != "" && !strings.EqualFold(end, ".svg") {
				return usage("usage: "+cmd.UseLine(), "%s: what is written is SVG, want a name that ends in .svg", args[1])
			}
			_, r, err := openStore(cmd, dir, id)
			if err != nil {
				return err
			}
			if err := outside(dir, args[1]); err != nil {
				return err
			}
			page, err := pageOf(r, args[0])
			if err != nil {
				return err
			}
			s := selection{by: []string{codebook.All, by}}
			if population != "" {
				s.populations = []string{population}
			}
			words := page.Labels.Indicator(page.Entry.ID)
			if err := s.check(page.Content.Figures, words.BreakdownCodes()); err != nil {
				return err
			}
			if item != "" && len(words.Items) < 2 {
				return usage("leave out --item", "--item: %s has no items", args[0])
			}
			if item != "" && !slices.Contains(words.Items, item) {
				return usage("--item can be "+strings.Join(words.Items, ", "), "--item: no figure of %q%s", item, refusal.Nearest(item, words.Items))
			}
			page.Content = s.of(page.Content)
			plots := page.Plots(by, item)
			at := slices.IndexFunc(plots, func(p *chart.Plot) bool { return kind == "" || string(p.Kind) == kind })
			if at < 0 {
				return noPlot(page, selection{by: []string{by}}, kind, plots)
			}
			if err := disk.WriteFile(args[1], chart.File(plots[at]), 0o644); err != nil {
				return refusal.Problems{{Kind: refusal.Disk, Where: args[1], What: refusal.Reason(err).Error()}}
			}
			a.warn(plots[at].Notices)
			return nil
		},
	}
	flags := cmd.Flags()
	storeFlag(cmd, &dir, "")
	releaseFlag(cmd, &id, &dir)
	flags.StringVar(&by, "by", codebook.All, "`breakdown`, such as region")
	flags.StringVar(&item, "item", "", "one of the indicator's `items`")
	flags.StringVar(&population, "population", "", "only this `population` (default the first that the latest source has)")
	flags.StringVar(&kind, "kind", "", "`kind` of plot: time, breakdown, caterpillar or funnel")
	flags.BoolVar(&force, "force", false, "write over a file that is there")
	var kinds []string
	for _, k := range chart.Kinds {
		kinds = append(kinds, string(k))
	}
	complete(cmd, "kind", kinds)
	completeBy(cmd, "by", func(cmd *cobra.Command, args []string, _ string) []string {
		breakdowns, _ := dividedBy(cmd, dir, id, args)
		return breakdowns
	})
	completeBy(cmd, "population", func(cmd *cobra.Command, args []string, _ string) []string {
		_, populations := dividedBy(cmd, dir, id, args)
		return populations
	})
	completeBy(cmd, "item", func(cmd *cobra.Command, args []string, _ string) []string {
		if _, r, err := openStore(cmd, dir, id); err == nil && len(args) > 0 && r.Labels.Indicator(args[0]) != nil {
			return r.Labels.Indicator(args[0]).Items
		}
		return nil
	})
	return cmd
}

// noPlot says that there is no plot of a selection, or none of a kind, which ones there
// are, and what else it can be divided by.
func noPlot(page report.Page, s selection, kind string, plots []*chart.Plot) error {
	var kinds []string
	for _, p := range plots {
		if k := string(p.Kind); !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	what := "nothing to plot"
	if kind != "" {
		what = "no plot of kind " + kind
	}
	divided := slices.DeleteFunc(slices.Clone(s.by), func(b string) bool { return b == codebook.All })
	if len(divided) > 0 {
		what += " by " + strings.Join(divided, ", ")
	}
	switch {
	case len(kinds) > 0:
		what += " (there is: " + strings.Join(kinds, ", ") + ")"
	case len(divided) == 0:
		what += " without --by: it takes two figures over time"
	}
	others := slices.DeleteFunc(slices.Clone(page.Labels.Indicator(page.Entry.ID).BreakdownCodes()), func(b string) bool {
		return b == codebook.All || slices.Contains(divided, b)
	})
	hint := "twc show " + page.Entry.ID + " has it as a table"
	if len(others) > 0 {
		hint = "--by can be " + strings.Join(others, ", ") + "; " + hint
	}
	return usage(hint, "%s has %s", page.Entry.ID, what)
}

// pageOf is all that a page shows of an indicator of a release.
func pageOf(r *publish.Release, id string) (report.Page, error) {
	entry := r.Manifest.Indicator(id)
	if entry == nil {
		return report.Page{}, noIndicator(r, id)
	}
	content, err := r.Content(id)
	if err != nil {
		return report.Page{}, err
	}
	notices, err := r.Bearings()
	if err != nil {
		return report.Page{}, err
	}
	return report.Page{
		Release: r.ID, Folder: r.Folder(id), Entry: *entry, Synthetic: r.Manifest.Synthetic, Without: r.Manifest.Disclosure.Without(),
		Content: content, Notices: release.On(notices, id, content), Labels: r.Labels,
	}, nil
}

// plots draws the figures of a page as text.
func (a *app) plots(page report.Page, s selection) error {
	if err := report.Notices(a.out, page.Notices, a.width); err != nil {
		return err
	}
	var plots []*chart.Plot
	for _, breakdown := range page.Labels.Indicator(page.Entry.ID).BreakdownCodes() {
		for _, p := range page.Plots(breakdown, "") {
			if p.Kind != chart.Funnel { // whose limits a page of letters is too coarse for
				plots = append(plots, p)
			}
		}
	}
	if len(plots) == 0 {
		return noPlot(page, s, "", nil)
	}
	return report.Plotted(a.out, plots, a.width)
}
