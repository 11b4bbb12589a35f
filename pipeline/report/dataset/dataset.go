package dataset

import (
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
)

// An Input is what a dataset is made of: a release, and what the plan and the catalogue say of
// what it has and lacks.
type Input struct {
	Who       Who
	Register  *plan.Register
	Catalogue *indicator.Catalogue
	Geography codebook.Geography
	ID        string // of the release
	Digest    string // of its release.json
	Manifest  *release.Manifest
	Labels    *release.Labels
	Contents  map[string]release.Content // by indicator, of all
	Notices   []release.Bearing          // that bear on the release
	Since     *release.Diff              // of what moved since an earlier release; nil for all rows
	Reasons   []Reason                   // of the releases since then, the oldest first, that give one; those of other rows are left out
}

// A Dataset is what a reader takes away of a release.
type Dataset struct {
	Who        Who
	Title      string
	About      string // what it is, in a paragraph
	ID         string // of the release
	Digest     string
	Since      string // the earlier release, "" for all rows
	Sentence   string // what moved since; "" likewise
	Reasons    []Reason
	Synthetic  bool
	Without    bool // disclosure control
	Citation   string
	Licences   []string
	Sources    []release.SourceLabels // of its rows, in the release's order
	Notices    []release.Bearing      // that bear on its indicators, whether or not they moved
	Dimensions []Dimension
	Indicators []release.IndicatorLabels    // that have rows, in the release's order
	Entries    map[string]release.Indicator // of the manifest, by indicator
	Contents   map[string]release.Content   // the rows that are in the dataset, by indicator
	Whole      map[string]release.Content   // and those that did not move beside them, also of indicators without rows
	Labels     *release.Labels
	Geography  codebook.Geography
	Register   *plan.Register
	Tables     []Table // that have rows; figures first
	Standings  []Standing
}

// A maker makes a dataset.
type maker struct {
	Input
	measures   []plan.Measure // that it is of; nil for one of an indicator or a region
	ids        []string       // of the indicators that have rows
	contents   map[string]release.Content
	whole      map[string]release.Content // of what is asked for, moved or not; without the indicators that have no row
	dimensions []Dimension
	diff       *release.Diff   // what moved of what is asked for; nil for all rows
	moves      map[string]bool // names of rows that moved; nil for all rows
	said       map[[3]string]string
	places     map[[3]string][3][]string
	keyed      map[string][]indicator.Key
	regionals  map[string]bool // variables, as far as it was asked of them
}

// New makes a dataset. Its Who is one of Everyone's.
func New(in Input) *Dataset {
	m := &maker{Input: in, contents: map[string]release.Content{}, whole: map[string]release.Content{}, said: map[[3]string]string{}, places: map[[3]string][3][]string{}, keyed: map[string][]indicator.Key{}, regionals: map[string]bool{}}
	m.measures = m.scope()
	m.choose()
	m.dimensions = m.dimensionsOf()
	d := &Dataset{
		Who: in.Who, ID: in.ID, Digest: in.Digest, Synthetic: m.madeUp(), Without: in.Manifest.Disclosure.Without(),
		Dimensions: m.dimensions, Contents: m.contents, Whole: m.whole, Labels: in.Labels, Geography: in.Geography, Register: in.Register, Entries: map[string]release.Indicator{},
	}
	for _, id := range m.ids {
		d.Indicators = append(d.Indicators, *in.Labels.Indicator(id))
		d.Entries[id] = *in.Manifest.Indicator(id)
	}
	for _, x := range in.Labels.Indicators {
		if c, has := m.whole[x.ID]; has {
			d.Notices = release.Once(d.Notices, release.On(in.Notices, x.ID, c)...)
		}
	}
	d.Sources = m.sources()
	for _, s := range d.Sources {
		if s.Licence != "" && !slices.Contains(d.Licences, s.Licence) {
			d.Licences = append(d.Licences, s.Licence)
		}
	}
	d.Title = m.title()
	d.Citation = m.citation(d)
	if in.Since != nil {
		d.Since, d.Reasons = in.Since.From.ID, m.reasons()
		d.Sentence = report.Sentence(m.diff)
	}
	d.Standings = m.standings()
	d.About = m.about(d)
	for _, t := range []Table{
		tabulate(m, figures), tabulate(m, changes), tabulate(m, trends), tabulate(m, funnels), tabulate(m, targets), tabulate(m, evidence),
		tabulate(m, moves), measuresTable(d.Standings), m.actionsTable(),
	} {
		if t.Len() > 0 {
			d.Tables = append(d.Tables, t)
		}
	}
	d.Tables = append(d.Tables, m.codesTable(d), m.notesTable(d))
	d.Tables = slices.DeleteFunc(d.Tables, func(t Table) bool { return t.Len() == 0 })
	return d
}

