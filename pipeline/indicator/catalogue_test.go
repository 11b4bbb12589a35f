package indicator

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goccy/go-yaml"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

// The pages of a small sound catalogue.
const (
	bookText = `scales:
  agree: [{code: definitely, label: Definitely agree}, {code: tend, label: Tend to agree}, {code: disagree, label: Disagree}]
variables:
  influence: {label: Can influence decisions, scale: agree}
  trust: {label: Trusts the council, scale: agree}
  sex: {label: Sex, categories: [{code: men, label: Men}, {code: women, label: Women}]}
  ethnic-group: {label: Ethnic group, categories: [{code: white, label: White}, {code: asian, label: Asian}]}
  region: {label: Region, categories: [{code: north, label: North}, {code: south, label: South}]}
  tenure: {label: Tenure, categories: [{code: owner, label: Owner}, {code: renter, label: Renter}]}
  age: {label: Age, unit: years}
  hours: {label: Hours, unit: hours}
  age-band:
    label: Age band
    categories: [{code: 16-24, label: 16 to 24}, {code: 25-over, label: 25 and over}]
    derive: {band: {of: age, into: {16-24: [16, 24], 25-over: [25, 120]}}}
  agrees:
    label: Agrees
    categories: [{code: yes, label: Yes}, {code: no, label: No}]
    derive: {recode: {of: influence, into: {yes: [definitely, tend], no: [disagree]}}}
breakdowns:
  - {variable: sex}
  - {variable: age-band}
  - {variable: ethnic-group, weight: combined}
`
	crosswalkText = `survey: hocs
wave: 2001
title: Home Office Citizenship Survey 2001
study: SN 4754
population: Adults in England and Wales
fieldwork: {start: 2001-03-01, end: 2001-11-30}
licence: UK Data Archive End User Licence
source: the codebook of SN 4754
file: {reader: delimited, pattern: "*.tab"}
design: {stratum: gor, psu: area, known: memory}
weights:
  core: {variable: wtcore, sample: {variable: samptype, codes: [1]}, known: memory}
  combined: {variable: wtcomb, known: read}
  third: {variable: wtthird, known: read}
populations:
  - {id: all-adults, label: All adults}
  - {id: north, label: The north, where: [{variable: region, categories: [north]}]}
missing: {-9: refused, -8: dont-know}
variables:
  influence: {from: paffloc, codes: {1: definitely, 2: tend, 3: disagree}, known: memory}
  trust: {from: trloc, codes: {1: definitely, 2: tend, 3: disagree}, missing: {-1: refused}, known: read}
  sex: {from: sex, codes: {1: men, 2: women}, known: read}
  ethnic-group: {from: ethnic, codes: {1: white, 2: asian}, known: read}
  region: {from: gor, codes: {1: north, 2: south}, known: read}
  age: {from: dvage, range: [16, 120], missing: {998: refused}, known: read}
`
	definitionText = `id: influence-local
title: People who feel they can influence decisions
measures: [B5]
leads: [HO]
statistic: proportion
of: {variable: agrees, categories: [yes]}
base: {label: Adults who gave an answer}
direction: higher
`
	disclosureText = "default: survey-tables\npolicies:\n  survey-tables:\n    confidential_below: 10\n    sides_below: 10\n    unreliable_below: 50\n    caution_below: 100\n    zeros: withhold\n    dominance: 0.5\n    interval: 9\n    source: the plan\n  none: {source: nobody}\n"
)

const (
	crosswalkFile  = "crosswalks/hocs/2001.yaml"
	definitionFile = "definitions/influence-local.yaml"
)

