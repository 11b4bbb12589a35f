package release

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
)

// catalogue has two waves and an indicator; its categories and items are not
// in the order of the alphabet.
func catalogue() *indicator.Catalogue {
	wave := func(name string) *codebook.Crosswalk {
		return &codebook.Crosswalk{
			Survey: "hocs", Wave: name, Title: "Citizenship Survey " + name, Study: "SN " + name, Licence: "End User", Population: "Adults",
			Populations: []codebook.Population{{ID: "england-and-wales", Label: "England and Wales"}, {ID: "england", Label: "England"}},
		}
	}
	return &indicator.Catalogue{
		Codebook: &codebook.Codebook{Variables: map[string]codebook.Variable{
			"sex":    {Name: "sex", Label: "Sex", Categories: []codebook.Category{{Code: "men", Label: "Men"}, {Code: "women", Label: "Women"}}},
			"region": {Name: "region", Label: "Region", Categories: []codebook.Category{{Code: "west", Label: "West"}, {Code: "east", Label: "East"}}},
		}},
		Crosswalks: []*codebook.Crosswalk{wave("2001"), wave("2003")},
		Definitions: []*indicator.Definition{{
			ID: "influence-local", Title: "Influence", Base: indicator.Base{Label: "Adults who answered"}, Note: "With care.\n", Measures: []string{"B5"}, Leads: []string{"HO"},
			Statistic: indicator.Proportion, Breakdowns: []string{"sex", "region*sex"},
			Items: []indicator.Item{{ID: "police", Label: "The police"}, {ID: "courts", Label: "The courts"}},
		}},
	}
}

func sources(waves ...string) []Source {
	var list []Source
	for _, wave := range waves {
		list = append(list, Source{ID: codebook.WaveID("hocs", wave), Kind: Survey, Wave: &Wave{}})
	}
	return list
}

// described is the labels of figures of the catalogue's indicator.
func described(c *indicator.Catalogue, previous *Labels, sources []Source, figures ...Figure) *Labels {
	return Describe(c, sources, map[string]Content{"influence-local": {Figures: figures}}, previous, meaning)
}

// meaning stands in for the program's words.
func meaning(column, code string) string {
	if column == "unit" && code == "percent" {
		return "per cent"
	}
	return ""
}

func row(wave, breakdown, category, item string) Figure {
	f := figure(key(wave, breakdown, category), 42)
	f.Item = item
	return f
}

func TestDescribe(t *testing.T) {
	l := described(catalogue(), nil, sources("2001", "2003"),
		row("2001", "all", "all", "courts"), row("2001", "all", "all", "police"), row("2003", "region*sex", "elsewhere*men", "police"),
		row("2003", "region*sex", "east*men", "police"), row("2003", "region*sex", "west*women", "police"), row("2003", "region*sex", "west*men", "police"))
	want := []IndicatorLabels{{
		ID: "influence-local", Title: "Influence", Base: "Adults who answered", Note: "With care.", Measures: []string{"B5"}, Leads: []string{"HO"},
		Statistic: "proportion", Unit: "percent",
		Sources: []codebook.SourceID{"hocs/2001", "hocs/2003"}, Populations: []string{"england-and-wales"}, Items: []string{"police", "courts"},
		Breakdowns: []Division{{"all", []string{"all"}}, {"region*sex", []string{"west*men", "west*women", "east*men", "elsewhere*men"}}},
	}}
	if diff := cmp.Diff(want, l.Indicators); diff != "" {
		t.Errorf("the entry (-want +got):\n%s", diff)
	}
	for _, c := range [][4]string{
		{"breakdown", "", "region*sex", "Region by sex"},
		{"category", "region*sex", "west*women", "West, women"},
		{"category", "region*sex", "elsewhere*men", "elsewhere*men"}, // which the codebook does not know
		{"population", "", "england-and-wales", "England and Wales"},
		{"item", "influence-local", "courts", "The courts"},
		{"unit", "", "percent", "per cent"},
		{"status", "", "c", "c"}, // which no figure has
	} {
		if got := l.Text(c[0], c[1], c[2]); got != c[3] {
			t.Errorf("%s %s: got %q, want %q", c[0], c[2], got, c[3])
		}
	}
	if diff := cmp.Diff([]SourceLabels{
		{ID: "hocs/2001", Title: "Citizenship Survey 2001", Study: "SN 2001", Population: "Adults", Licence: "End User"},
		{ID: "hocs/2003", Title: "Citizenship Survey 2003", Study: "SN 2003", Population: "Adults", Licence: "End User"},
	}, l.Sources); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
}

