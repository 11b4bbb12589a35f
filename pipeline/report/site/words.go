package site

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	text "text/template"
	"unicode"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
)

// A listPage is the body of a page that lists others, and its data. Paths are below the
// site.
type listPage struct {
	Release string  `json:"release"`
	Title   string  `json:"title"`
	Intro   string  `json:"intro"`
	Items   []item  `json:"items"`
	Groups  []group `json:"groups"`
	Jumps   []link  `json:"-"` // within the page, or to other lists
}

// An item is one of a list.
type item struct {
	Path string `json:"path"`
	Text string `json:"text"`
	More string `json:"more"`
}

// A group is a part of a list under a heading.
type group struct {
	Title  string `json:"title"`
	Anchor string `json:"anchor"`
	Items  []item `json:"items"`
}

// list makes a page that lists others.
func (s *site) list(p page, body listPage) error {
	body.Release, body.Title = s.current().ID, p.Title
	return s.add("list", p, body, body)
}

// words makes the pages that are found by words: lists, an index, method, about.
func (s *site) words() error {
	home := []link{{"index.html", "Plan at a glance"}}
	now := s.current()
	var all, evaluations listPage
	for _, strand := range s.Register.Strands {
		g := group{Title: strand.Title, Anchor: "strand-" + strand.ID}
		for i := range now.Labels.Indicators {
			x := &now.Labels.Indicators[i]
			if slices.ContainsFunc(s.Register.Measures, func(m plan.Measure) bool { return m.Strand == strand.ID && slices.Contains(x.Measures, m.ID) }) {
				it, err := s.listed(x)
				if err != nil {
					return err
				}
				g.Items = append(g.Items, it)
			}
		}
		if len(g.Items) > 0 {
			all.Groups = append(all.Groups, g)
		}
	}
	beside := group{Title: "Beside the plan", Anchor: "beside"}
	for i := range now.Labels.Indicators {
		x := &now.Labels.Indicators[i]
		it, err := s.listed(x)
		if err != nil {
			return err
		}
		if len(x.Measures) == 0 {
			beside.Items = append(beside.Items, it)
		}
		if now.Manifest.Indicator(x.ID).Figures == 0 {
			evaluations.Items = append(evaluations.Items, it)
		}
	}
	if len(beside.Items) > 0 {
		all.Groups = append(all.Groups, beside)
	}
	for _, g := range all.Groups {
		all.Jumps = append(all.Jumps, link{"indicators/index.html#" + g.Anchor, g.Title})
	}
	all.Intro = "Every indicator and evaluation, by the strand of the plan that it serves. One that serves several strands is under each."
	evaluations.Intro = "What evaluations say of the plan's measures, in words: an evaluation is never made into a number. Evaluations are real, also beside figures that are made up."
	for _, p := range []struct {
		page page
		body listPage
	}{
		{page{Path: "indicators/index.html", Title: "Indicators", Section: "indicators", About: "Every indicator of the plan, by strand."}, all},
		{page{Path: "evidence/index.html", Title: "Evidence from evaluations", Section: "evidence", About: "What evaluations say of the plan's measures."}, evaluations},
	} {
		p.page.Trail = home
		if err := s.list(p.page, p.body); err != nil {
			return err
		}
	}
	if err := s.texts(home); err != nil {
		return err
	}
	if err := s.index(home); err != nil {
		return err
	}
	// A server shows it at whatever address has no page, in whatever folder.
	return s.put("", "missing", page{Path: "404.html", Title: "There is no such page", About: "There is no such page.", Root: s.Root(), Unlisted: true, Trail: home}, nil)
}

// listed is an indicator of a list.
func (s *site) listed(x *release.IndicatorLabels) (item, error) {
	more, err := s.marked(x.ID, x.Base)
	return item{Path: "indicators/" + x.ID + "/index.html", Text: x.Title, More: more}, err
}

// A runningText is a page of Markdown.
type runningText struct {
	page page
	text func() ([]byte, error)
}

// mostMethod is how many bytes of the log of methods a page has at most, so that it is
// read over a slow line too.
const mostMethod = 70_000

