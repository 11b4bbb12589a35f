package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"togetherwecan/pipeline"

	"togetherwecan/pipeline/query"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/report"
)

// answered are the flags that say how an answer is shown, or made of the figures.
var answered = []string{"format", "plot", "beside", "stars", "show", "in", "conventions", "contrast", "against", "adjust", "trend", "level", "ci", "count-ci", "df", "design-effect", "presentation", "as"}

// uncounted are those of what needs the respondents, whom a tally does not have.
var uncounted = []string{"wave", "indicator", "pairs", "compare", "table-one", "quantile", "quantile-rule", "quantile-ci", "test", "tested-by", "table", "model", "model-name", "family", "predict", "predict-error", "slope", "standardise", "replicates", "method", "count", "seed", "scale", "scales", "fay", "mse", "margin", "margins", "calibrate", "calibrate-within", "bounds", "trim", "fpc", "stacked", "waves", "rename", "pool"}

// unanswered refuses flags of an answer, which a tally leaves open, and those of the catalogue,
// which is not read for one.
func (g *estimateFlags) unanswered(flags *pflag.FlagSet) error {
	var ps refusal.Problems
	for _, name := range answered {
		if deviations := name == "show" && slices.Contains(g.show, showDeviations); flags.Changed(name) && !deviations { // which the question refuses
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: "--" + name, What: "has no effect on what is counted, want it with twc estimate PART --tally"})
		}
	}
	for _, name := range []string{"wave", "indicator"} {
		if flags.Changed(name) {
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: "--" + name, What: "needs the respondents, whom a tally does not have", Hint: "twc estimate FILE reads them"})
		}
	}
	return ps.Err()
}

func (a *app) tally() *cobra.Command {
	var g estimateFlags
	var level string
	cmd := &cobra.Command{
		Use:   "tally FILE -o PART",
		Short: "Count what a question of twc estimate rests on, to be added to other parts",
		Long: `Counts what the figures of a question and their errors rest on, in whole numbers, and writes that
instead of an answer: "twc estimate PART... --tally" with the same question has the same figures, to the last bit.
The flags are those of "twc estimate". What needs the respondents themselves (quantiles, models, replicate and
calibrated weights, later stages) is refused by name.

Parts of one sample add, in any order, whatever rows each was made of: give all of them one --unit, and a file
that has every code. --lines psu, which is the default, holds the totals of each PSU; --lines stratum sums over
the PSUs of each stratum, is as small for any number of rows, and stands beside parts of other strata.

A tally is CSV, which FORMAT-TALLY.md describes: a database makes the same by what "twc tally sql" prints.`,
		Example: `  twc tally teens.csv -o teens.tally --stratum region --psu school --weight wt --proportion smokes --by sex
  twc tally teens.csv -o strata.tally --lines stratum --unit 30 --stratum region --psu school --weight wt --proportion smokes
  twc tally sql teens.csv --dialect duckdb --from survey --stratum region --psu school --weight wt --proportion smokes --by sex`,
		Args: arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := empty(cmd.Flags()); err != nil {
				return err
			}
			if err := g.unanswered(cmd.Flags()); err != nil {
				return err
			}
			if g.out == "" {
				return usage("name a file: -o teens.tally", "--output not given, want the file to write")
			}
			file, q, remove, err := g.tallied(cmd, args)
			if err != nil {
				return err
			}
			defer remove()
			show, end := a.reading(file.Source)
			file.Progress = show
			part, err := pipeline.Tally(file, *q, level)
			end()
			if err != nil {
				return err
			}
			text := part.Text()
			if err := write(g.out, text); err != nil {
				return err
			}
			a.line("%s: %s, unit 2^-%d, written to %s", file.Called(), report.Plural(len(part.Drawn)+len(part.Cells), "line"), part.Head.K, g.out)
			a.line("SHA-256 of the lines: %s", part.Sum())
			return nil
		},
	}
	a.tallyFlags(cmd, &g, &level)
	cmd.AddCommand(a.tallySQL())
	return cmd
}

// tallyFlags are those of a question of which a tally is made.
func (a *app) tallyFlags(cmd *cobra.Command, g *estimateFlags, level *string) {
	g.flags(cmd.Flags())
	cmd.Flags().StringVar(level, "lines", pipeline.Levels[0], "of what each line is: "+either(pipeline.Levels))
	for _, name := range slices.Concat(answered, uncounted) {
		if err := cmd.Flags().MarkHidden(name); err != nil {
			panic("twc: " + err.Error())
		}
	}
	complete(cmd, "lines", pipeline.Levels)
	a.completeWaves(cmd)
	sourceFlags(cmd, &g.source)
	completeVariables(cmd, &g.source)
	completeExpressions(cmd, &g.source)
	completeChoices(cmd)
}

