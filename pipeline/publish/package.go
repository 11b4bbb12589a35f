package publish

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/datapackage"
	"togetherwecan/pipeline/release/sheet"
)

// A Package is a release before it is published. Of its manifest, Publish
// fills in the format, the previous release, the files, and each indicator's
// version, class, reason, identity, definition digest and counts.
type Package struct {
	Manifest   release.Manifest
	Labels     *release.Labels
	Indicators []Indicator       // those of the manifest, in any order
	Restricted map[string][]byte // files for who may see everything, by name
	Key        []byte            // of their digests
}

// An Indicator is what is published of one indicator beside what the
// manifest and the labels say of it; Publish fills in the content's words.
type Indicator struct {
	ID         string
	Definition []byte // its page, as the analyst wrote it
	Content    release.Content
}

// A description is all that the metadata of an indicator's files says. It
// holds nothing of the release, so that an indicator that did not change
// has the same files in the next release.
type description struct {
	release.Words
	version   string
	synthetic bool
	without   bool // disclosure control
}

func describe(m *release.Manifest, x *Indicator) *description {
	return &description{x.Content.Words, m.Indicator(x.ID).Version, m.Synthetic, m.Disclosure.Without()}
}

// figures and changes are the metadata of the two Parquet files.
func (d *description) figures() []sheet.Pair { return metadata(d, "figures", release.FigureColumns) }

func (d *description) changes() []sheet.Pair { return metadata(d, "changes", release.ChangeColumns) }

// title is the indicator's, and says so where its figures are made up.
func (d *description) title() string { return titled(d.Indicator.Title, d.synthetic) }

func titled(title string, synthetic bool) string {
	if synthetic {
		return "SYNTHETIC: " + title
	}
	return title
}

// each lists what f gives for the sources, each once, in their order.
func (d *description) each(f func(release.SourceLabels) string) []string {
	var list []string
	for _, s := range d.Sources {
		if text := f(s); text != "" && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

func (d *description) sources() []string { return d.each(release.SourceLabels.Full) }

func (d *description) licences() []string {
	return d.each(func(s release.SourceLabels) string { return s.Licence })
}

func (d *description) populations() []string {
	return d.each(func(s release.SourceLabels) string { return s.Population })
}

// metadata lists the pairs that a Parquet file carries, sorted by key.
func metadata[R any](d *description, table string, columns []sheet.Column[R]) []sheet.Pair {
	pairs := []sheet.Pair{
		{Key: "base", Value: d.Indicator.Base},
		{Key: "format", Value: release.FormatName},
		{Key: "indicator", Value: d.Indicator.ID},
		{Key: "leads", Value: strings.Join(d.Indicator.Leads, ", ")},
		{Key: "licence", Value: strings.Join(d.licences(), "; ")},
		{Key: "measures", Value: strings.Join(d.Indicator.Measures, ", ")},
		{Key: "note", Value: d.Indicator.Note},
		{Key: "population", Value: strings.Join(d.populations(), "; ")},
		{Key: "sources", Value: strings.Join(d.sources(), "; ")},
		{Key: "statistic", Value: d.Indicator.Statistic},
		{Key: "synthetic", Value: fmt.Sprint(d.synthetic)},
		{Key: "table", Value: table},
		{Key: "title", Value: d.title()},
		{Key: "unit", Value: d.Indicator.Unit},
		{Key: "version", Value: d.version},
	}
	return withColumns(pairs, columns)
}

// withColumns adds a sentence on each column, and sorts the pairs by key.
func withColumns[R any](pairs []sheet.Pair, columns []sheet.Column[R]) []sheet.Pair {
	for _, c := range columns {
		pairs = append(pairs, sheet.Pair{Key: "column." + c.Name, Value: c.About})
	}
	slices.SortFunc(pairs, func(a, b sheet.Pair) int { return cmp.Compare(a.Key, b.Key) })
	return pairs
}

// The parts of an indicator's datapackage.json that are its own.
type (
	packageJSON struct {
		datapackage.Head
		Synthetic bool            `json:"synthetic"`
		Measures  []string        `json:"measures"`
		Leads     []string        `json:"leads"`
		Base      string          `json:"base"`
		Statistic string          `json:"statistic"`
		Unit      string          `json:"unit"`
		Note      string          `json:"note,omitempty"`
		Labels    []release.Label `json:"labels"`
		Resources []resourceJSON  `json:"resources"`
	}
	resourceJSON struct {
		datapackage.File
		Parquet string              `json:"parquet"` // the same table
		Dialect datapackage.Dialect `json:"dialect"`
		Schema  sheet.Schema        `json:"schema"`
	}
)

// newPackage begins a data package.
func newPackage(name, version string, synthetic bool, licences, sources []string) *packageJSON {
	return &packageJSON{
		Head: datapackage.NewHead(name, "", "", version, licences, sources), Synthetic: synthetic,
		Measures: []string{}, Leads: []string{}, Labels: []release.Label{},
	}
}

// encodeDataPackage returns an indicator's datapackage.json.
func encodeDataPackage(d *description, figures, changes release.File) []byte {
	x := &d.Indicator
	p := newPackage(x.ID, d.version, d.synthetic, d.licences(), d.sources())
	p.Title = d.title()
	p.Description = "Survey estimates with design-based errors. Base: " + or(x.Base, "see the definition") + "."
	p.Keywords = []string{"survey", "official statistics"}
	p.Measures, p.Leads, p.Labels = append(p.Measures, x.Measures...), append(p.Leads, x.Leads...), append(p.Labels, d.Codes...)
	p.Base, p.Statistic, p.Unit, p.Note = x.Base, x.Statistic, x.Unit, x.Note
	if d.synthetic {
		p.Keywords = []string{"synthetic"}
		p.Description = "Made-up data: not a statistic. " + p.Description
	}
	if d.without {
		p.Description = withoutControl + " " + p.Description
	}
	p.Resources = []resourceJSON{
		resource(x.ID, titled("Figures", d.synthetic), "One row a figure: an estimate as published.", figures, release.FigureColumns),
		resource(x.ID+".changes", titled("Changes between sources", d.synthetic), "One row a pair of sources in which a figure was published.", changes, release.ChangeColumns),
	}
	return release.EncodeJSON(p)
}

func resource[R any](name, title, about string, csv release.File, columns []sheet.Column[R]) resourceJSON {
	return resourceJSON{datapackage.NewFile(name, name+".csv", title, about, csv.Bytes, csv.SHA256), name + ".parquet", datapackage.CSV, sheet.SchemaOf(columns)}
}

// withoutControl is said of a release from which nothing was withheld.
const withoutControl = "Without disclosure control: not to be handed on."

// encodeReadme returns the release's README.md, which holds nothing that
// another run of the same inputs would write otherwise.
func encodeReadme(m *release.Manifest, l *release.Labels) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", titled("survey indicators", m.Synthetic))
	if m.Synthetic {
		b.WriteString("**Made-up data. Every figure here was computed from synthetic extracts and is not a statistic.**\n\n")
	}
	if m.Disclosure.Without() {
		fmt.Fprintf(&b, "**%s**\n\n", withoutControl)
	}
	b.WriteString("One folder an indicator below `indicators/`: its figures and the changes between sources, each as CSV and Parquet, its\n" +
		"definition, and a data package that describes the columns. What evaluations say is in `evidence.csv`, and as Parquet. `release.json` says what they were made from, and `FORMAT.md`\n" +
		"describes everything. To check that nothing was altered, run `sha256sum -c SHA256SUMS` here.\n\n")
	if m.Reason != "" {
		fmt.Fprintf(&b, "Reason given for changed figures: %s\n\n", line(m.Reason))
	}
	b.WriteString("| indicator | leads | measures | version | since the last release | title |\n|---|---|---|---|---|---|\n")
	for i, x := range m.Indicators {
		words := l.Indicators[i]
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n",
			x.ID, line(strings.Join(words.Leads, ", ")), line(strings.Join(words.Measures, ", ")), x.Version, x.Class, line(words.Title))
	}
	b.WriteString(policy(m.Disclosure))
	b.WriteString(audit(m.Audit))
	b.WriteString("\n| source | kind | period | title | licence |\n|---|---|---|---|---|\n")
	for i, s := range m.Sources {
		words := l.Sources[i]
		fmt.Fprintf(&b, "| %s | %s | %s to %s | %s | %s |\n", s.ID, s.Kind, s.Period.Start, s.Period.End, line(words.Full()), line(words.Licence))
	}
	return []byte(b.String())
}

