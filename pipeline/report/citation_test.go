package report

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

var citation = Citation{
	Title: `Together We Can: 50% of R&D {in_fact} #1 ~ \o/ ^ $`, Release: "2003-02-01.12", Part: "influence-local 1.1.0", Digest: strings.Repeat("ab", 32),
	Sources: []release.SourceLabels{{Title: "Survey 2001", Study: "SN 1"}}, Synthetic: true,
}

// An entry's braces balance and none but the fields' own are bare; every other character
// that has a meaning in TeX is escaped.
func TestBibTeX(t *testing.T) {
	text := citation.BibTeX()
	depth := 0
	bare := strings.NewReplacer(`\{`, "", `\}`, "", `\\`, "").Replace(text)
	for i, r := range bare {
		switch r {
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth < 0 || depth == 0 && i < len(bare)-2 && i > strings.Index(bare, "{") {
			t.Fatalf("braces do not balance at %d of\n%s", i, text)
		}
	}
	if depth != 0 {
		t.Errorf("braces do not balance in\n%s", text)
	}
	for _, special := range []string{"%", "&", "#", "_", "$"} {
		if regexp.MustCompile(`[^\\]` + regexp.QuoteMeta(special)).MatchString(text) {
			t.Errorf("%s is not escaped in\n%s", special, text)
		}
	}
	for _, want := range []string{"@misc{togetherwecan-2003-02-01.12-influence-local,\n", "  year = {2003},\n", "  month = feb,\n", strings.Repeat("ab", 32)} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// cslVariables are those of csl-data.json 1.0 that an item may have, of which no other is
// valid.
var cslVariables = []string{"type", "id", "title", "author", "issued", "version", "note", "publisher", "URL", "DOI", "abstract", "genre", "number", "source"}

func TestCSL(t *testing.T) {
	item := citation.CSL()
	data, err := json.Marshal(item)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(data, &fields); err != nil {
		t.Fatal(err)
	}
	for name := range fields {
		if !slices.Contains(cslVariables, name) {
			t.Errorf("%q is no variable of CSL", name)
		}
	}
	if item.Type != "dataset" || !slices.Equal(item.Issued.Parts[0], []string{"2003", "2", "1"}) || item.Version != "2003-02-01.12, influence-local 1.1.0" {
		t.Errorf("got %+v", item)
	}
}

func TestCitationText(t *testing.T) {
	c := citation
	c.Title = "Together We Can: influence"
	want := "Together We Can: influence [data set]. Release 2003-02-01.12, influence-local 1.1.0 (2003). SHA-256 of release.json: " + c.Digest + ". Made from: Survey 2001 (SN 1). Made-up data: not to be cited as statistics."
	if got := c.Text(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// What is computed from made-up extracts says so where it is cited and over its pages; an
// evaluation in the same release, which is real, does not.
func TestMadeUpIsSaidOfFiguresAlone(t *testing.T) {
	labels := &release.Labels{Indicators: []release.IndicatorLabels{{ID: "figures", Title: "Figures"}, {ID: "study", Title: "Study"}}}
	for _, c := range []struct {
		name      string
		synthetic bool
		of        string
		cited     bool // as synthetic
		banners   []string
	}{
		{"figures of made-up extracts", true, "figures", true, []string{Banner}},
		{"an evaluation beside them", true, "study", false, []string{evidenceOfMadeUp}},
		{"figures of real extracts", false, "figures", false, nil},
		{"an evaluation beside those", false, "study", false, nil},
	} {
		m := &release.Manifest{Synthetic: c.synthetic, Indicators: []release.Indicator{{ID: "figures", Version: "1.0.0", Figures: 3}, {ID: "study", Version: "1.0.0"}}}
		text := NewCitation("2003-02-01.1", "", m, labels, m.Indicator(c.of), nil).Text()
		if strings.HasPrefix(text, "SYNTHETIC: ") != c.cited || strings.Contains(text, "Made-up data") != c.cited {
			t.Errorf("%s: %s", c.name, text)
		}
		if got := BannersOf(m, c.of); !slices.Equal(got, c.banners) {
			t.Errorf("%s: over it stands %q, want %q", c.name, got, c.banners)
		}
		v := Page{Synthetic: c.synthetic}
		if c.of == "study" {
			v.Content.Evidence = []release.Evidence{{}}
		}
		if got := len(v.Banners()) > 0; got != c.cited {
			t.Errorf("%s: its page says made up: %t, want %t", c.name, got, c.cited)
		}
	}
	if text := NewCitation("2003-02-01.1", "", &release.Manifest{Synthetic: true}, labels, nil, nil).Text(); !strings.HasPrefix(text, "SYNTHETIC: ") {
		t.Errorf("a release with made-up figures is cited as %s", text)
	}
	bare := &release.Manifest{Disclosure: indicator.Policy{Name: indicator.NoControl}}
	if text := NewCitation("2003-02-01.1", "", bare, labels, nil, nil).Text(); !strings.HasSuffix(text, " Without disclosure control: not to be handed on.") {
		t.Errorf("a release without disclosure control is cited as %s", text)
	}
}
