package pipeline_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"togetherwecan/indicators"
	"togetherwecan/pipeline"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// smallCatalogue is one of two questions in one wave, by the disclosure policies that
// are built in.
func smallCatalogue(t *testing.T) *indicator.Catalogue {
	t.Helper()
	policies, err := fs.ReadFile(indicators.Files, "disclosure.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"disclosure.yaml": {Data: policies}}
	for name, text := range map[string]string{
		"codebook.yaml": `variables:
  trust: {label: Trust, categories: [{code: yes, label: Yes}, {code: no, label: No}]}
  volunteer: {label: Volunteers, categories: [{code: yes, label: Yes}, {code: no, label: No}]}
  sex: {label: Sex, categories: [{code: male, label: Men}, {code: female, label: Women}]}
  area: {label: Area, categories: [{code: a, label: A}, {code: b, label: B}, {code: c, label: C}, {code: d, label: D}]}
  faith: {label: Faith, categories: [{code: most, label: Most}, {code: few, label: Few}, {code: fewer, label: Fewer}, {code: fewest, label: Fewest}]}
  country: {label: Country, categories: [{code: england, label: England}, {code: wales, label: Wales}]}
breakdowns:
  - {variable: sex}
  - {variable: area}
  - {variable: faith}
`,
		"crosswalks/made/2001.yaml": `survey: made
wave: 2001
title: Made up
study: none
population: Adults
fieldwork: {start: 2001-03-01, end: 2001-09-30}
licence: none needed
source: made up
file: {reader: delimited, pattern: "*.tab"}
identify: {variable: year, equals: 2001}
design: {stratum: stratum, psu: psu, lonely: refuse, known: confirmed}
weights:
  core: {variable: wt, known: confirmed}
populations:
  - {id: england-and-wales, label: England and Wales}
  - {id: england, label: England, where: [{variable: country, categories: [england]}]}
missing: {-9: refused}
variables:
  trust: {from: trust, codes: {1: yes, 2: no}, known: confirmed}
  volunteer: {from: vol, codes: {1: yes, 2: no}, known: confirmed}
  sex: {from: sex, codes: {1: male, 2: female}, known: confirmed}
  area: {from: area, codes: {1: a, 2: b, 3: c, 4: d}, known: confirmed}
  faith: {from: faith, codes: {1: most, 2: few, 3: fewer, 4: fewest}, known: confirmed}
  country: {from: country, codes: {1: england, 2: wales}, known: confirmed}
`,
		"definitions/trust.yaml": `id: trust
title: People who trust others
statistic: proportion
of: {variable: trust, categories: [yes]}
base: {label: Adults who gave an answer}
breakdowns: [sex, area, faith, area*sex]
direction: higher
`,
		"definitions/volunteer.yaml": `id: volunteer
title: People who volunteer
statistic: proportion
of: {variable: volunteer, categories: [yes]}
base: {label: Adults who gave an answer}
direction: higher
`,
	} {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	c, err := indicator.LoadCatalogue(files)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A respondent is one row of a small extract, by codes.
type respondent struct{ psu, weight, country, area, faith, sex, trust, volunteer int }

// small draws an extract of a few hundred respondents, in two strata of six PSUs.
func small(r *rand.Rand) []respondent {
	rare := func(of int) int { return 1 + int(float64(of)*r.Float64()*r.Float64()*r.Float64()) }
	coin := func(yes float64) int {
		if r.Float64() < yes {
			return 1
		}
		return 2
	}
	share, volunteers := .2+.6*r.Float64(), []float64{.02, .05, .3}[r.IntN(3)]
	var made []respondent
	for psu := range 12 {
		for range 15 + r.IntN(40) {
			made = append(made, respondent{psu, 1 + r.IntN(2), coin(.93), rare(4), rare(4), coin(.5), coin(share), coin(volunteers)})
		}
	}
	return made
}

// written is a folder of extracts with the respondents.
func written(t *testing.T, people []respondent) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("year\tstratum\tpsu\twt\tcountry\tarea\tfaith\tsex\ttrust\tvol\n")
	for _, p := range people {
		fmt.Fprintf(&b, "2001\t%d\t%d\t%g\t%d\t%d\t%d\t%d\t%d\t%d\n", p.psu/6, p.psu, .5*float64(p.weight), p.country, p.area, p.faith, p.sex, p.trust, p.volunteer)
	}
	folder := t.TempDir()
	write(t, filepath.Join(folder, "made", "2001", "made.tab"), []byte(b.String()))
	return folder
}

// attacks is how many releases are tried: a few, or as many as are asked for.
func attacks(few, all int) int {
	if os.Getenv("TWC_ATTACK") == "all" {
		return all
	}
	return few
}

// choose makes a policy the catalogue's.
func choose(t *testing.T, c *indicator.Catalogue, policy string) {
	t.Helper()
	if err := c.Choose(policy); err != nil {
		t.Fatal(err)
	}
}

// figuresOf are a release's, by key.
func figuresOf(t *testing.T, store string, out *pipeline.Outcome) map[indicator.Key]release.Figure {
	t.Helper()
	figures := map[indicator.Key]release.Figure{}
	for _, id := range []string{"trust", "volunteer"} {
		for _, f := range content(t, store, out, id).Figures {
			figures[f.Key] = f
		}
	}
	return figures
}

// TestOneRespondentFewer holds that nobody is known by the difference of two releases,
// of which the second is of one respondent fewer. Without disclosure control the
// difference of bases tells where the one is of every breakdown; by a policy there is no
// such release.
func TestOneRespondentFewer(t *testing.T) {
	c := smallCatalogue(t)
	told, pairs := 0, attacks(2, 150)
	for i := range pairs {
		r := rand.New(rand.NewPCG(12, uint64(i)))
		people := small(r)
		who := r.IntN(len(people))
		whole, fewer := written(t, people), written(t, append(append([]respondent{}, people[:who]...), people[who+1:]...))
		choose(t, c, indicator.NoControl)
		bare := filepath.Join(t.TempDir(), "bare")
		before := figuresOf(t, bare, run(t, pipeline.Options{Catalogue: c, Extracts: whole, Store: bare}))
		after := figuresOf(t, bare, run(t, pipeline.Options{Catalogue: c, Extracts: fewer, Store: bare, Issued: "2005-07-01", Reason: "one withdrew"}))
		places := map[string]string{}
		for key, f := range before {
			if key.Population == "england-and-wales" && key.Indicator == "trust" && f.Base-max(0, after[key].Base) == 1 {
				places[key.Breakdown] += key.Category
			}
		}
		p := people[who]
		if places["sex"] == sexes[p.sex-1] && places["area"] == areas[p.area-1] && places["faith"] == faiths[p.faith-1] {
			told++
		}
		for _, policy := range []string{"survey-tables", "archive-handbook"} {
			choose(t, c, policy)
			store := filepath.Join(t.TempDir(), "store")
			first := run(t, pipeline.Options{Catalogue: c, Extracts: whole, Store: store})
			_, err := pipeline.Run(pipeline.Options{Catalogue: c, Extracts: fewer, Store: store, Issued: "2005-07-01", Reason: "one withdrew", Key: bytes.Repeat([]byte{7}, 32)})
			ps := refusal.Of(err, refusal.Data)
			if len(ps) == 0 || ps[0].Kind != refusal.Succession {
				t.Errorf("pair %d, %s: respondent %d of %d can be taken out: %v", i, policy, who, len(people), err)
			}
			if again := run(t, pipeline.Options{Catalogue: c, Extracts: whole, Store: store, Issued: "2005-07-02"}); again.Published || again.Release != first.Release {
				t.Errorf("pair %d, %s: the refusal left something behind: %v", i, policy, again.Release)
			}
		}
	}
	if told != pairs {
		t.Errorf("without disclosure control %d of %d respondents are told by difference, want all", told, pairs)
	}
	t.Logf("without disclosure control %d of %d respondents are told by difference", told, pairs)
}

// TestExchange lets two respondents of one PSU and weight exchange what tells them
// apart, such that nothing that is published moves and no count goes over a bound of the
// policy, and holds that a release of it is the same but for keyed digests.
func TestExchange(t *testing.T) {
	c := smallCatalogue(t)
	want := attacks(6, 10_000)
	done := 0
	for i := 0; done < want && i < 4*want; i++ {
		r := rand.New(rand.NewPCG(13, uint64(i)))
		people := small(r)
		policy := []string{"survey-tables", "archive-handbook"}[i%2]
		choose(t, c, policy)
		store := filepath.Join(t.TempDir(), "store")
		out := run(t, pipeline.Options{Catalogue: c, Extracts: written(t, people), Store: store})
		public := figuresOf(t, store, out)
		other := exchanged(r, people, public, c.Disclosure)
		if other == nil {
			continue
		}
		done++
		again := filepath.Join(t.TempDir(), "store")
		run(t, pipeline.Options{Catalogue: c, Extracts: written(t, other), Store: again})
		alike(t, fmt.Sprintf("release %d by %s", i, policy), store, again)
		if done <= 2 { // one by each policy
			name := fmt.Sprintf("release %d by %s", i, policy)
			pulledAlike(t, name, pulledBy(t, store, "all", c, ""), pulledBy(t, again, "all", c, ""))
			siteAlike(t, name, store, again)
		}
		os.RemoveAll(filepath.Dir(store))
		os.RemoveAll(filepath.Dir(again))
	}
	if done < want {
		t.Errorf("%d exchanges alone leave what is published as it was", done)
	}
}

// pulledAlike holds that what is pulled from two releases is the same but for digests: of the
// releases, and of the files that have those.
func pulledAlike(t *testing.T, name string, a, b map[string][]byte) {
	t.Helper()
	digest := regexp.MustCompile(`[0-9a-f]{64}`)
	if len(a) != len(b) {
		t.Errorf("%s: %d and %d files are pulled", name, len(a), len(b))
	}
	for path := range a {
		one, other := a[path], b[path]
		if strings.HasSuffix(path, ".xlsx") || strings.HasSuffix(path, ".ods") {
			one, other = unzipped(t, one), unzipped(t, other)
		}
		if !bytes.Equal(digest.ReplaceAll(one, []byte("#")), digest.ReplaceAll(other, []byte("#"))) {
			t.Errorf("%s: %s is another by what is withheld", name, path)
		}
		if plain := strings.HasSuffix(path, ".csv"); plain && !bytes.Equal(a[path], b[path]) {
			t.Errorf("%s: %s is another by what is withheld", name, path)
		}
	}
	for _, path := range []string{"figures.csv", "ees/trust.csv", "workbook.xlsx", "workbook.ods"} {
		if len(a[path]) == 0 {
			t.Errorf("%s: no %s is pulled", name, path)
		}
	}
}

// unzipped is all that is in a zip file, behind its names.
func unzipped(t *testing.T, data []byte) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, f := range r.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(f.Name + "\n")
		if _, err := all.ReadFrom(part); err != nil {
			t.Fatal(err)
		}
	}
	return all.Bytes()
}

