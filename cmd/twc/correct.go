package main

import (
	"github.com/spf13/cobra"

	"togetherwecan/pipeline/release"
)

func (a *app) correct() *cobra.Command {
	n := announcement{notice: release.Notice{Kind: release.Correction}}
	cmd := &cobra.Command{
		Use:   "correct --store DIR",
		Short: "Give notice that published figures are wrong",
		Long: `Adds a notice to a store: which figures are wrong, from which release on, how badly
and why, and which release has them right, if there is one yet. Nothing that was
published is changed: the old releases stay, and everything that shows or lists them
says so. The notice holds until another one says which release has the figures right:
correct --notice N --corrected-by RELEASE, of a withdrawal, too.

An error is substantial where what was concluded from the figures no longer holds, or
has to be qualified: a verdict on a change turns, or a figure leaves its interval.

Notices are only ever added. Each vouches for the one before it and for the releases
of its time, and the next release for it. One that was wrong is taken back by twc
withdraw --notice.`,
		Example: `  twc correct --indicator influence-local --since 2005-11-20.1 --extent minor --reason "rounded wrongly"
  twc correct --indicator all --source hocs/2003 --since 2005-11-20.1 --extent substantial --reason "weights were wrong"
  twc correct --notice 1 --corrected-by 2006-02-01.1 --reason "made of the corrected file"`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			hint := "usage: " + cmd.UseLine()
			switch {
			case n.notice.Ends > 0 && n.correctedBy == "":
				return usage(hint+"; twc withdraw --notice takes a notice back", "no --corrected-by: which release has the figures of notice %d right?", n.notice.Ends)
			case n.notice.Ends == 0 && n.notice.Extent == "":
				return usage(hint, "no --extent: is the error minor, or substantial?")
			}
			return a.announce(cmd, &n)
		},
	}
	n.flags(cmd)
	cmd.Flags().StringVar(&n.correctedBy, "corrected-by", "", "`id` of the first release that has the figures right")
	completeBy(cmd, "corrected-by", func(cmd *cobra.Command, _ []string, _ string) []string { return releaseIDs(cmd, n.dir) })
	cmd.Flags().Var(&choice{&n.notice.Extent, release.Extents}, "extent", "of the error, by `name`: "+either(release.Extents))
	complete(cmd, "extent", release.Extents)
	return cmd
}