// The words of a break are those of the definition that declares it; a note's
// code has them in either column.
func TestDescribeNotes(t *testing.T) {
	c := catalogue()
	c.Definitions[0].Breaks = []indicator.Break{{From: "hocs/2001", Reason: "another one"}, {From: "hocs/2003", Reason: "only the definite count"}}
	broken := change("2001", "2003", 0)
	broken.Change, broken.Verdict, broken.Reason = math.NaN(), NotComparable, indicator.Note{Code: indicator.Broken, Of: "hocs/2003"}.String()
	f := row("2003", "all", "all", "police")
	f.Notes = indicator.Notes{{Code: indicator.Caution, Args: []string{"100"}}, {Code: indicator.Synthetic}}.String()
	content := Content{Figures: []Figure{f}, Changes: []Change{broken}}
	l := Describe(c, sources("2003"), map[string]Content{"influence-local": content}, nil, func(column, code string) string { return column + " " + code })
	for _, want := range [][4]string{
		{"break", "influence-local", "hocs/2003", "only the definite count"},
		{"break", "influence-local", "hocs/2001", "hocs/2001"}, // at which no change has a break
		{"reason", "", "break", "reason break"},
		{"notes", "", "caution", "notes caution"},
		{"notes", "", "synthetic", "notes synthetic"},
	} {
		if got := l.Text(want[0], want[1], want[2]); got != want[3] {
			t.Errorf("%s %s: got %q, want %q", want[0], want[2], got, want[3])
		}
	}
	if content.Words = l.Words("influence-local"); content.Check("influence-local") != nil {
		t.Errorf("the words do not cover the content: %v", content.Check("influence-local"))
	}
}

// A source that is carried over keeps its words, and so does what the
// catalogue does not have any more; all else is said as the catalogue says it.
func TestDescribeCarried(t *testing.T) {
	first := described(catalogue(), nil, sources("2001"), row("2001", "sex", "men", "courts"), row("2001", "sex", "women", "courts"))
	c := catalogue()
	for _, x := range c.Crosswalks {
		x.Title = "Another title " + x.Wave
	}
	sex := c.Codebook.Variables["sex"]
	sex.Label, sex.Categories = "Sex of the respondent", sex.Categories[1:]
	c.Codebook.Variables["sex"] = sex
	c.Definitions[0].Title, c.Definitions[0].Items = "Another title", c.Definitions[0].Items[:1]
	both := sources("2001", "2003")
	both[0].Carried = true
	l := described(c, first, both, row("2001", "sex", "men", "courts"), row("2001", "sex", "women", "courts"), row("2003", "sex", "women", "police"))
	for _, c := range [][2]string{
		{l.Source("hocs/2001").Title, "Citizenship Survey 2001"},
		{l.Source("hocs/2003").Title, "Another title 2003"},
		{l.Indicator("influence-local").Title, "Another title"},
		{l.Text("breakdown", "", "sex"), "Sex of the respondent"},
		{l.Text("category", "sex", "men"), "Men"},
		{l.Text("item", "influence-local", "courts"), "The courts"},
		{strings.Join(l.Indicator("influence-local").Items, " "), "police courts"},
		{strings.Join(l.Indicator("influence-local").Division("sex").Categories, " "), "women men"},
	} {
		if c[0] != c[1] {
			t.Errorf("got %q, want %q", c[0], c[1])
		}
	}
}