// methodPages are the log of methods in as many pages as it takes, each after the first
// named by the number that it begins with. A method never changes its page, since the log
// only grows at its end, but for what is added to those before it.
func methodPages(markdown string) []runningText {
	const mark = "\n## "
	parts := strings.Split(markdown, mark)
	var pages []runningText
	page := page{Path: "method/index.html", Title: "Method", Section: "method", About: "The numbered log of the judgements behind the figures."}
	text := parts[0]
	for _, part := range parts[1:] {
		if len(text)+len(mark)+len(part) > mostMethod {
			number, _, _ := strings.Cut(part, ".")
			up := strings.Repeat("../", strings.Count(page.Path, "/")-1)
			opening, rest, _ := strings.Cut(text, mark)
			pages = append(pages, textOf(page, fmt.Sprintf("%s\n\nIt goes on with [method %s](%s%s/index.html).\n%s%s", strings.TrimSpace(opening), number, up, number, mark, rest)))
			text = fmt.Sprintf("# Method, from %s\n\nThe log of methods goes on here from [those before](%s).\n", number, "../index.html")
			page.Path, page.Title = "method/"+number+"/index.html", "Method, from "+number
		}
		text += mark + part
	}
	return append(pages, textOf(page, text))
}

func textOf(p page, text string) runningText {
	return runningText{p, func() ([]byte, error) { return []byte(text), nil }}
}

// texts makes the pages of running text.
func (s *site) texts(home []link) error {
	now := s.current()
	texts := []runningText{
		{page{Path: "about/index.html", Title: "About these pages", Section: "about", About: "What these pages are, and how to use and cite them."}, s.about},
		{page{Path: "accessibility/index.html", Title: "Accessibility", Section: "about", About: "How accessible these pages are, and what was checked."}, func() ([]byte, error) { return templates.ReadFile("templates/accessibility.md") }},
	}
	for _, p := range append(texts, methodPages(string(s.Method))...) {
		markdown, err := p.text()
		if err != nil {
			return err
		}
		body, err := newText(now.ID, p.page.Title, string(markdown))
		if err != nil {
			return err
		}
		p.page.Trail = home
		if err := s.add("text", p.page, body, body); err != nil {
			return err
		}
	}
	return nil
}

// about is the text about the site, with the release that it is of.
func (s *site) about() ([]byte, error) {
	t, err := text.ParseFS(templates, "templates/about.md")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, s.current().ID)
	return b.Bytes(), err
}

// dull are words that nobody looks for.
var dull = strings.Fields("a an and are as at by for from had has have in is it last less like many most of on one or over same such than that the their them they this those to was were what when which who whose with would people say feel find very fairly months lot amount types type kind kinds number other")

// index makes a page a letter of the words of titles and items, so that an indicator is
// found without a server or a script, and one that leads to them.
func (s *site) index(home []link) error {
	now := s.current()
	found := map[string][]item{}
	for i := range now.Labels.Indicators {
		x := &now.Labels.Indicators[i]
		texts := []string{x.Title, x.ID}
		for _, code := range x.Items {
			if code != codebook.All {
				texts = append(texts, now.Labels.Text("item", x.ID, code))
			}
		}
		for _, word := range strings.FieldsFunc(strings.ToLower(strings.Join(texts, " ")), func(r rune) bool { return !unicode.IsLetter(r) }) {
			if len([]rune(word)) < 3 || slices.Contains(dull, word) {
				continue
			}
			more, err := s.marked(x.ID, "")
			if err != nil {
				return err
			}
			it := item{Path: "indicators/" + x.ID + "/index.html", Text: x.Title, More: more}
			if !slices.Contains(found[word], it) {
				found[word] = append(found[word], it)
			}
		}
	}
	letters := map[string][]group{}
	var words []string
	for word := range found {
		words = append(words, word)
	}
	slices.Sort(words)
	var order []string
	for _, word := range words {
		letter := string([]rune(word)[0])
		if letters[letter] == nil {
			order = append(order, letter)
		}
		letters[letter] = append(letters[letter], group{Title: word, Anchor: word, Items: found[word]})
	}
	top := listPage{Intro: fmt.Sprintf("An index of %s of titles and items. Choose the letter that a word begins with; the search of the browser finds a word within a page.", report.Plural(len(words), "word"))}
	var jumps []link
	for _, letter := range order {
		jumps = append(jumps, link{"find/" + letter + "/index.html", strings.ToUpper(letter)})
	}
	for _, letter := range order {
		p := page{Path: "find/" + letter + "/index.html", Title: "Find: " + strings.ToUpper(letter), Section: "find", Trail: append(slices.Clone(home), link{"find/index.html", "Find"}), About: "Words that begin with " + strings.ToUpper(letter) + "."}
		if err := s.list(p, listPage{Jumps: jumps, Groups: letters[letter]}); err != nil {
			return err
		}
		var some []string
		for _, g := range letters[letter] {
			some = append(some, g.Title)
		}
		top.Items = append(top.Items, item{Path: p.Path, Text: strings.ToUpper(letter), More: strings.Join(some, ", ")})
	}
	return s.list(page{Path: "find/index.html", Title: "Find", Section: "find", Trail: home, About: "An index of the words of all indicators."}, top)
}
