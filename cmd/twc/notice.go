package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
)

// An announcement is a notice as the flags give it.
type announcement struct {
	dir, format, since, correctedBy string
	notice                          release.Notice
	scope                           release.Scope
	sources                         []string
	wait                            time.Duration
}

// flags are those that a correction and a withdrawal share.
func (n *announcement) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	storeFlag(cmd, &n.dir, "")
	flags.StringSliceVar(&n.scope.Indicators, "indicator", nil, "`indicators` that it is about, or all")
	flags.StringSliceVar(&n.sources, "source", nil, "of them only the figures of these `sources`, such as hocs/2003")
	flags.StringSliceVar(&n.scope.Populations, "population", nil, "only those of these `populations`")
	flags.StringSliceVar(&n.scope.Breakdowns, "by", nil, "only those by these `breakdowns`, such as sex,region")
	flags.StringSliceVar(&n.scope.Categories, "category", nil, "only those of these `categories`, such as women")
	flags.StringSliceVar(&n.scope.Items, "item", nil, "only those of these `items`")
	flags.StringVar(&n.since, "since", "", "`id` of the first release that has the figures")
	flags.IntVar(&n.notice.Ends, "notice", 0, "`number` of the notice that this one is about")
	flags.StringVar(&n.notice.Reason, "reason", "", "`words` that say what is wrong and why")
	flags.StringVar(&n.notice.Issued, "issued", "", "`day` of the notice, YYYY-MM-DD (default today)")
	flags.DurationVar(&n.wait, "wait", 0, "`time` to wait while another run has the store, such as 90s or 10m")
	formatFlag(cmd, &n.format, formJSON)
	completeBy(cmd, "indicator", func(cmd *cobra.Command, _ []string, _ string) []string {
		return append(indicatorsOf(cmd, n.dir, n.since), codebook.All)
	})
	completeBy(cmd, "source", func(cmd *cobra.Command, _ []string, _ string) []string { return sourcesOf(cmd, n.dir, n.since) })
	completeBy(cmd, "since", func(cmd *cobra.Command, _ []string, _ string) []string { return releaseIDs(cmd, n.dir) })
	for flag, of := range map[string]func(x *release.IndicatorLabels) []string{
		"population": func(x *release.IndicatorLabels) []string { return x.Populations },
		"by":         func(x *release.IndicatorLabels) []string { return x.BreakdownCodes() },
		"item":       func(x *release.IndicatorLabels) []string { return x.Items },
		"category": func(x *release.IndicatorLabels) (all []string) {
			for _, d := range x.Breakdowns {
				all = append(all, d.Categories...)
			}
			return all
		},
	} {
		completeBy(cmd, flag, func(cmd *cobra.Command, _ []string, _ string) (all []string) {
			_, r, err := openStore(cmd, n.dir, n.since)
			if err != nil {
				return nil
			}
			for _, id := range n.scope.Indicators {
				if x := r.Labels.Indicator(id); x != nil {
					all = append(all, of(x)...)
				}
			}
			return all
		})
	}
	completeBy(cmd, "notice", func(cmd *cobra.Command, _ []string, _ string) []string {
		store, _, err := openStore(cmd, n.dir, "")
		if err != nil {
			return nil
		}
		notices, _ := store.Notices() // none that cannot be read
		var all []string
		for i := range notices {
			all = append(all, cobra.CompletionWithDesc(strconv.Itoa(i+1), notices[i].Reason))
		}
		return all
	})
}

// releaseIDs lists the releases of a store, none where it cannot be read.
func releaseIDs(cmd *cobra.Command, dir string) []string {
	s, _, err := openStore(cmd, dir, "")
	if err != nil {
		return nil
	}
	ids, _ := s.Releases()
	return ids
}

