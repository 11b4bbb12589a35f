package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/description"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/propose"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/report"
)

func (a *app) describe() *cobra.Command {
	var source ingest.Source
	var format string
	var crosswalk, drawn bool
	cmd := &cobra.Command{
		Use:   "describe FILE [FILE] [VARIABLE...]",
		Short: "Show what is in an extract",
		Long: `Lists the variables of an extract, whether they hold numbers or text, how many
rows have no value (Missing) or one that the file declares missing (Declared),
and the codes with their counts. Ranges and means are of the other rows.
Nothing is weighted. Name variables to see all of their codes. A code that is
declared missing is marked, and where its label says otherwise, that is noted.
The file is read in batches, so its length does not matter; - is standard input,
whose --reader is named. No disclosure control is applied: counts of few are shown.

Two files, mostly of two waves, are compared: the variables that came, went or
changed in label, type, codes, their labels, what is declared missing, and how
many rows have no value; and those that may only be called otherwise. Variables
that are named are shown with every code and its counts in both.

With --design it proposes how the sample was drawn and weighted, as a page of YAML for
"twc estimate --design": strata, PSUs, the weight, replicate weights and population
sizes, with why, and what is left to check.

With --crosswalk it drafts the extract's crosswalk: common variables matched by
name and labels, with what is left to check marked.`,
		Example: `  twc describe extracts/hocs/2001/hocs_2001.tab
  twc describe extracts/hocs/2001/hocs_2001.tab paffloc gor
  twc describe extracts/hocs/2001/hocs_2001.tab --format json
  twc describe hocs_2001.sav hocs_2003.sav
  twc describe hocs_2001.sav hocs_2003.sav paffloc
  twc describe hocs_2001.sav --design > hocs_2001.yaml
  twc describe --crosswalk hocs_2001.sav`,
		Args: arguments(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, c := range []struct {
				flag  string
				given bool
			}{{"--crosswalk", crosswalk}, {"--design", drawn}} {
				if format != formText && c.given {
					return usage("usage: "+cmd.UseLine(), "--format and %s are two outputs, want one", c.flag)
				}
			}
			if drawn && crosswalk {
				return usage("usage: "+cmd.UseLine(), "--crosswalk and --design are two outputs, want one")
			}
			switch n := files(args); {
			case drawn && (n == 2 || len(args) > 1):
				return usage("usage: "+cmd.UseLine(), "--design proposes that of one file, found %d arguments", len(args))
			case n > 2:
				return usage("compare the first with each: twc describe A B, twc describe A C", "%d files, want one, or two to compare", n)
			case n == 2 && crosswalk:
				return usage("usage: "+cmd.UseLine(), "--crosswalk drafts that of one file, found two")
			case n == 2:
				return a.describeTwo(cmd, source, args, format == formJSON)
			}
			var named []string // all
			if len(args) > 1 {
				named = args[1:]
			}
			source, remove, err := given(cmd, source, args[0])
			if err != nil {
				return err
			}
			defer remove()
			show, end := a.reading(source)
			if drawn {
				page, err := pipeline.ProposeDesign(pipeline.File{Source: source, Limits: ingest.DefaultLimits, Progress: show})
				end()
				if err != nil {
					return err
				}
				return a.out.exactly(report.Escape(page))
			}
			d, err := ingest.Describe(source, named, ingest.DefaultLimits, show)
			end()
			if err != nil {
				return err
			}
			if err := choose(d, named); err != nil {
				return err
			}
			switch {
			case format == formJSON:
				return a.describeJSON(d)
			case crosswalk:
				c, err := a.catalogue()
				if err != nil {
					return err
				}
				return a.out.exactly(report.Escape(propose.Draft(d, c.Codebook)))
			}
			a.line("%s: %s, %s\nSHA-256 %s", d.Name, report.Plural(d.Rows, "row"), report.Plural(len(d.Variables), "variable"), d.SHA256)
			a.tellAbout(d)
			a.line("")
			if len(named) > 0 {
				a.tellVariables(d)
			} else {
				a.tellFile(d)
			}
			return nil
		},
	}
	sourceFlags(cmd, &source)
	formatFlag(cmd, &format, formJSON)
	cmd.ValidArgsFunction = fileThenVariables(&source, 1)
	cmd.Flags().BoolVar(&drawn, "design", false, "propose the design, as YAML for twc estimate --design")
	cmd.Flags().BoolVar(&crosswalk, "crosswalk", false, "draft a crosswalk, as YAML")
	a.catalogueFlag(cmd)
	return cmd
}