// Affecting lists the notices by which a figure is wrong or withdrawn in this release.
func (d *Dataset) Affecting(f release.Figure) []release.Bearing {
	if len(d.Notices) == 0 {
		return nil
	}
	c := release.Content{Figures: []release.Figure{f}, Words: d.Whole[f.Indicator].Words}
	return release.Affecting(release.On(d.Notices, f.Indicator, c))
}

// Table is the one of a name; nil where the dataset has no rows of it.
func (d *Dataset) Table(name string) Table {
	for _, t := range d.Tables {
		if t.Name() == name {
			return t
		}
	}
	return nil
}

// scope lists the measures that the dataset is of.
func (m *maker) scope() []plan.Measure {
	var list []plan.Measure
	for _, x := range m.Register.Measures {
		if in := map[Kind]bool{
			Department: slices.Contains(x.Leads, m.Who.ID), Measure: x.ID == m.Who.ID, Strand: x.Strand == m.Who.ID, All: true,
		}[m.Who.Kind]; in {
			list = append(list, x)
		}
	}
	return list
}

// serves says whether an indicator of the release serves one of the measures.
func (m *maker) serves(x *release.IndicatorLabels) bool {
	return slices.ContainsFunc(m.measures, func(of plan.Measure) bool {
		return slices.Contains(x.Measures, of.ID) || slices.Contains(of.Indicators, x.ID)
	})
}

// choose takes the indicators that the dataset is of, and of each the rows.
func (m *maker) choose() {
	for i := range m.Labels.Indicators {
		if x := &m.Labels.Indicators[i]; m.concerns(x) {
			if c := m.asked(m.Contents[x.ID]); !empty(c) {
				m.whole[x.ID] = c
			}
		}
	}
	if m.Since != nil {
		m.diff = m.narrowed()
		m.moves = map[string]bool{}
		for _, move := range m.diff.Moves() {
			m.moves[move.Row()] = true
		}
	}
	for _, x := range m.Labels.Indicators {
		c := m.whole[x.ID]
		c = release.Content{
			Figures: only(m, figures, c), Changes: only(m, changes, c), Trends: only(m, trends, c), Funnels: only(m, funnels, c),
			Targets: only(m, targets, c), Evidence: only(m, evidence, c), Words: c.Words,
		}
		if empty(c) {
			continue
		}
		m.ids = append(m.ids, x.ID)
		m.contents[x.ID] = c
	}
}

// empty says whether a content has no rows.
func empty(c release.Content) bool {
	return len(c.Figures)+len(c.Changes)+len(c.Trends)+len(c.Funnels)+len(c.Targets)+len(c.Evidence) == 0
}

// asked are those of an indicator's rows that are asked for.
func (m *maker) asked(c release.Content) release.Content {
	if m.Who.Kind == Region {
		return m.beside(c)
	}
	return c
}

// only are the rows of a content that moved, where what moved is asked for.
func only[R any](m *maker, s source[R], c release.Content) []R {
	rows := *s.Of(&c)
	if m.moves == nil {
		return rows
	}
	var kept []R
	for i := range rows {
		if place := s.Place(&rows[i]); m.moved(&place) {
			kept = append(kept, rows[i])
		}
	}
	return kept
}

// moved says whether a row is one that is asked for.
func (m *maker) moved(place *release.Move) bool { return m.moves == nil || m.moves[place.Row()] }

// england is the population that a region stands beside.
const england = "england"