// catalogue is the small catalogue with edits: page, old text, new text. An
// old text of "" adds the page, and a new one of "-" on it removes it.
func catalogue(t *testing.T, edits ...string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	for name, text := range map[string]string{
		"codebook.yaml": bookText, "disclosure.yaml": disclosureText, crosswalkFile: crosswalkText, definitionFile: definitionText,
	} {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	for i := 0; i < len(edits); i += 3 {
		page, old, becomes := edits[i], edits[i+1], edits[i+2]
		switch {
		case old == "" && becomes == "-":
			delete(files, page)
		case old == "":
			files[page] = &fstest.MapFile{Data: []byte(becomes)}
		default:
			text := string(files[page].Data)
			if !strings.Contains(text, old) {
				t.Fatalf("%s does not say %q", page, old)
			}
			files[page] = &fstest.MapFile{Data: []byte(strings.Replace(text, old, becomes, 1))}
		}
	}
	return files
}

func load(t *testing.T, edits ...string) *Catalogue {
	t.Helper()
	c, err := LoadCatalogue(catalogue(t, edits...))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLoadCatalogue(t *testing.T) {
	second := strings.Replace(strings.Replace(crosswalkText, "wave: 2001", "wave: 1998", 1), "{start: 2001-03-01, end: 2001-11-30}", "{start: 2003-03-01, end: 2003-11-30}", 1)
	c := load(t,
		"crosswalks/hocs/1998.yaml", "", second,
		"definitions/a.yaml", "", strings.Replace(definitionText, "id: influence-local", "id: a", 1),
		"definitions/README.md", "", "not a page")
	if got, want := c.IDs(), []string{"a", "influence-local"}; !slices.Equal(got, want) {
		t.Errorf("definitions: got %v, want %v", got, want)
	}
	if len(c.Crosswalks) != 2 || c.Crosswalks[0].Wave != "2001" {
		t.Errorf("crosswalks are not in the order of their fieldwork")
	}
	if c.Crosswalk("hocs/1998") != c.Crosswalks[1] || c.Crosswalk("hocs/1999") != nil || c.Crosswalk("bcs/2001") != nil {
		t.Error("a crosswalk is found by its survey and wave alone")
	}
	if c.Definition("a") != c.Definitions[0] || c.Definition("b") != nil {
		t.Error("a definition is found by its id alone")
	}
	if d := c.Definition("influence-local"); d.File() != definitionFile || string(d.Text()) != definitionText || d.At("of") != definitionFile+":6" {
		t.Errorf("got %s, %s", d.File(), d.At("of"))
	}
}

// Crosswalks that are read alone are those of the whole catalogue, in its order, and
// refused with their own problems and those of the codebook alone.
func TestLoadCrosswalks(t *testing.T) {
	of := func(files fs.FS) (ids []codebook.SourceID) {
		t.Helper()
		all, err := LoadCrosswalks(files)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range all {
			ids = append(ids, x.ID())
		}
		return ids
	}
	earlier := strings.NewReplacer("wave: 2001", "wave: 2009", "start: 2001", "start: 1998").Replace(crosswalkText)
	want := []codebook.SourceID{"hocs/2009", "hocs/2001"}
	for _, edits := range [][]string{nil, {definitionFile, "", "id: 1"}} {
		if got := of(catalogue(t, append(edits, "crosswalks/hocs/2009.yaml", "", earlier)...)); !slices.Equal(got, want) {
			t.Errorf("with %q: %q, want %q, by fieldwork", edits, got, want)
		}
	}
	for _, c := range []struct {
		edits []string
		want  string
	}{
		{[]string{"codebook.yaml", "", "-"}, "codebook.yaml: cannot be read"},
		{[]string{"codebook.yaml", "unit: years", "unti: years"}, `codebook.yaml:10: unknown key "unti"; did you mean "unit"?`},
		{[]string{crosswalkFile, "wave: 2001", "wave: 2002"}, crosswalkFile + `:2: wave "2002" in the file of wave "2001"`},
		{[]string{"crosswalks/hocs/2003.yml", "", crosswalkText}, "crosswalks/hocs/2003.yml: not read: want the extension .yaml"},
	} {
		_, err := LoadCrosswalks(catalogue(t, c.edits...))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.edits, err, c.want)
		}
	}
}

// A policy may leave a step out, by two thresholds that are equal.
func TestEqualThresholds(t *testing.T) {
	c := load(t, "disclosure.yaml", "below: 50", "below: 10", "disclosure.yaml", "100", "10")
	if c.Disclosure.UnreliableBelow != 10 || c.Disclosure.CautionBelow != 10 {
		t.Errorf("got %+v", c.Disclosure)
	}
}

