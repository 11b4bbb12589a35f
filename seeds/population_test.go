package seeds

import (
	"io/fs"
	"math"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"togetherwecan/indicators"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

// catalogue reads the codebook and every crosswalk that the command is built
// with.
var catalogue = sync.OnceValues(func() (*codebook.Codebook, []*codebook.Crosswalk) {
	var ps refusal.Problems
	read := func(name string) *codebook.Page {
		data, err := fs.ReadFile(indicators.Files, name)
		if err != nil {
			panic(err)
		}
		return codebook.NewPage(path.Join("indicators", name), data)
	}
	book, problems := codebook.Parse(read("codebook.yaml"))
	ps = append(ps, problems...)
	names, err := fs.Glob(indicators.Files, "crosswalks/*/*.yaml")
	if err != nil {
		panic(err)
	}
	var pages []*codebook.Page
	for _, name := range names {
		pages = append(pages, read(name))
	}
	crosswalks, problems := codebook.ParseCrosswalks(pages, book)
	if ps = append(ps, problems...); len(ps) > 0 {
		panic(ps)
	}
	return book, crosswalks
})

var grown = sync.OnceValues(func() ([]*Population, error) { return Populations(catalogue()) })

func populations(t *testing.T) []*Population {
	t.Helper()
	ps, err := grown()
	if err != nil {
		t.Fatal(err)
	}
	if len(ps) != len(held) {
		t.Fatalf("%d populations, want %d", len(ps), len(held))
	}
	return ps
}

// held are the waves that there are synthetic extracts of. The catalogue has
// more: those that are like one of these need no extract of their own to be
// tried, and cls and csew are like hocs and bcs.
var held = []codebook.SourceID{"hocs/2001", "hocs/2003", "bcs/2007-08", "pas/2000", "pas/2005", "pas/2008", "liverpool/2005", "liverpool/2007"}

// Of every survey of the catalogue that is not like another one the seeds hold
// a wave, and of the short ones all.
func TestSeedsHoldTheChosenWaves(t *testing.T) {
	declared, err := LoadPopulation()
	if err != nil {
		t.Fatal(err)
	}
	var got []codebook.SourceID
	surveys := map[string]int{}
	for _, w := range declared.Waves {
		got = append(got, w.ID())
		surveys[w.Survey]++
	}
	if !slices.Equal(got, held) {
		t.Errorf("the seeds hold %v, want %v", got, held)
	}
	_, crosswalks := catalogue()
	waves := map[string]int{}
	for _, x := range crosswalks {
		waves[x.Survey]++
	}
	for survey, n := range waves {
		switch survey {
		case "cls", "csew":
		case "hocs", "bcs":
			if surveys[survey] == 0 {
				t.Errorf("no extract of %s", survey)
			}
		default:
			if surveys[survey] != n {
				t.Errorf("%d extracts of %s, which has %d waves", surveys[survey], survey, n)
			}
		}
	}
}

func population(t *testing.T, id codebook.SourceID) *Population {
	t.Helper()
	ps := populations(t)
	return ps[slices.IndexFunc(ps, func(p *Population) bool { return p.Wave.ID() == id })]
}

var (
	agree = []string{"definitely-agree", "tend-to-agree"}
	asb   = []string{
		"anti-social-noise", "anti-social-teenagers", "anti-social-rubbish", "anti-social-vandalism", "anti-social-drugs",
		"anti-social-drunkenness", "anti-social-abandoned-cars",
	}
	problemPoints = map[string]int{"very-big": 3, "fairly-big": 2, "not-very-big": 1}
)

func TestPopulationHasTheHeadlineExactly(t *testing.T) {
	for id, want := range map[string]float64{"hocs/2001": .43, "hocs/2003": .38} {
		p := population(t, codebook.SourceID(id))
		if got := p.Share("influence-local", agree); math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
		england, wales := p.Share("influence-local", agree, Cell{"country", "england"}), p.Share("influence-local", agree, Cell{"country", "wales"})
		if wales > england-.05 {
			t.Errorf("%s: England %v, Wales %v, want Wales lower", id, england, wales)
		}
	}
	// England alone was published as 44 in 2001.
	if got := population(t, "hocs/2001").Share("influence-local", agree, Cell{"country", "england"}); got < .435 || got > .44 {
		t.Errorf("England in 2001: %v, want 0.435 to 0.44", got)
	}
}

// Every declared share is the population's: what makes groups and areas differ
// is centred.
func TestPopulationHasEveryDeclaredShare(t *testing.T) {
	d, err := LoadPopulation()
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, p := range populations(t) {
		for name := range p.answers {
			spec := d.Variables[name]
			row := spec.Shares[p.Wave.ID()]
			if row == nil {
				row = spec.Shares[everyWave]
			}
			if row == nil || spec.Where != nil {
				continue
			}
			for c, percent := range row {
				if got := p.Share(name, []string{c}); math.Abs(got-percent/100) > 1e-12 {
					t.Errorf("%s %s: %q is %v, declared %v percent", p.Wave.ID(), name, c, got, percent)
				}
				checked++
			}
		}
	}
	if checked < 400 {
		t.Errorf("%d shares checked, want hundreds", checked)
	}
}

func TestPopulationPartsAddUp(t *testing.T) {
	p := population(t, "hocs/2001")
	adults := map[string]float64{}
	total := 0.0
	for _, a := range p.areas {
		adults[a.places[country]] += float64(a.addresses)
		total += float64(a.addresses)
	}
	got := 0.0
	for _, c := range []string{"england", "wales"} {
		got += adults[c] / total * p.Share("influence-local", agree, Cell{"country", c})
	}
	if math.Abs(got-.43) > 1e-12 {
		t.Errorf("England and Wales, put together from the two: %v, want 0.43", got)
	}

	got = 0
	for k, share := range p.attributes[p.attributeIndex("age-band")].shares(&p.areas[0]) {
		got += share * p.Share("influence-local", agree, Cell{"age-band", p.attributes[p.attributeIndex("age-band")].codes[k]})
	}
	if math.Abs(got-.43) > 1e-12 {
		t.Errorf("put together from age bands: %v, want 0.43", got)
	}

	// Ethnic groups live in different areas, so that their weights matter.
	got = 0
	groups := p.attributes[p.attributeIndex("ethnic-group")]
	for g, code := range groups.codes {
		adults := 0.0
		for i := range p.areas {
			adults += float64(p.areas[i].addresses) * groups.shares(&p.areas[i])[g]
		}
		got += adults / total * p.Share("influence-local", agree, Cell{"ethnic-group", code})
	}
	if math.Abs(got-.43) > 1e-12 {
		t.Errorf("put together from ethnic groups: %v, want 0.43", got)
	}

	asian, white := p.Share("influence-local", agree, Cell{"ethnic-group", "asian"}), p.Share("influence-local", agree, Cell{"ethnic-group", "white"})
	if asian < white+.05 {
		t.Errorf("Asian %v, White %v, want a declared effect of 8 points to show", asian, white)
	}
}

func TestScoreAgreesWithShare(t *testing.T) {
	p := population(t, "bcs/2007-08")
	one := p.ShareScoring(asb[:1], problemPoints, 2)
	if want := p.Share(asb[0], []string{"very-big", "fairly-big"}); math.Abs(one-want) > 1e-12 {
		t.Errorf("one question scoring 2 or more: %v, want %v", one, want)
	}
	if got := p.ShareScoring(asb, problemPoints, 0); math.Abs(got-1) > 1e-12 {
		t.Errorf("scoring 0 or more: %v, want 1", got)
	}
	high := p.ShareScoring(asb, problemPoints, 11)
	if high < .16 || high > .17 {
		t.Errorf("high perceived anti-social behaviour: %v, want 0.16 to 0.17", high)
	}
	// Were the seven independent of one another, hardly anyone would score 11.
	if poor := p.ShareScoring(asb, problemPoints, 11, Cell{"deprivation", "quintile-1"}); poor < 1.5*high {
		t.Errorf("in the most deprived fifth %v, want well above %v", poor, high)
	}
}

func TestTruthsSumToOne(t *testing.T) {
	for _, p := range populations(t) {
		sums := map[[2]string]float64{}
		for _, truth := range p.Truths() {
			if !within(truth.Share) {
				t.Errorf("%+v is no share", truth)
			}
			sums[[2]string{truth.Variable, truth.Population}] += truth.Share
		}
		for key, sum := range sums {
			if math.Abs(sum-1) > 1e-9 {
				t.Errorf("%s %v: shares add up to %v", p.Wave.ID(), key, sum)
			}
		}
	}
}

func TestPopulationRefuses(t *testing.T) {
	text := string(populationYAML)
	book, crosswalks := catalogue()
	grow := func(text string) error {
		d, err := ParsePopulation("p.yaml", []byte(text))
		if err != nil {
			return err
		}
		for _, c := range crosswalks {
			if c.ID() == "hocs/2001" {
				_, err = Grow(d, book, c)
			}
		}
		return err
	}
	if err := grow(text); err != nil {
		t.Fatalf("the declaration itself: %v", err)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"an unknown key", "nonresponse: {refused: .3,", "nonresponse: {refuse: .3,", `unknown key "refuse"; did you mean "refused"?`},
		{"shares short of 100", "definitely-agree: 7, tend-to-agree: 36", "definitely-agree: 6, tend-to-agree: 36", `influence-local: shares of "hocs/2001" do not add up to 100`},
		{"effects that leave 0 to 100", "country: {wales: -9.5}", "country: {wales: -95}", `"definitely-agree" would have`},
		{"an unknown region", "country: {wales: -9.5}", "country: {whales: -9.5}", `country has no category "whales"; did you mean "wales"?`},
		{"an unknown category", "lean: [disabled]", "lean: [disable]", `has no category "disable"; did you mean "disabled"?`},
		{"one area in a stratum", "share: 4.9, strata: 2, sampled: 30", "share: 4.9, strata: 2, sampled: 3", `3 areas sampled in 2 strata, want at least 2 in each`},
		{"a variable left out", "  influence-national:", "  influence-abroad:", `no variable "influence-national", which hocs/2001 has and is not optional`},
		{"a wave left out", `wave: "2001"`, `wave: "1999"`, `no wave hocs/2001`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if strings.Count(text, c.old) == 0 {
				t.Fatalf("%q is not in the declaration", c.old)
			}
			err := grow(strings.Replace(text, c.old, c.new, 1))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}
