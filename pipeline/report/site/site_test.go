package site

import (
	"strings"
	"testing"

	"togetherwecan/pipeline/release"
)

// editions are releases with one indicator, by its identity in each.
func editions(identities ...string) *site {
	s := &site{}
	for i, identity := range identities {
		id := "200" + string(rune('1'+i)) + "-01-01.1"
		s.Editions = append(s.Editions, Edition{ID: id, Manifest: &release.Manifest{Indicators: []release.Indicator{{ID: "x", Identity: identity}}}})
		s.chain = append(s.chain, id)
	}
	return s
}

// The page of what an indicator says is that of the release that first said so.
func TestSince(t *testing.T) {
	s := editions("a", "a", "b", "b", "a")
	for at, want := range []int{0, 0, 2, 2, 4} {
		if got := s.since(at, "x"); got != want {
			t.Errorf("release %d: got %d, want %d", at, got, want)
		}
	}
	if got, want := s.home(1, "x"), "releases/2001-01-01.1/indicators/x/"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The page of a figure that is wrong leads to where it is right.
func TestTold(t *testing.T) {
	s := editions("wrong", "wrong", "right")
	of := release.Standing{Number: 3, Notice: release.Notice{
		Issued: "2003-02-01", Kind: release.Correction, Extent: release.MinorError, Reason: "Weighted twice", Affects: &release.Scope{Indicators: []string{"x"}},
		Since: &release.Named{ID: s.chain[0]}, CorrectedBy: &release.Named{ID: s.chain[2]},
	}}
	got := s.told([]release.Bearing{{Standing: of, Effect: release.Affected}}, "x")
	if len(got) != 1 || got[0].Path != "releases/2003-01-01.1/indicators/x/index.html" || !strings.Contains(got[0].Mark, "notice 3") || !strings.Contains(got[0].Words, "Weighted twice") {
		t.Errorf("got %+v", got)
	}
	if got := s.told([]release.Bearing{{Standing: of, Effect: release.Corrected}}, "x"); got[0].Path != "" {
		t.Errorf("the page that has it right leads to %q", got[0].Path)
	}
}

// The first column of a table names each row, and a column of notes that has none is left
// out.
func TestNewTable(t *testing.T) {
	got := newTable("c", "Region", []string{"", "Source", ">Figure", ""}, [][]string{{"North", "2001", "1", ""}, {"", "2003", "2", ""}})
	if len(got.Head) != 3 || got.Head[0].Text != "Region" || !got.Head[2].Number || got.Rows[1][0].Text != "North" {
		t.Errorf("got %+v", got)
	}
	if got := newTable("c", "Region", []string{"", "Source", ">Figure", ""}, [][]string{{"North", "2001", "1", "(a)"}}); len(got.Head) != 4 || got.Head[3].Text != "Notes" {
		t.Errorf("got %+v", got)
	}
}

// A column that no row has anything in is left out, and the table that it was left out of
// stays as it is.
func TestTableWithout(t *testing.T) {
	whole := table{Head: []cell{{Text: "Indicator"}, {Text: "Reason"}, {Text: "Figures"}}, Rows: [][]cell{{{Text: "a"}, {}, {Text: "1"}}, {{Text: "b"}, {}, {}}}}
	for range 2 {
		got := whole.without(func(cell) bool { return true })
		if len(got.Head) != 2 || got.Head[1].Text != "Figures" || len(got.Rows) != 2 || got.Rows[0][1].Text != "1" || len(got.Rows[1]) != 2 {
			t.Errorf("got %+v", got)
		}
	}
	if got := whole.without(func(head cell) bool { return head.Text == "Figures" }); len(got.Head) != 3 {
		t.Errorf("got %+v", got)
	}
}

// Every template is read, and each kind of page is known.
func TestTemplates(t *testing.T) {
	s := &site{Input: Input{Code: "x"}}
	if err := s.parse(); err != nil {
		t.Fatal(err)
	}
	other := &site{Input: Input{Code: "y"}}
	if err := other.parse(); err != nil || other.digest == s.digest {
		t.Errorf("another program has the same digest, or %v", err)
	}
	if len(s.pages) != 12 {
		t.Errorf("%d kinds of page", len(s.pages))
	}
}

// A table that is written here is the one of the template, but for how signs are escaped.
func TestTableHTML(t *testing.T) {
	s := &site{}
	if err := s.parse(); err != nil {
		t.Fatal(err)
	}
	made := newTable("A <b> & c", "Region", []string{"", "Source", ">Figure", ""}, [][]string{{"North & \"South\"", "2001", "1", "(a)"}, {"", "2003", "2", ""}})
	var b strings.Builder
	if err := s.pages["list"].ExecuteTemplate(&b, "table", functions["tabled"].(func(string, any) any)("", made)); err != nil {
		t.Fatal(err)
	}
	if got := string(made.html()); got != b.String() {
		t.Errorf("got\n%s\nwant\n%s", got, b.String())
	}
}

// A text has a place for each of its headings, which stays while its number does.
func TestNewText(t *testing.T) {
	got, err := newText("r", "Title", "# Title\n\nOpening *words*.\n\n## 9. Small bases\n\n| a |\n|---|\n| 1 |\n\n### within\n\n## In other words\n\nText.\n")
	if err != nil {
		t.Fatal(err)
	}
	if got.Opening != "Opening *words*." || !strings.Contains(string(got.Lead), `<p class="lead">Opening <em>words</em>.</p>`) || got.Contents() {
		t.Errorf("it opens %q, %q", got.Opening, got.Lead)
	}
	if len(got.Sections) != 2 || got.Sections[0].Anchor != "number-9" || got.Sections[1].Anchor != "in-other-words" || got.Sections[1].Text != "Text." {
		t.Errorf("got %+v", got.Sections)
	}
	if table := string(got.Sections[0].HTML); !strings.Contains(table, `aria-label="Table 1 of this page"><table>`) || strings.Count(table, "<div") != strings.Count(table, "</div>") {
		t.Errorf("got %s", table)
	}
}

// The address of a site is of a folder that anybody can open; all that is wrong with one is
// told, and no password.
func TestAddress(t *testing.T) {
	for _, c := range []struct{ name, given, want, wrong string }{
		{name: "of a server", given: "https://www.example.org", want: "https://www.example.org/"},
		{name: "of a folder", given: "http://www.example.org:8080/a/b", want: "http://www.example.org:8080/a/b/"},
		{name: "with its slash", given: "https://www.example.org/a/", want: "https://www.example.org/a/"},
		{name: "no scheme", given: "example.org", wrong: "no address of a site"},
		{name: "another scheme", given: "ftp://example.org/", wrong: "no address of a site"},
		{name: "no server", given: "https:///a/", wrong: "no address of a site"},
		{name: "a password", given: "https://me:secret@example.org/", wrong: "a name or password"},
		{name: "a name", given: "https://me@example.org/", wrong: "a name or password"},
		{name: "a query", given: "https://example.org/?a=b", wrong: "a query"},
		{name: "an empty query", given: "https://example.org/?", wrong: "a query"},
		{name: "a place within a page", given: "https://example.org/#", wrong: "a query"},
		{name: "a way up", given: "https://example.org/a/../b", wrong: "a path"},
		{name: "two slashes", given: "https://example.org/a//b", wrong: "a path"},
		{name: "a page", given: "https://example.org/index.html", wrong: "a path"},
		{name: "all of it", given: "https://me:secret@example.org//?a#b", wrong: "a path"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Address(c.given)
			if c.wrong == "" && (err != nil || got != c.want) {
				t.Errorf("got %q, want %q: %v", got, c.want, err)
			}
			if c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong) || strings.Contains(err.Error(), "secret")) {
				t.Errorf("got %v, want one of %s", err, c.wrong)
			}
		})
	}
}

// A page is without empty lines and indents, but for what keeps its lines.
func TestTidy(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"indents", "<p>\n\t a b \n\n</p>\n", "<p>\na b\n</p>\n"},
		{"no end of a line", "<p>\n </p>", "<p>\n</p>\n"},
		{"what keeps its lines", " <pre>a\n\n  b\n</pre> \n <p>\n", "<pre>a\n\n  b\n</pre> \n<p>\n"},
		{"all of it on one line", " <pre> a</pre> \n\n <p>\n", "<pre> a</pre>\n<p>\n"},
	} {
		if got := string(tidy([]byte(c.in))); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
