package release

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release/sheet"
)

// first is what a first release has: one wave, by sex.
func first() Content {
	return Content{Figures: []Figure{
		figure(key("2001", "all", "all"), 42.934121),
		figure(key("2001", "sex", "men"), 43.5),
		figure(key("2001", "sex", "women"), 42.4),
	}}
}

// refreshed is first with a second wave.
func refreshed() Content {
	c := first()
	c.Figures = append(c.Figures, figure(key("2003", "all", "all"), 38.1))
	c.Changes = []Change{change("2001", "2003", -4.834121)}
	c.Sort()
	return c
}

func edited(c Content, edit func(*Content)) Content { edit(&c); c.Sort(); return c }

func TestClassify(t *testing.T) {
	item := key("2001", "all", "all")
	item.Item = "police"
	population := key("2001", "all", "all")
	population.Population = "england"
	for _, c := range []struct {
		name           string
		previous, next Content
		same           bool
		class          Class
		reasons        []string
	}{
		{"the same bytes", first(), first(), true, Unchanged, nil},
		{"the same bytes under another definition", first(), first(), false, Unchanged, nil},
		{"a new wave", first(), refreshed(), true, Minor, []string{"gained source hocs/2003"}},
		{
			"a new breakdown, item and population", first(), edited(first(), func(c *Content) {
				c.Figures = append(c.Figures, figure(key("2001", "tenure", "owner"), 44), figure(key("2001", "tenure", "renter"), 41), figure(item, 60), figure(population, 44))
			}),
			true, Minor,
			[]string{"gained item police", "gained population england", "gained breakdown tenure"},
		},
		{
			"a new category", first(), edited(first(), func(c *Content) {
				c.Figures = append(c.Figures, figure(key("2001", "sex", "other"), 44))
			}),
			true, Minor,
			[]string{"gained category sex other"},
		},
		{
			"a changed value is a patch, with the largest change", first(), edited(first(), func(c *Content) {
				c.Figures[0].Value, c.Figures[1].Value = 42.9, 43.4
			}),
			true, Patch,
			[]string{"2 figures changed, the largest hocs/2001 england-and-wales sex men: was 43.5, now 43.4"},
		},
		{
			"of equal changes the first is named", first(), edited(first(), func(c *Content) {
				for i := range c.Figures {
					c.Figures[i].Notes = "caution(50)"
				}
			}),
			true, Patch,
			[]string{`3 figures changed, the first hocs/2001 england-and-wales all all: notes was none, now caution(50)`},
		},
		{
			"a changed note is a patch", first(), edited(first(), func(c *Content) { c.Figures[2].Notes = "caution(50)" }),
			true, Patch,
			[]string{`1 figure changed: hocs/2001 england-and-wales sex women: notes was none, now caution(50)`},
		},
		{
			"a figure withheld is a patch", first(), edited(first(), func(c *Content) {
				c.Figures[2].Value, c.Figures[2].Status = math.NaN(), "u"
			}),
			true, Patch,
			[]string{"1 figure changed: hocs/2001 england-and-wales sex women: was 42.4, now none"},
		},
		{
			"a changed comparison alone is a patch", refreshed(), edited(refreshed(), func(c *Content) { c.Changes[0].P = 0.2 }),
			true, Patch,
			[]string{"1 comparison changed: hocs/2001 to hocs/2003 england-and-wales all all: p_value was 0.000000001, now 0.2"},
		},
		{
			"a new wave and a changed value have both reasons", first(), edited(refreshed(), func(c *Content) { c.Figures[0].Value = 42.9 }),
			true, Minor,
			[]string{"gained source hocs/2003", "1 figure changed: hocs/2001 england-and-wales all all: was 42.934121, now 42.900000"},
		},
		{
			"another quantity whose value moved is major", first(), edited(first(), func(c *Content) { c.Figures[0].Value = 30 }),
			false, Major,
			[]string{"the definition means another quantity", "1 figure changed: hocs/2001 england-and-wales all all: was 42.934121, now 30.000000"},
		},
		{"another definition is another quantity, though the old values stand behind a break", first(), refreshed(), false, Major, []string{"the definition means another quantity", "gained source hocs/2003"}},
		{"a wave that went is major", refreshed(), first(), true, Major, []string{"lost source hocs/2003"}},
		{
			"a breakdown that went is major", first(), edited(first(), func(c *Content) { c.Figures = c.Figures[:1] }),
			true, Major,
			[]string{"lost breakdown sex"},
		},
		{
			"a comparison that went is major", refreshed(), edited(refreshed(), func(c *Content) { c.Changes = nil }),
			true, Major,
			[]string{"lost the change hocs/2001 to hocs/2003 england-and-wales all all"},
		},
		{
			"another unit is major", first(), edited(first(), func(c *Content) { c.Figures[0].Unit = "ratio" }),
			true, Major,
			[]string{"the statistic or unit of 1 row changed", "1 figure changed: hocs/2001 england-and-wales all all: unit was percent, now ratio"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			class, reasons := Classify(c.previous, c.next, c.same)
			if class != c.class {
				t.Errorf("got class %s, want %s", class, c.class)
			}
			if diff := cmp.Diff(c.reasons, reasons); diff != "" {
				t.Errorf("reasons (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNextVersion(t *testing.T) {
	for _, c := range []struct {
		previous string
		class    Class
		want     string
	}{
		{"", New, "1.0.0"},
		{"1.2.3", Unchanged, "1.2.3"},
		{"1.2.3", Patch, "1.2.4"},
		{"1.2.3", Minor, "1.3.0"},
		{"1.2.9", Major, "2.0.0"},
		{"1.9.3", Minor, "1.10.0"},
	} {
		if got := NextVersion(c.previous, c.class); got != c.want {
			t.Errorf("%s after %s: got %s, want %s", c.class, c.previous, got, c.want)
		}
	}
	for _, bad := range []string{"", "1.2", "1.02.3", "v1.2.3", "1.2.-3", "0.1.0"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("version %q: no panic", bad)
				}
			}()
			NextVersion(bad, Patch)
		}()
	}
}

func manifest(reason string, synthetic bool, waves ...string) *Manifest {
	m := &Manifest{Format: FormatName, Reason: reason, Synthetic: synthetic, Indicators: []Indicator{{
		ID: "influence-local", Version: "1.0.0", Class: New, Quantity: "q",
	}}}
	for _, w := range waves {
		m.Sources = append(m.Sources, Source{ID: codebook.WaveID("hocs", w), Kind: Survey, Synthetic: synthetic, Wave: &Wave{}})
	}
	return m
}

func TestCheck(t *testing.T) {
	mixed := manifest("", false, "2001", "2003")
	mixed.Sources[1].Synthetic = true
	gone := manifest("any reason", false, "2001", "2003")
	gone.Indicators = nil
	patched := edited(first(), func(c *Content) { c.Figures[0].Value = 42.9 })
	for _, c := range []struct {
		name           string
		previous, next *Manifest
		was, now       Content
		want           string
	}{
		{"a first release", nil, manifest("", false, "2001"), Content{}, first(), ""},
		{"the same again", manifest("", false, "2001"), manifest("", false, "2001"), first(), first(), ""},
		{"a new wave needs no reason", manifest("", false, "2001"), manifest("", false, "2001", "2003"), first(), refreshed(), ""},
		{
			"a changed figure needs a reason", manifest("", false, "2001"), manifest("", false, "2001"), first(), patched,
			"influence-local: 1 figure changed: hocs/2001 england-and-wales all all: was 42.934121, now 42.900000; give --reason to publish a change",
		},
		{
			"a blank reason is none", manifest("", false, "2001"), manifest(" ", false, "2001"), first(), patched,
			"influence-local: 1 figure changed: hocs/2001 england-and-wales all all: was 42.934121, now 42.900000; give --reason to publish a change",
		},
		{"a changed figure with a reason", manifest("", false, "2001"), manifest("weights corrected", false, "2001"), first(), patched, ""},
		{
			"a breakdown that went needs a reason", manifest("", false, "2001"), manifest("", false, "2001"), first(),
			Content{Figures: first().Figures[:1]},
			"influence-local: lost breakdown sex; give --reason to publish a change",
		},
		{
			"a wave that went is refused with any reason", manifest("", false, "2001", "2003"), manifest("lost the file", false, "2001"), refreshed(), first(),
			"hocs/2003: source is in the previous release and not in this one; give its extract, or carry it over",
		},
		{
			"an indicator that went is refused with any reason", manifest("", false, "2001", "2003"), gone, refreshed(),
			Content{},
			"influence-local: indicator is in the previous release and not in this one; a published series stays",
		},
		{
			"a made-up wave among real ones", nil, mixed,
			Content{},
			refreshed(),
			"hocs/2003: source is synthetic in a release that is real; made-up and real figures never share a store",
		},
		{
			"real figures after made-up ones", manifest("", true, "2001"), manifest("real at last", false, "2001"), first(), patched,
			"the store holds synthetic figures and this release has real ones; publish it into a store of its own",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := Check(c.previous, c.next, map[string]Content{"influence-local": c.was}, map[string]Content{"influence-local": c.now})
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			for _, p := range refusal.Of(err, refusal.Data) {
				if p.Kind != refusal.Succession {
					t.Errorf("kind %d, want %d", p.Kind, refusal.Succession)
				}
			}
		})
	}
}

func TestFollow(t *testing.T) {
	previous := manifest("", false, "2001")
	next := manifest("", false, "2001", "2003")
	next.Indicators = append(next.Indicators, Indicator{ID: "a-new-one"})
	fresh := figure(key("2001", "all", "all"), 1)
	fresh.Indicator = "a-new-one"
	withheld := fresh
	withheld.Breakdown, withheld.Category, withheld.Value, withheld.Status = "sex", "men", math.NaN(), "c"
	next.Follow(previous, "digest", map[string]Content{"influence-local": first()}, map[string]Content{
		"influence-local": refreshed(), "a-new-one": {Figures: []Figure{fresh, withheld}},
	})
	if next.Previous != "digest" || next.Format != FormatName {
		t.Errorf("got previous %q, format %q", next.Previous, next.Format)
	}
	old, added := next.Indicator("influence-local"), next.Indicator("a-new-one")
	if old.Class != Minor || old.Version != "1.1.0" || old.Reason != "gained source hocs/2003" {
		t.Errorf("got %+v", old)
	}
	if added.Class != New || added.Version != "1.0.0" || added.Figures != 2 || added.Withheld != 1 {
		t.Errorf("got %+v", added)
	}
	if next.Indicators[0].ID != "a-new-one" {
		t.Error("indicators are not sorted by id")
	}
}

func TestManifestRoundTrip(t *testing.T) {
	m := manifest("because < & >", false, "2001", "2003")
	m.Follow(nil, "", nil, map[string]Content{"influence-local": first()})
	m.Files = []File{{Path: "README.md", SHA256: "00", Bytes: 1}}
	data := m.Encode()
	got, err := DecodeManifest(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(data), string(got.Encode())); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(string(data), "null") {
		t.Errorf("null in the manifest:\n%s", data)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"an unknown key", `"previous"`, `"before"`, `unknown field "before"`},
		{"a number for a word, as of another version", `"previous": ""`, `"previous": 7`, `previous holds what no program of this version writes there: a number`},
		{"another format", "togetherwecan-release/1", "togetherwecan-release/9", `format "togetherwecan-release/9", want "togetherwecan-release/1"`},
		{"text after the end", "]\n}\n", "]\n}\nx", "more text after the end of the JSON"},
		{"a second value", "]\n}\n", "]\n}\n{}\n", "more text after the end of the JSON"},
		{"a path that leads out", "README.md", "../../x", `file "../../x": want a path below the release's folder`},
		{"an id that is a path", `"id": "influence-local"`, `"id": "../x"`, `indicator id "../x"`},
		{"a source by its wave alone", `"id": "hocs/2001"`, `"id": "2001"`, `source "2001" is not the id of a source`},
		{"a source twice", `"id": "hocs/2003"`, `"id": "hocs/2001"`, "source hocs/2001 is out of order or there twice"},
		{"a kind of source that is none", `"kind": "survey"`, `"kind": "hearsay"`, `source hocs/2001: kind "hearsay", want survey`},
		{"what is of a survey, of a return", `"kind": "survey"`, `"kind": "return"`, `source hocs/2001: kind "return", want survey, return or evaluation, with what is said of it`},
		{"a version that is none", "1.0.0", "one", `version "one", want major.minor.patch`},
		{"other spaces", "  \"previous\"", "\t\"previous\"", "not in canonical form"},
		{"a key twice", `"previous": "",`, `"previous": "", "previous": "",`, "not in canonical form"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bad := strings.Replace(string(data), c.old, c.new, 1)
			if bad == string(data) {
				t.Fatal("the case spoils nothing")
			}
			if _, err := DecodeManifest([]byte(bad)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// Every column of the published tables, every status and every verdict is
// described for readers, in the order of the columns.
func TestFormatDescribesEverything(t *testing.T) {
	_, text, _ := strings.Cut(FormatText, "### Figures")
	figures, changes, _ := strings.Cut(text, "### Changes")
	cell := func(keyColumn bool) string {
		if keyColumn {
			return " | yes |"
		}
		return " | |"
	}
	find := func(where string, at int, row string) int {
		t.Helper()
		i := strings.Index(where[at:], row)
		if i < 0 {
			t.Errorf("FORMAT.md has no row, in its place, that starts %q", row)
			return at
		}
		return at + i
	}
	at := 0
	for _, c := range FigureColumns {
		at = find(figures, at, "| `"+c.Name+"` | "+string(c.Type())+cell(c.Key || c.Required))
	}
	at = 0
	for _, c := range ChangeColumns {
		at = find(changes, at, "| `"+c.Name+"` | "+string(c.Type())+cell(c.Key || c.Required))
	}
	for _, s := range []indicator.Status{indicator.Confidential, indicator.Unreliable, indicator.Unavailable, indicator.Inapplicable, indicator.Low} {
		find(figures, 0, "| `"+string(s)+"` |")
	}
	for _, v := range []string{Higher, Lower, NoClearChange, NotComparable} {
		find(changes, 0, "| `"+v+"` |")
	}
	for _, c := range []Class{New, Unchanged, Patch, Minor, Major} {
		find(changes, 0, "| `"+string(c)+"` |")
	}
	for _, word := range append([]string{FormatName, CatalogFormat}, "format", "previous", "reason", "synthetic", "code", "sources", "indicators", "disclosure", "files") {
		find(FormatText, 0, "`"+word+"`")
	}
	_, notes, _ := strings.Cut(FormatText, "### Notes")
	at = 0
	for _, n := range indicator.NoteRows() {
		at = find(notes, at, "| `"+string(n.Code)+"` |")
	}
	for _, s := range indicator.Statistics() {
		find(figures, 0, "`"+string(s)+"`")
	}
}

// Exactly one accessor a column, and each column has a place of its own.
func TestColumnsHaveAPlace(t *testing.T) {
	checkColumns(t, FigureColumns)
	checkColumns(t, ChangeColumns)
}

func checkColumns[R any](t *testing.T, columns []sheet.Column[R]) {
	var row R
	seen := map[any]bool{}
	names := map[string]bool{}
	for _, c := range columns {
		var places []any
		if c.Text != nil {
			places = append(places, c.Text(&row))
		}
		if c.Number != nil {
			places = append(places, c.Number(&row))
		}
		if c.Count != nil {
			places = append(places, c.Count(&row))
		}
		if len(places) != 1 || seen[places[0]] || names[c.Name] || c.About == "" {
			t.Errorf("column %s: %d accessors, or its place, name or description is another's", c.Name, len(places))
			continue
		}
		seen[places[0]], names[c.Name] = true, true
	}
}

// TestChangeGivesWay holds that the change of a return against the one before it
// gives way to that against one between the two, and no other change does.
func TestChangeGivesWay(t *testing.T) {
	a, b, c := figure(key("2001", "all", "all"), 40), figure(key("2003", "all", "all"), 41), figure(key("2005", "all", "all"), 42)
	was := Content{Figures: []Figure{a, c}, Changes: []Change{change("2001", "2005", 2)}}
	for _, next := range []struct {
		name string
		Content
		lost int
	}{
		{"one between", Content{Figures: []Figure{a, b, c}, Changes: []Change{change("2001", "2003", 1), change("2003", "2005", 1)}}, 0},
		{"one between that it is not compared with", Content{Figures: []Figure{a, b, c}, Changes: []Change{change("2001", "2003", 1)}}, 1},
		{"none between", Content{Figures: []Figure{a, c}}, 1},
	} {
		if got := Compare(was, next.Content); len(got.Changes.Lost) != next.lost {
			t.Errorf("%s: lost %v, want %d", next.name, got.Changes.Lost, next.lost)
		}
	}
}
