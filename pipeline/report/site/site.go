// Package site makes a static site of a store's releases: pages that need no script and
// no network, drawings, feeds, and the files to take away.
//
// A page of an indicator says what the release sealed that first had it so: where a later
// release says the same of it, that page stays, byte for byte, and the later release
// links to it. There is no clock: a page's date is its release's.
package site

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ledger"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
	"togetherwecan/pipeline/report/chart"
)

//go:embed templates
var templates embed.FS

// An Input is what a site is made of.
type Input struct {
	Base        string    // address that the site will have, with a slash at its end; "" where it is not known
	Editions    []Edition // the releases, oldest first
	Notices     []release.NoticeEntry
	Unannounced []release.Bearing // corrections that releases made without a notice
	Register    *plan.Register
	Catalogue   *indicator.Catalogue
	Method      []byte // the log of judgements, as Markdown
	Code        string // digest of the program's source
}

// An Edition is one release, and how to read it.
type Edition struct {
	ID        string
	Digest    string // of release.json
	Manifest  *release.Manifest
	Labels    *release.Labels
	Content   func(indicator string) (release.Content, error)
	File      func(name string) ([]byte, error) // of the release, by its path
	Ledger    func() (ledger.Ledger, error)     // of all printed figures, by what the release shows
	Printed   func(indicator string) string     // digest of the printed figures that stand beside the indicator's
	Published func(indicator string, of release.Content) ([]report.Published, error)
	Diff      func() (*release.Diff, error) // from the release before; nil of the first
}

// Issued is the day of the release.
func (e *Edition) Issued() string { return e.ID[:len("2006-01-02")] }

// An Output is where a site goes, file by file. Files that are made together are a unit,
// whose key says all that they depend on: a unit that is kept as an earlier build made it
// by the same key is not made again. Data is lent: it holds until Put returns.
type Output interface {
	Kept(unit, key string) bool
	Put(unit, path string, data []byte) error
}

// A site is one being made.
type site struct {
	Input
	out    Output
	pages  map[string]*template.Template
	days   map[string]string          // by the path of a page, the day on which it last changed: the map of the site
	digest string                     // of the program and the templates
	chain  []string                   // ids of the releases
	marks  map[string]string          // of the notices on each indicator of the newest release
	whole  map[string]release.Content // what the plan tells of the newest release's indicators, of those that were read
	room   room
}

// A room is memory that is used for one page after another.
type room struct {
	page    bytes.Buffer
	data    []byte
	figures []release.Figure
	changes []release.Change
}