// siteAlike holds that the sites of two stores are the same but for digests, and the
// files to take away that have them.
func siteAlike(t *testing.T, name, a, b string) {
	t.Helper()
	digest := regexp.MustCompile(`[0-9a-f]{64}`)
	var sites [2]map[string]string
	for i, store := range []string{a, b} {
		out := filepath.Join(t.TempDir(), "site")
		if _, err := siteOf(t, store, out, "https://www.example.org/"); err != nil {
			t.Fatal(err)
		}
		sites[i] = filesOf(t, out)
	}
	if len(sites[0]) != len(sites[1]) || len(sites[0]) < 20 {
		t.Errorf("%s: sites of %d and %d files", name, len(sites[0]), len(sites[1]))
	}
	for path, text := range sites[0] {
		if digest.ReplaceAllString(text, "#") != digest.ReplaceAllString(sites[1][path], "#") {
			t.Errorf("%s: %s of the site is another by what is withheld", name, path)
		}
	}
}

// sides are respondents, and those of them who say yes and no.
type sides [3]int64

func (s sides) less(t sides) sides { return sides{s[0] - t[0], s[1] - t[1], s[2] - t[2]} }

// counted are the respondents in a row of a small release.
func counted(people []respondent, key indicator.Key) (s sides) {
	by, is := strings.Split(key.Breakdown, "*"), strings.Split(key.Category, "*")
	for _, p := range people {
		in := key.Population != "england" || p.country == 1
		for k, variable := range by {
			switch variable {
			case "sex":
				in = in && sexes[p.sex-1] == is[k]
			case "area":
				in = in && areas[p.area-1] == is[k]
			case "faith":
				in = in && faiths[p.faith-1] == is[k]
			}
		}
		if !in {
			continue
		}
		answer := p.trust
		if key.Indicator == "volunteer" {
			answer = p.volunteer
		}
		s[0]++
		s[answer]++
	}
	return s
}

