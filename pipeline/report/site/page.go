package site

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
	"togetherwecan/pipeline/report/chart"
)

// A page is what a template is given.
type page struct {
	Path    string // below the site, such as indicators/x/index.html
	Title   string
	About   string // a sentence, for who finds the page elsewhere
	Root    string // from the page to the site's own folder
	Of      string // the release that it stays with; "" of a page that is always the newest
	Address string // in full; "" where that is not known
	Trail   []link // from the site's first page to this one
	Section string // which of the site's parts it is of
	Banners []string
	Notices []notice
	Data    string // path of its data below the site; "" for none
	Body    any

	Unlisted bool // not for who searches
}

// A link leads to another page of the site, by its path.
type link struct{ Path, Text string }

// A notice stands over a page with figures that it is about.
type notice struct {
	Mark, Words string
	Path, Text  string // where the figures are right; "" for nowhere
}

// A table is a table of a page.
type table struct {
	Caption string
	Head    []cell
	Rows    [][]cell
	Long    bool // its columns have widths of their own, so that nothing moves as rows come
}

// A cell is one of a table; one with a Path is a link. Of a head Wide is of a column with
// sentences.
type cell struct {
	Text, Path   string
	Number, Wide bool
}

// Class is that of a cell's looks.
func (c cell) Class() string {
	switch {
	case c.Number:
		return "n"
	case c.Wide:
		return "w"
	}
	return ""
}

// newTable makes a table of a head, where a > begins that of numbers, and rows. The first
// column names its row: where it is empty it is as the one above. A head without words is
// that of the names or, behind, of the notes.
func newTable(caption, names string, header []string, rows [][]string) table {
	t := table{Caption: caption}
	for i, words := range header {
		number := strings.HasPrefix(words, ">")
		words = strings.TrimPrefix(words, ">")
		switch {
		case words == "" && i == 0:
			words = names
		case words == "":
			words = "Notes"
		case words == "adjusted":
			words = "p, adjusted"
		}
		t.Head = append(t.Head, cell{Text: words, Number: number})
	}
	last := ""
	for _, row := range rows {
		var cells []cell
		for i, text := range row {
			if i == 0 && text == "" {
				text = last
			}
			if i == 0 {
				last = text
			}
			cells = append(cells, cell{Text: text, Number: i < len(t.Head) && t.Head[i].Number})
		}
		t.Rows = append(t.Rows, cells)
	}
	return t.without(func(head cell) bool { return head.Text == "Notes" })
}

// without is a table without those of some columns that have nothing in any row.
func (t table) without(some func(head cell) bool) table {
	var kept []int
	for i, head := range t.Head {
		if i == 0 || !some(head) || slices.ContainsFunc(t.Rows, func(row []cell) bool { return row[i].Text != "" }) {
			kept = append(kept, i)
		}
	}
	of := func(row []cell) (cells []cell) {
		for _, i := range kept {
			cells = append(cells, row[i])
		}
		return cells
	}
	made := t
	made.Head, made.Rows = of(t.Head), nil
	for _, row := range t.Rows {
		made.Rows = append(made.Rows, of(row))
	}
	return made
}

// html is a table without links as the template "table" has it, written here because a
// site has thousands of them, each on two pages.
func (t table) html() template.HTML {
	var b strings.Builder
	write := func(parts ...string) {
		for _, part := range parts {
			b.WriteString(part)
		}
	}
	caption := template.HTMLEscapeString(t.Caption)
	write(`<div class="scroll" tabindex="0" role="region" aria-label="Table: `, caption, `"><table>`, "\n<caption>", caption, "</caption>\n<thead><tr>")
	for _, c := range t.Head {
		class := ""
		if c.Number {
			class = ` class="n"`
		}
		write(`<th scope="col"`, class, ">", template.HTMLEscapeString(c.Text), "</th>")
	}
	write("</tr></thead>\n<tbody>")
	for _, row := range t.Rows {
		write("<tr>")
		for i, c := range row {
			switch {
			case i == 0:
				write(`<th scope="row">`, template.HTMLEscapeString(c.Text), "</th>")
			case c.Number:
				write(`<td class="n">`, template.HTMLEscapeString(c.Text), "</td>")
			default:
				write("<td>", template.HTMLEscapeString(c.Text), "</td>")
			}
		}
		write("</tr>\n")
	}
	write("</tbody></table></div>")
	return template.HTML(b.String()) //nolint:gosec // all of it is escaped
}

// A drawing is a chart with its words.
type drawing struct {
	Title  string
	SVG    template.HTML
	Notes  []string
	Height string
}

func draw(plots []*chart.Plot) []drawing {
	var all []drawing
	for i, p := range plots {
		p.ID = fmt.Sprintf("chart-%d", i+1)
		// The drawing's own words are escaped where it is made.
		all = append(all, drawing{Title: p.Title, SVG: template.HTML(chart.SVG(p)), Notes: p.Notes}) //nolint:gosec
	}
	return all
}

