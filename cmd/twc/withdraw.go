package main

import (
	"github.com/spf13/cobra"

	"togetherwecan/pipeline/release"
)

func (a *app) withdraw() *cobra.Command {
	n := announcement{notice: release.Notice{Kind: release.Withdrawal}}
	cmd := &cobra.Command{
		Use:   "withdraw --store DIR",
		Short: "Give notice that published figures are not to be used, or take a notice back",
		Long: `Adds a notice to a store: which figures are withdrawn, from which release on, and
why. Nothing that was published is changed or taken away, so that whoever used the
figures finds them, and the notice above them; the releases after it have them, and
the notice, too. It holds until twc correct --notice N --corrected-by RELEASE says
which release has them right.

With --notice it takes back a notice that should not have been given: of a correction
that ended another one, so that the other holds again. What takes a notice back is not
taken back itself.`,
		Example: `  twc withdraw --indicator influence-local --since 2005-11-20.1 --reason "asked of another base"
  twc withdraw --notice 2 --reason "the figures were right"`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.announce(cmd, &n) },
	}
	n.flags(cmd)
	return cmd
}
