package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"togetherwecan/indicators"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/report"
	"togetherwecan/seeds"
)

// run is the command with its arguments; it returns the exit status.
func run(args []string, stdout, stderr io.Writer) int {
	out, told := &output{to: stdout}, &output{to: stderr}
	a := &app{out: out, stderr: told, width: out.pageWidth()}
	root := a.root()
	root.SetArgs(args)
	err := root.Execute()
	if a.out.err != nil {
		err = refusal.Problems{{Kind: refusal.Disk, Where: "standard output", What: refusal.Reason(a.out.err).Error()}}
	}
	return tell(told, refusal.Of(err, refusal.Usage))
}

// tell prints problems with what to do about them, each piece of advice once,
// and returns the exit status of the gravest. The order of the kinds is that
// of their gravity.
func tell(stderr io.Writer, ps refusal.Problems) int {
	const most = 100 // of a file: more are of one cause
	status := 0
	hints := map[string]bool{}
	ps = ps.First(most)
	for i, p := range ps {
		status = max(status, int(p.Kind))
		p.Where = report.Line(p.Where)
		what := strings.ReplaceAll(p.Error(), "\n", "\n\t")
		fmt.Fprintf(stderr, "twc: error: %s\n", what)
		last := i == len(ps)-1 || ps[i+1].Hint != p.Hint
		if p.Hint != "" && last && !hints[p.Hint] {
			hints[p.Hint] = true
			fmt.Fprintf(stderr, "twc: hint: %s\n", strings.ReplaceAll(p.Hint, "\n", "\n\t"))
		}
	}
	return status
}

// An app is what the subcommands share.
type app struct {
	out    *output
	stderr *output
	width  int    // of a page, in characters
	folder string // of the catalogue, "" for the one built in

	document *report.Document // that a page is written to instead; nil is none
	words    *answerWords     // of an answer's variables and categories
	digits   *int             // decimals that are asked for of an answer's numbers; nil is none
	shown    []string         // columns that are chosen of an answer's tables; nil is all
}

// catalogue loads the catalogue that --catalogue names, or the one built in, and
// holds the measures and departments that it names against the plan's.
func (a *app) catalogue() (*indicator.Catalogue, error) {
	c, _, _, err := a.withPlan("")
	return c, err
}

// builtIn is the catalogue that the program is built with, builtInCrosswalks what
// of it is asked for alone, and register the plan's: each is read once, when it is
// first asked for.
var (
	builtIn           = sync.OnceValues(func() (*indicator.Catalogue, error) { return indicator.LoadCatalogue(indicators.Files) })
	builtInCrosswalks = sync.OnceValues(func() ([]*codebook.Crosswalk, error) { return indicator.LoadCrosswalks(indicators.Files) })
	register          = sync.OnceValues(func() (*plan.Register, error) { return plan.Load(seeds.Files) })
)

// withPlan loads the catalogue and the plan, and finds a department as the plan writes
// it, "" for none.
func (a *app) withPlan(department string) (*indicator.Catalogue, *plan.Register, string, error) {
	c, err := a.load()
	if err != nil {
		return nil, nil, "", err
	}
	register, err := register()
	if err == nil {
		err = c.CheckPlan(register).Err()
	}
	if err == nil {
		department, err = lead(register, department)
	}
	return c, register, department, err
}

// load reads the catalogue of --catalogue. The one built in is a copy, of which
// another policy can be in force.
func (a *app) load() (*indicator.Catalogue, error) {
	if a.folder == "" {
		c, err := builtIn()
		if err != nil {
			return nil, err
		}
		own := *c
		return &own, nil
	}
	info, err := os.Stat(a.folder)
	what := "no such folder"
	if err == nil && !info.IsDir() {
		what = refusal.FileKind(info.Mode()) + ", want a folder"
	}
	if err != nil || !info.IsDir() {
		return nil, refusal.Problems{{Kind: refusal.Usage, Where: "--catalogue " + a.folder, What: what, Hint: "a catalogue is laid out as indicators/ is: codebook.yaml, disclosure.yaml, crosswalks/ and definitions/"}}
	}
	root, err := os.OpenRoot(a.folder) // out of which no link leads
	if err != nil {
		return nil, refusal.Problems{{Kind: refusal.Usage, Where: "--catalogue " + a.folder, What: fmt.Sprintf("cannot be read: %v", refusal.Reason(err))}}
	}
	defer root.Close()
	return indicator.LoadFolder(root.FS(), a.folder)
}

