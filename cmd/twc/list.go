package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
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
var lists = []string{"indicators", "measures", "waves", "series", "targets", "published", "releases", "notices"}

func (a *app) list() *cobra.Command {
	var department, dir, format string
	cmd := &cobra.Command{
		Use:   "list [" + strings.Join(lists, "|") + "]",
		Short: "List indicators, measures, waves, series of returns, targets, published figures, releases or notices",
		Long: `Lists the catalogue's indicators, the action plan's measures with the indicators
that serve each, the waves that the catalogue has a crosswalk for, the series of
returns, the targets and what they are held by, figures that others published and
what the catalogue would need to give each, or the releases of a store, or its notices. Without an argument: how many there are of each.`,
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
				return a.listReleases(cmd, dir, format)
			}
			if what == "notices" {
				store, _, err := openStore(cmd, dir, "")
				if err != nil {
					return err
				}
				return a.listNotices(store, format)
			}
			given := cmd.Flags().Changed("store")
			if given && what != "" && what != "series" {
				return usage("usage: "+cmd.UseLine(), "twc list: --store belongs to series, releases and notices")
			}
			if _, err := os.Stat(dir); !given && errors.Is(err, fs.ErrNotExist) {
				dir = "" // the environment names a store that is to come
			}
			c, register, department, err := a.withPlan(department)
			if err != nil {
				return err
			}
			switch what {
			case "indicators":
				return a.listIndicators(c, department, format)
			case "measures":
				return a.listMeasures(c, register, department, format)
			case "waves":
				return a.listWaves(c, format)
			case "series":
				var manifest *release.Manifest
				if dir != "" {
					_, r, err := openStore(cmd, dir, "")
					if err != nil {
						return err
					}
					manifest = r.Manifest
				}
				return a.listSeries(c, department, manifest, format)
			case "targets":
				return a.listTargets(c, register, department, format)
			case "published":
				return a.listPublished(c, format)
			}
			return a.listAll(cmd, c, register, dir, format)
		},
	}
	cmd.Flags().StringVar(&department, "department", "", "only those that `name` leads, such as HO or DfES")
	completeBy(cmd, "department", departments)
	storeFlag(cmd, &dir, "")
	formatFlag(cmd, &format, formJSON)
	a.catalogueFlag(cmd)
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

func (a *app) listAll(cmd *cobra.Command, c *indicator.Catalogue, register *plan.Register, dir, format string) error {
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
	given, all := declared(c)
	rows = append(rows, []string{"published", fmt.Sprint(all), fmt.Sprintf("figures of others, %d of them with an indicator and a source here", given)})
	if dir != "" {
		store, current, err := openStore(cmd, dir, "")
		if err != nil {
			return err
		}
		ids, err := store.Releases()
		if err != nil {
			return err
		}
		notices, err := store.Notices()
		if err != nil {
			return err
		}
		rows = append(rows, []string{"releases", fmt.Sprint(len(ids)), "in " + dir + ", " + current.ID + " is current"},
			[]string{"notices", fmt.Sprint(len(notices)), "corrections and withdrawals of figures of those"})
	} else {
		rows = append(rows, []string{"releases", "", "of a store: --store DIR"}, []string{"notices", "", "likewise"})
	}
	if format == formJSON {
		counts := map[string]any{}
		for _, row := range rows {
			n, err := strconv.Atoi(row[1])
			if counts[row[0]] = n; err != nil {
				counts[row[0]] = nil
			}
		}
		return a.json(counts)
	}
	return report.Table(a.out, a.width, []string{"List", ">", ""}, rows)
}

func (a *app) listIndicators(c *indicator.Catalogue, department, format string) error {
	type listed struct {
		Indicator string              `json:"indicator"`
		Title     string              `json:"title"`
		Measures  []string            `json:"measures"`
		Leads     []string            `json:"leads"`
		Statistic string              `json:"statistic"`
		Waves     []codebook.SourceID `json:"waves"`  // that it can be computed from
		Series    maybe               `json:"series"` // of returns that it is made from
	}
	list := []listed{}
	var rows [][]string
	for _, d := range c.Definitions {
		if department != "" && !slices.Contains(d.Leads, department) {
			continue
		}
		made := listed{d.ID, d.Title, filled(d.Measures), filled(d.Leads), string(d.Statistic), []codebook.SourceID{}, ""}
		for _, x := range c.Crosswalks {
			if d.Covers(x) && slices.ContainsFunc(d.Figures(), func(item indicator.Item) bool { return len(d.Lacks(c.Codebook, x, item)) == 0 }) {
				made.Waves = append(made.Waves, x.ID())
			}
		}
		of := fmt.Sprint(len(made.Waves))
		if d.Tabled != nil {
			of, made.Series = "return", maybe(d.Tabled.Series.ID)
		}
		list = append(list, made)
		rows = append(rows, []string{d.ID, strings.Join(d.Measures, ", "), of, d.Title})
	}
	return a.listed(format, "indicators", list, []string{"Indicator", "Measures", ">Waves", "Title"}, rows, "no indicator is led by "+department, "")
}