// check says what was called wrongly, and makes of the flags what the notice is about.
func (n *announcement) check(cmd *cobra.Command) error {
	var err error
	if n.notice.Issued, err = issued(n.notice.Issued); err != nil {
		return err
	}
	if n.wait < 0 {
		return usage("a time is written as in --wait 10m", "--wait %s is before now, want a time to wait", n.wait)
	}
	hint := "usage: " + cmd.UseLine()
	about := func() string {
		for _, flag := range []string{"indicator", "source", "population", "by", "category", "item", "since"} {
			if cmd.Flags().Changed(flag) {
				return flag
			}
		}
		return ""
	}()
	switch {
	case cmd.Flags().Changed("notice") && n.notice.Ends < 1:
		return usage("twc list notices shows their numbers", "--notice %d, want the number of a notice", n.notice.Ends)
	case n.notice.Ends > 0 && about != "":
		return usage(hint, "--notice %d has its figures already: leave --%s out", n.notice.Ends, about)
	case n.notice.Ends == 0 && len(n.scope.Indicators) == 0:
		return usage(hint, "no --indicator: which figures is the notice about? --indicator all for those of every one")
	case n.notice.Ends == 0 && n.since == "":
		return usage("twc list releases shows them", "no --since: which release is the first that has the figures?")
	case n.notice.Reason == "":
		return usage(hint, "no --reason: a notice says what is wrong and why")
	}
	if n.correctedBy != "" {
		n.notice.CorrectedBy = &release.Named{ID: n.correctedBy}
	}
	if n.notice.Ends > 0 {
		return nil
	}
	n.notice.Since = &release.Named{ID: n.since}
	for _, id := range n.sources {
		n.scope.Sources = append(n.scope.Sources, codebook.SourceID(id))
	}
	if len(n.scope.Indicators) == 1 && n.scope.Indicators[0] == codebook.All {
		n.scope.Indicators = nil
	}
	n.notice.Affects = &n.scope
	return nil
}

// announce adds the notice to the store and says so.
func (a *app) announce(cmd *cobra.Command, n *announcement) error {
	if err := n.check(cmd); err != nil {
		return err
	}
	store, _, err := openStore(cmd, n.dir, "")
	if err != nil {
		return err
	}
	number, made, err := store.Announce(n.notice, n.wait, func() { fmt.Fprintln(a.stderr, "wait for another run to end") })
	if made == nil || err != nil {
		return err
	}
	if n.format == formJSON {
		return a.json(noticeJSON(number, made))
	}
	notices, err := store.Notices()
	if err != nil {
		return err
	}
	switch {
	case made.Ends == 0:
		for _, s := range release.Stand(notices) {
			if s.Number == number {
				a.paragraph(fmt.Sprintf("Notice %d: ", number), report.About(s))
			}
		}
	case made.Kind == release.Withdrawal:
		a.line("Notice %d: notice %d is taken back", number, made.Ends)
	default:
		a.line("Notice %d: notice %d is ended, corrected by %s", number, made.Ends, made.CorrectedBy.ID)
	}
	a.paragraph("Reason: ", made.Reason)
	if made.Kind == release.Correction && made.CorrectedBy == nil {
		a.paragraph("", fmt.Sprintf("Where a release has the figures right: twc correct --notice %d --corrected-by RELEASE", number))
	}
	a.line("%s, SHA-256 %s", made.Path, made.Digest)
	return nil
}

// A told is a notice for programs.
type told struct {
	Notice      *int               `json:"notice"` // its number; null of a correction that a release made without one
	Kind        release.NoticeKind `json:"kind"`
	Issued      string             `json:"issued"`
	Extent      maybe              `json:"extent"`
	Ends        *int               `json:"ends"` // the notice that it is about
	Affects     *release.Scope     `json:"affects"`
	Since       maybe              `json:"since"`
	CorrectedBy maybe              `json:"corrected_by"`
	Reason      string             `json:"reason"`
}

func toldOf(number int, n *release.Notice) told {
	t := told{nil, n.Kind, n.Issued, maybe(n.Extent), nil, nil, idOf(n.Since), idOf(n.CorrectedBy), n.Reason}
	if number > 0 {
		t.Notice = &number
	}
	if n.Ends > 0 {
		t.Ends = &n.Ends
	} else {
		s := n.Affects.Sorted()
		t.Affects = &s
	}
	return t
}

