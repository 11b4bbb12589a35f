package publish

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
)

// A Package is a release before it is published. Of its manifest, Publish
// fills in the format, the previous release, the files, and each indicator's
// version, class, reason, identity, definition digest and counts.
type Package struct {
	Manifest   release.Manifest
	Indicators []Indicator // those of the manifest, in any order
}

// An Indicator is what is published of one indicator beside what the
// manifest says of it.
type Indicator struct {
	ID         string
	Definition []byte // its page, as the analyst wrote it
	Content    release.Content
	Base       string // who is counted, in words
	Statistic  string
	Unit       string
	Note       string
	Labels     []Label // of the codes in the figures
}

// A Label gives the words for a code in a column of the figures. Of is the
// breakdown that a category belongs to, and empty for other columns.
type Label struct {
	Column string `json:"column"`
	Of     string `json:"of,omitempty"`
	Code   string `json:"code"`
	Text   string `json:"label"`
}

// A description is all that the metadata of an indicator's files says. It
// holds nothing of the release, so that an indicator that did not change
// has the same files in the next release.
type description struct {
	entry     *release.Indicator
	indicator *Indicator
	from      []release.Source // those that have figures
	synthetic bool
}

func describe(m *release.Manifest, x *Indicator) *description {
	d := &description{entry: m.Indicator(x.ID), indicator: x, synthetic: m.Synthetic}
	has := map[codebook.SourceID]bool{}
	for _, f := range x.Content.Figures {
		has[f.Source] = true
	}
	for _, s := range m.Sources {
		if has[s.ID] {
			d.from = append(d.from, s)
		}
	}
	return d
}

// title is the indicator's, and says so where its figures are made up.
func (d *description) title() string { return titled(d.entry.Title, d.synthetic) }

func titled(title string, synthetic bool) string {
	if synthetic {
		return "SYNTHETIC: " + title
	}
	return title
}