// Build makes the site. An error is the output's, or that of who reads the releases.
func Build(in Input, out Output) error {
	s := &site{Input: in, out: out, days: map[string]string{}, marks: map[string]string{}, whole: map[string]release.Content{}}
	if err := s.parse(); err != nil {
		return err
	}
	for i := range in.Editions {
		s.chain = append(s.chain, in.Editions[i].ID)
	}
	for _, step := range []func() error{s.indicators, s.plan, s.releases, s.published, s.words, s.assets} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// parse reads the templates: each page's own upon what all have.
func (s *site) parse() error {
	s.pages = map[string]*template.Template{}
	h := sha256.New()
	fmt.Fprintln(h, s.Code)
	names, err := fs.Glob(templates, "templates/*")
	if err != nil {
		return err
	}
	for _, name := range names {
		text, err := templates.ReadFile(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "%s %d\n%s", name, len(text), text)
	}
	s.digest = hex.EncodeToString(h.Sum(nil))
	common, err := template.New("").Funcs(functions).ParseFS(templates, "templates/layout.html")
	if err != nil {
		return err
	}
	for _, name := range names {
		kind, page := strings.CutSuffix(strings.TrimPrefix(name, "templates/"), ".html")
		if !page || kind == "layout" {
			continue
		}
		t, err := common.Clone()
		if err == nil {
			t, err = t.ParseFS(templates, name)
		}
		if err != nil {
			return err
		}
		s.pages[kind] = t
	}
	return nil
}

// current is the newest release.
func (s *site) current() *Edition { return &s.Editions[len(s.Editions)-1] }

// bearings are the notices that bear on a release, and the corrections that later ones
// made without one.
func (s *site) bearings(id string) []release.Bearing {
	return release.Bear(release.Stand(s.Notices), s.Unannounced, s.chain, id)
}

// since is the release, up to the one at a place of the chain, that first has an
// indicator as that has it.
func (s *site) since(at int, id string) int {
	identity := s.Editions[at].Manifest.Indicator(id).Identity
	for at > 0 {
		before := s.Editions[at-1].Manifest.Indicator(id)
		if before == nil || before.Identity != identity {
			break
		}
		at--
	}
	return at
}

// home is the folder of an indicator's page in the release that a place of the chain is
// of.
func (s *site) home(at int, id string) string {
	return "releases/" + s.Editions[s.since(at, id)].ID + "/indicators/" + id + "/"
}

// assets are the files that are no pages.
func (s *site) assets() error {
	style, err := templates.ReadFile("templates/style.css")
	if err != nil {
		return err
	}
	if err := s.out.Put("", "style.css", append(style, chart.Style...)); err != nil {
		return err
	}
	for _, feed := range []func() (string, []byte){s.releaseFeed, s.correctionFeed} {
		name, data := feed()
		if err := s.out.Put("", name, data); err != nil {
			return err
		}
	}
	if s.Base == "" {
		return nil // a map has addresses in full
	}
	if err := s.out.Put("", "robots.txt", []byte("User-agent: *\nAllow: /\nSitemap: "+s.Base+"sitemap.xml\n")); err != nil {
		return err
	}
	return s.out.Put("", "sitemap.xml", s.sitemap())
}

// sitemap is the map of the site (sitemaps.org, version 0.9).
func (s *site) sitemap() []byte {
	var b bytes.Buffer
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n")
	for _, path := range slices.Sorted(maps.Keys(s.days)) {
		fmt.Fprintf(&b, "<url><loc>%s</loc><lastmod>%s</lastmod></url>\n", template.HTMLEscapeString(s.address(path)), s.days[path])
	}
	b.WriteString("</urlset>\n")
	return b.Bytes()
}

// touched is the day on which what the newest release has was last changed: its own, or
// that of a notice.
func (s *site) touched() string {
	at := len(s.Editions) - 1
	return max(s.current().Issued(), s.noticed(at, ""))
}

// noticed is the day of the last notice, or correction without one, that says or said
// something of the release at a place of the chain, and of an indicator where one is named; "" where there is none.
func (s *site) noticed(at int, indicator string) string {
	day := ""
	for i := range s.Notices {
		of := &s.Notices[s.begun(i)]
		if slices.Index(s.chain, of.Since.ID) <= at && (indicator == "" || len(of.Affects.Indicators) == 0 || slices.Contains(of.Affects.Indicators, indicator)) {
			day = max(day, s.Notices[i].Issued)
		}
	}
	for _, b := range s.Unannounced {
		if at < slices.Index(s.chain, b.CorrectedBy.ID) && (indicator == "" || slices.Contains(b.Affects.Indicators, indicator)) {
			day = max(day, b.Issued)
		}
	}
	return day
}

// begun is the place of the notice of figures that the notice at a place is about, which may
// be itself.
func (s *site) begun(i int) int {
	for s.Notices[i].Ends > 0 {
		i = s.Notices[i].Ends - 1
	}
	return i
}

// address is the address in full of a page by its path.
func (s *site) address(path string) string { return s.Base + strings.TrimSuffix(path, "index.html") }

// Root is the path of the site on its server, which is the server's own where the address
// is not known.
func (in *Input) Root() string {
	_, rest, _ := strings.Cut(in.Base, "://")
	_, path, _ := strings.Cut(rest, "/")
	return "/" + path
}

// Address is the address of a site as Input has it: with a slash at its end. It refuses,
// as a problem of kind Usage, what is no address of a folder that anybody can open.
func Address(text string) (string, error) {
	at, err := url.Parse(text)
	var ps refusal.Problems
	wrong := func(found string) {
		shown := text
		if err == nil {
			shown = at.Redacted()
		}
		ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: fmt.Sprintf("--base-url %q", shown), What: found, Hint: "want one such as https://www.example.gov.uk/indicators/"})
	}
	if err != nil || at.Hostname() == "" || at.Scheme != "http" && at.Scheme != "https" {
		wrong("no address of a site")
		return "", ps.Err()
	}
	if at.User != nil {
		wrong("a name or password, which every page would tell")
	}
	if at.RawQuery != "" || at.ForceQuery || strings.Contains(text, "#") {
		wrong("a query or a place within a page")
	}
	if clean := path.Clean("/" + at.Path); strings.TrimSuffix(at.Path, "/") != strings.TrimSuffix(clean, "/") || path.Ext(clean) == ".html" {
		wrong("a path that is no folder's")
	}
	return strings.TrimSuffix(at.String(), "/") + "/", ps.Err()
}