// idOf is the id of a release that a notice names.
func idOf(r *release.Named) maybe {
	if r == nil {
		return ""
	}
	return maybe(r.ID)
}

// A toldEntry is a notice with its file.
type toldEntry struct {
	told
	Path   string `json:"path"`
	Digest string `json:"digest"`
}

func noticeJSON(number int, n *release.NoticeEntry) toldEntry {
	return toldEntry{toldOf(number, &n.Notice), n.Path, n.Digest}
}

// listNotices lists the notices of a store, and what has become of each.
func (a *app) listNotices(store *publish.Store, format string) error {
	type listed struct {
		toldEntry
		State string `json:"state"`
	}
	notices, err := store.Notices()
	if err != nil {
		return err
	}
	standing := map[int]release.Standing{}
	for _, s := range release.Stand(notices) {
		standing[s.Number] = s
	}
	taken := map[int]int{}
	for i := range notices {
		if n := &notices[i]; n.Ends > 0 && n.Kind == release.Withdrawal {
			taken[n.Ends] = i + 1
		}
	}
	list := []listed{}
	var rows [][]string
	for i := range notices {
		n, number := &notices[i], i+1
		about, state := fmt.Sprintf("notice %d", n.Ends), ""
		s, stands := standing[number]
		switch by := taken[number]; {
		case by > 0:
			state = fmt.Sprintf("taken back by notice %d", by)
		case stands && s.CorrectedBy != nil:
			state = "corrected by " + s.CorrectedBy.ID
		case stands:
			state = "in force"
		}
		since := ""
		if n.Ends == 0 {
			about, since = n.Affects.Words(), n.Since.ID
		}
		kind := string(n.Kind)
		if n.Extent != "" {
			kind += ", " + n.Extent
		}
		list = append(list, listed{noticeJSON(number, n), state})
		rows = append(rows, []string{fmt.Sprint(number), n.Issued, kind, about, since, state, n.Reason})
	}
	return a.listed(format, "notices", list, []string{">", "Issued", "Kind", "About", "Since", "State", "Reason"}, rows, "no notice", "")
}

// A bearing is a notice for programs, and how it bears on what it is told with.
type bearing struct {
	told
	Effect release.Effect `json:"effect"`
}

func bearingsJSON(list []release.Bearing) []bearing {
	all := []bearing{}
	for _, b := range list {
		all = append(all, bearing{toldOf(b.Number, &b.Notice), b.Effect})
	}
	return all
}

// warn tells of notices, in words, beside a file or a table that has no place for them.
func (a *app) warn(texts []string) {
	for _, text := range texts {
		fmt.Fprintf(a.stderr, "twc: notice: %s\n", text)
	}
}

// named lists the notices by which figures are affected, and the releases that corrected
// some without one, each once; "" for none.
func named(list []release.Bearing) string {
	var all []string
	for _, b := range release.Affecting(list) {
		if !slices.Contains(all, b.Name()) {
			all = append(all, b.Name())
		}
	}
	return strings.Join(all, ", ")
}

// openNotices tells after a run which notices hold for its figures, and of those whose
// figures it changed how to say that they are right now.
func (a *app) openNotices(out io.Writer, o *pipeline.Outcome) error {
	for _, n := range o.Notices {
		words := report.About(n.Standing)
		if n.Moved && o.Published {
			words += fmt.Sprintf("; this release has others: if they are right, twc correct --notice %d --corrected-by %s", n.Number, o.Release)
		}
		if err := report.Paragraph(out, a.width, fmt.Sprintf("  %d  ", n.Number), words); err != nil {
			return err
		}
	}
	return nil
}

// An openNotice is a notice in force for programs.
type openNotice struct {
	told
	Moved bool `json:"moved"`
}

func openNoticesJSON(list []pipeline.OpenNotice) []openNotice {
	all := []openNotice{}
	for _, n := range list {
		all = append(all, openNotice{toldOf(n.Number, &n.Notice), n.Moved})
	}
	return all
}
