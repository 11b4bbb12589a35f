package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
)

// lists are what the command can list.
var lists = []string{"indicators", "measures", "waves", "series", "targets", "published", "releases"}

func (a *app) list() *cobra.Command {
	var department, dir string
	cmd := &cobra.Command{
		Use:   "list [" + strings.Join(lists, "|") + "]",
		Short: "List indicators, measures, waves, series of returns, targets, published figures or releases",
		Long: `Lists the catalogue's indicators, the action plan's measures with the indicators
that serve each, the waves that the catalogue has a crosswalk for, the series of
returns, the targets and what they are held by, figures that others published and
what the catalogue would need to give each, or the releases of a store. Without an argument: how many there are of each.`,
		Example: `  twc list measures --department HO
  twc list waves
  twc list series --store store
  twc list releases --store store`,
		Args:      arguments(0, 1),
		ValidArgs: lists,
		RunE: func(cmd *cobra.Command, args []string) error {
			what := ""
			if len(args) > 0 {
				what = args[0]
			}
			if what != "" && !slices.Contains(lists, what) {
				return usage("usage: "+cmd.UseLine(), "twc list: no list %q%s", what, refusal.Nearest(what, lists))
			}
			if department != "" && !slices.Contains([]string{"indicators", "measures", "series", "targets"}, what) {
				return usage("usage: "+cmd.UseLine(), "twc list: --department belongs to indicators, measures, series and targets")
			}
			if what == "releases" {
				return a.listReleases(cmd, dir)
			}
			if dir != "" && what != "" && what != "series" {
				return usage("usage: "+cmd.UseLine(), "twc list: --store belongs to series and releases")
			}
			c, register, department, err := a.withPlan(department)
			if err != nil {
				return err
			}
			switch what {
			case "indicators":
				return a.listIndicators(c, department)
			case "measures":
				return a.listMeasures(c, register, department)
			case "waves":
				return a.listWaves(c)
			case "series":
				var manifest *release.Manifest
				if dir != "" {
					_, r, err := openStore(cmd, dir, "")
					if err != nil {
						return err
					}
					manifest = r.Manifest
				}
				return a.listSeries(c, department, manifest)
			case "targets":
				return a.listTargets(c, register, department)
			case "published":
				return a.listPublished(c)
			}
			return a.listAll(cmd, c, register, dir)
		},
	}
	cmd.Flags().StringVar(&department, "department", "", "only those that `name` leads, such as HO or DfES")
	cmd.Flags().StringVar(&dir, "store", "", "`folder` of releases")
	a.catalogueFlag(cmd.Flags())
	return cmd
}

// lead returns a department as the plan writes it.
func lead(register *plan.Register, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	names := slices.Sorted(maps.Keys(register.Departments))
	for _, n := range names {
		if strings.EqualFold(n, name) || strings.EqualFold(register.Departments[n], name) {
			return n, nil
		}
	}
	return "", usage("departments: "+strings.Join(names, ", "), "no department %q in the plan%s", name, register.NearestDepartment(name))
}

func (a *app) listAll(cmd *cobra.Command, c *indicator.Catalogue, register *plan.Register, dir string) error {
	served := 0
	for _, m := range register.Measures {
		if len(c.Serving(m)) > 0 {
			served++
		}
	}
	var surveys []string
	for _, x := range c.Crosswalks {
		if !slices.Contains(surveys, x.Survey) {
			surveys = append(surveys, x.Survey)
		}
	}
	rows := [][]string{
		{"indicators", fmt.Sprint(len(c.Definitions)), "what the pipeline estimates"},
		{"measures", fmt.Sprint(len(register.Measures)), fmt.Sprintf("of the action plan, %d of them with an indicator or evidence here", served)},
		{"waves", fmt.Sprint(len(c.Crosswalks)), "with a crosswalk, of " + strings.Join(surveys, ", ")},
	}
	held := 0
	for _, d := range c.Definitions {
		held += len(d.Targets)
	}
	rows = append(rows,
		[]string{"series", fmt.Sprint(len(c.Series)), "of returns, whose forms twc template writes"},
		[]string{"targets", fmt.Sprint(held + len(register.Targets)), fmt.Sprintf("of the time, %d of them with an indicator that is held against them", held)})
	given, all := ledger(c)
	rows = append(rows, []string{"published", fmt.Sprint(all), fmt.Sprintf("figures of others, %d of them with an indicator and a source here", given)})
	if dir != "" {
		store, current, err := openStore(cmd, dir, "")
		if err != nil {
			return err
		}
		rows = append(rows, []string{"releases", fmt.Sprint(len(store.Releases())), "in " + dir + ", " + current.ID + " is current"})
	} else {
		rows = append(rows, []string{"releases", "", "of a store: --store DIR"})
	}
	return report.Table(a.out, a.width, []string{"List", ">", ""}, rows)
}

