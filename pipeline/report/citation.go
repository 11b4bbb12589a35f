package report

import (
	"fmt"
	"strings"

	"togetherwecan/pipeline/release"
)

// Author is who releases are cited as the work of.
const Author = "Together We Can indicators"

// A Citation is how figures are to be cited: what they are, of which release, and what they
// were made from. Without a digest it is the same wherever the figures are.
type Citation struct {
	Title     string
	Release   string // its id, which begins with the day of issue
	Part      string // of it: the indicator and its version, "" for all
	Digest    string // SHA-256 of the release's release.json; "" where it is told elsewhere
	Sources   []release.SourceLabels
	Notices   []release.Bearing // that bear on what is cited
	Synthetic bool
	Without   bool // disclosure control
}

// day is the day of issue: its year, month and day.
func (c Citation) day() (year, month, day string) {
	date, _, _ := strings.Cut(c.Release, ".")
	parts := strings.SplitN(date+"--", "-", 3)
	return parts[0], parts[1], strings.Trim(parts[2], "-")
}

// from says what the figures were made from, and that they are made up or without disclosure
// control where they are.
func (c Citation) from() string {
	var titles []string
	for _, s := range c.Sources {
		titles = append(titles, s.Full())
	}
	var text []string
	if len(titles) > 0 {
		text = append(text, "Made from: "+strings.Join(titles, "; ")+".")
	}
	if c.Synthetic {
		text = append(text, "Made-up data: not to be cited as statistics.")
	}
	if c.Without {
		text = append(text, "Without disclosure control: not to be handed on.")
	}
	return strings.Join(text, " ")
}

// notices tell by which notices what is cited is wrong or withdrawn, and which part of it;
// "" of none.
func (c Citation) notices() string {
	var told []string
	for _, b := range release.Affecting(c.Notices) {
		told = append(told, NoticeMark(b)+b.Affects.Words()+".")
	}
	return strings.Join(told, " ")
}

// note is what a reference manager has no field for.
func (c Citation) note() string { return joined(c.notices(), c.digest(), c.from()) }

// digest tells the digest, "" where there is none.
func (c Citation) digest() string {
	if c.Digest == "" {
		return ""
	}
	return "SHA-256 of release.json: " + c.Digest + "."
}

// Text is the citation in one line.
func (c Citation) Text() string {
	year, _, _ := c.day()
	return joined(fmt.Sprintf("%s [data set]. Release %s (%s).", c.Title, c.version(), year), c.note())
}

// version names the release, and the part of it that is cited.
func (c Citation) version() string {
	if c.Part == "" {
		return c.Release
	}
	return c.Release + ", " + c.Part
}

// key names the citation among others: letters, digits, full stops and hyphens.
func (c Citation) key() string {
	part, _, _ := strings.Cut(c.Part, " ")
	return strings.Trim("togetherwecan-"+c.Release+"-"+part, "-")
}

// BibTeX is the citation as an entry of BibTeX.
func (c Citation) BibTeX() string {
	year, month, _ := c.day()
	months := map[string]string{"01": "jan", "02": "feb", "03": "mar", "04": "apr", "05": "may", "06": "jun", "07": "jul", "08": "aug", "09": "sep", "10": "oct", "11": "nov", "12": "dec"}
	var b strings.Builder
	fmt.Fprintf(&b, "@misc{%s,\n", c.key())
	field := func(name, value string) { fmt.Fprintf(&b, "  %s = {%s},\n", name, value) }
	field("author", "{"+tex(Author)+"}")
	field("title", "{"+tex(c.Title)+"}")
	field("howpublished", "Data set, release "+tex(c.version()))
	field("year", year)
	fmt.Fprintf(&b, "  month = %s,\n", months[month])
	field("note", tex(c.note()))
	b.WriteString("}\n")
	return b.String()
}

// tex is text for TeX: characters that mean something there are escaped.
func tex(text string) string {
	return strings.NewReplacer(
		`\`, `\textbackslash{}`, "{", `\{`, "}", `\}`, "$", `\$`, "&", `\&`, "%", `\%`, "#", `\#`, "_", `\_`, "~", `\textasciitilde{}`, "^", `\textasciicircum{}`,
	).Replace(text)
}

// A CSLItem is a citation in the Citation Style Language's JSON (csl-data.json 1.0): its
// variables in their form.
type CSLItem struct {
	ID      string    `json:"id"`
	Type    string    `json:"type"`
	Title   string    `json:"title"`
	Author  []CSLName `json:"author"`
	Issued  CSLDate   `json:"issued"`
	Version string    `json:"version"`
	Note    string    `json:"note,omitempty"`
}

// A CSLName is the name of an organisation.
type CSLName struct {
	Literal string `json:"literal"`
}

// A CSLDate is a day: one list of year, month and day.
type CSLDate struct {
	Parts [][]string `json:"date-parts"`
}

// CSL is the citation as an item of CSL-JSON.
func (c Citation) CSL() CSLItem {
	year, month, day := c.day()
	return CSLItem{
		ID: c.key(), Type: "dataset", Title: c.Title, Author: []CSLName{{Author}},
		Issued:  CSLDate{[][]string{{year, strings.TrimLeft(month, "0"), strings.TrimLeft(day, "0")}}},
		Version: c.version(), Note: c.note(),
	}
}

// joined joins sentences that are not empty.
func joined(sentences ...string) string {
	var said []string
	for _, s := range sentences {
		if s != "" {
			said = append(said, s)
		}
	}
	return strings.Join(said, " ")
}

// TitleAll is what all figures of a release are called.
const TitleAll = "Together We Can: all indicators"

// NewCitation is how a release is cited, or one of its indicators where that is given,
// with the notices that bear on it.
func NewCitation(id, digest string, m *release.Manifest, labels *release.Labels, of *release.Indicator, notices []release.Bearing) Citation {
	c := Citation{Title: TitleAll, Release: id, Digest: digest, Sources: labels.Sources, Notices: notices, Synthetic: m.Synthetic, Without: m.Disclosure.Without()}
	if of != nil {
		words := labels.Indicator(of.ID)
		c.Title, c.Part, c.Sources = "Together We Can: "+words.Title, of.ID+" "+of.Version, nil
		c.Synthetic = m.MadeUp(of.ID)
		for _, source := range words.Sources {
			c.Sources = append(c.Sources, *labels.Source(source))
		}
	}
	if c.Synthetic {
		c.Title = "SYNTHETIC: " + c.Title
	}
	return c
}
