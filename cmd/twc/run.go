package main

import (
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
)

func (a *app) run() *cobra.Command {
	var o pipeline.Options
	var policy, key, format string
	var quiet, without bool
	var with signing
	cmd := &cobra.Command{
		Use:   "run EXTRACTS --store DIR",
		Short: "Publish a release from the extracts",
		Long: `Reads each wave's extract under EXTRACTS/<survey>/<wave>/ and each return
EXTRACTS/returns/<series>/<period>.csv or .xlsx, brings them to the catalogue, estimates every indicator by every breakdown, withholds what
too few respondents stand behind, and publishes a release in the store.

Waves of the last release that have no extract in this run are carried over
from it. If nothing changes, nothing is published. A run that is refused says
everything that is wrong, and leaves the store as it was.

With --dry-run nothing is published and nothing is written: what would move from the
current release is said as twc diff says it, and a run that would be refused ends as
it would.

One run at a time has a store that has releases, from its beginning: another is
refused at once with exit status 4 or, by --wait, begins when that one has ended.`,
		Example: `  twc run extracts --store store
  twc run extracts --store store --issued 2003-11-20
  twc run extracts --store store --wait 10m
  twc run extracts --store store --sign department.key
  twc run extracts --store store --dry-run
  twc run extracts --store store --reason "weights of 2001 corrected by the archive"`,
		Args:              arguments(1, 1),
		ValidArgsFunction: folder,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := needStore(cmd, o.Store); err != nil {
				return err
			}
			defer collect(35, 140<<20)() // what a run holds is rows, which take long to go over
			var err error
			if o.Issued, err = issued(o.Issued); err != nil {
				return err
			}
			if !o.DryRun && (format == formCSV || format == formParquet) {
				return usage("with --dry-run it is a table of what would move", "--format %s belongs to --dry-run", format)
			}
			if o.DryRun && (with.release != "" || with.log != "") {
				return usage("leave --sign and --log-key out", "--dry-run publishes nothing that could be signed")
			}
			if err := waitable(o.Wait); err != nil {
				return err
			}
			c, err := a.catalogue()
			if err != nil {
				return err
			}
			if err := choosePolicy(c, policy, without); err != nil {
				return err
			}
			if o.Key, err = keyOf(key); err != nil {
				return err
			}
			if o.Keys, err = a.keys(with); err != nil {
				return err
			}
			p := newProgress(a.stderr, quiet, len(c.Definitions))
			o.Catalogue, o.Extracts, o.Progress = c, args[0], uninterrupted(p.step)
			outcome, err := pipeline.Run(o)
			p.end()
			if o.DryRun && outcome != nil { // also of a run that would be refused
				if told := a.rehearsal(outcome, format, err); told != nil {
					return told
				}
				return err
			}
			if err != nil {
				return err
			}
			if format == formJSON {
				return a.outcomeJSON(outcome)
			}
			a.tellOutcome(o.Store, outcome, c.Place)
			return nil
		},
	}
	flags := cmd.Flags()
	storeFlag(cmd, &o.Store, "; made if it is not there")
	flags.StringVar(&o.Issued, "issued", "", "`day` of the release, YYYY-MM-DD (default today)")
	flags.StringVar(&o.Reason, "reason", "", "`words` that say why published figures change")
	flags.StringVar(&o.Pattern, "pattern", "", "`folder` of a release of another store: what it withholds stays withheld in the first of this one")
	_ = cmd.MarkFlagDirname("pattern")
	a.policyFlag(cmd, &policy, "disclosure policy, by its `name` in disclosure.yaml (default the one that it names)")
	flags.BoolVar(&without, "no-disclosure-control", false, "withhold nothing: not to be handed on")
	waitFlag(cmd, &o.Wait)
	with.flags(cmd, "sign")
	flags.StringVar(&key, "key", "", "`file` of the key of a new store's digests (default a new one)")
	flags.BoolVar(&o.DryRun, "dry-run", false, "publish nothing, and say what would move")
	flags.BoolVar(&quiet, "quiet", false, "no progress")
	formatFlag(cmd, &format, formCSV, formJSON, formParquet)
	a.catalogueFlag(cmd)
	return cmd
}