// policy says by which disclosure policy the figures were made.
func policy(p indicator.Policy) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nDisclosure policy `%s`", p.Name)
	switch {
	case p.Without():
		b.WriteString(": nothing is withheld.")
	default:
		fmt.Fprintf(&b, ": figure and base are withheld where fewer than %d respondents are in the base or fewer than %d on either side of a share, the figure where fewer than %d are, and flagged where fewer than %d are",
			p.ConfidentialBelow, p.SidesBelow, p.UnreliableBelow, p.CautionBelow)
		fmt.Fprintf(&b, "; shares of exactly 0 or 100 per cent: %s; a total of which one respondent makes more than %v is withheld; no withheld count is to be known within fewer than %d respondents.", p.Zeros, p.Dominance, p.Interval)
	}
	if len(p.Keep) > 0 {
		fmt.Fprintf(&b, " Of populations one of which is a part of another, %s is shown first.", strings.Join(p.Keep, ", then "))
	}
	d := p.Precision
	fmt.Fprintf(&b, " Bases: %s. Digits: percent %s, ratios %s, means %s, rates %s, totals %s, errors %s, design effects %s, degrees of freedom %s, p-values %s (a number alone is of decimals).\n",
		p.Bases, d.Percent, d.Ratio, d.Mean, d.Rate, d.Total, d.Error, d.Effect, d.DF, d.P)
	return b.String()
}

// audit says what can be had of what is withheld.
func audit(a release.Audit) string {
	if a.Figures == 0 {
		return ""
	}
	text := fmt.Sprintf("\nOf the %d figures of this release's own sources %d have no value and %d no base. From all that is published %d counts that are confidential can be had exactly", a.Figures, a.Withheld, a.Bases, a.Exact)
	if a.Narrowest >= 0 {
		text += fmt.Sprintf("; the one that is known best is known within %d respondents", a.Narrowest)
	}
	return text + ".\n"
}

// line is text for one line or cell of Markdown.
func line(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", `\|`)
}