func (a *app) listMeasures(c *indicator.Catalogue, register *plan.Register, department, format string) error {
	type listed struct {
		Measure    string   `json:"measure"`
		Strand     string   `json:"strand"`
		Title      string   `json:"title"`
		Leads      []string `json:"leads"`
		Rests      string   `json:"rests_on"`
		Indicators []string `json:"indicators"` // and evaluations that serve it
	}
	if format == formJSON {
		list := []listed{}
		for _, m := range register.Measures {
			if department == "" || slices.Contains(m.Leads, department) {
				list = append(list, listed{m.ID, m.Strand, m.Title, m.Leads, m.Evidence, filled(c.Serving(m))})
			}
		}
		return a.json(map[string]any{"measures": list})
	}
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

func (a *app) listWaves(c *indicator.Catalogue, format string) error {
	type listed struct {
		Source     codebook.SourceID `json:"source"`
		Title      string            `json:"title"`
		Study      maybe             `json:"study"`
		Population string            `json:"population"`
		Start      string            `json:"period_start"`
		End        string            `json:"period_end"`
		Licence    string            `json:"licence"`
		Known      map[string]int    `json:"variables"` // how many of them are known how
	}
	list := []listed{}
	var rows [][]string
	for _, x := range c.Crosswalks {
		known := map[string]int{codebook.Confirmed: 0, codebook.Read: 0, codebook.Memory: 0}
		for _, s := range x.Variables {
			known[s.Known]++
		}
		count := func(how string) string {
			if known[how] == 0 {
				return "-"
			}
			return fmt.Sprint(known[how])
		}
		list = append(list, listed{x.ID(), x.Title, maybe(x.Study), x.Population, x.Fieldwork.Start, x.Fieldwork.End, x.Licence, known})
		rows = append(rows, []string{
			string(x.ID()), x.Study, x.Fieldwork.Start + " to " + x.Fieldwork.End,
			count(codebook.Confirmed), count(codebook.Read), count(codebook.Memory),
		})
	}
	return a.listed(format, "waves", list, []string{"Wave", "Study", "Fieldwork", ">Confirmed", ">Read", ">Memory"}, rows, "no wave has a crosswalk",
		"Names and codes are confirmed in the archive's documentation or on the data, read in a secondary source, or from memory: check the last against the archive's documentation before figures are used.")
}

func (a *app) listReleases(cmd *cobra.Command, dir, format string) error {
	type source struct {
		Source  codebook.SourceID `json:"source"`
		Carried bool              `json:"carried"`
	}
	type listed struct {
		Release    string    `json:"release"`
		Current    bool      `json:"current"`
		Synthetic  bool      `json:"synthetic"`
		Without    bool      `json:"without_disclosure_control"`
		Indicators int       `json:"indicators"`
		Sources    []source  `json:"sources"`
		Notices    []bearing `json:"notices"`
	}
	list := []listed{}
	store, current, err := openStore(cmd, dir, "")
	if err != nil {
		return err
	}
	var rows [][]string
	noticed := false
	ids, err := store.Releases()
	if err != nil {
		return err
	}
	entries, err := store.Notices()
	if err != nil {
		return err
	}
	unannounced, err := store.Unannounced()
	if err != nil {
		return err
	}
	for _, id := range ids {
		r, err := store.Release(id)
		if err != nil {
			return err
		}
		notices := release.Bear(release.Stand(entries), unannounced, ids, id)
		made := listed{id, id == current.ID, r.Manifest.Synthetic, r.Manifest.Disclosure.Without(), len(r.Manifest.Indicators), []source{}, bearingsJSON(notices)}
		var sources []string
		for _, s := range r.Manifest.Sources {
			made.Sources = append(made.Sources, source{s.ID, s.Carried})
			name := string(s.ID)
			if s.Carried {
				name += " (carried)"
			}
			sources = append(sources, name)
		}
		list = append(list, made)
		mark := ""
		if made.Current {
			mark = "current"
		}
		var kinds []string
		if made.Synthetic {
			kinds = append(kinds, "synthetic")
		}
		if made.Without {
			kinds = append(kinds, "without disclosure control")
		}
		rows = append(rows, []string{id, mark, strings.Join(kinds, ", "), fmt.Sprint(len(r.Manifest.Indicators)), named(notices), strings.Join(sources, ", ")})
		noticed = noticed || named(notices) != ""
	}
	header, about := []string{"Release", "", "", ">Indicators", "Notices", "Sources"}, "Notices: of corrections and withdrawals of figures in the release, by their numbers, twc list notices says which; and of those that a later release corrected without one, by that release."
	if !noticed {
		header, about = slices.Delete(header, 4, 5), ""
		for i := range rows {
			rows[i] = slices.Delete(rows[i], 4, 5)
		}
	}
	return a.listed(format, "releases", list, header, rows, "no release", about)
}

// listed writes a list for programs, or for people as rows with a word about them; or
// what to say where there are none.
func (a *app) listed(format, name string, list any, header []string, rows [][]string, otherwise, about string) error {
	switch {
	case format == formJSON:
		return a.json(map[string]any{name: list})
	case len(rows) == 0:
		a.line("%s", otherwise)
		return nil
	}
	a.rows(header, rows)
	if about != "" {
		a.line("")
		a.paragraph("", about)
	}
	return nil
}

// A maybe is a text that programs get as null where there is none.
type maybe string

// MarshalJSON writes it.
func (m maybe) MarshalJSON() ([]byte, error) {
	if m == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(m))
}

// filled is a list, empty where there is none.
func filled[T any](list []T) []T { return append([]T{}, list...) }