var (
	sexes  = []string{"male", "female"}
	areas  = []string{"a", "b", "c", "d"}
	faiths = []string{"most", "few", "fewer", "fewest"}
)

// exchanged are the respondents after two have exchanged one thing, nil where no try
// leaves what is published as it was.
func exchanged(r *rand.Rand, people []respondent, public map[indicator.Key]release.Figure, policy indicator.Policy) []respondent {
	was := map[indicator.Key]sides{}
	for key := range public {
		was[key] = counted(people, key)
	}
	for range 2000 {
		a, b := r.IntN(len(people)), r.IntN(len(people))
		if people[a].psu != people[b].psu || people[a].weight != people[b].weight {
			continue
		}
		x, y := people[a], people[b]
		switch r.IntN(4) {
		case 0:
			x.area, y.area = y.area, x.area
		case 1:
			x.faith, y.faith = y.faith, x.faith
		case 2:
			x.trust, y.trust = y.trust, x.trust
		default:
			x.volunteer, y.volunteer = y.volunteer, x.volunteer
		}
		if hidden(was, []respondent{people[a], people[b]}, []respondent{x, y}, public, policy) {
			other := append([]respondent{}, people...)
			other[a], other[b] = x, y
			return other
		}
	}
	return nil
}

// hidden says whether an exchange by two respondents moves counts, and none that is published or that goes
// over one of the policy's bounds, nor what one population has more than the other.
func hidden(was map[indicator.Key]sides, before, after []respondent, public map[indicator.Key]release.Figure, policy indicator.Policy) bool {
	moved := false
	bounds := []int{1, policy.ConfidentialBelow, policy.SidesBelow, policy.UnreliableBelow, policy.CautionBelow}
	for key, f := range public {
		by := counted(after, key).less(counted(before, key))
		england := key
		england.Population = "england"
		there := counted(after, england).less(counted(before, england))
		if by == (sides{}) && there == by {
			continue
		}
		moved = true
		for s := range by {
			wales := was[key][s] - was[england][s]
			for _, bound := range bounds {
				if n := was[key][s]; (n < int64(bound)) != (n+by[s] < int64(bound)) || (wales < int64(bound)) != (wales+by[s]-there[s] < int64(bound)) {
					return false
				}
			}
		}
		if by != (sides{}) && (by[0] != 0 && f.Base != release.Withheld || f.Status != string(indicator.Confidential)) {
			return false
		}
	}
	return moved
}

// alike holds that the public files of two stores of one release are the same bytes, but
// for keyed digests and what is computed from the file that has them.
func alike(t *testing.T, what, a, b string) {
	t.Helper()
	err := filepath.WalkDir(a, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, _ := filepath.Rel(a, path)
		name = filepath.ToSlash(name)
		if strings.HasPrefix(name, "restricted/") || name == "catalog.json" || strings.HasPrefix(name, "log/") || strings.HasSuffix(name, "/SHA256SUMS") {
			return nil
		}
		one, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		other, err := os.ReadFile(filepath.Join(b, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		if strings.HasSuffix(name, "/release.json") {
			one, other = unkeyed(one), unkeyed(other)
		}
		if !bytes.Equal(one, other) {
			t.Errorf("%s: %s is not the same", what, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// unkeyed is a manifest without the lines of its keyed digests.
func unkeyed(manifest []byte) []byte {
	var kept [][]byte
	for _, line := range bytes.Split(manifest, []byte("\n")) {
		if text := bytes.TrimSpace(line); !bytes.HasPrefix(text, []byte(`"restricted": `)) && !bytes.HasPrefix(text, []byte(`"digest": `)) {
			kept = append(kept, line)
		}
	}
	return bytes.Join(kept, []byte("\n"))
}