func TestLoadCatalogueRefuses(t *testing.T) {
	another := func(text string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(text) }
	for _, c := range []struct {
		claim string
		edit  []string
		want  []string
	}{
		{"no codebook", []string{"codebook.yaml", "", "-"}, []string{"codebook.yaml: cannot be read: file does not exist"}},
		{"no disclosure policy", []string{"disclosure.yaml", "", "-"}, []string{"disclosure.yaml: cannot be read: file does not exist"}},
		{"an empty codebook, and nothing that follows from it", []string{"codebook.yaml", "", ""}, []string{"codebook.yaml: the file is empty"}},
		{"a codebook of no variables", []string{"codebook.yaml", "", "breakdowns: []\n"}, []string{"codebook.yaml: no variables"}},
		{"nothing to decide on anew", []string{"disclosure.yaml", "  none: {source: nobody}\n", "  none: {source: nobody}\ndecide_again:\n  - {indicator: influence-locl, source: hocs/2002, breakdown: sx}\n  - {indicator: influence-local, source: hocs/2001, breakdown: sx, reason: more}\n"}, []string{
			`disclosure.yaml:14: no indicator "influence-locl"; did you mean "influence-local"?`, `disclosure.yaml:14: no reason, want why what was withheld may be shown`, `disclosure.yaml:14: no wave or series of returns "hocs/2002" in the catalogue; did you mean "hocs/2001"?`, `disclosure.yaml:15: influence-local has no breakdown "sx"; did you mean "sex"?`,
		}},
		{"thresholds out of order", []string{"disclosure.yaml", "below: 50", "below: 101"}, []string{"disclosure.yaml:4: policy survey-tables: want confidential_below <= unreliable_below <= caution_below, found 10, 101, 100"}},
		{"a negative threshold", []string{"disclosure.yaml", "10", "-10"}, []string{"disclosure.yaml:4: policy survey-tables: confidential_below -10, want 1 or more; the policy that withholds nothing is called none"}},
		{"a threshold that is not whole", []string{"disclosure.yaml", "confidential_below: 10", "confidential_below: 9.5"}, []string{`disclosure.yaml:4: "9.5", want a whole number`}},
		{"an unknown threshold", []string{"disclosure.yaml", "source", "souce"}, []string{`disclosure.yaml:11: unknown key "souce"; did you mean "source"?`}},
		{"no crosswalk", []string{crosswalkFile, "", "-"}, []string{"crosswalks: no crosswalk and no series of returns, want at least one", definitionFile + ":6: no wave has all the variables that this counts: agrees"}},
		{"no definition", []string{definitionFile, "", "-"}, []string{"definitions: no definition, want at least one"}},
		{
			"two crosswalks of one wave",
			[]string{"crosswalks/copy/hocs/2001.yaml", "", crosswalkText},
			[]string{"crosswalks/hocs/2001.yaml:2: a second crosswalk of wave hocs/2001"},
		},
		{
			"two definitions of one id",
			[]string{"definitions/more/influence-local.yaml", "", definitionText},
			[]string{"definitions/more/influence-local.yaml:1: id \"influence-local\" is already that of definitions/influence-local.yaml"},
		},
		{"a survey without crosswalk", []string{definitionFile, "leads: [HO]", "surveys: [hocs, bsc]"}, []string{definitionFile + `:4: no survey "bsc"`}},
		{"a break at no wave", []string{definitionFile, "leads: [HO]", "breaks: [{from: hocs/2002, reason: r}]"}, []string{definitionFile + `:4: no wave "hocs/2002" in the catalogue; did you mean "hocs/2001"?`}},
		{"an overlap with no wave", []string{crosswalkFile, "psu: area", "psu: area, overlap: {hocs/1999: pooled}"}, []string{crosswalkFile + `:10: no wave "hocs/1999" in the catalogue`}},
		{
			"an overlap with a wave of another survey",
			[]string{crosswalkFile, "psu: area", "psu: area, overlap: {bcs/1999: pooled}", "crosswalks/bcs/1999.yaml", "", another(crosswalkText, "survey: hocs", "survey: bcs", "wave: 2001", "wave: 1999", "start: 2001", "start: 1999")},
			[]string{crosswalkFile + ":10: wave bcs/1999 is of another survey, want one of hocs"},
		},
		{
			"an overlap with a wave that is not earlier",
			[]string{crosswalkFile, "psu: area", "psu: area, overlap: {hocs/2003: pooled}", "crosswalks/hocs/2003.yaml", "", another(crosswalkText, "wave: 2001", "wave: 2003", "{start: 2001-03-01, end: 2001-11-30}", "{start: 2002-03-01, end: 2002-11-30}")},
			[]string{crosswalkFile + ":10: wave hocs/2003 begins on 2002-03-01, want an earlier wave than hocs/2001, which begins on 2001-03-01"},
		},
		{
			"an overlap of PSUs with a wave that names no strata",
			[]string{crosswalkFile, "psu: area", "psu: area, overlap: {hocs/1999: rotating}", "crosswalks/hocs/1999.yaml", "", another(crosswalkText, "wave: 2001", "wave: 1999", "start: 2001", "start: 1999", "stratum: gor, ", "")},
			[]string{crosswalkFile + ":10: wave hocs/1999 names no psu, or only one of the two a stratum, want PSUs and strata that have the same labels in both"},
		},
		{
			"samples that are independent need no labels",
			[]string{crosswalkFile, "psu: area", "psu: area, overlap: {hocs/1999: independent}", "crosswalks/hocs/1999.yaml", "", another(crosswalkText, "wave: 2001", "wave: 1999", "start: 2001", "start: 1999", "stratum: gor, ", "")},
			nil,
		},
		{"a population of no crosswalk", []string{definitionFile, "leads: [HO]", "populations: [nort]"}, []string{definitionFile + `:4: no crosswalk has a population "nort"; did you mean "north"?`}},
		{"a definition that no wave can serve", []string{definitionFile, "{variable: agrees, categories: [yes]}", "{variable: tenure, categories: [owner]}"}, []string{definitionFile + ":6: no wave has all the variables that this counts: tenure"}},
		{
			"nor one whose survey cannot",
			[]string{
				definitionFile, "leads: [HO]", "surveys: [bcs]",
				"crosswalks/bcs/2001.yaml", "", another(crosswalkText, "survey: hocs", "survey: bcs", "  influence: {from: paffloc, codes: {1: definitely, 2: tend, 3: disagree}, known: memory}\n", ""),
			},
			[]string{definitionFile + ":6: no wave has all the variables that this counts: agrees"},
		},
		{
			"an item that no wave can serve, at its line",
			[]string{definitionFile, "of: {variable: agrees, categories: [yes]}", "items:\n  - {id: a, label: A, of: {variable: agrees, categories: [yes]}}\n  - {id: b, label: B, of: {variable: tenure, categories: [owner]}}"},
			[]string{definitionFile + ":8: no wave has all the variables that this counts: tenure"},
		},
		{
			"problems of every page at once",
			[]string{
				"codebook.yaml", "{label: Age, unit: years}", "{unit: years}", "disclosure.yaml", "source", "souce",
				crosswalkFile, "study: SN 4754\n", "", definitionFile, "direction: higher", "direction: up",
			},
			[]string{
				`codebook.yaml:10: variable "age" has no label`, crosswalkFile + ":1: no study",
				definitionFile + `:8: direction "up", want higher, lower or none`, `disclosure.yaml:11: unknown key "souce"; did you mean "source"?`,
			},
		},
	} {
		t.Run(c.claim, func(t *testing.T) {
			_, err := LoadCatalogue(catalogue(t, c.edit...))
			if got, want := lines(refusal.Of(err, refusal.Data)), strings.Join(c.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func lines(ps refusal.Problems) string {
	if err := ps.Err(); err != nil {
		return err.Error()
	}
	return ""
}

// The definitions of the catalogue decode as the library decodes them.
func TestDefinitionsAgreeWithTheLibrary(t *testing.T) {
	names, err := filepath.Glob("../../indicators/definitions/*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d definitions: %v", len(names), err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var ours, theirs Definition
		if ps := codebook.NewPage(name, text).Decode(&ours); len(ps) > 0 {
			t.Error(ps)
		}
		if err := yaml.Unmarshal(text, &theirs); err != nil {
			t.Error(err)
		}
		if !reflect.DeepEqual(ours, theirs) {
			t.Errorf("%s: got\n%+v\nthe library has\n%+v", name, ours, theirs)
		}
	}
}

func TestUnreadablePage(t *testing.T) {
	_, err := LoadCatalogue(unreadable{catalogue(t)})
	if want := definitionFile + ": cannot be read: permission denied"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// unreadable is a catalogue whose definition may not be opened.
type unreadable struct{ fstest.MapFS }

func (u unreadable) Open(name string) (fs.File, error) {
	if name == definitionFile {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return u.MapFS.Open(name)
}

func (u unreadable) ReadFile(name string) ([]byte, error) {
	if name == definitionFile {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return u.MapFS.ReadFile(name)
}
