package site

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

// A textPage is the body of a page of running text, and its data.
type textPage struct {
	Release  string        `json:"release"`
	Title    string        `json:"title"`
	Opening  string        `json:"opening"` // before the first heading, as Markdown
	Lead     template.HTML `json:"-"`       // the same
	Sections []section     `json:"sections"`
}

// A section is a part of a text under a heading.
type section struct {
	Heading string        `json:"heading"`
	Anchor  string        `json:"anchor"`
	Text    string        `json:"text"` // as Markdown
	HTML    template.HTML `json:"-"`
}

// Contents says whether a text is so long that it has a list of its sections before them.
func (t textPage) Contents() bool { return len(t.Sections) > 8 }

// newText takes Markdown to pieces at its headings of the second level; one of the first is
// the page's title, and left out.
func newText(release, title, markdown string) (textPage, error) {
	t := textPage{Release: release, Title: title}
	if first, rest, found := strings.Cut(markdown, "\n"); found && strings.HasPrefix(first, "# ") {
		markdown = rest
	}
	parts := strings.Split("\n"+markdown, "\n## ")
	t.Opening = strings.TrimSpace(parts[0])
	tables := 0
	var err error
	if t.Lead, err = marked(t.Opening, &tables); err != nil {
		return t, err
	}
	t.Lead = template.HTML(strings.Replace(string(t.Lead), "<p>", `<p class="lead">`, 1)) //nolint:gosec // of what was made
	for _, part := range parts[1:] {
		heading, text, _ := strings.Cut(part, "\n")
		s := section{Heading: heading, Anchor: headingAnchor(heading), Text: strings.TrimSpace(text)}
		if s.HTML, err = marked(s.Text, &tables); err != nil {
			return t, err
		}
		t.Sections = append(t.Sections, s)
	}
	return t, nil
}

// headingAnchor is the id of a heading: its number where it has one, which its words may
// outlive, or else its words.
func headingAnchor(heading string) string {
	if number, _, found := strings.Cut(heading, ". "); found && strings.Trim(number, "0123456789") == "" {
		return "number-" + number
	}
	return strings.Join(strings.FieldsFunc(strings.ToLower(heading), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), "-")
}

// marked is Markdown as HTML, each table in a frame of its own that the keyboard reaches;
// tables counts them.
func marked(markdown string, tables *int) (template.HTML, error) {
	var b bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.Table)).Convert([]byte(markdown), &b); err != nil {
		return "", err
	}
	text := strings.NewReplacer("</table>", "</table></div>", "<th></th>", "<td></td>").Replace(b.String())
	for n := strings.Count(text, "<table>"); n > 0; n-- {
		*tables++
		text = strings.Replace(text, "<table>", fmt.Sprintf(`<div class="scroll" tabindex="0" role="region" aria-label="Table %d of this page"><table >`, *tables), 1)
	}
	// Goldmark leaves out raw HTML, and the text is the project's own.
	return template.HTML(strings.ReplaceAll(text, "<table >", "<table>")), nil //nolint:gosec
}

// longest is how many letters of a page's description whoever lists it may be expected to show.
const longest = 300

// brief are the first sentences of a text that are no longer together than is shown: where
// the first alone is longer, its clauses, or else its words, up to there, and an ellipsis.
func brief(text string) string {
	letters := []rune(text)
	if len(letters) <= longest {
		return text
	}
	last := func(ends string, capital bool, most int) (at int) {
		for i := range most {
			if strings.ContainsRune(ends, letters[i]) && letters[i+1] == ' ' && (!capital || i+2 < len(letters) && !unicode.IsLower(letters[i+2])) {
				at = i + 1
			}
		}
		return at
	}
	if at := last(".!?", true, longest); at > 0 {
		return string(letters[:at])
	}
	at := last(";:,", false, longest-2)
	if at--; at < longest/2 { // and the words begin the sentence
		for at = longest - 2; at > 0 && letters[at] != ' '; at-- {
		}
	}
	if at <= 0 {
		at = longest - 2
	}
	return string(letters[:at]) + " …"
}
