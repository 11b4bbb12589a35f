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
	if err := s.list(p, list); err != nil {
		return err
	}
	return s.corrections()
}

// release makes the page of a release: what it has, and what is other than before.
func (s *site) release(at int) error {
	e := &s.Editions[at]
	path := "releases/" + e.ID + "/index.html"
	s.days[path] = max(e.Issued(), s.noticed(at, ""))
	if at+1 < len(s.Editions) {
		s.days[path] = max(s.days[path], s.Editions[at+1].Issued()) // which it then said of itself no longer
	}
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
	body.Indicators = table{Caption: "Indicators", Long: true, Head: []cell{{Text: "Indicator", Wide: true}, {Text: "Version"}, {Text: "Change"}, {Text: "Kind of revision"}, {Text: "Reason", Wide: true}, {Text: "Figures", Number: true}, {Text: "Withheld", Number: true}}}
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
	body.Sources = table{Caption: "Sources", Long: true, Head: []cell{{Text: "Source"}, {Text: "Title", Wide: true}, {Text: "In this release"}}}
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
		body.Moved = table{Caption: "What moved since the release before", Long: true, Head: []cell{{Text: "Indicator", Wide: true}, {Text: "Was"}, {Text: "Is"}, {Text: "Kind of revision"}, {Text: "What and why", Wide: true}}}
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
		Path: path, Title: "Release " + e.ID, Section: "releases", Banners: report.Banners(e.Manifest), Notices: notices, Body: body,
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

// A correction is a notice on the page of them, or a correction that a release made without
// one.
type correction struct {
	Anchor      string
	Title       string
	Issued      string
	About       string
	Reason      string
	Since       *link
	CorrectedBy *link
	Indicators  []link
	Open        bool
}

// corrections makes the page of the notices that stand, and of the corrections that releases
// made without one, the newest first.
func (s *site) corrections() error {
	var all []correction
	for _, n := range release.Stand(s.Notices) {
		c := correction{
			Anchor: fmt.Sprintf("notice-%d", n.Number), Title: fmt.Sprintf("Notice %d of %s", n.Number, n.Issued), Issued: n.Issued, About: report.About(n), Reason: n.Reason,
			Since: s.toRelease(n.Since), CorrectedBy: s.toRelease(n.CorrectedBy), Open: n.CorrectedBy == nil,
		}
		at := slices.Index(s.chain, n.Since.ID)
		for _, id := range n.Affects.Indicators {
			if words := s.Editions[at].Labels.Indicator(id); words != nil {
				c.Indicators = append(c.Indicators, link{s.home(at, id) + "index.html", words.Title})
			}
		}
		all = append(all, c)
	}
	without := []string{}
	for _, b := range s.Unannounced {
		id, at := b.Affects.Indicators[0], slices.Index(s.chain, b.CorrectedBy.ID)
		words := s.Editions[at].Labels.Indicator(id)
		all = append(all, correction{
			Anchor: anchorOf(b), Title: fmt.Sprintf("Release %s, without a notice: %s", b.CorrectedBy.ID, words.Title), Issued: b.Issued,
			About: fmt.Sprintf("%s correction of %s of %s, in the releases before it", b.Extent, report.Plural(b.Rows(), "row"), b.Affects.Words()), Reason: b.Reason,
			CorrectedBy: s.toRelease(b.CorrectedBy), Indicators: []link{{s.home(at, id) + "index.html", words.Title}},
		})
		without = append(without, report.NoticeTexts([]release.Bearing{b})...)
	}
	slices.SortStableFunc(all, func(a, b correction) int { return strings.Compare(a.Issued, b.Issued) })
	slices.Reverse(all)
	p := page{Path: "corrections/index.html", Title: "Corrections and withdrawals", Section: "corrections", Trail: []link{{"index.html", "Plan at a glance"}}, About: "Notices that published figures are wrong or withdrawn, and which release has them right."}
	return s.add("corrections", p, all, struct {
		Notices     []release.NoticeEntry `json:"notices"`
		Unannounced []string              `json:"without_notice"`
	}{slices.Concat([]release.NoticeEntry{}, s.Notices), without})
}

// anchorOf is the id of a correction without a notice within the page of corrections.
func anchorOf(b release.Bearing) string {
	return "release-" + b.CorrectedBy.ID + "-" + b.Affects.Indicators[0]
}

// toRelease leads to the page of a release; nil of none.
func (s *site) toRelease(r *release.Named) *link {
	if r == nil {
		return nil
	}
	return &link{"releases/" + r.ID + "/index.html", "release " + r.ID}
}

// An entry is one of an Atom feed (RFC 4287).
type entry struct {
	ID      string     `xml:"id"`
	Title   string     `xml:"title"`
	Updated string     `xml:"updated"`
	About   []category `xml:"category"` // the indicators that it is about; none for all
	Link    atomLink   `xml:"link"`
	Summary string     `xml:"summary"`
}

type category struct {
	Term  string `xml:"term,attr"`
	Label string `xml:"label,attr"`
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
	updated := s.current().Issued()
	var entries []entry
	for at := len(s.Editions) - 1; at >= 0; at-- {
		e := &s.Editions[at]
		summary := fmt.Sprintf("%s of %s.", report.Plural(len(e.Manifest.Indicators), "indicator"), report.Plural(len(e.Manifest.Sources), "source"))
		if e.Manifest.Reason != "" {
			summary += " Why published figures changed: " + e.Manifest.Reason + "."
		}
		moved, about := s.moved(at)
		if moved != "" {
			summary += " " + moved
		}
		for _, banner := range report.Banners(e.Manifest) {
			summary = banner + ". " + summary
		}
		day := e.Issued()
		for _, b := range s.bearings(e.ID) {
			summary += " " + report.NoticeMark(b) + report.NoticeWords(b)
			day = max(day, b.Issued)
		}
		updated = max(updated, day)
		entries = append(entries, entry{"urn:sha256:" + e.Digest, "Release " + e.ID, moment(day), about, atomLink{Href: s.Base + "releases/" + e.ID + "/index.html"}, summary})
	}
	return s.feed("releases.xml", "Releases of the Together We Can indicators", updated, entries)
}

// moved tells which indicators of a release are other than in the one before and why, those of
// one class and reason together, and lists them as subjects.
func (s *site) moved(at int) (words string, about []category) {
	e := &s.Editions[at]
	type kind struct {
		class  release.Class
		reason string
	}
	var kinds []kind
	titles := map[kind][]string{}
	for _, x := range e.Manifest.Indicators {
		if x.Class == release.Unchanged {
			continue
		}
		k := kind{x.Class, x.Reason}
		if titles[k] == nil {
			kinds = append(kinds, k)
		}
		title := e.Labels.Indicator(x.ID).Title
		titles[k] = append(titles[k], title)
		about = append(about, category{x.ID, title})
	}
	if at == 0 {
		return "It is the first release.", about
	}
	var parts []string
	for _, k := range kinds {
		part := fmt.Sprintf("%s (%s", report.Plural(len(titles[k]), "indicator"), k.class)
		if k.reason != "" {
			part += ": " + k.reason
		}
		parts = append(parts, part+"): "+strings.Join(titles[k], "; ")+".")
	}
	if len(parts) == 0 {
		return "No indicator changed.", nil
	}
	return strings.Join(parts, " "), about
}

func (s *site) correctionFeed() (string, []byte) {
	updated := s.Editions[0].Issued()
	stand := release.Stand(s.Notices)
	var entries []entry
	for i := len(s.Notices) - 1; i >= 0; i-- {
		n := &s.Notices[i]
		updated = max(updated, n.Issued)
		first := s.begun(i)
		of := &s.Notices[first]
		labels := s.Editions[slices.Index(s.chain, of.Since.ID)].Labels
		var about []category
		var titles []string
		for _, id := range of.Affects.Indicators {
			title := id
			if words := labels.Indicator(id); words != nil {
				title = words.Title
			}
			about, titles = append(about, category{id, title}), append(titles, title)
		}
		place := "corrections/index.html"
		if slices.ContainsFunc(stand, func(x release.Standing) bool { return x.Number == first+1 }) {
			place += fmt.Sprintf("#notice-%d", first+1)
		}
		what := "every indicator"
		if len(titles) > 0 {
			what = strings.Join(titles, "; ")
		}
		title := fmt.Sprintf("Notice %d: %s of %s", i+1, n.Kind, what)
		if n.Ends > 0 {
			title = fmt.Sprintf("Notice %d: %s of notice %d, about %s", i+1, n.Kind, n.Ends, what)
		}
		entries = append(entries, entry{"urn:sha256:" + n.Digest, title, moment(n.Issued), about, atomLink{Href: s.Base + place}, n.Reason})
	}
	for _, b := range s.Unannounced {
		updated = max(updated, b.Issued)
		entries = append(entries, entry{
			"urn:sha256:" + b.CorrectedBy.Digest + ":" + b.Affects.Indicators[0], fmt.Sprintf("Release %s: correction without a notice", b.CorrectedBy.ID), moment(b.Issued),
			[]category{{b.Affects.Indicators[0], s.Editions[slices.Index(s.chain, b.CorrectedBy.ID)].Labels.Indicator(b.Affects.Indicators[0]).Title}},
			atomLink{Href: s.Base + "corrections/index.html#" + anchorOf(b)},
			report.NoticeWords(b),
		})
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return strings.Compare(b.Updated, a.Updated) })
	return s.feed("corrections.xml", "Corrections and withdrawals of the Together We Can indicators", updated, entries)
}
