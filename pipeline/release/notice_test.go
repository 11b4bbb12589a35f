package release

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
)

// A scope has the rows whose keys have a code of each of its lists; a change belongs to
// both of its sources, and a trend to those between.
func TestTouches(t *testing.T) {
	key := func(source codebook.SourceID, breakdown, category string) indicator.Key {
		return indicator.Key{Indicator: "a", Source: source, Population: "england", Breakdown: breakdown, Category: category, Item: "all"}
	}
	figure := Content{Figures: []Figure{{Key: key("hocs/2003", "sex", "women")}}}
	change := Content{Changes: []Change{{Key: key("hocs/2005", "all", "all"), FromSource: "hocs/2001"}}}
	trend := Content{Trends: []Trend{{Key: key("hocs/2005", "all", "all"), FromSource: "hocs/2001"}}}
	trend.Words.Indicator.Sources = []codebook.SourceID{"hocs/2001", "hocs/2003", "bcs/2004", "hocs/2005", "hocs/2007"}
	evidence := Content{Evidence: []Evidence{{Indicator: "a", Source: "evaluations/a"}}}
	of := func(ids ...codebook.SourceID) Scope { return Scope{Sources: ids} }
	for _, c := range []struct {
		name    string
		scope   Scope
		content Content
		want    bool
	}{
		{"everything has a figure", Scope{}, figure, true},
		{"its indicator has it", Scope{Indicators: []string{"a", "b"}}, figure, true},
		{"another has it not", Scope{Indicators: []string{"b"}}, figure, false},
		{"its source has it", of("hocs/2001", "hocs/2003"), figure, true},
		{"another source has it not", of("hocs/2001"), figure, false},
		{"its population has it", Scope{Populations: []string{"england"}}, figure, true},
		{"another population has it not", Scope{Populations: []string{"wales"}}, figure, false},
		{"its category has it", Scope{Breakdowns: []string{"sex"}, Categories: []string{"women"}}, figure, true},
		{"another category has it not", Scope{Breakdowns: []string{"sex"}, Categories: []string{"men"}}, figure, false},
		{"another breakdown has it not", Scope{Breakdowns: []string{"all"}}, figure, false},
		{"another item has it not", Scope{Items: []string{"letters"}}, figure, false},
		{"the source of a change has it", of("hocs/2005"), change, true},
		{"the source that a change is from has it", of("hocs/2001"), change, true},
		{"a source between has it not", of("hocs/2003"), change, false},
		{"a source between has a trend", of("hocs/2003"), trend, true},
		{"a source after it has it not", of("hocs/2007"), trend, false},
		{"another survey between has it not", of("bcs/2004"), trend, false},
		{"an evaluation has its evidence", of("evaluations/a"), evidence, true},
		{"evidence has no category", Scope{Categories: []string{"women"}}, evidence, false},
		{"nothing is nobody's", Scope{}, Content{}, false},
	} {
		if got := c.scope.Touches("a", c.content); got != c.want {
			t.Errorf("%s: got %t", c.name, got)
		}
	}
}

// A notice bears on the releases from the first that has the figures on, and, as their
// correction, on the one that has them right; on none after that.
func TestBear(t *testing.T) {
	chain := []string{"1", "2", "3", "4", "5"}
	standing := func(since, by string) []Standing {
		s := Standing{Number: 1, Notice: Notice{Since: &Named{ID: since}}}
		if by != "" {
			s.CorrectedBy = &Named{ID: by}
		}
		return []Standing{s}
	}
	for _, c := range []struct {
		name      string
		since, by string
		want      string // of each release: affected, corrected, or nothing
	}{
		{"corrected by a later release", "2", "4", "-aac-"},
		{"corrected by the next", "2", "3", "-ac--"},
		{"not corrected", "2", "", "-aaaa"},
		{"from the first to the last", "1", "5", "aaaac"},
	} {
		got := ""
		for _, id := range chain {
			mark := "-"
			for _, b := range Bear(standing(c.since, c.by), nil, chain, id) {
				mark = string(b.Effect[0])
			}
			got += mark
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// What a notice can say only where somebody wrote it by hand is found, too.
func TestCheckNoticesOfNoRun(t *testing.T) {
	chain := []Link{{Named: Named{"2001-12-01.1", "a"}}, {Named: Named{"2002-12-01.1", "b"}, Notice: "n1"}}
	first := NoticeEntry{Digest: "n1", Notice: Notice{Newest: Named{"2001-12-01.1", "a"}, Issued: "2001-12-02", Kind: Withdrawal, Since: &Named{"2001-12-01.1", "a"}, Affects: &Scope{}}}
	chain[0].Labels, chain[1].Labels = &Labels{}, &Labels{}
	if faults := CheckNotices([]NoticeEntry{first}, chain); len(faults) > 0 {
		t.Fatalf("a notice that holds: %v", faults)
	}
	for _, c := range []struct {
		name string
		edit func(n *NoticeEntry)
		want string
	}{
		{"of a release that came later", func(n *NoticeEntry) { n.Since = &Named{"2002-12-01.1", "b"} }, "the first release affected is 2002-12-01.1, and the newest was 2001-12-01.1"},
		{"corrected by one that came later", func(n *NoticeEntry) { n.CorrectedBy = &Named{"2002-12-01.1", "b"} }, "the release that corrects is 2002-12-01.1, and the newest was 2001-12-01.1"},
		{"of a day before its release", func(n *NoticeEntry) { n.Issued = "2001-11-30" }, "issued 2001-11-30, before the last release, 2001-12-01.1"},
		{"that names another before it", func(n *NoticeEntry) { n.Previous = "n0" }, "previous is n0, want empty"},
		{"of another digest", func(n *NoticeEntry) { n.Newest.Digest = "c" }, "the SHA-256 of 2001-12-01.1, the newest release, is c, want a"},
	} {
		n := first
		c.edit(&n)
		faults := CheckNotices([]NoticeEntry{n}, chain)
		if len(faults) == 0 || !strings.Contains(faults[0].What, c.want) {
			t.Errorf("a notice %s: got %v, want %s", c.name, faults, c.want)
		}
	}
	older := first
	older.Digest, older.Previous, older.Newest, older.Issued = "n2", "n1", Named{"2001-12-01.1", "a"}, "2002-12-03"
	newer := first
	newer.Newest, newer.Issued, chain[1].Notice = Named{"2002-12-01.1", "b"}, "2002-12-02", ""
	older.Since, older.Affects = &Named{"2001-12-01.1", "a"}, &Scope{Items: []string{"x"}}
	found := false
	for _, f := range CheckNotices([]NoticeEntry{newer, older}, chain) {
		found = found || strings.Contains(f.What, "the newest release was 2001-12-01.1, and before it already 2002-12-01.1")
	}
	if !found {
		t.Error("a notice of an earlier time behind a later one is not found")
	}
}
