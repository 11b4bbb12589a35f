package site

import (
	"cmp"
	"encoding/json"
	"html/template"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report"
)

// indicators makes the pages of every indicator: of each release that first has it so,
// and of what the newest says, at an address that stays.
func (s *site) indicators() error {
	for at := range s.Editions {
		for _, x := range s.Editions[at].Manifest.Indicators {
			if s.since(at, x.ID) != at {
				continue
			}
			e := &edited{site: s, at: at, edition: &s.Editions[at], id: x.ID, shown: map[string]shown{}}
			if err := e.make(false); err != nil {
				return err
			}
			if e.newest() {
				if err := e.make(true); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// An indicatorPage is the body of an indicator's page.
type indicatorPage struct {
	Lead       string // the sentence that the page begins with
	Says       []string
	Drawings   []drawing
	Tables     []template.HTML
	Notes      []string
	Fits       []string
	Breakdowns []link
	Targets    []report.TargetSaid
	Evidence   *report.EvidenceSaid
	Words      *release.IndicatorLabels
	Measures   []link
	Leads      []link
	Sources    []table
	Definition string
	History    table
	Files      []link
	Cite       string
	Later      *link // a release that says otherwise
	Permanent  *link // of a page whose figures change, the one whose do not
	Newest     *link // the other way round, while both say the same
	Version    string
	Statistic  string
	Revised    string
	Parent     *link // of a breakdown, the indicator
	Of         string
	OtherItems []link
}

// An edited is one indicator of one release, its pages being made.
type edited struct {
	*site
	at      int
	edition *Edition
	id      string
	latest  bool   // at the address that stays
	folder  string // of its pages
	unit    string
	view    report.Page
	divided map[[2]string]release.Content // by breakdown and item
	shown   map[string]shown              // of each page, which is made twice, by its path
}

// A shown is what a page shows of figures.
type shown struct {
	drawings          []drawing
	tables            []template.HTML
	notes, says, fits []string
	lead              string
}

// divide gives each breakdown and item its part of a content, so that a page looks
// through no more than that.
func divide(c release.Content) map[[2]string]release.Content {
	parts := map[[2]string]release.Content{}
	share(parts, c.Figures, func(f *release.Figure) *indicator.Key { return &f.Key }, func(p *release.Content) *[]release.Figure { return &p.Figures })
	share(parts, c.Changes, func(x *release.Change) *indicator.Key { return &x.Key }, func(p *release.Content) *[]release.Change { return &p.Changes })
	share(parts, c.Trends, func(x *release.Trend) *indicator.Key { return &x.Key }, func(p *release.Content) *[]release.Trend { return &p.Trends })
	share(parts, c.Funnels, func(x *release.Funnel) *indicator.Key { return &x.Key }, func(p *release.Content) *[]release.Funnel { return &p.Funnels })
	return parts
}

// share gives each part its rows. Most have theirs together, and stay where they are.
func share[R any](parts map[[2]string]release.Content, rows []R, of func(*R) *indicator.Key, list func(*release.Content) *[]R) {
	for first := 0; first < len(rows); {
		k, end := of(&rows[first]), first+1
		for end < len(rows) && of(&rows[end]).Breakdown == k.Breakdown && of(&rows[end]).Item == k.Item {
			end++
		}
		part := parts[[2]string{k.Breakdown, k.Item}]
		to := list(&part)
		if *to == nil {
			*to = rows[first:end:end]
		} else {
			*to = append(*to, rows[first:end]...)
		}
		parts[[2]string{k.Breakdown, k.Item}] = part
		first = end
	}
}

// part is the view of a page: its part of the figures and changes, and beside those of a
// breakdown the figures of everybody.
func (e *edited) part(p part) report.Page {
	v := e.view
	if p.breakdown == codebook.All {
		return v
	}
	of, whole := e.divided[[2]string{p.breakdown, p.item}], e.divided[[2]string{codebook.All, p.item}]
	v.Content.Figures = slices.Concat(of.Figures, whole.Figures)
	v.Content.Changes, v.Content.Trends, v.Content.Funnels = of.Changes, of.Trends, of.Funnels
	return v
}

// make makes the pages of the indicator: those of the release, or those that are always
// of the newest.
func (e *edited) make(latest bool) error {
	s, id := e.site, e.id
	e.latest, e.folder = latest, s.home(e.at, id)
	if latest {
		e.folder = "indicators/" + id + "/"
	}
	e.unit = strings.TrimSuffix(e.folder, "/")
	entry := e.edition.Manifest.Indicator(id)
	bearings := concerning(s.bearings(e.edition.ID), id)
	words := e.edition.Labels.Indicator(id)
	for _, p := range e.paths(words) {
		s.days[e.folder+p.Path] = e.day()
	}
	key := release.Digest(release.EncodeJSON(map[string]any{
		"site": s.digest, "base": s.Base, "identity": entry.Identity, "entry": entry, "release": e.edition.ID, "later": e.later(), "newest": e.newest(), "history": e.history(),
		"published": e.edition.Printed(id), "notices": s.told(bearings, id), "banners": report.BannersOf(e.edition.Manifest, id), "plan": s.Register.Measures,
	}))
	if s.out.Kept(e.unit, key) {
		return nil
	}
	if err := e.read(bearings); err != nil {
		return err
	}
	for _, p := range e.paths(words) {
		if err := e.put(p); err != nil {
			return err
		}
	}
	if latest {
		return nil
	}
	for _, name := range e.files() {
		data, err := e.edition.File("indicators/" + id + "/" + name)
		if err != nil {
			return err
		}
		if err := s.out.Put(e.unit, e.folder+name, data); err != nil {
			return err
		}
	}
	return nil
}

// read reads what the release says of the indicator, once for the pages at both addresses.
func (e *edited) read(bearings []release.Bearing) error {
	if e.divided != nil {
		return nil
	}
	content, err := e.edition.Content(e.id)
	if err != nil {
		return err
	}
	published, err := e.edition.Published(e.id, content)
	if err != nil {
		return err
	}
	if e.at == len(e.Editions)-1 {
		e.whole[e.id] = report.Undivided(content)
	}
	e.divided = divide(content)
	m := e.edition.Manifest
	e.view = report.Page{
		Release: e.edition.ID, Entry: *m.Indicator(e.id), Synthetic: m.Synthetic, Without: m.Disclosure.Without(),
		Content: content, Notices: release.On(bearings, e.id, content), Labels: e.edition.Labels, Published: published,
	}
	return nil
}

// A part is one of the pages of an indicator: of a breakdown and an item.
type part struct{ Path, breakdown, item string }

// paths lists the pages: that of everybody first.
func (e *edited) paths(words *release.IndicatorLabels) []part {
	all := []part{{"index.html", codebook.All, ""}}
	for _, d := range words.Breakdowns {
		if d.Breakdown == codebook.All {
			continue
		}
		for _, item := range words.Items {
			folder := "by/" + strings.ReplaceAll(d.Breakdown, "*", "-by-") + "/"
			if len(words.Items) > 1 {
				folder += item + "/"
			}
			all = append(all, part{folder + "index.html", d.Breakdown, item})
		}
	}
	return all
}

// files lists those that are handed out.
func (e *edited) files() []string {
	if e.edition.Manifest.Indicator(e.id).Figures == 0 {
		return []string{"definition.yaml"}
	}
	return []string{e.id + ".csv", e.id + ".parquet", e.id + ".changes.csv", e.id + ".changes.parquet", "definition.yaml", "datapackage.json"}
}

// day is that on which the pages last changed: the release's, that of a notice, or that of
// the release which says otherwise.
func (e *edited) day() string {
	day := max(e.edition.Issued(), e.noticed(e.at, e.id))
	if e.later() != nil {
		day = max(day, e.Editions[e.since(len(e.Editions)-1, e.id)].Issued())
	}
	return day
}

// newest says whether the newest release has the indicator as this one has it.
func (e *edited) newest() bool {
	last := len(e.Editions) - 1
	return e.Editions[last].Manifest.Indicator(e.id) != nil && e.since(last, e.id) == e.at
}

// later is the page of the newest release where that says otherwise; nil where it does not.
func (e *edited) later() *link {
	last := len(e.Editions) - 1
	if e.latest || e.newest() || e.Editions[last].Manifest.Indicator(e.id) == nil {
		return nil
	}
	return &link{"indicators/" + e.id + "/index.html", "The newest figures, of release " + e.Editions[e.since(last, e.id)].ID}
}

// history lists what each release up to this one made of the indicator.
func (e *edited) history() table {
	t := table{Caption: "Releases that changed it, the newest first", Head: []cell{{Text: "Release"}, {Text: "Version"}, {Text: "Change"}, {Text: "Kind of revision"}, {Text: "Reason"}}}
	for at := e.at; at >= 0; at-- {
		x := e.Editions[at].Manifest.Indicator(e.id)
		if x == nil || e.since(at, e.id) != at {
			continue
		}
		t.Rows = append(t.Rows, []cell{{Text: e.Editions[at].ID, Path: e.home(at, e.id) + "index.html"}, {Text: x.Version}, {Text: string(x.Class)}, {Text: string(x.Revision)}, {Text: x.Reason}})
	}
	return t
}

// put makes one of the pages.
func (e *edited) put(p part) error {
	v, words := e.view, e.edition.Labels.Indicator(e.id)
	base := page{
		Path: e.folder + p.Path, Title: words.Title, Section: "indicators", Banners: report.BannersOf(e.edition.Manifest, e.id),
		Notices: e.told(release.On(v.Notices, e.id, e.part(p).Content), e.id),
		Trail:   []link{{"index.html", "Plan at a glance"}, {"indicators/index.html", "Indicators"}},
	}
	body := indicatorPage{Words: words, Version: v.Entry.Version, Later: e.later(), Statistic: report.Meaning("statistic", words.Statistic), Of: e.edition.ID}
	if e.latest {
		body.Permanent = &link{e.home(e.at, e.id) + p.Path, "release " + e.edition.ID}
		base.Data = strings.TrimSuffix(body.Permanent.Path, "index.html") + "data.json"
	} else {
		base.Trail = []link{{"index.html", "Plan at a glance"}, {"releases/index.html", "Releases"}, {"releases/" + e.edition.ID + "/index.html", e.edition.ID}}
		base.Section, base.Of = "releases", e.edition.ID
		if e.newest() {
			body.Newest = &link{"indicators/" + e.id + "/" + p.Path, "The newest figures"}
		}
	}
	for _, m := range e.Register.Measures {
		if slices.Contains(words.Measures, m.ID) {
			body.Measures = append(body.Measures, link{"strands/" + m.Strand + "/index.html#" + anchor(m.ID), m.ID + ": " + m.Title})
		}
	}
	for _, lead := range words.Leads {
		body.Leads = append(body.Leads, link{departmentPath(lead), e.Register.Department(lead)})
	}
	if p.breakdown != codebook.All {
		return e.putPart(p, base, body)
	}
	for _, other := range e.paths(words)[1:] {
		label := v.Labels.Text("breakdown", "", other.breakdown)
		if len(words.Items) > 1 {
			label += ": " + release.MidPhrase(v.Labels.Text("item", e.id, other.item))
		}
		body.Breakdowns = append(body.Breakdowns, link{e.folder + other.Path, label})
	}
	for _, name := range e.files() {
		body.Files = append(body.Files, link{e.home(e.at, e.id) + name, name})
	}
	body.History, body.Targets = e.history(), v.TargetsSaid()
	if text, err := e.edition.File("indicators/" + e.id + "/definition.yaml"); err == nil && len(text) < 16000 {
		body.Definition = string(text)
	} else if err != nil {
		return err
	}
	body.Cite = report.NewCitation(e.edition.ID, e.edition.Digest, e.edition.Manifest, v.Labels, &v.Entry, v.Notices).Text()
	sources := table{Caption: "What the figures are from", Head: []cell{{Text: "Source"}, {Text: "Title"}, {Text: "Of whom"}, {Text: "Licence"}}}
	for _, id := range words.Sources {
		if x := v.Labels.Source(id); x != nil {
			sources.Rows = append(sources.Rows, []cell{{Text: string(id)}, {Text: x.Full()}, {Text: x.Population}, {Text: x.Licence}})
		}
	}
	if len(sources.Rows) > 0 {
		body.Sources = []table{sources}
	}
	if len(v.Content.Evidence) > 0 {
		said := v.EvidenceSaid()
		body.Evidence, body.Lead = &said, v.Lead(p.breakdown, p.item)
	} else {
		e.figures(&body, p)
	}
	base.About = body.Lead
	base.Body = body
	return e.site.put(e.unit, "indicator", base, e.data(p, base.Notices))
}

// figures are the sentences, drawings and tables of a page, made once.
func (e *edited) figures(body *indicatorPage, p part) {
	made, there := e.shown[p.Path]
	if !there {
		made = e.show(body.Words, p)
		e.shown[p.Path] = made
	}
	body.Drawings, body.Tables, body.Notes, body.Says, body.Fits, body.Lead = made.drawings, made.tables, made.notes, made.says, made.fits, made.lead
}

func (e *edited) show(words *release.IndicatorLabels, p part) (made shown) {
	v := e.part(p)
	plots := v.Plots(p.breakdown, p.item)
	if p.breakdown == codebook.All {
		for _, item := range words.Items {
			if f := v.Latest(item); f != nil {
				made.says = append(made.says, v.Sentence(*f))
			}
		}
		if len(words.Items) > 1 && len(plots) > 4 {
			plots = plots[:1] // of all items beside each other: the tables have the others
		}
	}
	made.lead = v.Lead(p.breakdown, p.item)
	made.drawings = draw(plots)
	made.tables, made.notes = e.tables(v, p)
	if _, short := few(v.Content.Figures, p.breakdown); !short {
		made.fits = v.Fitted(p.breakdown, p.item)
	}
	return made
}

// most is how many figures the tables of a page have, beyond which it would be too long
// to read, and more than 100 kB.
const most = 160

// few leaves out sources where a page would have too many figures: all but the first and
// the newest of each series.
func few(figures []release.Figure, breakdown string) (kept []release.Figure, short bool) {
	ends := map[codebook.SourceID]string{}
	n := 0
	for i := range figures {
		if f := &figures[i]; f.Breakdown == breakdown {
			ends[f.Source] = f.PeriodEnd
			n++
		}
	}
	if n <= most {
		return figures, false
	}
	of := map[string][]codebook.SourceID{}
	for source := range ends {
		of[source.Survey()] = append(of[source.Survey()], source)
	}
	shown := map[codebook.SourceID]bool{}
	for _, sources := range of {
		slices.SortFunc(sources, func(a, b codebook.SourceID) int { return cmp.Or(cmp.Compare(ends[a], ends[b]), cmp.Compare(a, b)) })
		for i, source := range sources {
			shown[source] = i == 0 || i == len(sources)-1
			short = short || !shown[source]
		}
	}
	if !short {
		return figures, false
	}
	for _, f := range figures {
		if shown[f.Source] || f.Breakdown != breakdown {
			kept = append(kept, f)
		}
	}
	return kept, true
}

// tables are those of a page's figures and changes.
func (e *edited) tables(v report.Page, p part) (all []template.HTML, notes []string) {
	short := false
	if v.Content.Figures, short = few(v.Content.Figures, p.breakdown); short {
		defer func() {
			notes = append(notes, "The tables have the first source and the newest of each series, and the change between them: the data and the files have all, with the trends.")
		}()
	}
	sections, below := v.Sections(p.breakdown, p.item)
	notes = below
	names := "Item"
	if p.breakdown != codebook.All {
		names = e.view.Labels.Text("breakdown", "", p.breakdown)
	}
	for _, s := range sections {
		all = append(all, newTable(s.Heading, names, s.Header, s.Rows).html())
		if len(s.Moved) > 0 {
			t := newTable(s.Heading+": changes", names, s.Moved, s.Moves)
			if p.breakdown == codebook.All && len(e.view.Labels.Indicator(e.id).Items) == 1 {
				for i := range t.Rows {
					t.Rows[i][0].Text = "Everybody"
				}
			}
			all = append(all, t.html())
		}
		notes = append(notes, s.Remarks...)
	}
	return all, notes
}

// putPart makes the page of a breakdown.
func (e *edited) putPart(p part, base page, body indicatorPage) error {
	v := e.view
	by := v.Labels.Text("breakdown", "", p.breakdown)
	base.Trail = append(base.Trail, link{e.folder + "index.html", body.Words.Title})
	base.Title += ", by " + release.MidPhrase(by)
	if len(body.Words.Items) > 1 {
		base.Title += ": " + release.MidPhrase(v.Labels.Text("item", e.id, p.item))
	}
	body.Parent = &link{e.folder + "index.html", body.Words.Title}
	e.figures(&body, p)
	base.About = body.Lead
	base.Body = body
	return e.site.put(e.unit, "breakdown", base, e.data(p, base.Notices))
}

// data is what a page has, for programs: none of the pages that stay, whose data is that
// of the release.
func (e *edited) data(p part, notices []notice) any {
	if e.latest {
		return nil
	}
	c := e.view.Content
	room := &e.room
	room.figures, room.changes = room.figures[:0], room.changes[:0]
	for _, item := range c.Words.Indicator.Items {
		if p.item == "" || item == p.item {
			of := e.divided[[2]string{p.breakdown, item}]
			room.figures = append(room.figures, of.Figures...)
			for i := range of.Changes {
				if x := &of.Changes[i]; told(c.Words.Indicator.Sources, x) {
					room.changes = append(room.changes, *x)
				}
			}
		}
	}
	var evidence []release.Evidence
	if p.breakdown == codebook.All {
		evidence = c.Evidence
	}
	head, err := json.Marshal(struct {
		Release   string   `json:"release"`
		Synthetic bool     `json:"synthetic"`
		Notices   []string `json:"notices"`
		Indicator string   `json:"indicator"`
		Version   string   `json:"version"`
		Title     string   `json:"title"`
		Base      string   `json:"base"`
	}{e.edition.ID, e.edition.Manifest.MadeUp(e.id), inWords(notices), e.id, e.view.Entry.Version, c.Words.Indicator.Title, c.Words.Indicator.Base})
	if err != nil {
		panic("site: " + err.Error()) // texts alone
	}
	// The rows are put behind the others.
	text := append(room.data[:0], head[:len(head)-1]...)
	text = sheet.AppendJSON(append(text, ",\n\"figures\":["...), room.figures, release.FigureColumns)
	text = sheet.AppendJSON(append(text, "],\n\"changes\":["...), room.changes, release.ChangeColumns)
	text = sheet.AppendJSON(append(text, "],\n\"evidence\":["...), evidence, release.EvidenceColumns)
	room.data = append(text, "]}"...)
	return rows(room.data)
}

// told says whether a page's data has a change: from each source of a series to the next,
// and from the first to the last. The files have those between any two.
func told(sources []codebook.SourceID, c *release.Change) bool {
	of := slices.DeleteFunc(slices.Clone(sources), func(id codebook.SourceID) bool { return id.Survey() != c.Source.Survey() })
	from, to := slices.Index(of, c.FromSource), slices.Index(of, c.Source)
	return to == from+1 || from == 0 && to == len(of)-1 || c.Source.Return()
}

// rows are data that are JSON already.
type rows []byte
