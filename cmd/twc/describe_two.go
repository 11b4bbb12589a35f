package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/description"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/propose"
	"togetherwecan/pipeline/report"
)

// files says how many of the first arguments are files: one, or two where the second
// is a file that is there, or has the extension of one.
func files(args []string) int {
	n := 1
	for _, arg := range args[1:] {
		info, err := os.Stat(arg)
		if is := err == nil && !info.IsDir() || ingest.Extension(filepath.Ext(arg)); !is {
			break
		}
		n++
	}
	return n
}

// describeTwo shows what two extracts do not have alike.
func (a *app) describeTwo(cmd *cobra.Command, from ingest.Source, args []string, asJSON bool) error {
	var read [2]*description.File
	named := args[2:]
	for i := range read {
		source, remove, err := given(cmd, from, args[i])
		if err != nil {
			return err
		}
		defer remove()
		show, end := a.reading(source)
		read[i], err = ingest.Describe(source, nil, ingest.DefaultLimits, show)
		end()
		if err != nil {
			return err
		}
	}
	if len(named) > 0 {
		if err := chooseOf(read[:], named); err != nil {
			return err
		}
	}
	d := propose.Differ(read[0], read[1])
	if asJSON {
		return a.differenceJSON(read, d)
	}
	for i, f := range read {
		a.line("%s %s: %s, %s\nSHA-256 %s", []string{"From", "To"}[i], f.Name, report.Plural(f.Rows, "row"), report.Plural(len(f.Variables), "variable"), f.SHA256)
		a.tellAbout(f)
	}
	a.paragraph("", fmt.Sprintf("%s in both, %d of them changed; %d came, %d went", report.Plural(len(d.Alike)+len(d.Changed), "variable"), len(d.Changed), len(d.Came), len(d.Went)))
	a.tellChanged(d.Changed)
	a.tellAlone("Came", d.Came)
	a.tellAlone("Went", d.Went)
	if len(d.Renamed) > 0 {
		a.line("\nMay be renamed")
	}
	for _, r := range d.Renamed {
		a.paragraph("  ", fmt.Sprintf("%s is perhaps %s: by %s", brief(r.Was.Name, long), brief(r.Is.Name, long), strings.Join(r.For, ", ")))
	}
	if len(named) > 0 {
		a.tellBoth(read, d)
	}
	return nil
}

// chooseOf keeps the named variables, which one of the extracts has.
func chooseOf(read []*description.File, named []string) error {
	all := &description.File{Name: read[0].Name + " and " + read[1].Name, Names: slices.Concat(read[0].Names, read[1].Names), Variables: slices.Concat(read[0].Variables, read[1].Variables)}
	if err := choose(all, named); err != nil {
		return err
	}
	for _, f := range read {
		f.Variables = slices.DeleteFunc(slices.Clone(f.Variables), func(v description.Variable) bool {
			return !slices.ContainsFunc(named, func(name string) bool { return strings.EqualFold(name, v.Name) })
		})
	}
	return nil
}

// tellChanged shows what is otherwise of each variable.
func (a *app) tellChanged(changed []propose.Changed) {
	if len(changed) > 0 {
		a.line("\nChanged")
	}
	for _, c := range changed {
		a.paragraph("  ", brief(title(c.Is), longest))
		for _, f := range c.Facts {
			a.paragraph("    ", brief(fact(f), longest))
		}
	}
}

func title(v description.Variable) string {
	if v.Label == "" {
		return v.Name
	}
	return v.Name + ": " + v.Label
}

// fact is one in words.
func fact(f propose.Fact) string {
	quoted := func(text string) string {
		if text == "" {
			return "nothing"
		}
		return fmt.Sprintf("%q", text)
	}
	switch f.What {
	case propose.CodeRows:
		came, _ := strconv.Atoi(f.Is)
		if went, _ := strconv.Atoi(f.Was); came == 0 {
			return fmt.Sprintf("code %s went: %s", f.Code, report.Plural(went, "row"))
		}
		return fmt.Sprintf("code %s came: %s", f.Code, report.Plural(came, "row"))
	case propose.CodeLabel, propose.Exchanged:
		words := fmt.Sprintf("code %s: was %s, is %s", f.Code, quoted(f.Was), quoted(f.Is))
		if f.What == propose.Exchanged {
			words += ": the labels are the same, of other codes"
		}
		return words
	case propose.Valueless, propose.Type, propose.Width:
		return fmt.Sprintf("%s: was %s, is %s", f.What, f.Was, f.Is)
	}
	return fmt.Sprintf("%s: was %s, is %s", f.What, quoted(f.Was), quoted(f.Is))
}