// rehearsal tells what a dry run found, and that it would be refused, where it would.
func (a *app) rehearsal(o *pipeline.Outcome, format string, refused error) error {
	if format == formText {
		switch {
		case refused != nil:
			a.line("This run would be refused. What it would publish:\n")
		case o.Diff.To.ID == "":
			a.line("This run would publish nothing.\n")
		default:
			a.line("This run would publish release %s.\n", o.Diff.To.ID)
		}
	}
	var notices []release.Bearing
	for _, n := range o.Notices {
		if n.Moved {
			notices = append(notices, release.Bearing{Standing: n.Standing, Effect: release.Affected})
		}
	}
	return a.tellDiff(o.Diff, notices, format)
}

// keyOf reads the key of --key, nil without it.
func keyOf(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	text, err := ingest.Text(path, path, 1<<10)
	var key []byte
	if err == nil {
		key, err = publish.DecodeKey(text)
	}
	if err != nil {
		return nil, usage("the key of another store is its restricted/key", "--key %s: %v", path, refusal.Reason(err))
	}
	return key, nil
}

// issued is the day of --issued, today without it.
func issued(day string) (string, error) {
	today := time.Now().Format(time.DateOnly)
	if day == "" {
		return today, nil
	}
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return "", usage("the day is written as in --issued 2003-11-20", "--issued %q is not a date, want YYYY-MM-DD", day)
	}
	if day > today {
		return "", usage("nothing could be issued before that day any more", "--issued %s is after today, %s", day, today)
	}
	return day, nil
}

// policyFlag is --policy of a command, one of the catalogue's.
func (a *app) policyFlag(cmd *cobra.Command, to *string, usage string) {
	cmd.Flags().StringVar(to, "policy", "", usage)
	completeBy(cmd, "policy", func(*cobra.Command, []string, string) []string {
		var names []string
		if c := a.forCompletion(); c != nil {
			for _, p := range c.Policies {
				names = append(names, p.Name)
			}
		}
		return names
	})
}

// choosePolicy makes a policy the catalogue's, "" for its default. The one that withholds
// nothing wants a flag of its own.
func choosePolicy(c *indicator.Catalogue, policy string, without bool) error {
	switch {
	case without && policy != "" && policy != indicator.NoControl:
		return usage("leave one of the two out", "--policy %s, and --no-disclosure-control, which takes policy %s", policy, indicator.NoControl)
	case without:
		return c.Choose(indicator.NoControl)
	case policy == indicator.NoControl:
		return usage("--no-disclosure-control says so", "--policy %s withholds nothing", policy)
	case policy == "":
		return nil
	}
	return c.Choose(policy)
}

// uninterrupted passes steps on, and puts off an interrupt from the keyboard
// while a release is written, which takes a second or two: it is then whole.
// Before that a run has written nothing.
func uninterrupted(step func(pipeline.Step)) func(pipeline.Step) {
	return func(s pipeline.Step) {
		if s.Name == "publish" {
			if s.Done < s.Total {
				signal.Ignore(os.Interrupt)
			} else {
				signal.Reset(os.Interrupt)
			}
		}
		step(s)
	}
}

