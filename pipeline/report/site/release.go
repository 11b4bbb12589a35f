package site

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strings"

	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
)

// A releasePage is the body of a release's page.
type releasePage struct {
	ID, Issued, Digest, Reason string
	Newest                     bool
	Before                     *link
	Sentence                   string
	Moved                      table
	Indicators                 table
	Sources                    table
	Policy                     string
	Withheld                   string
}

// releases makes the page of each release, the list of them, and that of corrections.
func (s *site) releases() error {
	list := listPage{Intro: "Every release stays as it was published. A notice says where one has figures that are wrong or withdrawn."}
	for at := len(s.Editions) - 1; at >= 0; at-- {
		e := &s.Editions[at]
		if err := s.release(at); err != nil {
			return err
		}
		more := fmt.Sprintf("%s of %s", report.Plural(len(e.Manifest.Indicators), "indicator"), report.Plural(len(e.Manifest.Sources), "source"))
		if e.Manifest.Reason != "" {
			more += ": " + e.Manifest.Reason
		}
		for _, b := range s.bearings(e.ID) {
			more += fmt.Sprintf(". %s", strings.TrimSuffix(report.NoticeMark(b), ": "))
		}
		list.Items = append(list.Items, item{Path: "releases/" + e.ID + "/index.html", Text: "Release " + e.ID, More: more})
	}
	p := page{Path: "releases/index.html", Title: "Releases", Section: "releases", Trail: []link{{"index.html", "Plan at a glance"}}, About: "Every release of the indicators, with what changed."}
	if err := s.add("list", p, list, nil); err != nil {
		return err
	}
	return s.corrections()
}

// release makes the page of a release: what it has, and what is other than before.
func (s *site) release(at int) error {
	e := &s.Editions[at]
	path := "releases/" + e.ID + "/index.html"
	s.links = append(s.links, path)
	unit := "releases/" + e.ID
	notices := s.told(s.bearings(e.ID), "")
	last := at == len(s.Editions)-1
	before := ""
	if at > 0 {
		before = s.Editions[at-1].Digest
	}
	if s.out.Kept(unit, release.Digest(release.EncodeJSON([]any{s.digest, s.Base, e.Digest, before, notices, last}))) {
		return nil
	}
	body := releasePage{ID: e.ID, Issued: e.Issued(), Digest: e.Digest, Reason: e.Manifest.Reason, Newest: last, Policy: e.Manifest.Disclosure.Source}
	figures, withheld := 0, 0
	body.Indicators = table{Caption: "Indicators", Head: []cell{{Text: "Indicator"}, {Text: "Version"}, {Text: "Change"}, {Text: "Kind of revision"}, {Text: "Reason"}, {Text: "Figures", Number: true}, {Text: "Withheld", Number: true}}}
	for _, x := range e.Manifest.Indicators {
		figures, withheld = figures+x.Figures, withheld+x.Withheld
		body.Indicators.Rows = append(body.Indicators.Rows, []cell{
			{Text: e.Labels.Indicator(x.ID).Title, Path: s.home(at, x.ID) + "index.html"},
			{Text: x.Version},
			{Text: string(x.Class)},
			{Text: string(x.Revision)},
			{Text: x.Reason},
			{Text: report.Count(int64(x.Figures)), Number: true},
			{Text: report.Count(int64(x.Withheld)), Number: true},
		})
	}
	body.Withheld = fmt.Sprintf("%s, %s of them withheld or not available.", report.Plural(figures, "figure"), report.Count(int64(withheld)))
	body.Sources = table{Caption: "Sources", Head: []cell{{Text: "Source"}, {Text: "Title"}, {Text: "In this release"}}}
	for _, x := range e.Manifest.Sources {
		how := "read"
		if x.Carried {
			how = "carried over from the release before"
		}
		body.Sources.Rows = append(body.Sources.Rows, []cell{{Text: string(x.ID)}, {Text: e.Labels.Source(x.ID).Full()}, {Text: how}})
	}
	if at > 0 {
		body.Before = &link{"releases/" + s.Editions[at-1].ID + "/index.html", "release " + s.Editions[at-1].ID}
		d, err := e.Diff()
		if err != nil {
			return err
		}
		body.Sentence = report.Sentence(d)
		body.Moved = table{Caption: "What moved since the release before", Head: []cell{{Text: "Indicator"}, {Text: "Was"}, {Text: "Is"}, {Text: "Kind of revision"}, {Text: "What and why"}}}
		for _, x := range d.Indicators {
			if x.Class == release.Unchanged {
				continue
			}
			row := []cell{{Text: x.ID}, {Text: x.Was}, {Text: x.Now}, {Text: string(x.Revision)}, {Text: strings.Join(x.Reasons, "; ")}}
			if words := e.Labels.Indicator(x.ID); words != nil {
				row[0] = cell{Text: words.Title, Path: s.home(at, x.ID) + "index.html"}
			}
			body.Moved.Rows = append(body.Moved.Rows, row)
		}
	}
	p := page{
		Path: path, Title: "Release " + e.ID, Section: "releases", Banners: banners(e.Manifest), Notices: notices, Body: body,
		About: fmt.Sprintf("What release %s has and what changed.", e.ID), Trail: []link{{"index.html", "Plan at a glance"}, {"releases/index.html", "Releases"}},
	}
	if err := s.put(unit, "release", p, struct {
		Release    string              `json:"release"`
		Digest     string              `json:"digest"`
		Synthetic  bool                `json:"synthetic"`
		Reason     string              `json:"reason"`
		Notices    []string            `json:"notices"`
		Indicators []release.Indicator `json:"indicators"`
	}{e.ID, e.Digest, e.Manifest.Synthetic, e.Manifest.Reason, inWords(notices), e.Manifest.Indicators}); err != nil {
		return err
	}
	return nil
}

