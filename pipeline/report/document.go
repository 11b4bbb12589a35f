package report

import (
	"cmp"
	"fmt"
	"html"
	"slices"
	"strings"
	"unicode"
)

// A Document is paragraphs and tables in their order, for a paper: as Markdown, LaTeX or
// HTML. What is written right before a table is its caption, and what is marked right
// behind it are its notes.
type Document struct {
	Title    string
	Captions []string // that the next tables have instead of their own
	blocks   []block
	open     bool // the last block is a paragraph that may be a caption
}

// A block is a paragraph, or a table with its caption and notes.
type block struct {
	words  string
	header []string
	rows   [][]string
	labels int // columns that say what a row is of
	notes  []string
}

// DocumentForms are what a document is written as, with the ending of such a file.
var DocumentForms = []struct{ Name, Ending string }{{"markdown", "md"}, {"latex", "tex"}, {"html", "html"}}

// Add adds a paragraph; one that is marked is a note of the table before it. One of no words ends
// what was before.
func (d *Document) Add(mark, words string) {
	words = Line(strings.TrimSpace(words))
	last := len(d.blocks) - 1
	switch {
	case words == "":
		d.open = false
	case mark != "" && last >= 0 && d.blocks[last].header != nil:
		d.blocks[last].notes = append(d.blocks[last].notes, words)
	default:
		d.blocks, d.open = append(d.blocks, block{words: words}), true
	}
}

// Table adds a table. A heading that begins with > is of numbers, and the first columns are
// labels. A label that begins with a blank is indented, as one of the label before.
func (d *Document) Table(header []string, rows [][]string, labels int) {
	if len(rows) == 0 {
		return
	}
	b := block{header: header, labels: labels}
	for _, row := range rows {
		cells := make([]string, len(header))
		for i := range row {
			cells[i] = Line(row[i])
		}
		b.rows = append(b.rows, cells)
	}
	if last := len(d.blocks) - 1; d.open && last > 0 { // the first says what the document is of
		b.words, d.blocks = d.blocks[last].words, d.blocks[:last]
	}
	if len(d.Captions) > 0 {
		b.words, d.Captions = Line(d.Captions[0]), d.Captions[1:]
	}
	d.blocks, d.open = append(d.blocks, b), false
}

// Write writes the document in a form by its name.
func (d *Document) Write(form string) string {
	var b strings.Builder
	switch form {
	case "markdown":
		d.markdown(&b)
	case "latex":
		d.latex(&b)
	case "html":
		d.html(&b)
	default:
		panic("report: no form " + form)
	}
	return b.String()
}

// heads are the headings of a table, and which of them are of numbers.
func (b block) heads() (names []string, numbers []bool) {
	for _, name := range b.header {
		name, right := strings.CutPrefix(name, ">")
		names, numbers = append(names, Line(name)), append(numbers, right)
	}
	return names, numbers
}

// indented is a label without the blanks before it, and whether there are some.
func indented(cell string) (words string, in bool) {
	words = strings.TrimLeft(cell, " ")
	return words, words != cell
}

// markdown writes pipe tables, which GitHub, pandoc and R Markdown read.
func (d *Document) markdown(to *strings.Builder) {
	for i, b := range d.blocks {
		if i > 0 {
			to.WriteByte('\n')
		}
		if b.header == nil {
			to.WriteString(markdownLine(b.words) + "\n")
			continue
		}
		if b.words != "" {
			to.WriteString("**" + markdownText(b.words) + "**\n\n")
		}
		names, numbers := b.heads()
		row := func(cells []string) {
			for _, cell := range cells {
				words, in := indented(cell)
				to.WriteString("| " + map[bool]string{true: "&emsp;"}[in] + markdownText(words) + " ")
			}
			to.WriteString("|\n")
		}
		row(names)
		for _, right := range numbers {
			to.WriteString(map[bool]string{true: "| ---: ", false: "| --- "}[right])
		}
		to.WriteString("|\n")
		for _, cells := range b.rows {
			row(cells)
		}
		for _, note := range b.notes {
			to.WriteString("\n" + markdownLine(note) + "\n")
		}
	}
}