// beside is a content's rows of the region that is asked for, and beside each those of
// England that are divided by everything else alike.
func (m *maker) beside(c release.Content) release.Content {
	others := map[string]bool{} // what else divides rows of the region
	rest := func(k indicator.Key, from codebook.SourceID) (string, bool, bool) {
		of, region := m.regionOf(partsOf(k))
		var left []string
		for i, variable := range indicator.Crossed(k.Breakdown) {
			if variable != of && k.Breakdown != codebook.All {
				left = append(left, variable+"="+indicator.Crossed(k.Category)[i])
			}
		}
		return strings.Join(append(left, string(k.Source), string(from), k.Item), "\x00"), of != "" && region == m.Who.ID, of != ""
	}
	for _, f := range c.Figures {
		if key, in, _ := rest(f.Key, ""); in {
			others[key] = true
		}
	}
	for _, ch := range c.Changes {
		if key, in, _ := rest(ch.Key, ch.FromSource); in {
			others[key] = true
		}
	}
	wanted := func(k indicator.Key, from codebook.SourceID) bool {
		key, in, divided := rest(k, from)
		return in || !divided && k.Population == england && others[key]
	}
	made := release.Content{Words: c.Words}
	for _, f := range c.Figures {
		if wanted(f.Key, "") {
			made.Figures = append(made.Figures, f)
		}
	}
	for _, ch := range c.Changes {
		if wanted(ch.Key, ch.FromSource) {
			made.Changes = append(made.Changes, ch)
		}
	}
	here := func(k indicator.Key) bool { _, in, _ := rest(k, ""); return in }
	made.Trends = slices.DeleteFunc(slices.Clone(c.Trends), func(t release.Trend) bool { return !here(t.Key) })
	made.Funnels = slices.DeleteFunc(slices.Clone(c.Funnels), func(f release.Funnel) bool { return !here(f.Key) })
	made.Targets = slices.DeleteFunc(slices.Clone(c.Targets), func(t release.Target) bool { return !here(t.Key) })
	return made
}

// sources are those of the rows.
func (m *maker) sources() []release.SourceLabels {
	used := map[codebook.SourceID]bool{}
	for _, c := range m.contents {
		for _, f := range c.Figures {
			used[f.Source] = true
		}
		for _, ch := range c.Changes {
			used[ch.Source], used[ch.FromSource] = true, true
		}
		for _, e := range c.Evidence {
			used[e.Source] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(m.Labels.Sources), func(s release.SourceLabels) bool { return !used[s.ID] })
}

// concerns says whether the dataset is of an indicator.
func (m *maker) concerns(x *release.IndicatorLabels) bool {
	return m.Who.Kind == All || m.Who.Kind == Region || m.Who.Kind == Indicator && x.ID == m.Who.ID || m.serves(x)
}

// madeUp says whether figures of the dataset were computed from made-up extracts: rows of an
// evaluation, and the plan's own words, are real in a release of made-up figures too.
func (m *maker) madeUp() bool {
	if m.Since != nil { // what moved may be a figure of an indicator that has none now
		return m.Manifest.Synthetic
	}
	return slices.ContainsFunc(m.ids, m.Manifest.MadeUp)
}

// title is what the dataset is called.
func (m *maker) title() string {
	words := map[Kind]string{
		All: report.TitleAll, Department: "Together We Can: measures led by " + report.The(m.Who.Name), Region: "Together We Can: figures of " + report.The(m.Who.Name),
		Measure: "Together We Can, measure " + m.Who.ID + ": " + m.Who.Name, Strand: "Together We Can, strand: " + m.Who.Name, Indicator: "Together We Can: " + m.Who.Name,
	}[m.Who.Kind]
	if m.Who.Kind == Department && len(m.measures) == 0 {
		words = "Together We Can: " + m.Who.Name
	}
	if m.madeUp() {
		words = "SYNTHETIC: " + words
	}
	return words
}

// citation is how the dataset is to be cited: without a digest, which no table has, so that they
// are the same wherever the figures are.
func (m *maker) citation(d *Dataset) string {
	return report.Citation{Title: d.Title, Release: m.ID, Sources: d.Sources, Notices: d.Notices, Synthetic: d.Synthetic, Without: d.Without}.Text()
}
