package main

import (
	"github.com/spf13/cobra"

	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/report"
)

func (a *app) convert() *cobra.Command {
	var source ingest.Source
	var how ingest.Conversion
	cmd := &cobra.Command{
		Use:   "convert FILE OUT.parquet|OUT.csv [VARIABLE...]",
		Short: "Convert an extract to Parquet or CSV",
		Long: `Reads an extract in any format and writes it as Parquet or CSV, whole or not at
all; memory does not grow with its rows. Parquet keeps labels, formats, what is declared missing and the kinds of
missing value, so that it reads back as the extract does, and has dates and moments
as such. CSV has the values alone, as codes in UTF-8, and dates in ISO 8601: an
extended missing value is .a, any other is empty, also one that the file declares
missing, which would count afterwards; how many there were is said, and --kinds
keeps their codes. Name variables, or patterns
of names, to write those alone, in the file's order; --except leaves some out. A
variable whose values cannot be read, such as a picture, is left out of all, which
is told, and refused where it is named. - is standard input, whose --reader is named.`,
		Example: `  twc convert hocs_2001.sav hocs_2001.parquet
  twc convert hocs_2001.dta hocs_2001.csv --force
  twc convert hocs_2001.sav some.csv sex age 'wt*'
  twc convert hocs_2001.sav most.csv --except 'open*'`,
		Args: arguments(2, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			how.Choice.Names = args[2:]
			defer collect(50, 0)() // what a conversion holds is cells, which are quick to go over
			source, remove, err := given(cmd, source, args[0])
			if err != nil {
				return err
			}
			defer remove()
			show, end := a.reading(source)
			e, err := ingest.Convert(source, args[1], how, ingest.DefaultLimits, show)
			end()
			if err != nil {
				return err
			}
			a.line("%s: %s, %s written to %s", e.Name, report.Plural(e.Rows, "row"), report.Plural(len(e.Table.Columns), "variable"), args[1])
			for _, note := range e.About.Notes {
				a.paragraph("", brief(note, longest))
			}
			return nil
		},
	}
	sourceFlags(cmd, &source)
	cmd.ValidArgsFunction = fileThenVariables(&source, 2)
	cmd.Flags().BoolVar(&how.Kinds, "kinds", false, "in CSV, write the codes that are declared missing in a column of their own beside each variable that has some")
	cmd.Flags().StringSliceVar(&how.Choice.Except, "except", nil, "leave out `V,V` or patterns of names")
	completeBy(cmd, "except", func(_ *cobra.Command, args []string, _ string) []string { return variables(source, args) })
	cmd.Flags().BoolVar(&how.Replace, "force", false, "write over a file that is there")
	return cmd
}