// each lists what f gives for the sources, each once, in their order.
func (d *description) each(f func(release.Source) string) []string {
	var list []string
	for _, s := range d.from {
		if text := f(s); text != "" && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

// titleOf is a source's title with the archive's number where it has one.
func titleOf(s release.Source) string {
	if s.Wave == nil || s.Study == "" {
		return s.Title
	}
	return s.Title + " (" + s.Study + ")"
}

func (d *description) sources() []string { return d.each(titleOf) }

func (d *description) licences() []string {
	return d.each(func(s release.Source) string { return s.Licence })
}

func (d *description) populations() []string {
	return d.each(func(s release.Source) string {
		if s.Wave == nil {
			return ""
		}
		return s.Population
	})
}

// metadata lists the pairs that a Parquet file carries, sorted by key.
func metadata[R any](d *description, table string, columns []sheet.Column[R]) []sheet.Pair {
	pairs := []sheet.Pair{
		{Key: "base", Value: d.indicator.Base},
		{Key: "format", Value: release.FormatName},
		{Key: "indicator", Value: d.entry.ID},
		{Key: "leads", Value: strings.Join(d.entry.Leads, ", ")},
		{Key: "licence", Value: strings.Join(d.licences(), "; ")},
		{Key: "measures", Value: strings.Join(d.entry.Measures, ", ")},
		{Key: "note", Value: d.indicator.Note},
		{Key: "population", Value: strings.Join(d.populations(), "; ")},
		{Key: "sources", Value: strings.Join(d.sources(), "; ")},
		{Key: "statistic", Value: d.indicator.Statistic},
		{Key: "synthetic", Value: fmt.Sprint(d.synthetic)},
		{Key: "table", Value: table},
		{Key: "title", Value: d.title()},
		{Key: "unit", Value: d.indicator.Unit},
		{Key: "version", Value: d.entry.Version},
	}
	for _, c := range columns {
		pairs = append(pairs, sheet.Pair{Key: "column." + c.Name, Value: c.About})
	}
	slices.SortFunc(pairs, func(a, b sheet.Pair) int { return cmp.Compare(a.Key, b.Key) })
	return pairs
}

// The parts of datapackage.json, a Frictionless Tabular Data Package.
type (
	packageJSON struct {
		Profile     string         `json:"profile"`
		Name        string         `json:"name"`
		Title       string         `json:"title"`
		Description string         `json:"description"`
		Version     string         `json:"version"`
		Keywords    []string       `json:"keywords"`
		Licences    []licenceJSON  `json:"licenses,omitempty"`
		Sources     []sourceJSON   `json:"sources,omitempty"`
		Synthetic   bool           `json:"synthetic"`
		Measures    []string       `json:"measures"`
		Leads       []string       `json:"leads"`
		Base        string         `json:"base"`
		Statistic   string         `json:"statistic"`
		Unit        string         `json:"unit"`
		Note        string         `json:"note,omitempty"`
		Labels      []Label        `json:"labels"`
		Resources   []resourceJSON `json:"resources"`
	}
	licenceJSON struct {
		Name  string `json:"name"`
		Title string `json:"title"`
	}
	sourceJSON struct {
		Title string `json:"title"`
	}
	resourceJSON struct {
		Profile     string       `json:"profile"`
		Name        string       `json:"name"`
		Path        string       `json:"path"`
		Title       string       `json:"title"`
		Description string       `json:"description"`
		Format      string       `json:"format"`
		MediaType   string       `json:"mediatype"`
		Encoding    string       `json:"encoding"`
		Bytes       int          `json:"bytes"`
		Hash        string       `json:"hash"`
		Parquet     string       `json:"parquet"` // the same table
		Dialect     dialectJSON  `json:"dialect"`
		Schema      sheet.Schema `json:"schema"`
	}
	dialectJSON struct {
		Delimiter      string `json:"delimiter"`
		LineTerminator string `json:"lineTerminator"`
		DoubleQuote    bool   `json:"doubleQuote"`
		Header         bool   `json:"header"`
	}
)

// encodeDataPackage returns an indicator's datapackage.json.
func encodeDataPackage(d *description, figures, changes []byte) []byte {
	p := packageJSON{
		Profile:     "tabular-data-package",
		Name:        d.entry.ID,
		Title:       d.title(),
		Description: "Survey estimates with design-based errors. Base: " + or(d.indicator.Base, "see the definition") + ".",
		Version:     d.entry.Version,
		Keywords:    []string{"survey", "official statistics"},
		Synthetic:   d.synthetic,
		Measures:    append([]string{}, d.entry.Measures...),
		Leads:       append([]string{}, d.entry.Leads...),
		Base:        d.indicator.Base,
		Statistic:   d.indicator.Statistic,
		Unit:        d.indicator.Unit,
		Note:        d.indicator.Note,
		Labels:      append([]Label{}, d.indicator.Labels...),
	}
	if d.synthetic {
		p.Keywords = []string{"synthetic"}
		p.Description = "Made-up data: not a statistic. " + p.Description
	}
	for _, l := range d.licences() {
		p.Licences = append(p.Licences, licenceJSON{Name: slug(l), Title: l})
	}
	for _, s := range d.sources() {
		p.Sources = append(p.Sources, sourceJSON{Title: s})
	}
	slices.SortFunc(p.Labels, func(a, b Label) int {
		return cmp.Or(cmp.Compare(a.Column, b.Column), cmp.Compare(a.Of, b.Of), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Text, b.Text))
	})
	id := d.entry.ID
	p.Resources = []resourceJSON{
		resource(id, "Figures", "One row a figure: an estimate as published.", d, figures, release.FigureColumns),
		resource(id+".changes", "Changes between sources", "One row a pair of sources in which a figure was published.", d, changes, release.ChangeColumns),
	}
	return release.EncodeJSON(p)
}

func resource[R any](name, title, about string, d *description, csv []byte, columns []sheet.Column[R]) resourceJSON {
	return resourceJSON{
		Profile: "tabular-data-resource",
		Name:    name, Path: name + ".csv", Parquet: name + ".parquet",
		Title: titled(title, d.synthetic), Description: about,
		Format: "csv", MediaType: "text/csv", Encoding: "utf-8",
		Bytes: len(csv), Hash: "sha256:" + release.Digest(csv),
		Dialect: dialectJSON{Delimiter: ",", LineTerminator: "\n", DoubleQuote: true, Header: true},
		Schema:  sheet.SchemaOf(columns),
	}
}

var notSlug = regexp.MustCompile(`[^A-Za-z0-9._]+`)

// slug is a licence's name in the letters that a data package allows.
func slug(title string) string {
	return or(strings.Trim(notSlug.ReplaceAllString(title, "-"), "-"), "other")
}

// encodeReadme returns the release's README.md, which holds nothing that
// another run of the same inputs would write otherwise.
func encodeReadme(m *release.Manifest) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", titled("survey indicators", m.Synthetic))
	if m.Synthetic {
		b.WriteString("**Made-up data. Every figure here was computed from synthetic extracts and is not a statistic.**\n\n")
	}
	b.WriteString("One folder an indicator below `indicators/`: its figures and the changes between sources, each as CSV and Parquet, its\n" +
		"definition, and a data package that describes the columns. `release.json` says what they were made from, and `FORMAT.md`\n" +
		"describes everything. To check that nothing was altered, run `sha256sum -c SHA256SUMS` here.\n\n")
	if m.Reason != "" {
		fmt.Fprintf(&b, "Reason given for changed figures: %s\n\n", line(m.Reason))
	}
	b.WriteString("| indicator | leads | measures | version | since the last release | title |\n|---|---|---|---|---|---|\n")
	for _, x := range m.Indicators {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n",
			x.ID, line(strings.Join(x.Leads, ", ")), line(strings.Join(x.Measures, ", ")), x.Version, x.Class, line(x.Title))
	}
	b.WriteString("\n| source | period | title | licence |\n|---|---|---|---|\n")
	for _, s := range m.Sources {
		fmt.Fprintf(&b, "| %s | %s to %s | %s | %s |\n", s.ID, s.Period.Start, s.Period.End, line(titleOf(s)), line(s.Licence))
	}
	return []byte(b.String())
}

// line is text for one line or cell of Markdown.
func line(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", `\|`)
}
