package pipeline_test

import (
	"bytes"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/release"
)

// silent are the products that name an indicator and say nothing of notices on it, each with
// why: a pattern of the path.
var silent = map[string]string{
	`^SHA256SUMS$`:       "digests alone",
	`^codes\.csv$`:       "what codes mean: no figure",
	`^ees/[a-z-]*\.csv$`: "a column of one value is none there: the labels of the metadata file say so, and footnotes.txt",
	`^releases/[^/]*/indicators/.*/(.*\.(csv|parquet)|definition\.yaml|datapackage\.json)$`: "sealed with the release: the page that leads to it says so",
	`^site\.json$`:                 "digests alone",
	`^sitemap\.xml$`:               "addresses alone",
	`^(method|about)/index\.html$`: "how figures are made: none is there",
}

// TestEveryProductTellsNotices makes a release of which an indicator is withdrawn, and all that
// is made of it: whatever names the indicator says so, or is listed with why it does not.
func TestEveryProductTellsNotices(t *testing.T) {
	store := sealed(t)
	s, err := publish.Open(store)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Current()
	if err != nil {
		t.Fatal(err)
	}
	ids, err := s.Releases()
	if err != nil {
		t.Fatal(err)
	}
	first, err := s.Release(ids[0])
	if err != nil {
		t.Fatal(err)
	}
	const id = "influence"
	title := r.Labels.Indicator(id).Title
	if _, _, err := s.Announce(release.Notice{
		Issued: "2014-01-02", Kind: release.Withdrawal, Reason: "The weights were wrong",
		Affects: &release.Scope{Indicators: []string{id}}, Since: &release.Named{ID: first.ID},
	}, 0, nil); err != nil {
		t.Fatal(err)
	}
	says := 0
	used := map[string]bool{}
	hold := func(name string, data []byte) {
		named := bytes.Contains(data, []byte(title)) || bytes.Contains(data, []byte(id+",")) || bytes.Contains(data, []byte("indicators/"+id+"/")) || strings.Contains(name, "/"+id)
		for pattern := range silent {
			if regexp.MustCompile(pattern).MatchString(name) {
				used[pattern] = true
				return
			}
		}
		tells := regexp.MustCompile(`WITHDRAWN \(notice 1 of 2014-01-02\)|Notice 1: withdrawal|Notice 1 of 2014-01-02`).Match(data)
		switch {
		case named && !tells:
			t.Errorf("%s names %s, and says nothing of its withdrawal", name, id)
		case tells:
			says++
		}
	}
	for _, since := range append([]string{""}, ids...) { // all rows, those that moved, and none
		for name, data := range pulledBy(t, store, "all", embedded(t), since) {
			if slices.Contains([]string{".xlsx", ".ods"}, path.Ext(name)) {
				data = unzipped(t, data)
			}
			hold(name, data)
		}
	}
	out := filepath.Join(t.TempDir(), "site")
	if _, err := siteOf(t, store, out, "https://www.example.org/"); err != nil {
		t.Fatal(err)
	}
	for name, text := range filesOf(t, out) {
		hold(name, []byte(text))
	}
	if says < 30 {
		t.Errorf("%d products say so", says)
	}
	for pattern := range silent {
		if !used[pattern] {
			t.Errorf("nothing is at %s", pattern)
		}
	}
}