func (a *app) catalogueFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.folder, "catalogue", "", "`folder` of another catalogue than the one built in")
	_ = cmd.MarkFlagDirname("catalogue")
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "twc",
		Short: "Survey extracts to a release of indicators",
		Long: `twc turns survey extracts into a sealed, versioned release of the action
plan's indicators, with the error of every figure and every change.

Extracts lie in folders named after their survey and wave, such as
hocs/2001/ and bcs/2007-08-teaching/; "twc list waves" shows all of them.`,
		Example: `  twc seed extracts                              # made-up extracts to try it on
  twc run extracts --store store                 # publish a release
  twc show influence-local --store store --by sex
  twc plan --store store                         # where every measure stands
  twc verify --store store`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			var names []string
			for _, c := range cmd.Commands() {
				if c.IsAvailableCommand() {
					names = append(names, c.Name())
				}
			}
			return usage("twc help lists the commands", "no command %q%s", args[0], refusal.Nearest(args[0], names))
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetOut(a.out)
	root.SetErr(a.stderr)
	root.SetVersionTemplate("twc {{.Version}}\nTo cite the program: " + report.Author + ", twc, version as above [computer program]. To cite figures: twc cite --store DIR\n")
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(a.run(), a.check(), a.describe(), a.estimate(), a.tally(), a.convert(), a.list(), a.plan(), a.show(), a.diff(), a.explain(), a.verify(), a.sign(), a.key(), a.audit(), a.seed(), a.template())
	root.AddCommand(a.correct(), a.withdraw(), a.rebuild(), a.chart(), a.pull(), a.site(), a.serve(), a.reproduce(), a.cite())
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages", fmt.Sprintf(".FlagUsagesWrapped %d", a.width)))
	ours, help := root.Commands(), root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		if slices.Contains(ours, cmd) {
			cmd.Long = a.filled(cmd.Long)
		}
		help(cmd, args)
	})
	root.InitDefaultHelpCmd()
	for _, c := range root.Commands() {
		if c.Name() == "help" {
			c.Example, c.Run, c.RunE = "  twc help estimate", nil, func(_ *cobra.Command, args []string) error { return helpOf(root, args) }
		}
	}
	return root
}

// filled is text filled to the page's width, paragraph by paragraph: lines that are set in
// stay lines, and what is too long of one goes on below it, set in further.
func (a *app) filled(text string) string {
	var paragraphs []string
	for words := range strings.SplitSeq(text, "\n\n") {
		if !strings.HasPrefix(words, "  ") {
			paragraphs = append(paragraphs, report.Fill(words, min(a.width, report.Width)))
			continue
		}
		var lines []string
		for line := range strings.SplitSeq(words, "\n") {
			if len(line) > a.width {
				line = "  " + strings.ReplaceAll(report.Fill(line[2:], a.width-6), "\n", "\n      ")
			}
			lines = append(lines, line)
		}
		paragraphs = append(paragraphs, strings.Join(lines, "\n"))
	}
	return strings.Join(paragraphs, "\n\n")
}

// helpOf shows the help of a command.
func helpOf(root *cobra.Command, args []string) error {
	found, rest, err := root.Find(args)
	if err == nil && len(rest) == 0 {
		return found.Help()
	}
	return root.Args(root, args)
}

// usage is the error of a command that was called wrongly.
func usage(hint, format string, args ...any) error {
	return refusal.Problems{{Kind: refusal.Usage, What: fmt.Sprintf(format, args...), Hint: hint}}
}

// arguments wants between least and most of them, as the usage line names.
func arguments(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		hint := "usage: " + cmd.UseLine()
		switch {
		case len(args) < least:
			return usage(hint, "%s: too few arguments", cmd.CommandPath())
		case most >= 0 && len(args) > most:
			return usage(hint, "%s: %q is one argument too many", cmd.CommandPath(), args[most])
		}
		return nil
	}
}

// needStore refuses a command without its store.
func needStore(cmd *cobra.Command, store string) error {
	if store == "" {
		return usage("usage: "+cmd.UseLine()+"; "+storeVariable+" may name the store", "%s: no --store, the folder of releases", cmd.CommandPath())
	}
	return nil
}