// A correction is a notice on the page of them.
type correction struct {
	Number      int
	Issued      string
	About       string
	Reason      string
	Since       link
	CorrectedBy *link
	Indicators  []link
	Open        bool
}

// corrections makes the page of the notices that stand, the newest first.
func (s *site) corrections() error {
	var all []correction
	for _, n := range release.Stand(s.Notices) {
		c := correction{
			Number: n.Number, Issued: n.Issued, About: report.About(n), Reason: n.Reason,
			Since: link{"releases/" + n.Since.ID + "/index.html", "release " + n.Since.ID}, Open: n.CorrectedBy == nil,
		}
		if n.CorrectedBy != nil {
			c.CorrectedBy = &link{"releases/" + n.CorrectedBy.ID + "/index.html", "release " + n.CorrectedBy.ID}
		}
		at := slices.Index(s.chain, n.Since.ID)
		for _, id := range n.Affects.Indicators {
			if words := s.Editions[at].Labels.Indicator(id); words != nil {
				c.Indicators = append(c.Indicators, link{s.home(at, id) + "index.html", words.Title})
			}
		}
		all = append(all, c)
	}
	slices.Reverse(all)
	p := page{Path: "corrections/index.html", Title: "Corrections and withdrawals", Section: "corrections", Trail: []link{{"index.html", "Plan at a glance"}}, About: "Notices that published figures are wrong or withdrawn, and which release has them right."}
	return s.add("corrections", p, all, s.Notices)
}

// An entry is one of an Atom feed (RFC 4287).
type entry struct {
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Link    atomLink `xml:"link"`
	Summary string   `xml:"summary"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type feed struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Author  struct {
		Name string `xml:"name"`
	} `xml:"author"`
	Links   []atomLink `xml:"link"`
	Entries []entry    `xml:"entry"`
}

// moment is a day as Atom has it.
func moment(day string) string { return day + "T00:00:00Z" }

// feed writes a feed. Its id is made of the digest of the first release, which no site
// of another store has and which stays.
func (s *site) feed(name, title, updated string, entries []entry) (string, []byte) {
	f := feed{ID: "urn:sha256:" + s.Editions[0].Digest + ":" + strings.TrimSuffix(name, ".xml"), Title: title, Updated: moment(updated), Entries: entries}
	f.Author.Name = "Together We Can indicators"
	f.Links = []atomLink{{"self", s.Base + name}, {"alternate", s.Base + "index.html"}}
	if s.Base == "" {
		f.Links = []atomLink{{"self", name}, {"alternate", "index.html"}}
	}
	data, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		panic("site: " + err.Error()) // texts alone
	}
	return name, append([]byte(xml.Header), append(data, '\n')...)
}

func (s *site) releaseFeed() (string, []byte) {
	var entries []entry
	for at := len(s.Editions) - 1; at >= 0; at-- {
		e := &s.Editions[at]
		summary := fmt.Sprintf("%s of %s.", report.Plural(len(e.Manifest.Indicators), "indicator"), report.Plural(len(e.Manifest.Sources), "source"))
		for _, banner := range banners(e.Manifest) {
			summary = banner + ". " + summary
		}
		entries = append(entries, entry{"urn:sha256:" + e.Digest, "Release " + e.ID, moment(e.Issued()), atomLink{Href: s.Base + "releases/" + e.ID + "/index.html"}, summary})
	}
	return s.feed("releases.xml", "Releases of the Together We Can indicators", s.current().Issued(), entries)
}

func (s *site) correctionFeed() (string, []byte) {
	updated := s.Editions[0].Issued()
	var entries []entry
	for i := len(s.Notices) - 1; i >= 0; i-- {
		n := &s.Notices[i]
		updated = max(updated, n.Issued)
		entries = append(entries, entry{"urn:sha256:" + n.Digest, fmt.Sprintf("Notice %d: %s", i+1, n.Kind), moment(n.Issued), atomLink{Href: s.Base + "corrections/index.html#notice-" + fmt.Sprint(i+1)}, n.Reason})
	}
	return s.feed("corrections.xml", "Corrections and withdrawals of the Together We Can indicators", updated, entries)
}