// functions are those that the templates call.
var functions = template.FuncMap{
	"part": func(p page, section, path, text string) any {
		return struct {
			Href, Text string
			Here       bool
		}{p.Root + path, text, p.Section == section}
	},
	"capital": report.Capital,
	"tabled": func(root string, of any) any {
		t, ok := of.(table)
		if p, is := of.(*table); is && !ok {
			t = *p
		}
		return struct {
			Root  string
			Table table
		}{root, t.without(func(cell) bool { return true })}
	},
	// Who finds a page by its description is told of the notices over it, too.
	"described": func(p page) string {
		var parts []string
		for _, n := range p.Notices {
			parts = append(parts, n.Mark+".")
		}
		return brief(strings.Join(append(parts, p.About), " "))
	},
	"measures": func(root string, p partOfPlan) any {
		return struct {
			Root string
			Part partOfPlan
		}{root, p}
	},
	// A verdict is told by its words, and by a sign and a colour beside them.
	"way": func(verdict string) string { return verdict[strings.LastIndexByte(verdict, ' ')+1:] },
	"sign": func(verdict string) string {
		return map[string]string{"better": "✓", "worse": "✗", "unclear": "~"}[verdict[strings.LastIndexByte(verdict, ' ')+1:]]
	},
}

// put writes a page, and beside it its data where it has some.
func (s *site) put(unit, kind string, p page, data any) error {
	if p.Root == "" {
		p.Root = strings.Repeat("../", strings.Count(p.Path, "/"))
	}
	if s.Base != "" && !p.Unlisted {
		p.Address = s.address(p.Path)
	}
	folder, _ := strings.CutSuffix(p.Path, "index.html")
	if data != nil {
		p.Data = folder + "data.json"
		text, done := data.(rows)
		if !done {
			var err error
			if text, err = json.Marshal(data); err != nil {
				return err
			}
		}
		if err := s.out.Put(unit, p.Data, append(report.Escape(text), '\n')); err != nil {
			return err
		}
	}
	s.room.page.Reset()
	if err := s.pages[kind].ExecuteTemplate(&s.room.page, "layout", p); err != nil {
		return fmt.Errorf("page %s: %w", p.Path, err)
	}
	return s.out.Put(unit, p.Path, tidy(s.room.page.Bytes()))
}

// tidy leaves out empty lines and indents, which templates leave behind; nothing in them
// is of words that are laid out. What it returns is in the place of html.
func tidy(html []byte) []byte {
	made := html[:0]
	kept := false // within what keeps its lines
	for l := range bytes.SplitSeq(html, []byte("\n")) {
		if !kept {
			l = bytes.TrimSpace(l)
		}
		kept = (kept || bytes.Contains(l, []byte("<pre"))) && !bytes.Contains(l, []byte("</pre>"))
		if len(l) > 0 || kept {
			made = append(append(made, l...), '\n')
		}
	}
	return made
}

// marked is more about an indicator of the newest release in a list, behind the marks of
// the notices by which its figures are wrong or withdrawn.
func (s *site) marked(id, more string) (string, error) {
	marks, known := s.marks[id]
	if !known {
		list := concerning(s.bearings(s.current().ID), id)
		if len(list) > 0 {
			content, err := s.current().Content(id)
			if err != nil {
				return "", err
			}
			list = release.On(list, id, content)
		}
		marks = report.NoticeMarks(release.Affecting(list))
		s.marks[id] = marks
	}
	if marks != "" && more != "" {
		marks += ". "
	}
	return marks + more, nil
}

// concerning are those of the notices that may be about an indicator, by its id alone.
func concerning(list []release.Bearing, id string) []release.Bearing {
	return slices.DeleteFunc(list, func(b release.Bearing) bool {
		return len(b.Affects.Indicators) > 0 && !slices.Contains(b.Affects.Indicators, id)
	})
}

// told are notices for a page.
func (s *site) told(bearings []release.Bearing, id string) []notice {
	var all []notice
	for _, b := range bearings {
		n := notice{Mark: strings.TrimSuffix(report.NoticeMark(b), ": "), Words: report.NoticeWords(b)}
		if b.Effect == release.Affected && b.CorrectedBy != nil {
			at := slices.Index(s.chain, b.CorrectedBy.ID)
			n.Path, n.Text = "releases/"+b.CorrectedBy.ID+"/index.html", "Release "+b.CorrectedBy.ID
			if id != "" && at >= 0 && s.Editions[at].Manifest.Indicator(id) != nil {
				n.Path, n.Text = s.home(at, id)+"index.html", "The figures as release "+b.CorrectedBy.ID+" has them"
			}
		}
		all = append(all, n)
	}
	return all
}

// inWords are notices for programs: none is an empty list.
func inWords(notices []notice) []string {
	list := []string{}
	for _, n := range notices {
		list = append(list, n.Mark+": "+n.Words)
	}
	return list
}