func TestLabelsRoundTrip(t *testing.T) {
	l := described(catalogue(), nil, sources("2001", "2003"), row("2001", "sex", "men", "police"), row("2003", "sex", "men", "police"))
	data := l.Encode()
	got, err := DecodeLabels(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(data), string(got.Encode())); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"an unknown key", `"title"`, `"heading"`, `unknown field "heading"`},
		{"a second value", "]\n}\n", "]\n}\n{}\n", "more text after the end of the JSON"},
		{"other spaces", "  \"sources\"", "\t\"sources\"", "not in canonical form"},
		{"a label that is not there", `"code": "men"`, `"code": "man"`, "indicator influence-local: no words for category men"},
		{"codes out of order", `"code": "england-and-wales"`, `"code": "zealand"`, "indicator influence-local: no words for population england-and-wales"},
		{"a source without words", `"id": "hocs/2003"`, `"id": "hocs/2005"`, "indicator influence-local: no words for source hocs/2003"},
		{"a source twice", `"id": "hocs/2003"`, `"id": "hocs/2001"`, "source hocs/2001 is there twice"},
		{"codes out of order", `"column": "breakdown"`, `"column": "zone"`, "is out of order or there twice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bad := strings.Replace(string(data), c.old, c.new, 1)
			if bad == string(data) {
				t.Fatal("the case spoils nothing")
			}
			if _, err := DecodeLabels([]byte(bad)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	m := &Manifest{Sources: sources("2001", "2003"), Indicators: []Indicator{{ID: "influence-local"}}}
	if err := l.Check(m); err != nil {
		t.Errorf("labels of the manifest: %v", err)
	}
	m.Sources[1].ID = "hocs/2005"
	if err := l.Check(m); err == nil || err.Error() != `labels of source "hocs/2003", want hocs/2005 as in the manifest` {
		t.Errorf("labels of another source: %v", err)
	}
}

// wordsOf are words without labels for what a content of the indicator
// influence-local has, of sex and all; so that Check finds the rest.
func wordsOf(c Content) Words {
	w := Words{Indicator: IndicatorLabels{ID: "influence-local"}}
	add := func(list *[]string, code string) {
		if !slices.Contains(*list, code) {
			*list = append(*list, code)
		}
	}
	x := &w.Indicator
	for _, f := range c.Figures {
		if !slices.Contains(x.Sources, f.Source) {
			x.Sources = append(x.Sources, f.Source)
		}
		add(&x.Populations, f.Population)
		add(&x.Items, f.Item)
		if x.Division(f.Breakdown) == nil {
			x.Breakdowns = append(x.Breakdowns, Division{Breakdown: f.Breakdown})
		}
		add(&x.Division(f.Breakdown).Categories, f.Category)
	}
	return w
}

func TestRewording(t *testing.T) {
	figures := []Figure{row("2001", "all", "all", "police"), row("2001", "sex", "men", "police"), row("2001", "sex", "women", "police"), row("2001", "all", "all", "courts")}
	content := func(c *indicator.Catalogue, sources []Source, more ...Figure) Content {
		all := Content{Figures: append(append([]Figure{}, figures...), more...)}
		all.Words = described(c, nil, sources, all.Figures...).Words("influence-local")
		all.Sort()
		return all
	}
	was := content(catalogue(), sources("2001"))
	for _, c := range []struct {
		name  string
		edit  func(*indicator.Catalogue)
		class Class
		want  string
	}{
		{"the same words", func(*indicator.Catalogue) {}, Unchanged, ""},
		{"a title", func(c *indicator.Catalogue) { c.Definitions[0].Title = "Influence here" }, Patch, `title was "Influence", now "Influence here"`},
		{"a base", func(c *indicator.Catalogue) { c.Definitions[0].Base.Label = "" }, Patch, `base was "Adults who answered", now none`},
		{"a note", func(c *indicator.Catalogue) { c.Definitions[0].Note = "" }, Patch, `note was "With care.", now none`},
		{"the name of a study", func(c *indicator.Catalogue) { c.Crosswalks[0].Study = "SN 1" }, Patch, `study of hocs/2001 was "SN 2001", now "SN 1"`},
		{"that of a study that has no figure", func(c *indicator.Catalogue) { c.Crosswalks[1].Study = "SN 1" }, Unchanged, ""},
		{"an item", func(c *indicator.Catalogue) { c.Definitions[0].Items[1].Label = "Courts" }, Patch, `label of item courts was "The courts", now "Courts"`},
		{"the order of the categories", func(c *indicator.Catalogue) {
			sex := c.Codebook.Variables["sex"]
			sex.Categories[0], sex.Categories[1] = sex.Categories[1], sex.Categories[0]
		}, Patch, "the order of categories of sex changed"},
		{"two words", func(c *indicator.Catalogue) { c.Definitions[0].Title, c.Definitions[0].Note = "A", "B" }, Patch, `2 words changed, the first: title was "Influence", now "A"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			changed := catalogue()
			c.edit(changed)
			class, reasons := Classify(was, content(changed, sources("2001")), true)
			if class != c.class || strings.Join(reasons, "; ") != c.want {
				t.Errorf("got %s, %q; want %s, %q", class, reasons, c.class, c.want)
			}
		})
	}
	t.Run("words of what was not there before are none", func(t *testing.T) {
		class, reasons := Classify(was, content(catalogue(), sources("2001", "2003"), row("2003", "region*sex", "west*men", "police")), true)
		if class != Minor || strings.Join(reasons, "; ") != "gained source hocs/2003" {
			t.Errorf("got %s, %q", class, reasons)
		}
	})
}

func TestCategoryOfABreakdownThatIsNotTold(t *testing.T) {
	l := &Labels{
		Indicators: []IndicatorLabels{{ID: "x", Breakdowns: []Division{{Breakdown: "sex", Categories: []string{"other"}}}}, {ID: "y"}},
		Codes: []Label{
			{Column: "category", Of: "area", Code: "north", Text: "The north"},
			{Column: "category", Of: "faith", Code: "other", Text: "Another faith"},
			{Column: "category", Of: "sex", Code: "other", Text: "Another sex"},
			{Column: "item", Of: "y", Code: "pay", Text: "Pay"},
		},
	}
	for _, c := range []struct{ name, id, code, want string }{
		{"of its own", "x", "other", "Another sex"},
		{"of one breakdown", "y", "north", "The north"},
		{"of several that differ", "y", "other", "other"},
		{"of none", "y", "pay", "pay"},
	} {
		if got := l.Category(c.id, c.code); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
