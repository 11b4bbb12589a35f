package main

import (
	"encoding/json"
	"time"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/evaluation"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report"
)

func (a *app) check() *cobra.Command {
	var quiet bool
	var day, format string
	p := proposing{}
	cmd := &cobra.Command{
		Use:   "check EXTRACTS",
		Short: "Say everything that a run would refuse in the extracts",
		Long: `Reads every extract and holds it against its crosswalk. Every problem is
reported, all at once; if there is none, the sources that were found, and what
to look after in the catalogue's evaluations: findings without a document,
milestones overdue on a day. Nothing is estimated and nothing is written.

With --propose it says which of an extract's variables may be those that its
crosswalk has from memory, or names wrongly: by their names, labels, codes and
counts, with what speaks for each and against it, and as a difference of the
crosswalks that "patch -p1" takes in the catalogue's folder. What is alike, or
said by too little, is for you to decide. --accept makes what you take
"known: confirmed" with the file's SHA-256, in the folder of --catalogue.`,
		Example: `  twc check extracts
  twc check extracts --catalogue indicators
  twc check extracts --on 2005-12-01
  twc check extracts --propose
  twc check extracts --catalogue indicators --propose --accept sex,influence-local=q12a
  twc check extracts --catalogue indicators --propose --accept all`,
		Args:              arguments(1, 1),
		ValidArgsFunction: folder,
		RunE: func(cmd *cobra.Command, args []string) error {
			day, err := on(day)
			if err != nil {
				return err
			}
			if err := p.check(cmd, a.folder); err != nil {
				return err
			}
			c, err := a.catalogue()
			if err != nil {
				return err
			}
			bar := newProgress(a.stderr, quiet, 0)
			o := pipeline.Options{Catalogue: c, Extracts: args[0], Progress: bar.step}
			if p.propose {
				return a.proposed(o, p, format, bar)
			}
			outcome, err := pipeline.Check(o)
			bar.end()
			if err != nil {
				return err
			}
			if format == formJSON {
				return a.checkJSON(outcome, c.Evaluations, day)
			}
			a.line("%s, nothing to refuse\n", report.Plural(len(outcome.Sources), "source"))
			if err := report.Sources(a.out, outcome.Sources, a.width); err != nil {
				return err
			}
			if cautions(outcome.Sources) {
				a.line("\nBefore figures are used")
				_ = report.Caution(a.out, outcome.Sources, outcome.Labels, c.Place, a.width) // out remembers what cannot be written
			}
			if len(outcome.Large) > 0 {
				a.line("\nLarge changes")
				_ = report.LargeChanges(a.out, outcome.Large, outcome.Manifest, outcome.Labels, a.width)
			}
			if len(c.Evaluations) == 0 {
				return nil
			}
			a.line("\n%s", report.Plural(len(c.Evaluations), "evaluation"))
			return report.Evaluations(a.out, c.Evaluations, day, a.width)
		},
	}
	cmd.Flags().BoolVar(&quiet, "quiet", false, "no progress")
	formatFlag(cmd, &format, formJSON)
	dayFlag(cmd, &day)
	p.flags(cmd.Flags())
	a.catalogueFlag(cmd)
	return cmd
}

// checkJSON writes what was found for programs: sources and changes as a run and a
// release have them.
func (a *app) checkJSON(o *pipeline.Outcome, evaluations []*evaluation.Evaluation, day string) error {
	type state struct {
		ID          string   `json:"evaluation"`
		Known       string   `json:"known"`
		Unsupported []string `json:"findings_without_document"`
		Overdue     []string `json:"milestones_overdue"`
	}
	states := []state{}
	for _, e := range evaluations {
		s := state{ID: e.ID, Known: e.Known, Unsupported: []string{}, Overdue: []string{}}
		for _, f := range e.Unsupported() {
			s.Unsupported = append(s.Unsupported, f.ID)
		}
		for _, m := range e.Overdue(day) {
			s.Overdue = append(s.Overdue, m.ID)
		}
		states = append(states, s)
	}
	return a.json(struct {
		Day         string            `json:"day"`
		Sources     []release.Source  `json:"sources"`
		Large       []json.RawMessage `json:"large_changes"`
		Evaluations []state           `json:"evaluations"`
	}{day, append([]release.Source{}, o.Sources...), sheet.JSON(o.Large, release.ChangeColumns), states})
}

// dayFlag is the day on which something is overdue or not.
func dayFlag(cmd *cobra.Command, day *string) {
	cmd.Flags().StringVar(day, "on", "", "`day` to say what is overdue on, YYYY-MM-DD (default today)")
}

// on is the day of --on, today without it.
func on(day string) (string, error) {
	if day == "" {
		return time.Now().Format(time.DateOnly), nil
	}
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return "", usage("the day is written as in --on 2005-12-01", "--on %q is not a date, want YYYY-MM-DD", day)
	}
	return day, nil
}
