package main

import (
	"github.com/spf13/cobra"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
)

const formBibTeX = "bibtex"

func (a *app) cite() *cobra.Command {
	var dir, id, format string
	cmd := &cobra.Command{
		Use:   "cite [RELEASE|INDICATOR] --store DIR",
		Short: "Say how a release, or an indicator of one, is cited",
		Long: `Writes how figures are cited, as text, as an entry of BibTeX, or (json) as a list of
one item of CSL-JSON, which programs for references read: what they are, the release
with the digest by which it is known again (SHA-256 of its release.json), and the
surveys and returns that they were made from, and by which notices they are wrong or
withdrawn. Without an argument it is the current
release; an indicator is cited with its version.`,
		Example: `  twc cite --store store
  twc cite influence-local --store store --format bibtex
  twc cite previous --store store --format json`,
		Args: arguments(0, 1),
		ValidArgsFunction: firstOf(func(cmd *cobra.Command, _ []string, _ string) []string {
			return append(releasesOf(cmd, dir), indicatorsOf(cmd, dir, id)...)
		}),
		RunE: func(cmd *cobra.Command, args []string) error {
			store, r, err := openStore(cmd, dir, id)
			if err != nil {
				return err
			}
			c, notices, err := cited(store, r, args)
			if err != nil {
				return err
			}
			a.warn(report.NoticeTexts(notices))
			switch format {
			case formBibTeX:
				return a.out.exactly(report.Escape([]byte(c.BibTeX())))
			case formJSON:
				return a.json([]report.CSLItem{c.CSL()})
			}
			return a.csv(report.Escape([]byte(c.Text() + "\n"))) // in one line, to be copied
		},
	}
	storeFlag(cmd, &dir, "")
	releaseFlag(cmd, &id, &dir)
	formatFlag(cmd, &format, formBibTeX, formJSON)
	return cmd
}

// cited is the citation of what is named, an indicator of a release, another release, or
// the release, and the notices that bear on it.
func cited(store *publish.Store, r *publish.Release, args []string) (report.Citation, []release.Bearing, error) {
	var entry *release.Indicator
	if len(args) > 0 {
		if entry = r.Manifest.Indicator(args[0]); entry == nil {
			named, err := pipeline.Named(store, args[0])
			if err != nil {
				return report.Citation{}, nil, noIndicator(r, args[0])
			}
			r = named
		}
	}
	notices, err := r.Bearings()
	if err == nil && entry != nil {
		var content release.Content
		if content, err = r.Content(entry.ID); err == nil {
			notices = release.On(notices, entry.ID, content)
		}
	}
	return report.NewCitation(r.ID, r.Digest, r.Manifest, r.Labels, entry, notices), notices, err
}
