package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/report"
)

func (a *app) describe() *cobra.Command {
	var reader string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "describe FILE [VARIABLE...]",
		Short: "Show what is in an extract",
		Long: `Lists the variables of an extract, whether they hold numbers or text, how many
values are missing, and the codes with their counts. Nothing is weighted. Name
variables to see all of their codes.`,
		Example: `  twc describe extracts/hocs/2001/hocs_2001.tab
  twc describe extracts/hocs/2001/hocs_2001.tab paffloc gor
  twc describe --json extracts/hocs/2001/hocs_2001.tab`,
		Args: arguments(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := ingest.Describe(ingest.Source{Path: args[0], Reader: reader}, ingest.DefaultLimits)
			if err != nil {
				return err
			}
			named := args[1:]
			if err := choose(d, named); err != nil {
				return err
			}
			if asJSON {
				return describeJSON(a.out, d)
			}
			fmt.Fprintf(a.out, "%s: %s, %s, SHA-256 %s\n\n", d.Name, report.Plural(d.Rows, "row"), report.Plural(len(d.Variables), "variable"), d.SHA256)
			if len(named) > 0 {
				return a.tellVariables(d)
			}
			var rows [][]string
			for _, v := range d.Variables {
				rows = append(rows, []string{v.Name, v.Label, kind(v), report.Count(int64(v.Missing)), summary(v)})
			}
			header := []string{"Variable", "Label", "", ">Missing", "Codes with counts, or range"}
			if labels := labelled(d); !labels {
				header = append(header[:1], header[2:]...)
				for i := range rows {
					rows[i] = append(rows[i][:1], rows[i][2:]...)
				}
			}
			return report.Table(a.out, header, rows)
		},
	}
	cmd.Flags().StringVar(&reader, "reader", "", "`name` of the file's reader, where its extension does not tell")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

// choose keeps the named variables, in the order of their names, all for none.
func choose(d *ingest.Description, named []string) error {
	if len(named) == 0 {
		return nil
	}
	var names []string
	for _, v := range d.Variables {
		names = append(names, v.Name)
	}
	var ps refusal.Problems
	var chosen []ingest.Variable
	for _, name := range named {
		found := false
		for _, v := range d.Variables {
			if strings.EqualFold(v.Name, name) {
				chosen, found = append(chosen, v), true
			}
		}
		if !found {
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: d.Name, What: fmt.Sprintf("no variable %q%s", name, refusal.Nearest(name, names))})
		}
	}
	d.Variables = chosen
	return ps.Err()
}

func kind(v ingest.Variable) string {
	if v.Numeric {
		return "number"
	}
	return "text"
}

func labelled(d *ingest.Description) bool {
	for _, v := range d.Variables {
		if v.Label != "" {
			return true
		}
	}
	return false
}

// summary is a variable's codes as far as they fit on a line, or its range.
func summary(v ingest.Variable) string {
	const room = 56
	switch {
	case v.Present == 0:
		return "-"
	case v.Codes == nil && v.Numeric:
		return spread(v)
	case v.Codes == nil:
		return fmt.Sprintf("more than %d texts", ingest.MostCodes)
	}
	words := ""
	for i, c := range v.Codes {
		next := fmt.Sprintf("%s (%s)", c.Code, report.Count(int64(c.Count)))
		if more := len(v.Codes) - i; i > 0 && len(words)+2+len(next) > room {
			return fmt.Sprintf("%s ... %d more", words, more)
		}
		if i > 0 {
			words += ", "
		}
		words += next
	}
	return words
}

func spread(v ingest.Variable) string {
	return fmt.Sprintf("%s to %s, mean %s", short(v.Min), short(v.Max), short(v.Mean))
}

func short(x float64) string {
	if x == math.Trunc(x) && math.Abs(x) < 1e15 {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return strconv.FormatFloat(x, 'g', 5, 64)
}

// tellVariables shows every code of each variable.
func (a *app) tellVariables(d *ingest.Description) error {
	for i, v := range d.Variables {
		if i > 0 {
			fmt.Fprintln(a.out)
		}
		title := v.Name
		if v.Label != "" {
			title += ": " + v.Label
		}
		fmt.Fprintf(a.out, "%s (%s), %s present, %s missing\n", title, kind(v), report.Count(int64(v.Present)), report.Count(int64(v.Missing)))
		if v.Numeric && v.Present > 0 {
			fmt.Fprintf(a.out, "  %s\n", spread(v))
		}
		var rows [][]string
		for _, c := range v.Codes {
			rows = append(rows, []string{c.Code, report.Count(int64(c.Count)), c.Label})
		}
		if err := report.Table(a.out, []string{">Code", ">Rows", ""}, rows); err != nil {
			return err
		}
	}
	return nil
}

// describeJSON writes a description for programs; what is not there is null.
func describeJSON(out *output, d *ingest.Description) error {
	type code struct {
		Code  string `json:"code"`
		Label string `json:"label,omitempty"`
		Count int    `json:"count"`
	}
	type variable struct {
		Name    string   `json:"name"`
		Label   string   `json:"label,omitempty"`
		Kind    string   `json:"kind"`
		Present int      `json:"present"`
		Missing int      `json:"missing"`
		Min     *float64 `json:"min"`
		Max     *float64 `json:"max"`
		Mean    *float64 `json:"mean"`
		Codes   []code   `json:"codes"` // null where there are too many
	}
	number := func(x float64) *float64 {
		if math.IsNaN(x) {
			return nil
		}
		return &x
	}
	variables := make([]variable, len(d.Variables))
	for i, v := range d.Variables {
		variables[i] = variable{v.Name, v.Label, kind(v), v.Present, v.Missing, number(v.Min), number(v.Max), number(v.Mean), nil}
		for _, c := range v.Codes {
			variables[i].Codes = append(variables[i].Codes, code(c))
		}
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Name      string     `json:"name"`
		SHA256    string     `json:"sha256"`
		Bytes     int64      `json:"bytes"`
		Rows      int        `json:"rows"`
		Variables []variable `json:"variables"`
	}{d.Name, d.SHA256, d.Bytes, d.Rows, variables})
}