// tellAbout shows what the file says of itself.
func (a *app) tellAbout(d *description.File) {
	about := d.About.Format
	if d.About.Origin != "" {
		about += ", converted from " + d.About.Origin
	}
	if d.About.Encoding != "" {
		about += ", " + d.About.Encoding
	}
	if d.About.Label != "" {
		about += ": " + brief(d.About.Label, longest)
	}
	a.paragraph("", about)
	if d.About.Dictionary != "" {
		a.line("Labels from %s", d.About.Dictionary)
	}
	for _, note := range d.About.Notes {
		a.paragraph("", brief(note, longest))
	}
}

// tellFile shows every variable on a line, and below what needs a decision.
func (a *app) tellFile(d *description.File) {
	declared := slices.ContainsFunc(d.Variables, func(v description.Variable) bool { return v.Declared > 0 })
	labelled := slices.ContainsFunc(d.Variables, func(v description.Variable) bool { return v.Label != "" })
	header := []string{"Variable"}
	if labelled {
		header = append(header, "Label")
	}
	header = append(header, "", ">Missing")
	if declared {
		header = append(header, ">Declared")
	}
	header = append(header, "Codes with counts, or range")
	var rows [][]string
	for _, v := range d.Variables {
		row := []string{brief(v.Name, long)}
		if labelled {
			row = append(row, brief(v.Label, long))
		}
		row = append(row, v.Type(), report.Count(int64(v.Missing)))
		if declared {
			row = append(row, report.Count(int64(v.Declared)))
		}
		rows = append(rows, append(row, summary(v)))
	}
	a.rows(header, rows)
	var lines []string
	for _, v := range d.Variables {
		for _, note := range v.Notes {
			lines = append(lines, fmt.Sprintf("%s: %s", v.Name, brief(note, longest)))
		}
	}
	for _, v := range d.Variables {
		if v.Weight != "" {
			lines = append(lines, fmt.Sprintf("%s may be a weight: %s", v.Name, v.Weight))
		}
	}
	if len(lines) > 0 {
		a.line("")
	}
	for _, line := range lines {
		a.paragraph("", line)
	}
}

// choose keeps the named variables, in the order of their names, all for none.
func choose(d *description.File, named []string) error {
	if len(named) == 0 {
		return nil
	}
	var ps refusal.Problems
	var chosen []description.Variable
	for _, name := range named {
		found := false
		for _, v := range d.Variables {
			if strings.EqualFold(v.Name, name) {
				chosen, found = append(chosen, v), true
			}
		}
		if !found {
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: d.Name, What: fmt.Sprintf("no variable %q%s", name, refusal.Nearest(name, d.Names))})
		}
	}
	d.Variables = chosen
	return ps.Err()
}

// summary is a variable's codes as far as they fit on a line, or its range.
func summary(v description.Variable) string {
	const room = 56
	var parts []string
	switch {
	case v.Earliest != "":
		parts = append(parts, dates(v))
	case !v.Every && v.Present > 0 && v.Numeric:
		parts = append(parts, spread(v))
	case !v.Every && !v.Numeric:
		parts = append(parts, fmt.Sprintf("more than %d texts", description.MostCodes))
	}
	for _, c := range v.Codes {
		if c.Count > 0 && (v.Earliest == "" || c.Declared || c.Label != "") { // a date says more than its number
			parts = append(parts, fmt.Sprintf("%s%s (%s)", shown(v, c, room/2), mark(c), report.Count(int64(c.Count))))
		}
	}
	if len(parts) == 0 {
		return "-"
	}
	words := parts[0]
	for i, next := range parts[1:] {
		if len(words)+2+len(next) > room {
			return fmt.Sprintf("%s ... %d more", words, len(parts)-1-i)
		}
		words += ", " + next
	}
	return words
}