func (a *app) listIndicators(c *indicator.Catalogue, department string) error {
	var rows [][]string
	for _, d := range c.Definitions {
		if department != "" && !slices.Contains(d.Leads, department) {
			continue
		}
		waves := 0
		for _, x := range c.Crosswalks {
			if d.Covers(x) && slices.ContainsFunc(d.Figures(), func(item indicator.Item) bool { return len(d.Lacks(c.Codebook, x, item)) == 0 }) {
				waves++
			}
		}
		of := fmt.Sprint(waves)
		if d.Tabled != nil {
			of = "return"
		}
		rows = append(rows, []string{d.ID, strings.Join(d.Measures, ", "), of, d.Title})
	}
	return a.table([]string{"Indicator", "Measures", ">Waves", "Title"}, rows, "no indicator is led by "+department)
}

func (a *app) listMeasures(c *indicator.Catalogue, register *plan.Register, department string) error {
	shown, served := 0, 0
	for _, strand := range register.Strands {
		heading := strand.Title
		for _, m := range register.Measures {
			if m.Strand != strand.ID || department != "" && !slices.Contains(m.Leads, department) {
				continue
			}
			if heading != "" {
				if shown > 0 {
					a.line("")
				}
				a.line("%s", heading)
				heading = ""
			}
			shown++
			a.paragraph(fmt.Sprintf("  %-4s ", m.ID), fmt.Sprintf("%s (%s; %s)", m.Title, strings.Join(m.Leads, ", "), m.Evidence))
			by := "nothing here"
			if ids := c.Serving(m); len(ids) > 0 {
				by = strings.Join(ids, ", ")
				served++
			}
			a.paragraph("         -> ", by)
		}
	}
	if shown == 0 {
		a.line("no measure is led by %s", department)
		return nil
	}
	a.line("\n%s, %d with an indicator or evidence here", report.Plural(shown, "measure"), served)
	return nil
}

func (a *app) listWaves(c *indicator.Catalogue) error {
	var rows [][]string
	for _, x := range c.Crosswalks {
		known := map[string]int{}
		for _, s := range x.Variables {
			known[s.Known]++
		}
		count := func(how string) string {
			if known[how] == 0 {
				return "-"
			}
			return fmt.Sprint(known[how])
		}
		rows = append(rows, []string{
			string(x.ID()), x.Study, x.Fieldwork.Start + " to " + x.Fieldwork.End,
			count(codebook.Confirmed), count(codebook.Read), count(codebook.Memory),
		})
	}
	if err := report.Table(a.out, a.width, []string{"Wave", "Study", "Fieldwork", ">Confirmed", ">Read", ">Memory"}, rows); err != nil {
		return err
	}
	a.line("")
	return report.Paragraph(a.out, a.width, "", "Names and codes are confirmed in the archive's documentation or on the data, read in a secondary source, or from memory: check the last against the archive's documentation before figures are used.")
}

func (a *app) listReleases(cmd *cobra.Command, dir string) error {
	store, current, err := openStore(cmd, dir, "")
	if err != nil {
		return err
	}
	var rows [][]string
	for _, id := range store.Releases() {
		r, err := store.Release(id)
		if err != nil {
			return err
		}
		var sources []string
		for _, s := range r.Manifest.Sources {
			name := string(s.ID)
			if s.Carried {
				name += " (carried)"
			}
			sources = append(sources, name)
		}
		mark := ""
		if id == current.ID {
			mark = "current"
		}
		var kinds []string
		if r.Manifest.Synthetic {
			kinds = append(kinds, "synthetic")
		}
		if r.Manifest.Disclosure.Without() {
			kinds = append(kinds, "without disclosure control")
		}
		rows = append(rows, []string{id, mark, strings.Join(kinds, ", "), fmt.Sprint(len(r.Manifest.Indicators)), strings.Join(sources, ", ")})
	}
	return report.Table(a.out, a.width, []string{"Release", "", "", ">Indicators", "Sources"}, rows)
}

// table writes rows, or what to say where there are none.
func (a *app) table(header []string, rows [][]string, otherwise string) error {
	if len(rows) == 0 {
		a.line("%s", otherwise)
		return nil
	}
	return report.Table(a.out, a.width, header, rows)
}