func (a *app) tallySQL() *cobra.Command {
	var g estimateFlags
	var w pipeline.Warehouse
	cmd := &cobra.Command{
		Use:    "sql FILE --dialect NAME --from TABLE",
		Hidden: true, // from the list of commands, which is wider than a page may be: the text and examples of tally name it
		Short:  "Print the statements by which a database makes a tally",
		Long: `Prints the statements by which a database that has the microdata makes the tally of a question, so that
they stay where they are. What the statements write, together and in any order but the first, is the tally:
"twc estimate PART --tally" with the same question gives its figures.

FILE has the variables as the table has them, and every code: it may be a sample, whose weights and PSUs are as large
as any, or --unit says in what units weights are made whole. A code that it does not have is refused with its
count when the tally is read, and so are weights that have no room. Names are the columns'.
Where FILE was loaded into the table, --whole has a tally refused that lacks rows, as of a load that is not
over, or whose weights have another total: some engines read 3.619 as another number than the nearest.

The statements read, and are plain GROUP BYs, one a breakdown. A database of several servers may be asked one server
at a time: parts by PSU add, whatever rows each server has. With --lines stratum each server has whole strata.
Those of spark and bigquery were never run. Proportions and weighted counts are written, by the file's own codes and
by --band, of those who meet --where: comparisons and missing() with and, or, not. Means, totals, --let and
arithmetic are refused: make a variable in a view.`,
		Example: `  twc tally sql teens.csv --dialect duckdb --from survey --stratum region --psu school --weight wt --proportion smokes --by sex
  twc tally sql teens.csv --dialect postgres --from survey.teens --lines stratum --unit 30 --stratum region --psu school --weight wt --proportion smokes -o tally.sql
  twc tally sql teens.csv --dialect clickhouse --from survey --whole --weight wt --proportion smokes`,
		Args: arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := empty(cmd.Flags()); err != nil {
				return err
			}
			if err := g.unanswered(cmd.Flags()); err != nil {
				return err
			}
			d := query.DialectBy(w.Dialect)
			if d == nil {
				return usage("", "--dialect %q, want %s%s", w.Dialect, either(query.DialectNames()), refusal.Nearest(w.Dialect, query.DialectNames()))
			}
			if w.Table == "" {
				return usage("name it as the database does: --from survey", "--from not given, want the table that has the respondents")
			}
			file, q, remove, err := g.tallied(cmd, args)
			if err != nil {
				return err
			}
			defer remove()
			statements, err := pipeline.Statements(file, *q, w)
			if err != nil {
				return err
			}
			var text strings.Builder
			fmt.Fprintf(&text, "-- %s\n", d.Run)
			if d.NeverRun {
				fmt.Fprintf(&text, "-- These statements of %s were never run: compare what they give with twc tally of a sample.\n", d.Name)
			}
			for _, s := range statements {
				text.WriteString(s + ";\n")
			}
			if g.out != "" {
				return write(g.out, []byte(text.String()))
			}
			return a.csv([]byte(text.String()))
		},
	}
	a.tallyFlags(cmd, &g, &w.Level)
	cmd.Flags().StringVar(&w.Dialect, "dialect", "", "of the `engine`: "+either(query.DialectNames()))
	cmd.Flags().StringVar(&w.Table, "from", "", "the `table` that has the respondents, as the database names it")
	cmd.Flags().BoolVar(&w.Whole, "whole", false, "FILE has every row of the table: refuse a tally that has other rows, or weights of another total")
	complete(cmd, "dialect", query.DialectNames())
	return cmd
}

// tallied is the file that is counted and the question that it is counted for, and what takes
// away what was made to read it.
func (g *estimateFlags) tallied(cmd *cobra.Command, args []string) (file pipeline.File, q *question.Question, remove func(), err error) {
	g.files = args
	if file, q, err = g.question(cmd.Flags()); err != nil {
		return file, nil, nil, err
	}
	if err = g.mayWrite(); err != nil {
		return file, nil, nil, err
	}
	remove, err = g.sources(cmd, &file, args)
	return file, q, remove, err
}