// mark is a word after a code that the file declares missing; an extended
// missing value needs none.
func mark(c description.Code) string {
	if c.Declared && !strings.HasPrefix(c.Code, ".") {
		return " missing"
	}
	return ""
}

func spread(v description.Variable) string {
	return fmt.Sprintf("%s to %s, mean %s", short(v.Min), short(v.Max), short(v.Mean))
}

func dates(v description.Variable) string { return v.Earliest + " to " + v.Latest }

// How many letters are shown of a text, in a table and on lines of its own.
const (
	long    = 100
	longest = 2000
)

// brief is at most this many letters of a text.
func brief(text string, most int) string {
	n := 0
	for i := range text {
		if n++; n > most {
			return text[:i] + "..."
		}
	}
	return text
}

// shown is a code, or the beginning of a long one. A number is not cut off but
// written with an exponent.
func shown(v description.Variable, c description.Code, most int) string {
	if x, err := strconv.ParseFloat(c.Code, 64); err == nil && v.Numeric && len(c.Code) > 17 {
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	return brief(c.Code, most)
}

func short(x float64) string {
	if x == math.Trunc(x) && math.Abs(x) < 1e15 {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return strconv.FormatFloat(x, 'g', 5, 64)
}

// tellVariables shows every code of each variable.
func (a *app) tellVariables(d *description.File) {
	for i, v := range d.Variables {
		if i > 0 {
			a.line("")
		}
		title := brief(v.Name, longest)
		if v.Label != "" {
			title += ": " + brief(v.Label, longest)
		}
		counts := report.Count(int64(v.Present)) + " present, "
		if v.Declared > 0 {
			counts += report.Count(int64(v.Declared)) + " declared missing, "
		}
		a.line("%s (%s), %s%s missing", title, form(v), counts, report.Count(int64(v.Missing)))
		if v.Numeric && v.Present > 0 {
			a.line("  %s", spread(v))
			if v.Earliest != "" {
				a.line("  as dates %s", dates(v))
			}
		}
		if declared := v.Declares(); declared != "" {
			a.line("  declared missing: %s", declared)
		}
		for _, note := range v.Notes {
			a.line("  %s", brief(note, longest))
		}
		if v.Weight != "" {
			a.line("  may be a weight: %s", v.Weight)
		}
		switch {
		case v.Every:
		case len(v.Codes) == 0:
			a.line("  more than %d values", description.MostCodes)
		default:
			a.line("  more than %d values: those that the file says something of", description.MostCodes)
		}
		var rows [][]string
		for _, c := range v.Codes {
			rows = append(rows, []string{shown(v, c, long), report.Count(int64(c.Count)), strings.TrimSpace(mark(c)), brief(c.Label, long)})
		}
		code := "Code"
		if v.Numeric {
			code = ">Code"
		}
		a.rows([]string{code, ">Rows", "", ""}, rows)
	}
}

// form is how a variable is stored and shown, as far as the file says.
func form(v description.Variable) string {
	words := []string{v.Type()}
	for _, word := range []string{v.Recorded.Format, v.Recorded.Measure} {
		if word != "" {
			words = append(words, word)
		}
	}
	return strings.Join(words, ", ")
}

// describeJSON writes a description for programs; what is not there is null.
func (a *app) describeJSON(d *description.File) error {
	return a.json(struct {
		Name       string         `json:"name"`
		SHA256     string         `json:"sha256"`
		Bytes      int64          `json:"bytes"`
		Rows       int            `json:"rows"`
		Format     string         `json:"format"`
		Origin     string         `json:"origin,omitempty"`
		Encoding   string         `json:"encoding,omitempty"`
		Label      string         `json:"label,omitempty"`
		Weight     string         `json:"weight,omitempty"`
		Dictionary string         `json:"dictionary,omitempty"`
		Notes      []string       `json:"notes,omitempty"`
		Variables  []variableJSON `json:"variables"`
	}{d.Name, d.SHA256, d.Bytes, d.Rows, d.About.Format, d.About.Origin, d.About.Encoding, d.About.Label, d.About.Weight, d.About.Dictionary, d.About.Notes, variablesJSON(d.Variables)})
}
