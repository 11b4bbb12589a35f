package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report"
)

// A selection says which figures of an indicator to show.
type selection struct {
	by, sources, populations []string
}

func (a *app) show() *cobra.Command {
	var dir, id, format string
	var s selection
	var plot bool
	cmd := &cobra.Command{
		Use:   "show INDICATOR --store DIR",
		Short: "Show an indicator's figures and how they changed",
		Long: `Shows each source's figure with its interval, standard error and base, the change
between sources with its interval and verdict, where the indicator stands against
its targets, what the figures carry as notes, and published figures beside them
where there are some.

Without --by the figures are for everybody; --by all shows every breakdown. A
page rounds for reading; csv and json have the figures as they are published. --plot
draws them instead, each as a point on the line of its interval.
csv gives the figures alone, json the changes, trends, funnels and targets too. Of an evaluation they are
what it says: its milestones, findings and caveats.

A notice that figures are wrong, or are withdrawn, stands above them, with the release
that has them right where there is one: of csv on standard error. The figures are shown
as they were published.`,
		Example: `  twc show influence-local --store store
  twc show influence-local --store store --by sex,region
  twc show influence-local --store store --population england --source hocs/2003
  twc show influence-local --store store --by region --plot
  twc show influence-local --store store --by all --format csv`,
		Args:              arguments(1, 1),
		ValidArgsFunction: firstOf(func(cmd *cobra.Command, _ []string, _ string) []string { return indicatorsOf(cmd, dir, id) }),
		RunE: func(cmd *cobra.Command, args []string) error {
			_, r, err := openStore(cmd, dir, id)
			if err != nil {
				return err
			}
			entry := r.Manifest.Indicator(args[0])
			if entry == nil {
				return noIndicator(r, args[0])
			}
			content, err := r.Content(entry.ID)
			if err != nil {
				return err
			}
			breakdowns := content.Words.Indicator.BreakdownCodes()
			if err := s.check(content.Figures, breakdowns); err != nil {
				return err
			}
			content = s.of(content)
			notices, err := r.Bearings()
			if err != nil {
				return err
			}
			notices = release.On(notices, entry.ID, content)
			if plot && format != formText {
				return usage("usage: "+cmd.UseLine(), "--plot is text, and goes with no --format")
			}
			switch format {
			case formCSV:
				a.warn(report.NoticeTexts(notices))
				if entry.Figures == 0 {
					return a.csv(sheet.CSV(content.Evidence, release.EvidenceColumns))
				}
				return a.csv(sheet.CSV(content.Figures, release.FigureColumns))
			case formJSON:
				return a.showJSON(r, entry, content, notices)
			}
			printed, err := printedFigures()
			if err != nil {
				return err
			}
			published, err := printed.Beside(r, entry.ID, content)
			if err != nil {
				return err
			}
			page := report.Page{
				Release: r.ID, Folder: r.Folder(entry.ID), Entry: *entry, Synthetic: r.Manifest.Synthetic, Without: r.Manifest.Disclosure.Without(),
				Content: content, Notices: notices, Labels: r.Labels, Published: published, Width: a.width,
			}
			if plot {
				return a.plots(page, s)
			}
			page.More = slices.DeleteFunc(breakdowns, func(b string) bool { return b == codebook.All || s.shows(b) })
			return report.Indicator(a.out, page)
		},
	}
	flags := cmd.Flags()
	storeFlag(cmd, &dir, "")
	releaseFlag(cmd, &id, &dir)
	flags.StringSliceVar(&s.by, "by", nil, "`breakdowns`, such as sex,region, or all")
	flags.StringSliceVar(&s.sources, "source", nil, "only these `sources`, such as hocs/2003, or hocs for all of a survey")
	flags.StringSliceVar(&s.populations, "population", nil, "only these `populations`")
	flags.BoolVar(&plot, "plot", false, "draw the figures with their intervals, as text")
	formatFlag(cmd, &format, formCSV, formJSON)
	completeBy(cmd, "source", func(cmd *cobra.Command, _ []string, _ string) []string { return sourcesOf(cmd, dir, id) })
	completeBy(cmd, "by", func(cmd *cobra.Command, args []string, _ string) []string {
		breakdowns, _ := dividedBy(cmd, dir, id, args)
		return breakdowns
	})
	completeBy(cmd, "population", func(cmd *cobra.Command, args []string, _ string) []string {
		_, populations := dividedBy(cmd, dir, id, args)
		return populations
	})
	return cmd
}

// noIndicator says which indicator was meant.
func noIndicator(r *publish.Release, name string) error {
	var ids []string
	for _, x := range r.Manifest.Indicators {
		ids = append(ids, x.ID)
	}
	return usage("twc run says what could not be computed, and why",
		"release %s has no indicator %q%s", r.ID, name, refusal.Nearest(name, ids))
}