// markdownText is a text whose signs mean nothing to Markdown: each may have a backslash
// before it (CommonMark 0.31, section 2.4).
func markdownText(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("\\`*_{}[]<>|~^$&", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// markdownLine is a text that begins a line, where more signs have a meaning.
func markdownLine(text string) string {
	made := markdownText(text)
	digits := len(made) - len(strings.TrimLeftFunc(made, unicode.IsDigit))
	switch {
	case digits > 0 && digits < len(made) && (made[digits] == '.' || made[digits] == ')'):
		return made[:digits] + "\\" + made[digits:]
	case made != "" && strings.ContainsRune("#+-=:", rune(made[0])):
		return "\\" + made
	}
	return made
}

// latex writes tables with rules of booktabs, one a float.
func (d *Document) latex(to *strings.Builder) {
	to.WriteString("% \\usepackage{booktabs}, \\usepackage[T1]{fontenc}, and \\usepackage[utf8]{inputenc} before LaTeX of 2018\n")
	for _, b := range d.blocks {
		to.WriteByte('\n')
		if b.header == nil {
			to.WriteString(latexText(b.words) + "\n")
			continue
		}
		to.WriteString("\\begin{table}[htbp]\n\\centering\n")
		if b.words != "" {
			to.WriteString("\\caption{" + latexText(b.words) + "}\n")
		}
		names, numbers := b.heads()
		to.WriteString("\\begin{tabular}{")
		for _, right := range numbers {
			to.WriteString(map[bool]string{true: "r", false: "l"}[right])
		}
		to.WriteString("}\n\\toprule\n")
		row := func(cells []string, right bool) {
			for i, cell := range cells {
				if i > 0 {
					to.WriteString(" & ")
				}
				words, in := indented(cell)
				made := map[bool]string{true: "\\quad "}[in] + latexText(words)
				if right && numbers[i] {
					made = latexNumber(made)
				}
				if i == 0 && (strings.HasPrefix(made, "[") || strings.HasPrefix(made, "*")) { // which \\ of the row before would take for its own
					made = "{}" + made
				}
				to.WriteString(made)
			}
			to.WriteString(" \\\\\n")
		}
		row(names, false)
		to.WriteString("\\midrule\n")
		for _, cells := range b.rows {
			row(cells, true)
		}
		to.WriteString("\\bottomrule\n\\end{tabular}\n")
		for _, note := range b.notes {
			to.WriteString("\\par\\smallskip\\footnotesize{} " + latexText(note) + "\n")
		}
		to.WriteString("\\end{table}\n")
	}
}

var latexSigns = strings.NewReplacer(
	`\`, `\textbackslash{}`, `{`, `\{`, `}`, `\}`, `$`, `\$`, `&`, `\&`, `#`, `\#`, `%`, `\%`, `_`, `\_`,
	`~`, `\textasciitilde{}`, `^`, `\textasciicircum{}`, `<`, `\textless{}`, `>`, `\textgreater{}`, `|`, `\textbar{}`, `"`, `\textquotedbl{}`, "`", `\textasciigrave{}`,
	"--", "-{}-",
)

// latexText is a text whose signs mean nothing to LaTeX.
func latexText(text string) string { return latexSigns.Replace(text) }

// latexNumber gives a number, or each of several in a cell, the sign of a minus.
func latexNumber(text string) string {
	words := strings.Split(text, " ")
	for i, word := range words {
		rest := strings.TrimLeft(word, "(")
		if len(rest) > 1 && rest[0] == '-' && rest[1] >= '0' && rest[1] <= '9' {
			words[i] = word[:len(word)-len(rest)] + "$-$" + rest[1:]
		}
	}
	return strings.Join(words, " ")
}

// documentStyle is what a document of HTML looks like by itself.
const documentStyle = `body{font:1rem/1.4 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;border-top:2px solid;border-bottom:2px solid;margin:1.5rem 0 .5rem}
caption{text-align:left;font-weight:bold;padding-bottom:.3rem}
thead{border-bottom:1px solid}
th,td{padding:.15rem .6rem;vertical-align:top;text-align:left;font-weight:normal}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
thead .n{white-space:normal;vertical-align:bottom}
th[scope=row]{min-width:8rem}
.in{padding-left:1.8rem}
.wide{overflow-x:auto}
.note{font-size:.875rem;margin:.2rem 0}
@media print{.wide{overflow-x:visible}}`

// html writes a page of its own.
func (d *Document) html(to *strings.Builder) {
	fmt.Fprintf(to, "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>%s</title>\n<style>\n%s\n</style>\n</head>\n<body>\n", html.EscapeString(d.Title), documentStyle)
	for _, b := range d.blocks {
		if b.header == nil {
			fmt.Fprintf(to, "<p>%s</p>\n", html.EscapeString(b.words))
			continue
		}
		// What is wider than the page scrolls by itself, by the keyboard too.
		to.WriteString("<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"" + html.EscapeString(cmp.Or(b.words, "Table")) + "\">\n<table>\n")
		if b.words != "" {
			fmt.Fprintf(to, "<caption>%s</caption>\n", html.EscapeString(b.words))
		}
		names, numbers := b.heads()
		class := func(i int) string { return map[bool]string{true: ` class="n"`, false: ""}[numbers[i]] }
		to.WriteString("<thead><tr>")
		for i, name := range names {
			fmt.Fprintf(to, `<th scope="col"%s>%s</th>`, class(i), html.EscapeString(name))
		}
		to.WriteString("</tr></thead>\n<tbody>\n")
		for _, cells := range b.rows {
			to.WriteString("<tr>")
			for i, cell := range cells {
				if i < b.labels {
					words, in := indented(cell)
					fmt.Fprintf(to, `<th scope="row"%s>%s</th>`, cmp.Or(class(i), map[bool]string{true: ` class="in"`}[in]), html.EscapeString(words))
					continue
				}
				fmt.Fprintf(to, "<td%s>%s</td>", class(i), html.EscapeString(cell))
			}
			to.WriteString("</tr>\n")
		}
		to.WriteString("</tbody>\n</table>\n</div>\n")
		for _, note := range b.notes {
			fmt.Fprintf(to, "<p class=\"note\">%s</p>\n", html.EscapeString(note))
		}
	}
	to.WriteString("</body>\n</html>\n")
}

// IsDocument says whether a form is one of a document.
func IsDocument(form string) bool {
	return slices.ContainsFunc(DocumentForms, func(f struct{ Name, Ending string }) bool { return f.Name == form })
}
