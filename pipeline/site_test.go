package pipeline_test

import (
	"bytes"
	"html"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"togetherwecan/indicators"
	"togetherwecan/pipeline"
	"togetherwecan/pipeline/disk"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report"
	"togetherwecan/seeds"
)

// siteOf makes the site of a store.
func siteOf(t testing.TB, store, out, base string) (pipeline.SiteBuilt, error) {
	t.Helper()
	s, err := publish.Open(store)
	if err != nil {
		t.Fatal(err)
	}
	c, err := indicator.LoadCatalogue(indicators.Files)
	if err != nil {
		t.Fatal(err)
	}
	register, err := plan.Load(seeds.Files)
	if err != nil {
		t.Fatal(err)
	}
	return pipeline.Site(pipeline.SiteOptions{
		Store: s, Out: out, Base: base, Catalogue: c, Register: register, Method: indicators.Method,
	})
}

// sealed copies the small store that is sealed, to be given notices.
func sealed(t *testing.T) string {
	t.Helper()
	store := filepath.Join(t.TempDir(), "store")
	if err := os.CopyFS(store, os.DirFS(filepath.Join("..", "testdata", "release", "1", "store"))); err != nil {
		t.Fatal(err)
	}
	return store
}

// files reads all of a folder.
func filesOf(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(folder), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
		all[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The same releases give the same site, byte for byte; a second build takes over what has
// not changed, and makes again what was changed by another hand.
func TestSite(t *testing.T) {
	store, out := sealed(t), filepath.Join(t.TempDir(), "site")
	first, err := siteOf(t, store, out, "https://www.example.org/twc")
	if err != nil {
		t.Fatal(err)
	}
	made := filesOf(t, out)
	checkSite(t, made)
	again := filepath.Join(t.TempDir(), "again")
	if _, err := siteOf(t, store, again, "https://www.example.org/twc/"); err != nil {
		t.Fatal(err)
	}
	sameFiles(t, "made twice", made, filesOf(t, again))

	page := "releases/2001-12-01.1/indicators/influence/index.html"
	if err := os.WriteFile(filepath.Join(out, filepath.FromSlash(page)), []byte("by another hand"), 0o644); err != nil {
		t.Fatal(err)
	}
	second, err := siteOf(t, store, out, "https://www.example.org/twc/")
	if err != nil {
		t.Fatal(err)
	}
	sameFiles(t, "made over itself", made, filesOf(t, out))
	if first.Kept != 0 || second.Kept == 0 || second.Kept >= second.Files {
		t.Errorf("kept %d of %d, then %d of %d", first.Kept, first.Files, second.Kept, second.Files)
	}
	entries, err := os.ReadDir(filepath.Dir(out))
	if err != nil || len(entries) != 1 {
		t.Errorf("beside the site there is %v (%v)", entries, err)
	}
	if !strings.Contains(made[page], "A later release says otherwise") || !strings.Contains(made[page], "releases/2001-12-01.1/indicators/influence") {
		t.Errorf("the page of an old release does not lead to the newest:\n%s", made[page])
	}
	for _, want := range []string{
		"<loc>https://www.example.org/twc/indicators/influence/</loc><lastmod>2003-12-01</lastmod>",
		"<loc>https://www.example.org/twc/releases/2001-12-01.1/indicators/influence/</loc><lastmod>2003-12-01</lastmod>", // which says that a later one says otherwise
	} {
		if !strings.Contains(made["sitemap.xml"], want) {
			t.Errorf("the map of the site lacks %s:\n%s", want, made["sitemap.xml"])
		}
	}
	for page, want := range map[string]string{
		"404.html":                   "Pages of releases and indicators keep their addresses, so look whether it was typed",
		"departments/ho/index.html":  "What the Home Office (HO) leads, by release",
		"departments/dwp/index.html": "The Department for Work and Pensions leads no measure of the plan. The plan names it in action 2.8 of the appendix.",
		"departments/dwp/data.json":  `"actions":[{"action":"2.8",`,
		"method/data.json":           `{"heading":"1. Who is in a base","anchor":"number-1",`,
		"about/data.json":            "They are made of [release 2003-12-01.1]",
		"find/i/data.json":           `{"title":"influence","anchor":"influence","items":[{"path":"indicators/influence/index.html",`,
		"releases/2001-12-01.1/indicators/influence/index.html": "<title>People who can influence decisions, release 2001-12-01.1 – ",
	} {
		if !strings.Contains(made[page], want) {
			t.Errorf("%s lacks %s", page, want)
		}
	}
	if strings.Contains(made["sitemap.xml"], "404") {
		t.Error("the map of the site has the page of what is not there")
	}
	for _, want := range []string{"<id>urn:sha256:", "<updated>2003-12-01T00:00:00Z</updated>", "<title>Release 2003-12-01.1</title>", "<name>", `<category term="influence" label="People who can influence decisions">`, "(minor: gained source hocs/2003): People who can influence decisions; Mean age."} {
		if !strings.Contains(made["releases.xml"], want) {
			t.Errorf("the feed of releases lacks %s:\n%s", want, made["releases.xml"])
		}
	}
}

// A notice stands on the pages of the figures that it is about, old ones too, and on no
// other.
func TestSiteTellsNotices(t *testing.T) {
	store, out := sealed(t), filepath.Join(t.TempDir(), "site")
	before, err := siteOf(t, store, out, "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := publish.Open(store)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Release("2001-12-01.1")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Announce(release.Notice{
		Issued: "2004-01-02", Kind: release.Correction, Extent: release.SubstantialError, Reason: "Weighted <twice>",
		Affects: &release.Scope{Indicators: []string{"influence"}}, Since: &release.Named{ID: r.ID, Digest: r.Digest},
	}, 0, nil); err != nil {
		t.Fatal(err)
	}
	after, err := siteOf(t, store, out, "")
	if err != nil {
		t.Fatal(err)
	}
	if after.Kept == 0 || before.Files != after.Files {
		t.Errorf("%d files before and %d after, %d kept", before.Files, after.Files, after.Kept)
	}
	made := filesOf(t, out)
	checkSite(t, made)
	for _, c := range []struct {
		page string
		want []string
	}{
		{"releases/2001-12-01.1/indicators/influence/index.html", []string{"CORRECTION (notice 1 of 2004-01-02)", "Weighted &lt;twice&gt;"}},
		{"releases/2001-12-01.1/index.html", []string{"CORRECTION (notice 1 of 2004-01-02)"}},
		{"indicators/influence/index.html", []string{"CORRECTION (notice 1 of 2004-01-02)"}},
		{"releases/2001-12-01.1/data.json", []string{"CORRECTION (notice 1 of 2004-01-02): influence"}},
		{"releases/2001-12-01.1/indicators/influence/data.json", []string{"CORRECTION (notice 1 of 2004-01-02): influence"}},
		{"corrections/index.html", []string{"Notice 1 of 2004-01-02", "Substantial correction", "Weighted &lt;twice&gt;"}},
		{"corrections.xml", []string{"<updated>2004-01-02T00:00:00Z</updated>", "Weighted &lt;twice&gt;", "<title>Notice 1: correction of People who can influence decisions</title>", `<category term="influence"`, `href="corrections/index.html#notice-1"`}},
	} {
		for _, want := range c.want {
			if !strings.Contains(made[c.page], want) {
				t.Errorf("%s does not say %q", c.page, want)
			}
		}
	}
	if other := made["indicators/mean-age/index.html"]; strings.Contains(other, "notice 1") {
		t.Errorf("a notice stands over figures that it is not about")
	}
}

// A folder that has something else in it is refused and left alone, and one that a build
// was cut off in is finished by the next.
func TestSiteFolder(t *testing.T) {
	store, parent := sealed(t), t.TempDir()
	out := filepath.Join(parent, "site")
	if err := os.Mkdir(out, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(out, "thesis.doc"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := siteOf(t, store, out, "")
	if ps := refusal.Of(err, refusal.Data); len(ps) != 1 || ps[0].Kind != refusal.Usage || !strings.Contains(ps[0].What, "found thesis.doc") {
		t.Errorf("a folder of other things: %v", err)
	}
	if got := filesOf(t, parent); len(got) != 1 || got["site/thesis.doc"] != "mine" {
		t.Errorf("a refusal left %v", got)
	}
	if err := os.Remove(filepath.Join(out, "thesis.doc")); err != nil {
		t.Fatal(err)
	}
	if _, err := siteOf(t, store, out, ""); err != nil {
		t.Fatal(err)
	}
	want := filesOf(t, out)
	if err := os.Rename(out, filepath.Join(parent, ".site.former")); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(parent, ".site.building", "half"), 0o755); err != nil {
		t.Fatal(err)
	}
	built, err := siteOf(t, store, out, "")
	if err != nil || built.Kept == 0 {
		t.Errorf("after a build that was cut off: %v, %d kept", err, built.Kept)
	}
	got := filesOf(t, parent)
	for name, text := range want {
		if got["site/"+name] != text {
			t.Errorf("after a build that was cut off %s is another", name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
}

func sameFiles(t *testing.T, name string, want, got map[string]string) {
	t.Helper()
	for file, text := range want {
		if got[file] != text {
			t.Errorf("%s: %s is another", name, file)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: %d files, want %d", name, len(got), len(want))
	}
}

var (
	hrefs    = regexp.MustCompile(` (?:href|src)="([^"]*)"`)
	anchors  = regexp.MustCompile(` id="([^"]*)"`)
	drawings = regexp.MustCompile(`(?s)<svg class="twc-chart".*?</figure>`)
	drawn    = regexp.MustCompile(`class="c-(?:value|why)[^"]*">([^<]*)<`)
	cellsOf  = regexp.MustCompile(`<t[dh][^>]*>(?:<a[^>]*>)?([^<]*)<`)
)

// checkSite holds of every page what must be true of it: it is under 100 kB, has no
// script and nothing from elsewhere, every link leads somewhere, and the numbers of its
// drawings are those of its tables.
func checkSite(t *testing.T, files map[string]string) {
	t.Helper()
	pages, charts, values := 0, 0, 0
	root := "/"
	if strings.Contains(files["index.html"], `rel="canonical"`) {
		root = "/twc/"
	}
	ids, titles := map[string][]string{}, map[string]string{}
	for name, text := range files {
		if strings.HasSuffix(name, ".html") {
			for _, m := range anchors.FindAllStringSubmatch(text, -1) {
				if slices.Contains(ids[name], m[1]) {
					t.Errorf("%s: id %s is there twice", name, m[1])
				}
				ids[name] = append(ids[name], m[1])
			}
		}
	}
	for name, text := range files {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		pages++
		title, _, _ := strings.Cut(text[strings.Index(text, "<title>")+len("<title>"):], "</title>")
		if other, there := titles[title]; there {
			t.Errorf("%s and %s have the title %q", name, other, title)
		}
		titles[title] = name
		if !strings.Contains(text, "application/json") && name != "404.html" {
			t.Errorf("%s has no data", name)
		}
		if len(text) > 100_000 {
			t.Errorf("%s has %d bytes", name, len(text))
		}
		for _, bad := range []string{"<script", " onclick", "javascript:", "NaN", "no change", "ZgotmplZ", "{{", "@import"} {
			if strings.Contains(text, bad) && !(name == "method/index.html" && bad == "no change") {
				t.Errorf("%s has %q", name, bad)
			}
		}
		for _, m := range hrefs.FindAllStringSubmatch(text, -1) {
			to := html.UnescapeString(m[1])
			if strings.HasPrefix(to, "https://www.example.org/twc/") && strings.Contains(text, `rel="canonical" href="`+m[1]) {
				continue
			}
			to, fragment, _ := strings.Cut(to, "#")
			target := path.Join(path.Dir(name), to)
			if below, whole := strings.CutPrefix(to, root); whole && name == "404.html" {
				target = below
			} else if whole || name == "404.html" && to != "" {
				t.Errorf("%s leads to %s: a page of any folder leads by the site's own path, and no other", name, to)
			}
			if to == "" {
				target = name
			}
			if _, there := files[target]; !there {
				t.Errorf("%s leads to %s, which is not there", name, m[1])
			} else if fragment != "" && !slices.Contains(ids[target], fragment) {
				t.Errorf("%s leads to %s, and there is no such place in it", name, m[1])
			}
		}
		var cells []string
		for _, m := range cellsOf.FindAllStringSubmatch(text, -1) {
			cells = append(cells, html.UnescapeString(m[1]))
		}
		for _, chart := range drawings.FindAllString(text, -1) {
			charts++
			for _, m := range drawn.FindAllStringSubmatch(chart, -1) {
				values++
				if !slices.Contains(cells, html.UnescapeString(m[1])) {
					t.Errorf("%s draws %s, which its tables do not have", name, m[1])
				}
			}
		}
	}
	if pages < 20 || charts == 0 || values == 0 {
		t.Errorf("%d pages, %d drawings, %d values: want some of each", pages, charts, values)
	}
	t.Logf("%d pages, %d drawings, %d values", pages, charts, values)
}

// TestWholeSite holds the site in the folder that TWC_SITE names: make pages makes it of
// the store of make run.
func TestWholeSite(t *testing.T) {
	folder := os.Getenv("TWC_SITE")
	if folder == "" {
		t.Skip("TWC_SITE names no site: make pages does")
	}
	checkSite(t, filesOf(t, folder))
}

// The plan is told from the undivided figures as it is from all of them.
func TestPlanOfTheUndivided(t *testing.T) {
	store, _ := syntheticStore(t)
	s, err := publish.Open(store)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Current()
	if err != nil {
		t.Fatal(err)
	}
	register, err := plan.Load(seeds.Files)
	if err != nil {
		t.Fatal(err)
	}
	contents, err := r.Contents()
	if err != nil {
		t.Fatal(err)
	}
	p := report.Progress{Register: register, Catalogue: embedded(t), Release: r.ID, Manifest: r.Manifest, Labels: r.Labels, Contents: contents, Day: "2006-01-01"}
	want := p.Rows()
	figures, left := 0, 0
	p.Contents = map[string]release.Content{}
	for id, c := range contents {
		p.Contents[id] = report.Undivided(c)
		figures, left = figures+len(c.Figures), left+len(p.Contents[id].Figures)
	}
	if got := p.Rows(); !bytes.Equal(sheet.CSV(got, report.PlanColumns), sheet.CSV(want, report.PlanColumns)) {
		t.Error("the plan is another without the figures of breakdowns")
	}
	if left == 0 || left > figures/10 {
		t.Errorf("%d of %d figures are left", left, figures)
	}
}

// One process at a time writes a site: another is told to wait, and what is there stays.
func TestSiteOfTwo(t *testing.T) {
	store, out := sealed(t), filepath.Join(t.TempDir(), "site")
	lock, err := disk.TryLock(filepath.Join(filepath.Dir(out), ".site.lock"), 0o644)
	if err != nil {
		t.Fatal(err)
	}
	_, err = siteOf(t, store, out, "")
	if ps := refusal.Of(err, refusal.Data); len(ps) != 1 || ps[0].Kind != refusal.Running {
		t.Errorf("a site that another process writes: %v", err)
	}
	lock.Remove()
	if _, err := siteOf(t, store, out, ""); err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(filepath.Dir(out)); err != nil || len(entries) != 1 {
		t.Errorf("beside the site there is %v (%v)", entries, err)
	}
}