// check reports every part of the selection that no figure has.
func (s selection) check(figures []release.Figure, breakdowns []string) error {
	var ps refusal.Problems
	for _, part := range []struct {
		flag string
		want []string
		of   func(release.Figure) string
	}{
		{"by", s.by, func(f release.Figure) string { return f.Breakdown }},
		{"source", s.sources, func(f release.Figure) string { return string(f.Source) }},
		{"population", s.populations, func(f release.Figure) string { return f.Population }},
	} {
		var has []string
		for _, f := range figures {
			if v := part.of(f); !slices.Contains(has, v) {
				has = append(has, v)
			}
		}
		slices.Sort(has)
		if part.flag == "by" {
			has = breakdowns
		}
		for _, want := range part.want {
			if want == codebook.All && part.flag == "by" || slices.Contains(has, want) {
				continue
			}
			meant := refusal.Nearest(want, has)
			if part.flag == "source" {
				if slices.ContainsFunc(has, func(id string) bool { return wanted(codebook.SourceID(id), want) }) {
					continue
				}
				meant = nearestSource(want, has)
			}
			ps = append(ps, refusal.Problem{
				Kind: refusal.Usage, Where: "--" + part.flag,
				What: fmt.Sprintf("no figure of %q%s", want, meant), Hint: "--" + part.flag + " can be " + strings.Join(has, ", "),
			})
		}
	}
	return ps.Err()
}

// shows says whether a breakdown is selected. Without --by it is the
// undivided one alone.
func (s selection) shows(breakdown string) bool {
	if len(s.by) == 0 {
		return breakdown == codebook.All
	}
	return slices.Contains(s.by, codebook.All) || slices.Contains(s.by, breakdown)
}

// nearestSource says which source was meant: by a wave alone, that of each
// survey that has it.
func nearestSource(want string, has []string) string {
	var ids []string
	for _, id := range has {
		if codebook.SourceID(id).Wave() == want {
			ids = append(ids, strconv.Quote(id))
		}
	}
	if len(ids) == 0 {
		return refusal.Nearest(want, has)
	}
	return "; did you mean " + strings.Join(ids, " or ") + "?"
}

// wanted says whether a source is the one wanted, or of the survey wanted.
func wanted(id codebook.SourceID, want string) bool { return string(id) == want || id.Survey() == want }

// of returns the selected part of a content. A change belongs to both of its
// sources.
func (s selection) of(c release.Content) release.Content {
	in := func(id codebook.SourceID) bool {
		return len(s.sources) == 0 || slices.ContainsFunc(s.sources, func(want string) bool { return wanted(id, want) })
	}
	selected := func(k indicator.Key, from codebook.SourceID) bool {
		return s.shows(k.Breakdown) && (len(s.populations) == 0 || slices.Contains(s.populations, k.Population)) &&
			(in(k.Source) || from != "" && in(from))
	}
	c.Figures = slices.DeleteFunc(slices.Clone(c.Figures), func(f release.Figure) bool { return !selected(f.Key, "") })
	c.Changes = slices.DeleteFunc(slices.Clone(c.Changes), func(ch release.Change) bool { return !selected(ch.Key, ch.FromSource) })
	c.Trends = slices.DeleteFunc(slices.Clone(c.Trends), func(t release.Trend) bool { return !selected(t.Key, "") })
	c.Funnels = slices.DeleteFunc(slices.Clone(c.Funnels), func(f release.Funnel) bool { return !selected(f.Key, "") })
	return c
}

// showJSON writes figures and changes with the columns of the files, in their
// order; what is null there is null here.
func (a *app) showJSON(r *publish.Release, entry *release.Indicator, c release.Content, notices []release.Bearing) error {
	return a.json(struct {
		Release   string            `json:"release"`
		Synthetic bool              `json:"synthetic"`
		Notices   []bearing         `json:"notices"`
		Indicator release.Indicator `json:"indicator"`
		Words     release.Words     `json:"words"`
		Figures   []json.RawMessage `json:"figures"`
		Changes   []json.RawMessage `json:"changes"`
		Evidence  []json.RawMessage `json:"evidence"`
		Targets   []json.RawMessage `json:"targets"`
		Trends    []json.RawMessage `json:"trends"`
		Funnels   []json.RawMessage `json:"funnels"`
	}{r.ID, r.Manifest.MadeUp(entry.ID), bearingsJSON(notices), *entry, c.Words, sheet.JSON(c.Figures, release.FigureColumns), sheet.JSON(c.Changes, release.ChangeColumns), sheet.JSON(c.Evidence, release.EvidenceColumns), sheet.JSON(c.Targets, release.TargetColumns), sheet.JSON(c.Trends, release.TrendColumns), sheet.JSON(c.Funnels, release.FunnelColumns)})
}
