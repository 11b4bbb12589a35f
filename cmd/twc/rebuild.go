package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/report"
)

func (a *app) rebuild() *cobra.Command {
	var o pipeline.Options
	var key, format string
	var quiet bool
	cmd := &cobra.Command{
		Use:   "rebuild RELEASE --store DIR --extracts DIR",
		Short: "Make a release again from its inputs, and compare every byte",
		Long: `Makes a release again of the extracts and returns that it was made of, by the
definitions, the policy and the reason that it records, to follow the release before
it, and compares every file with it, byte for byte; also what is not published, where
that is there. Nothing is written into the store. Ends with 0 where every byte is the
same, and with 5 where one is not, with the files and the figures.

Extracts and catalogue have to be those of that time. They are known by the digests in
the release: those of extracts by the store's key, which --key gives where the store
was handed out without it. What is not as recorded is told before anything is computed,
all of it, with exit status 1. Extracts that the release was not made of are left alone.

Where another version of this program made the release, that is told, and the same is
wanted of what every indicator says: its figures, changes and words. Its pages in words
may differ.`,
		Example: `  twc rebuild 2003-11-20.1 --store store --extracts extracts
  twc rebuild 2003-11-20.1 --store copy --extracts extracts --key restricted/key --catalogue indicators-of-2003`,
		Args: arguments(1, 1),
		ValidArgsFunction: firstOf(func(cmd *cobra.Command, _ []string, _ string) []string {
			return releaseIDs(cmd, o.Store)
		}),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.Extracts == "" {
				return usage("usage: "+cmd.UseLine(), "%s: no --extracts, the folder of the files that the release was made of", cmd.CommandPath())
			}
			if _, _, err := openStore(cmd, o.Store, args[0]); err != nil {
				return err
			}
			var err error
			if o.Key, err = keyOf(key); err != nil {
				return err
			}
			if o.Catalogue, err = a.catalogue(); err != nil {
				return err
			}
			p := newProgress(a.stderr, quiet, len(o.Catalogue.Definitions))
			o.Progress = p.step
			made, err := pipeline.Rebuild(o, args[0])
			p.end()
			if err != nil {
				return err
			}
			a.caution(made)
			if err := made.Err(); err != nil {
				return err
			}
			if format == formJSON {
				return a.json(map[string]any{
					"release": made.Release, "read": made.Sources, "carried": made.Carried, "files": made.Files,
					"same_bytes": made.Same(), "same_content": true, "differ": append([]string{}, made.Differ...), "code": maybe(made.Code),
				})
			}
			of := report.Plural(made.Sources, "source")
			if made.Carried > 0 {
				of += fmt.Sprintf(", and %s of the release before", report.Plural(made.Carried, "source"))
			}
			if made.Same() {
				a.line("Release %s, made again of %s: every byte of %s is the same", made.Release, of, report.Plural(made.Files, "file"))
				return nil
			}
			a.line("Release %s, made again of %s: every figure, change and word is the same", made.Release, of)
			a.paragraph("Not the same bytes: ", strings.Join(made.Differ, "; "))
			return nil
		},
	}
	flags := cmd.Flags()
	storeFlag(cmd, &o.Store, "")
	flags.StringVar(&o.Extracts, "extracts", "", "`folder` of the extracts and returns that the release was made of")
	_ = cmd.MarkFlagDirname("extracts")
	flags.StringVar(&key, "key", "", "`file` of the key of the store's digests, where the store has none")
	flags.StringVar(&o.Pattern, "pattern", "", "`folder` of the release of another store that the first one of this store was made after")
	_ = cmd.MarkFlagDirname("pattern")
	flags.BoolVar(&quiet, "quiet", false, "no progress")
	formatFlag(cmd, &format, formJSON)
	a.catalogueFlag(cmd)
	return cmd
}

// caution tells beside the outcome what was otherwise than when the release was made.
func (a *app) caution(made *pipeline.Rebuilt) {
	if made.Code != "" {
		fmt.Fprintf(a.stderr, "twc: notice: another version of this program made the release: its code is %s there, and %s here\n", made.Code, pipeline.Code())
	}
	if made.Lost != "" {
		fmt.Fprintf(a.stderr, "twc: notice: what %s does not publish is not there: changes from it are made of what it publishes\n", made.Lost)
	}
}