// tellAlone shows variables that one extract alone has.
func (a *app) tellAlone(heading string, of []description.Variable) {
	if len(of) > 0 {
		a.line("\n%s", heading)
	}
	for _, v := range of {
		a.paragraph("  ", brief(title(v), longest)+" ("+summary(v)+")")
	}
}

// tellBoth shows every code of the variables that both extracts have, with its counts.
func (a *app) tellBoth(read [2]*description.File, d propose.Difference) {
	pairs := make([][2]description.Variable, 0, len(d.Alike)+len(d.Changed))
	for _, v := range read[1].Variables {
		at := slices.IndexFunc(read[0].Variables, func(w description.Variable) bool { return strings.EqualFold(v.Name, w.Name) })
		if at >= 0 {
			pairs = append(pairs, [2]description.Variable{read[0].Variables[at], v})
		}
	}
	for _, p := range pairs {
		a.line("\n%s", brief(title(p[1]), longest))
		var rows [][]string
		add := func(code, label string, counts [2]int) {
			row := []string{code}
			for i, n := range counts {
				share := "-"
				if read[i].Rows > 0 {
					share = fmt.Sprintf("%.1f", 100*float64(n)/float64(read[i].Rows))
				}
				row = append(row, report.Count(int64(n)), share)
			}
			rows = append(rows, append(row, label))
		}
		counts, labels, order := map[string][2]int{}, map[string]string{}, []string(nil)
		for i, v := range p {
			for _, c := range v.Codes {
				code := codebook.PlainCode(c.Code)
				n, met := counts[code]
				if !met {
					order = append(order, code)
				}
				n[i] += c.Count
				counts[code], labels[code] = n, c.Label
			}
		}
		for _, code := range codebook.ByNumber(order) {
			add(brief(code, long), brief(labels[code], long), counts[code])
		}
		add("no value", "", [2]int{p[0].Missing, p[1].Missing})
		a.rows([]string{">Code", ">From", ">%", ">To", ">%", ""}, rows)
	}
}

// differenceJSON writes the difference for programs.
func (a *app) differenceJSON(read [2]*description.File, d propose.Difference) error {
	type file struct {
		Name      string `json:"name"`
		SHA256    string `json:"sha256"`
		Rows      int    `json:"rows"`
		Variables int    `json:"variables"`
	}
	type changed struct {
		Name  string         `json:"name"`
		Facts []propose.Fact `json:"facts"`
		From  variableJSON   `json:"from"`
		To    variableJSON   `json:"to"`
	}
	type renamed struct {
		From string   `json:"from"`
		To   string   `json:"to"`
		By   []string `json:"by"`
	}
	out := struct {
		From    file           `json:"from"`
		To      file           `json:"to"`
		Alike   []string       `json:"alike"`
		Changed []changed      `json:"changed"`
		Came    []variableJSON `json:"came"`
		Went    []variableJSON `json:"went"`
		Renamed []renamed      `json:"may_be_renamed"`
	}{
		From:  file{read[0].Name, read[0].SHA256, read[0].Rows, len(read[0].Variables)},
		To:    file{read[1].Name, read[1].SHA256, read[1].Rows, len(read[1].Variables)},
		Alike: []string{}, Changed: []changed{}, Came: variablesJSON(d.Came), Went: variablesJSON(d.Went), Renamed: []renamed{},
	}
	for _, v := range d.Alike {
		out.Alike = append(out.Alike, v.Name)
	}
	for _, c := range d.Changed {
		out.Changed = append(out.Changed, changed{c.Is.Name, c.Facts, variablesJSON([]description.Variable{c.Was})[0], variablesJSON([]description.Variable{c.Is})[0]})
	}
	for _, r := range d.Renamed {
		out.Renamed = append(out.Renamed, renamed{r.Was.Name, r.Is.Name, r.For})
	}
	return a.json(out)
}