// tellOutcome writes what a run did, what it could not do, and what to look
// at before its figures are used.
func (a *app) tellOutcome(store string, o *pipeline.Outcome, place func(name string) string) {
	m := o.Manifest
	folder := filepath.Join(store, filepath.FromSlash(o.Folder))
	section := func(title string, write func(io.Writer) error) {
		a.line("\n%s", title)
		_ = write(a.out) // which remembers what cannot be written
	}
	for _, banner := range report.Banners(m) {
		a.line("%s\n", banner)
	}
	if o.Published {
		a.line("Release %s: %s", o.Release, folder)
	} else {
		a.line("Nothing changed: %s stands (%s)", o.Release, folder)
	}
	if len(o.Vouched.Releases) > 0 {
		a.line("signed: %s", filepath.Join(store, "log", o.Release+".minisig"))
	}
	if m.Reason != "" && o.Published {
		a.paragraph("Reason: ", m.Reason)
	}
	section(report.Plural(len(m.Sources), "source"), func(out io.Writer) error { return report.Sources(out, sources(o), a.width) })
	if o.Published {
		section(report.Plural(len(m.Indicators), "indicator"), func(out io.Writer) error { return report.Indicators(out, m.Indicators, a.width) })
	}
	section("Figures", func(out io.Writer) error { return report.Withheld(out, o.Statuses, a.width) })
	if len(o.Notices) > 0 {
		section("Notices in force", func(out io.Writer) error { return a.openNotices(out, o) })
	}
	if len(o.Lacks) > 0 {
		section("Not computed", func(out io.Writer) error { return report.Lacks(out, o.Lacks, a.width) })
	}
	if len(o.Large) > 0 {
		section("Large changes", func(out io.Writer) error { return report.LargeChanges(out, o.Large, o.Manifest, o.Labels, a.width) })
	}
	if all := slices.Concat(o.Sources, o.Carried); cautions(all) || o.Lost != nil {
		section("Before these figures are used", func(out io.Writer) error {
			if o.Lost != nil {
				a.paragraph("  ", lost(o.Lost))
			}
			return report.Caution(out, all, o.Labels, place, a.width)
		})
	}
}

// lost says what a run had to do without, and what it comes to.
func lost(of *publish.Lost) string {
	words := "restricted/" + of.Release + " is not here, which the release before names: changes are made of the figures that it published, and say so (from-published)"
	if of.Key {
		words += "; nor is restricted/key, so that digests are made with a new one, and tell nobody whether an extract is the one of an earlier release. " +
			"If the old folder is found, put restricted/" + of.Release + " back, with the old key in it as restricted/" + of.Release + "/key"
	}
	return words
}

// sources are those of the release; those of this run are given as read even
// where the release of before stands.
func sources(o *pipeline.Outcome) []release.Source {
	all := make([]release.Source, len(o.Manifest.Sources))
	for i, s := range o.Manifest.Sources {
		s.Carried = s.Kind != release.Evaluation // which is read from the catalogue
		for _, read := range o.Sources {
			if read.ID == s.ID {
				s = read
			}
		}
		all[i] = s
	}
	return all
}

func cautions(sources []release.Source) bool {
	for _, s := range sources {
		if s.Carried {
			if s.Wave != nil && len(s.Unchecked)+len(s.Elsewhere) > 0 || s.Filed != nil && s.Filed.Known != codebook.Confirmed {
				return true
			}
			continue
		}
		if s.Wave != nil && len(s.Matched)+len(s.Unchecked)+len(s.Elsewhere)+len(s.Absent)+len(s.Unheld)+len(s.Sizes)+s.Twins+len(s.Unmet)+len(s.Nobody)+len(s.Decisions) > 0 {
			return true
		}
		if s.Filed != nil && (len(s.Filed.Matched)+len(s.Filed.Left)+len(s.Filed.Hidden)+len(s.Filed.Rounded)+len(s.Filed.Decisions) > 0 || s.Filed.Known != codebook.Confirmed) {
			return true
		}
	}
	return false
}

// outcomeJSON writes the outcome for programs.
func (a *app) outcomeJSON(o *pipeline.Outcome) error {
	withheld := map[string]int{}
	for _, s := range indicator.Statuses {
		if n := o.Statuses[string(s)]; n > 0 {
			withheld[string(s)] = n
		}
	}
	return a.json(struct {
		Release    string              `json:"release"`
		Folder     string              `json:"folder"`
		Published  bool                `json:"published"`
		Synthetic  bool                `json:"synthetic"`
		Signed     bool                `json:"signed"` // by this run
		Sources    []release.Source    `json:"sources"`
		Indicators []release.Indicator `json:"indicators"`
		Statuses   map[string]int      `json:"statuses"` // figures by why they have no value
		Lacks      []indicator.Lack    `json:"lacks"`
		Notices    []openNotice        `json:"notices"`
		Lost       *publish.Lost       `json:"lost"`
	}{o.Release, o.Folder, o.Published, o.Manifest.Synthetic, len(o.Vouched.Releases) > 0, sources(o), o.Manifest.Indicators, withheld, append([]indicator.Lack{}, o.Lacks...), openNoticesJSON(o.Notices), o.Lost})
}
