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
	if len(s.pages) != 13 {
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
